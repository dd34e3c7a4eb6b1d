"""B-tree pages: their layout, and the decoded form in which they are changed.

====== ====== =============================================================
offset size   meaning (page 1: everything begins after the 100-byte header)
====== ====== =============================================================
0      1      kind: 0x02 interior index, 0x05 interior table,
              0x0a leaf index, 0x0d leaf table
1      2      first freeblock, 0 for none
3      2      number of cells
5      2      start of the cell content area, 0 for 65536
7      1      fragmented free bytes
8      4      interior pages: the rightmost child
8, 12  2 each cell pointers, in the order of the keys
====== ====== =============================================================

Cells:

=============== ==========================================================================
leaf table      varint payload size, varint rowid, local payload, first overflow page (4)
interior table  left child (4), varint rowid
leaf index      varint payload size, local payload, first overflow page (4)
interior index  left child (4), varint payload size, local payload, first overflow page (4)
=============== ==========================================================================

(https://sqlite.org/fileformat2.html, section 1.6)

A page that is only read stays bytes; cursors look at the cells where they lie.  A page that is changed is
decoded into a ``BTreeNode`` first: a list of cells and a list of children.  A node's cells lack the left child,
so that a cell of an index is the same bytes on a leaf and on an interior page.  The pager encodes the node
when it writes the page: a leaf without freeblocks and fragments, an interior page as ``page_layout`` has it.
"""

from __future__ import annotations

from typing import Final, final

from librt.strings import BytesWriter, read_i16_be, read_i32_be, write_i16_be, write_i32_be
from mypy_extensions import i16, i32, i64, u8

from foundrydb.errors import CorruptError, error
from foundrydb.storage.format.header import HEADER_SIZE
from foundrydb.storage.format.varint import read_varint, varint_end
from foundrydb.storage.pages.pager import Page, PageContent, Pager
from foundrydb.storage.tree.nodes.page_layout import PageLayout

INTERIOR_INDEX: Final = 0x02
INTERIOR_TABLE: Final = 0x05
LEAF_INDEX: Final = 0x0A
LEAF_TABLE: Final = 0x0D

LEAF_HEADER: Final = 8
INTERIOR_HEADER: Final = 12

SMALLEST_CELL: Final = 4
"""A cell takes at least as many bytes of a page as a freeblock's header."""


def u16(data: bytes, at: i64) -> i64:
    """Two bytes, big-endian, unsigned."""
    return i64(read_i16_be(data, at)) & 0xFFFF


def u32(data: bytes, at: i64) -> i64:
    """Four bytes, big-endian, unsigned."""
    return i64(read_i32_be(data, at)) & 0xFFFFFFFF


def u32_bytes(value: i64) -> bytes:
    """Four bytes, big-endian."""
    out = BytesWriter()
    write_u32(out, value)
    return out.getvalue()


def write_u16(out: BytesWriter, value: i64) -> None:
    """Append two bytes, big-endian, unsigned."""
    write_i16_be(out, i16(value if value < 0x8000 else value - 0x10000))


def write_u32(out: BytesWriter, value: i64) -> None:
    """Append four bytes, big-endian, unsigned."""
    write_i32_be(out, i32(value if value < 0x80000000 else value - 0x100000000))


def header_offset(number: i64) -> i64:
    """Where the B-tree header of a page starts."""
    return HEADER_SIZE if number == 1 else 0


def is_leaf(kind: i64) -> bool:
    """Whether a page of that kind has no children."""
    return kind >= LEAF_INDEX


def is_table(kind: i64) -> bool:
    """Whether a page of that kind belongs to a table tree."""
    return kind in (LEAF_TABLE, INTERIOR_TABLE)


def max_local(usable: i64, kind: i64) -> i64:
    """The largest payload that lies wholly on a page of that kind."""
    if kind == LEAF_TABLE:
        return usable - 35
    return (usable - 12) * 64 // 255 - 23


def min_local(usable: i64) -> i64:
    """The smallest part of a larger payload that stays on the page."""
    return (usable - 12) * 32 // 255 - 23


def local_size(payload: i64, usable: i64, kind: i64) -> i64:
    """How many bytes of a payload lie on the page itself; the rest is in overflow pages."""
    if payload <= max_local(usable, kind):
        return payload
    least = min_local(usable)
    surplus = least + (payload - least) % (usable - 4)
    return surplus if surplus <= max_local(usable, kind) else least


def cell_space(cell: bytes, leaf: bool) -> i64:
    """Bytes that a node's cell takes on a page, its pointer included."""
    size: i64 = len(cell)
    if not leaf:
        return size + 6
    if size < SMALLEST_CELL:
        return SMALLEST_CELL + 2
    return size + 2


