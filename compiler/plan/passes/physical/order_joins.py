"""Join order: the tables of a join in the order that costs least.

Before (t is large, u is small or well filtered, and t has an index on a)::

    Join inner on t.a = u.c
      Scan t
      Filter u.d = 5
        Scan u

After::

    Join inner on t.a = u.c
      Filter u.d = 5
        Scan u
      Scan t

A region of inner joins is taken apart into relations and conditions, ordered, and put together again, leaning left.
The right side of a LEFT JOIN is a relation that may only come after what its condition reads; CROSS JOIN keeps its
order; RIGHT and FULL JOIN are relations as a whole; each step of a recursion begins with its row.  Up to ``EXACT``
relations the best order is found by dynamic programming over sets of relations, beyond that one by one, always the
cheapest next.  Where nothing is gained, the order stays as it was written.  Where LIMIT asks for the first rows in
some order, a relation that is read in that order may begin, so that not all rows are joined.

A condition with a correlated subquery, which costs much, waits until so few rows are left that waiting longer gains
nothing.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import ColumnRef, Compare, Expr, InQuery, Source
from foundrydb.compiler.bind.properties import (
    conjunction,
    conjuncts,
    is_deterministic,
    query_of,
    same,
    sources_in,
    walk,
)
from foundrydb.compiler.late import named
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.costs.access_paths import RISK, best_access, with_filter
from foundrydb.compiler.plan.costs.constraints import Surroundings
from foundrydb.compiler.plan.costs.estimates import HASH_BUILD, HASH_PROBE, LEAST_KEPT, estimate
from foundrydb.compiler.plan.costs.orders import provided
from foundrydb.compiler.plan.costs.shares import derived_share, groups, joined_share, selectivity
from foundrydb.compiler.plan.costs.wanted_order import Wanted, wanted_below
from foundrydb.compiler.plan.nodes import Derived, Filter, Join, ModuleScan, Node, QueueRow, Scan
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.passes.logical.push_predicates import filtered
from foundrydb.compiler.plan.passes.physical.choose_indexes import filtered_scan
from foundrydb.compiler.plan.usage import ColumnUsage
from foundrydb.compiler.plan.walk import NodeRewriter, made_sources, nodes_of, visible_sources
from foundrydb.compiler.trees.declared import made_from

EXACT: Final = 7
"""Up to so many relations every order is considered."""

GAIN: Final = 0.99
"""Another order must cost less than this share of the written one's cost."""


APART: Final = 0.5
"""An order in which relations meet that no condition connects must cost less than this share of one that avoids that:
where estimates are wrong, it is the one that never ends."""

REREAD: Final = 2.0
"""How many times its cost a whole table that is read once more is weighed with: how often that will be is a guess."""

WAITING: Final = 30.0
"""What a correlated subquery is thought to cost each time; its own plan is not made yet."""


@final
class OrderJoins(Pass):
    doc = "Put the tables of a join into the order that costs least."

    def run(self, plan: Node, context: PassContext) -> Node:
        return _Order(context, ColumnUsage(plan)).node(plan)


@final
class Relation:
    """One thing that is joined.

    Attributes:
        number: its place in the written order.
        node: its rows, under its own filters.
        outer: it is the right side of a LEFT JOIN with the conditions ``on``.
        join: the join that it is a side of.
        fixed: it is the right side of a CROSS JOIN.
        needs: a mask of the relations that must come before it.
        near: a mask of the relations that share a condition with it.
    """

    def __init__(self, number: int, node: Node, outer: bool, on: list[Expr], join: Node) -> None:
        self.number: Final = number
        self.node = node
        self.outer: Final = outer
        self.fixed = False
        self.on = on
        self.join: Final = join
        self.sources: Final = visible_sources(node)
        self.needs = 0
        self.near = 0
        self.known: dict[int, Probe] = {}


