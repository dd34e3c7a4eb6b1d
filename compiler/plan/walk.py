"""Walking and rewriting plans: nodes, their expressions, and the plans of subqueries inside these."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from foundrydb.compiler.bind.bound import (
    ColumnRef,
    Exists,
    Expr,
    InQuery,
    Literal,
    ScalarQuery,
    Source,
    Subquery,
)
from foundrydb.compiler.bind.properties import query_of
from foundrydb.compiler.bind.relation import Reads
from foundrydb.compiler.plan.nodes import (
    Distinct,
    Empty,
    Filter,
    Join,
    Limit,
    Node,
    OfTable,
    Output,
    QueueRow,
    SingleRow,
    Sort,
    Values,
    Window,
)
from foundrydb.compiler.schema.objects import Table
from foundrydb.compiler.trees.declared import made_from


def visible_sources(node: Node) -> list[Source]:
    """The sources that expressions above a node may refer to."""
    while isinstance(node, (Filter, Sort, Limit, Distinct)):
        node = node.child
    own = node.made_sources()
    if isinstance(node, Window):
        return own + visible_sources(node.child)
    if own or isinstance(node, Empty):
        return own
    out: list[Source] = []
    for child in node.children():
        out.extend(visible_sources(child))
    return out


def output_source(node: Node) -> Source:
    """The source whose first columns are a query's output columns, for the root of a query (invariant 4)."""
    while True:
        own = node.made_sources()
        if own:
            return own[0]
        assert isinstance(node, (Sort, Limit, Distinct, Output, Filter))
        node = node.child


def is_one_row(node: Node) -> bool:
    """Whether a plan is one row: of values, without any, or of a recursion."""
    return isinstance(node, (SingleRow, QueueRow)) or (isinstance(node, Values) and len(node.tuples) == 1)


def made_sources(node: Node) -> list[Source]:
    """Every source that a plan makes; subqueries' plans are not entered."""
    out: list[Source] = []
    for item in nodes_of(node):
        out.extend(item.made_sources())
    return out


def nodes_of(node: Node) -> list[Node]:
    """``node`` and every node below it, parents first; subqueries' plans are not entered."""
    out: list[Node] = []
    stack: list[Node] = [node]
    while stack:
        item = stack.pop()
        out.append(item)
        only = item.only_child()
        while only is not None:
            item = only
            out.append(item)
            only = item.only_child()
        below = item.children()
        for i in range(len(below) - 1, -1, -1):
            stack.append(below[i])
    return out


def all_nodes(plan: Node) -> list[Node]:
    """The nodes of a plan, those of its subqueries included, each once."""
    found: dict[int, Node] = {}
    roots = [plan]
    for root in roots:
        for node in nodes_of(root):
            if id(node) in found:
                continue
            found[id(node)] = node
            waiting = node.expressions() + node.clause_expressions()
            while waiting:
                expr = waiting.pop()
                query = query_of(expr)
                if query is not None and isinstance(query.plan, Node):
                    roots.append(query.plan)
                waiting.extend(expr.children())
    return list(found.values())


def reads(plan: Node, table: Table) -> bool:
    """Whether a plan, or a subquery in it, reads a table."""
    return any([isinstance(node, OfTable) and node.table is table for node in all_nodes(plan)])


def kinds_of(plan: Node) -> set[str]:
    """The names of the classes of all nodes and expressions of a statement, those of its subqueries included.

    Columns and constants do not count, and a table that has an index on an expression counts as ``HAS_KEYS``.  A pass
    that finds nothing of its kind among them need not walk through the plan.
    """
    found: set[type[object]] = set()
    waiting: list[Expr] = []
    keys = False
    plans: list[Node] = [plan]
    for root in plans:
        for node in nodes_of(root):
            found.add(type(node))
            if isinstance(node, OfTable) and not keys:
                keys = _has_keys(node.table)
            waiting.extend(node.expressions())
            clauses = node.clause_expressions()
            if clauses:
                waiting.extend(clauses)
            while waiting:
                expr = waiting.pop()
                if isinstance(expr, (ColumnRef, Literal)):
                    continue
                found.add(type(expr))
                query = query_of(expr)
                if query is not None:
                    assert isinstance(query.plan, Node)
                    plans.append(query.plan)
                waiting.extend(expr.children())
    names = {kind.__name__ for kind in found}
    if keys:
        names.add(HAS_KEYS)
    return names


HAS_KEYS: Final = "keys of an index"
"""Stands among the kinds of what a plan has where an index of a table holds the values of an expression."""


def _has_keys(table: Table) -> bool:
    for index in table.indexes:
        for column in index.columns:
            if column.expression:
                return True
    return False


def free_sources(node: Node) -> list[Source]:
    """The sources that a plan reads and does not make: those of enclosing queries, each once."""
    reads = Reads()
    for item in nodes_of(node):
        reads.add(item)
    return reads.free()


