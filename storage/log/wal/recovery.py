"""Recovery: the index is made anew from the log's file, by whoever comes first after it was lost.

It is lost whenever nobody has the database open any more and the last one had no time to clean up.  What the file has
after the last whole transaction is as if it had never been written.
"""

from __future__ import annotations

from foundrydb.storage.log.wal.log_file import NATIVE_BIG_ENDIAN, FrameReader, LogFile
from foundrydb.storage.log.wal.wal_index import (
    CHECKPOINT_LOCK,
    FIRST_READ_LOCK,
    READERS,
    RECOVERY_LOCK,
    UNUSED_MARK,
    IndexHeader,
    WalIndex,
)


def recover(index: WalIndex, log: LogFile, checkpointing: bool) -> bool:
    """Make the index anew; the caller holds the lock on writing.

    Args:
        checkpointing: whether the caller holds the lock on checkpoints too.

    Returns:
        False where another connection is in the way.
    """
    first = RECOVERY_LOCK if checkpointing else CHECKPOINT_LOCK
    count = FIRST_READ_LOCK + 1 - first  # with read mark 0
    if not index.lock(first, count, True):
        return False
    try:
        header = _read_frames(index, log)
        index.write_header(header)
        index.backfill = 0
        index.attempt(int(header.last_frame))
        _reset_marks(index, int(header.last_frame))
    finally:
        index.unlock(first, count)
    return True


def _read_frames(index: WalIndex, log: LogFile) -> IndexHeader:
    """Tell the index of the log's frames, and return what it is to tell of the last commit."""
    found = log.read_header()
    if found is None:
        return IndexHeader(0, NATIVE_BIG_ENDIAN, 0, 0, 0, 0, 0, bytes(8))
    log.sequence = found.sequence
    log.page_size = found.page_size
    header = IndexHeader(0, found.big_endian, found.page_size, 0, 0, found.first, found.second, found.salts)
    frames = FrameReader(log.file, found)
    while frames.next():
        index.add(frames.frame, frames.number)
        if frames.page_count != 0:
            header = IndexHeader(
                0,
                found.big_endian,
                found.page_size,
                frames.frame,
                frames.page_count,
                frames.first,
                frames.second,
                found.salts,
            )
    return header


def _reset_marks(index: WalIndex, last_frame: int) -> None:
    """Free the read marks that nobody uses; the first of them is set to the whole log."""
    index.set_mark(0, 0)
    for which in range(1, READERS):
        if index.lock(FIRST_READ_LOCK + which, 1, True):
            index.set_mark(which, last_frame if which == 1 and last_frame else UNUSED_MARK)
            index.unlock(FIRST_READ_LOCK + which, 1)
