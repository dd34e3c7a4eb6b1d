"""Hash aggregation: GROUP BY through a dict of groups, in bounded memory.

Each row is taken into its group at once, so that only groups are kept, not rows.  In the end the groups are sorted by
their keys and come out in that order, as they would had the rows been sorted.

When the groups outgrow the budget, no new ones are made: rows of a group that is there still go to it, all others go to
a sorter.  So a group is either in the dict with all its rows or in the sorter with all its rows, in their order, and at
the end the two sorted streams of groups are merged.  Rows whose key no dict can hold (a collation of the user's) go to
the sorter from the beginning.

A row is a run of registers: the key, the bare columns, then what the aggregates take and what their FILTERs say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, final

from mypy_extensions import i64, mypyc_attr

from foundrydb.storage.format.values import BinaryCollation, Collation, KeyInfo, Value
from foundrydb.vm.context import Context
from foundrydb.vm.functions.accumulator import Accumulator, AggregateFunction
from foundrydb.vm.functions.aggregates import Count
from foundrydb.vm.slots import Slot, SlotView
from foundrydb.vm.sorting.row_sort import Row, footprint, sort_rows, value_size
from foundrydb.vm.sorting.sorter import SORT_BUDGET, Sorter
from foundrydb.vm.tables.hash_keys import hashed_key

if TYPE_CHECKING:
    from foundrydb.vm.host import Host

GROUP_BUDGET: Final = 21 * 256 * 1024
"""Bytes that groups, and rows put aside, may take at most: more of them leave the processor's caches.

