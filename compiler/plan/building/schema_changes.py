"""Plans of CREATE INDEX, REINDEX, CREATE TABLE AS, ANALYZE, ATTACH, DETACH and VACUUM: the statements that change what
there is, and work on rows or have expressions.
"""

from __future__ import annotations

from foundrydb.compiler.bind.bound import BLOB
from foundrydb.compiler.bind.statements import (
    BoundAnalyze,
    BoundAttach,
    BoundCreateIndex,
    BoundCreateTableAs,
    BoundDetach,
    BoundReindex,
    BoundVacuum,
    DatabaseAnalysis,
    IndexEntries,
)
from foundrydb.compiler.plan.building.planner import PLANS, Planner
from foundrydb.compiler.plan.nodes import (
    Analyze,
    AnalyzeDatabase,
    Attach,
    BuildIndex,
    CountTable,
    CreateIndex,
    CreateTableAs,
    Detach,
    Filter,
    Node,
    Reindex,
    SampleIndex,
    Scan,
    Vacuum,
)
from foundrydb.compiler.schema.names import EXPRESSION


@PLANS.entry(BoundCreateIndex)
def _create_index(p: Planner, bound: BoundCreateIndex) -> Node:
    return CreateIndex(_build(bound.entries), bound.text)


@PLANS.entry(BoundReindex)
def _reindex(p: Planner, bound: BoundReindex) -> Node:
    return Reindex([_build(entries) for entries in bound.indexes])


@PLANS.entry(BoundCreateTableAs)
def _create_table_as(p: Planner, bound: BoundCreateTableAs) -> Node:
    return CreateTableAs(bound.name, bound.schema, bound.text, bound.affinities, p.relation(bound.output))


@PLANS.entry(BoundAttach)
def _attach(p: Planner, bound: BoundAttach) -> Node:
    return Attach(p.relation(bound.output))


@PLANS.entry(BoundDetach)
def _detach(p: Planner, bound: BoundDetach) -> Node:
    return Detach(p.relation(bound.output))


@PLANS.entry(BoundVacuum)
def _vacuum(p: Planner, bound: BoundVacuum) -> Node:
    return Vacuum(bound.schema, p.planned_one(bound.file))


@PLANS.entry(BoundAnalyze)
def _analyze(p: Planner, bound: BoundAnalyze) -> Node:
    return Analyze([_analysis(database, bound.limit) for database in bound.databases])


def _analysis(database: DatabaseAnalysis, limit: int | None) -> AnalyzeDatabase:
    parts: list[Node] = []
    for item in database.tables:
        parts.extend([SampleIndex(index, limit) for index in item.indexes])
        if item.counted:
            parts.append(CountTable(item.table))
    return AnalyzeDatabase(database.schema, database.relation, database.index, parts)


def _build(entries: IndexEntries) -> BuildIndex:
    """The filling of an index from its table, never from another index: one may be as damaged as the other."""
    index = entries.index
    table = index.table
    node: Node = Scan(entries.source, table, table.schema, not_indexed=True)
    if entries.where is not None:
        node = Filter(node, entries.where)
    affinities = ""
    for stored in index.stored_columns():
        plain = stored.column != EXPRESSION and stored.column >= 0
        affinities += (table.columns[stored.column].affinity or BLOB) if plain else BLOB
    return BuildIndex(index, node, entries.entry, affinities)
