"""Bytes of texts looked at several at a time, in a machine word.

``read_i64_le`` has eight bytes, of which seven are looked at: so the numbers are the same ones where they are not cut
to 64 bits.
"""

from __future__ import annotations

from typing import Final

from librt.strings import read_i64_le
from mypy_extensions import i64

WORD: Final = 7
"""How many bytes are looked at at once."""

_ONES: Final = 0x01010101010101
_SPACES: Final = 0x20202020202020
_QUOTES: Final = 0x22222222222222
_BACKSLASHES: Final = 0x5C5C5C5C5C5C5C
_MARKS: Final = 0x80808080808080


def plain_bytes(data: bytes, at: i64) -> i64:
    """How many of the next bytes stand for themselves in a text of JSON, of WORD at most.

    Others are the double quote, the backslash and control characters.  A subtraction lends a bit where a byte is too
    small, which marks it by its highest bit; what it does to the bytes behind that does not matter.
    """
    word = read_i64_le(data, at)
    quotes = word ^ _QUOTES
    backslashes = word ^ _BACKSLASHES
    marks = (
        (word - _SPACES) & ~word | (quotes - _ONES) & ~quotes | (backslashes - _ONES) & ~backslashes
    ) & _MARKS
    if marks == 0:
        return WORD
    # One bit for each byte before the first that is marked, all added up in the highest of the seven.
    before = ((marks & -marks) >> 7) - 1 & _ONES
    return before * _ONES >> 48 & 0x0F


def special_place(data: bytes, at: i64, end: i64) -> i64:
    """Where between two offsets the first byte is that does not stand for itself; ``end`` where there is none."""
    last = min(end, i64(len(data)) - WORD)
    while at < last:
        plain = plain_bytes(data, at)
        at += plain
        if plain < WORD:
            return at if at < end else end
    while at < end:
        byte: i64 = data[at]
        if byte < 0x20 or byte == 0x22 or byte == 0x5C:
            return at
        at += 1
    return end
