"""What is asked of the text that a node was made from."""

from __future__ import annotations

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.scanner import Scanner
from foundrydb.compiler.syntax.symbols import T_DEFAULT, T_LP


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
