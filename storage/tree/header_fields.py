"""The database header as part of page 1: its fields as the running transaction has them.

Page 1 is a B-tree page too, so that the header lies before a node once the page is decoded.  The fields at 36 to 68
are numbered as ``PRAGMA`` and the virtual machine's cookie instructions number them.
"""

from __future__ import annotations

from mypy_extensions import i64

from foundrydb.storage.format.header import HEADER_SIZE, meta_offset, new_header
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.nodes.node import LEAF_TABLE, BTreeNode, u32, u32_bytes


def new_schema_page(pager: Pager, auto_vacuum: i64 = 0) -> BTreeNode:
    """Page 1 of an empty database: the header and a table leaf without cells."""
    reserved = pager.page_size - pager.usable_size
    prefix = new_header(pager.page_size, reserved, 0, auto_vacuum)
    return BTreeNode(LEAF_TABLE, prefix, bytes(reserved), pager.page_size)


def read_header(pager: Pager) -> bytes:
    """The header as it is now, uncommitted changes included; a new one's on an empty file."""
    if pager.page_count == 0:
        return new_header(pager.page_size, pager.page_size - pager.usable_size)
    page = pager.get(1)
    content = page.content
    if isinstance(content, BTreeNode):
        return content.prefix
    return page.data[:HEADER_SIZE]


def read_field(pager: Pager, offset: i64) -> i64:
    """Four bytes of the header, unsigned."""
    if pager.page_count == 0:
        return u32(read_header(pager), offset)
    page = pager.get(1)
    content = page.content
    return u32(content.prefix if isinstance(content, BTreeNode) else page.data, offset)


def write_field(pager: Pager, offset: i64, value: i64) -> None:
    """Change four bytes of the header, within a write transaction."""
    page = pager.get(1)
    pager.touch(page)
    content = page.content
    changed = u32_bytes(value & 0xFFFFFFFF)
    if isinstance(content, BTreeNode):
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
