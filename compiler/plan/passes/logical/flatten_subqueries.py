"""Subquery flattening: a plain SELECT in FROM, or a view, dissolves into the query around it.

Before::

    Filter v.total > 5
      Derived v
        Project t.a, t.b + t.c
          Filter t.a > 0
            Scan t

After (``v.total`` is ``t.b + t.c`` everywhere)::

    Filter t.b + t.c > 5
      Filter t.a > 0
        Scan t

A common table that is used more than once dissolves at each of its uses, each on its own.  A subquery stays when it
aggregates, sorts, limits, is a compound or declared MATERIALIZED, when an expression of it must be evaluated
once a row (``random()``, a subquery), and, on the side of an outer join that can be filled with NULLs, when it
computes anything or hands on a column of an enclosing query: there, such a column would not become NULL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import ColumnRef, Expr
from foundrydb.compiler.bind.properties import has_subquery, is_deterministic
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.nodes import (
    Derived,
    Filter,
    Join,
    ModuleScan,
    Node,
    Project,
    QueueRow,
    Scan,
    SingleRow,
)
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.walk import Rewriter, visible_sources

if TYPE_CHECKING:
    from foundrydb.compiler.plan.choices import Choices


@final
class FlattenSubqueries(Pass):
    doc = "Dissolve plain SELECTs in FROM, and views, into the query around them."

    def run(self, plan: Node, context: PassContext) -> Node:
        new = _Flatten(context.choices).node(plan)
        context.substituted = context.substituted or new is not plan
        return new


@final
class _Flatten(Rewriter):
    """Replaces Derived nodes on the way down, and references to them everywhere."""

    def __init__(self, choices: Choices | None) -> None:
        super().__init__()
        self.choices: Final = choices
        self.columns: Final[dict[int, list[Expr]]] = {}
        self.refused: Final[set[int]] = set()

    def replace(self, expr: Expr) -> Expr | None:
        if isinstance(expr, ColumnRef):
            exprs = self.columns.get(expr.source.number)
            if exprs is not None:
                return self.expr(exprs[expr.index])
        return None

    def node(self, node: Node) -> Node:
        return super().node(self._dissolve(node, False))

    def _dissolve(self, node: Node, nullable: bool) -> Node:
        """The node with the subqueries of its join tree dissolved; nullable: rows of it may be replaced by NULLs."""
        if isinstance(node, Join):
            left = self._dissolve(node.left, nullable or node.kind in ("right", "full"))
            right = self._dissolve(node.right, nullable or node.kind in ("left", "full"))
            if left is node.left and right is node.right:
                return node
            return node.with_children([left, right])
        if isinstance(node, Filter):
            child = self._dissolve(node.child, nullable)
            return node if child is node.child else node.with_children([child])
        if isinstance(node, Derived) and node.source.number not in self.refused:
            reason = why_kept(node, nullable)
            if self.choices is not None:
                self.choices.flattening(node.source, reason)
            if reason:
                self.refused.add(node.source.number)
                return node
            project = node.child
            assert isinstance(project, Project)
            self.columns[node.source.number] = project.exprs
            return self._dissolve(project.child, nullable)
        return node


def why_kept(node: Derived, nullable: bool) -> str:
    """Why a subquery may not dissolve; "" where it may."""
    project = node.child
    if node.materialized:
        return "its rows are kept"
    if not isinstance(project, Project) or not _plain(project.child):
        return "it is more than tables, conditions and joins"
    if nullable:
        if not isinstance(project.child, (Scan, Filter, Derived, Join)):
            return "it has no table, and an outer join fills it with NULLs"
        own = visible_sources(project.child)
        if not all(isinstance(expr, ColumnRef) and expr.source in own for expr in project.exprs):
            return "it computes columns, and an outer join fills it with NULLs"
        return ""
    once = all(is_deterministic(expr) and not has_subquery(expr) for expr in project.exprs)
    return "" if once else "a column of it must be computed once a row"


def _plain(node: Node) -> bool:
    """Whether a node is made of tables, filters and joins only."""
    stack: list[Node] = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, (Filter, Join)):
            stack.extend(item.children())
        elif not isinstance(item, (Scan, Derived, SingleRow, ModuleScan, QueueRow)):
            return False
    return True
