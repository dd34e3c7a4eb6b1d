"""Varints: integers of 64 bits in 1 to 9 bytes, big-endian, seven bits a byte.

====== ================================================================
bytes  meaning
====== ================================================================
1 to 8 the high bit says that another byte follows; the other seven bits
       are the value's next bits, from the highest on
9th    all eight bits are the value's
====== ================================================================

The value is a two's-complement integer of 64 bits: negative ones always take nine bytes.
(https://sqlite.org/fileformat2.html, section 1.6)
"""

from __future__ import annotations

from typing import Final

from librt.strings import BytesWriter
from mypy_extensions import i64, u8

NOT_SHORT: Final = -1


def read_varint(data: bytes, at: i64) -> i64:
    """The varint that starts at ``at``.  ``varint_end`` tells where it ends.

    Raises:
        IndexError: ``data`` ends before the varint does.
    """
    byte: i64 = data[at]
    if byte < 0x80:
        return byte
    value: i64 = byte & 0x7F
    i: i64 = 1
    while i < 8:
        byte = data[at + i]
        value = (value << 7) | (byte & 0x7F)
        if byte < 0x80:
            return value
        i += 1
    byte = data[at + 8]
    if value >= 1 << 55:
        value -= 1 << 56
    return (value << 8) | byte


def short_varint(data: bytes, at: i64) -> i64:
    """The varint of at most four bytes that starts at ``at``; ``NOT_SHORT`` for a longer one."""
    byte: i64 = data[at]
    value = byte & 0x7F
    stop = at + 3
    while byte >= 0x80:
        if at == stop:
            return NOT_SHORT
        at += 1
        byte = data[at]
        value = value << 7 | (byte & 0x7F)
    return value


def varint_end(data: bytes, at: i64) -> i64:
    """The offset just past the varint that starts at ``at``.

    Raises:
        IndexError: ``data`` ends before the varint does.
    """
    stop: i64 = at + 8
    while at < stop:
        byte: i64 = data[at]
        at += 1
        if byte < 0x80:
            return at
    byte = data[at]
    return at + 1


def varint_size(value: i64) -> i64:
    """How many bytes the varint of ``value`` takes."""
    if value < 0:
        return 9
    size: i64 = 1
    value >>= 7
    while value != 0 and size < 9:
        value >>= 7
        size += 1
    return size


def write_varint(out: BytesWriter, value: i64) -> None:
    """Append the varint of a value of 64 bits."""
    if 0 <= value < 0x80:
        out.append(u8(value))
    elif 0 <= value < 0x4000:
        out.append(u8((value >> 7) | 0x80))
        out.append(u8(value & 0x7F))
    elif 0 <= value < 1 << 56:
        shift: i64 = 7 * (varint_size(value) - 1)
        while shift > 0:
            out.append(u8(((value >> shift) & 0x7F) | 0x80))
            shift -= 7
        out.append(u8(value & 0x7F))
    else:
        high: i64 = 57
        while high >= 8:
            out.append(u8(((value >> high) & 0x7F) | 0x80))
            high -= 7
        out.append(u8(value & 0xFF))


def encode_varint(value: i64) -> bytes:
    """The varint of a value of 64 bits."""
    out = BytesWriter()
    write_varint(out, value)
    return out.getvalue()
