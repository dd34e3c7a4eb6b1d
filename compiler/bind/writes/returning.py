"""RETURNING: expressions over the row that was written.

https://sqlite.org/lang_returning.html
"""

from __future__ import annotations

from foundrydb.compiler.bind.bound import ColumnRef, Expr, OutputColumn, Source
from foundrydb.compiler.bind.expressions.binders import bind
from foundrydb.compiler.bind.from_items import SourceItem
from foundrydb.compiler.bind.queries.column_names import result_column
from foundrydb.compiler.bind.queries.query import output_column
from foundrydb.compiler.bind.queries.query_binding import QueryBinding
from foundrydb.compiler.bind.queries.stars import star_columns
from foundrydb.compiler.bind.scope import CommonTables, Scope
from foundrydb.compiler.schema.objects import Table
from foundrydb.compiler.syntax import ast


def bind_returning(
    b: QueryBinding,
    syntax: tuple[ast.ResultColumn, ...],
    table: Table,
    source: Source,
    ctes: CommonTables | None,
) -> tuple[list[Expr], list[OutputColumn]]:
    """RETURNING's expressions over the written row, and the columns they make.

    The row goes by the table's name, also where the statement gives the table an alias, and is in no database.
    """
    if not syntax:
        return [], []
    scope = Scope(None, b.new_source("aggregate", []), ctes, None)
    scope.items.append(SourceItem(source, table.name, "", not table.without_rowid))
    scope.shows_written = True
    scope.outside_query = True
    pairs = _named(b, syntax, scope)
    return [expr for expr, _ in pairs], [output_column(expr, name) for expr, name in pairs]


def _named(b: QueryBinding, syntax: tuple[ast.ResultColumn, ...], scope: Scope) -> list[tuple[Expr, str]]:
    """The expressions of RETURNING and their names."""
    out: list[tuple[Expr, str]] = []
    for column in syntax:
        if isinstance(column, ast.ResultExpression):
            result = result_column(b, column, bind(b, column.expression, scope), scope)
            out.append((result.expr, result.name))
        elif isinstance(column, ast.ResultStar):
            for expr, one in star_columns(b, scope, None):
                if b.authorization is not None and isinstance(expr, ColumnRef):
                    b.authorization.may_read(expr.source, expr.index)
                out.append((expr, one.name))
        else:
            raise b.fail('RETURNING may not use "TABLE.*" wildcards', column)
    return out
