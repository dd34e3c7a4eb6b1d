"""Materialisation: a subquery that is read again for every row of another table keeps its rows.

Before::

    Join inner on v.x = t.a
      Scan t
      Derived v
        …

After::

    Join inner on v.x = t.a
      Scan t
      Derived v, materialized
        …

A subquery that is read once streams.  One that several uses share always keeps its rows, and one under a
TransientIndex never needs to.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.nodes import Derived, Filter, Join, Node
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.walk import NodeRewriter


@final
class Materialize(Pass):
    name = "materialize"
    doc = "Keep the rows of subqueries that are read more than once."
    needs: tuple[tuple[str, ...], ...] = (("Derived",),)

    def run(self, plan: Node, context: PassContext) -> Node:
        return _Materialize(context).node(plan)


@final
class _Materialize(NodeRewriter):
    def __init__(self, context: PassContext) -> None:
        super().__init__(context.nested)
        self.context: Final = context

    def own_expressions(self, node: Node) -> Node:
        node = super().own_expressions(node)
        if isinstance(node, Join):
            right = kept(node.right)
            if right is not node.right:
                if self.context.choices is not None:
                    self.context.choices.materialized(node.right, node.left)
                return node.with_children([node.left, right])
        if isinstance(node, Derived) and node.shared and not node.materialized:
            return node.as_materialized()
        return node


def kept(node: Node) -> Node:
    """The inner side of a join with its subqueries materialized."""
    if isinstance(node, Filter):
        child = kept(node.child)
        return node if child is node.child else node.with_children([child])
    if isinstance(node, Join):
        left = kept(node.left)
        right = kept(node.right)
        if left is node.left and right is node.right:
            return node
        return node.with_children([left, right])
    if isinstance(node, Derived) and not node.materialized:
        return node.as_materialized()
    return node
