"""SQL values as SQL literals."""

from __future__ import annotations

from foundrydb.storage.format.values import Value
from foundrydb.vm.arithmetic.real_text import real_to_text


def sql_literal(value: Value) -> str:
    """The value as it may stand in SQL text, and means the same."""
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return text_literal(value)
    if isinstance(value, bytes):
        return f"X'{value.hex().upper()}'"
    return real_literal(value) if isinstance(value, float) else str(value)


def text_literal(text: str) -> str:
    """A text as a SQL literal, or as an expression that puts literals together, for those cannot hold a NUL."""
    return "||char(0)||".join(["'" + piece.replace("'", "''") + "'" for piece in text.split("\0")])


def real_literal(value: float) -> str:
    """A REAL as a SQL literal; an infinity as a number that overflows."""
    if value in (float("inf"), float("-inf")):
        return "1e999" if value > 0 else "-1e999"
    return real_to_text(value)
