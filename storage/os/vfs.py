"""The door to the operating system: files, their locks, and what storage asks of a platform.

Only the ``*vfs`` modules of this package open, lock, sync, stat or delete files; everything else works on a
``File`` and a ``VFS``.  ``os_vfs`` implements them on the operating system, ``memory_vfs`` in memory, and
tests subclass them to inject faults and crashes.

Lock levels (https://sqlite.org/lockingv3.html), each stronger than the one before it:

=========  ====================================================================================
NONE       neither reads nor writes
SHARED     reads; any number of connections at once
RESERVED   will write, prepares in memory; one connection at a time, readers go on
PENDING    waits for the readers to leave; no new reader gets in, so that writers do not starve
EXCLUSIVE  writes; alone
=========  ====================================================================================
"""

from __future__ import annotations

import errno
from typing import Final

from mypy_extensions import mypyc_attr

from foundrydb.errors import Error, error
from foundrydb.storage.os.shared_memory import SharedMemory

NONE: Final = 0
SHARED: Final = 1
RESERVED: Final = 2
PENDING: Final = 3
EXCLUSIVE: Final = 4

PENDING_BYTE: Final = 0x40000000
"""The first byte of the lock range; the page that contains it is never used."""


@mypyc_attr(allow_interpreted_subclasses=True)
class File:
    """An open file.  Offsets and sizes are in bytes.

    Every method may raise a ``foundrydb.errors.Error`` with an ``SQLITE_IOERR…`` or ``SQLITE_FULL`` code.

    Attributes:
        read_only: whether it was opened, or could only be opened, without the right to write.
    """

    def __init__(self) -> None:
        self.read_only = False

    def read(self, offset: int, size: int) -> bytes:
        """The ``size`` bytes from ``offset`` on; fewer where the file ends before."""
        raise NotImplementedError

    def write(self, offset: int, data: bytes) -> None:
        """Write all of ``data`` at ``offset``, growing the file as needed (a gap reads as zeros)."""
        raise NotImplementedError

    def truncate(self, size: int) -> None:
        """Cut the file, or grow it with zeros, to ``size`` bytes."""
        raise NotImplementedError

    def sync(self) -> None:
        """Return only when all that was written would survive a loss of power.

        The first sync of a file that this ``File`` created makes its directory entry durable too.
        """
        raise NotImplementedError

    def size(self) -> int:
        """The file's size in bytes."""
        raise NotImplementedError

    def lock(self, level: int) -> bool:
        """Raise this open file's lock to ``level`` without waiting; False when another one is in the way.

        A refused EXCLUSIVE may leave PENDING held, so that no new reader starts.
        """
        raise NotImplementedError

    def unlock(self, level: int) -> None:
        """Lower the lock to ``level``, which is SHARED or NONE."""
        raise NotImplementedError

    def reserved(self) -> bool:
        """Whether some connection, this one included, holds RESERVED or more."""
        raise NotImplementedError

    def moved(self) -> bool:
        """Whether the path that was opened no longer leads to this file."""
        return False

    def after_fork(self) -> bool:
        """In a forked child: share no locks with the parent's file any more, and hold none; False if that fails."""
        return True

    def close(self) -> None:
        """Release the locks and the file; a second call does nothing."""
        raise NotImplementedError


@mypyc_attr(allow_interpreted_subclasses=True)
class VFS:
    """A place where files live."""

    def open(self, path: str, create: bool = False, read_only: bool = False, like: str = "") -> File:
        """Open a file for reading and, unless ``read_only``, writing.

        A file that exists and does not permit writing is opened for reading; its ``read_only`` tells.

        Args:
            path: where it is, as ``full_path`` gives it.
            create: whether a missing file is created rather than an error.
            read_only: whether to open without the right to write.
            like: a file whose access rights a created one takes over (a journal takes its database's).

        Raises:
            Error: ``SQLITE_CANTOPEN…`` where the file is missing, a directory or not permitted;
                ``SQLITE_READONLY_DIRECTORY`` where its folder does not let a file with ``like`` be created.
        """
        raise NotImplementedError

    def open_temporary(self) -> File:
        """A new empty file that no other process sees and that is gone once closed."""
        raise NotImplementedError

    def shares_memory(self) -> bool:
        """Whether ``share_memory`` works here."""
        return True

    def share_memory(self, path: str, like: str) -> SharedMemory | None:
        """The memory that the file at ``path`` holds, which is created where it is missing.

        Args:
            path: a database's, with "-shm" at its end.
            like: the database, whose access rights a new file takes over.

        Returns:
            None while another connection is just opening it: try again soon.

        Raises:
            Error: ``SQLITE_CANTOPEN…``; ``SQLITE_READONLY_CANTINIT`` where it can only be read, and nobody has it open
                who could write it; ``NotSupportedError`` where the platform has no such
                memory.
        """
        raise NotImplementedError

    def delete(self, path: str, sync_directory: bool = False) -> None:
        """Delete a file; a missing one is no error.  ``sync_directory`` makes the deletion durable."""
        raise NotImplementedError

    def exists(self, path: str) -> bool:
        """Whether there is a file at ``path``."""
        raise NotImplementedError

    def size(self, path: str) -> int:
        """The size in bytes of the file at ``path``, -1 where there is none."""
        raise NotImplementedError

    def full_path(self, path: str) -> str:
        """The absolute path, symbolic links resolved, so that all names of a file share one journal."""
        raise NotImplementedError

    def survives_power_loss(self) -> bool:
        """Whether its files are there after a loss of power."""
        return True

    def random(self, size: int) -> bytes:
        """``size`` unpredictable bytes."""
        raise NotImplementedError

    def sleep(self, milliseconds: int) -> None:
        """Let other work go on for about so long."""
        raise NotImplementedError


_MESSAGES: Final[dict[str, str]] = {
    "SQLITE_FULL": "database or disk is full",
    "SQLITE_READONLY": "attempt to write a readonly database",
    "SQLITE_CANTOPEN": "unable to open database file",
    "SQLITE_IOERR": "disk I/O error",
    "SQLITE_BUSY": "database is locked",
    "SQLITE_NOTADB": "file is not a database",
    "SQLITE_CORRUPT": "database disk image is malformed",
    "SQLITE_PROTOCOL": "locking protocol",
}


def storage_error(code: str) -> Error:
    """The error for a result code that storage reports, with SQLite's text for it."""
    primary = "_".join(code.split("_")[:2])
    return error(_MESSAGES.get(primary, "abort due to ROLLBACK"), code)


def code_of(failure: BaseException) -> str:
    """The result code under which a failure is told once more."""
    if isinstance(failure, MemoryError):
        return "SQLITE_NOMEM"
    return (failure.code if isinstance(failure, Error) else "") or "SQLITE_ABORT"


def io_error(cause: OSError, code: str) -> Error:
    """The typed error for an ``OSError`` met in the operation that ``code`` names."""
    number = cause.errno
    if number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return storage_error("SQLITE_FULL")
    if number == errno.EROFS:
        return storage_error("SQLITE_READONLY")
    return storage_error(code)


def open_error(cause: OSError) -> Error:
    """The typed error for an ``OSError`` that opening a file met."""
    if cause.errno == errno.ENOSPC:
        return storage_error("SQLITE_FULL")
    return storage_error("SQLITE_CANTOPEN")
