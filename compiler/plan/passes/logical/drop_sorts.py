"""Sorts dropped: a subquery need not sort rows that are sorted again.

Before::

    Sort by b
      Project v.a, v.b
        Derived v
          Sort by a
            Project t.a, t.b
              Scan t

After::

    Sort by b
      Project v.a, v.b
        Derived v
          Project t.a, t.b
            Scan t

The subquery may then dissolve.  As in SQLite, rows that the outer order does not tell apart are in none.  A subquery
with a LIMIT keeps its order, which decides on its rows.

A recursive query asks for its rows in no order either, where a subquery can dissolve once its sort is gone.  EXISTS
asks whether there is a row, whatever the order and whether there are others alike.
"""

from __future__ import annotations

from typing import final

from foundrydb.compiler.bind.bound import Exists, Expr, Subquery
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.nodes import (
    Compound,
    Derived,
    Distinct,
    Filter,
    Limit,
    Node,
    Project,
    Recursion,
    Sort,
)
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.passes.logical.flatten_subqueries import why_kept
from foundrydb.compiler.plan.walk import Rewriter, free_sources


@final
class DropSorts(Pass):
    doc = "Drop the sort of a subquery whose rows are sorted again, or only asked for."

    def run(self, plan: Node, context: PassContext) -> Node:
        return _DropSorts().node(plan)


@final
class _DropSorts(Rewriter):
    def finish(self, expr: Expr) -> Expr:
        if not isinstance(expr, Exists):
            return expr
        plan = expr.query.plan
        assert isinstance(plan, Node)
        asked = _asked(plan)
        return (
            expr
            if asked is plan
            else expr.with_query(Subquery(asked, free_sources(asked), expr.query.columns))
        )

    def own_expressions(self, node: Node) -> Node:
        node = super().own_expressions(node)
        if isinstance(node, Sort):
            child = _unsorted(node.child)
            return node if child is node.child else node.with_children([child])
        if isinstance(node, Recursion):
            initial, step = _queued(node.initial), _queued(node.step)
            same = initial is node.initial and step is node.step
            return node if same else node.with_children([initial, step])
        return node


def _asked(node: Node) -> Node:
    """A query of which it is asked whether there is a row: neither sorted nor without duplicates."""
    while isinstance(node, (Sort, Distinct)):
        node = node.child
    if isinstance(node, Limit) and isinstance(node.child, Sort):
        return node.with_children([node.child.child])
    return node


def _queued(node: Node) -> Node:
    """A query whose rows go into a queue, without the sort of a subquery that dissolves otherwise."""
    if isinstance(node, (Project, Filter, Compound)):
        if isinstance(node, Compound) and node.op != "UNION ALL":
            return node
        children = [_queued(child) for child in node.children()]
        same = all([new is old for new, old in zip(children, node.children())])
        return node if same else node.with_children(children)
    if isinstance(node, Derived) and isinstance(node.child, Sort):
        unsorted = node.with_children([node.child.child])
        assert isinstance(unsorted, Derived)
        return node if why_kept(unsorted, False) else unsorted
    return node


def _unsorted(node: Node) -> Node:
    """A query whose rows will be sorted, without the sort of a subquery that it is made of."""
    if isinstance(node, (Project, Filter)):
        child = _unsorted(node.child)
        return node if child is node.child else node.with_children([child])
    if isinstance(node, Derived) and not node.shared and not node.materialized:
        child = node.child.child if isinstance(node.child, Sort) else _unsorted(node.child)
        return node if child is node.child else node.with_children([child])
    return node
