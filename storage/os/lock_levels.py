"""SQLite's five lock levels, made of byte-range locks on the database file.

========== ============= =========================================================================
byte       name          locked
========== ============= =========================================================================
0x40000000 PENDING       shared for a moment while SHARED is taken; exclusively by who waits to write
0x40000001 RESERVED      exclusively by who is going to write
0x40000002 SHARED        510 bytes: shared by readers, exclusively by who writes
========== ============= =========================================================================

(https://sqlite.org/lockingv3.html)
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.storage.os.range_locks import READ, UNLOCKED, WRITE, RangeLocks
from foundrydb.storage.os.vfs import EXCLUSIVE, NONE, PENDING, RESERVED, SHARED

# The numbers of the ranges.
PENDING_RANGE: Final = 0
RESERVED_RANGE: Final = 1
SHARED_RANGE: Final = 2


@final
class FileLock:
    """The lock levels of one open file.

    A call that fails half way leaves ranges locked that the level does not tell of: never the other way round.  They
    are in the way of others only until the next ``unlock``.

    Attributes:
        level: the level held.
    """

    def __init__(self, ranges: RangeLocks) -> None:
        self._ranges = ranges
        self._unsettled = False
        self.level = NONE

    def lock(self, level: int) -> bool:
        """Raise the level without waiting; see ``File.lock``."""
        if level <= self.level:
            return True
        if level == SHARED:
            return self._lock_shared()
        if level == RESERVED:
            if not self._ranges.set(RESERVED_RANGE, WRITE):
                return False
            self.level = RESERVED
            return True
        return self._lock_exclusive()

    def unlock(self, level: int) -> None:
        """Lower the level to SHARED or NONE."""
        if level >= self.level and not self._unsettled:
            return
        self.level = min(level, self.level)
        self._unsettled = True
        if self.level == NONE:
            self._ranges.clear()
        else:
            self._ranges.set(SHARED_RANGE, READ)
            self._ranges.set(RESERVED_RANGE, UNLOCKED)
            self._ranges.set(PENDING_RANGE, UNLOCKED)
        self._unsettled = False

    def reserved(self) -> bool:
        """Whether anybody, this file included, holds RESERVED or more."""
        return self.level >= RESERVED or self._ranges.taken(RESERVED_RANGE)

    def close(self, descriptor: int) -> None:
        """Give up the lock and close the file."""
        try:
            self.unlock(NONE)
        finally:
            self._ranges.close(descriptor)

    def _lock_shared(self) -> bool:
        """SHARED, through PENDING: who waits for EXCLUSIVE keeps new readers out with it."""
        ranges = self._ranges
        if not ranges.set(PENDING_RANGE, READ):
            return False
        self._unsettled = True
        granted = ranges.set(SHARED_RANGE, READ)
        ranges.set(PENDING_RANGE, UNLOCKED)
        self._unsettled = False
        if granted:
            self.level = SHARED
        return granted

    def _lock_exclusive(self) -> bool:
        """EXCLUSIVE; a writer holds PENDING meanwhile.

        A reader that goes straight for EXCLUSIVE, to roll a hot journal back, does without PENDING: two that
        try it at once would otherwise shut each other out.
        """
        if self.level == RESERVED:
            if not self._ranges.set(PENDING_RANGE, WRITE):
                return False
            self.level = PENDING
        if not self._ranges.set(SHARED_RANGE, WRITE):
            return False
        self.level = EXCLUSIVE
        return True
