"""Positions in a B-tree: the pages from the root to a cell, and the moves from cell to cell.

A cursor stands on a cell of a page and keeps the way there from the root, every page of it pinned.  Pages it stands on
do not change under it: whoever changes a tree first has the tree's other cursors remember their keys, and a cursor that
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

Damage: a page of the wrong kind, a child that is page 1, a cell pointer outside its page, a way of more than
``MAX_DEPTH`` pages, a scan over more pages than the file has: each is a ``CorruptError`` that names the page.
"""

from __future__ import annotations

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i64

from foundrydb.errors import CorruptError, Error
from foundrydb.storage.pages.pager import Page, Pager
from foundrydb.storage.tree.nodes.node import (
    INTERIOR_HEADER,
    LEAF_HEADER,
    BTreeNode,
    check_kind,
    header_offset,
    is_leaf,
    u16,
    u32,
)
from foundrydb.storage.tree.tree import BTree, Visitor

MAX_DEPTH: Final = 20
"""Levels that a tree can have: more is a circle."""

NOWHERE: Final = 0
ON_ENTRY: Final = 1
BESIDE: Final = 2
SAVED: Final = 3
LOST: Final = 4

NO_PAGE: Final = Page(0, b"")


class Position(Visitor):
    """A position in a tree.

    Attributes:
        valid: whether the cursor stands on an entry (as far as it knows: the entry may have been deleted by
            another cursor, and its columns are then NULL).
    """

    def __init__(self, tree: BTree) -> None:
        self.valid = False
        self.pinned = False
        self.tree: Final = tree
        self.pager: Final[Pager] = tree.pager
        self._usable: i64 = tree.pager.usable_size
        self._state: i64 = NOWHERE
        self._side: i64 = 0
        # Whether the current page is known to be the tree's last leaf.
        self._rightmost = False
        # The way from the root: so many pages above the current one, and which child was taken on each.
        self._depth: i64 = 0
        self._pages: list[Page] = []
        self._slots = vec[i64]()
        self._visits: i64 = 0
        # The current page: its image or its node, and where its cells are.
        self._page: Page = NO_PAGE
        self._data = b""
        self._node: BTreeNode | None = None
        self._leaf = True
        self._count: i64 = 0
        self._pointers: i64 = 0
        self._index: i64 = 0
        # Up to which cell some of the image's may have been written over since it was taken.
        self._overwritten: i64 = -1
        # Whether the current cell was looked at: where its record is, and how long.
        self._parsed = False
        tree.visitors.append(self)

    def close(self) -> None:
        """Let go of the tree.  A cursor that is not closed slows down every change of its tree."""
        self._forget()
        self._state = NOWHERE
        self.valid = False
        if self in self.tree.visitors:
            self.tree.visitors.remove(self)

    def rest(self) -> None:
        """After ``close``: be as a new cursor of the tree, but for its being no visitor yet; see ``come_back``."""
        self.pinned = False
        self._side = 0
        self._rightmost = False
        self._visits = 0
        self._leaf = True
        self._pointers = 0
        self._overwritten = -1

    def come_back(self) -> None:
        """After ``rest``: be open again."""
        self._usable = self.pager.usable_size
        self.tree.visitors.append(self)

    def standing(self) -> tuple[int, int]:
        """The page and the number of the cell that it stands on; page 0 where it would have to look for them."""
        if self._state != ON_ENTRY or not self.valid:
            return 0, 0
        return int(self._page.number), int(self._index)

    # The current page ---------------------------------------------------------------------------------------

    def _forget(self) -> None:
        """Let go of all pages."""
        self._leave_way()
        self._page.pins -= 1
        self._pages = []
        self._page = NO_PAGE
        self._data = b""
        self._node = None
        self._count = 0
        self._index = 0
        self._parsed = False

    def _leave_way(self) -> None:
        """Take the pins back from the pages above the current one, which is none of the way's any more."""
        depth = self._depth
        while depth > 0:
            depth -= 1
            self._pages[depth].pins -= 1
        self._depth = 0

    def _way(self) -> list[Page]:
        """The pages from the root to the current one."""
        return [*self._pages[: self._depth], self._page]

    def _turns(self, count: i64) -> list[int]:
        """Which child was taken on each of the first so many of them."""
        return [int(self._slots[level]) for level in range(int(count))]

    def _enter(self, page: Page) -> None:
        """Make ``page`` the current page, in the place of another; the caller sets the index.

        Raises:
            CorruptError: it is no page of such a tree.
        """
        page.pins += 1
        self._page.pins -= 1
        self._page = page
        self._parsed = False
        self._rightmost = False
        self._overwritten = -1
        content = page.content
        if isinstance(content, BTreeNode):
            self._node = content
            self._data = b""
            kind: i64 = content.kind
            self._count = len(content.cells)
        else:
            self._node = None
            data = page.image()
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
        if self._count == 0 and self._depth > 0:
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
        self._leave_way()
        self._visits = 0
        self._index = 0
        self._state = NOWHERE
        self._side = 0
        self.valid = False
        tree = self.tree
        waiting = tree.waiting
        if waiting is not None:
            waiting.settle()
        if tree.is_empty_file():
            return False
        self._enter(self.pager.get(self.tree.root))
        return self._count > 0 or not self._leaf

    def _descend(self, index: i64) -> None:
        """Go to the child at ``index`` of the current page."""
        number = self._child(index)
        if number < 2:
            raise CorruptError(f"a child is page {number}", self._page.number)
        depth = self._depth
        if depth >= MAX_DEPTH:
            raise CorruptError("the tree is too deep, or runs in a circle", number)
        above = self._page
        above.pins += 1
        if depth < len(self._pages):
            self._pages[depth] = above
        else:
            self._pages.append(above)
        if depth < len(self._slots):
            self._slots[depth] = index
        else:
            self._slots = append(self._slots, index)
        self._depth = depth + 1
        self._enter(self.pager.get(number))

    def _ascend(self) -> i64:
        """Go back to the parent; returns the index of the child that was left, which is then current."""
        depth = self._depth - 1
        self._depth = depth
        page = self._pages[depth]
        page.pins -= 1
        self._enter(page)
        self._index = self._slots[depth]
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
        while self._depth > 0:
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
        while self._depth > 0:
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
            except (Error, MemoryError):
                # Whoever changes the tree, or rolls back, must not fail because of this cursor.
                self._state = LOST
        if self._page is not NO_PAGE:
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

    # Counting -----------------------------------------------------------------------------------------------

    def count(self) -> int:
        """How many entries the tree has, by the headers of its pages.  The cursor is nowhere then."""
        if not self._to_root():
            return 0
        total = self._count if self._leaf else self._count_below()
        self._leave()
        return total

    def _count_below(self) -> i64:
        """How many entries the current interior page and those below it have."""
        total: i64 = 0 if self.tree.table else self._count
        last = self._count
        index: i64 = 0
        while index <= last:
            self._visits += 1
            if self._visits > self.pager.page_count:
                raise CorruptError("the tree runs in a circle", self._page.number)
            entries = self._entries_of_leaf(self._child(index))
            if entries < 0:
                self._descend(index)
                entries = self._count if self._leaf else self._count_below()
                self._ascend()
            total += entries
            index += 1
        return total

    def _entries_of_leaf(self, number: i64) -> i64:
        """How many entries a leaf has that is not in memory, and need not come there for this; else -1."""
        head = self.pager.peek(number, LEAF_HEADER)
        if len(head) < LEAF_HEADER or i64(head[0]) != self.tree.leaf_kind:
            return -1
        entries = u16(head, 3)
        return entries if 0 < entries <= (self._usable - LEAF_HEADER) // 2 else -1

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
