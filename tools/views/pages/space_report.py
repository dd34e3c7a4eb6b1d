"""A report on how a database uses its space, in the words of SQLite's ``sqlite3_analyzer`` and of ``.diskused``.

(https://sqlite.org/sqlanalyze.html)
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Context, Decimal
from math import ceil
from typing import Final, NamedTuple

from foundrydb.compiler.schema.names import fold
from foundrydb.tools.output.quoting_forms import literal
from foundrydb.tools.views.pages.space import Space, TreeSpace, total_of

_WIDTH: Final = 79
_WORDS: Final = 50
"""How many columns a title takes, and what a figure is."""

_COLUMNS: Final = (
    ("name text,", "A table or index"),
    ("tblname text,", "Table that owns name"),
    ("is_index boolean,", "TRUE if it is an index"),
    ("is_without_rowid boolean,", "TRUE if WITHOUT ROWID table"),
    ("nentry int,", "Number of entries in the BTree"),
    ("leaf_entries int,", "Number of leaf entries"),
    ("depth int,", "Depth of the b-tree"),
    ("payload int,", "Total data in this table/index"),
    ("ovfl_payload int,", "Total data on overflow pages"),
    ("ovfl_cnt int,", "Entries that use overflow"),
    ("mx_payload int,", "Maximum payload size"),
    ("int_pages int,", "Interior pages used"),
    ("leaf_pages int,", "Leaf pages used"),
    ("ovfl_pages int,", "Overflow pages used"),
    ("int_unused int,", "Unused bytes on interior pages"),
    ("leaf_unused int,", "Unused bytes on primary pages"),
    ("ovfl_unused int,", "Unused bytes on overflow pages"),
    ("int_entries int", "B-tree entries on internal pages"),
)
"""The table of figures that ends a report."""


class DatabaseFacts(NamedTuple):
    """What is so of a database as a whole.

    Attributes:
        page_size, page_count, free_pages: of its pages.
        auto_vacuum: it has pages that say where others are.
        tables: how many there are, the schema's own among them; without_rowid: how many of them have no rowid.
    """

    page_size: int
    page_count: int
    free_pages: int
    auto_vacuum: bool
    tables: int
    without_rowid: int


def report(facts: DatabaseFacts, trees: list[TreeSpace]) -> Iterator[str]:
    """The lines of a report.

    Args:
        trees: in the order of their names.
    """
    yield f"/{_title('Database storage utilization report').removeprefix('*')}"
    yield ""
    yield from _whole(facts, trees)
    for title, key in (
        ("Page counts for all tables with their indexes", "table"),
        ("Page counts for all tables and indexes separately", "name"),
    ):
        yield from _titled(title)
        yield from _page_counts(facts, trees, key)
    for title, chosen in _parts(facts, trees):
        if chosen:
            yield from _titled(title)
            yield from _part(facts, chosen)
    yield from _titled("Raw data used to generate this report")
    yield from _raw(trees)


def _title(text: str) -> str:
    return f"*** {text} ".ljust(_WIDTH, "*")


def _titled(text: str) -> Iterator[str]:
    yield from ("", _title(text), "")


def _line(what: str, figure: object, share: float | None = None) -> str:
    """A figure, and how many hundredths it is."""
    text = f"{what}{'.' * (_WORDS - len(what))} "
    return f"{text}{figure}" if share is None else f"{text}{figure!s:<11} {_hundredths(share)}"


def _hundredths(share: float) -> str:
    """Two or three digits that count, the point in the fourth column."""
    whole, _, fraction = _digits(share, 3 if share >= 10 else 2).partition(".")
    return f"{whole:>3}.{fraction or '0'}%"


def _digits(number: float, count: int) -> str:
    """A number with so many digits that count; a half is rounded up, as SQLite's printf does."""
    rounded = Context(count, ROUND_HALF_UP).create_decimal(number)
    return format(rounded.normalize(), "f")


def _mean(part: int, whole: int) -> str:
    """A quotient with one place."""
    return format(Decimal(part / whole).quantize(Decimal("0.1"), ROUND_HALF_UP), "f")


