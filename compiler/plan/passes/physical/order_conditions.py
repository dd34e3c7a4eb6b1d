"""Conditions that run a correlated subquery each time, after those that do not.

Before::

    Filter EXISTS (subquery 1) AND t.b = 5
      Scan t

After::

    Filter t.b = 5 AND EXISTS (subquery 1)
      Scan t

The subquery then runs for the rows alone that the others let through.  Conditions of one kind stay in the order in
which they were written.
"""

from __future__ import annotations

from typing import final

from foundrydb.compiler.bind.bound import Expr, Logic
from foundrydb.compiler.bind.properties import conjunction, conjuncts
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.nodes import Node
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.passes.physical.joins.join_region import runs_query
from foundrydb.compiler.plan.walk import NodeRewriter, with_condition


@final
class OrderConditions(Pass):
    doc = "Test what runs a correlated subquery after all other conditions."

    def run(self, plan: Node, context: PassContext) -> Node:
        return _Ordering(context.nested).node(plan)


@final
class _Ordering(NodeRewriter):
    """Looks at the conditions of filters and joins."""

    def own_expressions(self, node: Node) -> Node:
        return with_condition(super().own_expressions(node), _ordered)


def _ordered(condition: Expr) -> Expr:
    """A condition whose terms with correlated subqueries come last."""
    if not isinstance(condition, Logic):
        return condition
    terms = conjuncts(condition)
    ordered = sorted(terms, key=runs_query)
    if all(new is old for new, old in zip(ordered, terms)):
        return condition
    made = conjunction(ordered)
    return condition if made is None else made
