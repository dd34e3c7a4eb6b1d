"""The values of operators, CAST and CASE, and operations as conditions."""

from __future__ import annotations

from foundrydb.compiler.bind.bound import (
    Binary,
    Case,
    Cast,
    ColumnRef,
    Compare,
    Expr,
    IsNull,
    IsTruth,
    Literal,
    Logic,
    Parameter,
    RowValue,
    Unary,
)
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.dispatch import JUMPS, VALUES
from foundrydb.compiler.codegen.expressions.conditions import jump_if_false
from foundrydb.compiler.codegen.expressions.formulas import condition_formula, general_end, value_formula
from foundrydb.compiler.codegen.expressions.values import (
    VARYING,
    constancy,
    jump_by_value,
    resolve,
    value,
    value_into,
)
from foundrydb.vm.ops import arithmetic, control, registers
from foundrydb.vm.ops import calls as call_ops
from foundrydb.vm.ops import compare as compare_ops


@VALUES.entry(Cast)
def _cast(coder: Coder, expr: Cast, dest: int) -> None:
    value_into(coder, expr.operand, dest)
    coder.emit(call_ops.Cast(dest, expr.affinity))


@VALUES.entry(IsNull)
def _is_null(coder: Coder, expr: IsNull, dest: int) -> None:
    done = value_formula(coder, expr, dest)
    coder.emit(compare_ops.IsNullValue(value(coder, expr.operand), dest, expr.negated))
    general_end(coder, done)


@VALUES.entry(IsTruth)
def _is_truth(coder: Coder, expr: IsTruth, dest: int) -> None:
    register = value(coder, expr.operand)
    coder.emit(compare_ops.IsTrue(register, dest, 1 if expr.negated else 0, expr.truth == expr.negated))


@VALUES.entry(Unary)
def _unary(coder: Coder, expr: Unary, dest: int) -> None:
    if expr.op == "+":
        value_into(coder, expr.operand, dest)
    elif expr.op == "-":
        done = value_formula(coder, expr, dest)
        coder.emit(arithmetic.Negate(value(coder, expr.operand), dest))
        general_end(coder, done)
    elif expr.op == "~":
        coder.emit(arithmetic.BitNot(value(coder, expr.operand), dest))
    else:
        done = value_formula(coder, expr, dest)
        coder.emit(compare_ops.Not(value(coder, expr.operand), dest))
        general_end(coder, done)


@VALUES.entry(Binary)
def _binary(coder: Coder, expr: Binary, dest: int) -> None:
    done = value_formula(coder, expr, dest)
    _general_binary(coder, expr, dest)
    general_end(coder, done)


@JUMPS.entry(Binary)
def _binary_jump(coder: Coder, expr: Binary, target: int, when: bool, null: bool) -> None:
    done = condition_formula(coder, expr, target, when)
    jump_by_value(coder, value(coder, expr), target, when, null)
    general_end(coder, done)


def _general_binary(coder: Coder, expr: Binary, dest: int) -> None:
    # A long chain leans to the left; it is walked here, so that it costs no recursion.
    # Its constant beginning, if any, is one value; it is looked for from the far end, for linear time.
    chain = [expr]
    left = resolve(coder, expr.left)
    while isinstance(left, Binary):
        chain.append(left)
        left = resolve(coder, left.left)
    if not coder.in_setup:
        constant = constancy(left)
        while constant != VARYING and len(chain) > 1:
            constant = min(constant, constancy(chain[-1].right))
            if constant != VARYING:
                left = chain.pop()
    held = value(coder, left)
    for i in range(len(chain) - 1, -1, -1):
        item = chain[i]
        right = value(coder, item.right)
        target = dest if i == 0 else coder.register()
        _operate(coder, item.op, held, right, target)
        held = target


def _operate(coder: Coder, op: str, left: int, right: int, dest: int) -> None:
    if op == "+":
        coder.emit(arithmetic.Add(left, right, dest))
    elif op == "-":
        coder.emit(arithmetic.Subtract(left, right, dest))
    elif op == "*":
        coder.emit(arithmetic.Multiply(left, right, dest))
    elif op == "/":
        coder.emit(arithmetic.Divide(left, right, dest))
    elif op == "%":
        coder.emit(arithmetic.Remainder(left, right, dest))
    elif op == "||":
        coder.emit(arithmetic.Concat(left, right, dest))
    elif op == "&":
        coder.emit(arithmetic.BitAnd(left, right, dest))
    elif op == "|":
        coder.emit(arithmetic.BitOr(left, right, dest))
    elif op == "<<":
        coder.emit(arithmetic.ShiftLeft(left, right, dest))
    elif op == ">>":
        coder.emit(arithmetic.ShiftRight(left, right, dest))
    else:
        raise AssertionError(f"no code for operator {op}")


@VALUES.entry(Logic)
def _logic(coder: Coder, expr: Logic, dest: int) -> None:
    """AND and OR as values: later terms are not evaluated once the answer is known."""
    conjunction = expr.op == "AND"
    end = coder.label()
    held = value(coder, expr.terms[0])
    decided = coder.label()
    shortcut = False
    for i in range(1, len(expr.terms)):
        term = expr.terms[i]
        if not _is_cheap(coder, term):
            shortcut = True
            if conjunction:
                coder.emit(control.IfNot(held, decided))
            else:
                coder.emit(control.If(held, decided))
        right = value(coder, term)
        target = dest if i == len(expr.terms) - 1 else coder.register()
        if conjunction:
            coder.emit(compare_ops.And(held, right, target))
        else:
            coder.emit(compare_ops.Or(held, right, target))
        held = target
    if shortcut:
        coder.emit(control.Goto(end))
        coder.place(decided)
        coder.emit(registers.Integer(0 if conjunction else 1, dest))
        coder.place(end)


def _is_cheap(coder: Coder, expr: Expr) -> bool:
    """Whether evaluating the expression is no dearer than a jump around it, and cannot fail."""
    expr = resolve(coder, expr)
    if isinstance(expr, (Literal, Parameter, ColumnRef)):
        return True
    if isinstance(expr, (Compare, IsNull, Unary)):
        return all(_is_cheap(coder, child) for child in expr.children()) and not isinstance(
            expr.children()[0], RowValue
        )
    return False


@VALUES.entry(Case)
def case_into(coder: Coder, expr: Case, dest: int) -> None:
    end = coder.label()
    if expr.base is not None:
        base = coder.register()
        value_into(coder, expr.base, base)
        coder.bases.append(base)
    for when, then in zip(expr.whens, expr.thens):
        following = coder.label()
        jump_if_false(coder, when, following, True)
        if expr.base is not None:
            base = coder.bases.pop()
            value_into(coder, then, dest)
            coder.bases.append(base)
        else:
            value_into(coder, then, dest)
        coder.emit(control.Goto(end))
        coder.place(following)
    if expr.base is not None:
        coder.bases.pop()
    if expr.otherwise is None:
        coder.emit(registers.Null(dest))
    else:
        value_into(coder, expr.otherwise, dest)
    coder.place(end)