@final
class Region:
    """Relations that may change places, and the conditions between them.

    masks: per condition, the relations that it reads.
    waiting: the numbers of conditions with correlated subqueries, which may be tested later than they could.
    """

    def __init__(self) -> None:
        self.relations: list[Relation] = []
        self.terms: list[Expr] = []
        self.masks: list[int] = []
        self.waiting: list[int] = []
        self._bits: dict[int, int] = {}

    def add(self, node: Node, join: Node) -> None:
        """Take a join tree apart.  join: which the node is a side of, or itself."""
        if isinstance(node, Filter) and has_join(node):
            self.add(node.child, join)
            self.terms.extend(conjuncts(node.predicate))
        elif isinstance(node, Join) and node.kind == "inner":
            first = len(self.relations)
            self.add(node.left, node)
            middle = len(self.relations)
            self.add(node.right, node)
            self.terms.extend(conjuncts(node.on))
            if node.fixed:
                for relation in self.relations[middle:]:
                    relation.needs |= ((1 << middle) - 1) & ~((1 << first) - 1)
                self.relations[middle].fixed = True
        elif isinstance(node, Join) and node.kind == "left":
            self._add_outer(node)
        else:
            node, slow = without_queries(node)
            self.waiting.extend(range(len(self.terms), len(self.terms) + len(slow)))
            self.terms.extend(slow)
            self.relations.append(Relation(len(self.relations), node, False, [], join))

    def _add_outer(self, node: Join) -> None:
        first = len(self.relations)
        self.add(node.left, node)
        before = self.relations[first:]
        relation = Relation(len(self.relations), node.right, True, conjuncts(node.on), node)
        for other in before:
            if any(reads(term, other.sources) for term in relation.on):
                relation.needs |= 1 << other.number
        if not relation.needs:
            relation.needs = 1 << before[0].number
        self.relations.append(relation)

    def connect(self) -> None:
        """Note which relations share conditions, and what the arguments of virtual tables need."""
        for relation in self.relations:
            for source in relation.sources:
                self._bits[source.number] = 1 << relation.number
        for relation in self.relations:
            relation.near = self.mask_of(relation.on)
            for item in nodes_of(relation.node):
                if isinstance(item, ModuleScan):
                    relation.needs |= self._bits_of(item.args) & ~(1 << relation.number)
        self.masks = [self.mask_of([term]) for term in self.terms]
        for mask in self.masks:
            for relation in self.relations:
                if mask & (1 << relation.number):
                    relation.near |= mask
        for relation in self.relations:
            relation.near &= ~(1 << relation.number)
            if _is_queue(relation) and not relation.needs:
                for other in self.relations:
                    other.needs |= 1 << relation.number if other is not relation else 0

    def mask_of(self, exprs: list[Expr]) -> int:
        """The relations that some expressions read; all, where an expression must be evaluated for each result."""
        if not all(is_deterministic(expr) for expr in exprs):
            return (1 << len(self.relations)) - 1
        return self._bits_of(exprs)

    def _bits_of(self, exprs: list[Expr]) -> int:
        mask = 0
        for expr in exprs:
            for source in sources_in(expr):
                mask |= self._bits.get(source.number, 0)
        return mask


def _is_queue(relation: Relation) -> bool:
    """Whether a relation is the row that a recursion has just taken from its queue: each step begins with it."""
    node = relation.node
    while isinstance(node, Filter):
        node = node.child
    return isinstance(node, QueueRow)


def reads(expr: Expr, sources: list[Source]) -> bool:
    """Whether an expression reads any of the sources."""
    return any(source in sources for source in sources_in(expr))


def without_queries(node: Node) -> tuple[Node, list[Expr]]:
    """A filtered relation without its conditions on correlated subqueries, and these."""
    if not isinstance(node, Filter):
        return node, []
    terms = conjuncts(node.predicate)
    slow = [term for term in terms if is_slow(term)]
    if not slow:
        return node, []
    rest = conjunction([term for term in terms if not any(term is item for item in slow)])
    return (node.child if rest is None else made_from(node, Filter(node.child, rest))), slow


