"""Ephemeral tables and indexes: what a statement keeps for itself, for DISTINCT, IN, UNION, materialised subqueries.

Both begin as plain Python collections, which are several times faster than a B-tree.  When they outgrow the memory
budget, or are asked for something that the collection is bad at, they move to a B-tree of a private database
(:func:`foundrydb.storage.tree.database.ephemeral`), which spills to a temporary file, and go on there.

An index in memory is a dict from the key to the entry.  Two entries are the same when their keys compare equal, so
the dict's key holds what the collations compare (text as it is under BINARY, the folded text under NOCASE).  An
order is made only when it is asked for: by a move, or by a seek with part of a key.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, final

from mypy_extensions import i64

from foundrydb.storage.format.record import decode
from foundrydb.storage.format.values import BinaryCollation, KeyInfo, Value
from foundrydb.storage.tree.database import Database
from foundrydb.vm.record import Record
from foundrydb.vm.slots import IndexSlot, SlotView, TableSlot
from foundrydb.vm.sorting.row_sort import Row, footprint, sort_rows
from foundrydb.vm.tables.hash_keys import hashed_key
from foundrydb.vm.tables.stored import StoredIndex, StoredTable

ONCE_BUDGET: Final = 1 << 20
"""Bytes that the rows of a table which is read once may take in memory.

A B-tree's way of appending rows and of walking them is hardly slower, so more would be memory for nothing.
"""

_RESORTS: Final = 8
"""How often an index in memory is sorted anew before it moves to a B-tree."""


def fields_of(record: object) -> list[Value]:
    """The values of a record in a register."""
    if isinstance(record, Record):
        return record.values
    assert isinstance(record, bytes)
    return decode(record)


def first_of(entries: dict[object, Row], most: int) -> list[Row]:
    """Some of a dict's entries, those that came first."""
    found: list[Row] = []
    for entry in entries.values():
        if len(found) >= most:
            break
        found.append(entry)
    return found


@final
class Rows:
    """An ephemeral table's rows, shared by the cursors that stand on it.

    The rows in memory have the rowids ``base + 1``, ``base + 2``, ….

    Attributes:
        database: the private database, once the rows have moved there.
        root: the table's root page in it.
    """

    def __init__(self, make_database: Callable[[], Database], budget: int) -> None:
        self.rows: list[Row] = []
        self.base: i64 = 0
        self.database: Database | None = None
        self.root = 0
        self._make_database: Final = make_database
        self._budget: Final[i64] = budget
        self._used: i64 = 0

    def write(self, rowid: i64, values: Row) -> bool:
        """Write a row into memory; False when it does not belong there."""
        place = rowid - self.base - 1
        size: i64 = len(self.rows)
        if place < 0 or place > size:
            return False
        self._used += footprint(values)
        if self._used > self._budget:
            return False
        if place == size:
            self.rows.append(values)
        else:
            self._used -= footprint(self.rows[place])
            self.rows[place] = values
        return True

    def drop_first(self) -> None:
        """Forget the row with the smallest rowid."""
        self._used -= footprint(self.rows[0])
        del self.rows[0]
        self.base += 1

    def move_out(self) -> Database:
        """Move the rows to a B-tree."""
        database = self._make_database()
        self.root = database.create_tree(False)
        cursor = database.table_cursor(self.root, True)
        slot = StoredTable(database, cursor)
        for i in range(len(self.rows)):
            slot.insert(int(self.base + i + 1), Record(list(self.rows[i])), True)
        slot.close()
        self.rows = []
        self.database = database
        return database

    def clear(self) -> None:
        """Forget all rows."""
        self.rows = []
        self.base = 0
        self._used = 0
        if self.database is not None:
            self.database.clear_tree(self.root)