Half of them are the groups': 10,400 with an integer for a key and one sum, while a dict of 10,922 would double.
"""

MERGE_BUDGET: Final = 5 * 256 * 1024
"""Bytes that the rows put aside may take while their runs are merged, and the groups are all there."""

_GROUP: Final = 140
_STATE: Final = 96
"""About how many bytes a group takes beside its values, its place in the dict included, and each accumulator."""


@final
class GroupAggregate:
    """One aggregate of all groups.

    Attributes:
        field: the row's field that it takes; -1 where it takes none.
        filter: the row's field that says (1 or 0) whether it takes the row; -1 where it takes every row.
        chooses: the bare columns come from the row that gave its result (min and max).
        counts: it counts the group's rows, which the group does by itself.
    """

    def __init__(
        self,
        function: AggregateFunction,
        field: i64,
        filter: i64,
        collation: Collation | None,
        chooses: bool,
    ) -> None:
        self.function: Final = function
        self.field: Final[i64] = field
        self.filter: Final[i64] = filter
        self.collation: Final = collation
        self.chooses: Final = chooses
        self.counts: Final = field < 0 and filter < 0 and isinstance(function, Count)


@final
@mypyc_attr(acyclic=True)
class Group:
    """A group.

    Attributes:
        states: the first of its accumulators; each knows the one that follows.
        rows: how many rows it has.
        key: its key, where the dict's key does not say it (under a collation that takes different texts as equal).
        bare: the bare columns.
    """

    def __init__(self, states: Accumulator | None, key: Row, bare: Row) -> None:
        self.states: Final = states
        self.rows: i64 = 0
        self.key: Final = key
        self.bare = bare


@final
class GroupSlot(Slot):
    """The groups as a cursor: rows go in with ``step``, and the groups come out as rows of key, results, bare columns.

    Args:
        fields: how many fields a row has.
        bare: how many bare columns; they follow the key.
        budget: bytes of memory, of which the groups may take one half and the rows put aside the other.

    Attributes:
        current: the group it stands on, as a row.
    """

    def __init__(
        self, host: Host, context: Context, budget: int, keys: KeyInfo, fields: int, bare: int
    ) -> None:
        super().__init__()
        self.current: list[Value] = []
        self._host: Final = host
        self._context: Final = context
        self._budget: Final[i64] = budget // 2
        self._keys: Final = keys
        self._width: Final[i64] = len(keys.collations)
        self._binary: Final = all(isinstance(collation, BinaryCollation) for collation in keys.collations)
        self._fields: Final[i64] = fields
        self._bare: Final[i64] = bare
        self._aggregates: Final[list[GroupAggregate]] = []
        self._stepped: Final[list[GroupAggregate]] = []
        self._groups: dict[Any, Group] = {}
        self._used: i64 = 0
        self._full = False
        self._aside: Sorter | None = None
        # The dict's keys of the groups that are still in it in the end, the next one last, and the group before them.
        self._order: list[Any] = []
        self._kept: Group | None = None
        self._kept_key: Row = ()
        # The next group of the rows put aside, its first row, and the first row behind it.
        self._spilled: Group | None = None
        self._spilled_row: Row = ()
        self._row: Row | None = None

    def add(self, aggregate: GroupAggregate) -> None:
        """Declare one more aggregate, before the first row."""
        self._aggregates.append(aggregate)
        if not aggregate.counts:
            self._stepped.append(aggregate)

    # rows in ------------------------------------------------------------------------------------------------

    def step(self, row: list[Any], first: i64) -> None:
        """Take the row in ``row[first]`` and the fields that follow into its group."""
        key: object
        if not self._binary:
            key = hashed_key(row[first : first + self._width], self._keys.collations)
            if key is None:
                self._put_aside(row, first)
                return
        elif self._width == 1:
            key = row[first]
        else:
            key = tuple(row[first : first + self._width])
        group = self._groups.get(key)
        if group is not None:
            self._take(group, row, first)
            return
        # Once a row was put aside for want of memory, no group may begin: its first rows may be there.
        if self._full or self._used > self._budget:
            self._full = True
            self._put_aside(row, first)
            return
        group = self._begin(row, first)
        self._groups[key] = group
        self._used += _GROUP + _STATE * len(self._stepped)
        # Beside a key that was folded to be hashed stands the one of the group's first row, about as large.
        self._used += value_size(key) if self._binary else 2 * footprint(group.key)
        if self._bare > 0:
            self._used += footprint(group.bare)
        self._take(group, row, first)

    def _begin(self, row: list[Any], first: i64) -> Group:
        states: Accumulator | None = None
        for i in range(i64(len(self._aggregates)) - 1, -1, -1):
            item = self._aggregates[i]
            if not item.counts:
                state = item.function.start(self._context, item.collation)
                state.following = states
                states = state
        bare = first + self._width
        key: Row = () if self._binary else tuple(row[first:bare])
        return Group(states, key, () if self._bare == 0 else tuple(row[bare : bare + self._bare]))

    def _put_aside(self, row: list[Any], first: i64) -> None:
        aside = self._aside
        if aside is None:
            budget = min(int(self._budget), SORT_BUDGET)
            aside = Sorter(self._host, budget, self._keys, int(self._width), merging=MERGE_BUDGET)
            self._aside = aside
        aside.add(tuple(row[first : first + self._fields]))

    def _take(self, group: Group, row: list[Any], first: i64) -> None:
        """Take a row into its group."""
        chosen = False
        state = group.states
        for item in self._stepped:
            assert state is not None
            if item.filter < 0 or row[first + item.filter] != 0:
                if item.field < 0:
                    state.step_row()
                else:
                    self._step(state, row[first + item.field])
                if item.chooses:
                    chosen = state.hit
            state = state.following
        if chosen and group.rows > 0:
            self._used -= footprint(group.bare)
            bare = first + self._width
            group.bare = tuple(row[bare : bare + self._bare])
            self._used += footprint(group.bare)
        group.rows += 1

    def _step(self, state: Accumulator, value: Value) -> None:
        if isinstance(value, (str, bytes)):
            self._used -= state.weight()
            state.step_one(value)
            self._used += state.weight()
        else:
            state.step_one(value)

    # groups out ---------------------------------------------------------------------------------------------

    def first(self) -> bool:
        """End the input, and move to the first group; see ``Slot.first``."""
        self.null_row = False
        aside = self._aside
        if aside is not None:
            aside.sort()
        self._order = self._sorted_keys()
        self._order.reverse()
        self._next_kept()
        if aside is not None:
            self._row = aside.take()
            self._next_spilled()
        return self.next()

    def _sorted_keys(self) -> list[Any]:
        """The dict's keys in the order of their groups; no more is kept for each than it has already."""
        width = int(self._width)
        rows: list[tuple[Any, ...]] = []
        if not self._binary:
            for key, group in self._groups.items():
                rows.append((*group.key, key))
            # What stands behind the fields need not be a value of SQL.
            ordered: list[Any] = sort_rows(rows, self._keys, width)
            return [row[width] for row in ordered]
        if width > 1:
            rows.extend(self._groups)
            return sort_rows(rows, self._keys, width)
        for key in self._groups:
            rows.append((key,))
        return [row[0] for row in sort_rows(rows, self._keys, width)]

    def next(self) -> bool:
        """See ``Slot.next``."""
        kept = self._kept
        spilled = self._spilled
        if kept is not None and (spilled is None or self._compare(self._kept_key, self._spilled_row) < 0):
            self._show(self._kept_key, kept)
            self._next_kept()
            return True
        if spilled is None:
            return False
        self._show(self._spilled_row, spilled)
        self._next_spilled()
        return True

    def _next_kept(self) -> None:
        """Take the next group out of the dict."""
        if not self._order:
            self._kept = None
            return
        key = self._order.pop()
        group = self._groups.pop(key)
        if not self._binary:
            self._kept_key = group.key
        elif self._width > 1:
            self._kept_key = key
        else:
            self._kept_key = (key,)
        self._kept = group

    def _show(self, key: Row, group: Group) -> None:
        """Make a group the current row; its key is the beginning of ``key``."""
        current: list[Value] = [key[0]] if self._width == 1 else list(key[: self._width])
        state = group.states
        for item in self._aggregates:
            if item.counts:
                current.append(int(group.rows))
            else:
                assert state is not None
                current.append(state.finish())
                state = state.following
        if self._bare > 0:
            current.extend(group.bare)
        self.current = current

    def _next_spilled(self) -> None:
        """Take in the next group of the rows put aside."""
        row = self._row
        aside = self._aside
        if row is None or aside is None:
            self._spilled = None
            return
        first = row
        values: list[Any] = list(row)
        group = self._begin(values, 0)
        while True:
            self._take(group, values, 0)
            row = aside.take()
            if row is None or self._compare(row, first) != 0:
                break
            values = list(row)
        self._row = row
        self._spilled = group
        self._spilled_row = first

    def _compare(self, a: Row, b: Row) -> int:
        """Order two rows by their keys."""
        for i in range(self._width):
            order = self._keys.compare_field(int(i), a[i], b[i])
            if order != 0:
                return order
        return 0

    # the cursor ---------------------------------------------------------------------------------------------

    def column(self, i: i64) -> Value:
        """See ``Slot.column``."""
        return None if self.null_row else self.current[i]

    def column_or(self, i: i64, default: Value) -> Value:
        """See ``Slot.column_or``."""
        return self.column(i)

    def row(self, n: i64) -> list[Value]:
        """See ``Slot.row``."""
        return self.current[:n]

    def count(self) -> int:
        """See ``Slot.count``."""
        return len(self._groups) + (0 if self._aside is None else self._aside.count)

    def close(self) -> None:
        """See ``Slot.close``."""
        self._groups = {}
        self._order = []
        if self._aside is not None:
            self._aside.close()

    def view(self, most: int) -> SlotView:
        """See ``Slot.view``."""
        shown = SlotView("groups")
        head: list[Row] = []
        for key in self._groups:
            if len(head) >= most:
                break
            head.append(key if isinstance(key, tuple) else (key,))
        shown.hold(len(self._groups), head, self._aside is not None)
        if self.current:
            shown.stand(tuple(self.current))
        return shown
