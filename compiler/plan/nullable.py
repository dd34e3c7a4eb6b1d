"""Which expressions of a plan, as it was built, may be NULL: for those who ask about a statement's names.

Where it takes more than the declarations of columns and the kinds of joins to know, the answer is that they may.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import (
    ROWID,
    AggregateCall,
    Between,
    Binary,
    Call,
    Case,
    CaseBase,
    Cast,
    Collate,
    ColumnRef,
    Compare,
    Exists,
    Expr,
    InList,
    InQuery,
    IsNull,
    IsTruth,
    Literal,
    Logic,
    Parameter,
    RowValue,
    ScalarQuery,
    Shared,
    Source,
    Unary,
    WindowCall,
)
from foundrydb.compiler.plan.node import Node, subqueries_in
from foundrydb.compiler.plan.nodes import Aggregate, Derived, Join, Project, Values
from foundrydb.compiler.plan.walk import made_sources, nodes_of, output_source
from foundrydb.compiler.trees.dispatch import Dispatch


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
        return MAY_BE_NULL.of(expr)(self, expr)


MAY_BE_NULL: Final[Dispatch[bool]] = Dispatch("whether an expression may be NULL", Expr)


@MAY_BE_NULL.entry(Between, Call, Case, CaseBase, InList, InQuery, Parameter, RowValue, ScalarQuery, Shared)
@MAY_BE_NULL.entry(WindowCall)
def _perhaps(known: Nullable, expr: Expr) -> bool:
    return True


@MAY_BE_NULL.entry(IsNull, IsTruth, Exists)
def _never(known: Nullable, expr: Expr) -> bool:
    return False


@MAY_BE_NULL.entry(ColumnRef)
def _column(known: Nullable, expr: ColumnRef) -> bool:
    return known.column(expr.source, expr.index)


@MAY_BE_NULL.entry(Literal)
def _literal(known: Nullable, expr: Literal) -> bool:
    return expr.value is None


@MAY_BE_NULL.entry(AggregateCall)
def _aggregate(known: Nullable, expr: AggregateCall) -> bool:
    return expr.function.name != "count"


@MAY_BE_NULL.entry(Cast, Collate, Logic, Unary)
def _as_operands(known: Nullable, expr: Expr) -> bool:
    return any([known.expression(operand) for operand in expr.children()])


@MAY_BE_NULL.entry(Compare)
def _compared(known: Nullable, expr: Compare) -> bool:
    return expr.op not in ("IS", "IS NOT") and _as_operands(known, expr)


@MAY_BE_NULL.entry(Binary)
def _computed(known: Nullable, expr: Binary) -> bool:
    """Arithmetic gives NULL where it divides by zero, or meets what is not a number."""
    return expr.op != "||" or _as_operands(known, expr)
