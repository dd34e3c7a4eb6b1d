"""The literals of a statement, and its text without them.

Statements that differ in nothing but literals have equal outlines.  The outline is made of tokens alone, without a
tree, so that it is there long before the statement would be parsed.
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.compiler.syntax.scanner import ILLEGAL, Scanner
from foundrydb.compiler.syntax.symbols import (
    T_BLOB,
    T_DELETE,
    T_EOF,
    T_FLOAT,
    T_INSERT,
    T_INTEGER,
    T_REPLACE,
    T_SELECT,
    T_SEMI,
    T_STRING,
    T_UPDATE,
)

MOST_LITERALS: Final = 64
"""How many literals a statement may have for an outline."""

LONGEST_INTEGER: Final = 18
"""Digits of the integers that are literals here: whatever they are, they fit into 64 bits."""

# What stands for a literal in a key: a character that no statement holds, and the kind of the literal.
_INTEGER: Final = "\0i"
_FLOAT: Final = "\0f"
_STRING: Final = "\0s"
_BLOB: Final = "\0b"


@final
class Outline:
    """A statement without its literals.

    Attributes:
        start: where it begins in the text.
        end: the offset past it and its semicolon.
        key: its text, with marks in place of the literals that tell their kinds.
        literals: the literals as they are written, in the order of the text.
        places: where each of them begins.
    """

    def __init__(self, start: int, end: int, key: str, literals: list[str], places: list[int]) -> None:
        self.start: Final = start
        self.end: Final = end
        self.key: Final = key
        self.literals: Final = literals
        self.places: Final = places


def outline(scanner: Scanner, offset: int) -> Outline | None:
    """The outline of the SELECT, INSERT, REPLACE, UPDATE or DELETE that begins at ``offset``.

    None for another statement, for one that has no literals or very many of them, and for what is no SQL.
    """
    scanner.go_to(offset)
    while scanner.kind == T_SEMI:
        scanner.advance()
    if scanner.kind not in (T_SELECT, T_INSERT, T_REPLACE, T_UPDATE, T_DELETE):
        return None
    sql = scanner.sql
    start = scanner.start
    at = start
    pieces: list[str] = []
    literals: list[str] = []
    places: list[int] = []
    kind: i64 = T_SELECT
    while True:
        scanner.advance()
        kind = scanner.kind
        if kind == T_INTEGER:
            if scanner.end - scanner.start > LONGEST_INTEGER or _is_hexadecimal(scanner):
                continue
            mark = _INTEGER
        elif kind == T_STRING:
            mark = _STRING
        elif kind == T_FLOAT:
            mark = _FLOAT
        elif kind == T_BLOB:
            mark = _BLOB
        elif kind in (T_SEMI, T_EOF):
            break
        elif kind == ILLEGAL or len(literals) == MOST_LITERALS:
            return None
        else:
            continue
        pieces.append(sql[at : scanner.start])
        pieces.append(mark)
        literals.append(sql[scanner.start : scanner.end])
        places.append(scanner.start)
        at = scanner.end
    if not literals:
        return None
    pieces.append(sql[at : scanner.start])
    return Outline(start, scanner.end, "".join(pieces), literals, places)


def _is_hexadecimal(scanner: Scanner) -> bool:
    return scanner.end - scanner.start > 2 and scanner.data[scanner.start + 1] > 57


def literal_value(text: str) -> int | float | str | bytes:
    """What a literal of an outline stands for."""
    first = text[0]
    if first == "'":
        inner = text[1:-1]
        return inner.replace("''", "'") if "'" in inner else inner
    if first in "xX":
        return bytes.fromhex(text[2:-1])
    if text.isdigit():
        return int(text)
    return float(text)
