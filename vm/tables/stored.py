"""Cursors of a program that stand on B-trees of a database file."""

from __future__ import annotations

from typing import Any, Final, final

from mypy_extensions import i64

from foundrydb.errors import CorruptError
from foundrydb.storage.format.values import Value
from foundrydb.storage.tree.cursor import Cursor
from foundrydb.storage.tree.database import Database
from foundrydb.storage.tree.index_cursor import IndexCursor
from foundrydb.storage.tree.table_cursor import TableCursor
from foundrydb.vm.record import Record
from foundrydb.vm.slots import IndexSlot, Slot, SlotView, TableSlot
from foundrydb.vm.tables.known_keys import PRESENT, UNKNOWN, KnownKeys
from foundrydb.vm.tables.packing import insert_row, pack, pack_row, short_index_cell


def stand(shown: SlotView, cursor: Cursor) -> None:
    """Show where a cursor of a file stands; an entry that goes on in other pages is not fetched for that."""
    shown.page, shown.cell = cursor.standing()
    if shown.page:
        fits = cursor.payload_size() <= cursor.tree.max_local()
        shown.stand(tuple(cursor.row(cursor.column_count())) if fits else None)


@final
class StoredTable(TableSlot):
    """Rows of a table B-tree.

    Attributes:
        cursor: the storage's cursor.
        special: the row is not simply the cursor's: it is the null row, or a seek is deferred.
    """

    def __init__(self, database: Database, cursor: TableCursor) -> None:
        super().__init__()
        self.cursor: Final = cursor
        self._database: Final = database
        self.special = False
        self._index: IndexSlot | None = None
        self._columns: tuple[int, ...] = ()
        self._known: KnownKeys | None = None

    def close(self) -> None:
        """See ``Slot.close``."""
        self._database.put_away(self.cursor)

    def is_valid(self) -> bool:
        """See ``Slot.is_valid``."""
        return self.cursor.valid

    def _plain(self) -> None:
        self.special = False
        self.null_row = False
        self._index = None

    def first(self) -> bool:
        """See ``Slot.first``."""
        self._plain()
        return self.cursor.first()

    def last(self) -> bool:
        """See ``Slot.last``."""
        self._plain()
        return self.cursor.last()

    def next(self) -> bool:
        """See ``Slot.next``."""
        if self.special:
            self.settle()
        return self.cursor.next()

    def previous(self) -> bool:
        """See ``Slot.previous``."""
        if self.special:
            self.settle()
        return self.cursor.previous()

    def pin(self, pinned: bool) -> None:
        """See ``Slot.pin``."""
        self.cursor.pinned = pinned

    def set_null_row(self) -> None:
        """See ``Slot.set_null_row``."""
        self.null_row = True
        self.special = True
        self._index = None

    def defer(self, index: IndexSlot, columns: tuple[int, ...]) -> None:
        """See ``TableSlot.defer``."""
        self.null_row = False
        self.special = True
        self._index = index
        self._columns = columns

    def settle(self) -> None:
        """See ``TableSlot.settle``."""
        index = self._index
        if index is not None:
            if isinstance(index, StoredIndex) and not index.null_row:
                found = self.cursor.seek_exact(index.cursor.last_integer())
            else:
                rowid = index.rowid()
                found = isinstance(rowid, int) and self.cursor.seek_exact(rowid)
            self._plain()
            if not found:
                raise CorruptError("an index entry without its row")

    def has(self, field: i64) -> bool:
        """Whether the field is the cursor's own; a deferred seek is made unless the index holds the field."""
        if self.special:
            if self._index is None or (field < len(self._columns) and self._columns[field] > 0):
                return False
            self.settle()
        return True

    def column(self, i: i64) -> Value:
        """See ``Slot.column``."""
        if self.special:
            if self.null_row:
                return None
            index = self._index
            if index is not None and i < len(self._columns) and self._columns[i] > 0:
                return index.column(self._columns[i] - 1)
            self.settle()
        return self.cursor.column(i)

    def column_or(self, i: i64, default: Value) -> Value:
        """See ``Slot.column_or``."""
        found = self.column(i)
        if found is None and not self.special and i >= self.cursor.column_count():
            return default
        return found

    def row(self, n: i64) -> list[Value]:
        """See ``Slot.row``."""
        if self.special:
            return [self.column(i) for i in range(n)]
        return self.cursor.row(n)

    def rowid(self) -> int | None:
        """See ``Slot.rowid``."""
        if self.special:
            index = self._index
            return None if index is None else index.rowid()
        return self.cursor.rowid()

    def seek(self, rowid: int) -> int:
        """See ``TableSlot.seek``."""
        self._plain()
        return self.cursor.seek(rowid)

    def seek_exact(self, rowid: int) -> bool:
        """See ``TableSlot.seek_exact``."""
        if self.special:
            self._plain()
        return self.cursor.seek_exact(rowid)

    def has_rowid(self, rowid: int) -> bool:
        """See ``TableSlot.has_rowid``."""
        known = self._known
        if known is None:
            known = self._known = KnownKeys(self.cursor.tree)
        told = known.look_up(rowid)
        if told != UNKNOWN:
            return told == PRESENT
        there = self.seek_exact(rowid)
        known.note(rowid, there)
        return there

    def pack(self, registers: list[Any], first: i64, count: i64, affinity: bytes) -> object:
        """See ``Slot.pack``."""
        database = self._database
        return pack(registers, first, count, affinity, database.encoding, database.record_format)

    def pack_row_of(self, other: Slot, fields: list[int], types: bytes) -> bytes:
        """See ``TableSlot.pack_row_of``."""
        database = self._database
        if (
            not isinstance(other, StoredTable)
            or other.special
            or other._database.encoding != database.encoding
        ):
            return b""
        return other.cursor.copied(fields, types, database.record_format)

    def append_rows_of(self, other: Slot, fields: list[int], types: bytes, most: i64) -> i64:
        """See ``TableSlot.append_rows_of``."""
        database = self._database
        if (
            not isinstance(other, StoredTable)
            or other.special
            or other._database.encoding != database.encoding
        ):
            return 0
        self._plain()
        return self.cursor.append_copies(other.cursor, fields, types, database.record_format, most)

    def patch(self, fields: list[int], values: list[Value]) -> None:
        """See ``TableSlot.patch``."""
        if self.special:
            self.settle()
        self.cursor.patch(fields, values, self._database.record_format)

    def insert(self, rowid: int, record: object, append: bool) -> None:
        """See ``TableSlot.insert``."""
        self._plain()
        self.cursor.insert(rowid, packed(record, self._database), append)

    def insert_row(self, rowid: int, registers: list[Any], first: i64, count: i64, affinity: bytes) -> None:
        """``insert`` of a record of registers, each as a column of its affinity stores it."""
        self._plain()
        insert_row(self.cursor, rowid, registers, first, count, affinity, self._database.record_format)

    def delete(self) -> None:
        """See ``Slot.delete``."""
        self.settle()
        self.cursor.delete()

    def count(self) -> int:
        """See ``Slot.count``."""
        return self.cursor.count()

    def estimate(self) -> int:
        """See ``Slot.estimate``."""
        return self.cursor.estimate()

    def last_rowid(self) -> int:
        """See ``TableSlot.last_rowid``."""
        return self.cursor.last_rowid()

    def view(self, most: int) -> SlotView:
        """See ``Slot.view``."""
        shown = SlotView("table")
        index = self._index
        if self.null_row:
            shown.place = "null row"
        elif index is not None:
            shown.place = "deferred"
            shown.rowid = index.rowid() if index.is_valid() else None
        else:
            stand(shown, self.cursor)
            if shown.page:
                shown.rowid = int(self.cursor.rowid())
        return shown


