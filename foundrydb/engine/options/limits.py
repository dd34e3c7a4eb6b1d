"""Limits that a connection may lower: ``Connection.getlimit`` and ``setlimit``.

The compiler holds every statement to SQLite's default limits.  A connection that has lowered some of them looks
through the tree of each statement once more, before it is compiled.

(https://sqlite.org/c3ref/limit.html)
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.syntax import ast
from foundrydb.engine.options.constants import LIMITS
from foundrydb.errors import DataError, OperationalError, ProgrammingError, not_supported
from foundrydb.storage.format.values import Value

_DEFAULTS: Final = {
    "SQLITE_LIMIT_LENGTH": 1_000_000_000,
    "SQLITE_LIMIT_SQL_LENGTH": 1_000_000_000,
    "SQLITE_LIMIT_COLUMN": 2000,
    "SQLITE_LIMIT_EXPR_DEPTH": 1000,
    "SQLITE_LIMIT_COMPOUND_SELECT": 500,
    "SQLITE_LIMIT_VDBE_OP": 250_000_000,
    "SQLITE_LIMIT_FUNCTION_ARG": 1000,
    "SQLITE_LIMIT_ATTACHED": 10,
    "SQLITE_LIMIT_LIKE_PATTERN_LENGTH": 50_000,
    "SQLITE_LIMIT_VARIABLE_NUMBER": 32_766,
    "SQLITE_LIMIT_TRIGGER_DEPTH": 1000,
    "SQLITE_LIMIT_WORKER_THREADS": 0,
}
_NAMES: Final = {number: name for name, number in LIMITS.items()}

_LOWERED: Final = frozenset(
    LIMITS[f"SQLITE_LIMIT_{name}"]
    for name in (
        *("LENGTH", "SQL_LENGTH", "COLUMN", "COMPOUND_SELECT", "FUNCTION_ARG", "VARIABLE_NUMBER"),
        *("ATTACHED", "TRIGGER_DEPTH", "WORKER_THREADS"),
    )
)
"""The limits that can be lowered, those among them of which nothing is used yet."""


@final
class Limits:
    """A connection's limits.

    Attributes:
        length: the longest value that may be bound, and the longest text that a traced statement may become; what
            a statement computes is held to the default.
        sql_length: the longest SQL, in bytes.
    """

    def __init__(self) -> None:
        self._values: Final = {LIMITS[name]: value for name, value in _DEFAULTS.items()}
        self.length = _DEFAULTS["SQLITE_LIMIT_LENGTH"]
        self.sql_length = _DEFAULTS["SQLITE_LIMIT_SQL_LENGTH"]

    def get(self, category: int) -> int:
        """A limit.

        Raises:
            ProgrammingError: there is no such category.
        """
        if category not in self._values:
            raise ProgrammingError("'category' is out of bounds")
        return self._values[category]

    def set(self, category: int, limit: int) -> int:
        """Change a limit; one above the default becomes the default, a negative one changes nothing.

        Returns:
            What it was.

        Raises:
            NotSupportedError: this limit cannot be lowered.
        """
        before = self.get(category)
        highest = _DEFAULTS[_NAMES[category]]
        limit = min(limit, highest)
        if limit < 0 or limit == before:
            return before
        if category not in _LOWERED:
            raise not_supported(f"a lower {_NAMES[category]}")
        self._values[category] = limit
        self.length = self._of("LENGTH")
        self.sql_length = self._of("SQL_LENGTH")
        return before

    def are_lowered(self) -> bool:
        """Whether any limit is below its default."""
        return any(value < _DEFAULTS[_NAMES[category]] for category, value in self._values.items())

    def _of(self, name: str) -> int:
        return self._values[LIMITS[f"SQLITE_LIMIT_{name}"]]

    def check(self, statement: ast.Statement, sql: str) -> None:
        """Refuse a statement with more of something than is allowed.

        Raises:
            OperationalError: with SQLite's message.
        """
        for node in ast.walk(statement):
            message = self._excess(node)
            if message:
                raise OperationalError(message, "SQLITE_ERROR").at(node.start, 0, sql)

    def _excess(self, node: ast.Node) -> str:
        """What is too much in a node itself; empty where nothing is."""
        if isinstance(node, ast.Parameter) and node.number > self._of("VARIABLE_NUMBER"):
            return "too many SQL variables"
        if isinstance(node, ast.Call) and len(node.arguments) > self._of("FUNCTION_ARG"):
            return f"too many arguments on function {node.function.text}"
        if isinstance(node, ast.Compound) and len(node.rest) >= self._of("COMPOUND_SELECT") > 0:
            return "too many terms in compound SELECT"
        if isinstance(node, ast.SelectCore) and len(node.columns) > self._of("COLUMN"):
            return "too many columns in result set"
        if isinstance(node, ast.CreateTable) and len(node.columns) > self._of("COLUMN"):
            return f"too many columns on {node.name.name.text}"
        return ""


def check_text(sql: str, limits: Limits) -> None:
    """Refuse SQL that is too long, or that is no text.

    Raises:
        DataError: it is too long.
        UnicodeEncodeError: it has lone surrogates.
    """
    size = len(sql)
    if not sql.isascii():
        size = len(sql.encode())
    if size > limits.sql_length:
        raise DataError("query string is too large", "SQLITE_TOOBIG")


def check_values(values: list[Value], limits: Limits) -> None:
    """Refuse values for parameters that are longer than is allowed.

    Raises:
        DataError: one is.
    """
    for value in values:
        if isinstance(value, bytes):
            size = len(value)
        elif isinstance(value, str):
            size = len(value)
            if size <= limits.length < 4 * size and not value.isascii():
                size = len(value.encode("utf-8", "surrogateescape"))
        else:
            continue
        if size > limits.length:
            raise DataError("string or blob too big", "SQLITE_TOOBIG")
