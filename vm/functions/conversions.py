"""Conversions that no SQL text asks for, as functions that a plan calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.vm.functions.scalar import ScalarFunction

if TYPE_CHECKING:
    from foundrydb.storage.format.values import Value
    from foundrydb.vm.context import Context


@final
class RealValue(ScalarFunction):
    """A whole number as a REAL; anything else as it is."""

    def call(self, args: list[Value], context: Context) -> Value:
        value = args[0]
        return float(value) if isinstance(value, int) else value

    def __reduce__(self) -> tuple[object, ...]:
        return _real_value, ()


REAL_VALUE: Final = RealValue("real value", 1, 1, "a whole number as a REAL")
"""What reading a REAL column does to a whole number that a query put there."""


def _real_value() -> RealValue:
    """What a pickle speaks of."""
    return REAL_VALUE