@final
class EphemeralTable(TableSlot):
    """A position in an ephemeral table."""

    def __init__(
        self, make_database: Callable[[], Database], budget: int, shared: Rows | None = None
    ) -> None:
        super().__init__()
        self._shared: Final = shared if shared is not None else Rows(make_database, budget)
        self._make_database: Final = make_database
        self._budget: Final = budget
        self._owner: Final = shared is None
        self._stored: StoredTable | None = None
        # The current rowid; outside the rows' range when the position is not valid.
        self._rowid: i64 = 0
        self._deleted = False

    def _tree(self) -> StoredTable:
        """The cursor on the B-tree, opened where this one stands."""
        stored = self._stored
        if stored is None:
            database = self._shared.database
            if database is None:
                database = self._shared.move_out()
            stored = StoredTable(database, database.table_cursor(self._shared.root, True))
            if self._rowid > 0:
                stored.seek(int(self._rowid))
            self._stored = stored
        return stored

    def close(self) -> None:
        """See ``Slot.close``."""
        if self._stored is not None:
            self._stored.close()
        if self._owner and self._shared.database is not None:
            self._shared.database.close()

    def duplicate(self) -> EphemeralTable:
        """See ``Slot.duplicate``."""
        return EphemeralTable(self._make_database, self._budget, self._shared)

    def is_valid(self) -> bool:
        """See ``Slot.is_valid``."""
        if self._shared.database is not None:
            return self._tree().is_valid()
        place = self._rowid - self._shared.base
        return 0 < place <= len(self._shared.rows)

    def first(self) -> bool:
        """See ``Slot.first``."""
        self.null_row = False
        if self._shared.database is not None:
            return self._tree().first()
        self._rowid = self._shared.base + 1
        self._deleted = False
        return len(self._shared.rows) > 0

    def last(self) -> bool:
        """See ``Slot.last``."""
        self.null_row = False
        if self._shared.database is not None:
            return self._tree().last()
        self._rowid = self._shared.base + len(self._shared.rows)
        self._deleted = False
        return len(self._shared.rows) > 0

    def next(self) -> bool:
        """See ``Slot.next``."""
        if self._shared.database is not None:
            return self._tree().next()
        if self._deleted:
            self._deleted = False
            self._rowid = self._shared.base
        self._rowid += 1
        return self._rowid - self._shared.base <= len(self._shared.rows)

    def previous(self) -> bool:
        """See ``Slot.previous``."""
        if self._shared.database is not None:
            return self._tree().previous()
        self._rowid -= 1
        return self._rowid > self._shared.base

    def _values(self) -> Row:
        return self._shared.rows[self._rowid - self._shared.base - 1]

    def column(self, i: i64) -> Value:
        """See ``Slot.column``."""
        if self.null_row:
            return None
        if self._shared.database is not None:
            return self._tree().column(i)
        values = self._values()
        return values[i] if i < len(values) else None

    def column_or(self, i: i64, default: Value) -> Value:
        """See ``Slot.column_or``."""
        return self.column(i)

    def row(self, n: i64) -> list[Value]:
        """See ``Slot.row``."""
        if self.null_row:
            return [None] * n
        if self._shared.database is not None:
            return self._tree().row(n)
        values = list(self._values())
        return values[:n] if n <= len(values) else values + [None] * (n - len(values))

    def rowid(self) -> int | None:
        """See ``Slot.rowid``."""
        if self.null_row:
            return None
        if self._shared.database is not None:
            return self._tree().rowid()
        return int(self._rowid)

    def seek(self, rowid: int) -> int:
        """See ``TableSlot.seek``."""
        self.null_row = False
        if self._shared.database is not None:
            return self._tree().seek(rowid)
        low = int(self._shared.base) + 1
        high = int(self._shared.base) + len(self._shared.rows)
        self._rowid = min(max(rowid, low), high)
        return -1 if rowid > high else 1 if rowid < low else 0

    def seek_exact(self, rowid: int) -> bool:
        """See ``TableSlot.seek_exact``."""
        return self.seek(rowid) == 0 and self.is_valid()

    def insert(self, rowid: int, record: object, append: bool) -> None:
        """See ``TableSlot.insert``."""
        self.null_row = False
        if self._shared.database is None and self._shared.write(rowid, tuple(fields_of(record))):
            self._rowid = rowid
        else:
            self._tree().insert(rowid, record, append)

    def delete(self) -> None:
        """See ``Slot.delete``."""
        if self._shared.database is None and self._rowid == self._shared.base + 1 and len(self._shared.rows):
            self._shared.drop_first()
            self._deleted = True
        else:
            self._tree().delete()

    def count(self) -> int:
        """See ``Slot.count``."""
        if self._shared.database is not None:
            return self._tree().count()
        return len(self._shared.rows)

    def last_rowid(self) -> int:
        """See ``TableSlot.last_rowid``."""
        if self._shared.database is not None:
            return self._tree().last_rowid()
        return int(self._shared.base) + len(self._shared.rows) if self._shared.rows else 0

    def clear(self) -> None:
        """See ``Slot.clear``."""
        self._shared.clear()
        self._rowid = 0

    def view(self, most: int) -> SlotView:
        """See ``Slot.view``."""
        shown = SlotView("ephemeral table")
        shared = self._shared
        spilled = shared.database is not None
        shown.hold(-1 if spilled else len(shared.rows), shared.rows[:most], spilled)
        place = self._rowid - shared.base
        if self.null_row:
            shown.place = "null row"
        elif not spilled and not self._deleted and 0 < place <= len(shared.rows):
            shown.stand(self._values(), int(self._rowid))
        return shown


