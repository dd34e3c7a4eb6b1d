"""A virtual table as a cursor of a program."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import Value
from foundrydb.vm.context import Context
from foundrydb.vm.modules.module import VirtualCursor, VirtualTable
from foundrydb.vm.slots import Slot, SlotView


@final
class VirtualSlot(Slot):
    """The rows that a virtual table finds."""

    def __init__(self, table: VirtualTable) -> None:
        super().__init__()
        self._table: Final = table
        self._rows: VirtualCursor | None = None

    def filter(self, number: int, text: str, values: list[Value], context: Context) -> bool:
        """Find rows and move to the first; False when there is none.  See ``VirtualTable.open``."""
        self.close()
        self.null_row = False
        rows = self._table.open(number, text, values, context)
        self._rows = rows
        return rows.next()

    def close(self) -> None:
        """See ``Slot.close``."""
        rows = self._rows
        if rows is not None:
            self._rows = None
            rows.close()

    def next(self) -> bool:
        """See ``Slot.next``."""
        assert self._rows is not None
        return self._rows.next()

    def column(self, i: i64) -> Value:
        """See ``Slot.column``."""
        if self.null_row:
            return None
        assert self._rows is not None
        return self._rows.column(int(i))

    def marked_column(self, i: i64) -> Value:
        """A column with its subtype, for a function that asks for that."""
        if self.null_row:
            return None
        assert self._rows is not None
        return self._rows.marked_column(int(i))

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
        assert self._rows is not None
        return self._rows.rowid()

    def view(self, most: int) -> SlotView:
        """See ``Slot.view``."""
        shown = SlotView("virtual table")
        shown.place = "null row" if self.null_row else "none" if self._rows is None else "row"
        return shown
