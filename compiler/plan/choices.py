"""What the planner weighed: for each choice the alternatives, their estimates, and which one won.

``fdb dump-plan --why`` shows this.  Passes take notes only where ``PassContext.choices`` is there, after they have
chosen; the functions below work the alternatives out once more, by the same estimates.
"""

from __future__ import annotations

from abc import abstractmethod
from itertools import permutations
from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.text import ExprText
from foundrydb.compiler.plan.costs.access_paths import has_wish, price_of, searched_terms, ways_to_read
from foundrydb.compiler.plan.costs.estimates import estimate, sort_cost
from foundrydb.compiler.plan.costs.orders import provided
from foundrydb.compiler.plan.describe import column_text, describe, number_text
from foundrydb.compiler.plan.nodes import (
    Aggregate,
    Derived,
    Distinct,
    IndexScan,
    Limit,
    ModuleScan,
    Node,
    RowidSeek,
    Scan,
    SeekUnion,
    Sort,
)
from foundrydb.compiler.plan.refusals import refusal
from foundrydb.compiler.plan.walk import nodes_of, visible_sources

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import Expr, Source
    from foundrydb.compiler.plan.costs.constraints import Surroundings
    from foundrydb.compiler.plan.costs.index_search import Access
    from foundrydb.compiler.plan.costs.wanted_order import Wanted
    from foundrydb.compiler.plan.passes.physical.joins.join_search import JoinOrder
    from foundrydb.compiler.schema.catalog import Catalog
    from foundrydb.compiler.schema.objects import Index

UNKNOWN: Final = -1.0

MOST_ORDERS: Final = 6
"""Of the orders of a join so many are shown."""

ALL_ORDERS: Final = 5
"""Up to so many relations, every order of a join is worked out."""


@final
class Alternative:
    """One way that was weighed.

    Attributes:
        text: what it is.
        rows: how many rows it would yield; UNKNOWN where that does not tell the ways apart.
        cost: what it would cost all in all; UNKNOWN for a way that could not be taken.
        note: what the estimates do not say.
    """

    def __init__(self, text: str, rows: float = UNKNOWN, cost: float = UNKNOWN, note: str = "") -> None:
        self.text: Final = text
        self.rows: Final = rows
        self.cost: Final = cost
        self.note: Final = note


@final
class Choice:
    """A choice that was made.

    Attributes:
        kind: ``access path``, ``join order``, ``join method``, ``order``, ``grouping``, ``subquery``, ``unnesting``,
            ``members of IN``.
        subject: what it was about.
        alternatives: the ways, the one that was taken first.
        made_by: the pass that made it.
    """

    def __init__(self, kind: str, subject: str, alternatives: list[Alternative], made_by: str) -> None:
        self.kind: Final = kind
        self.subject: Final = subject
        self.alternatives: Final = alternatives
        self.made_by: Final = made_by


