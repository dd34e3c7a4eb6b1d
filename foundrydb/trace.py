"""The text of a statement with its parameters filled in, for tracing."""

from __future__ import annotations

from typing import Any

from foundrydb.compiler.syntax import ast
from foundrydb.statement import Prepared
from foundrydb.vm.real_text import real_to_text


def expanded_sql(prepared: Prepared, values: list[Any]) -> str:
    """The statement's text, each parameter replaced by its value as a SQL literal.

    Args:
        values: by number; index 0 is not used.
    """
    statement = prepared.statement
    sql = prepared.sql
    if len(values) < 2:
        return sql[statement.start : statement.end]
    pieces: list[str] = []
    at = statement.start
    places = [node for node in ast.walk(statement) if isinstance(node, ast.Parameter)]
    for node in sorted(places, key=lambda place: place.start):
        pieces.append(sql[at : node.start])
        pieces.append(_literal(values[node.number]) if node.number < len(values) else "NULL")
        at = node.end
    pieces.append(sql[at : statement.end])
    return "".join(pieces)


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    return real_to_text(value) if isinstance(value, float) else str(value)
