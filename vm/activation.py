"""A run of a trigger's program, on the machine's own stack.

``Machine.enter`` begins it: the row that it is run for is copied to its first registers, and what the machine was at
is put aside here.  ``Machine.leave`` ends it, and keeps the activation for the next run of the same program, which a
statement may want for every row: with its constants in their registers and its cursors on trees open, so that a run
begins behind the setup of the first one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, final

from librt.vecs import vec
from mypy_extensions import i64

from foundrydb.vm.program import Program
from foundrydb.vm.slots import CLOSED, Slot

if TYPE_CHECKING:
    from foundrydb.vm.ops import subroutines

BEHIND_INIT: Final = 1
"""Where a run begins that finds the setup done."""


@final
class Activation:
    """A run of a trigger's program: what is its own, and what waits for it to end.

    Attributes:
        code, registers, cursors, once: the program's own, as the machine's are.
        passing: the cursors that are closed at the end of a run.
        begin: where to begin.
        fire: the instruction that runs it; ``at``: the address of that; likewise ``its_code`` … are those of the
            program that waits.
        changes, last_changes, last_rowid: what the machine, and the connection, had counted before; a trigger counts
            for itself.
    """

    def __init__(self, program: Program) -> None:
        self.code: Final = program.code
        self.registers: Final[list[Any]] = [None] * (program.registers + 1)
        self.cursors: Final = vec[Slot]([CLOSED] * program.cursors)
        self.passing: Final = program.passing
        self.once: Final = [False] * len(program.instructions)
        self.begin: i64 = 0
        self.fire: subroutines.Program | None = None
        self.at: i64 = 0
        self.its_code = program.code
        self.its_registers: list[Any] = self.registers
        self.its_cursors = self.cursors
        self.its_once: list[bool] = self.once
        self.its_met = False
        self.changes = 0
        self.last_changes = 0
        self.last_rowid = 0

    def take_row(self, fire: subroutines.Program, registers: list[Any]) -> None:
        """Copy the row that it is run for from the registers of the program that runs it."""
        own = self.registers
        sources = fire.sources
        places = fire.places
        i: i64 = 0
        while i < len(sources):
            own[places[i]] = registers[sources[i]]
            i += 1

    def forget_met(self) -> None:
        """Let each Once be met for the first time again."""
        once = self.once
        for i in range(i64(len(once))):
            once[i] = False

    def forget(self) -> None:
        """Let go of the values in its registers: the next run makes its setup anew."""
        self.begin = 0
        registers = self.registers
        for i in range(i64(len(registers))):
            registers[i] = None
