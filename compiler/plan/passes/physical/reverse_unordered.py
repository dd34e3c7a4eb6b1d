"""Rows in an order that nobody asked for come backwards, where ``PRAGMA reverse_unordered_selects`` is on.

    Project t.a
      Scan t

becomes

    Project t.a
      Scan t, descending

It shows programs that rely on an order without asking for it.  Which tables nobody asks an order of is told by the
plan as it is built: later a missing Sort may mean that a table is read in the order that was asked for.
"""

from __future__ import annotations

from typing import final

from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.nodes import (
    Aggregate,
    Derived,
    Filter,
    IndexScan,
    Join,
    Limit,
    Node,
    Output,
    Project,
    Scan,
    TableAccess,
)
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.walk import Rewriter


def unordered_sources(plan: Node) -> frozenset[int]:
    """The numbers of the tables' sources that reach the result of a query through nothing that needs an order."""
    found: set[int] = set()
    waiting = [plan]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scan):
            found.add(node.source.number)
        elif isinstance(node, (Output, Project, Filter, Limit, Derived, Join)):
            waiting.extend(node.children())
        elif isinstance(node, Aggregate) and not node.keys:
            if not any(spec.function.chooses_row for spec in node.aggregates):
                waiting.append(node.child)
    return frozenset(found)


@final
class _Reversal(Rewriter):
    """Reads some tables backwards."""

    def __init__(self, sources: frozenset[int]) -> None:
        super().__init__()
        self.sources = sources

    def node(self, node: Node) -> Node:
        if isinstance(node, TableAccess) and node.source.number in self.sources:
            return node if isinstance(node, IndexScan) and node.skip else node.reversed()
        return super().node(node)


@final
class ReverseUnordered(Pass):
    doc = "Read tables backwards whose order nobody asked for, where PRAGMA reverse_unordered_selects is on."

    def run(self, plan: Node, context: PassContext) -> Node:
        return _Reversal(context.unordered).node(plan) if context.unordered else plan
