"""Merging: both sides of a compound under a LIMIT are brought into one order, and read in turn until there are enough.

Before::

    Limit 5
      Sort by a
        Compound UNION ALL
          Project t.a
            …
          Project u.b
            …

After::

    Limit 5
      Compound UNION ALL, merged by a
        Limit 5
          Sort by a
            Project t.a
              …
        Limit 5
          Sort by b
            Project u.b
              …

Where an index gives the order of a side, its sort vanishes, and few rows are read.  UNION, INTERSECT and EXCEPT, whose
rows come in order anyway, are sorted by all their columns, so that equal rows meet.
"""

from __future__ import annotations

from typing import final

from foundrydb.compiler.bind.bound import ColumnRef, Expr, OrderTerm
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.nodes import Compound, Limit, Node, Sort, Values
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.passes.logical.top_k import wanted
from foundrydb.compiler.plan.walk import NodeRewriter, output_source
from foundrydb.compiler.trees.declared import made_from


@final
class MergeCompounds(Pass):
    doc = "Read both sides of a compound in order, and no more of them than a LIMIT asks for."

    def run(self, plan: Node, context: PassContext) -> Node:
        return _MergeCompounds(context.nested).node(plan)


@final
class _MergeCompounds(NodeRewriter):
    def own_expressions(self, node: Node) -> Node:
        node = super().own_expressions(node)
        if not isinstance(node, Limit):
            return node
        child = node.child
        above: Node = child if isinstance(child, Sort) else node
        terms: list[OrderTerm] = []
        if isinstance(child, Sort):
            terms = child.terms
            child = child.child
        if not isinstance(child, Compound) or child.merged or not (terms or child.op != "UNION ALL"):
            return node
        return node.with_children([merged(child, terms, wanted(node.limit, node.offset), above)])


def merged(node: Compound, terms: list[OrderTerm], most: Expr | None, above: Node) -> Compound:
    """A compound whose rows come in an order, of which ``most`` (None: all) are wanted, as the node above asks."""
    order = list(terms) if node.op == "UNION ALL" else complete(node, terms)
    sides: list[Node] = []
    for side in node.children():
        source = output_source(side)
        inner = [_over(term, ColumnRef(source, _place(term))) for term in order]
        if node.op != "UNION ALL":
            sides.append(_ordered(side, inner, None, above))
        else:
            sides.append(_ordered(side, inner, most, above))
    return node.merging(sides[0], sides[1], order)


def _ordered(node: Node, terms: list[OrderTerm], most: Expr | None, above: Node) -> Node:
    """One side in an order."""
    if isinstance(node, Compound) and not isinstance(node.right, Values) and not node.merged:
        inner = merged(node, terms, most, above)
        if len(inner.merged) == len(terms):
            return inner
    ordered = made_from(above, Sort(node, terms))
    return ordered if most is None else made_from(above, Limit(ordered, most, None))


def complete(node: Compound, terms: list[OrderTerm]) -> list[OrderTerm]:
    """The terms, and after them the columns that these do not tell apart as the compound does."""
    out = list(terms)
    for i, sequence in enumerate(node.sequences):
        if not any(_place(term) == i and term.collation.upper() == sequence.upper() for term in out):
            out.append(OrderTerm(ColumnRef(node.source, i), False, True, sequence))
    return out


def _over(term: OrderTerm, expr: Expr) -> OrderTerm:
    return OrderTerm(expr, term.descending, term.nulls_first, term.collation)


def _place(term: OrderTerm) -> int:
    """Which output column a term sorts by."""
    assert isinstance(term.expr, ColumnRef)
    return term.expr.index
