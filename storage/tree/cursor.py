"""Cursors: what table and index cursors have in common beyond reading their entry: changes of the tree.

A change is made at the place where the cursor stands; the tree is then balanced along the way that it came.
"""

from __future__ import annotations

from typing import Final

from librt.strings import BytesWriter
from mypy_extensions import i64, u8

from foundrydb.storage.format.record import (
    CHANGED,
    UNCHANGED,
    integer_serial,
    overwrite_fields,
    serial_size,
    write_value,
)
from foundrydb.storage.format.values import Value
from foundrydb.storage.pages.page import Page
from foundrydb.storage.tree.balance import balance
from foundrydb.storage.tree.entry_reader import EntryReader
from foundrydb.storage.tree.nodes.node import (
    LEAF_HEADER,
    BTreeNode,
    cell_end,
    cell_space,
    header_offset,
    u32_bytes,
    writable_node,
)
from foundrydb.storage.tree.nodes.page_edit import (
    WritableImage,
    free_bytes,
    insert_cell,
    remove_cell,
    replace_cell,
)
from foundrydb.storage.tree.position import ON_ENTRY, SAVED
from foundrydb.storage.tree.space.overflow import free_chain, write_chain
from foundrydb.storage.tree.tree import BTree

EDITS: Final = 3
CELLS_AN_EDIT: Final = 32
"""So many changes of a page go into its image before it is decoded, and one more for so many cells."""


