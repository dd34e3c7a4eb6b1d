"""Arithmetic, bits and concatenation on registers, with SQLite's rules for overflow, NULL and text."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from foundrydb.vm.arithmetic import operators as arithmetic
from foundrydb.vm.arithmetic.operators import FAST_MAX, FAST_MIN
from foundrydb.vm.instruction import Instruction, Operand, integer, reads, updates, writes

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine


@final
class Add(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        reads("left", 2),
        reads("right", 1),
        writes("dest", 3),
    )
    DOC: ClassVar[str] = "R[dest] := R[left] + R[right]"
    COMMENT: ClassVar[str] = "r[{dest}]=r[{left}]+r[{right}]"

    def __init__(self, left: int, right: int, dest: int) -> None:
        self.left: Final[i64] = left
        self.right: Final[i64] = right
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        a = r[self.left]
        b = r[self.right]
        if isinstance(a, int) and isinstance(b, int):
            n = a + b
            if FAST_MIN <= n <= FAST_MAX:
                r[self.dest] = n
                return pc + 1
        r[self.dest] = arithmetic.add(a, b, m.encoding)
        return pc + 1


@final
class AddImm(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (updates("dest", 1), integer("value", 2))
    DOC: ClassVar[str] = "R[dest] := R[dest] + value, forced to an integer."
    COMMENT: ClassVar[str] = "r[{dest}]=r[{dest}]+{value}"

    def __init__(self, dest: int, value: int) -> None:
        self.dest: Final[i64] = dest
        self.value: Final[i64] = value

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = arithmetic.add_integer(r[self.dest], self.value, m.encoding)
        return pc + 1


@final
class Subtract(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        reads("left", 2),
        reads("right", 1),
        writes("dest", 3),
    )
    DOC: ClassVar[str] = "R[dest] := R[left] - R[right]"
    COMMENT: ClassVar[str] = "r[{dest}]=r[{left}]-r[{right}]"

    def __init__(self, left: int, right: int, dest: int) -> None:
        self.left: Final[i64] = left
        self.right: Final[i64] = right
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        a = r[self.left]
        b = r[self.right]
        if isinstance(a, int) and isinstance(b, int):
            n = a - b
            if FAST_MIN <= n <= FAST_MAX:
                r[self.dest] = n
                return pc + 1
        r[self.dest] = arithmetic.subtract(a, b, m.encoding)
        return pc + 1


@final
class Multiply(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        reads("left", 2),
        reads("right", 1),
        writes("dest", 3),
    )
    DOC: ClassVar[str] = "R[dest] := R[left] * R[right]"
    COMMENT: ClassVar[str] = "r[{dest}]=r[{left}]*r[{right}]"

    def __init__(self, left: int, right: int, dest: int) -> None:
        self.left: Final[i64] = left
        self.right: Final[i64] = right
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        a = r[self.left]
        b = r[self.right]
        if isinstance(a, int) and isinstance(b, int):
            n = a * b
            if FAST_MIN <= n <= FAST_MAX:
                r[self.dest] = n
                return pc + 1
        r[self.dest] = arithmetic.multiply(a, b, m.encoding)
        return pc + 1


@final
class Divide(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        reads("left", 2),
        reads("right", 1),
        writes("dest", 3),
    )
    DOC: ClassVar[str] = "R[dest] := R[left] / R[right], NULL when the divisor is zero."
    COMMENT: ClassVar[str] = "r[{dest}]=r[{left}]/r[{right}]"

    def __init__(self, left: int, right: int, dest: int) -> None:
        self.left: Final[i64] = left
        self.right: Final[i64] = right
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = arithmetic.divide(r[self.left], r[self.right], m.encoding)
        return pc + 1


@final
class Remainder(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        reads("left", 2),
        reads("right", 1),
        writes("dest", 3),
    )
    DOC: ClassVar[str] = "R[dest] := R[left] % R[right], NULL when the divisor is zero."
    COMMENT: ClassVar[str] = "r[{dest}]=r[{left}]%r[{right}]"

    def __init__(self, left: int, right: int, dest: int) -> None:
        self.left: Final[i64] = left
        self.right: Final[i64] = right
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = arithmetic.remainder(r[self.left], r[self.right], m.encoding)
        return pc + 1


@final
class Concat(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        reads("left", 2),
        reads("right", 1),
        writes("dest", 3),
    )
    DOC: ClassVar[str] = "R[dest] := R[left] || R[right]"
    COMMENT: ClassVar[str] = "r[{dest}]=r[{left}]+r[{right}]"

    def __init__(self, left: int, right: int, dest: int) -> None:
        self.left: Final[i64] = left
        self.right: Final[i64] = right
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = arithmetic.concat(r[self.left], r[self.right], m.encoding)
        return pc + 1


@final
class BitAnd(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        reads("left", 2),
        reads("right", 1),
        writes("dest", 3),
    )
    DOC: ClassVar[str] = "R[dest] := R[left] & R[right]"
    COMMENT: ClassVar[str] = "r[{dest}]=r[{left}]&r[{right}]"

    def __init__(self, left: int, right: int, dest: int) -> None:
        self.left: Final[i64] = left
        self.right: Final[i64] = right
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = arithmetic.bit_and(r[self.left], r[self.right], m.encoding)
        return pc + 1


@final
class BitOr(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        reads("left", 2),
        reads("right", 1),
        writes("dest", 3),
    )
    DOC: ClassVar[str] = "R[dest] := R[left] | R[right]"
    COMMENT: ClassVar[str] = "r[{dest}]=r[{left}]|r[{right}]"

    def __init__(self, left: int, right: int, dest: int) -> None:
        self.left: Final[i64] = left
        self.right: Final[i64] = right
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = arithmetic.bit_or(r[self.left], r[self.right], m.encoding)
        return pc + 1


@final
class BitNot(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (reads("source", 1), writes("dest", 2))
    DOC: ClassVar[str] = "R[dest] := ~R[source]"
    COMMENT: ClassVar[str] = "r[{dest}]= ~r[{source}]"

    def __init__(self, source: int, dest: int) -> None:
        self.source: Final[i64] = source
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = arithmetic.bit_not(r[self.source], m.encoding)
        return pc + 1


@final
class ShiftLeft(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        reads("left", 2),
        reads("right", 1),
        writes("dest", 3),
    )
    DOC: ClassVar[str] = "R[dest] := R[left] << R[right]"
    COMMENT: ClassVar[str] = "r[{dest}]=r[{left}]<<r[{right}]"

    def __init__(self, left: int, right: int, dest: int) -> None:
        self.left: Final[i64] = left
        self.right: Final[i64] = right
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = arithmetic.shift_left(r[self.left], r[self.right], m.encoding)
        return pc + 1


@final
class ShiftRight(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        reads("left", 2),
        reads("right", 1),
        writes("dest", 3),
    )
    DOC: ClassVar[str] = "R[dest] := R[left] >> R[right]"
    COMMENT: ClassVar[str] = "r[{dest}]=r[{left}]>>r[{right}]"

    def __init__(self, left: int, right: int, dest: int) -> None:
        self.left: Final[i64] = left
        self.right: Final[i64] = right
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = arithmetic.shift_right(r[self.left], r[self.right], m.encoding)
        return pc + 1


@final
class Negate(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (reads("source", 1), writes("dest", 2))
    DOC: ClassVar[str] = "R[dest] := 0 - R[source]"
    COMMENT: ClassVar[str] = "r[{dest}]=-r[{source}]"

    def __init__(self, source: int, dest: int) -> None:
        self.source: Final[i64] = source
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = arithmetic.subtract(0, r[self.source], m.encoding)
        return pc + 1
