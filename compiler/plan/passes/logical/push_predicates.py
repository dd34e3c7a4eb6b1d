"""Predicate pushdown: conditions move to the lowest place that knows all their columns.

Before::

    Filter t.a > 5 AND u.d = 1 AND t.b = u.c AND v.n = 2
      Join inner
        Join inner
          Scan t
          Scan u
        Derived v
          Project …

After::

    Join inner
      Join inner on t.b = u.c
        Filter t.a > 5
          Scan t
        Filter u.d = 1
          Scan u
      Derived v
        Filter …
          …

Outer joins: a condition of WHERE moves only to the side that is kept whole, one of ON only to the other side.  Through
an aggregation, a DISTINCT or a compound only conditions move that cannot tell apart values which these treat as
equal.
"""

from __future__ import annotations

from typing import final

from foundrydb.compiler.bind.bound import (
    Between,
    Call,
    ColumnRef,
    Compare,
    Expr,
    InList,
    IsNull,
    Literal,
    Logic,
    Parameter,
    Source,
)
from foundrydb.compiler.bind.properties import (
    conjunction,
    conjuncts,
    has_subquery,
    is_constant,
    is_deterministic,
    may_fail,
    reads_any,
    same,
    sources_in,
    walk,
)
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.nodes import (
    Aggregate,
    Compound,
    Derived,
    Distinct,
    Filter,
    Join,
    Node,
    Project,
    Sort,
    Window,
)
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.walk import NodeRewriter, Substitution, output_source, visible_sources
from foundrydb.compiler.trees.declared import made_from


@final
class PushPredicates(Pass):
    doc = "Move conditions down to where their columns come from, into joins and subqueries."

    def run(self, plan: Node, context: PassContext) -> Node:
        new = _Push(context.nested).node(plan)
        context.substituted = context.substituted or new is not plan
        return new


@final
class _Push(NodeRewriter):
    """Pushes once for each region of filters and joins, from its top."""

    def node(self, node: Node) -> Node:
        if not isinstance(node, (Filter, Join)) or _stays(node):
            return super().node(node)
        pushed = push(node, [], node)
        return self._region(node if _same_shape(pushed, node) else pushed)

    def _region(self, node: Node) -> Node:
        """The rest of a region that was pushed through."""
        if not isinstance(node, (Filter, Join)):
            return super().node(node)
        children = node.children()
        new = [self._region(child) for child in children]
        if any(a is not b for a, b in zip(new, children)):
            node = node.with_children(new)
        return self.own_expressions(node)


def _stays(node: Node) -> bool:
    """Whether a filter stands where its conditions go no lower."""
    return isinstance(node, Filter) and not isinstance(node.child, (Filter, Join, Derived, Aggregate, Window))


def _same_shape(a: Node, b: Node) -> bool:
    """Whether pushing changed nothing: the same nodes with the same conditions in the same places."""
    stack: list[tuple[Node, Node]] = [(a, b)]
    while stack:
        x, y = stack.pop()
        if x is y:
            continue
        if x.__class__ is not y.__class__:
            return False
        if isinstance(x, Filter) and isinstance(y, Filter):
            if not _same_terms(conjuncts(x.predicate), conjuncts(y.predicate)):
                return False
        elif isinstance(x, Join) and isinstance(y, Join):
            if x.kind != y.kind or not _same_terms(conjuncts(x.on), conjuncts(y.on)):
                return False
        elif not isinstance(x, (Derived, Project, Aggregate, Window, Distinct, Sort, Compound)):
            return False
        below = x.children()
        other = y.children()
        if len(below) != len(other):
            return False
        stack.extend(zip(below, other))
    return True


def _same_terms(a: list[Expr], b: list[Expr]) -> bool:
    return len(a) == len(b) and all(x is y for x, y in zip(a, b))


