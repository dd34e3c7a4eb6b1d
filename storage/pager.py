"""The pager: a file as a numbered set of pages that change together or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import final

from mypy_extensions import i64

from foundrydb.storage.page_cache import Page, PageContent
from foundrydb.storage.vfs import VFS

__all__ = ["Page", "PageContent", "Pager"]


@final
class Pager:
    """One connection's view of one database file.

    Attributes:
        page_size: bytes in a page.
        usable_size: ``page_size`` less the reserved bytes at each page's end.
        page_count: pages in the database, with the changes of the running transaction.
        generation: grows whenever pages changed under open cursors (rollback, rollback_to, reload): a cursor
            that sees another one holds orphaned pages (still readable) and must seek again.
        in_read, in_write: whether a read or a write transaction is open.
        read_only: whether the file cannot be written.
        data_version: grows whenever another connection was seen to have changed the file.
        busy: called with the number of calls so far when a lock is in the way; True asks to try again.
        synchronous: 0 OFF, 1 NORMAL, 2 FULL, 3 EXTRA.
        journal_mode: "delete", "truncate", "persist", "memory" or "off".
    """

    def __init__(
        self,
        vfs: VFS,
        path: str,
        read_only: bool = False,
        temporary: bool = False,
        page_size: int = 4096,
        must_exist: bool = False,
    ) -> None:
        """Open the file at ``path``.

        Args:
            temporary: a private database: ``path`` is ignored, nothing is locked, synced or kept.
            page_size: the size for a database that is still empty.
            must_exist: raise ``SQLITE_CANTOPEN`` rather than create a missing file.
        """
        self.vfs = vfs
        self.path = path
        self.read_only = read_only
        self.temporary = temporary
        self.page_size: i64 = page_size
        self.usable_size: i64 = page_size
        self.page_count: i64 = 0
        self.generation: i64 = 0
        self.data_version: i64 = 1
        self.in_read = False
        self.in_write = False
        self.busy: Callable[[int], bool] | None = None
        self.synchronous = 2
        self.journal_mode = "delete"

    def get(self, number: i64) -> Page:
        """The page of that number; ``CorruptError`` when the database has none such."""
        raise NotImplementedError

    def touch(self, page: Page) -> None:
        """Announce a change of ``page``; must come before each change of its ``data`` or ``content``."""
        raise NotImplementedError

    def append_page(self) -> Page:
        """A new page of zeros past the end, touched already; never the lock-byte page."""
        raise NotImplementedError

    def truncate(self, page_count: i64) -> None:
        """Cut the database to ``page_count`` pages, within a write transaction."""
        raise NotImplementedError

    def begin_read(self) -> None:
        """Take a SHARED lock (a no-op when there is one), rolling back a hot journal first."""
        raise NotImplementedError

    def end_read(self) -> None:
        """Give the SHARED lock back."""
        raise NotImplementedError

    def begin_write(self, exclusive: bool = False) -> None:
        """Start a write transaction: RESERVED, or EXCLUSIVE at once."""
        raise NotImplementedError

    def commit(self) -> None:
        """Make the transaction's changes durable; leaves the read transaction open."""
        raise NotImplementedError

    def rollback(self) -> None:
        """Undo the transaction's changes; leaves the read transaction open."""
        raise NotImplementedError

    def savepoint(self) -> int:
        """Open a savepoint inside the write transaction and return its id."""
        raise NotImplementedError

    def release(self, identifier: int) -> None:
        """Forget the savepoint and those opened after it, keeping the changes."""
        raise NotImplementedError

    def rollback_to(self, identifier: int) -> None:
        """Undo the changes since the savepoint, which stays open; those opened after it are forgotten."""
        raise NotImplementedError

    def set_page_size(self, page_size: int, reserved: int = 0) -> bool:
        """Choose the page size of a database that is still empty; False where that is too late."""
        raise NotImplementedError

    def set_cache_size(self, size: int) -> None:
        """PRAGMA cache_size: pages, or KiB where negative."""
        raise NotImplementedError

    def set_journal_mode(self, mode: str) -> str:
        """PRAGMA journal_mode: the mode that is then in effect."""
        raise NotImplementedError

    def close(self) -> None:
        """Roll back what is not committed and release the file."""
        raise NotImplementedError
