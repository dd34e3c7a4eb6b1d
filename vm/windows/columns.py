"""What functions make of the rows of a partition, one after the other: the aggregates over frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import Collation, Value
from foundrydb.vm.functions.accumulator import Accumulator, AggregateFunction
from foundrydb.vm.functions.json.subtype import marked
from foundrydb.vm.sorting.row_sort import Row
from foundrydb.vm.windows.frames import MovingFrame
from foundrydb.vm.windows.partition import Partition

if TYPE_CHECKING:
    from foundrydb.vm.context import Context


@final
class Inputs:
    """Which fields of a row a function takes.

    Attributes:
        args: those of the arguments.
        filter: the one that says (1 or 0) whether it takes the row; -1 where it takes every row.
        subtypes: for each argument the field that has the number of its subtype, -1 for none.
    """

    def __init__(self, args: tuple[int, ...], filter: i64, subtypes: tuple[int, ...]) -> None:
        self.args: Final = args
        self.first: Final[i64] = args[0] if args else -1
        self.filter: Final = filter
        self.subtypes: Final = subtypes
        self.single: Final = len(args) == 1 and (not subtypes or subtypes[0] < 0)

    def takes(self, row: Row) -> bool:
        """Whether FILTER lets a row through."""
        return self.filter < 0 or row[self.filter] != 0

    def of(self, row: Row) -> list[Value]:
        """The arguments."""
        values = [row[field] for field in self.args]
        for i, field in enumerate(self.subtypes):
            if field >= 0 and row[field] != 0:
                values[i] = marked(values[i])
        return values


class WindowColumn:
    """What a function makes of each row of a partition.

    Args:
        partition: the rows.
        inputs: what the function takes of them.
    """

    def __init__(self, partition: Partition, inputs: Inputs) -> None:
        self.partition: Final = partition
        self.inputs: Final = inputs

    def begin(self) -> None:
        """Begin with another partition, all of whose rows are there."""

    def value_at(self, row: i64) -> Value:
        """The value for a row; it is asked for one after the other, from the first."""
        raise NotImplementedError

    def end(self) -> None:
        """Let go of what belongs to the partition."""


class FramedColumn(WindowColumn):
    """What a function makes of the frames.

    Args:
        frame: that of the row for which a value is asked, when it is asked.
    """

    def __init__(self, partition: Partition, inputs: Inputs, frame: MovingFrame) -> None:
        super().__init__(partition, inputs)
        self.frame: Final = frame


@final
class AggregateColumn(FramedColumn):
    """An aggregate function.

    Rows are taken into one accumulator as frames reach them, and out as frames leave them.  Where EXCLUDE leaves out
    rows between others, each frame has an accumulator of its own, as in SQLite.
    """

    def __init__(
        self,
        partition: Partition,
        inputs: Inputs,
        frame: MovingFrame,
        function: AggregateFunction,
        context: Context,
        collation: Collation | None,
    ) -> None:
        super().__init__(partition, inputs, frame)
        self._function: Final = function
        self._context: Final = context
        self._collation: Final = collation
        self._state: Accumulator | None = None
        self._start: i64 = 0
        self._end: i64 = 0
        self._known = False
        self._value: Value = None

    def begin(self) -> None:
        """See ``WindowColumn.begin``."""
        self._state = self._function.start(self._context, self._collation)
        self._start = 0
        self._end = 0
        self._known = False

    def value_at(self, row: i64) -> Value:
        """See ``WindowColumn.value_at``."""
        frame = self.frame
        state = self._state
        assert state is not None
        if frame.excluding:
            return self._whole_frame(frame)
        if self._known and frame.end == self._end and frame.start == self._start:
            return self._value
        if frame.ahead > 0 and not self._known:
            self._lead_in(state, frame)
        if not frame.late:
            self._take_back(state, min(frame.start, self._end))
        self._take(state, frame.end)
        self._take_back(state, frame.start)
        value = state.value()
        self._value = value
        self._known = True
        return value

    def _lead_in(self, state: Accumulator, frame: MovingFrame) -> None:
        """Let the first row's frame come in from the partition's beginning on, a group of peers at a time.

        As in SQLite, the groups before the frame come and go too: the last bits of a sum show it.
        """
        room = frame.ahead
        while self._end < frame.end:
            if room > 0:
                room -= 1
            else:
                self._take_back(state, frame.behind_group(self._start))
            self._take(state, frame.behind_group(self._end))

    def _take(self, state: Accumulator, end: i64) -> None:
        """Take the next rows in, those before ``end``."""
        at = self._end
        while at < end:
            self._step(state, self.partition.row(at))
            at += 1
        self._end = at

    def _take_back(self, state: Accumulator, start: i64) -> None:
        """Take the rows out that lie before ``start``."""
        inputs = self.inputs
        at = self._start
        while at < start:
            entry = self.partition.row(at)
            if inputs.takes(entry):
                state.inverse(inputs.of(entry))
            at += 1
        self._start = at

    def _step(self, state: Accumulator, row: Row) -> None:
        inputs = self.inputs
        if inputs.filter >= 0 and row[inputs.filter] == 0:
            return
        if inputs.single:
            state.step_one(row[inputs.first])
        elif inputs.first < 0:
            state.step_row()
        else:
            state.step(inputs.of(row))

    def _whole_frame(self, frame: MovingFrame) -> Value:
        state = self._function.start(self._context, self._collation)
        for at in frame.rows():
            self._step(state, self.partition.row(at))
        return state.finish()

    def end(self) -> None:
        """See ``WindowColumn.end``; a user's class is told of it."""
        state = self._state
        self._state = None
        if state is not None and self._function.of_user:
            state.close()
