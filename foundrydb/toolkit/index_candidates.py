"""The indexes that could help a query: what it asks of its tables, and the columns that an index could have for that.

Candidates come from the query as it is before indexes are chosen: columns that are compared with something, columns
that rows are sorted or grouped by, and with them all that is read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from foundrydb.compiler.bind.bound import (
    ROWID,
    Between,
    ColumnRef,
    Compare,
    Expr,
    InList,
    InQuery,
    Source,
)
from foundrydb.compiler.bind.properties import sources_in, walk
from foundrydb.compiler.plan.nodes import Aggregate, Node, Project, Sort, Window
from foundrydb.compiler.plan.walk import all_nodes
from foundrydb.compiler.schema.objects import Table
from foundrydb.compiler.syntax.source import written_name

MOST_CANDIDATES: Final = 40
MOST_COLUMNS: Final = 4
"""A covering index is tried up to so many columns."""

Key = tuple[tuple[str, bool], ...]
"""The columns of an index, and whether each is descending."""

TableName = tuple[str, str]
"""A schema and the table's name."""


@dataclass(frozen=True)
class PossibleIndex:
    """An index that could be: the names of its schema and table, its own name, and its columns."""

    schema: str
    table: str
    name: str
    key: Key

    @property
    def full_name(self) -> str:
        """What it is called, with the schema where that is not main."""
        schema = "" if self.schema == "main" else f"{written_name(self.schema)}."
        return schema + written_name(self.name)

    def sql(self) -> str:
        """The statement that makes it."""
        columns = ", ".join(written_name(name) + (" DESC" if down else "") for name, down in self.key)
        return f"CREATE INDEX {self.full_name} ON {written_name(self.table)}({columns})"


@dataclass
class TableUse:
    """What a query does with the columns of one table, in all places where it reads it."""

    table: Table
    equal: list[str] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)
    orders: list[Key] = field(default_factory=list)
    read: list[str] = field(default_factory=list)


def uses_of(plan: Node) -> dict[TableName, TableUse]:
    """The uses of stored tables, by their names.

    Args:
        plan: of a statement, as it is before indexes are chosen.
    """
    found: dict[TableName, TableUse] = {}
    nodes = all_nodes(plan)
    made = {
        id(node.source): node.exprs if isinstance(node, Project) else node.keys
        for node in nodes
        if isinstance(node, (Project, Aggregate))
    }
    for node in nodes:
        for expr in node.expressions():
            for part in walk(expr):
                if isinstance(part, ColumnRef):
                    _add(found, part, "read")
                else:
                    _note_condition(part, found)
        _note_order(node, made, found)
    return found


def _column(ref: Expr) -> tuple[Table, str] | None:
    """The column of a table that an expression is, if it is one that an index could have."""
    if not isinstance(ref, ColumnRef) or ref.index == ROWID:
        return None
    table = ref.source.table
    if not isinstance(table, Table) or table.virtual_module or table.system:
        return None
    column = table.columns[ref.index]
    return (table, column.name) if column.stored else None


def _add(found: dict[TableName, TableUse], ref: Expr, kind: str) -> None:
    """Note a column under a kind of use."""
    column = _column(ref)
    if column is not None:
        table, name = column
        names: list[str] = getattr(found.setdefault((table.schema, table.name), TableUse(table)), kind)
        if name not in names:
            names.append(name)


def _note_condition(expr: Expr, found: dict[TableName, TableUse]) -> None:
    """Note the columns that an expression compares with something that is known without their row."""
    if isinstance(expr, Compare):
        kind = "equal" if expr.op in ("=", "IS") else "ranges" if expr.op in ("<", "<=", ">", ">=") else ""
        if kind:
            for side, other in ((expr.left, expr.right), (expr.right, expr.left)):
                if isinstance(side, ColumnRef) and side.source not in _sources(other):
                    _add(found, side, kind)
    elif isinstance(expr, Between) and not expr.negated:
        _add(found, expr.operand, "ranges")
    elif isinstance(expr, (InList, InQuery)) and not expr.negated:
        _add(found, expr.operand, "equal")


def _sources(expr: Expr) -> list[Source]:
    return list(sources_in(expr))


