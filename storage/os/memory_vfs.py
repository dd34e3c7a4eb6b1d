"""Files in memory: private databases, journals that need not survive, and a platform for tests.

``MemoryVFS`` behaves like a disk that many connections share: files have names, and locks exclude each other
as they do between processes.
"""

from __future__ import annotations

import os
import posixpath
import time
from typing import Final, final

from mypy_extensions import mypyc_attr

from foundrydb.storage.os.shared_memory import LOCK_COUNT, REGION_SIZE, SharedMemory
from foundrydb.storage.os.vfs import NONE, PENDING, RESERVED, SHARED, VFS, File, storage_error

_WHOLE: Final = 1 << 16
"""So many bytes, written to an empty file at once, may be all that is ever written there."""


@final
class Store:
    """The bytes of one file in memory, and who holds its locks.

    What is written to an empty file at once, as by ``deserialize``, stays the bytes that it is until the first change.
    """

    def __init__(self) -> None:
        self.handles: list[MemoryFile] = []
        self._first = b""
        self._data: bytearray | None = bytearray()

    def size(self) -> int:
        """How many bytes there are."""
        data = self._data
        return len(self._first) if data is None else len(data)

    def part(self, start: int, stop: int) -> bytes:
        """Some of the bytes; fewer at the end."""
        data = self._data
        if data is None:
            return self._first[start:stop]
        return memoryview(data)[start:stop].tobytes()

    def fill(self, data: bytes) -> None:
        """Let an empty file have these bytes."""
        self._first = bytes(data)
        self._data = None

    def changing(self) -> bytearray:
        """The bytes, to be changed."""
        data = self._data
        if data is None:
            data = self._data = bytearray(self._first)
            self._first = b""
        return data

    def strongest(self, besides: MemoryFile) -> int:
        """The strongest lock that another handle holds."""
        level = NONE
        for handle in self.handles:
            if handle is not besides and handle.level > level:
                level = handle.level
        return level


@final
class MemoryFile(File):
    """A handle on a file in memory."""

    def __init__(self, store: Store, read_only: bool = False) -> None:
        super().__init__()
        self.read_only = read_only
        self.level = NONE
        self._store = store
        store.handles.append(self)

    def read(self, offset: int, size: int) -> bytes:
        return self._store.part(offset, offset + size)

    def write(self, offset: int, data: bytes) -> None:
        if offset == 0 and len(data) >= _WHOLE and self._store.size() == 0:
            self._store.fill(data)
            return
        store = self._store.changing()
        if offset > len(store):
            store.extend(bytes(offset - len(store)))
        if offset == len(store):
            store.extend(data)  # which makes no copy of it
        else:
            store[offset : offset + len(data)] = data

    def truncate(self, size: int) -> None:
        store = self._store.changing()
        if size < len(store):
            del store[size:]
        else:
            store.extend(bytes(size - len(store)))

    def sync(self) -> None:
        pass

    def size(self) -> int:
        return self._store.size()

    def lock(self, level: int) -> bool:
        if level <= self.level:
            return True
        others = self._store.strongest(self)
        if level == SHARED:
            granted = others < PENDING
        elif level == RESERVED:
            granted = others < RESERVED
        else:
            granted = others == NONE
            if not granted and self.level == RESERVED:
                self.level = PENDING
        if granted:
            self.level = level
        return granted

    def unlock(self, level: int) -> None:
        self.level = min(level, self.level)

    def reserved(self) -> bool:
        return self.level >= RESERVED or self._store.strongest(self) >= RESERVED

    def close(self) -> None:
        self.level = NONE
        if self in self._store.handles:
            self._store.handles.remove(self)


@final
class SharedStore:
    """The shared memory of one database in memory, and who has it open."""

    def __init__(self) -> None:
        self.regions: list[bytearray] = []
        self.users: list[LocalMemory] = []


@mypyc_attr(allow_interpreted_subclasses=True)
class LocalMemory(SharedMemory):
    """One connection's part in shared memory that does not leave the process."""

    def __init__(self, store: SharedStore) -> None:
        super().__init__()
        self._store: Final = store
        self._held = [0] * LOCK_COUNT  # 1 for a shared lock, 2 for an exclusive one
        if not store.users:
            store.regions.clear()
        store.users.append(self)

    def map(self, region: int, extend: bool) -> memoryview | None:
        regions = self._store.regions
        while extend and len(regions) <= region:
            regions.append(bytearray(REGION_SIZE))
        return memoryview(regions[region]) if region < len(regions) else None

    def lock(self, first: int, count: int, exclusive: bool) -> bool:
        most = 0 if exclusive else 1  # that others may hold
        for user in self._store.users:
            if user is not self and max(user._held[first : first + count]) > most:
                return False
        self._hold(first, count, 2 if exclusive else 1)
        return True

    def unlock(self, first: int, count: int) -> None:
        self._hold(first, count, 0)

    def _hold(self, first: int, count: int, kind: int) -> None:
        for which in range(first, first + count):
            self._held[which] = kind

    def barrier(self) -> None:
        pass

    def close(self, delete: bool = False) -> None:
        self._hold(0, LOCK_COUNT, 0)
        if self in self._store.users:
            self._store.users.remove(self)


def private_memory() -> SharedMemory:
    """Memory that is shared with nobody."""
    return LocalMemory(SharedStore())


def memory_file() -> File:
    """A file in memory that nobody else sees."""
    return MemoryFile(Store())


@final
class MemoryVFS(VFS):
    """Named files in memory, gone with this object."""

    def __init__(self) -> None:
        self.files: Final[dict[str, Store]] = {}
        self._shared: Final[dict[str, SharedStore]] = {}

    def open(self, path: str, create: bool = False, read_only: bool = False, like: str = "") -> File:
        store = self.files.get(path)
        if store is None:
            if not create:
                raise storage_error("SQLITE_CANTOPEN")
            store = Store()
            self.files[path] = store
        return MemoryFile(store, read_only)

    def open_temporary(self) -> File:
        return memory_file()

    def shares_memory(self) -> bool:
        """See ``VFS.shares_memory``: a database in memory gains nothing by a log, and C SQLite's have none."""
        return False

    def share_memory(self, path: str, like: str) -> SharedMemory | None:
        return LocalMemory(self._shared.setdefault(path, SharedStore()))

    def delete(self, path: str, sync_directory: bool = False) -> None:
        self.files.pop(path, None)

    def exists(self, path: str) -> bool:
        return path in self.files

    def size(self, path: str) -> int:
        store = self.files.get(path)
        return -1 if store is None else store.size()

    def full_path(self, path: str) -> str:
        return posixpath.normpath("/" + path)

    def survives_power_loss(self) -> bool:
        return False

    def random(self, size: int) -> bytes:
        return os.urandom(size)

    def sleep(self, milliseconds: int) -> None:
        time.sleep(milliseconds / 1000)