@final
class Choices:
    """Every choice of a statement's planning, in the order in which they were made.

    Attributes:
        during: the pass that is at work.
    """

    def __init__(self) -> None:
        self.during = ""
        self.made: Final[list[Choice]] = []
        self._open: Final[list[tuple[Choice, Unestimated]]] = []

    def add(self, kind: str, subject: str, alternatives: list[Alternative]) -> None:
        """Note a choice; the way that was taken comes first, the others by cost."""
        taken, *others = alternatives
        others.sort(key=_by_cost)
        self.made.append(Choice(kind, subject, [taken, *others], self.during))

    # access paths -------------------------------------------------------------------------------------------

    def access(
        self,
        scan: Scan | ModuleScan,
        terms: list[Expr],
        around: Surroundings,
        wanted: Wanted | None,
        taken: Access,
        later: list[Expr],
        hashed: bool = False,
    ) -> None:
        """A way to read a table was chosen; indexes that are no way to read it follow with the reason.

        later: conditions between the table and such as are read after it.
        hashed: it is read once, and its rows are kept by their key.
        """
        wish = wanted if wanted is not None and has_wish(wanted) else None
        ways = ways_to_read(scan, terms, around, wanted)
        searched = searched_terms(ways)
        title = _title(taken.node)
        found: list[Alternative] = []
        for way in ways:
            note = "" if wish is None else _order_note(way, wish, around)
            price = price_of(way, terms, searched, around, wish)
            item = Alternative(_title(way.node), way.rows, price, note)
            if item.text == title and not (found and found[0].text == title):
                found.insert(0, item)
            else:
                found.append(item)
        offered = [node.index for way in ways for node in nodes_of(way.node) if isinstance(node, IndexScan)]
        for index in scan.table.indexes if isinstance(scan, Scan) else []:
            if index not in offered:
                assert isinstance(scan, Scan)
                found.append(Alternative(index.name, note=refusal(index, scan, terms, later, around)))
        if hashed:
            found = [item for item in found if item.text != title]
            found.insert(
                0, Alternative(title, taken.rows, taken.cost, "once: its rows are kept by their key")
            )
        self.add("access path", _read_for(scan.source, around.available), found)

    def counting(self, scan: Scan, index: Index | None) -> None:
        """All rows of a table are counted by the pages of the tree with the smallest entries."""
        offered = [other for other in scan.table.indexes if other.where is None and not other.clustered]
        names = [
            "" if index is None else index.name,
            *[other.name for other in offered if other is not index],
        ]
        if index is not None:
            names.append("")
        ways = [f"count the pages of {name or scan.table.name}" for name in names]
        found = [Alternative(ways[0], note="its entries have the fewest columns")]
        found.extend(Alternative(way) for way in ways[1:])
        for other in scan.table.indexes:
            if other.where is not None:
                found.append(Alternative(other.name, note="it has not all rows"))
        self.add("access path", _name(scan.source), found)

    def members(self, leaf: Scan | IndexScan, looked_up: float, copied: float) -> None:
        """The members of IN are looked up where they lie, or copied, with these costs."""
        tree = leaf.table.name if isinstance(leaf, Scan) else leaf.index.name
        ways = [
            Alternative(f"look each up in {tree}", UNKNOWN, looked_up),
            Alternative("copy the members, and look them up in the copy", UNKNOWN, copied),
        ]
        if copied <= looked_up:
            ways.reverse()
        self.add("members of IN", _name(leaf.source), ways)

    # joins --------------------------------------------------------------------------------------------------

    def join_order(self, search: JoinOrder, taken: list[int]) -> None:
        """An order of a join's relations was chosen."""
        count = len(taken)
        written = list(range(count))
        if count <= ALL_ORDERS:
            orders = [list(order) for order in permutations(written) if search.is_allowed(list(order))]
            among = f"the cheapest of {len(orders)} orders"
        else:
            orders = [search.greedy(first) for first in written if search.is_allowed([first])]
            among = "the cheapest that begin with each of them"
        orders.sort(key=search.price_of)
        shown: list[list[int]] = [taken]
        for order in [*orders[:MOST_ORDERS], written]:
            if order not in shown:
                shown.append(order)
        ways = [
            Alternative(
                ", ".join(_relation(search, number) for number in order),
                search.rows_of(order),
                search.price_of(order),
                "as written" if order == written else "",
            )
            for order in shown
        ]
        self.add("join order", f"{count} relations, {among}", ways)

    def lookup(self, base: Node, own: list[Expr], probes: float, indexed: float, again: float) -> None:
        """An index for the time of the statement pays, or does not, with these costs."""
        columns = ", ".join([column_text(expr, ExprText()) for expr in own])
        built = Alternative(f"TransientIndex on {columns}, built once", UNKNOWN, indexed)
        self._joined_by("looked up", built, base, probes, again)

    def spool(self, base: Node, probes: float, kept: float, again: float) -> None:
        """Keeping the rows of a join's right side pays, or does not, with these costs."""
        self._joined_by("read", Alternative("Spool, filled once", UNKNOWN, kept), base, probes, again)

    def _joined_by(self, verb: str, way: Alternative, base: Node, probes: float, again: float) -> None:
        ways = [way, Alternative(f"{describe(base, ExprText()).title()}, each time", UNKNOWN, again)]
        if again <= way.cost:
            ways.reverse()
        names = ", ".join([_name(source) for source in visible_sources(base)])
        self.add("join method", f"{names}, {verb} {number_text(probes)} times", ways)

    # order --------------------------------------------------------------------------------------------------

    def order(self, before: Node, after: Node) -> None:
        """A sort, a grouping or a DISTINCT was looked at."""
        if isinstance(before, Sort):
            taken = not isinstance(after, Sort)
        elif isinstance(before, Aggregate) and before.keys:
            taken = isinstance(after, Aggregate) and after.sorted
        elif isinstance(before, Distinct):
            taken = isinstance(after, Distinct) and after.sorted
        elif isinstance(before, Limit) and isinstance(after, Limit) and before is not after:
            self._blocks(after)
            return
        else:
            return
        self._later("order", describe(before, ExprText()).title(), Ordering(before.children()[0], taken))

    def _blocks(self, node: Limit) -> None:
        """A sort need only look at rows that are alike in its first terms."""
        sort = node.child
        assert isinstance(sort, Sort)
        count = "first term" if sort.ordered == 1 else f"first {sort.ordered} terms"
        ways = [
            Alternative("sort blocks of rows", note=f"they come in the order of the {count}"),
            Alternative("bring the rows into order"),
        ]
        self.add("order", describe(sort, ExprText()).title(), ways)

    # subqueries ---------------------------------------------------------------------------------------------

    def flattening(self, source: Source, reason: str) -> None:
        """A subquery in FROM was dissolved, or kept for a reason."""
        ways = [Alternative("dissolve it into the query around it", note=reason), Alternative("keep it")]
        self.add("subquery", _name(source), ways[::-1] if reason else ways)

    def unnesting(self, word: str, sources: list[Source], ways: list[tuple[str, float]], taken: int) -> None:
        """An EXISTS or IN was unnested, or not: the ways with their costs, and which one was taken."""
        found = [Alternative(text, UNKNOWN, cost) for text, cost in ways]
        self.add("unnesting", f"{word} over {', '.join(map(_name, sources))}", [found.pop(taken), *found])

    def hashing(self, node: Aggregate, refusal: str) -> None:
        """Groups are kept in a hash table, or their rows sorted for a reason."""
        self._later("grouping", describe(node, ExprText()).title(), Grouping(node.child, refusal))

    def materialized(self, inner: Node, left: Node) -> None:
        """The rows of the subqueries on the inner side of a join are kept."""
        for node in nodes_of(inner):
            if isinstance(node, Derived) and not node.materialized:
                self._later("subquery", _name(node.source), Keeping(node.child, left))

    # the end ------------------------------------------------------------------------------------------------

    def _later(self, kind: str, subject: str, open_question: Unestimated) -> None:
        choice = Choice(kind, subject, [], self.during)
        self.made.append(choice)
        self._open.append((choice, open_question))

    def finish(self, catalog: Catalog) -> None:
        """Fill in what needs estimates that the passes did not make themselves, and must not find made."""
        for choice, open_question in self._open:
            choice.alternatives.extend(open_question.ways(catalog))
        self._open.clear()


