"""Comparisons, of single values and of row values, as values and as jumps; BETWEEN too, and IS NULL as a jump."""

from __future__ import annotations

from foundrydb.compiler.bind.bound import Between, Compare, Expr, IsNull, RowValue, ScalarQuery
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.dispatch import JUMPS, VALUES
from foundrydb.compiler.codegen.expressions.formulas import (
    comparison_formula,
    condition_formula,
    general_end,
    is_compared_fast,
    value_formula,
)
from foundrydb.compiler.codegen.expressions.values import VARYING, constancy, jump_by_value, value
from foundrydb.compiler.late import named
from foundrydb.storage.format.values import Collation
from foundrydb.vm.ops import compare, control, registers

_NEGATED = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<", "IS": "IS NOT", "IS NOT": "IS"}


def row_registers(coder: Coder, expr: Expr) -> list[int]:
    """The registers of a row value's items; one register for a single value.

    The items of a row-valued subquery are evaluated together.
    """
    if not isinstance(expr, RowValue):
        return [value(coder, expr)]
    query = _common_query(expr)
    if query is None:
        return [value(coder, item) for item in expr.items]
    first: int = named("scalar_columns")(coder, query.query, [i for i in range(len(expr.items))])
    return [first + i for i in range(len(expr.items))]


def _common_query(expr: RowValue) -> ScalarQuery | None:
    """The first item, if all are the columns, in order, of one subquery."""
    first = expr.items[0]
    if not isinstance(first, ScalarQuery):
        return None
    for i in range(len(expr.items)):
        item = expr.items[i]
        if not isinstance(item, ScalarQuery) or item.query is not first.query or item.index != i:
            return None
    return first


@VALUES.entry(Compare)
def comparison_into(coder: Coder, expr: Compare, dest: int) -> None:
    """Emit code for the comparison's value: 1, 0 or NULL."""
    done = value_formula(coder, expr, dest)
    left = row_registers(coder, expr.left)
    right = row_registers(coder, expr.right)
    if len(left) == 1:
        collation = coder.comparison_collation(expr.sequence)
        compare_value(coder, expr.op, left[0], right[0], dest, expr.comparison, collation)
        general_end(coder, done)
        return
    affinities = expr.comparison.split(",")
    collations = [coder.comparison_collation(name) for name in expr.sequence.split(",")]
    if expr.op in ("=", "IS"):
        _rows_equal(coder, expr.op, left, right, dest, affinities, collations)
    elif expr.op in ("<>", "IS NOT"):
        held = coder.register()
        _rows_equal(coder, _NEGATED[expr.op], left, right, held, affinities, collations)
        coder.emit(compare.Not(held, dest))
    else:
        _rows_ordered(coder, expr.op, left, right, dest, affinities, collations)


def compare_value(
    coder: Coder, op: str, left: int, right: int, dest: int, affinity: str, collation: Collation | None
) -> None:
    """Emit the comparison of two registers as a value."""
    if op == "=":
        coder.emit(compare.EqValue(left, right, dest, affinity, collation))
    elif op == "<>":
        coder.emit(compare.NeValue(left, right, dest, affinity, collation))
    elif op == "<":
        coder.emit(compare.LtValue(left, right, dest, affinity, collation))
    elif op == "<=":
        coder.emit(compare.LeValue(left, right, dest, affinity, collation))
    elif op == ">":
        coder.emit(compare.GtValue(left, right, dest, affinity, collation))
    elif op == ">=":
        coder.emit(compare.GeValue(left, right, dest, affinity, collation))
    elif op == "IS":
        coder.emit(compare.EqValue(left, right, dest, affinity, collation, True))
    else:
        coder.emit(compare.NeValue(left, right, dest, affinity, collation, True))


def compare_jump(
    coder: Coder,
    op: str,
    left: int,
    right: int,
    target: int,
    affinity: str,
    collation: Collation | None,
    null: bool,
) -> None:
    """Emit the comparison of two registers as a jump taken when it is true (and with ``null``, when it is NULL)."""
    if op == "=":
        coder.emit(compare.Eq(left, right, target, affinity, collation, null))
    elif op == "<>":
        coder.emit(compare.Ne(left, right, target, affinity, collation, null))
    elif op == "<":
        coder.emit(compare.Lt(left, right, target, affinity, collation, null))
    elif op == "<=":
        coder.emit(compare.Le(left, right, target, affinity, collation, null))
    elif op == ">":
        coder.emit(compare.Gt(left, right, target, affinity, collation, null))
    elif op == ">=":
        coder.emit(compare.Ge(left, right, target, affinity, collation, null))
    elif op == "IS":
        coder.emit(compare.Eq(left, right, target, affinity, collation, False, True))
    else:
        coder.emit(compare.Ne(left, right, target, affinity, collation, False, True))


@JUMPS.entry(Compare)
def comparison_jump(coder: Coder, expr: Compare, target: int, when: bool, null: bool) -> None:
    """Emit code that goes to ``target`` if the comparison's truth is ``when``, and with ``null`` if it is NULL."""
    if isinstance(expr.left, RowValue):
        held = coder.register()
        comparison_into(coder, expr, held)
        jump_by_value(coder, held, target, when, null)
        return
    op = expr.op if when else _NEGATED[expr.op]
    left = 0
    right = 0
    done = 0
    if is_compared_fast(coder, expr):
        left = value(coder, expr.left) if constancy(expr.left) != VARYING else 0
        right = value(coder, expr.right) if constancy(expr.right) != VARYING else 0
        done = comparison_formula(coder, op, expr, left, right, target)
    if left == 0:
        left = value(coder, expr.left)
    if right == 0:
        right = value(coder, expr.right)
    collation = coder.comparison_collation(expr.sequence)
    compare_jump(coder, op, left, right, target, expr.comparison, collation, null)
    general_end(coder, done)


