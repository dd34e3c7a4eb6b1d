"""The way from a tree's root to a cell: each page, the comparisons made on it, and where they lead.

A page is searched by halves, as the engine does.  A key that leaves out the last fields of an index finds the first
entry that begins so, and may have to look at an entry on the way once more from below.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from foundrydb.errors import Error, error
from foundrydb.storage.format.record import decode_fields
from foundrydb.storage.format.values import Value
from foundrydb.storage.tree.space.overflow import read_chain
from foundrydb.tools.views.key_text import short_key, short_value
from foundrydb.tools.views.pages.page_layout import KINDS, BTreePage, Cell
from foundrydb.tools.views.pages.survey import Survey
from foundrydb.tools.views.pages.tree_schema import TreeSchema
from foundrydb.vm.arithmetic.affinity import apply_affinity

DEEPEST: Final = 100
"""Pages on the way, before it is taken for a circle."""

ORDERS: Final = ("comes before", "equals", "comes after")


class KeyComparison(NamedTuple):
    """A cell's key beside the one that is sought.

    Attributes:
        order: -1 where the cell comes before it, 0, or 1 where it comes after it.
    """

    cell: int
    key: str
    order: int


class SearchStep(NamedTuple):
    """What was done on a page.

    Attributes:
        cells: how many it has.
        place: the cell that the comparisons lead to: the first that does not come before the key.
        child: the page below that the way goes on to, 0 for none.
    """

    page: int
    kind: str
    cells: int
    comparisons: list[KeyComparison]
    place: int
    child: int


class KeySearch:
    """A way through a tree.

    Attributes:
        tree: what was searched.
        key: what was sought.
        steps: the pages on the way.
        page, cell: where it was found; else the leaf and the place where it would be.
        found: whether it is there.
        entry: the key that was found, as text.
        rowid: of the row, 0 where there is none to tell.
    """

    def __init__(self, tree: TreeSchema, key: list[Value]) -> None:
        self.tree: Final = tree
        self.key: Final = key
        self.steps: Final[list[SearchStep]] = []
        self.page = 0
        self.cell = 0
        self.found = False
        self.entry = ""
        self.rowid: int | None = None


def parse_key(tree: TreeSchema, arguments: list[str]) -> list[Value]:
    """The values that a key's arguments stand for: SQL literals, and text without quotes.

    Raises:
        OperationalError: the tree has no such key.
    """
    if tree.key is None:
        try:
            (text,) = arguments
            return [int(text)]
        except ValueError:
            given = ", ".join(arguments) or "none"
            raise error(f"{tree.name} is searched by its rowid, one integer: given was {given}") from None
    if tree.why_not:
        raise error(tree.why_not)
    most = len(tree.affinities)
    if not 1 <= len(arguments) <= most:
        names = ", ".join(tree.columns[:most])
        raise error(f"{tree.name} is searched by 1 to {most} values ({names}): {len(arguments)} were given")
    return [_value(text, affinity) for text, affinity in zip(arguments, tree.affinities)]


def _value(text: str, affinity: str) -> Value:
    if text.upper() == "NULL":
        return None
    if len(text) > 1 and text[0] == text[-1] == "'":
        return apply_affinity(text[1:-1].replace("''", "'"), affinity)
    if text[:2].lower() == "x'" and text.endswith("'"):
        try:
            return bytes.fromhex(text[2:-1])
        except ValueError:
            raise error(f"{text} is no blob literal") from None
    if affinity == "B":
        return text
    # A number looks the same in any column but one of text.
    return apply_affinity(text, "C")


def search_key(survey: Survey, tree: TreeSchema, key: list[Value]) -> KeySearch:
    """Look for a key.

    Raises:
        Error: a page on the way cannot be read.
    """
    search = KeySearch(tree, key)
    number = tree.root
    above: tuple[BTreePage, int] | None = None
    while number:
        if len(search.steps) == DEEPEST:
            raise error(f"the tree of {tree.name} is too deep, or runs in a circle", "SQLITE_CORRUPT")
        page = survey.btree_page(number)
        if page.table != (tree.key is None):
            raise error(f"page {number} is of the kind {KINDS[page.kind]}", "SQLITE_CORRUPT")
        step = _search_page(survey, search, page)
        search.steps.append(step)
        number = step.child
        if not page.table and step.place < len(page.cells):
            above = page, step.place
        if not number:
            _settle(survey, search, page, step, above)
    return search


def _settle(
    survey: Survey, search: KeySearch, page: BTreePage, step: SearchStep, above: tuple[BTreePage, int] | None
) -> None:
    """Say where the way has led: on the last page, or back to an entry on a page above."""
    search.page, search.cell = page.number, step.place
    at, place = above if above is not None else (page, step.place)
    if place < len(at.cells):
        key = _key(survey, at, at.cells[place])
        if _order(search, key) == 0:
            search.found = True
            search.page, search.cell = at.number, place
            search.entry = short_key(key if isinstance(key, int) else list(key), 60)
            search.rowid = _rowid(search.tree, key)


def _rowid(tree: TreeSchema, key: list[Value] | int) -> int | None:
    """The rowid of an entry's row."""
    if tree.kind != "index" or isinstance(key, int) or tree.columns[-1] != "rowid":
        return None
    rowid = key[-1]
    return rowid if isinstance(rowid, int) else None


