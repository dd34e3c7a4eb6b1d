"""What a condition that computes with a column can be written as, so that an index on the column can be searched."""

from __future__ import annotations

from typing import Final

from foundrydb.api.values.literals import text_literal
from foundrydb.compiler.bind.bound import (
    INTEGER,
    NUMERIC,
    REAL,
    Binary,
    Call,
    ColumnRef,
    Compare,
    Expr,
    Literal,
)
from foundrydb.compiler.bind.properties import is_deterministic
from foundrydb.toolkit.checks.checked import CheckedStatement

_OPPOSITE: Final = {"+": "-", "-": "+"}
_SWAPPED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def rewritten(checked: CheckedStatement, term: Expr, side: Expr, other: Expr, column: ColumnRef) -> str:
    """A hint how to write a condition; an index on the expression where that would do; "" where nothing is known.

    Args:
        term: the condition; side: what is computed; other: what it is compared with.
        column: the one column in it.
    """
    assert isinstance(term, Compare)
    name, value = checked.text(column), checked.text(other)
    op = term.op if term.left is side else _SWAPPED.get(term.op, term.op)
    if isinstance(side, Binary) and side.left is column and side.op in _OPPOSITE:
        if column.affinity in (INTEGER, REAL, NUMERIC) and isinstance(side.right, Literal):
            return f"write {name} {op} {value} {_OPPOSITE[side.op]} {checked.text(side.right)}"
    if not isinstance(side, Call) or op != "=" or not is_deterministic(side):
        return ""
    found = ""
    if isinstance(other, Literal) and isinstance(other.value, str):
        found = _of_call(checked, side, name, other.value)
    return found or f"an index on {checked.text(side)} would do"


def _of_call(checked: CheckedStatement, call: Call, name: str, value: str) -> str:
    """The rewriting of a function that equals a string, "" where none is known."""
    function, literal = call.function.name, text_literal(value)
    if function == "date" and len(call.args) == 1:
        return (
            f"write {name} >= {literal} AND {name} < date({literal}, '+1 day'), where {name} holds ISO dates"
        )
    if function == "strftime" and checked.text(call.args[0]) == "'%Y'" and value.isdigit():
        return f"write {name} >= {literal} AND {name} < '{int(value) + 1:04}', where {name} holds ISO dates"
    if function in ("lower", "upper") and value.isascii():
        return f"write {name} = {literal} COLLATE NOCASE, with an index on {name} COLLATE NOCASE"
    if function in ("substr", "substring") and len(call.args) == 3 and checked.text(call.args[1]) == "1":
        if checked.text(call.args[2]) == str(len(value)) and value and value.isascii():
            end = value[:-1] + chr(ord(value[-1]) + 1)
            return f"write {name} >= {literal} AND {name} < {text_literal(end)}, where {name} holds texts"
    return ""
