"""Disjunctions: what every alternative of an OR asks for is asked for once, beside it.

Before::

    Filter t.a = u.c AND t.b = 1 AND u.d > 5 OR t.a = u.c AND t.b = 2 AND u.d < 3
      Join inner
        Scan t
        Scan u

After::

    Filter t.a = u.c AND (t.b = 1 AND u.d > 5 OR t.b = 2 AND u.d < 3) AND (t.b = 1 OR t.b = 2) AND (u.d > 5 OR u.d < 3)
      Join inner
        Scan t
        Scan u

A term that all alternatives share is taken out of them, so that a join or an index can use it.  Equalities of one
column with constants are an IN: ``t.a = 1 OR t.a = 2`` is ``t.a IN (1, 2)``.  Where an OR is about several tables,
what it says of one of them alone follows from it, and may sort out that table's rows earlier.
"""

from __future__ import annotations

from typing import final

from foundrydb.compiler.bind.bound import (
    Between,
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
    is_deterministic,
    same,
    sources_in,
    walk,
)
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.nodes import Node
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.walk import Rewriter, with_condition
from foundrydb.compiler.trees.declared import made_from


@final
class SplitDisjunctions(Pass):
    doc = (
        "Ask once for what every alternative of an OR asks for, and table by table for what follows from it."
    )

    def run(self, plan: Node, context: PassContext) -> Node:
        return _Split().node(plan)


@final
class _Split(Rewriter):
    """Looks at the conditions of filters and joins."""

    def own_expressions(self, node: Node) -> Node:
        return with_condition(super().own_expressions(node), split)


def split(condition: Expr) -> Expr:
    """A condition whose ORs ask for nothing that all of their alternatives share, with what follows from them."""
    terms: list[Expr] = []
    changed = False
    for term in conjuncts(condition):
        if isinstance(term, Logic) and term.op == "OR":
            parts = _parts(term)
            changed = changed or len(parts) > 1 or parts[0] is not term
            terms.extend(parts)
        else:
            terms.append(term)
    made = conjunction(terms)
    return made if changed and made is not None else condition


def _parts(term: Logic) -> list[Expr]:
    """What an OR is replaced by: what its alternatives share, what remains of it, and what follows from that."""
    listed = _listed(term)
    if listed is not None:
        return [listed]
    ways = [conjuncts(way) for way in term.terms]
    if any(len(way) == 1 for way in ways) or not is_deterministic(term):
        return [term]
    shared = [item for item in ways[0] if all(_has(way, item) for way in ways[1:])]
    rest = [[item for item in way if not _has(shared, item)] for way in ways]
    if not all(rest):
        return [term]
    remaining = _either(rest, term) if shared else term
    return [*shared, remaining, *_follows(rest, term)]


def _listed(term: Logic) -> InList | None:
    """The IN that an OR of equalities of one column with constants is."""
    items: list[Expr] = []
    first = _equality(term.terms[0])
    for way in term.terms:
        equality = _equality(way)
        if first is None or equality is None or not same(equality.left, first.left):
            return None
        if equality.comparison != first.comparison or equality.sequence != first.sequence:
            return None
        items.append(equality.right)
    if first is None:
        return None
    made = InList(first.left, items, False, first.comparison, first.sequence, term.start, term.end)
    return made_from(term, made)


def _equality(term: Expr) -> Compare | None:
    """An equality of a column with a constant, the column first."""
    if not isinstance(term, Compare) or term.op != "=":
        return None
    column, constant = term.left, term.right
    if isinstance(term.right, ColumnRef):
        column, constant = term.right, term.left
    if not isinstance(column, ColumnRef) or not isinstance(constant, (Literal, Parameter)):
        return None
    return Compare("=", column, constant, term.comparison, term.sequence, term.start, term.end)


def _has(way: list[Expr], term: Expr) -> bool:
    return any(same(item, term) for item in way)


def _either(ways: list[list[Expr]], term: Logic) -> Expr:
    """OR over alternatives, each of which is an AND."""
    alternatives = [way[0] if len(way) == 1 else Logic("AND", way, way[0].start, way[-1].end) for way in ways]
    return made_from(term, Logic("OR", alternatives, term.start, term.end))


def _follows(ways: list[list[Expr]], term: Logic) -> list[Expr]:
    """What an OR about several tables says of each of them alone."""
    sources = sources_in(term)
    if len(sources) < 2:
        return []
    out: list[Expr] = []
    for source in sources:
        about = [[item for item in way if _is_plain(item, source)] for way in ways]
        if all(about):
            out.append(_either(about, term))
    return out


def _is_plain(term: Expr, source: Source) -> bool:
    """Whether a term compares columns of one table with constants, which cannot fail and costs little to do twice."""
    plain = (Compare, Between, InList, IsNull, ColumnRef, Literal, Parameter)
    return all(isinstance(item, plain) for item in walk(term)) and sources_in(term) == [source]
