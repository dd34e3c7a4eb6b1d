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
44     4    schema format, 1 to 4
48     4    suggested cache size
52     4    largest root page in auto-vacuum files, else 0
56     4    text encoding: 1 UTF-8, 2 UTF-16le, 3 UTF-16be
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

from librt.strings import BytesWriter
from mypy_extensions import i64, u8

from foundrydb.storage.node import FILE_HEADER_SIZE, LEAF_TABLE, Node, u32, u32_bytes, write_u16, write_u32
from foundrydb.storage.pager import Pager
from foundrydb.storage.values import UTF8

MAGIC: Final = b"SQLite format 3\0"

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
"""The SQLite whose format is written, for offset 96."""


def meta_offset(field: i64) -> i64:
    """Where the numbered field lies."""
    return 36 + 4 * field


def new_header(page_size: i64, reserved: i64, encoding: i64 = UTF8, auto_vacuum: i64 = 0) -> bytes:
    """The header of a database of one page.

    Args:
        encoding: text encoding; schema format 4.
        auto_vacuum: 0 none, 1 full, 2 incremental.
    """
    out = BytesWriter()
    out.write(MAGIC)
    write_u16(out, page_size if page_size < 65536 else 1)
    out.write(b"\1\1")
    out.append(u8(reserved))
    out.write(b"\x40\x20\x20")
    write_u32(out, 0)
    write_u32(out, 1)
    out.write(bytes(12))
    write_u32(out, 4)
    write_u32(out, 0)
    write_u32(out, 1 if auto_vacuum else 0)
    write_u32(out, encoding)
    write_u32(out, 0)
    write_u32(out, 1 if auto_vacuum == 2 else 0)
    out.write(bytes(28))
    write_u32(out, VERSION_NUMBER)
    return out.getvalue()


def new_schema_page(pager: Pager, encoding: i64 = UTF8, auto_vacuum: i64 = 0) -> Node:
    """Page 1 of an empty database: the header and a table leaf without cells."""
    reserved = pager.page_size - pager.usable_size
    prefix = new_header(pager.page_size, reserved, encoding, auto_vacuum)
    return Node(LEAF_TABLE, prefix, bytes(reserved), pager.page_size)


def read_header(pager: Pager) -> bytes:
    """The header as it is now, uncommitted changes included; a new one's on an empty file."""
    if pager.page_count == 0:
        return new_header(pager.page_size, pager.page_size - pager.usable_size)
    page = pager.get(1)
    content = page.content
    if isinstance(content, Node):
        return content.prefix
    return page.data[:FILE_HEADER_SIZE]


def read_field(pager: Pager, offset: i64) -> i64:
    """Four bytes of the header, unsigned."""
    if pager.page_count == 0:
        return u32(read_header(pager), offset)
    page = pager.get(1)
    content = page.content
    return u32(content.prefix if isinstance(content, Node) else page.data, offset)


def write_field(pager: Pager, offset: i64, value: i64) -> None:
    """Change four bytes of the header, within a write transaction."""
    page = pager.get(1)
    pager.touch(page)
    content = page.content
    changed = u32_bytes(value & 0xFFFFFFFF)
    if isinstance(content, Node):
        content.prefix = content.prefix[:offset] + changed + content.prefix[offset + 4 :]
        page.stale = True
    else:
        page.replace(page.data[:offset] + changed + page.data[offset + 4 :])


def read_meta(pager: Pager, field: i64) -> i64:
    """A numbered field: one of the ``META_`` numbers.  Signed, as user_version is."""
    value = read_field(pager, meta_offset(field))
    return value if value < 0x80000000 else value - 0x100000000


def write_meta(pager: Pager, field: i64, value: i64) -> None:
    """Change a numbered field, within a write transaction."""
    write_field(pager, meta_offset(field), value)
