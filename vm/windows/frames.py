"""Frames: which rows of a partition a function over a window looks at for each of them."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.errors import error
from foundrydb.storage.format.values import KeyInfo, Value
from foundrydb.vm.arithmetic.affinity import NUMERIC, apply_affinity
from foundrydb.vm.arithmetic.cast import must_be_int
from foundrydb.vm.windows.edges import Edge, PartitionEnd, PeerEdge, RowEdge, ValueEdge
from foundrydb.vm.windows.partition import Partition

_FAR: Final = 1 << 60
"""No partition has more rows; an offset beyond it is as good as this one."""


@final
class FrameShape:
    """A frame as it is written, its offsets evaluated.

    Attributes:
        mode: ROWS, RANGE or GROUPS.
        lower, upper: UNBOUNDED PRECEDING, PRECEDING, CURRENT ROW, FOLLOWING or UNBOUNDED FOLLOWING.
        exclude: NO OTHERS, CURRENT ROW, GROUP, TIES, or "" where nothing was said.
    """

    def __init__(
        self, mode: str, lower: str, lower_offset: Value, upper: str, upper_offset: Value, exclude: str
    ) -> None:
        self.mode: Final = mode
        self.lower: Final = lower
        self.lower_offset: Final = lower_offset
        self.upper: Final = upper
        self.upper_offset: Final = upper_offset
        self.exclude: Final = exclude

    def distance(self, end: str, kind: str, offset: Value) -> Value:
        """How far an end is from the current row.

        Args:
            end: ``starting`` or ``ending``.

        Raises:
            Error: the offset is none.
        """
        if kind not in ("PRECEDING", "FOLLOWING"):
            return 0
        number: Value
        if self.mode == "RANGE":
            # A real stays one, whole or not: with it, distances between large integers are those of reals.
            number = apply_affinity(offset, NUMERIC) if isinstance(offset, str) else offset
        else:
            number = must_be_int(offset)
        if not isinstance(number, (int, float)) or not number >= 0:
            what = "number" if self.mode == "RANGE" else "integer"
            raise error(f"frame {end} offset must be a non-negative {what}")
        return number


@final
class MovingFrame:
    """The frame of the current row.

    Attributes:
        start, end: the numbers of its first row, and of the row behind its last one.
        excluding: each frame is looked at by itself: EXCLUDE may leave out rows between others.  (Where it names none,
            that makes a difference to the last bit of a sum, and to which of two equal texts is the larger one.)
        late: as in SQLite, rows leave it after others have come; else before that.
        ahead: how many groups of peers (rows, where it goes by ROWS) the frame has within the partition, where all of
            them lie behind the current row; else 0.
        growing: all frames begin with the partition: rows come, and none goes.
    """

    def __init__(self, partition: Partition, keys: KeyInfo, field: int, shape: FrameShape) -> None:
        self.start: i64 = 0
        self.end: i64 = 0
        self.excluding: Final = shape.exclude != ""
        self.growing: Final = shape.lower == "UNBOUNDED PRECEDING"
        self._partition: Final = partition
        self._none: Final = shape.exclude == "NO OTHERS"
        self._current: Final = shape.exclude == "CURRENT ROW"
        self._ties: Final = shape.exclude == "TIES"
        self._row: i64 = 0
        self._by_rows: Final = shape.mode == "ROWS"
        lower = shape.distance("starting", shape.lower, shape.lower_offset)
        upper = shape.distance("ending", shape.upper, shape.upper_offset)
        alike = shape.lower == shape.upper and shape.lower in ("PRECEDING", "FOLLOWING")
        ranged = shape.mode == "RANGE"
        length = _groups(shape.lower, lower, upper) if alike and not ranged else 1
        self.ahead: Final[i64] = length if alike and not ranged and shape.lower == "FOLLOWING" else 0
        self.late: Final = (shape.lower == "FOLLOWING" and self.ahead == 0) or (ranged and alike)
        # A frame that ends before it begins stays at the partition's beginning: no row comes into it.
        mode = shape.mode if length > 0 else ""
        self._lower: Final = _edge(partition, keys, field, mode, shape.lower, lower, False)
        self._upper: Final = _edge(partition, keys, field, mode, shape.upper, upper, True)
        # The peers of the current row.
        self._first_peer: Final = PeerEdge(partition, 0)
        self._behind_peers: Final = PeerEdge(partition, 1)

    def begin(self) -> None:
        """Begin with another partition."""
        self._lower.begin()
        self._upper.begin()
        self._first_peer.begin()
        self._behind_peers.begin()

    def move(self, row: i64) -> None:
        """Make it the frame of a row, which comes after those before."""
        self._row = row
        self.end = self._upper.at(row)
        start = self._lower.at(row)
        self.start = start if start < self.end else self.end

    def behind_group(self, first: i64) -> i64:
        """The number of the row behind the group of peers that begins with a row (the row itself, by ROWS)."""
        return first + 1 if self._by_rows else self._partition.end_of_peers(first)

    def rows(self) -> list[i64]:
        """The numbers of the rows in it, those left out that EXCLUDE names."""
        row = self._row
        first, behind = row, row + 1
        if self._none:
            behind = row
        elif not self._current:
            first, behind = self._first_peer.at(row), self._behind_peers.at(row)
        found: list[i64] = []
        at = self.start
        while at < self.end:
            if at < first or at >= behind or (at == row and self._ties):
                found.append(at)
            at += 1
        return found


def _groups(kind: str, lower: Value, upper: Value) -> i64:
    """How many groups of peers (or rows) lie between two distances, both PRECEDING or both FOLLOWING; 0 for none."""
    assert isinstance(lower, (int, float)) and isinstance(upper, (int, float))
    near, far = (lower, upper) if kind == "FOLLOWING" else (upper, lower)
    return max(int(min(far, _FAR)) - int(min(near, _FAR)) + 1, 0)


def _edge(
    partition: Partition, keys: KeyInfo, field: int, mode: str, kind: str, distance: Value, past: bool
) -> Edge:
    """One end of a frame; past: the later one; mode: "" where no frame has a row."""
    if kind == "UNBOUNDED PRECEDING" or mode == "":
        return Edge(partition)
    if kind == "UNBOUNDED FOLLOWING":
        return PartitionEnd(partition)
    if mode == "RANGE" and kind != "CURRENT ROW":
        return ValueEdge(partition, keys, field, distance, kind == "FOLLOWING", past)
    assert isinstance(distance, (int, float))
    away: i64 = int(min(distance, _FAR))
    if kind == "PRECEDING":
        away = -away
    if past:
        away += 1
    return RowEdge(partition, away) if mode == "ROWS" else PeerEdge(partition, away)
