"""The search for the cheapest order of a region's relations.

Up to ``EXACT`` relations the best order is found by dynamic programming over sets of relations, beyond that one by
one, always the cheapest next.  Where nothing is gained, the order stays as it was written: neither in what all costs,
nor in the rows on the way, which may be fewer than was thought and end it early.  Where LIMIT asks for the first rows
in some order, a relation that is read in that order may begin, so that not all rows are joined.

A condition with a correlated subquery, which costs much, waits until so few rows are left that waiting longer gains
nothing.
"""

from __future__ import annotations

from math import log
from typing import Final, final

from foundrydb.compiler.bind.bound import ColumnRef, Compare, Expr, Source
from foundrydb.compiler.bind.properties import has_equality, same
from foundrydb.compiler.late import named
from foundrydb.compiler.plan.costs.access_paths import RISK, best_access, with_filter
from foundrydb.compiler.plan.costs.constraints import Surroundings
from foundrydb.compiler.plan.costs.estimates import HASH_BUILD, HASH_PROBE, LEAST_KEPT, estimate
from foundrydb.compiler.plan.costs.orders import provided
from foundrydb.compiler.plan.costs.shares import derived_share, groups, joined_share, selectivity
from foundrydb.compiler.plan.costs.wanted_order import Wanted
from foundrydb.compiler.plan.nodes import Derived, Scan
from foundrydb.compiler.plan.passes.physical.choose_indexes import filtered_scan
from foundrydb.compiler.plan.passes.physical.joins.join_region import (
    Region,
    Relation,
    reads,
)

EXACT: Final = 7
"""Up to so many relations every order is considered."""

GAIN: Final = 0.95
"""Another order must cost less than this share of the written one's cost: estimates cannot tell less apart."""

FEWER: Final = 2.0
"""How many times fewer rows an order must have on the way, in the geometric mean, to be taken for that alone."""

APART: Final = 0.5
"""An order in which relations meet that no condition connects must cost less than this share of one that avoids that:
where estimates are wrong, it is the one that never ends."""

REREAD: Final = 2.0
"""How many times its cost a whole table that is read once more is weighed with: how often that will be is a guess."""

WAITING: Final = 30.0
"""What a correlated subquery is thought to cost each time; its own plan is not made yet."""


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

    def tested(self, cost: float, share: float) -> Probe:
        """The same where each row found is tested for so much, and a share of them stays."""
        more = self.found * cost
        return Probe(self.first, self.each + more, self.found * share, self.again + more, self.doubt)


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
        self._probes: Final[list[dict[int, Probe]]] = [{} for _ in region.relations]
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
        limit = self.cost_of(written)
        if cost >= 0 and (cost < GAIN * limit or (cost < limit and self._has_fewer(order, written))):
            return order
        return written

    def _has_fewer(self, order: list[int], other: list[int]) -> bool:
        """Whether an order has clearly fewer rows on the way than another."""
        return self._on_the_way(other) - self._on_the_way(order) > len(order) * log(FEWER)

    def _on_the_way(self, order: list[int]) -> float:
        """The sum of the logarithms of the rows after each step of an order."""
        rows = 1.0
        total = 0.0
        placed = 0
        for number in order:
            rows, _ = self.extend(placed, rows, number)
            total += log(rows)
            placed |= 1 << number
        return total

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
        probes = self._probes[relation.number]
        known = probes.get(key)
        if known is None:
            known = self._probe(relation, placed)
            probes[key] = known
        return known

    def _probe(self, relation: Relation, placed: int) -> Probe:
        terms = list(relation.on)
        slow: list[Expr] = []
        bit = 1 << relation.number
        if not relation.outer:
            for i, mask in enumerate(self.region.masks):
                if mask & bit and not mask & ~(placed | bit):
                    into = slow if self.region.slow[i] else terms
                    into.append(self.region.terms[i])
        probe = self._probe_by(relation, terms, placed)
        return probe.tested(len(slow) * WAITING, self._share(slow)) if slow else probe

    def _probe_by(self, relation: Relation, terms: list[Expr], placed: int) -> Probe:
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
