"""A disk that loses power, and one that fails: simulated file systems for the crash tests.

What was written and not synced may or may not have reached a ``Disk`` when the power goes, sector by sector, in
any order, some sectors torn.  Creations and deletions of files reach it in their order, but how many of them
did is open until the directory is synced.
"""

from __future__ import annotations

import random

from foundrydb.errors import Error
from foundrydb.storage.vfs import VFS, File, storage_error

SECTOR = 512


class PowerLoss(BaseException):
    """The process is gone from here on."""


class Inode:
    """A file's durable bytes, and what was done to it since: (offset, data), or (size, None) for a cut."""

    def __init__(self, data: bytes = b"") -> None:
        self.durable = bytearray(data)
        self.current = bytearray(data)
        self.pending: list[tuple[int, bytes | None]] = []

    def survivor(self, chance: random.Random, in_order: bool) -> bytes:
        """The bytes that a loss of power leaves."""
        data = bytearray(self.durable)
        keep = chance.random()
        if in_order:
            for offset, written in self.pending[: chance.randint(0, len(self.pending))]:
                if written is None:
                    resize(data, offset)
                else:
                    put(data, offset, written)
            return bytes(data)
        for offset, written in self.pending:
            if written is None:
                if chance.random() < keep:
                    resize(data, offset)
                continue
            start = offset
            while start < offset + len(written):
                end = min(start - start % SECTOR + SECTOR, offset + len(written))
                if chance.random() < keep:
                    stop = chance.randint(start, end) if chance.random() < 0.1 else end
                    put(data, start, written[start - offset : stop - offset])
                start = end
        return bytes(data)


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
        operations: how many writes, cuts, syncs, creations and deletions there were.
        crash_at: the number of the operation at which the power goes, 0 for never.
        fail_at: the number of the operation that fails, 0 for none, and ``fail_for`` how many from it on.
        fault: the result code of the failure.
        in_order: whether the writes to one file reach it in their order, each whole.
    """

    def __init__(self, files: dict[str, bytes] | None = None, in_order: bool = False) -> None:
        super().__init__()
        self.in_order = in_order
        self.names = {name: Inode(data) for name, data in (files or {}).items()}
        self.durable_names = dict(self.names)
        self.renamings: list[tuple[str, Inode | None]] = []
        self.operations = 0
        self.crash_at = 0
        self.fail_at = 0
        self.fail_for = 1
        self.fault = "SQLITE_FULL"
        self.log: list[str] = []

    def count(self, what: str) -> None:
        """One more operation that changes the disk."""
        self.operations += 1
        self.log.append(what)
        if 0 < self.crash_at <= self.operations:
            raise PowerLoss
        if 0 < self.fail_at <= self.operations < self.fail_at + self.fail_for:
            raise storage_error(self.fault)

    def after_power_loss(self, chance: random.Random) -> dict[str, bytes]:
        """The files that are there when the power is back."""
        names = dict(self.durable_names)
        for name, inode in self.renamings[: chance.randint(0, len(self.renamings))]:
            rename(names, name, inode)
        return {name: inode.survivor(chance, self.in_order) for name, inode in names.items()}

    def sync_directory(self) -> None:
        self.durable_names = dict(self.names)
        self.renamings.clear()

    def open(self, path: str, create: bool = False, read_only: bool = False, like: str = "") -> File:
        inode = self.names.get(path)
        if inode is None:
            if not create:
                raise storage_error("SQLITE_CANTOPEN")
            self.count("create " + path)
            inode = Inode()
            self.names[path] = inode
            self.renamings.append((path, inode))
        return DiskFile(self, inode, path)

    def open_temporary(self) -> File:
        return DiskFile(self, Inode(), "temporary")

    def delete(self, path: str, sync_directory: bool = False) -> None:
        if path in self.names:
            self.count("delete " + path)
            del self.names[path]
            self.renamings.append((path, None))
        if sync_directory:
            self.sync_directory()

    def exists(self, path: str) -> bool:
        return path in self.names

    def size(self, path: str) -> int:
        inode = self.names.get(path)
        return -1 if inode is None else len(inode.current)

    def full_path(self, path: str) -> str:
        return path

    def random(self, size: int) -> bytes:
        return random.randbytes(size)

    def sleep(self, milliseconds: int) -> None:
        raise AssertionError("nobody to wait for")


def rename(names: dict[str, Inode], name: str, inode: Inode | None) -> None:
    """Carry out a creation, or with None a deletion."""
    if inode is None:
        names.pop(name, None)
    else:
        names[name] = inode


class DiskFile(File):
    """A file of a ``Disk``; there is one connection, so that locks are always free."""

    def __init__(self, disk: Disk, inode: Inode, path: str) -> None:
        super().__init__()
        self.disk = disk
        self.inode = inode
        self.path = path

    def read(self, offset: int, size: int) -> bytes:
        return bytes(self.inode.current[offset : offset + size])

    def write(self, offset: int, data: bytes) -> None:
        try:
            self.disk.count("write " + self.path)
        except (PowerLoss, Error):
            part = data[: random.randint(0, len(data))]
            put(self.inode.current, offset, part)
            self.inode.pending.append((offset, part))
            raise
        put(self.inode.current, offset, data)
        self.inode.pending.append((offset, data))

    def truncate(self, size: int) -> None:
        self.disk.count("cut " + self.path)
        resize(self.inode.current, size)
        self.inode.pending.append((size, None))

    def sync(self) -> None:
        self.disk.count("sync " + self.path)
        self.inode.durable = bytearray(self.inode.current)
        self.inode.pending.clear()
        if self.disk.durable_names.get(self.path) is not self.inode:
            self.disk.sync_directory()

    def size(self) -> int:
        return len(self.inode.current)

    def lock(self, level: int) -> bool:
        return True

    def unlock(self, level: int) -> None:
        pass

    def reserved(self) -> bool:
        return False

    def close(self) -> None:
        pass
