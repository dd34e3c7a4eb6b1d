"""Sorted runs in a temporary file, and their merge.

A run is a sequence of pieces, each after its length:

====== ====================================
bytes  meaning
====== ====================================
8      length n, big-endian
n      a list of rows (``packing``)
====== ====================================

Runs are merged a batch at a time, not row by row.  Of each run a block of rows is in memory.  No row that is still in
the file can come before the least of the blocks' last rows, so all rows up to that one can be sorted and handed out:
Python's sort sees that they are a few ascending sequences, and merges those at the speed of C.
"""

from __future__ import annotations

from typing import Final, final

from librt.strings import BytesWriter, read_i64_be, write_i64_be
from mypy_extensions import i64

from foundrydb.storage.format.values import KeyInfo
from foundrydb.storage.os.vfs import File
from foundrydb.vm.sorting.packing import pack, unpack
from foundrydb.vm.sorting.row_sort import Row, compare_rows, sort_rows

BLOCK: Final = 65536
"""Bytes that are written at a time, and the most of a run that is read at a time."""

LEAST_BLOCK: Final = 1024
"""The least of a run that is read at a time, however many there are."""

UNPACKED: Final = 8
"""About how many times more memory rows take than in the file."""

_PIECE: Final = LEAST_BLOCK * UNPACKED
"""About how much memory the rows of a piece take."""

_LENGTH: Final = 8
"""The bytes of a piece's length."""


@final
class Run:
    """A sorted run in the temporary file.

    Attributes:
        rank: its number: of equal rows, those of a lower rank went into the sorter first.
        rows: the block of rows that is in memory; those before ``at`` are taken.
    """

    def __init__(self, file: File, start: int, end: int, rank: int, block: int) -> None:
        self.rank: Final = rank
        self.rows: list[Row] = []
        self.at: i64 = 0
        self._file: Final = file
        self._offset: i64 = start
        self._end: Final[i64] = end
        self._block: Final[i64] = block

    def ended(self) -> bool:
        """Whether no rows are left in the file."""
        return self._offset >= self._end

    def fill(self) -> None:
        """Read the next block of rows, one row at least; none is left of the one before."""
        size = min(self._block, self._end - self._offset)
        data = self._file.read(int(self._offset), int(size))
        first = read_i64_be(data, 0) + _LENGTH
        if first > size:
            size = first
            data = self._file.read(int(self._offset), int(size))
        rows: list[Row] = []
        at: i64 = 0
        while at + _LENGTH <= size:
            end = at + _LENGTH + read_i64_be(data, at)
            if end > size:
                break
            rows += unpack(data[at + _LENGTH : end])
            at = end
        self._offset += at
        self.rows = rows
        self.at = 0


def write_rows(file: File, offset: int, rows: list[Row], size: i64) -> int:
    """Write the next rows of a run, of about so many bytes of memory each, to the file; returns where they end."""
    count: i64 = len(rows)
    step = max(_PIECE // max(size, 1), 1)
    buffer = BytesWriter()
    at: i64 = 0
    while at < count:
        piece = pack(rows[at : at + step])
        write_i64_be(buffer, len(piece))
        buffer.write(piece)
        at += step
        if len(buffer) >= BLOCK or at >= count:
            data = buffer.getvalue()
            file.write(offset, data)
            offset += len(data)
            buffer = BytesWriter()
    return offset


@final
class Merge:
    """The rows of several runs in one order.

    Args:
        bounds: the runs' first and last offsets in the file, in the order of their ranks.
        budget: bytes of memory for the blocks of all runs.
    """

    def __init__(self, file: File, bounds: list[int], keys: KeyInfo, fields: int, budget: int) -> None:
        self._keys: Final = keys
        self._fields: Final = fields
        count = len(bounds) // 2
        block = min(max(budget // (UNPACKED * max(count, 1)), LEAST_BLOCK), BLOCK)
        self._runs = [Run(file, bounds[2 * i], bounds[2 * i + 1], i, block) for i in range(count)]

    def next(self) -> list[Row]:
        """The next rows in order; empty after the last ones."""
        live: list[Run] = []
        for run in self._runs:
            if run.at >= len(run.rows):
                if run.ended():
                    continue
                run.fill()
            live.append(run)
        self._runs = live
        last = self._least_last(live)
        batch: list[Row] = []
        for run in live:
            stop: i64 = len(run.rows)
            if last is not None and run is not last:
                stop = self._rows_up_to(run, last)
            batch += run.rows[run.at : stop]
            run.at = stop
        return sort_rows(batch, self._keys, self._fields) if len(live) > 1 else batch

    def _least_last(self, runs: list[Run]) -> Run | None:
        """Of the runs that have more rows in the file the one whose block ends first; None where there is none."""
        least: Run | None = None
        for run in runs:
            if run.ended():
                continue
            if least is not None:
                ends = run.rows[len(run.rows) - 1]
                if compare_rows(ends, least.rows[len(least.rows) - 1], self._keys, self._fields) >= 0:
                    continue
            least = run
        return least

    def _rows_up_to(self, run: Run, last: Run) -> i64:
        """Where the rows of ``run`` end that come before what follows the block of ``last``.

        Equal rows do if they are of a lower rank.
        """
        bound = last.rows[len(last.rows) - 1]
        equal = run.rank < last.rank
        low = run.at
        high: i64 = len(run.rows)
        while low < high:
            middle = (low + high) >> 1
            order = compare_rows(run.rows[middle], bound, self._keys, self._fields)
            if order < 0 or (order == 0 and equal):
                low = middle + 1
            else:
                high = middle
        return low
