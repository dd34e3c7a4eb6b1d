"""Transient indexes: what is read again and again by equality, without an index for it, gets one.

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

What is read may be a table, a subquery, or a join that is the right side of another.  The index is a hash table of the
rows that pass its own conditions.  It is built once, or once for each row of an enclosing query on which its rows
depend; they never depend on the left side of the join.  Its keys may be of an enclosing query, which serves correlated
subqueries too.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import Compare, Expr, Source, Subquery
from foundrydb.compiler.bind.properties import (
    conjunction,
    conjuncts,
    has_subquery,
    is_deterministic,
    may_fail,
    sources_in,
)
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.costs.estimates import HASH_BUILD, HASH_PROBE, estimate, growth
from foundrydb.compiler.plan.costs.orders import plain
from foundrydb.compiler.plan.nodes import (
    Derived,
    Empty,
    Filter,
    IndexScan,
    Join,
    Node,
    RowidSeek,
    Scan,
    Spool,
    TransientIndex,
)
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.walk import NodeRewriter, free_sources, is_one_row, visible_sources
from foundrydb.compiler.trees.declared import made_from


@final
class TransientIndexes(Pass):
    doc = "Index the inner side of a join for the time of the statement, where no index serves."

    def run(self, plan: Node, context: PassContext) -> Node:
        return _Transient(context).node(plan)


@final
class _Transient(NodeRewriter):
    def __init__(self, context: PassContext) -> None:
        super().__init__(context.nested)
        self.context: Final = context
        self.correlated = False

    def query(self, query: Subquery) -> Subquery:
        around = self.correlated
        self.correlated = len(query.outer) > 0
        new = super().query(query)
        self.correlated = around
        return new

    def node(self, node: Node) -> Node:
        if not isinstance(node, Join) or node.kind not in ("right", "full"):
            return super().node(node)
        left = self.node(node.left)
        right = self._whole(node.right)
        if left is not node.left or right is not node.right:
            node = node.of(left, right, node.on)
        return self.own_expressions(node)

    def _whole(self, node: Node) -> Node:
        """The right side of a join that reads it once more, for the rows that were joined to none: all that it yields.

        An index that is asked for some of the rows would yield all others then.
        """
        if not isinstance(node, Filter):
            return self.node(node)
        child = self._whole(node.child)
        return super().own_expressions(node if child is node.child else node.with_children([child]))

    def own_expressions(self, node: Node) -> Node:
        node = super().own_expressions(node)
        if isinstance(node, Join):
            return self._join(node)
        if isinstance(node, Filter) and self.correlated:
            return self._filter(node)
        return node

    def _join(self, node: Join) -> Node:
        """The right side of a join, looked up by the conditions of the join."""
        base, own = base_of(node.right)
        if base is None:
            return node
        sources = visible_sources(base)
        kept_whole = node.kind in ("right", "full")
        keys = lookups(conjuncts(node.on) + ([] if kept_whole else own), sources)
        if not keys:
            return node
        estimate(node, self.context.catalog)
        if isinstance(base, (IndexScan, RowidSeek)) and base.rows <= 1.0:
            return node
        if not self._pays(base, keys, max(node.left.rows, 1.0) * growth(node.left)):
            return node
        local = own if kept_whole else [term for term in own if _is_about(term, sources)]
        rest = [term for term in own if not any(term is t for t in local) and not _is_key(term, keys)]
        child = base if not local else made_from(node.right, Filter(base, _all(local)))
        left = visible_sources(node.left)
        if any(source in left for source in free_sources(child)):
            return node
        right = transient(child, keys)
        on = [term for term in conjuncts(node.on) if not _is_key(term, keys)]
        return node.of(node.left, right, conjunction(on + rest))

    def _filter(self, node: Filter) -> Node:
        """What a correlated subquery reads, looked up by what the enclosing query knows."""
        base, own = base_of(node)
        if not isinstance(base, (Scan, Derived, Join)):
            return node
        sources = visible_sources(base)
        keys = lookups(own, sources)
        local = [term for term in own if _is_about(term, sources) and _is_harmless(term)]
        child = base if not local else made_from(node, Filter(base, _all(local)))
        if not keys or free_sources(child):
            return node
        estimate(base, self.context.catalog)
        if not self._pays(base, keys, 100.0):
            return node
        rest = [term for term in own if not any(term is t for t in local) and not _is_key(term, keys)]
        made = transient(child, keys)
        return made if not rest else made_from(node, Filter(made, _all(rest)))

    def _pays(self, base: Node, keys: list[Lookup], probes: float) -> bool:
        """Whether building the index costs less than reading the rows each time."""
        indexed = base.cost + base.rows * HASH_BUILD + probes * (HASH_PROBE + 1.0)
        again = probes * base.cost
        if self.context.choices is not None:
            self.context.choices.lookup(base, [key.own for key in keys], probes, indexed, again)
        return indexed < again


def _is_about(term: Expr, sources: list[Source]) -> bool:
    """Whether a condition is about some sources alone."""
    read = sources_in(term)
    return len(read) > 0 and all(source in sources for source in read) and is_deterministic(term)


def _is_harmless(term: Expr) -> bool:
    """Whether a condition may be tested for rows that no enclosing row asks for."""
    return is_deterministic(term) and not may_fail(term)


def base_of(node: Node) -> tuple[Node | None, list[Expr]]:
    """What is below nothing but filters, with their conditions; None where it is kept already, or is one row."""
    terms: list[Expr] = []
    while isinstance(node, Filter):
        terms = conjuncts(node.predicate) + terms
        node = node.child
    if isinstance(node, (TransientIndex, Spool, Empty)) or is_one_row(node):
        return None, []
    return node, terms


@final
class Lookup:
    """An equality that can be part of the key of the index: ``own = key``."""

    def __init__(self, own: Expr, key: Expr, term: Compare) -> None:
        self.own: Final = own
        self.key: Final = key
        self.term: Final = term


def lookups(terms: list[Expr], sources: list[Source], ops: tuple[str, ...] = ("=", "IS")) -> list[Lookup]:
    """The equalities between something of ``sources`` and something from elsewhere.

    ops: the kinds of them; first those of the first kind.
    """
    out: list[Lookup] = []
    for op in ops:
        out.extend(_lookups([term for term in terms if isinstance(term, Compare) and term.op == op], sources))
    return out


def _lookups(terms: list[Compare], sources: list[Source]) -> list[Lookup]:
    out: list[Lookup] = []
    for term in terms:
        if "," in term.sequence:
            continue
        for own, key in ((plain(term.left), term.right), (plain(term.right), term.left)):
            if not _is_about(own, sources) or may_fail(own):
                continue
            read = sources_in(key)
            apart = not any(source in sources for source in read)
            if read and apart and is_deterministic(key) and not has_subquery(key):
                out.append(Lookup(own, key, term))
                break
    return out


def _is_key(term: Expr, keys: list[Lookup]) -> bool:
    return any(term is key.term for key in keys)


def _all(terms: list[Expr]) -> Expr:
    condition = conjunction(terms)
    assert condition is not None
    return condition


def transient(child: Node, keys: list[Lookup]) -> TransientIndex:
    """The node for some lookups."""
    index = TransientIndex(
        child,
        [key.own for key in keys],
        [key.key for key in keys],
        len([key for key in keys if key.term.op == "IS"]),
        [key.term.comparison for key in keys],
        [key.term.sequence for key in keys],
    )
    return made_from(child, index)
