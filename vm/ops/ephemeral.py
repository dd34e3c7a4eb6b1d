"""What a statement keeps for its own use: ephemeral tables, indexes on them, and queues."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from foundrydb.vm.instruction import (
    INDEX,
    QUEUE,
    TABLE,
    Instruction,
    Operand,
    cursor,
    flag,
    integer,
    integers,
    jump,
    key_info,
    opens,
    reads_range,
    text,
    writes_range,
)
from foundrydb.vm.tables.ephemeral import ONCE_BUDGET, EphemeralIndex, EphemeralTable
from foundrydb.vm.tables.found_rows import FoundRows
from foundrydb.vm.tables.hash_index import HashIndex
from foundrydb.vm.tables.queue import QUEUE_BUDGET, Fifo, OrderedQueue, RowQueue

if TYPE_CHECKING:
    from foundrydb.storage.format.values import KeyInfo
    from foundrydb.vm.machine import Machine


@final
class OpenEphemeral(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        opens("cursor", 1, TABLE, INDEX),
        integer("columns", 2),
        key_info("keys", 4),
        text("name", 0),
        flag("once", 1),
    )
    DOC: ClassVar[str] = (
        "Open `cursor` on a new, empty B-tree that ends with the statement. With `keys` it is an "
        "index, else a table. It stays in memory until it outgrows the budget. `once`: its rows are "
        "read once, in their order, so that a table need not be in memory for long."
    )
    COMMENT: ClassVar[str] = "nColumn={columns}; {name}"

    def __init__(
        self, cursor: int, columns: int, keys: KeyInfo | None = None, name: str = "", once: bool = False
    ) -> None:
        self.cursor: Final[i64] = cursor
        self.columns: Final[i64] = columns
        self.keys: Final = keys
        self.name: Final = name
        self.once: Final = once

    def execute(self, m: Machine, pc: i64) -> i64:
        m.close_cursor(self.cursor)
        if self.keys is None:
            budget = min(m.memory_budget, ONCE_BUDGET) if self.once else m.memory_budget
            m.cursors[self.cursor] = EphemeralTable(m.host.attached.ephemeral, budget)
        else:
            m.cursors[self.cursor] = EphemeralIndex(m.host.attached.ephemeral, m.memory_budget, self.keys)
        return pc + 1


@final
class OpenFound(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (opens("cursor", 1, TABLE), integer("columns", 2))
    DOC: ClassVar[str] = (
        "Open `cursor` on a new, empty table for the rows that the statement will change. They come in any order of "
        "their rowids; once all are there they are read, in order."
    )
    COMMENT: ClassVar[str] = "nColumn={columns}; rows to change"

    def __init__(self, cursor: int, columns: int) -> None:
        self.cursor: Final[i64] = cursor
        self.columns: Final[i64] = columns

    def execute(self, m: Machine, pc: i64) -> i64:
        m.close_cursor(self.cursor)
        m.cursors[self.cursor] = FoundRows(m.host.attached.ephemeral, min(m.memory_budget, ONCE_BUDGET))
        return pc + 1


@final
class OpenAutoindex(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        opens("cursor", 1, INDEX),
        integer("columns", 2),
        integer("width", 3),
        key_info("keys", 4),
        text("name", 0),
    )
    DOC: ClassVar[str] = (
        "Open `cursor` on a new, empty index that the statement builds for its own use. It is a hash "
        "table, in which entries are found by their first `width` fields, all of them: Next goes to the "
        "next entry with the same key."
    )
    COMMENT: ClassVar[str] = "nColumn={columns}; {name}"

    def __init__(self, cursor: int, columns: int, width: int, keys: KeyInfo, name: str = "") -> None:
        self.cursor: Final[i64] = cursor
        self.columns: Final[i64] = columns
        self.width: Final[i64] = width
        self.keys: Final = keys
        self.name: Final = name

    def execute(self, m: Machine, pc: i64) -> i64:
        m.close_cursor(self.cursor)
        m.cursors[self.cursor] = HashIndex(
            m.host.attached.ephemeral, m.memory_budget, self.keys, int(self.width)
        )
        return pc + 1


@final
class FoundOrInsert(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, INDEX),
        jump("target", 2),
        reads_range("first", 3, "count"),
        integer("count", 4),
    )
    DOC: ClassVar[str] = (
        "Go to `target` if the ephemeral index holds the entry R[first .. first+count-1]; else write it. "
        "Found, MakeRecord and IdxInsert in one."
    )
    COMMENT: ClassVar[str] = "key=r[{first}@{count}]"

    def __init__(self, cursor: int, target: int, first: int, count: int) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target
        self.first: Final[i64] = first
        self.count: Final[i64] = count

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        assert isinstance(c, EphemeralIndex)
        return self.target if c.meet(r[self.first : self.first + self.count]) else pc + 1


@final
class OpenQueue(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        opens("cursor", 1, QUEUE),
        integer("columns", 2),
        integers("places", 3),
        key_info("keys", 4),
        text("name", 0),
    )
    DOC: ClassVar[str] = (
        "Open `cursor` on a new, empty queue of rows with `columns` fields. The oldest row is taken from it "
        "first. With `keys` it is the least one, by the fields of the numbers `places`, and the oldest of equal ones."
    )
    COMMENT: ClassVar[str] = "nColumn={columns}; {name}"

    def __init__(
        self,
        cursor: int,
        columns: int,
        places: tuple[int, ...] = (),
        keys: KeyInfo | None = None,
        name: str = "",
    ) -> None:
        self.cursor: Final[i64] = cursor
        self.columns: Final[i64] = columns
        self.places: Final = places
        self.keys: Final = keys
        self.name: Final = name

    def execute(self, m: Machine, pc: i64) -> i64:
        m.close_cursor(self.cursor)
        make_database = m.host.attached.ephemeral
        budget = min(m.memory_budget, QUEUE_BUDGET)
        if self.keys is None:
            m.cursors[self.cursor] = Fifo(make_database, budget)
        else:
            m.cursors[self.cursor] = OrderedQueue(make_database, budget, self.places, self.keys)
        return pc + 1


@final
class Enqueue(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, QUEUE),
        reads_range("first", 2, "count"),
        integer("count", 3),
    )
    DOC: ClassVar[str] = "Add the row R[first .. first+count-1] to the queue."
    COMMENT: ClassVar[str] = "row=r[{first}@{count}]"

    def __init__(self, cursor: int, first: int, count: int) -> None:
        self.cursor: Final[i64] = cursor
        self.first: Final[i64] = first
        self.count: Final[i64] = count

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        queue = m.cursors[self.cursor]
        assert isinstance(queue, RowQueue)
        if self.count == 1:
            queue.add((r[self.first],))
        else:
            queue.add(tuple(r[self.first : self.first + self.count]))
        return pc + 1


@final
class Dequeue(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, QUEUE),
        jump("target", 2),
        writes_range("first", 3, "count"),
        integer("count", 4),
    )
    DOC: ClassVar[str] = (
        "R[first .. first+count-1] := the next row of the queue, which leaves it, and go to `target`; carry on where "
        "there is none."
    )
    COMMENT: ClassVar[str] = "r[{first}@{count}]=next row"
    WRITES_WHEN: ClassVar[str] = "jump"

    def __init__(self, cursor: int, target: int, first: int, count: int) -> None:
        self.cursor: Final[i64] = cursor
        self.target: i64 = target
        self.first: Final[i64] = first
        self.count: Final[i64] = count

    def execute(self, m: Machine, pc: i64) -> i64:
        queue = m.cursors[self.cursor]
        assert isinstance(queue, RowQueue)
        row = queue.take()
        if row is None:
            return pc + 1
        m.ticks -= 1
        if m.ticks < 0:
            m.attend()
        r = m.registers
        at = self.first
        for value in row:
            r[at] = value
            at += 1
        return self.target
