"""Column lineage: which columns of which tables a statement's columns are computed from.

It is read off the plan as it was built, before any pass: there an expression refers to a source, each source is made
by one node, and views, common tables and subqueries are part of the plan like any other query.  So a column is
followed down: through a projection into its expression, through a compound into both arms, through a scalar subquery
into the query, until a table's own column is reached.

What is told is where values come from, not what decides whether they come: conditions (WHERE, ON, HAVING, FILTER,
EXISTS, IN's list) and orders do not count; a CASE's conditions, being operands of the expression, do.
"""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.bind.bound import ROWID, ColumnRef, Expr, InList, InQuery, ScalarQuery, Source
from foundrydb.compiler.bind.depth import DeepRecursion
from foundrydb.compiler.pipeline import Compilation
from foundrydb.compiler.plan.nodes import (
    Aggregate,
    AlterTable,
    Analyze,
    AnalyzeDatabase,
    Attach,
    BuildIndex,
    CheckRows,
    Compound,
    CountRows,
    CountTable,
    CreateIndex,
    CreateTableAs,
    Delete,
    Derived,
    Detach,
    Distinct,
    Empty,
    Filter,
    IndexScan,
    Insert,
    Instead,
    Join,
    Limit,
    ModuleScan,
    ModuleSearch,
    Node,
    Nothing,
    Output,
    Project,
    QueueRow,
    Recursion,
    Reindex,
    RewriteRows,
    RowidSeek,
    SampleIndex,
    Scan,
    SeekUnion,
    SingleRow,
    Sort,
    Spool,
    TransientIndex,
    Update,
    Vacuum,
    Values,
    Window,
    subqueries_in,
)
from foundrydb.compiler.plan.walk import nodes_of, output_source
from foundrydb.compiler.schema.objects import Table
from foundrydb.compiler.syntax.source import written_name
from foundrydb.compiler.trees.dispatch import Dispatch


class ColumnLineage:
    """A column that a statement gives or writes.

    Attributes:
        name: of the result column; ``table.column`` for one that INSERT or UPDATE writes.
        origins: the columns that it is computed from, as ``table.column``, or ``schema.table.column`` outside of main,
            each once and in order of their names.
    """

    def __init__(self, name: str, origins: set[str]) -> None:
        self.name: Final = name
        self.origins: Final = tuple(sorted(origins))

    def __repr__(self) -> str:
        return f"{self.name} <- {', '.join(self.origins) or 'nothing'}"


def lineage_of(compilation: Compilation) -> list[ColumnLineage]:
    """The lineage of each column of a compiled statement.

    For a SELECT these are the result's columns, for INSERT and UPDATE the columns that they set (also in ON CONFLICT
    DO UPDATE), then those of RETURNING; none for a statement without a plan.
    """
    if not compilation.plans:
        return []
    room = DeepRecursion()
    room.enter()
    try:
        return _Lineage(compilation.plans[0][1]).columns()
    finally:
        room.leave()


