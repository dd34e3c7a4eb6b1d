"""Searching in index trees: from the root, or from the current entry of a leaf on.

Keys are compared with the records where these lie: on images by the shortest way where a first integer decides.
"""

from __future__ import annotations

from typing import Any, Final

from mypy_extensions import i64

from foundrydb.errors import CorruptError
from foundrydb.storage.format.record import decode
from foundrydb.storage.format.values import KeyInfo, Value
from foundrydb.storage.format.varint import read_varint, varint_end
from foundrydb.storage.tree.cursor import Cursor
from foundrydb.storage.tree.nodes.node import local_size, u32
from foundrydb.storage.tree.position import BESIDE, ON_ENTRY
from foundrydb.storage.tree.search_key import UNDECIDED, SearchKey
from foundrydb.storage.tree.space.overflow import read_chain
from foundrydb.storage.tree.tree import BTree

# The bytes of a cell up to its record's first ones, in ``_order_in_image``.
_LONGEST_START: Final = 8


class IndexSearch(Cursor):
    """A position in an index tree that is found by a key.

    Attributes:
        key_info: how the entries' fields compare.
    """

    def __init__(self, tree: BTree, key_info: KeyInfo) -> None:
        super().__init__(tree)
        self.key_info: Final = key_info
        self._kept = b""
        # The last search key of no value, of one, of two …
        self._last_keys: Final[list[SearchKey | None]] = []
        # That of the record that was placed last.
        self._record_key: SearchKey | None = None
        # Whether the last seek from the root ended on the leaf where it had begun.
        self._same_leaf = False

    def rest(self) -> None:
        """See ``Position.rest``; keys that were made ready are kept, since others like them may follow."""
        super().rest()
        self._kept = b""
        self._same_leaf = False

    def search_key(self, key: list[Value]) -> SearchKey:
        """Make a key ready for ``seek_key`` and ``compare_key``; it is good until the next one of as many values is."""
        last = self._last_key(len(key))
        if last is None:
            return self._first_key(key)
        if last.values != key:
            last.take(key)
        last.bias = 0
        return last

    def key_at(self, registers: list[Any], first: i64, count: i64, bias: i64) -> SearchKey:
        """``search_key`` for the values of ``count`` registers from ``first`` on, without a list of them."""
        last = self._last_key(count)
        if last is None:
            last = self._first_key(registers[first : first + count])
        else:
            last.take_from(registers, first)
        last.bias = bias
        return last

    def _key_of(self, record: bytes) -> SearchKey:
        """``search_key`` for all values of a record."""
        key = self._record_key
        if key is not None and key.take_record(record):
            key.bias = 0
            return key
        key = self._record_key = SearchKey(decode(record, int(self._encoding)), self.key_info, self._encoding)
        return key

    def _last_key(self, count: i64) -> SearchKey | None:
        """The last search key of so many values, if there was one."""
        return self._last_keys[count] if count < len(self._last_keys) else None

    def _first_key(self, key: list[Value]) -> SearchKey:
        """A search key of as many values as none before it."""
        while len(self._last_keys) <= len(key):
            self._last_keys.append(None)
        fresh = self._last_keys[len(key)] = SearchKey(key, self.key_info, self._encoding)
        return fresh

    def seek(self, key: list[Value], bias: int = 0) -> i64:
        """Move to an entry whose first ``len(key)`` fields equal the key, or next to where it would be.

        Args:
            bias: how an entry with an equal prefix counts against the key: 0 equal, -1 smaller (so that the
                cursor ends after the last of them), +1 larger (so that it ends before the first).

        Returns:
            0 equal; negative when the entry stood on is smaller; positive when it is larger.  On an empty
            tree the cursor is not valid and the result negative.
        """
        search = self.search_key(key)
        search.bias = bias
        return self.seek_key(search)

    def seek_key(self, key: SearchKey) -> i64:
        """``seek`` with a key made ready, its bias included."""
        if self._same_leaf:
            where = self._look_nearby(key)
            if where != UNDECIDED:
                return where
        page = self._page
        where = self._seek_from_root(key)
        self._same_leaf = self._page is page
        return where

    def _look_nearby(self, key: SearchKey) -> i64:
        """As ``seek_key``, from the current entry of a leaf on; ``UNDECIDED`` where the key may belong elsewhere."""
        if not self._leaf or (self._state != ON_ENTRY and self._state != BESIDE):
            return UNDECIDED
        order = self._order_of(self._index, key)
        if order == 0:
            return self._stand(self._index, 0)
        return self._look_further(key) if order < 0 else self._look_back(key, order)

    def _look_further(self, key: SearchKey) -> i64:
        """``_look_nearby`` behind the current entry, which is smaller than the key: in steps that double."""
        low = self._index
        last = self._count - 1
        step: i64 = 1
        while low < last:
            high = low + step if low + step < last else last
            order = self._order_of(high, key)
            if order >= 0:
                return self._between(low, high, order, key)
            low = high
            step *= 2
        return self._stand(last, -1) if self._rightmost else UNDECIDED

    def _look_back(self, key: SearchKey, order: i64) -> i64:
        """``_look_nearby`` before the current entry, which compares with the key like ``order``: larger."""
        high = self._index
        step: i64 = 1
        while high > 0:
            low = high - step if high > step else 0
            found = self._order_of(low, key)
            if found < 0:
                return self._between(low, high, order, key)
            high = low
            order = found
            if found == 0:
                return self._stand(low, 0)
            step *= 2
        return UNDECIDED

    def _between(self, low: i64, high: i64, order: i64, key: SearchKey) -> i64:
        """Stand on the first entry of a leaf that is not smaller than the key: after ``low``, ``high`` at most."""
        while low + 1 < high and order != 0:
            middle = (low + high) >> 1
            found = self._order_of(middle, key)
            if found < 0:
                low = middle
            else:
                high = middle
                order = found
        return self._stand(high, order)

    def _stand(self, index: i64, order: i64) -> i64:
        """Stand on an entry of the current leaf, which a seek found to compare with its key like ``order``."""
        self._visits = 0
        self._index = index
        self._arrive()
        return order

    def _seek_from_root(self, key: SearchKey) -> i64:
        if not self._to_root():
            return -1
        rightmost = True
        while True:
            low: i64 = 0
            high = self._count
            simple = self._node is None and key.integer_first
            while low < high:
                middle = (low + high) >> 1
                order: i64 = UNDECIDED
                if simple:
                    order = self._order_in_image(middle, key)
                if order == UNDECIDED:
                    order = self._order_at(middle, key)
                if order == 0:
                    self._index = middle
                    self._arrive()
                    return 0
                if order < 0:
                    low = middle + 1
                else:
                    high = middle
            if self._leaf:
                break
            rightmost = rightmost and low == self._count
            self._descend(low)
        self._rightmost = rightmost
        if low < self._count:
            self._index = low
            self._arrive()
            return 1
        self._index = self._count - 1
        self._arrive()
        return -1

    def compare(self, key: list[Value]) -> i64:
        """Compare the current entry's first ``len(key)`` fields with the key, in the index's order."""
        search = self.search_key(key)
        return self.compare_key(search)

    def compare_key(self, key: SearchKey) -> i64:
        """``compare`` with a key made ready; an equal prefix gives the key's bias."""
        if not self._stands():
            return -1
        if self._local < self._size:
            self._need(self._size)
        try:
            return key.compare(self._buffer, self._record, self._size)
        except (IndexError, CorruptError):
            raise self._damaged("an index entry does not hold together") from None

    def _order_of(self, index: i64, key: SearchKey) -> i64:
        """Compare a cell of the current page with the key, in the shortest way."""
        if self._node is None and key.integer_first:
            order = self._order_in_image(index, key)
            if order != UNDECIDED:
                return order
        return self._order_at(index, key)

    def _order_in_image(self, index: i64, key: SearchKey) -> i64:
        """``_order_at`` for short entries of a page's image that a first integer decides; ``UNDECIDED`` elsewhere."""
        data = self._data
        pointer = self._pointers + 2 * index
        at: i64 = data[pointer]
        at = at << 8 | data[pointer + 1]
        if at < self._pointers + 2 * self._count or at > self._usable - _LONGEST_START:
            return UNDECIDED
        if not self._leaf:
            at += 4
        size: i64 = data[at]
        at += 1
        if at + size > self._usable or size > self._largest_local:
            return UNDECIDED
        return key.compare_integer(data, at, size)

    def _order_at(self, index: i64, key: SearchKey) -> i64:
        """Compare a cell of the current page with the key."""
        node = self._node
        at: i64 = 0
        try:
            if node is not None:
                data = node.cells[index]
                end: i64 = len(data)
            else:
                data = self._data
                end = self._usable
                at = self._cell_at(index)
                if not self._leaf:
                    at += 4
            size: i64 = data[at]
            if size < 0x80:
                at += 1
            else:
                size = read_varint(data, at)
                at = varint_end(data, at)
            if 0 <= size <= self._largest_local:
                if at + size <= end:
                    return key.compare(data, at, size)
            elif 0 <= size <= 0x7FFFFFFF:
                return self._order_long(data, at, size, key)
        except IndexError:
            raise self._damaged("an index entry is cut short") from None
        except CorruptError as error:
            raise error if error.page else self._damaged(error.detail) from None
        raise self._damaged("a cell reaches past the page's end")

    def _order_long(self, data: bytes, at: i64, size: i64, key: SearchKey) -> i64:
        """Compare an entry that has overflow pages with the key."""
        local = local_size(size, self._usable, self.tree.leaf_kind)
        rest = read_chain(self.pager, u32(data, at + local), size - local)
        return key.compare(data[at : at + local] + rest, 0, size)

    # Saved positions ----------------------------------------------------------------------------------------

    def _keep_key(self) -> None:
        if not self._parsed:
            self._parse()
        self._need(self._size)
        self._kept = self._buffer[self._record : self._record + self._size]

    def _seek_kept(self) -> i64:
        key = decode(self._kept, int(self._encoding))
        return self.seek_key(SearchKey(key, self.key_info, self._encoding))
