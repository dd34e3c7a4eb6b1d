"""The base of bound expressions, and what their constructors work out: affinity and collation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.compiler.trees.declared import Traced

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import OrderTerm
    from foundrydb.storage.format.values import Value

# Affinities, by the letters that SQLite's P4 affinity strings use.
NONE: Final = ""
BLOB: Final = "A"
TEXT: Final = "B"
NUMERIC: Final = "C"
INTEGER: Final = "D"
REAL: Final = "E"
FLEXNUM: Final = "F"

UNASKED: Final = -1
"""Stands for what nobody has asked yet."""


class Expr(Traced):
    """The base of bound expressions.

    Attributes:
        affinity: the expression's affinity (a letter, "" for none), by datatype3.html section 3.2.
        collation: the collating sequence that a comparison with it takes, or "" for none of its own.
        explicit: whether ``collation`` comes from a COLLATE operator (which wins over a column's).
        constancy: what kind of constant an operation is (``codegen.expressions.values``), UNASKED until someone
            asks: code generation asks on each level on the way down, and an answer takes all that is below.
    """

    constancy: int = UNASKED

    def __init__(self, start: int, end: int, affinity: str, collation: str, explicit: bool) -> None:
        self.start: Final = start
        self.end: Final = end
        self.affinity: Final = affinity
        self.collation: Final = collation
        self.explicit: Final = explicit
        self.origin = None

    def children(self) -> list[Expr]:
        """The operands, in order."""
        return _NO_OPERANDS

    def with_children(self, children: list[Expr]) -> Expr:
        """The same expression over other operands (as many as ``children`` returned)."""
        return self

    def agrees(self, other: Expr) -> bool:
        """Whether another expression of the class says the same, as far as its operands do."""
        return True

    def beside(self) -> dict[str, object]:
        return {"start": self.start, "end": self.end}


_NO_OPERANDS: Final[list[Expr]] = []


def inherited_collation(operands: list[Expr]) -> str:
    """The explicit collation that an operator takes over from its operands, "" for none.

    A COLLATE anywhere below counts in a comparison of the whole (``lower(a COLLATE NOCASE) = b``): the first
    operand that carries one decides.
    """
    for operand in operands:
        if operand.explicit:
            return operand.collation
    return ""


def same_value(a: Value, b: Value) -> bool:
    """Whether two constants are the same value of the same class (1 and 1.0 are not, nor 0.0 and -0.0)."""
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return repr(a) == repr(b)
    return a == b


def all_agree(some: list[OrderTerm], others: list[OrderTerm]) -> bool:
    """Whether the terms of two lists say the same in turn, as far as their expressions do."""
    return len(some) == len(others) and all([one.agrees(other) for one, other in zip(some, others)])
