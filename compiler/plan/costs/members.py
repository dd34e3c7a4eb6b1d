"""IN over a column that a B-tree is ordered by: members are looked up where they lie, and not copied."""

from __future__ import annotations

from foundrydb.compiler.bind.bound import NUMERIC, ROWID, TEXT, ColumnRef, InQuery, RowValue
from foundrydb.compiler.plan.costs.orders import plain
from foundrydb.compiler.plan.nodes import IndexScan, Node, Project, Scan
from foundrydb.compiler.schema.objects import Index


def tree_of_members(expr: InQuery) -> Scan | IndexScan | None:
    """The table, by its rowid, or the index in whose keys IN finds its members; None where they are copied."""
    plan = expr.query.plan
    if not expr.in_tree or not isinstance(plan, Project):
        return None
    leaf = plan.child
    assert isinstance(leaf, (Scan, IndexScan))
    return leaf


def places_of_rows(node: IndexScan, position: int) -> list[int]:
    """Which columns of an IN over rows the key columns of an index have from a position on; none for other keys."""
    key = node.equal[position - node.skip]
    if not isinstance(key, InQuery) or not isinstance(key.operand, RowValue):
        return []
    alias = node.table.rowid_alias
    items = [plain(item) for item in key.operand.items]
    asked = [item.index if isinstance(item, ColumnRef) else ROWID for item in items]
    held = [column.column for column in node.index.columns[position : position + len(asked)]]
    return [asked.index(ROWID if column == alias and alias >= 0 else column) for column in held]


def column_of_members(plan: Node) -> ColumnRef | None:
    """The column, or rowid, that a plan gives of each row of a table; None for a plan of any other form."""
    if not isinstance(plan, Project) or len(plan.exprs) != 1:
        return None
    leaf = plan.child
    if isinstance(leaf, IndexScan):
        if leaf.expressions() or leaf.index.where is not None:
            return None
    elif not isinstance(leaf, Scan):
        return None
    column = plain(plan.exprs[0])
    if not isinstance(column, ColumnRef) or column.source is not leaf.source:
        return None
    return ColumnRef(column.source, ROWID) if column.index == leaf.table.rowid_alias else column


def compares_alike(index: Index, expr: InQuery) -> bool:
    """Whether the first column of an index is ordered as IN compares its operand with the members."""
    first = index.columns[0]
    if first.column < 0 or expr.sequences[0].upper() != first.collation.upper():
        return False
    affinity = index.table.columns[first.column].affinity
    comparison = expr.comparisons[0]
    if comparison == TEXT:
        return affinity == TEXT
    return comparison < NUMERIC or affinity >= NUMERIC
