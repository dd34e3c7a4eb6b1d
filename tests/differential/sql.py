"""SQL text as a tree, so that a failing statement can be made smaller without knowing SQL.

A node has a role that says how it may shrink: an expression may become one of the expressions inside it or a
literal, an optional part may go, a list may lose items.  Everything else is fixed text around them.  The
result need not be valid SQL: the reducer only keeps what still shows the difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias, final

Value: TypeAlias = int | float | str | bytes | None
Role: TypeAlias = Literal["text", "expression", "optional", "items"]


@final
class Bound:
    """A parameter: ``?`` in the text, with the value bound to it and the literal that means the same."""

    def __init__(self, value: Value, literal: str) -> None:
        self.value = value
        self.literal = literal


@final
class Sql:
    """A node: its role, its parts in order and, for a list, what stands between them."""

    def __init__(self, role: Role, parts: Iterable[Part], separator: str = "") -> None:
        self.role: Role = role
        self.parts: tuple[Part, ...] = tuple(parts)
        self.separator = separator

    def __str__(self) -> str:
        """The text, parameters written as literals."""
        return self.separator.join(_literal(part) for part in self.parts)

    def prepared(self) -> tuple[str, tuple[Value, ...]]:
        """The text with ``?`` for each parameter, and the values in their order."""
        values: list[Value] = []
        text = _prepare(self, values)
        return text, tuple(values)

    def nodes(self) -> Iterator[Sql]:
        """This node and all below it, outer ones first."""
        yield self
        for part in self.parts:
            if isinstance(part, Sql):
                yield from part.nodes()


Part: TypeAlias = "str | Bound | Sql"
EMPTY = Sql("text", ())


def text(*parts: Part) -> Sql:
    """Fixed text around other nodes."""
    return Sql("text", parts)


def expression(*parts: Part) -> Sql:
    """An expression, which the reducer may replace by one inside it or by a literal."""
    return Sql("expression", parts)


def optional(*parts: Part) -> Sql:
    """A part without which the statement stands as well."""
    return Sql("optional", parts)


def items(parts: Iterable[Part], separator: str = ", ") -> Sql:
    """A list that may lose items, though not the last one."""
    return Sql("items", parts, separator)


def _literal(part: Part) -> str:
    return part.literal if isinstance(part, Bound) else str(part)


def _prepare(part: Part, values: list[Value]) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Bound):
        values.append(part.value)
        return "?"
    return part.separator.join([_prepare(child, values) for child in part.parts])
