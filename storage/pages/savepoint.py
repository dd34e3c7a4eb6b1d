"""Savepoints: the state of a transaction's pages at a moment, to go back to.

A page that changes for the first time since a savepoint was opened has its image saved, once for all open
savepoints: by the log where that wants the image anyway, otherwise in the sub-journal.  The sub-journal is private to
the connection; it lives in memory while it is small, then in a temporary file.  Its records are a page number
(4 bytes) and an image.
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.storage.format.page_numbers import PageSet
from foundrydb.storage.os.spill_file import SpillFile
from foundrydb.storage.os.vfs import VFS, File, storage_error
from foundrydb.storage.pages.page import Page

NEWEST: Final = 32
"""How many saved pages are kept without encoding them."""


@final
class Savepoint:
    """One open savepoint.

    Attributes:
        page_count: pages in the database when it was opened.
        log_mark: the log's mark of then.
        first_record: how many records the sub-journal had then.
        saved: pages whose image of then is in the log or the sub-journal.
        cut_on_release: whether no savepoint further out needs the sub-journal's records since then.
    """

    def __init__(self, page_count: i64, log_mark: int, first_record: int) -> None:
        self.page_count: Final = page_count
        self.log_mark: Final = log_mark
        self.first_record: Final = first_record
        self.saved: Final = PageSet(page_count)
        self.cut_on_release = True


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


@final
class Savepoints:
    """The open savepoints of one write transaction after another.

    Attributes:
        sub_journal: what the log does not keep for them.
    """

    def __init__(self, vfs: VFS) -> None:
        self._vfs: Final = vfs
        self._open: Final[list[Savepoint]] = []
        self.sub_journal = SubJournal(vfs, 0)

    def begin(self, page_size: int) -> None:
        """Begin a transaction: no savepoint is open."""
        self.sub_journal = SubJournal(self._vfs, page_size)

    def clear(self) -> None:
        """The transaction is over."""
        self._open.clear()
        self.sub_journal.close()

    def open(self, page_count: i64, log_mark: int) -> int:
        """Open a savepoint and return its id: how many were open before."""
        self._open.append(Savepoint(page_count, log_mark, self.sub_journal.count))
        return len(self._open) - 1

    def changed_since(self, identifier: int, page_count: i64) -> list[int]:
        """The pages that were saved since a savepoint was opened, and those that there were not yet."""
        savepoint = self._open[identifier]
        new = range(int(savepoint.page_count) + 1, int(page_count) + 1)
        return [number for number in savepoint.saved.members() if number <= page_count] + list(new)

    def release(self, identifier: int) -> None:
        """Forget a savepoint and those opened after it."""
        if identifier < len(self._open):
            savepoint = self._open[identifier]
            del self._open[identifier:]
            if savepoint.cut_on_release:
                self.sub_journal.cut(savepoint.first_record)

    def back_to(self, identifier: int) -> Savepoint | None:
        """The savepoint of that id, those opened after it forgotten; None when there is none such."""
        if identifier >= len(self._open):
            return None
        del self._open[identifier + 1 :]
        return self._open[identifier]

    def beginning(self, page_count: i64) -> Savepoint:
        """The transaction's beginning, as a savepoint: the log alone has images of then."""
        return Savepoint(page_count, 0, self.sub_journal.count)

    def keep(self, page: Page) -> None:
        """Save a page that is about to change, if a savepoint has none of it yet."""
        # A page that is saved for one savepoint is saved for those further out: they are looked at from within.
        number = page.number
        savepoints = self._open
        outermost = len(savepoints)
        i = outermost - 1
        while i >= 0:
            savepoint = savepoints[i]
            if number <= savepoint.page_count:
                if savepoint.saved.has(number):
                    break
                outermost = i
            i -= 1
        if outermost == len(savepoints):
            return
        self.sub_journal.append(page)
        for i in range(outermost, len(savepoints)):
            savepoint = savepoints[i]
            if i > outermost:
                # A savepoint further out needs this record too.
                savepoint.cut_on_release = False
            if number <= savepoint.page_count:
                savepoint.saved.add(number)

    def kept_by_log(self, number: i64) -> None:
        """The log has the page as all open savepoints found it."""
        for savepoint in self._open:
            if number <= savepoint.page_count:
                savepoint.saved.add(number)
