"""The cursors of a running program, whatever they stand on.

A program names its cursors by number; the machine keeps a :class:`Slot` for each.  What a slot does depends on what
was opened there: a B-tree of a database (``vm/tables/stored``), an ephemeral table or index
(``vm/tables/ephemeral``), a sorter, a record in a register, or a virtual table.
"""

from __future__ import annotations

from typing import Any, Final, final

from mypy_extensions import i64

from foundrydb.errors import InternalError
from foundrydb.storage.format.values import Value

Row = tuple[Value, ...]


@final
class SlotView:
    """A cursor as it is shown: where it stands, and what it holds for itself.  To look changes nothing.

    Attributes:
        kind: what it stands on: ``table``, ``sorter``, … .
        place: ``row``; ``null row``; ``none``; ``deferred``: the index has the row, and the table was not asked yet.
        rowid: of the row, None where there is none.
        row: the row, or the entry; None where it is not at hand.
        page, cell: where that lies in a file; page 0 for nowhere.
        count: how many entries it holds for itself, -1 where it holds none or does not count them.
        head: some of those, in the order in which they are kept.
        spilled: some went to a temporary file.
    """

    def __init__(self, kind: str) -> None:
        self.kind: Final = kind
        self.place = "none"
        self.rowid: int | None = None
        self.row: Row | None = None
        self.page = 0
        self.cell = 0
        self.count = -1
        self.head: list[Row] = []
        self.spilled = False

    def stand(self, row: Row | None, rowid: int | None = None) -> None:
        """The cursor stands on a row."""
        self.place = "row"
        self.row = row
        self.rowid = rowid

    def hold(self, count: int, head: list[Row], spilled: bool = False) -> None:
        """The cursor holds entries for itself."""
        self.count = count
        self.head = head
        self.spilled = spilled


class Slot:
    """A cursor of a program.  This base stands for one that is not open.

    Attributes:
        null_row: it stands on a row of NULLs, for an outer join or before it is opened.
        sequence: what the instruction Sequence counts.
        holds_tuples: its entries are tuples, which ``fields`` gives parts of.
    """

    def __init__(self) -> None:
        self.null_row = False
        self.sequence = 0
        self.holds_tuples = False

    def close(self) -> None:
        """Let go of what was opened."""

    def is_valid(self) -> bool:
        """Whether it stands on an entry."""
        raise self._misused("is_valid")

    def first(self) -> bool:
        """Move to the first entry; False when there is none."""
        raise self._misused("first")

    def last(self) -> bool:
        """Move to the last entry; False when there is none."""
        raise self._misused("last")

    def next(self) -> bool:
        """Move to the next entry; False when there is none."""
        raise self._misused("next")

    def previous(self) -> bool:
        """Move to the previous entry; False when there is none."""
        raise self._misused("previous")

    def pin(self, pinned: bool) -> None:
        """Have changes of the tree by other cursors fail, or no longer."""
        raise self._misused("pin")

    def set_null_row(self) -> None:
        """Stand on a row of NULLs until the next move."""
        self.null_row = True

    def fields(self, first: i64, end: i64) -> tuple[Value, ...]:
        """The fields of the current entry from ``first`` up to ``end``, where it is a tuple."""
        raise self._misused("fields")

    def column(self, i: i64) -> Value:
        """Field ``i`` of the current entry; None past its end."""
        raise self._misused("column")

    def column_or(self, i: i64, default: Value) -> Value:
        """Field ``i`` of the current entry; ``default`` past its end."""
        raise self._misused("column_or")

    def row(self, n: i64) -> list[Value]:
        """The first ``n`` fields of the current entry."""
        raise self._misused("row")

    def rowid(self) -> int | None:
        """The current entry's rowid."""
        raise self._misused("rowid")

    def pack(self, registers: list[Any], first: i64, count: i64, affinity: bytes) -> object:
        """A record of registers for ``insert``, in the form that it takes without further work."""
        raise self._misused("pack")

    def delete(self) -> None:
        """Delete the current entry."""
        raise self._misused("delete")

    def count(self) -> int:
        """How many entries there are."""
        raise self._misused("count")

    def estimate(self) -> int:
        """About how many entries there are."""
        return self.count()

    def clear(self) -> None:
        """Take all entries out."""
        raise self._misused("clear")

    def duplicate(self) -> Slot:
        """Another position in the same entries."""
        raise self._misused("duplicate")

    def view(self, most: int) -> SlotView:
        """How it is shown, with so many of its entries at most."""
        return SlotView("none")

    def _misused(self, what: str) -> InternalError:
        return InternalError(f"a cursor cannot do this: {what}", "SQLITE_INTERNAL")


