"""The value that a column has in rows that are older than the column (ALTER TABLE ADD COLUMN)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.compiler.syntax import ast
from foundrydb.vm.affinity import apply_affinity

if TYPE_CHECKING:
    from foundrydb.compiler.resolve.catalog import Table
    from foundrydb.storage.values import Value


def stored_default(table: Table, index: int) -> Value:
    """The column's DEFAULT as a value of the column's affinity; None also where it is not a constant.

    ADD COLUMN takes only constant defaults, so that a default which is none can never be needed here.
    """
    column = table.columns[index]
    if column.default is None:
        return None
    return apply_affinity(literal_value(column.default), column.affinity)


def literal_value(expression: ast.Expression) -> Value:
    """The value of a literal or a signed number; None for anything else."""
    if isinstance(expression, ast.Integer):
        return expression.value if expression.value <= 0x7FFFFFFFFFFFFFFF else float(expression.value)
    if isinstance(expression, ast.Float):
        return expression.value
    if isinstance(expression, ast.String):
        return expression.value
    if isinstance(expression, ast.Blob):
        return expression.value
    if isinstance(expression, ast.Word):
        return _word_value(expression.name)
    if isinstance(expression, ast.Column) and expression.table is None:
        return _word_value(expression.column)
    if isinstance(expression, ast.Unary):
        return _signed_value(expression)
    return None


def _word_value(name: ast.Name) -> Value:
    word = name.text.lower()
    if name.quote == "" and word in ("true", "false"):
        return 1 if word == "true" else 0
    return name.text


def _signed_value(expression: ast.Unary) -> Value:
    operand = expression.operand
    if expression.operator == "-" and isinstance(operand, ast.Integer):
        value = -operand.value
        return value if value >= -0x8000000000000000 else float(value)
    value_of_operand = literal_value(operand)
    if expression.operator == "-" and isinstance(value_of_operand, (int, float)):
        return -value_of_operand
    return value_of_operand if expression.operator == "+" else None
