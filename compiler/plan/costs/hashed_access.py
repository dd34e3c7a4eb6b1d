"""A table that is searched, or hashed: its rows under its own conditions are read once and kept by their key.

A search for each row of a join's left side finds a row and then drops it where a condition of the table's own does not
hold.  Where few rows fulfil that, a hash table of these answers sooner: mostly, that there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.compiler.bind.bound import Compare
from foundrydb.compiler.bind.properties import has_subquery, is_deterministic, may_fail, sources_in
from foundrydb.compiler.plan.costs.access_paths import best_access
from foundrydb.compiler.plan.costs.estimates import HASH_BUILD, HASH_PROBE
from foundrydb.compiler.plan.costs.shares import share_of, weighed_rows
from foundrydb.compiler.plan.nodes import IndexScan, RowidSeek

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import Expr
    from foundrydb.compiler.plan.costs.constraints import Surroundings
    from foundrydb.compiler.plan.costs.index_search import Access
    from foundrydb.compiler.plan.nodes import ModuleScan, Scan

LEAST_HASHED: Final = 0.25
"""Where the table would be searched otherwise, its conditions are trusted to keep so much out."""

SURE_GAIN: Final = 0.25
"""The same where it is a guess how often a subquery runs."""

GAIN: Final = 0.7
"""Hashed, a table must cost less than this share of what the searches cost."""


def may_hash(scan: Scan | ModuleScan, own: list[Expr], terms: list[Expr], access: Access) -> bool:
    """Whether a table's rows may be kept by their key instead of being searched for.

    own: the conditions on the table alone, of which there are some.
    terms: those that connect it with the rows that it is searched for.
    """
    if not own or not isinstance(access.node, (RowidSeek, IndexScan)):
        return False
    if all(any(term is used for used in access.used) for term in own):
        return False
    if not any(_searches(term, scan, access) for term in terms):
        return False
    for term in own:
        if (
            sources_in(term) != [scan.source]
            or has_subquery(term)
            or not is_deterministic(term)
            or may_fail(term)
        ):
            return False
    return True


def _searches(term: Expr, scan: Scan | ModuleScan, access: Access) -> bool:
    """Whether a search goes by an equality that could be the key of a hash table."""
    if not isinstance(term, Compare) or term.op != "=" or not any(term is used for used in access.used):
        return False
    return _is_key(term, scan)


def _is_key(term: Compare, scan: Scan | ModuleScan) -> bool:
    """Whether an equality is between the table's columns and others alone, value by value."""
    left, right = sources_in(term.left), sources_in(term.right)
    if "," in term.sequence or has_subquery(term):
        return False
    return (left == [scan.source]) != (right == [scan.source]) and len(left) > 0 and len(right) > 0


def hash_cost(scan: Scan | ModuleScan, own: list[Expr], around: Surroundings) -> float:
    """What it costs to read the rows under the table's own conditions, and to keep them."""
    access = best_access(scan, own, around)
    left = [term for term in own if not any(term is used for used in access.used)]
    kept = access.rows * max(share_of(left, around.context.catalog), LEAST_HASHED)
    return access.cost + kept * HASH_BUILD


def hashing_pays(
    scan: Scan | ModuleScan, own: list[Expr], access: Access, times: float, around: Surroundings
) -> bool:
    """Whether a hash table costs less than so many searches."""
    each = HASH_PROBE + access.rows * share_of(own, around.context.catalog)
    return hash_cost(scan, own, around) + times * each < GAIN * times * access.cost


def look_up_pays(
    scan: Scan, terms: list[Expr], access: Access, times: float, first: bool, around: Surroundings
) -> bool:
    """Whether a subquery's table had better be hashed by what enclosing rows ask for than be searched for each of them.

    Only where the search leaves out a part of what they ask for.

    first: only the first row that is found is wanted each time.
    """
    if not isinstance(access.node, (RowidSeek, IndexScan)):
        return False
    catalog = around.context.catalog
    own = [term for term in terms if sources_in(term) == [scan.source]]
    keys = [
        term for term in terms if isinstance(term, Compare) and term.op == "=" and _asks(term, scan, around)
    ]
    left = [term for term in terms if not any(term is used for used in access.used)]
    if not any([any(term is item for item in left) for term in keys]):
        return False
    for term in terms:
        if has_subquery(term) or not is_deterministic(term) or may_fail(term):
            return False
    each = access.cost
    if first:
        each *= min(1.0, 1.0 / max(access.rows * share_of(left, catalog), 1.0))
    total = weighed_rows(catalog, scan.table)
    kept = total * max(share_of(own, catalog), LEAST_HASHED)
    found = access.rows * share_of(left, catalog)
    return total + kept * HASH_BUILD + times * (HASH_PROBE + found) < SURE_GAIN * times * each


def _asks(term: Compare, scan: Scan, around: Surroundings) -> bool:
    """Whether an equality compares the table's columns with an enclosing query's alone."""
    if not _is_key(term, scan):
        return False
    return not any([source in around.inside for source in sources_in(term) if source is not scan.source])
