"""Which classes of values a column may hold that several rows of VALUES or several SELECTs make, and its affinity."""

from __future__ import annotations

from typing import Final, final

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


@final
class CompoundColumn:
    """A column that several SELECTs fill, each of which adds its expression to it.

    Attributes:
        sequence: the collation of the first expression that has one, "" where none has.
    """

    def __init__(self) -> None:
        self.sequence = ""
        self._affinity = ""
        self._classes = 0
        self._begins_with_cast = False
        self._empty = True

    def add(self, expr: Expr) -> None:
        """Take note of the expression of one more SELECT, in their order."""
        if self._empty:
            self._begins_with_cast = isinstance(expr, Cast)
            self._empty = False
        self.sequence = self.sequence or expr.collation
        if self._affinity:
            self._classes |= data_classes(expr)
        else:
            self._affinity = expr.affinity
            if not self._affinity:
                self._classes |= data_classes(expr)

    @property
    def affinity(self) -> str:
        """The first known affinity, unless another SELECT's type contradicts.

        A CAST in the first SELECT to any kind of number speaks for numbers of every kind.
        """
        affinity = self._affinity
        if affinity == "B" and self._classes & NUMBERS:
            return "A"
        if affinity >= "C" and self._classes & TEXTS:
            return "A"
        if affinity >= "C" and self._begins_with_cast:
            return FLEXNUM
        return affinity


def compound_affinity(exprs: list[Expr]) -> str:
    """The affinity of a column that several SELECTs fill with these expressions."""
    column = CompoundColumn()
    for expr in exprs:
        column.add(expr)
    return column.affinity


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
