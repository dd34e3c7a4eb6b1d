"""An opcode's operands as the program builder and the verifier want them: sorted once, not for each instruction."""

from __future__ import annotations

from typing import Final, final

from foundrydb.vm.instruction import (
    CURSOR,
    FORMULA,
    INDEX,
    JUMP,
    QUEUE,
    RANGE,
    READ,
    REGISTER,
    REGISTERS,
    SAMPLER,
    SORTER,
    TABLE,
    TEXT_TERM,
    VIRTUAL,
    WRITE,
    Instruction,
    Operand,
)

KINDS: Final = {TABLE: 1, INDEX: 2, SORTER: 4, VIRTUAL: 8, QUEUE: 16, SAMPLER: 32}
"""A bit for each kind of cursor."""
ANY_KIND: Final = 63


@final
class RegisterOperand:
    """An operand that names registers.

    Attributes:
        name: of the attribute that holds the first one's number.
        count: of the one that says how many there are, "" for a single register.
        reads, writes: what the instruction does with them.
        optional: 0 stands for none.
    """

    def __init__(self, operand: Operand) -> None:
        self.name: Final = operand.name
        self.count: Final = operand.count if operand.kind == RANGE else ""
        self.is_range: Final = operand.kind == RANGE
        self.reads: Final = operand.role != WRITE
        self.writes: Final = operand.role != READ
        self.optional: Final = operand.optional

    def size(self, instruction: Instruction, first: int) -> int:
        """How many registers an instruction names here, from ``first`` on."""
        if not self.is_range:
            return 0 if self.optional and first <= 0 else 1
        size: object = getattr(instruction, self.count)
        if isinstance(size, tuple):
            return len(size)
        assert isinstance(size, int)
        # A count of 0 stands for one register that holds a record.
        return size if self.writes or size > 0 else 1


@final
class CursorOperand:
    """An operand that names a cursor.

    Attributes:
        name: of the attribute that holds its number.
        opens: the instruction opens it.
        kinds: the kinds that it may have, or gets, a bit for each.
    """

    def __init__(self, operand: Operand) -> None:
        self.name: Final = operand.name
        self.opens: Final = operand.opens
        self.kinds: Final = sum([KINDS[kind] for kind in operand.cursors]) or ANY_KIND


@final
class Shape:
    """What holds of all instructions of an opcode.

    Attributes:
        registers, cursors, jumps: the operands that name registers, cursors, addresses.
        tuples: the names of those that are tuples of registers, to be read.
        terms: the names of those that are trees, and may read registers and cursors.
        falls_through: the next address may be reached by just carrying on.
        writes_falling, writes_jumping: its registers are written when it carries on, when it jumps.
    """

    def __init__(self, opcode: type[Instruction]) -> None:
        operands = opcode.OPERANDS
        self.falls_through: Final = opcode.FALLS_THROUGH
        self.writes_falling: Final = opcode.WRITES_WHEN != "jump"
        self.writes_jumping: Final = opcode.WRITES_WHEN != "fall"
        self.registers: Final = [RegisterOperand(each) for each in operands if each.kind in (REGISTER, RANGE)]
        self.cursors: Final = [CursorOperand(each) for each in operands if each.kind == CURSOR]
        self.tuples: Final = [each.name for each in operands if each.kind == REGISTERS]
        self.terms: Final = [each.name for each in operands if each.kind in (FORMULA, TEXT_TERM)]
        self.jumps: Final = [each for each in operands if each.kind == JUMP]


_SHAPES: Final[dict[type[Instruction], Shape]] = {}


def shape_of(instruction: Instruction) -> Shape:
    """The shape of an instruction's opcode."""
    found = _SHAPES.get(type(instruction))
    if found is None:
        found = Shape(type(instruction))
        _SHAPES[type(instruction)] = found
    return found
