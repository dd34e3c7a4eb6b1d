"""Reading rows from cursors, making records, and writing them to tables and indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import Value
from foundrydb.storage.tree.table_cursor import ROWID
from foundrydb.vm.arithmetic.affinity import real_if_integer, strict_value, to_stored
from foundrydb.vm.instruction import (
    INDEX,
    TABLE,
    Instruction,
    Operand,
    cursor,
    flag,
    integer,
    integers,
    reads,
    reads_range,
    text,
    texts,
    updates,
    updates_range,
    value,
    writes,
    writes_range,
)
from foundrydb.vm.record import Record
from foundrydb.vm.slots import IndexSlot, Slot, TableSlot
from foundrydb.vm.tables.keys import new_rowid, next_autoincrement
from foundrydb.vm.tables.packing import convert, copied_types, stored
from foundrydb.vm.tables.stored import StoredTable

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine

NOTHING: Final = -2
"""What stands for NULL among the numbers of fields."""

_MANY: Final = 1 << 30


def leading_fields(columns: tuple[int, ...]) -> int:
    """How many fields ``columns`` are, if they are the record's first ones in order but for a rowid; else 0."""
    plain = columns.count(-1) <= 1 and all(column in (i, -1) for i, column in enumerate(columns))
    return len(columns) if plain else 0


@final
class Column(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1),
        integer("column", 2),
        writes("dest", 3),
        value("default", 4),
    )
    DOC: ClassVar[str] = (
        "R[dest] := field `column` of the current row of `cursor`; `default` where the record is shorter."
    )
    COMMENT: ClassVar[str] = "r[{dest}]= cursor {cursor} column {column}"

    def __init__(self, cursor: int, column: int, dest: int, default: Value = None) -> None:
        self.cursor: Final[i64] = cursor
        self.column: Final[i64] = column
        self.dest: Final[i64] = dest
        self.default: Final = default

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        if self.default is None:
            r[self.dest] = c.column(self.column)
        else:
            r[self.dest] = c.column_or(self.column, self.default)
        return pc + 1


@final
class Columns(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1),
        integers("columns", 4),
        writes_range("dest", 3, "columns"),
        integers("reals", 5),
    )
    DOC: ClassVar[str] = (
        "R[dest + i] := field `columns[i]` of the current row, for each i (-1 stands for the "
        "rowid); an integer becomes a real for each i in `reals`."
    )
    COMMENT: ClassVar[str] = "r[{dest}..]= cursor {cursor} columns {columns}"

    def __init__(self, cursor: int, columns: tuple[int, ...], dest: int, reals: tuple[int, ...] = ()) -> None:
        self.cursor: Final[i64] = cursor
        self.columns: Final = columns
        self.dest: Final[i64] = dest
        self.reals: Final = reals

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        dest = self.dest
        for column in self.columns:
            r[dest] = c.column(column) if column >= 0 else c.rowid()
            dest += 1
        for i in self.reals:
            r[self.dest + i] = real_if_integer(r[self.dest + i])
        return pc + 1


@final
class ResultColumns(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1),
        integers("columns", 4),
        integers("reals", 5),
    )
    DOC: ClassVar[str] = (
        "Hand out a row of the fields `columns` of the current row of `cursor` (-1 stands for the "
        "rowid); an integer becomes a real for each i in `reals`. Columns and ResultRow in one."
    )
    COMMENT: ClassVar[str] = "output= cursor {cursor} columns {columns}"

    def __init__(self, cursor: int, columns: tuple[int, ...], reals: tuple[int, ...] = ()) -> None:
        self.cursor: Final[i64] = cursor
        self.columns: Final = columns
        self.reals: Final = reals
        self.prefix: Final[i64] = leading_fields(columns)
        self.rowid_at: Final[i64] = columns.index(-1) if columns.count(-1) == 1 else -1
        # The columns stand next to each other from this one on; -1 where they do not.
        first = columns[0] if columns else -1
        self.run: Final[i64] = first if columns == tuple(range(first, first + len(columns))) else -1
        self.run_end: Final[i64] = first + len(columns)

    def execute(self, m: Machine, pc: i64) -> i64:
        c = m.cursors[self.cursor]
        if self.run >= 0 and c.holds_tuples and not c.null_row and not self.reals:
            m.rows.append(c.fields(self.run, self.run_end))
            m.room -= 1
            return pc + 1 if m.room != 0 else -2 - (pc + 1)
        if self.prefix > 0:
            values = c.row(self.prefix)
            if self.rowid_at >= 0:
                values[self.rowid_at] = c.rowid()
        else:
            values = [c.column(column) if column >= 0 else c.rowid() for column in self.columns]
        for i in self.reals:
            values[i] = real_if_integer(values[i])
        m.rows.append(tuple(values))
        m.room -= 1
        if m.room == 0:
            return -2 - (pc + 1)
        return pc + 1


