"""What SQL may not do from the page: leave the folder of its database, or write where that is for reading.

An authorizer, asked while a statement is compiled.  A connection that was opened for reading keeps its own file safe;
files that are attached to it need this.
"""

from __future__ import annotations

import os
from typing import Final, final

from foundrydb.compiler.bind.notes import authorization as asked

IN_MEMORY: Final = ("", ":memory:")

READ_ONLY: Final = "nothing may be written here (fdb web --write allows it)"

WRITES: Final = frozenset(
    [
        asked.CREATE_INDEX,
        asked.CREATE_TABLE,
        asked.CREATE_TRIGGER,
        asked.CREATE_VIEW,
        asked.CREATE_VTABLE,
        asked.DROP_INDEX,
        asked.DROP_TABLE,
        asked.DROP_TRIGGER,
        asked.DROP_VIEW,
        asked.INSERT,
        asked.UPDATE,
        asked.DELETE,
        asked.ALTER_TABLE,
        asked.REINDEX,
        asked.ANALYZE,
    ]
)
"""What changes a file, where it is not done to ``temp``."""


@final
class Guard:
    """Says no to what leads out of a folder, or would write.

    Args:
        folder: what may be attached, and written by VACUUM INTO, lies in there.
        writable: changes are allowed.

    Attributes:
        refusal: why it said no last; "" since ``forget``.
    """

    def __init__(self, folder: str, writable: bool) -> None:
        self.folder: Final = os.path.realpath(folder)
        self.writable: Final = writable
        self.refusal = ""

    def forget(self) -> None:
        """Another statement begins."""
        self.refusal = ""

    def __call__(
        self, action: int, first: str | None, second: str | None, database: str | None, within: str | None
    ) -> int:
        """The authorizer's answer."""
        if action == asked.ALTER_TABLE:
            database = first  # it is asked about in another order than all else
        refusal = ""
        if action == asked.ATTACH:
            refusal = self._about_file(first)
        elif not self.writable and action in WRITES and database not in (None, "temp", "main"):
            refusal = f"{database} is open for reading only"
        elif not self.writable and action == asked.PRAGMA and _may_write((first or "").lower(), second):
            refusal = f"PRAGMA {first} may write"
        if not refusal:
            return asked.OK
        self.refusal = refusal
        return asked.DENY

    def _about_file(self, name: str | None) -> str:
        """Why a file may not be opened, "" where it may."""
        if name is None:
            return "its name has to be written out"
        if name in IN_MEMORY:
            return ""
        if name.lower().startswith("file:"):
            return "it has to be named by its path"
        try:
            place = os.path.realpath(name)
        except ValueError:  # a zero byte, or what is no text
            return "no file can have that name"
        if os.path.commonpath([place, self.folder]) != self.folder:
            return f"it lies outside {self.folder}"
        if not self.writable and not os.path.isfile(place):
            return READ_ONLY
        return ""


def _may_write(pragma: str, argument: str | None) -> bool:
    return pragma in ACTING_PRAGMAS if argument is None else pragma not in READING_PRAGMAS


ACTING_PRAGMAS: Final = frozenset(["incremental_vacuum", "optimize", "wal_checkpoint"])
"""Those that write without an argument."""

READING_PRAGMAS: Final = frozenset(
    [
        "automatic_index",
        "busy_timeout",
        "cache_size",
        "case_sensitive_like",
        "foreign_key_check",
        "foreign_key_list",
        "foreign_keys",
        "full_column_names",
        "index_info",
        "index_list",
        "index_xinfo",
        "integrity_check",
        "quick_check",
        "recursive_triggers",
        "reverse_unordered_selects",
        "short_column_names",
        "table_info",
        "table_list",
        "table_xinfo",
        "temp_store",
        "threads",
    ]
)
"""Those that take an argument and still write nothing."""
