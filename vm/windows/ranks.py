"""What the functions make that know no frame: numbers of rows, ranks, and other rows' values."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.errors import error
from foundrydb.storage.format.values import Value
from foundrydb.vm.arithmetic.cast import must_be_int, to_integer
from foundrydb.vm.arithmetic.operators import add, subtract
from foundrydb.vm.windows.columns import Inputs, WindowColumn
from foundrydb.vm.windows.partition import Partition


@final
class RowNumberColumn(WindowColumn):
    """row_number()"""

    def value_at(self, row: i64) -> Value:
        """See ``WindowColumn.value_at``."""
        return int(row + 1)


class PeerColumn(WindowColumn):
    """What depends on the group of peers alone.

    Attributes:
        group: the number of the current row's group, from 1.
        first, behind: the numbers of its first row, and of the row behind its last one.
    """

    def __init__(self, partition: Partition, inputs: Inputs) -> None:
        super().__init__(partition, inputs)
        self.group: i64 = 0
        self.first: i64 = 0
        self.behind: i64 = 0
        self._value: Value = None

    def begin(self) -> None:
        """See ``WindowColumn.begin``."""
        self.group = 0
        self.first = 0
        self.behind = 0

    def value_at(self, row: i64) -> Value:
        """See ``WindowColumn.value_at``."""
        if row >= self.behind:
            self.group += 1
            self.first = self.behind
            self.behind = self.partition.end_of_peers(self.first)
            self._value = self.of_group()
        return self._value

    def of_group(self) -> Value:
        """The value for the rows of the group."""
        raise NotImplementedError


@final
class RankColumn(PeerColumn):
    """rank()"""

    def of_group(self) -> Value:
        """See ``PeerColumn.of_group``."""
        return int(self.first + 1)


@final
class DenseRankColumn(PeerColumn):
    """dense_rank()"""

    def of_group(self) -> Value:
        """See ``PeerColumn.of_group``."""
        return int(self.group)


@final
class PercentRankColumn(PeerColumn):
    """percent_rank()"""

    def of_group(self) -> Value:
        """See ``PeerColumn.of_group``."""
        others = self.partition.count - 1
        return float(self.first) / float(others) if others > 0 else 0.0


@final
class CumeDistColumn(PeerColumn):
    """cume_dist()"""

    def of_group(self) -> Value:
        """See ``PeerColumn.of_group``."""
        return float(self.behind) / float(self.partition.count)


@final
class NtileColumn(WindowColumn):
    """ntile(N): the first row of the partition says how many buckets there are."""

    def __init__(self, partition: Partition, inputs: Inputs) -> None:
        super().__init__(partition, inputs)
        self._buckets = 0

    def begin(self) -> None:
        """See ``WindowColumn.begin``."""
        self._buckets = to_integer(self.partition.row(0)[self.inputs.first], self.partition.encoding)
        if self._buckets <= 0:
            raise error("argument of ntile must be a positive integer")

    def value_at(self, row: i64) -> Value:
        """See ``WindowColumn.value_at``: the larger buckets come first."""
        size = int(self.partition.count) // self._buckets
        number = int(row)
        if size == 0:
            return number + 1
        large = int(self.partition.count) - self._buckets * size
        small = large * (size + 1)
        if number < small:
            return 1 + number // (size + 1)
        return 1 + large + (number - small) // size


@final
class OtherRowColumn(WindowColumn):
    """lag(X, N, D) and lead(X, N, D)

    Of the rows that follow lag sees the next one alone, whatever its distance says: SQLite has read no more of them.

    Args:
        sign: 1 for rows that follow, -1 for those before.
    """

    def __init__(self, partition: Partition, inputs: Inputs, sign: i64) -> None:
        super().__init__(partition, inputs)
        self._sign: Final = sign
        self._simple: Final = len(inputs.args) == 1

    def value_at(self, row: i64) -> Value:
        """See ``WindowColumn.value_at``."""
        other = row + self._sign
        if not self._simple:
            other = self._other(row)
        if 0 <= other < self.partition.count:
            return self.partition.row(other)[self.inputs.first]
        args = self.inputs.args
        return self.partition.row(row)[args[2]] if len(args) > 2 else None

    def _other(self, row: i64) -> i64:
        """The row that the second argument speaks of; -1 for none."""
        away = self.partition.row(row)[self.inputs.args[1]]
        encoding = self.partition.encoding
        here = int(row)
        place = add(here, away, encoding) if self._sign > 0 else subtract(here, away, encoding)
        number = None if place is None else must_be_int(place)
        if number is None or number < 0 or number >= self.partition.count:
            return -1
        return -1 if self._sign < 0 and number > row + 1 else number
