"""A disk that loses power, and one that fails: simulated file systems for the crash tests.

What was written and not synced may or may not have reached a ``Disk`` when the power goes, sector by sector, in
any order, some sectors torn.  Creations and deletions of files reach it in their order, but how many of them
did is open until the directory is synced.

Any call can be made to fail, once or from then on.  A sync that fails may have lost what it was to make durable, as
Linux does: later syncs succeed without it, and reading finds it only as long as it stays in the system's memory.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any
from unittest import mock

import foundrydb
from foundrydb.errors import Error
from foundrydb.storage.os.memory_vfs import LocalMemory, SharedStore
from foundrydb.storage.os.shared_memory import SharedMemory
from foundrydb.storage.os.vfs import EXCLUSIVE, NONE, PENDING, RESERVED, SHARED, VFS, File, storage_error
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.database import Database

SECTOR = 512

CHANGES = frozenset({"write", "cut", "sync", "create", "delete"})
"""The calls that change the disk."""
EVERY_CALL = CHANGES | {"read", "open", "size", "lock", "unlock", "map"}

OWN_CODE = ""
"""For ``Disk.fault``: the code that the operating system's file would give."""
OUT_OF_MEMORY = "memory"
"""For ``Disk.fault``: not an error of the disk's, but no memory for the call."""

_OWN_CODES = {
    "write": "SQLITE_IOERR_WRITE",
    "cut": "SQLITE_IOERR_TRUNCATE",
    "sync": "SQLITE_IOERR_FSYNC",
    "create": "SQLITE_CANTOPEN",
    "delete": "SQLITE_IOERR_DELETE",
    "read": "SQLITE_IOERR_READ",
    "open": "SQLITE_CANTOPEN",
    "size": "SQLITE_IOERR_FSTAT",
    "lock": "SQLITE_IOERR_LOCK",
    "unlock": "SQLITE_IOERR_UNLOCK",
    "map": "SQLITE_IOERR_SHMMAP",
}


class PowerLoss(BaseException):
    """The process is gone from here on."""


class Inode:
    """A file's durable bytes, and what was done to it since: (offset, data), or (size, None) for a cut."""

    def __init__(self, data: bytes = b"") -> None:
        self.durable = bytearray(data)
        self.current = bytearray(data)
        self.pending: list[tuple[int, bytes | None]] = []
        self.handles: list[DiskFile] = []

    def do(self, offset: int, data: bytes | None) -> None:
        """Write, or with None cut."""
        change(self.current, offset, data)
        self.pending.append((offset, data))

    def settle(self) -> None:
        """Make what was done durable."""
        for offset, data in self.pending:
            change(self.durable, offset, data)
        self.pending.clear()

    def lose(self, evicted: bool) -> None:
        """Never make it durable; where it has left the memory too, what was there before is read again."""
        self.pending.clear()
        if evicted:
            size = len(self.current)
            self.current = bytearray(self.durable)
            resize(self.current, size)

    def survivor(self, chance: random.Random, in_order: bool, sector: int) -> bytes:
        """The bytes that a loss of power leaves."""
        data = bytearray(self.durable)
        keep = chance.random()
        if in_order:
            for offset, written in self.pending[: chance.randint(0, len(self.pending))]:
                change(data, offset, written)
            return bytes(data)
        for offset, written in self.pending:
            if written is None:
                if chance.random() < keep:
                    resize(data, offset)
                continue
            start = offset
            while start < offset + len(written):
                end = min(start - start % sector + sector, offset + len(written))
                if chance.random() < keep:
                    stop = chance.randint(start, end) if chance.random() < 0.1 else end
                    put(data, start, written[start - offset : stop - offset])
                start = end
        return bytes(data)


def change(data: bytearray, offset: int, new: bytes | None) -> None:
    """Write, or with None cut."""
    if new is None:
        resize(data, offset)
    else:
        put(data, offset, new)


