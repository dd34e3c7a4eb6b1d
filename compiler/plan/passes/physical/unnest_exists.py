"""Unnesting: EXISTS over the rows with equal keys becomes IN, where one look at the inner table is cheaper than many.

Before::

    Filter EXISTS (subquery)
      Project …
        Filter u.k = t.id AND u.d = 5
          Scan u
      Scan t

After::

    Filter t.id IN (subquery)
      Project u.k
        Filter u.d = 5
          Scan u
      Scan t

The subquery refers to no enclosing row any more: its keys are gathered once, and looked up in a hash table, or drive
seeks into t.  Several keys make a row value.  NOT EXISTS becomes ``(t.id IN …) IS NOT TRUE``, which is
true for a NULL too.

IN over a subquery that refers to the enclosing row is an EXISTS with one more key, and becomes that where it stays: a
search that stops at the first row, whatever else compares with the enclosing row.  So does NOT IN where neither side
can be NULL.  A subquery with conditions that may fail stays as it is, since they must be tested only for rows that are
asked for; so do statements that change what they read.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import (
    Exists,
    Expr,
    InQuery,
    IsTruth,
    Relation,
    Unary,
)
from foundrydb.compiler.bind.properties import (
    conjunction,
    conjuncts,
    has_subquery,
    is_never_null,
    reads_only,
)
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.costs.access_paths import best_access
from foundrydb.compiler.plan.costs.constraints import Surroundings
from foundrydb.compiler.plan.costs.estimates import (
    ENTRY,
    HASH_BUILD,
    HASH_PROBE,
    LEAST_KEPT,
    LOOKUP,
    estimate,
    seek_cost,
)
from foundrydb.compiler.plan.costs.index_search import Access
from foundrydb.compiler.plan.costs.orders import fills_nulls
from foundrydb.compiler.plan.costs.shares import share_of, weighed_rows
from foundrydb.compiler.plan.nodes import (
    Delete,
    Filter,
    IndexScan,
    Insert,
    ModuleScan,
    Node,
    RowidSeek,
    Scan,
    Update,
)
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.passes.physical.choose_indexes import ChooseIndexes, filtered_scan
from foundrydb.compiler.plan.passes.physical.joins.order_joins import OrderJoins
from foundrydb.compiler.plan.passes.physical.transient_indexes import TransientIndexes
from foundrydb.compiler.plan.passes.physical.unnesting import Inner, inner_of
from foundrydb.compiler.plan.usage import ColumnUsage
from foundrydb.compiler.plan.walk import NodeRewriter, visible_sources
from foundrydb.compiler.trees.declared import made_from

GAIN: Final = 0.7
"""Unnested, a subquery must cost less than this share of what it costs row by row."""


@final
class UnnestExists(Pass):
    doc = "Gather the keys of EXISTS once, where that is cheaper than a search for each row."

    def run(self, plan: Node, context: PassContext) -> Node:
        if isinstance(plan, (Insert, Update, Delete)):
            return plan
        return _Unnest(plan, context).node(plan)


@final
class _Unnest(NodeRewriter):
    def __init__(self, plan: Node, context: PassContext) -> None:
        super().__init__(context.nested)
        self.plan: Final = plan
        self.context: Final = context
        self._usage: ColumnUsage | None = None

    def own_expressions(self, node: Node) -> Node:
        node = super().own_expressions(node)
        if not isinstance(node, Filter):
            return node
        terms = conjuncts(node.predicate)
        new = [self._term(term, node, terms) for term in terms]
        if all(a is b for a, b in zip(new, terms)):
            return node
        predicate = conjunction(new)
        assert predicate is not None
        return made_from(node, Filter(node.child, predicate))

    def _term(self, term: Expr, node: Filter, terms: list[Expr]) -> Expr:
        """A condition of the filter ``node``, unnested where it can be and where that pays."""
        asked = term.operand if isinstance(term, Unary) and term.op == "NOT" else term
        if not isinstance(asked, (Exists, InQuery)) or not asked.query.outer:
            return term
        negated = asked is not term
        if isinstance(asked, InQuery) and asked.negated:
            negated = not negated
        inner = inner_of(asked)
        if inner is None or (inner.member and negated and not _holds_no_null(inner, node)):
            return term
        made = made_from(term, inner.membership(term.start, term.end))
        plan = made.query.plan
        assert isinstance(plan, Node)
        estimate(plan, self.context.catalog)
        new: Expr = made
        if negated:
            new = made_from(term, IsTruth(made, True, True, term.start, term.end))
        others = [other for other in terms if other is not term and not has_subquery(other)]
        outer = self._outer(new, node.child, others)
        kept, one_by_one, unnested = self._costs(asked, inner, made, outer)
        if unnested < GAIN * min(kept, one_by_one):
            self._note(inner, kept, one_by_one, unnested)
            return new
        if inner.member and one_by_one < GAIN * kept:
            self._note(inner, kept, one_by_one, unnested)
            there = made_from(term, inner.existence(term.start, term.end))
            return made_from(term, Unary("NOT", there, term.start, term.end)) if negated else there
        self._note(inner, kept, one_by_one, unnested, True)
        return term

    def _note(
        self, inner: Inner, kept: float, one_by_one: float, unnested: float, stays: bool = False
    ) -> None:
        """Tell what was weighed."""
        if self.context.choices is None:
            return
        ways = [("search for each row", one_by_one), ("gather the keys once, and look them up", unnested)]
        taken = 1 if unnested < GAIN * min(kept, one_by_one) else 0
        if inner.member:
            ways.append(("gather the members for each row", kept))
            taken = 2 if stays else taken
        word = "IN" if inner.member else "EXISTS"
        self.context.choices.unnesting(word, visible_sources(inner.base), ways, taken)

    def _costs(
        self, asked: Exists | InQuery, inner: Inner, made: InQuery, outer: tuple[float, float, float]
    ) -> tuple[float, float, float]:
        """What the filter costs as it is, with a search for each row, and with the keys gathered once."""
        rows, cost, driven = outer
        if isinstance(inner.base, Scan):
            kept, each, once, keys = self._single(inner, inner.base, rows)
        else:
            kept, each, once, keys = self._joined(asked, inner, made)
        gathered = once + keys * HASH_BUILD + min(cost + rows * HASH_PROBE, driven)
        if inner.others:
            gathered = float("inf")
        return cost + rows * kept, cost + rows * each, gathered

    def _single(self, inner: Inner, scan: Scan, rows: float) -> tuple[float, float, float, float]:
        """For one table: what the subquery costs each time as it is and as a search that stops at the first row, what
        reading the keys costs, and how many they are."""
        once = self._access(scan, inner.rest)
        left = [term for term in inner.rest if not any(term is used for used in once.used)]
        keys = once.rows * max(share_of(left, self.context.catalog), LEAST_KEPT)
        terms = [*inner.rest, *(key.term() for key in inner.keys), *inner.others]
        search = self._access(scan, terms)
        each = self._first_match(search, terms)
        if isinstance(search.node, Scan):
            # The table gets an index for the time of the statement.
            each = HASH_PROBE + ENTRY + (once.cost + keys * HASH_BUILD) / max(rows, 1.0)
        if not inner.member:
            return each, each, once.cost, keys
        members = self._access(scan, inner.searched())
        if isinstance(members.node, Scan):
            return each + HASH_BUILD, each, once.cost, keys
        return members.cost + members.rows * HASH_BUILD, each, once.cost, keys

    def _joined(
        self, asked: Exists | InQuery, inner: Inner, made: InQuery
    ) -> tuple[float, float, float, float]:
        """The same for several tables, by what the later passes would make of them."""
        there = self._planned(inner.existence(-1, -1).query.plan)
        gathered = self._planned(made.query.plan)
        each = there.cost / max(there.rows, 1.0)
        kept = each
        if inner.member:
            members = self._planned(asked.query.plan)
            kept = members.cost + members.rows * HASH_BUILD
        return kept, each, gathered.cost, gathered.rows

    def _planned(self, plan: Relation) -> Node:
        """A subquery's plan, ordered and with indexes chosen, with its estimates."""
        assert isinstance(plan, Node)
        context = PassContext(self.context.catalog, self.context.functions, self.context.encoding)
        for item in (OrderJoins(), ChooseIndexes(), TransientIndexes()):
            plan = item.run(plan, context)
        estimate(plan, self.context.catalog)
        return plan

    def _first_match(self, search: Access, terms: list[Expr]) -> float:
        """What a search costs that stops at the first row of which all conditions hold."""
        node = search.node
        each = ENTRY if isinstance(node, IndexScan) and node.covering else ENTRY + LOOKUP
        left = [term for term in terms if not any(term is used for used in search.used)]
        looked_at = min(max(search.rows, 1.0), 1.0 / max(share_of(left, self.context.catalog), 0.01))
        if not isinstance(node, (IndexScan, RowidSeek)):
            return search.cost
        total = weighed_rows(self.context.catalog, node.table)
        return min(search.cost, seek_cost(total) + looked_at * each)

    def _outer(self, made: Expr, child: Node, others: list[Expr]) -> tuple[float, float, float]:
        """The rows that are asked for, what they cost, and what those cost that the keys themselves lead to."""
        scan, own = filtered_scan(child)
        if scan is None:
            estimate(child, self.context.catalog)
            return child.rows * share_of(others, self.context.catalog), child.cost, float("inf")
        terms = own + others
        access = self._access(scan, terms)
        driven = self._access(scan, [*terms, made])
        left = [term for term in terms if not any(term is used for used in access.used)]
        used = any(term is made for term in driven.used)
        return (
            access.rows * share_of(left, self.context.catalog),
            access.cost,
            driven.cost if used else float("inf"),
        )

    def _access(self, scan: Scan | ModuleScan, terms: list[Expr]) -> Access:
        """The cheapest way to read a table, everything around it known."""
        if self._usage is None:
            self._usage = ColumnUsage(self.plan)
        return best_access(scan, terms, Surroundings(self.context, [scan.source], [], self._usage))


def _holds_no_null(inner: Inner, node: Filter) -> bool:
    """Whether NOT IN cannot be NULL: neither side of it can."""
    member = inner.keys[-1]
    if not reads_only(member.wanted, visible_sources(node.child)):
        return False
    return is_never_null(member.offered) and is_never_null(member.wanted) and not fills_nulls(node.child)
