"""Access paths: the ways to read a table under some conditions, and which is the cheapest."""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.bind.bound import ROWID, Between, ColumnRef, Compare, Expr, InList, Logic, RowValue
from foundrydb.compiler.bind.properties import conjunction, conjuncts, has_subquery, is_deterministic, same
from foundrydb.compiler.late import named
from foundrydb.compiler.plan.costs.constraints import Constraint, Surroundings, constraints_of
from foundrydb.compiler.plan.costs.estimates import (
    ENTRY,
    LOOKUP,
    MANY_GROUPS,
    NEAR_LOOKUP,
    ROW,
    in_items,
    range_share,
    rowid_cost,
    search_count,
    uncached,
)
from foundrydb.compiler.plan.costs.index_search import Access, bound, index_accesses, served
from foundrydb.compiler.plan.costs.orders import provided
from foundrydb.compiler.plan.costs.shares import groups, scaled, share_of, table_rows, weighed_rows
from foundrydb.compiler.plan.costs.wanted_order import Wanted
from foundrydb.compiler.plan.nodes import Filter, IndexScan, ModuleScan, Node, RowidSeek, Scan, SeekUnion
from foundrydb.compiler.schema.catalog import Catalog
from foundrydb.compiler.trees.declared import made_from

RISK: Final = 0.08
"""How likely it is thought that a walk for the first rows that fulfil some conditions finds none, and goes to the end.

Where another way searches for equality with one value of these conditions, it is taken for certain: that way tells at
once."""

RISK_OF_RANGES: Final = 0.03
"""The same where each condition leaves a range of values, not one."""

ONCE: Final = 0.5
"""What it costs to tell a row of a union from those that it has yielded before."""

SKIPPING: Final = 16.0
"""A search that skips is not weighed as cheaper than one that leads to the same rows straight away, unless it spares so
many look-ups of rows for each seek: what it spares is little, and where there are no such rows its seeks are all for
nothing."""

MAX_UNION: Final = 64
"""An OR of more terms is not taken apart into seeks."""


def best_access(
    scan: Scan | ModuleScan, terms: list[Expr], around: Surroundings, wanted: Wanted | None = None
) -> Access:
    """The cheapest way to read a table under the conditions, an order that its rows are wanted in considered."""
    wish = wanted if wanted is not None and has_wish(wanted) else None
    best: Access | None = None
    least = 0.0
    ways = ways_to_read(scan, terms, around, wanted)
    searched = searched_terms(ways)
    for access in ways:
        price = price_of(access, terms, searched, around, wish)
        if best is None or price < least:
            best = access
            least = price
    assert best is not None
    return best


def ways_to_read(
    scan: Scan | ModuleScan, terms: list[Expr], around: Surroundings, wanted: Wanted | None
) -> list[Access]:
    """Every way to read a table that is worth a look, whose rows are perhaps wanted in an order."""
    if isinstance(scan, ModuleScan):
        module: list[Access] = named("module_accesses")(scan, terms, around, wanted)
        return module
    return accesses(scan, terms, around, wanted is not None and has_wish(wanted))


def searched_terms(ways: list[Access]) -> list[Expr]:
    """The conditions that some way searches for."""
    return [term for way in ways for term in way.used]


def price_of(
    access: Access, terms: list[Expr], searched: list[Expr], around: Surroundings, wish: Wanted | None
) -> float:
    """What an access path costs, the sort considered that it spares or leaves to be done.

    searched: the conditions that some way to read the table searches for.
    """
    if wish is None:
        return access.cost
    left = [term for term in terms if not any(term is used for used in access.used)]
    order = provided(with_filter(access, terms, access.node), around.context)
    in_order = wish.served_by(order)
    catalog = around.context.catalog
    cost = access.cost
    if isinstance(access.node, IndexScan):
        if in_order:
            cost -= _spared_by_nearness(access.node, access.rows, wish, catalog)
        elif wish.limit >= 0 and not access.node.covering:
            # What is guessed of a range counts for little beside a scan (``GUESSED``), but not beside the first rows of
            # an order.
            cost = max(cost, access.rows * (ENTRY + LOOKUP))
    found = max(1.0, access.rows * share_of(left, catalog))
    block = 0.0
    if not in_order:
        begun = wish.begun_by(order)
        if not begun:
            return cost + wish.effort(found)
        block = found / groups(begun, found, catalog)
    hopeless = any(term is other and not _is_range(term) for term in left for other in searched)
    risk = _risk(left, wish)
    made = groups(wish.keys, found, catalog) if wish.groups >= 0 else 1.0
    price = wish.price(cost, found, 1.0 if hopeless else risk, block, made)
    return price - _spared_by_offset(access.node, left, found, wish) if in_order else price


