"""Join order: the tables of a join in the order that costs least.

Before (t is large, u is small or well filtered, and t has an index on a)::

    Join inner on t.a = u.c
      Scan t
      Filter u.d = 5
        Scan u

After::

    Join inner on t.a = u.c
      Filter u.d = 5
        Scan u
      Scan t

Inner joins are taken apart into relations and conditions (``join_region``), ordered (``join_search``), and put together
again, leaning left.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import Source
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.costs.constraints import Surroundings
from foundrydb.compiler.plan.costs.wanted_order import Wanted, wanted_below
from foundrydb.compiler.plan.nodes import Node
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.passes.physical.joins.join_region import (
    Region,
    has_join,
    leans_left,
    rebuild,
)
from foundrydb.compiler.plan.passes.physical.joins.join_search import JoinOrder
from foundrydb.compiler.plan.usage import ColumnUsage
from foundrydb.compiler.plan.walk import NodeRewriter, made_sources


@final
class OrderJoins(Pass):
    doc = "Put the tables of a join into the order that costs least."

    def run(self, plan: Node, context: PassContext) -> Node:
        return _Order(context, ColumnUsage(plan)).node(plan)


@final
class _Order(NodeRewriter):
    """Orders every region of joins in the plan."""

    def __init__(self, context: PassContext, usage: ColumnUsage) -> None:
        super().__init__(context.nested)
        self.context: Final = context
        self.usage: Final = usage
        self.inside: list[Source] = []
        self.wanted: Wanted | None = None

    def subplan(self, plan: Node) -> Node:
        outer, wanted = self.inside, self.wanted
        self.inside, self.wanted = [], None
        new = self.node(plan)
        self.inside, self.wanted = outer, wanted
        return new

    def node(self, node: Node) -> Node:
        above = self.wanted
        self.wanted = above if has_join(node) else wanted_below(node, above)
        new = self._node(node)
        self.wanted = above
        return new

    def _node(self, node: Node) -> Node:
        if not self.inside:
            self.inside = made_sources(node)
        if not has_join(node):
            return super().node(node)
        wanted, self.wanted = self.wanted, None
        region = Region()
        region.add(node, node)
        if len(region.relations) < 2:
            return super().node(node)
        changed = False
        for relation in region.relations:
            new = self.node(relation.node)
            changed = changed or new is not relation.node
            relation.node = new
            on = self.exprs(relation.on)
            changed = changed or on is not relation.on
            relation.on = on
        terms = self.exprs(region.terms)
        changed = changed or terms is not region.terms
        region.terms = terms
        region.connect()
        search = JoinOrder(region, Surroundings(self.context, self.inside, [], self.usage), wanted)
        order = search.best()
        if self.context.choices is not None:
            self.context.choices.join_order(search, order)
        late = search.late(order) if region.waiting else {}
        if order == list(range(len(order))) and not changed and not late and leans_left(node):
            return node
        return rebuild(region, order, late)
