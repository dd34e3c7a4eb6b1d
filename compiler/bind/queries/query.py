"""What binding a query gives: the bound query, its columns, and what others want to know of them."""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import ColumnRef, Expr, OutputColumn, ScalarQuery
from foundrydb.compiler.bind.from_items import FromItem
from foundrydb.compiler.bind.scope import Scope
from foundrydb.compiler.bind.statements import Bound


@final
class Query:
    """A query, bound.

    Attributes:
        bound: what it asks for.
        columns: what it yields.
        inner: the names of the columns where the query is a subquery.
        declared: the names of the columns where the query is a view's.
        compared: the columns where the query stands in an expression, which sees those of a compound's last SELECT.
    """

    def __init__(
        self,
        bound: Bound,
        columns: list[OutputColumn],
        inner: list[str],
        declared: list[str],
        compared: list[OutputColumn],
    ) -> None:
        self.bound: Final = bound
        self.columns: Final = columns
        self.inner: Final = inner
        self.declared: Final = declared
        self.compared: Final = compared

    def within(self, bound: Bound) -> Query:
        """The same columns of a query that holds this one."""
        return Query(bound, self.columns, self.inner, self.declared, self.compared)


@final
class ResultColumn:
    """A column of a SELECT's result.

    Attributes:
        expr: the expression.
        name: its name in the outermost query.
        inner: its name in a subquery.
        declared: its name in a view.
        aliased: the name was given by AS.
        column: what the query offers under that name.
    """

    def __init__(
        self,
        expr: Expr,
        name: str,
        inner: str,
        declared: str,
        aliased: bool = False,
        column: OutputColumn | None = None,
    ) -> None:
        self.expr: Final = expr
        self.name: Final = name
        self.inner: Final = inner
        self.declared: Final = declared
        self.aliased: Final = aliased
        self.column: Final = output_column(expr, name) if column is None else column


@final
class StarColumn:
    """A column of ``*``: one of an item's, under its name in the result.  plain: its plain name is looked up."""

    def __init__(self, item: FromItem, index: int, plain: bool) -> None:
        self.item: Final = item
        self.index: Final = index
        self.plain: Final = plain
        self.name: Final = item.columns[index].name


@final
class Term:
    """A SELECT or VALUES, bound, and what a compound needs to know of it.

    Attributes:
        exprs: the result's expressions.
        arms: what gives the columns their types: ``exprs``, or the rows of VALUES where SQLite takes them for SELECTs.
    """

    def __init__(
        self,
        query: Query,
        scope: Scope,
        results: list[ResultColumn],
        exprs: list[Expr],
        arms: list[list[Expr]] | None = None,
    ) -> None:
        self.query: Final = query
        self.scope: Final = scope
        self.results: Final = results
        self.exprs: Final = exprs
        self.arms: Final = [exprs] if arms is None else arms


def output_column(expr: Expr, name: str) -> OutputColumn:
    """What a query offers for one of its result expressions."""
    declared = ""
    subtyped = False
    if isinstance(expr, ColumnRef):
        table = expr.source.table
        if expr.index >= 0:
            column = expr.source.columns[expr.index]
            declared = column.declared_type
            subtyped = column.subtyped and table is None  # that of a written row is lost in a query
        elif table is not None:
            declared = "INTEGER" if table.rowid_alias < 0 else table.columns[table.rowid_alias].declared_type
    elif isinstance(expr, ScalarQuery):
        declared = expr.query.columns[expr.index].declared_type
    return OutputColumn(
        name, expr.affinity, expr.collation, declared, explicit=expr.explicit, subtyped=subtyped
    )
