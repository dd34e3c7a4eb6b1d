"""The values of expressions whose operands are all constants, a function for each class.

Calls of functions are not among them: ``fold_constants`` makes those, through the registry.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, final

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
    Unary,
    WindowCall,
)
from foundrydb.compiler.trees.dispatch import Dispatch
from foundrydb.storage.format.values import BINARY, NOCASE, RTRIM, UTF8, Collation, Value
from foundrydb.vm.arithmetic import operators as arithmetic
from foundrydb.vm.arithmetic.affinity import compare_values
from foundrydb.vm.arithmetic.cast import boolean, cast_value

COLLATIONS: Final[dict[str, Collation]] = {"BINARY": BINARY, "NOCASE": NOCASE, "RTRIM": RTRIM}
"""Those that no connection can redefine."""

CONSTANTS: Final[Dispatch[Value]] = Dispatch("the value of an expression over constants", Expr)

_OPERATORS: Final[dict[str, Callable[[Value, Value, int], Value]]] = {
    "+": arithmetic.add,
    "-": arithmetic.subtract,
    "*": arithmetic.multiply,
    "/": arithmetic.divide,
    "%": arithmetic.remainder,
    "||": arithmetic.concat,
    "&": arithmetic.bit_and,
    "|": arithmetic.bit_or,
    "<<": arithmetic.shift_left,
    ">>": arithmetic.shift_right,
}


@final
class Unknown(Exception):
    """An expression that is not computed before run time."""


def evaluate(expr: Expr, encoding: int) -> Value:
    """The value of an expression over Literals, functions aside.

    Raises Unknown for an expression that is not computed here, Error for one that fails.
    """
    return CONSTANTS.of(expr)(expr, encoding)


def _value(expr: Expr) -> Value:
    """The value of an operand."""
    if isinstance(expr, Literal):
        return expr.value
    raise Unknown


@CONSTANTS.entry(
    AggregateCall,
    Call,
    CaseBase,
    Collate,
    ColumnRef,
    Exists,
    InList,
    InQuery,
    Logic,
    Parameter,
    RowValue,
    ScalarQuery,
    Shared,
    WindowCall,
)
def _unknown(expr: Expr, encoding: int) -> Value:
    raise Unknown


@CONSTANTS.entry(Literal)
def _literal(expr: Literal, encoding: int) -> Value:
    return expr.value


@CONSTANTS.entry(Binary)
def _binary(expr: Binary, encoding: int) -> Value:
    operator = _OPERATORS.get(expr.op)
    if operator is None:
        raise Unknown
    return operator(_value(expr.left), _value(expr.right), encoding)


@CONSTANTS.entry(Unary)
def _unary(expr: Unary, encoding: int) -> Value:
    value = _value(expr.operand)
    if expr.op == "NOT":
        return None if value is None else (0 if boolean(value, encoding) else 1)
    if expr.op == "-":
        return arithmetic.subtract(0, value, encoding)
    if expr.op == "~":
        return arithmetic.bit_not(value, encoding)
    return value


@CONSTANTS.entry(Compare)
def _compare(expr: Compare, encoding: int) -> Value:
    left = _value(expr.left)
    right = _value(expr.right)
    if left is None or right is None:
        if expr.op == "IS":
            return 1 if left is right else 0
        if expr.op == "IS NOT":
            return 0 if left is right else 1
        return None
    collation = COLLATIONS.get(expr.sequence)
    if collation is None or (encoding != UTF8 and (isinstance(left, str) or isinstance(right, str))):
        raise Unknown
    return 1 if _holds(expr.op, compare_values(left, right, expr.comparison or "A", collation)) else 0


def _holds(op: str, order: int) -> bool:
    """Whether ``left op right`` holds when left is before (negative), equal to or after right."""
    if op in ("=", "IS"):
        return order == 0
    if op in ("<>", "IS NOT"):
        return order != 0
    if op == "<":
        return order < 0
    if op == "<=":
        return order <= 0
    if op == ">":
        return order > 0
    return order >= 0


@CONSTANTS.entry(Between)
def _between(expr: Between, encoding: int) -> Value:
    """``operand >= low AND operand <= high``, or that negated."""
    above = Compare(">=", expr.operand, expr.low, expr.low_comparison, expr.low_sequence)
    below = Compare("<=", expr.operand, expr.high, expr.high_comparison, expr.high_sequence)
    terms = (_compare(above, encoding), _compare(below, encoding))
    if 0 in terms:
        return 1 if expr.negated else 0
    if None in terms:
        return None
    return 0 if expr.negated else 1


@CONSTANTS.entry(Cast)
def _cast(expr: Cast, encoding: int) -> Value:
    return cast_value(_value(expr.operand), expr.affinity, encoding)


@CONSTANTS.entry(IsNull)
def _is_null(expr: IsNull, encoding: int) -> Value:
    return 1 if (_value(expr.operand) is None) != expr.negated else 0


@CONSTANTS.entry(IsTruth)
def _is_truth(expr: IsTruth, encoding: int) -> Value:
    value = _value(expr.operand)
    holds = value is not None and boolean(value, encoding) == expr.truth
    return 1 if holds != expr.negated else 0


@CONSTANTS.entry(Case)
def _case(expr: Case, encoding: int) -> Value:
    if expr.base is not None:
        raise Unknown
    for when, then in zip(expr.whens, expr.thens):
        if boolean(_value(when), encoding):
            return _value(then)
    return None if expr.otherwise is None else _value(expr.otherwise)