class _Lineage:
    """Follows columns down one plan."""

    def __init__(self, plan: Node) -> None:
        self.plan: Final = plan
        self._makers: Final[dict[int, Node]] = {}
        self._written: Final[dict[int, dict[int, set[str]]]] = {}
        self._known: dict[tuple[int, int], set[str]] = {}
        self._meet(plan)

    def _meet(self, plan: Node) -> None:
        """Note which node makes which source, in this plan and in those of its subqueries."""
        for node in nodes_of(plan):
            source = node.made_source()
            if source is not None:
                self._makers[id(source)] = node
            for query in subqueries_in(node.expressions() + node.clause_expressions()):
                assert isinstance(query.plan, Node)
                self._meet(query.plan)

    def columns(self) -> list[ColumnLineage]:
        """The columns of the statement."""
        node = self.plan
        if isinstance(node, Output):
            source = output_source(node)
            return [
                ColumnLineage(column.name, self.column(source, i)) for i, column in enumerate(node.columns)
            ]
        if isinstance(node, CreateTableAs):
            return _Lineage(node.child).columns()
        if isinstance(node, Insert):
            return self._insert(node)
        if isinstance(node, Update):
            return self._update(node)
        if isinstance(node, Delete):
            return self._returning(node, {})
        if isinstance(node, Instead):
            return self._instead(node)
        return []

    def _insert(self, node: Insert) -> list[ColumnLineage]:
        new: dict[int, set[str]] = {}
        if not isinstance(node.child, SingleRow):  # DEFAULT VALUES
            given = output_source(node.child)
            new = {i: self.column(given, taken) for i, taken in enumerate(node.columns) if taken >= 0}
            if node.rowid >= 0:
                new[_named(node.table, ROWID)] = self.column(given, node.rowid)
        found = [ColumnLineage(_column_name(node.table, i), origins) for i, origins in sorted(new.items())]
        after = self._inserted(node, new)
        for upsert in node.upserts:
            self._written[id(upsert.excluded)] = new
            found += self._sets(node.table, upsert.sets, after)
        return found + self._returning(node, after)

    def _inserted(self, node: Insert, new: dict[int, set[str]]) -> dict[int, set[str]]:
        """The row that RETURNING sees, which may be an older one where ON CONFLICT updates that."""
        older = any(upsert.sets for upsert in node.upserts)
        columns = {_named(node.table, index) for index in (ROWID, *range(len(node.table.columns)))}
        return {
            index: new.get(index, set()) | ({_column_name(node.table, index)} if older else set())
            for index in columns
        }

    def _instead(self, node: Instead) -> list[ColumnLineage]:
        """The columns of a view that triggers are told of, and what RETURNING shows."""
        given = None if isinstance(node.child, SingleRow) else output_source(node.child)
        row = node.events.new if node.new else node.events.old
        found: dict[int, set[str]] = {}
        for i, place in enumerate(node.new or node.old):
            found[i] = set() if given is None or place < 0 else self.column(given, place)
        self._written[id(row)] = found
        shown = [
            ColumnLineage(f"{written_name(node.view)}.{written_name(row.columns[i].name)}", found[i])
            for i in found
            if node.new
        ]
        columns = zip(node.returning_columns, node.returning)
        return shown + [ColumnLineage(column.name, self.expression(expr)) for column, expr in columns]

    def _update(self, node: Update) -> list[ColumnLineage]:
        after: dict[int, set[str]] = {}
        found = self._sets(node.table, node.sets, after)
        return found + self._returning(node, after)

    def _sets(
        self, table: Table, sets: list[tuple[int, Expr]], after: dict[int, set[str]]
    ) -> list[ColumnLineage]:
        """The columns that are set, whose origins join those of the row that is written."""
        found = []
        for index, value in sets:
            column, origins = _named(table, index), self.expression(value)
            found.append(ColumnLineage(_column_name(table, column), origins))
            after[column] = origins | after.get(column, set())
        return found

    def _returning(self, node: Insert | Update | Delete, new: dict[int, set[str]]) -> list[ColumnLineage]:
        """RETURNING sees the row as it was written: what was set comes from where the new values came from."""
        self._written[id(node.row.source)] = new
        columns = zip(node.returning_columns, node.returning)
        return [ColumnLineage(column.name, self.expression(expr)) for column, expr in columns]

    def expression(self, expr: Expr) -> set[str]:
        """What an expression is computed from."""
        found: set[str] = set()
        stack = [expr]
        while stack:
            each = stack.pop()
            if isinstance(each, ColumnRef):
                found |= self.column(each.source, each.index)
            elif isinstance(each, ScalarQuery):
                assert isinstance(each.query.plan, Node)
                found |= self.column(output_source(each.query.plan), each.index)
            stack.extend(each.children())
        return found

    def column(self, source: Source, index: int) -> set[str]:
        """What column ``index`` of a source is computed from."""
        if source.table is not None:
            index = _named(source.table, index)
        key = (id(source), index)
        known = self._known.get(key)
        if known is None:
            known = self._follow(source, index)
            self._known[key] = known
        return known

    def _follow(self, source: Source, index: int) -> set[str]:
        written = self._written.get(id(source))
        if written is not None and index in written:
            return written[index]
        maker = self._makers.get(id(source))
        return _of_table(source, index) if maker is None else FOLLOWED.of(maker)(self, maker, index)

    def recursion(self, node: Recursion) -> list[set[str]]:
        """What the columns of a recursive query are computed from, each perhaps from others of them."""
        initial, step = output_source(node.initial), output_source(node.step)
        places = range(len(node.source.columns))
        found = [self.column(initial, i) for i in places]
        outside = dict(self._known)
        while True:
            before = found
            self._known = dict(outside)
            self._known.update({(id(node.source), i): before[i] for i in places})
            found = [before[i] | self.column(step, i) for i in places]
            if found == before:
                return found

    def expressions(self, exprs: list[Expr]) -> set[str]:
        """What several expressions are computed from."""
        return set().union(*map(self.expression, exprs))


