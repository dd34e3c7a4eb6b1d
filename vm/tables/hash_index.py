"""A hash index: the rows of a join's inner side by their key, as the outer side asks for them.

In memory it is a dict from the key to the entries that have it.  The entries of one key come out in the order of the
whole index, which is made for a key when it is first asked for.  When the entries outgrow the memory budget, or a
collation has no hash, they move to an ephemeral index, which spills, and are found there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import BinaryCollation, Collation, KeyInfo, Value
from foundrydb.storage.tree.database import Database
from foundrydb.vm.record import Record
from foundrydb.vm.slots import IndexSlot, SlotView
from foundrydb.vm.sorting.row_sort import Row, footprint, sort_rows
from foundrydb.vm.tables.ephemeral import EphemeralIndex, fields_of
from foundrydb.vm.tables.hash_keys import hashed_key

_ENTRY: Final = 80
"""About how many bytes an entry takes beside its values."""


@final
class HashIndex(IndexSlot):
    """Entries by the first ``width`` of their fields; a move goes to the next entry with the same key.

    Args:
        keys: how whole entries compare.
    """

    def __init__(self, make_database: Callable[[], Database], budget: int, keys: KeyInfo, width: int) -> None:
        super().__init__()
        self._make_database: Final = make_database
        self._budget: Final[i64] = budget
        self._keys: Final = keys
        self._width: Final[i64] = width
        self._collations: Final[list[Collation]] = keys.collations[:width]
        self._binary: Final = all(isinstance(item, BinaryCollation) for item in self._collations)
        # By their key an entry, or a list of several.
        self._entries: dict[Any, Any] = {}
        self._arranged: Final[set[Any]] = set()
        self._used: i64 = 0
        # The entries with the key that was looked up, and the position among them.
        self._found: list[Row] = []
        self._only: Final[list[Row]] = [()]
        self._at: i64 = 0
        # Where the entries are when they do not stand in the dict, and the key that was looked up.
        self._tree: EphemeralIndex | None = None
        self._key: list[Value] = []

    def _hashed(self, values: list[Value]) -> object | None:
        """What stands for a key in the dict; None when it cannot stand there."""
        if not self._binary:
            return hashed_key(values, self._collations)
        if self._width > 1:
            return tuple(values)
        return () if values[0] is None else values[0]

    # entries in ---------------------------------------------------------------------------------------------

    def insert(self, record: object, append: bool) -> None:
        """See ``IndexSlot.insert``.  NULLs in keys equal each other."""
        tree = self._tree
        if tree is not None:
            tree.insert(record, append)
            return
        values = fields_of(record)
        entry = tuple(values)
        self._used += footprint(entry) + _ENTRY
        key = self._hashed(values[: self._width])
        if key is None or self._used > self._budget:
            self._move_out().insert(record, append)
            return
        bucket = self._entries.get(key)
        if bucket is None:
            self._entries[key] = entry
        elif isinstance(bucket, list):
            bucket.append(entry)
        else:
            self._entries[key] = [bucket, entry]

    def _move_out(self) -> EphemeralIndex:
        tree = EphemeralIndex(self._make_database, int(self._budget), self._keys)
        for bucket in self._entries.values():
            for entry in bucket if isinstance(bucket, list) else [bucket]:
                tree.insert(Record(list(entry)), False)
        self._entries = {}
        self._tree = tree
        return tree

    # looking up ---------------------------------------------------------------------------------------------

    def find(self, key: list[Value]) -> bool:
        """See ``IndexSlot.find``: move to the first entry with a key of ``width`` values."""
        self.null_row = False
        tree = self._tree
        if tree is not None:
            self._key = key
            found = tree.seek(key, 1)
            return tree.is_valid() and (found >= 0 or tree.next()) and self._matches(tree)
        return self._stand_at(self._hashed(key))

    def find_one(self, value: Value) -> bool:
        """See ``IndexSlot.find_one``."""
        if self._tree is not None or not self._binary or self._width != 1 or value is None:
            return self.find([value])
        self.null_row = False
        return self._stand_at(value)

    def _stand_at(self, hashed: object | None) -> bool:
        """Move to the first of the entries whose key stands in the dict as ``hashed``; False where there is none."""
        bucket = None if hashed is None else self._entries.get(hashed)
        if bucket is None:
            return False
        self._at = 0
        if not isinstance(bucket, list):
            self._only[0] = bucket
            self._found = self._only
            return True
        if hashed not in self._arranged:
            bucket = sort_rows(bucket, self._keys, len(bucket[0]))
            self._entries[hashed] = bucket
            self._arranged.add(hashed)
        self._found = bucket
        return True

    def _matches(self, tree: EphemeralIndex) -> bool:
        return tree.is_valid() and tree.compare(self._key) == 0

    def next(self) -> bool:
        """See ``Slot.next``: the next entry with the same key."""
        tree = self._tree
        if tree is not None:
            return tree.next() and self._matches(tree)
        self._at += 1
        return self._at < len(self._found)

    # the cursor ---------------------------------------------------------------------------------------------

    def column(self, i: i64) -> Value:
        """See ``Slot.column``."""
        if self.null_row:
            return None
        tree = self._tree
        if tree is not None:
            return tree.column(i)
        return self._found[self._at][i]

    def column_or(self, i: i64, default: Value) -> Value:
        """See ``Slot.column_or``."""
        return self.column(i)

    def row(self, n: i64) -> list[Value]:
        """See ``Slot.row``."""
        return [self.column(i) for i in range(n)]

    def clear(self) -> None:
        """See ``Slot.clear``."""
        self._entries = {}
        self._arranged.clear()
        self._used = 0
        if self._tree is not None:
            self._tree.close()
            self._tree = None

    def close(self) -> None:
        """See ``Slot.close``."""
        self.clear()

    def view(self, most: int) -> SlotView:
        """See ``Slot.view``."""
        shown = SlotView("hash index")
        spilled = self._tree is not None
        head: list[Row] = []
        for bucket in self._entries.values():
            if len(head) >= most:
                break
            head.append(bucket[0] if isinstance(bucket, list) else bucket)
        shown.hold(-1 if spilled else len(self._entries), head, spilled)
        if self.null_row:
            shown.place = "null row"
        elif not spilled and self._at < len(self._found):
            shown.stand(self._found[self._at])
        return shown
