"""A picture of a database's B-trees (see ``survey``) as text and JSON."""

from __future__ import annotations

import json
from typing import Any

from foundrydb.tools.views.excerpt import plural
from foundrydb.tools.views.key_text import short_key
from foundrydb.tools.views.pages.survey import (
    Elision,
    OverflowChain,
    Picture,
    TreePage,
)


def key_range(page: TreePage) -> str:
    """The keys of a page, from the smallest to the largest."""
    if not page.cells:
        return "no keys"
    first, last = short_key(page.first), short_key(page.last)
    return f"key {first}" if page.cells == 1 else f"keys {first} … {last}"


def elided(page: TreePage, part: Elision) -> str:
    """How much is left out below a page."""
    deep = any(isinstance(child, TreePage) and child.children for child in page.children)
    return f"{plural(part.count, 'page')}{' with all below them' if deep else ''} not shown"


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
    lines = [headline(picture)]
    for tree in picture.trees:
        lines.append("")
        lines.append(f"{tree.root.kind} {tree.root.name}")
        _page_lines(tree.top, "", "", lines)
    if picture.elided_trees:
        lines += ["", f"{plural(picture.elided_trees, 'tree')} not shown"]
    free = picture.freelist
    if free.count:
        lines += ["", f"freelist: {plural(free.count, 'page')}"]
        lines += [f"  {_trunk_text(number, leaves)}" for number, leaves in free.trunks]
        if free.more:
            lines.append("  more trunk pages not shown")
    return "\n".join(lines) + "\n"


def headline(picture: Picture) -> str:
    """How many pages there are."""
    free = f", {picture.freelist.count:,} of them free" if picture.freelist.count else ""
    return f"{picture.path}: {plural(picture.page_count, 'page')} of {picture.page_size} bytes{free}"


def _trunk_text(number: int, leaves: list[int]) -> str:
    shown = ", ".join(map(str, leaves[:8])) + (f", … ({len(leaves):,} in all)" if len(leaves) > 8 else "")
    return f"trunk {number}: {shown}" if leaves else f"trunk {number}: no leaves"


def _page_lines(page: TreePage, head: str, margin: str, lines: list[str]) -> None:
    lines.append(head + _page_line(page))
    parts: list[str | TreePage] = []
    for chain in page.chains:
        parts.append(f"overflow of cell {chain.cell}: {chain_text(chain)}")
    if page.more_chains:
        parts.append(f"{plural(page.more_chains, 'more overflow chain')}")
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
        f"page {page.number}: {page.kind}, {plural(page.cells, 'cell')}, {key_range(page)}, "
        f"{plural(page.free, 'byte')} free{fault}"
    )


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
