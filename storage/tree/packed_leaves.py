"""The cells of neighbouring leaves, to be dealt out anew without an object for each.

A leaf that was written at once has its cells one after the other, the first at the page's end.  So the cells of
neighbouring leaves are the pages' contents in reverse, and a new leaf's content is a piece of that.
"""

from __future__ import annotations

from typing import Final, final

from librt.strings import BytesWriter
from librt.vecs import append, vec
from mypy_extensions import i64, u8

from foundrydb.storage.format.varint import varint_end
from foundrydb.storage.pages.page import Page
from foundrydb.storage.tree.node import (
    LEAF_HEADER,
    SMALLEST_CELL,
    BTreeNode,
    checked_end,
    decode_node,
    max_local,
    u16,
    write_u16,
)

POINTER: Final = 2


@final
class PackedLeaves:
    """The cells of leaves of one kind.

    Attributes:
        spaces: the bytes that each takes of a page, its pointer included.
        decoded: how many of the leaves have nodes.
    """

    def __init__(self, kind: i64, usable: i64) -> None:
        self.spaces = vec[i64]()
        self.decoded = 0
        self._kind: Final[i64] = kind
        self._usable: Final[i64] = usable
        self._pieces: Final[list[bytes]] = []
        self._cells = b""
        # The next cell that is taken, and where it ends.
        self._next: i64 = 0
        self._end: i64 = 0

    def add_leaf(self, page: Page) -> bool:
        """Add the cells of the next leaf; False where it is of another kind, or has cells too short for this.

        Raises:
            CorruptError: a cell lies outside of the page.
        """
        content = page.content
        if isinstance(content, BTreeNode):
            self.decoded += 1
            return content.kind == self._kind and self.add_cells(content.cells)
        data = page.image()
        if i64(data[0]) != self._kind:
            return False
        if self._add_content(page.number, data):
            return True
        return self.add_cells(decode_node(page.number, data, self._usable).cells)

    def add_cells(self, cells: list[bytes]) -> bool:
        """Add cells that are bytes; False where one is too short."""
        spaces = self.spaces
        for cell in cells:
            if len(cell) < SMALLEST_CELL:
                return False
            spaces = append(spaces, len(cell) + POINTER)
        self.spaces = spaces
        self._pieces.extend(cells)
        return True

    def _add_content(self, number: i64, data: bytes) -> bool:
        """Add the cells of a leaf's image, where they lie one after the other."""
        kind = self._kind
        usable = self._usable
        largest = max_local(usable, kind)
        pointer: i64 = LEAF_HEADER
        first = pointer + 2 * u16(data, 3)
        if first > usable:
            return False
        spaces = self.spaces
        stop = usable
        while pointer < first:
            start = u16(data, pointer)
            if start < first or start > stop - SMALLEST_CELL:
                return False
            if checked_end(number, data, start, kind, usable, largest) != stop:
                return False
            spaces = append(spaces, stop - start + POINTER)
            stop = start
            pointer += 2
        self.spaces = spaces
        self._pieces.append(data[stop:usable])
        return True

    def begin(self) -> None:
        """All cells have been added; they are now taken, from the first one on."""
        self._pieces.reverse()
        self._cells = b"".join(self._pieces)
        self._end = len(self._cells)

    def take_cell(self) -> bytes:
        """The next cell."""
        end = self._end
        self._end -= self.spaces[self._next] - POINTER
        self._next += 1
        return self._cells[self._end : end]

    def take_leaf(self, stop: i64, page_size: i64) -> bytes:
        """The image of a leaf with the next cells, up to the one before number ``stop``."""
        start = self._usable
        head = BytesWriter()
        head.append(u8(self._kind))
        write_u16(head, 0)
        write_u16(head, stop - self._next)
        begin = self._usable + POINTER * (stop - self._next)
        index = self._next
        while index < stop:
            begin -= self.spaces[index]
            index += 1
        write_u16(head, begin & 0xFFFF)
        head.append(0)
        index = self._next
        while index < stop:
            start -= self.spaces[index] - POINTER
            write_u16(head, start)
            index += 1
        end = self._end
        self._end -= self._usable - start
        self._next = stop
        gap = bytes(start - len(head))
        return b"".join([head.getvalue(), gap, self._cells[self._end : end], bytes(page_size - self._usable)])

    def last_rowid(self) -> bytes:
        """The rowid of the cell taken last, of a table, as the varint that it is there."""
        start = varint_end(self._cells, self._end)
        return self._cells[start : varint_end(self._cells, start)]
