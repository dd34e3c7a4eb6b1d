"""A table-valued function as a cursor of a program."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import Value
from foundrydb.vm.context import Context
from foundrydb.vm.functions.table import TableCursor, TableFunction
from foundrydb.vm.slots import Slot


@final
class VirtualSlot(Slot):
    """The rows of a call of a table-valued function."""

    def __init__(self, function: TableFunction) -> None:
        super().__init__()
        self._function: Final = function
        self._rows: TableCursor | None = None

    def filter(self, args: list[Value], given: int, context: Context) -> bool:
        """Call the function and move to its first row; False when there is none.  See ``TableFunction.open``."""
        self.null_row = False
        rows = self._function.open(args, given, context)
        self._rows = rows
        return rows.next()

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
