"""Expressions as values: the code that leaves an expression's value in a register.

``value`` answers with any register that holds the value, perhaps one that others use too, so it must not be
changed; ``value_into`` names the register.  Conditions that only decide where to go are in ``conditions``.

Constants are loaded once, in the program's setup.  A constant expression that calls a function is not moved there,
because the call may fail although the statement never needs it; inside a loop it is evaluated the first
time round (Once).
"""

from __future__ import annotations

from foundrydb.compiler.bind.bound import (
    BLOB,
    NONE,
    NUMERIC,
    AggregateCall,
    Call,
    CaseBase,
    Collate,
    ColumnRef,
    Exists,
    Expr,
    InList,
    InQuery,
    Literal,
    Parameter,
    RowValue,
    ScalarQuery,
    Shared,
    Unary,
    WindowCall,
)
from foundrydb.compiler.bind.expr import UNASKED
from foundrydb.compiler.bind.text import expr_text
from foundrydb.compiler.codegen.coder import Coder, Field
from foundrydb.compiler.codegen.dispatch import VALUES
from foundrydb.vm.functions.scalar import CONSTANT
from foundrydb.vm.ops import control, registers, rows

# What kind of constant an expression is.
VARYING = 0
CALLING = 1
PLAIN = 2


def constancy(expr: Expr) -> int:
    """PLAIN: a constant that cannot fail; CALLING: one that calls functions; VARYING: none."""
    if isinstance(expr, (Literal, Parameter)):
        return PLAIN
    if isinstance(
        expr, (ColumnRef, CaseBase, ScalarQuery, Exists, InQuery, AggregateCall, WindowCall, RowValue)
    ):
        return VARYING
    if expr.constancy == UNASKED:
        expr.constancy = _constancy_of_operation(expr)
    return expr.constancy


def _constancy_of_operation(expr: Expr) -> int:
    kind = PLAIN
    if isinstance(expr, Call):
        if not (expr.function.deterministic or expr.function.flags & CONSTANT):
            return VARYING
        kind = CALLING
    elif isinstance(expr, InList):
        kind = CALLING
    for child in expr.children():
        kind = min(kind, constancy(child))
        if kind == VARYING:
            return VARYING
    return kind


def resolve(coder: Coder, expr: Expr) -> Expr:
    """The expression that a reference to a computed column stands for; other expressions as they are."""
    while isinstance(expr, ColumnRef):
        location = coder.locations.get(expr.source)
        if location is None:
            return expr
        inner = location.expression(expr.index)
        if inner is None:
            return expr
        expr = inner
    return expr


def value(coder: Coder, expr: Expr) -> int:
    """Emit code for the expression; the register where its value then is."""
    expr = resolve(coder, expr)
    if isinstance(expr, Literal):
        return _held(coder, expr, coder.constant(expr.value))
    if isinstance(expr, Parameter):
        return _held(coder, expr, coder.variable(expr.number))
    if isinstance(expr, ColumnRef):
        register = coder.locations[expr.source].register(coder, expr.index)
        if register > 0:
            return register
    elif isinstance(expr, CaseBase):
        return coder.bases[-1]
    elif isinstance(expr, Shared):
        return shared_value(coder, expr)
    elif isinstance(expr, Collate) or (isinstance(expr, Unary) and expr.op == "+"):
        return value(coder, expr.operand)
    dest = coder.register()
    if coder.in_setup or isinstance(expr, ColumnRef):
        evaluate(coder, expr, dest)
        return dest
    kind = constancy(expr)
    if kind == PLAIN:
        coder.hoist(expr, dest)
    elif kind == CALLING and coder.repeats > 0:
        once = coder.label()
        coder.emit(control.Once(once))
        evaluate(coder, expr, dest)
        coder.place(once)
    else:
        evaluate(coder, expr, dest)
    return dest


def _held(coder: Coder, expr: Expr, register: int) -> int:
    """The register, which holds the value of a constant from the program's start on."""
    if coder.settings.attribution is not None:
        coder.settings.attribution.keep(register, expr)
    return register


def value_into(coder: Coder, expr: Expr, dest: int) -> None:
    """Emit code that leaves the expression's value in register ``dest``."""
    expr = resolve(coder, expr)
    if isinstance(expr, (Literal, Parameter, ColumnRef)):
        evaluate(coder, expr, dest)
    elif not coder.in_setup and coder.repeats > 0 and constancy(expr) != VARYING:
        coder.emit(registers.SCopy(value(coder, expr), dest))
    else:
        evaluate(coder, expr, dest)


