"""What the logs of this room have in common: pages lie in one file, and a journal keeps what they were."""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from foundrydb.storage.log.rollback.transaction_journal import TransactionJournal
from foundrydb.storage.log.transaction_log import OldImages, PageImage, TransactionLog
from foundrydb.storage.os.vfs import File


class JournaledLog(TransactionLog):
    """A log that overwrites pages where they are, once their old images are in a journal."""

    def __init__(self, path: str, page_size: int, file: File, undo: TransactionJournal) -> None:
        super().__init__(path, page_size)
        self._file: Final = file
        self._undo: Final = undo

    def read(self, number: i64, size: i64) -> bytes:
        return self._file.read(int((number - 1) * self.page_size), int(size))

    def read_row(self, number: i64, count: i64) -> bytes:
        return self._file.read(int((number - 1) * self.page_size), int(count * self.page_size))

    def _write(self, pages: list[PageImage]) -> None:
        size = self.page_size
        for page in pages:
            self._file.write(int((page.number - 1) * size), page.data)

    def lay_out(self, page_size: int) -> None:
        self.page_size = page_size
        if self.writing:
            self._undo.begin(page_size, 0, self._undo.sync_level)

    def recast(self, page_size: int) -> None:
        """See ``TransactionLog.recast``: old images are in the journal, which stays as it was begun."""
        self.page_size = page_size

    def before_change(self, number: i64) -> bool:
        return self._undo.before_change(number, self._file)

    def keep(self, number: i64, image: bytes) -> None:
        self._undo.keep(number, image)

    def changed(self, number: i64) -> bool:
        return self._undo.changed(number)

    def changed_pages(self, page_count: i64) -> list[int]:
        return self._undo.changed_pages(page_count)

    def mark(self) -> int:
        return self._undo.mark()

    def back_to(self, mark: int) -> OldImages:
        return self._undo.images_since(mark)

    def mode(self) -> str:
        return self._undo.mode

    def set_mode(self, mode: str) -> bool:
        return self._undo.set_mode(mode) and not self.read_only

    def confine_journal(self) -> None:
        self._undo.confine()
