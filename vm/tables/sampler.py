"""What ANALYZE learns of an index in one walk through it: how many different prefixes there are, and samples.

The entries come in order.  Some are kept as samples, no more than 24: every so many entries one, whatever it is
(*periodic*), and else those whose leading columns occur most often, whatever they are.  Of each sample is told, prefix
by prefix, how many entries begin as it does, how many stand before all of those, and how many different prefixes stand
before it.  The choice is C SQLite's, which draws lots for ties; so both keep the same entries of the same rows.
(https://sqlite.org/fileformat2.html#the_sqlite_stat4_table)

Under PRAGMA analysis_limit only some entries are looked at: so many from the first on; if all of these agree in their
first column, those that agree with them are passed over once, and as many looked at again.  No samples are kept then.
(https://sqlite.org/lang_analyze.html#approx)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from mypy_extensions import i64

from foundrydb.storage.format.record import encode
from foundrydb.vm.slots import Slot

if TYPE_CHECKING:
    from foundrydb.storage.format.values import KeyInfo, Value

MOST_SAMPLES: Final = 24

_LOTS_BY_WIDTH: Final = 0x689E962D
_LOTS_BY_SIZE: Final = 0xD0944565
_WORD: Final = 0xFFFFFFFF


@final
class SampledEntry:
    """An entry that is kept, or may be.

    Attributes:
        values: the entry.
        equal, less, distinct: the numbers of each prefix; in a kept sample, 0 in ``equal`` stands for a count that is
            not over yet.
        lot: decides where nothing else does.
        column: the number of the last column of the prefix that it is kept for.
        periodic: it is kept for its place.
    """

    def __init__(
        self, values: list[Value], equal: list[int], less: list[int], distinct: list[int], lot: int
    ) -> None:
        self.values: Final = values
        self.equal: Final = equal
        self.less: Final = less
        self.distinct: Final = distinct
        self.lot: Final = lot
        self.column = 0
        self.periodic = False

    def kept(self, column: int, periodic: bool) -> SampledEntry:
        """A copy that is kept for a prefix, or for its place."""
        made = SampledEntry(self.values, list(self.equal), self.less, self.distinct, self.lot)
        made.column = column
        made.periodic = periodic
        return made

    def weighs_more(self, equal: int, column: int, other: SampledEntry) -> bool:
        """Whether it is the better one to keep for ``column``, whose prefix it has ``equal`` times."""
        others = other.equal[other.column]
        if equal != others:
            return equal > others
        if column != other.column:
            return column < other.column
        return self.goes_on_better(column, other)

    def goes_on_better(self, column: int, other: SampledEntry) -> bool:
        """Whether, of two entries with the same prefix, its longer ones occur more often."""
        for i in range(column + 1, len(self.equal)):
            if self.equal[i] != other.equal[i]:
                return self.equal[i] > other.equal[i]
        return self.lot > other.lot


@final
class Sampler:
    """Takes the entries of an index in.

    Args:
        columns: how many leading columns of an entry count; all of them tell entries apart.
        entries: how many there will be.
        keys: how the columns compare.

    Attributes:
        rows: how many entries it has looked at.
        passes: how often entries were passed over, or were to be.
        distinct: of each prefix, how many different ones stand before the last entry's.
        samples: those that are kept, in order.
    """

    def __init__(self, columns: int, entries: int, keys: KeyInfo) -> None:
        self.rows = 0
        self.passes = 0
        self.distinct: Final = [0] * columns
        self.samples: Final[list[SampledEntry]] = []
        self._columns: Final = columns
        self._entries: Final = entries
        self._keys: Final = keys
        self._period: Final = entries // (MOST_SAMPLES // 3 + 1) + 1
        self._lot = (_LOTS_BY_WIDTH * columns & _WORD) ^ (_LOTS_BY_SIZE * (entries & _WORD) & _WORD)
        self._equal: Final = [1] * columns
        self._less: Final = [0] * columns
        self._before: list[Value] = []
        self._best: Final[list[SampledEntry]] = []
        self._worst = -1
        self._unfinished = 0

    def add(self, values: list[Value]) -> None:
        """The next entry."""
        columns = self._columns
        changed = 0
        if self.rows > 0:
            changed = self._first_change(values)
            self._leave(changed)
            for i in range(columns):
                if i < changed:
                    self._equal[i] += 1
                else:
                    self.distinct[i] += 1
                    self._less[i] += self._equal[i]
                    self._equal[i] = 1
        self.rows += 1
        self._before = values
        self._lot = (self._lot * 1103515245 + 12345) & _WORD
        self._weigh(values, changed)

    def is_over(self, limit: int) -> bool:
        """Whether it has looked at as many entries as it may before some are passed over, or all that are left."""
        if self.rows <= limit * (self.passes + 1):
            return False
        self.passes += 1
        return True

    def finish(self) -> None:
        """There are no more entries."""
        if self.rows > 0:
            self._leave(0)

    def _first_change(self, values: list[Value]) -> int:
        """The first column that differs from the entry before; the last one does, if no other."""
        before = self._before
        last = self._columns - 1
        for i in range(last):
            if self._keys.compare_field(i, values[i], before[i]) != 0:
                return i
        return last

    def _weigh(self, values: list[Value], changed: int) -> None:
        """Keep the entry for its place, if that is one, and note for which prefixes it is the best until now."""
        sample = SampledEntry(values, list(self._equal), list(self._less), list(self.distinct), self._lot)
        last = self._columns - 1
        before = self._less[last]
        if before // self._period != (before + 1) // self._period:
            self._keep(sample.kept(0, True), last)
        best = self._best
        if self.rows == 1:
            best.extend([sample] * last)
            return
        for i in range(last):
            if i >= changed or sample.goes_on_better(i, best[i]):
                best[i] = sample

    def _leave(self, changed: int) -> None:
        """The prefixes from column ``changed`` on are over: their numbers are known."""
        for i in range(self._columns - 2, changed - 1, -1):
            best = self._best[i]
            count = self._equal[i]
            full = len(self.samples) >= MOST_SAMPLES
            if not full or best.weighs_more(count, i, self.samples[self._worst]):
                made = best.kept(i, False)
                made.equal[i] = count
                self._keep(made, i)
        if changed < self._unfinished:
            for sample in self.samples:
                for i in range(changed, self._columns):
                    if sample.equal[i] == 0:
                        sample.equal[i] = self._equal[i]
            self._unfinished = changed

    def _keep(self, new: SampledEntry, unfinished: int) -> None:
        """Keep a sample, whose first ``unfinished`` prefixes go on."""
        self._unfinished = max(self._unfinished, unfinished)
        if not new.periodic:
            alike: SampledEntry | None = None
            for old in self.samples:
                if old.equal[new.column] == 0:
                    if old.periodic:
                        return
                    if alike is None or not alike.weighs_more(alike.equal[alike.column], alike.column, old):
                        alike = old
            if alike is not None:
                alike.column = new.column
                alike.equal[new.column] = new.equal[new.column]
                self._find_worst()
                return
        if len(self.samples) >= MOST_SAMPLES:
            del self.samples[self._worst]
        for i in range(unfinished):
            new.equal[i] = 0
        self.samples.append(new)
        self._find_worst()

    def _find_worst(self) -> None:
        """Find the sample that makes room for the next one."""
        if len(self.samples) < MOST_SAMPLES:
            return
        self._worst = -1
        for i, sample in enumerate(self.samples):
            if sample.periodic:
                continue
            if self._worst >= 0:
                worst = self.samples[self._worst]
                if not worst.weighs_more(worst.equal[worst.column], worst.column, sample):
                    continue
            self._worst = i

    def statistics(self, columns: int) -> str:
        """The number of entries, and how many agree in each of the first prefixes on average, as sqlite_stat1 has it.

        An average just above 1, which rounds up to 2, counts as 1.
        """
        out = [str(self._entries if self.passes else self.rows)]
        for before in self.distinct[:columns]:
            distinct = before + 1
            average = (self.rows + distinct - 1) // distinct
            if average == 2 and self.rows * 10 <= distinct * 11:
                average = 1
            out.append(str(average))
        return " ".join(out)


@final
class SamplerSlot(Slot):
    """A sampler as a cursor, whose rows are the samples as sqlite_stat4 has them: three lists of numbers, and a record.

    reals: the columns whose whole numbers are reals.
    """

    def __init__(self, sampler: Sampler, width: int, reals: tuple[int, ...], encoding: int) -> None:
        super().__init__()
        self.sampler: Final = sampler
        self._width: Final = width
        self._reals: Final = reals
        self._encoding: Final = encoding
        self._at = 0

    def add(self, entry: Slot) -> None:
        """Take the current entry of an index in."""
        self.sampler.add(entry.row(self._width))

    def first(self) -> bool:
        """End the input, and move to the first sample."""
        self.sampler.finish()
        self._at = 0
        return len(self.sampler.samples) > 0

    def next(self) -> bool:
        """See ``Slot.next``."""
        self._at += 1
        return self._at < len(self.sampler.samples)

    def column(self, i: i64) -> Value:
        """See ``Slot.column``."""
        sample = self.sampler.samples[self._at]
        if i == 3:
            values = list(sample.values)
            for number in self._reals:
                value = values[number]
                if isinstance(value, int):
                    values[number] = float(value)
            return encode(values, self._encoding)
        numbers = sample.equal if i == 0 else sample.less if i == 1 else sample.distinct
        return " ".join([str(number) for number in numbers])
