"""Triggers: running their programs, and what such a program asks for.

A trigger's program reads the row that it is run for where the program that runs it has the row: its registers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

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
    writes,
)

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine


@final
class Fire(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        integer("program", 1),
        jump("ignored", 2),
        reads_each("row", 4),
        flag("alone", 1),
    )
    DOC: ClassVar[str] = (
        "Run the program of a trigger, of that number among those of the statement. Its Param read R[`row`[i]]. "
        "RAISE(IGNORE) within it goes to `ignored`. `alone`: not while the same program runs already."
    )

    def __init__(self, program: int, ignored: int, row: tuple[int, ...], alone: bool) -> None:
        self.program: Final[i64] = program
        self.ignored: i64 = ignored
        self.row: Final = row
        self.alone: Final = alone

    def execute(self, m: Machine, pc: i64) -> i64:
        m.ticks -= 1
        if m.ticks < 0:
            m.attend()
        if self.alone and m.is_firing(self.program):
            return pc + 1
        return m.enter(self, pc)


@final
class Param(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (integer("place", 1), writes("dest", 2))
    DOC: ClassVar[str] = "R[dest] := the register at `place` of the row that the trigger's program is run for."
    COMMENT: ClassVar[str] = "r[{dest}]=row[{place}]"

    def __init__(self, place: int, dest: int) -> None:
        self.place: Final[i64] = place
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        frame = m.frames[-1]
        place: i64 = frame.fire.row[self.place]
        r = m.registers
        r[self.dest] = frame.registers[place]
        return pc + 1


@final
class ResetCount(Instruction):
    DOC: ClassVar[str] = "A statement within a trigger's program has ended: changes() tells of it from now on."

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
    DOC: ClassVar[str] = "Fail with the text R[message]; `action` says what becomes of the changes, as for Halt."
    COMMENT: ClassVar[str] = "raise r[{message}]"
    FALLS_THROUGH: ClassVar[bool] = False

    def __init__(self, action: str, message: int) -> None:
        self.action: Final = action
        self.message: Final[i64] = message

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        value = r[self.message]
        told = "" if value is None else to_text(value)
        raise m.fail(told, "SQLITE_CONSTRAINT_TRIGGER", self.action)
