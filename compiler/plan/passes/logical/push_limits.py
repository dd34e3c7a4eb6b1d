"""Limits pushed: a subquery that sorts, or is a compound, makes no more rows than the LIMIT around it lets through.

Before::

    Limit 5 offset 2
      Project v.a
        Derived v
          Sort by a
            …

After::

    Limit 5 offset 2
      Project v.a
        Derived v
          Limit 7
            Sort by a
              …

Nothing but projections may stand between the two.
"""

from __future__ import annotations

from typing import final

from foundrydb.compiler.bind.bound import Expr
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.nodes import Compound, Derived, Limit, Node, Project, Sort
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.passes.logical.top_k import wanted
from foundrydb.compiler.plan.walk import NodeRewriter
from foundrydb.compiler.trees.declared import made_from


@final
class PushLimits(Pass):
    doc = "Let a subquery that sorts make only as many rows as a LIMIT around it can want."

    def run(self, plan: Node, context: PassContext) -> Node:
        return _PushLimits(context.nested).node(plan)


@final
class _PushLimits(NodeRewriter):
    def own_expressions(self, node: Node) -> Node:
        node = super().own_expressions(node)
        if isinstance(node, Limit):
            most = wanted(node.limit, node.offset)
            if most is not None:
                child = _limited(node.child, most, node)
                return node if child is node.child else node.with_children([child])
        return node


def _limited(node: Node, most: Expr, above: Limit) -> Node:
    """A query of which no more than ``most`` rows are wanted, as the LIMIT above says."""
    if isinstance(node, Project):
        child = _limited(node.child, most, above)
        return node if child is node.child else node.with_children([child])
    if isinstance(node, Derived) and not node.shared and not node.materialized:
        child = node.child
        if isinstance(child, (Sort, Compound)):
            return node.with_children([made_from(above, Limit(child, most, None))])
        child = _limited(child, most, above)
        return node if child is node.child else node.with_children([child])
    return node
