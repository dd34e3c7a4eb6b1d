"""What keeps a reader's frames, and the pages below them, as they are: the shared lock on a read mark.

A read mark is the number of a frame.  Whoever holds its lock shared reads the log up to a frame that is no less, so

1. a checkpoint copies no frame past the mark of a lock that is held, and
2. the log is not begun anew while the lock of any mark but 0 is held.

Mark 0 is always 0: its readers use the database alone, all of whose frames were copied; a checkpoint copies nothing
while its lock is held.  (https://sqlite.org/walformat.html, "WAL Locks")
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.storage.log.wal.log_file import LogFile
from foundrydb.storage.log.wal.recovery import recover
from foundrydb.storage.log.wal.wal_index import (
    FIRST_READ_LOCK,
    NO_HEADER,
    READERS,
    RECOVERY_LOCK,
    WRITE_LOCK,
    IndexHeader,
    WalIndex,
)
from foundrydb.storage.os.vfs import storage_error

NONE: Final = -1

# What a try to become a reader comes to.
READY: Final = 0
AGAIN: Final = 1
BUSY: Final = 2


@final
class ReadLock:
    """One connection's reading of a log.

    Attributes:
        header: the commit that is read.
        which: the read mark whose lock is held, -1 for none.
        first_frame: the first of the frames that count: those before it were copied into the database.
        writing: whether this connection holds the lock on writing.
        checkpointing: whether it holds the lock on checkpoints.
    """

    def __init__(self, index: WalIndex, log: LogFile) -> None:
        self.header: IndexHeader = NO_HEADER
        self.which = NONE
        self.first_frame = 1
        self.writing = False
        self.checkpointing = False
        self._index: Final = index
        self._log: Final = log
        self._moved = 1  # the read mark that was moved last

    def begin(self, whole_log: bool = False) -> int:
        """Try once to fix the last commit, and the frames that it needs.

        Args:
            whole_log: not to use mark 0, as a writer that has just begun the log anew, and holds it.

        Returns:
            READY; AGAIN where somebody was just changing what was looked at; BUSY where somebody recovers the log.
        """
        if not whole_log:
            result = self.look()
            if result != READY:
                return result
            if self._index.backfill == self.header.last_frame:
                return self._begin_without_log()
        return self._begin_at_mark()

    def look(self) -> int:
        """Learn what the index tells of the last commit, making it anew where nobody has."""
        index = self._index
        if index.attach(False):
            header = index.header()
            if header is not None:
                self.header = header
                return READY
        return self._recover()

    def _recover(self) -> int:
        index = self._index
        if index.memory.read_only:
            raise storage_error("SQLITE_READONLY_RECOVERY")
        if not self.writing and not index.lock(WRITE_LOCK, 1, True):
            return self._why_busy()
        try:
            index.attach(True)
            header = index.header()  # another one may have been faster
            if header is None:
                if not recover(index, self._log, self.checkpointing):
                    return AGAIN
                header = index.header()
                assert header is not None
            self.header = header
        finally:
            if not self.writing:
                index.unlock(WRITE_LOCK, 1)
        return READY

    def _why_busy(self) -> int:
        """Whether somebody makes the index anew, or just writes in it."""
        index = self._index
        if not index.lock(RECOVERY_LOCK, 1, False):
            return BUSY
        index.unlock(RECOVERY_LOCK, 1)
        return AGAIN

    def _begin_without_log(self) -> int:
        """Everything was copied: the database alone is read."""
        index = self._index
        if not index.lock(FIRST_READ_LOCK, 1, False):
            return self._begin_at_mark()
        index.memory.barrier()
        if not self._index.still(self.header):
            index.unlock(FIRST_READ_LOCK, 1)
            return AGAIN
        self.which = 0
        self.first_frame = int(self.header.last_frame) + 1
        return READY

    def _begin_at_mark(self) -> int:
        index = self._index
        last_frame = int(self.header.last_frame)
        marks = index.marks()
        which = _best_mark(marks, last_frame)
        mark = marks[which]
        moved = 0
        if (which == 0 or mark < last_frame) and not index.memory.read_only:
            moved = self._move_mark(last_frame)
        if moved != 0:
            which = moved
            mark = last_frame
        elif which == 0 or not index.lock(FIRST_READ_LOCK + which, 1, False):
            return AGAIN
        first_frame = index.backfill + 1
        index.memory.barrier()
        if index.mark(which) != mark or not index.still(self.header):
            index.unlock(FIRST_READ_LOCK + which, 1)
            return AGAIN
        self.end()  # mark 0, if a writer comes from there: until now it was held
        self.which = which
        self.first_frame = first_frame
        return READY

    def _move_mark(self, last_frame: int) -> int:
        """Have a mark that nobody uses at ``last_frame``, and its lock shared; 0 where all are in use.

        The mark that this connection has moved last comes first: others stay where their readers are.
        """
        index = self._index
        which = self._moved
        for _ in range(1, READERS):
            if index.lock(FIRST_READ_LOCK + which, 1, True):
                index.set_mark(which, last_frame)
                try:
                    index.lock(FIRST_READ_LOCK + which, 1, False)
                except BaseException:
                    index.unlock(FIRST_READ_LOCK + which, 1)
                    raise
                self._moved = which
                return which
            which = which % (READERS - 1) + 1
        return 0

    def end(self) -> None:
        """Give the lock up."""
        which = self.which
        if which != NONE:
            self.which = NONE
            self._index.unlock(FIRST_READ_LOCK + which, 1)

    # writing ------------------------------------------------------------------------------------------------

    def begin_write(self) -> bool:
        """Take the lock on writing; False where another connection has it.

        Raises:
            Error: ``SQLITE_BUSY_SNAPSHOT``: there was a commit since this reader began.
        """
        index = self._index
        if not index.lock(WRITE_LOCK, 1, True):
            return False
        if not self._index.still(self.header):
            index.unlock(WRITE_LOCK, 1)
            raise storage_error("SQLITE_BUSY_SNAPSHOT")
        self.writing = True
        return True

    def end_write(self) -> None:
        """Give the lock on writing up."""
        if self.writing:
            self.writing = False
            self._index.unlock(WRITE_LOCK, 1)


def _best_mark(marks: list[int], last_frame: int) -> int:
    """The read mark nearest to a frame, and not behind it; 0 where there is none."""
    best = 0
    nearest = 0
    for which in range(1, READERS):
        mark = marks[which]
        if nearest <= mark <= last_frame:
            nearest = mark
            best = which
    return best
