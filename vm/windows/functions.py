"""The functions that are called over a window alone."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64, mypyc_attr

from foundrydb.errors import error
from foundrydb.storage.format.values import Value
from foundrydb.vm.arithmetic.cast import must_be_int
from foundrydb.vm.functions.scalar import DETERMINISTIC, WINDOW, Function
from foundrydb.vm.windows.columns import FramedColumn, Inputs, WindowColumn
from foundrydb.vm.windows.frames import MovingFrame
from foundrydb.vm.windows.partition import Partition
from foundrydb.vm.windows.ranks import (
    CumeDistColumn,
    DenseRankColumn,
    NtileColumn,
    OtherRowColumn,
    PercentRankColumn,
    RankColumn,
    RowNumberColumn,
)


@mypyc_attr(allow_interpreted_subclasses=True)
class WindowFunction(Function):
    """A function of a row's place in a partition."""

    def __init__(self, name: str, min_args: int, max_args: int, doc: str) -> None:
        super().__init__(name, min_args, max_args, doc, DETERMINISTIC | WINDOW)

    def column(self, partition: Partition, inputs: Inputs, frame: MovingFrame) -> WindowColumn:
        """What it makes of the rows of a partition."""
        raise NotImplementedError


_OWN_FRAMES: Final = {
    "row_number": ("ROWS", "UNBOUNDED PRECEDING", "CURRENT ROW"),
    "dense_rank": ("RANGE", "UNBOUNDED PRECEDING", "CURRENT ROW"),
    "rank": ("RANGE", "UNBOUNDED PRECEDING", "CURRENT ROW"),
    "percent_rank": ("GROUPS", "CURRENT ROW", "UNBOUNDED FOLLOWING"),
    "cume_dist": ("GROUPS", "FOLLOWING", "UNBOUNDED FOLLOWING"),
    "ntile": ("ROWS", "CURRENT ROW", "UNBOUNDED FOLLOWING"),
    "lead": ("ROWS", "UNBOUNDED PRECEDING", "UNBOUNDED FOLLOWING"),
    "lag": ("ROWS", "UNBOUNDED PRECEDING", "CURRENT ROW"),
}
"""What SQLite puts in the place of the frames of functions that need none.

Nothing is computed from these; they count where it is decided which calls go over the rows together.
"""


@final
class RankFunction(WindowFunction):
    """A function that does not look at a window's frame."""

    @property
    def own_frame(self) -> tuple[str, str, str] | None:
        """See ``Function.own_frame``."""
        return _OWN_FRAMES[self.name]

    def column(self, partition: Partition, inputs: Inputs, frame: MovingFrame) -> WindowColumn:
        """See ``WindowFunction.column``."""
        name = self.name
        if name == "row_number":
            return RowNumberColumn(partition, inputs)
        if name == "rank":
            return RankColumn(partition, inputs)
        if name == "dense_rank":
            return DenseRankColumn(partition, inputs)
        if name == "percent_rank":
            return PercentRankColumn(partition, inputs)
        if name == "cume_dist":
            return CumeDistColumn(partition, inputs)
        if name == "ntile":
            return NtileColumn(partition, inputs)
        return OtherRowColumn(partition, inputs, 1 if name == "lead" else -1)


@final
class FirstColumn(FramedColumn):
    """first_value(X)"""

    def value_at(self, row: i64) -> Value:
        """See ``WindowColumn.value_at``."""
        frame = self.frame
        if frame.excluding:
            found = frame.rows()
            return self.partition.row(found[0])[self.inputs.first] if found else None
        return self.partition.row(frame.start)[self.inputs.first] if frame.start < frame.end else None


@final
class LastColumn(FramedColumn):
    """last_value(X)"""

    def value_at(self, row: i64) -> Value:
        """See ``WindowColumn.value_at``."""
        frame = self.frame
        if frame.excluding:
            found = frame.rows()
            return self.partition.row(found[-1])[self.inputs.first] if found else None
        return self.partition.row(frame.end - 1)[self.inputs.first] if frame.start < frame.end else None


@final
class NthColumn(FramedColumn):
    """nth_value(X, N)"""

    def value_at(self, row: i64) -> Value:
        """See ``WindowColumn.value_at``."""
        frame = self.frame
        partition = self.partition
        number = self._number(partition.row(row)[self.inputs.args[1]])
        if frame.excluding:
            found = frame.rows()
            return partition.row(found[number - 1])[self.inputs.first] if number <= len(found) else None
        place = frame.start + number - 1
        return partition.row(place)[self.inputs.first] if place < frame.end else None

    def _number(self, value: Value) -> i64:
        number = must_be_int(value)
        if number is None or number <= 0:
            raise error("second argument to nth_value must be a positive integer")
        return min(number, 1 << 60)


@final
class FrameFunction(WindowFunction):
    """A function that gives the value of one row of the frame."""

    def column(self, partition: Partition, inputs: Inputs, frame: MovingFrame) -> WindowColumn:
        """See ``WindowFunction.column``."""
        if self.name == "first_value":
            return FirstColumn(partition, inputs, frame)
        if self.name == "last_value":
            return LastColumn(partition, inputs, frame)
        return NthColumn(partition, inputs, frame)


FUNCTIONS: Final[list[Function]] = [
    RankFunction("row_number", 0, 0, "The number of the row in its partition"),
    RankFunction("rank", 0, 0, "One more than there are rows before the row and its peers"),
    RankFunction("dense_rank", 0, 0, "The number of the row's group of peers"),
    RankFunction("percent_rank", 0, 0, "The rank as a share of the partition, from 0.0 to 1.0"),
    RankFunction(
        "cume_dist", 0, 0, "The share of the partition that does not come after the row and its peers"
    ),
    RankFunction("ntile", 1, 1, "The number of the row's bucket, of N that are as equal as can be"),
    RankFunction("lag", 1, 3, "X of the row that comes N (1) earlier, else D"),
    RankFunction("lead", 1, 3, "X of the row that comes N (1) later, else D"),
    FrameFunction("first_value", 1, 1, "X of the first row of the frame"),
    FrameFunction("last_value", 1, 1, "X of the last row of the frame"),
    FrameFunction("nth_value", 2, 2, "X of the Nth row of the frame"),
]
