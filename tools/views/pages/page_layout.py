"""What every byte of a page is: the reading that ``dump-page`` and ``dump-tree`` share.

It looks at the bytes alone and believes nothing, so that a damaged page still shows what can be read of it:
a cell that does not fit carries a note of what is wrong with it.
(https://sqlite.org/fileformat2.html, sections 1.5 and 1.6)
"""

from __future__ import annotations

from typing import Final

from foundrydb.errors import Error
from foundrydb.storage.format.header import MAGIC
from foundrydb.storage.format.record import decode_fields, serial_size
from foundrydb.storage.format.values import Value
from foundrydb.storage.format.varint import read_varint, varint_end
from foundrydb.storage.tree.nodes.node import (
    INTERIOR_INDEX,
    INTERIOR_TABLE,
    LEAF_INDEX,
    LEAF_TABLE,
    header_offset,
    is_leaf,
    is_table,
    local_size,
    u16,
    u32,
)

KINDS: Final[dict[int, str]] = {
    INTERIOR_INDEX: "interior index",
    INTERIOR_TABLE: "interior table",
    LEAF_INDEX: "leaf index",
    LEAF_TABLE: "leaf table",
}
"""What the kinds of B-tree page are called."""


class Cell:
    """A cell of a B-tree page.

    Attributes:
        index: its place in the order of keys, from 0.
        start, end: its bytes within the page.
        child: left child on interior pages, else 0.
        rowid: the key on table pages, else None.
        payload: size of the whole record in bytes; 0 on interior table pages.
        record: where the record starts within the page; 0 without one.
        local: how many bytes of it lie on the page.
        overflow: the first overflow page, 0 for none.
        fault: what is wrong with it, "" for nothing.
    """

    def __init__(self, index: int, start: int) -> None:
        self.index: Final = index
        self.start: Final = start
        self.end = start
        self.child = 0
        self.rowid: int | None = None
        self.payload = 0
        self.record = 0
        self.local = 0
        self.overflow = 0
        self.fault = ""


class BTreePage:
    """A page of a B-tree, taken apart.

    Attributes:
        number: of the page.
        data: its bytes.
        kind: 2, 5, 10 or 13.
        head: where the B-tree header starts (100 on page 1).
        cells: in the order of the keys.
        content: the start of the cell content area.
        fragments: the header's count of lost bytes.
        freeblocks: (start, size) of each.
        right: the rightmost child on interior pages, else 0.
        faults: what is wrong with the page as a whole.
    """

    def __init__(self, number: int, data: bytes, usable: int, encoding: int = 1) -> None:
        self.number: Final = number
        self.data: Final = data
        self.usable: Final = usable
        self.encoding: Final = encoding
        self.faults: list[str] = []
        self.head: Final = int(header_offset(number))
        head = self.head
        self.kind: Final = data[head]
        self.cell_count: Final = int(u16(data, head + 3))
        self.content: Final = int(u16(data, head + 5)) or 65536
        self.fragments: Final = data[head + 7]
        leaf = bool(is_leaf(self.kind))
        self.right: Final = 0 if leaf else int(u32(data, head + 8))
        self.pointers: Final = head + (8 if leaf else 12)
        self.freeblocks: Final = self._freeblocks(int(u16(data, head + 1)))
        self.cells: Final = [self._cell(i) for i in range(self._readable_cells())]

    @property
    def leaf(self) -> bool:
        """Whether it has no children."""
        return bool(is_leaf(self.kind))

    @property
    def table(self) -> bool:
        """Whether it belongs to a table tree."""
        return bool(is_table(self.kind))

    @property
    def free(self) -> int:
        """Bytes that no cell, pointer or header takes."""
        gap = self.content - (self.pointers + 2 * self.cell_count)
        return max(gap, 0) + sum(size for _, size in self.freeblocks) + self.fragments

    def children(self) -> list[int]:
        """The page numbers of the children, in the order of their keys."""
        return [] if self.leaf else [cell.child for cell in self.cells] + [self.right]

    def key(self, cell: Cell) -> list[Value] | int | None:
        """A cell's key: the rowid, or as many fields of the index entry as lie on the page; None if unreadable."""
        if self.table:
            return cell.rowid
        return self.fields(cell)

    def fields(self, cell: Cell) -> list[Value] | None:
        """The values of the cell's record that lie on the page; None where nothing can be read."""
        record = self.data[cell.record : cell.record + cell.local]
        if not cell.record or cell.fault:
            return None
        try:
            if cell.local == cell.payload:
                return decode_fields(record, 0, len(record), 1 << 15, self.encoding)
            return self._local_fields(record)
        except (Error, IndexError):
            return None

    def _local_fields(self, record: bytes) -> list[Value]:
        """The values that lie on the page wholly, of a record that continues elsewhere."""
        header = int(read_varint(record, 0))
        at, body, count = int(varint_end(record, 0)), header, 0
        while at < min(header, len(record)):
            body += int(serial_size(read_varint(record, at)))
            at = int(varint_end(record, at))
            if body > len(record):
                break
            count += 1
        return decode_fields(record, 0, len(record), count, self.encoding)

    def _readable_cells(self) -> int:
        room = (self.usable - self.pointers) // 2
        if self.cell_count > room:
            self.faults.append(f"{self.cell_count} cells have no room for their pointers")
        return min(self.cell_count, max(room, 0))

    def _freeblocks(self, at: int) -> list[tuple[int, int]]:
        blocks: list[tuple[int, int]] = []
        last = 0
        while at:
            if at <= last or at + 4 > self.usable:
                self.faults.append(f"the freeblock chain leads to offset {at}")
                break
            size = int(u16(self.data, at + 2))
            if at + size > self.usable or size < 4:
                self.faults.append(f"the freeblock at offset {at} has size {size}")
                break
            blocks.append((at, size))
            last = at
            at = int(u16(self.data, at))
        return blocks

    def _cell(self, index: int) -> Cell:
        start = int(u16(self.data, self.pointers + 2 * index))
        cell = Cell(index, start)
        try:
            self._read_cell(cell)
        except IndexError:
            cell.fault = "reaches past the page's end"
            cell.end = self.usable
        return cell

    def _read_cell(self, cell: Cell) -> None:
        data, at = self.data, cell.start
        if at < self.pointers + 2 * self.cell_count or at >= self.usable:
            cell.fault = f"its pointer leads to offset {at}"
            return
        if not self.leaf:
            cell.child = int(u32(data, at))
            at += 4
        if self.kind != INTERIOR_TABLE:
            cell.payload = int(read_varint(data, at))
            at = int(varint_end(data, at))
        if self.table:
            cell.rowid = int(read_varint(data, at))
            at = int(varint_end(data, at))
        if self.kind != INTERIOR_TABLE:
            at = self._read_payload(cell, at)
        cell.end = at
        if at > self.usable and not cell.fault:
            cell.fault = "reaches past the page's end"

    def _read_payload(self, cell: Cell, at: int) -> int:
        if not 0 <= cell.payload <= 0x7FFFFFFF:
            cell.fault = f"its payload has {cell.payload} bytes"
            return at
        cell.record = at
        cell.local = int(local_size(cell.payload, self.usable, self.kind))
        at += cell.local
        if cell.local < cell.payload:
            if at + 4 > self.usable:
                cell.fault = "reaches past the page's end"
                return at + 4
            cell.overflow = int(u32(self.data, at))
            at += 4
        return at


def looks_like_btree(number: int, data: bytes) -> bool:
    """Whether the page's first byte is that of a B-tree page."""
    if number == 1 and not data.startswith(MAGIC):
        return False
    return data[int(header_offset(number))] in KINDS
