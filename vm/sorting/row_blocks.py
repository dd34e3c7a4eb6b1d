"""Rows that do not fit into memory, in a temporary file: block by block, each found by its number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, final

from foundrydb.storage.os.vfs import File
from foundrydb.vm.sorting.packing import pack, unpack
from foundrydb.vm.sorting.row_sort import Row


@final
class RowBlocks:
    """Blocks of rows."""

    def __init__(self, make_file: Callable[[], File]) -> None:
        self._make_file: Final = make_file
        self._file: File | None = None
        self._ends: list[int] = []

    def __len__(self) -> int:
        return len(self._ends)

    def add(self, rows: list[Row]) -> None:
        """Write one more block."""
        file = self._file
        if file is None:
            file = self._make_file()
            self._file = file
        offset = self._ends[-1] if self._ends else 0
        data = pack(rows)
        file.write(offset, data)
        self._ends.append(offset + len(data))

    def read(self, number: int) -> list[Row]:
        """The rows of a block."""
        assert self._file is not None
        start = self._ends[number - 1] if number > 0 else 0
        return unpack(self._file.read(start, self._ends[number] - start))

    def clear(self) -> None:
        """Forget all blocks; their room in the file is used again."""
        self._ends = []

    def close(self) -> None:
        """Give the temporary file back."""
        self.clear()
        if self._file is not None:
            self._file.close()
            self._file = None
