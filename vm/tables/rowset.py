"""Sets of integers in a register: the rowids that a statement has met."""

from __future__ import annotations

from typing import Any, Final, final

from mypy_extensions import i64


@final
class RowSet:
    """A set of integers that can be tested."""

    def __init__(self) -> None:
        self._members: Final[set[int]] = set()

    def add(self, value: int) -> None:
        """Put ``value`` in."""
        self._members.add(value)

    def holds(self, value: int) -> bool:
        """Whether ``value`` is in."""
        return value in self._members


def rowset_of(registers: list[Any], register: i64) -> RowSet:
    """The set in a register; a new one where there is none."""
    found = registers[register]
    if isinstance(found, RowSet):
        return found
    fresh = RowSet()
    registers[register] = fresh
    return fresh
