"""Fast ways for numbers: a formula in front of the code that does the same for any values.

``value_formula``, ``jump_formula`` and ``step_formula`` emit the fast instruction and answer with the label behind the
general code, 0 when there is no fast way.  The caller emits the general code and hands the label to ``general_end``.
Only code that is run again and again gets fast ways, and the general code behind one gets none of its own.
"""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.expressions import VARYING, column_field, constancy, resolve, value
from foundrydb.compiler.resolve.bound import ROWID, TEXT, Binary, Call, ColumnRef, Expr, Literal, Parameter
from foundrydb.vm.functions.aggregate import AggregateFunction
from foundrydb.vm.functions.aggregates import Average, Count, Sum, Total
from foundrydb.vm.functions.patterns import Matching
from foundrydb.vm.ops.formulas import (
    FormulaFound,
    FormulaJump,
    FormulaStep,
    FormulaValue,
    MatchJump,
    SorterSkip,
    TextJump,
)

_LONGEST: Final = 400
_OPERATORS: Final = {"IS": "=", "IS NOT": "<>"}


def value_formula(coder: Coder, expr: Expr, dest: int) -> int:
    """Emit the fast way to an expression's value."""
    formula = _wanted(coder, expr)
    if not formula:
        return 0
    done = _begin(coder)
    coder.emit(FormulaValue(formula, dest, done))
    return done


def jump_formula(coder: Coder, operator: str, left: Expr, right: Expr, affinity: str, target: int) -> int:
    """Emit the fast way of a comparison that goes to ``target`` if it is true."""
    if affinity == TEXT or not _allowed(coder):
        return 0
    if constancy(left) != VARYING and constancy(right) != VARYING:
        return 0
    first = _formula(coder, left)
    second = _formula(coder, right) if first else ""
    if not second or not _saves(first + second):
        return 0
    done = _begin(coder)
    coder.emit(FormulaJump(first, _OPERATORS.get(operator, operator), second, target, done))
    return done


def text_formula(
    coder: Coder, operator: str, left: Expr, right: Expr, affinity: str, collating: str, target: int
) -> int:
    """Emit the fast way of a comparison of a field with a constant text that goes to ``target`` if it is true."""
    if not compares_text(coder, left, right, affinity, collating):
        return 0
    field = column_field(coder, left)
    assert field is not None
    text = value(coder, right)
    done = _begin(coder)
    operator = _OPERATORS.get(operator, operator)
    coder.emit(TextJump(field.cursor, field.position, operator, text, target, done))
    return done


def compares_text(coder: Coder, left: Expr, right: Expr, affinity: str, collating: str) -> bool:
    """Whether the bytes of a field can be compared with a constant: BINARY, in UTF-8, without a conversion."""
    if affinity != TEXT or not _allowed(coder) or coder.comparison_collation(collating) is not None:
        return False
    other = resolve(coder, right)
    if not isinstance(other, Parameter) and not (isinstance(other, Literal) and isinstance(other.value, str)):
        return False
    field = column_field(coder, left)
    return field is not None and field.position != ROWID and not field.real


def step_formula(coder: Coder, function: AggregateFunction, arg: Expr, accumulator: int) -> int:
    """Emit the fast way to take an argument into an accumulator, of a function that counts or adds up."""
    formula = _wanted(coder, arg) if isinstance(function, (Average, Count, Sum, Total)) else ""
    if not formula:
        return 0
    done = _begin(coder)
    coder.emit(FormulaStep(formula, function, accumulator, done))
    return done


def find_formula(coder: Coder, expr: Expr, affinity: str, cursor: int, found: int, absent: int) -> int:
    """Emit the fast way to look an integer up in an index: to ``found`` or to ``absent``."""
    formula = _wanted(coder, expr) if affinity in ("A", "C", "D") else ""
    if not formula:
        return 0
    coder.emit(FormulaFound(cursor, formula, found, absent))
    return _begin(coder)


def match_formula(coder: Coder, expr: Call, target: int, when: bool) -> int:
    """Emit the fast way of a LIKE or GLOB that goes to ``target`` if its truth is ``when``."""
    function = expr.function
    if not _allowed(coder) or not isinstance(function, Matching) or len(expr.args) != 2:
        return 0
    pattern = resolve(coder, expr.args[0])
    field = column_field(coder, expr.args[1])
    if not isinstance(pattern, Literal) or not isinstance(pattern.value, str) or field is None:
        return 0
    if field.position == ROWID or field.real or len(pattern.value) > _LONGEST:
        return 0
    done = _begin(coder)
    coder.emit(MatchJump(field.cursor, field.position, pattern.value, function, target, done, not when))
    return done


def skip_formula(coder: Coder, cursor: int, exprs: list[Expr], next: int) -> None:
    """Emit the jump to ``next`` over rows that come too late for a sorter, by the first of the values it is given.

    Only where none of the others can fail: an error in a row is an error of the query.
    """
    formula = _wanted(coder, exprs[0])
    if formula and all(isinstance(resolve(coder, expr), (ColumnRef, Literal)) for expr in exprs[1:]):
        coder.emit(SorterSkip(cursor, formula, next))


def general_end(coder: Coder, done: int) -> None:
    """The general code behind a fast way ends here."""
    if done != 0:
        coder.general -= 1
        coder.place(done)


def _begin(coder: Coder) -> int:
    coder.general += 1
    return coder.label()


def _allowed(coder: Coder) -> bool:
    return coder.settings.formulas and coder.repeats > 0 and coder.general == 0 and not coder.in_setup


def _wanted(coder: Coder, expr: Expr) -> str:
    if not _allowed(coder) or constancy(expr) != VARYING:
        return ""
    formula = _formula(coder, expr)
    return formula if _saves(formula) else ""


def _saves(formula: str) -> bool:
    """Whether a formula saves an object: it reads a field, or computes."""
    return "c" in formula or "(" in formula


def _formula(coder: Coder, expr: Expr) -> str:
    """The formula's text; empty when the expression is none, or a very long one."""
    expr = resolve(coder, expr)
    if isinstance(expr, ColumnRef):
        return _column(coder, expr)
    if isinstance(expr, Parameter):
        return f"r[{coder.variable(expr.number)}]"
    if isinstance(expr, Literal):
        number = expr.value
        if isinstance(number, int) or (isinstance(number, float) and abs(number) < 1e300):
            return str(number)
        return ""
    if isinstance(expr, Binary) and expr.op in "+-*/%":
        right = _formula(coder, expr.right)
        left = _formula(coder, expr.left) if right else ""
        if left and len(left) + len(right) < _LONGEST:
            return f"({left} {expr.op} {right})"
    return ""


def _column(coder: Coder, expr: ColumnRef) -> str:
    location = coder.locations[expr.source]
    register = location.register(coder, expr.index)
    if register > 0:
        return f"r[{register}]"
    field = location.field(coder, expr.index)
    if field is None:
        return ""
    if field.position == ROWID:
        return f"c{field.cursor}.rowid"
    return f"{'real ' if field.real else ''}c{field.cursor}[{field.position}]"
