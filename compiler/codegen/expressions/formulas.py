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
    Collate,
    ColumnRef,
    Compare,
    Expr,
    InList,
    IsNull,
    Literal,
    Parameter,
    RowValue,
    Unary,
)
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.expressions.values import VARYING, column_field, constancy, resolve, value
from foundrydb.compiler.late import named
from foundrydb.storage.format.values import NOCASE
from foundrydb.vm.arithmetic.cast import numeric_whole
from foundrydb.vm.formulas.comparisons import FieldPresence, Negation, NumberComparison, TextComparison
from foundrydb.vm.formulas.formula import (
    EXACT,
    OPERATIONS,
    ConstantTerm,
    FieldTerm,
    Formula,
    RegisterTerm,
    RowidTerm,
    Subtraction,
)
from foundrydb.vm.formulas.text_term import FieldText, RegisterText, TextTerm
from foundrydb.vm.functions.accumulator import AggregateFunction
from foundrydb.vm.functions.aggregates import Average, Count, Extreme, Sum, Total
from foundrydb.vm.functions.core import TypeOf
from foundrydb.vm.ops.formulas import (
    FieldType,
    FormulaFound,
    FormulaIf,
    FormulaJump,
    FormulaStep,
    FormulaValue,
    TextStep,
    TextValue,
)

# The most terms and operations of a formula, and so many levels of an expression are looked at for one.
_LARGEST: Final = 80
# So many members of a list are compared one by one rather than looked up, of texts and of numbers.
_LONGEST_LIST: Final = 8
_LONGEST_NUMBERS: Final = 3
_OPERATORS: Final = {"IS": "=", "IS NOT": "<>"}


def value_formula(coder: Coder, expr: Expr, dest: int) -> int:
    """Emit the fast ways to an expression's value."""
    formulas = _wanted_ways(coder, expr)
    if not formulas:
        return 0
    done = _begin(coder)
    for formula in formulas:
        coder.emit(FormulaValue(formula, dest, done))
    return done


def text_formula(coder: Coder, expr: Expr, dest: int) -> int:
    """Emit the fast way to the value of an expression that is a part of a text."""
    text = text_source(coder, expr) if _allowed(coder) and constancy(expr) == VARYING else None
    if text is None or isinstance(text, FieldText):
        return 0
    done = _begin(coder)
    coder.emit(TextValue(text, dest, done))
    return done


def type_formula(coder: Coder, expr: Call, dest: int) -> int:
    """Emit the fast way to the value of typeof() of a field."""
    text = field_text(coder, expr.args[0]) if isinstance(expr.function, TypeOf) and _allowed(coder) else None
    if not isinstance(text, FieldText):
        return 0
    done = _begin(coder)
    coder.emit(FieldType(text.cursor, text.field, dest, done))
    return done


def condition_formula(coder: Coder, expr: Expr, target: int, when: bool) -> int:
    """Emit the fast ways of a condition that goes to ``target`` if its truth is ``when``."""
    formulas = _wanted_ways(coder, expr)
    if not formulas:
        return 0
    done = _begin(coder)
    for formula in formulas:
        coder.emit(FormulaIf(formula, target, done, not when))
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
            coder.emit(FormulaIf(_text_comparison(coder, expr, operator, texts), target, done))
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
            coder.emit(FormulaIf(_text_comparison(coder, equal, "=", texts), found, following))
        if following != done:
            coder.place(following)
    return done


def _number_terms(
    coder: Coder, expr: Compare, left: int, right: int, room: int = _LARGEST
) -> tuple[Formula, Formula] | None:
    """The formulas of both sides of a comparison; None where it cannot be one of numbers."""
    if expr.comparison == TEXT:
        return None
    first = _number_term(coder, expr.left, left, room)
    second = None if first is None else _number_term(coder, expr.right, right, room)
    if first is None or second is None:
        return None
    return (first, second) if first.saves_object() or second.saves_object() else None


def _number_term(coder: Coder, expr: Expr, register: int, room: int) -> Formula | None:
    if isinstance(expr, Parameter) and coder.settings.literals.get(expr.number, "")[:1] == "'":
        return None
    formula = _formula(coder, expr, room)
    if formula is None and _calls(expr):
        return RegisterTerm(register)
    return formula


