"""Which columns of each source a statement reads: what decides whether an index covers a table."""

from __future__ import annotations

from foundrydb.compiler.plan.nodes import Delete, IndexScan, Node, RowidSeek, Scan, SeekUnion, Update
from foundrydb.compiler.plan.walk import Rewriter
from foundrydb.compiler.resolve.bound import ColumnRef, Expr, Source


class _Usage(Rewriter):
    """Collects columns; it changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.columns: dict[int, set[int]] = {}
        self.targets: list[Source] = []

    def replace(self, expr: Expr) -> Expr | None:
        if isinstance(expr, ColumnRef):
            self.columns.setdefault(expr.source.number, set()).add(expr.index)
        return None

    def own_expressions(self, node: Node) -> Node:
        if isinstance(node, (Scan, RowidSeek, IndexScan, SeekUnion)):
            self.columns.setdefault(node.source.number, set())
        elif isinstance(node, (Update, Delete)):
            self.targets.append(node.target)
        return super().own_expressions(node)


def column_usage(plan: Node) -> dict[int, set[int]]:
    """Per source of a table (by its number), the columns read anywhere in the statement, ROWID among them.

    The source of a table that UPDATE or DELETE changes is left out: all of the row is needed.
    """
    usage = _Usage()
    usage.node(plan)
    for target in usage.targets:
        usage.columns.pop(target.number, None)
    return usage.columns
