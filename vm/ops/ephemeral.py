"""What a statement keeps for its own use: ephemeral tables, indexes on them, queues, the members of IN, sets of
rowids, and what ANALYZE learns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from foundrydb.vm.arithmetic.affinity import to_stored
from foundrydb.vm.instruction import (
    INDEX,
    QUEUE,
    SAMPLER,
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
    reads,
    reads_range,
    text,
    updates,
    values,
    writes,
    writes_range,
)
from foundrydb.vm.slots import IndexSlot
from foundrydb.vm.tables.ephemeral import ONCE_BUDGET, EphemeralIndex, EphemeralTable
from foundrydb.vm.tables.found_rows import FoundRows
from foundrydb.vm.tables.hash_index import HashIndex
from foundrydb.vm.tables.met_rows import MetRows
from foundrydb.vm.tables.queue import QUEUE_BUDGET, Fifo, OrderedQueue, RowQueue
from foundrydb.vm.tables.rowset import rowset_of
from foundrydb.vm.tables.sampler import Sampler, SamplerSlot

if TYPE_CHECKING:
    from foundrydb.storage.format.values import KeyInfo, Value
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
class OpenMet(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        opens("cursor", 1, INDEX),
        integer("columns", 2),
        key_info("keys", 4),
        text("name", 0),
    )
    DOC: ClassVar[str] = (
        "Open `cursor` on a new, empty set of entries that ends with the statement: only FoundOrInsert asks it."
    )
    COMMENT: ClassVar[str] = "nColumn={columns}; {name}"

    def __init__(self, cursor: int, columns: int, keys: KeyInfo, name: str = "") -> None:
        self.cursor: Final[i64] = cursor
        self.columns: Final[i64] = columns
        self.keys: Final = keys
        self.name: Final = name

    def execute(self, m: Machine, pc: i64) -> i64:
        m.close_cursor(self.cursor)
        m.cursors[self.cursor] = MetRows(m.host.attached.ephemeral, m.memory_budget, self.keys)
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
class Find(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (cursor("cursor", 1, TABLE), reads("rowid", 2))
    DOC: ClassVar[str] = "R[rowid] is one of the rows to change that `cursor` was opened for by OpenFound."
    COMMENT: ClassVar[str] = "rowid=r[{rowid}]"

    def __init__(self, cursor: int, rowid: int) -> None:
        self.cursor: Final[i64] = cursor
        self.rowid: Final[i64] = rowid

    def execute(self, m: Machine, pc: i64) -> i64:
        c = m.cursors[self.cursor]
        assert isinstance(c, FoundRows)
        rowid = m.registers[self.rowid]
        assert isinstance(rowid, int)
        c.find(rowid)
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
        "Go to `target` if the ephemeral index, or set, holds the entry R[first .. first+count-1]; else write it. "
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
        assert isinstance(c, IndexSlot)
        if self.count == 1:
            met = c.meet_one(r[self.first])
        else:
            met = c.meet(r[self.first : self.first + self.count])
        return self.target if met else pc + 1


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
        budget = min(m.memory_budget, QUEUE_BUDGET)
        if self.keys is None:
            m.cursors[self.cursor] = Fifo(m.host.attached.temporary_file, budget)
        else:
            m.cursors[self.cursor] = OrderedQueue(m.host.attached.ephemeral, budget, self.places, self.keys)
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


@final
class OpenSampler(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        opens("cursor", 1, SAMPLER),
        integer("columns", 2),
        key_info("keys", 4),
        reads("entries", 3),
        integer("encoding", 5),
        integers("reals", 0),
    )
    DOC: ClassVar[str] = (
        "Open `cursor` on a sampler of the first `columns` fields of R[entries] entries of an index, which come in the "
        "order of `keys`. Its rows are samples as sqlite_stat4 has them, with texts in an encoding, and reals for the "
        "integers in the fields `reals`."
    )
    COMMENT: ClassVar[str] = "nColumn={columns}"

    def __init__(
        self, cursor: int, columns: int, keys: KeyInfo, entries: int, encoding: int, reals: tuple[int, ...]
    ) -> None:
        self.cursor: Final[i64] = cursor
        self.columns: Final[i64] = columns
        self.keys: Final = keys
        self.entries: Final[i64] = entries
        self.encoding: Final[i64] = encoding
        self.reals: Final = reals

    def execute(self, m: Machine, pc: i64) -> i64:
        m.close_cursor(self.cursor)
        entries = m.registers[self.entries]
        assert isinstance(entries, int)
        columns = int(self.columns)
        sampler = Sampler(columns, entries, self.keys)
        m.cursors[self.cursor] = SamplerSlot(sampler, columns, self.reals, int(self.encoding))
        return pc + 1


@final
class TakeSample(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (cursor("cursor", 1, SAMPLER), cursor("index", 2, INDEX))
    DOC: ClassVar[str] = "Let a sampler look at the current entry of `index`."

    def __init__(self, cursor: int, index: int) -> None:
        self.cursor: Final[i64] = cursor
        self.index: Final[i64] = index

    def execute(self, m: Machine, pc: i64) -> i64:
        slot = m.cursors[self.cursor]
        assert isinstance(slot, SamplerSlot)
        slot.add(m.cursors[self.index])
        return pc + 1


@final
class SampleLimit(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, SAMPLER),
        writes("dest", 2),
        integer("limit", 3),
    )
    DOC: ClassVar[str] = (
        "R[dest] := what is next for a sampler that may look at `limit` entries at a time: NULL for the next entry, 0 "
        "to pass over those that agree with this one in the first field, 1 for no more."
    )

    def __init__(self, cursor: int, dest: int, limit: int) -> None:
        self.cursor: Final[i64] = cursor
        self.dest: Final[i64] = dest
        self.limit: Final[i64] = limit

    def execute(self, m: Machine, pc: i64) -> i64:
        slot = m.cursors[self.cursor]
        assert isinstance(slot, SamplerSlot)
        following: Value = None
        if slot.sampler.is_over(int(self.limit)):
            following = int(slot.sampler.distinct[0] > 0)
        m.registers[self.dest] = following
        return pc + 1


@final
class Statistics(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, SAMPLER),
        writes("dest", 2),
        integer("columns", 3),
    )
    DOC: ClassVar[str] = (
        "R[dest] := what sqlite_stat1 says of the entries that a sampler has seen: how many there were, and how many "
        "agree on average in the first field, the first two, … up to `columns`."
    )
    COMMENT: ClassVar[str] = "r[{dest}]=statistics of cursor {cursor}"

    def __init__(self, cursor: int, dest: int, columns: int) -> None:
        self.cursor: Final[i64] = cursor
        self.dest: Final[i64] = dest
        self.columns: Final[i64] = columns

    def execute(self, m: Machine, pc: i64) -> i64:
        slot = m.cursors[self.cursor]
        assert isinstance(slot, SamplerSlot)
        m.registers[self.dest] = slot.sampler.statistics(int(self.columns))
        return pc + 1


@final
class RowSetTest(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        updates("set", 1),
        jump("target", 2),
        reads("value", 3),
    )
    DOC: ClassVar[str] = "Go to `target` if the integer R[value] is in the set in R[set]; else add it."
    COMMENT: ClassVar[str] = "if r[{value}] in rowset({set}) goto {target}"

    def __init__(self, set: int, target: int, value: int) -> None:
        self.set: Final[i64] = set
        self.target: i64 = target
        self.value: Final[i64] = value

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        members = rowset_of(r, self.set)
        v = r[self.value]
        if members.holds(v):
            return self.target
        members.add(v)
        return pc + 1


def _add_member(m: Machine, cursor: i64, null: i64, member: Value, affinity: str) -> None:
    index = m.cursors[cursor]
    assert isinstance(index, IndexSlot)
    index.meet_one(to_stored(member, affinity))
    if member is None:
        m.registers[null] = 1


@final
class AddMembers(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, INDEX),
        updates("null", 2),
        values("members", 4),
        text("affinity", 0),
    )
    DOC: ClassVar[str] = (
        "Put the constants `members`, after applying `affinity`, into the ephemeral index; R[null] := 1 if one is NULL."
    )
    COMMENT: ClassVar[str] = "affinity {affinity}"

    def __init__(self, cursor: int, null: int, members: tuple[Value, ...], affinity: str) -> None:
        self.cursor: Final[i64] = cursor
        self.null: Final[i64] = null
        self.members: Final = members
        self.affinity: Final = affinity

    def execute(self, m: Machine, pc: i64) -> i64:
        for member in self.members:
            _add_member(m, self.cursor, self.null, member, self.affinity)
        return pc + 1


@final
class AddParameters(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, INDEX),
        updates("null", 2),
        integers("parameters", 4),
        text("affinity", 0),
    )
    DOC: ClassVar[str] = (
        "Put the values bound to these parameters, after applying `affinity`, into the ephemeral index; "
        "R[null] := 1 if one is NULL."
    )
    COMMENT: ClassVar[str] = "affinity {affinity}"

    def __init__(self, cursor: int, null: int, parameters: tuple[int, ...], affinity: str) -> None:
        self.cursor: Final[i64] = cursor
        self.null: Final[i64] = null
        self.parameters: Final = parameters
        self.affinity: Final = affinity

    def execute(self, m: Machine, pc: i64) -> i64:
        for parameter in self.parameters:
            _add_member(m, self.cursor, self.null, m.parameters[parameter], self.affinity)
        return pc + 1


@final
class AddMember(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, INDEX),
        updates("null", 2),
        reads("member", 3),
        text("affinity", 4),
    )
    DOC: ClassVar[str] = (
        "Put R[member], after applying `affinity`, into the ephemeral index; R[null] := 1 if it is NULL."
    )
    COMMENT: ClassVar[str] = "key=r[{member}]"

    def __init__(self, cursor: int, null: int, member: int, affinity: str) -> None:
        self.cursor: Final[i64] = cursor
        self.null: Final[i64] = null
        self.member: Final[i64] = member
        self.affinity: Final = affinity

    def execute(self, m: Machine, pc: i64) -> i64:
        _add_member(m, self.cursor, self.null, m.registers[self.member], self.affinity)
        return pc + 1
