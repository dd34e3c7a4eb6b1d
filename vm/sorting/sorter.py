"""The sorter: rows go in in any order and come out by their key, in bounded memory.

Rows are kept in memory until they outgrow the budget; then they are sorted and written to a temporary file as a run.
At the end the runs are merged (``vm/sorting/runs``), where they are many into fewer runs first.  Equal rows come
out in the order in which they went in.
"""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING, Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import KeyInfo, Value
from foundrydb.storage.os.vfs import File
from foundrydb.vm.slots import Slot, SlotView
from foundrydb.vm.sorting.row_sort import Row, compare_rows, footprint, sort_rows
from foundrydb.vm.sorting.runs import UNPACKED, Merge, write_rows

if TYPE_CHECKING:
    from foundrydb.vm.host import Host

SORT_BUDGET: Final = 1024 * 1024
"""Bytes that the rows which a sorter takes in may take at most.

More would not make it faster: what is sorted at once then leaves the processor's caches, and the objects that wait
are looked at by Python's collector of cycles, which costs more than the way through the file.
"""

MOST_WANTED: Final = 1 << 32
"""A limit beyond this is none: that many rows are kept anyway."""

MOST_MEMORY: Final = 8 * 1024 * 1024
"""Bytes that a sorter may take at most for the first rows, where no others are wanted."""

_MERGING: Final = 2
"""How many times more memory than the rows in a run their merge may take: it goes through it in order."""

FAN_IN: Final = 128
"""How many runs are merged at once.  More of them would leave too few rows of each in memory."""

_SLACK: Final = 100
"""How many rows more than twice the limit are kept before the tail is dropped."""


@final
class Sorter:
    """Sorts rows by the first ``fields`` of their values.

    Args:
        budget: bytes of memory that the rows may take before they go to a file.
        limit: only so many of the first rows will be taken, so that the others need not be kept; 0 for all.
        merging: bytes of memory that rows may take while runs are merged; 0 for twice the budget.

    Attributes:
        bounded: enough rows are kept, and their last one's first field is an integer: see ``skips``.
        bounded_real: the same of a real: see ``skips_real``.
    """

    def __init__(
        self, host: Host, budget: int, keys: KeyInfo, fields: int, limit: int = 0, merging: int = 0
    ) -> None:
        self._merging: Final = merging if merging > 0 else _MERGING * budget
        self._limit: Final[i64] = limit
        self._worst: Row | None = None
        self._first_descends: Final = len(keys.descending) > 0 and keys.descending[0]
        self._bound: i64 = 0
        self._bound_real = 0.0
        self._host: Final = host
        self._budget: Final[i64] = budget
        self._keys: Final = keys
        self._fields: Final = fields
        self._rows: list[Row] = []
        self._used: i64 = 0
        self._at: i64 = 0
        self._file: File | None = None
        self._file_end = 0
        self._bounds: list[int] = []
        self._written: i64 = 0
        self._merge: Merge | None = None
        self.count = 0
        self.bounded = False
        self.bounded_real = False

    @property
    def runs(self) -> int:
        """How many runs were written to the file."""
        return len(self._bounds) // 2

    def add(self, row: Row) -> None:
        """Take a row in."""
        self.count += 1
        worst = self._worst
        if worst is not None and compare_rows(row, worst, self._keys, self._fields) >= 0:
            return
        self._rows.append(row)
        self._used += footprint(row)
        if self._used > self._budget:
            self._spill()
            self._worst = None
            self.bounded = False
            self.bounded_real = False
        elif self._limit > 0 and len(self._rows) >= 2 * self._limit + _SLACK and self._file is None:
            self._drop_tail()

    def skips(self, first: i64) -> bool:
        """Whether a row whose first field is that integer comes after all that are kept; for a ``bounded`` sorter."""
        return first < self._bound if self._first_descends else first > self._bound

    def skips_real(self, first: float) -> bool:
        """The same for a real, of a sorter that is ``bounded_real``."""
        return first < self._bound_real if self._first_descends else first > self._bound_real

    def skips_value(self, first: Value) -> bool:
        """Whether a row with any first field comes after all that are kept."""
        worst = self._worst
        return worst is not None and self._keys.compare_field(0, first, worst[0]) > 0

    def _drop_tail(self) -> None:
        """Keep the first ``limit`` rows only."""
        self._rows = sort_rows(self._rows, self._keys, self._fields)[: self._limit]
        worst = self._rows[self._limit - 1]
        self._worst = worst
        first = worst[0]
        self.bounded = isinstance(first, int)
        self.bounded_real = isinstance(first, float)
        if isinstance(first, int):
            self._bound = first
        elif isinstance(first, float):
            self._bound_real = first
        self._used = sum([footprint(row) for row in self._rows])

    def _spill(self) -> None:
        file = self._file
        if file is None:
            file = self._host.attached.temporary_file()
            self._file = file
        rows = sort_rows(self._rows, self._keys, self._fields)
        self._bounds.append(self._file_end)
        self._file_end = write_rows(file, self._file_end, rows, self._used // len(rows))
        self._bounds.append(self._file_end)
        self._written += len(rows)
        self._rows = []
        self._used = 0

    def _merged(self, file: File, bounds: list[int]) -> Merge:
        return Merge(file, bounds, self._keys, self._fields, self._merging)

    def _merge_some(self, file: File) -> None:
        """Make fewer and longer runs of neighbours, so that both merges have about as many: few have larger blocks."""
        together = FAN_IN if self.runs > FAN_IN * FAN_IN else isqrt(self.runs - 1) + 1
        fewer: list[int] = []
        size = (sum(self._bounds[1::2]) - sum(self._bounds[::2])) // int(self._written) * UNPACKED
        for at in range(0, len(self._bounds), 2 * together):
            merge = self._merged(file, self._bounds[at : at + 2 * together])
            fewer.append(self._file_end)
            rows = merge.next()
            while rows:
                self._file_end = write_rows(file, self._file_end, rows, size)
                rows = merge.next()
            fewer.append(self._file_end)
        self._bounds = fewer

    def sort(self) -> None:
        """End the input; ``take`` gives the rows from now on."""
        self._at = 0
        if self._file is None:
            self._rows = sort_rows(self._rows, self._keys, self._fields)
            return
        if self._rows:
            self._spill()
        while self.runs > FAN_IN:
            self._merge_some(self._file)
        self._merge = self._merged(self._file, self._bounds)

    def take(self) -> Row | None:
        """The next row in order; None after the last one."""
        at = self._at
        if at >= len(self._rows):
            if self._merge is None:
                return None
            self._rows = self._merge.next()
            at = 0
            if not self._rows:
                return None
        self._at = at + 1
        return self._rows[at]

    def waiting(self, most: int) -> list[Row]:
        """Some of the rows that are in memory and were not taken."""
        return self._rows[self._at : self._at + most]

    def close(self) -> None:
        """Give the memory and the temporary file back."""
        self._rows = []
        self._merge = None
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
        self.holds_tuples = True
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

    def fields(self, first: i64, end: i64) -> Row:
        """See ``Slot.fields``."""
        return self.current[first:end]

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

    def view(self, most: int) -> SlotView:
        """See ``Slot.view``."""
        shown = SlotView("sorter")
        shown.hold(self.sorter.count, self.sorter.waiting(most), self.sorter.runs > 0)
        if self.null_row:
            shown.place = "null row"
        elif self.current:
            shown.stand(self.current)
        return shown
