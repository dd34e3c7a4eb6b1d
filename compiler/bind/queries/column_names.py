"""How the columns of a query are called.

Names of result columns follow SQLite: the alias; else, for a column, the name that it was declared with; else the
SQL text as written.  A subquery's columns are called likewise, except that a column keeps the name that it is written
with, that COLLATE does not hide it, and that a repeated name gets a number (``a``, ``a:1``).  A view's columns are
called as those of a subquery, by the names that columns were declared with.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.binding import Binding
from foundrydb.compiler.bind.bound import Call, ColumnRef, Expr, OutputColumn
from foundrydb.compiler.bind.expr_index import bare
from foundrydb.compiler.bind.from_items import JoinItem
from foundrydb.compiler.bind.properties import column_label
from foundrydb.compiler.bind.queries.query import Query, ResultColumn, StarColumn
from foundrydb.compiler.bind.scope import Scope, lookup
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.source import next_token, without_collate


def result_column(b: Binding, syntax: ast.ResultExpression, expr: Expr, scope: Scope) -> ResultColumn:
    """A result column that is written out as an expression."""
    if syntax.alias is not None:
        alias = syntax.alias.text
        names = b.naming()
        if names is not None:
            names.definition("result column", syntax.alias, alias, scope, expr)
        return ResultColumn(expr, alias, alias, alias, True)
    text = b.text[syntax.start : next_token(b.text, syntax.end)].strip()  # comments behind it included
    written = without_collate(syntax.expression)
    inner = written.column.text if isinstance(written, ast.Column) else text
    declared = text
    while isinstance(written, ast.Call) and fold(written.function.text) in _TRANSPARENT and written.arguments:
        written = without_collate(written.arguments[0])
    if isinstance(written, ast.Column):
        declared = column_name(written, expr, scope) or text
    name = _shown(b, declared, text, expr) if isinstance(syntax.expression, ast.Column) else text
    return ResultColumn(expr, name, inner, declared)


def values_names(row: ast.ValuesRow) -> list[str]:
    """The names of the columns of VALUES in a subquery; anywhere else all have the name that other values have here.

    row: the first one.
    """
    names: list[str] = []
    for i, value in enumerate(row.values):
        written = without_collate(value)
        names.append(written.column.text if isinstance(written, ast.Column) else f"column{i + 1}")
    return names


def _shown(b: Binding, declared: str, text: str, expr: Expr) -> str:
    """What the outermost query calls a column: that is what the PRAGMAs full_ and short_column_names are about."""
    if not isinstance(expr, ColumnRef) or (b.short_names and not b.full_names):
        return declared
    source = expr.source
    table = source.origin or source.name if source.table is None else source.table.name
    return f"{table}.{declared}" if b.full_names else text


def star_column(b: Binding, column: StarColumn, expr: Expr) -> ResultColumn:
    """A column that ``*`` stands for, called by its full name where PRAGMAs ask for that only."""
    name = column.name
    if b.full_names and not b.short_names:
        name = f"{column.item.written()}.{name}"
    return ResultColumn(expr, name, name, column.name)


_TRANSPARENT: Final = ("likely", "unlikely", "likelihood")
"""The functions through which the name of a view's column is seen."""


def column_name(syntax: ast.Column, expr: Expr, scope: Scope) -> str:
    """The name that a column was declared with; "" for what is none.

    expr: what the column means, functions that are seen through around it.
    """
    if any([isinstance(item, JoinItem) for item in scope.items]):
        table = None if syntax.table is None else fold(syntax.table.text)
        schema = None if syntax.schema is None else fold(syntax.schema.text)
        label = lookup(scope, schema, table, fold(syntax.column.text)).label()
        if label:
            return label
    while isinstance(expr, Call) and not expr.column and expr.args:
        expr = expr.args[0]
    expr = bare(expr)
    if not isinstance(expr, ColumnRef):
        return ""
    own = expr.source.table
    if own is not None:
        return column_label(own, expr.index)
    return "rowid" if expr.index < 0 else expr.source.columns[expr.index].name


def unique_names(names: list[str], b: Binding | None = None) -> list[str]:
    """The names under which a subquery's columns are seen: a repeated one gets ``:1``, ``:2``, …

    What could be read as a constant is called by its place.
    """
    taken = TakenNames(b)
    return [taken.unique(name, False) for name in names]


@final
class TakenNames:
    """Gives the columns of a subquery their names, one after the other.

    SQLite tries the numbers from 1 to 4, and then takes one at random, which no other subquery has: here it is
    the next one of the whole statement.

    Attributes:
        met_merged: whether the last name, or a number it was tried with, is that of a column that USING made.
    """

    def __init__(self, b: Binding | None) -> None:
        self.met_merged = False
        self._merged: Final[dict[str, bool]] = {}
        self._binding: Final = b
        self._last = _NUMBERS_TRIED

    def unique(self, wanted: str, merged: bool) -> str:
        """The name of the next column, numbered if it is taken.  merged: USING made the column."""
        if fold(wanted) in ("true", "false"):
            wanted = f"column{len(self._merged) + 1}"
        self.met_merged = False
        name = wanted
        number = 0
        while fold(name) in self._merged:
            if number <= _NUMBERS_TRIED and self._merged[fold(name)]:
                self.met_merged = True
            number = number + 1 if number < _NUMBERS_TRIED else self._next()
            name = f"{_without_number(name)}:{number}"
        self._merged[fold(name)] = merged
        return name

    def _next(self) -> int:
        """The next number past those that are tried first."""
        self._last = max(self._last, 0 if self._binding is None else self._binding.last_column_number) + 1
        if self._binding is not None:
            self._binding.last_column_number = self._last
        return self._last


_NUMBERS_TRIED: Final = 4


def _without_number(name: str) -> str:
    """A name without a ``:12`` at its end."""
    head = name.rstrip("0123456789")
    return head[:-1] if head.endswith(":") else name


def derived_columns(b: Binding, query: Query, names: list[str]) -> list[OutputColumn]:
    """The columns of a subquery, view or common table under the names given; BINARY where no collation is known.

    Of a compound the last SELECT tells their types, to those who ask what was declared.  There may be more names than
    columns while that mistake has not been told.
    """
    out = [OutputColumn(name, "", "BINARY", "") for name in unique_names(names, b)]
    for i, column in enumerate(query.columns[: len(names)]):
        declared = query.compared[i].declared_type
        collation = column.collation or "BINARY"
        out[i] = OutputColumn(out[i].name, column.affinity, collation, declared, subtyped=column.subtyped)
    return out
