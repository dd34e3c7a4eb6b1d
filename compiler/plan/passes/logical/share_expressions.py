"""Common subexpressions: what occurs more than once over the same row is evaluated once for it.

Before::

    Project t.id, lower(t.a)
      Filter lower(t.a) > 'm'
        Scan t

After::

    Project t.id, once(lower(t.a))
      Filter once(lower(t.a)) > 'm'
        Scan t

Only what costs more than keeping it: function calls, casts, chains of ``||``, and expressions over these.  Arithmetic
alone is left to formulas, which are faster than sharing; so are LIKE and GLOB, which search a text in its page.  An
expression is still evaluated only where its value is needed (``codegen.sharing``).
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import (
    Binary,
    Call,
    Case,
    CaseBase,
    Cast,
    ColumnRef,
    Expr,
    Literal,
    Shared,
    Source,
    Unary,
)
from foundrydb.compiler.bind.expr_index import ExprIndex
from foundrydb.compiler.bind.properties import (
    has_subquery,
    is_deterministic,
    query_of,
    same,
    sources_in,
    walk,
)
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.nodes import Aggregate, Node, Project
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.walk import Rewriter, made_sources, nodes_of
from foundrydb.compiler.trees.declared import made_from
from foundrydb.vm.functions.core import Abs
from foundrydb.vm.functions.scalar import INLINE
from foundrydb.vm.functions.text.patterns import Matching

MOST_PARTS: Final = 60
"""Larger expressions are not compared with each other: that would take long."""

MOST_KINDS: Final = 500
"""A statement with more different expressions is left as it is."""


@final
class ShareExpressions(Pass):
    doc = "Evaluate an expression that occurs more than once over a row once for it."

    def run(self, plan: Node, context: PassContext) -> Node:
        return _Share([]).node(plan)


@final
class Occurrences:
    """An expression and how often it is evaluated for a row, if it is not shared."""

    def __init__(self, expr: Expr) -> None:
        self.expr: Final = expr
        self.count = 1
        self.shared: Shared | None = None


@final
class _Share(Rewriter):
    """Shares within one query; its subqueries have a rewriter each, and number on."""

    def __init__(self, numbers: list[int]) -> None:
        super().__init__()
        self.numbers: Final = numbers
        self.met: dict[str, list[Occurrences]] = {}
        self.kinds = 0
        self.made: list[Source] = []
        self.columns: dict[int, list[Expr]] = {}
        self.begun = False
        self.queries = False

    def node(self, node: Node) -> Node:
        if not self.begun:
            self.begun = True
            self._count(node)
            if not self.queries and not any(known.count > 1 for kind in self.met.values() for known in kind):
                return node
        return super().node(node)

    def subplan(self, plan: Node) -> Node:
        return _Share(self.numbers).node(plan)

    def replace(self, expr: Expr) -> Expr | None:
        if self.kinds > MOST_KINDS or not is_dear(expr):
            return None
        known = self._find(expr)
        if known is None or known.count < 2:
            return None
        if known.shared is None:
            children = expr.children()
            operand = expr.with_children(self.exprs(children)) if children else expr
            self.numbers.append(len(self.numbers) + 1)
            shared = Shared(len(self.numbers), operand, operand.start, operand.end)
            known.shared = made_from(operand, shared)
        return known.shared

    # counting -----------------------------------------------------------------------------------------------

    def _count(self, plan: Node) -> None:
        """Count the expressions of the query's nodes."""
        nodes = nodes_of(plan)
        for node in nodes:
            if isinstance(node, Project):
                self.columns[node.source.number] = node.exprs
        for node in nodes:
            for expr in evaluated(node):
                self._count_in(expr, plan)

    def _count_in(self, root: Expr, plan: Node) -> None:
        """Count what a node's expression holds; of what was met before, not its operands."""
        waiting = [root]
        while waiting:
            expr = waiting.pop()
            if isinstance(expr, ColumnRef):
                if expr is not root and expr.source.number in self.columns:
                    waiting.append(self.columns[expr.source.number][expr.index])
                continue
            if is_dear(expr) and self.kinds <= MOST_KINDS:
                known = self._find(expr)
                if known is not None:
                    known.count += 1
                    continue
                if self._may_share(expr, plan):
                    self.kinds += 1
                    self.met.setdefault(_name(expr), []).append(Occurrences(expr))
            self.queries = self.queries or query_of(expr) is not None
            waiting.extend(expr.children())

    def _find(self, expr: Expr) -> Occurrences | None:
        for known in self.met.get(_name(expr), []):
            if same(known.expr, expr):
                return known
        return None

    def _may_share(self, expr: Expr, plan: Node) -> bool:
        """Whether an expression has one value for a row of this query, and is worth keeping."""
        if any(isinstance(part, CaseBase) for part in walk(expr)):
            return False
        if not is_deterministic(expr) or has_subquery(expr):
            return False
        if not self.made:
            self.made = made_sources(plan)
        read = sources_in(expr)
        return len(read) > 0 and all(source in self.made for source in read)


def evaluated(node: Node) -> list[Expr]:
    """The expressions of a node, but of those that a hash table of groups takes, each once: that shares them itself."""
    exprs = node.expressions()
    if not isinstance(node, Aggregate) or not node.hashed:
        return exprs
    found: list[Expr] = []
    known = ExprIndex()
    for expr in exprs:
        if known.find(expr) < 0:
            known.add(expr, len(found))
            found.append(expr)
    return found


def is_dear(expr: Expr) -> bool:
    """Whether evaluating an expression costs more than keeping its value does."""
    if not isinstance(expr, (Call, Binary, Cast, Case, Unary)):
        return False
    if isinstance(expr, Call) and isinstance(expr.function, Matching):
        return False
    operators = 0
    parts = first_parts(expr)
    if len(parts) > MOST_PARTS:
        return False
    for part in parts:
        if isinstance(part, Cast):
            return True
        if isinstance(part, Call) and not (isinstance(part.function, Abs) or part.function.flags & INLINE):
            return True
        if isinstance(part, Binary) and part.op == "||":
            operators += 1
    return operators > 1


def first_parts(expr: Expr) -> list[Expr]:
    """An expression and what is below it, as far as that is not much more than ``MOST_PARTS``."""
    found = [expr]
    for part in found:
        if len(found) > MOST_PARTS:
            break
        found.extend(part.children())
    return found


def _name(expr: Expr) -> str:
    """What expressions that say the same have in common: what they are, and their operands, and those of these."""
    words: list[str] = []
    for part in [expr, *expr.children(), *(item for child in expr.children() for item in child.children())]:
        if isinstance(part, Call):
            words.append(part.function.name)
        elif isinstance(part, (Binary, Unary)):
            words.append(part.op)
        elif isinstance(part, ColumnRef):
            words.append(f"{part.source.number}.{part.index}")
        elif isinstance(part, Literal):
            words.append(str(part.value)[:40])
        else:
            words.append(part.__class__.__name__)
    return " ".join(words)
