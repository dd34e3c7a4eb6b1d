"""The sorter: rows go in in any order and come out by their key, in bounded memory.

Rows are kept in memory until they outgrow the budget; then they are sorted and written to a temporary file as a run.
At the end the runs are merged, reading each from the file a block at a time.  Equal rows come out in the order in
which they went in.

A run in the temporary file is a sequence of records (:mod:`foundrydb.storage.record`), each after its length:

====== ============================
bytes  meaning
====== ============================
4      length n, big-endian
n      the record
====== ============================
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from librt.strings import BytesWriter, read_i32_be, write_i32_be
from mypy_extensions import i64

from foundrydb.storage.record import decode, encode
from foundrydb.storage.values import KeyInfo, Value
from foundrydb.storage.vfs import File
from foundrydb.vm.ordering import Row, footprint, sort_rows
from foundrydb.vm.slots import Slot

if TYPE_CHECKING:
    from foundrydb.vm.host import Host

BLOCK: Final = 65536
"""Bytes of a run that are read or written at a time."""

_SLACK: Final = 100
"""How many rows more than twice the limit are kept before the tail is dropped."""


@final
class Run:
    """A sorted run in the temporary file, and how far it has been read.

    Attributes:
        row: the run's first row that is not taken yet.
        live: there is such a row.
    """

    def __init__(self, file: File, start: int, end: int, encoding: int, rank: int) -> None:
        self.rank: Final = rank
        self.row: Row = ()
        self.live = True
        self._file: Final = file
        self._offset = start
        self._end: Final = end
        self._encoding: Final = encoding
        self._block = b""
        self._at: i64 = 0

    def advance(self) -> bool:
        """Take the first row; whether there is another."""
        header = self._take(4)
        if len(header) < 4:
            self.live = False
            return False
        self.row = tuple(decode(self._take(i64(read_i32_be(header, 0))), self._encoding))
        return True

    def _take(self, size: i64) -> bytes:
        if self._at + size > len(self._block):
            rest = self._block[self._at :]
            want = min(max(BLOCK, size - len(rest)), self._end - self._offset)
            self._block = rest + self._file.read(self._offset, want)
            self._offset += want
            self._at = 0
        taken = self._block[self._at : self._at + size]
        self._at += size
        return taken


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
        record = encode(list(row), self._encoding)
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
class Sorter:
    """Sorts rows by the first ``fields`` of their values.

    Args:
        budget: bytes of memory that the rows may take before they go to a file.
        limit: only so many of the first rows will be taken, so that the others need not be kept; 0 for all.

    Attributes:
        bounded: enough rows are kept, and their last one's first field is an integer: see ``skips``.
    """

    def __init__(self, host: Host, budget: int, keys: KeyInfo, fields: int, limit: int = 0) -> None:
        self._limit: Final[i64] = limit
        self._worst: Row | None = None
        self._first_descends: Final = len(keys.descending) > 0 and keys.descending[0]
        self._bound: i64 = 0
        self._host: Final = host
        self._budget: Final[i64] = budget
        self._keys: Final = keys
        self._fields: Final = fields
        self._rows: list[Row] = []
        self._used: i64 = 0
        self._at: i64 = 0
        self._file: File | None = None
        self._file_end = 0
        self._bounds: Final[list[int]] = []
        self._heap: list[Run] = []
        self.count = 0
        self.bounded = False

    @property
    def runs(self) -> int:
        """How many runs were written to the file."""
        return len(self._bounds) // 2

    def add(self, row: Row) -> None:
        """Take a row in."""
        self.count += 1
        worst = self._worst
        if worst is not None and self._order(row, worst) >= 0:
            return
        self._rows.append(row)
        self._used += footprint(row)
        if self._used > self._budget:
            self._spill()
            self._worst = None
            self.bounded = False
        elif self._limit > 0 and len(self._rows) >= 2 * self._limit + _SLACK and self._file is None:
            self._drop_tail()

    def skips(self, first: i64) -> bool:
        """Whether a row whose first field is that integer comes after all that are kept; for a ``bounded`` sorter."""
        return first < self._bound if self._first_descends else first > self._bound

    def _drop_tail(self) -> None:
        """Keep the first ``limit`` rows only."""
        self._rows = sort_rows(self._rows, self._keys, self._fields)[: self._limit]
        worst = self._rows[self._limit - 1]
        self._worst = worst
        first = worst[0]
        self.bounded = isinstance(first, int)
        if isinstance(first, int):
            self._bound = first
        self._used = sum([footprint(row) for row in self._rows])

    def _order(self, a: Row, b: Row) -> int:
        for i in range(self._fields):
            order = self._keys.compare_field(i, a[i], b[i])
            if order != 0:
                return order
        return 0

    def _spill(self) -> None:
        file = self._file
        if file is None:
            file = self._host.temporary_file()
            self._file = file
        writer = RunWriter(file, self._file_end, self._host.encoding)
        for row in sort_rows(self._rows, self._keys, self._fields):
            writer.add(row)
        writer.flush()
        self._bounds.append(self._file_end)
        self._bounds.append(writer.end)
        self._file_end = writer.end
        self._rows = []
        self._used = 0

    def sort(self) -> None:
        """End the input; ``take`` gives the rows from now on."""
        if self._file is None:
            self._rows = sort_rows(self._rows, self._keys, self._fields)
            self._at = 0
            return
        if self._rows:
            self._spill()
        self._heap = []
        for i in range(0, len(self._bounds), 2):
            run = Run(self._file, self._bounds[i], self._bounds[i + 1], self._host.encoding, i)
            if run.advance():
                self._heap.append(run)
        for i in range(len(self._heap) // 2 - 1, -1, -1):
            self._sift(i)

    def take(self) -> Row | None:
        """The next row in order; None after the last one."""
        if self._file is not None:
            return self._take_merged()
        at = self._at
        if at >= len(self._rows):
            return None
        self._at = at + 1
        return self._rows[at]

    def _take_merged(self) -> Row | None:
        heap = self._heap
        if not heap:
            return None
        top = heap[0]
        row = top.row
        if not top.advance():
            heap[0] = heap[len(heap) - 1]
            heap.pop()
        self._sift(0)
        return row

    def _sift(self, at: i64) -> None:
        """Move the run at ``at`` down to its place in the heap."""
        heap = self._heap
        size: i64 = len(heap)
        while True:
            child = 2 * at + 1
            if child >= size:
                return
            if child + 1 < size and self._before(heap[child + 1], heap[child]):
                child += 1
            if not self._before(heap[child], heap[at]):
                return
            moved = heap[at]
            heap[at] = heap[child]
            heap[child] = moved
            at = child

    def _before(self, a: Run, b: Run) -> bool:
        order = self._order(a.row, b.row)
        return order < 0 or (order == 0 and a.rank < b.rank)

    def close(self) -> None:
        """Give the memory and the temporary file back."""
        self._rows = []
        self._heap = []
        if self._file is not None:
            self._file.close()
            self._file = None


@final
class SorterSlot(Slot):
    """A sorter as a cursor.

    Attributes:
        current: the row it stands on.
        sorter: what sorts the rows.
    """

    def __init__(self, host: Host, budget: int, keys: KeyInfo, fields: int, limit: int = 0) -> None:
        super().__init__()
        self.current: Row = ()
        self._host: Final = host
        self._budget: Final = budget
        self._keys: Final = keys
        self._fields: Final = fields
        self._limit: Final = limit
        self.sorter = Sorter(host, budget, keys, fields, limit)

    def add(self, row: Row) -> None:
        """Take a row in; see ``Sorter.add``."""
        self.sorter.add(row)

    def first(self) -> bool:
        """Sort, and move to the first row."""
        self.null_row = False
        self.sorter.sort()
        return self.next()

    def next(self) -> bool:
        """See ``Slot.next``."""
        row = self.sorter.take()
        if row is None:
            return False
        self.current = row
        return True

    def column(self, i: i64) -> Value:
        """See ``Slot.column``."""
        return None if self.null_row else self.current[i]

    def column_or(self, i: i64, default: Value) -> Value:
        """See ``Slot.column_or``."""
        return self.column(i)

    def row(self, n: i64) -> list[Value]:
        """See ``Slot.row``."""
        return list(self.current[:n])

    def differs(self, key: list[Value], count: i64) -> bool:
        """Whether the first ``count`` fields of ``key`` differ from the current row's, or hold a NULL."""
        keys = self._keys
        current = self.current
        return any(key[i] is None or keys.compare_field(i, key[i], current[i]) != 0 for i in range(count))

    def count(self) -> int:
        """See ``Slot.count``."""
        return self.sorter.count

    def clear(self) -> None:
        """See ``Slot.clear``."""
        self.sorter.close()
        self.sorter = Sorter(self._host, self._budget, self._keys, self._fields, self._limit)

    def close(self) -> None:
        """See ``Slot.close``."""
        self.sorter.close()
