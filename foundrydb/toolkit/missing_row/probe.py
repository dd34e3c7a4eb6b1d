"""Questions to the database: whether a query made for the purpose has a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from foundrydb.api.values.literals import sql_literal
from foundrydb.compiler.schema.names import quoted_name
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import rewrite
from foundrydb.compiler.syntax.printing.printer import to_sql
from foundrydb.storage.format.values import Value
from foundrydb.toolkit.building.fragments import literal
from foundrydb.vm.functions.text.quoting import quoted

if TYPE_CHECKING:
    from foundrydb.api.connection import Connection

Row = tuple[Value, ...]

MARK: Final = "foundrydb_marked"
"""The column that says of a row of a derived table whether the marked row is part of it."""


class CannotTell(Exception):
    """The statement is one that cannot be taken apart; the message says why."""


class RowKey:
    """Which row is meant: the columns that know it, and their values.

    Attributes:
        table: the table's name.
        columns, values: of its key.
        row: all of its columns, by name.
    """

    def __init__(self, table: str, columns: list[str], values: list[Value], row: dict[str, Value]) -> None:
        self.table: Final = table
        self.columns: Final = columns
        self.values: Final = values
        self.row: Final = row

    def condition(self, name: str) -> str:
        """The condition that is true of the row alone, where its table is called ``name``; never NULL."""
        return (
            "("
            + " AND ".join(
                f"{quoted_name(name)}.{quoted_name(column)} IS {sql_literal(value)}"
                for column, value in zip(self.columns, self.values)
            )
            + ")"
        )

    def text(self) -> str:
        """The key as people write it."""
        return ", ".join(f"{column} {quoted(value)}" for column, value in zip(self.columns, self.values))


class Prober:
    """Asks questions.

    Args:
        sql: the text of the statement.
        with_: the WITH clause that the queries asked about need.
        around: the FROMs around them that they may refer to, outermost first.
    """

    def __init__(
        self, connection: Connection, sql: str, with_: str = "", around: list[str] | None = None
    ) -> None:
        self._sql: Final = sql
        self._connection: Final = connection
        self._with: Final = with_
        self._around: Final[list[str]] = [] if around is None else around

    def inside(self, with_: str, around: str) -> Prober:
        """For a query in an expression of one with that WITH and that FROM."""
        outside = [*self._around, around] if around else self._around
        return Prober(self._connection, self._sql, _joined(self._with, with_), outside)

    def below(self, with_: str) -> Prober:
        """For a query that needs a WITH, too."""
        return Prober(self._connection, self._sql, _joined(self._with, with_), self._around)

    def any(self, query: str) -> bool:
        """Whether a query has a row; within FROMs around it, for any of their rows."""
        asked = f"EXISTS ({query})"
        for around in reversed(self._around):
            asked = f"EXISTS (SELECT 1 FROM {around} WHERE {asked})"
        return bool(self.rows(f"SELECT {asked}")[0][0])

    def rows(self, query: str, most: int = -1) -> list[Row]:
        """The rows of a query, so many at most."""
        cursor = self._connection.execute(f"{self._with} {query}" if self._with else query)
        try:
            found: list[Row] = cursor.fetchall() if most < 0 else cursor.fetchmany(most)
            return found
        finally:
            cursor.close()

    def as_written(self, node: ast.Node) -> str:
        """A piece of the statement as it is written, on one line."""
        return " ".join(self._sql[node.start : node.end].split())

    @property
    def correlated(self) -> bool:
        """Whether the queries asked about may refer to others around them."""
        return bool(self._around)


def _joined(one: str, other: str) -> str:
    """Two WITH clauses as one; the tables of the second may refer to those of the first."""
    if not one or not other:
        return one or other
    parts = [each.removeprefix("WITH ") for each in (one, other)]
    word = "WITH RECURSIVE " if any(part.startswith("RECURSIVE ") for part in parts) else "WITH "
    return word + ", ".join(part.removeprefix("RECURSIVE ") for part in parts)


def sql_of(node: ast.Node) -> str:
    """The text of a piece of syntax."""
    return to_sql(node)


def without_parameters(statement: ast.Statement, values: Sequence[Value] = ()) -> ast.Statement:
    """The statement with values in the place of its parameters.

    Args:
        values: by the parameter's number, from 1; NULL, which is what an unbound one holds, where there is none.
    """

    def change(node: ast.Node) -> ast.Node:
        if not isinstance(node, ast.Parameter):
            return node
        value = values[node.number] if node.number < len(values) else None
        return ast.Null(node.start, node.end) if value is None else literal(value)

    found = rewrite(statement, change)
    assert isinstance(found, ast.Statement)
    return found
