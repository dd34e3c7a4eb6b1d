"""Functions about the connection and the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.storage.format.values import Value
from foundrydb.vm.arithmetic.cast import to_integer, to_text
from foundrydb.vm.functions.scalar import CONSTANT, DIRECT_ONLY, Function, ScalarFunction
from foundrydb.vm.functions.text.text_functions import until_nul

if TYPE_CHECKING:
    from foundrydb.vm.context import Context

SQLITE_VERSION: Final = "3.54.1"
"""The SQLite whose behaviour is tracked."""

SQLITE_SOURCE_ID: Final = (
    "2026-10-16 14:45:20 555e07ef33f69a0957d24d8e555b702464a131d6f1607f4c3c1e4551e8e6ca76"
)


COMPILE_OPTIONS: Final = (
    "DEFAULT_CACHE_SIZE=-2000",
    "DEFAULT_PAGE_SIZE=4096",
    "ENABLE_MATH_FUNCTIONS",
    "ENABLE_ORDERED_SET_AGGREGATES",
    "ENABLE_PERCENTILE",
    "ENABLE_STAT4",
    "LIKE_DOESNT_MATCH_BLOBS",
    "OMIT_LOAD_EXTENSION",
    "OMIT_SHARED_CACHE",
    "TEMP_STORE=1",
    "THREADSAFE=1",
)
"""Which of SQLite's build options describe this engine."""


@final
class CompileOptionUsed(ScalarFunction):
    """sqlite_compileoption_used(X)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """1 if X, with or without ``SQLITE_`` and a value, is among the options, else 0."""
        if args[0] is None:
            return None
        name = until_nul(to_text(args[0], context.encoding)).upper().removeprefix("SQLITE_")
        for option in COMPILE_OPTIONS:
            rest = option[len(name) :]
            if option.startswith(name) and not (rest[:1].isalnum() or rest[:1] == "_"):
                return 1
        return 0


@final
class CompileOptionGet(ScalarFunction):
    """sqlite_compileoption_get(N)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """The N-th option, from 0 on; NULL where there is none."""
        place = to_integer(args[0], context.encoding)
        return COMPILE_OPTIONS[place] if 0 <= place < len(COMPILE_OPTIONS) else None


@final
class SqliteLog(ScalarFunction):
    """sqlite_log(CODE, MESSAGE)"""

    def call(self, args: list[Value], context: Context) -> Value:
        """NULL: there is no log that the message could go to."""
        return None


@final
class Changes(ScalarFunction):
    """changes()"""

    def call(self, args: list[Value], context: Context) -> Value:
        """Rows that the last INSERT, UPDATE or DELETE changed."""
        return context.host.statements.changes


@final
class TotalChanges(ScalarFunction):
    """total_changes()"""

    def call(self, args: list[Value], context: Context) -> Value:
        """Rows changed since the connection was opened."""
        return context.host.statements.total_changes


@final
class LastInsertRowid(ScalarFunction):
    """last_insert_rowid()"""

    def call(self, args: list[Value], context: Context) -> Value:
        """The rowid of the last row that was inserted."""
        return context.host.statements.last_insert_rowid


@final
class Version(ScalarFunction):
    """sqlite_version() and sqlite_source_id()

    Attributes:
        text: the answer.
    """

    def __init__(self, name: str, text: str, doc: str) -> None:
        super().__init__(name, 0, 0, doc, CONSTANT)
        self.text: Final = text

    def call(self, args: list[Value], context: Context) -> Value:
        """The version that is tracked."""
        return self.text


FUNCTIONS: Final[list[Function]] = [
    Changes("changes", 0, 0, "Rows that the last INSERT, UPDATE or DELETE changed", 0),
    TotalChanges("total_changes", 0, 0, "Rows changed since the connection was opened", 0),
    LastInsertRowid("last_insert_rowid", 0, 0, "The rowid of the last row that was inserted", 0),
    CompileOptionUsed(
        "sqlite_compileoption_used", 1, 1, "Whether the engine was built with the option X", CONSTANT
    ),
    CompileOptionGet(
        "sqlite_compileoption_get", 1, 1, "The N-th option that the engine was built with", CONSTANT
    ),
    SqliteLog("sqlite_log", 2, 2, "Writes a message to the log of errors, if there is one", DIRECT_ONLY),
    Version("sqlite_version", SQLITE_VERSION, "The SQLite version whose behaviour is tracked"),
    Version("sqlite_source_id", SQLITE_SOURCE_ID, "The source of that version"),
]
