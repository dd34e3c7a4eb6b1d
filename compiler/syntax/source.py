"""What is asked of the text that a node was made from."""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.scanner import Scanner
from foundrydb.compiler.syntax.symbols import T_DEFAULT, T_LP

_QUOTES: Final = "'\"`["
"""How a quoted word may begin."""


def default_text(sql: str, constraint: ast.ColumnDefault) -> str:
    """A DEFAULT as PRAGMA table_info shows it: what stands in its parentheses, or the literal as written.

    Args:
        sql: the text that the constraint was parsed from.
        constraint: the DEFAULT.
    """
    value = constraint.value
    if not constraint.parenthesized:
        return sql[value.start : value.end]
    # Parentheses make no node, so that ((1 + 2)) has to be looked up in the text.
    scanner = Scanner(sql, constraint.start)
    scanner.advance()
    while scanner.kind != T_DEFAULT:
        scanner.advance()
    scanner.advance()
    assert scanner.kind == T_LP
    return sql[scanner.end : constraint.end - 1].strip(" \t\n\f\r")


def is_hexadecimal(literal: ast.Integer) -> bool:
    """Whether an integer is written in hexadecimal digits."""
    return literal.text[:2] in ("0x", "0X")


def dequoted(text: str) -> str:
    """The text as SQLite keeps a name: where it begins with a quoted word, that word is all of it."""
    quote = text[:1]
    if not quote or quote not in _QUOTES:
        return text
    quote = "]" if quote == "[" else quote
    end = text.find(quote, 1)
    while end >= 0 and quote != "]" and text[end + 1 : end + 2] == quote:
        end = text.find(quote, end + 2)
    if end < 0:
        return text
    return text[1:end] if quote == "]" else text[1:end].replace(quote * 2, quote)


def next_token(sql: str, at: int) -> int:
    """Where the token after the space and comments at ``at`` begins; the text's end where there is none."""
    while True:
        while at < len(sql) and sql[at] in " \t\n\f\r":
            at += 1
        if sql.startswith("--", at):
            end = sql.find("\n", at)
            at = len(sql) if end < 0 else end + 1
        elif sql.startswith("/*", at):
            end = sql.find("*/", at + 2)
            at = len(sql) if end < 0 else end + 2
        else:
            return at
