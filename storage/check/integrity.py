"""``PRAGMA integrity_check``, as far as it concerns pages: B-trees, overflow chains, the freelist, pointer maps.

The messages are SQLite's.  Whether rows and index entries match is checked by a program with the schema in
hand; the functions at the end word what it finds.

The check reads each page once (a second reference is itself a fault), so it ends on any file.
"""

from __future__ import annotations

from typing import Final, final

from librt.vecs import vec
from mypy_extensions import i64, mypyc_attr

from foundrydb.errors import CorruptError
from foundrydb.storage.format.header import (
    FIRST_TRUNK,
    FREE_COUNT,
    META_INCREMENTAL_VACUUM,
    META_LARGEST_ROOT,
)
from foundrydb.storage.format.page_numbers import PageSet, lock_byte_page
from foundrydb.storage.format.varint import read_varint, varint_end
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.database import Database
from foundrydb.storage.tree.header_fields import read_field
from foundrydb.storage.tree.nodes.node import (
    INTERIOR_HEADER,
    INTERIOR_INDEX,
    INTERIOR_TABLE,
    LEAF_HEADER,
    LEAF_INDEX,
    LEAF_TABLE,
    header_offset,
    is_leaf,
    is_table,
    local_size,
    max_local,
    u16,
    u32,
)
from foundrydb.storage.tree.space.pointer_map import (
    BTREE_PAGE,
    FREE_PAGE,
    OVERFLOW_FIRST,
    OVERFLOW_NEXT,
    ROOT_PAGE,
    get_kind,
    get_parent,
    is_map_page,
)

LARGEST_ROWID: Final = 0x7FFFFFFFFFFFFFFF
LARGEST_PAYLOAD: Final = 0x7FFFFFFF
SMALLEST_FREEBLOCK: Final = 4
"""The bytes that a freeblock's own header takes."""

SMALLEST_RECORD_HEADER: Final = 2
"""The bytes that the header of a record with a value takes at least."""

MAX_LEVELS: Final = 100
"""Deeper trees are not looked into; the longest chain of nested calls."""


WATCH_EVERY: Final = 64
"""After how many pages the check asks whether it shall go on."""


@mypyc_attr(allow_interpreted_subclasses=True)
class Watcher:
    """Is asked now and then during a long check."""

    def look(self) -> None:
        """Raise an Error to stop."""


def integrity_check(
    database: Database,
    roots: list[int],
    limit: int,
    check_header: bool = True,
    watcher: Watcher | None = None,
) -> list[str]:
    """Check B-trees and, by default, that every page of the file has exactly one use.

    Args:
        roots: the root pages of the trees to check.
        limit: how many messages to give at most.
        check_header: also check the freelist, and that no page is left over; ``roots`` must then name all
            trees of the file.
        watcher: is asked now and then whether to go on.

    Returns:
        What is wrong, in SQLite's words; empty when all is well.
    """
    database.backlog.settle()
    check = IntegrityCheck(database, limit, watcher)
    check.run(roots, check_header)
    return check.messages