def cell_end(data: bytes, at: i64, kind: i64, usable: i64) -> i64:
    """The offset past the cell that starts at ``at`` (past the left child, on an interior page)."""
    if kind == INTERIOR_TABLE:
        return varint_end(data, at)
    payload = read_varint(data, at)
    at = varint_end(data, at)
    if kind == LEAF_TABLE:
        at = varint_end(data, at)
    if payload < 0 or payload > 0x7FFFFFFF:
        return -1
    local = local_size(payload, usable, kind)
    return at + local + (4 if local < payload else 0)


def first_overflow(cell: bytes, kind: i64, usable: i64) -> i64:
    """The first overflow page of a node's cell, 0 when its payload lies on the page."""
    if kind == INTERIOR_TABLE:
        return 0
    payload = read_varint(cell, 0)
    if payload < 0 or local_size(payload, usable, kind) == payload:
        return 0
    return u32(cell, len(cell) - 4)


@final
class BTreeNode(PageContent):
    """A B-tree page, decoded.

    Attributes:
        kind: one of the four kinds; a change of root turns one into another.
        cells: the cells without left children.
        children: on interior pages the child before each cell, and the rightmost one; empty on leaves.
        size: bytes in use, header and cell pointers included, ``HEADER_SIZE`` too on page 1.  It may be
            more than the page has until the tree is balanced.
        prefix: the database header, on page 1; else empty.
        tail: the page's reserved bytes.
        layout: of an interior page: where its cells lie; None where they are to lie one after the other.  Whoever
            changes cells or children changes it too, or takes it away.
        appended: whether the last change put a cell in at the end.
    """

    def __init__(self, kind: i64, prefix: bytes, tail: bytes, page_size: i64) -> None:
        self.kind: i64 = kind
        self.prefix = prefix
        self.tail: Final = tail
        self.layout: PageLayout | None = None
        self.page_size: Final[i64] = page_size
        self.cells: list[bytes] = []
        self.children: list[int] = []
        self.appended = False
        self.size: i64 = len(prefix) + (LEAF_HEADER if is_leaf(kind) else INTERIOR_HEADER)

    def set_entries(self, cells: list[bytes], children: list[int]) -> None:
        """Take other cells and children."""
        self.cells = cells
        self.children = children
        self.layout = None
        self.measure()

    def measure(self) -> None:
        """Reckon ``size`` anew."""
        leaf = is_leaf(self.kind)
        size: i64 = len(self.prefix) + (LEAF_HEADER if leaf else INTERIOR_HEADER)
        for cell in self.cells:
            size += cell_space(cell, leaf)
        self.size = size

    def insert(self, index: i64, cell: bytes) -> None:
        """Put a cell in on a leaf."""
        self.appended = index == len(self.cells)
        self.cells.insert(index, cell)
        self.size += cell_space(cell, True)

    def replace(self, index: i64, cell: bytes) -> None:
        """Put a cell in another's place."""
        leaf = is_leaf(self.kind)
        self.size += cell_space(cell, leaf) - cell_space(self.cells[index], leaf)
        self.cells[index] = cell
        self.layout = None
        self.appended = False

    def remove(self, index: i64) -> None:
        """Take a cell out of a leaf."""
        self.size -= cell_space(self.cells.pop(index), True)

    def entry(self, index: i64) -> bytes:
        """A cell of an interior page with the child before it."""
        return u32_bytes(self.children[index]) + self.cells[index]

    def entries(self) -> list[bytes]:
        """All of them."""
        return [self.entry(index) for index in range(len(self.cells))]

    def free(self) -> i64:
        """Bytes that are not in use; negative when the node is too large for its page."""
        return self.page_size - len(self.tail) - self.size

    def copy(self) -> PageContent:
        """See ``PageContent.copy``; the cells themselves never change and are shared."""
        twin = BTreeNode(self.kind, self.prefix, self.tail, self.page_size)
        twin.cells = self.cells.copy()
        twin.children = self.children.copy()
        twin.size = self.size
        if self.layout is not None:
            twin.layout = self.layout.copy()
        return twin

    def encode(self) -> bytes:
        """The page's image: cell pointers after the header, cells from the page's end downwards.

        Raises:
            InternalError: the node is too large for its page.
        """
        if self.free() < 0:
            raise error("a B-tree page was not balanced", "SQLITE_INTERNAL")
        layout = self.layout
        if layout is not None:
            right = self.children[len(self.cells)]
            image = layout.image(self.prefix, int(self.kind), self.entries(), right)
            if len(image) > 0:
                return image
        leaf = is_leaf(self.kind)
        start: i64 = self.page_size - len(self.tail)
        pointers = BytesWriter()
        pieces: list[bytes] = [self.tail]
        index = 0
        for cell in self.cells:
            if not leaf:
                cell = u32_bytes(self.children[index]) + cell
                index += 1
            elif len(cell) < SMALLEST_CELL:
                cell += bytes(SMALLEST_CELL - len(cell))
            start -= len(cell)
            pieces.append(cell)
            write_u16(pointers, start)
        head = self._head(start, leaf)
        gap: i64 = len(self.prefix) + len(head) + len(pointers)
        pieces.append(bytes(start - gap))
        pieces.append(pointers.getvalue())
        pieces.append(head)
        pieces.append(self.prefix)
        pieces.reverse()
        return b"".join(pieces)

    def _head(self, start: i64, leaf: bool) -> bytes:
        head = BytesWriter()
        head.append(u8(self.kind))
        write_u16(head, 0)
        write_u16(head, len(self.cells))
        write_u16(head, start & 0xFFFF)
        head.append(0)
        if not leaf:
            write_u32(head, self.children[len(self.cells)])
        return head.getvalue()


