"""Cursors: positions in a B-tree.  What table and index cursors have in common."""

from __future__ import annotations

from foundrydb.storage.values import Value


class Cursor:
    """A position in a tree."""

    def __init__(self) -> None:
        self.valid = False

    def first(self) -> bool:
        """Move to the first entry; False on an empty tree."""
        raise NotImplementedError

    def last(self) -> bool:
        """Move to the last entry; False on an empty tree."""
        raise NotImplementedError

    def next(self) -> bool:
        """Move to the next entry; False past the end (the cursor is then not valid)."""
        raise NotImplementedError

    def previous(self) -> bool:
        """Move to the previous entry; False before the first one (the cursor is then not valid)."""
        raise NotImplementedError

    def column_count(self) -> int:
        """How many fields the current record has."""
        raise NotImplementedError

    def column(self, i: int) -> Value:
        """Field ``i`` of the current record; None past the record's end (see ``column_count``)."""
        raise NotImplementedError

    def row(self, n: int) -> list[Value]:
        """The first ``n`` fields of the current record, with None for those past its end."""
        raise NotImplementedError

    def payload(self) -> bytes:
        """The whole current record."""
        raise NotImplementedError

    def delete(self) -> None:
        """Delete the current entry; ``next()`` or ``previous()`` then reaches its neighbours."""
        raise NotImplementedError

    def count(self) -> int:
        """How many entries the tree has, by the headers of its leaves."""
        raise NotImplementedError

    def estimate(self) -> int:
        """About how many entries the tree has, from a few pages."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the tree.  A cursor that is not closed slows down every change of its tree."""
        raise NotImplementedError