def _text_terms(coder: Coder, expr: Compare, left: int, right: int) -> tuple[TextTerm, TextTerm] | None:
    """Both sides of a comparison as text terms; None where it cannot be one of texts by their bytes."""
    if coder.comparison_collation(expr.sequence) not in (None, NOCASE):
        return None
    numeric = expr.comparison >= NUMERIC
    first = _text_term(coder, expr.left, left, numeric)
    second = None if first is None else _text_term(coder, expr.right, right, numeric)
    if first is None or second is None:
        return None
    return None if isinstance(first, RegisterText) and isinstance(second, RegisterText) else (first, second)


def _text_comparison(
    coder: Coder, expr: Compare, operator: str, texts: tuple[TextTerm, TextTerm]
) -> TextComparison:
    folded = coder.comparison_collation(expr.sequence) is NOCASE
    return TextComparison(texts[0], operator, texts[1], expr.comparison >= NUMERIC, folded)


def _text_term(coder: Coder, expr: Expr, register: int, numeric: bool) -> TextTerm | None:
    if constancy(expr) == VARYING:
        return text_source(coder, expr)
    if isinstance(expr, Literal):
        known = isinstance(expr.value, str) and (not numeric or _is_word(expr))
    elif isinstance(expr, Parameter):
        known = coder.settings.literals.get(expr.number, "'")[:1] == "'"
    else:
        known = True
    return RegisterText(register) if known else None


def field_text(coder: Coder, expr: Expr) -> FieldText | None:
    """The text that a field holds."""
    field = column_field(coder, expr)
    return None if field is None or field.position == ROWID else FieldText(field.cursor, field.position)


def text_source(coder: Coder, expr: Expr) -> TextTerm | None:
    """The text that a field holds, or a part of it between constant places."""
    expr = resolve(coder, expr)
    if isinstance(expr, Collate):
        return text_source(coder, expr.operand)
    if isinstance(expr, Call):
        found: TextTerm | None = named("call_text")(coder, expr)
        return found
    return field_text(coder, expr)


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
    if isinstance(function, Count):
        formula = _presence(coder, arg, "present")
    text: TextTerm | None = None
    if extreme and coder.comparison_collation(collating) is None and constancy(arg) == VARYING:
        text = text_source(coder, arg)
    if formula is None and text is None:
        return 0
    done = _begin(coder)
    if formula is not None and (text is None or arg.affinity != TEXT):
        coder.emit(FormulaStep(formula, function, accumulator, done))
    if text is not None and arg.affinity <= NUMERIC:
        coder.emit(TextStep(text, accumulator, done))
    return done


def find_formula(coder: Coder, expr: Expr, affinity: str, cursor: int, found: int, absent: int) -> int:
    """Emit the fast way to look an integer up in an index: to ``found`` or to ``absent``."""
    formula = _wanted(coder, expr) if affinity in ("A", "C", "D") else None
    if formula is None:
        return 0
    coder.emit(FormulaFound(cursor, formula, found, absent))
    return _begin(coder)


def first_formula(coder: Coder, exprs: list[Expr]) -> Formula | None:
    """The formula of the first of the values that a row is made of, where it may be looked at before the others.

    Only where none of the others can fail: an error in a row is an error of the query.
    """
    return _wanted(coder, exprs[0]) if rest_cannot_fail(coder, exprs) else None


def rest_cannot_fail(coder: Coder, exprs: list[Expr]) -> bool:
    """Whether all values of a row but the first are read, and not computed."""
    return all([isinstance(resolve(coder, expr), (ColumnRef, Literal)) for expr in exprs[1:]])


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


def _wanted(coder: Coder, expr: Expr) -> Formula | None:
    """The formula of an expression, where it saves an object."""
    if not _allowed(coder) or constancy(expr) != VARYING:
        return None
    formula = _formula(coder, expr, _LARGEST)
    return formula if formula is not None and formula.saves_object() else None


def _wanted_ways(coder: Coder, expr: Expr) -> list[Formula]:
    """The formulas of an expression, where they save an object: a comparison may be one of numbers or one of texts."""
    expr = resolve(coder, expr)
    if not isinstance(expr, Compare):
        formula = _wanted(coder, expr)
        return [] if formula is None else [formula]
    if not _allowed(coder) or constancy(expr) != VARYING:
        return []
    ways = [_compared_numbers(coder, expr), _compared_texts(coder, expr)]
    return [way for way in ways if way is not None]


