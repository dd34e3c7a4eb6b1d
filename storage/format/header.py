"""The database header: the first 100 bytes of page 1.

====== ==== ================================================================
offset size meaning
====== ==== ================================================================
0      16   "SQLite format 3" and a NUL
16     2    page size in bytes; 1 means 65536
18     1    write version: 1 rollback journal, 2 WAL
19     1    read version: the same
20     1    bytes reserved at the end of each page
21     1    64, 22: 32, 23: 32 (payload fractions, fixed)
24     4    file change counter
28     4    size of the database in pages
32     4    first freelist trunk page
36     4    number of freelist pages
40     4    schema cookie
44     4    schema format, 1 to 4; 0 before there was any schema
48     4    suggested cache size
52     4    largest root page in auto-vacuum files, else 0
56     4    text encoding: 1 UTF-8, 2 UTF-16le, 3 UTF-16be; 0 before there was any schema
60     4    user version
64     4    non-zero: incremental vacuum
68     4    application id
72     20   zeros
92     4    the change counter for which the next field, and the size, are valid
96     4    SQLITE_VERSION_NUMBER of the library that wrote the file last
====== ==== ================================================================

(https://sqlite.org/fileformat2.html, section 1.3)

The fields at 36 to 68 are numbered as ``PRAGMA`` and the virtual machine's cookie instructions number them:
field ``i`` lies at ``36 + 4 * i``.
"""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

MAGIC: Final = b"SQLite format 3\0"
HEADER_SIZE: Final = 100

ROLLBACK_JOURNAL: Final = 1
WRITE_AHEAD_LOG: Final = 2

MARK_START: Final = 24
MARK_END: Final = 40
"""The bytes from 24 to 40 change with every commit of a rollback-journal database."""

META_FREE_COUNT: Final = 0
META_SCHEMA_COOKIE: Final = 1
META_SCHEMA_FORMAT: Final = 2
META_CACHE_SIZE: Final = 3
META_LARGEST_ROOT: Final = 4
META_ENCODING: Final = 5
META_USER_VERSION: Final = 6
META_INCREMENTAL_VACUUM: Final = 7
META_APPLICATION_ID: Final = 8

FIRST_TRUNK: Final = 32
FREE_COUNT: Final = 36

VERSION_NUMBER: Final = 3054000
"""The SQLite whose format is written, and whose behaviour is tracked, for offset 96."""


def meta_offset(field: i64) -> i64:
    """Where the numbered field lies."""
    return 36 + 4 * field


def new_header(page_size: int, reserved: int, encoding: int = 0, auto_vacuum: int = 0) -> bytes:
    """The header of a database of one page.

    Args:
        encoding: text encoding, with schema format 4; 0 for neither, until the schema gets its first object.
        auto_vacuum: 0 none, 1 full, 2 incremental.
    """
    vacuum = 1 if auto_vacuum else 0
    incremental = 1 if auto_vacuum == 2 else 0
    start = MAGIC + (page_size if page_size < 65536 else 1).to_bytes(2, "big") + b"\1\1"
    start += bytes([reserved]) + b"\x40\x20\x20" + _fields([0, 1, 0, 0, 0])
    return (
        start
        + _fields([4 if encoding else 0, 0, vacuum, encoding, 0, incremental, 0])
        + bytes(24)
        + _fields([VERSION_NUMBER])
    )


def stamped(image: bytes, change_counter: int, page_count: int) -> bytes:
    """Page 1 with the fields that every commit sets: counter, page count, and who wrote."""
    counter = change_counter & 0xFFFFFFFF
    tail = _fields([counter, VERSION_NUMBER])
    return image[:24] + _fields([counter, page_count]) + image[32:92] + tail + image[100:]


def with_version(image: bytes, version: int) -> bytes:
    """Page 1 with another log: ``ROLLBACK_JOURNAL`` or ``WRITE_AHEAD_LOG``."""
    return image[:18] + bytes([version, version]) + image[20:]


def _fields(values: list[int]) -> bytes:
    """Four bytes for each, big-endian."""
    return b"".join([value.to_bytes(4, "big") for value in values])
