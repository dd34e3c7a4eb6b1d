"""Finding an expression among many that say the same.

Comparing with each known expression in turn makes a statement of n terms cost n² comparisons.  An ``ExprIndex`` keeps
its expressions by a fingerprint, which equal expressions share, so that few are compared.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import (
    AggregateCall,
    Call,
    Collate,
    ColumnRef,
    Expr,
    Literal,
    Parameter,
    WindowCall,
)
from foundrydb.compiler.bind.properties import same

_NODES: Final = 12
"""How many nodes of an expression its fingerprint looks at: enough to tell usual ones apart, at a bounded cost."""


def fingerprint(expr: Expr) -> int:
    """A number that two expressions share whenever ``same`` holds of them."""
    result = 0
    stack: list[Expr] = [expr]
    for _ in range(_NODES):
        if not stack:
            break
        item = stack.pop()
        result = hash((result, type(item).__name__, _detail(item)))
        stack.extend(item.children())
    return result


def _detail(item: Expr) -> int:
    """What tells two nodes of one class apart, as far as it is cheap to say."""
    if isinstance(item, ColumnRef):
        return hash((id(item.source), item.index))
    if isinstance(item, Literal):
        return hash(item.value)
    if isinstance(item, Parameter):
        return item.number
    if isinstance(item, (Call, AggregateCall, WindowCall)):
        return id(item.function)
    return 0


@final
class ExprIndex:
    """Expressions, each with a number; where several say the same, the first is found."""

    def __init__(self) -> None:
        self._buckets: Final[dict[int, list[tuple[Expr, int]]]] = {}

    def find(self, expr: Expr) -> int:
        """The number of the expression that says the same, -1 when there is none."""
        for known, number in self._buckets.get(fingerprint(expr), ()):
            if same(known, expr):
                return number
        return -1

    def add(self, expr: Expr, number: int) -> None:
        """Keep an expression under a number."""
        self._buckets.setdefault(fingerprint(expr), []).append((expr, number))


def bare(expr: Expr) -> Expr:
    """The expression without COLLATE around it."""
    while isinstance(expr, Collate):
        expr = expr.operand
    return expr


def index_of(exprs: list[Expr]) -> ExprIndex:
    """An index of expressions by their places in a list, COLLATE around them aside."""
    found = ExprIndex()
    for place, expr in enumerate(exprs):
        found.add(bare(expr), place)
    return found
