"""Sorting rows by a field of integers, by their digits: passes over machine numbers instead of comparisons."""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from foundrydb.storage.format.values import Value
from foundrydb.storage.tree.backlog.pair_sort import zeros
from foundrydb.vm.sorting.digit_sort import places_up_to, sort_places

WORTHWHILE: Final = 256
"""So many rows are sorted faster by digits than by comparisons."""


def sort_by_digits(
    rows: list[tuple[Value, ...]], field: i64, descending: bool
) -> list[tuple[Value, ...]] | None:
    """The rows in the order of a field that is a number in each; None where one is no integer."""
    count: i64 = len(rows)
    keys = zeros(count)
    i: i64 = 0
    while i < count:
        value = rows[i][field]
        if not isinstance(value, int):
            return None
        key: i64 = value
        keys[i] = ~key if descending else key
        i += 1
    order = sort_places(places_up_to(count), keys)
    return [rows[order[j]] for j in range(count)]
