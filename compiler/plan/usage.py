"""What of each source a statement reads: what decides whether an index covers a table.

An index on an expression holds the values of that expression: what computes it reads none of the columns in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import Binary, Call, Case, Cast, Collate, ColumnRef, Expr, Source, Unary
from foundrydb.compiler.bind.properties import query_of, same, sources_in
from foundrydb.compiler.plan.nodes import Delete, Join, Node, Update
from foundrydb.compiler.plan.walk import made_sources, nodes_of
from foundrydb.compiler.schema.affinity import REAL

if TYPE_CHECKING:
    from foundrydb.compiler.plan.context import PassContext
    from foundrydb.compiler.schema.objects import Index


@final
class ColumnUsage:
    """What a statement reads, looked for when somebody asks."""

    def __init__(self, plan: Node) -> None:
        self._plan: Final = plan
        self._columns: dict[int, set[int]] | None = None
        self._nulled: set[int] | None = None
        self._beside: Final[dict[tuple[int, int], set[int]]] = {}

    def covered(self, index: Index, source: Source, context: PassContext) -> bool:
        """Whether an index's entries hold every column that is read of the source, and every expression."""
        if self.has_columns(index, source):
            return True
        keys = [key for key in self.readable_keys(index, source, context) if key is not None]
        if not keys:
            return False
        place = (id(index), source.number)
        if place not in self._beside:
            self._beside[place] = columns_beside(self._plan, source, keys)
        return all([index.position(column) >= 0 for column in self._beside[place]])

    def has_columns(self, index: Index, source: Source) -> bool:
        """Whether an index's entries hold every column that is read of the source."""
        columns = self._read_of(source)
        return columns is not None and all([index.position(column) >= 0 for column in columns])

    def readable_keys(self, index: Index, source: Source, context: PassContext) -> list[Expr | None]:
        """Per key column of an index, the expression whose value can be read from there; None where there is none.

        Where an outer join puts NULLs in the place of a row, an expression of them need not be NULL.
        """
        if all([column.expression is None for column in index.columns]) or self._read_of(source) is None:
            return []
        if self._nulled is None:
            self._nulled = nulled_sources(self._plan)
        if source.number in self._nulled:
            return []
        return [readable(key) for key in context.key_expressions(index, source)]

    def _read_of(self, source: Source) -> set[int] | None:
        """The columns that are read of a source; None where all of them may be."""
        if self._columns is None:
            self._columns = column_usage(self._plan)
        return self._columns.get(source.number)


def readable(key: Expr | None) -> Expr | None:
    """A key as other expressions have it; None where it is no more than a column, or the same for all rows.

    One whose values are not kept unchanged is none either: a whole REAL is kept as an integer.
    """
    while isinstance(key, Collate):
        key = key.operand
    if not isinstance(key, (Binary, Call, Case, Cast, Unary)) or key.affinity == REAL:
        return None
    return key if sources_in(key) else None


def nulled_sources(plan: Node) -> set[int]:
    """The numbers of the sources whose columns an outer join makes NULL where it finds no match."""
    found: set[int] = set()
    plans = [plan]
    for root in plans:
        for node in nodes_of(root):
            if isinstance(node, Join) and node.kind != "inner":
                if node.kind != "right":
                    found.update([source.number for source in made_sources(node.right)])
                if node.kind != "left":
                    found.update([source.number for source in made_sources(node.left)])
            for expr in node.expressions() + node.clause_expressions():
                _note_queries(expr, plans)
    return found


def column_usage(plan: Node) -> dict[int, set[int]]:
    """Per source that a node makes (by its number), the columns read anywhere in the statement, ROWID among them.

    The source of a table that UPDATE or DELETE changes is left out: all of the row is needed.
    """
    columns: dict[int, set[int]] = {}
    targets: list[Source] = []
    plans = [plan]
    for root in plans:
        for node in nodes_of(root):
            source = node.made_source()
            if source is not None:
                columns.setdefault(source.number, set())
            elif isinstance(node, (Update, Delete)):
                targets.append(node.target)
            _read(node.expressions() + node.clause_expressions(), columns, plans, [])
    for target in targets:
        columns.pop(target.number, None)
    return columns


def columns_beside(plan: Node, source: Source, keys: list[Expr]) -> set[int]:
    """The columns of a source that a statement reads apart from those in the keys of an index."""
    columns: dict[int, set[int]] = {source.number: set()}
    plans = [plan]
    for root in plans:
        for node in nodes_of(root):
            _read(node.expressions() + node.clause_expressions(), columns, plans, keys)
    return columns[source.number]


def _read(exprs: list[Expr], columns: dict[int, set[int]], plans: list[Node], keys: list[Expr]) -> None:
    """Note the columns that expressions read, and the plans of the subqueries in them, each once.

    keys: expressions into which nobody looks.
    """
    while exprs:
        expr = exprs.pop()
        if isinstance(expr, ColumnRef):
            read = columns.get(expr.source.number)
            if read is None:
                columns[expr.source.number] = {expr.index}
            else:
                read.add(expr.index)
            continue
        if keys and any([same(expr, key) for key in keys]):
            continue
        _note_query(expr, plans)
        exprs.extend(expr.children())


def _note_queries(expr: Expr, plans: list[Node]) -> None:
    _note_query(expr, plans)
    for child in expr.children():
        _note_queries(child, plans)


def _note_query(expr: Expr, plans: list[Node]) -> None:
    query = query_of(expr)
    if query is not None:
        assert isinstance(query.plan, Node)
        if all([query.plan is not known for known in plans]):
            plans.append(query.plan)
