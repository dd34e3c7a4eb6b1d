"""Pieces of SQL as nodes: result columns, a FROM clause, terms of ORDER BY; and names and values as nodes.

A piece is read as a part of a whole statement.  It has to be that part and no more: what would go on with another
clause is refused, and a mistake is told with its place in the piece.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Final, TypeAlias

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.symbols import KEYWORD_WORDS
from foundrydb.errors import Error, OperationalError
from foundrydb.toolkit.stages import parse

Literal: TypeAlias = int | float | str | bytes | None

_BARE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_LARGEST: Final = 2**63 - 1


@cache
def _keywords() -> frozenset[str]:
    return frozenset(word.decode() for word in KEYWORD_WORDS if word)


def name_node(text: str) -> ast.Name:
    """A name, in double quotes where it needs them."""
    bare = _BARE.match(text) is not None and text.upper() not in _keywords()
    return ast.Name(0, 0, text, "" if bare else '"')


def qualified_name(text: str, schema: str = "") -> ast.QualifiedName:
    """The name of a table, with that of its database where there is one."""
    return ast.QualifiedName(0, 0, name_node(schema) if schema else None, name_node(text))


def literal(given: Literal) -> ast.Expression:
    """A value as an expression.

    Raises:
        ValueError: SQL has no literal for it.
        TypeError: it is of another type than SQL has.
    """
    if given is None:
        return ast.Null(0, 0)
    if isinstance(given, int):
        number = int(given)
        if not -_LARGEST - 1 <= number <= _LARGEST:
            raise ValueError(f"no integer of 64 bits: {number}")
        if number == -_LARGEST - 1:
            return ast.Integer(0, 0, "0x8000000000000000", number)
        plain = ast.Integer(0, 0, str(abs(number)), abs(number))
        return plain if number >= 0 else ast.Unary(0, 0, "-", plain)
    if isinstance(given, float):
        return _real(given)
    if isinstance(given, str):
        if "\0" in given:
            raise ValueError("a text with a NUL character has no literal: give it as a parameter's value")
        return ast.String(0, 0, given)
    if isinstance(given, (bytes, bytearray, memoryview)):
        return ast.Blob(0, 0, bytes(given))
    raise TypeError(f"a value is None, int, float, str or bytes, not {type(given).__name__}")


def _real(number: float) -> ast.Expression:
    """A REAL; there is none that is not a number, and that is NULL in SQL."""
    if math.isnan(number):
        return ast.Null(0, 0)
    text = "9e999" if math.isinf(number) else repr(abs(number))
    plain = ast.Float(0, 0, text, abs(number))
    return ast.Unary(0, 0, "-", plain) if math.copysign(1, number) < 0 else plain


# -- pieces of SQL


def result_columns(text: str) -> tuple[ast.ResultColumn, ...]:
    """What may stand after SELECT or RETURNING: ``a, b + 1 AS c, t.*``."""
    return _core("SELECT ", text, "columns").columns


def source(text: str) -> ast.Source:
    """What may stand after FROM: ``t``, ``t AS x JOIN u USING (id)``, ``generate_series(1, 9)``."""
    found = _core("SELECT * FROM ", text, "columns", "from_").from_
    assert found is not None
    return found


def order_terms(text: str) -> tuple[ast.OrderTerm, ...]:
    """What may stand after ORDER BY: ``a DESC NULLS LAST, b``."""
    return _whole("SELECT 1 ORDER BY ", text, "body", "order_by").order_by


def query(text: str) -> ast.Select:
    """A whole SELECT."""
    return _whole("", text, *ast.Select.FIELDS)


def _core(prefix: str, text: str, *allowed: str) -> ast.SelectCore:
    body = _whole(prefix, text, "body").body
    if not isinstance(body, ast.SelectCore) or _others(body, allowed):
        raise _too_much(text)
    return body


def _whole(prefix: str, text: str, *allowed: str) -> ast.Select:
    """The SELECT that ``text`` is the end of; only the fields that are named may say something."""
    try:
        statements = parse(prefix + text)
    except Error as problem:
        problem.sql, problem.offset = text, max(problem.offset - len(prefix), 0)
        raise
    if len(statements) != 1 or not isinstance(statements[0], ast.Select) or _others(statements[0], allowed):
        raise _too_much(text)
    return statements[0]


def _others(node: ast.Node, allowed: tuple[str, ...]) -> bool:
    """Whether other fields of a node say something than those that are named."""
    values = zip(node.FIELDS, node.values_of_fields())
    return any(value not in (None, False, (), "") for field, value in values if field not in allowed)


def _too_much(text: str) -> Error:
    return OperationalError(f"more than one clause, or another one than it stands in: {text}")
