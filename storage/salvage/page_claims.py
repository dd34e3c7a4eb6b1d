"""Which pages the trees that are known reach, each from its root.

A page may be reached by several trees where page numbers lie, and belongs to each of them, as long as there are not
more such visits than pages.  A page of another kind than its tree's (a page of an index below a table) is
``astray``: it is followed, but what it holds is for the lost.
"""

from __future__ import annotations

from array import array
from typing import Final, final

from mypy_extensions import i64

from foundrydb.storage.format.header import FIRST_TRUNK
from foundrydb.storage.format.page_numbers import PageSet
from foundrydb.storage.salvage.cell_reader import CellReader
from foundrydb.storage.salvage.page_source import PageSource
from foundrydb.storage.tree.nodes.node import is_table, u32

MOST_LEVELS: Final = 64
"""Pages deeper below a root are left to the lost ones; no tree has so many levels."""


@final
class PageFault:
    """Something wrong with a page.

    Attributes:
        owner: what the page was taken for.
        page: its number.
        cell: the number of the cell that it is in, -1 for none.
        text: what.
    """

    def __init__(self, owner: str, page: int, cell: int, text: str) -> None:
        self.owner: Final = owner
        self.page: Final = page
        self.cell: Final = cell
        self.text: Final = text


@final
class PageClaims:
    """Walks trees, and remembers what they reached.

    Attributes:
        source: the pages.
        reader: stands on the page that ``next_page`` found.
        astray: the pages of another kind than a tree's that reached them.
        faults: what was wrong on the way, the first ``most_faults`` of it.
        fault_count: how often something was.
    """

    def __init__(self, source: PageSource, most_faults: int = 1000) -> None:
        self.source: Final = source
        self.reader: Final = CellReader(source)
        self.astray: Final = PageSet(source.page_count)
        self.faults: Final[list[PageFault]] = []
        self.fault_count = 0
        self._most_faults: Final = most_faults
        # Per page the number of the tree that visited it last.
        self._visitor: Final = array("I", bytes(4 * int(source.page_count + 1)))
        self._trees = 0
        self._revisits_left: i64 = source.page_count
        self._table = False
        self._owner = ""
        # Pages to be visited, each with its level: number << 8 | level.
        self._waiting: list[int] = []

    def note(self, page: i64, text: str, cell: i64 = -1) -> None:
        """Remember that something is wrong with a page of the tree, or with a cell of it."""
        self.fault_count += 1
        if len(self.faults) < self._most_faults:
            self.faults.append(PageFault(self._owner, int(page), int(cell), text))

    def claimed(self, number: i64) -> bool:
        """Whether a tree or the freelist has reached a page."""
        return self._visitor[int(number)] != 0

    def claim(self, pages: PageSet) -> None:
        """Let pages belong to something that is known."""
        for number in pages.members():
            self._visitor[number] = 0xFFFFFFFF

    def begin_tree(self, owner: str, root: i64, table: bool) -> None:
        """Begin to walk a tree.

        Args:
            owner: what it is, for the faults.
            root: the page it begins with.
            table: whether it is a table's with rowids, not an index's or a WITHOUT ROWID table's.
        """
        self._trees += 1
        self._table = table
        self._owner = owner
        self._waiting = []
        self._push(root, root, 0)

    def next_page(self) -> bool:
        """Go on to the tree's next page that is there; ``reader`` stands on it.  False at the end of the tree."""
        while self._waiting:
            item: i64 = self._waiting.pop()
            number = item >> 8
            level = item & 0xFF
            if not self.reader.open(number):
                zeros = not any(self.source.page(number))
                self.note(number, "is all zeros" if zeros else "is no page of a tree")
                continue
            if is_table(self.reader.kind) != self._table:
                self.astray.add(number)
                self.note(
                    number,
                    "is an index's page in a table" if self._table else "is a table's page in an index",
                )
            children = self.reader.children()
            i: i64 = len(children) - 1
            while i >= 0:
                self._push(children[i], number, level + 1)
                i -= 1
            return True
        return False

    def here_astray(self) -> bool:
        """Whether the page that ``reader`` stands on is of another kind than the tree."""
        return is_table(self.reader.kind) != self._table

    def _push(self, number: i64, parent: i64, level: i64) -> None:
        """Have a page visited, unless this tree did or nothing more may be."""
        if number < 1 or number > self.source.page_count:
            self.note(parent, f"leads to page {number}, which is not there")
            return
        if level > MOST_LEVELS:
            self.note(parent, "is deeper in its tree than trees are")
            return
        before = self._visitor[int(number)]
        if before == self._trees:
            self.note(parent, f"leads to page {number}, which this tree has already")
            return
        if before != 0:
            self.note(parent, f"leads to page {number}, which another tree has already")
            if self._revisits_left <= 0:
                return
            self._revisits_left -= 1
        self._visitor[int(number)] = self._trees
        self._waiting.append(int(number << 8 | level))

    def freelist(self) -> PageSet:
        """The pages that appear to be on the freelist."""
        source = self.source
        found = PageSet(source.page_count)
        trunk = i64(int.from_bytes(source.header[FIRST_TRUNK : FIRST_TRUNK + 4], "big"))
        while 0 < trunk <= source.page_count and not found.has(trunk):
            found.add(trunk)
            page = source.page(trunk)
            if not page:
                break
            for i in range(min(u32(page, 4), source.usable // 4 - 2)):
                leaf = u32(page, 8 + 4 * i)
                if 0 < leaf <= source.page_count:
                    found.add(leaf)
            trunk = u32(page, 0)
        return found
