"""Sorting rows by a field of integers, by their digits: a few passes over machine numbers instead of comparisons.

Each pass puts the rows in the order of one digit of eleven bits, from the lowest to the highest, and keeps rows with
equal digits in their old order.  What is sorted is the integers' distance from the smallest one (from the largest,
in descending order), so that the number of passes depends on their range and not on their size.
"""

from __future__ import annotations

from typing import Final, final

from librt.vecs import vec
from mypy_extensions import i64

from foundrydb.storage.values import Value

WORTHWHILE: Final = 256
"""So many rows are sorted faster by digits than by comparisons."""

_BITS: Final = 11
_DIGITS: Final = 1 << _BITS

# Integers between these differ by less than 2**63.
_BOUND: Final = 1 << 61


def sort_by_digits(
    rows: list[tuple[Value, ...]], field: i64, descending: bool
) -> list[tuple[Value, ...]] | None:
    """The rows in the order of a field that is a number in each; None where one is no integer, or a very large one."""
    count: i64 = len(rows)
    keys = vec[i64]([0] * len(rows))
    low: i64 = _BOUND
    high: i64 = -_BOUND
    before: i64 = _BOUND if descending else -_BOUND
    ordered = True
    i: i64 = 0
    while i < count:
        value = rows[i][field]
        if not isinstance(value, int):
            return None
        key: i64 = value
        keys[i] = key
        if key < low:
            low = key
        if key > high:
            high = key
        if (key > before) if descending else (key < before):
            ordered = False
        before = key
        i += 1
    if ordered:
        return rows
    if low <= -_BOUND or high >= _BOUND:
        return None
    i = 0
    while i < count:
        keys[i] = high - keys[i] if descending else keys[i] - low
        i += 1
    order = _Permutation(keys, high - low).order
    return [rows[order[j]] for j in range(count)]


@final
class _Permutation:
    """The places, in their old order, of numbers from 0 to ``largest`` in their new one.

    Attributes:
        order: for each number in the new order, where it was.
    """

    def __init__(self, keys: vec[i64], largest: i64) -> None:
        count: i64 = len(keys)
        order = vec[i64](list(range(len(keys))))
        other_keys = vec[i64]([0] * len(keys))
        other_order = vec[i64]([0] * len(keys))
        shift: i64 = 0
        while shift < 63 and largest >> shift > 0:
            places = _places(keys, shift)
            i: i64 = 0
            while i < count:
                key = keys[i]
                digit = (key >> shift) & (_DIGITS - 1)
                place = places[digit]
                places[digit] = place + 1
                other_keys[place] = key
                other_order[place] = order[i]
                i += 1
            keys, other_keys = other_keys, keys
            order, other_order = other_order, order
            shift += _BITS
        self.order: Final = order


def _places(keys: vec[i64], shift: i64) -> vec[i64]:
    """For each digit, the place of the first key that has it."""
    places = vec[i64]([0] * _DIGITS)
    count: i64 = len(keys)
    i: i64 = 0
    while i < count:
        digit = (keys[i] >> shift) & (_DIGITS - 1)
        places[digit] += 1
        i += 1
    total: i64 = 0
    i = 0
    while i < _DIGITS:
        here = places[i]
        places[i] = total
        total += here
        i += 1
    return places
