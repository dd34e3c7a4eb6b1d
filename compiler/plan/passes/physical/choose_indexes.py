"""Index selection: a scan under conditions becomes a search, where that is cheaper.

Before (i is an index on t(a), u.c is an INTEGER PRIMARY KEY)::

    Join inner on u.c = t.b
      Filter t.a = 5 AND t.d > 1
        Scan t
      Scan u

After::

    Join inner
      Filter t.d > 1
        IndexScan t using i (a = 5)
      RowidSeek u (c = t.b)

The right side of a join may look up what the left side knows; conditions of the join that a seek serves go into the
seek.  ``costs/access_paths`` weighs the ways to read one table; what the rows are sorted or grouped for counts, too.
A table of a correlated subquery that a hash table would serve better stays a scan, which the pass for transient indexes
looks at.  A virtual table says itself which conditions it serves (``costs/module_search``).
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import Exists, Expr
from foundrydb.compiler.bind.properties import conjunction, conjuncts, has_subquery
from foundrydb.compiler.late import named
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.costs.access_paths import best_access, with_filter
from foundrydb.compiler.plan.costs.constraints import Surroundings
from foundrydb.compiler.plan.costs.estimates import estimate
from foundrydb.compiler.plan.costs.index_search import Access
from foundrydb.compiler.plan.costs.orders import provided
from foundrydb.compiler.plan.costs.wanted_order import Wanted, wanted_below
from foundrydb.compiler.plan.nodes import (
    Aggregate,
    Delete,
    Derived,
    Filter,
    Insert,
    Join,
    Limit,
    ModuleScan,
    ModuleSearch,
    Node,
    Project,
    Scan,
    Sort,
    Update,
)
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.usage import ColumnUsage
from foundrydb.compiler.plan.walk import NodeRewriter, made_sources, visible_sources
from foundrydb.errors import error
from foundrydb.vm.modules.strategy import OFFSET


@final
class ChooseIndexes(Pass):
    doc = "Read tables by rowid or through an index where that is cheaper than a scan, virtual ones as they choose."

    def run(self, plan: Node, context: PassContext) -> Node:
        changes = isinstance(plan, (Insert, Update, Delete))
        return _Choose(context, ColumnUsage(plan), changes).node(plan)


@final
class Repeats:
    """How often a subquery is thought to run, and whether only its first row is wanted each time."""

    def __init__(self, times: float, first: bool) -> None:
        self.times: Final = times
        self.first: Final = first


@final
class _Choose(NodeRewriter):
    """Chooses on the way down, knowing what stands to the left."""

    def __init__(self, context: PassContext, usage: ColumnUsage, changes: bool) -> None:
        """Get ready; ``changes``: the statement changes what it may read."""
        super().__init__(context.nested)
        self.changes: Final = changes
        self.repeats = Repeats(0.0, False)
        self.context: Final = context
        self.usage: Final = usage
        self.later: list[Expr] = []
        """The conditions of joins to whose left side a table belongs, where anybody asks why."""

    def _with_query(self, expr: Expr) -> Expr:
        repeats = self.repeats
        self.repeats = Repeats(repeats.times, isinstance(expr, Exists))
        new = super()._with_query(expr)
        self.repeats = repeats
        return new

    def own_expressions(self, node: Node) -> Node:
        if not self.nested:
            return node
        repeats = self.repeats
        children = node.children()
        if (
            isinstance(node, (Filter, Project))
            and not self.changes
            and any(map(has_subquery, node.expressions()))
        ):
            estimate(children[0], self.context.catalog)
            self.repeats = Repeats(children[0].rows, False)
        else:
            self.repeats = Repeats(0.0, False)
        node = super().own_expressions(node)
        self.repeats = repeats
        return node

    def node(self, node: Node) -> Node:
        """A whole query."""
        return self.choose(node, Surroundings(self.context, made_sources(node), [], self.usage), None)

    def choose(self, node: Node, around: Surroundings, wanted: Wanted | None) -> Node:
        """A node of the query, whose rows are wanted in some order."""
        if isinstance(node, Join):
            return self._join(node, around, wanted)
        if isinstance(node, Aggregate) and isinstance(node.child, Scan) and named("only_counts")(node):
            return self.own_expressions(node)
        scan, terms = filtered_scan(node)
        if scan is not None:
            return self._scan(node, scan, terms, around, wanted)
        wanted = wanted_below(node, wanted)
        children = node.children()
        if children:
            if isinstance(node, Filter):
                below = around.with_certain(conjuncts(node.predicate))
            elif isinstance(node, Derived):
                below = Surroundings(around.context, around.inside, [], around.usage)
            else:
                below = around.with_nothing_certain()
            new = [self.choose(child, below, wanted) for child in children]
            if any(a is not b for a, b in zip(new, children)):
                node = node.with_children(new)
            if isinstance(node, Limit) and _has_skipped(node.child):
                node = node.without_offset()
        return self.own_expressions(node)

    def _scan(
        self,
        node: Node,
        scan: Scan | ModuleScan,
        terms: list[Expr],
        around: Surroundings,
        wanted: Wanted | None,
    ) -> Node:
        """A scan under conditions of its own."""
        access = best_access(scan, terms, around, wanted)
        if self.repeats.times > 1.0 and isinstance(scan, Scan) and not scan.indexed_by:
            first = self.repeats.first or (wanted is not None and wanted.limit >= 0)
            if named("look_up_pays")(scan, terms, access, self.repeats.times, first, around):
                access = Access(scan, [], access.rows, access.cost)
        if self.context.choices is not None:
            self.context.choices.access(scan, terms, around, wanted, access, self.later)
        if access.node is scan:
            _refuse_plain(scan)
            return self._own(node)
        return self._own(with_filter(access, terms, node))

    def _own(self, node: Node) -> Node:
        """A filtered table with the subqueries in its conditions chosen for."""
        if isinstance(node, Filter):
            child = self._own(node.child)
            node = node if child is node.child else node.with_children([child])
        elif node.children():
            new = [self._own(child) for child in node.children()]
            if any(a is not b for a, b in zip(new, node.children())):
                node = node.with_children(new)
        return self.own_expressions(node)

    def _join(self, node: Join, around: Surroundings, wanted: Wanted | None) -> Node:
        if node.kind in ("right", "full"):
            around = around.with_nothing_certain()
            left = self.choose(node.left, around, None)
            right = self.choose(node.right, around, None)
            return self._joined(node, left, right, node.on)
        on = conjuncts(node.on)
        later = self.later
        if self.context.choices is not None:
            self.later = later + on
        outer = node.kind == "left"
        first = around if outer else around.with_certain(on)
        left = self.choose(node.left, first, None if wanted is None else wanted.in_join())
        self.later = later
        around = around.with_nothing_certain() if outer else first
        beside = around.with_available(visible_sources(left), outer or node.fixed)
        scan, terms = filtered_scan(node.right)
        if scan is None:
            return self._joined(node, left, self.choose(node.right, beside, None), node.on)
        access = best_access(scan, terms + on, beside)
        hashed = self._is_hashed(scan, terms, on, access, left, beside, wanted)
        if hashed:
            access = best_access(scan, terms, around)
        if self.context.choices is not None:
            self.context.choices.access(scan, terms + on, beside, None, access, later, hashed)
        if access.node is scan:
            _refuse_plain(scan)
            return self._joined(node, left, self._own(node.right), node.on)
        left_over = [term for term in on if not any(term is used for used in access.used)]
        condition = node.on if len(left_over) == len(on) else conjunction(left_over)
        return self._joined(node, left, self._own(with_filter(access, terms, node.right)), condition)

    def _is_hashed(
        self,
        scan: Scan | ModuleScan,
        own: list[Expr],
        on: list[Expr],
        access: Access,
        left: Node,
        beside: Surroundings,
        wanted: Wanted | None,
    ) -> bool:
        """Whether the right side of a join had better be kept in a hash table than searched for each row.

        Where a LIMIT ends the join soon, the searches are few.
        """
        if isinstance(scan, ModuleScan) or scan.indexed_by or not own:
            return False
        if not named("may_hash")(scan, own, on, access):
            return False
        if wanted is not None and wanted.limit >= 0 and wanted.served_by(provided(left, self.context)):
            return False
        estimate(left, self.context.catalog)
        pays: bool = named("hashing_pays")(scan, own, access, left.rows, beside)
        return pays

    def _joined(self, node: Join, left: Node, right: Node, on: Expr | None) -> Node:
        if left is not node.left or right is not node.right or on is not node.on:
            node = node.of(left, right, on)
        return self.own_expressions(node)


def _refuse_plain(scan: Scan | ModuleScan) -> None:
    """Refuse to read a table as it is where another way was asked for, or where it does not know one.

    Raises:
        OperationalError: it is such a table.
    """
    if isinstance(scan, ModuleScan) or scan.indexed_by:
        raise error("no query solution")


def _has_skipped(node: Node) -> bool:
    """Whether the rows of OFFSET are left out by a virtual table below."""
    while isinstance(node, (Project, Sort)):
        node = node.child
    return isinstance(node, ModuleSearch) and OFFSET in node.ops


def filtered_scan(node: Node) -> tuple[Scan | ModuleScan | None, list[Expr]]:
    """The scan below nothing but filters, with their conditions; None where there is another node."""
    terms: list[Expr] = []
    while isinstance(node, Filter):
        terms = conjuncts(node.predicate) + terms
        node = node.child
    return (node, terms) if isinstance(node, (Scan, ModuleScan)) else (None, [])
