"""Expressions as values: the code that leaves an expression's value in a register.

``value`` answers with any register that holds the value, perhaps one that others use too, so it must not be
changed; ``value_into`` names the register.  Conditions that only decide where to go are in ``conditions``.

Constants are loaded once, in the program's setup.  A constant expression that calls a function is not moved there,
because the call may fail although the statement never needs it; inside a loop it is evaluated the first
time round (Once).
"""

from __future__ import annotations

from foundrydb import errors
from foundrydb.compiler.bind.bound import (
    BLOB,
    NONE,
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
)
from foundrydb.compiler.bind.calls import Refused
from foundrydb.compiler.codegen.coder import Coder, Field
from foundrydb.vm.functions.scalar import COLLATED, CONSTANT, INLINE, ScalarFunction
from foundrydb.vm.ops import arithmetic, control, registers, rows
from foundrydb.vm.ops import calls as call_ops
from foundrydb.vm.ops import compare as compare_ops

# What kind of constant an expression is.
VARYING = 0
CALLING = 1
PLAIN = 2


def constancy(expr: Expr) -> int:
    """PLAIN: a constant that cannot fail; CALLING: one that calls functions; VARYING: none."""
    if isinstance(expr, (Literal, Parameter)):
        return PLAIN
    if isinstance(expr, (ColumnRef, CaseBase, ScalarQuery, Exists, InQuery, AggregateCall, RowValue)):
        return VARYING
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
        return coder.constant(expr.value)
    if isinstance(expr, Parameter):
        return coder.variable(expr.number)
    if isinstance(expr, ColumnRef):
        register = coder.locations[expr.source].register(coder, expr.index)
        if register > 0:
            return register
    elif isinstance(expr, CaseBase):
        return coder.bases[-1]
    elif isinstance(expr, Shared):
        from foundrydb.compiler.codegen.expressions.shared_values import shared_value

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
    coder.emit(rows.Columns(cursor, tuple(positions), dest, tuple(reals)))


# -- one kind of expression after the other -----------------------------------------------------------------------


def evaluate(coder: Coder, expr: Expr, dest: int) -> None:
    """Emit code for the expression at this place, whether or not it is a constant."""
    if isinstance(expr, ColumnRef):
        _column(coder, expr, dest)
    elif isinstance(expr, Literal):
        from foundrydb.compiler.codegen.coder import load

        coder.emit(load(expr.value, dest))
    elif isinstance(expr, Binary):
        _binary(coder, expr, dest)
    elif isinstance(expr, Compare):
        from foundrydb.compiler.codegen.expressions.comparisons import comparison_into

        comparison_into(coder, expr, dest)
    elif isinstance(expr, Call):
        _call(coder, expr, dest)
    elif isinstance(expr, Logic):
        _logic(coder, expr, dest)
    elif isinstance(expr, Unary):
        _unary(coder, expr, dest)
    elif isinstance(expr, Parameter):
        coder.emit(registers.Variable(expr.number, dest))
    elif isinstance(expr, Case):
        _case(coder, expr, dest)
    elif isinstance(expr, Cast):
        value_into(coder, expr.operand, dest)
        coder.emit(call_ops.Cast(dest, expr.affinity))
    elif isinstance(expr, Collate):
        value_into(coder, expr.operand, dest)
    elif isinstance(expr, IsNull):
        coder.emit(compare_ops.IsNullValue(value(coder, expr.operand), dest, expr.negated))
    elif isinstance(expr, IsTruth):
        coder.emit(
            compare_ops.IsTrue(
                value(coder, expr.operand), dest, 1 if expr.negated else 0, expr.truth == expr.negated
            )
        )
    elif isinstance(expr, Between):
        from foundrydb.compiler.codegen.expressions.comparisons import between_into

        between_into(coder, expr, dest)
    elif isinstance(expr, CaseBase):
        coder.emit(registers.SCopy(coder.bases[-1], dest))
    elif isinstance(expr, Shared):
        from foundrydb.compiler.codegen.expressions.shared_values import shared_value

        coder.emit(registers.SCopy(shared_value(coder, expr), dest))
    else:
        _query(coder, expr, dest)


