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

The plan says in which tree to look (``plan.members``); a table's rowids are found in the table itself.  Statements that
write keep the members that were there when they began.
"""

from __future__ import annotations

from typing import final

from foundrydb.compiler.plan.members import column_of_members, compares_alike
from foundrydb.compiler.plan.nodes import Delete, IndexScan, Insert, Node, Project, Scan, Update
from foundrydb.compiler.plan.passes.base import Pass, PassContext
from foundrydb.compiler.plan.walk import Rewriter
from foundrydb.compiler.resolve.bound import ROWID, Expr, InQuery, Subquery


@final
class LookUpMembers(Pass):
    name = "look_up_members"
    doc = "Look the members of IN up in the index that has them, instead of copying them."

    def run(self, plan: Node, context: PassContext) -> Node:
        return plan if isinstance(plan, (Insert, Update, Delete)) else _LookUp().node(plan)


@final
class _LookUp(Rewriter):
    def finish(self, expr: Expr) -> Expr:
        if not isinstance(expr, InQuery):
            return expr
        plan = expr.query.plan
        assert isinstance(plan, Node)
        column = column_of_members(plan)
        if column is None:
            return expr
        assert isinstance(plan, Project)
        leaf = _tree(expr, plan.child, column.index)
        if leaf is plan.child:
            return expr
        query = Subquery(plan.with_children([leaf]), expr.query.outer, expr.query.columns)
        return InQuery(
            expr.operand, query, expr.negated, expr.comparisons, expr.sequences, expr.start, expr.end
        )


def _tree(expr: InQuery, leaf: Node, column: int) -> Node:
    """A whole table, read by the tree whose keys are a column's values where it has one."""
    assert isinstance(leaf, (Scan, IndexScan))
    table = leaf.table
    if column == ROWID:
        return leaf if isinstance(leaf, Scan) else Scan(leaf.source, table, leaf.schema)
    for index in table.indexes:
        if index.where is None and index.columns[0].column == column and compares_alike(index, expr):
            if isinstance(leaf, IndexScan) and leaf.index is index:
                return leaf
            return IndexScan(leaf.source, table, leaf.schema, index, [], None, None, True)
    return leaf
