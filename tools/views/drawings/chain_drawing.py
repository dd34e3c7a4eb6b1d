"""The chain of a statement as a picture: a column for each stage, and an edge from each thing to what it became."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final, final

from foundrydb.tools.views.drawings.diagram import Diagram

if TYPE_CHECKING:
    from collections.abc import Sequence

Item = dict[str, Any]

MOST_ITEMS: Final = 30
"""So many things of a stage are drawn."""

STATEMENT: Final = "a1"
"""What the instructions are for that are for no part of the statement."""

WIDTH: Final = 36
LINES: Final = 3

_COLORS: Final = {
    "syntax": "#fff6dd",
    "names": "#fbe9dd",
    "expressions": "#e8f0fb",
    "plan": "#e6f4e6",
    "instructions": "#f4f6fa",
    "cursors": "#efe8f7",
    "pages": "#fdeef2",
}


@final
class StageItem:
    """A thing of a stage.

    Attributes:
        item: as ``Compilation.stages()`` has it.
        what: what it is, in words.
        pages: the pages that it asked for, in words; "" for none.
    """

    def __init__(self, item: Item, what: str, pages: str = "") -> None:
        self.item: Final = item
        self.what: Final = what
        self.pages: Final = pages


def chain_diagram(stages: Sequence[tuple[str, list[StageItem]]]) -> Diagram:
    """The things of each stage, of many only the first, with the ways between those that are drawn.

    Args:
        stages: names, and what there is of each, in the order of the chain.
    """
    diagram = Diagram("chain", across=True)
    drawn: dict[str, StageItem] = {}
    written: dict[tuple[int, int], str] = {}
    for stage, things in stages:
        for number, thing in enumerate(things[:MOST_ITEMS]):
            name = str(thing.item["id"])
            drawn[name] = thing
            if stage == "syntax":
                written[thing.item["start"], thing.item["end"]] = name
            elif stage == "names" and (place := (thing.item["start"], thing.item["end"])) in written:
                diagram.edge(written[place], name)
            _box(diagram, name, thing.what, _COLORS[stage], "" if number else stage)
        if len(things) > MOST_ITEMS:
            diagram.box(f"more_{stage}", f"… {len(things) - MOST_ITEMS:,} more", color=_COLORS[stage])
    for name, thing in drawn.items():
        _edges(diagram, name, thing.item, drawn)
        if thing.pages:
            _box(diagram, f"{name}pages", thing.pages, _COLORS["pages"], "pages")
            diagram.edge(name, f"{name}pages")
    return diagram


def _box(diagram: Diagram, name: str, text: str, color: str, head: str) -> None:
    lines = wrap(text, WIDTH) or [""]
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], "…"]
    diagram.box(name, lines[0], lines[1:], color, head)


def _edges(diagram: Diagram, name: str, item: Item, drawn: dict[str, StageItem]) -> None:
    """The ways that lead to a thing from what it was made of, or is for."""
    made_from = item.get("from")
    if made_from in drawn:
        diagram.edge(made_from, name, style="dashed")
    elif item.get("ast") in drawn:
        diagram.edge(item["ast"], name)
    if item.get("parent") in drawn:
        diagram.edge(item["parent"], name, style="dotted")
    if "addr" in item:
        for purpose in item["expressions"] or [item["node"] or STATEMENT]:
            if purpose in drawn:
                diagram.edge(purpose, name)
        for cursor in item["cursors"]:
            if cursor in drawn:
                diagram.edge(name, cursor)
