"""Makes a failing life small: first fewer statements, then less of each.

Both steps only ask whether the same failure still shows, so they need not know any SQL: halves, quarters
and single statements are left out (delta debugging), then the trees of what is left shrink node by node
(see ``sql.Role``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final, Generic, Protocol, Self, TypeVar, final

from differential.sql import Part, Sql, text

_LITERALS: Final = ["NULL", "1", "0", "'a'"]


class Reducible(Protocol):
    """One statement of a life, its text as a tree."""

    @property
    def sql(self) -> Sql:
        """The text."""

    def with_sql(self, sql: Sql) -> Self:
        """The same statement with another text."""


S = TypeVar("S", bound=Reducible)


@final
class Reducer(Generic[S]):
    """Reduces one life.

    Args:
        shows: runs a life, and tells whether the failure shows.
        seconds: when to stop with what there is.
    """

    def __init__(self, shows: Callable[[list[S]], bool], seconds: float = 60.0) -> None:
        self._shows = shows
        self._deadline = time.monotonic() + seconds

    def reduce(self, statements: list[S]) -> list[S]:
        """The smallest life found that still shows the failure."""
        before = -1
        while before != _size(statements) and not self._late():
            before = _size(statements)
            statements = self._fewer(statements)
            for position in reversed(range(len(statements))):
                if position < len(statements):
                    statements = self._smaller(statements, position)
        return statements

    def _late(self) -> bool:
        return time.monotonic() > self._deadline

    def _fewer(self, statements: list[S]) -> list[S]:
        size = max(1, len(statements) // 2)
        while True:
            start = 0
            while start < len(statements) and not self._late():
                kept = statements[:start] + statements[start + size :]
                if kept and self._shows(kept):
                    statements = kept
                else:
                    start += size
            if size == 1:
                return statements
            size = max(1, size // 2)

    def _smaller(self, statements: list[S], position: int) -> list[S]:
        """The statement at ``position`` with as much cut from it as can be."""
        root = statements[position].sql
        path_index = 0
        while not self._late():
            nodes = list(root.nodes())
            if path_index >= len(nodes):
                break
            node = nodes[path_index]
            for candidate in _candidates(node):
                smaller = _replace(root, node, candidate)
                if len(str(smaller)) >= len(str(root)):
                    continue
                trial = list(statements)
                trial[position] = statements[position].with_sql(smaller)
                if self._shows(trial):
                    root, statements = smaller, trial
                    break
            else:
                path_index += 1
        return statements


def _candidates(node: Sql) -> Iterator[Sql]:
    """What a node may become, the smallest first."""
    if node.role == "optional":
        yield text()
    elif node.role == "expression":
        for literal in _LITERALS:
            yield Sql("text", [literal])
        inner = [child for child in node.nodes() if child is not node and child.role == "expression"]
        yield from sorted(inner, key=lambda child: len(str(child)))
    elif node.role == "items":
        yield from _sublists(node)


def _sublists(node: Sql) -> Iterator[Sql]:
    parts = node.parts
    if len(parts) > 3:
        half = len(parts) // 2
        yield Sql("items", parts[half:], node.separator)
        yield Sql("items", parts[:half], node.separator)
    if len(parts) > 1:
        for position in range(len(parts)):
            yield Sql("items", parts[:position] + parts[position + 1 :], node.separator)


def _replace(root: Sql, old: Sql, new: Sql) -> Sql:
    if root is old:
        return new
    parts: list[Part] = [_replace(part, old, new) if isinstance(part, Sql) else part for part in root.parts]
    if all(one is other for one, other in zip(parts, root.parts)):
        return root
    return Sql(root.role, parts, root.separator)


def _size(statements: list[S]) -> int:
    return sum(len(str(statement.sql)) + 1 for statement in statements)
