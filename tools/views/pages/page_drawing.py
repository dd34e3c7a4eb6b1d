"""Pictures of one page (see ``page_records``) and of the way from a tree's root to a cell (see ``key_search``)."""

from __future__ import annotations

from typing import Any, Final

from foundrydb.tools.views.drawings.diagram import WHITE, Diagram
from foundrydb.tools.views.excerpt import plural
from foundrydb.tools.views.pages.key_search import ORDERS, KeySearch, SearchStep, key_words
from foundrydb.tools.views.pages.search_dump import child_words
from foundrydb.tools.views.pages.tree_drawing import COLORS, OVERFLOW

FOUND: Final = "#fff2cc"

MOST_FIELDS: Final = 12
"""So many values of a record are drawn."""

LONGEST: Final = 40
"""So many characters of a value are drawn."""


def page_picture(page: dict[str, Any]) -> Diagram:
    """A page with its cells in the order of their keys, and the pages that they lead to.

    Args:
        page: as ``page_object`` makes it.
    """
    diagram = Diagram("page", True, f"page {page['page']}: {page['role']}")
    if "cells" not in page:
        diagram.box("page", f"page {page['page']}", [page["role"]])
        return diagram
    figures = f"{plural(page['cell_count'], 'cell')}, {plural(page['free_bytes'], 'byte')} free"
    lines = [figures, f"cells begin at {page['content_start']} of {page['page_size']}", *page["faults"]]
    diagram.box("page", f"page {page['page']} · {page['kind']}", lines, COLORS[page["kind"]])
    before = -1
    for cell in page["cells"]:
        number = cell["cell"]
        if number > before + 1:
            diagram.box("rest", f"… {plural(number - before - 1, 'cell')} not shown")
            diagram.edge("page", "rest", style="dashed")
        before = number
        _draw_cell(diagram, cell)
    if page.get("rightmost_child"):
        diagram.box("right", f"page {page['rightmost_child']}")
        diagram.edge("page", "right", "right of all cells")
    return diagram


def _draw_cell(diagram: Diagram, cell: dict[str, Any]) -> None:
    name = f"cell{cell['cell']}"
    key = f": rowid {cell['rowid']}" if "rowid" in cell else ""
    lines = [f"bytes {cell['offset']} to {cell['offset'] + cell['size'] - 1}"]
    fields = cell.get("fields") or []
    lines += [f"{each['column'] or '?'} = {_shown(each.get('value'))}" for each in fields[:MOST_FIELDS]]
    if len(fields) > MOST_FIELDS:
        lines.append(f"… {plural(len(fields) - MOST_FIELDS, 'more value')}")
    diagram.box(name, f"cell {cell['cell']}{key}", lines)
    diagram.edge("page", name)
    if cell.get("child"):
        diagram.box(f"{name}child", f"page {cell['child']}")
        diagram.edge(name, f"{name}child", "left of it")
    if cell.get("overflow"):
        count, pages = cell["overflow"]["count"], cell["overflow"]["pages"][:6]
        shown = ", ".join(map(str, pages)) + (" …" if count > len(pages) else "")
        diagram.box(f"{name}rest", f"overflow, {plural(count, 'page')}", [shown], OVERFLOW)
        diagram.edge(name, f"{name}rest", style="dotted")


def _shown(value: object) -> str:
    text = "NULL" if value is None else repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def search_picture(search: KeySearch) -> Diagram:
    """The pages on the way, what was compared on each, and the cell in which it ends."""
    tree = search.tree
    diagram = Diagram("search", title=f"{tree.kind} {tree.name}: {key_words(search)}")
    before: SearchStep | None = None
    for step in search.steps:
        name = f"p{step.page}"
        head = f"root of {tree.kind} {tree.name}" if before is None else ""
        lines = [plural(step.cells, "cell")]
        lines += [f"cell {each.cell}: {each.key} {ORDERS[each.order + 1]} it" for each in step.comparisons]
        diagram.box(name, f"page {step.page} · {step.kind}", lines, COLORS.get(step.kind, WHITE), head)
        if before is not None:
            diagram.edge(f"p{before.page}", name, child_words(before))
        before = step
    title = f"cell {search.cell}" if search.found else f"not there: it would be cell {search.cell}"
    diagram.box("end", title, [search.entry] if search.found else [], FOUND if search.found else WHITE)
    diagram.edge(f"p{search.page}", "end", style="solid" if search.found else "dashed")
    return diagram
