"""Which classes of values a column may hold that several rows of VALUES or several SELECTs make, and its affinity."""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.bind.bound import (
    FLEXNUM,
    AggregateCall,
    Binary,
    Call,
    Case,
    Cast,
    Collate,
    ColumnRef,
    Expr,
    Literal,
    Parameter,
    ScalarQuery,
    Unary,
    WindowCall,
)


def compound_affinity(exprs: list[Expr]) -> str:
    """The affinity of a column that several SELECTs fill: the first known one, unless another's type contradicts.

    A CAST in the first SELECT to any kind of number speaks for numbers of every kind.
    """
    affinity = ""
    classes = 0
    for expr in exprs:
        if affinity:
            classes |= data_classes(expr)
        else:
            affinity = expr.affinity
            if not affinity:
                classes |= data_classes(expr)
    if affinity == "B" and classes & NUMBERS:
        return "A"
    if affinity >= "C" and classes & TEXTS:
        return "A"
    if affinity >= "C" and isinstance(exprs[0], Cast):
        return FLEXNUM
    return affinity


NUMBERS: Final = 1
TEXTS: Final = 2
BLOBS: Final = 4


def data_classes(expr: Expr) -> int:
    """Which classes of values an expression can have: NUMBERS, TEXTS, BLOBS added up."""
    while isinstance(expr, Collate) or (isinstance(expr, Unary) and expr.op == "+"):
        expr = expr.operand
    if isinstance(expr, Literal):
        return _literal_classes(expr)
    if isinstance(expr, Binary) and expr.op == "||":
        return TEXTS | BLOBS
    if isinstance(expr, (Parameter, Call, AggregateCall, WindowCall)):
        return NUMBERS | TEXTS | BLOBS
    if isinstance(expr, (ColumnRef, ScalarQuery, Cast)):
        if expr.affinity >= "C":
            return NUMBERS | BLOBS
        return TEXTS | BLOBS if expr.affinity == "B" else NUMBERS | TEXTS | BLOBS
    if isinstance(expr, Case):
        classes = 0
        for then in expr.thens:
            classes |= data_classes(then)
        return classes if expr.otherwise is None else classes | data_classes(expr.otherwise)
    return NUMBERS


def _literal_classes(literal: Literal) -> int:
    value = literal.value
    if value is None:
        return 0
    if isinstance(value, str):
        return TEXTS
    return BLOBS if isinstance(value, bytes) else NUMBERS
