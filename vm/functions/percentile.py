"""median(X) and the percentile functions: the value at a fraction of the sorted rows."""

from __future__ import annotations

from math import isinf
from typing import TYPE_CHECKING, Final, final

from foundrydb.errors import error
from foundrydb.storage.format.values import Collation, Value
from foundrydb.vm.arithmetic.affinity import FLEXNUM, apply_affinity
from foundrydb.vm.functions.accumulator import Accumulator, AggregateFunction
from foundrydb.vm.functions.scalar import DETERMINISTIC, ORDERED_SET, WINDOW, Function

if TYPE_CHECKING:
    from foundrydb.vm.context import Context

_TOLERANCE: Final = 0.001
"""Fractions that differ by less count as the same."""


@final
class PercentileState(Accumulator):
    """The rows of a percentile function.

    Args:
        function: its declaration.
    """

    def __init__(self, function: Percentile) -> None:
        super().__init__()
        self.function: Final = function
        self.values: Final[list[float]] = []
        self.fraction = -1.0

    def step(self, args: list[Value]) -> None:
        """See ``Accumulator.step``."""
        function = self.function
        name = function.name
        if function.min_args == 1:
            fraction = 0.5
        else:
            given = apply_affinity(args[1], FLEXNUM)
            if not isinstance(given, (int, float)) or not 0.0 <= given <= function.scale:
                raise error(f"the fraction argument to {name}() is not between 0.0 and {function.scale:.1f}")
            fraction = given / function.scale
        if self.fraction < 0.0:
            self.fraction = fraction
        elif abs(self.fraction - fraction) > _TOLERANCE:
            raise error(f"the fraction argument to {name}() is not the same for all input rows")
        self._take(args[0], name)

    def _take(self, value: Value, name: str) -> None:
        if value is None:
            return
        if not isinstance(value, (int, float)):
            raise error(f"input to {name}() is not numeric")
        real = float(value)
        if isinf(real):
            raise error(f"Inf input to {name}()")
        self.values.append(real)

    def inverse(self, args: list[Value]) -> None:
        """See ``Accumulator.inverse``."""
        value = args[0]
        if isinstance(value, (int, float)):
            self.values.remove(float(value))

    def finish(self) -> Value:
        """See ``Accumulator.finish``."""
        values = sorted(self.values)
        if not values:
            return None
        place = self.fraction * (len(values) - 1)
        below = int(place)
        if self.function.discrete or float(below) == place or below == len(values) - 1:
            return values[below]
        return values[below] + (values[below + 1] - values[below]) * (place - below)


@final
class Percentile(AggregateFunction):
    """A percentile function.

    Attributes:
        scale: the largest fraction, which stands for all rows.
        discrete: the result is one of the rows' values, never between two.
    """

    def __init__(self, name: str, args: int, scale: float, discrete: bool, doc: str) -> None:
        super().__init__(name, args, args, doc, DETERMINISTIC | WINDOW | ORDERED_SET)
        self.scale: Final = scale
        self.discrete: Final = discrete

    def start(self, context: Context, collation: Collation | None) -> Accumulator:
        """See ``AggregateFunction.start``."""
        return PercentileState(self)


FUNCTIONS: Final[list[Function]] = [
    Percentile("median", 1, 1.0, False, "The middle X, or the mean of the two"),
    Percentile("percentile", 2, 100.0, False, "The value that P per cent of X are below"),
    Percentile("percentile_cont", 2, 1.0, False, "The value that the fraction P of X is below"),
    Percentile("percentile_disc", 2, 1.0, True, "The first X that the fraction P of X does not exceed"),
]
