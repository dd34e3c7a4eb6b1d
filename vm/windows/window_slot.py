"""Windows as a cursor: rows go in, and come out partition by partition with what functions make of them.

Rows that arrive in no order go through a sorter.  Those that arrive in order are handed out whenever a partition is
complete: ``put`` says so, and keeps the first row of the next one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import Collation, KeyInfo, Value
from foundrydb.vm.context import Context
from foundrydb.vm.functions.accumulator import AggregateFunction
from foundrydb.vm.functions.aggregates import Extreme
from foundrydb.vm.functions.scalar import Function
from foundrydb.vm.slots import Slot, SlotView
from foundrydb.vm.sorting.row_sort import Row, compare_rows
from foundrydb.vm.sorting.sorter import Sorter
from foundrydb.vm.windows.columns import AggregateColumn, Inputs, WindowColumn
from foundrydb.vm.windows.extremes import ExtremeColumn
from foundrydb.vm.windows.frames import FrameShape, MovingFrame
from foundrydb.vm.windows.functions import WindowFunction
from foundrydb.vm.windows.partition import Partition

if TYPE_CHECKING:
    from foundrydb.vm.host import Host


@final
class Called:
    """A function as it is called: of which fields, over which frame.

    frame: the number of the frame; calls over the same frame share it.
    """

    def __init__(self, function: Function, inputs: Inputs, frame: int, collation: Collation | None) -> None:
        self.function: Final = function
        self.inputs: Final = inputs
        self.frame: Final = frame
        self.collation: Final = collation


@final
class WindowSlot(Slot):
    """Rows with what functions over windows make of them, in fields behind the rows' own.

    Args:
        keys: how the fields of the partition's key and of the order within it compare, which every row begins with.
        width: how many of them are the partition's.
        ordered: the rows arrive in order.

    Attributes:
        current: the row it stands on.
    """

    def __init__(
        self, host: Host, context: Context, budget: int, keys: KeyInfo, width: int, ordered: bool
    ) -> None:
        super().__init__()
        self.holds_tuples = True
        self.current: Row = ()
        self._context: Final = context
        self._keys: Final = keys
        self._width: Final[i64] = width
        fields = len(keys.collations)
        self._sorter: Final = None if ordered or fields == 0 else Sorter(host, budget, keys, fields)
        self._partition: Final = Partition(host, keys, width, fields, budget)
        self._shapes: Final[list[FrameShape]] = []
        self._called: Final[list[Called]] = []
        self._moved: list[MovingFrame] = []
        self._columns: list[WindowColumn] = []
        self._pending: Row | None = None
        self._first: Row = ()
        self._at: i64 = 0

    def frame(self, shape: FrameShape) -> None:
        """Declare one more frame, before the first row."""
        self._shapes.append(shape)

    def call(self, called: Called) -> None:
        """Declare one more function, before the first row."""
        self._called.append(called)

    # rows in ------------------------------------------------------------------------------------------------

    def put(self, row: Row) -> bool:
        """Take a row in; whether a partition is complete, which has to be gone through before the next row comes."""
        sorter = self._sorter
        if sorter is not None:
            sorter.add(row)
            return False
        if self._belongs(row):
            self._partition.add(row)
            return False
        self._pending = row
        return True

    def _belongs(self, row: Row) -> bool:
        """Whether a row is one of the partition whose rows are being added."""
        if self._partition.count == 0:
            self._first = row
            return True
        if self._width == 0:
            return True
        if self._width == 1:
            one = row[0]
            other = self._first[0]
            if isinstance(one, int) and isinstance(other, int):
                return one == other
        return compare_rows(row, self._first, self._keys, self._width) == 0

    def _fill(self) -> bool:
        """Fill the partition with the next rows in order; whether there are any."""
        partition = self._partition
        pending = self._pending
        if pending is not None:
            self._pending = None
            self._belongs(pending)
            partition.add(pending)
        sorter = self._sorter
        if sorter is not None:
            row = sorter.take()
            while row is not None:
                if not self._belongs(row):
                    self._pending = row
                    break
                partition.add(row)
                row = sorter.take()
        return partition.count > 0

    # rows out -----------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Begin with a partition whose rows are all there."""
        if len(self._columns) < len(self._called):
            self._prepare()
        else:
            for frame in self._moved:
                frame.begin()
            for column in self._columns:
                column.begin()
        self._at = -1

    def _prepare(self) -> None:
        """Make frames and columns, and begin, now that there is a row: an offset or argument that is none is a mistake
        now.  As in SQLite, in which each frame is a query below the one before, the last frame is the first one made.
        """
        field = int(self._width)
        over: list[list[int]] = [[] for _ in self._shapes]
        for i, called in enumerate(self._called):
            over[called.frame].append(i)
        made: dict[int, WindowColumn] = {}
        for number in range(len(self._shapes) - 1, -1, -1):
            frame = MovingFrame(self._partition, self._keys, field, self._shapes[number])
            if any([self._called[i].function.own_frame is None for i in over[number]]):
                frame.begin()
                self._moved.append(frame)
            for i in over[number]:
                made[i] = self._column(self._called[i], frame)
                made[i].begin()
        self._columns = [made[i] for i in range(len(self._called))]

    def _column(self, called: Called, frame: MovingFrame) -> WindowColumn:
        function = called.function
        if isinstance(function, WindowFunction):
            return function.column(self._partition, called.inputs, frame)
        if isinstance(function, Extreme) and not frame.growing and not frame.excluding:
            return ExtremeColumn(self._partition, called.inputs, frame, function.sign, called.collation)
        assert isinstance(function, AggregateFunction)
        return AggregateColumn(
            self._partition, called.inputs, frame, function, self._context, called.collation
        )

    def _end(self) -> None:
        for column in self._columns:
            column.end()
        self._partition.clear()

    def first(self) -> bool:
        """Sort, where that is to be done, and move to the first row of a partition."""
        self.null_row = False
        sorter = self._sorter
        if sorter is not None:
            sorter.sort()
            return self._next_partition()
        if self._partition.count == 0:
            return False
        self._begin()
        return self._move()

    def _next_partition(self) -> bool:
        if not self._fill():
            return False
        self._begin()
        return self._move()

    def next(self) -> bool:
        """See ``Slot.next``; where rows arrive in order, the last row of a partition is followed by none."""
        if self._at + 1 < self._partition.count:
            return self._move()
        self._end()
        if self._sorter is not None:
            return self._next_partition()
        self._fill()
        return False

    def _move(self) -> bool:
        """Move to the next row of the partition."""
        at = self._at + 1
        self._at = at
        for frame in self._moved:
            frame.move(at)
        columns = self._columns
        row = self._partition.row(at)
        if len(columns) == 1:
            self.current = row + (columns[0].value_at(at),)
        else:
            values: list[Value] = []
            for column in columns:
                values.append(column.value_at(at))
            self.current = row + tuple(values)
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

    def close(self) -> None:
        """See ``Slot.close``."""
        for column in self._columns:
            column.end()
        if self._sorter is not None:
            self._sorter.close()
        self._partition.close()

    def view(self, most: int) -> SlotView:
        """See ``Slot.view``."""
        shown = SlotView("window")
        shown.hold(int(self._partition.count), [])
        if self.current:
            shown.stand(self.current)
        return shown
