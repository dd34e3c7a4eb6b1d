"""Plans of INSERT, UPDATE and DELETE: the rows that are read, and on top of them the node that changes a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.compiler.bind.bound import ColumnRef, Expr
from foundrydb.compiler.bind.properties import query_of, walk
from foundrydb.compiler.bind.schema.row_expressions import row_keys
from foundrydb.compiler.bind.statements import (
    BoundDelete,
    BoundInsert,
    BoundInstead,
    BoundTable,
    BoundUpdate,
)
from foundrydb.compiler.late import named
from foundrydb.compiler.plan.building.arguments import filtered
from foundrydb.compiler.plan.building.planner import PLANS, Planner
from foundrydb.compiler.plan.nodes import Delete, Filter, Insert, Instead, Join, Node, Scan, SingleRow, Update
from foundrydb.compiler.plan.walk import Substitution, is_one_row, nodes_of
from foundrydb.compiler.schema.objects import Table
from foundrydb.compiler.trees.declared import Feed

if TYPE_CHECKING:
    from foundrydb.compiler.plan.building.aggregation import Aggregation


@PLANS.entry(BoundInsert)
def _insert(p: Planner, bound: BoundInsert) -> Node:
    table = bound.table
    child: Node = SingleRow() if bound.query is None else p.relation(bound.query)
    upserts = bound.upserts
    if p.nested:
        upserts = [one.fed(Feed(p.exprs(one.expressions()))) for one in upserts]
    events = bound.events
    followed = events is not None and any([one.follows("INSERT", []) for one in events.triggers])
    kept = reads_table(child, table)
    if (followed or bound.returning) and not is_one_row(child):
        kept = kept or not named("is_undisturbed")(child, events)
    return Insert(
        table,
        table.schema,
        bound.row,
        events,
        child,
        bound.columns,
        bound.rowid,
        bound.if_empty,
        bound.conflict,
        upserts,
        p.planned(bound.returning),
        bound.returning_columns,
        kept,
    )


@PLANS.entry(BoundUpdate)
def _update(p: Planner, bound: BoundUpdate) -> Node:
    table, target = bound.table, bound.target
    assert isinstance(target, BoundTable)
    node = p.relation(target)
    if bound.from_ is not None:
        node = Join("inner", node, p.relation(bound.from_), None)
    node = filtered(p.functions, node, p.planned(bound.where))
    keys = row_keys(table, target.source)
    values = p.planned([value for _, value in bound.sets])
    if bound.aggregation is not None:
        aggregation: Aggregation = named("Aggregation")(bound.aggregation, node, [], values)
        keys, values = aggregation.exprs(keys), aggregation.exprs(values)
        node = aggregation.aggregate(node)
    return Update(
        table,
        table.schema,
        bound.row,
        bound.events,
        node,
        target.source,
        keys,
        [(column, value) for (column, _), value in zip(bound.sets, values)],
        bound.names,
        bound.conflict,
        p.planned(bound.returning),
        bound.returning_columns,
        False,
    )


@PLANS.entry(BoundDelete)
def _delete(p: Planner, bound: BoundDelete) -> Node:
    table, target = bound.table, bound.target
    assert isinstance(target, BoundTable)
    node = p.relation(target)
    where = p.planned_one(bound.where)
    if where is not None:
        node = Filter(node, where)
    returning = p.planned(bound.returning)
    everything = where is None and not returning and bound.at_once and bound.events is None
    shown = bound.returning_columns
    return Delete(
        table, table.schema, bound.row, bound.events, node, target.source, returning, shown, everything, False
    )


@PLANS.entry(BoundInstead)
def _instead(p: Planner, bound: BoundInstead) -> Node:
    values = p.planned([value for _, value in bound.sets])
    if bound.target is not None:
        old = bound.events.old
        values = Substitution(bound.target, [ColumnRef(old, i) for i in range(len(old.columns))]).exprs(
            values
        )
    return Instead(
        bound.view,
        bound.schema,
        bound.event,
        bound.names,
        bound.conflict,
        bound.events,
        SingleRow() if bound.query is None else p.relation(bound.query),
        bound.old,
        bound.new,
        [(column, value) for (column, _), value in zip(bound.sets, values)],
        p.planned(bound.returning),
        bound.returning_columns,
    )


def reads_table(node: Node, table: Table) -> bool:
    """Whether a plan, or a subquery in it, reads ``table``."""
    for item in nodes_of(node):
        if isinstance(item, Scan) and item.table is table:
            return True
        for expr in item.expressions():
            if _expression_reads(expr, table):
                return True
    return False


def _expression_reads(expr: Expr, table: Table) -> bool:
    for item in walk(expr):
        query = query_of(item)
        if query is not None:
            plan = query.plan
            assert isinstance(plan, Node)
            if reads_table(plan, table):
                return True
    return False