FOLLOWED: Final[Dispatch[set[str]]] = Dispatch("what a column that a node makes is computed from", Node)


@FOLLOWED.entry(Scan, RowidSeek, IndexScan, SeekUnion)
def _access(lineage: _Lineage, maker: Scan | RowidSeek | IndexScan | SeekUnion, index: int) -> set[str]:
    return _of_table(maker.source, index)


@FOLLOWED.entry(ModuleScan)
def _module_scan(lineage: _Lineage, maker: ModuleScan, index: int) -> set[str]:
    return _of_keys(lineage, maker.args)


@FOLLOWED.entry(ModuleSearch)
def _module_search(lineage: _Lineage, maker: ModuleSearch, index: int) -> set[str]:
    return _of_keys(lineage, maker.keys)


def _of_keys(lineage: _Lineage, keys: list[Expr]) -> set[str]:
    """What the rows of a virtual table depend on; the operand of an IN is a column of its own."""
    found: set[str] = set()
    for key in keys:
        if isinstance(key, InQuery):
            plan = key.query.plan
            assert isinstance(plan, Node)
            found |= lineage.column(output_source(plan), 0)
        else:
            found |= lineage.expressions(key.items if isinstance(key, InList) else [key])
    return found


@FOLLOWED.entry(Compound)
def _compound(lineage: _Lineage, maker: Compound, index: int) -> set[str]:
    left, right = output_source(maker.left), output_source(maker.right)
    return lineage.column(left, index) | lineage.column(right, index)


@FOLLOWED.entry(Recursion)
def _recursion(lineage: _Lineage, maker: Recursion, index: int) -> set[str]:
    return lineage.recursion(maker)[index]


@FOLLOWED.entry(QueueRow)
def _queue_row(lineage: _Lineage, maker: QueueRow, index: int) -> set[str]:
    return lineage.expression(maker.row[index])


@FOLLOWED.entry(Derived)
def _derived(lineage: _Lineage, maker: Derived, index: int) -> set[str]:
    return lineage.column(output_source(maker.child), index)


@FOLLOWED.entry(Project)
def _project(lineage: _Lineage, maker: Project, index: int) -> set[str]:
    return lineage.expression(maker.exprs[index])


@FOLLOWED.entry(Values)
def _values(lineage: _Lineage, maker: Values, index: int) -> set[str]:
    return lineage.expressions([row[index] for row in maker.tuples])


@FOLLOWED.entry(Aggregate)
def _aggregate(lineage: _Lineage, maker: Aggregate, index: int) -> set[str]:
    groups = [[key] for key in maker.keys]
    columns = [*groups, *[spec.args for spec in maker.aggregates], *[[bare] for bare in maker.bare]]
    return lineage.expressions(columns[index])


@FOLLOWED.entry(Window)
def _window(lineage: _Lineage, maker: Window, index: int) -> set[str]:
    return lineage.expressions(maker.functions[index].args)


@FOLLOWED.entry(CountRows, Empty)
@FOLLOWED.entry(
    Delete,
    Distinct,
    Filter,
    Insert,
    Instead,
    Join,
    Limit,
    Output,
    SingleRow,
    Sort,
    Spool,
    TransientIndex,
    Update,
)
@FOLLOWED.entry(AlterTable, Analyze, AnalyzeDatabase, CheckRows, CountTable, RewriteRows, SampleIndex)
@FOLLOWED.entry(Attach, BuildIndex, CreateIndex, CreateTableAs, Detach, Nothing, Reindex, Vacuum)
def _nothing(lineage: _Lineage, maker: Node, index: int) -> set[str]:
    """They make no column of their own that is computed from another."""
    return set()


def _of_table(source: Source, index: int) -> set[str]:
    """The column of a table that a source stands for."""
    return set() if source.table is None else {_column_name(source.table, index)}


def _column_name(table: Table, index: int) -> str:
    """A table's column in words; the schema stands before it where that is not main."""
    schema = "" if table.schema == "main" else f"{written_name(table.schema)}."
    column = "rowid" if index == ROWID else written_name(table.columns[index].name)
    return f"{schema}{written_name(table.name)}.{column}"


def _named(table: Table, index: int) -> int:
    """The column that is the rowid by its own name, where the rowid is meant and there is one."""
    return table.rowid_alias if index == ROWID and table.rowid_alias >= 0 else index