def _risk(left: list[Expr], wish: Wanted) -> float:
    """How likely a walk in order under these conditions goes to its end."""
    if wish.joined or not all(map(_is_range, left)):
        return RISK
    return RISK_OF_RANGES if left else 0.0


def _is_range(term: Expr) -> bool:
    """Whether a condition leaves a part of the order of values: some rows fulfil it, more likely than not."""
    return isinstance(term, Between) or (isinstance(term, Compare) and term.op in ("<", "<=", ">", ">="))


def _spared_by_offset(node: Node, left: list[Expr], rows: float, wish: Wanted) -> float:
    """What is less in a walk through an index because OFFSET passes over entries whose rows nobody looks up."""
    if not isinstance(node, IndexScan) or node.covering or node.table.without_rowid or left:
        return 0.0
    return min(rows, wish.skipped()) * LOOKUP


def _spared_by_nearness(node: IndexScan, rows: float, wish: Wanted, catalog: Catalog) -> float:
    """What is less in a walk through an index that has the order of the table, or nearly.

    It counts where rows are grouped and the groups outgrow a hash table, which is quicker as long as they do not.
    """
    if node.covering or node.equal or node.low is not None or node.high is not None or node.skip:
        return 0.0
    if not wish.keys or groups(wish.keys, rows, catalog) < MANY_GROUPS:
        return 0.0
    return rows * (LOOKUP - NEAR_LOOKUP) * catalog.nearness(node.index)


def has_wish(wanted: Wanted) -> bool:
    """Whether any order is wanted at all."""
    return len(wanted.terms) > 0 or len(wanted.keys) > 0


def with_filter(access: Access, terms: list[Expr], holder: Node) -> Node:
    """The access path's node under the conditions that it does not serve.  holder: of the conditions until now."""
    left = [term for term in terms if not any(term is used for used in access.used)]
    predicate = conjunction(left)
    return access.node if predicate is None else made_from(holder, Filter(access.node, predicate))


def accesses(scan: Scan, terms: list[Expr], around: Surroundings, every: bool = False) -> list[Access]:
    """Every way to read a table that is worth a look, the plain scan first.

    every: whole walks through indexes too, for their order.
    """
    table = scan.table
    catalog = around.context.catalog
    total = weighed_rows(catalog, table)
    constraints: list[Constraint] = []
    for term in terms:
        constraints.extend(constraints_of(term, scan.source, around))
    out: list[Access] = []
    if not scan.indexed_by:
        out.append(Access(scan, [], table_rows(catalog, table), total))
        if not table.without_rowid:
            seek = _rowid_access(scan, constraints, total, catalog)
            if seek is not None:
                out.append(seek)
    for index in table.indexes:
        if scan.not_indexed and not index.clustered:
            continue
        if scan.indexed_by and index.name != scan.indexed_by:
            continue
        stated: list[Expr] = []
        if index.where is not None:
            condition = around.context.filter_expression(index, scan.source)
            if not named("implied")(condition, terms + around.certain):
                continue
            stated = [term for term in terms if any(same(term, known) for known in conjuncts(condition))]
        out.extend(index_accesses(scan, index, constraints, total, around, every, stated))
    if not scan.indexed_by and not scan.not_indexed:
        for term in terms:
            union = _union_access(scan, term, around)
            if union is not None:
                out.append(union)
    if not out:
        out.append(Access(scan, [], table_rows(catalog, table), total))
    for i, access in enumerate(out):
        if isinstance(access.node, IndexScan) and access.node.skip:
            out[i] = _behind_straight(access, access.node, out, total)
    return out


