"""The log of a private database: a temporary file that nobody else sees and that no loss of power matters to.

Nothing is locked, synced or looked at again.  A commit writes nothing: changed pages stay in memory until they must be
spilled, and a rollback puts old images back there.
"""

from __future__ import annotations

from typing import final

from foundrydb.storage.log.rollback.journaled_log import JournaledLog
from foundrydb.storage.log.rollback.transaction_journal import TransactionJournal
from foundrydb.storage.log.transaction_log import Commit, PageImage, Snapshot
from foundrydb.storage.os.spill_file import SpillFile
from foundrydb.storage.os.vfs import VFS


@final
class PrivateLog(JournaledLog):
    """The log of a database without a name."""

    def __init__(self, vfs: VFS, page_size: int) -> None:
        super().__init__("", page_size, SpillFile(vfs), TransactionJournal(vfs, "", ""))
        self._prepared: Snapshot | None = None

    def begin_read(self) -> Snapshot | None:
        return self.snapshot

    def end_read(self) -> None:
        pass

    def begin_write(self, sync_level: int) -> bool:
        self._undo.begin(self.page_size, self.snapshot.page_count, sync_level)
        self._prepared = None
        self.writing = True
        return True

    def end_write(self) -> None:
        self.writing = False

    def may_spill(self) -> bool:
        return True

    def spill(self, pages: list[PageImage]) -> None:
        self._write(pages)

    def claim(self) -> None:
        pass

    def prepare(self, commit: Commit, super_journal: str) -> None:
        self._prepared = Snapshot(commit.page_count, int(self.page_size), commit.reserved, 0, False)

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

    def delete_journal(self) -> None:
        pass
