"""``generate_series(start, stop, step)``: the integers from ``start`` to ``stop``, as a table.

https://sqlite.org/series.html

A number is its own rowid.  Conditions on it narrow the walk: its ends move to the first and the last member of the
series that meets them, so that nothing is visited in vain; LIMIT and OFFSET move them further.  As in SQLite, what such
a condition compares with is taken for a number (``value > '3'``), and the condition is not tested again.
"""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING, Final, final

from foundrydb.errors import error
from foundrydb.storage.format.values import UTF8, Value
from foundrydb.vm.arithmetic.cast import MAX_INTEGER, MIN_INTEGER, numeric_whole, to_integer
from foundrydb.vm.modules.module import Module, VirtualCursor, VirtualTable, columns_of
from foundrydb.vm.modules.strategy import LIMIT, OFFSET, ROWID, Request, Strategy

if TYPE_CHECKING:
    from foundrydb.vm.context import Context

START: Final = 0x01
STOP: Final = 0x02
STEP: Final = 0x04
DESCENDING: Final = 0x08
ASCENDING: Final = 0x10
LIMITED: Final = 0x20
SKIPPING: Final = 0x40
EQUAL: Final = 0x80
AT_LEAST: Final = 0x100
ABOVE: Final = 0x200
AT_MOST: Final = 0x1000
BELOW: Final = 0x2000
"""The bits of a strategy: what is given, and the direction that is wanted.  They are SQLite's."""

LOWER: Final = EQUAL | AT_LEAST | ABOVE
UPPER: Final = EQUAL | AT_MOST | BELOW
BITS: Final[dict[str, int]] = {
    "=": EQUAL, "IS": EQUAL, ">=": AT_LEAST, ">": ABOVE, "<=": AT_MOST, "<": BELOW,
}  # fmt: skip

DEFAULT_STOP: Final = 0xFFFFFFFF
BEYOND: Final = 1e19
"""More than any integer of 64 bits; infinity is brought down to it."""

SOME_ROWS: Final = 1000.0
ENDLESS: Final = 1e9
"""How many rows a series is thought to have that has both its ends, and one that has not."""
STEP_COST: Final = 0.3
"""What one number costs."""


@final
class SeriesCursor(VirtualCursor):
    """A walk from a number to another; Python's integers begin before the least of 64 bits without overflow."""

    def __init__(self, first: int, last: int, stride: int, arguments: tuple[int, int, int]) -> None:
        self.value = first - stride
        self.last: Final = last
        self.stride: Final = stride
        self.arguments: Final = arguments

    def next(self) -> bool:
        """Move on; False at the end."""
        if self.value == self.last:
            return False
        self.value += self.stride
        return True

    def column(self, i: int) -> Value:
        """The number, or one of the arguments."""
        return self.value if i == 0 else self.arguments[i - 1]

    def rowid(self) -> int:
        """The number itself."""
        return self.value


@final
class SeriesTable(VirtualTable):
    """generate_series."""

    def __init__(self) -> None:
        super().__init__("generate_series", columns_of(["value"], ["start", "stop", "step"]), True, True)

    def choose(self, request: Request) -> Strategy | None:
        """Take the arguments, and what narrows the walk; see ``VirtualTable.choose``.

        Raises:
            OperationalError: it is not known where to start.
        """
        taken = _Taken(request)
        bits = taken.bits
        if not bits & (START | LOWER):
            raise error('first argument to "generate_series()" missing or unusable')
        rows = taken.rows()
        ordered = bits & START != 0 and bits & STOP != 0 and _by_value(request)
        if ordered:
            bits |= DESCENDING if request.order[0].descending else ASCENDING
        values = taken.values()
        return Strategy(bits, "", values, values, rows, rows * STEP_COST, ordered, True)

    def open(self, number: int, text: str, values: list[Value], context: Context) -> VirtualCursor:
        """Begin a walk; a NULL among the values leaves no rows.  See ``VirtualTable.open``."""
        if None in values:
            return SeriesCursor(0, -1, 1, (0, 0, 1))
        return _Walk(number, values, context.encoding).cursor()


def _by_value(request: Request) -> bool:
    """Whether the order wanted is that of the numbers; none is equal to another, so its first term decides."""
    return len(request.order) > 0 and request.order[0].column in (0, ROWID)


