"""A picture of a database's B-trees (see ``survey``) as Graphviz DOT, text or JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from foundrydb.tools.views.drawing import html, new_graph
from foundrydb.tools.views.key_text import short_key
from foundrydb.tools.views.pages.survey import (
    Elision,
    FreelistPages,
    OverflowChain,
    Picture,
    TreePage,
    TreePicture,
)

if TYPE_CHECKING:
    from graphviz import Digraph

_COLORS: Final = {
    "interior table": "#cfe2f3",
    "leaf table": "#e8f1fa",
    "interior index": "#d9ead3",
    "leaf index": "#eef6ea",
    "unreadable": "#f4cccc",
}


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def key_range(page: TreePage) -> str:
    """The keys of a page, from the smallest to the largest."""
    if not page.cells:
        return "no keys"
    first, last = short_key(page.first), short_key(page.last)
    return f"key {first}" if page.cells == 1 else f"keys {first} … {last}"


def elided(page: TreePage, part: Elision) -> str:
    """How much is left out below a page."""
    deep = any(isinstance(child, TreePage) and child.children for child in page.children)
    return f"{_plural(part.count, 'page')}{' with all below them' if deep else ''} not shown"


def elided_keys(part: Elision) -> str:
    """The keys between which something is left out."""
    return f"keys {short_key(part.after)} … {short_key(part.until)}"


def chain_text(chain: OverflowChain) -> str:
    """The pages of an overflow chain."""
    if chain.length <= len(chain.pages):
        return f"{' → '.join(map(str, chain.pages))}"
    return f"{' → '.join(map(str, chain.pages[:3]))} → … ({chain.length:,} pages)"


# text ---------------------------------------------------------------------------------------------------------


def picture_text(picture: Picture) -> str:
    """The picture as indented text."""
    lines = [_headline(picture)]
    for tree in picture.trees:
        lines.append("")
        lines.append(f"{tree.root.kind} {tree.root.name}")
        _page_lines(tree.top, "", "", lines)
    if picture.elided_trees:
        lines += ["", f"{_plural(picture.elided_trees, 'tree')} not shown"]
    free = picture.freelist
    if free.count:
        lines += ["", f"freelist: {_plural(free.count, 'page')}"]
        lines += [f"  {_trunk_text(number, leaves)}" for number, leaves in free.trunks]
        if free.more:
            lines.append("  more trunk pages not shown")
    return "\n".join(lines) + "\n"


def _headline(picture: Picture) -> str:
    free = f", {picture.freelist.count:,} of them free" if picture.freelist.count else ""
    return f"{picture.path}: {_plural(picture.page_count, 'page')} of {picture.page_size} bytes{free}"


def _trunk_text(number: int, leaves: list[int]) -> str:
    shown = ", ".join(map(str, leaves[:8])) + (f", … ({len(leaves):,} in all)" if len(leaves) > 8 else "")
    return f"trunk {number}: {shown}" if leaves else f"trunk {number}: no leaves"


def _page_lines(page: TreePage, head: str, margin: str, lines: list[str]) -> None:
    lines.append(head + _page_line(page))
    parts: list[str | TreePage] = []
    for chain in page.chains:
        parts.append(f"overflow of cell {chain.cell}: {chain_text(chain)}")
    if page.more_chains:
        parts.append(f"{_plural(page.more_chains, 'more overflow chain')}")
    for child in page.children:
        left_out = "" if isinstance(child, TreePage) else f"{elided(page, child)} ({elided_keys(child)})"
        parts.append(child if isinstance(child, TreePage) else left_out)
    for i, part in enumerate(parts):
        last = i == len(parts) - 1
        branch, below = ("└─ ", "   ") if last else ("├─ ", "│  ")
        if isinstance(part, TreePage):
            _page_lines(part, margin + branch, margin + below, lines)
        else:
            lines.append(margin + branch + part)


def _page_line(page: TreePage) -> str:
    if page.kind == "unreadable":
        return f"page {page.number}: {page.fault}"
    fault = f" !! {page.fault}" if page.fault else ""
    return (
        f"page {page.number}: {page.kind}, {_plural(page.cells, 'cell')}, {key_range(page)}, "
        f"{_plural(page.free, 'byte')} free{fault}"
    )


# DOT ----------------------------------------------------------------------------------------------------------


def picture_dot(picture: Picture) -> str:
    """The picture as Graphviz DOT: a tree grows from left to right; the trees fill a grid."""
    graph = new_graph("database", "LR")
    down = max(round(len(picture.trees) ** 0.5), 1)
    graph.attr(label=html(_headline(picture)), labelloc="t", ranksep="0.5", nodesep="0.12")
    graph.attr(pack="14", packmode=f"array_u{down}")
    graph.attr("node", shape="plain", fontsize="10")
    for number, tree in enumerate(picture.trees):
        _draw_tree(graph, number, tree, _place(number, len(picture.trees), down))
    if picture.elided_trees:
        text = f"… {_plural(picture.elided_trees, 'tree')} not shown"
        graph.node("elided", text, fontcolor="gray40", sortv=str(len(picture.trees)))
    if picture.freelist.count:
        _draw_freelist(graph, picture.freelist, len(picture.trees) + 1)
    return str(graph.source)


def _place(number: int, count: int, down: int) -> str:
    """Where a tree goes in the grid, which Graphviz fills column by column from the bottom up."""
    first = number // down * down
    return str(first + min(down, count - first) - 1 - (number - first))


def _draw_tree(graph: Digraph, number: int, tree: TreePicture, place: str) -> None:
    title = f"{tree.root.kind} {tree.root.name}"
    for page in tree.pages():
        name = _name(number, page)
        graph.node(name, _page_label(page, title), sortv=place)
        title = ""
        for i, child in enumerate(page.children):
            if isinstance(child, TreePage):
                graph.edge(name, _name(number, child))
            else:
                below = f"{name}_rest{i}"
                graph.node(
                    below, _box("white", f"… {elided(page, child)}", [elided_keys(child)]), sortv=place
                )
                graph.edge(name, below, style="dashed")
        _draw_chains(graph, name, page)


def _name(tree: int, page: TreePage) -> str:
    return f"t{tree}p{page.number}"


def _draw_chains(graph: Digraph, name: str, page: TreePage) -> None:
    for i, chain in enumerate(page.chains):
        below = f"{name}_chain{i}"
        graph.node(below, _box("#fff2cc", f"overflow of cell {chain.cell}", [chain_text(chain)]))
        graph.edge(name, below, style="dotted")
    if page.more_chains:
        graph.node(f"{name}_chains", _box("#fff2cc", f"… {_plural(page.more_chains, 'more chain')}", []))
        graph.edge(name, f"{name}_chains", style="dotted")


def _page_label(page: TreePage, tree: str) -> str:
    """A page's box; a root's begins with what tree it is the root of."""
    color = _COLORS[page.kind] if not page.fault else _COLORS["unreadable"]
    if page.kind == "unreadable":
        return _box(color, f"page {page.number}", [page.fault], tree)
    rows = [_plural(page.cells, "cell"), key_range(page), f"{_plural(page.free, 'byte')} free"]
    return _box(color, f"page {page.number} · {page.kind}", rows + ([page.fault] if page.fault else []), tree)


def _box(color: str, title: str, rows: list[str], head: str = "") -> str:
    """An HTML-like label: a title over lines, and a dark head above it where there is one."""
    top = ""
    if head:
        shown = f'<FONT COLOR="white" POINT-SIZE="12"><B>{html(head)}</B></FONT>'
        top = f'<TR><TD BGCOLOR="gray30">{shown}</TD></TR>'
    lines = "".join(f'<TR><TD ALIGN="LEFT">{html(row)}</TD></TR>' for row in rows)
    return (
        f'<<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" COLOR="gray50" BGCOLOR="{color}">'
        f"{top}<TR><TD><B>{html(title)}</B></TD></TR>{lines}</TABLE>>"
    )


def _draw_freelist(graph: Digraph, free: FreelistPages, place: int) -> None:
    head = f"freelist, {_plural(free.count, 'page')}"
    previous = ""
    for number, leaves in free.trunks:
        name = f"free{number}"
        shown = ", ".join(map(str, leaves[:6])) + (" …" if len(leaves) > 6 else "")
        rows = [f"{_plural(len(leaves), 'leaf page')}", shown] if leaves else ["no leaf pages"]
        graph.node(name, _box("#eeeeee", f"page {number} · trunk", rows, head), sortv=str(place))
        if previous:
            graph.edge(previous, name)
        previous, head = name, ""
    if free.more:
        graph.node("free_more", "… more trunk pages not shown", fontcolor="gray40", sortv=str(place))
        graph.edge(previous, "free_more", style="dashed")


# JSON ---------------------------------------------------------------------------------------------------------


def picture_json(picture: Picture) -> str:
    """The picture as JSON."""
    return json.dumps(picture_object(picture), indent=2, ensure_ascii=False) + "\n"


def picture_object(picture: Picture) -> dict[str, Any]:
    """The picture as dictionaries and lists."""
    free = picture.freelist
    return {
        "path": picture.path,
        "page_size": picture.page_size,
        "page_count": picture.page_count,
        "trees": [
            {
                "kind": tree.root.kind,
                "name": tree.root.name,
                "table": tree.root.table,
                "root": _page_object(tree.top),
            }
            for tree in picture.trees
        ],
        "trees_not_shown": picture.elided_trees,
        "freelist": {
            "count": free.count,
            "trunks": [{"page": number, "leaves": leaves} for number, leaves in free.trunks],
            "more": free.more,
        },
    }


def _page_object(page: TreePage) -> dict[str, Any]:
    result: dict[str, Any] = {"page": page.number, "kind": page.kind, "cells": page.cells, "free": page.free}
    if page.cells:
        result["first"] = page.first if isinstance(page.first, int) else short_key(page.first)
        result["last"] = page.last if isinstance(page.last, int) else short_key(page.last)
    if page.fault:
        result["fault"] = page.fault
    if page.chains:
        result["overflow"] = [
            {"cell": chain.cell, "pages": chain.pages, "length": chain.length} for chain in page.chains
        ]
    if page.more_chains:
        result["overflow_not_shown"] = page.more_chains
    if page.children:
        result["children"] = [
            _page_object(child) if isinstance(child, TreePage) else {"not_shown": child.count}
            for child in page.children
        ]
    return result