def values_into(coder: Coder, exprs: list[Expr], first: int, owned: bool = False) -> None:
    """Emit code that leaves the values in registers from ``first`` on.

    Columns that stand next to each other in one cursor's row are read by one instruction.

    Args:
        owned: nothing else writes these registers, so that constants can be put there once and for all.
    """
    i = 0
    while i < len(exprs):
        expr = resolve(coder, exprs[i])
        run = _columns_run(coder, exprs, i)
        if run > 1:
            _read_run(coder, exprs, i, run, first + i)
            i += run
            continue
        if owned and not coder.in_setup and constancy(expr) == PLAIN:
            coder.hoist(expr, first + i)
        else:
            value_into(coder, expr, first + i)
        i += 1


def range_of(coder: Coder, exprs: list[Expr]) -> int:
    """Emit code for the values in a row of registers of their own; the first of them.

    Where they stand in such a row already, nothing is emitted.
    """
    first = existing_range(coder, exprs)
    if first == 0:
        first = coder.registers(len(exprs))
        values_into(coder, exprs, first, owned=True)
    return first


def existing_range(coder: Coder, exprs: list[Expr]) -> int:
    """The first of the consecutive registers that hold the values already; 0 when they do not."""
    first = 0
    for i in range(len(exprs)):
        expr = resolve(coder, exprs[i])
        if not isinstance(expr, ColumnRef):
            return 0
        register = coder.locations[expr.source].register(coder, expr.index)
        if register == 0 or (i > 0 and register != first + i):
            return 0
        if i == 0:
            first = register
    return first


def column_field(coder: Coder, expr: Expr) -> Field | None:
    """The cursor's field that an expression only reads, None for any other expression."""
    expr = resolve(coder, expr)
    if not isinstance(expr, ColumnRef):
        return None
    location = coder.locations[expr.source]
    return None if location.register(coder, expr.index) > 0 else location.field(coder, expr.index)


def _columns_run(coder: Coder, exprs: list[Expr], start: int) -> int:
    """How many expressions from ``start`` on are fields, or the rowid, of one cursor's row."""
    field = column_field(coder, exprs[start])
    if field is None:
        return 0
    count = 1
    while start + count < len(exprs):
        another = column_field(coder, exprs[start + count])
        if another is None or another.cursor != field.cursor:
            break
        count += 1
    return count


def _read_run(coder: Coder, exprs: list[Expr], start: int, count: int, dest: int) -> None:
    positions: list[int] = []
    reals: list[int] = []
    cursor = -1
    for i in range(count):
        field = column_field(coder, exprs[start + i])
        assert field is not None
        cursor = field.cursor
        positions.append(field.position)
        if field.real:
            reals.append(i)
    attribution = coder.settings.attribution
    if attribution is not None:
        attribution.evaluate(coder, [resolve(coder, expr) for expr in exprs[start : start + count]])
    coder.emit(rows.Columns(cursor, tuple(positions), dest, tuple(reals)))
    if attribution is not None:
        attribution.evaluated(coder)


def jump_by_value(coder: Coder, register: int, target: int, when: bool, null: bool) -> None:
    """Emit the jump to ``target`` if the truth in a register is ``when``, and with ``null`` also if it is unknown."""
    if when:
        coder.emit(control.If(register, target, null))
    else:
        coder.emit(control.IfNot(register, target, null))


def evaluate(coder: Coder, expr: Expr, dest: int) -> None:
    """Emit code for the expression at this place, whether or not it is a constant."""
    attribution = coder.settings.attribution
    if attribution is not None:
        attribution.evaluate(coder, [expr])
    VALUES.of(expr)(coder, expr, dest)
    if attribution is not None:
        attribution.evaluated(coder)


def shared_value(coder: Coder, expr: Shared) -> int:
    """Emit code for an occurrence of a shared expression; the register where its value then is."""
    kept = coder.kept.get(expr.number)
    if kept is None:
        return value(coder, expr.operand)
    if not kept.coded and coder.repeats == kept.repeats:
        kept.coded = True
        value_into(coder, expr.operand, kept.register)
        return kept.register
    known = coder.label()
    coder.emit(control.NotNull(kept.register, known), f"{expr_text(expr.operand)} is known")
    value_into(coder, expr.operand, kept.register)
    coder.place(known)
    return kept.register


def affinity_of(expr: Expr) -> str:
    """The affinity letter of an expression for an affinity string: BLOB where it has none."""
    return expr.affinity if expr.affinity != NONE else BLOB


def holds_affinity(expr: Expr, affinity: str) -> bool:
    """Whether the values of an expression have an affinity already: a table's column has its own.

    What a subquery or USING makes of columns of different types has the affinity of one of them.
    """
    if affinity == BLOB:
        return True
    if not isinstance(expr, ColumnRef) or expr.source.table is None:
        return False
    return expr.affinity == affinity or (expr.affinity >= NUMERIC and affinity >= NUMERIC)
