"""The way from a tree's root to a cell (see ``key_search``) as text and as JSON."""

from __future__ import annotations

import json
import shlex
from typing import Any

from foundrydb.tools.views.excerpt import plural
from foundrydb.tools.views.pages.key_search import ORDERS, KeySearch, SearchStep, key_words


def search_text(search: KeySearch, path: str) -> str:
    """The way, page by page, and the commands that show where it has led."""
    tree = search.tree
    lines = [f"{tree.kind} {tree.name}, root page {tree.root}: {key_words(search)}"]
    for step in search.steps:
        lines += ["", f"page {step.page}: {step.kind}, {plural(step.cells, 'cell')}"]
        lines += [f"  cell {each.cell}: {each.key} {ORDERS[each.order + 1]} it" for each in step.comparisons]
        if step.child:
            lines.append(f"  → page {step.child}, {child_words(step)}")
    lines.append("")
    if not search.found:
        lines.append(f"not found: on page {search.page} it would be cell {search.cell}")
        return "\n".join(lines) + "\n"
    lines.append(f"found: page {search.page}, cell {search.cell}: {search.entry}")
    file = shlex.quote(path)
    lines.append(f"  fdb dump-page {file} {search.page} --cell {search.cell}")
    if search.rowid is not None:
        lines.append(f"  fdb find-row {file} {shlex.quote(tree.table)} {search.rowid}")
    return "\n".join(lines) + "\n"


def child_words(step: SearchStep) -> str:
    """Which of a page's children was gone to."""
    return f"left of cell {step.place}" if step.place < step.cells else "right of all cells"


def search_json(search: KeySearch, path: str) -> str:
    """The way as JSON."""
    tree = search.tree
    document: dict[str, Any] = {
        "path": path,
        "kind": tree.kind,
        "name": tree.name,
        "table": tree.table,
        "root": tree.root,
        "key": key_words(search),
        "steps": [
            {
                "page": step.page,
                "kind": step.kind,
                "cells": step.cells,
                "comparisons": [each._asdict() for each in step.comparisons],
                "cell": step.place,
                "child": step.child or None,
            }
            for step in search.steps
        ],
        "found": search.found,
        "page": search.page,
        "cell": search.cell,
        "rowid": search.rowid,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
