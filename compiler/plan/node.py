"""The base of plan nodes, and questions about a single node."""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.bind.bound import (
    Exists,
    Expr,
    InQuery,
    Literal,
    Relation,
    ScalarQuery,
    Source,
    Subquery,
)
from foundrydb.compiler.trees.fields import Entity

MANY_ROWS: Final = 16
"""So many rows of VALUES are held as they are, and yielded by one instruction."""


class Node(Relation):
    """The base of plan nodes.

    Attributes:
        rows: the estimated number of rows that it yields in one run, -1 when unknown.
        cost: the estimated cost of that, in units of a row visited, -1 when unknown.
    """

    def __init__(self) -> None:
        self.rows = -1.0
        self.cost = -1.0
        self.origin = None

    def children(self) -> list[Node]:
        """The nodes whose rows this one takes, in order."""
        return _NO_NODES

    def with_children(self, children: list[Node]) -> Node:
        """The same node over other children."""
        return self

    def expressions(self) -> list[Expr]:
        """The node's own expressions, in a fixed order."""
        return _NO_EXPRESSIONS

    def with_expressions(self, expressions: list[Expr]) -> Node:
        """The same node with other expressions (as many as ``expressions`` returned)."""
        return self

    def clause_expressions(self) -> list[Expr]:
        """The expressions of ON CONFLICT and RETURNING, which are evaluated for rows that are written."""
        return _NO_EXPRESSIONS

    def with_clause_expressions(self, clause_expressions: list[Expr]) -> Node:
        """The same node with other expressions there."""
        return self

    def made_source(self) -> Source | None:
        """The source that the node makes, None for one that only passes rows on."""
        return None

    def made_sources(self) -> list[Source]:
        """Every source that the node makes."""
        return []

    def written_sources(self) -> list[Source]:
        """The sources of the rows that the node writes, to which expressions apart from its own refer."""
        return []

    def made_entities(self) -> list[Entity]:
        return [*self.made_sources()]

    def notes(self) -> list[float]:
        return [self.rows, self.cost]

    def take_notes(self, notes: list[float]) -> None:
        self.rows, self.cost = notes


_NO_NODES: Final[list[Node]] = []
_NO_EXPRESSIONS: Final[list[Expr]] = []


def are_constant(rows: list[list[Expr]]) -> bool:
    """Whether rows hold nothing but literals."""
    return all([all([isinstance(expr, Literal) for expr in row]) for row in rows])


def subqueries(node: Node) -> list[Subquery]:
    """The subqueries in a node's own expressions, each once, in order of appearance."""
    return subqueries_in(node.expressions())


def subqueries_in(expressions: list[Expr]) -> list[Subquery]:
    """The subqueries in some expressions, each once, in order of appearance."""
    found: list[Subquery] = []
    stack = list(reversed(expressions))
    while stack:
        expr = stack.pop()
        if isinstance(expr, (Exists, InQuery, ScalarQuery)) and expr.query not in found:
            found.append(expr.query)
        stack.extend(reversed(expr.children()))
    return found
