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

So does a join that stands on the right side of another (a Spool holds its rows), a table with a condition that runs a
correlated subquery each time, and one of which an equality keeps few rows, where that costs less than making them
again.

A subquery that is read once streams.  One that several uses share always keeps its rows, and one under a
TransientIndex never needs to.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.properties import conjuncts, has_equality, is_deterministic
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.costs.estimates import KEPT_ROW, estimate, growth
from foundrydb.compiler.plan.nodes import Derived, Filter, Join, Node, Scan, Spool
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.passes.physical.joins.join_region import is_slow
from foundrydb.compiler.plan.passes.physical.joins.join_search import WAITING
from foundrydb.compiler.plan.walk import NodeRewriter, free_sources, nodes_of, visible_sources
from foundrydb.compiler.trees.declared import made_from


@final
class Materialize(Pass):
    doc = "Keep the rows of subqueries that are read more than once."

    def run(self, plan: Node, context: PassContext) -> Node:
        if not context.nested and not any([_may_be_kept(node) for node in nodes_of(plan)]):
            return plan
        return _Materialize(context).node(plan)


def _may_be_kept(node: Node) -> bool:
    """Whether the pass could find something in a node."""
    return isinstance(node, Derived) or (isinstance(node, Join) and _is_costly(node.right))


@final
class _Materialize(NodeRewriter):
    def __init__(self, context: PassContext) -> None:
        super().__init__(context.nested)
        self.context: Final = context

    def own_expressions(self, node: Node) -> Node:
        node = super().own_expressions(node)
        if isinstance(node, Join):
            right = self._spooled(node)
            if right is not None:
                return node.of(node.left, right, node.on)
            right = kept(node.right)
            if right is not node.right:
                if self.context.choices is not None:
                    self.context.choices.materialized(node.right, node.left)
                return node.with_children([node.left, right])
        if isinstance(node, Derived) and node.shared and not node.materialized:
            return node.as_materialized()
        return node

    def _spooled(self, node: Join) -> Node | None:
        """The right side of a join with its rows kept; None where that does not pay, or is done otherwise."""
        right = node.right
        if node.kind in ("right", "full") or not _is_costly(right):
            return None
        left = visible_sources(node.left)
        if any(source in left for source in free_sources(right)) or not _is_steady(right):
            return None
        estimate(node, self.context.catalog)
        probes = max(node.left.rows, 1.0) * growth(node.left)
        again = probes * _cost(right)
        once = _cost(right) + right.rows * KEPT_ROW + probes * right.rows
        if self.context.choices is not None:
            self.context.choices.spool(right, probes, once, again)
        return made_from(right, Spool(right)) if once < again else None


def _is_costly(node: Node) -> bool:
    """Whether there is more to a join's right side than reading a table or a subquery whose rows are kept."""
    if isinstance(node, Filter):
        terms = conjuncts(node.predicate)
        if isinstance(node.child, Scan) and has_equality(terms):
            return True
        return _is_costly(node.child) or any(is_slow(term) for term in terms)
    return isinstance(node, Join)


def _cost(node: Node) -> float:
    """What a join's right side costs each time, the correlated subqueries in its conditions included."""
    cost = node.cost
    for item in nodes_of(node):
        if isinstance(item, Filter):
            slow = [term for term in conjuncts(item.predicate) if is_slow(term)]
            cost += max(item.child.rows, 1.0) * len(slow) * WAITING
        elif isinstance(item, Join):
            slow = [term for term in conjuncts(item.on) if is_slow(term)]
            cost += max(item.left.rows * item.right.rows, 1.0) * len(slow) * WAITING
    return cost


def _is_steady(node: Node) -> bool:
    """Whether the rows are the same each time."""
    return all([is_deterministic(expr) for item in nodes_of(node) for expr in item.expressions()])


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
