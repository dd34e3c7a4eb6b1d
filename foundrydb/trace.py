"""The text of a statement with its parameters filled in, for tracing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from foundrydb.compiler.syntax import ast
from foundrydb.errors import DataError
from foundrydb.limits import Limits
from foundrydb.statement import Prepared, skip_blank
from foundrydb.vm.functions.callbacks import report
from foundrydb.vm.real_text import real_to_text


def trace(tracer: Callable[[str], object], prepared: Prepared, values: list[Any], limits: Limits) -> None:
    """Tell ``tracer`` what is going to run: the statement as it is written where it would become too long.

    What the tracer raises is reported as other callbacks' exceptions are, and stops nothing.
    """
    sql = expanded_sql(prepared, values)
    if len(sql) > limits.length:
        report(DataError("Expanded SQL string exceeds the maximum string length", "SQLITE_TOOBIG"), tracer)
        sql = prepared.sql[prepared.start : prepared.parsed()[1]]
    try:
        tracer(sql)
    except BaseException as failure:
        report(failure, tracer)


def expanded_sql(prepared: Prepared, values: list[Any]) -> str:
    """The statement's text with its semicolon, each parameter replaced by its value as a SQL literal.

    Args:
        values: by number; index 0 is not used.
    """
    statement, end = prepared.parsed()
    sql = prepared.sql
    at = 0 if skip_blank(sql) == statement.start else statement.start
    if len(values) < 2:
        return sql[at:end]
    pieces: list[str] = []
    places = [node for node in ast.walk(statement) if isinstance(node, ast.Parameter)]
    for node in sorted(places, key=lambda place: place.start):
        pieces.append(sql[at : node.start])
        pieces.append(_literal(values[node.number]) if node.number < len(values) else "NULL")
        at = node.end
    pieces.append(sql[at:end])
    return "".join(pieces)


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    return real_to_text(value) if isinstance(value, float) else str(value)
