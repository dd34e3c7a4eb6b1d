"""The invariants of a plan (``plan.nodes`` numbers them), checked.

It tells what is wrong with a plan before the code made from it goes wrong.  Goldens and oracles have it look at each
plan on the way, from among the optimizer's ``WATCHERS``.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import ROWID, AggregateCall, ColumnRef, Expr, Source, Subquery, WindowCall
from foundrydb.compiler.bind.properties import query_of
from foundrydb.compiler.plan.nodes import (
    Aggregate,
    Compound,
    CreateTableAs,
    Delete,
    Derived,
    Distinct,
    Empty,
    Insert,
    Instead,
    Join,
    Limit,
    Node,
    Output,
    Project,
    QueueRow,
    Recursion,
    SchemaChange,
    SingleRow,
    Sort,
    Update,
    Values,
    Window,
)
from foundrydb.compiler.plan.walk import free_sources, output_source, visible_sources

_MAKERS: Final = (Project, Aggregate, Compound, Derived, QueueRow, Recursion, Values, Window)
"""The nodes whose expressions are about what is below them, and not about the columns that they make."""

MISPLACED: Final = "an aggregate call"
"""What such a fault begins with.  One that is there as a plan is built is the statement's: code generation tells it."""


def check(plan: Node) -> list[str]:
    """What is wrong with a statement's plan, one line for each fault; nothing for a sound plan."""
    checker = _Checker()
    checker.statement(plan)
    return checker.faults


@final
class _Checker:
    """Walks a plan with the sources that its expressions may use."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.makers: dict[int, str] = {}
        self.seen: list[Subquery] = []

    def statement(self, plan: Node) -> None:
        """A whole statement."""
        if isinstance(plan, CreateTableAs):
            plan = plan.child
        if isinstance(plan, Output):
            self.query(plan.child, [])
            width = len(output_source(plan.child).columns)
            if width < len(plan.columns):
                self.faults.append(f"Output of {len(plan.columns)} columns over {width}")
        elif isinstance(plan, (Insert, Update, Delete)):
            if isinstance(plan, Insert) and not isinstance(plan.child, SingleRow):
                self.query(plan.child, [])
            else:
                self.node(plan.child, [])
            known = [*visible_sources(plan.child), plan.row.source]
            self.expressions(plan, known, plan.expressions())
            self.expressions(plan, known, plan.returning)
        elif isinstance(plan, Instead):
            if not isinstance(plan.child, SingleRow):
                self.query(plan.child, [])
            self.expressions(plan, [plan.events.old, plan.events.new], plan.clause_expressions())
        elif isinstance(plan, SchemaChange):
            self.node(plan, [])
        else:
            self.faults.append(f"a statement's root is {plan.__class__.__name__}")

    def query(self, root: Node, outer: list[Source]) -> None:
        """The plan of a query (invariant 4)."""
        if not is_query_root(root):
            self.faults.append(f"a query's root is {root.__class__.__name__}")
        self.node(root, outer)

    def node(self, node: Node, outer: list[Source]) -> None:
        """A node, and all below it; outer: sources that it may use besides those of its children."""
        self._make(node)
        if isinstance(node, Join):
            self.node(node.left, outer)
            self.node(node.right, outer + visible_sources(node.left))
        elif isinstance(node, Recursion):
            self.query(node.initial, outer)
            self.query(node.step, [*outer, node.source])
        elif isinstance(node, (Derived, Compound)):
            for child in node.children():
                self.query(child, outer)
        else:
            for child in node.children():
                self.node(child, outer)
        known = list(outer)
        for child in node.children():
            known.extend(visible_sources(child))
        own = node.made_source()
        if own is not None and not isinstance(node, _MAKERS):
            known.append(own)
        self.expressions(node, known, node.expressions())

    def _make(self, node: Node) -> None:
        """Note who makes a source (invariant 2)."""
        made = node.made_sources()
        name = node.__class__.__name__
        for source in made:
            before = self.makers.get(source.number)
            if before is not None and before != "SeekUnion":
                self.faults.append(f"{source!r} is made by a {before} and a {name}")
            elif before is None:
                self.makers[source.number] = name

    def expressions(self, node: Node, known: list[Source], exprs: list[Expr]) -> None:
        """Expressions of a node (invariants 1 and 3)."""
        stack = list(exprs)
        while stack:
            expr = stack.pop()
            if isinstance(expr, AggregateCall):
                self.faults.append(f"{MISPLACED} is left in a {node.__class__.__name__}")
            if isinstance(expr, WindowCall):
                self.faults.append(f"a window call is left in a {node.__class__.__name__}")
            if isinstance(expr, ColumnRef):
                self._reference(node, known, expr)
            query = query_of(expr)
            if query is not None and not any(query is seen for seen in self.seen):
                self.seen.append(query)
                self._subquery(query, known)
            stack.extend(expr.children())

    def _reference(self, node: Node, known: list[Source], ref: ColumnRef) -> None:
        if ref.source not in known and not ref.source.given:
            self.faults.append(
                f"a {node.__class__.__name__} refers to {ref.source!r}, which it does not know"
            )
        elif ref.index != ROWID and not 0 <= ref.index < len(ref.source.columns):
            self.faults.append(f"{ref.source!r} has no column {ref.index}")

    def _subquery(self, query: Subquery, known: list[Source]) -> None:
        plan = query.plan
        assert isinstance(plan, Node)
        self.query(plan, known)
        free = free_sources(plan)
        if any(source not in free for source in query.outer) or len(free) != len(query.outer):
            self.faults.append(f"a subquery reads {free!r} and says {query.outer!r}")


def is_query_root(node: Node) -> bool:
    """Whether a node may be the root of a query."""
    while isinstance(node, (Sort, Limit, Distinct)):
        node = node.child
    return isinstance(node, (Project, Compound, Recursion, Values, Empty))
