"""The write-ahead log as the pager sees it: new images go behind the log's end, the database file keeps the old ones.

Invariants, beside those of :mod:`foundrydb.storage.log.transaction_log`:

1. Whoever has the log open holds SHARED on the database; only who holds EXCLUSIVE may end the log's use.
2. A reader's read mark is locked from ``begin_read`` to ``end_read``: the frames up to its snapshot, and the pages of
   the database that no frame covers, stay what they are.
3. Frames are appended only under the lock on writing, and behind the last frame that the index tells of.
4. A transaction is committed in the moment when the index tells of its last frame; that one was synced before, where
   ``synchronous`` is FULL.  A recovery counts it once it is whole in the file: so a commit that failed after it was
   written has its frame made void.

A transaction's locks: a read mark for ``begin_read``, the lock on writing for ``begin_write``.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final, final

from mypy_extensions import i64

from foundrydb.errors import CorruptError, Error
from foundrydb.storage.format.file_shape import examine
from foundrydb.storage.format.header import HEADER_SIZE
from foundrydb.storage.log.rollback.database_file import DatabaseFile
from foundrydb.storage.log.transaction_log import (
    FULL,
    OFF,
    PASSIVE,
    CheckpointResult,
    Commit,
    OldImages,
    PageImage,
    Snapshot,
    TransactionLog,
)
from foundrydb.storage.log.wal.checkpoint import CheckpointRun, restart
from foundrydb.storage.log.wal.frame_writer import TOGETHER, FrameWriter
from foundrydb.storage.log.wal.log_file import LogFile
from foundrydb.storage.log.wal.read_lock import BUSY, READY, ReadLock
from foundrydb.storage.log.wal.wal_index import FIRST_READ_LOCK, READERS, IndexHeader, WalIndex
from foundrydb.storage.os.busy import Patience
from foundrydb.storage.os.memory_vfs import private_memory
from foundrydb.storage.os.shared_memory import SharedMemory
from foundrydb.storage.os.vfs import EXCLUSIVE, VFS, File, storage_error

TRIES: Final = 100
"""How often a reader looks anew at what others are changing, before it says so."""

MOST_NEWS: Final = 500
"""Of so many frames a reader looks which pages they have, to keep the others."""


@final
class WriteAheadLog(TransactionLog):
    """The log of a database in WAL mode."""

    def __init__(self, vfs: VFS, disk: DatabaseFile, before: TransactionLog) -> None:
        """Take over a file on which SHARED is held.

        Args:
            disk: the file.
            before: the log that it had so far.

        Raises:
            Error: ``SQLITE_CANTOPEN…``: the log or its index cannot be opened.
        """
        super().__init__(disk.path, int(before.page_size))
        self.take_over(before)
        self.counts_commits = False
        self._vfs: Final = vfs
        self._disk: Final = disk
        self._file: Final[File] = disk.file
        self.before = before
        self._sync_level = FULL
        self._write_version = 0
        self._doubtful = False  # whether what the log has makes no sense with the database
        self._begun = False  # whether the log was begun anew by the running transaction
        self._due = False  # whether the log has grown enough for a checkpoint
        self._private = False  # nobody else uses the database
        self._unshared = False  # others may, and the index is of this connection's own
        self._last_frame: i64 = 0
        self._first_frame: i64 = 1
        self._snapshot_header: IndexHeader | None = None
        self._writer: FrameWriter | None = None
        # What ``finish`` makes true.
        self._last_pages: list[PageImage] = []
        self._prepared: Snapshot | None = None
        self._log: Final = LogFile(vfs, self.path + "-wal", self.path)
        try:
            self._index: Final = WalIndex(self._open_memory())
        except BaseException:
            self._log.close()
            raise
        self._lock: Final = ReadLock(self._index, self._log)

    def _open_memory(self) -> SharedMemory:
        """The index's memory; in exclusive mode, or where it cannot be written, nobody shares it."""
        if self.keeps_locks:
            self._disk.wait(EXCLUSIVE)
            self._private = True
            return private_memory()
        tries = 0
        while True:
            try:
                memory = self._vfs.share_memory(self.path + "-shm", self.path)
            except Error as failure:
                if failure.code != "SQLITE_READONLY_CANTINIT":
                    raise
                self._unshared = True
                return private_memory()
            if memory is not None:
                return memory
            tries += 1
            if tries == TRIES:
                raise storage_error("SQLITE_BUSY")
            self._vfs.sleep(1)

    # reading ------------------------------------------------------------------------------------------------

    def begin_read(self) -> Snapshot | None:
        if self.superseded:
            return None
        lock = self._lock
        if lock.which < 0:
            if self._unshared:
                self._index.forget_header()
            if not self._lock_for_reading(False):
                return None
        header = lock.header
        if header is not self._snapshot_header:
            self._doubtful = True
            try:
                self._learn(header)
            except BaseException:
                lock.end()
                raise
            self._doubtful = False
        return self.snapshot

    def _lock_for_reading(self, whole_log: bool) -> bool:
        """Become a reader of the last commit; False where somebody recovers the log.

        Raises:
            Error: ``SQLITE_PROTOCOL``: others changed what was looked at again and again.
        """
        tries = 0
        while True:
            result = self._lock.begin(whole_log)
            if result == READY:
                self._first_frame = self._lock.first_frame
                self._last_frame = self._lock.header.last_frame
                return True
            if result == BUSY:
                return False
            tries += 1
            if tries > TRIES:
                raise storage_error("SQLITE_PROTOCOL")
            if tries > 5:
                self._vfs.sleep(max(1, (tries - 9) * (tries - 9) * 39 // 1000))

    def _learn(self, header: IndexHeader) -> None:
        """Make a snapshot of a commit that was not looked at yet."""
        if self._learn_news(header):
            return
        if header.page_size != 0:
            self._log.page_size = header.page_size
            self.page_size = header.page_size
        start = self.read(1, HEADER_SIZE)
        size = int(header.page_count * header.page_size) or self._file.size()
        shape = examine(start, size) if start else None
        if shape is None:
            self.snapshot = Snapshot(0, 0, 0, 0, True)
        elif header.page_size != 0 and shape.page_size != header.page_size:
            raise CorruptError("the write-ahead log's pages have another size than the database's", 1)
        else:
            count: i64 = header.page_count or shape.page_count
            self.snapshot = Snapshot(count, shape.page_size, shape.reserved, shape.change_counter, True)
            self._write_version = shape.write_version
        self._snapshot_header = header

    def _learn_news(self, header: IndexHeader) -> bool:
        """``_learn`` for a commit that only put frames behind those of the last one, of which each page is told.

        Where page 1 is not among them, it says what it said.
        """
        known = self._snapshot_header
        before = self.snapshot
        if (
            known is None
            or known.last_frame > header.last_frame
            or header.last_frame - known.last_frame > MOST_NEWS
            or known.salts != header.salts
            or known.page_size != header.page_size
            or header.page_count == 0
            or before.page_size == 0
        ):
            return False
        pages = self._index.pages_of(known.last_frame + 1, header.last_frame)
        if 1 in pages:
            self._snapshot_header = None
            self._learn(header)
        else:
            self.snapshot = Snapshot(
                header.page_count, before.page_size, before.reserved, before.counter, True
            )
            self._snapshot_header = header
        self.snapshot.since = before
        self.snapshot.pages = pages
        return True

    def end_read(self) -> None:
        self._lock.end()
        if not self.keeps_locks and not self._private:
            self._disk.lower()
        if self._due:
            self._due = False
            try:
                self._checkpoint(PASSIVE, None)
            except (Error, MemoryError):
                return  # the log stays as it is, and the next commit tries again

    def read(self, number: i64, size: i64) -> bytes:
        if self._last_frame >= self._first_frame:
            frame = self._index.find(number, self._first_frame, self._last_frame)
            if frame != 0:
                return self._log.page(frame, size)
        return self._file.read(int((number - 1) * self.page_size), int(size))

    # writing ------------------------------------------------------------------------------------------------

    def begin_write(self, sync_level: int) -> bool:
        self._refuse_if_read_only()
        if self.keeps_locks and not self._file.lock(EXCLUSIVE):
            return False
        if not self._lock.begin_write():
            return False
        self._sync_level = sync_level
        self._writer = None
        self._last_pages = []
        self._prepared = None
        self.writing = True
        return True

    def _read_only(self) -> bool:
        """Whether the database, its log or its index cannot be written."""
        log = self._log.file.read_only or self._index.memory.read_only or self._unshared
        return self.read_only or log or self._write_version > 2

    def _refuse_if_read_only(self) -> None:
        if self._read_only():
            raise storage_error("SQLITE_READONLY")

    def end_write(self) -> None:
        self.writing = False
        self._lock.end_write()

    def lay_out(self, page_size: int) -> None:
        self.page_size = page_size

    def before_change(self, number: i64) -> bool:
        return False

    def keep(self, number: i64, image: bytes) -> None:
        raise NotImplementedError

    def changed(self, number: i64) -> bool:
        for page in self._last_pages:
            if page.number == number:
                return True
        writer = self._writer
        return writer is not None and writer.frame_of(number) != 0

    def changed_pages(self, page_count: i64) -> list[int]:
        writer = self._writer
        return [] if writer is None else sorted({page for page in writer.pages() if page <= page_count})

    def may_spill(self) -> bool:
        return self.writing

    def spill(self, pages: list[PageImage]) -> None:
        self._append(pages)

    def mark(self) -> int:
        return 0

    def back_to(self, mark: int) -> OldImages:
        """See ``TransactionLog.back_to``: the pager puts back what changed, and frames are written over."""
        return OldImages()

    def _append(self, pages: list[PageImage]) -> None:
        """Write frames that do not end the transaction."""
        if pages:
            writer = self._writing()
            writer.append(pages)
            self._last_frame = writer.last_frame

    def _writing(self) -> FrameWriter:
        """Who writes the transaction's frames; the first of them may begin the log anew."""
        writer = self._writer
        return writer if writer is not None else self._begin_frames()

    def _begin_frames(self) -> FrameWriter:
        lock = self._lock
        if lock.which == 0:
            self._restart()
        writer = FrameWriter(self._index, self._log, lock.header)
        if lock.header.last_frame == 0:
            salts = lock.header.salts if self._log.sequence else self._vfs.random(8)
            writer.begin_log(self.page_size, salts, self._sync_level > OFF)
            self._begun = True
        self._writer = writer
        return writer

    def _restart(self) -> None:
        """Everything was copied: begin the log anew if nobody reads it, and read with a mark of its own from now on."""
        index = self._index
        lock = self._lock
        if index.backfill > 0 and index.lock(FIRST_READ_LOCK + 1, READERS - 1, True):
            try:
                restart(index, self._log, lock, self._vfs.random(4))
                self._snapshot_header = lock.header
            finally:
                index.unlock(FIRST_READ_LOCK + 1, READERS - 1)
        if not self._lock_for_reading(True):
            raise storage_error("SQLITE_BUSY_RECOVERY")

    # ending -------------------------------------------------------------------------------------------------

    def claim(self) -> None:
        pass

    def prepare(self, commit: Commit, super_journal: str) -> None:
        """See ``TransactionLog.prepare``: the last frame is left to ``finish``, and others are where that does no harm.

        They are then written by one call.  It does no harm where there is no other database, which would have to be
        committed after this one without a failure, and where no frame is to be written over.
        """
        images = commit.images or [PageImage(1, self.read(1, self.page_size))]
        writer = self._writing()
        left = 1 if commit.with_others or writer.spilled() else TOGETHER
        self._append(images[:-left])
        writer.repair()
        self._last_pages = images[-left:]
        before = self.snapshot
        # The counter stays what was read: a connection's commits all write the number after it, as C SQLite's do.
        self._prepared = Snapshot(
            commit.page_count, int(self.page_size), before.reserved, before.counter, False
        )

    def finish(self, decided: bool) -> None:
        prepared = self._prepared
        last = self._last_pages
        writer = self._writer
        if prepared is not None and writer is not None:
            writer.end(last, prepared.page_count)
            if self._sync_level >= FULL:
                self._log.file.sync()
            header = writer.committed(last, prepared.page_count, self._lock.header.changes + 1)
            self._limit_size(header)
            self._index.write_header(header)
            self._lock.header = header
            self._snapshot_header = header
            self._last_frame = header.last_frame
            self.logged = header.last_frame
            self.snapshot = prepared
            self._due = 0 < self.auto_checkpoint <= header.last_frame
        self._end()

    def _limit_size(self, header: IndexHeader) -> None:
        """After the first commit in a log that was begun anew: cut what an earlier use has left past the limit."""
        if self._begun and self.size_limit >= 0:
            size = max(self.size_limit, int(self._log.offset(header.last_frame + 1)))
            try:
                if self._log.file.size() > size:
                    self._log.file.truncate(size)
            except (Error, MemoryError):
                pass  # it stays long: the commit is whole
        self._begun = False

    def _end(self) -> None:
        self._writer = None
        self._last_pages = []
        self._prepared = None
        self.end_write()

    def undo(self) -> None:
        writer = self._writer
        if writer is not None:
            writer.forget()
        self._last_frame = self._lock.header.last_frame
        self._end()

    def recoverable(self) -> bool:
        return True

    def abandon(self) -> None:
        self._let_go(False)

    def recover(self) -> None:
        pass

    def survives_power_loss(self) -> bool:
        return False

    def after_fork(self, reading: bool) -> bool:
        self._let_go(False)
        return self._file.after_fork()

    def _let_go(self, delete: bool) -> None:
        """Give up the log, whose file and index are deleted where nobody else can have them; the log before follows."""
        self.writing = False
        self._writer = None
        self._index.close(delete)
        if delete:
            self._discard()
        self._log.close()
        self._disk.forget()
        self.superseded = True

    def _discard(self) -> None:
        """All of the log is in the database: delete its file, or empty it where the folder does not permit that."""
        try:
            self._vfs.delete(self._log.path)
        except (Error, MemoryError):
            with suppress(Error, MemoryError):
                self._log.file.truncate(0)

    def close(self) -> None:
        if not self.superseded:
            self._let_go(not self._read_only() and not self._doubtful and self._alone())
        self._disk.close()

    def _alone(self) -> bool:
        """Whether nobody else has the database open, and all of the log was copied into it."""
        try:
            self._lock.end()
            if not self._file.lock(EXCLUSIVE):
                return False
            self._checkpoint(PASSIVE, None)
        except (Error, MemoryError):
            return False
        return self._index.backfill == self._lock.header.last_frame

    # checkpoints and journal_mode ---------------------------------------------------------------------------

    def checkpoint(self, mode: str, sync_level: int, patience: Patience) -> CheckpointResult:
        self._refuse_if_read_only()
        self._sync_level = sync_level
        return self._checkpoint(mode, patience)

    def _checkpoint(self, mode: str, patience: Patience | None) -> CheckpointResult:
        work = CheckpointRun(
            self._vfs, self._file, self._index, self._log, self._lock, self._sync_level, patience
        )
        return work.run(mode)

    def keep_locks(self, keep: bool) -> None:
        """See ``TransactionLog.keep_locks``; an index that nobody shares stays so."""
        if not self._private:
            self.keeps_locks = keep

    def mode(self) -> str:
        return "wal"

    def set_mode(self, mode: str) -> bool:
        return False

    def leave(self) -> None:
        """See ``TransactionLog.leave``: what the log has is in the database then, and the log is gone."""
        self._refuse_if_read_only()
        try:
            if not self._file.lock(EXCLUSIVE):
                raise storage_error("SQLITE_BUSY")
            self._checkpoint(PASSIVE, None)
            if self._index.backfill != self._lock.header.last_frame:
                raise storage_error("SQLITE_BUSY")
        except BaseException:
            self._disk.lower()
            raise
        self._let_go(True)
        self._disk.leaving = True
        self._disk.lower()
