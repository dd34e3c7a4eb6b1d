"""Which columns of which sources a statement refers to, found before any code is emitted.

Operators that must hold rows (sorters, ephemeral tables, the registers of an outer join) keep only those columns.
A column that nothing refers to is never computed.
"""

from __future__ import annotations

from typing import Final

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
from foundrydb.compiler.trees.dispatch import Dispatch


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


def uses_within(node: nodes.Node, exprs: list[Expr]) -> dict[Source, dict[int, int]]:
    """How often a plan and some expressions refer to each column, as ``Coder.used`` counts it."""
    found: dict[Source, dict[int, int]] = {}
    plans = [node]
    waiting = list(exprs)
    while plans:
        for item in nodes_of(plans.pop()):
            waiting.extend(item.expressions())
        while waiting:
            expr = waiting.pop()
            if isinstance(expr, ColumnRef):
                columns = found.setdefault(expr.source, {})
                columns[expr.index] = columns.get(expr.index, 0) + 1
                continue
            query = query_of(expr)
            if query is not None:
                assert isinstance(query.plan, nodes.Node)
                plans.append(query.plan)
            waiting.extend(expr.children())
    return found


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
    below = DEMANDS.of(node)(coder, node, columns)
    for child in node.children():
        demand(coder, child, below)


DEMANDS: Final[Dispatch[list[int]]] = Dispatch("the columns that a plan node asks for below", nodes.Node)
"""``columns(coder, node, columns)``: of the child's output, where its own are used; it notes the uses of its own"""


def _use_all(coder: Coder, source: Source, columns: list[int]) -> None:
    for column in columns:
        use(coder, source, column)


@DEMANDS.entry(
    nodes.AlterTable,
    nodes.Analyze,
    nodes.AnalyzeDatabase,
    nodes.Attach,
    nodes.BuildIndex,
    nodes.CheckRows,
    nodes.CountTable,
    nodes.CreateIndex,
    nodes.CreateTableAs,
    nodes.Delete,
    nodes.Detach,
    nodes.Empty,
    nodes.IndexScan,
    nodes.Join,
    nodes.ModuleScan,
    nodes.ModuleSearch,
    nodes.Nothing,
    nodes.QueueRow,
    nodes.Reindex,
    nodes.RewriteRows,
    nodes.RowidSeek,
    nodes.SampleIndex,
    nodes.Scan,
    nodes.SeekUnion,
    nodes.SingleRow,
    nodes.Spool,
    nodes.TransientIndex,
    nodes.Update,
    nodes.Vacuum,
    nodes.Window,
)
def _asks_for_none(coder: Coder, node: nodes.Node, columns: list[int]) -> list[int]:
    """What reads rows by their sources, whose uses its expressions tell."""
    return []


@DEMANDS.entry(nodes.Filter, nodes.Limit, nodes.Sort)
def _passes_on(coder: Coder, node: nodes.Node, columns: list[int]) -> list[int]:
    return columns


@DEMANDS.entry(nodes.Output)
def _output(coder: Coder, node: nodes.Output, columns: list[int]) -> list[int]:
    return list(range(len(node.columns)))


@DEMANDS.entry(nodes.Distinct)
def _distinct(coder: Coder, node: nodes.Distinct, columns: list[int]) -> list[int]:
    return sorted(set(columns) | set(range(node.width)))


@DEMANDS.entry(nodes.Compound, nodes.Recursion)
def _compound(coder: Coder, node: nodes.Compound | nodes.Recursion, columns: list[int]) -> list[int]:
    columns = list(range(len(node.source.columns)))
    _use_all(coder, node.source, columns)
    return columns


@DEMANDS.entry(nodes.Project, nodes.Values, nodes.Aggregate, nodes.CountRows)
def _makes(
    coder: Coder, node: nodes.Project | nodes.Values | nodes.Aggregate | nodes.CountRows, columns: list[int]
) -> list[int]:
    _use_all(coder, node.source, columns)
    return []


@DEMANDS.entry(nodes.Derived)
def _derived(coder: Coder, node: nodes.Derived, columns: list[int]) -> list[int]:
    _use_all(coder, node.source, columns)
    return list(range(len(node.source.columns))) if node.shared else used_columns(coder, node.source)


@DEMANDS.entry(nodes.Insert, nodes.Instead)
def _keeps_all(coder: Coder, node: nodes.Insert | nodes.Instead, columns: list[int]) -> list[int]:
    if isinstance(node.child, nodes.SingleRow):
        return []
    return list(range(len(output_source(node.child).columns)))
