"""The queue of a recursive query: rows wait in it, and each is taken out once.

``Fifo`` gives the oldest row first, ``OrderedQueue`` the least one by a key.  Both keep their rows in memory up to a
budget.  Beyond that they move to a B-tree of a private database, which spills to a temporary file, and what is taken
from there leaves it: a recursion is bounded by the rows that wait, and not by those that have been.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import KeyInfo
from foundrydb.storage.tree.database import Database
from foundrydb.vm.record import Record
from foundrydb.vm.slots import Slot
from foundrydb.vm.sorting.row_sort import Row, compare_rows, footprint
from foundrydb.vm.tables.stored import StoredIndex, StoredTable

QUEUE_BUDGET: Final = 1 << 18
"""Bytes that the rows of a queue may take in memory.

All that is there is stored at once, in less time than who interrupts a statement would notice.
"""


FETCHED: Final = 100
"""So many stored rows are taken into memory at once, at most."""


class RowQueue(Slot):
    """Rows that wait."""

    def add(self, row: Row) -> None:
        """Have a row wait."""
        raise self._misused("add")

    def take(self) -> Row | None:
        """The row that comes next, which is no longer there then; None where none waits."""
        raise self._misused("take")


@final
class Fifo(RowQueue):
    """The oldest row comes first.

    The oldest rows are in one list, the youngest in another, each with half of the budget; those between are stored.
    """

    def __init__(self, make_database: Callable[[], Database], budget: int) -> None:
        super().__init__()
        self._make_database: Final = make_database
        self._share: Final[i64] = budget // 2
        # The next row is the last one of the list.
        self._oldest: list[Row] = []
        self._youngest: list[Row] = []
        self._used: i64 = 0
        self._database: Database | None = None
        self._stored: StoredTable | None = None
        self._waiting: i64 = 0
        self._last = 0

    def add(self, row: Row) -> None:
        """See ``RowQueue.add``."""
        self._youngest.append(row)
        self._used += footprint(row)
        if self._used > self._share:
            self._store()

    def take(self) -> Row | None:
        """See ``RowQueue.take``."""
        oldest = self._oldest
        if not oldest:
            if self._waiting > 0:
                self._fetch()
            else:
                # Both lists change places.
                self._oldest = self._youngest
                self._youngest = oldest
                self._used = 0
                if len(self._oldest) > 1:
                    self._oldest.reverse()
            oldest = self._oldest
            if not oldest:
                return None
        return oldest.pop()

    def _store(self) -> None:
        """Store the youngest rows."""
        stored = self._stored
        if stored is None:
            database = self._make_database()
            stored = StoredTable(database, database.table_cursor(database.create_tree(False), True))
            self._database = database
            self._stored = stored
        for row in self._youngest:
            self._last += 1
            stored.insert(self._last, Record(list(row)), True)
        self._waiting += len(self._youngest)
        self._youngest = []
        self._used = 0

    def _fetch(self) -> None:
        """Take the oldest of the rows that are stored into memory."""
        stored = self._stored
        assert stored is not None
        found: list[Row] = []
        used: i64 = 0
        while self._waiting > 0 and used <= self._share and len(found) < FETCHED:
            stored.first()
            row = tuple(stored.row(stored.cursor.column_count()))
            found.append(row)
            used += footprint(row)
            stored.delete()
            self._waiting -= 1
        found.reverse()
        self._oldest = found

    def count(self) -> int:
        """See ``Slot.count``."""
        return len(self._oldest) + int(self._waiting) + len(self._youngest)

    def close(self) -> None:
        """See ``Slot.close``."""
        if self._stored is not None:
            self._stored.close()
        if self._database is not None:
            self._database.close()


@final
class OrderedQueue(RowQueue):
    """The least row comes first, of equal ones the oldest.

    What is kept is the key, a number that counts the rows, and the row.  In memory that is a binary heap.  Once it has
    moved to a B-tree it is there until no row waits.

    Args:
        places: which columns are the key.
        keys: how it is compared.
    """

    def __init__(
        self, make_database: Callable[[], Database], budget: int, places: tuple[int, ...], keys: KeyInfo
    ) -> None:
        super().__init__()
        self._make_database: Final = make_database
        self._budget: Final[i64] = budget
        self._places: Final = places
        self._keys: Final = keys
        self._fields: Final[i64] = len(places) + 1
        self._heap: list[Row] = []
        self._used: i64 = 0
        self._added = 0
        self._database: Database | None = None
        self._stored: StoredIndex | None = None
        self._waiting: i64 = 0

    def add(self, row: Row) -> None:
        """See ``RowQueue.add``."""
        self._added += 1
        entry = (*[row[place] for place in self._places], self._added, *row)
        if self._waiting > 0:
            assert self._stored is not None
            self._stored.insert(Record(list(entry)), False)
            self._waiting += 1
            return
        self._used += footprint(entry)
        self._push(entry)
        if self._used > self._budget:
            self._store()

    def take(self) -> Row | None:
        """See ``RowQueue.take``."""
        if self._waiting > 0:
            stored = self._stored
            assert stored is not None
            stored.first()
            entry = tuple(stored.row(stored.cursor.column_count()))
            stored.delete()
            self._waiting -= 1
        elif self._heap:
            entry = self._pop()
            self._used -= footprint(entry)
        else:
            return None
        return entry[self._fields :]

    def _push(self, entry: Row) -> None:
        heap = self._heap
        place: i64 = len(heap)
        heap.append(entry)
        while place > 0:
            parent = (place - 1) // 2
            above = heap[parent]
            if compare_rows(above, entry, self._keys, self._fields) < 0:
                break
            heap[place] = above
            place = parent
        heap[place] = entry

    def _pop(self) -> Row:
        heap = self._heap
        least = heap[0]
        entry = heap.pop()
        size: i64 = len(heap)
        if size == 0:
            return least
        place: i64 = 0
        while True:
            child = 2 * place + 1
            if child >= size:
                break
            if child + 1 < size and self._precedes(heap[child + 1], heap[child]):
                child += 1
            if self._precedes(entry, heap[child]):
                break
            heap[place] = heap[child]
            place = child
        heap[place] = entry
        return least

    def _precedes(self, a: Row, b: Row) -> bool:
        return compare_rows(a, b, self._keys, self._fields) < 0

    def _store(self) -> None:
        """Move the rows to a B-tree."""
        stored = self._stored
        if stored is None:
            database = self._make_database()
            root = database.create_tree(True)
            stored = StoredIndex(database, database.index_cursor(root, self._keys, True))
            self._database = database
            self._stored = stored
        for entry in self._heap:
            stored.insert(Record(list(entry)), False)
        self._waiting = len(self._heap)
        self._heap = []
        self._used = 0

    def count(self) -> int:
        """See ``Slot.count``."""
        return len(self._heap) + int(self._waiting)

    def close(self) -> None:
        """See ``Slot.close``."""
        if self._stored is not None:
            self._stored.close()
        if self._database is not None:
            self._database.close()
