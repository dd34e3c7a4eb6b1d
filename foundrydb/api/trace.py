"""The text of a statement with its parameters filled in, for tracing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from foundrydb.compiler.syntax import ast
from foundrydb.engine.options.limits import Limits
from foundrydb.engine.statement import Prepared
from foundrydb.errors import DataError
from foundrydb.vm.arithmetic.real_text import real_to_text
from foundrydb.vm.functions.callbacks import report
from foundrydb.vm.functions.text.text_functions import until_nul


def trace(
    tracer: Callable[[str], object],
    prepared: Prepared,
    values: list[Any],
    limits: Limits,
    start: int = 0,
    nested: bool = False,
) -> None:
    """Tell ``tracer`` what is going to run: the statement as it is written where it would become too long.

    What the tracer raises is reported as other callbacks' exceptions are, and stops nothing.

    Args:
        start: where the text begins that the statement was made of: in a script, past the one before.
        nested: another statement runs it; it is told as it is written, as a comment.
    """
    if nested:
        sql = "".join(f"-- {line}" for line in _written(prepared, start).splitlines(keepends=True))
    else:
        sql = expanded_sql(prepared, values, start)
    if len(sql) > limits.length:
        report(DataError("Expanded SQL string exceeds the maximum string length", "SQLITE_TOOBIG"), tracer)
        sql = _written(prepared, start)
    try:
        tracer(sql)
    except BaseException as failure:
        report(failure, tracer)


def _written(prepared: Prepared, start: int) -> str:
    return prepared.sql[start : prepared.parsed()[1]]


def expanded_sql(prepared: Prepared, values: list[Any], at: int = 0) -> str:
    """The statement's text from ``at`` to its semicolon, each parameter replaced by its value as a SQL literal.

    Args:
        values: by number; index 0 is not used.
    """
    statement, end = prepared.parsed()
    sql = prepared.sql
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
        return "'" + until_nul(value).replace("'", "''") + "'"
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    return real_to_text(value) if isinstance(value, float) else str(value)
