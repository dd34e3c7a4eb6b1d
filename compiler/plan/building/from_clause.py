"""Plans of what FROM lists: scans, joins, and the queries of subqueries, views and common tables."""

from __future__ import annotations

from foundrydb.compiler.bind.statements import (
    BoundDerived,
    BoundJoin,
    BoundModule,
    BoundParentheses,
    BoundQueueRow,
    BoundTable,
)
from foundrydb.compiler.plan.building.arguments import filtered
from foundrydb.compiler.plan.building.planner import PLANS, Planner
from foundrydb.compiler.plan.nodes import Derived, Join, ModuleScan, Node, QueueRow, Scan
from foundrydb.compiler.plan.walk import free_sources


@PLANS.entry(BoundTable)
def _table(p: Planner, bound: BoundTable) -> Node:
    table = bound.table
    return Scan(bound.source, table, table.schema, indexed_by=bound.indexed_by, not_indexed=bound.not_indexed)


@PLANS.entry(BoundDerived)
def _derived(p: Planner, bound: BoundDerived) -> Node:
    """A query as a source; of a common table that is used more than once the rows are made once.

    Not so where they depend on the row of an enclosing query.
    """
    child = p.relation(bound.query)
    shared = 0
    if bound.common is not None and bound.common in p.shared and not free_sources(child):
        shared = bound.common
    return Derived(bound.source, child, bound.materialized, shared)


@PLANS.entry(BoundQueueRow)
def _queue_row(p: Planner, bound: BoundQueueRow) -> Node:
    return QueueRow(bound.source, bound.row)


@PLANS.entry(BoundModule)
def _module(p: Planner, bound: BoundModule) -> Node:
    return ModuleScan(bound.source, bound.module, p.planned(bound.args), bound.given)


@PLANS.entry(BoundJoin)
def _join(p: Planner, bound: BoundJoin) -> Node:
    left, right = p.relation(bound.left), p.relation(bound.right)
    return Join(bound.kind, left, right, p.planned_one(bound.on), bound.fixed)


@PLANS.entry(BoundParentheses)
def _parentheses(p: Planner, bound: BoundParentheses) -> Node:
    return filtered(p.functions, p.relation(bound.joined), p.planned(bound.conditions))