def _query(coder: Coder, expr: Expr, dest: int) -> None:
    from foundrydb.compiler.codegen.expressions import membership, subqueries

    if isinstance(expr, (InList, InQuery)):
        membership.membership_into(coder, expr, dest)
    elif isinstance(expr, ScalarQuery):
        first = subqueries.scalar_columns(coder, expr.query, [expr.index])
        coder.emit(registers.SCopy(first, dest))
    elif isinstance(expr, Exists):
        subqueries.exists_into(coder, expr, dest)
    elif isinstance(expr, RowValue):
        raise errors.error("row value misused")
    elif isinstance(expr, AggregateCall):
        # It belongs to an enclosing statement that has no rows to aggregate, or not at that place.
        raise errors.error(f"misuse of aggregate: {expr.written}()").at(expr.start, expr.end - expr.start)
    else:
        raise AssertionError(f"no code for {type(expr).__name__}")


def _column(coder: Coder, expr: ColumnRef, dest: int) -> None:
    location = coder.locations.get(expr.source)
    assert location is not None, f"{expr.source!r} has no place at this point"
    register = location.register(coder, expr.index)
    if register > 0:
        if register != dest:
            coder.emit(registers.SCopy(register, dest))
    else:
        location.read(coder, expr.index, dest)


def _unary(coder: Coder, expr: Unary, dest: int) -> None:
    if expr.op == "+":
        value_into(coder, expr.operand, dest)
    elif expr.op == "-":
        from foundrydb.compiler.codegen.expressions.formulas import general_end, value_formula

        done = value_formula(coder, expr, dest)
        coder.emit(arithmetic.Negate(value(coder, expr.operand), dest))
        general_end(coder, done)
    elif expr.op == "~":
        coder.emit(arithmetic.BitNot(value(coder, expr.operand), dest))
    else:
        coder.emit(compare_ops.Not(value(coder, expr.operand), dest))


def _binary(coder: Coder, expr: Binary, dest: int) -> None:
    from foundrydb.compiler.codegen.expressions.formulas import general_end, value_formula

    done = value_formula(coder, expr, dest)
    _general_binary(coder, expr, dest)
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


def _logic(coder: Coder, expr: Logic, dest: int) -> None:
    """AND and OR as values: later terms are not evaluated once the answer is known."""
    conjunction = expr.op == "AND"
    end = coder.label()
    held = value(coder, expr.terms[0])
    decided = coder.label()
    shortcut = False
    for i in range(1, len(expr.terms)):
        term = expr.terms[i]
        if not is_cheap(coder, term):
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


def is_cheap(coder: Coder, expr: Expr) -> bool:
    """Whether evaluating the expression is no dearer than a jump around it, and cannot fail."""
    expr = resolve(coder, expr)
    if isinstance(expr, (Literal, Parameter, ColumnRef)):
        return True
    if isinstance(expr, (Compare, IsNull, Unary)):
        return all(is_cheap(coder, child) for child in expr.children()) and not isinstance(
            expr.children()[0], RowValue
        )
    return False


def _case(coder: Coder, expr: Case, dest: int) -> None:
    from foundrydb.compiler.codegen.expressions.conditions import jump_if_false

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


# -- function calls ---------------------------------------------------------------------------------------------------


def _call(coder: Coder, expr: Call, dest: int) -> None:
    if isinstance(expr.function, Refused):
        raise errors.error(expr.function.message)
    name = expr.function.name if expr.function.flags & INLINE else ""
    if name in ("coalesce", "ifnull"):
        _coalesce(coder, expr.args, dest)
    elif name in ("iif", "if"):
        _iif(coder, expr.args, dest)
    elif name in ("likely", "unlikely", "likelihood"):
        value_into(coder, expr.args[0], dest)
    else:
        from foundrydb.compiler.codegen.expressions.formulas import general_end, value_formula

        done = value_formula(coder, expr, dest)
        _plain_call(coder, expr, dest)
        general_end(coder, done)


def _plain_call(coder: Coder, expr: Call, dest: int) -> None:
    function = expr.function
    assert isinstance(function, ScalarFunction), f"{function.name} is no scalar function"
    count = len(expr.args)
    first = 0
    if count == 0:
        first = coder.constant(None)
    elif count == 1:
        first = value(coder, expr.args[0])
    elif count > 1:
        first = range_of(coder, expr.args)
    collation = coder.collation(expr.sequence) if function.flags & COLLATED else None
    if expr.place:
        coder.emit(call_ops.PureFunc(first, count, dest, function, collation, expr.place))
    else:
        coder.emit(call_ops.Function(first, count, dest, function, collation))


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
    _case(coder, Case(None, whens, thens, otherwise), dest)


def affinity_of(expr: Expr) -> str:
    """The affinity letter of an expression for an affinity string: BLOB where it has none."""
    return expr.affinity if expr.affinity != NONE else BLOB
