"""min() and max() over frames that rows leave.

Of the rows in a frame only those matter after which none comes that is as large: the first of them is the largest, and
the next one is that when it has left.  They are the candidates; each row comes and goes once.  Where there are many of
them, as in values that descend, the rows of a long frame stand for each other by blocks: a block is opened when the
frame's beginning comes to it.
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import BINARY, Collation, Value, compare
from foundrydb.vm.sorting.row_sort import Row
from foundrydb.vm.windows.columns import FramedColumn, Inputs
from foundrydb.vm.windows.frames import MovingFrame
from foundrydb.vm.windows.partition import Partition

_BLOCK: Final = 256
"""How many rows stand for each other."""

_MOST: Final = 4096
"""So many rows may be candidates before the rest of the frame is kept by blocks."""

_GONE: Final = 64
"""So many candidates that have left are kept at least."""


@final
class Candidates:
    """Values that may become the result, each smaller than those before it.

    Args:
        sign: 1 for the largest, -1 for the smallest.
    """

    def __init__(self, sign: int, collation: Collation) -> None:
        self._sign: Final = sign
        self._collation: Final = collation
        self._values: list[Value] = []
        # The numbers of their rows, or of the first rows of their blocks.
        self._rows: list[i64] = []
        self._first: i64 = 0

    def count(self) -> i64:
        """How many there are."""
        return len(self._values) - self._first

    def clear(self) -> None:
        """Forget all."""
        self._values = []
        self._rows = []
        self._first = 0

    def better(self, one: Value, later: Value) -> Value:
        """The one that counts of two values, the second of which comes later; NULL is none."""
        if one is None or later is None:
            return one if later is None else later
        return later if self._sign * compare(one, later, self._collation) <= 0 else one

    def add(self, value: Value, row: i64) -> None:
        """Add the value of a row, or of a block from there on, which comes after all others."""
        if value is None:
            return
        values = self._values
        rows = self._rows
        while len(values) > self._first and self._sign * compare(values[-1], value, self._collation) <= 0:
            del values[-1]
            del rows[-1]
        if self._first > _GONE and self._first * 2 > len(values):
            del values[: self._first]
            del rows[: self._first]
            self._first = 0
        values.append(value)
        rows.append(row)

    def leave(self, row: i64) -> None:
        """Let go of those before a row."""
        rows = self._rows
        while self._first < len(rows) and rows[self._first] < row:
            self._first += 1

    def best(self) -> Value:
        """The first of them, NULL where there is none."""
        return self._values[self._first] if self._first < len(self._values) else None


@final
class ExtremeColumn(FramedColumn):
    """min() or max() over frames that rows leave.

    Args:
        sign: 1 for the largest, -1 for the smallest.
    """

    def __init__(
        self, partition: Partition, inputs: Inputs, frame: MovingFrame, sign: int, collation: Collation | None
    ) -> None:
        super().__init__(partition, inputs, frame)
        collation = BINARY if collation is None else collation
        # The rows of the frame are, from its beginning on: those looked at one by one, up to ``_behind_rows``; those
        # of whole blocks, up to ``_behind_blocks``; and the rest up to ``_end``, which are no whole block yet.
        self._rows: Final = Candidates(sign, collation)
        self._blocks: Final = Candidates(sign, collation)
        self._rest: Value = None
        self._behind_rows: i64 = 0
        self._behind_blocks: i64 = 0
        self._end: i64 = 0

    def begin(self) -> None:
        """See ``WindowColumn.begin``."""
        self._rows.clear()
        self._blocks.clear()
        self._rest = None
        self._behind_rows = 0
        self._behind_blocks = 0
        self._end = 0

    def value_at(self, row: i64) -> Value:
        """See ``WindowColumn.value_at``."""
        frame = self.frame
        while self._end < frame.end:
            self._take(self.partition.row(self._end))
        start = frame.start
        while self._behind_rows <= start and self._behind_rows < self._end:
            self._open_block()
        rows = self._rows
        rows.leave(start)
        if self._behind_rows == self._end:
            return rows.best()
        return rows.better(rows.best(), rows.better(self._blocks.best(), self._rest))

    def _take(self, entry: Row) -> None:
        """Take in the row behind the last one."""
        at = self._end
        value = entry[self.inputs.first] if self.inputs.takes(entry) else None
        self._end = at + 1
        if self._behind_rows == at and self._rows.count() < _MOST:
            self._rows.add(value, at)
            self._behind_rows = at + 1
            self._behind_blocks = at + 1
            return
        self._rest = self._rows.better(self._rest, value)
        if self._end - self._behind_blocks == _BLOCK:
            self._blocks.add(self._rest, self._behind_blocks)
            self._rest = None
            self._behind_blocks = self._end

    def _open_block(self) -> None:
        """Look at the rows of the next block one by one, or at the rest of the frame."""
        at = self._behind_rows
        end = at + _BLOCK
        if at == self._behind_blocks:
            end = self._end
            self._rest = None
            self._behind_blocks = end
        self._blocks.leave(end)
        while at < end:
            entry = self.partition.row(at)
            if self.inputs.takes(entry):
                self._rows.add(entry[self.inputs.first], at)
            at += 1
        self._behind_rows = end

    def end(self) -> None:
        """See ``WindowColumn.end``."""
        self.begin()
