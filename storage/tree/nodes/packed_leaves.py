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
from foundrydb.storage.tree.nodes.node import (
    LEAF_HEADER,
    LEAF_INDEX,
    SMALLEST_CELL,
    BTreeNode,
    cell_end,
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
        next: the number of the cell that is taken next.
    """

    def __init__(self, kind: i64, usable: i64) -> None:
        self.spaces = vec[i64]()
        self.decoded = 0
        self.next: i64 = 0
        self._kind: Final[i64] = kind
        self._usable: Final[i64] = usable
        self._pieces: Final[list[bytes]] = []
        self._cells = b""
        # Where the next cell ends.
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
        # An index's cell of so many bytes tells in its first one how many follow.
        short = min(largest, 0x7F) if kind == LEAF_INDEX else 0
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
            size = stop - start - 1
            if size > short or i64(data[start]) != size:
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

    def take(self, stop: i64) -> bytes:
        """The cells from the next one to the one before number ``stop``."""
        end = self._end
        start = end
        spaces = self.spaces
        index = self.next
        while index < stop:
            start -= spaces[index] - POINTER
            index += 1
        self.next = stop
        self._end = start
        return self._cells[start:end]


@final
class PackedLeaf:
    """A leaf that is being filled, of which no more is known than its bytes.

    Attributes:
        count: how many cells it has.
    """

    def __init__(self, kind: i64, usable: i64, page_size: i64) -> None:
        self.count: i64 = 0
        self._kind: Final[i64] = kind
        self._usable: Final[i64] = usable
        self._page_size: Final[i64] = page_size
        self._pieces: Final[list[bytes]] = []
        self._pointers: Final = BytesWriter()
        # Where the cells begin.
        self._start: i64 = usable

    def add(self, cell: bytes) -> bool:
        """Add one cell; False where it has no room."""
        if len(cell) < SMALLEST_CELL:
            cell += bytes(SMALLEST_CELL - len(cell))
        if len(cell) + POINTER > self._room():
            return False
        self._pieces.append(cell)
        self._start -= len(cell)
        write_u16(self._pointers, self._start)
        self.count += 1
        return True

    def add_from(self, cells: PackedLeaves, stop: i64) -> None:
        """Take cells up to number ``stop``, as many as there is room for."""
        room = self._room()
        start = self._start
        spaces = cells.spaces
        pointers = self._pointers
        index = cells.next
        while index < stop:
            space = spaces[index]
            if space > room:
                break
            room -= space
            start -= space - POINTER
            write_u16(pointers, start)
            index += 1
        if index > cells.next:
            self.count += index - cells.next
            self._start = start
            self._pieces.append(cells.take(index))

    def remove_last(self) -> bytes:
        """Take the last cell out."""
        piece = self._pieces.pop()
        end = cell_end(piece, 0, self._kind, self._usable)
        size = max(end, SMALLEST_CELL)
        if size < len(piece):
            self._pieces.append(piece[size:])
        self._start += size
        self.count -= 1
        self._pointers.truncate(POINTER * self.count)
        return piece[:end]

    def last_rowid(self) -> bytes:
        """The rowid of the last cell, of a table, as the varint that it is there."""
        piece = self._pieces[len(self._pieces) - 1]
        start = varint_end(piece, 0)
        return piece[start : varint_end(piece, start)]

    def encode(self) -> bytes:
        """The page's image."""
        head = BytesWriter()
        head.append(u8(self._kind))
        write_u16(head, 0)
        write_u16(head, self.count)
        write_u16(head, self._start & 0xFFFF)
        head.append(0)
        pieces = [bytes(self._page_size - self._usable), *self._pieces]
        pieces.append(bytes(self._room()))
        pieces.append(self._pointers.getvalue())
        pieces.append(head.getvalue())
        pieces.reverse()
        return b"".join(pieces)

    def _room(self) -> i64:
        """The bytes between the pointers and the cells."""
        return self._start - LEAF_HEADER - POINTER * self.count
