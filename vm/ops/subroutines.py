"""Subroutines and coroutines: a register holds where to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from foundrydb.vm.instruction import Instruction, Operand, flag, jump, reads, updates, writes

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
