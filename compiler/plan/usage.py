"""Which columns of each source a statement reads: what decides whether an index covers a table."""

from __future__ import annotations

from foundrydb.compiler.bind.bound import ColumnRef, Expr, Source
from foundrydb.compiler.bind.properties import query_of
from foundrydb.compiler.plan.nodes import Delete, Node, Update
from foundrydb.compiler.plan.walk import nodes_of


def column_usage(plan: Node) -> dict[int, set[int]]:
    """Per source that a node makes (by its number), the columns read anywhere in the statement, ROWID among them.

    The source of a table that UPDATE or DELETE changes is left out: all of the row is needed.
    """
    columns: dict[int, set[int]] = {}
    targets: list[Source] = []
    plans = [plan]
    for root in plans:
        for node in nodes_of(root):
            source = node.made_source()
            if source is not None:
                columns.setdefault(source.number, set())
            elif isinstance(node, (Update, Delete)):
                targets.append(node.target)
            _read(node.expressions() + node.clause_expressions(), columns, plans)
    for target in targets:
        columns.pop(target.number, None)
    return columns


def _read(exprs: list[Expr], columns: dict[int, set[int]], plans: list[Node]) -> None:
    """Note the columns that expressions read, and the plans of the subqueries in them, each once."""
    while exprs:
        expr = exprs.pop()
        if isinstance(expr, ColumnRef):
            read = columns.get(expr.source.number)
            if read is None:
                columns[expr.source.number] = {expr.index}
            else:
                read.add(expr.index)
            continue
        query = query_of(expr)
        if query is not None:
            assert isinstance(query.plan, Node)
            if all([query.plan is not known for known in plans]):
                plans.append(query.plan)
        exprs.extend(expr.children())
