"""Searches of one index: which conditions its key columns serve, and what that costs.

A search has equal keys for the index's leading columns, then at most one range; behind its own columns an entry has the
rowid, or what is missing of the primary key, by which it is searched too.  Where the leading columns have few
different values, no condition on them is needed: a *skip-scan* goes from one of their values to the next, and searches
behind each.  As in SQLite, only ANALYZE makes sure that there are few: https://sqlite.org/optoverview.html#skipscan
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import Between, Literal
from foundrydb.compiler.plan.costs.constraints import Constraint, fits
from foundrydb.compiler.plan.costs.estimates import index_estimate, is_narrower, is_unique_search
from foundrydb.compiler.plan.costs.shares import scaled
from foundrydb.compiler.plan.nodes import IndexScan, RangeBound
from foundrydb.compiler.trees.declared import made_from

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import Expr, Source
    from foundrydb.compiler.plan.costs.constraints import Surroundings
    from foundrydb.compiler.plan.nodes import Node, Scan
    from foundrydb.compiler.schema.objects import Index

SKIP_ROWS: Final = 18
"""So many rows must share a value of the leading columns, on average, for the index to be searched behind each."""

HELD: Final = 0.99
"""What a search costs less whose index holds expressions that need not be computed then."""


@final
class Access:
    """One way to read a table.

    Attributes:
        node: the node that does it.
        used: the conditions that need not be tested any more.
        rows: how many rows it yields each time.
        cost: what one time costs.
    """

    def __init__(self, node: Node, used: list[Expr], rows: float, cost: float) -> None:
        self.node: Final = node
        self.used: Final = used
        self.rows: Final = rows
        self.cost: Final = cost


@final
class Keys:
    """The conditions that an index serves: from key column ``skip`` on equalities, then a range."""

    def __init__(
        self, skip: int, equal: list[Constraint], low: Constraint | None, high: Constraint | None
    ) -> None:
        """Take the conditions in; the range of one on rows is as long as ``rest`` of it."""
        self.skip: Final = skip
        self.equal: Final = equal
        self.low: Final = low
        self.high: Final = high

    def are_there(self) -> bool:
        """Whether anything is searched for."""
        return len(self.equal) > 0 or self.low is not None or self.high is not None

    def served(self) -> list[Expr]:
        """The conditions that the search makes sure of."""
        return served(self.equal, self.low, self.high)


def index_accesses(
    scan: Scan,
    index: Index,
    constraints: list[Constraint],
    total: float,
    around: Surroundings,
    every: bool,
    stated: list[Expr],
) -> list[Access]:
    """The ways to read a table through one index.

    every: a walk through the whole index too, for its order.
    stated: the conditions that hold for each row in the index.
    """
    fitting = [
        [c for c in constraints if fits(c, index, position, scan.source, around)]
        for position in range(len(index.columns))
    ]
    for position in range(len(index.columns), index.searched()):
        fitting.append([c for c in constraints if _fits_behind(c, index, position, scan.source, around)])
    keys = _keys_from(index, 0, fitting, scan.source, around)
    out: list[Access] = []
    if keys.are_there() or is_walked(scan, index, around, every):
        out.append(_access(scan, index, keys, total, around, stated))
    if not keys.equal and may_skip(index, 1):
        skip = 1
        while skip < len(index.columns) and not fitting[skip]:
            skip += 1
        if skip < len(index.columns) and may_skip(index, skip):
            behind = _keys_from(index, skip, fitting, scan.source, around)
            if behind.are_there():
                out.append(_access(scan, index, behind, total, around, stated))
    return out


def _keys_from(
    index: Index, skip: int, fitting: list[list[Constraint]], source: Source, around: Surroundings
) -> Keys:
    """What conditions give from a key column on."""
    equal: list[Constraint] = []
    for position in range(skip, len(fitting)):
        if position < skip + len(equal):
            continue
        chosen = _equality(fitting[position])
        together = (
            _of_rows(index, position, fitting[position], source, around) if chosen is None else [chosen]
        )
        if not together:
            if index.unordered:
                break
            ranges = [_as_far_as_fits(c, index, position, source, around) for c in fitting[position]]
            low = _first(ranges, (">", ">="))
            high = _first(ranges, ("<", "<="))
            return Keys(skip, equal, low, high)
        equal.extend(together)
    return Keys(skip, equal, None, None)


def _fits_behind(c: Constraint, index: Index, position: int, source: Source, around: Surroundings) -> bool:
    """Whether a constraint is about what entries have behind the index's own columns, and has one key."""
    return c.op in ("=", "<", "<=", ">", ">=") and not c.rest and fits(c, index, position, source, around)


