"""What JSON5 takes for blank: white space of all kinds, and comments.

``/* … */`` ends with the first ``*/``, ``// …`` with the line.  The bytes end with a NUL.
"""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

_SPACES: Final = frozenset(
    [
        *(
            b"\xe1\x9a\x80",
            b"\xe2\x80\xa8",
            b"\xe2\x80\xa9",
            b"\xe2\x80\xaf",
            b"\xe2\x81\x9f",
            b"\xe3\x80\x80",
        ),
        *(bytes((0xE2, 0x80, last)) for last in range(0x80, 0x8B)),
        b"\xef\xbb\xbf",
    ]
)
"""The spaces that take three bytes, and the byte order mark."""

_LINE_SEPARATORS: Final = (b"\xe2\x80\xa8", b"\xe2\x80\xa9")


def blanks_end(data: bytes, at: i64) -> i64:
    """Where the blanks at ``at`` end; ``at`` itself where there are none."""
    while True:
        byte: i64 = data[at]
        if byte == 0x20 or 0x09 <= byte <= 0x0D:
            at += 1
        elif byte == 0x2F:
            end = _comment_end(data, at)
            if end == at:
                return at
            at = end
        elif byte == 0xC2 and data[at + 1] == 0xA0:
            at += 2
        elif byte > 0xC2 and data[at : at + 3] in _SPACES:
            at += 3
        else:
            return at


def _comment_end(data: bytes, at: i64) -> i64:
    """Where the comment at ``at`` ends; ``at`` itself where there is none, or none that ends."""
    if data[at + 1] == 0x2A:
        close = data.find(b"*/", at + 2)
        nul = data.find(b"\0", at + 2)
        return close + 2 if 0 <= close < nul else at
    if data[at + 1] != 0x2F:
        return at
    at += 2
    while True:
        byte: i64 = data[at]
        if byte == 0:
            return at
        at += 1
        if byte == 0x0A or byte == 0x0D:
            return at
        if byte == 0xE2 and data[at - 1 : at + 2] in _LINE_SEPARATORS:
            return at + 2
