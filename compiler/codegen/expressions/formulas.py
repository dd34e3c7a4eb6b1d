"""Fast ways for numbers and texts: a formula in front of the code that does the same for any values.

``value_formula``, ``step_formula`` and the others emit the fast instruction and answer with the label behind the
general code, 0 when there is no fast way.  The caller emits the general code and hands the label to ``general_end``.
Only code that is run again and again gets fast ways, and the general code behind one gets none of its own.
"""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.bind.bound import (
    NUMERIC,
    ROWID,
    TEXT,
    Binary,
    Call,
    ColumnRef,
    Compare,
    Expr,
    InList,
    Literal,
    Parameter,
    RowValue,
    Unary,
)
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.expressions.values import VARYING, column_field, constancy, resolve, value
from foundrydb.vm.arithmetic.cast import numeric_whole
from foundrydb.vm.formulas.formula import EXACT
from foundrydb.vm.functions.accumulator import AggregateFunction
from foundrydb.vm.functions.aggregates import Average, Count, Extreme, Sum, Total
from foundrydb.vm.functions.core import Abs
from foundrydb.vm.functions.text.patterns import Matching
from foundrydb.vm.ops.formulas import (
    FormulaFound,
    FormulaJump,
    FormulaStep,
    FormulaValue,
    MatchJump,
    SorterSkip,
    TextJump,
    TextStep,
)

_LONGEST: Final = 400
# So many members of a list are compared one by one rather than looked up, of texts and of numbers.
_LONGEST_LIST: Final = 8
_LONGEST_NUMBERS: Final = 3
_OPERATORS: Final = {"IS": "=", "IS NOT": "<>"}


def value_formula(coder: Coder, expr: Expr, dest: int) -> int:
    """Emit the fast way to an expression's value."""
    formula = _wanted(coder, expr)
    if not formula:
        return 0
    done = _begin(coder)
    coder.emit(FormulaValue(formula, dest, done))
    return done


def is_compared_fast(coder: Coder, expr: Compare) -> bool:
    """Whether there is a fast way for a comparison: of numbers, or of texts by their bytes."""
    if not _allowed(coder) or isinstance(expr.left, RowValue):
        return False
    if constancy(expr.left) != VARYING and constancy(expr.right) != VARYING:
        return False
    return _number_terms(coder, expr, 1, 1) is not None or _text_terms(coder, expr, 1, 1) is not None


def comparison_formula(coder: Coder, operator: str, expr: Compare, left: int, right: int, target: int) -> int:
    """Emit the fast ways of a comparison that goes to ``target`` if it is true.

    Args:
        operator: takes the place of the comparison's own.
        left, right: the registers of those operands that are constants.
    """
    numbers = _number_terms(coder, expr, left, right)
    texts = _text_terms(coder, expr, left, right)
    operator = _OPERATORS.get(operator, operator)
    done = _begin(coder)
    texts_first = _calls(expr.left) or _calls(expr.right)
    for kind in ("text", "number") if texts_first else ("number", "text"):
        if kind == "number" and numbers is not None:
            coder.emit(FormulaJump(numbers[0], operator, numbers[1], target, done))
        elif kind == "text" and texts is not None:
            numeric = expr.comparison >= NUMERIC
            coder.emit(TextJump(texts[0], operator, texts[1], target, done, numeric))
    return done


def list_formula(coder: Coder, expr: InList, found: int) -> int:
    """Emit the fast way of a comparison of a field with one constant after the other: to ``found`` if one is equal.

    Either all of the comparisons take it or none, by what the field holds.
    """
    items = [item.value for item in expr.items if isinstance(item, Literal)]
    if not _allowed(coder) or len(items) < len(expr.items) or not 0 < len(items) <= _LONGEST_LIST:
        return 0
    numeric = expr.comparison >= NUMERIC
    if all(isinstance(item, str) for item in items):
        if numeric and not all(_is_word(item) for item in expr.items):
            return 0
    elif len(items) > _LONGEST_NUMBERS or not all(
        isinstance(item, int) and abs(item) <= EXACT for item in items
    ):
        return 0
    equal = Compare("=", expr.operand, expr.items[0], expr.comparison, expr.sequence)
    if not is_compared_fast(coder, equal):
        return 0
    done = _begin(coder)
    for i, item in enumerate(expr.items):
        register = value(coder, item)
        equal = Compare("=", expr.operand, item, expr.comparison, expr.sequence)
        following = done if i == len(items) - 1 else coder.label()
        numbers = _number_terms(coder, equal, 0, register)
        texts = _text_terms(coder, equal, 0, register)
        if numbers is not None:
            coder.emit(FormulaJump(numbers[0], "=", numbers[1], found, following))
        elif texts is not None:
            coder.emit(TextJump(texts[0], "=", texts[1], found, following, numeric))
        if following != done:
            coder.place(following)
    return done