def put(data: bytearray, offset: int, new: bytes) -> None:
    """Overwrite bytes, growing with zeros."""
    if new:
        resize(data, max(len(data), offset))
        data[offset : offset + len(new)] = new


def resize(data: bytearray, size: int) -> None:
    """Cut or grow with zeros."""
    if len(data) > size:
        del data[size:]
    else:
        data.extend(bytes(size - len(data)))


class Disk(VFS):
    """A simulated disk.

    Attributes:
        counted: the kinds of calls that are counted, and among which one fails or the power goes.
        operations: how many there were.
        crash_at: the number of the operation at which the power goes, 0 for never.
        fail_at: the number of the operation that fails, 0 for none, and ``fail_for`` how many from it on.
        failed: how many have failed.
        fault: the result code of the failure, ``OWN_CODE`` or ``OUT_OF_MEMORY``.
        forgetful: whether a sync that fails loses what it was to make durable.
        in_order: whether the writes to one file reach it in their order, each whole.
        sector: how many bytes reach it together.
        chance: so many random bytes.
        tears: whether a write that fails, or before which the power goes, may have got through in part.
    """

    def __init__(
        self, files: dict[str, bytes] | None = None, in_order: bool = False, sector: int = SECTOR
    ) -> None:
        super().__init__()
        self.in_order = in_order
        self.sector = sector
        self.tears = True
        self.chance: Callable[[int], bytes] = random.randbytes
        self.names = {name: Inode(data) for name, data in (files or {}).items()}
        self.durable_names = dict(self.names)
        self.renamings: list[tuple[str, Inode | None]] = []
        self.shared: dict[str, SharedStore] = {}
        self.counted = CHANGES
        self.operations = 0
        self.crash_at = 0
        self.fail_at = 0
        self.fail_for = 1
        self.failed = 0
        self.fault = "SQLITE_FULL"
        self.forgetful = False
        self.log: list[str] = []

    def connect(self, path: str = "db", **options: Any) -> foundrydb.Connection:
        """A connection whose files are here, in autocommit mode; it does not wait for locks."""
        with mock.patch(
            "foundrydb.api.connection.open_database", lambda target: Database(Pager(self, target.path))
        ):
            connection = foundrydb.connect(path, isolation_level=None, timeout=0, **options)
        connection.engine.vfs = self
        return connection

    def count(self, kind: str, path: str) -> None:
        """One more call."""
        if kind not in self.counted:
            return
        self.operations += 1
        self.log.append(f"{kind} {path}")
        if 0 < self.crash_at <= self.operations:
            raise PowerLoss
        if 0 < self.fail_at <= self.operations < self.fail_at + self.fail_for:
            self.failed += 1
            if self.fault == OUT_OF_MEMORY:
                raise MemoryError
            raise storage_error(self.fault or _OWN_CODES[kind])

    def after_power_loss(self, chance: random.Random) -> dict[str, bytes]:
        """The files that are there when the power is back."""
        names = dict(self.durable_names)
        for name, inode in self.renamings[: chance.randint(0, len(self.renamings))]:
            rename(names, name, inode)
        return {name: inode.survivor(chance, self.in_order, self.sector) for name, inode in names.items()}

    def files(self) -> dict[str, bytes]:
        """The files as they are for who reads them now."""
        return {name: bytes(inode.current) for name, inode in self.names.items()}

    def sync_directory(self) -> None:
        self.durable_names = dict(self.names)
        self.renamings.clear()

    def open(self, path: str, create: bool = False, read_only: bool = False, like: str = "") -> File:
        inode = self.names.get(path)
        if inode is None:
            if not create:
                raise storage_error("SQLITE_CANTOPEN")
            self.count("create", path)
            inode = Inode()
            self.names[path] = inode
            self.renamings.append((path, inode))
        else:
            self.count("open", path)
        return DiskFile(self, inode, path)

    def open_temporary(self) -> File:
        self.count("open", "temporary")
        return DiskFile(self, Inode(), "temporary")

    def share_memory(self, path: str, like: str) -> SharedMemory | None:
        self.count("open", path)
        return DiskMemory(self, self.shared.setdefault(path, SharedStore()), path)

    def delete(self, path: str, sync_directory: bool = False) -> None:
        if path in self.names:
            self.count("delete", path)
            del self.names[path]
            self.renamings.append((path, None))
        if sync_directory:
            self.sync_directory()

    def exists(self, path: str) -> bool:
        return path in self.names

    def size(self, path: str) -> int:
        self.count("size", path)
        inode = self.names.get(path)
        return -1 if inode is None else len(inode.current)

    def full_path(self, path: str) -> str:
        return path

    def random(self, size: int) -> bytes:
        return self.chance(size)

    def sleep(self, milliseconds: int) -> None:
        raise AssertionError("nobody to wait for")


