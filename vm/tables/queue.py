"""The queue of a recursive query: rows wait in it, and each is taken out once.

``Fifo`` gives the oldest row first, ``OrderedQueue`` the least one by a key.  Both keep their rows in memory up to a
budget.  Beyond that those of the first one move to a temporary file, those of the other one to a B-tree of a private
database, which spills to such a file.  The room of what is taken from there is used again: a recursion is bounded by
the rows that wait, and not by those that have been.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, final

from mypy_extensions import i64, mypyc_attr

from foundrydb.storage.format.values import KeyInfo, Value
from foundrydb.storage.os.vfs import File
from foundrydb.storage.tree.database import Database
from foundrydb.vm.record import Record
from foundrydb.vm.slots import Slot, SlotView
from foundrydb.vm.sorting.row_blocks import RowBlocks
from foundrydb.vm.sorting.row_sort import Row, footprint
from foundrydb.vm.tables.stored import StoredIndex

QUEUE_BUDGET: Final = 1 << 18
"""Bytes that the rows of a queue may take in memory.

All that is there is stored at once, in less time than who interrupts a statement would notice.
"""


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

    The oldest rows are in one list, the youngest in another, each with half of the budget.  Those between are in two
    files: one is read while the other one is written, and when it has been read they change places.
    """

    def __init__(self, make_file: Callable[[], File], budget: int) -> None:
        super().__init__()
        self._share: Final[i64] = budget // 2
        # The next row is the last one of the list.
        self._oldest: list[Row] = []
        self._youngest: list[Row] = []
        self._used: i64 = 0
        # How many rows are in the files, and the next block of the one that is read.
        self._stored = 0
        self._older = RowBlocks(make_file)
        self._younger = RowBlocks(make_file)
        self._block = 0

    def add(self, row: Row) -> None:
        """See ``RowQueue.add``."""
        self._youngest.append(row)
        self._used += footprint(row)
        if self._used > self._share:
            self._younger.add(self._youngest)
            self._stored += len(self._youngest)
            self._youngest = []
            self._used = 0

    def take(self) -> Row | None:
        """See ``RowQueue.take``."""
        oldest = self._oldest
        if not oldest:
            oldest = self._next_rows()
            if not oldest:
                return None
        return oldest.pop()

    def _next_rows(self) -> list[Row]:
        """The oldest rows, now that those before them are taken."""
        rows = self._oldest
        if self._stored > 0:
            if self._block == len(self._older):
                read = self._older
                read.clear()
                self._older = self._younger
                self._younger = read
                self._block = 0
            rows = self._older.read(self._block)
            self._block += 1
            self._stored -= len(rows)
        else:
            # Both lists change places.
            self._youngest, rows = rows, self._youngest
            self._used = 0
        if len(rows) > 1:
            rows.reverse()
        self._oldest = rows
        return rows

    def count(self) -> int:
        """See ``Slot.count``."""
        return len(self._oldest) + self._stored + len(self._youngest)

    def close(self) -> None:
        """See ``Slot.close``."""
        self._older.close()
        self._younger.close()

    def view(self, most: int) -> SlotView:
        """See ``Slot.view``."""
        shown = SlotView("queue")
        head = list(reversed(self._oldest[-most:]))
        shown.hold(
            int(self.count()), head if head or self._stored > 0 else self._youngest[:most], self._stored > 0
        )
        return shown


@final
@mypyc_attr(acyclic=True)
class WaitingRow:
    """A row in the heap of an ordered queue.

    Attributes:
        number: counts the rows that have come.
        key: the first field of the key.
        weight: bytes of memory that the row takes.
    """

    def __init__(self, row: Row, number: i64, key: Value, weight: i64) -> None:
        self.row: Final = row
        self.number: Final[i64] = number
        self.key: Final = key
        self.weight: Final[i64] = weight


@final
class OrderedQueue(RowQueue):
    """The least row comes first, of equal ones the oldest.

    In memory rows are in a binary heap.  Once they have moved to a B-tree, with the key and the number that counts them
    before their own fields, they are there until no row waits.

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
        self._descending: Final = len(keys.descending) > 0 and keys.descending[0]
        self._fields: Final[i64] = len(places) + 1
        self._heap: list[WaitingRow] = []
        self._used: i64 = 0
        self._added: i64 = 0
        self._database: Database | None = None
        self._stored: StoredIndex | None = None
        self._waiting: i64 = 0

    def add(self, row: Row) -> None:
        """See ``RowQueue.add``."""
        self._added += 1
        waiting = WaitingRow(row, self._added, row[self._places[0]], footprint(row))
        if self._waiting > 0:
            self._insert(waiting)
            self._waiting += 1
            return
        self._used += waiting.weight
        self._push(waiting)
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
            return entry[self._fields :]
        if not self._heap:
            return None
        waiting = self._pop()
        self._used -= waiting.weight
        return waiting.row

    def _push(self, entry: WaitingRow) -> None:
        heap = self._heap
        place: i64 = len(heap)
        heap.append(entry)
        while place > 0:
            parent = (place - 1) // 2
            above = heap[parent]
            if self._precedes(above, entry):
                break
            heap[place] = above
            place = parent
        heap[place] = entry

    def _pop(self) -> WaitingRow:
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

    def _precedes(self, a: WaitingRow, b: WaitingRow) -> bool:
        one = a.key
        other = b.key
        if isinstance(one, int) and isinstance(other, int):
            if one != other:
                return one > other if self._descending else one < other
            if self._fields == 2:
                return a.number < b.number
        for field, place in enumerate(self._places):
            order = self._keys.compare_field(field, a.row[place], b.row[place])
            if order != 0:
                return order < 0
        return a.number < b.number

    def _store(self) -> None:
        """Move the rows to a B-tree."""
        if self._stored is None:
            database = self._make_database()
            root = database.create_tree(True)
            self._stored = StoredIndex(database, database.index_cursor(root, self._keys, True))
            self._database = database
        for waiting in self._heap:
            self._insert(waiting)
        self._waiting = len(self._heap)
        self._heap = []
        self._used = 0

    def _insert(self, waiting: WaitingRow) -> None:
        """Insert a row into the B-tree."""
        stored = self._stored
        assert stored is not None
        entry: list[Value] = [waiting.row[place] for place in self._places]
        entry.append(int(waiting.number))
        entry += waiting.row
        stored.insert(Record(entry), False)

    def count(self) -> int:
        """See ``Slot.count``."""
        return len(self._heap) + int(self._waiting)

    def close(self) -> None:
        """See ``Slot.close``."""
        if self._stored is not None:
            self._stored.close()
        if self._database is not None:
            self._database.close()

    def view(self, most: int) -> SlotView:
        """See ``Slot.view``."""
        shown = SlotView("queue")
        shown.hold(int(self.count()), [waiting.row for waiting in self._heap[:most]], self._waiting > 0)
        return shown