def _of(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def _whole(facts: DatabaseFacts, trees: list[TreeSpace]) -> Iterator[str]:
    pages, size = facts.page_count, facts.page_size
    used = total_of(trees).pages
    indexes = [tree for tree in trees if tree.index]
    implied = [tree for tree in indexes if tree.name.startswith("sqlite_autoindex_")]
    payload = sum(tree.space.payload for tree in trees if not tree.index and tree.name != "sqlite_schema")
    yield _line("Page size in bytes", size)
    yield _line("Pages in the database", pages)
    yield _line("Pages that store data", used, _of(used, pages))
    yield _line("Pages on the freelist", facts.free_pages, _of(facts.free_pages, pages))
    pointers = ceil((pages - 1) / (size // 5 + 1)) if facts.auto_vacuum and pages > 1 else 0
    yield _line("Pages of auto-vacuum overhead", pointers, _of(pointers, pages))
    yield _line("Number of tables", facts.tables)
    if facts.without_rowid:
        yield _line("Number of WITHOUT ROWID tables", facts.without_rowid)
        yield _line("Number of rowid tables", facts.tables - facts.without_rowid)
    yield _line("Number of indexes", len(indexes))
    yield _line("Number of defined indexes", len(indexes) - len(implied))
    yield _line("Number of implied indexes", len(implied))
    yield _line("Size of the database in bytes", size * pages)
    yield _line("Bytes of payload", payload, _of(payload, size * pages))


def _page_counts(facts: DatabaseFacts, trees: list[TreeSpace], key: str) -> Iterator[str]:
    """How many pages there are by the names of trees, or by those of their tables; the most first."""
    counts: dict[str, int] = {}
    for tree in trees:
        name = _upper(getattr(tree, key))
        counts[name] = counts.get(name, 0) + tree.space.pages
    for name, count in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        yield _line(name, count, _of(count, facts.page_count))


def _parts(facts: DatabaseFacts, trees: list[TreeSpace]) -> Iterator[tuple[str, list[TreeSpace]]]:
    """What is told of in turn: titles, and the trees that each is about."""
    tables = [tree for tree in trees if not tree.index]
    indexes = [tree for tree in trees if tree.index]
    yield "All tables and indexes", trees
    yield "All tables", tables
    if facts.without_rowid:
        yield "All WITHOUT ROWID tables", [tree for tree in tables if tree.without_rowid]
        yield "All rowid tables", [tree for tree in tables if not tree.without_rowid]
    yield "All indexes", indexes
    for table in sorted(tables, key=lambda tree: _upper(tree.name)):
        name = _upper(table.name)
        own = [tree for tree in indexes if fold(tree.table) == fold(table.name)]
        if not own:
            yield f"Table {name}", [table]
            continue
        yield f"Table {name} and all its indexes", [table, *own]
        yield f"Table {name} w/o any indexes", [table]
        if len(own) > 1:
            yield f"All indexes of table {name}", own
        for index in own:
            yield f"Index {_upper(index.name)}", [index]


def _upper(name: str) -> str:
    return "".join([each.upper() if each.isascii() else each for each in name])


def _part(facts: DatabaseFacts, trees: list[TreeSpace]) -> Iterator[str]:
    space = total_of(trees)
    storage = space.pages * facts.page_size
    rest = storage - space.payload - space.free
    yield _line("Percentage of total database", f"{_digits(_of(space.pages, facts.page_count), 3)}%")
    yield _line("Number of entries", space.rows)
    yield _line("Bytes of storage consumed", storage)
    yield _line("Bytes of payload", space.payload, _of(space.payload, storage))
    if space.overflowing:
        share = _of(space.overflow_payload, space.payload)
        yield _line("Bytes of payload in overflow", space.overflow_payload, share)
    yield _line("Bytes of metadata", rest, _of(rest, storage))
    if len(trees) == 1:
        yield _line("B-tree depth", space.depth)
        if space.interior_cells > 1:
            children = space.interior_cells + space.interior_pages
            yield _line("Average fanout", _mean(children, space.interior_pages))
    yield from _entries(space, rest)
    yield from _pages(space, storage)


def _entries(space: Space, rest: int) -> Iterator[str]:
    if space.rows:
        yield _line("Average payload per entry", _mean(space.payload, space.rows))
        yield _line("Average unused bytes per entry", _mean(space.free, space.rows))
        yield _line("Average metadata per entry", _mean(rest, space.rows))
    yield _line("Maximum single-entry payload", space.largest)
    if space.rows:
        yield _line("Entries that use overflow", space.overflowing, _of(space.overflowing, space.rows))


def _pages(space: Space, storage: int) -> Iterator[str]:
    if space.interior_pages:
        yield _line("Index pages used", space.interior_pages)
    yield _line("Primary pages used", space.leaf_pages)
    if space.overflowing:
        yield _line("Overflow pages used", space.overflow_pages)
    yield _line("Total pages used", space.pages)
    if space.interior_pages:
        yield _line("Unused bytes on index pages", space.interior_free)
    yield _line("Unused bytes on primary pages", space.leaf_free)
    if space.overflowing:
        yield _line("Unused bytes on overflow pages", space.overflow_free)
    yield _line("Unused bytes on all pages", space.free, _of(space.free, storage))


def _raw(trees: list[TreeSpace]) -> Iterator[str]:
    """A script that makes a table of the figures, behind the end of the comment that the report is."""
    yield 'The following SQL will create a table named "space_used" which'
    yield "contains most of the information used to generate the report above."
    yield "*/"
    yield "BEGIN;"
    yield "CREATE TABLE space_used("
    for column, comment in _COLUMNS:
        yield f"   {column:<25} -- {comment}"
    yield ");"
    yield "INSERT INTO space_used VALUES"
    for tree in trees:
        yield f" ({','.join(_row(tree))}){';' if tree is trees[-1] else ','}"
    yield "COMMIT;"


def _row(tree: TreeSpace) -> list[str]:
    space = tree.space
    figures = (
        int(tree.index), int(tree.without_rowid), space.cells, space.leaf_cells, space.depth, space.payload,
        space.overflow_payload, space.overflowing, space.largest, space.interior_pages, space.leaf_pages,
        space.overflow_pages, space.interior_free, space.leaf_free, space.overflow_free, space.interior_cells,
    )  # fmt: skip
    return [literal(tree.name), literal(tree.table), *[str(figure) for figure in figures]]
