"""Transitive equality: what equals a column that equals a constant equals the constant.

Before::

    Join inner on t.a = u.c
      Scan t
      Filter u.c = 5
        Scan u

After (the condition on t.a may drive a seek, and fewer rows of t are joined)::

    Filter t.a = 5
      Join inner on t.a = u.c
        Scan t
        Filter u.c = 5
          Scan u

Only conditions that hold together count: those of one filter, and of the filters and inner joins below it.  And
equality must carry over: ``'a' = 'A'`` may hold by NOCASE and not by BINARY, and ``'1' = 1`` depends on the columns'
types.  So both columns are a table's, have the same affinity, or numeric ones, and the same collation, by which all of
the comparisons compare.  (https://sqlite.org/datatype3.html, section 4.2)
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import NONE, NUMERIC, ColumnRef, Compare, Expr, Literal, Parameter
from foundrydb.compiler.bind.properties import conjunction, conjuncts, same
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.nodes import Filter, Join, Node
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.walk import NodeRewriter
from foundrydb.compiler.schema.affinity import comparison_affinity
from foundrydb.compiler.trees.declared import made_from

MOST: Final = 200
"""More equalities than so many are left alone: each is compared with each."""


@final
class TransitiveEquality(Pass):
    doc = "Conclude a = 5 from a = b AND b = 5."

    def run(self, plan: Node, context: PassContext) -> Node:
        return _Transitive(context.nested).node(plan)


@final
class _Transitive(NodeRewriter):
    """Looks once at each region of filters and inner joins, from its top."""

    def node(self, node: Node) -> Node:
        if not isinstance(node, (Filter, Join)):
            return super().node(node)
        found = conclusions(holding(node))
        rest = self._region(node)
        predicate = conjunction(found)
        return rest if predicate is None else made_from(node, Filter(rest, predicate))

    def _region(self, node: Node) -> Node:
        """The rest of a region whose conditions were looked at."""
        if not in_region(node):
            # The sides of an outer join are regions of their own.
            if isinstance(node, Join):
                new = [self.node(child) for child in node.children()]
                if any(a is not b for a, b in zip(new, node.children())):
                    node = node.with_children(new)
                return self.own_expressions(node)
            return self.node(node)
        if isinstance(node, Filter):
            child = self._region(node.child)
            return self.own_expressions(node if child is node.child else node.with_children([child]))
        assert isinstance(node, Join)
        left, right = self._region(node.left), self._region(node.right)
        if left is not node.left or right is not node.right:
            node = node.with_children([left, right])
        return self.own_expressions(node)


def in_region(node: Node) -> bool:
    """Whether the conditions of a node hold for all rows that it yields."""
    return isinstance(node, Filter) or (isinstance(node, Join) and node.kind == "inner")


def holding(node: Node) -> list[Expr]:
    """The conditions that hold for all rows that a node yields, those of its region."""
    terms: list[Expr] = []
    stack: list[Node] = [node]
    while stack:
        item = stack.pop()
        if in_region(item):
            if isinstance(item, Filter):
                terms.extend(conjuncts(item.predicate))
            elif isinstance(item, Join):
                terms.extend(conjuncts(item.on))
            if isinstance(item, Join):
                stack.append(item.right)
                stack.append(item.left)
            elif isinstance(item, Filter):
                stack.append(item.child)
    return terms


@final
class Known:
    """A column and the constant that it equals."""

    def __init__(self, column: ColumnRef, key: Expr) -> None:
        self.column: Final = column
        self.key: Final = key


def conclusions(terms: list[Expr]) -> list[Expr]:
    """The equalities with constants that follow from the terms and are not among them."""
    pairs: list[Compare] = []
    known: list[Known] = []
    for term in terms:
        if isinstance(term, Compare) and term.op == "=":
            fact = constant_equality(term)
            if fact is not None:
                known.append(fact)
            elif equal_columns(term):
                pairs.append(term)
    if not known or not pairs or len(known) + len(pairs) > MOST:
        return []
    out: list[Expr] = []
    place = 0
    while place < len(known):
        fact = known[place]
        place += 1
        for pair in pairs:
            other = partner(pair, fact.column)
            if other is None or any(same(item.column, other) for item in known):
                continue
            known.append(Known(other, fact.key))
            affinity = comparison_affinity(other.affinity, fact.key.affinity)
            out.append(made_from(pair, Compare("=", other, fact.key, affinity, sequence_of(other))))
    return out


def constant_equality(term: Compare) -> Known | None:
    """The fact that a term states when it compares a table's column with a constant."""
    column, key = term.left, term.right
    if not isinstance(column, ColumnRef):
        column, key = term.right, term.left
    if not isinstance(column, ColumnRef) or not isinstance(key, (Literal, Parameter)):
        return None
    if key.affinity != NONE or column.source.table is None or term.sequence != sequence_of(column):
        return None
    return Known(column, key)


def equal_columns(term: Compare) -> bool:
    """Whether a term says that two columns of tables are equal in a way that carries over."""
    left, right = term.left, term.right
    if not isinstance(left, ColumnRef) or not isinstance(right, ColumnRef):
        return False
    if left.source.table is None or right.source.table is None:
        return False
    if left.affinity != right.affinity and (left.affinity < NUMERIC or right.affinity < NUMERIC):
        return False
    return sequence_of(left) == sequence_of(right) == term.sequence


def sequence_of(column: ColumnRef) -> str:
    """The collation that a column is compared by."""
    return column.collation or "BINARY"


def partner(pair: Compare, column: ColumnRef) -> ColumnRef | None:
    """The other column of an equality with ``column``; None when that is not in it."""
    left, right = pair.left, pair.right
    if isinstance(left, ColumnRef) and isinstance(right, ColumnRef):
        if same(left, column):
            return right
        if same(right, column):
            return left
    return None
