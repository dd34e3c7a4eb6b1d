"""The relations and conditions of inner joins, taken apart and put together again.

A region is what may change places: trees of inner joins, with the conditions between them.  The right side of a LEFT
JOIN is a relation that may only come after what its condition reads; CROSS JOIN keeps its order; RIGHT and FULL JOIN
are relations as a whole; each step of a recursion begins with its row.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import Expr, InQuery, Source
from foundrydb.compiler.bind.properties import (
    conjunction,
    conjuncts,
    is_deterministic,
    query_of,
    sources_in,
    walk,
)
from foundrydb.compiler.plan.nodes import Filter, Join, ModuleScan, Node, QueueRow
from foundrydb.compiler.plan.passes.logical.push_predicates import filtered
from foundrydb.compiler.plan.walk import nodes_of, visible_sources
from foundrydb.compiler.trees.declared import made_from


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


@final
class Region:
    """Relations that may change places, and the conditions between them.

    masks: per condition, the relations that it reads.
    slow: per condition, whether it runs a correlated subquery for rows of several relations.
    waiting: the numbers of conditions with correlated subqueries, which may be tested later than they could.
    """

    def __init__(self) -> None:
        self.relations: list[Relation] = []
        self.terms: list[Expr] = []
        self.masks: list[int] = []
        self.slow: list[bool] = []
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
        self.slow = [mask & (mask - 1) != 0 and is_slow(term) for mask, term in zip(self.masks, self.terms)]
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
    """Whether a condition runs a correlated subquery each time, and may wait."""
    if isinstance(term, InQuery) and not term.negated:
        return False  # IN may drive a seek
    return is_deterministic(term) and runs_query(term)


def runs_query(term: Expr) -> bool:
    """Whether a condition runs a correlated subquery each time."""
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