@final
class Rowid(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (cursor("cursor", 1), writes("dest", 2))
    DOC: ClassVar[str] = "R[dest] := the rowid of the current row; NULL on the null row."
    COMMENT: ClassVar[str] = "r[{dest}]={cursor}.rowid"

    def __init__(self, cursor: int, dest: int) -> None:
        self.cursor: Final[i64] = cursor
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = m.cursors[self.cursor].rowid()
        return pc + 1


@final
class IdxRowid(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (cursor("cursor", 1, INDEX), writes("dest", 2))
    DOC: ClassVar[str] = "R[dest] := the rowid at the end of the current index entry; NULL on the null row."
    COMMENT: ClassVar[str] = "r[{dest}]={cursor}.rowid"

    def __init__(self, cursor: int, dest: int) -> None:
        self.cursor: Final[i64] = cursor
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = m.cursors[self.cursor].rowid()
        return pc + 1


@final
class MakeRecord(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        reads_range("first", 1, "count"),
        integer("count", 2),
        writes("dest", 3),
        text("affinity", 4),
    )
    DOC: ClassVar[str] = (
        "R[dest] := a record of R[first .. first+count-1], after applying `affinity`, a character for each."
    )
    COMMENT: ClassVar[str] = "r[{dest}]=mkrec(r[{first}@{count}])"

    def __init__(self, first: int, count: int, dest: int, affinity: str = "") -> None:
        self.first: Final[i64] = first
        self.count: Final[i64] = count
        self.dest: Final[i64] = dest
        self.affinity: Final = affinity

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        values = r[self.first : self.first + self.count]
        if self.affinity:
            for i in range(len(self.affinity)):
                values[i] = to_stored(values[i], self.affinity[i])
        r[self.dest] = Record(values)
        return pc + 1


@final
class PackRecord(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        reads_range("first", 1, "count"),
        integer("count", 2),
        writes("dest", 3),
        text("affinity", 4),
        cursor("cursor", 5, TABLE, INDEX),
    )
    DOC: ClassVar[str] = (
        "R[dest] := the record of R[first .. first+count-1] in the bytes that the file of `cursor` has for it, after "
        "applying `affinity`, a character for each."
    )
    COMMENT: ClassVar[str] = "r[{dest}]=mkrec(r[{first}@{count}])"

    def __init__(self, first: int, count: int, dest: int, affinity: str, cursor: int) -> None:
        self.first: Final[i64] = first
        self.count: Final[i64] = count
        self.dest: Final[i64] = dest
        self.affinity: Final = affinity
        self.cursor: Final[i64] = cursor
        self.letters: Final = affinity.encode() if affinity.strip("A") else b""

    def execute(self, m: Machine, pc: i64) -> i64:
        c = m.cursors[self.cursor]
        m.registers[self.dest] = c.pack(m.registers, self.first, self.count, self.letters)
        return pc + 1


@final
class CopyRow(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("source", 1, TABLE),
        cursor("cursor", 2, TABLE),
        writes("dest", 3),
        integers("fields", 4),
        text("affinity", 5),
    )
    DOC: ClassVar[str] = (
        "R[dest] := the record of fields of the current row of `source` (-1 stands for the rowid, -2 for NULL) in the "
        "bytes that the file of `cursor` has for it. Each comes from a column of the same `affinity`, a character for "
        "each. Columns and PackRecord in one."
    )
    COMMENT: ClassVar[str] = "r[{dest}]=mkrec of cursor {source} columns {fields}"

    def __init__(self, source: int, cursor: int, dest: int, fields: tuple[int, ...], affinity: str) -> None:
        self.source: Final[i64] = source
        self.cursor: Final[i64] = cursor
        self.dest: Final[i64] = dest
        self.fields: Final = fields
        self.affinity: Final = affinity
        self.numbers: Final = list(fields)
        self.types: Final = copied_types(affinity)
        self.letters: Final = affinity.encode()

    def execute(self, m: Machine, pc: i64) -> i64:
        c = m.cursors[self.cursor]
        source = m.cursors[self.source]
        assert isinstance(c, TableSlot)
        record = c.pack_row_of(source, self.numbers, self.types)
        m.registers[self.dest] = record if len(record) > 0 else self._packed(source, c)
        return pc + 1

    def _packed(self, source: Slot, c: TableSlot) -> object:
        """The record made of the fields' values."""
        return _packed_fields(source, c, self.numbers, self.letters)


def _packed_fields(source: Slot, c: TableSlot, fields: list[int], letters: bytes) -> object:
    """A record for ``c`` made of the values of a row's fields."""
    values: list[Value] = []
    for field in fields:
        values.append(source.column(field) if field >= 0 else source.rowid() if field == ROWID else None)
    return c.pack(values, 0, len(values), letters)


@final
class AppendRows(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("source", 1, TABLE),
        cursor("cursor", 2, TABLE),
        integers("fields", 4),
        text("affinity", 0),
        text("table", 0),
        flag("following", 1),
    )
    DOC: ClassVar[str] = (
        "Write the record that CopyRow makes of the current row of `source` under a new rowid, count it in changes(), "
        "and let it be last_insert_rowid(). NewRowid, CopyRow and Insert in one. `following`: so do with rows that "
        "follow, as many as are at hand; `source` then stands on the last of them."
    )
    COMMENT: ClassVar[str] = "cursor {source} columns {fields}; {table}"

    def __init__(
        self, source: int, cursor: int, fields: tuple[int, ...], affinity: str, table: str, following: bool
    ) -> None:
        self.source: Final[i64] = source
        self.cursor: Final[i64] = cursor
        self.fields: Final = fields
        self.affinity: Final = affinity
        self.table: Final = table
        self.following: Final = following
        self.numbers: Final = list(fields)
        self.types: Final = copied_types(affinity)
        self.letters: Final = affinity.encode()

    def execute(self, m: Machine, pc: i64) -> i64:
        c = m.cursors[self.cursor]
        source = m.cursors[self.source]
        assert isinstance(c, TableSlot)
        # Who counts the loop's turns counts each row.
        most: i64 = _MANY if self.following and not m.is_watched() else 1
        count = c.append_rows_of(source, self.numbers, self.types, most)
        if count > 0:
            rowid = c.last_rowid()
        else:
            count = 1
            rowid = new_rowid(c, m.host.random)
            record: object = c.pack_row_of(source, self.numbers, self.types)
            if record == b"":
                record = _packed_fields(source, c, self.numbers, self.letters)
            c.insert(rowid, record, False)
        m.changes += int(count)
        m.host.statements.last_insert_rowid = rowid
        return pc + 1


@final
class PatchRow(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, TABLE),
        reads_range("first", 2, "fields"),
        integers("fields", 4),
        text("affinity", 3),
        flag("count_change", 1),
    )
    DOC: ClassVar[str] = (
        "Put R[first + i], after applying `affinity`, in the place of field `fields[i]` of the current row, for each "
        "i. `count_change`: count it in changes()."
    )
    COMMENT: ClassVar[str] = "{cursor}[{fields}]= r[{first}..]"

    def __init__(
        self, cursor: int, first: int, fields: tuple[int, ...], affinity: str, count_change: bool = False
    ) -> None:
        self.cursor: Final[i64] = cursor
        self.first: Final[i64] = first
        self.fields: Final = fields
        self.affinity: Final = affinity
        self.count_change: Final = count_change
        self.numbers: Final = list(fields)
        self.letters: Final = affinity.encode()

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        assert isinstance(c, TableSlot)
        values: list[Value] = []
        i: i64 = 0
        while i < len(self.letters):
            values.append(stored(r[self.first + i], self.letters[i]))
            i += 1
        c.patch(self.numbers, values)
        if self.count_change:
            m.changes += 1
        return pc + 1


@final
class Affinity(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        updates_range("first", 1, "count"),
        integer("count", 2),
        text("affinity", 4),
    )
    DOC: ClassVar[str] = "Apply `affinity`, a character for each, to R[first .. first+count-1]."
    COMMENT: ClassVar[str] = "affinity(r[{first}@{count}])"

    def __init__(self, first: int, count: int, affinity: str) -> None:
        self.first: Final[i64] = first
        self.count: Final[i64] = count
        self.affinity: Final = affinity
        self.letters: Final = affinity[:count].encode()

    def execute(self, m: Machine, pc: i64) -> i64:
        convert(m.registers, self.first, self.letters)
        return pc + 1


@final
class RealAffinity(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (updates("dest", 1),)
    DOC: ClassVar[str] = (
        "If R[dest] is an integer, make it a real: a REAL column may store whole numbers as integers."
    )

    def __init__(self, dest: int) -> None:
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        v = r[self.dest]
        if isinstance(v, int):
            r[self.dest] = float(v)
        return pc + 1


@final
class TypeCheck(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        updates_range("first", 1, "count"),
        integer("count", 2),
        texts("types", 4),
        texts("columns", 0),
        text("table", 0),
    )
    DOC: ClassVar[str] = (
        "Check R[first .. first+count-1] against `types`, the types of a STRICT table's columns "
        "(one of ANY, BLOB, INT, INTEGER, REAL, TEXT for each), converting where that loses "
        "nothing."
    )
    COMMENT: ClassVar[str] = "typecheck(r[{first}@{count}])"

    def __init__(
        self,
        first: int,
        count: int,
        types: tuple[str, ...],
        columns: tuple[str, ...],
        table: str,
    ) -> None:
        self.first: Final[i64] = first
        self.count: Final[i64] = count
        self.types: Final = types
        self.columns: Final = columns
        self.table: Final = table

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        for i in range(self.count):
            r[self.first + i] = strict_value(r[self.first + i], self.types[i], self.table, self.columns[i])
        return pc + 1


@final
class Insert(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, TABLE),
        reads("record", 2),
        reads("rowid", 3),
        text("table", 4),
        flag("count_change", 1),
        flag("set_last_rowid", 32),
        flag("append", 8),
    )
    DOC: ClassVar[str] = (
        "Write R[record] under the rowid R[rowid], in the place of a row with that rowid. "
        "`count_change`: count it in changes(); `set_last_rowid`: it is the connection's "
        "last_insert_rowid(); `append`: it is known to be the largest."
    )
    COMMENT: ClassVar[str] = "intkey=r[{rowid}] data=r[{record}]"

    def __init__(
        self,
        cursor: int,
        record: int,
        rowid: int,
        table: str = "",
        count_change: bool = False,
        set_last_rowid: bool = False,
        append: bool = False,
    ) -> None:
        self.cursor: Final[i64] = cursor
        self.record: Final[i64] = record
        self.rowid: Final[i64] = rowid
        self.table: Final = table
        self.count_change: Final = count_change
        self.set_last_rowid: Final = set_last_rowid
        self.append: Final = append

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        assert isinstance(c, TableSlot)
        rowid = r[self.rowid]
        assert isinstance(rowid, int)
        c.insert(rowid, r[self.record], self.append)
        if self.count_change:
            m.changes += 1
        if self.set_last_rowid:
            m.host.statements.last_insert_rowid = rowid
        return pc + 1


@final
class InsertRow(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, TABLE),
        reads_range("first", 2, "count"),
        integer("count", 0),
        reads("rowid", 3),
        text("affinity", 4),
        text("table", 0),
    )
    DOC: ClassVar[str] = (
        "Write R[first .. first+count-1], after applying `affinity`, a character for each, under the rowid R[rowid], "
        "count it in changes(), and let it be last_insert_rowid(). PackRecord and Insert in one."
    )
    COMMENT: ClassVar[str] = "intkey=r[{rowid}] data=r[{first}@{count}]; {table}"

    def __init__(self, cursor: int, first: int, count: int, rowid: int, affinity: str, table: str) -> None:
        self.cursor: Final[i64] = cursor
        self.first: Final[i64] = first
        self.count: Final[i64] = count
        self.rowid: Final[i64] = rowid
        self.affinity: Final = affinity
        self.table: Final = table
        self.letters: Final = affinity.encode()

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        assert isinstance(c, StoredTable)
        rowid = r[self.rowid]
        assert isinstance(rowid, int)
        c.insert_row(rowid, r, self.first, self.count, self.letters)
        m.changes += 1
        m.host.statements.last_insert_rowid = rowid
        return pc + 1


