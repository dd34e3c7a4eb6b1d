"""``generate_series(start, stop, step)``: the integers from ``start`` to ``stop``, as a table.

https://sqlite.org/series.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.storage.format.values import Value
from foundrydb.vm.arithmetic.cast import to_integer
from foundrydb.vm.functions.table import TableCursor, TableFunction

if TYPE_CHECKING:
    from foundrydb.vm.context import Context

DEFAULT_STOP: Final = 0xFFFFFFFF


@final
class SeriesCursor(TableCursor):
    """A walk over the numbers; Python's integers take it past the ends of SQLite's without overflow."""

    def __init__(self, start: int, stop: int, step: int, empty: bool) -> None:
        self.start: Final = start
        self.stop: Final = stop
        self.step: Final = step
        self.empty: Final = empty
        self.place = -1
        self.value = start - step

    def next(self) -> bool:
        """Move on; False at the end."""
        self.place += 1
        self.value += self.step
        if self.empty:
            return False
        return self.value <= self.stop if self.step > 0 else self.value >= self.stop

    def column(self, i: int) -> Value:
        """The number, or one of the arguments."""
        if i == 0:
            return self.value
        if i == 1:
            return self.start
        return self.stop if i == 2 else self.step

    def rowid(self) -> int:
        """How manieth number it is, from 1."""
        return self.place + 1


@final
class Series(TableFunction):
    """generate_series."""

    def open(self, args: list[Value], given: int, context: Context) -> TableCursor:
        """Begin a walk; a NULL among the arguments leaves no rows.  See ``TableFunction.open``."""
        bounds = [0, DEFAULT_STOP, 1]
        place = 0
        for i in range(3):
            if given & (1 << i):
                bounds[i] = to_integer(args[place])
                place += 1
        return SeriesCursor(bounds[0], bounds[1], bounds[2] or 1, None in args)


FUNCTIONS: Final[list[TableFunction]] = [
    Series("generate_series", ["value"], ["start", "stop", "step"], 1, "The integers from start to stop."),
]
