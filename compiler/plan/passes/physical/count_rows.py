"""``SELECT count(*) FROM t``: the number of rows comes from the B-tree's pages, not from the rows.

Before::

    Aggregate count(*)
      Scan t

After (i is the smallest full index, whose B-tree has fewer pages than the table's)::

    CountRows t using i
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.nodes import Aggregate, CountRows, IndexScan, Node, Scan
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.walk import NodeRewriter
from foundrydb.compiler.schema.objects import Index
from foundrydb.compiler.trees.declared import made_from


@final
class CountFromTree(Pass):
    doc = "Count a whole table's rows from its B-tree's pages."

    def run(self, plan: Node, context: PassContext) -> Node:
        return _Count(context).node(plan)


@final
class _Count(NodeRewriter):
    def __init__(self, context: PassContext) -> None:
        super().__init__(context.nested)
        self.choices: Final = context.choices

    def own_expressions(self, node: Node) -> Node:
        node = super().own_expressions(node)
        if not isinstance(node, Aggregate) or not only_counts(node):
            return node
        child = node.child
        if isinstance(child, IndexScan) and not child.equal and child.low is None and child.high is None:
            kept = None if child.index.clustered else child.index
            return made_from(node, CountRows(node.source, child.table, child.schema, kept))
        if isinstance(child, Scan):
            index = None if child.not_indexed else smallest_index(child)
            if self.choices is not None:
                self.choices.counting(child, index)
            return made_from(node, CountRows(node.source, child.table, child.schema, index))
        return node


def only_counts(node: Aggregate) -> bool:
    """Whether ``count(*)`` over all rows is all that is asked for."""
    if node.keys or node.bare or len(node.aggregates) != 1:
        return False
    spec = node.aggregates[0]
    return (
        spec.function.name == "count" and not spec.function.of_user and not spec.args and spec.filter is None
    )


def smallest_index(scan: Scan) -> Index | None:
    """The full index with the fewest columns, when it has fewer than the table; INDEXED BY has no say, as in SQLite."""
    best: Index | None = None
    width = len(scan.table.columns)
    for index in scan.table.indexes:
        if index.clustered or index.where is not None:
            continue
        if len(index.stored_columns()) <= width:
            best = index
            width = len(index.stored_columns()) - 1
    return best
