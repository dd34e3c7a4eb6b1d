"""Cursors over index trees: entries in the order of their keys.

An entry is a record; on interior pages too.  The order is the ``KeyInfo``'s.
"""

from __future__ import annotations

from typing import Final, final

from librt.strings import BytesWriter
from mypy_extensions import i64

from foundrydb.storage.format.record import decode, decode_fields, integer_at
from foundrydb.storage.format.values import KeyInfo, Value
from foundrydb.storage.format.varint import read_varint, varint_end, write_varint
from foundrydb.storage.tree.index_search import IndexSearch
from foundrydb.storage.tree.nodes.node import BTreeNode, writable_node
from foundrydb.storage.tree.nodes.page_edit import NewCells
from foundrydb.storage.tree.position import NOWHERE, ON_ENTRY
from foundrydb.storage.tree.search_key import UNDECIDED
from foundrydb.storage.tree.tree import BTree

# Of a page so many entries are looked at, at most, to learn how often values repeat.
_SAMPLE: Final = 500

# How far apart the rowids of neighbouring rows are at most: there may be gaps.
_NEAR: Final = 2


@final
class IndexCursor(IndexSearch):
    """A position in an index tree, and changes of it."""

    def __init__(self, tree: BTree, key_info: KeyInfo) -> None:
        super().__init__(tree, key_info)
        # Whether the last insert was beside the place where the cursor stood.
        self._near = False
        # Entries in order that the current leaf, an image, is to get.
        self._new: Final = NewCells()
        # Whether the current leaf has become too full by entries in order, and is not balanced yet.
        self._too_full = False

    def rest(self) -> None:
        """See ``Position.rest``."""
        super().rest()
        self._near = False
        self._too_full = False
        if self._new.count > 0:
            self._new.forget()

    def last_integer(self) -> i64:
        """The current entry's last field, which in an index of a rowid table is the rowid.

        Of an entry that another cursor has deleted it is the one that was there.

        Raises:
            CorruptError: it is no integer.
        """
        serial = self._locate(0)
        while serial >= 0 and self._next_serial < self._starts[0]:
            serial = self._locate(self._located)
        if serial >= 0:
            last = self._located - 1
            serial = self._serials[last]
            if 1 <= serial <= 9 and serial != 7:
                return integer_at(self._buffer, self._starts[last], serial)
        fields = self.row(self.column_count()) if self._stands() else decode(self._kept, int(self._encoding))
        value = fields[len(fields) - 1] if fields else None
        if not isinstance(value, int):
            raise self._damaged("an index entry without a rowid")
        return value

    # Statistics ---------------------------------------------------------------------------------------------

    def averages(self, columns: int) -> list[float]:
        """About how many entries the tree has, then how many of them agree in the first 1, 2, … ``columns`` fields.

        The pages on two ways down tell: how many entries there are is told in the middle, as the last page may have
        just begun to fill.  Between neighbours of an interior page lies a child: if they agree it holds
        one value, and if they differ about as many changes of value as the child that is gone to, which is such a
        one itself.  A tree of one page, which may just have begun to grow, gives an empty list.  The cursor is
        nowhere then.
        """
        total = float(self.estimate())
        if not self._to_root() or self._leaf:
            return []
        changes = [1.0] * columns
        low: list[Value] | None = None
        high: list[Value] | None = None
        while not self._leaf:
            sample = self._sample(columns)
            ends = [low, *sample, high]
            count = int(self._count)
            _multiply(self.key_info, changes, ends, count / len(sample))
            chosen = _changing(self.key_info, ends)
            low, high = ends[chosen], ends[chosen + 1]
            self._descend(self._sample_start() + chosen)
        sample = self._sample(columns)
        known = [fields for fields in [low, *sample, high] if fields is not None]
        count = int(self._count)
        _multiply(self.key_info, changes, known, count / len(sample))
        self._leave()
        return [total] + [total / (count + 1.0) for count in changes]

    def nearness(self, columns: int) -> float:
        """Of entries with a rowid after ``columns`` fields, the share of neighbours whose rows are neighbours too.

        The first page, the last one and one in between tell.  The cursor is nowhere then.
        """
        pairs = near = 0
        for part in range(3):
            if not self._to_root():
                return 0.0
            while not self._leaf:
                self._descend(self._count * part // 2)
            before = 0
            for fields in self._sample(columns + 1):
                rowid = fields[columns] if fields is not None and len(fields) > columns else None
                if isinstance(rowid, int):
                    pairs += 1
                    near += 1 if abs(rowid - before) <= _NEAR else 0
                    before = rowid
        self._leave()
        return near / pairs if pairs else 0.0

    def _sample_start(self) -> i64:
        """The first entry of the current page that is looked at."""
        return max(0, (self._count - _SAMPLE) // 2)

    def _sample(self, columns: int) -> list[list[Value] | None]:
        """The first fields of entries in the middle of the current page; none of an entry that has overflow pages."""
        out: list[list[Value] | None] = []
        start = self._sample_start()
        index = start
        while index < self._count and index < start + _SAMPLE:
            out.append(self._fields_at(index, columns))
            index += 1
        return out

    def _fields_at(self, index: i64, columns: int) -> list[Value]:
        node = self._node
        data = self._data if node is None else node.cells[index]
        at: i64 = 0
        if node is None:
            at = self._cell_at(index)
            if not self._leaf:
                at += 4
        try:
            size = read_varint(data, at)
            if size > self._largest_local:
                return []
            return decode_fields(data, varint_end(data, at), size, columns, self._encoding)
        except IndexError:
            raise self._damaged("an index entry is cut short") from None

    # Changes ------------------------------------------------------------------------------------------------

    def insert(self, record: bytes, append: bool = False) -> None:
        """Write an entry (replacing an equal one); the cursor then stands on it.

        Args:
            append: the key is known to be larger than every other.
        """
        self.tree.save_others(self)
        where = self._place(record, append)
        if not self._put_record(record, where):
            self._kept = record
            self._balance(False)

    def insert_in_order(self, record: bytes) -> None:
        """``insert`` of one of many records in the order of their keys, with nothing but this and ``remove`` between.

        A leaf gets those that belong to it together, and is balanced once if they make it too full, when the next one
        belongs elsewhere; at the end that is for ``settle``.
        """
        self.tree.save_others(self)
        where = self._place(record, False)
        if self._keep_new(record, where):
            return
        if self._new.count > 0 or (self._too_full and (where == 0 or len(record) > self._largest_local)):
            self.settle()  # as no other page may be asked for before
            where = self._place(record, False)
        if self._put_record(record, where):
            return
        self._kept = record
        node = self._node
        self._too_full = True
        if node is None or (node.appended and self._rightmost) or node.free() + self._usable < 0:
            self.settle()

    def _keep_new(self, record: bytes, where: i64) -> bool:
        """Keep an entry to be put in where ``_place`` has found that it belongs; False where that cannot be.

        It can where the leaf's image has room for it, and it is larger than those that are kept.
        """
        if where == 0 or not self._leaf or len(record) > self._largest_local:
            return False
        new = self._new
        if new.count == 0:
            if not self._shows_image():
                return False
        elif not self._is_behind(new.last):
            return False
        after = where < 0 and self._count > 0
        return new.add(self._data, self._index + 1 if after else self._index, self._cell(record))

    def _shows_image(self) -> bool:
        """Whether the current page, a leaf, is an image that may get cells, which ``_data`` then is.

        A node is given up for the image that it was made of, or that was made of it, if that is still the same.
        """
        page = self._page
        if isinstance(page.content, BTreeNode):
            if page.stale:
                return False
            self._give_up_node(page)
        elif not self._edits_image(page):
            return False
        self._node = None
        self._data = page.image()
        return True

    def _is_behind(self, cell: bytes) -> bool:
        """Whether the record that was placed last is larger than a cell's."""
        key = self._record_key
        start = varint_end(cell, 0)
        return key is not None and key.compare(cell, start, len(cell) - start) < 0

    def settle(self) -> None:
        """Do what ``insert_in_order`` has left to be done: new cells of the leaf, or its balance if it is too full."""
        count = self._new.count
        if count > 0:
            self._take_image(self._new.put_in(self._data), count)
        if self._too_full:
            self._too_full = False
            self._balance(False)

    def _put_record(self, record: bytes, where: i64) -> bool:
        """Write an entry where ``_place`` has found that it belongs; False where the leaf is then too full."""
        return self._put_entry(self._cell(record), where)

    def _cell(self, record: bytes) -> bytes:
        """The cell of an entry, the rest of which goes to overflow pages if it is too long."""
        out = BytesWriter()
        write_varint(out, len(record))
        out.write(self._spill(record))
        return out.getvalue()

    def append(self, record: bytes) -> None:
        """Write an entry that is known to be larger than every other; no other cursor is on the tree."""
        if len(record) <= self._largest_local and self.append_cell(self._cell(record)):
            return
        self.insert(record, True)

    def _place(self, record: bytes, append: bool) -> i64:
        """Move to where the entry belongs, with the result of ``seek``."""
        if append:
            if self._state == ON_ENTRY and self._rightmost and self._index == self._count - 1:
                return -1
            self.last()
            return -1
        key = self._key_of(record)
        if self._near or self._too_full or self._new.count > 0:
            where = self._look_nearby(key)
            if where != UNDECIDED:
                return where
            self.settle()
        page = self._page
        where = self.seek_key(key)
        self._near = self._page is page
        return where

    def remove(self, record: bytes) -> None:
        """Delete the entry that equals a record, if there is one."""
        self.settle()
        if self._place(record, False) == 0:
            self.valid = True
            self._side = 0
            self.delete()

    def delete(self) -> None:
        """Delete the current entry; ``next()`` or ``previous()`` then reaches its neighbours."""
        if not self._stands():
            return
        self.tree.save_others(self)
        kept = self.payload()
        self._free_overflow()
        if not self._leaf:
            self._delete_inside(kept)
            return
        free = self._remove_cell()
        self.valid = False
        if self._too_empty(free):
            self._kept = kept
            self._side = 0
            self._balance(True)
        elif self._count == 0:
            self._state = NOWHERE
        elif self._index < self._count:
            self._beside(1)
        else:
            self._index -= 1
            self._beside(-1)

    def _delete_inside(self, kept: bytes) -> None:
        """Delete an entry on an interior page: the entry before it, which is on a leaf, takes its place."""
        page = self._page
        index = self._index
        self._descend(index)
        self._down_right()
        leaf = self._node_to_change()
        cell = leaf.cells[self._index]
        leaf.remove(self._index)
        node = writable_node(self.pager, page)
        node.replace(index, cell)
        self.tree.freelist.note_node(page.number, node)
        self._kept = kept
        self._side = 0
        self.valid = False
        self._balance(True)


def _multiply(keys: KeyInfo, changes: list[float], entries: list[list[Value] | None], scale: float) -> None:
    """Multiply by the number of neighbours that differ within the first 1, 2, … fields."""
    counts = [0] * len(changes)
    for i in range(len(entries) - 1):
        place = keys.first_difference(entries[i], entries[i + 1])
        if place < len(counts):
            counts[place] += 1
    seen = 0
    for i in range(len(counts)):
        seen += counts[i]
        changes[i] *= seen * scale


def _changing(keys: KeyInfo, entries: list[list[Value] | None]) -> int:
    """The place, as near to the middle as there is one, after which another first field comes."""
    middle = (len(entries) - 1) // 2
    for away in range(middle + 1):
        for place in (middle + away, middle - away):
            if place + 1 < len(entries) and keys.first_difference(entries[place], entries[place + 1]) == 0:
                return place
    return middle