def push(node: Node, terms: list[Expr], holder: Node) -> Node:
    """The node with conditions from above put as low as they go; conditions in it go lower too.

    holder: the filter or join that the conditions come from.
    """
    if isinstance(node, Filter):
        return push(node.child, conjuncts(node.predicate) + terms, node)
    if isinstance(node, Join):
        return _push_join(node, terms, holder)
    if not terms:
        return node
    if isinstance(node, Derived) and not node.shared:
        return _push_derived(node, terms, holder)
    if isinstance(node, Aggregate):
        return _push_aggregate(node, terms, holder)
    if isinstance(node, Window):
        return _push_window(node, terms, holder)
    return filtered(node, terms, holder)


def filtered(node: Node, terms: list[Expr], holder: Node) -> Node:
    """The node under a filter, or itself where there is no condition.  holder: of the conditions until now."""
    predicate = conjunction(terms)
    return node if predicate is None else made_from(holder, Filter(node, predicate))


# -- joins


def _push_join(node: Join, terms: list[Expr], holder: Node) -> Node:
    left = visible_sources(node.left)
    right = visible_sources(node.right)
    to_left: list[Expr] = []
    to_right: list[Expr] = []
    on: list[Expr] = []
    above: list[Expr] = []
    for term in conjuncts(node.on):
        side = _side(term, left, right)
        if side == "none" and node.kind == "inner":
            above.append(term)
        elif side == "none" and any(isinstance(item, Call) for item in walk(term)):
            on.append(term)  # a function may fail, and is called where two rows meet alone
        elif side in ("right", "none") and node.kind in ("inner", "left"):
            to_right.append(term)
        elif side in ("left", "none") and node.kind in ("inner", "right"):
            to_left.append(term)
        else:
            on.append(term)
    for term in terms:
        side = _side(term, left, right)
        if side == "left" and node.kind in ("inner", "left"):
            to_left.append(term)
        elif side == "right" and node.kind in ("inner", "right"):
            to_right.append(term)
        elif side == "both" and node.kind == "inner":
            on.append(term)
        else:
            above.append(term)
    pushed_left = push(node.left, to_left, holder if terms else node)
    pushed_right = push(node.right, to_right, holder if terms else node)
    condition = node.on if _same_terms(on, conjuncts(node.on)) else conjunction(on)
    return filtered(node.of(pushed_left, pushed_right, condition), above, holder)


def _side(term: Expr, left: list[Source], right: list[Source]) -> str:
    """Which side of a join a condition is about: ``left``, ``right``, ``both``, or "" to leave it where it is.

    A constant is about ``none``, and so is a condition on rows of an enclosing query alone: above a join it is tested
    before any row is read.
    """
    if is_constant(term):
        return "none"
    if not is_deterministic(term):
        return ""
    read = sources_in(term)
    on_left = any(source in left for source in read)
    on_right = any(source in right for source in read)
    if on_left and on_right:
        return "both"
    if not on_left and not on_right and not may_fail(term):
        return "none"
    return "right" if on_right else "left"


# -- subqueries


def _push_derived(node: Derived, terms: list[Expr], holder: Node) -> Node:
    """Conditions on a subquery's columns, as conditions within it."""
    inside: list[Expr] = []
    outside: list[Expr] = []
    for term in terms:
        movable = is_deterministic(term) and not has_subquery(term) and reads_any(term, [node.source])
        movable = movable and sources_in(term) == [node.source]
        columns = [item.index for item in walk(term) if isinstance(item, ColumnRef)]
        (inside if movable and can_enter(node.child, term, columns) else outside).append(term)
    if not inside:
        return filtered(node, outside, holder)
    output = output_source(node.child)
    refs: list[Expr] = [ColumnRef(output, i) for i in range(len(node.source.columns))]
    moved = [Substitution(node.source, refs).expr(term) for term in inside]
    child = enter(node.child, moved, holder)
    return filtered(node.with_children([child]), outside, holder)


