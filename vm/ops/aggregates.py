"""Aggregate functions: an accumulator lives in a register, from the first step to AggFinal.

A register that is NULL is a new accumulator, so Null begins a group.

Hash aggregation keeps accumulators by group instead: GroupOpen, and a GroupAdd for each aggregate, declare what is
computed; GroupStep takes a row into its group.  SorterSort and SorterNext then walk over the groups in the order of
their keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import Collation, KeyInfo
from foundrydb.vm.functions.accumulator import Accumulator, AggregateFunction
from foundrydb.vm.functions.aggregates import CountState
from foundrydb.vm.instruction import (
    SORTER,
    Instruction,
    Operand,
    collation,
    cursor,
    flag,
    function,
    integer,
    key_info,
    opens,
    reads_range,
    updates,
    writes,
)
from foundrydb.vm.tables.grouping import GROUP_BUDGET, GroupAggregate, GroupSlot

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