def _compared_numbers(coder: Coder, expr: Compare, room: int = _LARGEST) -> Formula | None:
    """A comparison of numbers as a formula.  (Constants are literals and parameters there.)"""
    if not _of_plain_operands(expr):
        return None
    numbers = _number_terms(coder, expr, 0, 0, room)
    operator = _OPERATORS.get(expr.op, expr.op)
    return None if numbers is None else NumberComparison(numbers[0], operator, numbers[1])


def _compared_texts(coder: Coder, expr: Compare) -> Formula | None:
    """A comparison of texts as a formula, as ``_compared_numbers``."""
    if not _of_plain_operands(expr):
        return None
    texts = _text_terms(coder, expr, register_of(coder, expr.left), register_of(coder, expr.right))
    operator = _OPERATORS.get(expr.op, expr.op)
    return None if texts is None else _text_comparison(coder, expr, operator, texts)


def _of_plain_operands(expr: Compare) -> bool:
    """Whether both sides are single values that need no call."""
    return not (isinstance(expr.left, RowValue) or _calls(expr.left) or _calls(expr.right))


def register_of(coder: Coder, expr: Expr) -> int:
    """The register of a literal or a parameter; 0 for other expressions."""
    return value(coder, expr) if isinstance(expr, (Literal, Parameter)) else 0


def _formula(coder: Coder, expr: Expr, room: int) -> Formula | None:
    """The formula of an expression; None when it has none, or a very large one.

    room: so many levels of the expression are looked at, that deep ones take no long time at each level.
    """
    if room == 0:
        return None
    expr = resolve(coder, expr)
    if isinstance(expr, ColumnRef):
        return _column(coder, expr)
    if isinstance(expr, Parameter):
        return RegisterTerm(coder.variable(expr.number))
    if isinstance(expr, Literal):
        number = expr.value
        if isinstance(number, int) or (isinstance(number, float) and abs(number) < 1e300):
            return ConstantTerm(number)
        return None
    if isinstance(expr, Unary) and expr.op == "-":
        operand = operand_formula(coder, expr.operand, room - 1)
        return None if operand is None else Subtraction(ConstantTerm(0), operand)
    if isinstance(expr, Unary) and expr.op == "NOT":
        operand = operand_formula(coder, expr.operand, room - 1)
        return None if operand is None else Negation(operand)
    if isinstance(expr, Call):
        called: Formula | None = named("call_formula")(coder, expr, room - 1)
        return called
    if isinstance(expr, Compare):
        return _compared_numbers(coder, expr, room - 1) or _compared_texts(coder, expr)
    if isinstance(expr, IsNull):
        presence = _presence(coder, expr.operand, "null")
        return Negation(presence) if presence is not None and expr.negated else presence
    return _operation(coder, expr, room - 1) if isinstance(expr, Binary) else None


def _presence(coder: Coder, expr: Expr, word: str) -> Formula | None:
    """What is known of a field by the header of its row."""
    field = field_text(coder, expr)
    return FieldPresence(field.cursor, field.field, word) if isinstance(field, FieldText) else None


def operand_formula(coder: Coder, expr: Expr, room: int) -> Formula | None:
    """The formula of an expression that can be a part of another one."""
    formula = _formula(coder, expr, room)
    return formula if formula is not None and formula.size < _LARGEST else None


def _operation(coder: Coder, expr: Binary, room: int) -> Formula | None:
    operation = OPERATIONS.get(expr.op)
    right = None if operation is None else _formula(coder, expr.right, room)
    left = None if right is None else _formula(coder, expr.left, room)
    if operation is None or left is None or right is None or left.size + right.size >= _LARGEST:
        return None
    return operation(left, right)


def _column(coder: Coder, expr: ColumnRef) -> Formula | None:
    location = coder.locations[expr.source]
    register = location.register(coder, expr.index)
    if register > 0:
        return RegisterTerm(register)
    field = location.field(coder, expr.index)
    if field is None:
        return None
    if field.position == ROWID:
        return RowidTerm(field.cursor)
    return FieldTerm(field.cursor, field.position, field.real)
