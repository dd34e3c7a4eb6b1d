"""Which answers are right where SQL leaves some of an answer open.

ORDER BY leaves open how rows stand that are equal by its terms, and LIMIT which of them are taken.  So a statement is
asked once more, without LIMIT and with the rank of each row, and an answer is right if each place in it holds a row of
the rank that belongs there.  What is open deeper within a statement (a LIMIT in a subquery, the order in which
group_concat() meets its rows) is only recognized, not followed.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from foundrydb.api.connection import Connection
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import rewrite, walk
from foundrydb.compiler.syntax.printing.printer import to_sql
from foundrydb.storage.format.values import Value
from foundrydb.toolkit.stages import parse

Row = tuple[Value, ...]

_BY_ORDER: Final = frozenset(
    ["group_concat", "string_agg", "json_group_array", "json_group_object", "jsonb_group_array"]
    + ["jsonb_group_object", "row_number", "ntile", "lag", "lead", "first_value", "last_value", "nth_value"]
    + ["median", "percentile", "percentile_cont", "percentile_disc"]
)
"""Functions whose values depend on the order of rows, even of those that are equal by an ORDER BY."""

_SUMS: Final = frozenset(["sum", "total", "avg"])
"""Of reals they round otherwise in another order."""


def row_key(row: Row) -> tuple[str, ...]:
    """A row by which rows are told apart: 1 and 1.0 are two values."""
    return tuple([f"{type(value).__name__} {value!r}" for value in row])


class RightAnswers:
    """The answers that are right for a query.

    Args:
        connection: where it runs.
        statement: the query.
        columns: the names of its result's columns.

    Attributes:
        ordered: it says in which order its rows come.
    """

    def __init__(self, connection: Connection, statement: ast.Statement, columns: list[str]) -> None:
        self._connection: Final = connection
        self._query: Final = statement if isinstance(statement, ast.Select) else None
        self._columns: Final = [name.lower() for name in columns]
        self._ranked: list[Row] | None = None
        self.ordered: Final = self._query is not None and bool(self._query.order_by)

    def allow(self, rows: list[Row]) -> bool | None:
        """Whether an answer is right; None where that is not known.

        Raises:
            Error: the query fails.
        """
        ranked = self._ranked_rows()
        if ranked is None or self._query is None:
            return None
        first = max(self._number(self._query.offset, 0), 0)
        most = self._number(self._query.limit, -1)
        behind = len(ranked) if most < 0 else min(first + most, len(ranked))
        if len(rows) != max(behind - first, 0):
            return False
        left: dict[Value, Counter[tuple[str, ...]]] = {}
        for *row, rank in ranked:
            left.setdefault(rank, Counter())[row_key(tuple(row))] += 1
        for place, given in enumerate(rows, first):
            rank = ranked[place][-1]
            left[rank][row_key(given)] -= 1
            if left[rank][row_key(given)] < 0:
                return False
        return True

    def _number(self, node: ast.Expression | None, otherwise: int) -> int:
        """What a LIMIT or OFFSET comes to."""
        if node is None:
            return otherwise
        return int(self._connection.execute(f"SELECT {to_sql(node)}").fetchone()[0])

    def _ranked_rows(self) -> list[Row] | None:
        """All rows without LIMIT by rank, each with its rank behind it; None where they cannot be had."""
        if self._ranked is None and self._query is not None:
            query = self._with_ranks(self._query)
            if query is None:
                return None
            found: list[Row] = self._connection.execute(query).fetchall()
            self._ranked = sorted(found, key=lambda row: int(str(row[-1])))
        return self._ranked

    def _with_ranks(self, query: ast.Select) -> str | None:
        """The query without LIMIT, with the rank of each row behind its columns."""
        found = [self._place(term.expression) for term in query.order_by]
        places = [place for place in found if place is not None]
        bare = query.replace(order_by=(), limit=None, offset=None)
        if len(places) == len(found):
            names = [f"c{i}" for i in range(len(self._columns))]
            terms = [to_sql(_ranking_term(term, place)) for term, place in zip(query.order_by, places)]
            source = f"WITH ranked({', '.join(names)}) AS MATERIALIZED ({to_sql(bare)})"
            return f"{source} SELECT *, rank() OVER ({_order_by(terms)}) FROM ranked"
        core = bare.body
        if not isinstance(core, ast.SelectCore) or core.distinct:
            return None
        ranking = (
            f"SELECT rank() OVER ({_order_by([to_sql(_resolved(term, core)) for term in query.order_by])})"
        )
        (ranked,) = parse(ranking)
        assert isinstance(ranked, ast.Select) and isinstance(ranked.body, ast.SelectCore)
        return to_sql(bare.replace(body=core.replace(columns=(*core.columns, *ranked.body.columns))))

    def _place(self, term: ast.Expression) -> int | None:
        """The column of the result that a term of ORDER BY is by its number or name; None for other terms."""
        if isinstance(term, ast.Collate):
            return self._place(term.operand)
        if isinstance(term, ast.Integer) and 1 <= term.value <= len(self._columns):
            return term.value - 1
        if isinstance(term, ast.Column) and term.table is None and term.column.text.lower() in self._columns:
            return self._columns.index(term.column.text.lower())
        return None


def _order_by(terms: list[str]) -> str:
    return f"ORDER BY {', '.join(terms)}" if terms else ""


def _ranking_term(term: ast.OrderTerm, place: int) -> ast.OrderTerm:
    """A term of ORDER BY about a column of ``ranked``, which is named by its place."""
    column: ast.Expression = ast.Column(0, 0, None, None, ast.Name(0, 0, f"c{place}", ""))
    if isinstance(term.expression, ast.Collate):
        column = term.expression.replace(operand=column)
    return term.replace(expression=column)


def _resolved(term: ast.OrderTerm, core: ast.SelectCore) -> ast.Node:
    """A term of ORDER BY with what its aliases and numbers stand for in their place."""
    aliases = {
        each.alias.text.lower(): each.expression
        for each in reversed(core.columns)
        if isinstance(each, ast.ResultExpression) and each.alias is not None
    }

    def change(node: ast.Node) -> ast.Node:
        if isinstance(node, ast.Column) and node.table is None:
            return aliases.get(node.column.text.lower(), node)
        return node

    column = core.columns[term.expression.value - 1] if isinstance(term.expression, ast.Integer) else None
    if isinstance(column, ast.ResultExpression):
        return term.replace(expression=column.expression)
    return rewrite(term, change)


def is_open_within(statement: ast.Statement, rows: list[Row]) -> bool:
    """Whether SQL leaves values of an answer open: those of functions that the order of rows counts for, or of a LIMIT
    in a subquery.

    Args:
        rows: of the answer.
    """
    reals = any(isinstance(value, float) for row in rows for value in row)
    for node in walk(statement)[1:]:
        if isinstance(node, ast.Select) and node.limit is not None:
            return True
        if isinstance(node, ast.Call):
            name = node.function.text.lower()
            if name in _BY_ORDER or (reals and name in _SUMS):
                return True
    return False
