"""Aggregate functions: an accumulator lives in a register, from the first step to AggFinal.

A register that is NULL is a new accumulator, so Null begins a group.

Hash aggregation keeps accumulators by group instead: GroupOpen, and a GroupAdd for each aggregate, declare what is
computed; GroupStep takes a row into its group.  SorterSort and SorterNext then walk over the groups in the order of
their keys.

Functions over windows are declared by WindowOpen, a WindowFrame for each frame and a WindowCall for each function;
WindowPut takes rows.  SorterSort and SorterNext then walk over these, each with what the functions make of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import Collation, KeyInfo
from foundrydb.vm.functions.accumulator import Accumulator, AggregateFunction
from foundrydb.vm.functions.aggregates import CountState
from foundrydb.vm.functions.scalar import Function
from foundrydb.vm.instruction import (
    SORTER,
    Instruction,
    Operand,
    collation,
    cursor,
    flag,
    function,
    integer,
    integers,
    jump,
    key_info,
    opens,
    reads,
    reads_range,
    text,
    updates,
    writes,
)
from foundrydb.vm.sorting.sorter import SORT_BUDGET
from foundrydb.vm.tables.grouping import GROUP_BUDGET, GroupAggregate, GroupSlot
from foundrydb.vm.windows.columns import Inputs
from foundrydb.vm.windows.frames import FrameShape
from foundrydb.vm.windows.window_slot import Called, WindowSlot

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine


@final
class AggStep(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        function("function", 4),
        reads_range("first", 2, "count"),
        integer("count", 5),
        updates("accumulator", 3),
        collation("collation", 0),
        writes("hit", 1, optional=True),
    )
    DOC: ClassVar[str] = (
        "Take R[first .. first+count-1] into the accumulator R[accumulator]. min and max set R[hit] "
        "to 1 when the row's value is the new result, else to 0."
    )
    COMMENT: ClassVar[str] = "accum=r[{accumulator}] step(r[{first}@{count}])"

    def __init__(
        self,
        function: AggregateFunction,
        first: int,
        count: int,
        accumulator: int,
        collation: Collation | None = None,
        hit: int = 0,
    ) -> None:
        self.function: Final = function
        self.first: Final[i64] = first
        self.count: Final[i64] = count
        self.accumulator: Final[i64] = accumulator
        self.collation: Final = collation
        self.hit: Final[i64] = hit

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        state = r[self.accumulator]
        if self.count == 0 and isinstance(state, CountState):
            state.count += 1
            return pc + 1
        if not isinstance(state, Accumulator):
            state = self.function.start(m.context, self.collation)
            r[self.accumulator] = state
        if self.count == 1:
            state.step_one(r[self.first])
        elif self.count == 0:
            state.step_row()
        else:
            state.step(r[self.first : self.first + self.count])
        if self.hit > 0:
            r[self.hit] = 1 if state.hit else 0
        return pc + 1


@final
class AggFinal(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        function("function", 4),
        integer("count", 2),
        updates("accumulator", 1),
        collation("collation", 0),
    )
    DOC: ClassVar[str] = "R[accumulator] := the result of the accumulator in it."
    COMMENT: ClassVar[str] = "accum=r[{accumulator}] N={count}"

    def __init__(
        self,
        function: AggregateFunction,
        count: int,
        accumulator: int,
        collation: Collation | None = None,
    ) -> None:
        self.function: Final = function
        self.count: Final[i64] = count
        self.accumulator: Final[i64] = accumulator
        self.collation: Final = collation

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        state = r[self.accumulator]
        if not isinstance(state, Accumulator):
            state = self.function.start(m.context, self.collation)
        r[self.accumulator] = state.finish()
        return pc + 1


@final
class GroupOpen(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        opens("cursor", 1, SORTER),
        integer("fields", 2),
        integer("bare", 3),
        key_info("keys", 4),
    )
    DOC: ClassVar[str] = (
        "Open `cursor` on a hash table of groups for rows with `fields` fields: the key, then `bare` "
        "bare columns, then what the aggregates take. Read as a sorter's record, a group is its key, "
        "the aggregates' results, the bare columns. Past the memory budget rows of new groups are sorted."
    )
    COMMENT: ClassVar[str] = "nColumn={fields}"

    def __init__(self, cursor: int, fields: int, bare: int, keys: KeyInfo) -> None:
        self.cursor: Final[i64] = cursor
        self.fields: Final[i64] = fields
        self.bare: Final[i64] = bare
        self.keys: Final = keys

    def execute(self, m: Machine, pc: i64) -> i64:
        m.close_cursor(self.cursor)
        budget = min(m.memory_budget, GROUP_BUDGET)
        m.cursors[self.cursor] = GroupSlot(
            m.host, m.context, budget, self.keys, int(self.fields), int(self.bare)
        )
        return pc + 1


@final
class GroupAdd(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, SORTER),
        integer("field", 2),
        integer("filter", 3),
        function("function", 4),
        flag("chooses", 1),
        collation("collation", 0),
    )
    DOC: ClassVar[str] = (
        "Give every group of `cursor` one more aggregate: of field `field` of each row (-1 for an "
        "aggregate without an argument) for which field `filter` is not 0 (-1 for all rows). With "
        "`chooses` the bare columns come from the row that gives its result."
    )
    COMMENT: ClassVar[str] = "aggregate field {field}"

    def __init__(
        self,
        cursor: int,
        field: int,
        filter: int,
        function: AggregateFunction,
        chooses: bool = False,
        collation: Collation | None = None,
    ) -> None:
        self.cursor: Final[i64] = cursor
        self.field: Final[i64] = field
        self.filter: Final[i64] = filter
        self.function: Final = function
        self.chooses: Final = chooses
        self.collation: Final = collation

    def execute(self, m: Machine, pc: i64) -> i64:
        c = m.cursors[self.cursor]
        assert isinstance(c, GroupSlot)
        c.add(GroupAggregate(self.function, self.field, self.filter, self.collation, self.chooses))
        return pc + 1


@final
class GroupStep(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, SORTER),
        reads_range("first", 2, "count"),
        integer("count", 3),
    )
    DOC: ClassVar[str] = "Take the row R[first .. first+count-1] into its group of `cursor`."
    COMMENT: ClassVar[str] = "row=r[{first}@{count}]"

    def __init__(self, cursor: int, first: int, count: int) -> None:
        self.cursor: Final[i64] = cursor
        self.first: Final[i64] = first
        self.count: Final[i64] = count

    def execute(self, m: Machine, pc: i64) -> i64:
        c = m.cursors[self.cursor]
        assert isinstance(c, GroupSlot)
        c.step(m.registers, self.first)
        return pc + 1


@final
class WindowOpen(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        opens("cursor", 1, SORTER),
        integer("fields", 2),
        integer("partition", 3),
        key_info("keys", 4),
        flag("ordered", 1),
    )
    DOC: ClassVar[str] = (
        "Open `cursor` on rows with `fields` fields, of which the first `partition` say to which partition a row "
        "belongs, and the others of `keys` the order within it. With `ordered` the rows arrive in order. What "
        "functions make of a row are fields behind its own."
    )
    COMMENT: ClassVar[str] = "nColumn={fields}"

    def __init__(
        self, cursor: int, fields: int, partition: int, keys: KeyInfo, ordered: bool = False
    ) -> None:
        self.cursor: Final[i64] = cursor
        self.fields: Final[i64] = fields
        self.partition: Final[i64] = partition
        self.keys: Final = keys
        self.ordered: Final = ordered

    def execute(self, m: Machine, pc: i64) -> i64:
        m.close_cursor(self.cursor)
        budget = min(m.memory_budget, SORT_BUDGET)
        m.cursors[self.cursor] = WindowSlot(
            m.host, m.context, budget, self.keys, int(self.partition), self.ordered
        )
        return pc + 1


@final
class WindowFrame(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, SORTER),
        text("mode", 4),
        text("lower", 0),
        reads("lower_offset", 2, optional=True),
        text("upper", 0),
        reads("upper_offset", 3, optional=True),
        text("exclude", 0),
    )
    DOC: ClassVar[str] = (
        "Declare the next frame of `cursor`: `mode` BETWEEN `lower` AND `upper` EXCLUDE `exclude`, the offsets of its "
        "ends in R[lower_offset] and R[upper_offset]."
    )
    COMMENT: ClassVar[str] = "{mode} {lower} to {upper}"

    def __init__(
        self,
        cursor: int,
        mode: str,
        lower: str,
        lower_offset: int,
        upper: str,
        upper_offset: int,
        exclude: str,
    ) -> None:
        self.cursor: Final[i64] = cursor
        self.mode: Final = mode
        self.lower: Final = lower
        self.lower_offset: Final[i64] = lower_offset
        self.upper: Final = upper
        self.upper_offset: Final[i64] = upper_offset
        self.exclude: Final = exclude

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        assert isinstance(c, WindowSlot)
        lower = r[self.lower_offset] if self.lower_offset > 0 else None
        upper = r[self.upper_offset] if self.upper_offset > 0 else None
        c.frame(FrameShape(self.mode, self.lower, lower, self.upper, upper, self.exclude))
        return pc + 1


@final
class WindowCall(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, SORTER),
        function("function", 4),
        integers("args", 0),
        integer("filter", 3),
        integers("subtypes", 0),
        integer("frame", 2),
        collation("collation", 0),
    )
    DOC: ClassVar[str] = (
        "Give every row of `cursor` one more field: what `function` makes of the fields `args` of the rows in its "
        "frame, number `frame`, for which field `filter` is not 0 (-1 for all rows). The fields `subtypes`, where "
        "they are not -1, hold the subtypes of the arguments."
    )
    COMMENT: ClassVar[str] = "{function} of fields {args}"

    def __init__(
        self,
        cursor: int,
        function: Function,
        args: tuple[int, ...],
        filter: int,
        subtypes: tuple[int, ...],
        frame: int,
        collation: Collation | None = None,
    ) -> None:
        self.cursor: Final[i64] = cursor
        self.function: Final = function
        self.args: Final = args
        self.filter: Final[i64] = filter
        self.subtypes: Final = subtypes
        self.frame: Final[i64] = frame
        self.collation: Final = collation

    def execute(self, m: Machine, pc: i64) -> i64:
        c = m.cursors[self.cursor]
        assert isinstance(c, WindowSlot)
        inputs = Inputs(self.args, self.filter, self.subtypes)
        c.call(Called(self.function, inputs, int(self.frame), self.collation))
        return pc + 1


@final
class WindowPut(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, SORTER),
        reads_range("first", 2, "count"),
        integer("count", 3),
        jump("target", 5),
    )
    DOC: ClassVar[str] = (
        "Take the row R[first .. first+count-1] in, and go to `target`. Carry on only where rows arrive in order and "
        "it is the first of another partition: that of the rows before is complete, and has to be gone through."
    )
    COMMENT: ClassVar[str] = "row=r[{first}@{count}]"

    def __init__(self, cursor: int, first: int, count: int, target: int) -> None:
        self.cursor: Final[i64] = cursor
        self.first: Final[i64] = first
        self.count: Final[i64] = count
        self.target: i64 = target

    def execute(self, m: Machine, pc: i64) -> i64:
        c = m.cursors[self.cursor]
        assert isinstance(c, WindowSlot)
        full = c.put(tuple(m.registers[self.first : self.first + self.count]))
        return pc + 1 if full else self.target
