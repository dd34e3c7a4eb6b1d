"""The base of bound statements, and questions about them and about the plans that are made of them."""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import ColumnRef, Expr, Literal, Relation, Source
from foundrydb.compiler.bind.properties import query_of

MANY_ROWS: Final = 16
"""So many rows of VALUES are held as they are, and yielded by one instruction."""


class Bound(Relation):
    """The base of bound statements and of what they are made of."""

    def __init__(self) -> None:
        self.origin = None

    def children(self) -> list[Bound]:
        """The queries and relations that it is made of, in order; not those in expressions."""
        return _NOTHING

    def with_children(self, children: list[Bound]) -> Bound:
        """The same of other queries and relations."""
        return self

    def with_expressions(self, expressions: list[Expr]) -> Bound:
        """The same with other expressions (as many as ``expressions`` returned)."""
        return self


_NOTHING: Final[list[Bound]] = []


def are_constant(rows: list[list[Expr]]) -> bool:
    """Whether rows hold nothing but literals."""
    return all([all([isinstance(expr, Literal) for expr in row]) for row in rows])


def parts_of(bound: Bound) -> list[Bound]:
    """``bound`` and everything that it is made of, outer parts first; queries in expressions are not entered."""
    out: list[Bound] = []
    stack: list[Bound] = [bound]
    while stack:
        item = stack.pop()
        out.append(item)
        below = item.children()
        for i in range(len(below) - 1, -1, -1):
            stack.append(below[i])
    return out


@final
class Reads:
    """Which sources some relations read that none of them makes: those of enclosing queries."""

    def __init__(self) -> None:
        self._made: Final[list[Source]] = []
        self._read: Final[list[Source]] = []

    def add(self, relation: Relation) -> None:
        """One more relation; what it is made of is for the caller to add."""
        self._made.extend(relation.made_sources())
        self._made.extend(relation.written_sources())
        read = self._read
        stack = list(relation.expressions())
        while stack:
            expr = stack.pop()
            if isinstance(expr, ColumnRef):
                if expr.source not in read and not expr.source.given:
                    read.append(expr.source)
                continue
            query = query_of(expr)
            if query is not None:
                read.extend([source for source in query.outer if source not in read])
            stack.extend(expr.children())

    def free(self) -> list[Source]:
        """The sources, each once."""
        return [source for source in self._read if source not in self._made]


def free_sources(bound: Bound) -> list[Source]:
    """The sources of enclosing queries that a query reads, each once."""
    reads = Reads()
    for part in parts_of(bound):
        reads.add(part)
    return reads.free()
