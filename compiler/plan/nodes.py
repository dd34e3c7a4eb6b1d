"""The nodes of a plan: one tree for what a statement asks for and for how it is carried out.

The builder makes the logical form (``Scan``, ``Filter``, ``Join``, …); passes replace parts of it by the physical
form (``IndexScan``, ``RowidSeek``, a ``Sort`` that vanished because an index gives the order, …).  Both forms
run: code generation takes any tree, so every pass can be left out.

How rows flow.  A node yields rows to its parent.  Expressions refer to rows through a ``Source``; a node that
*makes* columns has one as ``source`` (``Scan``: the table's columns; ``Project`` and ``Aggregate``: what they
compute), and a node that only passes rows on (``Filter``, ``Sort``, ``Limit``, ``Join``) leaves its children's
sources visible.  So above a ``Filter`` over a ``Scan`` of t, expressions refer to t's source; above a ``Project``,
only to the project's.

Invariants, which ``plan.check`` verifies after each pass:

1. an expression refers only to sources that a node below it makes, to those of the left side of a join on whose
   right side it stands, and to those of enclosing queries;
2. every source is made by exactly one node of the statement (a TransientIndex and the seeks of a SeekUnion pass
   their source on);
3. no AggregateCall is left in an expression;
4. the root of a query is a node whose output columns are the query's: Project, Compound, Values, or Sort, Limit or
   Distinct over one of these.

Fields are final; a pass makes new nodes through ``with_children``.  ``rows`` and ``cost`` are the estimates,
filled by the cost model: rows that the node yields in one run, cost in units of a row visited; -1 when unknown.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.resolve.bound import (
    Expr,
    Literal,
    OrderTerm,
    OutputColumn,
    Relation,
    Source,
    Subquery,
)

if TYPE_CHECKING:
    from foundrydb.compiler.resolve.catalog import Index, Table
    from foundrydb.vm.functions.scalar import Function


class Node(Relation):
    """The base of plan nodes."""

    def __init__(self) -> None:
        self.rows = -1.0
        self.cost = -1.0

    @abstractmethod
    def children(self) -> list[Node]:
        """The nodes whose rows this one takes, in order."""

    @abstractmethod
    def with_children(self, children: list[Node]) -> Node:
        """The same node over other children."""

    def expressions(self) -> list[Expr]:
        """The node's own expressions, in a fixed order."""
        return []

    def with_expressions(self, expressions: list[Expr]) -> Node:
        """The same node with other expressions (as many as ``expressions`` returned)."""
        return self


# -- leaves: where rows come from ---------------------------------------------------------------------------


class LeafNode(Node):
    """A node without children."""

    def children(self) -> list[Node]:
        return []

    def with_children(self, children: list[Node]) -> Node:
        return self


@final
class SingleRow(LeafNode):
    """One row without columns: what a SELECT without FROM reads."""


@final
class Empty(LeafNode):
    """No rows at all; ``sources`` are those it stands in for (all of whose columns exist, unread)."""

    def __init__(self, sources: list[Source]) -> None:
        super().__init__()
        self.sources: Final = sources


@final
class Scan(LeafNode):
    """Every row of a table, in rowid order (primary key order for WITHOUT ROWID).

    ``indexed_by``: the index that INDEXED BY names, "" for none; ``not_indexed`` forbids indexes.
    """

    def __init__(
        self,
        source: Source,
        table: Table,
        schema: str,
        descending: bool = False,
        indexed_by: str = "",
        not_indexed: bool = False,
    ) -> None:
        super().__init__()
        self.source: Final = source
        self.table: Final = table
        self.schema: Final = schema
        self.descending: Final = descending
        self.indexed_by: Final = indexed_by
        self.not_indexed: Final = not_indexed


@final
class RangeBound:
    """One end of a range.

    expr: the key of the range's column.  rest: keys of the columns behind it, where rows are compared.
    inclusive: whether entries with these keys belong to the range.
    """

    def __init__(self, expr: Expr, inclusive: bool, rest: list[Expr] | None = None) -> None:
        self.expr: Final = expr
        self.inclusive: Final = inclusive
        self.rest: Final[list[Expr]] = [] if rest is None else rest

    def keys(self) -> list[Expr]:
        """All keys, in the order of their columns."""
        return [self.expr, *self.rest]


