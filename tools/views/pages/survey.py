"""A database file, surveyed page by page: its trees, its freelist, and which page is what.

The survey reads only what it is asked to show.  A tree with many children under a page is shown by its first and
last ones; what is left out is counted and said, and not read.  So a file of any size has a picture of bounded size
in bounded time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from foundrydb.errors import Error, error
from foundrydb.storage.format.values import Value
from foundrydb.storage.os.os_vfs import OsVFS
from foundrydb.storage.os.vfs import VFS
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.salvage.mended_vfs import MendedVFS
from foundrydb.storage.tree.database import Database
from foundrydb.storage.tree.nodes.node import u32
from foundrydb.tools.output.files import check_file
from foundrydb.tools.views.pages.page_layout import KINDS, BTreePage, looks_like_btree


class TreeRoot:
    """A tree, as the schema table names it: ``kind`` is ``table`` or ``index``, ``table`` the table's name."""

    def __init__(self, kind: str, name: str, table: str, page: int) -> None:
        self.kind: Final = kind
        self.name: Final = name
        self.table: Final = table
        self.page: Final = page


class PageRole:
    """What a page is to the database: in words, and the tree that it belongs to, None where it belongs to none."""

    def __init__(self, text: str, root: TreeRoot | None = None) -> None:
        self.text: Final = text
        self.root: Final = root


class OverflowChain:
    """An overflow chain: the cell that it continues, its pages (as many as were followed), and their full number."""

    def __init__(self, cell: int, pages: list[int], length: int) -> None:
        self.cell: Final = cell
        self.pages: Final = pages
        self.length: Final = length


class TreePage:
    """A page of a tree in the picture.

    Attributes:
        number: of the page.
        kind: what it is, ``leaf table`` for example.
        cells: how many it has.
        free: unused bytes.
        first, last: its smallest and largest key, as ``BTreePage.key`` gives them.
        children: the pages below that are shown, with an ``Elision`` where some are not.
        chains: overflow chains of its cells that are shown.
        more_chains: how many more there are.
        fault: why the page cannot be read, "" when it can.
    """

    def __init__(self, number: int) -> None:
        self.number: Final = number
        self.kind = "unreadable"
        self.cells = 0
        self.free = 0
        self.first: list[Value] | int | None = None
        self.last: list[Value] | int | None = None
        self.children: list[TreePage | Elision] = []
        self.chains: list[OverflowChain] = []
        self.more_chains = 0
        self.fault = ""


class Elision:
    """Pages that are left out of the picture: how many children, and the keys that bound them."""

    def __init__(self, count: int, after: list[Value] | int | None, until: list[Value] | int | None) -> None:
        self.count: Final = count
        self.after: Final = after
        self.until: Final = until


class TreePicture:
    """A tree in the picture."""

    def __init__(self, root: TreeRoot, top: TreePage) -> None:
        self.root: Final = root
        self.top: Final = top

    def pages(self) -> Iterator[TreePage]:
        """Every page of it that is shown, parents first."""
        waiting = [self.top]
        while waiting:
            page = waiting.pop()
            yield page
            waiting.extend(child for child in reversed(page.children) if isinstance(child, TreePage))


class FreelistPages:
    """The freelist: how many free pages the header counts, and the trunks that are shown, each with its leaves."""

    def __init__(self, count: int, trunks: list[tuple[int, list[int]]], more: bool) -> None:
        self.count: Final = count
        self.trunks: Final = trunks
        self.more: Final = more


class Picture:
    """What ``dump-tree`` draws."""

    def __init__(
        self, path: str, page_size: int, page_count: int, trees: list[TreePicture], free: FreelistPages
    ) -> None:
        self.path: Final = path
        self.page_size: Final = page_size
        self.page_count: Final = page_count
        self.trees: Final = trees
        self.freelist: Final = free
        self.elided_trees = 0


