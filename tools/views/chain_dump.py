"""One piece of SQL followed through every stage by ids, down to the pages that were read for it, and back from a page.

All is drawn from the document that ``Compilation.stages()`` gives; the pages come from a run of the statement.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, final

from foundrydb.errors import ProgrammingError
from foundrydb.tools.output.columnar import display_width, pad
from foundrydb.tools.views.analysis_dump import page_objects, page_ranges
from foundrydb.tools.views.drawings.chain_drawing import StageItem, chain_diagram

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foundrydb.toolkit.analysis import Analysis
    from foundrydb.toolkit.stages import Compilation
    from foundrydb.tools.views.drawings.diagram import Diagram
    from foundrydb.vm.profile import PageUse

Item = dict[str, Any]

LONGEST: Final = 120
"""How much is shown of what an item is, in characters; JSON has all of it."""

_PARTS: Final = ("tokens", "ast", "names", "expressions", "nodes", "instructions", "cursors")


@final
class Trail:
    """The document, its items by id, and what one piece of the SQL became.

    Attributes:
        analysis: the run that tells the pages, where there was one.
        found: the items, in the order of the stages and of their ids.
    """

    def __init__(self, compilation: Compilation) -> None:
        self.sql: Final = compilation.sql
        self.document: Final[dict[str, Any]] = dict(compilation.stages())
        self.analysis: Analysis | None = None
        self.items: Final[dict[str, Item]] = {
            item["id"]: item for part in _PARTS for item in self.document[part]
        }
        self.found: Final[dict[str, list[Item]]] = {part: [] for part in _PARTS}

    def follow(self, piece: str) -> None:
        """Find everything that a piece of the SQL became: the first syntax that reads so.

        Raises:
            ProgrammingError: no syntax reads so.
        """
        wanted = " ".join(piece.split())
        root = next((node for node in self.document["ast"] if self.text(node) == wanted), None)
        if root is None:
            raise ProgrammingError(f"nothing in the statement reads {wanted}")
        inside = {root["id"]}
        for node in self.document["ast"]:  # parents first
            if node["parent"] in inside:
                inside.add(node["id"])
        self._gather(inside)
        first, last = (self.items[root["tokens"][place]] for place in (0, -1))
        self._take("tokens", lambda token: first["start"] <= token["start"] and token["end"] <= last["end"])
        self._take("names", lambda name: root["start"] <= name["start"] and name["end"] <= root["end"])

    def follow_back(self, database: int, page: int) -> None:
        """Find everything for which a page was asked for.

        Raises:
            ProgrammingError: it was not asked for.
        """
        assert self.analysis is not None
        asked = [
            f"i{address}"
            for address, uses in enumerate(self.analysis.profile.uses)
            if any(use.database == database and use.number == page for use in uses.in_order())
        ]
        if not asked:
            raise ProgrammingError(f"page {page} was not asked for")
        self._take("instructions", lambda instruction: instruction["id"] in asked)
        used = {name for instruction in self.found["instructions"] for name in instruction["cursors"][:1]}
        self._take("cursors", lambda cursor: cursor["id"] in used)
        for_nodes = {i["node"] for i in self.found["instructions"]}
        made_from = self._origins(for_nodes)
        self._take("nodes", lambda node: node["id"] in made_from)
        evaluated = {name for i in self.found["instructions"] for name in i["expressions"]}
        self._take("expressions", lambda expression: expression["id"] in evaluated)
        syntax = {item["ast"] for item in self.found["expressions"] or self.found["nodes"]}
        self._take("ast", lambda node: node["id"] in syntax)

    def _gather(self, inside: set[str]) -> None:
        """Everything from expressions on that some nodes of the syntax became."""
        self._take("ast", lambda node: node["id"] in inside)
        self._take("expressions", lambda expression: self._root(expression) in inside)
        bound = {expression["id"] for expression in self.found["expressions"]}
        self._take("nodes", lambda node: node["ast"] in inside or self._holds(node["expressions"], bound))
        asked = {node["id"] for node in self.found["nodes"] if node["ast"] in inside}
        whole = "a1" in inside
        self._take(
            "instructions",
            lambda one: whole or one["node"] in asked or not bound.isdisjoint(one["expressions"]),
        )
        used = {name for instruction in self.found["instructions"] for name in instruction["cursors"]}
        self._take("cursors", lambda cursor: cursor["id"] in used)

    def _take(self, part: str, wanted: Any) -> None:
        self.found[part] = [item for item in self.document[part] if wanted(item)]

    def _root(self, expression: Item) -> str | None:
        """The syntax that an expression was bound from, or that it was rewritten from."""
        seen: set[str] = set()
        while expression["id"] not in seen:
            seen.add(expression["id"])
            if expression["ast"] is not None:
                return str(expression["ast"])
            above = expression["from"] or expression["within"]
            if above is None or above[0] != "e":
                return None
            expression = self.items[above]
        return None

    def _holds(self, names: list[str], wanted: set[str]) -> bool:
        """Whether some expressions are, or have operands that are, among those wanted."""
        return any([name in wanted or self._holds(self.items[name]["operands"], wanted) for name in names])

    def _origins(self, names: Iterable[str | None]) -> set[str]:
        """Plan nodes, and all that passes made them from."""
        found: set[str] = set()
        for name in names:
            while name is not None and name not in found:
                found.add(name)
                name = self.items[name]["from"]
        return found

    def text(self, item: Item) -> str:
        """The SQL of an item that has a place in it, on one line."""
        return " ".join(self.sql[item["start"] : item["end"]].split())

    def after(self, node: str) -> str:
        """The pass that made a plan node."""
        return str(next(plan["after"] for plan in self.document["plans"] if node in plan["nodes"]))

    def pages(self, item: Item) -> list[PageUse]:
        """The pages that an instruction, or a cursor, asked for; none where nobody ran the statement."""
        if self.analysis is None:
            return []
        if "addr" in item:
            return self.analysis.profile.uses[item["addr"]].in_order()
        runs = [run for run in self.analysis.cursors if item["id"] == f"c{run.number}"]
        return [page for run in runs for page in run.pages.in_order()]


def chain_text(trail: Trail) -> str:
    """A line for each item: its stage, its id, what it is, what it came from."""
    rows: list[list[str]] = []
    for part in _PARTS:
        for item in trail.found[part]:
            rows.append(_ROWS[part](trail, item))
    for i in range(len(rows) - 1, 0, -1):
        if rows[i][0] == rows[i - 1][0]:
            rows[i][0] = ""
    for row in rows:
        row[2] = cut(row[2])
    widths = [max([display_width(row[i]) for row in rows]) for i in range(3)]
    return "".join(
        "  ".join([*(pad(cell, width) for cell, width in zip(row, widths)), row[3]]).rstrip() + "\n"
        for row in rows
    )


def cut(text: str) -> str:
    """The beginning and the end of a long text."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 20]}…{text[-19:]}"


