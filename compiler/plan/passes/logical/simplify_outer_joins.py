"""Outer joins that a condition above makes inner.

Before (a row of t without a match would fail the condition)::

    Filter u.d > 5
      Join left on u.c = t.a
        Scan t
        Scan u

After::

    Filter u.d > 5
      Join inner on u.c = t.a
        Scan t
        Scan u

The condition of an inner join counts as one above the joins on its sides.  A full join may likewise become a left or
right one, and a right join becomes a left join with its sides exchanged.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import ColumnRef, Compare, Expr, Source
from foundrydb.compiler.bind.properties import conjuncts
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.nodes import Derived, Filter, Join, ModuleScan, Node
from foundrydb.compiler.plan.nullness import rejecting
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.walk import NodeRewriter, nodes_of, visible_sources
from foundrydb.compiler.trees.declared import made_from


@final
class SimplifyOuterJoins(Pass):
    doc = "Make outer joins inner where a condition rejects the rows filled with NULLs."

    def run(self, plan: Node, context: PassContext) -> Node:
        return _Simplify(context.nested, False).node(plan)


@final
class SimplifyOverSubqueries(Pass):
    doc = "The same before subqueries dissolve: a side that is not filled with NULLs may compute columns."

    def run(self, plan: Node, context: PassContext) -> Node:
        return _Simplify(context.nested, True).node(plan)


@final
class _Simplify(NodeRewriter):
    """Looks at every tree of filters and joins, from its top.

    over: those alone that have subqueries at their leaves.
    """

    def __init__(self, nested: bool, over: bool) -> None:
        super().__init__(nested)
        self.over: Final = over
        self.inside = False

    def node(self, node: Node) -> Node:
        inside = self.inside
        self.inside = isinstance(node, (Filter, Join))
        new = super().node(node)
        top = self.inside and not inside
        self.inside = inside
        if not top or not has_outer_join(new):
            return new
        below = nodes_of(new)
        if self.over and not any([isinstance(item, Derived) for item in below]):
            return new
        return reduce(new, [], [item.source for item in below if isinstance(item, ModuleScan)])

    def subplan(self, plan: Node) -> Node:
        inside, self.inside = self.inside, False
        new = super().subplan(plan)
        self.inside = inside
        return new


def has_outer_join(node: Node) -> bool:
    """Whether a tree of filters and joins has a join that is no inner one."""
    if isinstance(node, Join):
        return node.kind != "inner" or has_outer_join(node.left) or has_outer_join(node.right)
    return isinstance(node, Filter) and has_outer_join(node.child)


def rejected(terms: list[Expr], virtual: list[Source]) -> list[Source]:
    """The sources whose NULL rows some of the terms reject.

    virtual: the sources that are virtual tables.  As in SQLite, comparing a column of one of these rejects nothing:
    what that means is for its module to say.
    """
    return [source for term in terms if not _is_told(term, virtual) for source in rejecting(term)]


def _is_told(term: Expr, virtual: list[Source]) -> bool:
    """Whether a condition compares a column of a virtual table."""
    if not virtual or not isinstance(term, Compare):
        return False
    return any([isinstance(side, ColumnRef) and side.source in virtual for side in (term.left, term.right)])


def reduce(node: Node, never_null: list[Source], virtual: list[Source]) -> Node:
    """A join tree whose rows are dropped when all columns of one of ``never_null`` are NULL."""
    if isinstance(node, Filter):
        child = reduce(node.child, never_null + rejected(conjuncts(node.predicate), virtual), virtual)
        return node if child is node.child else node.with_children([child])
    if not isinstance(node, Join):
        return node
    kind = node.kind
    if kind in ("left", "full") and any(s in never_null for s in visible_sources(node.right)):
        kind = "inner" if kind == "left" else "right"
    if kind in ("right", "full") and any(s in never_null for s in visible_sources(node.left)):
        kind = "inner" if kind == "right" else "left"
    own = rejected(conjuncts(node.on), virtual) if kind != "full" else []
    left = reduce(node.left, never_null + (own if kind in ("inner", "right") else []), virtual)
    right = reduce(node.right, never_null + (own if kind in ("inner", "left") else []), virtual)
    if kind == node.kind and left is node.left and right is node.right:
        return node
    return made_from(node, Join(kind, left, right, node.on, node.fixed))
