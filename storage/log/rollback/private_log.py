"""The log of a private database: a temporary file that nobody else sees and that no loss of power matters to.

Nothing is locked, synced or looked at again.  A commit writes nothing: changed pages stay in memory until they must be
spilled, and a rollback puts old images back there.
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.storage.log.rollback.transaction_journal import TransactionJournal
from foundrydb.storage.log.transaction_log import Commit, OldImages, PageImage, Snapshot, TransactionLog
from foundrydb.storage.os.spill_file import SpillFile
from foundrydb.storage.os.vfs import VFS


@final
class PrivateLog(TransactionLog):
    """The log of a database without a name."""

    def __init__(self, vfs: VFS, page_size: int) -> None:
        super().__init__("", page_size)
        self._file: Final = SpillFile(vfs)
        self._undo: Final = TransactionJournal(vfs, "", "")
        self._prepared: Snapshot | None = None

    def begin_read(self) -> Snapshot | None:
        return self.snapshot

    def end_read(self) -> None:
        pass

    def read(self, number: i64, size: i64) -> bytes:
        return self._file.read(int((number - 1) * self.page_size), int(size))

    def begin_write(self, sync_level: int) -> bool:
        self._undo.begin(self.page_size, self.snapshot.page_count, sync_level)
        self._prepared = None
        self.writing = True
        return True

    def end_write(self) -> None:
        self.writing = False

    def lay_out(self, page_size: int) -> None:
        self.page_size = page_size
        if self.writing:
            self._undo.begin(page_size, 0, self._undo.sync_level)

    def before_change(self, number: i64) -> bool:
        return self._undo.before_change(number, self._file)

    def keep(self, number: i64, image: bytes) -> None:
        self._undo.keep(number, image)

    def changed(self, number: i64) -> bool:
        return self._undo.changed(number)

    def changed_pages(self, page_count: i64) -> list[int]:
        return self._undo.changed_pages(page_count)

    def may_spill(self) -> bool:
        return True

    def spill(self, pages: list[PageImage]) -> None:
        size = self.page_size
        for page in pages:
            self._file.write(int((page.number - 1) * size), page.data)

    def mark(self) -> int:
        return self._undo.mark()

    def back_to(self, mark: int) -> OldImages:
        return self._undo.images_since(mark)

    def claim(self) -> None:
        pass

    def prepare(self, commit: Commit, super_journal: str) -> None:
        self._prepared = Snapshot(commit.page_count, int(self.page_size), self.snapshot.reserved, 0, False)

    def finish(self, decided: bool) -> None:
        self._undo.end_journal()
        if self._prepared is not None:
            self.snapshot = self._prepared
            self._prepared = None
        self.writing = False

    def undo(self) -> None:
        self._undo.end_journal()
        self.writing = False

    def recoverable(self) -> bool:
        return self._undo.journal is not None

    def abandon(self) -> None:
        self.writing = False

    def recover(self) -> None:
        self._undo.end_journal()

    def after_fork(self, reading: bool) -> bool:
        return self._file.after_fork()

    def close(self) -> None:
        self._undo.drop_journal()
        self._file.close()

    def mode(self) -> str:
        return self._undo.mode

    def set_mode(self, mode: str) -> bool:
        return self._undo.set_mode(mode)

    def confine_journal(self) -> None:
        self._undo.confine()

    def delete_journal(self) -> None:
        pass
