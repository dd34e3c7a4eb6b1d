"""Makes a B-tree of entries that come in the order of their keys: every page is filled before the next is begun.

Of each level only two pages are in hand: one that is being filled, and the full one before it.  That one waits because
the last page of a level may turn out to have no entry of its own, and takes one of its neighbour's then.
"""

from __future__ import annotations

from typing import Final, final

from librt.strings import BytesWriter
from mypy_extensions import i64

from foundrydb.storage.format.varint import read_varint, varint_end, write_varint
from foundrydb.storage.tree.node import (
    INTERIOR_INDEX,
    INTERIOR_TABLE,
    LEAF_INDEX,
    LEAF_TABLE,
    BTreeNode,
    cell_space,
    new_node,
    put_node,
)
from foundrydb.storage.tree.space.freelist import Freelist


@final
class Level:
    """The pages of one level of the tree.

    Attributes:
        kind: of its pages.
        node: the page that is being filled.
        full: the page before it, None on the first one.
        divider: the cell between the two, for the level above.
    """

    def __init__(self, kind: i64, node: BTreeNode) -> None:
        self.kind: Final[i64] = kind
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
        self._leaves: Final = self._new_level(LEAF_TABLE if table else LEAF_INDEX)
        self._levels: Final[list[Level]] = [self._leaves]

    def add(self, cell: bytes) -> None:
        """Write the next entry: a leaf's cell, whose overflow pages are in this file."""
        leaf = self._leaves.node
        space = cell_space(cell, True)
        if leaf.size + space > self._room:
            if not self._table:
                self._close(0, cell)
                return
            self._close(0, _rowid_of(leaf.cells[len(leaf.cells) - 1]))
            leaf = self._leaves.node
        leaf.cells.append(cell)
        leaf.size += space

    def finish(self) -> None:
        """There are no more entries: write what is in hand, the topmost page to the root."""
        at = 0
        child: i64 = 0
        while True:
            level = self._levels[at]
            node = level.node
            if at > 0:
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

    def _close(self, at: int, divider: bytes) -> None:
        """The page in hand is full; ``divider`` comes between it and the next one."""
        level = self._levels[at]
        if level.full is not None:
            self._hand_up(at)
        level.full = level.node
        level.divider = divider
        level.node = new_node(level.kind, self._pager.usable_size, self._pager.page_size)

    def _hand_up(self, at: int) -> None:
        """Write the full page of a level, and tell the level above."""
        level = self._levels[at]
        assert level.full is not None
        child = self._write(level.full)
        divider = level.divider
        if at + 1 == len(self._levels):
            self._levels.append(self._new_level(INTERIOR_TABLE if self._table else INTERIOR_INDEX))
        node = self._levels[at + 1].node
        node.children.append(child)
        space = cell_space(divider, False)
        if node.size + space > self._room:
            self._close(at + 1, divider)
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

    def _new_level(self, kind: i64) -> Level:
        return Level(kind, new_node(kind, self._pager.usable_size, self._pager.page_size))


def _share(level: Level) -> None:
    """Give the last page of a level, which has no cell, the last one of the page before it."""
    full = level.full
    assert full is not None
    children = [full.children.pop(), *level.node.children] if full.children else []
    level.node.set_entries([level.divider], children)
    level.divider = full.cells.pop()
    full.measure()


def _rowid_of(cell: bytes) -> bytes:
    """A table leaf's cell as a divider: the rowid alone."""
    out = BytesWriter()
    write_varint(out, read_varint(cell, varint_end(cell, 0)))
    return out.getvalue()