def is_slow(term: Expr) -> bool:
    """Whether a condition runs a correlated subquery each time."""
    if not is_deterministic(term) or (isinstance(term, InQuery) and not term.negated):
        return False  # IN may drive a seek
    for item in walk(term):
        query = query_of(item)
        if query is not None and query.outer:
            return True
    return False


def has_join(node: Node) -> bool:
    """Whether there is a join below nothing but filters."""
    while isinstance(node, Filter):
        node = node.child
    return isinstance(node, Join)


def leans_left(node: Node) -> bool:
    """Whether the joins of a region stand on left sides alone, as ``rebuild`` puts them."""
    while isinstance(node, (Filter, Join)):
        if isinstance(node, Filter):
            node = node.child
            continue
        if node.kind not in ("inner", "left"):
            return True
        if node.kind == "inner":
            right = node.right
            while isinstance(right, Filter):
                right = right.child
            if isinstance(right, Join) and right.kind in ("inner", "left"):
                return False
        node = node.left
    return True


@final
class _Order(NodeRewriter):
    """Orders every region of joins in the plan."""

    def __init__(self, context: PassContext, usage: ColumnUsage) -> None:
        super().__init__(context.nested)
        self.context: Final = context
        self.usage: Final = usage
        self.inside: list[Source] = []
        self.wanted: Wanted | None = None

    def subplan(self, plan: Node) -> Node:
        outer, wanted = self.inside, self.wanted
        self.inside, self.wanted = [], None
        new = self.node(plan)
        self.inside, self.wanted = outer, wanted
        return new

    def node(self, node: Node) -> Node:
        above = self.wanted
        self.wanted = above if has_join(node) else wanted_below(node, above)
        new = self._node(node)
        self.wanted = above
        return new

    def _node(self, node: Node) -> Node:
        if not self.inside:
            self.inside = made_sources(node)
        if not has_join(node):
            return super().node(node)
        wanted, self.wanted = self.wanted, None
        region = Region()
        region.add(node, node)
        if len(region.relations) < 2:
            return super().node(node)
        changed = False
        for relation in region.relations:
            new = self.node(relation.node)
            changed = changed or new is not relation.node
            relation.node = new
            on = self.exprs(relation.on)
            changed = changed or on is not relation.on
            relation.on = on
        terms = self.exprs(region.terms)
        changed = changed or terms is not region.terms
        region.terms = terms
        region.connect()
        search = JoinOrder(region, Surroundings(self.context, self.inside, [], self.usage), wanted)
        order = search.best()
        if self.context.choices is not None:
            self.context.choices.join_order(search, order)
        late = search.late(order) if region.waiting else {}
        if order == list(range(len(order))) and not changed and not late and leans_left(node):
            return node
        return rebuild(region, order, late)


def rebuild(region: Region, order: list[int], late: dict[int, int]) -> Node:
    """The join tree of a region in another order; each condition stands where its last column becomes known.

    late: of conditions that wait longer, by number, the place in the order after which they are tested.
    """
    pending = list(range(len(region.terms)))
    placed = 0
    tree: Node | None = None
    for place, number in enumerate(order):
        relation = region.relations[number]
        placed |= 1 << number
        now = [i for i in pending if not region.masks[i] & ~placed and late.get(i, 0) <= place]
        now.sort(key=region.waiting.__contains__)
        own = [region.terms[i] for i in now if region.masks[i] == 1 << number and not relation.outer]
        ready = [region.terms[i] for i in now if region.masks[i] != 1 << number or relation.outer]
        node = filtered(relation.node, own, relation.join)
        pending = [i for i in pending if i not in now]
        if tree is None:
            tree = node
        elif relation.outer:
            tree = made_from(relation.join, Join("left", tree, node, conjunction(relation.on)))
        else:
            made = Join("inner", tree, node, conjunction(ready), relation.fixed)
            tree = made_from(relation.join, made)
            ready = []
        condition = conjunction(ready)
        if condition is not None:
            tree = made_from(relation.join, Filter(tree, condition))
    assert tree is not None
    return tree


