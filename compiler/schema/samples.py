"""Samples of an index's entries: how often some values occur, and how many entries stand before them.

ANALYZE of a C SQLite that was compiled with SQLITE_ENABLE_STAT4 takes them, and keeps them in sqlite_stat4:
https://sqlite.org/fileformat2.html#the_sqlite_stat4_table.  A value that is known when a statement is planned is
looked up among them; where it is no sample itself, it is between two.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.storage.format.values import KeyInfo, Value


@final
class Sample:
    """One entry, with numbers for each of its prefixes of 1, 2, … columns.

    Attributes:
        values: the entry's columns.
        equal: how many entries begin with the same columns.
        less: how many entries stand before all of those.
        distinct: how many different prefixes of that length stand before it.
    """

    def __init__(
        self, values: list[Value], equal: list[float], less: list[float], distinct: list[float]
    ) -> None:
        self.values: Final = values
        self.equal: Final = equal
        self.less: Final = less
        self.distinct: Final = distinct

    def width(self) -> int:
        """Of how many columns something is known."""
        return min(len(self.values), len(self.equal), len(self.less), len(self.distinct))


@final
class Samples:
    """All samples of an index, in its order.

    Attributes:
        rows: how many entries the index has.
        columns: how many leading columns they tell of.
        usual: for each of these, how many entries agree in the columns up to it where these are no sample's.
    """

    def __init__(self, samples: list[Sample], keys: KeyInfo, averages: list[float]) -> None:
        """Take in samples, which are in the order of ``keys``; ``averages`` are the index's, from sqlite_stat1."""
        self.samples: Final = samples
        self.keys: Final = keys
        self.rows: Final = averages[0]
        self.columns: Final = min(len(keys.descending), len(averages) - 1)
        self.usual: Final = [self._usual(i, averages[i + 1]) for i in range(self.columns)]

    def _usual(self, column: int, average: float) -> float:
        """What is left for the values that were not sampled, on average."""
        samples = self.samples
        sampled = 0.0
        prefixes = 0
        for i in range(len(samples)):
            if i == len(samples) - 1 or samples[i].distinct[column] != samples[i + 1].distinct[column]:
                sampled += samples[i].equal[column]
                prefixes += 1
        distinct = self.rows / max(average, 1.0)
        if distinct <= prefixes or sampled >= self.rows:
            return 1.0
        return max(1.0, (self.rows - sampled) / (distinct - prefixes))

    def _first(self, values: list[Value]) -> int:
        """The number of the first sample that does not stand before all entries with these leading values."""
        low, high = 0, len(self.samples)
        while low < high:
            middle = (low + high) // 2
            if self.keys.compare(self.samples[middle].values, values) < 0:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, values: list[Value]) -> Sample | None:
        """A sample with these leading values."""
        number = self._first(values)
        if number < len(self.samples) and self.keys.compare(self.samples[number].values, values) == 0:
            return self.samples[number]
        return None

    def less_and_equal(self, values: list[Value], above: bool = False) -> tuple[float, float]:
        """How many entries stand before those with these leading values (as many as ``columns`` at most), and how
        many those are.

        Between two samples, numbers stand in proportion; what else there is, at a third of the way.

        Args:
            above: at two thirds: the place of a range's end.
        """
        last = len(values) - 1
        found = self.find(values)
        if found is not None:
            return found.less[last], found.equal[last]
        number = self._first(values)
        before = 0.0
        if number > 0:
            before = self.samples[number - 1].less[last] + self.samples[number - 1].equal[last]
        after = self.samples[number].less[last] if number < len(self.samples) else self.rows
        gap = max(0.0, after - before)
        part = self._proportion(number, values)
        if part < 0.0:
            part = (2.0 if above else 1.0) / 3.0
        return before + gap * part, min(self.usual[last], gap)

    def _proportion(self, number: int, values: list[Value]) -> float:
        """How far the last of the values is from the sample before ``number`` to that one; negative where they are
        not numbers behind the same columns."""
        if not 0 < number < len(self.samples):
            return -1.0
        last = len(values) - 1
        first, second = self.samples[number - 1].values, self.samples[number].values
        if self.keys.compare(first[:last], values[:last]) or self.keys.compare(second[:last], values[:last]):
            return -1.0
        low, value, high = first[last], values[last], second[last]
        if not (isinstance(low, (int, float)) and isinstance(high, (int, float))):
            return -1.0
        if not isinstance(value, (int, float)) or abs(high - low) > 1e300 or high == low:
            return -1.0
        return min(1.0, max(0.0, float(value - low) / float(high - low)))

    def between(
        self, prefix: list[Value], first: Value, last: Value, bounded: tuple[bool, bool, bool, bool]
    ) -> float:
        """How many entries with the leading values ``prefix`` have a next one from ``first`` to ``last``.

        Args:
            first, last: in the order of the index.
            bounded: whether there is a first one, whether it belongs to the range, and both for the last one.
        """
        start, count = self.less_and_equal(prefix) if prefix else (0.0, self.rows)
        end = start + count
        has_first, with_first, has_last, with_last = bounded
        if has_first:
            less, equal = self.less_and_equal([*prefix, first])
            start = less if with_first else less + equal
        if has_last:
            less, equal = self.less_and_equal([*prefix, last], True)
            end = less + equal if with_last else less
        return max(1.0, end - start)
