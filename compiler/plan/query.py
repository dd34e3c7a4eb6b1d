"""The result of planning a query, and how its columns are called.

Names of result columns follow SQLite: the alias; else, for a column, the name that it was declared with; else the
SQL text as written.  A subquery's columns are called likewise, except that COLLATE does not hide a column, and
that a repeated name gets a number (``a``, ``a:1``).
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.plan.nodes import Node
from foundrydb.compiler.resolve.binding import Binding
from foundrydb.compiler.resolve.bound import ColumnRef, Expr, OutputColumn
from foundrydb.compiler.resolve.catalog import fold
from foundrydb.compiler.resolve.exprs import column_label
from foundrydb.compiler.resolve.scope import Scope
from foundrydb.compiler.syntax import ast


@final
class Query:
    """A planned query.

    Attributes:
        node: its root (invariant 4 of ``plan.nodes``).
        columns: what it yields; the source of the node may have more columns, which only ORDER BY uses.
        inner: the names of the columns where the query is a subquery.
    """

    def __init__(self, node: Node, columns: list[OutputColumn], inner: list[str]) -> None:
        self.node: Final = node
        self.columns: Final = columns
        self.inner: Final = inner


@final
class ResultColumn:
    """A column of a SELECT's result.

    Attributes:
        expr: the expression.
        name: its name in the outermost query.
        inner: its name in a subquery.
        aliased: the name was given by AS.
        column: what the query offers under that name.
    """

    def __init__(
        self, expr: Expr, name: str, inner: str, aliased: bool = False, column: OutputColumn | None = None
    ) -> None:
        self.expr: Final = expr
        self.name: Final = name
        self.inner: Final = inner
        self.aliased: Final = aliased
        self.column: Final = output_column(expr, name) if column is None else column


@final
class Term:
    """A planned SELECT or VALUES: its query, and what ORDER BY of a compound needs to know of it."""

    def __init__(self, query: Query, scope: Scope, results: list[ResultColumn], exprs: list[Expr]) -> None:
        self.query: Final = query
        self.scope: Final = scope
        self.results: Final = results
        self.exprs: Final = exprs


def result_column(b: Binding, syntax: ast.ResultExpression, expr: Expr) -> ResultColumn:
    """A result column that is written out as an expression."""
    if syntax.alias is not None:
        return ResultColumn(expr, syntax.alias.text, syntax.alias.text, True)
    text = b.text[syntax.start : syntax.end].strip()
    name = text
    if isinstance(expr, ColumnRef) and isinstance(syntax.expression, ast.Column):
        name = column_name(expr)
    inner = name
    bare = syntax.expression
    while isinstance(bare, ast.Collate):
        bare = bare.operand
    if isinstance(bare, ast.Column):
        inner = bare.column.text
    return ResultColumn(expr, name, inner)


def column_name(ref: ColumnRef) -> str:
    """The name that a column was declared with."""
    table = ref.source.table
    if table is not None:
        return column_label(table, ref.index)
    return "rowid" if ref.index < 0 else ref.source.columns[ref.index].name


def output_column(expr: Expr, name: str) -> OutputColumn:
    """What a query offers for one of its result expressions."""
    declared = ""
    if isinstance(expr, ColumnRef):
        table = expr.source.table
        if expr.index >= 0:
            declared = expr.source.columns[expr.index].declared_type
        elif table is not None:
            declared = "INTEGER" if table.rowid_alias < 0 else table.columns[table.rowid_alias].declared_type
    return OutputColumn(name, expr.affinity, expr.collation, declared)


def unique_names(names: list[str]) -> list[str]:
    """The names under which a subquery's columns are seen: a repeated one gets ``:1``, ``:2``, …

    What could be read as a constant, or has no name, is called by its place.
    """
    seen: set[str] = set()
    out: list[str] = []
    for i, original in enumerate(names):
        base = original if fold(original) not in ("", "true", "false") else f"column{i + 1}"
        name = base
        count = 0
        while fold(name) in seen:
            count += 1
            name = f"{_without_number(base)}:{count}"
        seen.add(fold(name))
        out.append(name)
    return out


def _without_number(name: str) -> str:
    """A name without a ``:12`` at its end."""
    head, colon, tail = name.rpartition(":")
    return head if colon and tail.isdigit() else name


def derived_columns(columns: list[OutputColumn], names: list[str]) -> list[OutputColumn]:
    """The columns of a subquery, view or common table under the names given; BINARY where no collation is known."""
    out: list[OutputColumn] = []
    for column, name in zip(columns, unique_names(names)):
        out.append(OutputColumn(name, column.affinity, column.collation or "BINARY", column.declared_type))
    return out
