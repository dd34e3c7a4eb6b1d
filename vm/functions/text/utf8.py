"""Characters in UTF-8 bytes, told apart as SQLite does where the bytes are not UTF-8.

SQLite has two ways.  LIKE, GLOB and ``unicode`` let a byte of 0xC0 or above begin a character that takes the
continuation bytes behind it; a continuation byte anywhere else is a character of its own.  ``length`` and ``substr``
let any byte above 0x7F begin one, but where ``substr`` counts the characters of a text to find those at its end.
"""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

FAR: Final = 32
"""Over so many bytes it is worth to call what searches them at once."""


def after_char(data: bytes, at: i64, stop: i64) -> i64:
    """Where the character that begins at ``at`` ends, in the way of LIKE."""
    c: i64 = data[at]
    at += 1
    if c >= 0xC0:
        while at < stop and i64(data[at]) & 0xC0 == 0x80:
            at += 1
    return at


def code_point_at(data: bytes, at: i64, stop: i64) -> i64:
    """The code point that begins at ``at``."""
    point: i64 = data[at]
    if point < 0xC0:
        return point
    point &= 0x1F if point < 0xE0 else 0x0F if point < 0xF0 else 0x07
    at += 1
    while at < stop and i64(data[at]) & 0xC0 == 0x80:
        point = (point << 6 | (i64(data[at]) & 0x3F)) & 0xFFFFFFFF
        at += 1
    return point


def nul_in(data: bytes, start: i64, stop: i64) -> i64:
    """Where the first NUL between two offsets is; the second one where there is none."""
    if stop - start > FAR:
        found: i64 = data.find(0, start, stop)
        return found if found >= 0 else stop
    at = start
    while at < stop and data[at] != 0:
        at += 1
    return at


def count_chars(data: bytes, at: i64, stop: i64) -> i64:
    """How many characters lie between two offsets, or before the first NUL there, in the way of ``length``."""
    count: i64 = 0
    while at < stop:
        c: i64 = data[at]
        if c == 0:
            break
        at += 1
        if c >= 0x80:
            while at < stop and i64(data[at]) & 0xC0 == 0x80:
                at += 1
        count += 1
    return count


def count_from_end(data: bytes, at: i64, stop: i64) -> i64:
    """``count_chars`` in the way of LIKE, which ``substr`` has where it counts from the end."""
    count: i64 = 0
    while at < stop and data[at] != 0:
        at = after_char(data, at, stop)
        count += 1
    return count


def skip_chars(data: bytes, at: i64, stop: i64, count: i64) -> i64:
    """Where so many characters end, or the text or a NUL before that, in the way of ``substr``."""
    while count > 0 and at < stop:
        c: i64 = data[at]
        if c == 0:
            break
        at += 1
        if c >= 0x80:
            while at < stop and i64(data[at]) & 0xC0 == 0x80:
                at += 1
        count -= 1
    return at
