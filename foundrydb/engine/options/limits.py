"""Limits that a connection may lower: ``Connection.getlimit`` and ``setlimit``.

The compiler and the machine hold every statement to SQLite's default limits.  A connection that has lowered some of
them (``lowering``) looks through each statement once more (``statement_limits``), runs it with a ``length_guard``, and
has its own LIKE and GLOB.  SQLITE_LIMIT_WORKER_THREADS is kept and means nothing, for a statement is the work of one
thread.

(https://sqlite.org/c3ref/limit.html)
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.engine.options.constants import LIMITS
from foundrydb.errors import DataError, ProgrammingError
from foundrydb.storage.format.values import Value
from foundrydb.vm.host import TRIGGER_DEPTH
from foundrydb.vm.limits import MAX_LENGTH, MAX_PATTERN

_DEFAULTS: Final = {
    "SQLITE_LIMIT_LENGTH": MAX_LENGTH,
    "SQLITE_LIMIT_SQL_LENGTH": 1_000_000_000,
    "SQLITE_LIMIT_COLUMN": 2000,
    "SQLITE_LIMIT_EXPR_DEPTH": 1000,
    "SQLITE_LIMIT_COMPOUND_SELECT": 500,
    "SQLITE_LIMIT_VDBE_OP": 250_000_000,
    "SQLITE_LIMIT_FUNCTION_ARG": 1000,
    "SQLITE_LIMIT_ATTACHED": 10,
    "SQLITE_LIMIT_LIKE_PATTERN_LENGTH": MAX_PATTERN,
    "SQLITE_LIMIT_VARIABLE_NUMBER": 32_766,
    "SQLITE_LIMIT_TRIGGER_DEPTH": TRIGGER_DEPTH,
    "SQLITE_LIMIT_WORKER_THREADS": 0,
}
MIN_LENGTH: Final = 30
"""SQLITE_LIMIT_LENGTH is never lower."""

_NAMES: Final = {number: name for name, number in LIMITS.items()}


@final
class Limits:
    """A connection's limits.

    Attributes:
        values: all of them by number.
        length: the longest value, and the longest text that a traced statement may become.
        sql_length: the longest SQL, in bytes.
        variables: the highest number of a parameter.
    """

    def __init__(self) -> None:
        self.values: Final = {LIMITS[name]: value for name, value in _DEFAULTS.items()}
        self.length = _DEFAULTS["SQLITE_LIMIT_LENGTH"]
        self.sql_length = _DEFAULTS["SQLITE_LIMIT_SQL_LENGTH"]
        self.variables = _DEFAULTS["SQLITE_LIMIT_VARIABLE_NUMBER"]

    def get(self, category: int) -> int:
        """A limit.

        Raises:
            ProgrammingError: there is no such category.
        """
        if category not in self.values:
            raise ProgrammingError("'category' is out of bounds")
        return self.values[category]

    def set(self, category: int, limit: int) -> int:
        """Change a limit; one above the default becomes the default, a negative one changes nothing.

        A length below ``MIN_LENGTH`` becomes that.

        Returns:
            What it was.

        Raises:
            ProgrammingError: there is no such category.
        """
        before = self.get(category)
        highest = _DEFAULTS[_NAMES[category]]
        limit = min(limit, highest)
        if limit < 0 or limit == before:
            return before
        if _NAMES[category] == "SQLITE_LIMIT_LENGTH":
            limit = max(limit, MIN_LENGTH)
        self.values[category] = limit
        self.length = self.of("LENGTH")
        self.sql_length = self.of("SQL_LENGTH")
        self.variables = self.of("VARIABLE_NUMBER")
        return before

    def are_lowered(self) -> bool:
        """Whether any limit is below its default."""
        return any(value < _DEFAULTS[_NAMES[category]] for category, value in self.values.items())

    def of(self, name: str) -> int:
        """A limit, by the end of its constant's name."""
        return self.values[LIMITS[f"SQLITE_LIMIT_{name}"]]


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
