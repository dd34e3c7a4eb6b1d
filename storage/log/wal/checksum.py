"""The checksum of a write-ahead log and of its index.

Two sums of 32 bits run over the words of the data in turn, each taking up the other::

    first  += word[0] + second
    second += word[1] + first

The words have the byte order that the log's magic number tells: that of the machine which began the log.
(https://sqlite.org/fileformat2.html, "Checksum Algorithm")
"""

from __future__ import annotations

import struct
from typing import Final

from librt.strings import read_i64_be, read_i64_le
from mypy_extensions import i64

MASK: Final = 0xFFFFFFFF

COMPILED: Final = not __file__.endswith(".py")
"""Compiled code takes eight bytes at a time; for the interpreter words are faster."""


def checksum(data: bytes, big_endian: bool, first: i64, second: i64) -> tuple[i64, i64]:
    """Go on with the two sums over ``data``, whose length is a multiple of eight."""
    if not COMPILED:
        return _by_words(data, big_endian, first, second)
    if big_endian:
        return _by_pairs_big(data, first, second)
    return _by_pairs(data, first, second)


def _by_pairs(data: bytes, first: i64, second: i64) -> tuple[i64, i64]:
    """Two words at a time, eight in a turn.  Only the lower 32 bits of a sum count, whatever is carried above them.

    Each sum waits for the other in one addition only: what is added of the data does not wait.
    """
    at: i64 = 0
    end: i64 = len(data)
    four = end - 24
    while at < four:
        pair = read_i64_le(data, at)
        next = read_i64_le(data, at + 8)
        first += pair + second
        second += (pair >> 32) + first
        first += next + second
        second += (next >> 32) + first
        pair = read_i64_le(data, at + 16)
        next = read_i64_le(data, at + 24)
        first += pair + second
        second += (pair >> 32) + first
        first += next + second
        second += (next >> 32) + first
        at += 32
    while at < end:
        pair = read_i64_le(data, at)
        first += pair + second
        second += (pair >> 32) + first
        at += 8
    return first & MASK, second & MASK


def _by_pairs_big(data: bytes, first: i64, second: i64) -> tuple[i64, i64]:
    at: i64 = 0
    end: i64 = len(data)
    while at < end:
        pair = read_i64_be(data, at)
        first += pair >> 32
        first += second
        second += pair
        second += first
        at += 8
    return first & MASK, second & MASK


def _by_words(data: bytes, big_endian: bool, first: i64, second: i64) -> tuple[i64, i64]:
    words = struct.unpack(f"{'>' if big_endian else '<'}{len(data) // 4}I", data)
    for i in range(0, len(words), 2):
        first = (first + words[i] + second) & MASK
        second = (second + words[i + 1] + first) & MASK
    return first, second
