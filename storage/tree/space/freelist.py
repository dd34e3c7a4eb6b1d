"""The freelist: pages that are in the file but in no tree.

The header names the first trunk page; each trunk page names the next and holds numbers of leaf pages, whose
own bytes mean nothing.

========== ==== ============================================
offset     size trunk page
========== ==== ============================================
0          4    next trunk page, 0 for none
4          4    number n of leaf pages named here
8 + 4 * i  4    the number of leaf page i
========== ==== ============================================

A trunk page has room for ``usable / 4 - 2`` numbers, but old SQLite versions took files with more than
``usable / 4 - 8`` for damaged, so nobody writes the last six.
(https://sqlite.org/fileformat2.html, section 1.5)
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.errors import CorruptError
from foundrydb.storage.format.header import FIRST_TRUNK, FREE_COUNT
from foundrydb.storage.pages.pager import Page, Pager
from foundrydb.storage.tree.header_fields import read_field, write_field
from foundrydb.storage.tree.nodes.node import BTreeNode, first_overflow, u32, u32_bytes
from foundrydb.storage.tree.space.pointer_map import (
    BTREE_PAGE,
    FREE_PAGE,
    OVERFLOW_FIRST,
    OVERFLOW_NEXT,
    is_map_page,
    put_entry,
)


@final
class Freelist:
    """Hands out pages, and takes those back that are no longer used.

    Attributes:
        mapped: whether the file has auto-vacuum, that is pointer maps to keep.
    """

    def __init__(self, pager: Pager) -> None:
        self.pager: Final = pager
        self.mapped = False

    def count(self) -> i64:
        """How many pages are free."""
        return read_field(self.pager, FREE_COUNT)

    def _believable_count(self) -> i64:
        """How many pages are free.

        Raises:
            CorruptError: as many as the file has, or more.
        """
        free = self.count()
        if free > 0 and free >= self.pager.page_count:
            raise CorruptError("more free pages than pages")
        return free

    # Taking -------------------------------------------------------------------------------------------------

    def allocate(self) -> Page:
        """A page to use, touched; what is on it means nothing.  The caller gives it content."""
        free = self._believable_count()
        if free == 0:
            return self.append()
        number = read_field(self.pager, FIRST_TRUNK)
        trunk = self._trunk(number)
        leaves = self._leaf_count(trunk)
        if leaves > 0:
            number = u32(trunk.data, 4 + 4 * leaves)
            self._set_leaves(trunk, leaves - 1)
        else:
            write_field(self.pager, FIRST_TRUNK, u32(trunk.data, 0))
        write_field(self.pager, FREE_COUNT, free - 1)
        return self._clean(number)

    def append(self) -> Page:
        """A page at the end of the file, touched; pointer-map pages are passed over."""
        page = self.pager.append_page()
        if self.mapped and is_map_page(self.pager, page.number):
            page = self.pager.append_page()
        return page

    def take(self, wanted: i64) -> Page:
        """One certain page, touched, which must be free."""
        before: i64 = 0
        number = read_field(self.pager, FIRST_TRUNK)
        left = self._believable_count()
        while number != 0 and left > 0:
            trunk = self._trunk(number)
            leaves = self._leaf_count(trunk)
            if number == wanted:
                self._take_trunk(trunk, leaves, before)
                break
            at = _place_of(trunk.data, wanted, leaves)
            if at > 0:
                last = trunk.data[4 + 4 * leaves : 8 + 4 * leaves]
                self.pager.touch(trunk)
                trunk.replace(trunk.data[:at] + last + trunk.data[at + 4 :])
                self._set_leaves(trunk, leaves - 1)
                break
            before = number
            number = u32(trunk.data, 0)
            left -= leaves + 1
        else:
            raise CorruptError("not on the freelist", wanted)
        write_field(self.pager, FREE_COUNT, self.count() - 1)
        return self._clean(wanted)

    def _take_trunk(self, trunk: Page, leaves: i64, before: i64) -> None:
        """Take a trunk page out of the list: its first leaf becomes the trunk, if it has leaves."""
        link = u32(trunk.data, 0)
        if leaves > 0:
            heir = self.pager.get(u32(trunk.data, 8))
            rest = trunk.data[12 : 8 + 4 * leaves]
            image = trunk.data[:4] + u32_bytes(leaves - 1) + rest
            self.pager.touch(heir)
            heir.replace(image + bytes(self.pager.page_size - len(image)))
            link = heir.number
        if before == 0:
            write_field(self.pager, FIRST_TRUNK, link)
        else:
            page = self.pager.get(before)
            self.pager.touch(page)
            page.replace(u32_bytes(link) + page.data[4:])

    def _clean(self, number: i64) -> Page:
        self._check(number)
        page = self.pager.get(number)
        if page.content is not None:
            raise CorruptError("the freelist names a page that is in use", number)
        self.pager.touch(page)
        page.replace(bytes(self.pager.page_size))
        return page

    # Giving back --------------------------------------------------------------------------------------------

    def free(self, numbers: list[int]) -> None:
        """Take pages back, in this order; the header is looked at and changed once."""
        for each in numbers:
            self._check(each)
            if self.mapped:
                put_entry(self.pager, each, FREE_PAGE, 0)
            if self.pager.secure_delete == 1:
                page = self.pager.get(each)
                self.pager.touch(page)
                page.replace(bytes(self.pager.page_size))
        free = self.count()
        taken: i64 = 0
        first: i64 = 0
        if free > 0:
            first = read_field(self.pager, FIRST_TRUNK)
            taken = self._add_leaves(self._trunk(first), numbers, 0)
        oldest = first
        while taken < len(numbers):
            page = self.pager.get(numbers[taken])
            self.pager.touch(page)
            page.replace(u32_bytes(first) + bytes(self.pager.page_size - 4))
            first = page.number
            taken = self._add_leaves(page, numbers, taken + 1)
        if first != oldest:
            write_field(self.pager, FIRST_TRUNK, first)
        write_field(self.pager, FREE_COUNT, free + len(numbers))

    def _add_leaves(self, trunk: Page, numbers: list[int], start: i64) -> i64:
        """Name pages from ``numbers[start]`` on in a trunk page, as many as it has room for; where the others begin."""
        leaves = self._leaf_count(trunk)
        stop = min(start + max(self.pager.usable_size // 4 - 8 - leaves, 0), i64(len(numbers)))
        if stop > start:
            added = b"".join([u32_bytes(each) for each in numbers[start:stop]])
            at = 8 + 4 * leaves
            self.pager.touch(trunk)
            data = trunk.data
            count = u32_bytes(leaves + stop - start)
            trunk.replace(data[:4] + count + data[8:at] + added + data[at + len(added) :])
        return stop

    def release(self, page: Page) -> None:
        """Take a page back that may hold a B-tree node: the node is let go of first."""
        if page.content is not None:
            self.pager.touch(page)
            page.replace(bytes(self.pager.page_size))
        self.free([page.number])

    # The whole list -----------------------------------------------------------------------------------------

    def pages(self) -> list[int]:
        """The numbers of all free pages.

        Raises:
            CorruptError: they are not as many as the header counts, or more than the file can have.
        """
        result: list[int] = []
        expected = self._believable_count()
        number = read_field(self.pager, FIRST_TRUNK)
        while number != 0 and len(result) < expected:
            trunk = self._trunk(number)
            result.append(number)
            for i in range(self._leaf_count(trunk)):
                result.append(u32(trunk.data, 8 + 4 * i))
            number = u32(trunk.data, 0)
        if len(result) != expected:
            raise CorruptError(f"the freelist has {len(result)} pages, not {expected}")
        return result

    def forget(self) -> None:
        """Empty the list; the caller has other plans for all of its pages."""
        write_field(self.pager, FIRST_TRUNK, 0)
        write_field(self.pager, FREE_COUNT, 0)

    # Pointer maps -------------------------------------------------------------------------------------------

    def note_node(self, number: i64, node: BTreeNode) -> None:
        """Keep the pointer map after a change that may have brought cells or children to a B-tree page."""
        if self.mapped:
            for child in node.children:
                self.note_child(child, number)
            for cell in node.cells:
                self.note_cell(number, cell, node.kind)

    def note_child(self, child: i64, number: i64) -> None:
        """Keep the pointer map after a page became the child of another."""
        if self.mapped:
            put_entry(self.pager, child, BTREE_PAGE, number)

    def note_cell(self, number: i64, cell: bytes, kind: i64) -> None:
        """Keep the pointer map after a cell came to a B-tree page."""
        if self.mapped:
            first = first_overflow(cell, kind, self.pager.usable_size)
            if first != 0:
                put_entry(self.pager, first, OVERFLOW_FIRST, number)

    def note_link(self, number: i64, before: i64) -> None:
        """Keep the pointer map after a page was added to an overflow chain."""
        if self.mapped:
            put_entry(self.pager, number, OVERFLOW_NEXT, before)

    # Trunk pages --------------------------------------------------------------------------------------------

    def _trunk(self, number: i64) -> Page:
        self._check(number)
        page = self.pager.get(number)
        if page.content is not None:
            raise CorruptError("a freelist trunk page is in use", number)
        return page

    def _leaf_count(self, trunk: Page) -> i64:
        leaves = u32(trunk.data, 4)
        if leaves > self.pager.usable_size // 4 - 2:
            raise CorruptError("a freelist trunk page with too many leaves", trunk.number)
        return leaves

    def _set_leaves(self, trunk: Page, leaves: i64) -> None:
        self.pager.touch(trunk)
        trunk.replace(trunk.data[:4] + u32_bytes(leaves) + trunk.data[8:])

    def _check(self, number: i64) -> None:
        if number < 2 or number > self.pager.page_count:
            raise CorruptError(f"the freelist names page {number}")


def _place_of(trunk: bytes, wanted: i64, leaves: i64) -> i64:
    """Where in a trunk page a leaf's number stands, 0 if it does not."""
    for i in range(leaves):
        if u32(trunk, 8 + 4 * i) == wanted:
            return 8 + 4 * i
    return 0
