"""Joins that make no difference: a LEFT JOIN goes whose right side nobody reads.

Before (u_c is a unique index on u(c))::

    Project t.a
      Join left on u.c = t.b
        Scan t
        Scan u

After::

    Project t.a
      Scan t

Each row of the left side has to come out once.  That is so where the condition finds one row of the right side at
most, by its rowid or by a unique index; and where it does not matter how often a row comes out: under DISTINCT, in an
IN or an EXISTS, in an arm of UNION.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import ROWID, ColumnRef, Exists, Expr, InQuery, Source
from foundrydb.compiler.bind.properties import conjuncts, is_deterministic
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.costs.constraints import Constraint, Surroundings, constraints_of, fits
from foundrydb.compiler.plan.nodes import (
    Aggregate,
    Compound,
    Derived,
    Distinct,
    Filter,
    Join,
    ModuleScan,
    Node,
    Project,
    Scan,
    Sort,
)
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.usage import ColumnUsage
from foundrydb.compiler.plan.walk import NodeRewriter, all_nodes, nodes_of, visible_sources
from foundrydb.compiler.schema.objects import Index


@final
class OmitJoins(Pass):
    doc = "Leave out a LEFT JOIN whose right side nobody reads, where that changes no number of rows."

    def run(self, plan: Node, context: PassContext) -> Node:
        nodes = all_nodes(plan) if context.nested else nodes_of(plan)
        if not any([isinstance(node, Join) and node.kind == "left" for node in nodes]):
            return plan
        return _Omit(context, reads_of(nodes)).node(plan)


def reads_of(nodes: list[Node]) -> dict[int, int]:
    """How often some nodes read each source, by its number; not what they read within subqueries."""
    found: dict[int, int] = {}
    for node in nodes:
        waiting = node.expressions() + node.clause_expressions()
        while waiting:
            expr = waiting.pop()
            if isinstance(expr, ColumnRef):
                found[expr.source.number] = found.get(expr.source.number, 0) + 1
            waiting.extend(expr.children())
    return found


@final
class _Omit(NodeRewriter):
    """Walks down a query.

    reads: how often each source is read in the whole statement.
    as_set: it does not matter how often a row comes out of the node that is being looked at.
    """

    def __init__(self, context: PassContext, reads: dict[int, int]) -> None:
        super().__init__(context.nested)
        self.context: Final = context
        self.reads: Final = reads
        self.as_set = False

    def node(self, node: Node) -> Node:
        as_set = self.as_set
        if isinstance(node, Join) and node.kind == "left" and self._makes_no_difference(node):
            return self.node(node.left)
        self.as_set = _hands_sets(node, as_set)
        new = super().node(node)
        self.as_set = as_set
        return new

    def expr(self, expr: Expr) -> Expr:
        as_set, self.as_set = self.as_set, isinstance(expr, (InQuery, Exists))
        new = super().expr(expr)
        self.as_set = as_set
        return new

    def _makes_no_difference(self, node: Join) -> bool:
        right = nodes_of(node.right)
        if any(
            [isinstance(item, ModuleScan) or (isinstance(item, Scan) and item.indexed_by) for item in right]
        ):
            return False
        if node.on is not None and not is_deterministic(node.on):
            return False
        if not (self.as_set or self._finds_one(node)):
            return False
        own = reads_of(all_nodes(node.right if node.on is None else Filter(node.right, node.on)))
        sources = [source.number for source in visible_sources(node.right)]
        if any([self.reads.get(number, 0) != own.get(number, 0) for number in sources]):
            return False
        for number, count in own.items():
            self.reads[number] -= count
        return True

    def _finds_one(self, node: Join) -> bool:
        """Whether a row of the left side meets one row at most."""
        terms = conjuncts(node.on)
        right = node.right
        while isinstance(right, Filter):
            terms = terms + conjuncts(right.predicate)
            right = right.child
        if not isinstance(right, Scan):
            return False
        around = Surroundings(self.context, [right.source], [], ColumnUsage(node))
        known = [item for term in terms for item in constraints_of(term, right.source, around)]
        equal = [item for item in known if item.op == "="]
        table = right.table
        if not table.without_rowid and any([_is_rowid(item, table.rowid_alias) for item in equal]):
            return True
        return any([_decides(index, right.source, equal, around) for index in table.indexes])


def _hands_sets(node: Node, as_set: bool) -> bool:
    """Whether it does not matter how often a row comes out of a node's children."""
    if isinstance(node, Distinct):
        return True
    if isinstance(node, Compound):
        return as_set or node.op != "UNION ALL"
    if isinstance(node, Aggregate):
        return not node.bare and all(
            [spec.distinct or spec.function.name in ("min", "max") for spec in node.aggregates]
        )
    if isinstance(node, (Project, Filter, Join)):
        return as_set and all([is_deterministic(expr) for expr in node.expressions()])
    return as_set and (isinstance(node, Sort) or (isinstance(node, Derived) and not node.shared))


def _is_rowid(item: Constraint, alias: int) -> bool:
    column = item.side
    return isinstance(column, ColumnRef) and (column.index == ROWID or column.index == alias)


def _decides(index: Index, source: Source, equal: list[Constraint], around: Surroundings) -> bool:
    """Whether equalities give all columns of a unique index."""
    if not index.unique or index.where is not None:
        return False
    places = range(len(index.columns))
    return all([any([fits(item, index, i, source, around) for item in equal]) for i in places])