def can_enter(node: Node, term: Expr, columns: list[int]) -> bool:
    """Whether a condition on some output columns of a query may be tested below its root."""
    if isinstance(node, Project):
        exprs = [node.exprs[column] for column in columns]
        return all(is_deterministic(expr) and not has_subquery(expr) for expr in exprs)
    if isinstance(node, Sort):
        return can_enter(node.child, term, columns)
    if isinstance(node, (Distinct, Compound)):
        return blunt(term) and all(can_enter(child, term, columns) for child in node.children())
    return False


def blunt(term: Expr) -> bool:
    """Whether a condition holds alike for values that grouping treats as equal (1 and 1.0 under BINARY)."""
    for item in walk(term):
        if isinstance(item, Compare):
            if item.comparison == "B" or item.sequence != "BINARY":
                return False
        elif isinstance(item, Between):
            if "B" in (item.low_comparison, item.high_comparison):
                return False
            if item.low_sequence != "BINARY" or item.high_sequence != "BINARY":
                return False
        elif isinstance(item, InList):
            if item.comparison == "B" or item.sequence != "BINARY":
                return False
        elif not isinstance(item, (ColumnRef, Literal, Parameter, IsNull, Logic)):
            return False
    return True


def enter(node: Node, terms: list[Expr], holder: Node) -> Node:
    """A query with conditions on its output columns tested as low as they go (``can_enter`` said that they may).

    holder: the filter or join that the conditions come from.
    """
    if isinstance(node, Project):
        inner = [Substitution(node.source, node.exprs).expr(term) for term in terms]
        return node.with_children([push(node.child, inner, holder)])
    if isinstance(node, (Sort, Distinct)):
        return node.with_children([enter(node.child, terms, holder)])
    assert isinstance(node, Compound)
    return node.with_children(
        [
            enter(node.left, _output_terms(node.source, node.left, terms), holder),
            enter(node.right, _output_terms(node.source, node.right, terms), holder),
        ]
    )


def _output_terms(source: Source, node: Node, terms: list[Expr]) -> list[Expr]:
    """Conditions on a compound's columns, as conditions on one part's."""
    output = output_source(node)
    refs: list[Expr] = [ColumnRef(output, i) for i in range(len(source.columns))]
    return [Substitution(source, refs).expr(term) for term in terms]


def _push_aggregate(node: Aggregate, terms: list[Expr], holder: Node) -> Node:
    """Conditions on an aggregation's output; those on group keys go below it."""
    below: list[Expr] = []
    above: list[Expr] = []
    for term in terms:
        (below if key_only(term, node) else above).append(term)
    if not below:
        return filtered(node, above, holder)
    inner = [Substitution(node.source, node.keys).expr(term) for term in below]
    child = push(node.child, inner, holder)
    made = node.with_children([child])
    return filtered(made, above, holder)


def _push_window(node: Window, terms: list[Expr], holder: Node) -> Node:
    """Conditions above functions over windows; those that a whole partition meets or fails go below them."""
    below: list[Expr] = []
    above: list[Expr] = []
    for term in terms:
        (below if partition_only(term, node) else above).append(term)
    if not below:
        return filtered(node, above, holder)
    return filtered(node.with_children([push(node.child, below, holder)]), above, holder)


def partition_only(term: Expr, node: Window) -> bool:
    """Whether a condition is about nothing but what the rows of a partition have in common."""
    refs = [item for item in walk(term) if isinstance(item, ColumnRef)]
    if not refs or not blunt(term) or not is_deterministic(term) or has_subquery(term):
        return False
    keys = [key for key, sequence in zip(node.partition, node.sequences) if sequence == "BINARY"]
    return all(any(same(ref, key) for key in keys) for ref in refs)


def key_only(term: Expr, node: Aggregate) -> bool:
    """Whether a condition on an aggregation's output may be tested on its input rows."""
    if not node.keys or not blunt(term):
        return False
    for item in walk(term):
        if isinstance(item, ColumnRef) and item.source is node.source:
            if item.index >= len(node.keys) or node.sequences[item.index] != "BINARY":
                return False
    return all(is_deterministic(key) and not has_subquery(key) for key in node.keys)
