"""Cursors: positions in a B-tree.  What table and index cursors have in common.

A cursor stands on a cell of a page and keeps the way there from the root.  Pages it stands on do not change
under it: whoever changes a tree first has the tree's other cursors remember their keys, and a cursor that
remembers a key finds its place again when it is next used.

======== ====================================================================================
state    meaning
======== ====================================================================================
NOWHERE  on no entry: before the first move, past an end, in an empty tree
ON_ENTRY on an entry
BESIDE   the entry is gone; the cursor stands on its neighbour, ``_side`` says on which (+1 the
         next one, -1 the previous one), and a move counts from the gap
SAVED    the tree changed; the key is remembered (``_side`` too, where it was BESIDE)
LOST     the key could not be read when the tree was about to change; any use raises an error
======== ====================================================================================

Damage: a page of the wrong kind, a cell pointer outside its page, a way of more than ``MAX_DEPTH`` pages, a
scan over more pages than the file has: each is a ``CorruptError`` that names the page.
"""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from foundrydb.errors import CorruptError, Error
from foundrydb.storage.balance import balance
from foundrydb.storage.node import (
    INTERIOR_HEADER,
    LEAF_HEADER,
    Node,
    check_kind,
    first_overflow,
    header_offset,
    insert_into_image,
    is_leaf,
    u16,
    u32,
    u32_bytes,
    writable_node,
)
from foundrydb.storage.overflow import free_chain, read_chain, write_chain
from foundrydb.storage.pager import Page, Pager
from foundrydb.storage.record import count_fields, decode_fields, malformed, serial_size, value_at
from foundrydb.storage.tree import Tree, Visitor
from foundrydb.storage.values import Value
from foundrydb.storage.varint import read_varint, varint_end

MAX_DEPTH: Final = 20
"""Levels that a tree can have: more is a circle."""

NOWHERE: Final = 0
ON_ENTRY: Final = 1
BESIDE: Final = 2
SAVED: Final = 3
LOST: Final = 4

NO_PAGE: Final = Page(0, b"")


