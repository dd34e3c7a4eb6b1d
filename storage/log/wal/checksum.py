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

from mypy_extensions import i64

MASK: Final = 0xFFFFFFFF

COMPILED: Final = not __file__.endswith(".py")
"""Compiled code takes bytes one by one; for the interpreter words are faster."""


def checksum(data: bytes, big_endian: bool, first: i64, second: i64) -> tuple[i64, i64]:
    """Go on with the two sums over ``data``, whose length is a multiple of eight."""
    if not COMPILED:
        return _by_words(data, big_endian, first, second)
    if big_endian:
        return _by_bytes_big(data, first, second)
    return _by_bytes(data, first, second)


def _by_bytes(data: bytes, first: i64, second: i64) -> tuple[i64, i64]:
    i: i64 = 0
    end: i64 = len(data)
    while i < end:
        even = i64(data[i]) | i64(data[i + 1]) << 8 | i64(data[i + 2]) << 16 | i64(data[i + 3]) << 24
        odd = i64(data[i + 4]) | i64(data[i + 5]) << 8 | i64(data[i + 6]) << 16 | i64(data[i + 7]) << 24
        first = (first + even + second) & MASK
        second = (second + odd + first) & MASK
        i += 8
    return first, second


def _by_bytes_big(data: bytes, first: i64, second: i64) -> tuple[i64, i64]:
    i: i64 = 0
    end: i64 = len(data)
    while i < end:
        even = i64(data[i]) << 24 | i64(data[i + 1]) << 16 | i64(data[i + 2]) << 8 | i64(data[i + 3])
        odd = i64(data[i + 4]) << 24 | i64(data[i + 5]) << 16 | i64(data[i + 6]) << 8 | i64(data[i + 7])
        first = (first + even + second) & MASK
        second = (second + odd + first) & MASK
        i += 8
    return first, second


def _by_words(data: bytes, big_endian: bool, first: i64, second: i64) -> tuple[i64, i64]:
    words = struct.unpack(f"{'>' if big_endian else '<'}{len(data) // 4}I", data)
    for i in range(0, len(words), 2):
        first = (first + words[i] + second) & MASK
        second = (second + words[i + 1] + first) & MASK
    return first, second
