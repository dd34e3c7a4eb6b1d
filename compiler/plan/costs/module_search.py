"""Searches of a virtual table: what it is asked, and the node that its answer makes.

Each condition that is known before the table is read is offered to it.  As in SQLite, one on another table of the same
FROM counts only where it makes the search cheaper: else the virtual table had better not wait for the other, unless it
must (on the right side of a LEFT JOIN, or with arguments that come from there).

What the table is not certain of is tested in a Filter above, its arguments too.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import (
    Between,
    Call,
    ColumnRef,
    Compare,
    Expr,
    InList,
    InQuery,
    Literal,
    OrderTerm,
    Source,
)
from foundrydb.compiler.bind.expressions.comparisons import as_value, equality
from foundrydb.compiler.bind.properties import conjunction, is_constant, sources_in
from foundrydb.compiler.plan.costs.constraints import Surroundings, constraints_of
from foundrydb.compiler.plan.costs.estimates import in_items
from foundrydb.compiler.plan.costs.index_search import Access
from foundrydb.compiler.plan.costs.orders import plain
from foundrydb.compiler.plan.costs.wanted_order import Wanted
from foundrydb.compiler.plan.nodes import Filter, ModuleScan, ModuleSearch, Node
from foundrydb.compiler.trees.declared import made_from
from foundrydb.errors import error, no_such_module
from foundrydb.vm.functions.registry import FunctionRegistry
from foundrydb.vm.modules.module import VirtualTable
from foundrydb.vm.modules.strategy import (
    COMPARISONS,
    FEW_ROWS,
    LIMIT,
    OFFSET,
    Condition,
    Direction,
    Request,
    Strategy,
)

REFUSED: Final = 1e30
"""The cost of what a table refuses: with other tables before it, it may know what it asks for."""

NO_COLUMN: Final = -2
"""Stands for the column of a condition that is about none."""


@final
class Offer:
    """A condition as it is offered.

    Attributes:
        key: what the column is compared with; the whole InList or InQuery where these are several.
        term: the condition that it comes from.
        whole: whether it is all of that condition.
        argument: it is one of the arguments of the scan.
    """

    def __init__(
        self, column: int, op: str, key: Expr, collation: str, term: Expr, whole: bool, argument: bool
    ) -> None:
        self.column: Final = column
        self.op: Final = op
        self.key: Final = key
        self.collation: Final = collation
        self.term: Final = term
        self.whole: Final = whole
        self.argument: Final = argument

    def several(self) -> bool:
        """Whether any of several values meets it."""
        return isinstance(self.key, (InList, InQuery))

    def condition(self) -> Condition:
        """What the table is told of it."""
        constant = self.key.value if isinstance(self.key, Literal) else None
        return Condition(self.column, self.op, self.several(), self.collation, constant)


# -- what is offered


def _arguments(scan: ModuleScan) -> list[Offer]:
    """The arguments of a scan."""
    out: list[Offer] = []
    for column, arg in zip(scan.given, scan.args):
        if isinstance(arg, (InList, InQuery)):
            sequence = arg.sequence if isinstance(arg, InList) else arg.sequences[0]
            out.append(Offer(column, "=", arg, sequence.upper(), arg, True, True))
            continue
        term = made_from(arg, equality(ColumnRef(scan.source, column), arg))
        out.append(Offer(column, "=", arg, term.sequence.upper(), term, True, True))
    return out


def _conditions(source: Source, terms: list[Expr], around: Surroundings) -> list[Offer]:
    """The conditions on a table's columns that are known before it is read.

    They come in SQLite's order, for a table that takes the last of several: those as they are written, then those that
    are derived (an end of BETWEEN; ``t.a = column``), of the last condition first.
    """
    written: list[Offer] = []
    derived: list[Offer] = []
    for term in reversed(sorted(terms, key=_place)):
        found = _offers(term, source, around)
        turned = (
            isinstance(term, Compare) and isinstance(term.left, ColumnRef) and term.left.source is not source
        )
        if isinstance(term, Between) or turned:
            derived.extend(found)
        else:
            written[:0] = found
    return written + derived


def _place(term: Expr) -> int:
    """Where a condition stands in the statement."""
    return term.start


def _offers(term: Expr, source: Source, around: Surroundings) -> list[Offer]:
    """What a condition offers."""
    if isinstance(term, Call):
        return []
    if isinstance(term, Compare) and term.op == "IS":
        return _sameness(term, source, around)
    out: list[Offer] = []
    for c in constraints_of(term, source, around):
        op = "=" if c.op == "IN" else c.op
        if isinstance(c.side, ColumnRef) and op in COMPARISONS:
            out.append(Offer(c.side.index, op, c.key, c.sequence.upper(), term, c.whole, False))
    return out


def _sameness(term: Compare, source: Source, around: Surroundings) -> list[Offer]:
    """``column IS value``, which no index serves as it is: the value may be NULL."""
    for side, key in ((plain(term.left), term.right), (plain(term.right), term.left)):
        if isinstance(side, ColumnRef) and side.source is source and around.knows(key):
            if not isinstance(key, Literal) or key.value is not None:
                return [Offer(side.index, "IS", as_value(key), term.sequence.upper(), term, True, False)]
    return []


def _order(source: Source, wanted: Wanted | None) -> list[OrderTerm]:
    """The order that is wanted, where the table could give all of it."""
    if wanted is None:
        return []
    terms = wanted.terms or [
        OrderTerm(key, False, True, sequence) for key, sequence in zip(wanted.keys, wanted.sequences)
    ]
    out: list[OrderTerm] = []
    for term in terms:
        column = plain(term.expr)
        if not isinstance(column, ColumnRef) or column.source is not source:
            return []
        if term.collation.upper() != "BINARY" or term.nulls_first == term.descending:
            return []
        out.append(OrderTerm(column, term.descending, term.nulls_first, term.collation))
    return out


def _independent(offers: list[Offer], around: Surroundings) -> list[Offer]:
    """The offers without those that make the table wait for others, though its arguments do not."""
    if around.must_wait:
        return offers
    waits = [source for offer in offers if offer.argument for source in sources_in(offer.term)]
    free: list[Offer] = []
    for offer in offers:
        read = [source for source in sources_in(offer.term) if source in around.available]
        if all([source in waits for source in read]):
            free.append(offer)
    return free


def _first(
    wanted: Wanted | None, offers: list[Offer], terms: list[Expr], order: list[OrderTerm]
) -> list[Offer]:
    """LIMIT and OFFSET as offers, where nothing but what is offered decides on which rows they count."""
    if wanted is None or wanted.first is None or wanted.keys or (wanted.terms and not order):
        return []
    if any(offer.several() for offer in offers) or len(_served(offers)) < len(terms):
        return []
    limit, offset = wanted.first.limit, wanted.first.offset
    if not is_constant(limit) or (offset is not None and not is_constant(offset)):
        return []
    out = [Offer(NO_COLUMN, LIMIT, limit, "BINARY", limit, True, False)]
    if offset is not None:
        out.append(Offer(NO_COLUMN, OFFSET, offset, "BINARY", offset, True, False))
    return out


# -- what is answered


def module_accesses(
    scan: ModuleScan, terms: list[Expr], around: Surroundings, wanted: Wanted | None
) -> list[Access]:
    """The ways to read a virtual table that are worth a look; where it refuses all, the scan itself, at no price.

    As in SQLite it is asked once more without IN, which counts where reading it once is cheaper whatever the members.
    """
    table = virtual_table(scan.module, around.context.functions)
    offers = _arguments(scan) + _conditions(scan.source, terms, around)
    order = _order(scan.source, wanted)
    first = _first(wanted, offers, terms, order)
    if first:
        found = _access(scan, table, offers + first, order)
        if found is not None and _keeps_first(found, terms, order):
            return [found]
    best = _access(scan, table, offers, order)
    free = _independent(offers, around)
    if len(free) < len(offers):
        other = _access(scan, table, free, order)
        if other is not None and (best is None or other.cost <= best.cost):
            best = other
            offers = free
    single = [offer for offer in offers if offer.argument or not offer.several()]
    if len(single) < len(offers):
        other = _access(scan, table, single, order)
        if other is not None and (best is None or other.cost * _times(offers) < best.cost * _times(single)):
            best = other
            offers = single
    if best is None:
        return [Access(scan, [], FEW_ROWS, REFUSED)]
    out = [best]
    if order:
        unordered = _access(scan, table, offers, [])
        if unordered is not None and unordered.cost < best.cost:
            out.append(unordered)
    return out


def _keeps_first(found: Access, terms: list[Expr], order: list[OrderTerm]) -> bool:
    """Whether a table that was offered LIMIT counts only rows that meet all conditions, in the order wanted."""
    search = found.node
    if not isinstance(search, ModuleSearch) or len(search.order) < len(order):
        return False
    return len([term for term in terms if any(term is used for used in found.used)]) == len(terms)


def plain_search(scan: ModuleScan, functions: FunctionRegistry) -> Node:
    """The rows of a scan by its arguments alone.

    Raises:
        OperationalError: the table does not find any so.
    """
    found = _access(scan, virtual_table(scan.module, functions), _arguments(scan), [])
    if found is None:
        raise error("no query solution")
    return found.node


def virtual_table(module: str, functions: FunctionRegistry) -> VirtualTable:
    """A module's table.

    Raises:
        OperationalError: there is no such module (any more).
    """
    table = functions.modules.table(module)
    if table is None:
        raise no_such_module(module)
    return table


def _access(
    scan: ModuleScan, table: VirtualTable, offers: list[Offer], order: list[OrderTerm]
) -> Access | None:
    """The way that the table chooses."""
    directions: list[Direction] = []
    for term in order:
        assert isinstance(term.expr, ColumnRef)
        directions.append(Direction(term.expr.index, term.descending))
    strategy = table.choose(Request([offer.condition() for offer in offers], directions))
    if strategy is None:
        return None
    taken = [offers[i] for i in strategy.values]
    certain = [offers[i] for i in strategy.certain]
    if _miscounts(offers, taken, certain):
        return None
    times = _times(taken)
    in_turn = any(offer.several() for offer in taken)
    wanted = order if strategy.ordered and not in_turn else []
    node: Node = made_from(scan, _search(scan, strategy, taken, wanted, times))
    left = [offer.term for offer in offers if offer.argument and offer not in certain]
    predicate = conjunction(left)
    if predicate is not None:
        node = made_from(scan, Filter(node, predicate))
    return Access(node, _served(certain), strategy.rows * times, strategy.cost * times)


def _miscounts(offers: list[Offer], taken: list[Offer], certain: list[Offer]) -> bool:
    """Whether a table counts the first rows without leaving out those that OFFSET does."""
    if not any([offer.op == OFFSET for offer in offers]):
        return False
    counts = any([offer.op in (LIMIT, OFFSET) for offer in taken])
    return counts and not any([offer.op == OFFSET for offer in certain])


def _times(offers: list[Offer]) -> float:
    """How often a table is read for some conditions."""
    times = 1.0
    for offer in offers:
        times *= in_items(offer.key)
    return times


def _search(
    scan: ModuleScan, strategy: Strategy, taken: list[Offer], order: list[OrderTerm], times: float
) -> ModuleSearch:
    return ModuleSearch(
        scan.source,
        scan.module,
        strategy.number,
        strategy.text,
        strategy.bits,
        [offer.key for offer in taken],
        [offer.column for offer in taken],
        [offer.op for offer in taken],
        order,
        strategy.rows * times,
        strategy.cost * times,
    )


def _served(certain: list[Offer]) -> list[Expr]:
    """The conditions, each once, that need no test: those whose offers are all certain."""
    out: list[Expr] = []
    for offer in certain:
        if offer.argument or any(offer.term is term for term in out):
            continue
        ends = [other for other in certain if other.term is offer.term]
        if offer.whole or (isinstance(offer.term, Between) and len(ends) == 2):
            out.append(offer.term)
    return out
