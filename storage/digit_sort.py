"""Sorting places by keys that are machine numbers: a few passes over their digits, and no object for any of them.

Each pass puts the places in the order of one digit of eleven bits, from the lowest to the highest, and keeps places
with equal digits in the order in which they are.  A digit that is the same in all keys costs no pass.
"""

from __future__ import annotations

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i32, i64

_BITS: Final = 11
_DIGITS: Final = 1 << _BITS
_HIGHEST: Final = 55
"""The lowest bit of the digit that holds the sign."""


def places_up_to(count: i64) -> vec[i32]:
    """The numbers below ``count``."""
    places = vec[i32](capacity=count)
    i: i64 = 0
    while i < count:
        places = append(places, i32(i))
        i += 1
    return places


def zeros(count: i64) -> vec[i64]:
    """So many zeros."""
    numbers = vec[i64](capacity=count)
    i: i64 = 0
    while i < count:
        numbers = append(numbers, 0)
        i += 1
    return numbers


def sort_places(places: vec[i32], keys: vec[i64]) -> vec[i32]:
    """The places in the order of the keys that are there; where those are equal, in the order in which they are.

    What was given must not be used afterwards.
    """
    if _ascend(places, keys):
        return places
    count: i64 = len(places)
    others = places_up_to(count)
    shift: i64 = 0
    while shift < 64:
        starts = _starts(keys, shift)
        if starts[0] >= 0:
            i: i64 = 0
            while i < count:
                place = places[i]
                digit = _digit(keys[i64(place)], shift)
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


def _starts(keys: vec[i64], shift: i64) -> vec[i64]:
    """For each digit, where the first key that has it belongs; -1 where all keys have the same digit."""
    starts = zeros(_DIGITS)
    count: i64 = len(keys)
    i: i64 = 0
    while i < count:
        starts[_digit(keys[i], shift)] += 1
        i += 1
    total: i64 = 0
    i = 0
    while i < _DIGITS:
        here = starts[i]
        if here == count:
            starts[0] = -1
            return starts
        starts[i] = total
        total += here
        i += 1
    return starts