@final
class Probe:
    """What it takes to find a relation's rows for each row of those before it.

    Attributes:
        first: what is paid once.
        each: what is paid each time after that.
        found: the rows of each time.
        again: what reading the relation anew costs, without anything paid first.
        doubt: how many times more that is weighed.
    """

    def __init__(self, first: float, each: float, found: float, again: float, doubt: float = 1.0) -> None:
        self.doubt: Final = doubt
        self.first: Final = first
        self.each: Final = each
        self.found: Final = found
        self.again: Final = again

    def cost(self, times: float) -> float:
        """What so many times cost, in the better of the two ways."""
        again = self.again if times <= 1.0 else self.again * (1.0 + (times - 1.0) * self.doubt)
        return min(self.first + times * self.each, again)


@final
class Beginning:
    """How a relation begins an order that is wanted.

    terms: those that its rows are ordered by.  extra: what it costs more than to be read in the cheapest way.
    """

    def __init__(self, terms: list[Expr], extra: float) -> None:
        self.terms: Final = terms
        self.extra: Final = extra


@final
class JoinOrder:
    """Finds the cheapest order of a region's relations."""

    def __init__(self, region: Region, around: Surroundings, wanted: Wanted | None = None) -> None:
        """Get ready; ``wanted``: the order in which the first rows of the join are wanted."""
        self.region: Final = region
        self.around: Final = around
        self.relations: Final = region.relations
        self.wanted: Final = wanted if wanted is not None and wanted.terms and wanted.limit >= 0 else None
        self.firsts: Final[dict[int, Beginning]] = {} if self.wanted is None else self._firsts(self.wanted)

    def best(self) -> list[int]:
        """The order, as numbers of relations; the written one unless another costs clearly less."""
        cheapest = self._cheapest()
        for first in self.firsts:
            other = self.greedy(first, True)
            if self.price_of(other) < GAIN * self.price_of(cheapest):
                cheapest = other
        return cheapest

    def price_of(self, order: list[int]) -> float:
        """What an order costs, and what it takes to find the first rows in the order that is wanted, if any is."""
        rows, cost = self._sums(order)
        if self.wanted is None:
            return cost
        begun = self.firsts.get(order[0])
        if begun is None:
            return cost + self.wanted.effort(rows)
        block = rows / groups(begun.terms, rows, self.around.context.catalog)
        return self.wanted.price(cost + begun.extra, rows, RISK, block)

    def _firsts(self, wanted: Wanted) -> dict[int, Beginning]:
        """The relations that begin the order wanted when they are read first."""
        found: dict[int, Beginning] = {}
        for relation in self.relations:
            scan, own = filtered_scan(relation.node)
            if scan is None or relation.outer or not self._allowed(0, relation.number):
                continue
            access = best_access(scan, own, self.around, wanted.in_join())
            begun = wanted.begun_by(provided(with_filter(access, own, scan), self.around.context))
            if any(reads(term, relation.sources) for term in begun):
                extra = access.cost - best_access(scan, own, self.around).cost
                found[relation.number] = Beginning(begun, extra)
        return found

    def _cheapest(self) -> list[int]:
        """The order that costs least where all rows are wanted."""
        written = list(range(len(self.relations)))
        if len(self.relations) <= EXACT:
            order, cost = self._exact()
        else:
            order = self.greedy(connected=True)
            cost = self.cost_of(order)
            other = self.greedy()
            if self.cost_of(other) < APART * cost:
                order, cost = other, self.cost_of(other)
        if cost >= 0 and cost < GAIN * self.cost_of(written):
            return order
        return written

    def cost_of(self, order: list[int]) -> float:
        """What an order costs."""
        return self._sums(order)[1]

    def rows_of(self, order: list[int]) -> float:
        """How many rows an order is thought to yield."""
        return self._sums(order)[0]

    def _sums(self, order: list[int]) -> tuple[float, float]:
        """The rows and the cost of an order."""
        rows = 1.0
        cost = 0.0
        placed = 0
        for number in order:
            rows, step = self.extend(placed, rows, number)
            cost += step
            placed |= 1 << number
        return rows, cost

    def late(self, order: list[int]) -> dict[int, int]:
        """The conditions that had better wait: their numbers, and the places in the order after which to test them."""
        rows: list[float] = []
        steps: list[float] = []
        placed = 0
        current = 1.0
        for number in order:
            current, step = self.extend(placed, current, number)
            rows.append(current)
            steps.append(step)
            placed |= 1 << number
        out: dict[int, int] = {}
        for i in self.region.waiting:
            first = self._known_after(order, self.region.masks[i])
            place = _cheapest_place(
                rows, steps, first, selectivity(self.region.terms[i], self.around.context.catalog)
            )
            if place > first:
                out[i] = place
        return out

    def _known_after(self, order: list[int], mask: int) -> int:
        """The place in an order after which all relations of a mask are there."""
        for place, number in enumerate(order):
            mask &= ~(1 << number)
            if not mask:
                return place
        return len(order) - 1

    def is_allowed(self, order: list[int]) -> bool:
        """Whether each relation of an order comes after those that it needs."""
        placed = 0
        for number in order:
            if not self._allowed(placed, number):
                return False
            placed |= 1 << number
        return True

    def extend(self, placed: int, rows: float, number: int) -> tuple[float, float]:
        """Rows after joining one more relation to ``rows`` rows of those placed, and what that costs."""
        relation = self.relations[number]
        probe = self.probe(relation, placed)
        result = rows * probe.found
        if relation.outer:
            result = max(result, rows)
        return max(result, 1e-3), probe.cost(max(rows, 1.0))

    def probe(self, relation: Relation, placed: int) -> Probe:
        """How a relation is read after those placed."""
        key = placed & relation.near | (1 << len(self.relations) if placed else 0)
        known = relation.known.get(key)
        if known is None:
            known = self._probe(relation, placed)
            relation.known[key] = known
        return known

    def _probe(self, relation: Relation, placed: int) -> Probe:
        terms = list(relation.on)
        bit = 1 << relation.number
        if not relation.outer:
            for term, mask in zip(self.region.terms, self.region.masks):
                if mask & bit and not mask & ~(placed | bit):
                    terms.append(term)
        scan, own = filtered_scan(relation.node)
        if scan is None:
            return self._probe_other(relation, terms, placed)
        left: list[Source] = []
        for other in self.relations:
            if placed & (1 << other.number):
                left.extend(other.sources)
        around = self.around.with_available(left, relation.outer or relation.fixed)
        access = best_access(scan, own + terms, around)
        rest = [term for term in own + terms if not any(term is used for used in access.used)]
        rows = access.rows * self._share(independent(rest, access.used, relation.sources))
        if isinstance(access.node, Scan) and placed and has_equality(terms):
            kept = access.rows * max(self._share(own), LEAST_KEPT)
            return Probe(access.cost + kept * HASH_BUILD, HASH_PROBE + rows, rows, access.cost, REREAD)
        if placed and own and named("may_hash")(scan, own, terms, access):
            first: float = named("hash_cost")(scan, own, around)
            return Probe(first, HASH_PROBE + rows, rows, access.cost)
        doubt = REREAD if isinstance(access.node, Scan) else 1.0
        return Probe(0.0, access.cost * doubt, rows, access.cost, doubt)

    def _share(self, terms: list[Expr]) -> float:
        """The share of rows for which conditions hold."""
        share = 1.0
        for term in terms:
            share *= joined_share(term, self.around.context.catalog)
        return share

    def _probe_other(self, relation: Relation, terms: list[Expr], placed: int) -> Probe:
        """A relation that is not a table: its rows are kept after the first time."""
        node = relation.node
        estimate(node, self.around.context.catalog)
        rows = max(node.rows, 1.0)
        share = self._share(terms)
        if isinstance(node, Derived):
            for term in terms:
                share = min(share, _own_share(node, term))
        if placed and has_equality(terms):
            return Probe(node.cost + rows * HASH_BUILD, HASH_PROBE + rows * share, rows * share, node.cost)
        return Probe(node.cost, rows if placed else 0.0, rows * share, node.cost)

    def _allowed(self, placed: int, number: int) -> bool:
        return not placed & (1 << number) and not self.relations[number].needs & ~placed

    def _exact(self) -> tuple[list[int], float]:
        """Dynamic programming over the sets of relations."""
        count = len(self.relations)
        best: dict[int, tuple[float, float, list[int]]] = {0: (0.0, 1.0, [])}
        for placed in range((1 << count) - 1):
            state = best.get(placed)
            if state is None:
                continue
            cost, rows, order = state
            for number in range(count):
                if not self._allowed(placed, number):
                    continue
                after, step = self.extend(placed, rows, number)
                mask = placed | 1 << number
                known = best.get(mask)
                if known is None or cost + step < known[0]:
                    best[mask] = (cost + step, after, [*order, number])
        final = best.get((1 << count) - 1)
        return ([], -1.0) if final is None else (final[2], final[0])

    def greedy(self, first: int = -1, connected: bool = False) -> list[int]:
        """One relation after the other, always the one that adds least; ``first`` begins, where it is one.

        connected: of those that a condition connects with what is placed, as long as there are any.  Else a few rows
        more look cheaper than looking up one, again and again, until they have multiplied.
        """
        order: list[int] = []
        placed = 0
        rows = 1.0
        if first >= 0:
            rows, _ = self.extend(placed, rows, first)
            order.append(first)
            placed = 1 << first
        while len(order) < len(self.relations):
            chosen = -1
            least = 0.0
            chosen_rows = rows
            numbers = [i for i in range(len(self.relations)) if self._allowed(placed, i)]
            near = [i for i in numbers if self.relations[i].near & placed] if connected else []
            for number in near or numbers:
                after, step = self.extend(placed, rows, number)
                price = step + after
                if chosen < 0 or price < least:
                    chosen, least, chosen_rows = number, price, after
            order.append(chosen)
            placed |= 1 << chosen
            rows = chosen_rows
        return order


