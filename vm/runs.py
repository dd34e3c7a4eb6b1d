"""Sorted runs in a temporary file, and their merge.

A run is a sequence of records (:mod:`foundrydb.storage.record`), each after its length:

====== ============================
bytes  meaning
====== ============================
4      length n, big-endian
n      the record
====== ============================

Runs are merged a batch at a time, not row by row.  Of each run a block of rows is in memory.  No row that is still in
the file can come before the least of the blocks' last rows, so all rows up to that one can be sorted and handed out:
Python's sort sees that they are a few ascending sequences, and merges those at the speed of C.
"""

from __future__ import annotations

from typing import Final, final

from librt.strings import BytesWriter, read_i32_be, write_i32_be
from mypy_extensions import i64

from foundrydb.storage.record import ZERO_AND_ONE_FORMAT, decode_fields
from foundrydb.storage.values import KeyInfo
from foundrydb.storage.vfs import File
from foundrydb.vm.ordering import Row, sort_rows
from foundrydb.vm.packing import pack_row

BLOCK: Final = 65536
"""Bytes that are written at a time, and the most of a run that is read at a time."""

LEAST_BLOCK: Final = 2048
"""The least of a run that is read at a time, however many there are."""

_ALL: Final = 1 << 30
"""More fields than a row has."""

_UNPACKED: Final = 8
"""About how many times more memory rows take than their records."""


@final
class Run:
    """A sorted run in the temporary file.

    Attributes:
        rank: its number: of equal rows, those of a lower rank went into the sorter first.
        rows: the block of rows that is in memory; those before ``at`` are taken.
    """

    def __init__(self, file: File, start: int, end: int, encoding: int, rank: int, block: int) -> None:
        self.rank: Final = rank
        self.rows: list[Row] = []
        self.at: i64 = 0
        self._file: Final = file
        self._offset: i64 = start
        self._end: Final[i64] = end
        self._encoding: Final[i64] = encoding
        self._block: Final[i64] = block

    def ended(self) -> bool:
        """Whether no rows are left in the file."""
        return self._offset >= self._end

    def fill(self) -> None:
        """Read the next block of rows, one row at least; none is left of the one before."""
        size = min(self._block, self._end - self._offset)
        data = self._file.read(int(self._offset), int(size))
        first: i64 = i64(read_i32_be(data, 0)) + 4
        if first > size:
            size = first
            data = self._file.read(int(self._offset), int(size))
        rows: list[Row] = []
        at: i64 = 0
        while at + 4 <= size:
            length: i64 = i64(read_i32_be(data, at))
            if at + 4 + length > size:
                break
            rows.append(tuple(decode_fields(data, at + 4, length, _ALL, self._encoding)))
            at += 4 + length
        self._offset += at
        self.rows = rows
        self.at = 0


@final
class RunWriter:
    """Writes one run to the temporary file, block by block."""

    def __init__(self, file: File, offset: int, encoding: int) -> None:
        self.end = offset
        self._file: Final = file
        self._encoding: Final = encoding
        self._buffer = BytesWriter()

    def add(self, row: Row) -> None:
        """Append a row."""
        record = pack_row(row, self._encoding, ZERO_AND_ONE_FORMAT)
        write_i32_be(self._buffer, len(record))
        self._buffer.write(record)
        if len(self._buffer) >= BLOCK:
            self.flush()

    def flush(self) -> None:
        """Write what is still in the buffer."""
        data = self._buffer.getvalue()
        self._file.write(self.end, data)
        self.end += len(data)
        self._buffer = BytesWriter()


@final
class Merge:
    """The rows of several runs in one order.

    Args:
        bounds: the runs' first and last offsets in the file, in the order of their ranks.
        budget: bytes of memory for the blocks of all runs.
    """

    def __init__(
        self, file: File, bounds: list[int], encoding: int, keys: KeyInfo, fields: int, budget: int
    ) -> None:
        self._keys: Final = keys
        self._fields: Final = fields
        count = len(bounds) // 2
        block = min(max(budget // (_UNPACKED * max(count, 1)), LEAST_BLOCK), BLOCK)
        self._runs = [Run(file, bounds[2 * i], bounds[2 * i + 1], encoding, i, block) for i in range(count)]

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


def compare_rows(a: Row, b: Row, keys: KeyInfo, fields: int) -> int:
    """Order two rows by their first ``fields`` fields."""
    for i in range(fields):
        order = keys.compare_field(i, a[i], b[i])
        if order != 0:
            return order
    return 0
