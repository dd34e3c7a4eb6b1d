"""``*``, ``t.*`` and the columns of a join in parentheses: which columns they are, in which order, and their names.

A column that USING joins is there once, where its leftmost table stands; to the left of a RIGHT or FULL JOIN it means
what its plain name means there.  Any other column is looked up by its full name (``main.t.a``), which matters where two
sources have one name.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.binding import Binding
from foundrydb.compiler.bind.bound import ROWID, Expr, Literal, OutputColumn
from foundrydb.compiler.bind.expressions.columns import merged_column
from foundrydb.compiler.bind.from_items import FromItem, InnerColumn, JoinItem, SourceItem
from foundrydb.compiler.bind.queries.column_names import TakenNames
from foundrydb.compiler.bind.queries.query import StarColumn, output_column
from foundrydb.compiler.bind.scope import Scope, lookup
from foundrydb.compiler.schema.names import fold
from foundrydb.errors import error


def star_columns(b: Binding, scope: Scope, table: str | None) -> list[tuple[Expr, StarColumn]]:
    """What ``*`` (or ``table.*``, folded) stands for, in order."""
    twice = _names_twice(scope.items)
    return [(_expression(b, scope, column, twice), column) for column in columns_of_star(scope, table)]


def columns_of_star(scope: Scope, table: str | None) -> list[StarColumn]:
    """The columns of ``*`` or ``table.*``, without a look at what their names mean."""
    out: list[StarColumn] = []
    items = scope.items
    last_right = max([i for i, item in enumerate(items) if item.right], default=-1)
    for i, item in enumerate(items):
        later = [name for other in items[i + 1 :] for name in other.using] if i < last_right else []
        for index, column in enumerate(item.columns):
            name = fold(column.name)
            if column.hidden or not _is_shown(item, index, name, table):
                continue
            plain = len(items) == 1 or (table is None and name in later)
            out.append(StarColumn(item, index, plain))
    return out


def _is_shown(item: FromItem, index: int, name: str, table: str | None) -> bool:
    """Whether a column of an item is part of ``*`` or ``table.*``; name: its own, folded."""
    if isinstance(item, JoinItem):
        inner = item.inner[index]
        if inner.rowid:
            return False
        return item.starred[index] and name not in item.using if table is None else inner.table == table
    return name not in item.using if table is None else item.name == table


def _expression(b: Binding, scope: Scope, column: StarColumn, twice: list[str]) -> Expr:
    """What a column of ``*`` is."""
    item = column.item
    if column.plain and (len(scope.items) > 1 or isinstance(item, JoinItem)):
        return _found(b, scope, None, None, column.name, column.name)
    if item.name in twice:
        return full_name(b, scope, item, column.name)
    return item.column(column.index)


def full_name(b: Binding, scope: Scope, item: FromItem, name: str) -> Expr:
    """What a column's full name means, which others may have too."""
    if isinstance(item, JoinItem):
        return _found(b, scope, None, item.name, name, f"{item.name}.{name}")
    return _found(b, scope, item.schema, item.name, name, f"{item.schema}.{item.written()}.{name}")


def _found(b: Binding, scope: Scope, schema: str | None, table: str | None, name: str, written: str) -> Expr:
    if not b.looks_up_names:
        return Literal(None)
    match = lookup(scope, schema, table, fold(name))
    if match.count != 1:
        problem = "ambiguous column name" if match.count else "no such column"
        raise error(f"{problem}: {written}")
    return merged_column(b, match.refs(-1, -1))


def _names_twice(items: list[FromItem]) -> list[str]:
    """The names of tables that several items answer to."""
    seen: set[str] = set()
    out: list[str] = []
    for item in items:
        names = item.tables()
        out.extend([name for name in names if name and name in seen])
        seen.update(names)
    return out


# -- joins in parentheses


def join_item(b: Binding, scope: Scope, alias: str) -> JoinItem:
    """A join in parentheses as the clause around it sees it; ``scope`` is its own."""
    star = _InnerStar(b, scope)
    for i, item in enumerate(scope.items):
        star.add(item, scope.items[i + 1] if i + 1 < len(scope.items) else None)
    return star.item(alias)


@final
class _InnerStar:
    """Collects the columns of a join in parentheses.

    starred: whether they are part of ``*`` in the clause around it.
    """

    def __init__(self, b: Binding, scope: Scope) -> None:
        self.b: Final = b
        self.scope: Final = scope
        self.twice: Final = _names_twice(scope.items)
        self.inner: Final[list[InnerColumn]] = []
        self.columns: Final[list[OutputColumn]] = []
        self.starred: Final[list[bool]] = []
        self.taken: Final = TakenNames(b)

    def add(self, item: FromItem, following: FromItem | None) -> None:
        """An item's columns, after those by which the following one is joined to it."""
        using: list[str] = []
        if following is not None:
            using = following.using
            for name, written in zip(using, following.using_written):
                expr = _found(self.b, self.scope, None, None, written, written)
                self._append(InnerColumn("", "", name, expr, merged=True), written, True)
        for index, column in enumerate(item.columns):
            if not column.hidden:
                self._add_column(item, index, using)
        if isinstance(item, SourceItem) and item.rowid:
            label = next((one for one in _ROWID_LABELS if item.find(fold(one)) < 0), "")
            if label:
                expr = self._expression(item, ROWID, label)
                self._append(InnerColumn(item.schema, item.name, fold(label), expr, True), label, False)

    def _add_column(self, item: FromItem, index: int, using: list[str]) -> None:
        label = item.columns[index].name
        name = fold(label)
        expr = self._expression(item, index, label)
        starred = name not in item.using and name not in using
        if isinstance(item, JoinItem):
            known = item.inner[index]
            if not known.rowid:
                inner = InnerColumn(known.schema, known.table, known.name, expr)
                self._append(inner, label, starred and item.starred[index])
        else:
            self._append(InnerColumn(item.schema, item.name, name, expr), label, starred)

    def _expression(self, item: FromItem, index: int, label: str) -> Expr:
        if item.name in self.twice:
            return full_name(self.b, self.scope, item, label)
        return item.column(index)

    def _append(self, inner: InnerColumn, label: str, starred: bool) -> None:
        """Add a column; one whose name a column that USING made had before is no part of ``*``."""
        name = self.taken.unique(label, inner.merged)
        self.inner.append(inner)
        self.columns.append(output_column(inner.expr, name))
        self.starred.append(starred and not self.taken.met_merged)

    def item(self, alias: str) -> JoinItem:
        """All of it as one item."""
        return JoinItem(alias, self.inner, self.columns, self.starred)


_ROWID_LABELS: Final = ("_ROWID_", "ROWID", "OID")