@final
class StoredIndex(IndexSlot):
    """Entries of an index B-tree, or rows of a WITHOUT ROWID table.

    Attributes:
        cursor: the storage's cursor.
    """

    def __init__(self, database: Database, cursor: IndexCursor) -> None:
        super().__init__()
        self.cursor: Final = cursor
        self._database: Final = database
        self._known: KnownKeys | None = None

    def close(self) -> None:
        """See ``Slot.close``."""
        self._database.put_away(self.cursor)

    def is_valid(self) -> bool:
        """See ``Slot.is_valid``."""
        return self.cursor.valid

    def pin(self, pinned: bool) -> None:
        """See ``Slot.pin``."""
        self.cursor.pinned = pinned

    def first(self) -> bool:
        """See ``Slot.first``."""
        self.null_row = False
        return self.cursor.first()

    def last(self) -> bool:
        """See ``Slot.last``."""
        self.null_row = False
        return self.cursor.last()

    def next(self) -> bool:
        """See ``Slot.next``."""
        return self.cursor.next()

    def previous(self) -> bool:
        """See ``Slot.previous``."""
        return self.cursor.previous()

    def column(self, i: i64) -> Value:
        """See ``Slot.column``."""
        return None if self.null_row else self.cursor.column(i)

    def column_or(self, i: i64, default: Value) -> Value:
        """See ``Slot.column_or``."""
        if self.null_row:
            return None
        return default if i >= self.cursor.column_count() else self.cursor.column(i)

    def row(self, n: i64) -> list[Value]:
        """See ``Slot.row``."""
        if self.null_row:
            return [None] * n
        return self.cursor.row(n)

    def rowid(self) -> int | None:
        """See ``Slot.rowid``."""
        return None if self.null_row or self.cursor.is_gone() else self.cursor.last_integer()

    def seek(self, key: list[Value], bias: int) -> int:
        """See ``IndexSlot.seek``."""
        self.null_row = False
        return self.cursor.seek(key, bias)

    def seek_at(self, registers: list[Any], first: i64, count: i64, bias: i64) -> i64:
        """See ``IndexSlot.seek_at``."""
        self.null_row = False
        return self.cursor.seek_key(self.cursor.key_at(registers, first, count, bias))

    def compare(self, key: list[Value]) -> int:
        """See ``IndexSlot.compare``."""
        return self.cursor.compare(key)

    def compare_at(self, registers: list[Any], first: i64, count: i64) -> i64:
        """See ``IndexSlot.compare_at``."""
        return self.cursor.compare_key(self.cursor.key_at(registers, first, count, 0))

    def find(self, key: list[Value]) -> bool:
        """See ``IndexSlot.find``."""
        self.null_row = False
        return self.cursor.seek(key, 0) == 0 and self.cursor.valid

    def find_at(self, registers: list[Any], first: i64, count: i64) -> bool:
        """See ``IndexSlot.find_at``."""
        return self.seek_at(registers, first, count, 0) == 0 and self.cursor.valid

    def has_key(self, key: list[Value]) -> bool:
        """See ``IndexSlot.has_key``."""
        known = self._known
        if known is None:
            known = self._known = KnownKeys(self.cursor.tree)
        name: object = key[0] if len(key) == 1 else tuple(key)
        told = known.look_up(name)
        if told != UNKNOWN:
            return told == PRESENT
        there = self.find(key)
        known.note(name, there)
        return there

    def pack(self, registers: list[Any], first: i64, count: i64, affinity: bytes) -> object:
        """See ``Slot.pack``."""
        database = self._database
        return pack(registers, first, count, affinity, database.encoding, database.record_format)

    def append(self, row: tuple[Value, ...]) -> None:
        """Write a row as the index's last entry."""
        database = self._database
        largest = self.cursor.tree.max_local()
        cell = short_index_cell(row, database.encoding, database.record_format, largest)
        if not self.cursor.append_cell(cell):
            self.cursor.append(pack_row(row, database.encoding, database.record_format))

    def insert(self, record: object, append: bool) -> None:
        """See ``IndexSlot.insert``."""
        self.cursor.insert(packed(record, self._database), append)

    def insert_later(self, record: object) -> None:
        """See ``IndexSlot.insert_later``."""
        self._database.insert_later(self.cursor, packed(record, self._database))

    def delete(self) -> None:
        """See ``Slot.delete``."""
        self.cursor.delete()

    def delete_later(self, registers: list[Any], first: i64, count: i64) -> None:
        """See ``IndexSlot.delete_later``."""
        database = self._database
        record = pack(registers, first, count, b"", database.encoding, database.record_format)
        database.delete_later(self.cursor, record)

    def count(self) -> int:
        """See ``Slot.count``."""
        return self.cursor.count()

    def estimate(self) -> int:
        """See ``Slot.estimate``."""
        return self.cursor.estimate()

    def view(self, most: int) -> SlotView:
        """See ``Slot.view``."""
        shown = SlotView("index")
        if self.null_row:
            shown.place = "null row"
        else:
            stand(shown, self.cursor)
        return shown


def packed(record: object, database: Database) -> bytes:
    """The bytes of a record for a database's file; a packed one is taken as it is."""
    if isinstance(record, Record):
        return database.encode_record(record.values)
    assert isinstance(record, bytes)
    return record
