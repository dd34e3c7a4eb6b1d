"""Temporary files that stay in memory while they are small."""

from __future__ import annotations

from typing import Final, final

from foundrydb.storage.os.memory_vfs import memory_file
from foundrydb.storage.os.vfs import EXCLUSIVE, VFS, File

SPILL_BYTES: Final = 1 << 20
"""How large a ``SpillFile`` grows in memory before it moves to the disk."""


@final
class SpillFile(File):
    """A temporary file that lives in memory until it is larger than ``bound`` bytes, then on the disk."""

    def __init__(self, vfs: VFS, bound: int = SPILL_BYTES) -> None:
        super().__init__()
        self._vfs = vfs
        self._bound = bound
        self._file = memory_file()
        self.on_disk = False

    def read(self, offset: int, size: int) -> bytes:
        return self._file.read(offset, size)

    def write(self, offset: int, data: bytes) -> None:
        if not self.on_disk and offset + len(data) > self._bound:
            self._spill()
        self._file.write(offset, data)

    def truncate(self, size: int) -> None:
        self._file.truncate(size)

    def sync(self) -> None:
        pass

    def size(self) -> int:
        return self._file.size()

    def lock(self, level: int) -> bool:
        return level <= EXCLUSIVE

    def unlock(self, level: int) -> None:
        pass

    def reserved(self) -> bool:
        return False

    def after_fork(self) -> bool:
        return not self.on_disk

    def close(self) -> None:
        self._file.close()

    def _spill(self) -> None:
        temporary = self._vfs.open_temporary()
        try:
            offset = 0
            while chunk := self._file.read(offset, 1 << 16):
                temporary.write(offset, chunk)
                offset += len(chunk)
        except BaseException:
            temporary.close()
            raise
        self._file.close()
        self._file = temporary
        self.on_disk = True
