"""Whether bytes are JSONB: at a glance, as the functions ask before they read a blob, and all through."""

from __future__ import annotations

from typing import Final

from librt.vecs import append, pop, vec
from mypy_extensions import i64

from foundrydb.vm.functions.json.escapes import INVALID, Escape
from foundrydb.vm.functions.json.jsonb import (
    ARRAY,
    FALSE,
    FLOAT,
    FLOAT5,
    INT,
    INT5,
    MAX_DEPTH,
    OBJECT,
    TEXT,
    TEXT5,
    TEXTRAW,
    element_end,
    is_digit,
    is_hex,
    kind_at,
    payload,
)


def is_jsonb(blob: bytes) -> bool:
    """Whether a blob may be taken for JSONB, by its outermost element.

    A short one that might be JSON as text, too, has to hold together all through.
    """
    if not blob:
        return False
    first: i64 = blob[0]
    kind = first & 0x0F
    if kind > OBJECT or element_end(blob, 0) != len(blob):
        return False
    size = len(blob) - payload(blob, 0)
    if kind <= FALSE and size > 0:
        return False
    if size > 7 or not (first == 0x7B or first == 0x5B or 0x30 <= first <= 0x39):
        return True
    return first_fault(blob) == 0


def first_fault(blob: bytes) -> i64:
    """Where bytes that begin with an element stop being JSONB, counted from 1 on; 0 if they are JSONB to the end."""
    # For each container that is open: where it ends, and how many elements it has had if it is an object, else -1.
    ends = vec[i64]()
    counts = vec[i64]()
    at: i64 = 0
    while True:
        # The element at ``at`` is known to lie within the bytes.
        start = payload(blob, at)
        end = element_end(blob, at)
        kind = kind_at(blob, at)
        if i64(len(ends)) >= MAX_DEPTH:
            return at + 1
        if kind in (ARRAY, OBJECT):
            ends = append(ends, end)
            counts = append(counts, -1)
            if kind == OBJECT:
                counts[-1] = 0
            at = start
        else:
            fault = _scalar_fault(blob, kind, at, start, end)
            if fault != 0:
                return fault
            at = end
        # Leave the containers that end here, and look at the header of what follows.
        while i64(len(ends)) > 0 and at >= ends[-1]:
            if counts[-1] > 0 and counts[-1] & 1 != 0:
                return at + 1
            ends, _end = pop(ends)
            counts, _count = pop(counts)
        if i64(len(ends)) == 0:
            return 0
        end = element_end(blob, at)
        if end < 0 or end > ends[-1]:
            return at + 1
        if counts[-1] >= 0:
            kind = kind_at(blob, at)
            if counts[-1] & 1 == 0 and (kind < TEXT or kind > TEXTRAW):
                return at + 1
            counts[-1] += 1


def _scalar_fault(blob: bytes, kind: i64, at: i64, start: i64, end: i64) -> i64:
    """Where an element that is no container is not what its kind says, from 1 on; else 0."""
    if kind <= FALSE:
        return 0 if end == at + 1 else at + 1
    if kind == INT:
        return _integer_fault(blob, at, start, end)
    if kind == INT5:
        return _hexadecimal_fault(blob, at, start, end)
    if kind <= FLOAT5:
        return _real_fault(blob, kind, at, start, end)
    if kind <= TEXT5:
        return _text_fault(blob, kind, start, end)
    return 0 if kind == TEXTRAW else at + 1


def _integer_fault(blob: bytes, at: i64, start: i64, end: i64) -> i64:
    if end == start:
        return at + 1
    if blob[start] == 0x2D:
        start += 1
        if end == start:
            return at + 1
    while start < end:
        if not is_digit(i64(blob[start])):
            return start + 1
        start += 1
    return 0


def _hexadecimal_fault(blob: bytes, at: i64, start: i64, end: i64) -> i64:
    size = end - start
    if size < 3:
        return at + 1
    if blob[start] == 0x2D:
        start += 1
        if size < 4:
            return at + 1
    if blob[start] != 0x30:
        return at + 1
    if i64(blob[start + 1]) | 0x20 != 0x78:
        return start + 2
    start += 2
    while start < end:
        if not is_hex(i64(blob[start])):
            return start + 1
        start += 1
    return 0


def _real_fault(blob: bytes, kind: i64, at: i64, start: i64, end: i64) -> i64:
    if end - start < 2:
        return at + 1
    i = start
    point = False
    exponent = False
    if blob[i] == 0x2D:
        i += 1
        if end - start < 3:
            return at + 1
    if blob[i] == 0x2E:
        if kind == FLOAT or not is_digit(_byte(blob, i + 1)):
            return i + 1
        i += 2
        point = True
    elif blob[i] == 0x30 and kind == FLOAT:
        if i + 3 > end:
            return i + 1
        following: i64 = blob[i + 1]
        if following != 0x2E and following | 0x20 != 0x65:
            return i + 1
        i += 1
    while i < end:
        byte: i64 = blob[i]
        if byte == 0x2E:
            if point or exponent:
                return i + 1
            if kind == FLOAT and (i == end - 1 or not is_digit(i64(blob[i + 1]))):
                return i + 1
            point = True
        elif byte | 0x20 == 0x65:
            if exponent or i == end - 1:
                return i + 1
            if blob[i + 1] == 0x2B or blob[i + 1] == 0x2D:
                i += 1
                if i == end - 1:
                    return i + 1
            exponent = True
        elif not is_digit(byte):
            return i + 1
        i += 1
    return 0 if point or exponent else at + 1


def _byte(blob: bytes, at: i64) -> i64:
    """A byte, 0 past the end."""
    return i64(blob[at]) if at < len(blob) else 0


def _text_fault(blob: bytes, kind: i64, at: i64, end: i64) -> i64:
    while at < end:
        byte: i64 = blob[at]
        if byte == 0x22 or byte < 0x20:
            if kind != TEXT5:
                return at + 1
        elif byte == 0x5C:
            if kind == TEXT:
                return at + 1
            size = _escape_size(blob, kind, at, end)
            if size == 0:
                return at + 1
            at += size - 1
        at += 1
    return 0


def _escape_size(blob: bytes, kind: i64, at: i64, end: i64) -> i64:
    """How many bytes at a backslash are its escape, as far as they need a look; 0 if it is none."""
    if at + 1 >= end:
        return 0
    byte: i64 = blob[at + 1]
    if byte in _ESCAPED:
        return 2
    if byte == 0x75:
        if at + 5 >= end:
            return 0
        for i in range(at + 2, at + 6):
            if not is_hex(i64(blob[i])):
                return 0
        return 2
    if kind != TEXT5:
        return 0
    escape = Escape(blob, at, end)
    return escape.size if escape.point != INVALID else 0


_ESCAPED: Final = b'"\\/bfnrt\0'
"""What may follow a backslash in JSON, beside ``u``; SQLite takes a NUL for one of them."""
