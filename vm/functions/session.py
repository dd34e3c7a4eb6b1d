"""Functions about the connection and the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.storage.values import Value
from foundrydb.vm.functions.scalar import CONSTANT, Function, ScalarFunction

if TYPE_CHECKING:
    from foundrydb.vm.context import Context

SQLITE_VERSION: Final = "3.54.1"
"""The SQLite whose behaviour is tracked."""

SQLITE_SOURCE_ID: Final = (
    "2026-10-16 14:45:20 555e07ef33f69a0957d24d8e555b702464a131d6f1607f4c3c1e4551e8e6ca76"
)


@final
class Changes(ScalarFunction):
    """changes()"""

    def call(self, args: list[Value], context: Context) -> Value:
        """Rows that the last INSERT, UPDATE or DELETE changed."""
        return context.host.changes


@final
class TotalChanges(ScalarFunction):
    """total_changes()"""

    def call(self, args: list[Value], context: Context) -> Value:
        """Rows changed since the connection was opened."""
        return context.host.total_changes


@final
class LastInsertRowid(ScalarFunction):
    """last_insert_rowid()"""

    def call(self, args: list[Value], context: Context) -> Value:
        """The rowid of the last row that was inserted."""
        return context.host.last_insert_rowid


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
    Changes("changes", 0, 0, "Rows that the last INSERT, UPDATE or DELETE changed", CONSTANT),
    TotalChanges("total_changes", 0, 0, "Rows changed since the connection was opened", CONSTANT),
    LastInsertRowid("last_insert_rowid", 0, 0, "The rowid of the last row that was inserted", CONSTANT),
    Version("sqlite_version", SQLITE_VERSION, "The SQLite version whose behaviour is tracked"),
    Version("sqlite_source_id", SQLITE_SOURCE_ID, "The source of that version"),
]
