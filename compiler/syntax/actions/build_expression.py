"""Actions of expression.lark: from the symbols of a rule to an expression."""

from __future__ import annotations

from typing import Final, cast

from mypy_extensions import i64

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.actions.builder import (
    SyntaxBuilder,
    expressions,
    order_terms,
    qualified,
    unquoted,
)
from foundrydb.compiler.syntax.actions.parts import Arguments, FilterOver
from foundrydb.compiler.syntax.scanner import unrecognized
from foundrydb.compiler.syntax.symbols import (
    A_BETWEEN,
    A_BINARY,
    A_BLOB,
    A_CALL,
    A_CALL_ORDERED,
    A_CALL_ORDERED_OVER,
    A_CALL_OVER,
    A_CALL_STAR,
    A_CALL_STAR_OVER,
    A_CALL_WITHIN,
    A_CALL_WITHIN_OVER,
    A_CASE,
    A_CAST,
    A_COLLATE,
    A_COLUMN,
    A_CURRENT_TIME,
    A_EXISTS,
    A_IN_ARGUMENTS,
    A_IN_LIST,
    A_IN_SELECT,
    A_IN_TABLE,
    A_IS,
    A_IS_DISTINCT,
    A_IS_NOT,
    A_IS_NOT_DISTINCT,
    A_IS_NULL,
    A_LIKE,
    A_LIKE_ESCAPE,
    A_LIKE_OPERATOR,
    A_NEGATION,
    A_NOT_LIKE_OPERATOR,
    A_NOT_NULL,
    A_NULL,
    A_PARAMETER,
    A_RAISE,
    A_RAISE_IGNORE,
    A_ROW_VALUE,
    A_SCHEMA_TABLE_COLUMN,
    A_SEPARATED_NUMBER,
    A_STRING,
    A_SUBQUERY,
    A_TABLE_COLUMN,
    A_UNARY,
    A_WHEN,
)
from foundrydb.errors import error

ARGUMENT_LIMIT: Final = 1000
"""How many arguments a function may have (SQLITE_LIMIT_FUNCTION_ARG)."""

_PAST_HEXADECIMAL: Final = 1 << 64
"""What a hexadecimal literal of more than 64 bits counts as."""

_SMALLEST: Final = 1 << 63
"""With a minus it is the smallest integer there is; without one it takes more than 64 bits."""

_CALLS: Final = (
    A_CALL,
    A_CALL_OVER,
    A_CALL_ORDERED,
    A_CALL_ORDERED_OVER,
    A_CALL_STAR,
    A_CALL_STAR_OVER,
    A_CALL_WITHIN,
    A_CALL_WITHIN_OVER,
)


def expression_action(b: SyntaxBuilder, action: i64, base: i64, last: i64) -> object:
    """Run an action of expression.lark on the symbols from ``base`` to ``last``."""
    start = b.starts[base]
    end = b.ends[last]
    values = b.values
    if action == A_COLUMN:
        return ast.Column(start, end, None, None, b.name(base))
    if action == A_TABLE_COLUMN:
        return ast.Column(start, end, None, cast(ast.Name, values[base]), cast(ast.Name, values[base + 2]))
    if action == A_BINARY:
        operator = cast(str, values[base + 1])
        return ast.Binary(start, end, operator, _expression(b, base), _expression(b, base + 2))
    if action == A_STRING:
        return ast.String(start, end, unquoted(b.text(base)))
    if action in _CALLS:
        return _call(b, action, base, start, end)
    if action == A_PARAMETER:
        return _parameter(b, base)
    if action == A_NULL:
        return ast.Null(start, end)
    if action <= A_IN_ARGUMENTS:
        return _comparison(b, action, base, start, end)
    if action == A_COLLATE:
        return ast.Collate(start, end, _expression(b, base), cast(ast.Name, values[base + 2]))
    if action == A_UNARY:
        return ast.Unary(start, end, cast(str, values[base]), _expression(b, base + 1))
    if action == A_ROW_VALUE:
        items = [*cast(list[ast.Expression], values[base + 1]), _expression(b, base + 3)]
        return ast.RowValue(start, end, tuple(items))
    if action == A_SUBQUERY:
        return ast.Subquery(start, end, cast(ast.Select, values[base + 1]))
    if action == A_EXISTS:
        return ast.Exists(start, end, cast(ast.Select, values[base + 2]))
    if action == A_SCHEMA_TABLE_COLUMN:
        schema = cast(ast.Name, values[base])
        return ast.Column(
            start, end, schema, cast(ast.Name, values[base + 2]), cast(ast.Name, values[base + 4])
        )
    if action == A_CAST:
        return ast.Cast(start, end, _expression(b, base + 2), cast(ast.TypeName, values[base + 4]))
    if action == A_CASE:
        whens = tuple(cast(list[ast.When], values[base + 2]))
        return ast.Case(start, end, _optional(b, base + 1), whens, _optional(b, base + 3))
    if action == A_WHEN:
        return ast.When(start, end, _expression(b, base + 1), _expression(b, base + 3))
    if action == A_RAISE_IGNORE:
        return ast.Raise(start, end, "IGNORE", None)
    if action == A_RAISE:
        return ast.Raise(start, end, cast(str, values[base + 2]), _expression(b, base + 4))
    if action == A_BLOB:
        return ast.Blob(start, end, bytes.fromhex(b.text(base)[2:-1]))
    if action == A_CURRENT_TIME:
        return ast.CurrentTime(start, end, b.text(base).upper())
    assert action == A_SEPARATED_NUMBER
    return _separated_number(b, base)


