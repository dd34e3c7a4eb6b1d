"""Hash aggregation: groups are kept in a hash table where no order brings their rows together.

Before::

    Aggregate count(*), sum(t.b) by t.c
      Scan t

After::

    Aggregate count(*), sum(t.b) by t.c, hashed
      Scan t

Only groups are kept then, not rows.  They come out sorted by their keys, as from sorted rows, so that an ORDER BY
above needs nothing more.  Rows are still sorted where a group is more than a few numbers: for DISTINCT and ORDER BY
inside a call, for functions that collect what they see (``group_concat``) and for the user's; and where a key's
collation is the user's, for which there is no hash.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.nodes import Aggregate, Node
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.walk import NodeRewriter
from foundrydb.vm.functions.scalar import SMALL_STATE

_HASHED_COLLATIONS: Final = ("BINARY", "NOCASE", "RTRIM")


@final
class HashAggregation(Pass):
    doc = "Keep groups in a hash table, where no order brings their rows together."

    def run(self, plan: Node, context: PassContext) -> Node:
        return _Hash(context).node(plan)


@final
class _Hash(NodeRewriter):
    def __init__(self, context: PassContext) -> None:
        super().__init__(context.nested)
        self.context: Final = context

    def own_expressions(self, node: Node) -> Node:
        node = super().own_expressions(node)
        if isinstance(node, Aggregate) and node.keys and not node.sorted and not node.hashed:
            refusal = why_sorted(node)
            if self.context.choices is not None:
                self.context.choices.hashing(node, refusal)
            if not refusal:
                return node.as_hashed()
        return node


def why_sorted(node: Aggregate) -> str:
    """Why rows must be sorted to be grouped; "" where groups can be kept."""
    if not all(name.upper() in _HASHED_COLLATIONS for name in node.sequences):
        return "a key has a collation of the user's"
    if any(spec.distinct or spec.order_by for spec in node.aggregates):
        return "DISTINCT or ORDER BY inside a call"
    if not all(len(spec.args) <= 1 and spec.function.flags & SMALL_STATE for spec in node.aggregates):
        return "an aggregate keeps more than a few numbers"
    return ""
