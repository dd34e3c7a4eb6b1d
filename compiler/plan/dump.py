"""Plans as text and JSON, and the difference between two plans.

Text is one node a line, children indented under their parent, a node's subqueries under a line of their own::

    Project t.a, sum(t.b)
      Aggregate sum(t.b) by t.a
        Filter t.b > 5
          Scan t                                                  rows 1000, cost 1000
"""

from __future__ import annotations

import json
from difflib import ndiff
from typing import Final, final

from foundrydb.compiler.bind.bound import Subquery
from foundrydb.compiler.bind.depth import DeepRecursion
from foundrydb.compiler.bind.text import ExprText
from foundrydb.compiler.plan.describe import describe, number_text
from foundrydb.compiler.plan.nodes import Node

ESTIMATE_COLUMN: Final = 78
"""Where the estimates stand in a line of text, at the earliest."""


def dump_text(plan: Node, estimates: bool = True) -> str:
    """The plan as indented text, with the estimated rows and cost of each node where they are known."""
    lines = [line.with_estimates() if estimates else line.text for line in outline(plan)]
    return "\n".join(lines) + "\n"


@final
class Line:
    """A line of a text dump: its text, indented, and the node that it is about; None for a subquery's heading."""

    def __init__(self, text: str, node: Node | None) -> None:
        self.text: Final = text
        self.node: Final = node

    def with_estimates(self) -> str:
        """The text, and the estimated rows and cost of its node where they are known."""
        if self.node is None or self.node.rows < 0:
            return self.text
        return f"{self.text:<{ESTIMATE_COLUMN}}  {estimate_text(self.node.rows, self.node.cost)}"


def outline(plan: Node) -> list[Line]:
    """The lines of a plan's text dump."""
    room = DeepRecursion()
    room.enter()
    try:
        return _Lines().lines(plan)
    finally:
        room.leave()


@final
class _Lines:
    """Collects the lines of a text dump."""

    def __init__(self) -> None:
        self.exprs: Final = ExprText()
        self.out: list[Line] = []
        self.shown = 0

    def lines(self, plan: Node) -> list[Line]:
        """All lines for a statement's plan."""
        self._node(plan, 0)
        return self.out

    def _node(self, node: Node, indent: int) -> None:
        self.out.append(Line("  " * indent + describe(node, self.exprs).title(), node))
        first = self.shown
        self.shown = len(self.exprs.queries)
        for number, query in enumerate(self.exprs.queries[first:], first + 1):
            self._subquery(number, query, indent + 1)
        for child in node.children():
            self._node(child, indent + 1)

    def _subquery(self, number: int, query: Subquery, indent: int) -> None:
        outer = ", ".join(source.name or f"#{source.number}" for source in query.outer)
        heading = "  " * indent + f"subquery {number}" + (f", for each row of {outer}" if outer else "")
        self.out.append(Line(heading, None))
        plan = query.plan
        assert isinstance(plan, Node)
        self._node(plan, indent + 1)


def estimate_text(rows: float, cost: float) -> str:
    """``rows 1000, cost 1200``; what is below zero is not known."""
    parts = [f"rows {number_text(rows)}"] if rows >= 0 else []
    if cost >= 0:
        parts.append(f"cost {number_text(cost)}")
    return ", ".join(parts)


# -- JSON


def dump_json(plan: Node, indent: int | None = 2) -> str:
    """The plan as JSON: objects with ``node``, ``detail``, its own attributes, ``children`` and ``subqueries``."""
    return json_text(plan_object(plan), indent)


def json_text(value: object, indent: int | None = 2) -> str:
    """Dictionaries and lists as JSON, however deep."""
    room = DeepRecursion()
    room.enter()
    try:
        return json.dumps(value, indent=indent, ensure_ascii=False)
    finally:
        room.leave()


def plan_object(plan: Node, facts: dict[int, dict[str, object]] | None = None) -> dict[str, object]:
    """The plan as dictionaries and lists, as ``dump_json`` writes them; ``facts`` go with the nodes of those ids."""
    room = DeepRecursion()
    room.enter()
    try:
        return _object(plan, facts)
    finally:
        room.leave()


def _object(plan: Node, facts: dict[int, dict[str, object]] | None) -> dict[str, object]:
    exprs = ExprText()
    described = describe(plan, exprs)
    out: dict[str, object] = {"node": described.name, "detail": described.detail}
    for key, value in described.attributes:
        out[key] = value
    if plan.rows >= 0:
        out["rows"] = round(plan.rows, 3)
    if plan.cost >= 0:
        out["cost"] = round(plan.cost, 3)
    if facts is not None:
        out.update(facts.get(id(plan), {}))
    queries: list[object] = []
    for number, query in enumerate(exprs.queries):
        inner = query.plan
        assert isinstance(inner, Node)
        outer = [source.name for source in query.outer]
        queries.append({"number": number + 1, "outer": outer, "plan": _object(inner, facts)})
    if queries:
        out["subqueries"] = queries
    children = plan.children()
    if children:
        out["children"] = [_object(child, facts) for child in children]
    return out


# -- differences


def diff(before: Node, after: Node, estimates: bool = False) -> str:
    """What changed between two plans: their lines, with ``-`` before those that went and ``+`` before new ones.

    estimates: beside each line those of its node, the newer ones where the line stays.  They are not compared.
    """
    old, new = outline(before), outline(after)
    out: list[str] = []
    for line in ndiff([line.text for line in old], [line.text for line in new]):
        sign = line[0]
        if sign == "?":
            continue
        shown = old.pop(0) if sign != "+" else new[0]
        if sign != "-":
            shown = new.pop(0)
        out.append(f"{sign} {shown.with_estimates() if estimates else shown.text}".rstrip())
    return "\n".join(out) + "\n"
