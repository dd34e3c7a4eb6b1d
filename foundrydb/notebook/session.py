"""The connection of a notebook, and running what its cells say.

Each statement is run by itself; ``:name`` in it is the notebook's variable of that name.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from foundrydb.api.connection import Connection, connect
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import walk
from foundrydb.compiler.syntax.parser import expected
from foundrydb.errors import Error, ProgrammingError
from foundrydb.notebook.asking import VIEWS, Question
from foundrydb.notebook.shown import Drawing, Listing, ResultRows
from foundrydb.toolkit.interruption import interruptible
from foundrydb.toolkit.stages import parse
from foundrydb.tools.views.excerpt import plural


class NotebookSession:
    """A notebook's connection.

    Attributes:
        path: of the database.
        connection: an empty database in memory at first.
    """

    def __init__(self) -> None:
        self.path = ":memory:"
        self._to_make = ""
        self.connection = connect(":memory:", isolation_level=None)

    def open(self, path: str) -> Listing:
        """Go over to another database.

        Raises:
            Error: it cannot be opened; the old one stays then.
        """
        place = path if path.startswith("file:") else os.path.expanduser(path)
        if _may_be_made(place):
            self.path, self._to_make = path, place
            return self.state()
        connection = _opened(place, path)
        self.connection.close()
        self.connection, self.path, self._to_make = connection, path, ""
        return self.state()

    def close(self) -> None:
        """Let the database go."""
        self.connection.close()

    def state(self) -> Listing:
        """Which database it is, and its tables; a file that is not there is not made by that."""
        if self._to_make:
            return Listing(f"{self.path}: no such file yet; the first statement makes it")
        names = [
            str(name)
            for (name,) in self.connection.execute(
                "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')"
                " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
            ).fetchall()
        ]
        return Listing(f"{self.path}: {', '.join(names) or 'no tables'}")

    def answer(self, text: str, variables: dict[str, Any]) -> ResultRows | Drawing | Listing | None:
        """What a cell asks for.

        Args:
            text: its options and SQL.
            variables: the notebook's; the one that ``--to`` names is set.

        Raises:
            Error: what is wrong, with its place in the SQL.
        """
        question = Question(text)
        connection = self._connection(question, variables)
        shown: ResultRows | Drawing | Listing | None
        with interruptible(connection):
            if question.view:
                shown = VIEWS[question.view](connection, question.sql)
            else:
                shown = _run(connection, question.sql, variables, question.limit())
        name = question.values.get("to")
        if name is None:
            return shown
        if not name.isidentifier():
            raise ProgrammingError(f"--to wants the name of a variable, not {name}")
        variables[name] = shown
        return None

    def _connection(self, question: Question, variables: Mapping[str, Any]) -> Connection:
        name = question.values.get("using")
        if name is None:
            if self._to_make:
                connection = _opened(self._to_make, self.path)
                self.connection.close()
                self.connection, self._to_make = connection, ""
            return self.connection
        found = variables.get(name)
        if not isinstance(found, Connection):
            raise ProgrammingError(
                f"--using wants a variable that has a foundrydb connection, and {name} has none"
            )
        return found


def _may_be_made(place: str) -> bool:
    """Whether a path names a file that is not there, in a folder that is: it may be misspelt, and is not made yet."""
    if place.startswith("file:") or place == ":memory:" or os.path.lexists(place):
        return False
    return os.path.isdir(os.path.dirname(place) or ".")


def _opened(place: str, path: str) -> Connection:
    """A connection to a database; ``path`` is what errors call it.

    Raises:
        Error: it cannot be opened.
    """
    connection = None
    try:
        connection = connect(place, isolation_level=None, uri=place.startswith("file:"))
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    except Error as problem:
        if connection is not None:
            connection.close()
        problem.sql = None
        problem.message = f"{path}: {problem.message}"
        raise
    return connection


def is_path(text: str) -> bool:
    """Whether what follows ``%fdb`` is the path of a database, and no SQL and no option."""
    words = text.split()
    if len(words) != 1 or text.startswith("-"):
        return False
    return words[0].upper() not in expected("")


def _run(
    connection: Connection, sql: str, variables: Mapping[str, Any], limit: int
) -> ResultRows | Listing | None:
    """Run every statement of a text; what the last one gives."""
    try:
        statements = parse(sql)
        shown: ResultRows | Listing | None = None
        for statement in statements:
            shown = _run_one(connection, statement, sql, variables, limit)
        return shown
    except Error as problem:
        if problem.sql is None:
            problem.sql = sql
        raise


def _run_one(
    connection: Connection, statement: ast.Statement, sql: str, variables: Mapping[str, Any], limit: int
) -> ResultRows | Listing | None:
    text = sql[statement.start : statement.end]
    values = _values(statement, sql, variables)
    try:
        cursor = connection.execute(text, values)
        rows = cursor.fetchall()
    except Error as problem:
        problem.move_to(sql, statement.start, text)
        raise
    if cursor.description is not None:
        return ResultRows([item[0] for item in cursor.description], rows, limit)
    if isinstance(statement, (ast.Insert, ast.Update, ast.Delete)):
        return Listing(f"{plural(cursor.rowcount, 'row')} changed")
    return None


def _values(statement: ast.Statement, sql: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a statement's parameters: the notebook's variables of their names."""
    found: dict[str, Any] = {}
    for node in walk(statement):
        if not isinstance(node, ast.Parameter):
            continue
        name = node.text[1:]
        if not name.isidentifier():
            raise _at(node, sql, f"the parameter {node.text} names no variable: write :name")
        if name not in variables:
            raise _at(node, sql, f"there is no variable {name} for the parameter {node.text}")
        found[name] = _value(node, sql, name, variables[name])
    return found


def _value(node: ast.Node, sql: str, name: str, given: Any) -> Any:
    """A variable's value as SQL has values; a number of a library's own becomes Python's."""
    if isinstance(given, int) and not -(1 << 63) <= given < 1 << 63:
        raise _at(node, sql, f"{name} is too large for an INTEGER, which has 64 bits")
    if isinstance(given, str) and not _is_unicode(given):
        raise _at(node, sql, f"{name} has half of a character (a lone surrogate), which no text can hold")
    if given is not None and not isinstance(given, (int, float, str, bytes, bytearray, memoryview)):
        item = getattr(given, "item", None)
        if callable(item) and getattr(given, "shape", None) == ():
            return item()
        raise _at(
            node, sql, f"{name} is a {type(given).__name__}: a parameter is None, a number, a str or bytes"
        )
    return given


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _at(node: ast.Node, sql: str, message: str) -> Error:
    return ProgrammingError(message).at(node.start, node.end - node.start, sql)
