"""A database's B-trees (see ``survey``) as a picture: a tree grows from left to right, and the trees fill a grid."""

from __future__ import annotations

from typing import Final

from foundrydb.tools.views.drawings.diagram import WHITE, Diagram
from foundrydb.tools.views.excerpt import plural
from foundrydb.tools.views.pages.survey import FreelistPages, Picture, TreePage, TreePicture
from foundrydb.tools.views.pages.tree_dump import chain_text, elided, elided_keys, headline, key_range

COLORS: Final = {
    "interior table": "#cfe2f3",
    "leaf table": "#e8f1fa",
    "interior index": "#d9ead3",
    "leaf index": "#eef6ea",
    "unreadable": "#f4cccc",
}
OVERFLOW: Final = "#fff2cc"
FREE: Final = "#eeeeee"


def trees_picture(picture: Picture) -> Diagram:
    """The picture."""
    down = max(round(len(picture.trees) ** 0.5), 1)
    diagram = Diagram("database", True, headline(picture), down)
    for number, tree in enumerate(picture.trees):
        _draw_tree(diagram, number, tree, _place(number, len(picture.trees), down))
    if picture.elided_trees:
        diagram.box("elided", f"… {plural(picture.elided_trees, 'tree')} not shown", place=len(picture.trees))
    if picture.freelist.count:
        _draw_freelist(diagram, picture.freelist, len(picture.trees) + 1)
    return diagram


def _place(number: int, count: int, down: int) -> int:
    """Where a tree goes in the grid, which Graphviz fills column by column from the bottom up."""
    first = number // down * down
    return first + min(down, count - first) - 1 - (number - first)


def _draw_tree(diagram: Diagram, number: int, tree: TreePicture, place: int) -> None:
    head = f"{tree.root.kind} {tree.root.name}"
    for page in tree.pages():
        name = _name(number, page)
        _draw_page(diagram, name, page, head, place)
        head = ""
        _draw_chains(diagram, name, page, place)
        for i, child in enumerate(page.children):
            if isinstance(child, TreePage):
                diagram.edge(name, _name(number, child))
            else:
                below = f"{name}_rest{i}"
                diagram.box(below, f"… {elided(page, child)}", [elided_keys(child)], place=place)
                diagram.edge(name, below, style="dashed")


def _name(tree: int, page: TreePage) -> str:
    return f"t{tree}p{page.number}"


def _draw_page(diagram: Diagram, name: str, page: TreePage, head: str, place: int) -> None:
    """A page's box; a root's begins with what tree it is the root of."""
    color = COLORS[page.kind] if not page.fault else COLORS["unreadable"]
    if page.kind == "unreadable":
        diagram.box(name, f"page {page.number}", [page.fault], color, head, place=place)
        return
    lines = [plural(page.cells, "cell"), key_range(page), f"{plural(page.free, 'byte')} free"]
    lines += [page.fault] if page.fault else []
    diagram.box(name, f"page {page.number} · {page.kind}", lines, color, head, place=place)


def _draw_chains(diagram: Diagram, name: str, page: TreePage, place: int) -> None:
    for i, chain in enumerate(page.chains):
        below = f"{name}_chain{i}"
        title = f"overflow of cell {chain.cell}"
        diagram.box(below, title, [chain_text(chain)], OVERFLOW, place=place)
        diagram.edge(name, below, style="dotted")
    if page.more_chains:
        diagram.box(
            f"{name}_chains", f"… {plural(page.more_chains, 'more chain')}", [], OVERFLOW, place=place
        )
        diagram.edge(name, f"{name}_chains", style="dotted")


def _draw_freelist(diagram: Diagram, free: FreelistPages, place: int) -> None:
    head = f"freelist, {plural(free.count, 'page')}"
    previous = ""
    for number, leaves in free.trunks:
        name = f"free{number}"
        shown = ", ".join(map(str, leaves[:6])) + (" …" if len(leaves) > 6 else "")
        lines = [plural(len(leaves), "leaf page"), shown] if leaves else ["no leaf pages"]
        diagram.box(name, f"page {number} · trunk", lines, FREE, head, place=place)
        if previous:
            diagram.edge(previous, name)
        previous, head = name, ""
    if free.more and previous:
        diagram.box("free_more", "… more trunk pages not shown", [], WHITE, place=place)
        diagram.edge(previous, "free_more", style="dashed")
