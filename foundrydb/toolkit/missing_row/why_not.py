"""The question as it is asked: of a statement, a table and a row of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.compiler.schema.names import quoted_name
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import walk
from foundrydb.errors import Error, ProgrammingError
from foundrydb.storage.format.values import Value
from foundrydb.toolkit.missing_row.dissection import Answer, Dissection
from foundrydb.toolkit.missing_row.occurrence import Occurrence, occurrences
from foundrydb.toolkit.missing_row.probe import Prober, RowKey, without_parameters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foundrydb.api.connection import Connection

ROWID_NAMES: Final = ("rowid", "_rowid_", "oid")

MOST: Final = 5
"""Of how many rows is told, where several are meant."""


class FoundRow:
    """What became of one row at one place where the statement reads its table.

    Attributes:
        key: the row.
        occurrence: the place.
        answer: what became of it there.
    """

    def __init__(self, key: RowKey, occurrence: Occurrence, answer: Answer) -> None:
        self.key: Final = key
        self.occurrence: Final = occurrence
        self.answer: Final = answer


class WhyNot:
    """Answers about one statement.

    Attributes:
        more: how many rows were meant besides those that are told of.
    """

    def __init__(
        self, connection: Connection, statement: ast.Statement, sql: str, values: Sequence[Value] = ()
    ) -> None:
        """Take the statement in.

        Args:
            connection: whose database is asked; it is as it was before the statement.
            statement: parsed.
            sql: the text that it is in.
            values: of its parameters, by number from 1; one that has none counts as NULL.

        Raises:
            ProgrammingError: it reads no tables, or is of a kind that has no result to be missing from.
        """
        self._connection: Final = connection
        self._select: Final = _as_query(without_parameters(statement, values))
        self._sql: Final = sql
        self._may_ignore: Final = _may_ignore(statement)
        self.more = 0

    def ask(self, table: str, conditions: list[tuple[str, Value]]) -> list[FoundRow]:
        """What became of the rows of a table that have some values.

        Args:
            table: the name of the table, or an alias of it in the statement.
            conditions: columns, with the values that are looked for; ``rowid`` is one.

        Raises:
            ProgrammingError: the statement does not read the table, or that has no such row or column.
        """
        places = occurrences(self._select, table)
        if not places:
            raise ProgrammingError(
                f"the statement reads no table {table} that can be asked about{self._known(table)}"
            )
        found: list[FoundRow] = []
        keys: dict[str, list[RowKey]] = {}
        for place in places:
            name = place.source.name
            full = (f"{quoted_name(name.schema.text)}." if name.schema is not None else "") + quoted_name(
                name.name.text
            )
            if full not in keys:
                keys[full] = self._keys(name.name.text, full, conditions)
            for key in keys[full]:
                answer = Dissection(Prober(self._connection, self._sql), place, key).answer()
                if self._may_ignore and answer.kind == "there" and len(place.frames) == 1:
                    answer = Answer("unknown", "the query gives it, and a conflict may have it ignored")
                found.append(FoundRow(key, Occurrence(place.source, place.frames), answer))
        return found

    def _known(self, table: str) -> str:
        names = sorted(
            {each.name.name.text for each in walk(self._select) if isinstance(each, ast.TableSource)}
        )
        if table.lower() in [name.lower() for name in names]:
            return ": a row cannot be followed through a recursive WITH, ORDER BY or LIMIT"
        return f"; it reads {', '.join(names)}" if names else ""

    def _keys(self, name: str, full: str, conditions: list[tuple[str, Value]]) -> list[RowKey]:
        """The rows that are meant, by their keys."""
        kind = self._connection.execute(
            "SELECT type, wr FROM pragma_table_list WHERE name = ? COLLATE NOCASE", (name,)
        ).fetchone()
        if kind is not None and kind[0] == "view":
            raise ProgrammingError(f"{name} is a view: ask about a table that it reads, in its own query")
        columns = [row[1] for row in self._connection.execute("SELECT * FROM pragma_table_xinfo(?)", (name,))]
        if kind is None or not kind[1]:
            own = [_name_of_rowid(name, columns)]
        else:
            own = [
                row[0]
                for row in self._connection.execute(
                    "SELECT name FROM pragma_table_info(?) WHERE pk ORDER BY pk", (name,)
                )
            ]
        asked = " AND ".join(f"{_column(column)} IS ?" for column, _ in conditions) or "1"
        shown = ", ".join([*map(_column, own), *map(_column, columns)])
        query = f"SELECT {shown} FROM {full} WHERE {asked}"
        try:
            cursor = self._connection.execute(query, [value for _, value in conditions])
        except Error as problem:  # it is about a text that nobody has written
            hint = f"; {problem.hint}" if problem.hint else ""
            raise ProgrammingError(f"{problem.message}{hint}") from problem
        rows = cursor.fetchmany(MOST)
        self.more = len(cursor.fetchall())
        if not rows:
            raise ProgrammingError(f"{name} has no such row")
        count = len(own)
        return [RowKey(name, own, list(row[:count]), dict(zip(columns, row[count:]))) for row in rows]


def _name_of_rowid(table: str, columns: list[str]) -> str:
    """A name of the rowid that no column has taken.

    Raises:
        ProgrammingError: there is none.
    """
    taken = {column.lower() for column in columns}
    for name in ROWID_NAMES:
        if name not in taken:
            return name
    raise ProgrammingError(f"columns of {table} hide the rowid, by which its rows are told apart")


def _column(name: str) -> str:
    """A column's name; one that is no column is an error and not a text."""
    return name if name in ROWID_NAMES else f"[{name}]" if "]" not in name else quoted_name(name)


def _may_ignore(statement: ast.Statement) -> bool:
    """Whether a statement leaves rows out that conflict with others."""
    if isinstance(statement, ast.Insert) and any(not each.assignments for each in statement.upserts):
        return True
    return isinstance(statement, (ast.Insert, ast.Update)) and statement.conflict == "IGNORE"


def _as_query(statement: ast.Statement) -> ast.Select:
    """The query that decides what a statement returns or changes.

    Raises:
        ProgrammingError: there is none.
    """
    if isinstance(statement, ast.Select):
        return statement
    if isinstance(statement, ast.Insert) and statement.source is not None:
        return statement.source
    if isinstance(statement, ast.CreateTable) and isinstance(getattr(statement, "select", None), ast.Select):
        raise ProgrammingError("ask about the query of CREATE TABLE AS by itself")
    if isinstance(statement, (ast.Update, ast.Delete)):
        source: ast.Source = statement.table
        if isinstance(statement, ast.Update) and statement.from_ is not None:
            source = ast.Join(
                source.start, statement.from_.end, source, "COMMA", False, statement.from_, None, ()
            )
        start, end = statement.start, statement.end
        one = ast.ResultExpression(start, start, ast.Integer(start, start, "1", 1), None)
        core = ast.SelectCore(start, end, False, (one,), source, statement.where, (), None, ())
        return ast.Select(start, end, statement.with_, core, (), None, None)
    raise ProgrammingError("this statement has no rows that one could be missing from")
