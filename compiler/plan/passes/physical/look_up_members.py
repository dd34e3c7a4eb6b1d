"""Members looked up: IN over a whole table's indexed column asks the index, which is not copied.

Before (u_c is an index on u(c))::

    Filter t.a IN (subquery)
      Project u.c
        Scan u
      Scan t

After::

    Filter t.a IN (subquery)
      Project u.c
        IndexScan u using covering u_c
      Scan t

A table's rowids are found in the table itself.  Many lookups among few members are quicker in a copy of them, a hash
table.  Statements that write keep the members that were there when they began.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import ROWID, Expr, InQuery, Subquery
from foundrydb.compiler.bind.properties import has_subquery
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.costs.estimates import HASH_BUILD, HASH_PROBE, estimate, rowid_cost, seek_cost
from foundrydb.compiler.plan.costs.members import column_of_members, compares_alike
from foundrydb.compiler.plan.costs.shares import weighed_rows
from foundrydb.compiler.plan.nodes import Delete, IndexScan, Insert, Join, Node, Project, Scan, Update
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.walk import Rewriter
from foundrydb.compiler.trees.declared import made_from


@final
class LookUpMembers(Pass):
    doc = "Look the members of IN up in the index that has them, instead of copying them."

    def run(self, plan: Node, context: PassContext) -> Node:
        return plan if isinstance(plan, (Insert, Update, Delete)) else _LookUp(context).node(plan)


@final
class _LookUp(Rewriter):
    """Looks at the expressions of each node; ``probes``: how often what is being looked at is evaluated."""

    def __init__(self, context: PassContext) -> None:
        super().__init__()
        self.context: Final = context
        self.probes = 1.0

    def node(self, node: Node) -> Node:
        if not isinstance(node, Join):
            return super().node(node)
        left = self.node(node.left)
        estimate(left, self.context.catalog)
        around = self.probes
        self.probes *= max(left.rows, 1.0)
        right = self.node(node.right)
        self.probes = around
        changed = left is not node.left or right is not node.right
        return self.own_expressions(node.with_children([left, right]) if changed else node)

    def own_expressions(self, node: Node) -> Node:
        if not any(has_subquery(expr) for expr in node.expressions()):
            return super().own_expressions(node)
        around = self.probes
        for child in node.children():
            estimate(child, self.context.catalog)
            self.probes *= max(child.rows, 1.0)
        new = super().own_expressions(node)
        self.probes = around
        return new

    def finish(self, expr: Expr) -> Expr:
        if not isinstance(expr, InQuery) or expr.in_tree:
            return expr
        plan = expr.query.plan
        assert isinstance(plan, Node)
        column = column_of_members(plan)
        if column is None:
            return expr
        assert isinstance(plan, Project)
        leaf = _tree(expr, plan.child, column.index)
        if leaf is None or not self._pays(leaf):
            return expr
        query = expr.query
        if leaf is not plan.child:
            query = Subquery(plan.with_children([leaf]), query.outer, query.columns)
        return expr.with_query(query, True)

    def _pays(self, leaf: Scan | IndexScan) -> bool:
        """Whether so many lookups cost less than to copy the members into a hash table, and look there."""
        members = weighed_rows(self.context.catalog, leaf.table)
        each = rowid_cost(members) if isinstance(leaf, Scan) else seek_cost(members)
        looked_up, copied = self.probes * each, members * HASH_BUILD + self.probes * HASH_PROBE
        if self.context.choices is not None:
            self.context.choices.members(leaf, looked_up, copied)
        return looked_up < copied


def _tree(expr: InQuery, leaf: Node, column: int) -> Scan | IndexScan | None:
    """A whole table, read by the tree whose keys are a column's values; None where it has none."""
    assert isinstance(leaf, (Scan, IndexScan))
    table = leaf.table
    if column == ROWID:
        if table.without_rowid:
            return None
        return leaf if isinstance(leaf, Scan) else made_from(leaf, Scan(leaf.source, table, leaf.schema))
    for index in table.indexes:
        if index.where is None and index.columns[0].column == column and compares_alike(index, expr):
            if isinstance(leaf, IndexScan) and leaf.index is index:
                return leaf
            walk = IndexScan(leaf.source, table, leaf.schema, index, [], None, None, True)
            return made_from(leaf, walk)
    return None
