"""Cursors over table trees: rows by rowid."""

from __future__ import annotations

from typing import final

from foundrydb.storage.cursor import Cursor


@final
class TableCursor(Cursor):
    """A position in a table tree."""

    def rowid(self) -> int:
        """The current row's rowid."""
        raise NotImplementedError

    def seek(self, rowid: int) -> int:
        """Move to the row, or next to where it would be.

        Returns:
            0 on the row; negative when the row stood on is smaller; positive when it is larger.  On an empty
            tree the cursor is not valid and the result negative.
        """
        raise NotImplementedError

    def seek_exact(self, rowid: int) -> bool:
        """Move to the row; False when there is none."""
        raise NotImplementedError

    def insert(self, rowid: int, record: bytes, append: bool = False) -> None:
        """Write a row, replacing one with the same rowid; the cursor then stands on it.

        Args:
            append: the rowid is known to be larger than every other.
        """
        raise NotImplementedError

    def last_rowid(self) -> int:
        """The largest rowid of the tree, 0 when it is empty."""
        raise NotImplementedError