def _number_terms(coder: Coder, expr: Compare, left: int, right: int) -> tuple[str, str] | None:
    """The formulas of both sides of a comparison; None where it cannot be one of numbers."""
    if expr.comparison == TEXT:
        return None
    first = _number_term(coder, expr.left, left)
    second = _number_term(coder, expr.right, right) if first else ""
    return (first, second) if second and _saves(first + second) else None


def _number_term(coder: Coder, expr: Expr, register: int) -> str:
    if isinstance(expr, Parameter) and coder.settings.literals.get(expr.number, "")[:1] == "'":
        return ""
    formula = _formula(coder, expr)
    if not formula and _calls(expr):
        return f"r[{register}]"
    return formula


def _text_terms(coder: Coder, expr: Compare, left: int, right: int) -> tuple[str, str] | None:
    """Both sides of a comparison as text terms; None where it cannot be one of texts by their bytes."""
    if coder.comparison_collation(expr.sequence) is not None:
        return None
    numeric = expr.comparison >= NUMERIC
    first = _text_term(coder, expr.left, left, numeric)
    second = _text_term(coder, expr.right, right, numeric) if first else ""
    return (first, second) if second and "c" in first + second else None


def _text_term(coder: Coder, expr: Expr, register: int, numeric: bool) -> str:
    if constancy(expr) != VARYING:
        if isinstance(expr, Literal):
            known = isinstance(expr.value, str) and (not numeric or _is_word(expr))
        elif isinstance(expr, Parameter):
            known = coder.settings.literals.get(expr.number, "'")[:1] == "'"
        else:
            known = True
        return f"r[{register}]" if known else ""
    field = column_field(coder, expr)
    if field is None or field.position == ROWID:
        return ""
    return f"c{field.cursor}[{field.position}]"


def _is_word(expr: Expr) -> bool:
    """Whether an expression is a literal text that is no number."""
    return isinstance(expr, Literal) and isinstance(expr.value, str) and numeric_whole(expr.value) is None


def _calls(expr: Expr) -> bool:
    """Whether an expression is a constant that is computed: nothing is known of its value."""
    return not isinstance(expr, (Literal, Parameter)) and constancy(expr) != VARYING


def step_formula(
    coder: Coder, function: AggregateFunction, arg: Expr, collating: str, accumulator: int
) -> int:
    """Emit the fast ways to take an argument into an accumulator, of a function that adds up or compares."""
    extreme = isinstance(function, Extreme)
    if not _allowed(coder) or not (extreme or isinstance(function, (Average, Count, Sum, Total))):
        return 0
    formula = _wanted(coder, arg)
    text = ""
    if extreme and coder.comparison_collation(collating) is None:
        text = _text_term(coder, arg, 0, False) if constancy(arg) == VARYING else ""
    if not formula and not text:
        return 0
    done = _begin(coder)
    if text and arg.affinity == TEXT:
        formula = ""
    if formula:
        coder.emit(FormulaStep(formula, function, accumulator, done))
    if text and arg.affinity <= NUMERIC:
        coder.emit(TextStep(text, accumulator, done))
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
    if isinstance(expr, Unary) and expr.op == "-":
        operand = _formula(coder, expr.operand)
        return f"(0 - {operand})" if operand and len(operand) < _LONGEST else ""
    if isinstance(expr, Call) and isinstance(expr.function, Abs):
        operand = _formula(coder, expr.args[0])
        return f"abs ({operand})" if operand and len(operand) < _LONGEST else ""
    if isinstance(expr, Binary) and expr.op != "||":
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