@final
class RowidSeek(LeafNode):
    """Rows of a table by rowid: one (``equal``), or a range.

    ``equal`` may be an InList or InQuery whose operand is the rowid: each distinct item is looked up, in
    ascending order.  Any other expression is the key itself.  The bounds' expressions are the keys.
    The keys have not been converted: the code generator applies SQLite's rules for a key that is not an
    integer.
    """

    def __init__(
        self,
        source: Source,
        table: Table,
        schema: str,
        equal: Expr | None,
        low: RangeBound | None,
        high: RangeBound | None,
        descending: bool = False,
    ) -> None:
        super().__init__()
        self.source: Final = source
        self.table: Final = table
        self.schema: Final = schema
        self.equal: Final = equal
        self.low: Final = low
        self.high: Final = high
        self.descending: Final = descending

    def expressions(self) -> list[Expr]:
        out = [] if self.equal is None else [self.equal]
        return out + bound_expressions(self.low, self.high)

    def with_expressions(self, expressions: list[Expr]) -> Node:
        equal = None if self.equal is None else expressions[0]
        low, high = with_bounds(self.low, self.high, expressions[0 if equal is None else 1 :])
        return RowidSeek(self.source, self.table, self.schema, equal, low, high, self.descending)


@final
class IndexScan(LeafNode):
    """Rows of a table through an index, in the index's order.

    equal: the keys of the leading index columns, in order.  Each is the key's expression, or an InList or
        InQuery over that column, whose distinct items are looked up one by one; or an IsNull for a search for NULL.
    low, high: a range over the next index column, in the column's values (not the index's direction).
    covering: every column that the statement needs is in the index: the table is not opened.
    descending: the index is walked backwards.
    skip: how many leading columns are skipped over, value by value, before ``equal`` begins (skip-scan).
    once: of the entries that agree in so many leading columns only the first is wanted; 0 for all.
    """

    def __init__(
        self,
        source: Source,
        table: Table,
        schema: str,
        index: Index,
        equal: list[Expr],
        low: RangeBound | None,
        high: RangeBound | None,
        covering: bool = False,
        descending: bool = False,
        skip: int = 0,
        once: int = 0,
    ) -> None:
        super().__init__()
        self.source: Final = source
        self.table: Final = table
        self.schema: Final = schema
        self.index: Final = index
        self.equal: Final = equal
        self.low: Final = low
        self.high: Final = high
        self.covering: Final = covering
        self.descending: Final = descending
        self.skip: Final = skip
        self.once: Final = once

    def expressions(self) -> list[Expr]:
        return self.equal + bound_expressions(self.low, self.high)

    def with_expressions(self, expressions: list[Expr]) -> Node:
        count = len(self.equal)
        low, high = with_bounds(self.low, self.high, expressions[count:])
        return IndexScan(
            self.source,
            self.table,
            self.schema,
            self.index,
            expressions[:count],
            low,
            high,
            self.covering,
            self.descending,
            self.skip,
            self.once,
        )

    def each_once(self, count: int) -> IndexScan:
        """The same search for the first entries only of those that agree in ``count`` leading columns."""
        return IndexScan(
            self.source,
            self.table,
            self.schema,
            self.index,
            self.equal,
            self.low,
            self.high,
            self.covering,
            self.descending,
            self.skip,
            count,
        )


def bound_expressions(low: RangeBound | None, high: RangeBound | None) -> list[Expr]:
    """The expressions of a range, low before high."""
    out = []
    if low is not None:
        out.extend(low.keys())
    if high is not None:
        out.extend(high.keys())
    return out


def with_bounds(
    low: RangeBound | None, high: RangeBound | None, expressions: list[Expr]
) -> tuple[RangeBound | None, RangeBound | None]:
    """The range over other expressions, as ``bound_expressions`` ordered them."""
    new_low = None
    if low is not None:
        count = len(low.rest) + 1
        new_low = RangeBound(expressions[0], low.inclusive, expressions[1:count])
        expressions = expressions[count:]
    new_high = None if high is None else RangeBound(expressions[0], high.inclusive, expressions[1:])
    return new_low, new_high


