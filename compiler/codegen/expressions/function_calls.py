"""The values of function calls; a few functions are code of their own, because they do not evaluate every argument."""

from __future__ import annotations

from foundrydb import errors
from foundrydb.compiler.bind.bound import Call, Case, ColumnRef, Expr
from foundrydb.compiler.bind.expressions.calls import Raising, Refused
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.dispatch import JUMPS, VALUES
from foundrydb.compiler.codegen.expressions.formulas import (
    condition_formula,
    general_end,
    text_formula,
    type_formula,
    value_formula,
)
from foundrydb.compiler.codegen.expressions.locations import RegisterColumns
from foundrydb.compiler.codegen.expressions.operators import case_into
from foundrydb.compiler.codegen.expressions.values import (
    jump_by_value,
    range_of,
    resolve,
    value,
    value_into,
)
from foundrydb.compiler.late import named
from foundrydb.storage.format.values import UTF8
from foundrydb.vm.functions.scalar import COLLATED, INLINE, ScalarFunction
from foundrydb.vm.ops import calls as call_ops
from foundrydb.vm.ops import control, registers


@VALUES.entry(Call)
def _call(coder: Coder, expr: Call, dest: int) -> None:
    if isinstance(expr.function, Refused):
        raise errors.error(expr.function.message)
    if isinstance(expr.function, Raising):
        named("code_raise")(coder, expr.function.action, expr.args)
        coder.emit(registers.Null(dest))
        return
    name = expr.function.name if expr.function.flags & INLINE else ""
    if name in ("coalesce", "ifnull"):
        _coalesce(coder, expr.args, dest)
    elif name in ("iif", "if"):
        _iif(coder, expr.args, dest)
    elif name in ("likely", "unlikely", "likelihood"):
        value_into(coder, expr.args[0], dest)
    elif name == "with_subtype":
        _column_with_subtype(coder, resolve(coder, expr.args[0]), dest)
    else:
        done = (
            value_formula(coder, expr, dest)
            or text_formula(coder, expr, dest)
            or type_formula(coder, expr, dest)
        )
        _plain_call(coder, expr, dest)
        general_end(coder, done)


def _column_with_subtype(coder: Coder, expr: Expr, dest: int) -> None:
    """A column as an argument whose subtype is asked for; an expression in a column's place has none."""
    if isinstance(expr, ColumnRef):
        coder.locations[expr.source].read_marked(coder, expr.index, dest)
    else:
        value_into(coder, expr, dest)


def _without_mark(coder: Coder, arg: Expr) -> Expr:
    """An argument; the bare column where it asks for the subtype of a register that has none."""
    if isinstance(arg, Call) and arg.function.flags & INLINE and arg.function.name == "with_subtype":
        column = resolve(coder, arg.args[0])
        if isinstance(column, ColumnRef):
            location = coder.locations[column.source]
            if isinstance(location, RegisterColumns) and location.subtype(column.index) == 0:
                return column
    return arg


def _plain_call(coder: Coder, expr: Call, dest: int) -> None:
    function = expr.function
    assert isinstance(function, ScalarFunction), f"{function.name} is no scalar function"
    count = len(expr.args)
    first = 0
    if count == 0:
        first = coder.constant(None)
    elif count == 1:
        first = value(coder, _without_mark(coder, expr.args[0]))
    elif count > 1:
        first = range_of(coder, expr.args)
    collation = coder.collation(expr.sequence) if function.flags & COLLATED else None
    if expr.place:
        coder.emit(call_ops.PureFunc(first, count, dest, function, collation, expr.place))
    else:
        coder.emit(call_ops.Function(first, count, dest, function, collation))
    if coder.settings.encoding != UTF8 and collation is None:  # those with one give back an argument
        coder.emit(call_ops.WellFormed(dest))


def _coalesce(coder: Coder, args: list[Expr], dest: int) -> None:
    end = coder.label()
    for i in range(len(args)):
        value_into(coder, args[i], dest)
        if i + 1 < len(args):
            coder.emit(control.NotNull(dest, end))
    coder.place(end)


def _iif(coder: Coder, args: list[Expr], dest: int) -> None:
    """``iif(condition, value, …, otherwise)``: CASE with another spelling."""
    pairs = len(args) // 2
    whens = [args[2 * i] for i in range(pairs)]
    thens = [args[2 * i + 1] for i in range(pairs)]
    otherwise = args[-1] if len(args) % 2 == 1 else None
    case_into(coder, Case(None, whens, thens, otherwise), dest)


@JUMPS.entry(Call)
def _call_jump(coder: Coder, expr: Call, target: int, when: bool, null: bool) -> None:
    done = condition_formula(coder, expr, target, when)
    jump_by_value(coder, value(coder, expr), target, when, null)
    general_end(coder, done)