def _token(trail: Trail, item: Item) -> list[str]:
    return ["tokens", item["id"], item["text"], item["kind"]]


def _syntax(trail: Trail, item: Item) -> list[str]:
    return ["syntax", item["id"], f"{item['node']}  {trail.text(item)}", "…".join(item["tokens"])]


def _name(trail: Trail, item: Item) -> list[str]:
    return ["names", item["id"], trail.text(item), f"{item['kind']} {item['refers_to']}"]


def _expression(trail: Trail, item: Item) -> list[str]:
    above = item["ast"] or item["from"] or item["within"]
    return ["expressions", item["id"], f"{item['node']}  {item['text']}", f"from {above}"]


def _node(trail: Trail, item: Item) -> list[str]:
    made = f"after {trail.after(item['id'])}" if item["from"] is not None else f"from {item['ast']}"
    came = f", from {item['from']}" if item["from"] is not None else ""
    return ["plan", item["id"], f"{item['node']} {item['detail']}".rstrip(), made + came]


def _instruction(trail: Trail, item: Item) -> list[str]:
    operands = " ".join(str(item[name]) for name in ("p1", "p2", "p3", "p4") if item[name] is not None)
    purpose = item["expressions"] or [item["node"] or "the statement"]
    remark = f"for {', '.join(purpose)}{_pages(trail, item)}"
    return ["instructions", item["id"], f"{item['opcode']} {operands}", remark]


def _cursor(trail: Trail, item: Item) -> list[str]:
    tree = "no tree of the file" if item["root"] is None else f"{item['tree']}, root page {item['root']}"
    return ["cursors", item["id"], tree, f"opened by {item['opened_by']}{_pages(trail, item)}"]


def _pages(trail: Trail, item: Item) -> str:
    return f"; {_asked(trail, item)}" if trail.pages(item) else ""


def _asked(trail: Trail, item: Item) -> str:
    """The pages that an instruction or a cursor asked for."""
    pages = trail.pages(item)
    return f"{'page' if len(pages) == 1 else 'pages'} {page_ranges(pages)}" if pages else ""


_ROWS: Final = {
    "tokens": _token,
    "ast": _syntax,
    "names": _name,
    "expressions": _expression,
    "nodes": _node,
    "instructions": _instruction,
    "cursors": _cursor,
}


def chain_json(trail: Trail) -> str:
    """The items found, part by part, as ``Compilation.stages()`` has them, and the pages."""
    document: Item = {"sql": trail.sql, **trail.found}
    if trail.analysis is not None:
        for part in ("instructions", "cursors"):
            document[part] = [
                {**item, "pages": page_objects(trail.pages(item))} for item in trail.found[part]
            ]
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def chain_picture(trail: Trail) -> Diagram:
    """The items found as a picture; tokens are left out, whose text stands in the syntax."""
    stages: list[tuple[str, list[StageItem]]] = []
    for part in _PARTS[1:]:
        rows = [(item, _ROWS[part](trail, item)) for item in trail.found[part]]
        asked = [_asked(trail, item) if part == "cursors" else "" for item in trail.found[part]]
        things = [StageItem(item, row[2], pages) for (item, row), pages in zip(rows, asked)]
        if things:
            stages.append((rows[0][1][0], things))
    return chain_diagram(stages)


FORMATS: Final = {"text": chain_text, "json": chain_json}