class Survey:
    """Reads a database's pages, under a SHARED lock, until it is closed.

    Args:
        database: open for reading; ``open_survey`` makes one from a path.

    Attributes:
        lost_header: what the file has in the place of a header; empty where its header is one.
    """

    def __init__(self, database: Database, path: str) -> None:
        self.database: Final = database
        self.pager: Final = database.pager
        self.path: Final = path
        self.lost_header = b""
        self._owned = False
        self._began = not self.pager.in_read
        database.begin_read()

    def close(self) -> None:
        """Give the lock back, and the file where this survey opened it."""
        if self._owned:
            self.database.close()
        elif self._began:
            self.database.end_read()

    def data(self, number: int) -> bytes:
        """The bytes of a page, with uncommitted changes.

        Raises:
            CorruptError: there is no such page.
        """
        data = self.pager.get(number).image()
        if number == 1 and self.lost_header:
            return self.lost_header + data[len(self.lost_header) :]
        return data

    def btree_page(self, number: int) -> BTreePage:
        """A page of a B-tree, taken apart.

        Raises:
            Error: there is no such page, or it is no B-tree page.
        """
        data = self.data(number)
        if not looks_like_btree(number, data):
            raise error(f"page {number} is no B-tree page", "SQLITE_CORRUPT")
        return BTreePage(number, data, int(self.pager.usable_size), self.database.encoding)

    def roots(self) -> list[TreeRoot]:
        """All trees: the schema table's, and those that it names."""
        found = [TreeRoot("table", "sqlite_schema", "sqlite_schema", 1)]
        if self.pager.page_count == 0:
            return []
        cursor = self.database.table_cursor(1)
        more = cursor.first()
        while more:
            kind, name, table, page = cursor.row(4)
            if kind in ("table", "index") and isinstance(page, int) and page > 0:
                found.append(TreeRoot(str(kind), str(name), str(table), page))
            more = cursor.next()
        cursor.close()
        return found

    # the picture --------------------------------------------------------------------------------------------

    def picture(self, table: str | None = None, limit: int = 120) -> Picture:
        """The trees, drawn with about ``limit`` pages at most.

        Args:
            table: show only this table and its indexes.

        Raises:
            OperationalError: there is no such table.
        """
        roots = self.roots()
        if table is not None:
            roots = [root for root in roots if table.lower() in (root.table.lower(), root.name.lower())]
            if not roots:
                raise error(f"no such table: {table}")
        shown, elided = _middle_out(roots, max(limit // 2, 2))
        fan = limit
        while True:
            trees = self._trees(shown, fan, limit)
            if trees is not None or fan <= 2:
                break
            fan = max(min(fan // 2, 12), 2) if fan > 12 else fan - 2
        if trees is None:
            trees = self._tops(shown, limit)
        size, count = int(self.pager.page_size), int(self.pager.page_count)
        picture = Picture(self.path, size, count, trees, self._freelist(limit))
        picture.elided_trees = elided
        return picture

    def _trees(self, roots: list[TreeRoot], fan: int, limit: int) -> list[TreePicture] | None:
        """The trees with at most ``fan`` children below a page; None when that is more than ``limit`` pages."""
        drawn = 0
        trees = []
        for root in roots:
            tree = TreePicture(root, TreePage(root.page))
            seen: set[int] = set()
            waiting = [tree.top]
            while waiting:
                page = waiting.pop()
                drawn += 1
                if drawn > limit:
                    return None
                self._expand(page, fan, seen)
                waiting.extend(child for child in page.children if isinstance(child, TreePage))
            trees.append(tree)
        return trees

    def _tops(self, roots: list[TreeRoot], limit: int) -> list[TreePicture]:
        """The upper parts of the trees, ``limit`` pages or little more: what is below them is left out."""
        trees = [TreePicture(root, TreePage(root.page)) for root in roots]
        seen: set[int] = set()
        level = [tree.top for tree in trees]
        drawn = len(level)
        while level:
            below: list[TreePage] = []
            for page in level:
                self._expand(page, 2 if drawn < limit else 0, seen)
                children = [child for child in page.children if isinstance(child, TreePage)]
                drawn += len(children)
                below.extend(children)
            level = below
        return trees

    def _expand(self, page: TreePage, fan: int, seen: set[int]) -> None:
        """Read a page and put its children below it."""
        if page.number in seen or len(seen) > 1_000_000:
            page.fault = "the tree runs in a circle"
            return
        seen.add(page.number)
        try:
            layout = self.btree_page(page.number)
        except Error as problem:
            page.fault = problem.message
            return
        _describe(page, layout)
        self._chains(page, layout)
        children = layout.children()
        head, tail, elided = _split(children, fan)
        page.children.extend(TreePage(number) for number in head)
        if elided:
            cells = layout.cells
            after = layout.key(cells[max(len(head) - 1, 0)]) if cells else None
            until = layout.key(cells[min(len(children) - len(tail), len(cells)) - 1]) if cells else None
            page.children.append(Elision(elided, after, until))
        page.children.extend(TreePage(number) for number in tail)

    def _chains(self, page: TreePage, layout: BTreePage) -> None:
        """The overflow chains that begin on a page: the first three."""
        long = [cell for cell in layout.cells if cell.overflow]
        room = int(self.pager.usable_size) - 4
        for cell in long[:3]:
            length = -(-(cell.payload - cell.local) // room)
            page.chains.append(OverflowChain(cell.index, self._follow(cell.overflow, min(length, 8)), length))
        page.more_chains = len(long) - len(page.chains)

    def _follow(self, number: int, length: int) -> list[int]:
        """The first pages of an overflow chain."""
        pages: list[int] = []
        while number and len(pages) < length and number not in pages:
            pages.append(number)
            try:
                number = int(u32(self.data(number), 0))
            except Error:
                break
        return pages

    def _freelist(self, limit: int) -> FreelistPages:
        """The freelist's first trunks."""
        if self.pager.page_count == 0:
            return FreelistPages(0, [], False)
        header = self.data(1)
        trunks: list[tuple[int, list[int]]] = []
        number = int(u32(header, 32))
        seen: set[int] = set()
        while number and number not in seen and len(trunks) < max(limit // 20, 3):
            seen.add(number)
            try:
                data = self.data(number)
            except Error:
                break
            count = min(int(u32(data, 4)), int(self.pager.usable_size) // 4 - 2)
            trunks.append((number, [int(u32(data, 8 + 4 * i)) for i in range(count)]))
            number = int(u32(data, 0))
        return FreelistPages(int(u32(header, 36)), trunks, bool(number))

    # one page's role ----------------------------------------------------------------------------------------

    def role(self, wanted: int, progress: Callable[[int], None] | None = None) -> PageRole:
        """What page ``wanted`` is to the database: whose tree, freelist or overflow chain it belongs to.

        Every page may have to be read to find out; ``progress`` is told after each.
        """
        if wanted == 0x40000000 // int(self.pager.page_size) + 1:
            return PageRole("the lock-byte page")
        for trunk, leaves in self._freelist(1 << 30).trunks:
            if wanted == trunk:
                return PageRole("freelist trunk")
            if wanted in leaves:
                return PageRole(f"freelist leaf, listed on trunk page {trunk}")
        try:
            roots = self.roots()
        except Error as problem:
            return PageRole(f"of no known use: the schema cannot be read ({problem.message})")
        seen: set[int] = set()
        for root in roots:
            found = self._role_in(root, wanted, seen, progress)
            if found:
                return PageRole(found, root)
        return PageRole("belongs to nothing: neither a tree nor the freelist leads to it")

    def _role_in(
        self, root: TreeRoot, wanted: int, seen: set[int], progress: Callable[[int], None] | None
    ) -> str:
        waiting = [(root.page, f"{root.kind} {root.name}")]
        while waiting:
            number, path = waiting.pop()
            if number == wanted:
                return self._named(number, path)
            if number in seen:
                continue
            seen.add(number)
            if progress is not None:
                progress(len(seen))
            try:
                layout = self.btree_page(number)
            except Error:
                continue
            for cell in layout.cells:
                if cell.overflow:
                    chain = self._follow(cell.overflow, 1 << 20)
                    if wanted in chain:
                        place = chain.index(wanted) + 1
                        return f"overflow page {place} of {len(chain)} of cell {cell.index} on page {number}, {path}"
            waiting.extend((child, f"{path} > {number}") for child in reversed(layout.children()))
        return ""

    def _named(self, number: int, path: str) -> str:
        owner, _, above = path.partition(" > ")
        try:
            kind = KINDS[self.btree_page(number).kind]
        except Error:
            kind = "unreadable page"
        if not above:
            return f"{kind}, root of {owner}"
        return f"{kind} of {owner}, below " + " > ".join(f"page {part}" for part in above.split(" > "))


def open_survey(path: str) -> Survey:
    """A survey of the file at ``path``, which is opened for reading only.

    Where its header is lost, one that fits its pages stands for it.

    Raises:
        Error: there is none, it cannot be opened, or is no database.
    """
    check_file(path)
    try:
        return _survey(OsVFS(), path)
    except Error as problem:
        if problem.code not in ("SQLITE_NOTADB", "SQLITE_CORRUPT"):
            raise
        try:
            mended = MendedVFS(OsVFS(), path)
            survey = _survey(mended, path)
        except Error:
            raise problem from None
        survey.lost_header = mended.lost_header
        return survey


def _survey(vfs: VFS, path: str) -> Survey:
    pager = Pager(vfs, path, read_only=True, must_exist=True)
    try:
        survey = Survey(Database(pager), path)
    except BaseException:
        pager.close()
        raise
    survey._owned = True
    return survey


def _describe(page: TreePage, layout: BTreePage) -> None:
    page.kind = KINDS[layout.kind]
    page.cells = layout.cell_count
    page.free = layout.free
    if layout.cells:
        page.first = layout.key(layout.cells[0])
        page.last = layout.key(layout.cells[-1])
    faults = layout.faults + [f"cell {cell.index}: {cell.fault}" for cell in layout.cells if cell.fault]
    page.fault = faults[0] if faults else ""


def _split(children: list[int], fan: int) -> tuple[list[int], list[int], int]:
    """The first and last children to show, and how many are left out between them."""
    if len(children) <= (max(fan, 3) if fan else 0):
        return children, [], 0
    head = (fan + 1) // 2
    tail = fan - head
    return children[:head], children[len(children) - tail :], len(children) - fan


def _middle_out(roots: list[TreeRoot], limit: int) -> tuple[list[TreeRoot], int]:
    """The first and last trees, when there are more than ``limit``, and how many are left out."""
    if len(roots) <= limit:
        return roots, 0
    head = (limit + 1) // 2
    return roots[:head] + roots[len(roots) - (limit - head) :], len(roots) - limit
