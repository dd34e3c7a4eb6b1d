"""A checkpoint: pages of the log are copied into the database, so that the log can begin anew.

========  ====================================================================================
passive   copies what no reader forbids, and waits for nobody
full      waits for writers, and for readers of older frames, to leave
restart   and for all readers of the log, so that the next writer begins it anew
truncate  and cuts the log's file to nothing
noop      copies nothing, and only tells how much there is
========  ====================================================================================

What makes it safe:

1. The log is synced before its pages are copied, and the database before ``backfill`` tells that they were: at any
   moment a loss of power leaves log and database so that recovering the log gives the last commit.
2. Nothing is copied past the read mark of a reader, nor while somebody reads the database without the log.

(https://sqlite.org/wal.html, "Checkpointing"; https://sqlite.org/walformat.html)
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.errors import CorruptError
from foundrydb.storage.log.transaction_log import OFF, PASSIVE, WAITING, CheckpointResult
from foundrydb.storage.log.wal.log_file import LogFile
from foundrydb.storage.log.wal.read_lock import AGAIN, READY, ReadLock
from foundrydb.storage.log.wal.wal_index import (
    CHECKPOINT_LOCK,
    FIRST_READ_LOCK,
    READERS,
    UNUSED_MARK,
    WRITE_LOCK,
    IndexHeader,
    WalIndex,
)
from foundrydb.storage.os.busy import Patience
from foundrydb.storage.os.vfs import VFS, File, storage_error


@final
class CheckpointRun:
    """One checkpoint by a connection that is not reading."""

    def __init__(
        self,
        vfs: VFS,
        database: File,
        index: WalIndex,
        log: LogFile,
        lock: ReadLock,
        sync_level: int,
        patience: Patience | None,
    ) -> None:
        """Take the files.

        Args:
            lock: the connection's part in the log, which holds nothing now.
            sync_level: PRAGMA synchronous.
            patience: how to wait for others; None not to wait.
        """
        self._vfs: Final = vfs
        self._database: Final = database
        self._index: Final = index
        self._log: Final = log
        self._lock: Final = lock
        self._sync: Final = sync_level > OFF
        self._patience = patience

    def run(self, mode: str) -> CheckpointResult:
        """Copy as much as the mode wants.

        Raises:
            Error: ``SQLITE_BUSY``: another checkpoint is running; what a file answered.
        """
        waiting = mode in WAITING
        if not waiting:
            self._patience = None
        if not self._wait(CHECKPOINT_LOCK, 1):
            return CheckpointResult(True, -1, -1)
        lock = self._lock
        lock.checkpointing = True
        waits = False
        try:
            if waiting:
                waits = self._wait(WRITE_LOCK, 1)
                lock.writing = waits
                if not waits:
                    self._patience = None
            self._look()
            busy = waiting and not waits
            if not self._copy(mode, waits):
                busy = True
            return CheckpointResult(busy, int(lock.header.last_frame), self._index.backfill)
        finally:
            lock.end_write()
            lock.checkpointing = False
            self._index.unlock(CHECKPOINT_LOCK, 1)

    def _look(self) -> None:
        """Learn of the last commit."""
        result = AGAIN
        tries = 0
        while result != READY:
            result = self._lock.look()
            if result != READY:
                tries += 1
                if tries > 100:
                    raise storage_error("SQLITE_BUSY_RECOVERY")
                self._vfs.sleep(1)

    def _wait(self, first: int, count: int) -> bool:
        """Lock exclusively, for as long as there is patience; False where somebody stays in the way."""
        tries = 0
        while not self._index.lock(first, count, True):
            patience = self._patience
            if patience is None or not patience.try_again(tries):
                return False
            tries += 1
        return True

    def _copy(self, mode: str, alone: bool) -> bool:
        """Copy, and do what the mode wants then; False where somebody was in the way."""
        index = self._index
        header = self._lock.header
        if mode == "noop":
            return True
        if index.backfill < header.last_frame:
            self._check(header)
            self._copy_up_to(self._safe_frame(header), header)
        if mode == PASSIVE or not alone:
            return True
        if index.backfill < header.last_frame:
            return False
        if mode == "full":
            return True
        return self._begin_anew(mode)

    def _check(self, header: IndexHeader) -> None:
        """Refuse an index that cannot be true before anything is believed of it."""
        self._log.page_size = header.page_size
        if header.page_size == 0 or self._log.file.size() < self._log.offset(header.last_frame + 1):
            raise CorruptError("the write-ahead log is shorter than its index tells")

    def _safe_frame(self, header: IndexHeader) -> int:
        """The last frame that no reader's mark forbids to copy."""
        index = self._index
        safe = int(header.last_frame)
        for which in range(1, READERS):
            mark = index.mark(which)
            if mark >= safe:
                continue
            if self._wait(FIRST_READ_LOCK + which, 1):
                index.set_mark(which, safe if which == 1 else UNUSED_MARK)
                index.unlock(FIRST_READ_LOCK + which, 1)
            else:
                safe = mark
                self._patience = None
        return safe

    def _copy_up_to(self, safe: int, header: IndexHeader) -> None:
        index = self._index
        if index.backfill >= safe or not self._wait(FIRST_READ_LOCK, 1):
            return
        try:
            backfill = index.backfill
            index.attempt(safe)
            if self._sync:
                self._log.file.sync()
            self._copy_pages(self._newest(backfill, safe), header)
            if safe == header.last_frame:
                size = int(header.page_count * header.page_size)
                if self._database.size() != size:
                    self._database.truncate(size)
            if self._sync:
                self._database.sync()
            index.backfill = safe
        finally:
            index.unlock(FIRST_READ_LOCK, 1)

    def _newest(self, backfill: int, safe: int) -> dict[int, int]:
        """The newest frame of each page that has one between two frames."""
        pages = self._index.pages_of(backfill + 1, safe)
        return dict(zip(pages, range(backfill + 1, safe + 1), strict=True))

    def _copy_pages(self, newest: dict[int, int], header: IndexHeader) -> None:
        size: i64 = header.page_size
        for page in sorted(newest):
            if page <= header.page_count:
                data = self._log.page(newest[page], size)
                self._database.write((page - 1) * int(size), data)

    def _begin_anew(self, mode: str) -> bool:
        """Wait for the log's readers to leave; cut it where the mode says so."""
        if not self._wait(FIRST_READ_LOCK + 1, READERS - 1):
            return False
        try:
            if mode == "truncate":
                restart(self._index, self._log, self._lock, self._vfs.random(4))
                self._log.file.truncate(0)
        finally:
            self._index.unlock(FIRST_READ_LOCK + 1, READERS - 1)
        return True


def restart(index: WalIndex, log: LogFile, lock: ReadLock, random: bytes) -> None:
    """Have the next frame be the first; the caller holds the lock on writing, and those of all read marks but 0.

    Args:
        random: four bytes for the second salt.
    """
    before = lock.header
    salt = (int.from_bytes(before.salts[:4], "big") + 1) & 0xFFFFFFFF
    log.sequence += 1
    header = IndexHeader(
        before.changes,
        before.big_endian,
        before.page_size,
        0,
        before.page_count,
        before.first,
        before.second,
        salt.to_bytes(4, "big") + random,
    )
    index.write_header(header)
    lock.header = header
    index.backfill = 0
    index.attempt(0)
    index.set_mark(1, 0)
    for which in range(2, READERS):
        index.set_mark(which, UNUSED_MARK)
