"""Plans as pictures: estimates, and after a run what came beside them, the worst node marked."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from foundrydb.compiler.plan.describe import number_text
from foundrydb.tools.views.drawings.diagram import PALE, Diagram
from foundrydb.tools.views.excerpt import plural

if TYPE_CHECKING:
    from foundrydb.toolkit.analysis import Analysis

PlanObject = dict[str, Any]

Deed = tuple[str, str]
"""What a node does: its kind, and of what."""

MOST_NODES: Final = 300
"""So many nodes of a plan are drawn."""

WIDTH: Final = 48
WORST: Final = "#f6cdb4"
WARM: Final = "#fbe9dd"
GONE: Final = "#f4cccc"
COME: Final = "#d9ead3"


def plan_diagram(plans: list[tuple[str, PlanObject]]) -> Diagram:
    """Plans side by side, each under its name; rows flow upwards, subqueries hang on dashed lines.

    Args:
        plans: names ("" for none), and plans as ``plan_object`` makes them.
    """
    diagram = Diagram("plan")
    for number, (name, plan) in enumerate(plans):
        _Tree(diagram, f"p{number}", None).draw(plan, name)
    return diagram


def comparison_diagram(old: PlanObject, new: PlanObject, title: str) -> Diagram:
    """Two plans side by side; a node that the other one has not is red in the old plan, green in the new one."""
    diagram = Diagram("comparison", title=title)
    was, now = _deeds_in(old), _deeds_in(new)
    _Tree(diagram, "old", None, dict.fromkeys(was - now, GONE)).draw(old, "old")
    _Tree(diagram, "new", None, dict.fromkeys(now - was, COME)).draw(new, "new")
    return diagram


def analysis_diagram(analysis: Analysis, plan: PlanObject) -> Diagram:
    """A plan with what a run did: the more time a node took, the warmer it is.

    Args:
        plan: with the figures of each node, as ``analyzed_plan`` makes it.
    """
    diagram = Diagram(
        "analysis", title=f"{analysis.rows:,} rows, {analysis.nanoseconds / 1e6:.3f} ms while watched"
    )
    spent = max([run.nanoseconds for run in analysis.nodes], default=0)
    _Tree(diagram, "p", spent).draw(plan, "")
    return diagram


class _Tree:
    """Draws one plan.

    Args:
        spent: the time of the node that took the most; None where nothing was measured.
        colors: of nodes that have one of their own, by what they do.
    """

    def __init__(
        self, diagram: Diagram, prefix: str, spent: int | None, colors: dict[Deed, str] | None = None
    ) -> None:
        self.diagram: Final = diagram
        self.prefix: Final = prefix
        self.spent: Final = spent
        self.colors: Final[dict[Deed, str]] = {} if colors is None else colors

    def draw(self, plan: PlanObject, head: str) -> None:
        """Draw a plan, parents first and children in their order."""
        waiting: list[tuple[PlanObject, str, str]] = [(plan, "", "")]
        count = 0
        while waiting and count < MOST_NODES:
            node, parent, label = waiting.pop()
            name = f"{self.prefix}n{count}"
            count += 1
            self.diagram.box(
                name, node["node"], self._lines(node), self._color(node), head if count == 1 else ""
            )
            if parent:
                style = "dashed" if label else "solid"
                self.diagram.edge(parent, name, label or self._flow(node), style, up=True)
            below = [
                (query["plan"], name, f"subquery {query['number']}") for query in node.get("subqueries", [])
            ]
            below += [(child, name, "") for child in node.get("children", [])]
            waiting.extend(reversed(below))
        if waiting:
            self.diagram.box(f"{self.prefix}more", f"… {_nodes_in(waiting):,} more nodes")

    def _lines(self, node: PlanObject) -> list[str]:
        lines = wrap(node["detail"], WIDTH)[:6]
        if "rows" in node and "runs" not in node:
            lines.append(f"rows {number_text(node['rows'])}, cost {number_text(node['cost'])}")
        if "runs" in node:
            worst = " (the slowest)" if node["nanoseconds"] == self.spent and self.spent else ""
            spent = f"{node['nanoseconds'] / 1e6:.3f} ms{worst}"
            lines.append(f"{spent}, {plural(node['pages'], 'page')}, {plural(node['runs'], 'loop')}")
            if "rows" in node:
                lines.append(
                    f"expected {number_text(node['rows'])} rows each time, cost {number_text(node['cost'])}"
                )
        return lines

    def _flow(self, node: PlanObject) -> str:
        if "rows_out" in node:
            return plural(node["rows_out"], "row")
        return f"{number_text(node['rows'])} rows" if "rows" in node else ""

    def _color(self, node: PlanObject) -> str:
        if not self.spent or "nanoseconds" not in node:
            return self.colors.get(_deed(node), PALE)
        share = node["nanoseconds"] / self.spent
        return WORST if share == 1 else WARM if share > 0.2 else PALE


def _deed(node: PlanObject) -> Deed:
    return str(node["node"]), str(node["detail"])


def _deeds_in(plan: PlanObject) -> set[Deed]:
    """What all nodes of a plan do."""
    return {_deed(node) for node in _all_nodes([plan])}


def _nodes_in(waiting: list[tuple[PlanObject, str, str]]) -> int:
    return len(_all_nodes([node for node, _, _ in waiting]))


def _all_nodes(plans: list[PlanObject]) -> list[PlanObject]:
    """The nodes of plans and of the subqueries in them."""
    found: list[PlanObject] = []
    waiting = list(plans)
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting.extend(node.get("children", []))
        waiting.extend(query["plan"] for query in node.get("subqueries", []))
    return found
