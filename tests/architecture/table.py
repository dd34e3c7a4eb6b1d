"""The table of folders: how many files each has, its longest file and function, and the circles among its modules."""

from __future__ import annotations

import re

from architecture.modules import ROOT, Module, circles, modules

DOCUMENT = ROOT / "docs" / "architecture.md"
_BEGIN = "<!-- made by python -m architecture -->\n"
_END = "<!-- end -->\n"


def table() -> str:
    """The table as Markdown."""
    known = modules()
    folders: dict[str, list[Module]] = {}
    for module in known.values():
        folders.setdefault(module.folder, []).append(module)
    lines = ["| folder | files | longest file | longest function |", "|---|---:|---|---|"]
    for folder, members in sorted(folders.items()):
        files = [m for m in members if not m.package]
        if not files:
            continue
        longest = max(files, key=lambda m: m.lines)
        function = max(files, key=lambda m: m.longest)
        lines.append(
            f"| `{folder}` | {len(files)} | `{longest.name.rpartition('.')[2]}` {longest.lines} |"
            f" `{function.function}` {function.longest} |"
        )
    return "\n".join([*lines, "", f"Circles of imports: {len(circles(known))}.", ""])


def renewed(text: str) -> str:
    """The document's text with the table made anew."""
    pattern = re.compile(re.escape(_BEGIN) + ".*?" + re.escape(_END), re.DOTALL)
    return pattern.sub(lambda match: f"{_BEGIN}{table()}{_END}", text)
