"""Casts, scalar functions, subtypes, virtual tables, and a user who is told of changed rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import MET, Collation, is_well_formed, well_formed
from foundrydb.vm.arithmetic.cast import cast_value
from foundrydb.vm.functions.json.subtype import marked, subtype_of, unmarked
from foundrydb.vm.functions.scalar import ScalarFunction
from foundrydb.vm.instruction import (
    VIRTUAL,
    Instruction,
    Operand,
    collation,
    cursor,
    flag,
    function,
    integer,
    jump,
    module,
    opens,
    reads,
    reads_range,
    text,
    updates,
    writes,
)
from foundrydb.vm.modules.module import VirtualTable
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
        first = self.first
        if self.count == 1:
            r[self.dest] = self.function.call_one(r[first], m.context)
        elif self.count == 2:
            r[self.dest] = self.function.call_two(r[first], r[first + 1], m.context)
        else:
            r[self.dest] = self.function.call(r[first : first + self.count], m.context)
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
class WellFormed(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (updates("dest", 1),)
    DOC: ClassVar[str] = (
        "Have U+FFFD in R[dest] for what is not UTF-8, of which a database in UTF-16 can hold nothing."
    )
    COMMENT: ClassVar[str] = "wellformed(r[{dest}])"

    def __init__(self, dest: int) -> None:
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        value = r[self.dest]
        if MET.ill_formed and isinstance(value, str) and not is_well_formed(value):
            r[self.dest] = well_formed(value)
        return pc + 1


@final
class GetSubtype(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (reads("source", 1), writes("dest", 2))
    DOC: ClassVar[str] = "R[dest] := the number of the subtype that R[source] has, 0 for none."
    COMMENT: ClassVar[str] = "r[{dest}]=subtype(r[{source}])"

    def __init__(self, source: int, dest: int) -> None:
        self.source: Final[i64] = source
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = subtype_of(r[self.source])
        return pc + 1


@final
class SetSubtype(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (reads("subtype", 1), updates("value", 2))
    DOC: ClassVar[str] = "Give R[value] the subtype whose number is R[subtype]; 0: none."
    COMMENT: ClassVar[str] = "subtype(r[{value}])=r[{subtype}]"

    def __init__(self, subtype: int, value: int) -> None:
        self.subtype: Final[i64] = subtype
        self.value: Final[i64] = value

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        if r[self.subtype] != 0:
            r[self.value] = marked(r[self.value])
        return pc + 1


@final
class TakeSubtype(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (updates("value", 1), writes("subtype", 2))
    DOC: ClassVar[str] = "R[subtype] := the number of the subtype that R[value] has, and loses; 0 for none."
    COMMENT: ClassVar[str] = "r[{subtype}]=subtype(r[{value}])"

    def __init__(self, value: int, subtype: int) -> None:
        self.value: Final[i64] = value
        self.subtype: Final[i64] = subtype

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        value = r[self.value]
        r[self.subtype] = subtype_of(value)
        r[self.value] = unmarked(value)
        return pc + 1


@final
class VOpen(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        opens("cursor", 1, VIRTUAL),
        module("table", 4),
    )
    DOC: ClassVar[str] = "Open `cursor` on a virtual table."

    def __init__(self, cursor: int, table: VirtualTable) -> None:
        self.cursor: Final[i64] = cursor
        self.table: Final = table

    def execute(self, m: Machine, pc: i64) -> i64:
        m.close_cursor(self.cursor)
        m.cursors[self.cursor] = VirtualSlot(self.table)
        return pc + 1


@final
class VFilter(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, VIRTUAL),
        jump("target", 2),
        reads_range("first", 3, "count"),
        integer("count", 0),
        text("strategy", 4),
        integer("number", 5),
    )
    DOC: ClassVar[str] = (
        "Have the virtual table find rows by the strategy of this number and text, given the values R[first ..]. "
        "Move to the first; go to `target` if there is none."
    )
    COMMENT: ClassVar[str] = "values=r[{first}@{count}]"

    def __init__(self, cursor: int, target: int, first: int, count: int, strategy: str, number: int) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target
        self.first: Final[i64] = first
        self.count: Final[i64] = count
        self.strategy: Final = strategy
        self.number: Final = number

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        assert isinstance(c, VirtualSlot)
        values = r[self.first : self.first + self.count]
        return pc + 1 if c.filter(self.number, self.strategy, values, m.context) else self.target


@final
class VColumn(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, VIRTUAL),
        integer("column", 2),
        writes("dest", 3),
        flag("marked", 1),
    )
    DOC: ClassVar[str] = (
        "R[dest] := column `column` of the virtual table's current row; `marked`: with the subtype of its value."
    )
    COMMENT: ClassVar[str] = "r[{dest}]=vcolumn({column})"

    def __init__(self, cursor: int, column: int, dest: int, marked: bool = False) -> None:
        self.cursor: Final[i64] = cursor
        self.column: Final[i64] = column
        self.dest: Final[i64] = dest
        self.marked: Final = marked

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        if self.marked:
            c = m.cursors[self.cursor]
            assert isinstance(c, VirtualSlot)
            r[self.dest] = c.marked_column(self.column)
            return pc + 1
        r[self.dest] = m.cursors[self.cursor].column(self.column)
        return pc + 1


@final
class VNext(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (cursor("cursor", 1, VIRTUAL), jump("target", 2))
    DOC: ClassVar[str] = (
        "Move to the virtual table's next row and go to `target`; carry on past the last one."
    )

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


@final
class UpdateHook(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        integer("kind", 1),
        reads("rowid", 2),
        integer("db", 3),
        text("table", 4),
    )
    DOC: ClassVar[str] = (
        "Tell the connection's update hook of the row R[rowid] of a table: `kind` is 18 for INSERT, "
        "23 for UPDATE, 9 for DELETE."
    )

    def __init__(self, kind: int, rowid: int, db: int, table: str) -> None:
        self.kind: Final[i64] = kind
        self.rowid: Final[i64] = rowid
        self.db: Final[i64] = db
        self.table: Final = table

    def execute(self, m: Machine, pc: i64) -> i64:
        callback = m.host.transaction.hooks.update
        if callback is not None:
            callback(int(self.kind), m.host.attached.all[self.db].name, self.table, m.registers[self.rowid])
        return pc + 1
