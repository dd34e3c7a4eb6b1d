"""Finding entries by key.

On a table the key is one register, compared with the rowid; on an index it is a range of registers, compared with
the leading fields of the entries.  The key's affinity has been applied already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from foundrydb.vm.arithmetic.affinity import apply_affinity
from foundrydb.vm.instruction import (
    INDEX,
    TABLE,
    Instruction,
    Operand,
    cursor,
    integer,
    integers,
    jump,
    reads,
    reads_range,
    text,
)
from foundrydb.vm.record import Record
from foundrydb.vm.slots import IndexSlot, TableSlot
from foundrydb.vm.tables.keys import rowid_key, seek_table
from foundrydb.vm.tables.packing import holds

if TYPE_CHECKING:
    from foundrydb.storage.format.values import Value
    from foundrydb.vm.machine import Machine


@final
class SeekGE(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, TABLE, INDEX),
        jump("target", 2),
        reads_range("first", 3, "count"),
        integer("count", 4),
    )
    DOC: ClassVar[str] = (
        "Move to the first entry >= the key R[first .. first+count-1]; go to `target` if there is none."
    )
    COMMENT: ClassVar[str] = "key=r[{first}@{count}]"

    def __init__(self, cursor: int, target: int, first: int, count: int = 1) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target
        self.first: Final[i64] = first
        self.count: Final[i64] = count

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        if isinstance(c, IndexSlot):
            found = c.seek_at(r, self.first, self.count, 1)
            return pc + 1 if c.is_valid() and (found >= 0 or c.next()) else self.target
        return pc + 1 if seek_table(c, r[self.first], True, True) else self.target


@final
class SeekGT(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, TABLE, INDEX),
        jump("target", 2),
        reads_range("first", 3, "count"),
        integer("count", 4),
    )
    DOC: ClassVar[str] = (
        "Move to the first entry > the key R[first .. first+count-1]; go to `target` if there is none."
    )
    COMMENT: ClassVar[str] = "key=r[{first}@{count}]"

    def __init__(self, cursor: int, target: int, first: int, count: int = 1) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target
        self.first: Final[i64] = first
        self.count: Final[i64] = count

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        if isinstance(c, IndexSlot):
            found = c.seek_at(r, self.first, self.count, -1)
            return pc + 1 if c.is_valid() and (found > 0 or c.next()) else self.target
        return pc + 1 if seek_table(c, r[self.first], True, False) else self.target


@final
class SeekLE(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, TABLE, INDEX),
        jump("target", 2),
        reads_range("first", 3, "count"),
        integer("count", 4),
    )
    DOC: ClassVar[str] = (
        "Move to the last entry <= the key R[first .. first+count-1]; go to `target` if there is none."
    )
    COMMENT: ClassVar[str] = "key=r[{first}@{count}]"

    def __init__(self, cursor: int, target: int, first: int, count: int = 1) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target
        self.first: Final[i64] = first
        self.count: Final[i64] = count

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        if isinstance(c, IndexSlot):
            found = c.seek_at(r, self.first, self.count, -1)
            return pc + 1 if c.is_valid() and (found <= 0 or c.previous()) else self.target
        return pc + 1 if seek_table(c, r[self.first], False, True) else self.target


@final
class SeekLT(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, TABLE, INDEX),
        jump("target", 2),
        reads_range("first", 3, "count"),
        integer("count", 4),
    )
    DOC: ClassVar[str] = (
        "Move to the last entry < the key R[first .. first+count-1]; go to `target` if there is none."
    )
    COMMENT: ClassVar[str] = "key=r[{first}@{count}]"

    def __init__(self, cursor: int, target: int, first: int, count: int = 1) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target
        self.first: Final[i64] = first
        self.count: Final[i64] = count

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        if isinstance(c, IndexSlot):
            found = c.seek_at(r, self.first, self.count, 1)
            return pc + 1 if c.is_valid() and (found < 0 or c.previous()) else self.target
        return pc + 1 if seek_table(c, r[self.first], False, False) else self.target


@final
class SeekRowid(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, TABLE),
        jump("target", 2),
        reads("rowid", 3),
    )
    DOC: ClassVar[str] = (
        "Move to the row whose rowid is R[rowid]; go to `target` if there is none, or if R[rowid] "
        "is not an integer."
    )
    COMMENT: ClassVar[str] = "intkey=r[{rowid}]"

    def __init__(self, cursor: int, target: int, rowid: int) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target
        self.rowid: Final[i64] = rowid

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        assert isinstance(c, TableSlot)
        key = r[self.rowid]
        if not isinstance(key, int):
            key = rowid_key(key)
            if key is None:
                return self.target
        return pc + 1 if c.seek_exact(key) else self.target


@final
class NotExists(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, TABLE),
        jump("target", 2),
        reads("rowid", 3),
    )
    DOC: ClassVar[str] = (
        "Move to the row whose rowid is the integer R[rowid]; go to `target` if there is none."
    )
    COMMENT: ClassVar[str] = "intkey=r[{rowid}]"

    def __init__(self, cursor: int, target: int, rowid: int) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target
        self.rowid: Final[i64] = rowid

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        assert isinstance(c, TableSlot)
        key = r[self.rowid]
        assert isinstance(key, int)
        return pc + 1 if c.seek_exact(key) else self.target


def find(slot: IndexSlot, m: Machine, first: i64, count: i64) -> bool:
    """Move to an entry that begins with the key in registers; with the record in the first one if ``count`` is 0."""
    if count > 0:
        return slot.find_at(m.registers, first, count)
    record = m.registers[first]
    assert isinstance(record, Record)
    return slot.find(record.values)


@final
class Found(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, INDEX),
        jump("target", 2),
        reads_range("first", 3, "count"),
        integer("count", 4),
    )
    DOC: ClassVar[str] = (
        "Go to `target` if an entry begins with the key R[first .. first+count-1] (the record "
        "R[first] if `count` is 0); the cursor is left on it."
    )
    COMMENT: ClassVar[str] = "key=r[{first}@{count}]"

    def __init__(self, cursor: int, target: int, first: int, count: int = 0) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target
        self.first: Final[i64] = first
        self.count: Final[i64] = count

    def execute(self, m: Machine, pc: i64) -> i64:
        c = m.cursors[self.cursor]
        assert isinstance(c, IndexSlot)
        return self.target if find(c, m, self.first, self.count) else pc + 1


@final
class FkParent(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, TABLE, INDEX),
        jump("target", 2),
        reads_range("first", 3, "count"),
        integer("count", 5),
        text("affinity", 4),
    )
    DOC: ClassVar[str] = (
        "Go to `target` if one of R[first .. first+count-1] is NULL, or if the table has a row, the index an entry, "
        "with that key after applying `affinity`, a character for each: a row with that foreign key refers to "
        "something, or need not."
    )
    COMMENT: ClassVar[str] = "key=r[{first}@{count}]"

    def __init__(self, cursor: int, target: int, first: int, count: int, affinity: str) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target
        self.first: Final[i64] = first
        self.count: Final[i64] = count
        self.affinity: Final = affinity
        self.letters: Final = affinity.encode()

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        key: list[Value] = []
        i: i64 = 0
        while i < self.count:
            value = r[self.first + i]
            if value is None:
                return self.target
            letter: i64 = self.letters[i]
            key.append(value if holds(value, letter) else apply_affinity(value, chr(int(letter))))
            i += 1
        c = m.cursors[self.cursor]
        if isinstance(c, TableSlot):
            rowid = key[0]
            return self.target if isinstance(rowid, int) and c.has_rowid(rowid) else pc + 1
        assert isinstance(c, IndexSlot)
        return self.target if c.has_key(key) else pc + 1


@final
class NotFound(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, INDEX),
        jump("target", 2),
        reads_range("first", 3, "count"),
        integer("count", 4),
    )
    DOC: ClassVar[str] = (
        "Go to `target` if no entry begins with the key R[first .. first+count-1] (the record "
        "R[first] if `count` is 0); else the cursor is left on one."
    )
    COMMENT: ClassVar[str] = "key=r[{first}@{count}]"

    def __init__(self, cursor: int, target: int, first: int, count: int = 0) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target
        self.first: Final[i64] = first
        self.count: Final[i64] = count

    def execute(self, m: Machine, pc: i64) -> i64:
        c = m.cursors[self.cursor]
        assert isinstance(c, IndexSlot)
        return pc + 1 if find(c, m, self.first, self.count) else self.target


@final
class NoConflict(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, INDEX),
        jump("target", 2),
        reads_range("first", 3, "count"),
        integer("count", 4),
    )
    DOC: ClassVar[str] = (
        "Go to `target` if the key R[first .. first+count-1] holds a NULL, or if no entry begins "
        "with it; else the cursor is left on one."
    )
    COMMENT: ClassVar[str] = "key=r[{first}@{count}]"

    def __init__(self, cursor: int, target: int, first: int, count: int) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target
        self.first: Final[i64] = first
        self.count: Final[i64] = count

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        for i in range(self.first, self.first + self.count):
            if r[i] is None:
                return self.target
        c = m.cursors[self.cursor]
        assert isinstance(c, IndexSlot)
        return pc + 1 if c.find_at(r, self.first, self.count) else self.target


@final
class IdxGE(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, INDEX),
        jump("target", 2),
        reads_range("first", 3, "count"),
        integer("count", 4),
    )
    DOC: ClassVar[str] = "Go to `target` if the current entry >= the key R[first .. first+count-1]."
    COMMENT: ClassVar[str] = "key=r[{first}@{count}]"

    def __init__(self, cursor: int, target: int, first: int, count: int) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target
        self.first: Final[i64] = first
        self.count: Final[i64] = count

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        assert isinstance(c, IndexSlot)
        return self.target if c.compare_at(r, self.first, self.count) >= 0 else pc + 1


@final
class IdxGT(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, INDEX),
        jump("target", 2),
        reads_range("first", 3, "count"),
        integer("count", 4),
    )
    DOC: ClassVar[str] = "Go to `target` if the current entry > the key R[first .. first+count-1]."
    COMMENT: ClassVar[str] = "key=r[{first}@{count}]"

    def __init__(self, cursor: int, target: int, first: int, count: int) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target
        self.first: Final[i64] = first
        self.count: Final[i64] = count

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        assert isinstance(c, IndexSlot)
        return self.target if c.compare_at(r, self.first, self.count) > 0 else pc + 1


@final
class IdxLE(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, INDEX),
        jump("target", 2),
        reads_range("first", 3, "count"),
        integer("count", 4),
    )
    DOC: ClassVar[str] = "Go to `target` if the current entry <= the key R[first .. first+count-1]."
    COMMENT: ClassVar[str] = "key=r[{first}@{count}]"

    def __init__(self, cursor: int, target: int, first: int, count: int) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target
        self.first: Final[i64] = first
        self.count: Final[i64] = count

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        assert isinstance(c, IndexSlot)
        return self.target if c.compare_at(r, self.first, self.count) <= 0 else pc + 1


@final
class IdxLT(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, INDEX),
        jump("target", 2),
        reads_range("first", 3, "count"),
        integer("count", 4),
    )
    DOC: ClassVar[str] = "Go to `target` if the current entry < the key R[first .. first+count-1]."
    COMMENT: ClassVar[str] = "key=r[{first}@{count}]"

    def __init__(self, cursor: int, target: int, first: int, count: int) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target
        self.first: Final[i64] = first
        self.count: Final[i64] = count

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        assert isinstance(c, IndexSlot)
        return self.target if c.compare_at(r, self.first, self.count) < 0 else pc + 1


@final
class DeferredSeek(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("index", 1, INDEX),
        cursor("table", 3, TABLE),
        integers("columns", 4),
    )
    DOC: ClassVar[str] = (
        "Let `table` stand for the row that the current entry of `index` belongs to; it moves there "
        "when something of it is asked that the index does not hold. `columns[i]`-1, where not "
        "below 0, is the field of the index that holds column i of the table."
    )
    COMMENT: ClassVar[str] = "Move {table} to {index}.rowid if needed"

    def __init__(self, index: int, table: int, columns: tuple[int, ...] = ()) -> None:
        self.index: Final[i64] = index
        self.table: Final[i64] = table
        self.columns: Final = columns

    def execute(self, m: Machine, pc: i64) -> i64:
        source = m.cursors[self.index]
        c = m.cursors[self.table]
        assert isinstance(source, IndexSlot) and isinstance(c, TableSlot)
        c.defer(source, self.columns)
        return pc + 1
