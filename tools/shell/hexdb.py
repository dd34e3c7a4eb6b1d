"""A database as text, sixteen bytes a line: what ``.dbtotxt`` prints and ``.open --hexdb`` reads.

    | size 8192 pagesize 4096 filename t.db
    | page 1 offset 0
    |      0: 53 51 4c 69 74 65 20 66 6f 72 6d 61 74 20 33 00   SQLite format 3.
    | end t.db

The format is that of SQLite's tool ``dbtotxt`` (https://sqlite.org/src/doc/trunk/tool/dbtotxt.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from foundrydb.errors import error

_SIZE: Final = re.compile(r"\|\s*size\s+(\d+)\s+pagesize\s+(\d+)\s+filename\b")
_PAGE: Final = re.compile(r"\|\s*page\s+\d+\s+offset\s+(\d+)")
_BYTES: Final = re.compile(r"\|\s*(\d+):((?:\s+[0-9a-fA-F]{2}){16})")

END: Final = "| end "
"""What the last line begins with."""

LARGEST: Final = 1 << 31
"""So many bytes are taken for a database."""


def page_text(page: bytes, number: int) -> str:
    """A page, from 1, without the lines that are all zeros."""
    lines = []
    for at in range(0, len(page), 16):
        row = page[at : at + 16]
        if any(row):
            shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
            lines.append(f"|  {at:5}: {row.hex(' ')}   {shown}\n")
    head = f"| page {number} offset {(number - 1) * len(page)}\n" if lines else ""
    return head + "".join(lines)


def database_of(lines: Iterable[str]) -> bytes:
    """The bytes of a database, of which the lines up to its end are read.

    Raises:
        OperationalError: the first line does not tell the size, or tells one that no database has; bytes lie beyond it.
    """
    given = iter(lines)
    first = _SIZE.match(next(given, ""))
    data, fault, page = bytearray(), "", 0
    if first is None:
        fault = "line 1 of --hexdb input does not tell size, pagesize and filename"
    elif not _possible(int(first[1]), int(first[2])):
        fault = f"no database has {first[1]} bytes in pages of {first[2]}"
    else:
        data = bytearray(-(-int(first[1]) // int(first[2])) * int(first[2]))
    for number, line in enumerate(given, 2):
        if line.startswith(END):
            break
        head, row = _PAGE.match(line), _BYTES.match(line)
        if head is not None:
            page = int(head[1])
        elif row is None:
            fault = fault or f"line {number} of --hexdb input is none of a page"
        elif page + int(row[1]) + 16 <= len(data):
            at = page + int(row[1])
            data[at : at + 16] = bytes.fromhex(row[2])
        else:
            fault = fault or f"line {number} of --hexdb input lies beyond the end of the database"
    if fault:
        raise error(fault)
    return bytes(data)


def _possible(size: int, page_size: int) -> bool:
    return size <= LARGEST and 512 <= page_size <= 65536 and not page_size & (page_size - 1)
