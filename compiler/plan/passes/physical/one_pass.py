"""One-pass writing: rows are changed while the search for them goes on, where that cannot disturb it.

Before::

    Update t set b = t.b + 1
      Filter t.c > 5
        Scan t

After::

    Update t set b = t.b + 1, in one pass
      Filter t.c > 5
        Scan t

Otherwise the rows are collected first.  UPDATE must not change the rowid, the primary key of a WITHOUT ROWID table,
or a column of the index that finds the rows; no other row may go by REPLACE; nothing may read the table meanwhile.
Where somebody follows the rows, nothing that is set off may disturb the search (``plan.disturbance``), and the search
has to find the rows in the order in which they are told of: that of their rowids.
"""

from __future__ import annotations

from typing import final

from foundrydb.compiler.bind.bound import ROWID, Expr
from foundrydb.compiler.bind.properties import has_subquery, query_of, walk
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.disturbance import is_undisturbed, may_write
from foundrydb.compiler.plan.nodes import (
    Delete,
    Filter,
    IndexScan,
    Node,
    RowEvents,
    RowidSeek,
    Scan,
    TableAccess,
    Update,
)
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.walk import reads
from foundrydb.compiler.schema.names import EXPRESSION
from foundrydb.compiler.schema.objects import Index, Table


@final
class OnePass(Pass):
    doc = "Change rows while they are searched for, where the search is not disturbed."

    def run(self, plan: Node, context: PassContext) -> Node:
        if isinstance(plan, Update) and not plan.one_pass and may_update(plan):
            return plan.in_one_pass() if may_follow(plan.child, plan.events, False) else plan
        if isinstance(plan, Delete) and not plan.one_pass and may_delete(plan):
            return plan.in_one_pass() if may_follow(plan.child, plan.events, True) else plan
        return plan


def plain_search(node: Node) -> Node | None:
    """The one table access below filters without subqueries; None where there is more."""
    while isinstance(node, Filter):
        if has_subquery(node.predicate):
            return None
        node = node.child
    if not isinstance(node, TableAccess):
        return None
    return None if any(has_subquery(expr) for expr in node.expressions()) else node


def may_follow(search: Node, events: RowEvents | None, sorted: bool) -> bool:
    """Whether those who follow the rows, if anybody does, can do so during the search.

    sorted: rows that an index finds will be told of in the order of their rowids all the same.
    """
    if events is None:
        return True
    leaf = plain_search(search)
    if isinstance(leaf, IndexScan):
        return sorted and not may_write(events, leaf.table)
    return isinstance(leaf, (RowidSeek, Scan)) and not leaf.descending and is_undisturbed(search, events)


def may_delete(plan: Delete) -> bool:
    """Whether rows can be deleted during the search."""
    return plain_search(plan.child) is not None and not any(has_subquery(e) for e in plan.returning)


def reads_in_query(expr: Expr, table: Table) -> bool:
    """Whether a subquery in an expression reads a table."""
    for item in walk(expr):
        query = query_of(item)
        if query is not None:
            assert isinstance(query.plan, Node)
            if reads(query.plan, table):
                return True
    return False


def may_update(plan: Update) -> bool:
    """Whether rows can be changed during the search."""
    search = plain_search(plan.child)
    if search is None or any(reads_in_query(value, plan.table) for _, value in plan.sets):
        return False
    if any(has_subquery(expr) for expr in plan.returning) or plan.table.replaces(plan.conflict):
        return False
    changed = [column for column, _ in plan.sets]
    if ROWID in changed or (plan.table.without_rowid and any(c in changed for c in plan.table.primary_key)):
        return False
    return not (isinstance(search, IndexScan) and index_changes(search.index, changed))


def index_changes(index: Index, changed: list[int]) -> bool:
    """Whether changing these columns can move entries of an index."""
    if index.where is not None and not index.clustered:
        return True
    stored = index.columns if index.clustered else index.stored_columns()
    for column in stored:
        if column.column == EXPRESSION or column.column in changed:
            return True
    return any(index.table.columns[c.column].generated is not None for c in stored if c.column >= 0)
