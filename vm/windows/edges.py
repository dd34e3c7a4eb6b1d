"""Where frames begin and end: the edges of frames, which go forward as the rows do."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import KeyInfo, Value
from foundrydb.vm.arithmetic.operators import add, subtract
from foundrydb.vm.windows.partition import Partition


class Edge:
    """One end of the frames over a partition; this one is the partition's beginning.

    An end is the number of the first row within the frame, or of the first behind it.
    """

    def __init__(self, partition: Partition) -> None:
        self.partition: Final = partition

    def begin(self) -> None:
        """Begin with the first row of another partition."""

    def at(self, row: i64) -> i64:
        """Where it is for a row, which comes after those that were asked for before."""
        return 0


@final
class PartitionEnd(Edge):
    """UNBOUNDED FOLLOWING"""

    def at(self, row: i64) -> i64:
        """See ``Edge.at``."""
        return self.partition.count


@final
class RowEdge(Edge):
    """So many rows away from the current one."""

    def __init__(self, partition: Partition, distance: i64) -> None:
        super().__init__(partition)
        self._distance: Final = distance

    def at(self, row: i64) -> i64:
        """See ``Edge.at``."""
        place = row + self._distance
        if place < 0:
            return 0
        count = self.partition.count
        return count if place > count else place


@final
class PeerEdge(Edge):
    """The beginning of a group of peers so many groups away from that of the current row."""

    def __init__(self, partition: Partition, distance: i64) -> None:
        super().__init__(partition)
        self._distance: Final = distance
        # The group of the current row, and the one that is looked for: where they begin, where the first one ends.
        self._group: i64 = 0
        self._group_end: i64 = 0
        self._found: i64 = 0
        self._place: i64 = 0

    def begin(self) -> None:
        """See ``Edge.begin``."""
        self._group = -1
        self._group_end = 0
        self._found = 0
        self._place = 0

    def at(self, row: i64) -> i64:
        """See ``Edge.at``."""
        partition = self.partition
        while row >= self._group_end:
            self._group_end = partition.end_of_peers(self._group_end)
            self._group += 1
        wanted = self._group + self._distance
        count = partition.count
        while self._found < wanted and self._place < count:
            if self._found == self._group:
                self._place = self._group_end
            else:
                self._place = partition.end_of_peers(self._place)
            self._found += 1
        return self._place


@final
class ValueEdge(Edge):
    """The first row whose value in the order is so far from the current row's, or farther.

    Args:
        field: the field that the rows are ordered by.
        distance: a number that is not negative.
        following: the value is that much later in the order than the current row's, else that much earlier.
        past: the rows that are just as far lie before the edge: it is the end of a frame.
    """

    def __init__(
        self, partition: Partition, keys: KeyInfo, field: int, distance: Value, following: bool, past: bool
    ) -> None:
        super().__init__(partition)
        self._keys: Final = keys
        self._field: Final = field
        self._distance: Final = distance
        self._following: Final = following
        self._past: Final = past
        self._descending: Final = keys.descending[field]
        # An integer and a real may add up to what lies on the integer's other side.  What is to lie on one side of the
        # current row does so all the same; but, as in SQLite, not where a frame begins behind it.
        self._rounds: Final = isinstance(distance, float) and (past or not following)
        self._place: i64 = 0
        # The value of the row for which it was looked for last, if it was.
        self._here: Value = None
        self._looked = False

    def begin(self) -> None:
        """See ``Edge.begin``."""
        self._place = 0
        self._looked = False

    def at(self, row: i64) -> i64:
        """See ``Edge.at``; peers share it, and lie on one side of it, though they be integers and reals."""
        partition = self.partition
        keys = self._keys
        field = self._field
        here = partition.row(row)[field]
        if self._looked and keys.compare_field(field, here, self._here) == 0:
            return self._place
        self._here = here
        self._looked = True
        target = self._later(here) if self._following else here
        place = self._place
        last: Value = None
        while place < partition.count:
            there = partition.row(place)[field]
            if self._behind(there, here, target):
                if place == self._place or keys.compare_field(field, last, there) != 0:
                    break
            last = there
            place += 1
        self._place = place
        return place

    def _behind(self, there: Value, here: Value, target: Value) -> bool:
        """Whether a value lies behind the edge of the current one.

        target: where the edge is, once the distance is added to the earlier one.
        """
        other = there if self._following else self._later(there)
        order = self._keys.compare_field(self._field, other, target)
        behind = order > 0 or (order == 0 and not self._past)
        if self._rounds and behind == self._following:
            order = self._keys.compare_field(self._field, there, here)
            behind = order > 0 or (order == 0 and not self._past)
        return behind

    def _later(self, value: Value) -> Value:
        """What lies so far behind a value; texts, blobs and NULL have no distance."""
        if value is None or isinstance(value, (str, bytes)):
            return value
        encoding = self.partition.encoding
        if self._descending:
            return subtract(value, self._distance, encoding)
        return add(value, self._distance, encoding)
