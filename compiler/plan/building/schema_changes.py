"""Plans of CREATE INDEX, REINDEX, CREATE TABLE AS, ALTER TABLE, ANALYZE, ATTACH, DETACH and VACUUM: the statements that
change what there is, and work on rows or have expressions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.compiler.bind.bound import BLOB
from foundrydb.compiler.bind.statements import (
    BoundAlter,
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
    AlterTable,
    Analyze,
    AnalyzeDatabase,
    Attach,
    BuildIndex,
    CheckRows,
    CountTable,
    CreateIndex,
    CreateTableAs,
    Detach,
    Filter,
    Node,
    Reindex,
    RewriteRows,
    SampleIndex,
    Scan,
    Vacuum,
)
from foundrydb.compiler.schema.names import EXPRESSION
from foundrydb.compiler.syntax import ast

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import Source
    from foundrydb.compiler.schema.objects import Table
    from foundrydb.compiler.trees.fields import Fields


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
    databases: list[Node] = [_analysis(database, bound.limit) for database in bound.databases]
    if isinstance(bound.origin, ast.Analyze):
        for database in databases:
            p.asked(database, bound.origin.name)
    return Analyze(databases)


def _analysis(database: DatabaseAnalysis, limit: int | None) -> AnalyzeDatabase:
    parts: list[Node] = []
    for item in database.tables:
        parts.extend([SampleIndex(index, limit) for index in item.indexes])
        if item.counted:
            parts.append(CountTable(item.table))
    return AnalyzeDatabase(database.schema, database.relation, database.index, parts)


@PLANS.entry(BoundAlter)
def _alter(p: Planner, bound: BoundAlter) -> Node:
    child: Node | None = None
    demands = bound.demands
    new = bound.rewriting
    if demands is not None:
        rows = _every_row(demands.source, demands.table)
        child = CheckRows(rows, demands.table, demands.refusal, demands.tests)
    elif new is not None:
        child = RewriteRows(_every_row(new.source, bound.table), new.table, new.record)
    if child is not None:
        p.asked(child, _about_rows(bound.origin))
    return AlterTable(bound.table, bound.action, bound.changes, child, bound.new_name, bound.short_rows)


def _about_rows(statement: Fields | None) -> Fields | None:
    """What of ALTER TABLE the rows have to do with."""
    if isinstance(statement, (ast.AlterAddColumn, ast.AlterDropColumn, ast.AlterSetNotNull)):
        return statement.column
    return statement.constraint if isinstance(statement, ast.AlterAddConstraint) else None


def _every_row(source: Source, table: Table) -> Scan:
    """The rows of a table as they are stored in it: no index tells them better."""
    return Scan(source, table, table.schema, not_indexed=True)


def _build(entries: IndexEntries) -> BuildIndex:
    """The filling of an index from its table, never from another index: one may be as damaged as the other."""
    index = entries.index
    table = index.table
    node: Node = _every_row(entries.source, table)
    if entries.where is not None:
        node = Filter(node, entries.where)
    affinities = ""
    for stored in index.stored_columns():
        plain = stored.column != EXPRESSION and stored.column >= 0
        affinities += (table.columns[stored.column].affinity or BLOB) if plain else BLOB
    return BuildIndex(index, node, entries.entry, affinities)
