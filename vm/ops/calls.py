"""Casts, scalar functions, and table-valued functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import Collation
from foundrydb.vm.arithmetic.cast import cast_value
from foundrydb.vm.functions.scalar import ScalarFunction
from foundrydb.vm.functions.table import TableFunction
from foundrydb.vm.instruction import (
    VIRTUAL,
    Instruction,
    Operand,
    collation,
    cursor,
    function,
    integer,
    jump,
    opens,
    reads_range,
    text,
    updates,
    writes,
)
from foundrydb.vm.tables.virtual import VirtualSlot

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine


@final
class Cast(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (updates("dest", 1), text("affinity", 4))
    DOC: ClassVar[str] = "R[dest] := CAST(R[dest] AS a type with `affinity`)."
    COMMENT: ClassVar[str] = "affinity(r[{dest}])"

    def __init__(self, dest: int, affinity: str) -> None:
        self.dest: Final[i64] = dest
        self.affinity: Final = affinity

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = cast_value(r[self.dest], self.affinity, m.encoding)
        return pc + 1


@final
class Function(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        reads_range("first", 2, "count"),
        integer("count", 1),
        writes("dest", 3),
        function("function", 4),
        collation("collation", 0),
    )
    DOC: ClassVar[str] = "R[dest] := function(R[first .. first+count-1])."
    COMMENT: ClassVar[str] = "r[{dest}]=func(r[{first}@{count}])"

    def __init__(
        self,
        first: int,
        count: int,
        dest: int,
        function: ScalarFunction,
        collation: Collation | None = None,
    ) -> None:
        self.first: Final[i64] = first
        self.count: Final[i64] = count
        self.dest: Final[i64] = dest
        self.function: Final = function
        self.collation: Final = collation

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        if self.collation is not None:
            m.context.collation = self.collation
        r[self.dest] = self.function.call(r[self.first : self.first + self.count], m.context)
        return pc + 1


@final
class PureFunc(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        reads_range("first", 2, "count"),
        integer("count", 1),
        writes("dest", 3),
        function("function", 4),
        collation("collation", 0),
        text("place", 0),
    )
    DOC: ClassVar[str] = (
        "R[dest] := function(R[first .. first+count-1]), where only a deterministic function will "
        "do: `place` is an index, a CHECK constraint or a generated column, in SQLite's words."
    )
    COMMENT: ClassVar[str] = "r[{dest}]=func(r[{first}@{count}])"

    def __init__(
        self,
        first: int,
        count: int,
        dest: int,
        function: ScalarFunction,
        collation: Collation | None = None,
        place: str = "an index",
    ) -> None:
        self.first: Final[i64] = first
        self.count: Final[i64] = count
        self.dest: Final[i64] = dest
        self.function: Final = function
        self.collation: Final = collation
        self.place: Final = place

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        if self.collation is not None:
            m.context.collation = self.collation
        m.context.place = self.place
        try:
            r[self.dest] = self.function.call(r[self.first : self.first + self.count], m.context)
        finally:
            m.context.place = ""
        return pc + 1


@final
class VOpen(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        opens("cursor", 1, VIRTUAL),
        function("function", 4),
    )
    DOC: ClassVar[str] = "Open `cursor` on a table-valued function."

    def __init__(self, cursor: int, function: TableFunction) -> None:
        self.cursor: Final[i64] = cursor
        self.function: Final = function

    def execute(self, m: Machine, pc: i64) -> i64:
        m.close_cursor(self.cursor)
        m.cursors[self.cursor] = VirtualSlot(self.function)
        return pc + 1


@final
class VFilter(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, VIRTUAL),
        jump("target", 2),
        reads_range("first", 3, "count"),
        integer("count", 4),
        integer("given", 5),
    )
    DOC: ClassVar[str] = (
        "Call the function with the arguments R[first ..]; bit i of `given` says that the i-th "
        "hidden column is among them. Move to its first row; go to `target` if there is none."
    )
    COMMENT: ClassVar[str] = "args=r[{first}@{count}]"

    def __init__(self, cursor: int, target: int, first: int, count: int, given: int) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target
        self.first: Final[i64] = first
        self.count: Final[i64] = count
        self.given: Final[i64] = given

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        assert isinstance(c, VirtualSlot)
        return (
            pc + 1
            if c.filter(r[self.first : self.first + self.count], self.given, m.context)
            else self.target
        )


@final
class VColumn(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, VIRTUAL),
        integer("column", 2),
        writes("dest", 3),
    )
    DOC: ClassVar[str] = "R[dest] := column `column` of the function's current row."
    COMMENT: ClassVar[str] = "r[{dest}]=vcolumn({column})"

    def __init__(self, cursor: int, column: int, dest: int) -> None:
        self.cursor: Final[i64] = cursor
        self.column: Final[i64] = column
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = m.cursors[self.cursor].column(self.column)
        return pc + 1


@final
class VNext(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (cursor("cursor", 1, VIRTUAL), jump("target", 2))
    DOC: ClassVar[str] = "Move to the function's next row and go to `target`; carry on past the last one."

    def __init__(self, cursor: int, target: int) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target

    def execute(self, m: Machine, pc: i64) -> i64:
        if m.cursors[self.cursor].next():
            m.ticks -= 1
            if m.ticks < 0:
                m.attend()
            return self.target
        return pc + 1