@JUMPS.entry(IsNull)
def _is_null_jump(coder: Coder, expr: IsNull, target: int, when: bool, null: bool) -> None:
    done = condition_formula(coder, expr, target, when)
    register = value(coder, expr.operand)
    if expr.negated != when:
        coder.emit(control.IsNull(register, target))
    else:
        coder.emit(control.NotNull(register, target))
    general_end(coder, done)


def _rows_equal(
    coder: Coder,
    op: str,
    left: list[int],
    right: list[int],
    dest: int,
    affinities: list[str],
    collations: list[Collation | None],
) -> None:
    """All pairs equal: the AND of the comparisons, which is false as soon as one is."""
    end = coder.label()
    compare_value(coder, op, left[0], right[0], dest, affinities[0], collations[0])
    for i in range(1, len(left)):
        coder.emit(control.IfNot(dest, end))
        held = coder.register()
        compare_value(coder, op, left[i], right[i], held, affinities[i], collations[i])
        coder.emit(compare.And(dest, held, dest))
    coder.place(end)


def _rows_ordered(
    coder: Coder,
    op: str,
    left: list[int],
    right: list[int],
    dest: int,
    affinities: list[str],
    collations: list[Collation | None],
) -> None:
    """The first pair that differs decides; a NULL met before makes the answer NULL."""
    strict = op[0]
    yes = coder.label()
    no = coder.label()
    unknown = coder.label()
    end = coder.label()
    last = len(left) - 1
    for i in range(last):
        coder.emit(control.IsNull(left[i], unknown))
        coder.emit(control.IsNull(right[i], unknown))
        compare_jump(coder, strict, left[i], right[i], yes, affinities[i], collations[i], False)
        compare_jump(coder, "<>", left[i], right[i], no, affinities[i], collations[i], False)
    compare_value(coder, op, left[last], right[last], dest, affinities[last], collations[last])
    coder.emit(control.Goto(end))
    coder.place(yes)
    coder.emit(registers.Integer(1, dest))
    coder.emit(control.Goto(end))
    coder.place(no)
    coder.emit(registers.Integer(0, dest))
    coder.emit(control.Goto(end))
    coder.place(unknown)
    coder.emit(registers.Null(dest))
    coder.place(end)


# -- BETWEEN ------------------------------------------------------------------------------------------------------


@VALUES.entry(Between)
def between_into(coder: Coder, expr: Between, dest: int) -> None:
    """Emit code for BETWEEN's value."""
    if isinstance(expr.operand, RowValue):
        _row_between_into(coder, expr, dest)
        return
    operand = value(coder, expr.operand)
    low = coder.register()
    low_collation = coder.comparison_collation(expr.low_sequence)
    high_collation = coder.comparison_collation(expr.high_sequence)
    compare_value(coder, ">=", operand, value(coder, expr.low), low, expr.low_comparison, low_collation)
    high = coder.register()
    compare_value(coder, "<=", operand, value(coder, expr.high), high, expr.high_comparison, high_collation)
    coder.emit(compare.And(low, high, dest))
    if expr.negated:
        coder.emit(compare.Not(dest, dest))


def _row_between_into(coder: Coder, expr: Between, dest: int) -> None:
    low = coder.register()
    comparison_into(coder, Compare(">=", expr.operand, expr.low, expr.low_comparison, expr.low_sequence), low)
    high = coder.register()
    comparison_into(
        coder, Compare("<=", expr.operand, expr.high, expr.high_comparison, expr.high_sequence), high
    )
    coder.emit(compare.And(low, high, dest))
    if expr.negated:
        coder.emit(compare.Not(dest, dest))


@JUMPS.entry(Between)
def between_jump(coder: Coder, expr: Between, target: int, when: bool, null: bool) -> None:
    """Emit code that goes to ``target`` if BETWEEN's truth is ``when``, and with ``null`` if it is NULL."""
    if isinstance(expr.operand, RowValue):
        held = coder.register()
        between_into(coder, expr, held)
        jump_by_value(coder, held, target, when, null)
        return
    inside = when != expr.negated
    at_least = Compare(">=", expr.operand, expr.low, expr.low_comparison, expr.low_sequence)
    at_most = Compare("<=", expr.operand, expr.high, expr.high_comparison, expr.high_sequence)
    if is_compared_fast(coder, at_least) and is_compared_fast(coder, at_most):
        around = coder.label()
        comparison_jump(coder, at_least, around if inside else target, False, null != inside)
        comparison_jump(coder, at_most, target, inside, null)
        coder.place(around)
        return
    operand = value(coder, expr.operand)
    low_collation = coder.comparison_collation(expr.low_sequence)
    high_collation = coder.comparison_collation(expr.high_sequence)
    low = value(coder, expr.low)
    if inside:
        around = coder.label()
        compare_jump(coder, "<", operand, low, around, expr.low_comparison, low_collation, not null)
        high = value(coder, expr.high)
        compare_jump(coder, "<=", operand, high, target, expr.high_comparison, high_collation, null)
        coder.place(around)
    else:
        compare_jump(coder, "<", operand, low, target, expr.low_comparison, low_collation, null)
        high = value(coder, expr.high)
        compare_jump(coder, ">", operand, high, target, expr.high_comparison, high_collation, null)
