"""The rollback log: old images in a journal, new ones in the database file.

Invariants, beside those of :mod:`foundrydb.storage.log.transaction_log`:

1. A page of the file is overwritten only if it was beyond the file's end when the transaction began, or its old image
   is in a part of the journal that was synced (where syncing is on and there is a journal).
2. The file is written only under EXCLUSIVE, and read only under SHARED or more.
3. The transaction is committed in the moment when its journal is deleted, truncated or zeroed; before that everything
   that it wrote was synced.
4. A rollback reads only what was synced of a journal in a file (or what this process wrote, where nothing is synced):
   by 1, the file differs in no other pages from what it was.
5. Once a journal or a page could not be written or synced, nothing but a rollback is possible: what the system did with
   it, and what it will say of the next sync, is unknown.

A transaction's locks: SHARED for ``begin_read``, RESERVED for ``begin_write``, EXCLUSIVE from the first ``spill`` or
``claim`` on.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.storage.format.header import MARK_END, MARK_START
from foundrydb.storage.log.rollback.database_file import CHANGED, UNCHANGED, DatabaseFile
from foundrydb.storage.log.rollback.hot_journal import resize
from foundrydb.storage.log.rollback.journaled_log import JournaledLog
from foundrydb.storage.log.rollback.transaction_journal import (
    IN_FILE,
    TransactionJournal,
)
from foundrydb.storage.log.transaction_log import OFF, Commit, PageImage, Snapshot
from foundrydb.storage.os.vfs import EXCLUSIVE, RESERVED, VFS, storage_error


@final
class RollbackLog(JournaledLog):
    """The log of a database in a file, in every journal mode but WAL.

    Attributes:
        disk: the file.
    """

    def __init__(self, vfs: VFS, disk: DatabaseFile, page_size: int) -> None:
        """Take over an opened file; ``page_size`` is that of a database that is still empty."""
        undo = TransactionJournal(vfs, disk.path, disk.journal_path)
        super().__init__(disk.path, page_size, disk.file, undo)
        self.read_only = disk.file.read_only
        self._vfs: Final = vfs
        self.disk: Final = disk
        # Whether the running transaction has written to the file.
        self._in_file = False
        # What ``finish`` makes true: it allocates nothing, so that nothing can be in its way.
        self._prepared: Snapshot | None = None
        self._prepared_mark = b""
        self._prepared_size = 0
        self._prepared_ahead = False

    # reading ------------------------------------------------------------------------------------------------

    def begin_read(self) -> Snapshot | None:
        disk = self.disk
        if not disk.become_readable():
            return None
        if disk.written_ahead:
            self.superseded = True
            return None
        if disk.news != UNCHANGED:
            changed = disk.news == CHANGED
            shape = disk.shape
            if shape is None:
                self.snapshot = Snapshot(0, 0, 0, 0, changed)
            else:
                count = shape.page_count
                self.snapshot = Snapshot(
                    count, shape.page_size, shape.reserved, shape.change_counter, changed
                )
            disk.news = UNCHANGED
        return self.snapshot

    def end_read(self) -> None:
        if not self.keeps_locks:
            self.disk.release()

    # writing ------------------------------------------------------------------------------------------------

    def begin_write(self, sync_level: int) -> bool:
        disk = self.disk
        if not disk.writable():
            raise storage_error("SQLITE_READONLY")
        if not self._file.lock(RESERVED):
            return False
        self._undo.begin(self.page_size, self.snapshot.page_count, sync_level)
        self._in_file = False
        self._prepared = None
        self.writing = True
        return True

    def end_write(self) -> None:
        self.writing = False
        self.disk.leaving = False
        self.disk.lower()

    def may_spill(self) -> bool:
        return self.writing and self._file.lock(EXCLUSIVE)

    def spill(self, pages: list[PageImage]) -> None:
        self._undo.sync(go_on=True)
        self._write(pages)

    def _write(self, pages: list[PageImage]) -> None:
        self._in_file = True
        super()._write(pages)

    # ending -------------------------------------------------------------------------------------------------

    def claim(self) -> None:
        self.disk.wait(EXCLUSIVE)

    def prepare(self, commit: Commit, super_journal: str) -> None:
        undo = self._undo
        undo.write_super(super_journal)
        undo.sync(go_on=False)
        self._write(commit.images)
        size = int(commit.page_count * self.page_size)
        resize(self._file, size)
        if undo.sync_level > OFF:
            self._file.sync()
        before = self.snapshot
        images = commit.images
        first = images[0].data if images and images[0].number == 1 else b""
        self._prepared_mark = first[MARK_START:MARK_END]
        self._prepared_size = size
        self._prepared_ahead = first[19:20] == b"\2"
        self._prepared = Snapshot(
            commit.page_count, int(self.page_size), commit.reserved, before.counter + 1, False
        )

    def finish(self, decided: bool) -> None:
        try:
            self._undo.end_journal(self.size_limit)
        except BaseException:
            if not decided and not self._undo.is_void():
                raise
            self._undo.drop_journal()
            self._end_committed()
            if not decided:
                raise
            return
        self._end_committed()

    def _end_committed(self) -> None:
        prepared = self._prepared
        if prepared is not None:
            self.snapshot = prepared
            self._prepared = None
            if self._prepared_ahead:
                self.disk.forget()  # so that the next reader looks at it, and finds that it has another log
                self._undo.delete_kept()
            else:
                self.disk.committed(self._prepared_mark, self._prepared_size)
        self._end()

    def _end(self) -> None:
        self.writing = False
        self.disk.leaving = False
        if not self.keeps_locks:
            self.disk.lower()

    def undo(self) -> None:
        if self._in_file:
            self._undo.play_back(self._file)
        self._undo.end_journal(self.size_limit)
        self._undo.delete_super()
        if self.disk.leaving:
            self.disk.forget()
        self._end()

    def recoverable(self) -> bool:
        return self._undo.journal is not None or not self._in_file

    def abandon(self) -> None:
        self.writing = False
        self.disk.forget()
        self._undo.abandon()
        if self._undo.journal is None:
            self.disk.release()

    def recover(self) -> None:
        if self._undo.journal is not None:
            self._undo.play_back(self._file)
            self._undo.end_journal(self.size_limit)
            self.disk.release()

    def survives_power_loss(self) -> bool:
        return self._undo.mode in IN_FILE and self._undo.sync_level > OFF and self._vfs.survives_power_loss()

    def after_fork(self, reading: bool) -> bool:
        kept = self._file.after_fork()
        if reading:
            self.writing = False
            self._undo.drop_journal()
            self.disk.forget()
        return kept

    def close(self) -> None:
        self.disk.close()

    # journal_mode -------------------------------------------------------------------------------------------

    def may_write_ahead(self) -> bool:
        return not self._undo.confined() and (self.keeps_locks or self._vfs.shares_memory())

    def delete_journal(self) -> None:
        try:
            if self._file.lock(RESERVED):
                self._vfs.delete(self.journal_path)
        finally:
            if not self.writing:
                self.disk.lower()
