"""A statement as rules look at it: its tree, and what compiling it for the schema has told."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final, TypeVar

from foundrydb.compiler.bind.bound import Expr
from foundrydb.compiler.bind.notes.names import Names
from foundrydb.compiler.bind.properties import conjuncts
from foundrydb.compiler.pipeline import Compilation
from foundrydb.compiler.plan.node import Node
from foundrydb.compiler.plan.nodes import Filter, Join
from foundrydb.compiler.plan.walk import all_nodes
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import walk
from foundrydb.toolkit.checks.rules import Finding, Rule

Kind = TypeVar("Kind", bound=ast.Node)


class CheckedStatement:
    """A statement with all that rules ask about it.

    Attributes:
        sql: the text that it stands in.
        statement: its tree.
        compilation: of it, for the schema as it is there; None where it could not be compiled.
    """

    def __init__(self, sql: str, statement: ast.Statement, compilation: Compilation | None) -> None:
        self.sql: Final = sql
        self.statement: Final = statement
        self.compilation: Final = compilation

    @cached_property
    def nodes(self) -> list[ast.Node]:
        """All nodes of the tree."""
        return walk(self.statement)

    def of(self, kind: type[Kind]) -> Iterator[Kind]:
        """The nodes of a class."""
        return (node for node in self.nodes if isinstance(node, kind))

    @cached_property
    def names(self) -> Names | None:
        """The names and what they refer to."""
        return None if self.compilation is None or self.built is None else self.compilation.names()

    @cached_property
    def tables(self) -> dict[int, ast.Node]:
        """The tables' names as they stand in the statement, by the numbers of the sources that they are."""
        names = self.names
        return {} if names is None else {source.number: name for name, source in names.uses.tables}

    @property
    def built(self) -> Node | None:
        """The plan as it was built, before any pass."""
        return (
            self.compilation.plans[0][1] if self.compilation is not None and self.compilation.plans else None
        )

    @property
    def final(self) -> Node | None:
        """The plan that is run."""
        return None if self.compilation is None else self.compilation.plan

    @cached_property
    def built_nodes(self) -> list[Node]:
        """All nodes of the plan as it was built, those of subqueries too."""
        return [] if self.built is None else all_nodes(self.built)

    @cached_property
    def conditions(self) -> list[Expr]:
        """The conditions that rows must meet, cut at AND; those of views left out, which stand in another text."""
        found: list[Expr] = []
        for node in self.built_nodes:
            if isinstance(node, Filter):
                found += conjuncts(node.predicate)
            elif isinstance(node, Join) and node.on is not None:
                found += conjuncts(node.on)
        return [each for each in found if each.start >= 0]

    def text(self, part: ast.Node | Expr) -> str:
        """A part as it is written."""
        return self.sql[part.start : part.end]

    def finding(self, rule: Rule, part: ast.Node | Expr, message: str, hint: str = "") -> Finding:
        """What a rule has found at a part of the statement."""
        return Finding(rule, message, self.sql, part.start, part.end - part.start, hint)
