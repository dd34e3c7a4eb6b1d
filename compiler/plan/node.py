"""The base of plan nodes, and questions about a single node."""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.bind.bound import (
    ColumnRef,
    Exists,
    Expr,
    InQuery,
    Literal,
    Relation,
    ScalarQuery,
    Subquery,
)


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

    def only_child(self) -> Node | None:
        """The child of a node that always has one, None for any other: what most walks go down by makes no list."""
        return None

    def with_children(self, children: list[Node]) -> Node:
        """The same node over other children."""
        return self

    def with_expressions(self, expressions: list[Expr]) -> Node:
        """The same node with other expressions (as many as ``expressions`` returned)."""
        return self

    def clause_expressions(self) -> list[Expr]:
        """The expressions of ON CONFLICT and RETURNING, which are evaluated for rows that are written."""
        return _NO_EXPRESSIONS

    def with_clause_expressions(self, clause_expressions: list[Expr]) -> Node:
        """The same node with other expressions there."""
        return self

    def notes(self) -> list[float]:
        return [self.rows, self.cost]

    def take_notes(self, notes: list[float]) -> None:
        self.rows, self.cost = notes


_NO_NODES: Final[list[Node]] = []
_NO_EXPRESSIONS: Final[list[Expr]] = []


def subqueries(node: Node) -> list[Subquery]:
    """The subqueries in a node's own expressions, each once, in order of appearance."""
    return subqueries_in(node.expressions())


def subqueries_in(expressions: list[Expr]) -> list[Subquery]:
    """The subqueries in some expressions, each once, in order of appearance."""
    found: list[Subquery] = []
    stack: list[Expr] = []
    for i in range(len(expressions) - 1, -1, -1):
        stack.append(expressions[i])
    while stack:
        expr = stack.pop()
        if isinstance(expr, (ColumnRef, Literal)):
            continue
        if isinstance(expr, (Exists, InQuery, ScalarQuery)) and expr.query not in found:
            found.append(expr.query)
        below = expr.children()
        for i in range(len(below) - 1, -1, -1):
            stack.append(below[i])
    return found
