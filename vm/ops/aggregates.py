"""Aggregate functions: an accumulator lives in a register, from the first step to AggFinal.

A register that is NULL is a new accumulator, so Null begins a group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import Collation
from foundrydb.vm.functions.accumulator import Accumulator, AggregateFunction
from foundrydb.vm.functions.aggregates import CountState
from foundrydb.vm.instruction import (
    Instruction,
    Operand,
    collation,
    function,
    integer,
    reads_range,
    updates,
    writes,
)

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
