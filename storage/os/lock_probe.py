"""Which locks others hold on a file, asked without taking any.

The system tells it of each range of bytes (``F_OFD_GETLK``): which lock of somebody else, in this process or another,
would be in the way of an exclusive one.
"""

from __future__ import annotations

import contextlib
import os
import struct
from typing import Final, final

from foundrydb.storage.os.range_locks import READ, UNLOCKED, WRITE, ByteRanges, open_file_locks
from foundrydb.storage.os.vfs import open_error, storage_error

with contextlib.suppress(ImportError):  # in a browser, or on Windows, nobody can be asked
    import fcntl

_FLOCK: Final = struct.Struct("hhqqi4x")
"""``struct flock`` where there are locks of open files: kind, whence, start, length, process."""


@final
class HeldLock:
    """A lock that somebody holds.

    Attributes:
        kind: ``READ`` (shared), ``WRITE`` (exclusive), or ``UNLOCKED``.
        process: the holder's id; 0 where the system does not tell, as of locks that belong to an open file.
    """

    def __init__(self, kind: int, process: int) -> None:
        self.kind: Final = kind
        self.process: Final = process


def held_locks(path: str, ranges: ByteRanges) -> list[HeldLock]:
    """What others hold on each range of the file at ``path``; empty where the system cannot tell.

    Raises:
        Error: ``SQLITE_CANTOPEN…``: the file cannot be read.
    """
    if not open_file_locks():
        return []
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError as cause:
        raise open_error(cause) from cause
    try:
        return [_holder(descriptor, request) for request in ranges.requests[WRITE]]
    except OSError as cause:
        raise storage_error("SQLITE_IOERR_LOCK") from cause
    finally:
        os.close(descriptor)


def _holder(descriptor: int, request: bytes) -> HeldLock:
    kind, _, _, _, process = _FLOCK.unpack(fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, request))
    if kind == fcntl.F_UNLCK:
        return HeldLock(UNLOCKED, 0)
    return HeldLock(WRITE if kind == fcntl.F_WRLCK else READ, max(process, 0))
