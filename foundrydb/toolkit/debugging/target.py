"""Where a run is to stop: before an instruction, after what it did, at a row, when registers hold something."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from foundrydb.api.connection import connect
from foundrydb.errors import Error
from foundrydb.storage.format.values import Value
from foundrydb.vm.machine import OWN
from foundrydb.vm.shape import shape_of

if TYPE_CHECKING:
    from foundrydb.toolkit.debugging.meanings import Meanings
    from foundrydb.toolkit.debugging.replay import Replay

Question = Callable[[], bool]

READ: Final = "read"
CHANGED: Final = "changed"


class StopTarget:
    """Something to stop at; this one is never met.

    Attributes:
        text: as people write it.
    """

    def __init__(self, text: str) -> None:
        self.text: Final = text

    def addresses(self, meanings: Meanings) -> dict[int, list[int]]:
        """By program, the addresses of the instructions before which to stop."""
        return {}

    def row(self, rows: int) -> int:
        """How many rows there are to be, where so many are there; 0 for any."""
        return 0

    def question(self, replay: Replay) -> Question | None:
        """What is asked after each instruction of a move that begins where the replay is."""
        return None


class AtAddress(StopTarget):
    """Before the instruction at an address of the statement's own program."""

    def __init__(self, address: int) -> None:
        super().__init__(str(address))
        self.address: Final = address

    def addresses(self, meanings: Meanings) -> dict[int, list[int]]:
        """See ``StopTarget.addresses``."""
        return {OWN: [self.address]}


class AtOpcode(StopTarget):
    """Before an instruction of an opcode, in any program."""

    def __init__(self, opcode: str) -> None:
        super().__init__(opcode)
        self.opcode: Final = opcode

    def addresses(self, meanings: Meanings) -> dict[int, list[int]]:
        """See ``StopTarget.addresses``."""
        own = meanings.compilation.program
        programs = {OWN: own, **dict(enumerate(own.triggers))}
        return {
            number: [i for i, each in enumerate(program.instructions) if type(each).__name__ == self.opcode]
            for number, program in programs.items()
        }


class AtPiece(StopTarget):
    """Before an instruction that a piece of the SQL is evaluated by: one whose own piece lies within."""

    def __init__(self, text: str, start: int, end: int) -> None:
        super().__init__(text)
        self.start: Final = start
        self.end: Final = end

    def addresses(self, meanings: Meanings) -> dict[int, list[int]]:
        """See ``StopTarget.addresses``."""
        return {OWN: meanings.addresses_within(self.start, self.end)}


class OnPage(StopTarget):
    """After an instruction that asked for a page, or that changed it."""

    def __init__(self, page: int, database: int = 0, how: str = "") -> None:
        super().__init__(f"page {page} {how}".rstrip())
        self.page: Final = page
        self.database: Final = database
        self.how: Final = how

    def question(self, replay: Replay) -> Question:
        """See ``StopTarget.question``."""
        attached = replay.connection.engine.attached.all[self.database]

        def met() -> bool:
            database = attached.database
            if database is None:
                return False
            pager = database.pager
            return (self.how != CHANGED and self.page in pager.requested) or (
                self.how != READ and self.page in pager.touched
            )

        return met


class AtRow(StopTarget):
    """After the n-th row of the result."""

    def __init__(self, number: int) -> None:
        super().__init__(f"row {number}")
        self.number: Final = number

    def row(self, rows: int) -> int:
        """See ``StopTarget.row``."""
        return self.number


class OutTo(StopTarget):
    """After an instruction with which no more than so many programs of triggers run within one another."""

    def __init__(self, depth: int) -> None:
        super().__init__("the trigger's end")
        self.depth: Final = depth

    def question(self, replay: Replay) -> Question:
        """See ``StopTarget.question``."""
        activations = replay.machine.activations
        return lambda: len(activations) <= self.depth


class OnChange(StopTarget):
    """After an instruction that gave a register of the statement's own program another value."""

    def __init__(self, register: int) -> None:
        super().__init__(f"r{register} changes")
        self.register: Final = register

    def question(self, replay: Replay) -> Question:
        """See ``StopTarget.question``."""
        machine = replay.machine
        before: list[object] = [machine.registers[self.register] if not machine.activations else None]

        def met() -> bool:
            if machine.activations:
                return False
            value: object = machine.registers[self.register]
            last = before[0]
            before[0] = value
            return value is not last and (type(value) is not type(last) or value != last)

        return met


class RegisterCondition(StopTarget):
    """After an instruction that made a condition on registers of the statement's own program true.

    Args:
        condition: in SQL, with parameters ``?N`` for the registers.
        registers: their numbers.
    """

    def __init__(self, text: str, condition: str, registers: list[int]) -> None:
        super().__init__(text)
        self.registers: Final = registers
        self._sql: Final = f"SELECT ({condition}\n) IS TRUE"
        self._connection: Final = connect(":memory:")
        self.holds([None] * (max(registers, default=0) + 1))

    def holds(self, registers: list[object]) -> bool:
        """Whether it is true of these registers; what is no SQL value counts as NULL.

        Raises:
            Error: it is no expression, or fails on these values.
        """
        values: list[Value] = [
            value if isinstance(value := registers[i], (int, float, str, bytes)) else None
            for i in range(1, max(self.registers, default=0) + 1)
        ]
        return bool(self._connection.execute(self._sql, values).fetchone()[0])

    def question(self, replay: Replay) -> Question:
        """See ``StopTarget.question``."""
        machine = replay.machine
        stepper = replay.stepper
        writing = self._writing(replay)
        before = [False]

        def met() -> bool:
            if stepper.program != OWN or machine.activations or not writing[int(stepper.address)]:
                return False
            last = before[0]
            try:
                before[0] = self.holds(machine.registers)
            except Error:  # it fails on these values, and so is not true of them
                before[0] = False
            return before[0] and not last

        return met

    def _writing(self, replay: Replay) -> list[bool]:
        """By address, whether an instruction writes one of the registers."""
        found = []
        for instruction in replay.compilation.program.instructions:
            written = False
            for operand in shape_of(instruction).registers:
                first = int(getattr(instruction, operand.name))
                size = operand.size(instruction, first)
                written |= operand.writes and any(first <= r < first + size for r in self.registers)
            found.append(written)
        return found


def stops_of(targets: list[StopTarget], meanings: Meanings) -> dict[int, list[int]]:
    """The addresses of several targets."""
    found: dict[int, list[int]] = {}
    for target in targets:
        for number, addresses in target.addresses(meanings).items():
            found.setdefault(number, []).extend(addresses)
    return {number: addresses for number, addresses in found.items() if addresses}


def questions_of(targets: list[StopTarget], replay: Replay) -> Question | None:
    """The questions of several targets as one; each is asked every time."""
    questions = [question for target in targets if (question := target.question(replay)) is not None]
    if len(questions) < 2:
        return questions[0] if questions else None

    def met() -> bool:
        return any([question() for question in questions])

    return met
