"""A tree's keys as an indented list, and the constants of page layout: the views that a B-tree tutorial starts with."""

from __future__ import annotations

from typing import Final

from foundrydb.errors import Error, error
from foundrydb.storage.format.header import HEADER_SIZE
from foundrydb.storage.tree.nodes.node import (
    INTERIOR_HEADER,
    LEAF_HEADER,
    LEAF_INDEX,
    LEAF_TABLE,
    SMALLEST_CELL,
    max_local,
    min_local,
)
from foundrydb.tools.views.key_text import short_key
from foundrydb.tools.views.pages.survey import Survey, TreeRoot

LIMIT: Final = 400
"""How many lines a tree is shown with."""

EDGE: Final = 8
"""How many keys are shown at each end of a leaf that is not shown whole, and children of such a page."""


def key_tree_lines(survey: Survey, table: str | None) -> list[str]:
    """The tree of a table (or of an index of that name): pages with their sizes, and keys.

    Args:
        table: the first table of the schema where it is None.

    Raises:
        OperationalError: there is no such table.
    """
    roots = survey.roots()
    if table is None:
        named = [root for root in roots if root.kind == "table"][1:] or roots[:1]
    else:
        named = [root for root in roots if root.name.lower() == table.lower()]
    if not named:
        raise error(f"no such table: {table}" if table else "the database is empty")
    lines = [f"Tree: {named[0].name}"]
    _page_lines(survey, named[0].page, 0, set(), lines, _is_long(survey, named[0]))
    return lines


def _is_long(survey: Survey, root: TreeRoot) -> bool:
    """Whether the whole tree would take more lines than ``LIMIT``."""
    waiting, lines, seen = [root.page], 0, set()
    while waiting and lines <= LIMIT:
        number = waiting.pop()
        if number in seen:
            break
        seen.add(number)
        try:
            page = survey.btree_page(number)
        except Error:
            continue
        lines += 1 + page.cell_count
        waiting.extend(page.children())
    return lines > LIMIT


def _page_lines(
    survey: Survey, number: int, depth: int, seen: set[int], lines: list[str], long: bool
) -> None:
    margin = "  " * depth
    if number in seen:
        lines.append(f"{margin}- page {number} again: the tree runs in a circle")
        return
    seen.add(number)
    try:
        page = survey.btree_page(number)
    except Error as problem:
        lines.append(f"{margin}- page {number}: {problem.message}")
        return
    kind = "leaf" if page.leaf else "internal"
    lines.append(f"{margin}- {kind} (size {page.cell_count}, page {number})")
    count = len(page.cells)
    edge = EDGE if page.leaf else 2
    shown = (
        range(count) if not long or count <= 2 * edge + 1 else [*range(edge), -1, *range(count - edge, count)]
    )
    for i in shown:
        if i < 0:
            lines.append(f"{margin}  - … {count - 2 * edge} {'keys' if page.leaf else 'children'} not shown")
            continue
        if not page.leaf:
            _page_lines(survey, page.cells[i].child, depth + 1, seen, lines, long)
        key = short_key(page.key(page.cells[i]))
        lines.append(f"{margin}  - {key}" if page.leaf else f"{margin}  - key {key}")
    if not page.leaf:
        _page_lines(survey, page.right, depth + 1, seen, lines, long)


def page_constants(page_size: int, usable: int) -> list[tuple[str, int]]:
    """The sizes that decide how many cells fit on a page, in bytes."""
    return [
        ("PAGE_SIZE", page_size),
        ("USABLE_SIZE", usable),
        ("HEADER_SIZE", HEADER_SIZE),
        ("LEAF_NODE_HEADER_SIZE", LEAF_HEADER),
        ("INTERNAL_NODE_HEADER_SIZE", INTERIOR_HEADER),
        ("CELL_POINTER_SIZE", 2),
        ("SMALLEST_CELL_SIZE", SMALLEST_CELL),
        ("LEAF_NODE_SPACE_FOR_CELLS", usable - LEAF_HEADER),
        ("INTERNAL_NODE_SPACE_FOR_CELLS", usable - INTERIOR_HEADER),
        ("TABLE_LEAF_MAX_LOCAL_PAYLOAD", int(max_local(usable, LEAF_TABLE))),
        ("INDEX_MAX_LOCAL_PAYLOAD", int(max_local(usable, LEAF_INDEX))),
        ("MIN_LOCAL_PAYLOAD", int(min_local(usable))),
        ("OVERFLOW_PAGE_SPACE", usable - 4),
    ]
