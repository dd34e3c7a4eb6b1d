"""Comparisons of row values as comparisons of columns, which indexes and joins can use.

Before::

    Filter (t.a, t.b) = (1, 2) AND (t.c, t.d) > (3, 4)
      Scan t

After::

    Filter t.a = 1 AND t.b = 2 AND t.c >= 3 AND (t.c, t.d) > (3, 4)
      Scan t

An equality falls into one for each column.  Of an inequality it follows that the first columns are in order or equal,
which is added.  That holds where false and NULL are the same: for the terms of a condition.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import Compare, Expr, RowValue
from foundrydb.compiler.bind.properties import conjunction, conjuncts, has_subquery, is_deterministic
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.nodes import Node
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.walk import Rewriter, with_condition
from foundrydb.compiler.trees.declared import made_from

_FOLLOWS: Final[dict[str, str]] = {"<": "<=", "<=": "<=", ">": ">=", ">=": ">="}


@final
class SplitRows(Pass):
    doc = "Compare row values column by column, where an index or a join may use that."

    def run(self, plan: Node, context: PassContext) -> Node:
        return _Split().node(plan)


@final
class _Split(Rewriter):
    """Looks at the conditions of filters and joins."""

    def own_expressions(self, node: Node) -> Node:
        return with_condition(super().own_expressions(node), split)


def split(condition: Expr) -> Expr:
    """A condition with the comparisons of columns that its comparisons of rows are, or that follow from them."""
    terms: list[Expr] = []
    changed = False
    for term in conjuncts(condition):
        parts = _parts(term)
        changed = changed or len(parts) > 1
        terms.extend(parts)
    made = conjunction(terms)
    return made if changed and made is not None else condition


def _parts(term: Expr) -> list[Expr]:
    """What a term of a condition is replaced by: itself, or several terms."""
    if (
        not isinstance(term, Compare)
        or not isinstance(term.left, RowValue)
        or not isinstance(term.right, RowValue)
    ):
        return [term]
    if has_subquery(term) or not is_deterministic(term):
        return [term]
    pairs: list[Expr] = []
    affinities = term.comparison.split(",")
    sequences = term.sequence.split(",")
    for i, left in enumerate(term.left.items):
        op = _FOLLOWS.get(term.op, term.op)
        pair = Compare(op, left, term.right.items[i], affinities[i], sequences[i], term.start, term.end)
        pairs.append(made_from(term, pair))
    if term.op in ("=", "IS"):
        return pairs
    return [pairs[0], term] if term.op in _FOLLOWS else [term]