def _cheapest_place(rows: list[float], steps: list[float], first: int, share: float) -> int:
    """After which step of a join to test a slow condition that lets a share of the rows through."""
    best, least = first, -1.0
    for place in range(first, len(rows)):
        before = rows[place] * WAITING + sum(steps[first + 1 : place + 1])
        price = before / max(share, 1e-9) + sum(steps[place + 1 :])
        if least < 0 or price < least:
            best, least = place, price
    return best


def _own_share(node: Derived, term: Expr) -> float:
    """The share of a subquery's rows for which an equality with a column of it holds."""
    if isinstance(term, Compare) and term.op in ("=", "IS"):
        for side in (term.left, term.right):
            if isinstance(side, ColumnRef) and side.source is node.source:
                return derived_share(node, side.index)
    return 1.0


def independent(terms: list[Expr], used: list[Expr], sources: list[Source]) -> list[Expr]:
    """The conditions without the equalities that follow from others: of all that hold a column of ``sources`` equal to
    other relations' one counts, since these are equal to each other already.

    used: conditions that have been counted.
    """
    seen: list[Expr] = []
    for term in used:
        seen.extend(_joined_columns(term, sources))
    out: list[Expr] = []
    for term in terms:
        columns = _joined_columns(term, sources)
        if not any(same(column, other) for column in columns for other in seen):
            out.append(term)
            seen.extend(columns)
    return out


def _joined_columns(term: Expr, sources: list[Source]) -> list[Expr]:
    """The column of ``sources`` that an equality holds equal to another relation's column."""
    if not isinstance(term, Compare) or term.op != "=":
        return []
    sides = [side for side in (term.left, term.right) if isinstance(side, ColumnRef)]
    own = [side for side in sides if side.source in sources]
    return list(own) if len(sides) == 2 and len(own) == 1 else []


def has_equality(terms: list[Expr]) -> bool:
    """Whether a condition is an equality, by which rows can be looked up."""
    return any(isinstance(term, Compare) and term.op in ("=", "IS") for term in terms)
