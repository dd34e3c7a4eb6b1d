"""Savepoints: the state of a transaction's pages at a moment, to go back to.

A page that changes for the first time since a savepoint was opened has its image saved, once for all open
savepoints: in the rollback journal where the transaction had not changed it yet, otherwise in the sub-journal.
The sub-journal is private to the connection; it lives in memory while it is small, then in a temporary file.
Its records are a page number (4 bytes) and an image.
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.storage.format.page_numbers import PageSet
from foundrydb.storage.os.spill_file import SpillFile
from foundrydb.storage.os.vfs import VFS, File, storage_error
from foundrydb.storage.pages.page_cache import Page

NEWEST: Final = 32
"""How many saved pages are kept without encoding them."""


@final
class Savepoint:
    """One open savepoint.

    Attributes:
        page_count: pages in the database when it was opened.
        journal_offset: where the rollback journal ended then.
        first_record: how many records the sub-journal had then.
        saved: pages whose image of then is in one of the two.
        cut_on_release: whether no savepoint further out needs the sub-journal's records since then.
    """

    def __init__(self, page_count: i64, journal_offset: int, first_record: int) -> None:
        self.page_count: Final = page_count
        self.journal_offset: Final = journal_offset
        self.first_record: Final = first_record
        self.saved: Final = PageSet(page_count)
        self.cut_on_release = True

    def wants(self, number: i64) -> bool:
        """Whether that page existed then and its image has not been saved yet."""
        return number <= self.page_count and not self.saved.has(number)


@final
class SavedPage:
    """A page as it was: its image, or the decoded content that the image can be made of."""

    def __init__(self, page: Page) -> None:
        self.number: Final[i64] = page.number
        content = page.content
        self._content: Final = content.copy() if content is not None and page.stale else None
        self._data: Final = page.data

    def image(self) -> bytes:
        """The page's image."""
        return self._data if self._content is None else self._content.encode()


@final
class SubJournal:
    """Images of pages that the transaction had changed already when a savepoint was opened.

    The newest are kept as they are, because most savepoints are a statement's and are released at once: nothing is
    encoded or written for them.

    Attributes:
        count: records in it.
    """

    def __init__(self, vfs: VFS, page_size: int) -> None:
        self._vfs = vfs
        self._page_size = page_size
        self._file: File | None = None
        self._written = 0
        self._newest: list[SavedPage] = []
        self.count = 0

    def append(self, page: Page) -> None:
        """Save a page as it is now."""
        if len(self._newest) == NEWEST:
            self._write_newest()
        self._newest.append(SavedPage(page))
        self.count += 1

    def _write_newest(self) -> None:
        if self._file is None:
            self._file = SpillFile(self._vfs)
        written = self._written
        for saved in self._newest:
            record = int(saved.number).to_bytes(4, "big") + saved.image()
            self._file.write(written * (self._page_size + 4), record)
            written += 1
        self._written = written
        self._newest.clear()

    def read(self, index: int) -> tuple[int, bytes]:
        """Page number and image of a record."""
        if index >= self._written:
            saved = self._newest[index - self._written]
            return saved.number, saved.image()
        assert self._file is not None
        record = self._file.read(index * (self._page_size + 4), self._page_size + 4)
        if len(record) < self._page_size + 4:
            raise storage_error("SQLITE_IOERR_SHORT_READ")
        return int.from_bytes(record[:4], "big"), record[4:]

    def cut(self, count: int) -> None:
        """Forget all but the first ``count`` records; the file keeps its size, and the next ones go over the others."""
        self.count = count
        del self._newest[max(count - self._written, 0) :]
        self._written = min(self._written, count)

    def close(self) -> None:
        """Forget all."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._newest.clear()
        self._written = 0
        self.count = 0
