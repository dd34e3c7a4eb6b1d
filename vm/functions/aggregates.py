"""The aggregate functions."""

from __future__ import annotations

from math import isinf, isnan
from typing import TYPE_CHECKING, Final, final

from mypy_extensions import i64, mypyc_attr

from foundrydb.errors import error
from foundrydb.storage.format.record import text_at
from foundrydb.storage.format.values import (
    BINARY,
    UTF8,
    Collation,
    Value,
    compare,
    compare_slices,
    encode_text,
)
from foundrydb.vm.arithmetic.cast import MAX_INTEGER, MIN_INTEGER, numeric_whole, to_real, to_text
from foundrydb.vm.functions.accumulator import Accumulator, AggregateFunction
from foundrydb.vm.functions.scalar import COLLATED, DETERMINISTIC, SMALL_STATE, WINDOW, Function
from foundrydb.vm.functions.text.text_functions import checked
from foundrydb.vm.limits import check_length

if TYPE_CHECKING:
    from foundrydb.vm.context import Context


_EXACT: Final = 4503599627370496
"""Integers from here on lose bits as a real when something is added."""

# Sums of two integers between these fit 64 bits.
_TERM: Final = 1 << 61

_LARGE: Final = DETERMINISTIC | WINDOW
_SMALL: Final = DETERMINISTIC | SMALL_STATE | WINDOW


@final
@mypyc_attr(acyclic=True)
class CountState(Accumulator):
    """count(*) and count(X)"""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def step(self, args: list[Value]) -> None:
        """See ``Accumulator.step``."""
        if not args or args[0] is not None:
            self.count += 1

    def step_one(self, arg: Value) -> None:
        """See ``Accumulator.step_one``."""
        if arg is not None:
            self.count += 1

    def step_whole(self, arg: i64) -> None:
        """See ``Accumulator.step_whole``."""
        self.count += 1

    def step_real(self, arg: float) -> None:
        """See ``Accumulator.step_real``."""
        self.count += 1

    def step_row(self) -> None:
        """See ``Accumulator.step_row``."""
        self.count += 1

    def inverse(self, args: list[Value]) -> None:
        """See ``Accumulator.inverse``."""
        if not args or args[0] is not None:
            self.count -= 1

    def finish(self) -> Value:
        """See ``Accumulator.finish``."""
        return self.count


@final
class Count(AggregateFunction):
    """count(X)"""

    def start(self, context: Context, collation: Collation | None) -> Accumulator:
        """See ``AggregateFunction.start``."""
        return CountState()


@mypyc_attr(acyclic=True)
class SumState(Accumulator):
    """A sum: of integers exactly, and from the first real (or overflow) on in two reals, the sum and its error.

    The second part is the algorithm of Kahan, Babuška and Neumaier, as in SQLite.
    """

    def __init__(self, encoding: int) -> None:
        super().__init__()
        self._encoding: Final = encoding
        self.count = 0
        self.whole: i64 = 0
        self.approximate = False
        self.overflow = False
        self.real = 0.0
        self.lost = 0.0

    def step(self, args: list[Value]) -> None:
        """See ``Accumulator.step``."""
        self.step_one(args[0])

    def step_whole(self, arg: i64) -> None:
        """See ``Accumulator.step_whole``."""
        self.count += 1
        if not self.approximate and -_TERM <= arg <= _TERM and -_TERM <= self.whole <= _TERM:
            self.whole += arg
        else:
            self._add_integer(arg)

    def step_real(self, arg: float) -> None:
        """See ``Accumulator.step_real``."""
        self.count += 1
        if not self.approximate:
            self._become_real()
        self.overflow = False
        self._add(arg)

    def step_one(self, arg: Value) -> None:
        """See ``Accumulator.step_one``."""
        if isinstance(arg, float):
            self.step_real(arg)
        elif isinstance(arg, int):
            self.step_whole(arg)
        elif arg is not None:
            number = numeric_whole(arg) if isinstance(arg, str) else None
            self.step_one(to_real(arg, self._encoding) if number is None else number)

    def _add_integer(self, number: int) -> None:
        if not self.approximate:
            total = int(self.whole) + number
            if MIN_INTEGER <= total <= MAX_INTEGER:
                self.whole = total
                return
            self.overflow = True
            self._become_real()
        self._add_whole(number)

    def _become_real(self) -> None:
        self.approximate = True
        whole = int(self.whole)
        if -_EXACT < whole < _EXACT:
            self.real = float(whole)
        else:
            small = _small_part(whole)
            self.real = float(whole - small)
            self.lost = float(small)

    def _add_whole(self, number: int) -> None:
        if -_EXACT < number < _EXACT:
            self._add(float(number))
        else:
            small = _small_part(number)
            self._add(float(number - small))
            self._add(float(small))

    def _add(self, number: float) -> None:
        old = self.real
        total = old + number
        if abs(old) > abs(number):
            self.lost += (old - total) + number
        else:
            self.lost += (number - total) + old
        self.real = total

    def inverse(self, args: list[Value]) -> None:
        """See ``Accumulator.inverse``."""
        arg = args[0]
        if arg is None:
            return
        if isinstance(arg, str):
            number = numeric_whole(arg)
            arg = to_real(arg, self._encoding) if number is None else number
        self.count -= 1
        if isinstance(arg, int):
            if not self.approximate:
                difference = int(self.whole) - arg
                if MIN_INTEGER <= difference <= MAX_INTEGER:
                    self.whole = difference
                    return
                self.overflow = True
                self._become_real()
            self._add_whole(-arg)
        else:
            self._add(-to_real(arg, self._encoding))

    def total(self) -> float:
        """The sum as a real."""
        if not self.approximate:
            return float(self.whole)
        if isinf(self.lost) or isnan(self.lost):
            return self.real
        return self.real + self.lost

    def finish(self) -> Value:
        """See ``Accumulator.finish``."""
        if self.count == 0:
            return None
        if not self.approximate:
            return self.whole
        if self.overflow:
            raise error("integer overflow")
        return _not_nan(self.total())


