"""JSONB, the binary form of JSON that SQLite keeps in blobs: its elements, how they are read and written.

An element is a header, then the payload.  The header's first byte has the element's kind in its low four bits; the
high four bits are the payload's size, or say in how many more bytes (big-endian) that follows:

======= ====================================================================
high 4  size of the payload
======= ====================================================================
0 to 11 the number itself; the header is this one byte
12      in 1 more byte
13      in 2 more bytes
14      in 4 more bytes
15      in 8 more bytes, of which the first 4 are 0
======= ====================================================================

======= ============ =======================================================
low 4   kind         payload
======= ============ =======================================================
0, 1, 2 null, true,  empty
        false
3       INT          an integer as JSON writes it
4       INT5         an integer as only JSON5 writes it (``0x1F``)
5, 6    FLOAT,       a real, likewise
        FLOAT5
7       TEXT         a text that is the same in JSON and SQL
8, 9    TEXTJ, TEXT5 a text with the escapes of JSON, or with those of JSON5
10      TEXTRAW      a text that has still to be escaped in JSON
11      ARRAY        its elements, one after the other
12      OBJECT       labels, which are texts, and values in turn
======= ============ =======================================================

(https://sqlite.org/jsonb.html)  What is no larger than it needs to be is the form that is written here; a larger header
means the same, and is kept where nothing is changed.
"""

from __future__ import annotations

from typing import Final

from librt.strings import BytesWriter, read_i64_le, write_i64_le
from mypy_extensions import i64, u8

from foundrydb.errors import Error, error

NULL: Final = 0
TRUE: Final = 1
FALSE: Final = 2
INT: Final = 3
INT5: Final = 4
FLOAT: Final = 5
FLOAT5: Final = 6
TEXT: Final = 7
TEXTJ: Final = 8
TEXT5: Final = 9
TEXTRAW: Final = 10
ARRAY: Final = 11
OBJECT: Final = 12

TYPE_NAMES: Final[list[str]] = [
    "null", "true", "false", "integer", "integer", "real", "real", "text", "text", "text", "text", "array", "object",
    "", "", "",
]  # fmt: skip
"""What json_type() calls the kinds; the last three are none."""

MAX_DEPTH: Final = 1000
"""How deep arrays and objects may be nested."""

LONG: Final = 0xC0
"""The least first byte of an element whose header has more bytes."""

_SHORT: Final = 128
"""Bytes that are copied as numbers sooner than as a slice."""


MALFORMED: Final = "malformed JSON"


def malformed() -> Error:
    """The error for what is no JSON, or no JSONB."""
    return error(MALFORMED)


def too_deep() -> Error:
    """The error for JSONB that is nested too deep to be written as text."""
    return error("JSON nested too deep")


# -- reading an element ---------------------------------------------------------------------------------------------


def payload(blob: bytes, at: i64) -> i64:
    """Where the payload of the element at ``at`` begins."""
    size: i64 = blob[at] >> 4
    if size < 12:
        return at + 1
    if size == 12:
        return at + 2
    if size == 13:
        return at + 3
    return at + 5 if size == 14 else at + 9


def element_end(blob: bytes, at: i64) -> i64:
    """Where the element at ``at`` ends; -1 if its header or its payload reaches past the end of the bytes."""
    length: i64 = len(blob)
    size: i64 = blob[at] >> 4
    if size < 12:
        at += size + 1
    elif size == 12:
        if at + 1 >= length:
            return -1
        size = blob[at + 1]
        at += size + 2
    elif size == 13:
        if at + 2 >= length:
            return -1
        at += (i64(blob[at + 1]) << 8) + i64(blob[at + 2]) + 3
    else:
        at = _long_end(blob, at, size)
    if at > length:
        return -1
    return at


def _long_end(blob: bytes, at: i64, form: i64) -> i64:
    """Where an element ends whose size takes four or eight bytes; -1 if its header is cut, or too large."""
    last = at + 4 if form == 14 else at + 8
    if last >= len(blob):
        return -1
    if form == 15 and blob[at + 1 : at + 5] != b"\0\0\0\0":
        return -1
    size: i64 = 0
    for i in range(last - 3, last + 1):
        size = (size << 8) + i64(blob[i])
    return last + 1 + size


def kind_at(blob: bytes, at: i64) -> i64:
    """The kind of the element at ``at``."""
    return i64(blob[at]) & 0x0F


# -- writing one ----------------------------------------------------------------------------------------------------


def header_size(size: i64) -> i64:
    """How many bytes the header of a payload of that size takes."""
    if size <= 11:
        return 1
    if size <= 0xFF:
        return 2
    return 3 if size <= 0xFFFF else 5


def write_header(out: BytesWriter, kind: i64, size: i64) -> None:
    """Append the header of an element, whose payload the caller appends."""
    if size <= 11:
        out.append(u8(kind | size << 4))
    elif size <= 0xFF:
        out.append(u8(kind | 0xC0))
        out.append(u8(size))
    elif size <= 0xFFFF:
        out.append(u8(kind | 0xD0))
        out.append(u8(size >> 8))
        out.append(u8(size & 0xFF))
    else:
        out.append(u8(kind | 0xE0))
        for shift in (24, 16, 8, 0):
            out.append(u8(size >> shift & 0xFF))


_BYTES: Final = tuple([bytes((byte,)) for byte in range(256)])


def header(kind: i64, size: i64) -> bytes:
    """The header of an element."""
    if size <= 11:
        return _BYTES[kind | size << 4]
    if size <= 0xFF:
        return _BYTES[kind | 0xC0] + _BYTES[size]
    out = BytesWriter()
    write_header(out, kind, size)
    return out.getvalue()


def copy_into(out: BytesWriter, data: bytes, start: i64, stop: i64) -> None:
    """Append the bytes from ``start`` to ``stop``; not too many are copied eight at a time, where so many follow."""
    if stop - start > _SHORT or stop + 8 > len(data):
        if stop - start > 8:
            out.write(data[start:stop])
            return
        while start < stop:
            out.append(u8(data[start]))
            start += 1
        return
    length = i64(len(out)) + stop - start
    while start < stop:
        write_i64_le(out, read_i64_le(data, start))
        start += 8
    out.truncate(length)


def is_digit(byte: i64) -> bool:
    """Whether a byte is one of 0 to 9."""
    return 0x30 <= byte <= 0x39


def is_hex(byte: i64) -> bool:
    """Whether a byte is a hexadecimal digit."""
    return 0x30 <= byte <= 0x39 or 0x41 <= byte <= 0x46 or 0x61 <= byte <= 0x66
