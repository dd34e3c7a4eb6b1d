"""GROUP BY and aggregate functions: from calls scattered over expressions to one Aggregate node.

``SELECT a, sum(b) + 1 … GROUP BY a`` becomes a Project of ``agg.0, agg.1 + 1`` over an Aggregate with key ``a`` and
aggregate ``sum(b)``.  Whatever else the expressions read below the Aggregate becomes one of its bare columns.
"""

from __future__ import annotations

from typing import final

from foundrydb.compiler.bind.bound import AggregateCall, ColumnRef, Expr, OutputColumn, Source
from foundrydb.compiler.bind.expr_index import ExprIndex
from foundrydb.compiler.bind.text import expr_text
from foundrydb.compiler.plan.nodes import Aggregate, AggregateSpec, Node
from foundrydb.compiler.plan.walk import Rewriter, visible_sources
from foundrydb.compiler.trees.declared import made_from


@final
class AggregateCollector(Rewriter):
    """Finds the aggregate calls that belong to one SELECT, also within subqueries; it changes nothing."""

    def __init__(self, owner: Source) -> None:
        super().__init__()
        self.owner = owner
        self.calls: list[AggregateCall] = []
        self._known = ExprIndex()

    def replace(self, expr: Expr) -> Expr | None:
        if isinstance(expr, AggregateCall) and expr.owner is self.owner:
            if self._known.find(expr) < 0:
                self._known.add(expr, len(self.calls))
                self.calls.append(expr)
            return expr
        return None


@final
class Aggregation(Rewriter):
    """Puts references to the Aggregate node's output in the place of keys, aggregate calls and columns below it.

    Args:
        owner: the node's output; its columns are added.
        child: what is aggregated.
        above: the expressions that are going to be rewritten.
    """

    def __init__(self, owner: Source, child: Node, keys: list[Expr], above: list[Expr]) -> None:
        super().__init__()
        self.owner = owner
        self.below = visible_sources(child)
        self.keys = keys
        self.calls = _calls(owner, above)
        self.bare: list[Expr] = []
        self._known_keys = ExprIndex()
        self._known_calls = ExprIndex()
        self._known_bare = ExprIndex()
        for i, key in enumerate(keys):
            if self._known_keys.find(key) < 0:
                self._known_keys.add(key, i)
            owner.columns.append(OutputColumn(expr_text(key), key.affinity, key.collation))
        for i, call in enumerate(self.calls):
            self._known_calls.add(call, i)
            owner.columns.append(OutputColumn(expr_text(call), "", ""))

    def replace(self, expr: Expr) -> Expr | None:
        if isinstance(expr, AggregateCall) and expr.owner is self.owner:
            return self._output(len(self.keys) + self._known_calls.find(expr), expr)
        if self.keys:
            place = self._known_keys.find(expr)
            if place >= 0:
                return self._output(place, expr)
        if isinstance(expr, ColumnRef) and expr.source in self.below:
            return self._bare(expr)
        return None

    def _bare(self, expr: ColumnRef) -> Expr:
        first = len(self.keys) + len(self.calls)
        place = self._known_bare.find(expr)
        if place >= 0:
            return self._output(first + place, expr)
        self._known_bare.add(expr, len(self.bare))
        self.bare.append(expr)
        self.owner.columns.append(OutputColumn(expr_text(expr), expr.affinity, expr.collation))
        return self._output(first + len(self.bare) - 1, expr)

    def _output(self, index: int, expr: Expr) -> Expr:
        return made_from(expr, ColumnRef(self.owner, index, expr.start, expr.end))

    def aggregate(self, child: Node) -> Aggregate:
        """The Aggregate node, after all expressions above it have been rewritten."""
        specs = [
            AggregateSpec(call.function, call.args, call.distinct, call.filter, call.order_by, call.sequence)
            for call in self.calls
        ]
        sequences = [key.collation or "BINARY" for key in self.keys]
        return Aggregate(self.owner, child, self.keys, sequences, specs, self.bare)


def _calls(owner: Source, exprs: list[Expr]) -> list[AggregateCall]:
    """The different aggregate calls in some expressions that belong to the SELECT of ``owner``."""
    collector = AggregateCollector(owner)
    for expr in exprs:
        collector.expr(expr)
    return collector.calls
