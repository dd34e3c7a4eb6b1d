"""The rows that were met so far: what DISTINCT, and UNION in a recursion, ask of each row whether it is new.

They are the keys of a dict in memory.  Once it has outgrown the budget, rows that are met after that go to an ephemeral
index; the dict stays as it is, so that nobody waits for it to be moved.  Where a collation decides what is equal, they
are in an ephemeral index from the beginning.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import BinaryCollation, KeyInfo, Value
from foundrydb.storage.tree.database import Database
from foundrydb.vm.slots import IndexSlot, SlotView
from foundrydb.vm.sorting.row_sort import Row, value_size
from foundrydb.vm.tables.ephemeral import EphemeralIndex

_ENTRY: Final = 72
"""About how many bytes a row's place in the dict takes."""


@final
class MetRows(IndexSlot):
    """Rows, each of them once.

    Args:
        keys: when two of them are equal.
    """

    def __init__(self, make_database: Callable[[], Database], budget: int, keys: KeyInfo) -> None:
        super().__init__()
        self._make_database: Final = make_database
        self._budget: Final[i64] = budget
        self._keys: Final = keys
        self._binary: Final = all(isinstance(each, BinaryCollation) for each in keys.collations)
        self._met: dict[object, bool] = {}
        self._used: i64 = 0
        self._others: EphemeralIndex | None = None
        if not self._binary:
            self._others = EphemeralIndex(make_database, budget, keys)

    def meet_one(self, value: Value) -> bool:
        """See ``IndexSlot.meet_one``."""
        if not self._binary:
            return self._meet_other([value])
        met: object = () if value is None else value
        if met in self._met:
            return True
        if self._others is not None:
            return self._meet_other([value])
        self._add(met)
        return False

    def meet(self, key: list[Value]) -> bool:
        """See ``IndexSlot.meet``."""
        if len(key) == 1:
            return self.meet_one(key[0])
        if not self._binary:
            return self._meet_other(key)
        met = tuple(key)
        if met in self._met:
            return True
        if self._others is not None:
            return self._meet_other(key)
        self._add(met)
        return False

    def _add(self, met: object) -> None:
        """Add a row to the dict; once there is no more room in it, others go elsewhere."""
        self._met[met] = True
        self._used += value_size(met) + _ENTRY
        if self._used > self._budget:
            self._others = EphemeralIndex(self._make_database, 0, self._keys)

    def _meet_other(self, key: list[Value]) -> bool:
        others = self._others
        assert others is not None
        return others.meet(key)

    def clear(self) -> None:
        """See ``Slot.clear``."""
        self._met = {}
        self._used = 0
        others = self._others
        if others is not None:
            others.clear()
            if self._binary:
                others.close()
                self._others = None

    def close(self) -> None:
        """See ``Slot.close``."""
        if self._others is not None:
            self._others.close()

    def view(self, most: int) -> SlotView:
        """See ``Slot.view``."""
        shown = SlotView("rows that were met")
        head: list[Row] = []
        for met in self._met:
            if len(head) >= most:
                break
            head.append(met if isinstance(met, tuple) and met != () else (None if met == () else met,))
        others = self._others
        more = 0 if others is None else others.view(0).count
        shown.hold(-1 if more < 0 else len(self._met) + more, head, more < 0)
        return shown