class Cursor(EntryReader):
    """A position in a tree, the entry there, and changes.

    Attributes:
        few: few changes are made with it, so that leaves need no nodes for them.
    """

    def __init__(self, tree: BTree) -> None:
        super().__init__(tree)
        self.few = False

    def rest(self) -> None:
        """See ``Position.rest``."""
        super().rest()
        self.few = False

    def overwrite(self, fields: list[int], values: list[Value], schema_format: i64) -> bool:
        """Write other values over fields of the current row, if they are as long as the old ones.

        Args:
            fields: the fields' numbers, ascending.

        Returns:
            Whether they are; else nothing has happened.
        """
        if not self._stands() or self._size > self._largest_local or self._size == 0:
            return False  # with overflow pages, the buffer may be a record that was put together
        page = self._page
        if page.number == 1:
            return False
        if len(fields) == 1 and self._overwrite_integer(fields[0], values[0], schema_format):
            return True
        head = BytesWriter()
        body = BytesWriter()
        for value in values:
            write_value(head, body, value, self._encoding, schema_format)
        data = self._buffer
        change = overwrite_fields(None, data, self._record, self._size, fields, head, body)
        if change != CHANGED:
            return change == UNCHANGED
        self.tree.save_others(self)
        page = self._page
        self.pager.touch(page)
        node = self._node
        if node is None:
            image = self._writable_image(page)
            overwrite_fields(image, data, self._record, self._size, fields, head, body)
        else:
            cell = BytesWriter()
            cell.write(data)
            overwrite_fields(cell, data, self._record, self._size, fields, head, body)
            node.replace(self._index, cell.getvalue())
        self._parsed = False
        return True

    def _overwrite_integer(self, field: i64, value: Value, schema_format: i64) -> bool:
        """``overwrite`` of one integer by another on a page that is an image; False where it is not as simple as that.

        So it is where all serial types up to the field's take a byte.
        """
        serial = self._locate(field)
        page = self._page
        if not isinstance(value, int) or serial < 1 or serial > 6 or self._node is not None:
            return False
        number: i64 = value
        fresh = integer_serial(number, schema_format)
        if serial_size(fresh) != self.stop - self.start:
            return False
        i: i64 = 0
        while i < field:
            if self._serials[i] >= 0x80:
                return False
            i += 1
        self.tree.save_others(self)
        self.pager.touch(page)
        image = self._writable_image(page)
        image[self._record + 1 + field] = u8(fresh)
        at = self.stop
        while at > self.start:
            at -= 1
            image[at] = u8(number & 0xFF)
            number >>= 8
        self._parsed = False
        return True

    def _writable_image(self, page: Page) -> BytesWriter:
        """The image of the current page, which has no node and is touched, to write over the current entry."""
        content = page.content
        if not isinstance(content, WritableImage):
            content = WritableImage(self._buffer)
            self.pager.give_content(page, content)
        page.stale = True
        if self._index > self._overwritten:
            self._overwritten = self._index
        return content.bytes

    # Changes ------------------------------------------------------------------------------------------------

    def _node_to_change(self) -> BTreeNode:
        """The current page's node, announced to the pager; the change follows at once."""
        node = writable_node(self.pager, self._page)
        self._node = node
        self._overwritten = -1
        self._data = b""
        self._parsed = False
        return node

    def _put_cell(self, cell: bytes, replace: bool) -> i64:
        """Put a cell in at the index (or in place of the one there); returns the bytes left on the page.

        The first few changes of a page go into its image, if that is easy; more changes are worth a node.
        """
        page = self._page
        if self._leaf and self._edits_image(page):
            if replace:
                image = replace_cell(self._data, page.number, self._index, self._cell_end(), cell)
            else:
                image = insert_cell(self._data, page.number, self._index, cell)
            if len(image) > 0:
                self._take_image(image, 0 if replace else 1)
                return 0
        node = self._node_to_change()
        if replace:
            node.replace(self._index, cell)
        else:
            node.insert(self._index, cell)
            self._count += 1
        return node.free()

    def _edits_image(self, page: Page) -> bool:
        """Whether the next change of the current page, a leaf, goes into its image, which ``_data`` then is.

        So do the first few changes since it was read or written; more of them are worth a node, and so are further
        changes of a node that had many before it was written.
        """
        if page.edits >= EDITS + self._count // CELLS_AN_EDIT:
            return False
        if isinstance(page.content, BTreeNode):
            if page.dirty or not page.few:
                return False
            self._give_up_node(page)
        # Page 1 may have got another file header since the cursor came.
        self._data = page.image()
        return True

    def _give_up_node(self, page: Page) -> None:
        """Let the current page, a leaf whose node and image agree, be an image alone."""
        page.content = None
        self._pointers = header_offset(page.number) + LEAF_HEADER

    def append_cell(self, cell: bytes) -> bool:
        """Put a cell in after the current one, the tree's last, if that is as simple as it sounds, and no empty cell.

        It has no overflow pages, and all other cursors have remembered their places.
        """
        node = self._node
        page = self._page
        if (
            len(cell) == 0
            or node is None
            or page.content is not node
            or not self._rightmost
            or self._state != ON_ENTRY
            or self._index != self._count - 1
            or (page.few and not page.dirty)  # its image serves
        ):
            return False
        if node.free() < cell_space(cell, True):
            return False
        self.pager.touch(page)
        page.edits += 1
        node.insert(self._count, cell)
        self._index = self._count
        self._count += 1
        self._parsed = False
        return True

    def _put_entry(self, cell: bytes, where: i64) -> bool:
        """Write a cell to the leaf, and stand on it; False where the page is then too full.

        Args:
            where: how the current entry's key is ordered against the new one's: an equal one is overwritten.
        """
        if where == 0:
            if self._holds(cell):
                return True
            self._free_overflow()
        elif where < 0 and self._count > 0:
            self._index += 1
        room = self._put_cell(cell, where == 0)
        self._state = ON_ENTRY
        self._side = 0
        self.valid = True
        self.tree.freelist.note_cell(self._page.number, cell, self.tree.leaf_kind)
        return room >= 0

    def _holds(self, cell: bytes) -> bool:
        """Whether the current cell is that one already."""
        node = self._node
        if node is not None:
            return node.cells[self._index] == cell
        if self._index <= self._overwritten:
            return False  # the image is not the newest
        return self._data[self._cell_at(self._index) : self._cell_end()] == cell

    def _remove_cell(self) -> i64:
        """Take the cell at the index out of a leaf; returns the bytes that are then free on the page."""
        page = self._page
        if self._edits_image(page):
            image = remove_cell(self._data, page.number, self._index, self._cell_end())
            if len(image) > 0:
                self._take_image(image, -1)
                return free_bytes(image, page.number)
        node = self._node_to_change()
        node.remove(self._index)
        self._count -= 1
        return node.free()

    def _cell_end(self) -> i64:
        """Where the cell at the index ends, on a leaf without a node."""
        return cell_end(self._data, self._cell_at(self._index), self.tree.leaf_kind, self._usable)

    def _take_image(self, image: bytes, more: i64) -> None:
        """The current page gets another image, with ``more`` cells."""
        page = self._page
        self.pager.touch(page)
        page.replace(image)
        page.edits += 1
        self._data = image
        self._overwritten = -1
        self._node = None
        self._parsed = False
        self._count += more

    def _free_overflow(self) -> None:
        """Free the overflow pages of the current cell, which goes away."""
        if not self._parsed:
            self._parse()
        if self._size > self._largest_local:
            chained = self._size - self.tree.local_size(self._size)
            free_chain(self.tree.freelist, self._overflow, chained)

    def _spill(self, record: bytes) -> bytes:
        """The part of a record that lies in its cell, with the number of the first overflow page if any."""
        size: i64 = len(record)
        if size <= self._largest_local:
            return record
        local = self.tree.local_size(size)
        return record[:local] + u32_bytes(write_chain(self.tree.freelist, record, local))

    def _balance(self, shrunk: bool) -> None:
        """Balance the tree after a change of the current page; the cursor's key must be kept before."""
        if shrunk:
            self._node_to_change()
        pages = self._way()
        slots = self._turns(self._depth)
        self._forget()
        self._state = SAVED
        balance(self.tree, pages, slots, shrunk, self.few)

    def _too_empty(self, free: i64) -> bool:
        """Whether a page from which a cell was taken should be balanced with its neighbours."""
        return self._depth > 0 and free * 3 > self._usable * 2
