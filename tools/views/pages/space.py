"""How a database uses its space: what each tree holds, from all pages of it.

A page of a B-tree is read and its cells are looked at; overflow pages are not read, since how many there are, and how
full, follows from the cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from foundrydb.errors import error
from foundrydb.tools.views.pages.page_layout import BTreePage, Cell, looks_like_btree


@dataclass
class Space:
    """What a tree takes, or several trees together.

    Attributes:
        cells, leaf_cells, interior_cells: how many entries its pages have, its leaves, its interior pages.
        rows: how many entries it has as its user sees them: an interior page of a rowid table has copies of keys.
        depth: how many levels.
        payload: bytes of records; overflow_payload: of those, how many lie on overflow pages.
        overflowing: how many records go on there; largest: bytes of the largest record.
        leaf_pages, interior_pages, overflow_pages: how many pages of each kind.
        leaf_free, interior_free, overflow_free: how many bytes of these are unused.
    """

    cells: int = 0
    leaf_cells: int = 0
    interior_cells: int = 0
    rows: int = 0
    depth: int = 0
    payload: int = 0
    overflow_payload: int = 0
    overflowing: int = 0
    largest: int = 0
    leaf_pages: int = 0
    interior_pages: int = 0
    overflow_pages: int = 0
    leaf_free: int = 0
    interior_free: int = 0
    overflow_free: int = 0

    @property
    def pages(self) -> int:
        """How many pages of any kind."""
        return self.leaf_pages + self.interior_pages + self.overflow_pages

    @property
    def free(self) -> int:
        """How many bytes of them are unused."""
        return self.leaf_free + self.interior_free + self.overflow_free

    def add(self, other: Space) -> None:
        """Take in another tree."""
        highest = max(self.depth, other.depth), max(self.largest, other.largest)
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)
        self.depth, self.largest = highest


@dataclass
class TreeSpace:
    """A tree by its name, and what it takes.

    Attributes:
        table: the name of the table that it belongs to, which is its own where it is no index.
        without_rowid: it is a table WITHOUT ROWID.
    """

    name: str
    table: str
    index: bool
    without_rowid: bool
    space: Space


def total_of(trees: Iterable[TreeSpace]) -> Space:
    """What several trees take together."""
    total = Space()
    for tree in trees:
        total.add(tree.space)
    return total


def measured(root: int, read: Callable[[int], bytes], usable: int, of_rowids: bool) -> Space:
    """What the tree below a root takes.

    Args:
        read: gives a page's bytes.
        usable: how many of them are the B-tree's.
        of_rowids: it is a table's with rowids.

    Raises:
        DatabaseError: a page of it is none of a B-tree.
    """
    space = Space()
    seen: set[int] = set()
    level = [root]
    while level:
        space.depth += 1
        below: list[int] = []
        for number in level:
            data = b"" if number in seen else read(number)
            seen.add(number)
            if not data or not looks_like_btree(number, data):
                raise error(f"database disk image is malformed: page {number}", "SQLITE_CORRUPT")
            page = BTreePage(number, data, usable)
            _take(space, page)
            below += page.children()
        level = below
    space.cells = space.leaf_cells + space.interior_cells
    space.rows = space.leaf_cells if of_rowids else space.cells
    return space


def _take(space: Space, page: BTreePage) -> None:
    """Count a page."""
    if page.leaf:
        space.leaf_pages += 1
        space.leaf_cells += page.cell_count
        space.leaf_free += page.free
    else:
        space.interior_pages += 1
        space.interior_cells += page.cell_count
        space.interior_free += page.free
    for cell in page.cells:
        space.payload += cell.payload
        space.largest = max(space.largest, cell.payload)
        if cell.overflow:
            _take_overflow(space, cell, page.usable - 4)


def _take_overflow(space: Space, cell: Cell, room: int) -> None:
    """Count the overflow pages of a record, each of which has so much room."""
    rest = cell.payload - cell.local
    pages = -(-rest // room)
    space.overflowing += 1
    space.overflow_payload += rest
    space.overflow_pages += pages
    space.overflow_free += pages * room - rest
