"""Which bytes of JSON's texts stand for themselves, what the escapes of JSON and JSON5 stand for, and characters as
SQLite reads them from bytes that may not be UTF-8.

Bytes are looked at seven at a time, in a machine word.  ``read_i64_le`` has eight; without the last of them the numbers
are the same where they are not cut to 64 bits.
"""

from __future__ import annotations

from typing import Final, final

from librt.strings import read_i64_le
from mypy_extensions import i64

from foundrydb.vm.functions.json.jsonb import is_digit

INVALID: Final = 0x99999
"""Stands for the character of an escape that is none."""

_ESCAPES: Final[dict[int, int]] = {
    0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9, 0x76: 11, 0x27: 0x27, 0x22: 0x22, 0x2F: 0x2F, 0x5C: 0x5C,
}  # fmt: skip


@final
class Escape:
    """The escape at a backslash.

    Attributes:
        size: how many bytes it takes.
        point: the character that it stands for, or INVALID.
    """

    def __init__(self, data: bytes, at: i64, end: i64) -> None:
        self.size: i64 = 2
        self.point: i64 = INVALID
        if at + 1 >= end:
            self.size = end - at
            return
        byte: i64 = data[at + 1]
        known = _ESCAPES.get(byte, -1)
        if known >= 0:
            self.point = known
        elif byte == 0x75:
            self._unicode(data, at, end)
        elif byte == 0x30:
            if not (at + 2 < end and is_digit(i64(data[at + 2]))):
                self.point = 0
        elif byte == 0x78:
            self.size = min(4, end - at)
            if self.size == 4:
                self.point = (hex_value(i64(data[at + 2])) << 4) | hex_value(i64(data[at + 3]))
        elif byte == 0xE2 or byte == 0x0D or byte == 0x0A:
            self._newline(data, at, end)

    def _unicode(self, data: bytes, at: i64, end: i64) -> None:
        """``\\uXXXX``, or two of them that are a surrogate pair."""
        if at + 6 > end:
            self.size = end - at
            return
        high = _hex4(data, at + 2)
        self.size = 6
        self.point = high
        if high & 0xFC00 == 0xD800 and at + 12 <= end and data[at + 6 : at + 8] == b"\\u":
            low = _hex4(data, at + 8)
            if low & 0xFC00 == 0xDC00:
                self.point = ((high & 0x3FF) << 10) + (low & 0x3FF) + 0x10000
                self.size = 12

    def _newline(self, data: bytes, at: i64, end: i64) -> None:
        """Line ends after a backslash, which count as nothing, and the character that follows them."""
        begin = at
        while at + 1 < end and data[at] == 0x5C:
            size = _line_end(data, at + 1, end)
            if size == 0:
                break
            at += 1 + size
        if at == begin:
            self.size = end - at
        elif at == end:
            self.size = end - begin
            self.point = 0
        elif data[at] == 0x5C:
            inner = Escape(data, at, end)
            self.size = at - begin + inner.size
            self.point = inner.point
        else:
            size = utf8_size(data, at, end)
            self.size = at - begin + size
            self.point = utf8_point(data, at, size)


def _line_end(data: bytes, at: i64, end: i64) -> i64:
    """How many bytes a line end takes; 0 where there is none."""
    byte: i64 = data[at]
    if byte == 0x0A:
        return 1
    if byte == 0x0D:
        return 2 if at + 1 < end and data[at + 1] == 0x0A else 1
    return 3 if at + 3 <= end and data[at : at + 3] in (b"\xe2\x80\xa8", b"\xe2\x80\xa9") else 0


def hex_value(byte: i64) -> i64:
    """The value of a hexadecimal digit; of any other byte SQLite's arithmetic makes some number, too."""
    return (byte + 9 * (1 & (byte >> 6))) & 0x0F


def _hex4(data: bytes, at: i64) -> i64:
    value: i64 = 0
    for i in range(at, at + 4):
        value = (value << 4) | hex_value(i64(data[i]))
    return value


def utf8_size(data: bytes, at: i64, end: i64) -> i64:
    """How many bytes SQLite takes for the character at ``at``: at most four, well-formed or not."""
    size: i64 = 1
    if data[at] >= 0xC0:
        while size < 4 and at + size < end and data[at + size] & 0xC0 == 0x80:
            size += 1
    return size


_FIRST_BITS: Final = bytes([*range(32), *range(16), *range(8), 0, 1, 2, 3, 0, 1, 0, 0])
"""What the first byte of a character, from 0xC0 on, gives to its code point."""


def utf8_point(data: bytes, at: i64, size: i64) -> i64:
    """The code point of the character of ``size`` bytes at ``at``, as SQLite reads it."""
    point: i64 = data[at]
    if point >= 0xC0:
        point = _FIRST_BITS[point - 0xC0]
        for i in range(at + 1, at + size):
            point = (point << 6) + (i64(data[i]) & 0x3F)
    return point


# -- bytes that stand for themselves --------------------------------------------------------------------------------

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