def _comparison(b: SyntaxBuilder, action: i64, base: i64, start: i64, end: i64) -> object:
    """Actions of the levels where NOT, IS, LIKE, BETWEEN and IN stand."""
    values = b.values
    if action == A_NEGATION:
        return ast.Unary(start, end, "NOT", _expression(b, base + 1))
    if action == A_IS:
        return _is(b, start, end, base, base + 2, "IS")
    if action == A_IS_NOT:
        return _is(b, start, end, base, base + 3, "IS NOT")
    if action == A_IS_NOT_DISTINCT:
        return _is(b, start, end, base, base + 5, "IS")
    if action == A_IS_DISTINCT:
        return _is(b, start, end, base, base + 4, "IS NOT")
    if action == A_LIKE_OPERATOR:
        return values[base]
    if action == A_NOT_LIKE_OPERATOR:
        return "NOT " + cast(str, values[base + 1])
    if action in (A_LIKE, A_LIKE_ESCAPE):
        operator = cast(str, values[base + 1])
        negated = operator.startswith("NOT ")
        escape = _expression(b, base + 4) if action == A_LIKE_ESCAPE else None
        operator = operator[4:] if negated else operator
        return ast.Like(start, end, operator, negated, _expression(b, base), _expression(b, base + 2), escape)
    if action == A_IS_NULL:
        return ast.IsNull(start, end, False, _expression(b, base))
    if action == A_NOT_NULL:
        return ast.IsNull(start, end, True, _expression(b, base))
    if action == A_IN_ARGUMENTS:
        return Arguments(expressions(values[base + 1]))
    negated = cast(bool, values[base + 1])
    operand = _expression(b, base)
    if action == A_BETWEEN:
        return ast.Between(start, end, negated, operand, _expression(b, base + 2), _expression(b, base + 4))
    if action == A_IN_LIST:
        return _in_list(b, start, end, negated, operand, base + 3)
    if action == A_IN_SELECT:
        return ast.InSelect(start, end, negated, operand, cast(ast.Select, values[base + 3]))
    assert action == A_IN_TABLE
    table = qualified(cast(ast.Name, values[base + 2]), cast(ast.Name | None, values[base + 3]))
    arguments = cast(Arguments | None, values[base + 4])
    if arguments is None:
        return ast.InTable(start, end, negated, operand, table, False, ())
    return ast.InTable(start, end, negated, operand, table, True, arguments.items)


def _expression(b: SyntaxBuilder, i: i64) -> ast.Expression:
    return cast(ast.Expression, b.values[i])


def _optional(b: SyntaxBuilder, i: i64) -> ast.Expression | None:
    return cast(ast.Expression | None, b.values[i])


def _is(b: SyntaxBuilder, start: i64, end: i64, left: i64, right: i64, operator: str) -> ast.Expression:
    """IS and its kin; against a NULL literal it is IsNull."""
    operand = _expression(b, right)
    if isinstance(operand, ast.Null):
        return ast.IsNull(start, end, operator == "IS NOT", _expression(b, left))
    return ast.Binary(start, end, operator, _expression(b, left), operand)


def _in_list(
    b: SyntaxBuilder, start: i64, end: i64, negated: bool, operand: ast.Expression, list_at: i64
) -> ast.Expression:
    """IN (…).  A list of one subquery is that subquery's rows, as in SQLite."""
    items = expressions(b.values[list_at])
    if len(items) == 1:
        only = items[0]
        if isinstance(only, ast.Subquery):
            return ast.InSelect(start, end, negated, operand, only.select)
    if isinstance(operand, ast.RowValue):
        for item in items:
            size = len(item.items) if isinstance(item, ast.RowValue) else 1
            if size != len(operand.items):
                plural = "s" if size > 1 else ""
                message = f"IN(...) element has {size} term{plural} - expected {len(operand.items)}"
                raise error(message).at(item.start, item.end - item.start, b.sql)
    return ast.InList(start, end, negated, operand, items)