def rename(names: dict[str, Inode], name: str, inode: Inode | None) -> None:
    """Carry out a creation, or with None a deletion."""
    if inode is None:
        names.pop(name, None)
    else:
        names[name] = inode


class DiskFile(File):
    """A file of a ``Disk``, open."""

    def __init__(self, disk: Disk, inode: Inode, path: str) -> None:
        super().__init__()
        self.disk = disk
        self.inode = inode
        self.path = path
        self.level = NONE
        inode.handles.append(self)

    def read(self, offset: int, size: int) -> bytes:
        self.disk.count("read", self.path)
        return bytes(self.inode.current[offset : offset + size])

    def write(self, offset: int, data: bytes) -> None:
        try:
            self.disk.count("write", self.path)
        except (PowerLoss, Error):
            if self.disk.tears:
                self.inode.do(offset, data[: random.randint(0, len(data))])
            raise
        self.inode.do(offset, data)

    def truncate(self, size: int) -> None:
        self.disk.count("cut", self.path)
        self.inode.do(size, None)

    def sync(self) -> None:
        try:
            self.disk.count("sync", self.path)
        except Error:
            if self.disk.forgetful:
                self.inode.lose(evicted=random.random() < 0.5)
            raise
        self.inode.settle()
        if self.disk.durable_names.get(self.path) is not self.inode:
            self.disk.sync_directory()

    def size(self) -> int:
        self.disk.count("size", self.path)
        return len(self.inode.current)

    def lock(self, level: int) -> bool:
        if level <= self.level:
            return True
        self.disk.count("lock", self.path)
        others = max((other.level for other in self.inode.handles if other is not self), default=NONE)
        granted = others == NONE
        if level == SHARED:
            granted = others < PENDING
        elif level == RESERVED:
            granted = others < RESERVED
        if granted:
            self.level = level
        elif level == EXCLUSIVE and self.level == RESERVED:
            self.level = PENDING
        return granted

    def unlock(self, level: int) -> None:
        if level < self.level:
            self.level = level
            self.disk.count("unlock", self.path)

    def reserved(self) -> bool:
        return any(handle.level >= RESERVED for handle in self.inode.handles)

    def close(self) -> None:
        self.level = NONE
        if self in self.inode.handles:
            self.inode.handles.remove(self)


class DiskMemory(LocalMemory):
    """Shared memory beside a ``Disk``: nothing of it outlives the process."""

    def __init__(self, disk: Disk, store: SharedStore, path: str) -> None:
        super().__init__(store)
        self.disk = disk
        self.path = path

    def map(self, region: int, extend: bool) -> memoryview | None:
        self.disk.count("map", self.path)
        return super().map(region, extend)

    def lock(self, first: int, count: int, exclusive: bool) -> bool:
        self.disk.count("lock", self.path)
        return super().lock(first, count, exclusive)

    def unlock(self, first: int, count: int) -> None:
        super().unlock(first, count)
        self.disk.count("unlock", self.path)
