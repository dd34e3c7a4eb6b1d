"""Where aggregate functions are called that belong to one SELECT."""

from __future__ import annotations

from foundrydb.compiler.bind.bound import AggregateCall, Expr, Source
from foundrydb.compiler.bind.properties import query_of
from foundrydb.compiler.bind.relation import Bound, parts_of


def first_aggregate(owner: Source, exprs: list[Expr]) -> AggregateCall | None:
    """A call in some expressions, or in their subqueries, of an aggregate function of the SELECT of ``owner``."""
    waiting = list(reversed(exprs))
    while waiting:
        expr = waiting.pop()
        if isinstance(expr, AggregateCall) and expr.owner is owner:
            return expr
        query = query_of(expr)
        if query is not None:
            assert isinstance(query.plan, Bound)
            for part in reversed(parts_of(query.plan)):
                waiting.extend(reversed(part.expressions()))
        waiting.extend(reversed(expr.children()))
    return None