def _search_page(survey: Survey, search: KeySearch, page: BTreePage) -> SearchStep:
    low, high = 0, len(page.cells)
    made: list[KeyComparison] = []
    exact = False
    while low < high and not exact:
        middle = (low + high) // 2
        key = _key(survey, page, page.cells[middle])
        order = _order(search, key)
        made.append(KeyComparison(middle, short_key(key, 60), order))
        exact = order == 0 and _is_whole(search, key)
        if exact:
            low = middle
        elif order < 0:
            low = middle + 1
        else:
            high = middle
    child = 0
    if not page.leaf and not (exact and not page.table):
        child = page.cells[low].child if low < len(page.cells) else page.right
    return SearchStep(page.number, KINDS[page.kind], page.cell_count, made, low, child)


def _is_whole(search: KeySearch, key: list[Value] | int) -> bool:
    """Whether no other entry can equal what is sought: all that tells entries apart was given."""
    return isinstance(key, int) or len(search.key) == len(search.tree.affinities)


def _order(search: KeySearch, key: list[Value] | int) -> int:
    """How a cell's key stands to the one that is sought."""
    if isinstance(key, int):
        wanted = search.key[0]
        assert isinstance(wanted, int)
        return (key > wanted) - (key < wanted)
    assert search.tree.key is not None
    result = search.tree.key.compare(key[: len(search.key)], search.key)
    return (result > 0) - (result < 0)


def _key(survey: Survey, page: BTreePage, cell: Cell) -> list[Value] | int:
    """A cell's key, overflow pages included.

    Raises:
        Error: it cannot be read.
    """
    if cell.fault:
        raise error(f"page {page.number}, cell {cell.index}: {cell.fault}", "SQLITE_CORRUPT")
    if cell.rowid is not None:
        return cell.rowid
    payload = page.data[cell.record : cell.record + cell.local]
    if cell.local < cell.payload:
        payload += read_chain(survey.pager, cell.overflow, cell.payload - cell.local)
    try:
        return decode_fields(payload, 0, len(payload), 1 << 15, page.encoding)
    except (Error, IndexError):
        raise error(f"page {page.number}, cell {cell.index}: unreadable record", "SQLITE_CORRUPT") from None


def key_words(search: KeySearch) -> str:
    """What was sought, in words."""
    if search.tree.key is None:
        return f"rowid {short_value(search.key[0])}"
    names = search.tree.columns
    return ", ".join(f"{name} = {short_value(value, 60)}" for name, value in zip(names, search.key))
