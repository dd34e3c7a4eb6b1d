"""What is asked of the text that a node was made from, or how it is written; names with their quotes and without."""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.scanner import Scanner
from foundrydb.compiler.syntax.symbols import (
    KEYWORD_TERMINALS,
    KEYWORD_WORDS,
    NAME_KEYWORDS,
    T_DEFAULT,
    T_FILTER,
    T_INDEXED,
    T_JOIN_KW,
    T_LP,
    T_OVER,
    T_WINDOW,
    T_WITHIN,
)

_QUOTES: Final = "'\"`["
"""How a quoted word may begin."""

_MAYBE_NAMES: Final = NAME_KEYWORDS | {T_JOIN_KW, T_INDEXED, T_WINDOW, T_OVER, T_FILTER, T_WITHIN}
_RESERVED: Final = frozenset(
    word.decode()
    for word, terminal in zip(KEYWORD_WORDS, KEYWORD_TERMINALS)
    if word and terminal not in _MAYBE_NAMES
)


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


def without_collate(expression: ast.Expression) -> ast.Expression:
    """An expression without COLLATE around it."""
    while isinstance(expression, ast.Collate):
        expression = expression.operand
    return expression


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


def written_name(name: str) -> str:
    """A name as it may stand in SQL: in double quotes where it must."""
    if name and _is_plain(name) and name.upper() not in _RESERVED:
        return name
    return '"' + name.replace('"', '""') + '"'


def _is_plain(text: str) -> bool:
    """Whether a text is a name without quotes."""
    if text.isascii() and text.isidentifier():
        return True
    if text[0] in "0123456789$":
        return False
    return all(c > "\x7f" or c.isalnum() or c in "_$" for c in text)


def qualified_text(name: ast.QualifiedName) -> str:
    """A name with that of its schema, as messages have it."""
    return name.name.text if name.schema is None else f"{name.schema.text}.{name.name.text}"