@final
class Delete(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, TABLE, INDEX),
        flag("count_change", 1),
        text("table", 4),
    )
    DOC: ClassVar[str] = (
        "Delete the current entry. Next and Prev then reach its neighbours. `count_change`: count "
        "it in changes()."
    )

    def __init__(self, cursor: int, count_change: bool = False, table: str = "") -> None:
        self.cursor: Final[i64] = cursor
        self.count_change: Final = count_change
        self.table: Final = table

    def execute(self, m: Machine, pc: i64) -> i64:
        m.cursors[self.cursor].delete()
        if self.count_change:
            m.changes += 1
        return pc + 1


@final
class NewRowid(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, TABLE),
        writes("dest", 2),
        updates("largest", 3, optional=True),
    )
    DOC: ClassVar[str] = (
        "R[dest] := a rowid that the table does not use: one more than the largest. With `largest` "
        "(a register) it is also larger than R[largest], which becomes the new one."
    )
    COMMENT: ClassVar[str] = "r[{dest}]=rowid"

    def __init__(self, cursor: int, dest: int, largest: int = 0) -> None:
        self.cursor: Final[i64] = cursor
        self.dest: Final[i64] = dest
        self.largest: Final[i64] = largest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        assert isinstance(c, TableSlot)
        if self.largest == 0:
            r[self.dest] = new_rowid(c, m.host.random)
        else:
            rowid = next_autoincrement(c, r[self.largest])
            r[self.largest] = rowid
            r[self.dest] = rowid
        return pc + 1


