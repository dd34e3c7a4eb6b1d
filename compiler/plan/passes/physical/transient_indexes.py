"""Transient indexes: a table that is read again and again by equality, without an index for it, gets one.

Before (no index on u.c)::

    Join inner on u.c = t.a
      Scan t
      Filter u.d > 0
        Scan u

After::

    Join inner
      Scan t
      TransientIndex u (c = t.a)
        Filter u.d > 0
          Scan u

The index is a hash table of the rows that pass the table's own conditions.  It is built once in a statement, so its
rows must not depend on an enclosing query's; its keys may, which serves correlated subqueries too.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import ColumnRef, Compare, Expr, Source
from foundrydb.compiler.bind.properties import (
    conjunction,
    conjuncts,
    has_subquery,
    is_deterministic,
    may_fail,
    sources_in,
)
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.costs.estimates import HASH_BUILD, HASH_PROBE, estimate
from foundrydb.compiler.plan.costs.orders import plain
from foundrydb.compiler.plan.nodes import Derived, Filter, Join, Node, Scan, TransientIndex
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.walk import Rewriter, free_sources, nodes_of
from foundrydb.compiler.trees.declared import made_from


@final
class TransientIndexes(Pass):
    name = "transient_indexes"
    doc = "Index the inner side of a join for the time of the statement, where no index serves."
    needs: tuple[tuple[str, ...], ...] = (("Join", "Exists", "InQuery", "ScalarQuery"),)

    def run(self, plan: Node, context: PassContext) -> Node:
        return _Transient(context).node(plan)


@final
class _Transient(Rewriter):
    def __init__(self, context: PassContext) -> None:
        super().__init__()
        self.context: Final = context
        self.correlated = False

    def subplan(self, plan: Node) -> Node:
        outer = self.correlated
        self.correlated = len(free_sources(plan)) > 0
        new = self.node(plan)
        self.correlated = outer
        return new

    def own_expressions(self, node: Node) -> Node:
        node = super().own_expressions(node)
        if isinstance(node, Join) and node.kind in ("inner", "left"):
            return self._join(node)
        if isinstance(node, Filter) and self.correlated:
            return self._filter(node)
        return node

    def _join(self, node: Join) -> Node:
        """The right side of a join, looked up by the conditions of the join."""
        base, own = base_of(node.right)
        if base is None or isinstance(node.right, TransientIndex):
            return node
        source = base.source
        keys = lookups(conjuncts(node.on) + own, source)
        if not keys:
            return node
        estimate(node, self.context.catalog)
        if not self._pays(base, keys, max(node.left.rows, 1.0) * self._growth(node.left)):
            return node
        local = [term for term in own if sources_in(term) == [source] and is_deterministic(term)]
        rest = [term for term in own if not any(term is t for t in local) and not _is_key(term, keys)]
        child = base if not local else made_from(node.right, Filter(base, _all(local)))
        if free_sources(child):
            return node
        right = transient(child, source, keys)
        on = [term for term in conjuncts(node.on) if not _is_key(term, keys)]
        return node.of(node.left, right, conjunction(on + rest))

    def _growth(self, node: Node) -> float:
        """How many times its rows a plan may yield when small tables in it have grown.

        A statement outlives the size of its tables; without an index, two large ones would take for ever.
        """
        growth = 1.0
        for item in nodes_of(node):
            if isinstance(item, Scan):
                growth = max(growth, item.cost / max(item.rows, 1.0))
        return growth

    def _filter(self, node: Filter) -> Node:
        """A table of a correlated subquery, looked up by what the enclosing query knows."""
        base, own = base_of(node)
        if base is None or not isinstance(base, Scan):
            return node
        source = base.source
        keys = lookups(own, source)
        local = [term for term in own if sources_in(term) == [source] and _is_harmless(term)]
        child = base if not local else made_from(node, Filter(base, _all(local)))
        if not keys or free_sources(child):
            return node
        estimate(base, self.context.catalog)
        if not self._pays(base, keys, 100.0):
            return node
        rest = [term for term in own if not any(term is t for t in local) and not _is_key(term, keys)]
        made = transient(child, source, keys)
        return made if not rest else made_from(node, Filter(made, _all(rest)))

    def _pays(self, base: Scan | Derived, keys: list[Lookup], probes: float) -> bool:
        """Whether building the index costs less than reading the rows each time."""
        indexed = base.cost + base.rows * HASH_BUILD + probes * (HASH_PROBE + 1.0)
        again = probes * base.cost
        if self.context.choices is not None:
            columns = [base.source.columns[key.column].name if key.column >= 0 else "rowid" for key in keys]
            self.context.choices.lookup(base, columns, probes, indexed, again)
        return indexed < again


def _is_harmless(term: Expr) -> bool:
    """Whether a condition may be tested for rows that no enclosing row asks for."""
    return is_deterministic(term) and not may_fail(term)


def base_of(node: Node) -> tuple[Scan | Derived | None, list[Expr]]:
    """The scan or subquery below nothing but filters, with their conditions."""
    terms: list[Expr] = []
    while isinstance(node, Filter):
        terms = conjuncts(node.predicate) + terms
        node = node.child
    if isinstance(node, (Scan, Derived)):
        return node, terms
    return None, []


@final
class Lookup:
    """An equality that can be a key of the index: ``column = key``."""

    def __init__(self, column: int, key: Expr, term: Compare) -> None:
        self.column: Final = column
        self.key: Final = key
        self.term: Final = term


def lookups(terms: list[Expr], source: Source) -> list[Lookup]:
    """The equalities between a column of ``source`` and something from elsewhere."""
    out: list[Lookup] = []
    for term in terms:
        if not isinstance(term, Compare) or term.op != "=" or "," in term.sequence:
            continue
        for side, key in ((plain(term.left), term.right), (plain(term.right), term.left)):
            if not isinstance(side, ColumnRef) or side.source is not source:
                continue
            read = sources_in(key)
            if read and source not in read and is_deterministic(key) and not has_subquery(key):
                out.append(Lookup(side.index, key, term))
                break
    return out


def _is_key(term: Expr, keys: list[Lookup]) -> bool:
    return any(term is key.term for key in keys)


def _all(terms: list[Expr]) -> Expr:
    condition = conjunction(terms)
    assert condition is not None
    return condition


def transient(child: Node, source: Source, keys: list[Lookup]) -> TransientIndex:
    """The node for some lookups."""
    index = TransientIndex(
        source,
        child,
        [key.column for key in keys],
        [key.key for key in keys],
        [key.term.comparison for key in keys],
        [key.term.sequence for key in keys],
    )
    return made_from(child, index)
