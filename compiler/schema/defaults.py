"""The value that a column has in rows that are older than the column (ALTER TABLE ADD COLUMN).

It is made of the DEFAULT's literal directly, without running an expression, and so differs from what INSERT stores in
a case or two, in C SQLite as here: a TEXT column keeps the digits of a number as they were written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.schema.affinity import named_affinity
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.source import is_hexadecimal
from foundrydb.storage.format.values import UTF8
from foundrydb.vm.arithmetic.affinity import BLOB, NUMERIC, apply_affinity
from foundrydb.vm.arithmetic.cast import cast_value

if TYPE_CHECKING:
    from foundrydb.compiler.schema.objects import Table
    from foundrydb.storage.format.values import Value

_SMALLEST: Final = -(1 << 63)
_GREATEST: Final = (1 << 63) - 1


@final
class Constant:
    """The value of a DEFAULT that is a constant."""

    def __init__(self, value: Value) -> None:
        self.value: Final = value


def stored_default(table: Table, index: int) -> Value:
    """The column's DEFAULT as a value of the column's affinity; None also where it is not a constant.

    ADD COLUMN takes only constant defaults, so that a default which is none can never be needed here.
    """
    column = table.columns[index]
    if column.default is None:
        return None
    found = constant(column.default, column.affinity)
    return None if found is None else found.value


def constant(expression: ast.Expression, affinity: str = BLOB) -> Constant | None:
    """What old rows have in a column of that affinity; None for an expression that is no constant.

    CAST reads a blob as UTF-8 here, whatever the encoding of the database, as in SQLite.
    """
    while isinstance(expression, ast.Unary) and expression.operator == "+":
        expression = expression.operand
    if isinstance(expression, (ast.Integer, ast.Float)):
        return Constant(_number(expression, "", affinity))
    if isinstance(expression, ast.Unary):
        return _negative(expression, affinity) if expression.operator == "-" else None
    if isinstance(expression, ast.Cast):
        inner_affinity = named_affinity(expression.type)
        inner = constant(expression.operand, inner_affinity)
        if inner is None:
            return None
        return Constant(apply_affinity(cast_value(inner.value, inner_affinity, UTF8), affinity))
    if isinstance(expression, ast.Null):
        return Constant(None)
    if isinstance(expression, (ast.String, ast.Blob)):
        return Constant(apply_affinity(expression.value, affinity))
    if isinstance(expression, ast.Word):
        return Constant(apply_affinity(_word_value(expression.name), affinity))
    if isinstance(expression, ast.Column) and expression.table is None:
        return Constant(apply_affinity(_word_value(expression.column), affinity))
    return None


def _word_value(name: ast.Name) -> Value:
    word = name.text.lower()
    if name.quote == "" and word in ("true", "false"):
        return 1 if word == "true" else 0
    return name.text


def _negative(expression: ast.Unary, affinity: str) -> Constant | None:
    """A minus and what follows it."""
    operand = expression.operand
    if isinstance(operand, ast.Float) or (isinstance(operand, ast.Integer) and not is_hexadecimal(operand)):
        return Constant(_number(operand, "-", affinity))
    inner = constant(operand, affinity)
    if inner is None:
        return None
    value = cast_value(inner.value, NUMERIC, UTF8)
    if isinstance(value, int):
        value = -value if value != _SMALLEST else -float(value)
    elif isinstance(value, float):
        value = -value
    return Constant(apply_affinity(value, affinity))


def _number(literal: ast.Integer | ast.Float, sign: str, affinity: str) -> Value:
    """A number: an integer of 64 bits, or the text that it is written as, made a number where the column wants one."""
    if isinstance(literal, ast.Integer):
        value = -literal.value if sign else literal.value
        if _SMALLEST <= value <= _GREATEST:
            return apply_affinity(value, affinity)
    text = sign + literal.text.replace("_", "")
    if affinity == BLOB and isinstance(literal, ast.Float):
        return -literal.value if sign else literal.value
    return apply_affinity(text, NUMERIC if affinity == BLOB else affinity)