class Rewriter:
    """Replaces expressions throughout an expression or a plan, the plans of subqueries included.

    A subclass says in ``replace`` what becomes of an expression.  What nothing changed stays the same object, and a
    subquery that several expressions share is still one object afterwards.
    """

    def __init__(self) -> None:
        self._queries: dict[int, Subquery] = {}
        self._kept: list[Subquery] = []

    def replace(self, expr: Expr) -> Expr | None:
        """What stands in the expression's place, or None to go on into its operands."""
        return None

    def finish(self, expr: Expr) -> Expr:
        """What becomes of an expression whose operands have been rewritten."""
        return expr

    def expr(self, expr: Expr) -> Expr:
        """The rewritten expression."""
        new = self.replace(expr)
        if new is not None:
            return new
        if isinstance(expr, (ColumnRef, Literal)):
            return expr
        children = expr.children()
        if children:
            rewritten = self.exprs(children)
            if rewritten is not children:
                expr = expr.with_children(rewritten)
        return made_from(expr, self.finish(self._with_query(expr)))

    def exprs(self, exprs: list[Expr]) -> list[Expr]:
        """The rewritten expressions; the same list when nothing changed."""
        out: list[Expr] | None = None
        for i, expr in enumerate(exprs):
            new = self.expr(expr)
            if out is not None:
                out.append(new)
            elif new is not expr:
                out = exprs[:i]
                out.append(new)
        return exprs if out is None else out

    def _with_query(self, expr: Expr) -> Expr:
        """The expression over its rewritten subquery."""
        if isinstance(expr, (ScalarQuery, Exists)):
            query = self.query(expr.query)
            return expr if query is expr.query else expr.with_query(query)
        if isinstance(expr, InQuery):
            query = self.query(expr.query)
            return expr if query is expr.query else expr.with_query(query, expr.in_tree)
        return expr

    def query(self, query: Subquery) -> Subquery:
        """The rewritten subquery."""
        known = self._queries.get(id(query))
        if known is not None:
            return known
        plan = query.plan
        assert isinstance(plan, Node)
        rewritten = self.subplan(plan)
        new = query
        if rewritten is not plan:
            # What reads nothing from outside does so however it is rewritten.
            outer = free_sources(rewritten) if query.outer else []
            new = Subquery(rewritten, outer, query.columns)
        self._queries[id(query)] = new
        self._kept.append(query)
        return new

    def subplan(self, plan: Node) -> Node:
        """The rewritten plan of a subquery."""
        return self.node(plan)

    def node(self, node: Node) -> Node:
        """The rewritten plan: children first, then the node's own expressions."""
        return self.own_expressions(self.children_of(node))

    def children_of(self, node: Node) -> Node:
        """The node over its rewritten children."""
        only = node.only_child()
        if only is not None:
            other = self.node(only)
            return node if other is only else node.with_children([other])
        children = node.children()
        if children:
            changed = False
            rewritten: list[Node] = []
            for child in children:
                other = self.node(child)
                changed = changed or other is not child
                rewritten.append(other)
            if changed:
                return node.with_children(rewritten)
        return node

    def own_expressions(self, node: Node) -> Node:
        """The node with its own expressions rewritten."""
        expressions = node.expressions()
        if expressions:
            new = self.exprs(expressions)
            if new is not expressions:
                node = node.with_expressions(new)
        clauses = node.clause_expressions()
        if clauses:
            new = self.exprs(clauses)
            if new is not clauses:
                node = node.with_clause_expressions(new)
        return node


class NodeRewriter(Rewriter):
    """Rewrites nodes; it enters expressions for the plans of subqueries in them alone.

    Args:
        nested: there are such subqueries.
    """

    def __init__(self, nested: bool) -> None:
        super().__init__()
        self.nested = nested

    def own_expressions(self, node: Node) -> Node:
        return super().own_expressions(node) if self.nested else node


def with_condition(node: Node, change: Callable[[Expr], Expr]) -> Node:
    """A filter or a join with what is made of its condition; any other node as it is."""
    if isinstance(node, Filter):
        predicate = change(node.predicate)
        return node if predicate is node.predicate else made_from(node, Filter(node.child, predicate))
    if isinstance(node, Join) and node.on is not None:
        on = change(node.on)
        return node if on is node.on else node.of(node.left, node.right, on)
    return node


class Substitution(Rewriter):
    """Puts expressions in the place of one source's columns: column i becomes ``exprs[i]``."""

    def __init__(self, source: Source, exprs: list[Expr]) -> None:
        super().__init__()
        self.source = source
        self.replacements = exprs

    def replace(self, expr: Expr) -> Expr | None:
        if isinstance(expr, ColumnRef) and expr.source is self.source:
            return self.replacements[expr.index]
        return None