@final
class SeekUnion(Node):
    """Rows of one table that any of several seeks finds, each once (OR over indexes).

    Every child is a RowidSeek or an IndexScan on ``source``, with a Filter on top where a seek does not cover its term.
    """

    def __init__(self, source: Source, table: Table, schema: str, seeks: list[Node]) -> None:
        super().__init__()
        self.source: Final = source
        self.table: Final = table
        self.schema: Final = schema
        self.seeks: Final = seeks

    def children(self) -> list[Node]:
        return self.seeks

    def with_children(self, children: list[Node]) -> Node:
        return SeekUnion(self.source, self.table, self.schema, children)


MANY_ROWS: Final = 16
"""So many rows of VALUES are held as they are, and yielded by one instruction."""


def _is_constant_row(row: list[Expr]) -> bool:
    return all([isinstance(expr, Literal) for expr in row])


@final
class Values(LeafNode):
    """The rows of VALUES.

    constant: there are so many of them, all literals, that they are data rather than expressions.
    """

    def __init__(self, source: Source, tuples: list[list[Expr]]) -> None:
        super().__init__()
        self.source: Final = source
        self.tuples: Final = tuples
        self.constant: Final = len(tuples) >= MANY_ROWS and all([_is_constant_row(row) for row in tuples])

    def expressions(self) -> list[Expr]:
        if self.constant:
            return []
        return [expr for row in self.tuples for expr in row]

    def with_expressions(self, expressions: list[Expr]) -> Node:
        width = len(self.source.columns)
        rows = [expressions[i : i + width] for i in range(0, len(expressions), width)]
        return Values(self.source, rows)


@final
class FunctionScan(LeafNode):
    """The rows of a table-valued function (``generate_series(1, 9)``, ``pragma_table_info('t')``).

    given: the hidden columns, rising, whose values ``args`` are.
    """

    def __init__(self, source: Source, function: str, args: list[Expr], given: list[int]) -> None:
        super().__init__()
        self.source: Final = source
        self.function: Final = function
        self.args: Final = args
        self.given: Final = given

    def expressions(self) -> list[Expr]:
        return self.args

    def with_expressions(self, expressions: list[Expr]) -> Node:
        return FunctionScan(self.source, self.function, expressions, self.given)


@final
class Derived(Node):
    """A subquery in FROM, a view or a common table expression: the child's columns under the name ``source``.

    materialized: the rows are kept in an ephemeral table before the first is used; otherwise they stream (a
    coroutine).
    shared: a number that the uses of one common table expression have in common (0: no other use).  Its rows are
    made once.
    """

    def __init__(self, source: Source, child: Node, materialized: bool = False, shared: int = 0) -> None:
        super().__init__()
        self.source: Final = source
        self.child: Final = child
        self.materialized: Final = materialized
        self.shared: Final = shared

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        return Derived(self.source, children[0], self.materialized, self.shared)


@final
class TransientIndex(Node):
    """The child's rows, kept in an index made for this statement and looked up by ``keys`` (an automatic index).

    source: the child's own; below this node its columns come from the child, above from the index, which keeps those
    that the statement reads.
    columns: the child's columns that form the key, in order; keys: what they are compared with, from the left side of
    the join.  comparisons and sequences: affinity and collation of each comparison.
    """

    def __init__(
        self,
        source: Source,
        child: Node,
        columns: list[int],
        keys: list[Expr],
        comparisons: list[str],
        sequences: list[str],
    ) -> None:
        super().__init__()
        self.source: Final = source
        self.child: Final = child
        self.columns: Final = columns
        self.keys: Final = keys
        self.comparisons: Final = comparisons
        self.sequences: Final = sequences

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        return TransientIndex(
            self.source, children[0], self.columns, self.keys, self.comparisons, self.sequences
        )

    def expressions(self) -> list[Expr]:
        return self.keys

    def with_expressions(self, expressions: list[Expr]) -> Node:
        return TransientIndex(
            self.source, self.child, self.columns, expressions, self.comparisons, self.sequences
        )


# -- rows in, rows out --------------------------------------------------------------------------------------------


@final
class Filter(Node):
    """The child's rows for which the predicate is true."""

    def __init__(self, child: Node, predicate: Expr) -> None:
        super().__init__()
        self.child: Final = child
        self.predicate: Final = predicate

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        return Filter(children[0], self.predicate)

    def expressions(self) -> list[Expr]:
        return [self.predicate]

    def with_expressions(self, expressions: list[Expr]) -> Node:
        return Filter(self.child, expressions[0])


