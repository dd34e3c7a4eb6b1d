"""Top-k: a sort under a LIMIT keeps no more rows than can be wanted.

Before::

    Limit 10 offset 5
      Sort by t.b
        …

After::

    Limit 10 offset 5
      Sort by t.b, first 15 rows
        …

The number may be an expression over parameters; when it turns out negative at run time, all rows are wanted.
"""

from __future__ import annotations

from typing import final

from foundrydb.compiler.bind.bound import Expr, Literal, Parameter
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.nodes import Limit, Node, Sort
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.walk import NodeRewriter


@final
class TopK(Pass):
    doc = "Let a sort under a LIMIT keep only as many rows as can be wanted."

    def run(self, plan: Node, context: PassContext) -> Node:
        return _TopK(context.nested).node(plan)


@final
class _TopK(NodeRewriter):
    def own_expressions(self, node: Node) -> Node:
        node = super().own_expressions(node)
        if isinstance(node, Limit) and isinstance(node.child, Sort) and node.child.top is None:
            top = wanted(node.limit, node.offset)
            if top is not None:
                sort = node.child
                return node.with_children([sort.with_top(top)])
        return node


def wanted(limit: Expr, offset: Expr | None) -> Expr | None:
    """The largest number of rows that a LIMIT can take; None when that is not simply known."""
    if offset is None and isinstance(limit, Parameter):
        return limit
    if not isinstance(limit, Literal) or not isinstance(limit.value, int) or limit.value < 0:
        return None
    if offset is None:
        return limit
    if not isinstance(offset, Literal) or not isinstance(offset.value, int):
        return None
    rows = limit.value + max(offset.value, 0)
    return Literal(rows) if rows < 1 << 63 else None