@final
class _Taken:
    """The conditions that are taken, by their bits; of several that are about the same end the last one."""

    def __init__(self, request: Request) -> None:
        self.bits = 0
        self._request: Final = request
        self._places: Final[dict[int, int]] = {}
        for place, condition in enumerate(request.conditions):
            if condition.op == LIMIT:
                self._take(LIMITED, place)
            elif condition.op == OFFSET:
                self._take(SKIPPING, place)
            elif condition.column in (0, ROWID):
                self._narrow(BITS[condition.op], place)
            elif condition.op == "=":
                self._take(1 << condition.column - 1, place)

    def _take(self, bit: int, place: int) -> None:
        self.bits |= bit
        self._places[bit] = place

    def _narrow(self, bit: int, place: int) -> None:
        """Take a condition on the numbers; an equality leaves no others."""
        if bit == EQUAL:
            self._drop(LOWER | UPPER)
        elif self.bits & EQUAL:
            return
        else:
            self._drop(LOWER if bit & LOWER else UPPER)
        self._take(bit, place)

    def _drop(self, bits: int) -> None:
        self.bits &= ~bits
        for bit in list(self._places):
            if bit & bits:
                del self._places[bit]

    def values(self) -> list[int]:
        """The places of the conditions, in the order in which ``_Walk`` reads their values."""
        return [self._places[bit] for bit in sorted(self._places)]

    def rows(self) -> float:
        """About how many numbers there are."""
        start, stop, step = self._known(START), self._known(STOP), self._known(STEP)
        if not self.bits & START or not self.bits & STOP:
            return ENDLESS
        if start is None or stop is None or (self.bits & STEP and step is None):
            return SOME_ROWS
        return float(max((stop - start) // (step or 1) + 1, 1))

    def _known(self, bit: int) -> int | None:
        """The value of an argument, where it is known already."""
        if not self.bits & bit:
            return None
        condition = self._request.conditions[self._places[bit]]
        return None if condition.constant is None else to_integer(condition.constant, UTF8)


@final
class _Walk:
    """Works out which numbers are walked over; ``low`` and ``high`` are both members of the series, or cross."""

    def __init__(self, bits: int, values: list[Value], encoding: int) -> None:
        self._values: Final = values
        self._encoding: Final = encoding
        self._next = 0
        self.bits: Final = bits
        self.start = self._integer() if bits & START else 0
        self.stop = self._integer() if bits & STOP else DEFAULT_STOP
        self.step: Final = (self._integer() or 1) if bits & STEP else 1
        if not bits & (START | STEP) and bits & LOWER:
            self.start = MIN_INTEGER
        if not bits & (STOP | STEP) and bits & UPPER:
            self.stop = MAX_INTEGER
        self.stride: Final = abs(self.step)
        end = self.start + (self.stop - self.start) // self.step * self.step
        self.low = self.start if self.step > 0 else end
        self.high = end if self.step > 0 else self.start

    def _value(self) -> Value:
        self._next += 1
        return self._values[self._next - 1]

    def _integer(self) -> int:
        return to_integer(self._value(), self._encoding)

    def _number(self) -> int | float:
        """What a condition compares with, as a number."""
        value = self._value()
        number: int | float | None = value if isinstance(value, (int, float)) else None
        if isinstance(value, str):
            number = numeric_whole(value)
        if number is None:
            number = to_integer(value, self._encoding)
        return min(max(number, -BEYOND), BEYOND) if isinstance(number, float) else number

    def cursor(self) -> SeriesCursor:
        """The walk, in the direction that is wanted."""
        limit = self._integer() if self.bits & LIMITED else -1
        offset = self._integer() if self.bits & SKIPPING else 0
        self._narrow()
        descending = self.bits & DESCENDING != 0 or (self.step < 0 and not self.bits & ASCENDING)
        arguments = (self.start, self.stop, self.step)
        count = max((self.high - self.low) // self.stride + 1, 0) - max(offset, 0)
        if limit >= 0:
            count = min(count, limit)
        if count <= 0:
            return SeriesCursor(0, -1, 1, arguments)
        stride = -self.stride if descending else self.stride
        first = (self.high if descending else self.low) + max(offset, 0) * stride
        return SeriesCursor(first, first + (count - 1) * stride, stride, arguments)

    def _narrow(self) -> None:
        """Move the ends to the members that the conditions on the numbers leave."""
        if self.bits & EQUAL:
            value = _within(self._number())
            self._at_least(ceil(value))
            self._at_most(floor(value))
        else:
            if self.bits & LOWER:
                value = self._number()
                self._at_least(floor(value) + 1 if self.bits & ABOVE else ceil(_within(value)))
            if self.bits & UPPER:
                value = self._number()
                self._at_most(ceil(value) - 1 if self.bits & BELOW else floor(value))

    def _at_least(self, bound: int) -> None:
        if bound > self.low:
            self.low += -((self.low - bound) // self.stride) * self.stride

    def _at_most(self, bound: int) -> None:
        if bound < self.high:
            self.high -= -((bound - self.high) // self.stride) * self.stride


def _within(number: int | float) -> int | float:
    """2**63 as a real may be what rounding made of the greatest integer: where that meets a condition, it is."""
    return MAX_INTEGER if number == MAX_INTEGER + 1 else number


@final
class Series(Module):
    """generate_series."""

    def connect(self, arguments: list[str]) -> VirtualTable:
        """See ``Module.connect``."""
        return SeriesTable()


MODULES: Final[list[Module]] = [Series("generate_series", "The integers from start to stop.")]