@final
class IdxInsert(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, INDEX),
        reads("record", 2),
        flag("append", 8),
        flag("count_change", 1),
        flag("later", 2),
    )
    DOC: ClassVar[str] = (
        "Write the record R[record] as an entry of the index. `append`: it is known to be the largest; `later`: it "
        "need not be there before somebody looks at the index."
    )
    COMMENT: ClassVar[str] = "key=r[{record}]"

    def __init__(
        self,
        cursor: int,
        record: int,
        append: bool = False,
        count_change: bool = False,
        later: bool = False,
    ) -> None:
        self.cursor: Final[i64] = cursor
        self.record: Final[i64] = record
        self.append: Final = append
        self.count_change: Final = count_change
        self.later: Final = later

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        assert isinstance(c, IndexSlot)
        if self.later:
            c.insert_later(r[self.record])
        else:
            c.insert(r[self.record], self.append)
        if self.count_change:
            m.changes += 1
        return pc + 1


@final
class IdxDelete(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        cursor("cursor", 1, INDEX),
        reads_range("first", 2, "count"),
        integer("count", 3),
        flag("must_exist", 1),
        flag("later", 2),
    )
    DOC: ClassVar[str] = (
        "Delete the entry that begins with the key R[first .. first+count-1]. `must_exist`: its "
        "absence means that the index is damaged; `later`: the key is a whole entry, which may be there until somebody "
        "looks at the index."
    )
    COMMENT: ClassVar[str] = "key=r[{first}@{count}]"

    def __init__(
        self, cursor: int, first: int, count: int, must_exist: bool = False, later: bool = False
    ) -> None:
        self.cursor: Final[i64] = cursor
        self.first: Final[i64] = first
        self.count: Final[i64] = count
        self.must_exist: Final = must_exist
        self.later: Final = later

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        c = m.cursors[self.cursor]
        assert isinstance(c, IndexSlot)
        if self.later:
            c.delete_later(r, self.first, self.count)
        elif c.find(r[self.first : self.first + self.count]):
            c.delete()
        elif self.must_exist:
            raise m.error("index corruption", "SQLITE_CORRUPT_INDEX")
        return pc + 1