def _small_part(number: int) -> int:
    """The remainder by 16384, with the number's sign."""
    rest = abs(number) % 16384
    return -rest if number < 0 else rest


def _not_nan(value: float) -> Value:
    return value if value == value else None


@final
@mypyc_attr(acyclic=True)
class TotalState(SumState):
    """total(X)"""

    def finish(self) -> Value:
        """See ``Accumulator.finish``."""
        return _not_nan(self.total()) if self.count else 0.0


@final
@mypyc_attr(acyclic=True)
class AverageState(SumState):
    """avg(X)"""

    def finish(self) -> Value:
        """See ``Accumulator.finish``."""
        return _not_nan(self.total() / self.count) if self.count else None


@final
class Sum(AggregateFunction):
    """sum(X)"""

    def start(self, context: Context, collation: Collation | None) -> Accumulator:
        """See ``AggregateFunction.start``."""
        return SumState(context.encoding)


@final
class Total(AggregateFunction):
    """total(X)"""

    def start(self, context: Context, collation: Collation | None) -> Accumulator:
        """See ``AggregateFunction.start``."""
        return TotalState(context.encoding)


@final
class Average(AggregateFunction):
    """avg(X)"""

    def start(self, context: Context, collation: Collation | None) -> Accumulator:
        """See ``AggregateFunction.start``."""
        return AverageState(context.encoding)


@final
@mypyc_attr(acyclic=True)
class ExtremeState(Accumulator):
    """max(X) and min(X)"""

    def __init__(self, sign: int, collation: Collation) -> None:
        super().__init__()
        self.best: Value = None
        self.sign: Final = sign
        self.collation: Final = collation
        # The best text in bytes, for ``step_bytes``.
        self._held: Value = None
        self._encoded = b""

    def step(self, args: list[Value]) -> None:
        """See ``Accumulator.step``."""
        self.step_one(args[0])

    def step_one(self, arg: Value) -> None:
        """See ``Accumulator.step_one``."""
        best = self.best
        if best is None:
            self.best = arg
            self.hit = True
        elif arg is None:
            self.hit = False
        else:
            if isinstance(arg, int) and isinstance(best, int):
                self.hit = arg > best if self.sign > 0 else arg < best
            else:
                order = compare(arg, best, self.collation)
                self.hit = order > 0 if self.sign > 0 else order < 0
            if self.hit:
                self.best = arg

    def step_whole(self, arg: i64) -> None:
        """See ``Accumulator.step_whole``."""
        best = self.best
        if isinstance(best, int):
            known: i64 = best
            self.hit = arg > known if self.sign > 0 else arg < known
            if self.hit:
                self.best = arg
        else:
            self.step_one(arg)

    def step_real(self, arg: float) -> None:
        """See ``Accumulator.step_real``."""
        best = self.best
        if isinstance(best, float):
            self.hit = arg > best if self.sign > 0 else arg < best
            if self.hit:
                self.best = arg
        else:
            self.step_one(arg)

    def step_bytes(self, data: bytes, start: i64, stop: i64) -> bool:
        """Take in a text in UTF-8, compared by its bytes; False, and nothing done, where the best value is no text."""
        best = self.best
        if best is not self._held or best is None:
            if not isinstance(best, str):
                return False
            self._encoded = encode_text(best, UTF8)
            self._held = best
        order = compare_slices(data, start, stop, self._encoded, 0, len(self._encoded))
        self.hit = order > 0 if self.sign > 0 else order < 0
        if self.hit:
            self.best = text_at(data, start, stop, UTF8)
        return True

    def weight(self) -> int:
        """See ``Accumulator.weight``."""
        best = self.best
        return len(best) if isinstance(best, (str, bytes)) else 0

    def finish(self) -> Value:
        """See ``Accumulator.finish``."""
        return self.best


