"""SQLite's five lock levels, made of byte-range locks on the database file.

========== ============= =========================================================================
byte       name          locked
========== ============= =========================================================================
0x40000000 PENDING       shared for a moment while SHARED is taken; exclusively by who waits to write
0x40000001 RESERVED      exclusively by who is going to write
0x40000002 SHARED        510 bytes: shared by readers, exclusively by who writes
========== ============= =========================================================================

Two ways to lock bytes stand behind it.  ``OfdLocks`` are open-file-description locks, which belong to one open
file: two connections of one process exclude each other, and closing another descriptor of the same file does
nothing to them.  Where the platform lacks them ``ProcessLocks`` keeps the process's own book of who holds what,
beside the classic POSIX locks, which only tell processes apart and fall when any descriptor of the file closes.

A warning that follows from the latter: when the C library sqlite3 has the same file open in the same process,
closing ours drops its POSIX locks.

Section "File Locking Notes" of the C library's os_unix.c and https://sqlite.org/lockingv3.html describe it.
"""

from __future__ import annotations

import errno
import os
import struct
import sys
import threading
from typing import Final, final

from mypy_extensions import mypyc_attr

from foundrydb.errors import error
from foundrydb.storage.os.vfs import EXCLUSIVE, NONE, PENDING, PENDING_BYTE, RESERVED, SHARED, storage_error

try:
    import fcntl

    HAVE_FCNTL = True
except ImportError:  # a browser, or Windows
    HAVE_FCNTL = False

PENDING_RANGE: Final = 0
RESERVED_RANGE: Final = 1
SHARED_RANGE: Final = 2
STARTS: Final[list[int]] = [PENDING_BYTE, PENDING_BYTE + 1, PENDING_BYTE + 2]
LENGTHS: Final[list[int]] = [1, 1, 510]

# Kinds of a range lock, weakest first.
UNLOCKED: Final = 0
READ: Final = 1
WRITE: Final = 2


@mypyc_attr(allow_interpreted_subclasses=True)
class RangeLocks:
    """Locks on the three byte ranges, for one open file."""

    def set(self, which: int, kind: int) -> bool:
        """Bring the lock on a range to ``kind`` without waiting; False when somebody is in the way."""
        raise NotImplementedError

    def taken(self, which: int) -> bool:
        """Whether somebody else holds a lock on the range."""
        raise NotImplementedError

    def clear(self) -> None:
        """Give up all locks."""
        for which in range(3):
            self.set(which, UNLOCKED)

    def close(self, descriptor: int) -> None:
        """Close the file's descriptor, once nobody in the process loses a lock by it."""
        os.close(descriptor)


@final
class NoLocks(RangeLocks):
    """Every lock is granted and none is taken: for a file that nobody else uses."""

    def set(self, which: int, kind: int) -> bool:
        return True

    def taken(self, which: int) -> bool:
        return False


def _flock(kind: int, start: int, length: int) -> bytes:
    """``struct flock`` of the platform."""
    code = (fcntl.F_UNLCK, fcntl.F_RDLCK, fcntl.F_WRLCK)[kind]
    if sys.platform == "linux":
        return struct.pack("hhqqi4x", code, os.SEEK_SET, start, length, 0)
    return struct.pack("qqihhi", start, length, 0, code, os.SEEK_SET, 0)


_FLOCKS: Final[list[list[bytes]]] = (
    [[_flock(kind, STARTS[which], LENGTHS[which]) for which in range(3)] for kind in range(3)]
    if HAVE_FCNTL
    else []
)
_UNLOCK_ALL: Final = _flock(UNLOCKED, PENDING_BYTE, 512) if HAVE_FCNTL else b""
"""The argument for each kind of lock on each range: these calls are made several times a statement."""


def _flock_type(answer: bytes) -> int:
    """The ``l_type`` of a ``struct flock``."""
    place = 0 if sys.platform == "linux" else 20
    return int.from_bytes(answer[place : place + 2], sys.byteorder, signed=True)


def _lock_call(descriptor: int, command: int, kind: int, flock: bytes) -> bool:
    try:
        fcntl.fcntl(descriptor, command, flock)
    except OSError as cause:
        if cause.errno in (errno.EAGAIN, errno.EACCES, errno.EDEADLK):
            return False
        code = "SQLITE_IOERR_UNLOCK" if kind == UNLOCKED else "SQLITE_IOERR_LOCK"
        raise storage_error(code) from cause
    return True


