"""Subroutines and coroutines: a register holds where to go on.  Programs of triggers: the machine knows who waits.

The row that a trigger's program is run for is copied to its first registers, as far as it is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from librt.vecs import vec
from mypy_extensions import i64

from foundrydb.vm.arithmetic.cast import to_text
from foundrydb.vm.instruction import (
    Instruction,
    Operand,
    flag,
    integer,
    jump,
    reads,
    reads_each,
    text,
    updates,
    writes,
)

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine


@final
class Gosub(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (writes("back", 1), jump("target", 2))
    DOC: ClassVar[str] = "R[back] := this address, then go to `target`."
    FALLS_THROUGH: ClassVar[bool] = False

    def __init__(self, back: int, target: int) -> None:
        self.back: Final[i64] = back
        self.target: i64 = target

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.back] = pc
        return self.target


@final
class Return(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (reads("back", 1), flag("fallthrough", 1, 3))
    DOC: ClassVar[str] = "Go to the address after R[back]. With `fallthrough`, carry on when R[back] is NULL."

    def __init__(self, back: int, fallthrough: bool = False) -> None:
        self.back: Final[i64] = back
        self.fallthrough: Final = fallthrough

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        back = r[self.back]
        if isinstance(back, int):
            m.ticks -= 1
            if m.ticks < 0:
                m.attend()
            return back + 1
        return pc + 1


@final
class InitCoroutine(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        writes("state", 1),
        jump("target", 2, optional=True),
        jump("start", 3),
    )
    DOC: ClassVar[str] = (
        "Make R[state] a coroutine that begins at `start`; go to `target` (carry on if it is 0)."
    )

    def __init__(self, state: int, target: int, start: int) -> None:
        self.state: Final[i64] = state
        self.target: i64 = target
        self.start: i64 = start

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.state] = self.start - 1
        return self.target if self.target > 0 else pc + 1


@final
class Yield(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        updates("state", 1),
        jump("target", 2, optional=True),
    )
    DOC: ClassVar[str] = (
        "Swap this address with R[state]: enter the coroutine, or leave it for the one who called. "
        "A coroutine that has ended goes to `target`."
    )

    def __init__(self, state: int, target: int = 0) -> None:
        self.state: Final[i64] = state
        self.target: i64 = target

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        back = r[self.state]
        assert isinstance(back, int)
        if back < -1:
            return self.target
        r[self.state] = pc
        m.ticks -= 1
        if m.ticks < 0:
            m.attend()
        return back + 1


@final
class EndCoroutine(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (updates("state", 1),)
    DOC: ClassVar[str] = "End the coroutine R[state]: go to the `target` of the Yield that called it."
    FALLS_THROUGH: ClassVar[bool] = False

    def __init__(self, state: int) -> None:
        self.state: Final[i64] = state

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        back = r[self.state]
        assert isinstance(back, int)
        r[self.state] = -2
        caller = m.code[back]
        assert isinstance(caller, Yield)
        return caller.target


@final
class Program(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        integer("program", 1),
        jump("ignored", 2),
        integer("trigger", 3),
        reads_each("row", 4),
        flag("alone", 1),
    )
    DOC: ClassVar[str] = (
        "Run the program of a trigger, of that number among those of the statement. Its R[1 + i] := R[`row`[i]], where "
        "that is not 0. RAISE(IGNORE) within it goes to `ignored`. `alone`: not while a program of the same `trigger` "
        "runs already."
    )

    def __init__(self, program: int, ignored: int, trigger: int, row: tuple[int, ...], alone: bool) -> None:
        self.program: Final[i64] = program
        self.ignored: i64 = ignored
        self.trigger: Final[i64] = trigger
        self.row: Final = row
        self.alone: Final = alone
        taken = [i for i, register in enumerate(row) if register > 0]
        self.sources: Final = vec[i64]([i64(row[i]) for i in taken])
        self.places: Final = vec[i64]([i64(1 + i) for i in taken])

    def execute(self, m: Machine, pc: i64) -> i64:
        m.ticks -= 1
        if m.ticks < 0:
            m.attend()
        if self.alone and m.is_firing(self.trigger):
            return pc + 1
        return m.enter(self, pc)


@final
class ResetCount(Instruction):
    DOC: ClassVar[str] = (
        "A statement within a trigger's program has ended: changes() tells of it from now on."
    )

    def execute(self, m: Machine, pc: i64) -> i64:
        m.host.statements.count(m.changes)
        m.changes = 0
        return pc + 1


@final
class RaiseIgnore(Instruction):
    DOC: ClassVar[str] = "End the program of a trigger, and what is done about the row that it was run for."
    FALLS_THROUGH: ClassVar[bool] = False

    def execute(self, m: Machine, pc: i64) -> i64:
        return m.leave(True)


@final
class Raise(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (text("action", 2), reads("message", 3))
    DOC: ClassVar[str] = (
        "Fail with the text R[message], up to a NUL; `action` says what becomes of the changes, as for Halt."
    )
    COMMENT: ClassVar[str] = "raise r[{message}]"
    FALLS_THROUGH: ClassVar[bool] = False

    def __init__(self, action: str, message: int) -> None:
        self.action: Final = action
        self.message: Final[i64] = message

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        value = r[self.message]
        told = "" if value is None else to_text(value, m.encoding)
        raise m.fail(told.partition("\0")[0], "SQLITE_CONSTRAINT_TRIGGER", self.action)
