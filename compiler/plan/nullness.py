"""What NULLs do to expressions: which sources, all of whose columns are NULL, make an expression NULL or not true."""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.bind.bound import (
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
from foundrydb.compiler.trees.dispatch import Dispatch

NULL_FROM: Final[Dispatch[list[Source]]] = Dispatch("the sources whose NULLs make an expression NULL", Expr)

REJECTING: Final[Dispatch[list[Source]]] = Dispatch("the sources whose NULLs fail a condition", Expr)


def null_from(expr: Expr) -> list[Source]:
    """The sources any of which, when all its columns are NULL, makes the expression NULL."""
    return NULL_FROM.of(expr)(expr)


def rejecting(expr: Expr) -> list[Source]:
    """The sources any of which, when all its columns are NULL, keeps the condition from being true."""
    return REJECTING.of(expr)(expr)


# -- expressions that are NULL ------------------------------------------------------------------------------------


@NULL_FROM.entry(
    AggregateCall,
    Call,
    Case,
    CaseBase,
    Exists,
    InQuery,
    IsNull,
    IsTruth,
    Literal,
    Logic,
    Parameter,
    RowValue,
    ScalarQuery,
    Shared,
    WindowCall,
)
def _from_none(expr: Expr) -> list[Source]:
    """Expressions that need not be NULL whatever their operands are, or of which that is not known."""
    return []


@NULL_FROM.entry(ColumnRef)
def _from_column(expr: ColumnRef) -> list[Source]:
    return [expr.source]


@NULL_FROM.entry(Unary, Cast, Collate, InList)
def _from_operand(expr: Unary | Cast | Collate | InList) -> list[Source]:
    return null_from(expr.operand)


@NULL_FROM.entry(Binary)
def _from_either(expr: Binary) -> list[Source]:
    return null_from(expr.left) + null_from(expr.right)


@NULL_FROM.entry(Compare)
def _from_compared(expr: Compare) -> list[Source]:
    return [] if expr.op in ("IS", "IS NOT") else null_from(expr.left) + null_from(expr.right)


@NULL_FROM.entry(Between)
def _from_between(expr: Between) -> list[Source]:
    return [] if expr.negated else null_from(expr.operand)


# -- conditions that are not true ---------------------------------------------------------------------------------


@REJECTING.entry(
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
    InList,
    Literal,
    Parameter,
    RowValue,
    ScalarQuery,
    Shared,
    Unary,
    WindowCall,
)
def _rejecting_null(expr: Expr) -> list[Source]:
    """Conditions of which no more is known than what makes them NULL."""
    return null_from(expr)


@REJECTING.entry(Logic)
def _rejecting_logic(expr: Logic) -> list[Source]:
    if expr.op == "AND":
        return [source for term in expr.terms for source in rejecting(term)]
    common = rejecting(expr.terms[0])
    for term in expr.terms[1:]:
        other = rejecting(term)
        common = [source for source in common if source in other]
    return common


@REJECTING.entry(IsNull)
def _rejecting_is_null(expr: IsNull) -> list[Source]:
    return null_from(expr.operand) if expr.negated else []


@REJECTING.entry(IsTruth)
def _rejecting_is_truth(expr: IsTruth) -> list[Source]:
    return null_from(expr.operand) if not expr.negated else []


@REJECTING.entry(InQuery)
def _rejecting_in_query(expr: InQuery) -> list[Source]:
    return null_from(expr.operand) if not expr.negated else []
