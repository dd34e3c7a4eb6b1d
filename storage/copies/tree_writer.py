"""Makes a B-tree of entries that come in the order of their keys: every page is filled before the next is begun.

Of each level only two pages are in hand: one that is being filled, and the full one before it.  That one waits because
the last page of a level may turn out to have no entry of its own, and takes one of its neighbour's then.
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.storage.format.varint import encode_varint, read_varint
from foundrydb.storage.pages.pager import Page
from foundrydb.storage.tree.nodes.node import (
    INTERIOR_INDEX,
    INTERIOR_TABLE,
    LEAF_INDEX,
    LEAF_TABLE,
    BTreeNode,
    cell_space,
    decode_node,
    new_node,
    put_node,
)
from foundrydb.storage.tree.nodes.packed_leaves import PackedLeaf, PackedLeaves
from foundrydb.storage.tree.space.freelist import Freelist


@final
class Level:
    """The interior pages of one level of the tree.

    Attributes:
        node: the page that is being filled.
        full: the page before it, None on the first one.
        divider: the cell between the two, for the level above.
    """

    def __init__(self, node: BTreeNode) -> None:
        self.node = node
        self.full: BTreeNode | None = None
        self.divider = b""


@final
class TreeWriter:
    """Fills an empty tree, whose root page there is already."""

    def __init__(self, freelist: Freelist, root: i64, table: bool) -> None:
        """Begin to fill the tree at ``root``: of a table (cells have rowids), or of an index."""
        self._freelist: Final = freelist
        self._pager: Final = freelist.pager
        self._root: Final[i64] = root
        self._table: Final = table
        self._room: Final[i64] = freelist.pager.usable_size
        # The leaves as a level: see ``Level``.
        self._leaf = self._new_leaf()
        self._full_leaf: PackedLeaf | None = None
        self._divider = b""
        self._levels: Final[list[Level]] = []

    def add(self, cell: bytes) -> None:
        """Write the next entry: a leaf's cell, whose overflow pages are in this file."""
        if self._leaf.add(cell):
            return
        if self._table:
            self._close_leaf(self._last_rowid())
            self._leaf.add(cell)
        else:
            self._close_leaf(cell)

    def add_all(self, cells: PackedLeaves) -> None:
        """``add`` for the cells of leaves, which are without overflow pages."""
        cells.begin()
        stop: i64 = len(cells.spaces)
        self._leaf.add_from(cells, stop)
        while cells.next < stop:
            if self._table:
                self._close_leaf(self._last_rowid())
            else:
                self._close_leaf(cells.take(cells.next + 1))
            self._leaf.add_from(cells, stop)

    def finish(self) -> None:
        """There are no more entries: write what is in hand, the topmost page to the root."""
        leaf = self._leaf
        full = self._full_leaf
        if full is None:
            root = self._pager.get(self._root)
            self._pager.touch(root)
            self._put_leaf(root, leaf)
            return
        if leaf.count == 0:
            leaf.add(self._divider)
            self._divider = full.remove_last()
        self._hand_up_leaf()
        child = self._write_leaf(leaf)
        at = 0
        while True:
            level = self._levels[at]
            node = level.node
            node.children.append(child)
            if level.full is None:
                put_node(self._pager, self._pager.get(self._root), node)
                self._freelist.note_node(self._root, node)
                return
            if len(node.cells) == 0:
                _share(level)
            self._hand_up(at)
            child = self._write(node)
            at += 1

    # Leaves -------------------------------------------------------------------------------------------------

    def _close_leaf(self, divider: bytes) -> None:
        """The leaf in hand is full; ``divider`` comes between it and the next one."""
        self._hand_up_leaf()
        self._full_leaf = self._leaf
        self._divider = divider
        self._leaf = self._new_leaf()

    def _last_rowid(self) -> bytes:
        """The divider behind the last cell of a table's leaf in hand."""
        return encode_varint(read_varint(self._leaf.last_rowid(), 0))

    def _hand_up_leaf(self) -> None:
        """Write the full leaf, if there is one, and tell the level above."""
        full = self._full_leaf
        if full is not None:
            self._add_child(0, self._write_leaf(full), self._divider)

    def _write_leaf(self, leaf: PackedLeaf) -> i64:
        """Put a leaf on a new page; returns its number."""
        page = self._freelist.append()
        self._put_leaf(page, leaf)
        return page.number

    def _put_leaf(self, page: Page, leaf: PackedLeaf) -> None:
        image = leaf.encode()
        page.replace(image)
        if self._freelist.mapped:
            self._freelist.note_node(page.number, decode_node(page.number, image, self._room))

    def _new_leaf(self) -> PackedLeaf:
        kind: i64 = LEAF_TABLE if self._table else LEAF_INDEX
        return PackedLeaf(kind, self._room, self._pager.page_size)

    # Interior pages -----------------------------------------------------------------------------------------

    def _close(self, at: int, divider: bytes) -> None:
        """The page in hand is full; ``divider`` comes between it and the next one."""
        level = self._levels[at]
        if level.full is not None:
            self._hand_up(at)
        level.full = level.node
        level.divider = divider
        level.node = self._new_node()

    def _hand_up(self, at: int) -> None:
        """Write the full page of a level, and tell the level above."""
        level = self._levels[at]
        assert level.full is not None
        self._add_child(at + 1, self._write(level.full), level.divider)

    def _add_child(self, at: int, child: i64, divider: bytes) -> None:
        """Add a child to the page in hand of a level, and the divider that comes after it."""
        if at == len(self._levels):
            self._levels.append(Level(self._new_node()))
        node = self._levels[at].node
        node.children.append(child)
        space = cell_space(divider, False)
        if node.size + space > self._room:
            self._close(at, divider)
        else:
            node.cells.append(divider)
            node.size += space

    def _write(self, node: BTreeNode) -> i64:
        """Put a node on a new page; returns its number."""
        page = self._freelist.append()
        number = page.number
        page.replace(node.encode())
        self._freelist.note_node(number, node)
        return number

    def _new_node(self) -> BTreeNode:
        kind: i64 = INTERIOR_TABLE if self._table else INTERIOR_INDEX
        return new_node(kind, self._room, self._pager.page_size)


def _share(level: Level) -> None:
    """Give the last page of a level, which has no cell, the last one of the page before it."""
    full = level.full
    assert full is not None
    level.node.set_entries([level.divider], [full.children.pop(), *level.node.children])
    level.divider = full.cells.pop()
    full.measure()
