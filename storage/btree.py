"""The database as a set of B-trees: the one object that the virtual machine opens, changes and closes.

A ``Database`` wraps a pager.  It knows the header's fields, makes and drops trees, and hands out cursors.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.storage.index_cursor import IndexCursor
from foundrydb.storage.pager import Pager
from foundrydb.storage.table_cursor import TableCursor
from foundrydb.storage.values import KeyInfo


@final
class Database:
    """A set of B-trees over a pager."""

    def __init__(self, pager: Pager) -> None:
        self.pager: Final = pager
        self.encoding = 1

    # transactions -------------------------------------------------------------------------------------------

    def begin_read(self) -> None: ...
    def end_read(self) -> None: ...
    def begin_write(self, exclusive: bool = False) -> None: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def savepoint(self) -> int:
        raise NotImplementedError

    def release(self, savepoint: int) -> None: ...
    def rollback_to(self, savepoint: int) -> None: ...
    def close(self) -> None: ...

    # header -------------------------------------------------------------------------------------------------

    def get_meta(self, field: int) -> int:
        """A field of the header: one of ``header.META_…`` (schema cookie, user version, …)."""
        raise NotImplementedError

    def set_meta(self, field: int, value: int) -> None:
        """Change a field of the header, inside a write transaction."""

    # trees --------------------------------------------------------------------------------------------------

    def create_tree(self, index: bool) -> int:
        """Make an empty tree and return its root page."""
        raise NotImplementedError

    def drop_tree(self, root: int) -> int:
        """Free all pages of a tree.

        Returns:
            In auto-vacuum files, the number of the root page that was moved to ``root``'s place (the schema
            row that names it must be changed to ``root``); else 0.
        """
        raise NotImplementedError

    def clear_tree(self, root: int) -> int:
        """Delete all entries of a tree, keeping its root page; returns how many there were."""
        raise NotImplementedError

    def table_cursor(self, root: int, writable: bool = False) -> TableCursor:
        """A cursor over the rows of a table tree.  Close it when done."""
        raise NotImplementedError

    def index_cursor(self, root: int, key_info: KeyInfo, writable: bool = False) -> IndexCursor:
        """A cursor over the entries of an index tree.  Close it when done."""
        raise NotImplementedError


def ephemeral(page_size: int = 4096) -> Database:
    """A private database with no name, for intermediate results: in memory, spilling to a temporary file."""
    raise NotImplementedError
