"""Sorting: records go in in any order and come out in the order of their key."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from foundrydb.storage.tree.entry_reader import INTEGER, REAL
from foundrydb.vm.formulas.formula import Formula
from foundrydb.vm.instruction import (
    INDEX,
    SORTER,
    Instruction,
    Operand,
    cursor,
    formula,
    integer,
    jump,
    key_info,
    opens,
    reads,
    reads_range,
    writes,
)
from foundrydb.vm.record import Record
from foundrydb.vm.sorting.sorter import MOST_MEMORY, MOST_WANTED, SORT_BUDGET, SorterSlot
from foundrydb.vm.tables.stored import StoredIndex

if TYPE_CHECKING:
    from foundrydb.storage.format.values import KeyInfo
    from foundrydb.vm.machine import Machine


@final
class SorterOpen(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        opens("cursor", 1, SORTER),
        integer("columns", 2),
        key_info("keys", 4),
        integer("key_count", 3),
        reads("limit", 5, optional=True),
    )
    DOC: ClassVar[str] = (
        "Open `cursor` on a sorter of records with `columns` fields, ordered by the first "
        "`key_count` (as many as `keys` has if 0). With `limit` (a register), only the first R[limit] "
        "records will be taken out, if R[limit] is a positive integer, and the others need not be kept."
    )
    COMMENT: ClassVar[str] = "nColumn={columns}"

    def __init__(self, cursor: int, columns: int, keys: KeyInfo, key_count: int = 0, limit: int = 0) -> None:
        self.cursor: Final[i64] = cursor
        self.columns: Final[i64] = columns
        self.keys: Final = keys
        self.key_count: Final[i64] = key_count
        self.limit: Final[i64] = limit

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        m.close_cursor(self.cursor)
        wanted = r[self.limit] if self.limit > 0 else 0
        limit = wanted if isinstance(wanted, int) and 0 < wanted <= MOST_WANTED else 0
        m.cursors[self.cursor] = SorterSlot(
            m.host,
            min(m.memory_budget, MOST_MEMORY if limit > 0 else SORT_BUDGET),
            self.keys,
            int(self.key_count) if self.key_count else len(self.keys.collations),
            limit,
        )
        return pc + 1


@final
class SorterPut(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, SORTER),
        reads_range("first", 2, "count"),
        integer("count", 3),
    )
    DOC: ClassVar[str] = "Add a record of R[first .. first+count-1] to the sorter."
    COMMENT: ClassVar[str] = "key=r[{first}@{count}]"

    def __init__(self, cursor: int, first: int, count: int) -> None:
        self.cursor: Final[i64] = cursor
        self.first: Final[i64] = first
        self.count: Final[i64] = count

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        assert isinstance(c, SorterSlot)
        c.add(tuple(r[self.first : self.first + self.count]))
        return pc + 1


@final
class SorterSort(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (cursor("cursor", 1, SORTER), jump("target", 2))
    DOC: ClassVar[str] = "Sort what was added, and move to the first record; go to `target` if there is none."

    def __init__(self, cursor: int, target: int) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target

    def execute(self, m: Machine, pc: i64) -> i64:
        return pc + 1 if m.cursors[self.cursor].first() else self.target


@final
class SorterNext(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (cursor("cursor", 1, SORTER), jump("target", 2))
    DOC: ClassVar[str] = "Move to the next record and go to `target`; carry on past the last one."

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
class SorterToIndex(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (cursor("sorter", 1, SORTER), cursor("cursor", 2, INDEX))
    DOC: ClassVar[str] = (
        "Sort what was added to `sorter`, and write it all to the index of `cursor`, which is empty. SorterSort, and "
        "SorterData, IdxInsert and SorterNext for each record, in one."
    )
    COMMENT: ClassVar[str] = "index {cursor}=sorted {sorter}"

    def __init__(self, sorter: int, cursor: int) -> None:
        self.sorter: Final[i64] = sorter
        self.cursor: Final[i64] = cursor

    def execute(self, m: Machine, pc: i64) -> i64:
        rows = m.cursors[self.sorter]
        index = m.cursors[self.cursor]
        assert isinstance(rows, SorterSlot)
        assert isinstance(index, StoredIndex)
        more = rows.first()
        while more:
            index.append(rows.current)
            m.ticks -= 1
            if m.ticks < 0:
                m.attend()
            more = rows.next()
        return pc + 1


@final
class SorterData(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (cursor("cursor", 1, SORTER), writes("dest", 2))
    DOC: ClassVar[str] = "R[dest] := the current record of the sorter. (Column reads a sorter too.)"
    COMMENT: ClassVar[str] = "r[{dest}]=data"

    def __init__(self, cursor: int, dest: int) -> None:
        self.cursor: Final[i64] = cursor
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        assert isinstance(c, SorterSlot)
        r[self.dest] = Record(list(c.current))
        return pc + 1


@final
class SorterCompare(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, SORTER),
        jump("target", 2),
        reads("record", 3),
        integer("count", 4),
    )
    DOC: ClassVar[str] = (
        "Go to `target` if the first `count` fields of the record R[record] differ from the "
        "sorter's current record, or if one of them is NULL."
    )
    COMMENT: ClassVar[str] = "if key({cursor})!=trim(r[{record}],{count}) goto {target}"

    def __init__(self, cursor: int, target: int, record: int, count: int) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target
        self.record: Final[i64] = record
        self.count: Final[i64] = count

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        assert isinstance(c, SorterSlot)
        record = r[self.record]
        assert isinstance(record, Record)
        return self.target if c.differs(record.values, self.count) else pc + 1


@final
class SorterSkip(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, SORTER),
        formula("formula", 4),
        jump("done", 2),
    )
    DOC: ClassVar[str] = (
        "Go to `done` if `formula`, the first term of a row's key, gives a number with which the row cannot be among "
        "the first ones that are wanted of the sorter."
    )
    COMMENT: ClassVar[str] = "if {formula} comes too late goto {done}"

    def __init__(self, cursor: int, formula: Formula, done: int) -> None:
        self.cursor: Final[i64] = cursor
        self.formula: Final = formula
        self.done: i64 = done

    def execute(self, m: Machine, pc: i64) -> i64:
        slot = m.cursors[self.cursor]
        assert isinstance(slot, SorterSlot)
        sorter = slot.sorter
        if not (sorter.bounded or sorter.bounded_real):
            return pc + 1
        term = self.formula
        kind = term.evaluate(m)
        if kind == INTEGER and sorter.bounded:
            return self.done if sorter.skips(term.whole) else pc + 1
        if kind == REAL and sorter.bounded_real:
            return self.done if sorter.skips_real(term.real) else pc + 1
        return pc + 1


@final
class SorterPast(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, SORTER),
        reads("value", 3),
        jump("done", 2),
    )
    DOC: ClassVar[str] = (
        "Go to `done` if R[value], the first term of a row's key, is one with which the row cannot be among the first "
        "ones that are wanted of the sorter."
    )
    COMMENT: ClassVar[str] = "if r[{value}] comes too late goto {done}"

    def __init__(self, cursor: int, value: int, done: int) -> None:
        self.cursor: Final[i64] = cursor
        self.value: Final[i64] = value
        self.done: i64 = done

    def execute(self, m: Machine, pc: i64) -> i64:
        slot = m.cursors[self.cursor]
        assert isinstance(slot, SorterSlot)
        return self.done if slot.sorter.skips_value(m.registers[self.value]) else pc + 1
