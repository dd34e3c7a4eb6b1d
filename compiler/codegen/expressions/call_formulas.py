"""Fast ways of function calls: of abs(), and of functions of texts by their bytes."""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.bind.bound import Call, Expr, Literal
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.expressions.formulas import (
    field_text,
    operand_formula,
    register_of,
    text_source,
)
from foundrydb.compiler.codegen.expressions.values import resolve
from foundrydb.vm.formulas.formula import Absolute, Formula
from foundrydb.vm.formulas.text_formulas import SubstrText, TextCodePoint, TextLength, TextMatch, TextPlace
from foundrydb.vm.formulas.text_term import RegisterText, TextTerm
from foundrydb.vm.functions.core import Abs
from foundrydb.vm.functions.text.patterns import Like, Matching
from foundrydb.vm.functions.text.text_functions import Instr, Length, Substr, Unicode
from foundrydb.vm.limits import MAX_PATTERN

# The largest number of a character, or of characters, in a call of substr().
_LARGEST_PLACE: Final = 1 << 40


def call_formula(coder: Coder, expr: Call, room: int) -> Formula | None:
    """The formula of a function's call; ``room`` as in ``formulas``, for its arguments."""
    function = expr.function
    args = expr.args
    if isinstance(function, Abs):
        operand = operand_formula(coder, args[0], room)
        return None if operand is None else Absolute(operand)
    if isinstance(function, Matching):
        return _match(coder, function, args)
    if not isinstance(function, (Length, Unicode, Instr)):
        return None
    text = text_source(coder, args[0])
    if text is None:
        return None
    if isinstance(function, Length):
        return TextLength(text)
    if isinstance(function, Unicode):
        return TextCodePoint(text)
    part = register_of(coder, args[1])
    return None if part == 0 else TextPlace(text, RegisterText(part))


def _match(coder: Coder, function: Matching, args: list[Expr]) -> Formula | None:
    """The formula of a LIKE or GLOB."""
    pattern = resolve(coder, args[0])
    text = text_source(coder, args[1]) if len(args) == 2 else None
    register = register_of(coder, pattern)
    if text is None or register == 0 or function.longest < MAX_PATTERN:
        return None
    operator = "glob"
    if isinstance(function, Like):
        operator = "like" if function.folds else "LIKE"
    return TextMatch(text, operator, register)


def call_text(coder: Coder, expr: Call) -> TextTerm | None:
    """The part of a field's text between constant places that a call of substr() is; None for other calls."""
    text = field_text(coder, expr.args[0]) if isinstance(expr.function, Substr) else None
    places = [arg.value if isinstance(arg, Literal) else None for arg in expr.args[1:]]
    if text is None:
        return None
    first = places[0]
    count = places[1] if len(places) > 1 else _LARGEST_PLACE
    if not isinstance(first, int) or not isinstance(count, int):
        return None
    if first == 0 or abs(first) > _LARGEST_PLACE or not 0 <= count <= _LARGEST_PLACE:
        return None
    return SubstrText(text, first, count)
