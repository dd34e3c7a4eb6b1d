"""Shared memory of the operating system: a mapped file, and locks on single bytes of it.

The first connection to open the file empties it, so that nothing of a process that died is taken for news: it holds
the last lock byte exclusively meanwhile, and everybody who has the file open holds it shared.  C SQLite does the same,
so that connections of both share one file.

A forked child must only close what it has inherited: its locks are the parent's.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any, Final, final

from foundrydb.storage.os.range_locks import READ, UNLOCKED, WRITE, ByteRanges, RangeLocks
from foundrydb.storage.os.rare import map_file, map_granularity
from foundrydb.storage.os.shared_memory import LOCK_COUNT, REGION_SIZE, SharedMemory
from foundrydb.storage.os.vfs import io_error, storage_error

FIRST_LOCK_BYTE: Final = 120
IN_USE: Final = LOCK_COUNT
"""The number of the lock that tells whether anybody has the file open."""
SHARED_MEMORY_RANGES: Final = ByteRanges(
    list(range(FIRST_LOCK_BYTE, FIRST_LOCK_BYTE + LOCK_COUNT + 1)), [1] * (LOCK_COUNT + 1)
)
NEW_SIZE: Final = 3
"""Bytes in a file that was just emptied: too few to be taken for content, and C SQLite leaves as many."""
BLOCK: Final = 4096

_ORDERED: Final = hasattr(os, "uname") and os.uname().machine in ("x86_64", "amd64", "i686")
"""Whether the processor keeps the order of reads, and that of writes, by itself.

A read may still come before a write of the same connection: between the two there is always a lock, which is a call of
the system.
"""
_FENCE: Final = threading.Lock()
_ENTER: Final[Callable[[], bool]] = _FENCE.acquire
_LEAVE: Final[Callable[[], None]] = _FENCE.release


@final
class MappedMemory(SharedMemory):
    """One connection's part in a ``-shm`` file."""

    def __init__(self, descriptor: int, path: str, locks: RangeLocks, read_only: bool) -> None:
        """Take over an open file, on which nothing is locked yet; ``join`` must follow."""
        super().__init__()
        self.read_only = read_only
        self._descriptor = descriptor
        self._path: Final = path
        self._locks: Final = locks
        self._process: Final = os.getpid()
        self._maps: dict[int, Any] = {}

    def join(self) -> bool:
        """Become one of those who have the file open; False while another one is just emptying it.

        Raises:
            Error: ``SQLITE_READONLY_CANTINIT``: nobody has it open who could write it.
        """
        if self.read_only:
            if not self._locks.taken(IN_USE):
                raise storage_error("SQLITE_READONLY_CANTINIT")
        elif self._locks.set(IN_USE, WRITE):
            try:
                os.ftruncate(self._descriptor, 0)
                os.ftruncate(self._descriptor, NEW_SIZE)
            except OSError as cause:
                raise io_error(cause, "SQLITE_IOERR_SHMOPEN") from cause
        return self._locks.set(IN_USE, READ)

    def map(self, region: int, extend: bool) -> memoryview | None:
        try:
            size = os.fstat(self._descriptor).st_size
            if size < (region + 1) * REGION_SIZE:
                if not extend:
                    return None
                self._grow(size, (region + 1) * REGION_SIZE)
        except OSError as cause:
            raise io_error(cause, "SQLITE_IOERR_SHMSIZE") from cause
        # Where the system maps larger pieces than a region, several regions are one mapping.
        piece = max(map_granularity(), REGION_SIZE)
        number, offset = divmod(region * REGION_SIZE, piece)
        if number not in self._maps:
            try:
                self._maps[number] = map_file(self._descriptor, piece, number * piece, self.read_only)
            except (OSError, ValueError) as cause:
                failure = cause if isinstance(cause, OSError) else OSError(str(cause))
                raise io_error(failure, "SQLITE_IOERR_SHMMAP") from cause
        return memoryview(self._maps[number])[offset : offset + REGION_SIZE]

    def _grow(self, size: int, wanted: int) -> None:
        """Make the file larger, block by block, so that the disk has room for each: a mapping could not tell."""
        block = size // BLOCK
        while block * BLOCK < wanted:
            os.pwrite(self._descriptor, b"\0", block * BLOCK + BLOCK - 1)
            block += 1

    def lock(self, first: int, count: int, exclusive: bool) -> bool:
        kind = WRITE if exclusive else READ
        for which in range(first, first + count):
            if not self._locks.set(which, kind):
                self.unlock(first, which - first)
                return False
        return True

    def unlock(self, first: int, count: int) -> None:
        for which in range(first, first + count):
            self._locks.set(which, UNLOCKED)

    def barrier(self) -> None:
        if not _ORDERED:
            _ENTER()  # which the processor is told to do in order
            _LEAVE()

    def close(self, delete: bool = False) -> None:
        if self._descriptor < 0:
            return
        descriptor = self._descriptor
        self._descriptor = -1
        maps = list(self._maps.values())
        self._maps.clear()
        try:
            if self._process == os.getpid():
                if delete:
                    os.unlink(self._path)
                self._locks.clear()
            for mapped in maps:
                mapped.close()
        except (OSError, BufferError):
            pass  # a view that somebody still has keeps its mapping; the locks are gone with the clearing above
        finally:
            self._locks.close(descriptor)