@final
class Join(Node):
    """Nested loops: for every row of left, every row of right for which ``on`` holds (None: all of them).

    kind: ``inner``, ``left``, ``right`` or ``full``.  In a left join, a left row without a match appears once
    with the right side's columns NULL; right and full likewise for right rows.
    fixed: CROSS JOIN: the order must stay.
    The right side may refer to the left side's sources (after seeks were chosen).
    """

    def __init__(self, kind: str, left: Node, right: Node, on: Expr | None, fixed: bool = False) -> None:
        super().__init__()
        self.kind: Final = kind
        self.left: Final = left
        self.right: Final = right
        self.on: Final = on
        self.fixed: Final = fixed

    def children(self) -> list[Node]:
        return [self.left, self.right]

    def with_children(self, children: list[Node]) -> Node:
        return Join(self.kind, children[0], children[1], self.on, self.fixed)

    def expressions(self) -> list[Expr]:
        return [] if self.on is None else [self.on]

    def with_expressions(self, expressions: list[Expr]) -> Node:
        return Join(self.kind, self.left, self.right, expressions[0] if expressions else None, self.fixed)


@final
class Project(Node):
    """Computes expressions from the child's rows: output column i is ``exprs[i]``.

    The source may have more columns than the query shows (what ORDER BY needs); ``Output`` cuts them off.
    """

    def __init__(self, source: Source, child: Node, exprs: list[Expr]) -> None:
        super().__init__()
        self.source: Final = source
        self.child: Final = child
        self.exprs: Final = exprs

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        return Project(self.source, children[0], self.exprs)

    def expressions(self) -> list[Expr]:
        return self.exprs

    def with_expressions(self, expressions: list[Expr]) -> Node:
        return Project(self.source, self.child, expressions)


@final
class AggregateSpec:
    """One aggregate of an Aggregate node: ``function(args) FILTER (WHERE filter)``; order_by within the call."""

    def __init__(
        self,
        function: Function,
        args: list[Expr],
        distinct: bool,
        filter: Expr | None,
        order_by: list[OrderTerm],
        sequence: str,
    ) -> None:
        self.function: Final = function
        self.args: Final = args
        self.distinct: Final = distinct
        self.filter: Final = filter
        self.order_by: Final = order_by
        self.sequence: Final = sequence

    def chooses_row(self) -> bool:
        """Whether the bare columns come from the row that this aggregate chose."""
        return self.function.chooses_row

    def expressions(self) -> list[Expr]:
        out = list(self.args)
        if self.filter is not None:
            out.append(self.filter)
        out.extend(term.expr for term in self.order_by)
        return out

    def with_expressions(self, expressions: list[Expr]) -> AggregateSpec:
        count = len(self.args)
        rest = count if self.filter is None else count + 1
        order = []
        for i, term in enumerate(self.order_by):
            order.append(OrderTerm(expressions[rest + i], term.descending, term.nulls_first, term.collation))
        return AggregateSpec(
            self.function,
            expressions[:count],
            self.distinct,
            None if self.filter is None else expressions[count],
            order,
            self.sequence,
        )


