"""Cursors over index trees: entries in the order of their keys."""

from __future__ import annotations

from typing import final

from foundrydb.storage.cursor import Cursor
from foundrydb.storage.values import Value


@final
class IndexCursor(Cursor):
    """A position in an index tree."""

    def seek(self, key: list[Value], bias: int = 0) -> int:
        """Move to an entry whose first ``len(key)`` fields equal the key, or next to where it would be.

        Args:
            bias: how an entry with an equal prefix counts against the key: 0 equal, -1 smaller (so that the
                cursor ends after the last of them), +1 larger (so that it ends before the first).

        Returns:
            0 equal; negative when the entry stood on is smaller; positive when it is larger.  On an empty
            tree the cursor is not valid and the result negative.
        """
        raise NotImplementedError

    def compare(self, key: list[Value]) -> int:
        """Compare the current entry's first ``len(key)`` fields with the key, in the index's order."""
        raise NotImplementedError

    def insert(self, record: bytes, append: bool = False) -> None:
        """Write an entry (replacing an equal one); the cursor then stands on it.

        Args:
            append: the key is known to be larger than every other.
        """
        raise NotImplementedError

    def last_integer(self) -> int:
        """The current entry's last field, which in an index of a rowid table is the rowid."""
        raise NotImplementedError