@final
class IntegrityCheck:
    """One run of the check.

    Attributes:
        messages: what was found.
        counts: for each root asked for, how many entries its tree has.
    """

    def __init__(self, database: Database, limit: i64, watcher: Watcher | None = None) -> None:
        self._watcher: Final = watcher
        self._pages: i64 = 0
        self.messages: Final[list[str]] = []
        self.counts: Final[list[int]] = []
        self._pager: Final[Pager] = database.pager
        self._usable: Final[i64] = database.pager.usable_size
        self._auto_vacuum: Final[bool] = (
            database.pager.page_count > 0 and database.get_meta(META_LARGEST_ROOT) != 0
        )
        self._left: i64 = limit
        self._seen: Final = PageSet(database.pager.page_count)
        self._prefix = ""
        self._root: i64 = 0
        self._entries: i64 = 0
        # SQLite words a fault of a right child with the number of whatever cell was looked at before, and in
        # auto-vacuum files a fault of any cell of an interior page as one of the right child.
        self._cell: i64 = 0
        # Whether the prefix goes on with that number.
        self._numbered = False

    def run(self, roots: list[int], whole: bool) -> None:
        """Check the trees; see ``integrity_check``."""
        pager = self._pager
        if pager.page_count == 0:
            return
        lock = lock_byte_page(int(pager.page_size))
        if lock <= pager.page_count:
            self._seen.add(lock)
        if whole:
            self._prefix = "Freelist: "
            self._check_list(True, read_field(pager, FIRST_TRUNK), read_field(pager, FREE_COUNT))
            self._prefix = ""
            self._check_header(roots)
        for root in roots:
            self._entries = 0
            if root > 0 and self._left > 0:
                if self._auto_vacuum and root > 1 and whole:
                    self._check_map(root, ROOT_PAGE, 0)
                self._root = root
                TreePageCheck(self, root).run(LARGEST_ROWID, 0)
            self.counts.append(self._entries)
        if whole:
            self._check_all_used()

    def say(self, message: str) -> None:
        """Note a fault, while there is room for one more."""
        if self._left > 0:
            self._left -= 1
            place = f"cell {self._cell}: " if self._numbered else ""
            self.messages.append(self._prefix + place + message)

    def _check_header(self, roots: list[int]) -> None:
        if self._auto_vacuum:
            largest = read_field(self._pager, 36 + 4 * META_LARGEST_ROOT)
            if max(roots) != largest:
                self.say(f"max rootpage ({max(roots)}) disagrees with header ({largest})")
        elif read_field(self._pager, 36 + 4 * META_INCREMENTAL_VACUUM) != 0:
            self.say("incremental_vacuum enabled with a max rootpage of zero")

    def _check_all_used(self) -> None:
        number: i64 = 1
        while number <= self._pager.page_count and self._left > 0:
            mapped = self._auto_vacuum and is_map_page(self._pager, number)
            if not self._seen.has(number):
                if not mapped:
                    self.say(f"Page {number}: never used")
            elif mapped:
                self.say(f"Page {number}: pointer map referenced")
            number += 1

    def first_reference(self, number: i64) -> bool:
        """Note that something refers to a page; False, with a message, when that is a fault."""
        if number < 1 or number > self._pager.page_count:
            self.say(f"invalid page number {number}")
            return False
        if self._seen.has(number):
            self.say(f"2nd reference to page {number}")
            return False
        self._seen.add(number)
        self._pages += 1
        if self._watcher is not None and self._pages % WATCH_EVERY == 0:
            self._watcher.look()
        return True

    def _check_map(self, number: i64, kind: i64, parent: i64) -> None:
        """Compare a page's entry in the pointer map with what is so."""
        try:
            found = get_kind(self._pager, number)
            found_parent = get_parent(self._pager, number)
        except CorruptError:
            self.say(f"Failed to read ptrmap key={number}")
            return
        if found != kind or found_parent != parent:
            self.say(
                f"Bad ptr map entry key={number} expected=({kind},{parent}) got=({found},{found_parent})"
            )

    def _check_list(self, free: bool, number: i64, expected: i64) -> None:
        """Follow the freelist, or an overflow chain, of ``expected`` pages."""
        left = expected
        before = len(self.messages)
        while number != 0 and self._left > 0:
            if not self.first_reference(number):
                break
            left -= 1
            if number == lock_byte_page(int(self._pager.page_size)):
                break
            data = self._pager.get(number).image()
            if free:
                left -= self._check_trunk(number, data)
            elif self._auto_vacuum and left != 0:
                self._check_map(u32(data, 0), OVERFLOW_NEXT, number)
            number = u32(data, 0)
        if left != 0 and len(self.messages) == before:
            what = "size" if free else "overflow list length"
            self.say(f"{what} is {(expected - left) & 0xFFFFFFFF} but should be {expected}")

    def _check_trunk(self, number: i64, data: bytes) -> i64:
        """Check a trunk page; returns how many pages of the freelist its leaves account for."""
        if self._auto_vacuum:
            self._check_map(number, FREE_PAGE, 0)
        leaves = u32(data, 4)
        if leaves > self._usable // 4 - 2:
            self.say(f"freelist leaf count too big on page {number}")
            return 1
        for i in range(leaves):
            leaf = u32(data, 8 + 4 * i)
            if self._auto_vacuum:
                self._check_map(leaf, FREE_PAGE, 0)
            self.first_reference(leaf)
        return leaves