def _note_order(node: Node, made: dict[int, list[Expr]], found: dict[TableName, TableUse]) -> None:
    """Note the columns that a node has rows sorted or grouped by, as far as they are of one table."""
    terms: list[tuple[Expr, bool]] = []
    if isinstance(node, Sort):
        terms = [(term.expr, term.descending) for term in node.terms]
    elif isinstance(node, Window):
        terms = [(expr, False) for expr in node.partition]
        terms += [(term.expr, term.descending) for term in node.order]
    elif isinstance(node, Aggregate):
        terms = [(key, False) for key in node.keys]
        if not terms and len(node.aggregates) == 1 and node.aggregates[0].function.name in ("min", "max"):
            terms = [(arg, False) for arg in node.aggregates[0].args[:1]]
    key: list[tuple[str, bool]] = []
    first: Table | None = None
    for expr, descending in terms:
        column = _column(_resolved(expr, made))
        if column is None or (first is not None and column[0] is not first):
            break
        first = column[0]
        key.append((column[1], descending))
    if first is not None:
        if all(descending for _, descending in key):
            key = [(name, False) for name, _ in key]
        orders = found.setdefault((first.schema, first.name), TableUse(first)).orders
        if tuple(key) not in orders:
            orders.append(tuple(key))


def _resolved(expr: Expr, made: dict[int, list[Expr]]) -> Expr:
    """What a column of a node's own source is computed from."""
    while isinstance(expr, ColumnRef) and expr.index >= 0:
        exprs = made.get(id(expr.source), [])
        if expr.index >= len(exprs):
            break
        expr = exprs[expr.index]
    return expr


# -- candidates


def candidates(
    uses: dict[TableName, TableUse], covering: bool, is_free: Callable[[str], bool]
) -> list[PossibleIndex]:
    """The indexes that are worth a try.

    Args:
        covering: also those that have all that the query reads.
        is_free: whether nothing has a name yet.
    """
    found: dict[PossibleIndex, None] = {}
    for (schema, table), use in uses.items():
        for key in _keys(use, covering):
            if not _is_there(use.table, key):
                found[PossibleIndex(schema, table, _name(table, key, is_free), key)] = None
    return list(found)[:MOST_CANDIDATES]


def _name(table: str, key: Key, is_free: Callable[[str], bool]) -> str:
    """What an index would be called: after its table and columns, with a number where something has that name."""
    base = name = "_".join([table, *[column for column, _ in key]])
    number = 1
    while not is_free(name):
        number += 1
        name = f"{base}_{number}"
    return name


def _keys(use: TableUse, covering: bool) -> list[Key]:
    """Columns of indexes: by one condition, by all, with a range or an order behind, and with all that is read."""
    equal: list[Key] = [((name, False),) for name in use.equal]
    ranges: list[Key] = [((name, False),) for name in use.ranges]
    all_equal: Key = tuple([(name, False) for name in use.equal])
    heads = [*equal, *([all_equal] if len(equal) > 1 else [])]
    tails = [*ranges, *use.orders]
    keys = [*heads, *tails, *[_joined(head, tail) for head in heads for tail in tails]]
    if not covering:
        return keys
    whole = [_joined(key, tuple([(name, False) for name in use.read])) for key in keys]
    return keys + [key for key in whole if len(key) <= MOST_COLUMNS]


def _joined(head: Key, tail: Key) -> Key:
    """Columns, and others behind them that are not among them."""
    names = [name for name, _ in head]
    return head + tuple([item for item in tail if item[0] not in names])


def _is_there(table: Table, key: Key) -> bool:
    """Whether an index of the table begins with these columns."""
    names = [name.lower() for name, _ in key]
    if names == [table.columns[table.rowid_alias].name.lower()] and table.rowid_alias >= 0:
        return True
    for index in table.indexes:
        own = [table.columns[item.column].name.lower() for item in index.columns if item.column >= 0]
        downs = [item.descending for item in index.columns]
        same_order = len({down != wanted for down, (_, wanted) in zip(downs, key)}) <= 1
        if (
            index.where is None
            and len(own) == len(index.columns)
            and own[: len(names)] == names
            and same_order
        ):
            return True
    return False