@final
class EphemeralIndex(IndexSlot):
    """An ephemeral index, and the position in it."""

    def __init__(self, make_database: Callable[[], Database], budget: int, keys: KeyInfo) -> None:
        super().__init__()
        self._make_database: Final = make_database
        self._budget: Final[i64] = budget
        self._keys: Final = keys
        self._binary: Final = all(isinstance(each, BinaryCollation) for each in keys.collations)
        self._entries: dict[object, Row] = {}
        self._order: list[Row] = []
        self._ordered = True
        self._resorts = 0
        self._used: i64 = 0
        self._width: i64 = 0
        # Where the position is: in the order, or (-1) on the entry ``_current`` that find() met.
        self._at: i64 = 0
        self._current: Row | None = None
        # The entry that was deleted under the position, where the order does not tell any more.
        self._gone: Row | None = None
        self._database: Database | None = None
        self._root = 0
        self._stored: StoredIndex | None = None

    # the two forms ------------------------------------------------------------------------------------------

    def _key(self, values: list[Value]) -> object | None:
        """What stands for the whole entry in the dict; None when it cannot stand there."""
        if len(values) == 1:
            only = values[0]
            if isinstance(only, int):
                return only
        elif self._binary:
            return tuple(values)
        return hashed_key(values, self._keys.collations)

    def _tree(self) -> StoredIndex:
        """Move the entries to a B-tree, if they are not there yet, and the position with them."""
        stored = self._stored
        if stored is not None:
            return stored
        database = self._make_database()
        self._root = database.create_tree(True)
        stored = StoredIndex(database, database.index_cursor(self._root, self._keys, True))
        for values in self._sorted():
            stored.insert(Record(list(values)), True)
        current = self._current
        if current is not None:
            stored.find(list(current))
        self._entries = {}
        self._order = []
        self._database = database
        self._stored = stored
        return stored

    def _sorted(self) -> list[Row]:
        return sort_rows(list(self._entries.values()), self._keys, int(self._width))

    def _arrange(self) -> bool:
        """Make the order and find the position in it; False when the entries are in a B-tree (now)."""
        if self._stored is not None:
            return False
        if not self._ordered:
            self._resorts += 1
            if self._resorts > _RESORTS:
                self._tree()
                return False
            self._order = self._sorted()
            self._ordered = True
            current = self._current
            if current is not None:
                self._at = self._bisect(list(current), 1)
        elif self._at < 0 and self._current is not None:
            self._at = self._bisect(list(self._current), 1)
        return True

    def _bisect(self, key: list[Value], bias: int) -> i64:
        """The first place in the order whose entry is not below ``key``; with a bias of -1, is above it."""
        order = self._order
        low: i64 = 0
        high: i64 = len(order)
        while low < high:
            middle = (low + high) // 2
            found = self._against(order[middle], key)
            if found < 0 or (found == 0 and bias < 0):
                low = middle + 1
            else:
                high = middle
        return low

    def _against(self, entry: Row, key: list[Value]) -> int:
        """Compare the beginning of an entry with a key."""
        for i in range(min(len(entry), len(key))):
            order = self._keys.compare_field(i, entry[i], key[i])
            if order != 0:
                return order
        return 0

    def _stand(self, at: i64) -> bool:
        self._at = at
        if 0 <= at < len(self._order):
            self._current = self._order[at]
            return True
        self._current = None
        return False

    # the cursor ---------------------------------------------------------------------------------------------

    def close(self) -> None:
        """See ``Slot.close``."""
        if self._stored is not None:
            self._stored.close()
        if self._database is not None:
            self._database.close()

    def is_valid(self) -> bool:
        """See ``Slot.is_valid``."""
        if self._stored is not None:
            return self._stored.is_valid()
        return self._current is not None

    def first(self) -> bool:
        """See ``Slot.first``."""
        self.null_row = False
        self._current = None
        self._gone = None
        return self._stand(0) if self._arrange() else self._tree().first()

    def last(self) -> bool:
        """See ``Slot.last``."""
        self.null_row = False
        self._current = None
        self._gone = None
        return self._stand(len(self._order) - 1) if self._arrange() else self._tree().last()

    def next(self) -> bool:
        """See ``Slot.next``."""
        gone = self._gone
        if gone is not None:
            found = self.seek(list(gone), -1)
            return self.is_valid() and (found > 0 or self.next())
        return self._stand(self._at + 1) if self._arrange() else self._tree().next()

    def previous(self) -> bool:
        """See ``Slot.previous``."""
        gone = self._gone
        if gone is not None:
            found = self.seek(list(gone), 1)
            return self.is_valid() and (found < 0 or self.previous())
        return self._stand(self._at - 1) if self._arrange() else self._tree().previous()

    def column(self, i: i64) -> Value:
        """See ``Slot.column``."""
        if self.null_row:
            return None
        current = self._current
        if self._stored is not None or current is None:
            return self._tree().column(i)
        return current[i] if i < len(current) else None

    def column_or(self, i: i64, default: Value) -> Value:
        """See ``Slot.column_or``."""
        return self.column(i)

    def row(self, n: i64) -> list[Value]:
        """See ``Slot.row``."""
        return [self.column(i) for i in range(n)]

    def rowid(self) -> int | None:
        """See ``Slot.rowid``."""
        if self.null_row:
            return None
        current = self._current
        if self._stored is not None or current is None:
            return self._tree().rowid()
        rowid = current[len(current) - 1]
        assert isinstance(rowid, int)
        return rowid

    def seek(self, key: list[Value], bias: int) -> int:
        """See ``IndexSlot.seek``."""
        self.null_row = False
        self._current = None
        self._gone = None
        if not self._arrange():
            return self._tree().seek(key, bias)
        if not self._order:
            return -1
        at = self._bisect(key, bias)
        if at < len(self._order):
            self._stand(at)
            return 0 if bias == 0 and self._against(self._order[at], key) == 0 else 1
        self._stand(at - 1)
        return -1

    def compare(self, key: list[Value]) -> int:
        """See ``IndexSlot.compare``."""
        current = self._current
        if self._stored is not None or current is None:
            return self._tree().compare(key)
        return self._against(current, key)

    def find_one(self, value: Value) -> bool:
        """See ``IndexSlot.find_one``."""
        if not isinstance(value, int) or self._stored is not None or self._width != 1:
            return self.find([value])
        self.null_row = False
        self._gone = None
        current = self._entries.get(value)
        self._current = current
        self._at = -1
        return current is not None

    def find(self, key: list[Value]) -> bool:
        """See ``IndexSlot.find``."""
        self.null_row = False
        self._gone = None
        if self._stored is not None:
            return self._stored.find(key)
        if len(key) == self._width:
            hashed = self._key(key)
            if hashed is not None:
                current = self._entries.get(hashed)
                self._current = current
                self._at = -1
                return current is not None
        return self.seek(key, 0) == 0 and self.is_valid()

    def meet(self, key: list[Value]) -> bool:
        """See ``IndexSlot.meet``."""
        if self._stored is None and len(key) == self._width:
            hashed = self._key(key)
            if hashed is not None:
                self._gone = None
                if hashed in self._entries:
                    return True
                if not self._keep(hashed, key):
                    self._tree().insert(Record(key), False)
                return False
        if self.find(key):
            return True
        self.insert(Record(key), False)
        return False

    def _keep(self, hashed: object | None, values: list[Value]) -> bool:
        """Keep an entry in memory, if it can stand there and there is room."""
        # One object is enough where the entry stands for itself.
        entry = hashed if self._binary and isinstance(hashed, tuple) and len(values) > 1 else tuple(values)
        self._used += footprint(entry) + 100
        if hashed is None or self._used > self._budget or len(values) != self._width:
            return False
        self._entries[hashed] = entry
        self._ordered = False
        self._current = entry
        self._at = -1
        return True

    def insert(self, record: object, append: bool) -> None:
        """See ``IndexSlot.insert``."""
        self._gone = None
        values = fields_of(record)
        if self._stored is None:
            if self._width == 0:
                self._width = len(values)
            if self._keep(self._key(values), values):
                return
        self._tree().insert(record, False)

    def delete(self) -> None:
        """See ``Slot.delete``."""
        if self._stored is not None:
            self._stored.delete()
            return
        current = self._current
        if current is None:
            return
        if self._at < 0 and not self._order:
            del self._entries[self._key(list(current))]
            self._ordered = False
            self._current = None
            self._gone = current
            return
        self._arrange()
        if self._stored is not None:
            self._stored.delete()
            return
        # The place stays, so that the next move reaches the neighbour.
        del self._entries[self._key(list(current))]
        del self._order[self._at]
        self._at -= 1
        self._current = None

    def count(self) -> int:
        """See ``Slot.count``."""
        return self._stored.count() if self._stored is not None else len(self._entries)

    def clear(self) -> None:
        """See ``Slot.clear``."""
        self._entries = {}
        self._order = []
        self._ordered = True
        self._used = 0
        self._current = None
        self._gone = None
        if self._database is not None:
            self._database.clear_tree(self._root)

    def view(self, most: int) -> SlotView:
        """See ``Slot.view``."""
        shown = SlotView("ephemeral index")
        spilled = self._stored is not None
        shown.hold(-1 if spilled else len(self._entries), first_of(self._entries, most), spilled)
        if self.null_row:
            shown.place = "null row"
        elif not spilled and self._current is not None:
            shown.stand(self._current)
        return shown
