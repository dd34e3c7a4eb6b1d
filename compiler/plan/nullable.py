"""Which expressions of a plan, as it was built, may be NULL: for those who ask about a statement's names.

Where it takes more than the declarations of columns and the kinds of joins to know, the answer is that they may.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import (
    ROWID,
    AggregateCall,
    Binary,
    Cast,
    Collate,
    ColumnRef,
    Compare,
    Exists,
    Expr,
    IsNull,
    IsTruth,
    Literal,
    Logic,
    Source,
    Unary,
)
from foundrydb.compiler.plan.node import Node, subqueries_in
from foundrydb.compiler.plan.nodes import Aggregate, Derived, Join, Project, Values
from foundrydb.compiler.plan.walk import made_sources, nodes_of, output_source


@final
class Nullable:
    """What is known of one plan.

    Attributes:
        makers: the node that makes each source, by the source's number.
        lost: the numbers of the sources whose columns are all NULL in rows for which an outer join found no match.
    """

    def __init__(self, plan: Node | None) -> None:
        self.makers: Final[dict[int, Node]] = {}
        self.lost: Final[set[int]] = set()
        if plan is not None:
            self._meet(plan)

    def _meet(self, plan: Node) -> None:
        for node in nodes_of(plan):
            source = node.made_source()
            if source is not None:
                self.makers[source.number] = node
            if isinstance(node, Join):
                if node.kind in ("left", "full"):
                    self.lost.update([source.number for source in made_sources(node.right)])
                if node.kind in ("right", "full"):
                    self.lost.update([source.number for source in made_sources(node.left)])
            for query in subqueries_in(node.expressions() + node.clause_expressions()):
                assert isinstance(query.plan, Node)
                self._meet(query.plan)

    def column(self, source: Source, index: int) -> bool:
        """Whether a column of a source may be NULL."""
        if source.number in self.lost:
            return True
        if index == ROWID:
            return False
        if source.table is not None:
            return not source.columns[index].not_null
        node = self.makers.get(source.number)
        if isinstance(node, Derived):
            return self.column(output_source(node.child), index)
        if isinstance(node, Project):
            return self.expression(node.exprs[index])
        if isinstance(node, Aggregate) and index < len(node.keys):
            return self.expression(node.keys[index])
        if isinstance(node, Values):
            return any([self.expression(row[index]) for row in node.tuples])
        return True

    def expression(self, expr: Expr) -> bool:
        """Whether an expression may be NULL."""
        if isinstance(expr, ColumnRef):
            return self.column(expr.source, expr.index)
        if isinstance(expr, Literal):
            return expr.value is None
        if isinstance(expr, (IsNull, IsTruth, Exists)):
            return False
        if isinstance(expr, AggregateCall):
            return expr.function.name != "count"
        if isinstance(expr, Compare) and expr.op in ("IS", "IS NOT"):
            return False
        if isinstance(expr, Binary) and expr.op != "||":
            return True
        if isinstance(expr, (Binary, Cast, Collate, Compare, Logic, Unary)):
            return any([self.expression(operand) for operand in expr.children()])
        return True