@final
class Extreme(AggregateFunction):
    """max(X) and min(X)

    Attributes:
        sign: 1 for the largest, -1 for the smallest.
    """

    def __init__(self, name: str, sign: int, doc: str) -> None:
        super().__init__(name, 1, 1, doc, DETERMINISTIC | COLLATED | SMALL_STATE | WINDOW)
        self.sign: Final = sign

    def start(self, context: Context, collation: Collation | None) -> Accumulator:
        """See ``AggregateFunction.start``."""
        return ExtremeState(self.sign, BINARY if collation is None else collation)


@final
class ConcatState(Accumulator):
    """group_concat(X, SEP)"""

    def __init__(self, encoding: int) -> None:
        super().__init__()
        self._encoding: Final = encoding
        self.parts: list[str] = []
        self.separators: list[str] = []
        self._length = 0
        # What SQLite goes on with where nothing but empty texts is left in a frame: the text, of so many rows, and how
        # long each separator is thought to be; those of every row but the first, once they differ in length.  The part
        # that comes next has none before it.
        self._text = ""
        self._rows = 0
        self._separator = 0
        self._lengths: list[int] = []
        self._begins = False

    def step(self, args: list[Value]) -> None:
        """See ``Accumulator.step``."""
        if args[0] is None:
            return
        part = to_text(args[0], self._encoding)
        separator = to_text(args[1], self._encoding) if len(args) > 1 else ","
        if self._rows > 0:
            self._go_on(separator, part)
            return
        if self.parts:
            self._length += len(separator)
        self._length += len(part)
        check_length(self._length)
        self.parts.append(part)
        self.separators.append(separator)

    def _go_on(self, separator: str, part: str) -> None:
        """Take a row in behind empty texts."""
        if self._begins:
            self._separator = len(separator)
            self._begins = False
        else:
            part = separator + part
            if not self._lengths and len(separator) != self._separator:
                self._lengths = [self._separator] * (self._rows - 1)
                self._lengths.append(len(separator))
            elif self._lengths:
                self._lengths.append(len(separator))
        self._text += part
        self._rows += 1

    def _let_go(self, part: str) -> None:
        """Take a row out that came behind empty texts, or was one of them."""
        self._rows -= 1
        gone = len(part)
        if self._rows > 0:
            gone += self._lengths.pop(0) if self._lengths else self._separator
        self._text = self._text[gone:]
        if not self._text:
            self._begins = True
            self._lengths = []

    def inverse(self, args: list[Value]) -> None:
        """See ``Accumulator.inverse``."""
        if args[0] is not None and self._rows > 0:
            self._let_go(to_text(args[0], self._encoding))
        elif args[0] is not None and self.parts:
            self._length -= len(self.parts[0])
            del self.parts[0]
            del self.separators[0]
            if self.parts:
                self._length -= len(self.separators[0])
                if self._length == 0:
                    self._separator = len(self.separators[0])
                    self._rows = len(self.parts)
                    self._text = ""
                    self._begins = True
                    self.parts = []
                    self.separators = []

    def finish(self) -> Value:
        """See ``Accumulator.finish``."""
        if not self.parts:
            return self._text if self._rows > 0 else None
        if self.separators.count(self.separators[0]) == len(self.separators):
            return checked(self.separators[0].join(self.parts))
        out = [self.parts[0]]
        for i in range(1, len(self.parts)):
            out.append(self.separators[i])
            out.append(self.parts[i])
        return checked("".join(out))


@final
class GroupConcat(AggregateFunction):
    """group_concat(X, SEP)"""

    def start(self, context: Context, collation: Collation | None) -> Accumulator:
        """See ``AggregateFunction.start``."""
        return ConcatState(context.encoding)


FUNCTIONS: Final[list[Function]] = [
    Count("count", 0, 1, "Rows in which X is not NULL; all rows, without X", _SMALL),
    Sum("sum", 1, 1, "The sum of X, NULL without rows", _SMALL),
    Total("total", 1, 1, "The sum of X as a real, 0.0 without rows", _SMALL),
    Average("avg", 1, 1, "The mean of X", _SMALL),
    Extreme("max", 1, "The largest X"),
    Extreme("min", -1, "The smallest X"),
    GroupConcat("group_concat", 1, 2, "All X as text in a row, with SEP (a comma) between", _LARGE),
    GroupConcat("string_agg", 2, 2, "All X as text in a row, with SEP between", _LARGE),
]