@final
class Aggregate(Node):
    """Groups the child's rows and computes aggregates.

    The source's columns are: the group keys, then the aggregates, then the bare columns (expressions of the child
    that are neither; their value comes from the row that min() or max() chose where there is exactly one
    such aggregate, else from the group's first row; so does a key's value).
    Without keys there is exactly one group, also over no rows at all.
    sequences: the collation of each key.
    sorted: the child's rows arrive grouped by the keys already.  hashed: the groups are kept in a hash table.
    Otherwise the node sorts the rows.
    """

    def __init__(
        self,
        source: Source,
        child: Node,
        keys: list[Expr],
        sequences: list[str],
        aggregates: list[AggregateSpec],
        bare: list[Expr],
        sorted: bool = False,
        hashed: bool = False,
    ) -> None:
        super().__init__()
        self.source: Final = source
        self.child: Final = child
        self.keys: Final = keys
        self.sequences: Final = sequences
        self.aggregates: Final = aggregates
        self.bare: Final = bare
        self.sorted: Final = sorted
        self.hashed: Final = hashed

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        return self._with(children[0], self.keys, self.aggregates, self.bare, self.hashed)

    def expressions(self) -> list[Expr]:
        out = list(self.keys)
        for spec in self.aggregates:
            out.extend(spec.expressions())
        return out + self.bare

    def with_expressions(self, expressions: list[Expr]) -> Node:
        position = len(self.keys)
        keys = expressions[:position]
        specs = []
        for spec in self.aggregates:
            count = len(spec.expressions())
            specs.append(spec.with_expressions(expressions[position : position + count]))
            position += count
        return self._with(self.child, keys, specs, expressions[position:], self.hashed)

    def as_hashed(self) -> Aggregate:
        """The same node with its groups in a hash table."""
        return self._with(self.child, self.keys, self.aggregates, self.bare, True)

    def _with(
        self, child: Node, keys: list[Expr], specs: list[AggregateSpec], bare: list[Expr], hashed: bool
    ) -> Aggregate:
        return Aggregate(self.source, child, keys, self.sequences, specs, bare, self.sorted, hashed)


@final
class CountRows(LeafNode):
    """``SELECT count(*) FROM t`` without any condition: one row, one column, from the B-tree's leaf headers."""

    def __init__(self, source: Source, table: Table, schema: str, index: Index | None = None) -> None:
        super().__init__()
        self.source: Final = source
        self.table: Final = table
        self.schema: Final = schema
        self.index: Final = index


@final
class Distinct(Node):
    """The child's output rows, each once.  ``width``: how many leading columns count.  sequences: their collations.

    sorted: equal rows arrive together.
    """

    def __init__(self, child: Node, width: int, sequences: list[str], sorted: bool = False) -> None:
        super().__init__()
        self.child: Final = child
        self.width: Final = width
        self.sequences: Final = sequences
        self.sorted: Final = sorted

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        return Distinct(children[0], self.width, self.sequences, self.sorted)


@final
class Sort(Node):
    """The child's output rows in the order of ``terms``, which refer to the child's output source.

    ordered: how many leading terms the child's order already serves (all of them: the pass removes the node).
    top: with a LIMIT above, the largest number of rows that can be wanted (limit plus offset), else None.
    """

    def __init__(
        self, child: Node, terms: list[OrderTerm], ordered: int = 0, top: Expr | None = None
    ) -> None:
        super().__init__()
        self.child: Final = child
        self.terms: Final = terms
        self.ordered: Final = ordered
        self.top: Final = top

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        return Sort(children[0], self.terms, self.ordered, self.top)

    def expressions(self) -> list[Expr]:
        out = [term.expr for term in self.terms]
        return out if self.top is None else [*out, self.top]

    def with_expressions(self, expressions: list[Expr]) -> Node:
        terms = []
        for i, term in enumerate(self.terms):
            terms.append(OrderTerm(expressions[i], term.descending, term.nulls_first, term.collation))
        return Sort(self.child, terms, self.ordered, None if self.top is None else expressions[-1])


@final
class Limit(Node):
    """At most ``limit`` rows, after ``offset`` rows were left out.  A negative limit is none."""

    def __init__(self, child: Node, limit: Expr, offset: Expr | None) -> None:
        super().__init__()
        self.child: Final = child
        self.limit: Final = limit
        self.offset: Final = offset

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        return Limit(children[0], self.limit, self.offset)

    def expressions(self) -> list[Expr]:
        return [self.limit] if self.offset is None else [self.limit, self.offset]

    def with_expressions(self, expressions: list[Expr]) -> Node:
        return Limit(self.child, expressions[0], None if self.offset is None else expressions[1])


@final
class Compound(Node):
    """``left op right`` with op ``UNION ALL``, ``UNION``, ``INTERSECT`` or ``EXCEPT``.

    source: the output columns (names from the leftmost SELECT); sequences: their collations.
    merged: the order of the rows, in columns of ``source``, where both sides yield theirs in it; else empty.  Then the
    sides are read in turn, no further than it takes.
    """

    def __init__(
        self,
        source: Source,
        op: str,
        left: Node,
        right: Node,
        sequences: list[str],
        merged: list[OrderTerm] | None = None,
    ) -> None:
        super().__init__()
        self.source: Final = source
        self.op: Final = op
        self.left: Final = left
        self.right: Final = right
        self.sequences: Final = sequences
        self.merged: Final[list[OrderTerm]] = [] if merged is None else merged

    def children(self) -> list[Node]:
        return [self.left, self.right]

    def with_children(self, children: list[Node]) -> Node:
        return Compound(self.source, self.op, children[0], children[1], self.sequences, self.merged)


