"""Unnesting: EXISTS over the rows with an equal key becomes IN, where one look at the inner table is cheaper than many.

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
seeks into t.  NOT EXISTS becomes ``(t.id IN …) IS NOT TRUE``, which holds for a NULL too.  A subquery with conditions
that may fail stays as it is, since they must be tested only for rows that are asked for; so do statements that change
what they read.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.plan.access import best_access
from foundrydb.compiler.plan.constraints import Surroundings
from foundrydb.compiler.plan.cost import (
    ENTRY,
    HASH_BUILD,
    HASH_PROBE,
    LOOKUP,
    estimate,
    seek_cost,
    share_of,
    weighed_rows,
)
from foundrydb.compiler.plan.index_search import Access
from foundrydb.compiler.plan.nodes import (
    Delete,
    Distinct,
    Filter,
    IndexScan,
    Insert,
    Limit,
    Node,
    Project,
    Scan,
    Sort,
    Update,
)
from foundrydb.compiler.plan.passes.base import Pass, PassContext
from foundrydb.compiler.plan.passes.choose_indexes import filtered_scan
from foundrydb.compiler.plan.passes.order_joins import LEAST_KEPT
from foundrydb.compiler.plan.passes.push_predicates import filtered
from foundrydb.compiler.plan.passes.transient_indexes import Lookup, lookups
from foundrydb.compiler.plan.usage import column_usage
from foundrydb.compiler.plan.walk import Rewriter
from foundrydb.compiler.resolve.bound import (
    ColumnRef,
    Exists,
    Expr,
    InQuery,
    IsTruth,
    Literal,
    OutputColumn,
    Source,
    Subquery,
    Unary,
)
from foundrydb.compiler.resolve.exprs import (
    conjunction,
    conjuncts,
    has_subquery,
    may_fail,
    sources_in,
)

GAIN: Final = 0.7
"""Unnested, a subquery must cost less than this share of what it costs row by row."""


@final
class UnnestExists(Pass):
    name = "unnest_exists"
    doc = "Gather the keys of EXISTS once, where that is cheaper than a search for each row."

    def run(self, plan: Node, context: PassContext) -> Node:
        if isinstance(plan, (Insert, Update, Delete)):
            return plan
        return _Unnest(plan, context).node(plan)


@final
class _Unnest(Rewriter):
    def __init__(self, plan: Node, context: PassContext) -> None:
        super().__init__()
        self.plan: Final = plan
        self.context: Final = context
        self._usage: dict[int, set[int]] | None = None

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
        return Filter(node.child, predicate)

    def _term(self, term: Expr, node: Filter, terms: list[Expr]) -> Expr:
        """A condition of the filter ``node``, unnested where it can be and where that pays."""
        exists = term.operand if isinstance(term, Unary) and term.op == "NOT" else term
        if not isinstance(exists, Exists) or not exists.query.outer:
            return term
        inner = _Inner.of(exists.query)
        if inner is None:
            return term
        made = inner.membership(exists)
        plan = made.query.plan
        assert isinstance(plan, Node)
        estimate(plan, self.context.catalog)
        new: Expr = made if exists is term else IsTruth(made, True, True, term.start, term.end)
        others = [other for other in terms if other is not term and not has_subquery(other)]
        kept, unnested = self._costs(inner, new, node.child, others)
        taken = unnested < GAIN * kept
        if self.context.choices is not None:
            self.context.choices.unnesting(inner.scan.source, kept, unnested, taken)
        return new if taken else term

    def _costs(self, inner: _Inner, made: Expr, child: Node, others: list[Expr]) -> tuple[float, float]:
        """What the filter costs with a search for each row, and with the keys gathered once."""
        rows, cost, driven = self._outer(made, child, others)
        once = self._access(inner.scan, inner.rest)
        left = [term for term in inner.rest if not any(term is used for used in once.used)]
        keys = once.rows * max(share_of(left, self.context.catalog), LEAST_KEPT)
        gathered = once.cost + keys * HASH_BUILD + min(cost + rows * HASH_PROBE, driven)
        search = self._access(inner.scan, [*inner.rest, inner.key.term])
        if isinstance(search.node, Scan):
            return cost + once.cost + keys * HASH_BUILD + rows * (HASH_PROBE + ENTRY), gathered
        return cost + rows * self._first_match(search, inner), gathered

    def _first_match(self, search: Access, inner: _Inner) -> float:
        """What a search costs that stops at the first row of which all conditions hold."""
        node = search.node
        each = ENTRY if isinstance(node, IndexScan) and node.covering else ENTRY + LOOKUP
        left = [term for term in inner.rest if not any(term is used for used in search.used)]
        looked_at = min(max(search.rows, 1.0), 1.0 / max(share_of(left, self.context.catalog), 0.01))
        total = weighed_rows(self.context.catalog, inner.scan.table)
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

    def _access(self, scan: Scan, terms: list[Expr]) -> Access:
        """The cheapest way to read a table, everything around it known."""
        if self._usage is None:
            self._usage = column_usage(self.plan)
        return best_access(scan, terms, Surroundings(self.context, [scan.source], [], self._usage))


@final
class _Inner:
    """A subquery that can be unnested: the rows of one table with a key equal to something of the enclosing row.

    Attributes:
        project: its root.
        scan: the table.
        key: the equality.
        rest: the conditions on the table alone.
    """

    def __init__(self, project: Project, scan: Scan, key: Lookup, rest: list[Expr]) -> None:
        self.project: Final = project
        self.scan: Final = scan
        self.key: Final = key
        self.rest: Final = rest

    @staticmethod
    def of(query: Subquery) -> _Inner | None:
        """What a query of EXISTS is made of; None for another query."""
        node = query.plan
        while isinstance(node, (Distinct, Sort, Limit)):
            if isinstance(node, Limit) and not _takes_some(node):
                return None
            node = node.child
        if not isinstance(node, Project):
            return None
        scan, terms = filtered_scan(node.child)
        if scan is None or scan.indexed_by:
            return None
        keys = lookups(terms, scan.source)
        if not keys:
            return None
        rest = [term for term in terms if term is not keys[0].term]
        if not all(_is_own(term, scan.source) for term in rest):
            return None
        return _Inner(node, scan, keys[0], rest)

    def membership(self, exists: Exists) -> InQuery:
        """The same condition as IN."""
        term = self.key.term
        column = ColumnRef(self.scan.source, self.key.column, term.start, term.end)
        offered = [OutputColumn("key", column.affinity, column.collation)]
        source = Source(self.project.source.number, self.project.source.name, offered)
        plan = Project(source, filtered(self.scan, self.rest), [column])
        query = Subquery(plan, [], offered)
        return InQuery(
            self.key.key, query, False, [term.comparison], [term.sequence], exists.start, exists.end
        )


def _takes_some(node: Limit) -> bool:
    """Whether a LIMIT leaves a row, where there is one."""
    limit = node.limit
    return (
        node.offset is None
        and isinstance(limit, Literal)
        and isinstance(limit.value, int)
        and limit.value > 0
    )


def _is_own(term: Expr, source: Source) -> bool:
    """Whether a condition is about one table alone, and cannot fail."""
    return not may_fail(term) and all(item is source for item in sources_in(term))
