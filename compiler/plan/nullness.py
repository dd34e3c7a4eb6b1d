"""What NULLs do to expressions: which sources, all of whose columns are NULL, make an expression NULL or not true."""

from __future__ import annotations

from foundrydb.compiler.bind.bound import (
    Between,
    Binary,
    Cast,
    Collate,
    ColumnRef,
    Compare,
    Expr,
    InList,
    InQuery,
    IsNull,
    IsTruth,
    Logic,
    Source,
    Unary,
)


def null_from(expr: Expr) -> list[Source]:
    """The sources any of which, when all its columns are NULL, makes the expression NULL."""
    if isinstance(expr, ColumnRef):
        return [expr.source]
    if isinstance(expr, (Unary, Cast, Collate)):
        return null_from(expr.operand)
    if isinstance(expr, Binary):
        return null_from(expr.left) + null_from(expr.right)
    if isinstance(expr, Compare) and expr.op not in ("IS", "IS NOT"):
        return null_from(expr.left) + null_from(expr.right)
    if isinstance(expr, Between):
        return null_from(expr.operand) if not expr.negated else []
    if isinstance(expr, InList):
        return null_from(expr.operand)
    return []


def rejecting(expr: Expr) -> list[Source]:
    """The sources any of which, when all its columns are NULL, keeps the condition from being true."""
    if isinstance(expr, Logic):
        if expr.op == "AND":
            return [source for term in expr.terms for source in rejecting(term)]
        common = rejecting(expr.terms[0])
        for term in expr.terms[1:]:
            other = rejecting(term)
            common = [source for source in common if source in other]
        return common
    if isinstance(expr, IsNull):
        return null_from(expr.operand) if expr.negated else []
    if isinstance(expr, IsTruth):
        return null_from(expr.operand) if not expr.negated else []
    if isinstance(expr, InQuery) and not expr.negated:
        return null_from(expr.operand)
    if isinstance(expr, Between):
        return null_from(expr.operand) if not expr.negated else []
    return null_from(expr)
