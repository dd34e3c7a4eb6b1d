"""Expressions as conditions: code that jumps when they are true, or when they are false.

Where a condition is NULL, ``null`` says whether to jump; so three-valued logic costs no extra code: in AND, OR
and NOT it becomes the choice of the right flag for each term.
"""

from __future__ import annotations

from foundrydb.compiler.bind.bound import (
    Between,
    Call,
    Compare,
    Exists,
    Expr,
    InList,
    InQuery,
    IsNull,
    IsTruth,
    Literal,
    Logic,
    Unary,
)
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.expressions.values import resolve, value
from foundrydb.vm.arithmetic.cast import truth
from foundrydb.vm.ops import control


def jump_if_true(coder: Coder, expr: Expr, target: int, null: bool) -> None:
    """Emit code that goes to ``target`` if the expression is true, and with ``null`` also if it is NULL."""
    _jump(coder, resolve(coder, expr), target, True, null)


def jump_if_false(coder: Coder, expr: Expr, target: int, null: bool) -> None:
    """Emit code that goes to ``target`` if the expression is false, and with ``null`` also if it is NULL."""
    _jump(coder, resolve(coder, expr), target, False, null)


def _jump(coder: Coder, expr: Expr, target: int, when: bool, null: bool) -> None:
    if isinstance(expr, Compare):
        from foundrydb.compiler.codegen.expressions.comparisons import comparison_jump

        comparison_jump(coder, expr, target, when, null)
    elif isinstance(expr, Logic):
        _logic_jump(coder, expr, target, when, null)
    elif isinstance(expr, Unary) and expr.op == "NOT":
        _jump(coder, resolve(coder, expr.operand), target, not when, null)
    elif isinstance(expr, IsNull):
        register = value(coder, expr.operand)
        if expr.negated != when:
            coder.emit(control.IsNull(register, target))
        else:
            coder.emit(control.NotNull(register, target))
    elif isinstance(expr, IsTruth):
        # "x IS TRUE" is true exactly when x is true, and false when x is false or NULL.
        positive = when != expr.negated
        _jump(coder, resolve(coder, expr.operand), target, positive == expr.truth, not positive)
    elif isinstance(expr, Between):
        from foundrydb.compiler.codegen.expressions.comparisons import between_jump

        between_jump(coder, expr, target, when, null)
    elif isinstance(expr, Literal):
        _literal_jump(coder, expr, target, when, null)
    elif isinstance(expr, (InList, InQuery)):
        from foundrydb.compiler.codegen.expressions.membership import membership_jump

        membership_jump(coder, expr, target, when, null)
    elif isinstance(expr, Exists):
        from foundrydb.compiler.codegen.expressions.subqueries import exists_jump

        exists_jump(coder, expr, target, when)
    else:
        from foundrydb.compiler.codegen.expressions.formulas import general_end, match_formula

        done = match_formula(coder, expr, target, when) if isinstance(expr, Call) else 0
        register = value(coder, expr)
        if when:
            coder.emit(control.If(register, target, null))
        else:
            coder.emit(control.IfNot(register, target, null))
        general_end(coder, done)


def _literal_jump(coder: Coder, expr: Literal, target: int, when: bool, null: bool) -> None:
    known = truth(expr.value)
    if null if known == 2 else (known == 1) == when:
        coder.emit(control.Goto(target))


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
