"""Files of the operating system.

Reads and writes are ``pread`` and ``pwrite``, so that a descriptor has no position to disturb.  Every
``OSError`` becomes a typed error with SQLite's code and text.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from typing import Any, Final, final

from foundrydb.errors import Error, not_supported
from foundrydb.storage.os.lock_levels import FileLock
from foundrydb.storage.os.mapped_memory import SHARED_MEMORY_RANGES, MappedMemory
from foundrydb.storage.os.range_locks import (
    NoLocks,
    ProcessLocks,
    close_unlocked,
    open_file_locks,
    range_locks,
)
from foundrydb.storage.os.rare import new_temporary
from foundrydb.storage.os.shared_memory import SharedMemory
from foundrydb.storage.os.vfs import VFS, File, io_error, open_error, storage_error

NO_FOLLOW: Final[int] = getattr(os, "O_NOFOLLOW", 0)
"""For every opening: ``full_path`` has resolved the links of a database's name, and where a link stands for its
journal or shared memory somebody would have us write into a file that is not ours."""
READ_ONLY_ERRORS: Final = (errno.EACCES, errno.EPERM, errno.EROFS)
# As constants they are called without being looked for.
_PREAD: Final[Any] = getattr(os, "pread", None)
_PWRITE: Final[Any] = getattr(os, "pwrite", None)
NO_SUCH_FILE: Final = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP)


def data_sync(descriptor: int) -> None:
    """Make what was written, and the size, durable."""
    if hasattr(os, "fdatasync"):
        os.fdatasync(descriptor)
    else:
        os.fsync(descriptor)


def sync_directory_of(path: str, created: bool = False) -> None:
    """Make a creation, renaming or deletion in the directory of ``path`` durable.

    Args:
        created: whether it is the creation of a file that was synced itself.  What a directory has of it is then data,
            which takes less; so C SQLite does it.
    """
    try:
        descriptor = os.open(os.path.dirname(path) or ".", os.O_RDONLY)
    except OSError:
        return  # a directory that may be searched but not read cannot be synced
    try:
        if created:
            data_sync(descriptor)
        else:
            os.fsync(descriptor)
    except OSError as cause:
        if cause.errno != errno.EINVAL:  # a file system without such a thing
            raise io_error(cause, "SQLITE_IOERR_DIR_FSYNC") from cause
    finally:
        os.close(descriptor)


@final
class OsFile(File):
    """An open file of the operating system."""

    def __init__(self, descriptor: int, path: str, read_only: bool, created: bool, locking: bool) -> None:
        super().__init__()
        self._locking: Final = locking
        self.read_only = read_only
        self._descriptor = descriptor
        self._path = path
        self._unsynced_entry = created
        self._lock: FileLock | None = None
        self._identity: tuple[int, int] | None = None  # of the file, once it was asked for

    def read(self, offset: int, size: int) -> bytes:
        try:
            data: bytes = _PREAD(self._descriptor, size, offset)
            while 0 < len(data) < size:
                more = _PREAD(self._descriptor, size - len(data), offset + len(data))
                if not more:
                    break
                data += more
        except OSError as cause:
            raise io_error(cause, "SQLITE_IOERR_READ") from cause
        return data

    def write(self, offset: int, data: bytes) -> None:
        try:
            written: int = _PWRITE(self._descriptor, data, offset)
            while written < len(data):
                written += _PWRITE(self._descriptor, data[written:], offset + written)
        except OSError as cause:
            raise io_error(cause, "SQLITE_IOERR_WRITE") from cause

    def truncate(self, size: int) -> None:
        try:
            os.ftruncate(self._descriptor, size)
        except OSError as cause:
            raise io_error(cause, "SQLITE_IOERR_TRUNCATE") from cause

    def sync(self) -> None:
        try:
            data_sync(self._descriptor)
        except OSError as cause:
            raise io_error(cause, "SQLITE_IOERR_FSYNC") from cause
        if self._unsynced_entry:
            sync_directory_of(self._path, created=True)
            self._unsynced_entry = False

    def size(self) -> int:
        try:
            # No position matters here, and this is cheaper than an ``os.stat_result``.
            return os.lseek(self._descriptor, 0, os.SEEK_END)
        except OSError as cause:
            raise io_error(cause, "SQLITE_IOERR_FSTAT") from cause

    def lock(self, level: int) -> bool:
        return self._locks().lock(level)

    def unlock(self, level: int) -> None:
        if self._lock is not None:
            self._lock.unlock(level)

    def reserved(self) -> bool:
        return self._locks().reserved()

    def moved(self) -> bool:
        try:
            there = os.stat(self._path)
            if self._identity is None:
                here = os.fstat(self._descriptor)
                self._identity = (here.st_dev, here.st_ino)
        except OSError:
            return True
        return (there.st_dev, there.st_ino) != self._identity

    def after_fork(self) -> bool:
        """See ``File.after_fork``: locks belong to what was opened, which a child's descriptor shares."""
        inherited = self._descriptor
        self._descriptor = -1
        self._lock = None
        self._identity = None
        try:
            self._descriptor = os.open(self._path, (os.O_RDONLY if self.read_only else os.O_RDWR) | NO_FOLLOW)
            same = os.path.sameopenfile(self._descriptor, inherited)
        except OSError:
            same = False
        os.close(inherited)
        return same

    def close(self) -> None:
        if self._descriptor < 0:
            return
        descriptor = self._descriptor
        self._descriptor = -1
        try:
            if self._lock is None:
                close_unlocked(descriptor)
            else:
                self._lock.close(descriptor)
        except OSError:
            pass  # the descriptor is gone nevertheless, and what had to be durable was synced before

    def _locks(self) -> FileLock:
        if self._lock is None:
            self._lock = FileLock(range_locks(self._descriptor) if self._locking else NoLocks())
        return self._lock


