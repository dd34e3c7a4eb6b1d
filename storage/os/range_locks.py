"""Locks on ranges of bytes of an open file, by which connections of all processes keep out of each other's way.

Two ways to lock bytes stand behind it.  ``OfdLocks`` are open-file-description locks, which belong to one open
file: two connections of one process exclude each other, and closing another descriptor of the same file does
nothing to them.  Where the platform lacks them ``ProcessLocks`` keeps the process's own book of who holds what,
beside the classic POSIX locks, which only tell processes apart and fall when any descriptor of the file closes.

A warning that follows from the latter: when the C library sqlite3 has the same file open in the same process,
closing ours drops its POSIX locks.  Section "File Locking Notes" of the C library's os_unix.c describes it.
"""

from __future__ import annotations

import errno
import os
import struct
import sys
import threading
from collections.abc import Callable
from typing import Final, final

from mypy_extensions import mypyc_attr

from foundrydb.errors import error
from foundrydb.storage.os.vfs import PENDING_BYTE, storage_error

try:
    import fcntl

    HAVE_FCNTL = True
    # As constants they are used without being looked for.
    _FCNTL: Final[Callable[[int, int, bytes], bytes]] = fcntl.fcntl
    _SET: Final = fcntl.F_SETLK
    _SET_OPEN_FILE: Final[int] = getattr(fcntl, "F_OFD_SETLK", -1)
except ImportError:  # a browser, or Windows
    HAVE_FCNTL = False

# Kinds of a range lock, weakest first.
UNLOCKED: Final = 0
READ: Final = 1
WRITE: Final = 2


def _flock(kind: int, start: int, length: int) -> bytes:
    """``struct flock`` of the platform."""
    code = (fcntl.F_UNLCK, fcntl.F_RDLCK, fcntl.F_WRLCK)[kind]
    if sys.platform == "linux":
        return struct.pack("hhqqi4x", code, os.SEEK_SET, start, length, 0)
    return struct.pack("qqihhi", start, length, 0, code, os.SEEK_SET, 0)


@final
class ByteRanges:
    """The ranges of a kind of file that are locked, by number; they lie side by side.

    Attributes:
        starts, lengths: where each begins, and how many bytes it has.
        requests: the argument of the system's call for each kind of lock on each range: these calls are made several
            times a statement.
        unlock_all: that for all of them together.
    """

    def __init__(self, starts: list[int], lengths: list[int]) -> None:
        self.starts: Final = starts
        self.lengths: Final = lengths
        self.requests: list[list[bytes]] = []
        self.unlock_all = b""
        if HAVE_FCNTL:
            for kind in (UNLOCKED, READ, WRITE):
                self.requests.append([_flock(kind, start, size) for start, size in zip(starts, lengths)])
            self.unlock_all = _flock(UNLOCKED, starts[0], sum(lengths))


DATABASE_RANGES: Final = ByteRanges([PENDING_BYTE, PENDING_BYTE + 1, PENDING_BYTE + 2], [1, 1, 510])
"""PENDING, RESERVED and SHARED; see :mod:`foundrydb.storage.os.lock_levels`."""


@mypyc_attr(allow_interpreted_subclasses=True)
class RangeLocks:
    """Locks on the byte ranges of one open file."""

    def set(self, which: int, kind: int) -> bool:
        """Bring the lock on a range to ``kind`` without waiting; False when somebody is in the way."""
        raise NotImplementedError

    def taken(self, which: int) -> bool:
        """Whether somebody else holds a lock on the range."""
        raise NotImplementedError

    def clear(self) -> None:
        """Give up all locks."""
        raise NotImplementedError

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

    def clear(self) -> None:
        pass


def _flock_type(answer: bytes) -> int:
    """The ``l_type`` of a ``struct flock``."""
    place = 0 if sys.platform == "linux" else 20
    return int.from_bytes(answer[place : place + 2], sys.byteorder, signed=True)


def _lock_call(descriptor: int, command: int, kind: int, flock: bytes) -> bool:
    try:
        _FCNTL(descriptor, command, flock)
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

    def __init__(self, descriptor: int, ranges: ByteRanges = DATABASE_RANGES) -> None:
        self._descriptor = descriptor
        self._ranges: Final = ranges

    def set(self, which: int, kind: int) -> bool:
        return _lock_call(self._descriptor, _SET_OPEN_FILE, kind, self._ranges.requests[kind][which])

    def taken(self, which: int) -> bool:
        ranges = self._ranges
        return _get_call(self._descriptor, fcntl.F_OFD_GETLK, ranges.starts[which], ranges.lengths[which])

    def clear(self) -> None:
        _lock_call(self._descriptor, _SET_OPEN_FILE, UNLOCKED, self._ranges.unlock_all)


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
            if user is not besides and which < len(user.held):
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

    def __init__(
        self, descriptor: int, ranges: ByteRanges = DATABASE_RANGES, native: bool = HAVE_FCNTL
    ) -> None:
        status = os.fstat(descriptor)
        self._descriptor = descriptor
        self._ranges: Final = ranges
        self._native = native
        self._key = (status.st_dev, status.st_ino)
        self.held = [UNLOCKED] * len(ranges.starts)
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
                if not _lock_call(self._descriptor, _SET, after, self._ranges.requests[after][which]):
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
            ranges = self._ranges
            return _get_call(self._descriptor, fcntl.F_GETLK, ranges.starts[which], ranges.lengths[which])

    def clear(self) -> None:
        for which in range(len(self.held)):
            self.set(which, UNLOCKED)

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


def open_file_locks() -> bool:
    """Whether the platform has locks that belong to an open file."""
    return HAVE_FCNTL and sys.platform == "linux"


def range_locks(descriptor: int, ranges: ByteRanges = DATABASE_RANGES) -> RangeLocks:
    """The best locks that the platform and the file system have for an open file."""
    if open_file_locks():
        try:
            fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, _flock(READ, PENDING_BYTE, 1))
            return OfdLocks(descriptor, ranges)
        except OSError:
            pass
    if sys.platform == "win32":
        raise error("locking a file on this platform is not supported yet", "SQLITE_CANTOPEN")
    return ProcessLocks(descriptor, ranges)


def close_unlocked(descriptor: int) -> None:
    """Close a file that this descriptor never locked, without harm to the locks of others."""
    if sys.platform == "linux":
        os.close(descriptor)
    else:
        range_locks(descriptor).close(descriptor)