class Cursor(Visitor):
    """A position in a tree.

    Attributes:
        valid: whether the cursor stands on an entry (as far as it knows: the entry may have been deleted by
            another cursor, and its columns are then NULL).
    """

    def __init__(self, tree: Tree) -> None:
        self.valid = False
        self.tree: Final = tree
        self.pager: Final[Pager] = tree.pager
        self._usable: i64 = tree.pager.usable_size
        self._encoding: i64 = tree.encoding
        self._largest_local: i64 = tree.max_local()
        self._state: i64 = NOWHERE
        self._side: i64 = 0
        # Whether the current page is known to be the tree's last leaf.
        self._rightmost = False
        # The way from the root: pages above the current one, and which child was taken on each.
        self._pages: list[Page] = []
        self._slots: list[int] = []
        self._visits: i64 = 0
        # The current page: its image or its node, and where its cells are.
        self._page: Page = NO_PAGE
        self._data = b""
        self._node: Node | None = None
        self._leaf = True
        self._count: i64 = 0
        self._pointers: i64 = 0
        self._index: i64 = 0
        # The current cell, once looked at: the record starts at ``_record`` of ``_buffer`` and is ``_size``
        # bytes long, of which ``_local`` are here; the others are in the chain from page ``_overflow``, of
        # which some were ``_fetched`` into the buffer before if that is set.
        self._parsed = False
        self._buffer = b""
        self._record: i64 = 0
        self._size: i64 = 0
        self._local: i64 = 0
        self._overflow: i64 = 0
        self._fetched = False
        self._rowid: i64 = 0
        # How far the record's header was read: the next field's number, its serial type's place, its body's.
        self._field: i64 = 0
        self._serial_at: i64 = 0
        self._body_at: i64 = 0
        self._header_end: i64 = 0
        tree.visitors.append(self)

    def close(self) -> None:
        """Let go of the tree.  A cursor that is not closed slows down every change of its tree."""
        self._forget()
        self._state = NOWHERE
        self.valid = False
        if self in self.tree.visitors:
            self.tree.visitors.remove(self)

    # The current page ---------------------------------------------------------------------------------------

    def _forget(self) -> None:
        """Let go of all pages."""
        self._pages = []
        self._slots = []
        self._page = NO_PAGE
        self._data = b""
        self._node = None
        self._count = 0
        self._index = 0
        self._parsed = False
        self._buffer = b""

    def _enter(self, page: Page) -> None:
        """Make ``page`` the current page; the caller sets the index.

        Raises:
            CorruptError: it is no page of such a tree.
        """
        self._page = page
        self._parsed = False
        self._rightmost = False
        content = page.content
        if isinstance(content, Node):
            self._node = content
            self._data = b""
            kind: i64 = content.kind
            self._count = len(content.cells)
        else:
            self._node = None
            data = page.data
            self._data = data
            at = header_offset(page.number)
            kind = data[at]
            check_kind(page.number, kind)
            self._count = u16(data, at + 3)
            self._pointers = at + (LEAF_HEADER if is_leaf(kind) else INTERIOR_HEADER)
            if self._pointers + 2 * self._count > self._usable:
                raise CorruptError("too many cells", page.number)
        self._leaf = is_leaf(kind)
        if not self.tree.fits_kind(kind):
            raise CorruptError(f"a page of kind {kind} in a tree of the other sort", page.number)
        if self._count == 0 and len(self._pages) > 0:
            raise CorruptError("an empty page inside a tree", page.number)

    def _cell_at(self, index: i64) -> i64:
        """Where in ``_data`` the cell of that index starts, on a page without a node."""
        data = self._data
        start = u16(data, self._pointers + 2 * index)
        if start < self._pointers + 2 * self._count or start > self._usable - 4:
            raise CorruptError(f"a cell pointer is out of range: {start}", self._page.number)
        return start

    def _child(self, index: i64) -> i64:
        """The number of the child page at ``index``, of the current interior page."""
        node = self._node
        if node is not None:
            return node.children[index]
        if index < self._count:
            return u32(self._data, self._cell_at(index))
        return u32(self._data, self._pointers - 4)

    def _to_root(self) -> bool:
        """Start from the root; False when the tree is empty."""
        self._pages = []
        self._slots = []
        self._visits = 0
        self._index = 0
        self._state = NOWHERE
        self._side = 0
        self.valid = False
        if self.tree.is_empty_file():
            return False
        self._enter(self.pager.get(self.tree.root))
        return self._count > 0 or not self._leaf

    def _descend(self, index: i64) -> None:
        """Go to the child at ``index`` of the current page."""
        number = self._child(index)
        if len(self._pages) >= MAX_DEPTH:
            raise CorruptError("the tree is too deep, or runs in a circle", number)
        self._pages.append(self._page)
        self._slots.append(index)
        self._enter(self.pager.get(number))

    def _ascend(self) -> i64:
        """Go back to the parent; returns the index of the child that was left, which is then current."""
        self._enter(self._pages.pop())
        self._index = self._slots.pop()
        return self._index

    def _down_left(self) -> None:
        """From the current page down to the first entry below it."""
        while not self._leaf:
            self._descend(0)
        self._index = 0
        self._arrive()

    def _down_right(self) -> None:
        """From the current page down to the last entry below it."""
        while not self._leaf:
            self._descend(self._count)
        self._index = self._count - 1
        self._arrive()

    def _arrive(self) -> None:
        """The cursor stands on an entry now."""
        self._parsed = False
        self._state = ON_ENTRY
        self.valid = True
        self._visits += 1
        # An index scan arrives on each leaf, and on the interior cell before it.
        if self._visits > 2 * self.pager.page_count + MAX_DEPTH:
            raise CorruptError("the tree runs in a circle", self._page.number)

    def _leave(self) -> bool:
        """The cursor ran off an end."""
        self._state = NOWHERE
        self.valid = False
        return False

    # Moves --------------------------------------------------------------------------------------------------

    def first(self) -> bool:
        """Move to the first entry; False on an empty tree."""
        if not self._to_root():
            return False
        self._down_left()
        return True

    def last(self) -> bool:
        """Move to the last entry; False on an empty tree."""
        if not self._to_root():
            return False
        self._down_right()
        self._rightmost = True
        return True

    def next(self) -> bool:
        """Move to the next entry; False past the end (the cursor is then not valid)."""
        if self._state == ON_ENTRY and self._leaf:
            index = self._index + 1
            if index < self._count:
                self._index = index
                self._parsed = False
                return True
        return self._next_slowly()

    def previous(self) -> bool:
        """Move to the previous entry; False before the first one (the cursor is then not valid)."""
        if self._state == ON_ENTRY and self._leaf and self._index > 0:
            self._index -= 1
            self._parsed = False
            return True
        return self._previous_slowly()

    def _next_slowly(self) -> bool:
        if self._state != ON_ENTRY:
            if not self._find_again():
                return False
            if self._state == BESIDE:
                side = self._side
                self._state = ON_ENTRY
                self._side = 0
                self.valid = True
                if side > 0:
                    return True
        if not self._leaf:
            self._descend(self._index + 1)
            self._down_left()
            return True
        if self._index + 1 < self._count:
            self._index += 1
            self._parsed = False
            return True
        while len(self._pages) > 0:
            taken = self._ascend()
            if taken < self._count:
                if self.tree.table:
                    self._descend(taken + 1)
                    self._down_left()
                else:
                    self._arrive()
                return True
        return self._leave()

    def _previous_slowly(self) -> bool:
        if self._state != ON_ENTRY:
            if not self._find_again():
                return False
            if self._state == BESIDE:
                side = self._side
                self._state = ON_ENTRY
                self._side = 0
                self.valid = True
                if side < 0:
                    return True
        if not self._leaf:
            self._descend(self._index)
            self._down_right()
            return True
        if self._index > 0:
            self._index -= 1
            self._parsed = False
            return True
        while len(self._pages) > 0:
            taken = self._ascend()
            if taken > 0:
                if self.tree.table:
                    self._descend(taken - 1)
                    self._down_right()
                else:
                    self._index = taken - 1
                    self._arrive()
                return True
        return self._leave()

    # Saved positions ----------------------------------------------------------------------------------------

    def save(self) -> None:
        """Remember the position by its key, because the tree is about to change."""
        if self._state == ON_ENTRY or self._state == BESIDE:
            try:
                self._keep_key()
                self._state = SAVED
            except Error:
                # Whoever changes the tree, or rolls back, must not fail because of this cursor.
                self._state = LOST
        self._forget()

    def _keep_key(self) -> None:
        """Remember the current entry's key."""
        raise NotImplementedError

    def _seek_kept(self) -> i64:
        """Seek the remembered key; the result is that of ``seek``."""
        raise NotImplementedError

    def _find_again(self) -> bool:
        """From SAVED to ON_ENTRY or BESIDE; False when the cursor is nowhere then."""
        if self._state == LOST:
            raise CorruptError("a cursor stood on an entry that could not be read")
        if self._state == SAVED:
            side = self._side
            result = self._seek_kept()
            if self._state == NOWHERE:
                return False
            if result != 0:
                self._beside(1 if result > 0 else -1)
            elif side != 0:
                self._beside(side)
        return self._state != NOWHERE

    def _beside(self, side: i64) -> None:
        """The entry is gone, and the cursor stands on a neighbour."""
        self._state = BESIDE
        self._side = side
        self.valid = False

    def _stands(self) -> bool:
        """Whether there is a current entry; a saved position is found again first, and the cell looked at."""
        if self._state != ON_ENTRY:
            self._find_again()
            if self._state != ON_ENTRY:
                return False
        if not self._parsed:
            self._parse()
        return True

    # The current entry --------------------------------------------------------------------------------------

    def _parse(self) -> None:
        """Look at the current cell: where its record is, and how long.

        Raises:
            CorruptError: the cell reaches past its page.
        """
        try:
            node = self._node
            if node is None:
                at = self._cell_at(self._index)
                self._buffer = self._data
                if not self._leaf:
                    at += 4
                self._parse_cell(at)
                end = self._usable
            else:
                self._buffer = node.cells[self._index]
                self._parse_cell(0)
                end = len(self._buffer)
            if self._record + self._local > end:
                raise self._damaged("a cell reaches past the page's end")
        except IndexError:
            raise self._damaged("a cell reaches past the page's end") from None
        self._parsed = True
        self._header_end = 0

    def _parse_cell(self, at: i64) -> None:
        data = self._buffer
        size: i64 = data[at]
        if size < 0x80:
            at += 1
        else:
            size = read_varint(data, at)
            at = varint_end(data, at)
        if self.tree.table:
            self._rowid = read_varint(data, at)
            at = varint_end(data, at)
        self._record = at
        self._size = size
        self._local = size
        if size > self._largest_local or size < 0:
            if size < 0 or size > 0x7FFFFFFF:
                raise self._damaged("a payload of an impossible size")
            self._local = self.tree.local_size(size)
            self._overflow = u32(data, at + self._local)
            self._fetched = False

    def _damaged(self, what: str) -> CorruptError:
        return CorruptError(what, self._page.number)

    def _need(self, end: i64) -> None:
        """Have the record's first ``end`` bytes in ``_buffer``, fetching overflow pages if need be."""
        if end > self._size:
            raise self._damaged("a record's value reaches past its end")
        if end > self._local:
            if self._fetched:
                end = self._size
            first = self.tree.local_size(self._size)
            local = self._buffer[self._record : self._record + first]
            self._buffer = local + read_chain(self.pager, self._overflow, end - first)
            self._serial_at -= self._record
            self._header_end -= self._record
            self._body_at -= self._record
            self._record = 0
            self._local = end
            self._fetched = True

    def payload_size(self) -> int:
        """How long the current record is, in bytes."""
        return self._size if self._stands() else 0

    def payload(self) -> bytes:
        """The whole current record; empty when there is none."""
        if not self._stands():
            return b""
        self._need(self._size)
        return self._buffer[self._record : self._record + self._size]

    def column_count(self) -> int:
        """How many fields the current record has."""
        if not self._stands():
            return 0
        try:
            self._read_header_size()
            return count_fields(self._buffer, self._record, self._size)
        except IndexError:
            raise self._damaged("a record is cut short") from None

    def row(self, n: i64) -> list[Value]:
        """The first ``n`` fields of the current record, with None for those past its end."""
        if self._state != ON_ENTRY or not self._parsed:
            if not self._stands():
                return [None] * int(n)
        if self._local < self._size:
            self._need(self._size)
        try:
            fields = decode_fields(self._buffer, self._record, self._size, n, self._encoding)
        except IndexError:
            raise self._damaged("a record is cut short") from None
        except CorruptError as error:
            raise self._damaged(error.detail) from None
        while len(fields) < n:
            fields.append(None)
        return fields

    def column(self, i: i64) -> Value:
        """Field ``i`` of the current record; None past the record's end (see ``column_count``)."""
        if self._state != ON_ENTRY or not self._parsed:
            if not self._stands():
                return None
        try:
            return self._column(i)
        except IndexError:
            raise self._damaged("a record is cut short") from None

    def _column(self, i: i64) -> Value:
        if self._header_end == 0:
            self._read_header_size()
        elif i < self._field:
            self._restart()
        data = self._buffer
        at = self._serial_at
        body = self._body_at
        field = self._field
        while at < self._header_end:
            serial: i64 = data[at]
            if serial < 0x80:
                at += 1
            else:
                serial = read_varint(data, at)
                at = varint_end(data, at)
                if serial < 0:
                    raise self._damaged("a record with a negative serial type")
            start = body
            body += serial_size(serial)
            if field == i:
                self._field = field + 1
                self._serial_at = at
                self._body_at = body
                if body > self._record + self._local:
                    start -= self._record
                    self._need(body - self._record)
                    start += self._record
                return value_at(self._buffer, start, serial, self._encoding)
            field += 1
        return None

    def _read_header_size(self) -> None:
        """Read the size of the record's header, and have the header in ``_buffer``."""
        header = read_varint(self._buffer, self._record)
        if header < 1 or header > self._size:
            raise self._damaged(malformed("the header is longer than the record").detail)
        if header > self._local:
            self._need(header)
        self._header_end = self._record + header
        self._restart()

    def _restart(self) -> None:
        """Begin again with the first field."""
        self._field = 0
        self._serial_at = varint_end(self._buffer, self._record)
        self._body_at = self._header_end

    # Changes ------------------------------------------------------------------------------------------------

    def _node_to_change(self) -> Node:
        """The current page's node, announced to the pager; the change follows at once."""
        node = writable_node(self.pager, self._page)
        self._node = node
        self._data = b""
        self._parsed = False
        return node

    def _put_cell(self, cell: bytes, replace: bool) -> i64:
        """Put a cell in at the index (or in place of the one there); returns the bytes left on the page.

        The first change of a page goes into its image if that is easy; more changes are worth a node.
        """
        page = self._page
        if page.content is None and not page.dirty and not replace:
            image = insert_into_image(self._data, page.number, self._index, cell)
            if len(image) > 0:
                self.pager.touch(page)
                page.replace(image)
                self._enter_changed(image)
                return 0
        node = self._node_to_change()
        if replace:
            node.replace(self._index, cell)
        else:
            node.insert(self._index, cell)
            self._count += 1
        return node.free()

    def _enter_changed(self, image: bytes) -> None:
        """The current page has got another image, with one cell more."""
        self._data = image
        self._node = None
        self._parsed = False
        self._count += 1

    def _free_overflow(self, cell: bytes) -> None:
        """Free the overflow pages of a cell that goes away."""
        first = first_overflow(cell, self.tree.leaf_kind, self._usable)
        if first != 0:
            size = read_varint(cell, 0)
            free_chain(self.tree.freelist, first, size - self.tree.local_size(size))

    def _spill(self, record: bytes) -> bytes:
        """The part of a record that lies in its cell, with the number of the first overflow page if any."""
        size: i64 = len(record)
        if size <= self._largest_local:
            return record
        local = self.tree.local_size(size)
        return record[:local] + u32_bytes(write_chain(self.tree.freelist, record, local))

    def _balance(self, shrunk: bool) -> None:
        """Balance the tree after a change of the current page; the cursor's key must be kept before."""
        pages = [*self._pages, self._page]
        slots = self._slots
        self._forget()
        self._state = SAVED
        balance(self.tree, pages, slots, shrunk)

    def _too_empty(self, node: Node) -> bool:
        """Whether a page from which a cell was taken should be balanced with its neighbours."""
        return len(self._pages) > 0 and node.free() * 3 > self._usable * 2

    # Counting -----------------------------------------------------------------------------------------------

    def count(self) -> int:
        """How many entries the tree has, by the headers of its pages.  The cursor is nowhere then."""
        total: i64 = 0
        if not self._to_root():
            return 0
        visited: i64 = 0
        while True:
            while not self._leaf:
                self._descend(0)
            visited += 1
            if visited > self.pager.page_count:
                raise CorruptError("the tree runs in a circle", self._page.number)
            total += self._count
            while True:
                if len(self._pages) == 0:
                    self._leave()
                    return total
                taken = self._ascend()
                if taken < self._count:
                    break
            if not self.tree.table:
                total += 1
            self._descend(taken + 1)

    def estimate(self) -> int:
        """About how many entries the tree has, from the pages on one way down.  The cursor is nowhere then."""
        if not self._to_root():
            return 0
        total: i64 = 1
        while not self._leaf:
            total *= self._count + 1
            self._descend((self._count + 1) // 2)
        total *= self._count
        self._leave()
        return total