def _get_call(descriptor: int, command: int, start: int, length: int) -> bool:
    try:
        answer = fcntl.fcntl(descriptor, command, _flock(WRITE, start, length))
    except OSError as cause:
        raise storage_error("SQLITE_IOERR_LOCK") from cause
    return _flock_type(answer) != fcntl.F_UNLCK


@final
class OfdLocks(RangeLocks):
    """Open-file-description locks (Linux)."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def set(self, which: int, kind: int) -> bool:
        return _lock_call(self._descriptor, fcntl.F_OFD_SETLK, kind, _FLOCKS[kind][which])

    def taken(self, which: int) -> bool:
        return _get_call(self._descriptor, fcntl.F_OFD_GETLK, STARTS[which], LENGTHS[which])

    def clear(self) -> None:
        _lock_call(self._descriptor, fcntl.F_OFD_SETLK, UNLOCKED, _UNLOCK_ALL)


@final
class Inode:
    """What the connections of this process hold on one file."""

    def __init__(self) -> None:
        self.users: list[ProcessLocks] = []
        self.deferred: list[int] = []

    def strongest(self, which: int, besides: ProcessLocks) -> int:
        """The strongest lock on the range that another connection of this process holds."""
        kind = UNLOCKED
        for user in self.users:
            if user is not besides:
                kind = max(kind, user.held[which])
        return kind

    def idle(self) -> bool:
        """Whether no connection of this process holds a lock."""
        return not any(max(user.held) for user in self.users)


_INODES: Final[dict[tuple[int, int], Inode]] = {}
_GUARD: Final = threading.RLock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_INODES.clear)  # the book tells of the parent's locks


@final
class ProcessLocks(RangeLocks):
    """POSIX locks between processes, and a book of our own between the connections of this one."""

    def __init__(self, descriptor: int, native: bool = HAVE_FCNTL) -> None:
        status = os.fstat(descriptor)
        self._descriptor = descriptor
        self._native = native
        self._key = (status.st_dev, status.st_ino)
        self.held = [UNLOCKED, UNLOCKED, UNLOCKED]
        with _GUARD:
            inode = _INODES.get(self._key)
            if inode is None:
                inode = Inode()
                _INODES[self._key] = inode
            inode.users.append(self)
        self._inode = inode

    def set(self, which: int, kind: int) -> bool:
        with _GUARD:
            others = self._inode.strongest(which, self)
            if (kind == WRITE and others != UNLOCKED) or (kind == READ and others == WRITE):
                return False
            before = max(self.held[which], others)
            after = max(kind, others)
            if before != after and self._native:
                if not _lock_call(self._descriptor, fcntl.F_SETLK, after, _FLOCKS[after][which]):
                    return False
            self.held[which] = kind
            if kind == UNLOCKED:
                self._close_deferred()
            return True

    def taken(self, which: int) -> bool:
        with _GUARD:
            if self._inode.strongest(which, self) != UNLOCKED:
                return True
            if not self._native or self.held[which] == WRITE:
                return False
            return _get_call(self._descriptor, fcntl.F_GETLK, STARTS[which], LENGTHS[which])

    def close(self, descriptor: int) -> None:
        with _GUARD:
            self._inode.users.remove(self)
            self._inode.deferred.append(descriptor)
            self._close_deferred()
            if not self._inode.users:
                _INODES.pop(self._key, None)

    def _close_deferred(self) -> None:
        """Close what was left open, as closing any descriptor of the file drops all locks of the process."""
        if self._inode.idle():
            for descriptor in self._inode.deferred:
                os.close(descriptor)
            self._inode.deferred.clear()


def range_locks(descriptor: int) -> RangeLocks:
    """The best locks that the platform and the file system have for an open file."""
    if HAVE_FCNTL and sys.platform == "linux":
        try:
            fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, _flock(READ, PENDING_BYTE, 1))
            return OfdLocks(descriptor)
        except OSError:
            pass
    if sys.platform == "win32":
        raise error("locking a file on this platform is not supported yet", "SQLITE_CANTOPEN")
    return ProcessLocks(descriptor)


def lock_byte_shared(descriptor: int, offset: int) -> bool:
    """Lock one byte of a file that holds no database, shared; False when somebody holds it exclusively."""
    if not HAVE_FCNTL:
        return True
    command = fcntl.F_OFD_SETLK if sys.platform == "linux" else fcntl.F_SETLK
    return _lock_call(descriptor, command, READ, _flock(READ, offset, 1))


def close_unlocked(descriptor: int) -> None:
    """Close a file that this descriptor never locked, without harm to the locks of others."""
    if sys.platform == "linux":
        os.close(descriptor)
    else:
        range_locks(descriptor).close(descriptor)


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
