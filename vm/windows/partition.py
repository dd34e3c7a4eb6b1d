"""The rows of one partition, by their number: in memory, and what is too much of them in a temporary file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import KeyInfo
from foundrydb.vm.sorting.row_blocks import RowBlocks
from foundrydb.vm.sorting.row_sort import Row, compare_rows, footprint

if TYPE_CHECKING:
    from foundrydb.vm.host import Host

_MOST: Final = 256
"""So many rows are written to the file, and read from it, together; fewer if they are large."""

_CACHED: Final = 32
"""How many blocks of rows are in memory at a time, those that were read last.  An end of a frame needs one or two."""


@final
class Partition:
    """Rows in the order in which they were added.

    Args:
        keys: how the fields compare by which the rows are ordered.
        first, end: which fields these are; rows that are equal in them are peers.
        budget: bytes of memory that the rows may take before they go to a file.

    Attributes:
        count: how many rows there are.
        encoding: of the databases: what the bytes of a blob are, where a number is asked for.
    """

    def __init__(self, host: Host, keys: KeyInfo, first: i64, end: i64, budget: int) -> None:
        self.count: i64 = 0
        self.encoding: Final = host.attached.encoding
        self._keys: Final = keys
        self._first: Final = first
        self._end: Final = end
        self._budget: Final[i64] = budget
        self._used: i64 = 0
        # The rows behind those in the file: all of them, while there is none.
        self._rows: list[Row] = []
        self._stored: i64 = 0
        # How many rows a block has; known once there is one.
        self._size: i64 = 0
        self._file: Final = RowBlocks(host.attached.temporary_file)
        self._blocks: dict[int, list[Row]] = {}
        # The two blocks that were read last: most functions look at the rows at one or two places.
        self._here: list[Row] = []
        self._here_start: i64 = 0
        self._there: list[Row] = []
        self._there_start: i64 = 0

    def add(self, row: Row) -> None:
        """Take in the next row."""
        self._rows.append(row)
        self.count += 1
        self._used += footprint(row)
        if self._used > self._budget and len(self._rows) >= self._size:
            self._spill()

    def _spill(self) -> None:
        """Write the rows in memory to the file, but those that make no whole block."""
        rows = self._rows
        if self._size == 0:
            self._size = max(1, min(_MOST, len(rows) // _CACHED))
        size = int(self._size)
        whole = len(rows) // size * size
        for at in range(0, whole, size):
            self._file.add(rows[at : at + size])
        self._stored += whole
        self._rows = rows[whole:]
        self._used = sum([footprint(row) for row in self._rows])

    def row(self, number: i64) -> Row:
        """A row by its number, from 0."""
        place = number - self._stored
        if place >= 0:
            return self._rows[place]
        place = number - self._here_start
        if place < 0 or place >= len(self._here):
            self._turn_to(number)
            place = number - self._here_start
        return self._here[place]

    def _turn_to(self, number: i64) -> None:
        """Have the block of a row be the one that was read last."""
        here = self._here
        start = self._here_start
        place = number - self._there_start
        if 0 <= place < len(self._there):
            self._here = self._there
            self._here_start = self._there_start
        else:
            self._here = self._block(int(number // self._size))
            self._here_start = number - number % self._size
        self._there = here
        self._there_start = start

    def _block(self, key: int) -> list[Row]:
        block = self._blocks.get(key)
        if block is None:
            block = self._file.read(key)
            if len(self._blocks) >= _CACHED:
                del self._blocks[next(iter(self._blocks))]
            self._blocks[key] = block
        return block

    def _alike(self, row: Row, other: Row) -> bool:
        """Whether two rows are alike in the fields of the order."""
        one = row[self._first]
        two = other[self._first]
        if isinstance(one, int) and isinstance(two, int):
            if one != two:
                return False
            if self._first + 1 == self._end:
                return True
        return compare_rows(row, other, self._keys, self._end, self._first) == 0

    def end_of_peers(self, first: i64) -> i64:
        """The number of the row behind the last peer of a row."""
        count = self.count
        if self._first == self._end:
            return count
        row = self.row(first)
        at = first + 1
        while at < count and self._alike(row, self.row(at)):
            at += 1
        return at

    def clear(self) -> None:
        """Forget all rows."""
        self._rows = []
        self._used = 0
        self._stored = 0
        self._size = 0
        self._file.clear()
        self._blocks = {}
        self._here = []
        self._there = []
        self.count = 0

    def close(self) -> None:
        """Give the memory and the temporary file back."""
        self.clear()
        self._file.close()