@final
class Output(Node):
    """The root of a SELECT statement: hands the first ``len(columns)`` output columns of the child to the caller.

    declared: what the columns of a table that is made of the rows are called.
    """

    def __init__(self, child: Node, columns: list[OutputColumn], declared: list[str]) -> None:
        super().__init__()
        self.child: Final = child
        self.columns: Final = columns
        self.declared: Final = declared

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        return Output(children[0], self.columns, self.declared)


# -- statements that write -------------------------------------------------------------------------------------------


@final
class RowExpressions:
    """A table's own expressions, bound to ``source``: the row that is about to be written.

    defaults: per column, the DEFAULT (None: NULL).  checks: (name or SQL text, predicate) of every CHECK.
    generated: per column, its GENERATED ALWAYS AS expression or None.
    index_keys: per index of ``table.indexes``, the expression of each key column (None: a plain column).
    index_filters: per index, the WHERE of a partial index or None.
    """

    def __init__(
        self,
        source: Source,
        defaults: list[Expr | None],
        checks: list[tuple[str, Expr]],
        generated: list[Expr | None],
        index_keys: list[list[Expr | None]],
        index_filters: list[Expr | None],
    ) -> None:
        self.source: Final = source
        self.defaults: Final = defaults
        self.checks: Final = checks
        self.generated: Final = generated
        self.index_keys: Final = index_keys
        self.index_filters: Final = index_filters


@final
class Upsert:
    """One ON CONFLICT clause.  index: the unique index that the target names (None: the rowid, or any).

    any: no target was named.  sets: (column, expression) pairs, empty for DO NOTHING; ``excluded`` is the source of the
    row that could not be inserted; ``existing`` that of the row in its way.
    """

    def __init__(
        self,
        index: Index | None,
        any: bool,
        nothing: bool,
        sets: list[tuple[int, Expr]],
        where: Expr | None,
        excluded: Source,
        existing: Source,
    ) -> None:
        self.index: Final = index
        self.any: Final = any
        self.nothing: Final = nothing
        self.sets: Final = sets
        self.where: Final = where
        self.excluded: Final = excluded
        self.existing: Final = existing


@final
class Insert(Node):
    """Writes the child's output rows into a table.

    columns: for every column of the table, which output column of the child it takes, -1 for its default.
    rowid: the child's output column that holds the rowid, -1 for a new one.
    conflict: the statement's OR clause (``ABORT``, ``ROLLBACK``, ``FAIL``, ``IGNORE``, ``REPLACE``), "" for none (each
        constraint's own clause then counts).
    reads_target: the child reads the table that is written: its rows are kept before the first is written.
    returning: expressions over ``row.source``, or empty.
    """

    def __init__(
        self,
        table: Table,
        schema: str,
        child: Node,
        columns: list[int],
        rowid: int,
        conflict: str,
        row: RowExpressions,
        upserts: list[Upsert],
        returning: list[Expr],
        returning_columns: list[OutputColumn],
        reads_target: bool,
    ) -> None:
        super().__init__()
        self.table: Final = table
        self.schema: Final = schema
        self.child: Final = child
        self.columns: Final = columns
        self.rowid: Final = rowid
        self.conflict: Final = conflict
        self.row: Final = row
        self.upserts: Final = upserts
        self.returning: Final = returning
        self.returning_columns: Final = returning_columns
        self.reads_target: Final = reads_target

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        return Insert(
            self.table,
            self.schema,
            children[0],
            self.columns,
            self.rowid,
            self.conflict,
            self.row,
            self.upserts,
            self.returning,
            self.returning_columns,
            self.reads_target,
        )

    def with_clauses(self, upserts: list[Upsert], returning: list[Expr]) -> Insert:
        """The same node with other ON CONFLICT and RETURNING clauses."""
        return Insert(
            self.table,
            self.schema,
            self.child,
            self.columns,
            self.rowid,
            self.conflict,
            self.row,
            upserts,
            returning,
            self.returning_columns,
            self.reads_target,
        )