@final
class OsVFS(VFS):
    """The operating system's files.

    Attributes:
        locking: whether they are locked at all; else it is the user who keeps others away.
    """

    def __init__(self, locking: bool = True) -> None:
        self.locking: Final = locking

    def open(self, path: str, create: bool = False, read_only: bool = False, like: str = "") -> File:
        try:
            mode = self._kind(path)
        except (OSError, ValueError) as cause:  # ValueError: a path that cannot be one
            raise storage_error("SQLITE_CANTOPEN") from cause
        if mode < 0 and create and not read_only:
            return OsFile(self._create(path, like), path, False, True, self.locking)
        if mode >= 0 and not stat.S_ISREG(mode):
            # A directory, say; opening a pipe would even wait for its other end.
            raise storage_error("SQLITE_CANTOPEN")
        if not read_only:
            try:
                return OsFile(os.open(path, os.O_RDWR | NO_FOLLOW), path, False, False, self.locking)
            except OSError as cause:
                if cause.errno not in READ_ONLY_ERRORS:
                    raise open_error(cause) from cause
        try:
            return OsFile(os.open(path, os.O_RDONLY | NO_FOLLOW), path, True, False, self.locking)
        except OSError as cause:
            raise open_error(cause) from cause

    def open_temporary(self) -> File:
        try:
            descriptor, path = new_temporary()
            os.unlink(path)
        except OSError as cause:
            if cause.errno == errno.ENOSPC:
                raise open_error(cause) from cause
            raise storage_error("SQLITE_CANTOPEN_NOTEMPDIR") from cause
        return OsFile(descriptor, path, False, False, self.locking)

    def shares_memory(self) -> bool:
        return self.locking and open_file_locks()

    def share_memory(self, path: str, like: str) -> SharedMemory | None:
        descriptor, read_only = self._open_shared(path, like)
        try:
            locks = range_locks(descriptor, SHARED_MEMORY_RANGES) if self.locking else NoLocks()
        except BaseException:
            os.close(descriptor)
            raise
        if isinstance(locks, ProcessLocks):
            # Closing one mapping would drop the locks that other connections of this process have.
            locks.close(descriptor)
            raise not_supported("shared memory on a platform without open-file-description locks")
        memory = MappedMemory(descriptor, path, locks, read_only)
        joined = False
        try:
            joined = memory.join()
        finally:
            if not joined:
                memory.close()
        return memory if joined else None

    def _open_shared(self, path: str, like: str) -> tuple[int, bool]:
        """Open a file of shared memory, or create it; its descriptor, and whether it can only be read."""
        try:
            return self._create(path, like), False
        except Error:
            try:
                return os.open(path, os.O_RDONLY | NO_FOLLOW), True
            except OSError as cause:
                raise storage_error("SQLITE_CANTOPEN") from cause

    def delete(self, path: str, sync_directory: bool = False) -> None:
        try:
            os.unlink(path)
        except FileNotFoundError:
            return
        except OSError as cause:
            raise io_error(cause, "SQLITE_IOERR_DELETE") from cause
        if sync_directory:
            sync_directory_of(path)

    def exists(self, path: str) -> bool:
        return os.access(path, os.F_OK)

    def size(self, path: str) -> int:
        try:
            return os.stat(path).st_size
        except OSError as cause:
            if cause.errno in NO_SUCH_FILE:
                return -1
            raise io_error(cause, "SQLITE_IOERR_ACCESS") from cause

    def full_path(self, path: str) -> str:
        try:
            return os.path.realpath(path)
        except (OSError, ValueError) as cause:
            raise storage_error("SQLITE_CANTOPEN") from cause

    def random(self, size: int) -> bytes:
        return os.urandom(size)

    def sleep(self, milliseconds: int) -> None:
        time.sleep(milliseconds / 1000)

    def _kind(self, path: str) -> int:
        """The ``st_mode`` of what is at ``path``, -1 where nothing is."""
        if not os.access(path, os.F_OK):  # which is sooner answered than by an exception
            return -1
        try:
            return os.stat(path).st_mode
        except FileNotFoundError:
            return -1

    def _create(self, path: str, like: str) -> int:
        """Create a file, or open the one that is there; returns its descriptor."""
        model = os.stat(like) if like else None
        mode = stat.S_IMODE(model.st_mode) if model is not None else 0o644
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | NO_FOLLOW, mode)
        except OSError as cause:
            if like and cause.errno in READ_ONLY_ERRORS:
                raise storage_error("SQLITE_READONLY_DIRECTORY") from cause
            raise open_error(cause) from cause
        if model is not None:
            self._take_over(descriptor, model)
        return descriptor

    def _take_over(self, descriptor: int, model: os.stat_result) -> None:
        """Give a journal the rights and the owner of its database, so that whoever may write one may undo it."""
        try:
            os.fchmod(descriptor, stat.S_IMODE(model.st_mode))
            if os.geteuid() == 0:
                os.fchown(descriptor, model.st_uid, model.st_gid)
        except OSError:
            pass  # some file systems know no rights