def new_node(kind: i64, usable: i64, page_size: i64) -> BTreeNode:
    """An empty node for any page but page 1; an interior one still needs its rightmost child."""
    return BTreeNode(kind, b"", bytes(page_size - usable), page_size)


def decode_node(number: i64, data: bytes, usable: i64) -> BTreeNode:
    """Decode a page's image.

    Raises:
        CorruptError: it is no B-tree page, or a cell lies outside of it.
    """
    at = header_offset(number)
    kind: i64 = data[at]
    check_kind(number, kind)
    node = BTreeNode(kind, data[:at], data[usable:], len(data))
    leaf = is_leaf(kind)
    pointer = at + (LEAF_HEADER if leaf else INTERIOR_HEADER)
    count = u16(data, at + 3)
    first = pointer + 2 * count
    if first > usable:
        raise CorruptError("too many cells", number)
    cells = [b""] * int(count)
    index: i64 = 0
    size = node.size
    largest = max_local(usable, kind)
    while pointer < first:
        start = u16(data, pointer)
        pointer += 2
        if start < first or start > usable - SMALLEST_CELL:
            raise CorruptError(f"a cell pointer is out of range: {start}", number)
        if not leaf:
            node.children.append(u32(data, start))
            start += 4
        end = checked_end(number, data, start, kind, usable, largest)
        cells[index] = data[start:end]
        index += 1
        space = end - start
        if not leaf:
            space += 4
        elif space < SMALLEST_CELL:
            space = SMALLEST_CELL
        size += space + 2
    if not leaf:
        node.children.append(u32(data, at + 8))
    node.cells = cells
    node.size = size
    if node.free() < 0:
        raise CorruptError("cells overlap", number)
    return node


def checked_end(number: i64, data: bytes, start: i64, kind: i64, usable: i64, largest: i64) -> i64:
    """Where a cell ends that starts within the page; ``largest`` is ``max_local``."""
    end: i64 = -1
    payload: i64 = data[start]
    if payload <= largest and payload < 0x80 and kind == LEAF_INDEX:
        end = start + 1 + payload  # as nearly all do
    else:
        try:
            end = cell_end(data, start, kind, usable)
        except IndexError:
            end = -1
    if end < 0 or end > usable:
        raise CorruptError("a cell reaches past the page's end", number)
    return end


def check_kind(number: i64, kind: i64) -> None:
    """Refuse a page that is no B-tree page."""
    if kind not in (LEAF_TABLE, LEAF_INDEX, INTERIOR_TABLE, INTERIOR_INDEX):
        raise CorruptError(f"not a B-tree page: kind {kind}", number)


def writable_node(pager: Pager, page: Page) -> BTreeNode:
    """Announce a change of a B-tree page to the pager, and decode it.

    Between this call and the change there must be no other call of the pager.
    """
    pager.touch(page)
    content = page.content
    if not isinstance(content, BTreeNode):
        content = decode_node(page.number, page.image(), pager.usable_size)
        if not is_leaf(content.kind):
            content.layout = layout_of(pager, page.number, page.data)
        pager.give_content(page, content)
    else:
        page.stale = True
        page.edits += 1
    return content


def layout_of(pager: Pager, number: i64, image: bytes) -> PageLayout:
    """Where the cells of an interior page lie, by its image."""
    return PageLayout(image, int(header_offset(number)), int(pager.usable_size), pager.secure_delete != 0)


def readable_node(pager: Pager, page: Page) -> BTreeNode:
    """The page decoded, not to be changed."""
    content = page.content
    if isinstance(content, BTreeNode):
        return content
    return decode_node(page.number, page.image(), pager.usable_size)


def put_node(pager: Pager, page: Page, node: BTreeNode) -> None:
    """Give a page another node for content."""
    pager.touch(page)
    pager.give_content(page, node)