class TableSlot(Slot):
    """Rows by rowid."""

    def seek(self, rowid: int) -> int:
        """Move to the row or next to its place: 0 on it, negative on a smaller row, positive on a larger one.

        On an empty table the slot is not valid, and the answer negative.
        """
        raise self._misused("seek")

    def seek_exact(self, rowid: int) -> bool:
        """Move to the row; False when there is none."""
        raise self._misused("seek_exact")

    def has_rowid(self, rowid: int) -> bool:
        """Whether there is a row, as a foreign key asks; where the slot then stands is not said."""
        return self.seek_exact(rowid)

    def insert(self, rowid: int, record: object, append: bool) -> None:
        """Write a row (a :class:`Record` or packed bytes) in the place of one with that rowid."""
        raise self._misused("insert")

    def pack_row_of(self, other: Slot, fields: list[int], types: bytes) -> bytes:
        """A record for ``insert`` of fields of another slot's row, see ``TableCursor.copied``; else no bytes."""
        return b""

    def append_rows_of(self, other: Slot, fields: list[int], types: bytes, most: i64) -> i64:
        """Write such records of another slot's row, and of those that follow, under new rowids; see ``append_copies``.

        Returns:
            How many were written; the other slot stands on the last of them.
        """
        return 0

    def patch(self, fields: list[int], values: list[Value]) -> None:
        """Give the current row other values in the fields of those numbers, which ascend."""
        raise self._misused("patch")

    def last_rowid(self) -> int:
        """The largest rowid, 0 when there is no row."""
        raise self._misused("last_rowid")

    def defer(self, index: IndexSlot, columns: tuple[int, ...]) -> None:
        """Stand for the row of the index's current entry; see the instruction DeferredSeek."""
        raise self._misused("defer")

    def settle(self) -> None:
        """Carry out a deferred seek."""


class IndexSlot(Slot):
    """Entries in the order of their keys."""

    def seek(self, key: list[Value], bias: int) -> int:
        """Move to an entry that begins with ``key`` or next to its place; see ``storage``'s ``IndexCursor.seek``."""
        raise self._misused("seek")

    def compare(self, key: list[Value]) -> int:
        """Compare the beginning of the current entry with ``key``."""
        raise self._misused("compare")

    def find(self, key: list[Value]) -> bool:
        """Move to an entry that begins with ``key``; False when there is none."""
        raise self._misused("find")

    def seek_at(self, registers: list[Any], first: i64, count: i64, bias: i64) -> i64:
        """``seek`` with a key in ``count`` registers from ``first`` on."""
        return self.seek(registers[first : first + count], int(bias))

    def compare_at(self, registers: list[Any], first: i64, count: i64) -> i64:
        """``compare`` with a key in registers."""
        return self.compare(registers[first : first + count])

    def find_at(self, registers: list[Any], first: i64, count: i64) -> bool:
        """``find`` with a key in registers."""
        return self.find_one(registers[first]) if count == 1 else self.find(registers[first : first + count])

    def find_one(self, value: Value) -> bool:
        """``find`` with a key of one value, for which no list need be made."""
        return self.find([value])

    def meet(self, key: list[Value]) -> bool:
        """Whether there was an entry ``key``; there is one from now on."""
        raise self._misused("meet")

    def meet_one(self, value: Value) -> bool:
        """``meet`` with a key of one value, for which no list need be made."""
        return self.meet([value])

    def has_key(self, key: list[Value]) -> bool:
        """Whether an entry begins with ``key``, as a foreign key asks; where the slot then stands is not said."""
        return self.find(key)

    def insert(self, record: object, append: bool) -> None:
        """Write an entry (a :class:`Record` or packed bytes)."""
        raise self._misused("insert")

    def insert_later(self, record: object) -> None:
        """Write an entry before the index is next looked at."""
        self.insert(record, False)

    def delete_later(self, registers: list[Any], first: i64, count: i64) -> None:
        """Delete the entry of a record of registers, if it is there, before the index is next looked at."""
        if self.find(registers[first : first + count]):
            self.delete()


@final
class NullSlot(Slot):
    """A cursor that was put on its null row before it was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.null_row = True

    def column(self, i: i64) -> Value:
        """None; see ``Slot.column``."""
        return None

    def column_or(self, i: i64, default: Value) -> Value:
        """None; see ``Slot.column_or``."""
        return None

    def row(self, n: i64) -> list[Value]:
        """See ``Slot.row``."""
        return [None] * n

    def rowid(self) -> int | None:
        """None; see ``Slot.rowid``."""
        return None

    def view(self, most: int) -> SlotView:
        """See ``Slot.view``."""
        shown = SlotView("none")
        shown.place = "null row"
        return shown


def _closed() -> Slot:
    slot = Slot()
    slot.null_row = True
    return slot


CLOSED: Final = _closed()
"""What stands in the place of a cursor that is not open."""
