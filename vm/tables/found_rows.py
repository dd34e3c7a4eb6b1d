"""The rows that a statement will change: found in any order, read once in that of their rowids.

In memory they are a dict, or a list where no values go with them; beyond the memory budget they move to an ephemeral
table, which spills.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import Value
from foundrydb.storage.tree.database import Database
from foundrydb.vm.record import Record
from foundrydb.vm.slots import SlotView, TableSlot
from foundrydb.vm.sorting.row_sort import Row, footprint
from foundrydb.vm.tables.ephemeral import EphemeralTable, fields_of

_ENTRY: Final = 128
"""About how many bytes a row takes beside its values: the rowid, its places in the dict and in the order."""

_ROWID: Final = 48
"""About how many bytes a rowid alone takes."""


@final
class FoundRows(TableSlot):
    """Rows by rowid, with values that go with them; a row that is found again takes its last ones."""

    def __init__(self, make_database: Callable[[], Database], budget: int) -> None:
        super().__init__()
        self._make_database: Final = make_database
        self._budget: Final[i64] = budget
        self._rows: dict[int, Row] = {}
        self._order: list[int] = []
        self._at: i64 = 0
        self._used: i64 = 0
        self._last = 0
        self._ascending = True
        self._spilled: EphemeralTable | None = None

    def find(self, rowid: int) -> None:
        """Take in a row that nothing goes with; all of them are such."""
        spilled = self._spilled
        if spilled is not None:
            spilled.insert(rowid, Record([]), False)
            return
        order = self._order
        if rowid <= self._last and len(order) > 0:
            self._ascending = False
        self._last = rowid
        order.append(rowid)
        self._used += _ROWID
        if self._used > self._budget:
            self._spill()

    def insert(self, rowid: int, record: object, append: bool) -> None:
        """See ``TableSlot.insert``."""
        spilled = self._spilled
        if spilled is None:
            values = tuple(fields_of(record))
            self._rows[rowid] = values
            self._used += footprint(values) + _ENTRY
            if self._used > self._budget:
                self._spill()
            return
        spilled.insert(rowid, record, append)

    def _spill(self) -> None:
        spilled = EphemeralTable(self._make_database, 0)
        for rowid in sorted(self._rows):
            spilled.insert(rowid, Record(list(self._rows[rowid])), True)
        for rowid in self._rowids():
            spilled.insert(rowid, Record([]), True)
        self._rows = {}
        self._order = []
        self._spilled = spilled

    def first(self) -> bool:
        """See ``Slot.first``."""
        if self._spilled is not None:
            return self._spilled.first()
        self._order = sorted(self._rows) if self._rows else self._rowids()
        self._at = 0
        return len(self._order) > 0

    def _rowids(self) -> list[int]:
        """The rowids of rows that nothing goes with, in order, each once."""
        return self._order if self._ascending else sorted(set(self._order))

    def next(self) -> bool:
        """See ``Slot.next``."""
        if self._spilled is not None:
            return self._spilled.next()
        self._at += 1
        return self._at < len(self._order)

    def rowid(self) -> int | None:
        """See ``Slot.rowid``."""
        return self._order[self._at] if self._spilled is None else self._spilled.rowid()

    def column(self, i: i64) -> Value:
        """See ``Slot.column``."""
        return self._rows[self._order[self._at]][i] if self._spilled is None else self._spilled.column(i)

    def row(self, n: i64) -> list[Value]:
        """See ``Slot.row``."""
        return [self.column(i) for i in range(n)]

    def close(self) -> None:
        """See ``Slot.close``."""
        if self._spilled is not None:
            self._spilled.close()

    def view(self, most: int) -> SlotView:
        """See ``Slot.view``."""
        shown = SlotView("rows that were found")
        spilled = self._spilled is not None
        head: list[Row] = []
        for rowid in self._order[:most] if self._order else list(self._rows)[:most]:
            head.append((rowid, *self._rows.get(rowid, ())))
        shown.hold(-1 if spilled else max(len(self._rows), len(self._order)), head, spilled)
        return shown
