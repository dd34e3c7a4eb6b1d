"""Order: a sort vanishes, and grouping or DISTINCT needs no table, where rows arrive in the order wanted.

Before (i is an index on t(a, b))::

    Sort by t.a DESC, t.b DESC
      Project t.a, t.b, t.c
        IndexScan t using i (a > 5)

After::

    Project t.a, t.b, t.c
      IndexScan t using i (a > 5), descending

Where the order wanted only begins so, and LIMIT asks for the first rows, the rest is sorted in blocks of rows that are
alike so far, no more blocks than it takes.  An aggregation that sorts its rows yields its groups in the order of their
keys, which may in turn serve a sort above.  The value of min() or max() over one column is the first row's in that
column's order: no other row is read.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import ColumnRef, IsNull, Literal, OrderTerm
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.costs.orders import (
    Order,
    Ordered,
    flipped,
    match_groups,
    match_order,
    match_terms,
    provided,
    window_terms,
)
from foundrydb.compiler.plan.costs.wanted_order import below_project
from foundrydb.compiler.plan.nodes import (
    Aggregate,
    Distinct,
    Filter,
    Join,
    Limit,
    Node,
    Project,
    Sort,
    TableAccess,
    Window,
)
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.walk import NodeRewriter
from foundrydb.compiler.trees.declared import made_from


@final
class UseOrder(Pass):
    doc = "Drop sorts whose order is there already; group, and find minima, by the order of an index."

    def run(self, plan: Node, context: PassContext) -> Node:
        return _UseOrder(context).node(plan)


@final
class _UseOrder(NodeRewriter):
    def __init__(self, context: PassContext) -> None:
        super().__init__(context.nested)
        self.context: Final = context

    def own_expressions(self, node: Node) -> Node:
        node = super().own_expressions(node)
        new = self._ordered(node)
        if self.context.choices is not None:
            self.context.choices.order(node, new)
        return new

    def _ordered(self, node: Node) -> Node:
        if isinstance(node, Aggregate):
            return self._extremum(node) if not node.keys else self._grouped(node)
        if isinstance(node, Sort):
            return self._sort(node)
        if isinstance(node, Window) and not node.sorted:
            return self._window(node)
        if isinstance(node, Distinct) and not node.sorted:
            return self._distinct(node)
        if isinstance(node, Limit) and isinstance(node.child, Sort):
            return self._sort_in_blocks(node, node.child)
        return node

    def _sort_in_blocks(self, node: Limit, sort: Sort) -> Node:
        """ORDER BY … LIMIT over rows that arrive in the order of the first terms: these are sorted block by block."""
        project = sort.child
        if sort.ordered or not isinstance(project, Project):
            return node
        found = match_terms(below_project(sort.terms, project), self._order(project.child))
        child = flip_input(project.child, found.flip) if found.used else None
        if child is None:
            return node
        below: Node = project if child is project.child else project.with_children([child])
        return node.with_children([made_from(sort, Sort(below, sort.terms, found.count, sort.top))])

    def _grouped(self, node: Aggregate) -> Node:
        """GROUP BY over rows that arrive grouped."""
        if node.sorted or not match_groups(node.keys, node.sequences, provided(node.child, self.context)):
            return node
        return node.as_sorted(node.child)

    def _window(self, node: Window) -> Node:
        """Windows over rows that arrive in their order."""
        terms = window_terms(node)
        found = match_order(terms, self._order(node.child)) if terms else None
        child = None if found is None else flip_input(node.child, found.flip)
        return node if child is None else node.as_sorted(child)

    def _extremum(self, node: Aggregate) -> Node:
        """min() or max() alone: the first row in the column's order will do."""
        if len(node.aggregates) != 1 or isinstance(node.child, Limit):
            return node
        spec = node.aggregates[0]
        if not spec.function.chooses_row or spec.filter is not None:
            return node
        descending = spec.function.name == "max"
        term = OrderTerm(spec.args[0], descending, not descending, spec.sequence)
        if not isinstance(spec.args[0], ColumnRef):
            return node
        order = provided(node.child, self.context)
        found = match_order([term], order)
        if found is None or not found.used:
            return node
        child = flipped(node.child, found.flip)
        if not descending and spec.args[0].index >= 0:
            if node.bare:
                return node
            child = made_from(node, Filter(child, IsNull(spec.args[0], True)))
        first = made_from(node, Limit(child, Literal(1), None))
        return node.with_children([first])

    def _sort(self, node: Sort) -> Node:
        """ORDER BY over rows that arrive in that order."""
        project = node.child.child if isinstance(node.child, Distinct) else node.child
        if not isinstance(project, Project):
            return node
        terms = below_project(node.terms, project)
        below = project.child
        order = self._order(below)
        found = match_order(terms, order)
        if found is None:
            return node
        child = flip_input(below, found.flip)
        if child is None:
            return node
        new: Node = project if child is below else project.with_children([child])
        if isinstance(node.child, Distinct):
            new = node.child if new is project else node.child.with_children([new])
        return new

    def _order(self, node: Node) -> Order:
        """The order of rows that a projection takes: of a table, a join, or an aggregation."""
        base = node
        while isinstance(base, Filter):
            base = base.child
        if not isinstance(base, Aggregate) or not base.keys:
            return provided(node, self.context)
        order = Order()
        for i, key in enumerate(base.keys):
            ref = ColumnRef(base.source, i)
            order.columns.append(Ordered(ref, False, base.sequences[i], base.source, i == len(base.keys) - 1))
            if base.sorted and not isinstance(key, ColumnRef):
                order.columns.pop()
                break
        if base.sorted:
            order.columns = self._group_order(base)
        return order

    def _group_order(self, node: Aggregate) -> list[Ordered]:
        """The order of the groups of an aggregation whose rows arrive grouped: that of the rows."""
        inner = provided(node.child, self.context)
        out: list[Ordered] = []
        seen: set[int] = set()
        for item in inner.columns:
            place = -1
            for i, key in enumerate(node.keys):
                if i not in seen and isinstance(key, ColumnRef) and isinstance(item.expr, ColumnRef):
                    if key.source is item.expr.source and key.index == item.expr.index:
                        place = i
                        break
            if place < 0:
                break
            seen.add(place)
            ref = ColumnRef(node.source, place)
            last = len(seen) == len(node.keys)
            out.append(Ordered(ref, item.descending, item.collation, item.source, last, item.turns))
        return out

    def _distinct(self, node: Distinct) -> Node:
        """DISTINCT over rows that arrive together."""
        project = node.child
        if not isinstance(project, Project):
            return node
        order = provided(project.child, self.context)
        if order.columns and match_groups(project.exprs[: node.width], node.sequences, order):
            return made_from(node, Distinct(project, node.width, node.sequences, True))
        return node


def flip_input(node: Node, flip: dict[int, bool]) -> Node | None:
    """The input of a projection with some tables read backwards; None when that cannot be done."""
    if not any(flip.values()):
        return node
    if isinstance(node, Filter):
        child = flip_input(node.child, flip)
        return None if child is None else node.with_children([child])
    if isinstance(node, Aggregate):
        if not node.sorted:
            return None
        return node.as_sorted(flipped(node.child, flip))
    if isinstance(node, (TableAccess, Join)):
        return flipped(node, flip)
    return None
