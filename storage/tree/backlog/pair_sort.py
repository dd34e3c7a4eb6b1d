"""Sorting pairs of machine numbers where they lie: no object, and no memory besides theirs."""

from __future__ import annotations

from librt.vecs import append, vec
from mypy_extensions import i32, i64


def zeros(count: i64) -> vec[i64]:
    """So many zeros."""
    numbers = vec[i64](capacity=count)
    i: i64 = 0
    while i < count:
        numbers = append(numbers, 0)
        i += 1
    return numbers


def sort_pairs(keys: vec[i64], places: vec[i32], start: i64, stop: i64) -> None:
    """Sort the keys from ``start`` to ``stop``, and the places with them; places with equal keys ascend.

    By Shell's method: each pass sorts what is a certain gap apart, and the gaps shrink to five elevenths each time.
    """
    gap = stop - start
    while gap > 1:
        gap = gap * 5 // 11
        if gap < 1:
            gap = 1
        i = start + gap
        while i < stop:
            key = keys[i]
            place = places[i]
            j = i
            while j >= start + gap:
                before = keys[j - gap]
                if before < key or (before == key and places[j - gap] < place):
                    break
                keys[j] = before
                places[j] = places[j - gap]
                j -= gap
            keys[j] = key
            places[j] = place
            i += 1
