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
from foundrydb.storage.header import FIRST_TRUNK, FREE_COUNT, read_field, write_field
from foundrydb.storage.node import Node, u32, u32_bytes
from foundrydb.storage.pager import Page, Pager


@final
class Freelist:
    """Hands out pages, and takes those back that are no longer used."""

    def __init__(self, pager: Pager) -> None:
        self.pager: Final = pager

    def count(self) -> i64:
        """How many pages are free."""
        return read_field(self.pager, FREE_COUNT)

    def allocate(self) -> Page:
        """A page to use, touched; what is on it means nothing.  The caller gives it content."""
        free = self.count()
        if free == 0:
            return self.pager.append_page()
        if free >= self.pager.page_count:
            raise CorruptError("more free pages than pages")
        number = read_field(self.pager, FIRST_TRUNK)
        trunk = self._trunk(number)
        leaves = self._leaf_count(trunk)
        if leaves > 0:
            number = u32(trunk.data, 4 + 4 * leaves)
            self._check(number)
            self.pager.touch(trunk)
            trunk.replace(trunk.data[:4] + u32_bytes(leaves - 1) + trunk.data[8:])
        else:
            write_field(self.pager, FIRST_TRUNK, u32(trunk.data, 0))
        write_field(self.pager, FREE_COUNT, free - 1)
        page = self.pager.get(number)
        self.pager.touch(page)
        page.replace(bytes(self.pager.page_size))
        return page

    def free(self, number: i64) -> None:
        """Take a page back."""
        self._check(number)
        free = self.count()
        write_field(self.pager, FREE_COUNT, free + 1)
        first: i64 = 0
        if free > 0:
            first = read_field(self.pager, FIRST_TRUNK)
            trunk = self._trunk(first)
            leaves = self._leaf_count(trunk)
            if leaves < self.pager.usable_size // 4 - 8:
                self.pager.touch(trunk)
                at = 8 + 4 * leaves
                data = trunk.data
                trunk.replace(
                    data[:4] + u32_bytes(leaves + 1) + data[8:at] + u32_bytes(number) + data[at + 4 :]
                )
                return
        page = self.pager.get(number)
        self.pager.touch(page)
        page.replace(u32_bytes(first) + bytes(self.pager.page_size - 4))
        write_field(self.pager, FIRST_TRUNK, number)

    def release(self, page: Page) -> None:
        """Take a page back that may hold a B-tree node: the node is let go of first."""
        if page.content is not None:
            self.pager.touch(page)
            page.replace(bytes(self.pager.page_size))
        self.free(page.number)

    def note_node(self, number: i64, node: Node) -> None:
        """Learn what a B-tree page refers to, after a change that may have moved cells or children to it.

        Auto-vacuum files keep a map from each page to the one that refers to it.
        """

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

    def _check(self, number: i64) -> None:
        if number < 2 or number > self.pager.page_count:
            raise CorruptError(f"the freelist names page {number}")
