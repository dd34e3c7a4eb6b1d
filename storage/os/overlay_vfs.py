"""Files of another VFS, and over them new ones: these stay in memory until they are kept.

What is there already is the other VFS's, and so is whatever belongs to it: its journal has to survive with it.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.storage.os.memory_vfs import MemoryVFS
from foundrydb.storage.os.shared_memory import SharedMemory
from foundrydb.storage.os.vfs import NONE, VFS, File


@final
class NewFile(File):
    """An open file that is in memory at first, and may move below while it is open."""

    def __init__(self, path: str, file: File) -> None:
        super().__init__()
        self.read_only = file.read_only
        self.path: Final = path
        self._file = file
        self._level = NONE

    def move(self, file: File) -> None:
        """Be that file from now on, with the lock that there was."""
        self._file.close()
        self._file = file
        if self._level > NONE:
            file.lock(self._level)

    def read(self, offset: int, size: int) -> bytes:
        return self._file.read(offset, size)

    def write(self, offset: int, data: bytes) -> None:
        self._file.write(offset, data)

    def truncate(self, size: int) -> None:
        self._file.truncate(size)

    def sync(self) -> None:
        self._file.sync()

    def size(self) -> int:
        return self._file.size()

    def lock(self, level: int) -> bool:
        granted = self._file.lock(level)
        if granted:
            self._level = max(self._level, level)
        return granted

    def unlock(self, level: int) -> None:
        self._file.unlock(level)
        self._level = min(self._level, level)

    def reserved(self) -> bool:
        return self._file.reserved()

    def moved(self) -> bool:
        return self._file.moved()

    def after_fork(self) -> bool:
        return self._file.after_fork()

    def close(self) -> None:
        self._file.close()


@final
class OverlayVFS(VFS):
    """New files in memory over the files of ``below``."""

    def __init__(self, below: VFS) -> None:
        self._below: Final = below
        self._new: Final = MemoryVFS()
        self._open: list[NewFile] = []
        self._ended = False

    # what becomes of the new ones -------------------------------------------------------------------------------

    def clear(self) -> None:
        """Forget the new files; none of them is open."""
        self._new.files.clear()
        self._open.clear()

    def keep(self) -> None:
        """Write the new files below, and make no more in memory.

        Raises:
            Error: one cannot be written.
        """
        self._ended = True
        for path, store in self._new.files.items():
            file = self._below.open(path, create=True)
            file.truncate(store.size())
            file.write(0, store.part(0, store.size()))
            file.sync()
            file.close()
        for each in self._open:
            if each.path in self._new.files:
                each.move(self._below.open(each.path))
        self.clear()

    # a VFS ------------------------------------------------------------------------------------------------------

    def _place(self, path: str) -> VFS:
        """Where a file is, if it is."""
        return self._new if self._new.exists(path) else self._below

    def _begins(self, path: str, like: str) -> bool:
        """Whether a file is to be a new one in memory.

        Raises:
            Error: it could not be made below, which is found out by making it.
        """
        if self._ended or self._below.exists(path):
            return False
        if like:
            return self._new.exists(like)
        self._below.open(path, create=True).close()
        self._below.delete(path)
        return True

    def open(self, path: str, create: bool = False, read_only: bool = False, like: str = "") -> File:
        if not self._new.exists(path) and not (create and self._begins(path, like)):
            return self._below.open(path, create, read_only, like)
        file = NewFile(path, self._new.open(path, create, read_only, like))
        self._open.append(file)
        return file

    def open_temporary(self) -> File:
        return self._below.open_temporary()

    def shares_memory(self) -> bool:
        return self._below.shares_memory()

    def share_memory(self, path: str, like: str) -> SharedMemory | None:
        return self._place(like).share_memory(path, like)

    def delete(self, path: str, sync_directory: bool = False) -> None:
        self._place(path).delete(path, sync_directory)

    def exists(self, path: str) -> bool:
        return self._place(path).exists(path)

    def size(self, path: str) -> int:
        return self._place(path).size(path)

    def full_path(self, path: str) -> str:
        return self._below.full_path(path)

    def survives_power_loss(self) -> bool:
        return self._below.survives_power_loss()

    def random(self, size: int) -> bytes:
        return self._below.random(size)

    def sleep(self, milliseconds: int) -> None:
        self._below.sleep(milliseconds)