def _call(b: SyntaxBuilder, action: i64, base: i64, start: i64, end: i64) -> ast.Call:
    """A function call in one of its eight forms."""
    function = b.name(base)
    filter_over: FilterOver | None = None
    if action in (A_CALL_STAR, A_CALL_STAR_OVER):
        if action == A_CALL_STAR_OVER:
            filter_over = cast(FilterOver, b.values[base + 4])
        return _finished_call(start, end, function, False, True, (), (), None, filter_over)
    distinct = cast(bool, b.values[base + 2])
    arguments = expressions(b.values[base + 3])
    order_by: tuple[ast.OrderTerm, ...] = ()
    if action == A_CALL_OVER:
        filter_over = cast(FilterOver, b.values[base + 5])
    elif action == A_CALL_ORDERED_OVER:
        filter_over = cast(FilterOver, b.values[base + 8])
    elif action == A_CALL_WITHIN_OVER:
        filter_over = cast(FilterOver, b.values[base + 12])
    if action in (A_CALL_ORDERED, A_CALL_ORDERED_OVER):
        order_by = order_terms(b.values[base + 6])
    if len(arguments) > ARGUMENT_LIMIT:
        raise b.fail(f"too many arguments on function {b.text(base)}", base)
    if filter_over is not None and filter_over.over is not None:
        if distinct:
            raise b.fail("DISTINCT is not supported for window functions", base)
        if order_by and arguments:
            raise b.fail(f"ORDER BY may not be used with non-aggregate {b.text(base)}()", base)
    within: ast.Expression | None = None
    if action in (A_CALL_WITHIN, A_CALL_WITHIN_OVER):
        within = _expression(b, base + 10)
    return _finished_call(start, end, function, distinct, False, arguments, order_by, within, filter_over)


def _finished_call(
    start: i64,
    end: i64,
    function: ast.Name,
    distinct: bool,
    star: bool,
    arguments: tuple[ast.Expression, ...],
    order_by: tuple[ast.OrderTerm, ...],
    within: ast.Expression | None,
    filter_over: FilterOver | None,
) -> ast.Call:
    filter_ = filter_over.filter if filter_over is not None else None
    over = filter_over.over if filter_over is not None else None
    return ast.Call(start, end, function, distinct, star, arguments, order_by, within, filter_, over)


def _parameter(b: SyntaxBuilder, i: i64) -> ast.Parameter:
    """A parameter; ``#1`` looks like one and is none."""
    text = b.text(i)
    if text[0] == "#" and text[1] in "0123456789":
        raise b.near(i)
    return ast.Parameter(b.starts[i], b.ends[i], text, b.parameter_number(i))


def integer(b: SyntaxBuilder, i: i64) -> ast.Integer | ast.Float:
    """The literal of digits that symbol ``i`` is."""
    text = b.text(i)
    return _digits(b.starts[i], b.ends[i], text, text)


def floating(b: SyntaxBuilder, i: i64) -> ast.Float:
    """The floating-point literal that symbol ``i`` is."""
    text = b.text(i)
    return ast.Float(b.starts[i], b.ends[i], text, float(text))


def _digits(start: i64, end: i64, text: str, digits: str) -> ast.Integer | ast.Float:
    """A literal of digits: a decimal one that does not fit into 64 bits is a REAL.  digits: without any ``_``."""
    if digits[:2] in ("0x", "0X"):
        return ast.Integer(start, end, text, hexadecimal_value(digits[2:]))
    if len(digits) > 18:
        digits = digits.lstrip("0") or "0"
        if len(digits) > 19:
            return ast.Float(start, end, text, float(digits))
    value = int(digits)
    return (
        ast.Integer(start, end, text, value)
        if value <= _SMALLEST
        else ast.Float(start, end, text, float(digits))
    )


def hexadecimal_value(digits: str) -> int:
    """The 64 bits of a hexadecimal literal as a signed integer; 2**64 for one that has more of them."""
    significant = digits.lstrip("0")
    if len(significant) > 16:
        return _PAST_HEXADECIMAL
    value = int(significant, 16) if significant else 0
    return value - _PAST_HEXADECIMAL if value >= _SMALLEST else value


def _separated_number(b: SyntaxBuilder, i: i64) -> ast.Expression:
    """A number with `_` in it, each of which must stand between two digits."""
    text = b.text(i)
    hexadecimal = text[:2] in ("0x", "0X")
    digits = "0123456789abcdefABCDEF" if hexadecimal else "0123456789"
    for at in range(len(text)):
        if text[at] == "_":
            if text[at - 1] not in digits or at + 1 == len(text) or text[at + 1] not in digits:
                raise unrecognized(b.sql, b.starts[i], b.ends[i])
    plain = text.replace("_", "")
    if not hexadecimal and not plain.isdigit():
        return ast.Float(b.starts[i], b.ends[i], text, float(plain))
    return _digits(b.starts[i], b.ends[i], text, plain)
