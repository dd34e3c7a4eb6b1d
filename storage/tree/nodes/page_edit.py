"""Changes of a leaf page's image, without decoding the page.

A change of one cell copies the image once or twice, which costs less than to decode the page into a node and to
encode it again; several changes of one page are worth a node, unless they leave every cell where it is (see
``WritableImage``), or all of them are known before the first is made (see ``NewCells``).  Each function answers with
the new image, or with an empty one where the change is not as simple as that: the page is then decoded, and checked,
first.
"""

from __future__ import annotations

from typing import Final, final

from librt.strings import BytesWriter, read_i16_be, read_i64_be, write_i16_be, write_i64_be
from librt.vecs import append, vec
from mypy_extensions import i16, i64

from foundrydb.storage.pages.page import PageContent
from foundrydb.storage.tree.nodes.node import LEAF_HEADER, SMALLEST_CELL, header_offset, u16, write_u16

_BOTH: Final = 0x00010001
_EACH: Final = 0x0001000100010001
"""The lowest bit of each of two, and of four, numbers of 16 bits."""


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
    changed = BytesWriter()
    write_u16(changed, count + 1)
    write_u16(changed, start)
    numbers = changed.getvalue()
    return b"".join(
        [
            data[: at + 3],
            numbers,
            data[at + 7 : pointer],
            numbers[2:],
            data[pointer:pointers_end],
            data[pointers_end + 2 : start],
            cell,
            data[content:],
        ]
    )


@final
class NewCells:
    """Cells that are to be put in on a leaf, in their order; the page's image is then made once.

    Attributes:
        count: how many there are.
        last: the last of them.
    """

    def __init__(self) -> None:
        self.count: i64 = 0
        self.last = b""
        self._cells: list[bytes] = []
        self._indexes = vec[i64]()
        # The bytes between the pointers and the cells that there will be.
        self._room: i64 = 0

    def add(self, data: bytes, index: i64, cell: bytes) -> bool:
        """Add a cell that goes before the one at an index of the image; False where there is no room for it.

        It goes behind all that were added before; and the image is the same for all of them.
        """
        if self.count == 0:
            content = _content_start(data, 0)
            if content > len(data):
                return False
            self._room = content - LEAF_HEADER - 2 * u16(data, 3)
        self.last = cell
        if len(cell) < SMALLEST_CELL:
            cell += bytes(SMALLEST_CELL - len(cell))
        left = self._room - len(cell) - 2
        if left < 0:
            return False
        self._room = left
        self._cells.append(cell)
        self._indexes = append(self._indexes, index)
        self.count += 1
        return True

    def put_in(self, data: bytes) -> bytes:
        """The image with the cells; none are to be put in then."""
        count = u16(data, 3)
        content = _content_start(data, 0)
        pointers_end = LEAF_HEADER + 2 * (count + self.count)
        head = BytesWriter()
        write_u16(head, count + self.count)
        write_u16(head, pointers_end + self._room)
        head.append(data[7])
        pointer: i64 = LEAF_HEADER
        start = content
        for number, cell in enumerate(self._cells):
            before = LEAF_HEADER + 2 * self._indexes[number]
            if before > pointer:
                head.write(data[pointer:before])
                pointer = before
            start -= len(cell)
            write_u16(head, start)
        head.write(data[pointer : LEAF_HEADER + 2 * count])
        self._cells.reverse()
        image = b"".join([data[:3], head.getvalue(), data[pointers_end:start], *self._cells, data[content:]])
        self.forget()
        return image

    def forget(self) -> None:
        """None are to be put in."""
        self.count = 0
        self._cells = []
        self._indexes = vec[i64]()


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
    head = BytesWriter()
    write_u16(head, count + more)
    write_u16(head, content + up)
    head.append(data[at + 7])
    if more == 0:
        _write_pointers(head, data, pointers, pointers_end, start, up)
    else:
        _write_pointers(head, data, pointers, pointer, start, up)
        _write_pointers(head, data, pointer + 2, pointers_end, start, up)
    return b"".join(
        [data[: at + 3], head.getvalue(), bytes(gap - 2 * more), data[content:start], cell, data[end:]]
    )


def _write_pointers(out: BytesWriter, data: bytes, place: i64, stop: i64, start: i64, up: i64) -> None:
    """Write the pointers that lie from ``place`` on; those to cells that begin at ``start`` or below move by ``up``.

    Four at a time where none has its highest bit: what is added to each of them sets that bit if it is above ``start``.
    """
    if len(data) <= 0x8000:
        more = (0x7FFF - start) * _BOTH
        while place + 8 <= stop:
            four = read_i64_be(data, place)
            high = ((four >> 32) + more) >> 15 & _BOTH
            low = ((four & 0xFFFFFFFF) + more) >> 15 & _BOTH
            write_i64_be(out, four + (_EACH - (high << 32 | low)) * up)
            place += 8
    while place < stop:
        # (Without calls: this is the loop that takes the time.)
        other = i64(read_i16_be(data, place)) & 0xFFFF
        if other <= start:
            other += up
        write_i16_be(out, i16(other if other < 0x8000 else other - 0x10000))
        place += 2


def free_bytes(data: bytes, number: i64) -> i64:
    """Bytes not in use on a page without freeblocks."""
    at = header_offset(number)
    fragments: i64 = data[at + 7]
    return _content_start(data, at) - (at + LEAF_HEADER + 2 * u16(data, at + 3)) + fragments


def _content_start(data: bytes, at: i64) -> i64:
    content = u16(data, at + 5)
    if content == 0:
        return 65536
    return content
