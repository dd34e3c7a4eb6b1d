"""Single changes of a leaf page's image, without decoding the page.

A change of one cell copies the image once or twice, which costs less than to decode the page into a node and to
encode it again; several changes of one page are worth a node, unless they leave every cell where it is (see
``WritableImage``).  Each function answers with the new image, or with an
empty one where the change is not as simple as that: the page is then decoded, and checked, first.
"""

from __future__ import annotations

from typing import Final, final

from librt.strings import BytesWriter, read_i16_be, write_i16_be
from mypy_extensions import i16, i64

from foundrydb.storage.pages.page import PageContent
from foundrydb.storage.tree.node import LEAF_HEADER, SMALLEST_CELL, header_offset, u16, write_u16


@final
class WritableImage(PageContent):
    """An image in which bytes are written over; no cell moves.

    Attributes:
        bytes: the image.
    """

    def __init__(self, data: bytes) -> None:
        self.bytes: Final = BytesWriter()
        self.bytes.write(data)

    def encode(self) -> bytes:
        """See ``PageContent.encode``."""
        return self.bytes.getvalue()

    def copy(self) -> PageContent:
        """See ``PageContent.copy``."""
        return WritableImage(self.bytes.getvalue())


def insert_cell(data: bytes, number: i64, index: i64, cell: bytes) -> bytes:
    """Put a cell in at an index, where the gap before the content area has room for it."""
    at = header_offset(number)
    count = u16(data, at + 3)
    content = _content_start(data, at)
    pointer = at + LEAF_HEADER + 2 * index
    pointers_end = at + LEAF_HEADER + 2 * count
    size: i64 = len(cell)
    if size < SMALLEST_CELL:
        cell += bytes(SMALLEST_CELL - size)
        size = SMALLEST_CELL
    start = content - size
    if start < pointers_end + 2 or content > len(data):
        return b""
    out = BytesWriter()
    out.write(data[: at + 3])
    write_u16(out, count + 1)
    write_u16(out, start)
    out.write(data[at + 7 : pointer])
    write_u16(out, start)
    out.write(data[pointer:pointers_end])
    out.write(data[pointers_end + 2 : start])
    out.write(cell)
    out.write(data[content:])
    return out.getvalue()


def remove_cell(data: bytes, number: i64, index: i64, end: i64) -> bytes:
    """Take the cell at an index out, which ends before ``end``; the cells below it in the content area move up."""
    if u16(data, header_offset(number) + 3) < 2:
        return b""
    return _with_another(data, number, index, end, b"", -1)


def replace_cell(data: bytes, number: i64, index: i64, end: i64, cell: bytes) -> bytes:
    """Put another cell in the place of the one at an index, which ends before ``end``."""
    size: i64 = len(cell)
    if size < SMALLEST_CELL:
        cell += bytes(SMALLEST_CELL - size)
    start = u16(data, header_offset(number) + LEAF_HEADER + 2 * index)
    if end - start == len(cell):
        return data[:start] + cell + data[end:]
    return _with_another(data, number, index, end, cell, 0)


def _with_another(data: bytes, number: i64, index: i64, end: i64, cell: bytes, more: i64) -> bytes:
    """Put other bytes in a cell's place, or none; the cells below it in the content area move as far as need be.

    Args:
        more: by how much the number of cells changes: -1 where the cell goes, 0 where it stays.
    """
    at = header_offset(number)
    pointers = at + LEAF_HEADER
    count = u16(data, at + 3)
    content = _content_start(data, at)
    pointer = pointers + 2 * index
    pointers_end = pointers + 2 * count
    start = u16(data, pointer)
    if end < start + SMALLEST_CELL:
        end = start + SMALLEST_CELL
    up = end - start - len(cell)
    gap = content + up - pointers_end
    if u16(data, at + 1) != 0 or gap < 0 or start < content or content < pointers_end or end > len(data):
        return b""
    out = BytesWriter()
    out.write(data[: at + 3])
    write_u16(out, count + more)
    write_u16(out, content + up)
    out.append(data[at + 7])
    place = pointers
    while place < pointers_end:
        if place != pointer or more == 0:
            # (Without calls: this is the loop that takes the time.)
            other = i64(read_i16_be(data, place)) & 0xFFFF
            if other <= start:
                other += up
            write_i16_be(out, i16(other if other < 0x8000 else other - 0x10000))
        place += 2
    out.write(bytes(gap - 2 * more))
    out.write(data[content:start])
    out.write(cell)
    out.write(data[end:])
    return out.getvalue()


def free_bytes(data: bytes, number: i64) -> i64:
    """Bytes not in use on a page without freeblocks."""
    at = header_offset(number)
    fragments: i64 = data[at + 7]
    return _content_start(data, at) - (at + LEAF_HEADER + 2 * u16(data, at + 3)) + fragments


def _content_start(data: bytes, at: i64) -> i64:
    content = u16(data, at + 5)
    return content if content > 0 else 65536