@final
class Update(Node):
    """Changes rows of a table.

    child: yields the rows to change; ``target`` is the source in it that stands for the table.
    keys: the rowid, or the columns of a WITHOUT ROWID table's primary key, of the row to change, over the child's
    sources.  Where rows come from an aggregation it may be NULL, and no row is changed then.
    sets: (column or ROWID, new value over the child's sources).
    row: bound to the new row.
    one_pass: a row can be changed while the child goes on (no seek depends on a set column).
    """

    def __init__(
        self,
        table: Table,
        schema: str,
        child: Node,
        target: Source,
        keys: list[Expr],
        sets: list[tuple[int, Expr]],
        conflict: str,
        row: RowExpressions,
        returning: list[Expr],
        returning_columns: list[OutputColumn],
        one_pass: bool,
    ) -> None:
        super().__init__()
        self.table: Final = table
        self.schema: Final = schema
        self.child: Final = child
        self.target: Final = target
        self.keys: Final = keys
        self.sets: Final = sets
        self.conflict: Final = conflict
        self.row: Final = row
        self.returning: Final = returning
        self.returning_columns: Final = returning_columns
        self.one_pass: Final = one_pass

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        return Update(
            self.table,
            self.schema,
            children[0],
            self.target,
            self.keys,
            self.sets,
            self.conflict,
            self.row,
            self.returning,
            self.returning_columns,
            self.one_pass,
        )

    def expressions(self) -> list[Expr]:
        return self.keys + [expr for _, expr in self.sets]

    def with_expressions(self, expressions: list[Expr]) -> Node:
        count = len(self.keys)
        sets = [(column, expr) for (column, _), expr in zip(self.sets, expressions[count:])]
        return Update(
            self.table,
            self.schema,
            self.child,
            self.target,
            expressions[:count],
            sets,
            self.conflict,
            self.row,
            self.returning,
            self.returning_columns,
            self.one_pass,
        )

    def with_returning(self, returning: list[Expr]) -> Update:
        """The same node with another RETURNING clause."""
        return Update(
            self.table,
            self.schema,
            self.child,
            self.target,
            self.keys,
            self.sets,
            self.conflict,
            self.row,
            returning,
            self.returning_columns,
            self.one_pass,
        )


@final
class Delete(Node):
    """Removes the rows that the child yields; ``target`` is the source in it that stands for the table.

    everything: no condition at all: the B-trees are cleared whole.
    """

    def __init__(
        self,
        table: Table,
        schema: str,
        child: Node,
        target: Source,
        row: RowExpressions,
        returning: list[Expr],
        returning_columns: list[OutputColumn],
        everything: bool,
        one_pass: bool,
    ) -> None:
        super().__init__()
        self.table: Final = table
        self.schema: Final = schema
        self.child: Final = child
        self.target: Final = target
        self.row: Final = row
        self.returning: Final = returning
        self.returning_columns: Final = returning_columns
        self.everything: Final = everything
        self.one_pass: Final = one_pass

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        return Delete(
            self.table,
            self.schema,
            children[0],
            self.target,
            self.row,
            self.returning,
            self.returning_columns,
            self.everything,
            self.one_pass,
        )

    def with_returning(self, returning: list[Expr]) -> Delete:
        """The same node with another RETURNING clause."""
        return Delete(
            self.table,
            self.schema,
            self.child,
            self.target,
            self.row,
            returning,
            self.returning_columns,
            self.everything,
            self.one_pass,
        )


def subqueries(node: Node) -> list[Subquery]:
    """The subqueries in a node's own expressions, each once, in order of appearance."""
    return subqueries_in(node.expressions())


def subqueries_in(expressions: list[Expr]) -> list[Subquery]:
    """The subqueries in some expressions, each once, in order of appearance."""
    from foundrydb.compiler.resolve.bound import Exists, InQuery, ScalarQuery

    found: list[Subquery] = []
    stack = list(reversed(expressions))
    while stack:
        expr = stack.pop()
        if isinstance(expr, (Exists, InQuery, ScalarQuery)) and expr.query not in found:
            found.append(expr.query)
        stack.extend(reversed(expr.children()))
    return found
