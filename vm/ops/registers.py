"""Constants, parameters, and moving values between registers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import Value
from foundrydb.vm.instruction import (
    Instruction,
    Operand,
    integer,
    jump,
    reads,
    reads_range,
    rows,
    updates,
    value,
    writes,
    writes_range,
)

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine


@final
class Integer(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (value("value", 1), writes("dest", 2))
    DOC: ClassVar[str] = "R[dest] := value, an integer of at most 32 bits."
    COMMENT: ClassVar[str] = "r[{dest}]={value}"

    def __init__(self, value: Value, dest: int) -> None:
        self.value: Final = value
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = self.value
        return pc + 1


@final
class Int64(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (value("value", 4), writes("dest", 2))
    DOC: ClassVar[str] = "R[dest] := value, an integer."
    COMMENT: ClassVar[str] = "r[{dest}]={value}"

    def __init__(self, value: Value, dest: int) -> None:
        self.value: Final = value
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = self.value
        return pc + 1


@final
class Real(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (value("value", 4), writes("dest", 2))
    DOC: ClassVar[str] = "R[dest] := value, a real number."
    COMMENT: ClassVar[str] = "r[{dest}]={value}"

    def __init__(self, value: Value, dest: int) -> None:
        self.value: Final = value
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = self.value
        return pc + 1


@final
class String8(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (value("value", 4), writes("dest", 2))
    DOC: ClassVar[str] = "R[dest] := value, a text."
    COMMENT: ClassVar[str] = "r[{dest}]='{value}'"

    def __init__(self, value: Value, dest: int) -> None:
        self.value: Final = value
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = self.value
        return pc + 1


@final
class ConstantRow(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        updates("index", 1),
        jump("target", 2),
        writes_range("first", 3, "width"),
        rows("rows", 4),
        integer("width", 5),
    )
    DOC: ClassVar[str] = (
        "R[first..first+width-1] := the constants of row R[index] of `rows`, and count R[index] up; "
        "go to `target` if there is no such row."
    )
    COMMENT: ClassVar[str] = "r[{first}..]=row r[{index}] of {rows}"
    WRITES_WHEN: ClassVar[str] = "fall"

    def __init__(
        self, index: int, target: int, first: int, rows: tuple[tuple[Value, ...], ...], width: int
    ) -> None:
        self.index: Final[i64] = index
        self.target: i64 = target
        self.first: Final[i64] = first
        self.rows: Final = rows
        self.width: Final[i64] = width

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        index = r[self.index]
        assert isinstance(index, int)
        if index >= len(self.rows):
            return self.target
        at = self.first
        for constant in self.rows[index]:
            r[at] = constant
            at += 1
        r[self.index] = index + 1
        return pc + 1


@final
class Blob(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (value("value", 4), writes("dest", 2))
    DOC: ClassVar[str] = "R[dest] := value, a blob."
    COMMENT: ClassVar[str] = "r[{dest}]={value}"

    def __init__(self, value: Value, dest: int) -> None:
        self.value: Final = value
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = self.value
        return pc + 1


@final
class Null(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        writes_range("dest", 2, "count"),
        integer("count", 3),
    )
    DOC: ClassVar[str] = "R[dest .. dest+count-1] := NULL."
    COMMENT: ClassVar[str] = "r[{dest}@{count}]=NULL"

    def __init__(self, dest: int, count: int = 1) -> None:
        self.dest: Final[i64] = dest
        self.count: Final[i64] = count

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        for i in range(self.dest, self.dest + self.count):
            r[i] = None
        return pc + 1


@final
class Variable(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (integer("parameter", 1), writes("dest", 2))
    DOC: ClassVar[str] = "R[dest] := the value bound to parameter number `parameter` (from 1)."
    COMMENT: ClassVar[str] = "r[{dest}]=parameter({parameter})"

    def __init__(self, parameter: int, dest: int) -> None:
        self.parameter: Final[i64] = parameter
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = m.parameters[self.parameter]
        return pc + 1


@final
class Copy(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        reads_range("source", 1, "count"),
        writes_range("dest", 2, "count"),
        integer("count", 3),
    )
    DOC: ClassVar[str] = "Copy R[source .. source+count-1] to R[dest ..]."
    COMMENT: ClassVar[str] = "r[{dest}@{count}]=r[{source}@{count}]"

    def __init__(self, source: int, dest: int, count: int = 1) -> None:
        self.source: Final[i64] = source
        self.dest: Final[i64] = dest
        self.count: Final[i64] = count

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        if self.count == 1:
            r[self.dest] = r[self.source]
        else:
            moved = r[self.source : self.source + self.count]
            for i in range(self.count):
                r[self.dest + i] = moved[i]
        return pc + 1


@final
class SCopy(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (reads("source", 1), writes("dest", 2))
    DOC: ClassVar[str] = "R[dest] := R[source]."
    COMMENT: ClassVar[str] = "r[{dest}]=r[{source}]"

    def __init__(self, source: int, dest: int) -> None:
        self.source: Final[i64] = source
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = r[self.source]
        return pc + 1


@final
class MemMax(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (updates("dest", 1), reads("source", 2))
    DOC: ClassVar[str] = "R[dest] := max(R[dest], R[source]), both integers."
    COMMENT: ClassVar[str] = "r[{dest}]=max(r[{dest}],r[{source}])"

    def __init__(self, dest: int, source: int) -> None:
        self.dest: Final[i64] = dest
        self.source: Final[i64] = source

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        old = r[self.dest]
        new = r[self.source]
        assert isinstance(old, int) and isinstance(new, int)
        if new > old:
            r[self.dest] = new
        return pc + 1
