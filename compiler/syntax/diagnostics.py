"""Errors about SQL text, for a person: the line, a caret under the place, and what could have stood there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from foundrydb.compiler.late import named
from foundrydb.compiler.syntax.symbols import (
    T_BLOB,
    T_FLOAT,
    T_ID,
    T_INTEGER,
    T_LP,
    T_STRING,
    TERMINAL_TEXTS,
)
from foundrydb.errors import Error

_SHOWN: Final = 8
"""How many alternatives a hint names."""

_WIDTH: Final = 100
"""How many characters of a long line are shown around the place."""

_EXPRESSION_STARTS: Final = frozenset(
    ["+", "-", "~", "(", "NOT", "EXISTS", "CASE", "CAST", "RAISE", "NULL", "CURRENT_TIMESTAMP", "a name", "a string",
     "an integer", "a number", "a blob", "a parameter", "a join word", "INDEXED"]
)  # fmt: skip


def expected_hint(terminals: list[int]) -> str | None:
    """A line that names the terminals that could have stood somewhere, or None when there are too many to help."""
    texts = [TERMINAL_TEXTS[t] for t in terminals]
    shown = [text for text in texts if text not in ("a join word", "INDEXED", "nothing")]
    starts = {T_ID, T_STRING, T_INTEGER, T_FLOAT, T_BLOB, T_LP}
    if starts <= set(terminals):
        shown = ["an expression", *(text for text in shown if text not in _EXPRESSION_STARTS)]
    shown = list(dict.fromkeys(shown))
    if not shown or len(shown) > 3 * _SHOWN:
        return None
    if len(shown) == 1:
        return f"expected {shown[0]}"
    if len(shown) > _SHOWN:
        return f"expected one of {', '.join(shown[:_SHOWN])}, …"
    return f"expected {', '.join(shown[:-1])} or {shown[-1]}"


def did_you_mean(word: str, known: list[str]) -> str | None:
    """A hint with the known word that is nearest to ``word``, or None when none is near."""
    by_lower = {name.lower(): name for name in reversed(known)}
    get_close_matches: Callable[[str, list[str], int, float], list[str]] = named("get_close_matches")
    near = get_close_matches(word.lower(), list(by_lower), 1, 0.7)
    return f"did you mean {by_lower[near[0]]}?" if near else None


def line_and_column(sql: str, offset: int) -> tuple[int, int]:
    """The line and the column of an offset, both from 1."""
    before = sql[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def render(failure: Error, first: int = 1) -> str:
    """An error as a person reads it.

    The message alone where it has no place in an SQL text; else also the line, with ``line:column`` before it
    and a caret (and as many tildes as the place is long) below, then the hint::

        near "FORM": syntax error
          1:10 | SELECT * FORM t
               |          ^~~~
        did you mean FROM?

    Args:
        first: the number of the text's first line.
    """
    lines = [printable(failure.message)]
    if failure.sql is not None and 0 <= failure.offset <= len(failure.sql):
        lines += _excerpt(failure.sql, failure.offset, failure.length, first)
    if failure.hint:
        lines.append(printable(failure.hint))
    return "\n".join(lines)


def _excerpt(sql: str, offset: int, length: int, first: int) -> list[str]:
    """The line of an offset, numbered from ``first`` on, and the caret below it."""
    if offset == len(sql):
        offset = len(sql.rstrip())
    number, column = line_and_column(sql, offset)
    line = sql.split("\n")[number - 1].rstrip("\r")
    begin = max(0, column - 1 - _WIDTH // 2) if len(line) > _WIDTH else 0
    cut = printable(line[begin : begin + _WIDTH])
    before = ("…" if begin else "") + cut[: column - 1 - begin]
    marked = cut[column - 1 - begin :][:length]
    shown = ("…" if begin else "") + cut + ("…" if begin + _WIDTH < len(line) else "")
    # A tab stands under a tab, so that both lines move on by as much.
    blanks = "".join("\t" if c == "\t" else " " * _cells(c) for c in before)
    mark = "^" + "~" * (_cells(marked) - 1)
    place = f"  {first - 1 + number}:{column} | "
    return [place + shown, " " * (len(place) - 2) + "| " + blanks + mark]


def printable(text: str) -> str:
    """The text with a visible sign in the place of each control character but tabs and ends of lines.

    A terminal would take others for orders.
    """
    if text.isprintable():
        return text
    return "".join(c if c in "\t\n" or c.isprintable() or ord(c) > 0x9F else "\ufffd" for c in text)


def _cells(text: str) -> int:
    """How many cells of a terminal the text takes: East Asian characters two, combining ones none."""
    if text.isascii():
        return len(text)
    wcswidth: Callable[[str], int] = named("wcswidth")
    return max(wcswidth(text), 0)
