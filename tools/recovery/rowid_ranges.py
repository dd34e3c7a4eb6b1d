"""Which rowids a table has had already."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

MOST_RANGES: Final = 100_000
"""Rowids that are too far apart to be kept as so many ranges are not kept at all."""


class RowidRanges:
    """A set of integers that mostly grows by the next one."""

    def __init__(self) -> None:
        # Disjoint ranges in their order, each from a start to its end, which it includes.
        self._starts: Final[list[int]] = []
        self._ends: Final[list[int]] = []

    def add(self, rowid: int) -> bool:
        """Add a rowid; False where it was there."""
        starts, ends = self._starts, self._ends
        if ends and rowid == ends[-1] + 1:
            ends[-1] = rowid
            return True
        at = bisect_right(starts, rowid)
        if at and rowid <= ends[at - 1]:
            return False
        if at and rowid == ends[at - 1] + 1:
            ends[at - 1] = rowid
        elif len(starts) < MOST_RANGES:
            starts.insert(at, rowid)
            ends.insert(at, rowid)
        return True