class Unestimated:
    """A choice whose estimates are made when planning is over."""

    @abstractmethod
    def ways(self, catalog: Catalog) -> list[Alternative]:
        """The alternatives, the one that was taken first."""


@final
class Ordering(Unestimated):
    """Rows that come in the order that is wanted, or do not."""

    def __init__(self, child: Node, taken: bool) -> None:
        self.child: Final = child
        self.taken: Final = taken

    def ways(self, catalog: Catalog) -> list[Alternative]:
        estimate(self.child, catalog)
        rows = self.child.rows
        effort = Alternative("bring the rows into order", rows, sort_cost(rows))
        if self.taken:
            return [Alternative("take the rows in the order in which they come", rows, 0.0), effort]
        return [effort, Alternative("take the rows as they come", note="they come in another order")]


@final
class Grouping(Unestimated):
    """Groups that are kept in a hash table, or whose rows are sorted for a reason."""

    def __init__(self, child: Node, refusal: str) -> None:
        self.child: Final = child
        self.refusal: Final = refusal

    def ways(self, catalog: Catalog) -> list[Alternative]:
        estimate(self.child, catalog)
        rows = self.child.rows
        sort = Alternative("sort the rows", rows, sort_cost(rows))
        if self.refusal:
            return [sort, Alternative("keep the groups in a hash table", note=self.refusal)]
        return [Alternative("keep the groups in a hash table", rows, rows), sort]


@final
class Keeping(Unestimated):
    """A subquery whose rows are kept for every row of the left side of a join."""

    def __init__(self, child: Node, left: Node) -> None:
        self.child: Final = child
        self.left: Final = left

    def ways(self, catalog: Catalog) -> list[Alternative]:
        estimate(self.child, catalog)
        estimate(self.left, catalog)
        rows, probes = self.child.rows, max(self.left.rows, 1.0)
        kept = Alternative("run it once, and keep its rows", rows, self.child.cost + rows * (1.0 + probes))
        return [kept, Alternative("run it each time", rows, probes * self.child.cost)]


def _by_cost(item: Alternative) -> float:
    return item.cost if item.cost >= 0 else 1e300


def _title(node: Node) -> str:
    """A way to read a table in words; a union of searches with each of them."""
    title = describe(node, ExprText()).title()
    if isinstance(node, SeekUnion):
        seeks = [item for item in nodes_of(node) if isinstance(item, (IndexScan, RowidSeek))]
        title += f" of {'; '.join(describe(seek, ExprText()).title() for seek in seeks)}"
    return title


def _order_note(way: Access, wish: Wanted, around: Surroundings) -> str:
    """Whether a way gives the order that is wanted."""
    order = provided(way.node, around.context)
    if wish.served_by(order):
        return "in the order wanted"
    if wish.begun_by(order):
        return "in the order of the first terms wanted"
    return "to be sorted afterwards"


def _name(source: Source) -> str:
    return source.name or f"#{source.number}"


def _read_for(source: Source, available: list[Source]) -> str:
    """``bell AS b, for each row of o``."""
    names = ", ".join(_name(other) for other in available)
    return f"{_name(source)}, for each row of {names}" if names else _name(source)


def _relation(search: JoinOrder, number: int) -> str:
    """What a relation of a join is called."""
    return ", ".join(map(_name, search.relations[number].sources))
