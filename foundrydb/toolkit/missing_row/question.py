"""The question as people write it, and the places of the answers: which row, and where the statement reads its table.

A row is known by its rowid, or by values of its columns: ``bell 112``, ``bell note='a1' weight=1270.7``.  Names may
stand in any of SQL's quotes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from foundrydb.compiler.schema.names import quoted_name
from foundrydb.compiler.syntax.diagnostics import line_and_column

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foundrydb.storage.format.values import Value
    from foundrydb.toolkit.missing_row.why_not import FoundRow

_NAME: Final = r'"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^]]*\]|[^\W\d][\w$]*'
_TABLE: Final = re.compile(rf"({_NAME})(?:\s+(.*)|$)", re.DOTALL)
_CONDITION: Final = re.compile(rf"({_NAME})\s*=\s*('(?:[^']|'')*'|[^\s,']+)\s*,?\s*")
_NUMBER: Final = re.compile(r"[+-]?\d{1,18}")


class QuestionError(Exception):
    """A text that asks about no row; the message is one line for a person."""


def row_meant(question: str) -> tuple[str, list[tuple[str, Value]]]:
    """The table and what its row is known by.

    Raises:
        QuestionError: that is no question.
    """
    question = question.strip()
    match = _TABLE.match(question)
    if match is None:
        first = question.split(maxsplit=1)[0] if question else ""
        if first and not first.isdigit():
            raise QuestionError(f"{first} is no name of a table: in quotes it would be {quoted_name(first)}")
        raise QuestionError("which row?  TABLE ROWID, or TABLE COLUMN=VALUE …")
    table, rest = _plain_name(match[1]), (match[2] or "").strip()
    if _NUMBER.fullmatch(rest):
        return table, [("rowid", int(rest))]
    conditions: list[tuple[str, Value]] = []
    at = 0
    while at < len(rest):
        condition = _CONDITION.match(rest, at)
        if condition is None:
            raise QuestionError(f"no COLUMN=VALUE: {rest[at:]}")
        conditions.append((_plain_name(condition[1]), _value(condition[2])))
        at = condition.end()
    if not conditions:
        raise QuestionError("which row?  Its rowid, or COLUMN=VALUE")
    return table, conditions


def _plain_name(name: str) -> str:
    """A name without its quotes."""
    if name[0] in '"`':
        return name[1:-1].replace(name[0] * 2, name[0])
    return name[1:-1] if name[0] == "[" else name


def _value(text: str) -> Value:
    """A value as people write it; a bare word is a text."""
    if text.startswith("'"):
        return text[1:-1].replace("''", "'")
    if text.lower() == "null":
        return None
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def places_of(sql: str, found: Iterable[FoundRow]) -> dict[int, str]:
    """How places are told apart where a statement reads the table: by name, by line and column where names are alike.

    Returns:
        By the offset at which the statement names the table; "" for the only place.
    """
    names = {each.occurrence.source.start: each.occurrence.name for each in found}
    if len(names) < 2:
        return dict.fromkeys(names, "")
    alike = len(set(names.values())) < len(names)
    told: dict[int, str] = {}
    for start, name in names.items():
        line, column = line_and_column(sql, start)
        told[start] = f"as {name} at {line}:{column}" if alike else f"as {name}"
    return told
