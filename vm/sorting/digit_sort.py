"""Sorting places by keys that are machine numbers: a few passes over their digits, and no object for any of them.

Each pass puts the places in the order of one digit of eleven bits, from the lowest to the highest, and keeps places
with equal digits in the order in which they are.  A digit that is the same in all keys costs no pass; where that can be
reckoned, what counts is the keys' distance from the smallest one, so that the passes depend on their range and not on
their size.
"""

from __future__ import annotations

from typing import Final, final

from librt.vecs import append, vec
from mypy_extensions import i32, i64

from foundrydb.storage.tree.backlog.pair_sort import zeros

_BITS: Final = 11
_DIGITS: Final = 1 << _BITS
_HIGHEST: Final = 55
"""The lowest bit of the digit that holds the sign."""

_BOUND: Final = 1 << 62
"""Numbers between this and its negative differ by less than 2**63."""


def places_up_to(count: i64) -> vec[i32]:
    """The numbers below ``count``."""
    places = vec[i32](capacity=count)
    i: i64 = 0
    while i < count:
        places = append(places, i32(i))
        i += 1
    return places


def sort_places(places: vec[i32], keys: vec[i64]) -> vec[i32]:
    """The places in the order of the keys that are there; where those are equal, in the order in which they are.

    What was given must not be used afterwards.
    """
    if _ascend(places, keys):
        return places
    count: i64 = len(places)
    others = places_up_to(count)
    span = _Span(keys)
    least = span.least
    shift: i64 = 0
    while shift < 64:
        starts = span.starts(keys, shift)
        if starts[0] >= 0:
            i: i64 = 0
            while i < count:
                place = places[i]
                digit = _digit(keys[i64(place)] - least, shift)
                start = starts[digit]
                starts[digit] = start + 1
                others[start] = place
                i += 1
            places, others = others, places
        shift += _BITS
    return places


def _digit(key: i64, shift: i64) -> i64:
    """A digit of a key; of the highest one the sign is counted in."""
    digit = key >> shift
    return digit + (_DIGITS >> 1) if shift == _HIGHEST else digit & (_DIGITS - 1)


def _ascend(places: vec[i32], keys: vec[i64]) -> bool:
    """Whether the places are in the order of their keys."""
    count: i64 = len(places)
    i: i64 = 1
    while i < count:
        if keys[i64(places[i - 1])] > keys[i64(places[i])]:
            return False
        i += 1
    return True


@final
class _Span:
    """From where to where keys are, of which there is one at least.

    Attributes:
        least: what is subtracted from them: the smallest one, or nothing where they are too far apart.
    """

    def __init__(self, keys: vec[i64]) -> None:
        low = keys[0]
        high = low
        count: i64 = len(keys)
        i: i64 = 1
        while i < count:
            key = keys[i]
            if key < low:
                low = key
            elif key > high:
                high = key
            i += 1
        near = low > -_BOUND and high < _BOUND
        self.least: Final[i64] = low if near else 0
        self._range: Final[i64] = high - low if near else -1

    def starts(self, keys: vec[i64], shift: i64) -> vec[i64]:
        """For each value of a digit, where the first key that has it belongs; first -1 where all keys have the same."""
        if self._range >> shift == 0:
            return vec[i64]([-1])
        least = self.least
        starts = zeros(_DIGITS)
        count: i64 = len(keys)
        i: i64 = 0
        while i < count:
            starts[_digit(keys[i] - least, shift)] += 1
            i += 1
        total: i64 = 0
        i = 0
        while i < _DIGITS:
            here = starts[i]
            if here == count:
                return vec[i64]([-1])
            starts[i] = total
            total += here
            i += 1
        return starts
