"""Which columns of which sources a statement refers to, found before any code is emitted.

Operators that must hold rows (sorters, ephemeral tables, the registers of an outer join) keep only those columns.
A column that nothing refers to is never computed.
"""

from __future__ import annotations

from foundrydb.compiler.bind.bound import (
    ColumnRef,
    Exists,
    Expr,
    InQuery,
    ScalarQuery,
    Shared,
    Source,
    Subquery,
)
from foundrydb.compiler.bind.properties import is_deterministic, query_of, walk
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.plan.walk import nodes_of, output_source


def collect(coder: Coder, plan: nodes.Node) -> None:
    """Fill ``coder.used`` for a plan and the subqueries in it."""
    queries: list[tuple[Subquery, list[int]]] = []
    _collect_node(coder, plan, queries)
    demand(coder, plan, [])
    for query, columns in queries:
        assert isinstance(query.plan, nodes.Node)
        demand(coder, query.plan, columns)


def collect_expressions(coder: Coder, exprs: list[Expr]) -> None:
    """Fill ``coder.used`` for expressions that stand outside of a plan's nodes (RETURNING, CHECK)."""
    queries: list[tuple[Subquery, list[int]]] = []
    for expr in exprs:
        _collect_expr(coder, expr, queries)
    for query, columns in queries:
        assert isinstance(query.plan, nodes.Node)
        demand(coder, query.plan, columns)


def use(coder: Coder, source: Source, index: int) -> None:
    """Count one more use of a source's column."""
    columns = coder.used.setdefault(source, {})
    columns[index] = columns.get(index, 0) + 1


def used_columns(coder: Coder, source: Source) -> list[int]:
    """The columns of a source that something refers to, in order."""
    return sorted(coder.used.get(source, {}))


def output_columns(node: nodes.Node, count: int) -> list[Expr]:
    """References to a query's first ``count`` output columns."""
    source = output_source(node)
    return [ColumnRef(source, i) for i in range(count)]


def _collect_node(coder: Coder, node: nodes.Node, queries: list[tuple[Subquery, list[int]]]) -> None:
    for expr in node.expressions():
        _collect_expr(coder, expr, queries)
    for child in node.children():
        _collect_node(coder, child, queries)


def _collect_expr(coder: Coder, expr: Expr, queries: list[tuple[Subquery, list[int]]]) -> None:
    if isinstance(expr, ColumnRef):
        use(coder, expr.source, expr.index)
        return
    if isinstance(expr, Shared):
        coder.sharing.setdefault(expr.number, expr)
    query: Subquery | None = None
    if isinstance(expr, ScalarQuery):
        query = expr.query
        queries.append((query, [expr.index]))
    elif isinstance(expr, Exists):
        query = expr.query
        queries.append((query, []))
    elif isinstance(expr, InQuery):
        query = expr.query
        queries.append((query, list(range(len(query.columns)))))
    if query is not None:
        assert isinstance(query.plan, nodes.Node)
        if query.outer and not coder.queries_vary and not isinstance(expr, InQuery) and is_steady(query.plan):
            coder.correlated.append(query)
        _collect_node(coder, query.plan, queries)
    for child in expr.children():
        _collect_expr(coder, child, queries)


def is_steady(plan: nodes.Node) -> bool:
    """Whether a query has the same rows each time that it runs for the same enclosing rows."""
    for node in nodes_of(plan):
        for expr in node.expressions():
            if not is_deterministic(expr):
                return False
            for item in walk(expr):
                query = query_of(item)
                if query is not None and isinstance(query.plan, nodes.Node) and not is_steady(query.plan):
                    return False
    return True


def demand(coder: Coder, node: nodes.Node, columns: list[int]) -> None:
    """Note that the output columns ``columns`` of a node are used, and what that asks of the nodes below."""
    if isinstance(node, nodes.Output):
        columns = list(range(len(node.columns)))
    elif isinstance(node, nodes.Distinct):
        columns = sorted(set(columns) | set(range(node.width)))
    elif isinstance(node, nodes.Compound):
        columns = list(range(len(node.source.columns)))
        for column in columns:
            use(coder, node.source, column)
    elif isinstance(node, (nodes.Project, nodes.Values, nodes.Aggregate, nodes.CountRows)):
        for column in columns:
            use(coder, node.source, column)
        columns = []
    elif isinstance(node, nodes.Derived):
        for column in columns:
            use(coder, node.source, column)
        if node.shared:
            columns = list(range(len(node.source.columns)))
        else:
            columns = used_columns(coder, node.source)
    elif isinstance(node, (nodes.Insert, nodes.TransientIndex)) and not isinstance(
        node.child, nodes.SingleRow
    ):
        columns = list(range(len(output_source(node.child).columns)))
    elif not isinstance(node, (nodes.Sort, nodes.Limit, nodes.Filter)):
        columns = []
    for child in node.children():
        demand(coder, child, columns)