def may_skip(index: Index, columns: int) -> bool:
    """Whether so many leading columns may be skipped: ANALYZE found few values in them, and did not forbid it."""
    if index.no_skip_scan or len(index.averages) <= columns:
        return False
    return index.averages[columns] >= SKIP_ROWS


def is_walked(scan: Scan, index: Index, around: Surroundings, every: bool) -> bool:
    """Whether a walk through the whole index is worth a look."""
    if scan.indexed_by or (every and not index.clustered and not index.unordered):
        return True
    if index.where is not None:
        return True
    if index.clustered or not is_narrower(index):
        return False
    return around.usage.covered(index, scan.source, around.context)


def _access(
    scan: Scan, index: Index, keys: Keys, total: float, around: Surroundings, stated: list[Expr]
) -> Access:
    """A search of an index with what it costs."""
    catalog = around.context.catalog
    covering = index.clustered or around.usage.covered(index, scan.source, around.context)
    equal: list[Expr] = []
    for c in keys.equal:
        follows = c.op == "ROWS" and any([key is c.term for key in equal])
        equal.append(Literal(None) if follows else c.key)
    low, high = bound(keys.low), bound(keys.high)
    node = IndexScan(scan.source, scan.table, scan.schema, index, equal, low, high, covering, skip=keys.skip)
    made_from(scan, node)
    rows, cost = index_estimate(node, total, catalog)
    if covering and not index.clustered and not around.usage.has_columns(index, scan.source):
        node = node.opened()  # until expressions are read from the index
        cost *= HELD
    used = keys.served() + stated
    return Access(
        node, used, rows if is_unique_search(index, equal) else scaled(catalog, scan.table, rows), cost
    )


def _equality(fitting: list[Constraint]) -> Constraint | None:
    for op in ("=", "NULL", "IS", "IN"):
        for c in fitting:
            if c.op == op:
                return c
    return None


def _of_rows(
    index: Index, position: int, fitting: list[Constraint], source: Source, around: Surroundings
) -> list[Constraint]:
    """The columns of an IN over rows in the order in which an index has them; none if it does not have them all."""
    for c in fitting:
        if c.op != "ROWS":
            continue
        found = [c]
        for place in range(position + 1, min(position + 1 + len(c.rest), len(index.columns))):
            found.extend([other for other in c.rest if fits(other, index, place, source, around)][:1])
        if len(found) == len(c.rest) + 1:
            return found
    return []


def _first(fitting: list[Constraint], ops: tuple[str, str]) -> Constraint | None:
    """One of the constraints, the longest where some are on rows."""
    best: Constraint | None = None
    for c in fitting:
        if c.op in ops and (best is None or len(c.rest) > len(best.rest)):
            best = c
    return best


def _as_far_as_fits(
    c: Constraint, index: Index, position: int, source: Source, around: Surroundings
) -> Constraint:
    """A constraint on rows with those columns of it that the index goes on with, in one direction."""
    rest: list[Constraint] = []
    for i, other in enumerate(c.rest, position + 1):
        if i == len(index.columns) or index.columns[i].descending != index.columns[position].descending:
            break
        if not fits(other, index, i, source, around):
            break
        rest.append(other)
    if len(rest) == len(c.rest):
        return c
    op = c.op if c.op.endswith("=") else c.op + "="
    return Constraint(c.side, op, c.key, c.comparison, c.sequence, c.term, False, rest)


def bound(c: Constraint | None) -> RangeBound | None:
    """The end of a range that a condition gives."""
    if c is None:
        return None
    return RangeBound(c.key, c.op in ("<=", ">="), [other.key for other in c.rest])


def served(equal: list[Constraint], low: Constraint | None, high: Constraint | None) -> list[Expr]:
    """The conditions that a seek with these constraints makes sure of."""
    out = [c.term for c in equal]
    for c in (low, high):
        if c is not None and c.whole:
            out.append(c.term)
    if low is not None and high is not None and low.term is high.term and isinstance(low.term, Between):
        out.append(low.term)
    return out