@final
class TreePageCheck:
    """The check of one B-tree page and of what is below it.

    Attributes:
        smallest: after ``run``, the smallest rowid met.
    """

    def __init__(self, check: IntegrityCheck, number: i64) -> None:
        self.smallest: i64 = 0
        self._check: Final = check
        self._number: Final[i64] = number
        self._usable: Final[i64] = check._usable
        self._data = b""
        self._header: Final[i64] = header_offset(number)
        self._kind: i64 = 0
        self._count: i64 = 0
        self._pointers: i64 = 0
        self._content: i64 = 0
        self._max_local: i64 = 0
        self._may_be_equal = True
        self._whole = True
        # The cell that was measured last: its record's place, its payload's size, its rowid.
        self._record: i64 = 0
        self._payload: i64 = 0
        self._rowid: i64 = 0
        # The bytes of each cell, the first one's offset times 65,536 and the last one's; whether they ascend.
        self._spans = vec[i64]([])
        self._met: i64 = 0
        self._ascending = True

    def run(self, largest: i64, level: i64) -> i64:
        """Check the page; rowids must not be above ``largest``.

        Returns:
            The height of the tree from here, 1 for a leaf; 0 when the page could not be looked at.
        """
        check = self._check
        self.smallest = largest
        if check._left == 0 or not check.first_reference(self._number):
            return 0
        saved = check._prefix
        saved_cell = check._cell
        saved_numbered = check._numbered
        check._prefix = f"Tree {check._root} page {self._number}: "
        check._numbered = False
        depth: i64 = -1
        if level > MAX_LEVELS:
            check.say("the tree is too deep")
        elif self._read():
            depth = self._cells(level)
            check._prefix = ""
            check._numbered = False
            if self._whole and check._left > 0:
                self._coverage()
        check._prefix = saved
        check._cell = saved_cell
        check._numbered = saved_numbered
        return depth + 1

    def _read(self) -> bool:
        """Look at the page's header; False, with a message, when it makes no sense."""
        check = self._check
        if self._number == lock_byte_page(int(check._pager.page_size)):
            check.say("unable to get the page. error code=11")
            return False
        self._data = check._pager.get(self._number).image()
        data = self._data
        self._kind = data[self._header]
        self._count = u16(data, self._header + 3)
        known = self._kind in (LEAF_TABLE, LEAF_INDEX, INTERIOR_TABLE, INTERIOR_INDEX)
        if not known or self._count > (check._pager.page_size - 8) // 6:
            check.say("btreeInitPage() returns error code 11")
            return False
        self._pointers = self._header + (LEAF_HEADER if is_leaf(self._kind) else INTERIOR_HEADER)
        content = u16(data, self._header + 5)
        self._content = content if content else 65536
        self._max_local = max_local(self._usable, self._kind)
        self._spans = vec[i64]([0] * int(self._count))
        if not self._free_space_is_sound():
            check.say("free space corruption")
            return False
        if is_leaf(self._kind) or not is_table(self._kind):
            check._entries += self._count
        return True

    def _free_space_is_sound(self) -> bool:
        """Whether the freeblocks lie in order inside the content area, and the sums are possible."""
        data = self._data
        block = u16(data, self._header + 1)
        fragments: i64 = data[self._header + 7]
        free = fragments + self._content
        if block > 0:
            if block < self._content:
                return False
            while True:
                if block > self._usable - 4:
                    return False
                following = u16(data, block)
                size = u16(data, block + 2)
                if size < SMALLEST_FREEBLOCK:
                    return False
                free += size
                if following <= block + size + 3:
                    break
                block = following
            if following > 0 or block + size > self._usable:
                return False
        return self._pointers + 2 * self._count <= free <= self._usable

    def _cells(self, level: i64) -> i64:
        """Check the cells, from the last to the first, and the children; returns the children's height."""
        check = self._check
        depth: i64 = -1
        if not is_leaf(self._kind):
            depth = self._child(u32(self._data, self._header + 8), "right child: ", level)
        leaf = is_leaf(self._kind)
        prefix = f"Tree {check._root} page {self._number} "
        named_by_child = check._auto_vacuum and not leaf
        if named_by_child:
            prefix += "right child: "
        i = self._count - 1
        while i >= 0 and check._left > 0:
            check._cell = i
            if not leaf or i == self._count - 1:
                check._prefix = prefix
                check._numbered = not named_by_child
            end = self._cell(i)
            if end > 0 and not leaf:
                start = u16(self._data, self._pointers + 2 * i)
                height = self._child(u32(self._data, start), "", level)
                if height != depth:
                    check.say("Child page depth differs")
                    depth = height
            i -= 1
        return depth

    def _child(self, number: i64, place: str, level: i64) -> i64:
        """Check a child page, whose rowids must not be above the smallest so far."""
        check = self._check
        if place:
            check._prefix = f"Tree {check._root} page {self._number} "
            check._numbered = not check._auto_vacuum
            if check._auto_vacuum:
                check._prefix += place
        if check._auto_vacuum:
            check._check_map(number, BTREE_PAGE, self._number)
        self._may_be_equal = False
        if number == 0:
            return 0
        below = TreePageCheck(check, number)
        height = below.run(self.smallest, level + 1)
        self.smallest = below.smallest
        return height

    def _cell(self, i: i64) -> i64:
        """Check a cell and its overflow chain; returns where it ends, 0 when it is not in its place."""
        check = self._check
        data = self._data
        start = u16(data, self._pointers + 2 * i)
        if start < self._content or start > self._usable - 4:
            check.say(f"Offset {start} out of range {self._content}..{self._usable - 4}")
            self._whole = False
            return 0
        end = self._measure(start)
        if end < 0 or end > self._usable:
            check.say("Extends off end of page")
            self._whole = False
            return 0
        if self._payload > 0 and data[self._record] < SMALLEST_RECORD_HEADER:
            check.say("Bad cell header size")
            self._whole = False
            return 0
        self._note_span(start << 16 | (end - 1))
        if is_table(self._kind):
            self._note_rowid()
        size = self._payload
        local = end - self._record
        if size > local:
            local -= 4
            room = self._usable - 4
            first = u32(data, end - 4)
            if check._auto_vacuum:
                check._check_map(first, OVERFLOW_FIRST, self._number)
            check._check_list(False, first, (size - local + room - 1) // room)
        return end

    def _measure(self, start: i64) -> i64:
        """Look at a cell: where its record begins, its payload's size, its rowid.

        Returns:
            Where the cell ends, at least four bytes on; below 0 where that makes no sense.
        """
        data = self._data
        leaf = is_leaf(self._kind)
        at = start if leaf else start + 4
        size: i64 = 0
        try:
            if self._kind != INTERIOR_TABLE:
                size = data[at]
                if size < 0x80:
                    at += 1
                else:
                    size = read_varint(data, at)
                    at = varint_end(data, at)
            if is_table(self._kind):
                self._rowid = read_varint(data, at)
                at = varint_end(data, at)
        except IndexError:
            return -1
        self._record = at
        self._payload = size
        if size < 0 or size > LARGEST_PAYLOAD:
            return -1
        if size > self._max_local:
            return at + local_size(size, self._usable, self._kind) + 4
        return at + size if at + size > start + 4 else start + 4

    def _note_span(self, span: i64) -> None:
        """Keep in mind which bytes a cell takes."""
        met = self._met
        if met > 0 and span < self._spans[met - 1]:
            self._ascending = False
        self._spans[met] = span
        self._met = met + 1

    def _note_rowid(self) -> None:
        """Rowids must fall from the last cell to the first."""
        rowid = self._rowid
        if rowid > self.smallest or (rowid == self.smallest and not self._may_be_equal):
            self._check.say(f"Rowid {rowid} out of order")
        self.smallest = rowid
        self._may_be_equal = False

    def _all_spans(self) -> vec[i64]:
        """The bytes in use, cells and freeblocks, in their order."""
        data = self._data
        block = u16(data, self._header + 1)
        if block == 0 and self._ascending:
            return self._spans
        spans = list(self._spans)
        while block > 0:
            spans.append(block << 16 | (block + u16(data, block + 2) - 1))
            block = u16(data, block)
        spans.sort()
        return vec[i64](spans)

    def _coverage(self) -> None:
        """Every byte of the content area must have one use: a cell, a freeblock, or a counted fragment."""
        check = self._check
        spans = self._all_spans()
        fragments: i64 = 0
        last = self._content - 1
        count: i64 = len(spans)
        i: i64 = 0
        while i < count:
            start = spans[i] >> 16
            if start <= last:
                check.say(f"Multiple uses for byte {start} of page {self._number}")
                if i < count - 1:
                    return
                break
            fragments += start - last - 1
            last = spans[i] & 0xFFFF
            i += 1
        fragments += self._usable - last - 1
        reported: i64 = self._data[self._header + 7]
        if fragments != reported:
            check.say(f"Fragmentation of {fragments} bytes reported as {reported} on page {self._number}")


# What a program with the schema finds.


def missing_row(rowid: int, index: str) -> str:
    """A row has no entry in an index."""
    return f"row {rowid} missing from index {index}"


def wrong_entry_count(index: str) -> str:
    """An index has more or fewer entries than its table has rows for it."""
    return f"wrong # of entries in index {index}"


def null_value(table: str, column: str) -> str:
    """A NOT NULL column holds NULL."""
    return f"NULL value in {table}.{column}"


def not_unique(index: str) -> str:
    """Two entries of a unique index are the same."""
    return f"non-unique entry in index {index}"
