"""Plans of queries.

The nodes of one SELECT, from the bottom: FROM (scans and joins), Filter (WHERE), Aggregate (GROUP BY), Filter
(HAVING), Window (functions over windows), Project (the result, and after it what only ORDER BY needs), Distinct, Sort;
above them LIMIT's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.compiler.bind.bound import ColumnRef, Expr, Literal, OrderTerm, OutputColumn, Source
from foundrydb.compiler.bind.expr_index import bare, index_of
from foundrydb.compiler.bind.statements import (
    BoundCompound,
    BoundLimit,
    BoundOrder,
    BoundRecursion,
    BoundSelect,
    BoundValues,
)
from foundrydb.compiler.bind.text import expr_text
from foundrydb.compiler.late import named
from foundrydb.compiler.plan.building.arguments import filtered
from foundrydb.compiler.plan.building.planner import PLANS, Planner, with_exprs
from foundrydb.compiler.plan.nodes import (
    Compound,
    Distinct,
    Filter,
    Limit,
    Node,
    Project,
    Recursion,
    SingleRow,
    Sort,
    Values,
)
from foundrydb.compiler.trees.declared import made_from

if TYPE_CHECKING:
    from foundrydb.compiler.plan.building.aggregation import Aggregation
    from foundrydb.compiler.plan.building.windows import Windowing


@PLANS.entry(BoundSelect)
def _select(p: Planner, bound: BoundSelect) -> Node:
    node: Node = SingleRow() if bound.from_ is None else p.relation(bound.from_)
    node = filtered(p.functions, node, p.planned(bound.where))
    results = p.planned(bound.results)
    having = p.planned_one(bound.having)
    terms = p.planned_terms(bound.order_by)
    if bound.aggregation is not None:
        above = [*results, *([] if having is None else [having]), *[term.expr for term in terms]]
        aggregation: Aggregation = named("Aggregation")(bound.aggregation, node, p.planned(bound.keys), above)
        results = aggregation.exprs(results)
        having = None if having is None else aggregation.expr(having)
        terms = with_exprs(terms, aggregation.exprs([term.expr for term in terms]))
        node = aggregation.aggregate(node)
    if having is not None:
        node = Filter(node, having)
    if bound.windows:
        windowing: Windowing = named("Windowing")(bound.windows)
        results = windowing.exprs(results)
        terms = with_exprs(terms, windowing.exprs([term.expr for term in terms]))
        node = windowing.windows(node)
    return _result(bound, node, list(results), terms)


def _result(bound: BoundSelect, node: Node, exprs: list[Expr], terms: list[OrderTerm]) -> Node:
    """Project, Distinct and Sort over the rows that ``exprs``, the result's expressions, are computed from."""
    source = bound.source
    width = len(exprs)
    places = _places(terms, exprs)
    for expr in exprs[width:]:
        source.columns.append(OutputColumn(expr_text(expr), expr.affinity, expr.collation))
    node = Project(source, node, exprs)
    if bound.distinct:
        node = Distinct(node, width, [column.collation or "BINARY" for column in source.columns[:width]])
    if terms:
        node = Sort(node, _sort_terms(source, terms, places))
    return node


def _places(terms: list[OrderTerm], exprs: list[Expr]) -> list[int]:
    """Where the ORDER BY expressions stand among the projected ones; they are added where they do not."""
    places: list[int] = []
    if not terms:
        return places
    known = index_of(exprs)
    for term in terms:
        expr = bare(term.expr)
        place = known.find(expr)
        if place < 0:
            place = len(exprs)
            known.add(expr, place)
            exprs.append(expr)
        places.append(place)
    return places


def _sort_terms(source: Source, terms: list[OrderTerm], places: list[int]) -> list[OrderTerm]:
    """ORDER BY terms as references to columns of ``source``."""
    refs: list[Expr] = []
    for term, place in zip(terms, places):
        refs.append(made_from(term.expr, ColumnRef(source, place, term.expr.start, term.expr.end)))
    return with_exprs(terms, refs)


@PLANS.entry(BoundValues)
def _values(p: Planner, bound: BoundValues) -> Node:
    rows = bound.tuples
    if p.nested and not bound.constant:
        rows = [p.exprs(row) for row in rows]
    return Values(bound.source, rows)


@PLANS.entry(BoundCompound)
def _compound(p: Planner, bound: BoundCompound) -> Node:
    """The arms from left to right.

    Where the first row is all that is wanted, nothing needs to be told apart after the last INTERSECT or EXCEPT.
    """
    arms = [bound]
    while isinstance(arms[-1].left, BoundCompound):
        arms.append(arms[-1].left)
    arms.reverse()
    told_apart = len(arms)
    while p.first_row_of is bound and told_apart and arms[told_apart - 1].op in ("UNION", "UNION ALL"):
        told_apart -= 1
    # From the last to the first, as their names are looked up.
    others = [p.relation(arm.right) for arm in reversed(arms)]
    node = p.relation(arms[0].left)
    for i, arm in enumerate(arms):
        op = arm.op if i < told_apart else "UNION ALL"
        node = Compound(arm.source, op, node, others.pop(), arm.sequences)
    return node


@PLANS.entry(BoundRecursion)
def _recursion(p: Planner, bound: BoundRecursion) -> Node:
    step, initial = p.relation(bound.step), p.relation(bound.initial)
    return Recursion(bound.source, bound.op, initial, step, bound.sequences, bound.order)


@PLANS.entry(BoundOrder)
def _order(p: Planner, bound: BoundOrder) -> Node:
    return Sort(p.relation(bound.query), bound.terms)


@PLANS.entry(BoundLimit)
def _limit(p: Planner, bound: BoundLimit) -> Node:
    limit = p.planned_one(bound.limit)
    assert limit is not None
    if isinstance(limit, Literal) and limit.value == 1 and bound.offset is None:
        p.first_row_of = bound.query
    return Limit(p.relation(bound.query), limit, p.planned_one(bound.offset))
