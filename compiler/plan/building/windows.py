"""Functions over windows: from calls scattered over expressions to Window nodes.

``SELECT a, sum(b) OVER w + 1 …`` becomes a Project of ``a, windows.0 + 1`` over a Window with ``sum(b)``.  Calls whose
windows have the same partitions in the same order share a node, whatever their frames.  Others have nodes of their own,
one above the other, the call that is written first in the highest, as in SQLite: its order is that of the result, and
where rows are alike in it, the next one's.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import ColumnRef, Expr, OutputColumn, Source, WindowCall
from foundrydb.compiler.bind.expr_index import ExprIndex
from foundrydb.compiler.bind.text import expr_text
from foundrydb.compiler.plan.nodes import Node, Window, WindowSpec
from foundrydb.compiler.plan.walk import Rewriter
from foundrydb.compiler.trees.declared import made_from


@final
class Windowing(Rewriter):
    """Puts references to the output of Window nodes in the place of calls.

    Args:
        outputs: of the nodes, from the highest to the lowest; their columns are added.
    """

    def __init__(self, outputs: list[Source]) -> None:
        super().__init__()
        self.outputs: Final = outputs
        self._calls: Final[list[list[WindowCall]]] = [[] for _ in outputs]
        self._known: Final = ExprIndex()

    def replace(self, expr: Expr) -> Expr | None:
        if not isinstance(expr, WindowCall) or expr.owner not in self.outputs:
            return None
        column = self._known.find(expr)
        if column < 0:
            calls = self._calls[self.outputs.index(expr.owner)]
            column = len(calls)
            calls.append(expr)
            self._known.add(expr, column)
            expr.owner.columns.append(OutputColumn(expr_text(expr), "", ""))
        return made_from(expr, ColumnRef(expr.owner, column, expr.start, expr.end))

    def windows(self, child: Node) -> Node:
        """The nodes over what the SELECT's clauses before them yield, after all expressions have been rewritten."""
        for output, calls in zip(reversed(self.outputs), reversed(self._calls)):
            if calls:
                first = calls[0]
                sequences = [key.collation or "BINARY" for key in first.partition]
                specs = [
                    WindowSpec(call.function, call.args, call.filter, call.frame, call.sequence)
                    for call in calls
                ]
                child = Window(output, child, first.partition, sequences, first.order_by, specs)
        return child
