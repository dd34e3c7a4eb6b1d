"""Copies a B-tree into another database, entry by entry in order: records stay the bytes that they are.

Mostly the cells themselves can stay, too.  They cannot where a payload has overflow pages, or would have them in the
other file, and where rows get new rowids.
"""

from __future__ import annotations

from typing import Final, final

from librt.strings import BytesWriter
from mypy_extensions import i64

from foundrydb.errors import CorruptError
from foundrydb.storage.copies.payload import Payload, write_rest
from foundrydb.storage.copies.tree_writer import TreeWriter
from foundrydb.storage.copies.watch import CopyWatch
from foundrydb.storage.format.page_numbers import PageSet
from foundrydb.storage.format.values import KeyInfo
from foundrydb.storage.format.varint import read_varint, varint_end, write_varint
from foundrydb.storage.pages.pager import Page, Pager
from foundrydb.storage.tree.database import Database
from foundrydb.storage.tree.index_cursor import IndexCursor
from foundrydb.storage.tree.nodes.node import (
    LEAF_INDEX,
    LEAF_TABLE,
    BTreeNode,
    is_leaf,
    is_table,
    local_size,
    max_local,
    min_local,
    readable_node,
    u32,
    u32_bytes,
)
from foundrydb.storage.tree.nodes.packed_leaves import POINTER, PackedLeaves
from foundrydb.storage.tree.position import MAX_DEPTH


def copy_table(
    source: Database, root: i64, target: Database, to: i64, renumber: bool, watch: CopyWatch
) -> None:
    """Copy the rows of the table tree at ``root`` into the empty one at ``to``.

    Args:
        renumber: rows get the rowids 1, 2, 3, …
    """
    packing = Packing(source.pager, target, to, True)
    packing.renumber = renumber
    TreeReader(source.pager, True, watch).read(root, packing)
    packing.writer.finish()


def copy_index(source: Database, root: i64, target: Database, to: i64, watch: CopyWatch) -> None:
    """Copy the entries of the index tree at ``root`` into the empty one at ``to``, in the order that they are in."""
    packing = Packing(source.pager, target, to, False)
    TreeReader(source.pager, False, watch).read(root, packing)
    packing.writer.finish()


def sort_index(
    source: Database, root: i64, target: Database, to: i64, keys: KeyInfo, watch: CopyWatch
) -> None:
    """Copy the entries of the index tree at ``root`` into the empty one at ``to``, in the order of ``keys``."""
    cursor = target.index_cursor(to, keys, True)
    try:
        TreeReader(source.pager, False, watch).read(root, Sorting(source.pager, cursor))
    finally:
        cursor.close()


class Taker:
    """Who gets the entries of a tree."""

    def take(self, cell: bytes) -> None:
        """The next entry: a leaf's cell, or an index's interior cell without its child."""
        raise NotImplementedError

    def take_leaf(self, page: Page) -> i64:
        """All entries of a page, a leaf, as they lie there; how many, or -1 where they must be taken one by one."""
        return -1


@final
class TreeReader:
    """Goes through a tree in order."""

    def __init__(self, pager: Pager, table: bool, watch: CopyWatch) -> None:
        self._pager: Final = pager
        self._table: Final = table
        self._watch: Final = watch
        self._seen = PageSet(pager.page_count)

    def read(self, root: i64, taker: Taker) -> None:
        """Give every entry to ``taker``.

        Raises:
            CorruptError: pages are of another kind of tree, or are met twice.
        """
        self._read(root, 0, taker)

    def _read(self, number: i64, depth: i64, taker: Taker) -> None:
        page = self._pager.get(number)
        if depth > MAX_DEPTH or self._seen.has(number):
            raise CorruptError("a page is met twice in a tree", number)
        self._seen.add(number)
        count = taker.take_leaf(page)
        if count >= 0:
            self._watch.step(count)
            return
        node = readable_node(self._pager, page)
        if is_table(node.kind) != self._table:
            raise CorruptError("a page of another kind of tree", number)
        self._watch.step(len(node.cells))
        if is_leaf(node.kind):
            for cell in node.cells:
                taker.take(cell)
            return
        self._below(node, depth + 1, taker)

    def _below(self, node: BTreeNode, depth: i64, taker: Taker) -> None:
        cells = node.cells
        for i in range(len(node.children)):
            self._read(node.children[i], depth, taker)
            if not self._table and i < len(cells):
                taker.take(cells[i])


@final
class Packing(Taker):
    """Puts entries into a new tree, one behind the other.

    Attributes:
        writer: what makes the tree.
        renumber: rows get new rowids.
    """

    def __init__(self, source: Pager, target: Database, root: i64, table: bool) -> None:
        self.writer: Final = TreeWriter(target.freelist, root, table)
        self.renumber = False
        self._source: Final = source
        self._freelist: Final = target.freelist
        self._table: Final = table
        self._kind: Final[i64] = LEAF_TABLE if table else LEAF_INDEX
        self._room: Final[i64] = target.pager.usable_size
        self._largest: Final[i64] = max_local(self._room, self._kind)
        # A cell with overflow pages, or one that needs them in the target, is no shorter than this.
        self._short: Final[i64] = min(min_local(source.usable_size), self._largest)
        self._rows: i64 = 0

    def take(self, cell: bytes) -> None:
        if not self.renumber and len(cell) < self._short:
            self.writer.add(cell)
        else:
            self._rewrite(cell)

    def take_leaf(self, page: Page) -> i64:
        """See ``Taker.take_leaf``."""
        cells = PackedLeaves(self._kind, self._source.usable_size)
        if self.renumber or not cells.add_leaf(page):
            return -1
        for space in cells.spaces:
            if space - POINTER >= self._short:
                return -1
        self.writer.add_all(cells)
        return len(cells.spaces)

    def _rewrite(self, cell: bytes) -> None:
        size = read_varint(cell, 0)
        at = varint_end(cell, 0)
        out = BytesWriter()
        write_varint(out, size)
        if self._table:
            self._rows += 1
            write_varint(out, self._rows if self.renumber else read_varint(cell, at))
            at = varint_end(cell, at)
        payload = payload_of(self._source, cell, at, size, self._kind)
        if size <= self._largest:
            out.write(payload.take(size))
        else:
            out.write(payload.take(local_size(size, self._room, self._kind)))
            out.write(u32_bytes(write_rest(self._freelist, payload)))
        self.writer.add(out.getvalue())


@final
class Sorting(Taker):
    """Seeks the place of each entry."""

    def __init__(self, source: Pager, cursor: IndexCursor) -> None:
        self._source: Final = source
        self._cursor: Final = cursor

    def take(self, cell: bytes) -> None:
        size = read_varint(cell, 0)
        payload = payload_of(self._source, cell, varint_end(cell, 0), size, LEAF_INDEX)
        self._cursor.insert(payload.take(size))


def payload_of(pager: Pager, cell: bytes, at: i64, size: i64, kind: i64) -> Payload:
    """The payload of a cell, in which its local part begins at ``at``."""
    local = local_size(size, pager.usable_size, kind)
    overflow = u32(cell, at + local) if local < size else 0
    return Payload(pager, size, cell[at : at + local], overflow)
