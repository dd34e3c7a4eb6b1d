"""The order in which rows are wanted, as it goes down the plan to the table that could give it.

Sorting and grouping want an order; a projection, a filter and the left side of a join hand the wish on.  Choosing an
access path, a wish that it fulfils saves the cost of a sort.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import ColumnRef, Expr, Literal, OrderTerm
from foundrydb.compiler.plan.costs.estimates import sort_cost
from foundrydb.compiler.plan.costs.orders import Order, match_groups, match_order, match_terms, window_terms
from foundrydb.compiler.plan.nodes import Aggregate, Distinct, Filter, Limit, Node, Project, Sort, Window

FIRST: Final = 1.5
EXTREMUM: Final = 0.2
"""What it costs more each row to keep the first rows of an order, to keep the first one."""


@final
class Wanted:
    """An order that is wanted.

    Attributes:
        terms: ORDER BY terms; empty for a grouping that wants none.
        keys, sequences: what rows are to be grouped by.
        limit: how many rows are wanted at most, -1 for all.
        joined: other tables are joined to this one's rows.
        extremum: it is for min() or max(), which needs no order to find the first row.
        first: the LIMIT that lets so many rows through, each of which is a row of the table; None for another.
        groups: how many groups of the rows are wanted at most, -1 for all.
    """

    def __init__(
        self,
        terms: list[OrderTerm],
        keys: list[Expr],
        sequences: list[str],
        limit: float = -1.0,
        joined: bool = False,
        extremum: bool = False,
        first: Limit | None = None,
        groups: float = -1.0,
    ) -> None:
        self.groups: Final = groups
        self.terms: Final = terms
        self.keys: Final = keys
        self.sequences: Final = sequences
        self.limit: Final = limit
        self.joined: Final = joined
        self.extremum: Final = extremum
        self.first: Final = first

    def skipped(self) -> float:
        """How many rows of the table OFFSET passes over."""
        return 0.0 if self.first is None else float(_offset(self.first))

    def in_join(self) -> Wanted:
        """The same wish, for the left side of a join."""
        return Wanted(
            self.terms, self.keys, self.sequences, self.limit, True, self.extremum, None, self.groups
        )

    def limited(self, limit: float) -> Wanted:
        """The same wish, for the first rows only."""
        return Wanted(self.terms, self.keys, self.sequences, limit, self.joined)

    def served_by(self, order: Order) -> bool:
        """Whether rows in an order come as wanted, perhaps read backwards."""
        if self.terms and match_order(self.terms, order) is None:
            return False
        return not self.keys or match_groups(self.keys, self.sequences, order)

    def begun_by(self, order: Order) -> list[Expr]:
        """By what rows are in order, of the terms wanted, where the first rows of the others are enough."""
        if self.limit < 0 or not self.terms or self.extremum:
            return []
        count = match_terms(self.terms, order).count
        return [term.expr for term in self.terms[:count]]

    def effort(self, rows: float) -> float:
        """What it costs to bring so many rows into order, or to find the first of them."""
        if self.limit >= 0 and rows > self.limit:
            return rows * EXTREMUM if self.extremum else min(rows * FIRST, sort_cost(rows))
        return sort_cost(rows)

    def price(self, cost: float, rows: float, risk: float, block: float = 0.0, found: float = 1.0) -> float:
        """What reading so many rows in order costs, of which a LIMIT may want the first only.

        risk: how likely all must be read nevertheless.
        block: how many rows are alike in the terms that their order serves, where the others are left to be sorted.
        found: how many groups they make.
        """
        if self.groups >= 0:
            return cost * (risk + (1.0 - risk) * min(1.0, self.groups / found))
        few = max(self.limit, 1.0) + block
        if self.limit >= 0 and rows > few:
            return cost * (risk + (1.0 - risk) * few / rows) + self.effort(block)
        return cost + (self.effort(rows) if block else 0.0)


def wanted_below(node: Node, above: Wanted | None) -> Wanted | None:
    """What a node wants of its child, given what is wanted of itself."""
    if isinstance(node, Limit):
        return _limited(node)
    if isinstance(node, Sort):
        return _sorted(node, above)
    if isinstance(node, Aggregate):
        return _grouped(node, above)
    if isinstance(node, Window):
        return Wanted(window_terms(node), [], []) if node.partition or node.order else None
    if isinstance(node, Distinct) and isinstance(node.child, Project):
        if above is not None and above.terms:
            return above
        most = -1.0 if above is None else above.limit
        return Wanted([], node.child.exprs[: node.width], node.sequences, groups=most)
    if isinstance(node, Filter) and isinstance(node.child, Aggregate) and above is not None:
        return above.in_join()
    return above if isinstance(node, (Filter, Project)) else None


def _limited(node: Limit) -> Wanted:
    """Only the number of rows, for a sort or a table below."""
    limit = node.limit
    if isinstance(limit, Literal) and isinstance(limit.value, int) and limit.value >= 0:
        return Wanted([], [], [], float(limit.value + _offset(node)), first=node)
    return Wanted([], [], [], first=node)


def _offset(node: Limit) -> int:
    """How many rows are left out at the beginning, where the text says so."""
    offset = node.offset
    return max(offset.value, 0) if isinstance(offset, Literal) and isinstance(offset.value, int) else 0


def _sorted(node: Sort, above: Wanted | None) -> Wanted | None:
    project = node.child.child if isinstance(node.child, Distinct) else node.child
    if not isinstance(project, Project):
        return None
    terms = below_project(node.terms, project)
    if above is None:
        return Wanted(terms, [], [])
    return Wanted(terms, [], [], above.limit, first=above.first if node.child is project else None)


def _grouped(node: Aggregate, above: Wanted | None) -> Wanted | None:
    if node.keys:
        if above is not None and above.limit >= 0:
            terms = _over_keys(above.terms, node)
            if terms is not None:
                return Wanted(terms, node.keys, node.sequences, joined=above.joined, groups=above.limit)
        return Wanted([], node.keys, node.sequences)
    if len(node.aggregates) != 1:
        return None
    spec = node.aggregates[0]
    if spec.filter is not None:
        return None
    if spec.distinct and len(spec.args) == 1:
        return Wanted([], spec.args, [spec.sequence])
    if not spec.function.chooses_row:
        return None
    descending = spec.function.name == "max"
    term = OrderTerm(spec.args[0], descending, not descending, spec.sequence)
    return Wanted([term], [], [], 1.0, extremum=True)


def _over_keys(terms: list[OrderTerm], node: Aggregate) -> list[OrderTerm] | None:
    """ORDER BY terms over groups, as terms over their rows; None where one is about more than the keys."""
    out: list[OrderTerm] = []
    for term in terms:
        expr = term.expr
        if not isinstance(expr, ColumnRef) or expr.source is not node.source or expr.index >= len(node.keys):
            return None
        out.append(OrderTerm(node.keys[expr.index], term.descending, term.nulls_first, term.collation))
    return out


def below_project(terms: list[OrderTerm], project: Project) -> list[OrderTerm]:
    """ORDER BY terms over a projection's output, as terms over its input."""
    out: list[OrderTerm] = []
    for term in terms:
        expr: Expr = term.expr
        if isinstance(expr, ColumnRef) and expr.source is project.source:
            expr = project.exprs[expr.index]
        out.append(OrderTerm(expr, term.descending, term.nulls_first, term.collation))
    return out