def _behind_straight(skipping: Access, node: IndexScan, ways: list[Access], total: float) -> Access:
    """A search that skips, costing more than each that finds the same rows without (see ``SKIPPING``)."""
    cost = skipping.cost
    few = SKIPPING * search_count(node, total) * (1.0 - uncached(total))
    for other in ways:
        straight = other.node
        if isinstance(straight, IndexScan) and straight.equal and not straight.skip and other.rows <= few:
            if all(any(term is used for used in other.used) for term in skipping.used):
                cost = max(cost, other.cost + ROW)
    return skipping if cost == skipping.cost else Access(node, skipping.used, skipping.rows, cost)


# -- the rowid


def _rowid_access(scan: Scan, constraints: list[Constraint], total: float, catalog: Catalog) -> Access | None:
    low: Constraint | None = None
    high: Constraint | None = None
    equal: Constraint | None = None
    for c in constraints:
        if not isinstance(c.side, ColumnRef) or c.side.index != ROWID:
            continue
        if c.op == "=":
            equal = c if equal is None or equal.op == "IN" else equal
        elif c.op == "IN":
            equal = c if equal is None else equal
        elif c.rest:
            continue
        elif c.op in (">", ">="):
            low = c if low is None else low
        elif c.op in ("<", "<="):
            high = c if high is None else high
    if equal is not None:
        node = made_from(scan, RowidSeek(scan.source, scan.table, scan.schema, equal.key, None, None))
        items = min(in_items(equal.key), total)
        return Access(node, [equal.term], items, items * (rowid_cost(total) + 1.0))
    if low is None and high is None:
        return None
    seek = RowidSeek(scan.source, scan.table, scan.schema, None, bound(low), bound(high))
    node = made_from(scan, seek)
    rows = max(1.0, total * range_share(low is not None, high is not None))
    cost = rowid_cost(total) + rows
    return Access(node, served([], low, high), scaled(catalog, scan.table, rows), cost)


# -- OR


def _union_access(scan: Scan, term: Expr, around: Surroundings) -> Access | None:
    """An OR each of whose terms can drive a seek: the union of the seeks."""
    alternatives = _alternatives(term)
    if not alternatives or len(alternatives) > MAX_UNION:
        return None
    seeks: list[Node] = []
    rows = 0.0
    cost = 0.0
    for alternative in alternatives:
        parts = conjuncts(alternative)
        found: Access | None = None
        for access in accesses(scan, parts, around):
            if isinstance(access.node, Scan) or not access.used:
                continue
            if found is None or access.cost < found.cost:
                found = access
        if found is None:
            return None
        if isinstance(found.node, SeekUnion):
            return None
        if isinstance(found.node, IndexScan) and found.node.covering and not found.node.index.clustered:
            found = Access(_from_table(found.node), found.used, found.rows, found.cost)
        left = [part for part in parts if not any(part is used for used in found.used)]
        seeks.append(with_filter(found, parts, scan))
        rows += max(1.0, found.rows * share_of(left, around.context.catalog))
        cost += found.cost
    total = table_rows(around.context.catalog, scan.table)
    union = made_from(scan, SeekUnion(scan.source, scan.table, scan.schema, seeks))
    return Access(union, [term], min(rows, total), cost + rows * ONCE)


def _alternatives(term: Expr) -> list[Expr]:
    """The conditions of which one must hold: those of an OR, or that a row equals one of a list."""
    if isinstance(term, Logic) and term.op == "OR":
        return term.terms
    if not isinstance(term, InList) or term.negated or not isinstance(term.operand, RowValue):
        return []
    if has_subquery(term) or not is_deterministic(term):
        return []
    affinities, sequences = term.comparison.split(","), term.sequence.split(",")
    out: list[Expr] = []
    for item in term.items:
        assert isinstance(item, RowValue)
        pairs: list[Expr] = [
            Compare("=", left, right, affinities[i], sequences[i])
            for i, (left, right) in enumerate(zip(term.operand.items, item.items))
        ]
        out.append(Logic("AND", pairs))
    return out


def _from_table(node: IndexScan) -> IndexScan:
    """The same search with the table opened: a union needs the rows themselves."""
    search = IndexScan(
        node.source, node.table, node.schema, node.index, node.equal, node.low, node.high, skip=node.skip
    )
    return made_from(node, search)
