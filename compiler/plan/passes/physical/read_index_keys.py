"""Expressions that an index holds are read from it.

Before (i is an index on t(lower(a)))::

    Project lower(t.a)
      IndexScan t using i

After::

    Project t.<lower(t.a)>
      IndexScan t using covering i

The keys of a table's indexes are columns of its source then, behind those that the table has.  Where nothing else is
read of the table, it need not be opened.  An expression whose subtype counts is none of the index's, for a value that
is stored has none.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import ColumnRef, Expr, OutputColumn, Source
from foundrydb.compiler.bind.expr_index import ExprIndex
from foundrydb.compiler.bind.text import expr_text
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.nodes import IndexScan, Node, SeekUnion, subqueries
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.usage import ColumnUsage, readable
from foundrydb.compiler.plan.walk import Rewriter, nodes_of
from foundrydb.compiler.schema.objects import Index
from foundrydb.compiler.trees.declared import made_from


@final
class ReadIndexKeys(Pass):
    doc = "Read an expression that an index holds from the index."

    def run(self, plan: Node, context: PassContext) -> Node:
        scans = [node for node in _searches(plan) if any([item.expression for item in node.index.columns])]
        if not scans:
            return plan
        usage = ColumnUsage(plan)
        reading = _ReadKeys()
        for node in scans:
            keys = usage.readable_keys(node.index, node.source, context)
            if any([key is not None for key in keys]):
                _name_keys(node.source, node.index, context)
                reading.add(node, keys, usage.covered(node.index, node.source, context))
        return reading.node(plan)


def _searches(plan: Node) -> list[IndexScan]:
    """The searches of an index that are all that a statement reads a source by."""
    found: list[IndexScan] = []
    united: set[int] = set()
    plans = [plan]
    for root in plans:
        for node in nodes_of(root):
            if isinstance(node, IndexScan):
                found.append(node)
            elif isinstance(node, SeekUnion):
                united.add(node.source.number)
            for query in subqueries(node):
                assert isinstance(query.plan, Node)
                if all([query.plan is not known for known in plans]):
                    plans.append(query.plan)
    return [node for node in found if node.source.number not in united]


def _name_keys(source: Source, index: Index, context: PassContext) -> None:
    """Give a source the keys of its table's indexes for columns, unless it has them."""
    table = index.table
    if len(source.columns) > len(table.columns):
        return
    for other in table.indexes:
        for key in [readable(key) for key in context.key_expressions(other, source)]:
            if key is None:
                source.columns.append(OutputColumn(""))
            else:
                source.columns.append(OutputColumn(f"<{expr_text(key)}>", key.affinity, key.collation))


@final
class _ReadKeys(Rewriter):
    """Puts columns in the place of what indexes hold."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: Final = ExprIndex()
        self.columns: Final[
            list[tuple[Source, int]]
        ] = []  # that take the place of the keys, by their numbers
        self.covered: Final[set[int]] = set()

    def add(self, node: IndexScan, keys: list[Expr | None], covered: bool) -> None:
        """Read the keys of a search's index from there; covered: nothing else is read of the table."""
        first = node.index.first_key()
        for i, key in enumerate(keys):
            if key is not None:
                self.keys.add(key, len(self.columns))
                self.columns.append((node.source, first + i))
        if covered:
            self.covered.add(node.source.number)

    def replace(self, expr: Expr) -> Expr | None:
        number = self.keys.find(expr)
        if number < 0:
            return None
        source, index = self.columns[number]
        return made_from(expr, ColumnRef(source, index, expr.start, expr.end))

    def node(self, node: Node) -> Node:
        if isinstance(node, IndexScan) and node.source.number in self.covered and not node.covering:
            node = made_from(node, node.unopened())
        return super().node(node)
