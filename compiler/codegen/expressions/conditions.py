"""Expressions as conditions: code that jumps when they are true, or when they are false.

Where a condition is NULL, ``null`` says whether to jump; so three-valued logic costs no extra code: in AND, OR
and NOT it becomes the choice of the right flag for each term.
"""

from __future__ import annotations

from foundrydb.compiler.bind.bound import (
    AggregateCall,
    Case,
    CaseBase,
    Cast,
    Collate,
    ColumnRef,
    Expr,
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
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.dispatch import JUMPS
from foundrydb.compiler.codegen.expressions.values import jump_by_value, resolve, value
from foundrydb.vm.arithmetic.cast import truth
from foundrydb.vm.ops import control


def jump_if_true(coder: Coder, expr: Expr, target: int, null: bool) -> None:
    """Emit code that goes to ``target`` if the expression is true, and with ``null`` also if it is NULL."""
    _jump(coder, resolve(coder, expr), target, True, null)


def jump_if_false(coder: Coder, expr: Expr, target: int, null: bool) -> None:
    """Emit code that goes to ``target`` if the expression is false, and with ``null`` also if it is NULL."""
    _jump(coder, resolve(coder, expr), target, False, null)


def _jump(coder: Coder, expr: Expr, target: int, when: bool, null: bool) -> None:
    attribution = coder.settings.attribution
    if attribution is not None:
        attribution.evaluate(coder, [expr])
    JUMPS.of(expr)(coder, expr, target, when, null)
    if attribution is not None:
        attribution.evaluated(coder)


@JUMPS.entry(Unary)
def _unary_jump(coder: Coder, expr: Unary, target: int, when: bool, null: bool) -> None:
    if expr.op == "NOT":
        _jump(coder, resolve(coder, expr.operand), target, not when, null)
    else:
        _value_jump(coder, expr, target, when, null)


@JUMPS.entry(IsTruth)
def _is_truth_jump(coder: Coder, expr: IsTruth, target: int, when: bool, null: bool) -> None:
    # "x IS TRUE" is true exactly when x is true, and false when x is false or NULL.
    positive = when != expr.negated
    _jump(coder, resolve(coder, expr.operand), target, positive == expr.truth, not positive)


@JUMPS.entry(
    AggregateCall, Case, CaseBase, Cast, Collate, ColumnRef, Parameter, RowValue, ScalarQuery, Shared
)
@JUMPS.entry(WindowCall)
def _value_jump(coder: Coder, expr: Expr, target: int, when: bool, null: bool) -> None:
    """Any other expression: a jump by its value."""
    jump_by_value(coder, value(coder, expr), target, when, null)


@JUMPS.entry(Literal)
def _literal_jump(coder: Coder, expr: Literal, target: int, when: bool, null: bool) -> None:
    known = truth(expr.value, coder.settings.encoding)
    if null if known == 2 else (known == 1) == when:
        coder.emit(control.Goto(target))


@JUMPS.entry(Logic)
def _logic_jump(coder: Coder, expr: Logic, target: int, when: bool, null: bool) -> None:
    last = len(expr.terms) - 1
    if (expr.op == "AND") != when:
        # AND is false as soon as one term is; OR is true as soon as one is.
        for term in expr.terms:
            _jump(coder, resolve(coder, term), target, when, null)
        return
    around = coder.label()
    for i in range(last):
        _jump(coder, resolve(coder, expr.terms[i]), around, not when, not null)
    _jump(coder, resolve(coder, expr.terms[last]), target, when, null)
    coder.place(around)
