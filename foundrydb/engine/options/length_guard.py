"""What holds values to a lower SQLITE_LIMIT_LENGTH while a statement runs.

The guard runs the machine's instructions in the place of its own loop, and looks at what each of them has written.
Only connections that have lowered the limit pay for that.
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.errors import error
from foundrydb.storage.format.record import encode
from foundrydb.vm.instruction import Instruction
from foundrydb.vm.machine import SWITCHED, Machine, Observer
from foundrydb.vm.ops.aggregates import AggFinal
from foundrydb.vm.ops.calls import Function, PureFunc
from foundrydb.vm.ops.rows import InsertRow, PatchRow
from foundrydb.vm.record import Record
from foundrydb.vm.shape import shape_of
from foundrydb.vm.tables.stored import StoredTable

_ZERO_ENDED: Final = frozenset(
    (
        *("hex", "upper", "lower", "quote", "unistr_quote", "printf", "format", "strftime"),
        *("group_concat", "string_agg"),
    )
)
"""The functions that make texts with a zero behind, for which SQLite wants room too."""


@final
class LengthGuard(Observer):
    """Refuses values that are too long.

    Args:
        longest: the bytes that a text, a blob or a row's values may have.
    """

    def __init__(self, longest: int) -> None:
        self._longest: Final = longest

    def run(self, machine: Machine, pc: i64) -> i64:
        """See ``Observer.run``."""
        handed = 0
        while True:
            code = machine.code
            written: dict[int, list[int]] = {}
            while pc >= 0:
                at = int(pc)
                instruction = code[at]
                if isinstance(instruction, InsertRow):
                    self._check_row(machine, instruction)
                elif isinstance(instruction, PatchRow):
                    self._check_patch(machine, instruction)
                pc = code[pc].execute(machine, pc)
                if at not in written:
                    written[at] = _written_by(code[at])
                if pc != SWITCHED:
                    spare = _spare(instruction)
                    for register in written[at]:
                        self._check(machine.registers[register], spare)
                if len(machine.rows) > handed:
                    self._check_rows(machine, handed)
                    handed = len(machine.rows)
            if pc != SWITCHED:
                return pc
            pc = machine.entry

    def _check(self, held: object, spare: int = 0) -> None:
        """Refuse what a register holds, if it is too long.

        Args:
            spare: how many bytes shorter it has to be than is allowed.

        Raises:
            DataError: it is.
        """
        size = len(encode(held.values)) if isinstance(held, Record) else _size(held)
        if size > self._longest - spare:
            raise error("string or blob too big", "SQLITE_TOOBIG")

    def _check_row(self, machine: Machine, insert: InsertRow) -> None:
        """Refuse a row that is to be stored.

        Raises:
            DataError: it is too long.
        """
        first = int(insert.first)
        if (
            len(encode(machine.registers[first : first + int(insert.count)], machine.encoding))
            > self._longest
        ):
            raise error("string or blob too big", "SQLITE_TOOBIG")

    def _check_patch(self, machine: Machine, patch: PatchRow) -> None:
        """Refuse the row that a change of some fields is to make.

        Raises:
            DataError: it is too long.
        """
        slot = machine.cursors[patch.cursor]
        assert isinstance(slot, StoredTable)
        row = slot.row(max(int(slot.cursor.column_count()), 1 + max(patch.fields)))
        for i, field in enumerate(patch.fields):
            row[field] = machine.registers[patch.first + i]
        if len(encode(row, machine.encoding)) > self._longest:
            raise error("string or blob too big", "SQLITE_TOOBIG")

    def _check_rows(self, machine: Machine, first: int) -> None:
        """Look through the rows that were handed out last, and take back those from one with too long a value on.

        Raises:
            DataError: there is one.
        """
        rows = machine.rows
        for i in range(first, len(rows)):
            try:
                for value in rows[i]:
                    self._check(value)
            except BaseException:
                del rows[i:]
                raise


def _spare(instruction: Instruction) -> int:
    """How many bytes shorter than other values the result of an instruction has to be."""
    if not isinstance(instruction, (Function, PureFunc, AggFinal)) or instruction.function.of_user:
        return 0
    return 1 if instruction.function.name in _ZERO_ENDED else 0


def _size(held: object) -> int:
    """The bytes of a text or a blob."""
    if isinstance(held, bytes):
        return len(held)
    if isinstance(held, str):
        return len(held) if held.isascii() else len(held.encode("utf-8", "surrogateescape"))
    return 0


def _written_by(instruction: Instruction) -> list[int]:
    """The registers that an instruction writes."""
    found: list[int] = []
    for each in shape_of(instruction).registers:
        if each.writes:
            first: int = getattr(instruction, each.name)
            found.extend(range(first, first + each.size(instruction, first)))
    return found
