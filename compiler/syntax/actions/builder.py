"""The parser's stack of values, and what the actions need of it.

A rule that took n symbols finds their values at ``values[base]`` to ``values[base + n - 1]``, and the text they
cover at the same places of ``starts`` and ``ends``.  An empty symbol covers nothing: it starts where the next
token does and ends where the one before it did, so that a rule's own text is always ``starts[base]`` to
``ends[base + n - 1]``.
"""

from __future__ import annotations

from typing import Final, cast

from librt.vecs import vec
from mypy_extensions import i64

from foundrydb.compiler.syntax import ast
from foundrydb.errors import Error, error

STACK_LIMIT: Final = 2500
"""How deep a text may nest before the parser refuses it, in symbols (SQLITE_LIMIT_PARSER_DEPTH)."""

VARIABLE_LIMIT: Final = 32766
"""The highest number of a parameter (SQLITE_LIMIT_VARIABLE_NUMBER)."""

_FIRST_SIZE: Final = 128


class SyntaxBuilder:
    """What the actions of one statement work on.

    Attributes:
        sql: the SQL text.
        variables: the highest number that a parameter may have.
        legacy: read as SQLite reads the text of an old file's schema: extra COLLATE and ASC in lists of
            columns are ignored.
        states: the parser's state on top of each symbol of the stack.
        values: the values of the symbols on the stack.
        starts: the offsets at which they start.
        ends: the offsets past them.
        heights: the heights of the expressions in them.
    """

    def __init__(self, sql: str, legacy: bool, variables: int = VARIABLE_LIMIT) -> None:
        self.sql: Final = sql
        self.variables: Final = variables
        self.legacy: Final = legacy
        self.states: vec[i64] = vec[i64]([0] * _FIRST_SIZE)
        self.values: list[object] = [None] * _FIRST_SIZE
        self.starts: vec[i64] = vec[i64]([0] * _FIRST_SIZE)
        self.ends: vec[i64] = vec[i64]([0] * _FIRST_SIZE)
        self.heights: vec[i64] = vec[i64]([0] * _FIRST_SIZE)
        self.parameter_count = 0
        self.parameter_names: dict[str, int] = {}

    def grow(self, offset: int) -> None:
        """Make room for more symbols; an error at ``offset`` past the limit."""
        size = len(self.values)
        if size >= STACK_LIMIT:
            raise error("Recursion limit").at(offset, 0, self.sql)
        more = min(size, STACK_LIMIT - size)
        self.values.extend([None] * more)
        self.states = _longer(self.states, more)
        self.starts = _longer(self.starts, more)
        self.ends = _longer(self.ends, more)
        self.heights = _longer(self.heights, more)

    def text(self, i: i64) -> str:
        """The text of symbol ``i``."""
        return self.sql[self.starts[i] : self.ends[i]]

    def name(self, i: i64) -> ast.Name:
        """The name that symbol ``i``, one token, is; a name that is missing is empty (resumption.py)."""
        start = self.starts[i]
        end = self.ends[i]
        text = self.sql[start:end]
        quote = text[:1]
        if quote and quote in "\"'`[":
            return ast.Name(start, end, unquoted(text), quote)
        return ast.Name(start, end, text, "")

    def near(self, i: i64) -> Error:
        """The syntax error at symbol ``i``."""
        return self.fail(f'near "{self.text(i)}": syntax error', i)

    def fail(self, message: str, i: i64) -> Error:
        """An error about symbol ``i``."""
        return error(message).at(self.starts[i], max(0, self.ends[i] - self.starts[i]), self.sql)

    def parameter_number(self, i: i64) -> int:
        """The number of the parameter that symbol ``i`` is, as SQLite gives them out."""
        text = self.text(i)
        if text == "?":
            number = self.parameter_count + 1
        elif text[0] == "?":
            digits = text[1:].lstrip("0")
            number = int(digits) if 0 < len(digits) < 6 else 0
            if not 1 <= number <= self.variables:
                raise self.fail(f"variable number must be between ?1 and ?{self.variables}", i)
        else:
            number = self.parameter_names.get(text, 0)
            if number == 0:
                number = self.parameter_count + 1
                self.parameter_names[text] = number
        if number > self.variables:
            raise self.fail("too many SQL variables", i)
        self.parameter_count = max(self.parameter_count, number)
        return number


def _longer(numbers: vec[i64], more: int) -> vec[i64]:
    return vec[i64](list(numbers) + [0] * more)


def unquoted(text: str) -> str:
    """What a quoted token says: the quotes taken off, doubled ones undone."""
    quote = text[0]
    inner = text[1:-1]
    if quote != "[" and quote in inner:
        return inner.replace(quote + quote, quote)
    return inner


def names(value: object) -> tuple[ast.Name, ...]:
    """A list of names, or nothing, as a tuple."""
    return tuple(cast(list[ast.Name], value)) if value is not None else ()


def expressions(value: object) -> tuple[ast.Expression, ...]:
    """A list of expressions, or nothing, as a tuple."""
    return tuple(cast(list[ast.Expression], value)) if value is not None else ()


def order_terms(value: object) -> tuple[ast.OrderTerm, ...]:
    """A list of ordering terms, or nothing, as a tuple."""
    return tuple(cast(list[ast.OrderTerm], value)) if value is not None else ()


def result_columns(value: object) -> tuple[ast.ResultColumn, ...]:
    """A list of result columns, or nothing, as a tuple."""
    return tuple(cast(list[ast.ResultColumn], value)) if value is not None else ()


def text_or_empty(value: object) -> str:
    """A keyword's text, or "" for nothing."""
    return cast(str, value) if value is not None else ""


def qualified(first: ast.Name, second: ast.Name | None) -> ast.QualifiedName:
    """``first``, or ``first.second``."""
    if second is None:
        return ast.QualifiedName(first.start, first.end, None, first)
    return ast.QualifiedName(first.start, second.end, first, second)
