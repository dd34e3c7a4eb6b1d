"""Duplicates skipped: where only different values count, an index is not walked, but searched for the next value.

Before (i is an index on t(a, b), in which values of a repeat often)::

    Distinct over 1 columns, sorted
      Project t.a
        IndexScan t using covering i

After::

    Distinct over 1 columns, sorted
      Project t.a
        IndexScan t using covering i, each a once

So are the rows of a grouping whose aggregates count nothing twice: ``count(DISTINCT a)``, ``max(a)``. An expression
that the index holds has become a column of it before.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import ROWID, ColumnRef, InList, InQuery
from foundrydb.compiler.bind.properties import conjuncts
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.costs.index_search import SKIP_ROWS
from foundrydb.compiler.plan.nodes import Aggregate, AggregateSpec, Distinct, Filter, IndexScan, Node, Project
from foundrydb.compiler.plan.passes.base import Pass
from foundrydb.compiler.plan.passes.logical.push_predicates import blunt
from foundrydb.compiler.plan.usage import column_usage
from foundrydb.compiler.plan.walk import NodeRewriter
from foundrydb.compiler.schema.objects import Index
from foundrydb.compiler.trees.declared import made_from


@final
class SkipDuplicates(Pass):
    doc = "Search an index for the next different value, where rows with the same make no difference."

    def run(self, plan: Node, context: PassContext) -> Node:
        return _SkipDuplicates(context, plan).node(plan)


@final
class _SkipDuplicates(NodeRewriter):
    def __init__(self, context: PassContext, plan: Node) -> None:
        super().__init__(context.nested)
        self.context: Final = context
        self.plan: Final = plan
        self._usage: dict[int, set[int]] | None = None

    def own_expressions(self, node: Node) -> Node:
        node = super().own_expressions(node)
        if isinstance(node, Distinct) and node.sorted and isinstance(node.child, Project):
            project = node.child
            child = self._skipping(project.child, [])
            return node if child is project.child else node.with_children([project.with_children([child])])
        if isinstance(node, Aggregate) and counts_once(node):
            child = self._skipping(node.child, node.aggregates)
            return node if child is node.child else _counting(node, child)
        return node

    def _skipping(self, node: Node, specs: list[AggregateSpec]) -> Node:
        """The rows that differ in a column that is read, where an index finds them.

        specs: the aggregates over them, which may tell apart what the index does not.
        """
        if isinstance(node, Filter):
            if not all(blunt(term) for term in conjuncts(node.predicate)):
                return node
            child = self._skipping(node.child, specs)
            exact = isinstance(child, IndexScan) and _is_binary(child)
            return node.with_children([child]) if child is not node.child and exact else node
        if not isinstance(node, IndexScan) or not node.covering or node.skip or node.once:
            return node
        averages = self.context.catalog.averages(node.index)
        count = self._prefix(node) if averages else -1
        if count < 0 or count >= len(averages) or averages[count] < SKIP_ROWS:
            return node
        if not all(_tells_apart(node.index, spec) for spec in specs):
            return node
        return node.each_once(count)

    def _prefix(self, node: IndexScan) -> int:
        """How many leading columns of the index hold all that is read of the table; -1 where they do not."""
        if self._usage is None:
            self._usage = column_usage(self.plan)
        last = len(node.equal) - 1
        for column in self._usage.get(node.source.number, {ROWID}):
            place = _place(node.index, column)
            if place < 0:
                return -1
            last = max(last, place)
        return last + 1 if last < len(node.index.columns) else -1


def _counting(node: Aggregate, child: Node) -> Aggregate:
    """An aggregation over rows with different values, of which no aggregate need find out which it has met."""
    leaf = child.child if isinstance(child, Filter) else child
    assert isinstance(leaf, IndexScan)
    specs = node.aggregates
    if not node.keys and len(leaf.equal) + 1 == leaf.once:
        if not any(isinstance(key, (InList, InQuery)) for key in leaf.equal):
            specs = [_plain(spec, leaf) for spec in specs]
    counting = Aggregate(
        node.source, child, node.keys, node.sequences, specs, node.bare, node.sorted, node.hashed
    )
    return made_from(node, counting)


def _plain(spec: AggregateSpec, leaf: IndexScan) -> AggregateSpec:
    """An aggregate without DISTINCT, where its argument is the column that is different in each row."""
    arg = spec.args[0]
    last = leaf.once - 1
    collation = leaf.index.columns[last].collation
    if not spec.distinct or not isinstance(arg, ColumnRef) or _place(leaf.index, arg.index) != last:
        return spec
    if spec.sequence.upper() != collation.upper() or len(spec.args) != 1:
        return spec
    return AggregateSpec(spec.function, spec.args, False, None, [], spec.sequence)


def _place(index: Index, column: int) -> int:
    """Where an entry stores a column of the source, which may be one of the index's keys; -1 where it does not."""
    if column < len(index.table.columns):
        return index.position(column)
    place = column - index.first_key()
    return place if 0 <= place < len(index.columns) else -1


def _is_binary(node: IndexScan) -> bool:
    """Whether an index tells apart all texts that differ, in the columns whose values are wanted once."""
    return all(column.collation.upper() == "BINARY" for column in node.index.columns[: node.once])


def _tells_apart(index: Index, spec: AggregateSpec) -> bool:
    """Whether an index has an entry of its own for each value that an aggregate takes for different."""
    for arg in spec.args:
        assert isinstance(arg, ColumnRef)
        collation = index.columns[_place(index, arg.index)].collation.upper()
        if collation not in ("BINARY", spec.sequence.upper()):
            return False
    return True


def counts_once(node: Aggregate) -> bool:
    """Whether equal rows change nothing in an aggregation, whose groups are there one after the other."""
    if (node.keys and not node.sorted) or not (node.keys or node.aggregates):
        return False
    for spec in node.aggregates:
        if (
            spec.filter is not None
            or spec.order_by
            or not all(isinstance(arg, ColumnRef) for arg in spec.args)
        ):
            return False
        if not (spec.distinct or spec.function.chooses_row):
            return False
    return True
