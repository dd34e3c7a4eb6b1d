"""The nodes of a plan: one tree for what a statement asks for and for how it is carried out.

Generated from nodes.asdl by ``python -m foundrydb.compiler.trees.generate``; change that file, not this one.
``building`` makes the logical form (``Scan``, ``Filter``, ``Join``, …); passes replace parts of it by the physical
form (``IndexScan``, ``RowidSeek``, a ``Sort`` that vanished because an index gives the order, …).  Both forms
run: code generation takes any tree, so every pass can be left out.

How rows flow.  A node yields rows to its parent.  Expressions refer to rows through a ``Source``; a node that
*makes* columns has one as ``source`` (``Scan``: the table's columns; ``Project`` and ``Aggregate``: what they
compute), and a node that only passes rows on (``Filter``, ``Sort``, ``Limit``, ``Join``) leaves its children's
sources visible.  So above a ``Filter`` over a ``Scan`` of t, expressions refer to t's source; above a ``Project``,
only to the project's.

Invariants, which ``plan.check`` verifies after each pass:

1. an expression refers only to sources that a node below it makes, to those of the left side of a join on whose
right side it stands, and to those of enclosing queries, a Recursion around its step among them;
2. every source is made by exactly one node of the statement (the seeks of a SeekUnion pass their source on);
3. no AggregateCall and no WindowCall is left in an expression;
4. the root of a query is a node whose output columns are the query's: Project, Compound, Recursion, Values, or Sort,
Limit or Distinct over one of these.

Fields are final; a pass makes new nodes through ``with_children`` and its like, each of which knows as its ``origin``
what it was made from.  ``rows`` and ``cost`` are the estimates, filled by the cost model: rows that the node yields
in one run, cost in units of a row visited; -1 when unknown.
"""
# ruff: noqa: E501

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from foundrydb.compiler.bind.bound import Expr, Extent, OrderTerm, OutputColumn
from foundrydb.compiler.bind.relation import MANY_ROWS, are_constant
from foundrydb.compiler.bind.sources import Source, Subquery
from foundrydb.compiler.bind.statements import RowEvents, RowExpressions, RowTest, TextChange, Upsert
from foundrydb.compiler.plan.node import Node, subqueries, subqueries_in
from foundrydb.compiler.trees.declared import Part, Feed

if TYPE_CHECKING:
    from foundrydb.compiler.schema.objects import Index, Table
    from foundrydb.compiler.trees.fields import Entity
    from foundrydb.vm.functions.scalar import Function

__all__ = ["Node", "Part", "RowEvents", "RowExpressions", "RowTest", "TextChange", "Upsert", "Subquery", "subqueries", "subqueries_in"]


@final
class SingleRow(Node):
    """One row without columns: what a SELECT without FROM reads."""

    FIELDS: ClassVar[tuple[str, ...]] = ()

    def values_of_fields(self) -> list[object]:
        return []


@final
class Empty(Node):
    """No rows at all.

    Attributes:
        sources: those it stands in for (all of whose columns exist, unread)
        schemas: the databases that they are in, which are read all the same
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("sources", "schemas")

    def __init__(self, sources: list[Source], schemas: list[str]) -> None:
        super().__init__()
        self.sources: Final = sources
        self.schemas: Final = schemas

    def values_of_fields(self) -> list[object]:
        return [self.sources, self.schemas]

    def made_sources(self) -> list[Source]:
        return [*self.sources]


class OfTable(Node):
    """What comes from one table.

    Attributes:
        source: the table's columns, or what is computed from them
    """

    def __init__(self, source: Source, table: Table, schema: str) -> None:
        super().__init__()
        self.source: Final = source
        self.table: Final = table
        self.schema: Final = schema

    def made_sources(self) -> list[Source]:
        return [self.source]

    def made_source(self) -> Source | None:
        return self.source


class TableAccess(OfTable):
    """Rows of one table, in the order of one of its B-trees."""

    def reversed(self) -> TableAccess:
        """The same rows in the reverse order."""
        raise NotImplementedError


@final
class Scan(TableAccess):
    """Every row of a table, in rowid order (primary key order for WITHOUT ROWID).

    Attributes:
        indexed_by: the index that INDEXED BY names, "" for none
        not_indexed: forbids indexes
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "table", "schema", "descending", "indexed_by", "not_indexed")

    def __init__(self, source: Source, table: Table, schema: str, descending: bool = False, indexed_by: str = "", not_indexed: bool = False) -> None:
        super().__init__(source, table, schema)
        self.descending: Final = descending
        self.indexed_by: Final = indexed_by
        self.not_indexed: Final = not_indexed

    def values_of_fields(self) -> list[object]:
        return [self.source, self.table, self.schema, self.descending, self.indexed_by, self.not_indexed]

    def reversed(self) -> Scan:
        """The same rows in the reverse order."""
        made = Scan(self.source, self.table, self.schema, not self.descending, self.indexed_by, self.not_indexed)
        made.origin = self
        return made


@final
class RangeBound(Part):
    """One end of a range.

    Attributes:
        expr: the key of the range's column
        inclusive: whether entries with these keys belong to the range
        rest: keys of the columns behind it, where rows are compared
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("expr", "inclusive", "rest")

    def __init__(self, expr: Expr, inclusive: bool, rest: list[Expr] | None = None) -> None:
        self.expr: Final = expr
        self.inclusive: Final = inclusive
        self.rest: Final[list[Expr]] = [] if rest is None else rest

    def values_of_fields(self) -> list[object]:
        return [self.expr, self.inclusive, self.rest]

    def expressions(self) -> list[Expr]:
        return [self.expr, *self.rest]

    def fed(self, feed: Feed[Expr]) -> RangeBound:
        return RangeBound(feed.one(), self.inclusive, feed.several(len(self.rest)))

    def with_expressions(self, expressions: list[Expr]) -> RangeBound:
        return self.fed(Feed(expressions))


@final
class RowidSeek(TableAccess):
    """Rows of a table by rowid: one (``equal``), or a range.

    ``equal`` may be an InList or InQuery whose operand is the rowid: each distinct item is looked up, in
    ascending order.  Any other expression is the key itself.  The bounds' expressions are the keys.
    The keys have not been converted: the code generator applies SQLite's rules for a key that is not an
    integer."""

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "table", "schema", "equal", "low", "high", "descending")

    def __init__(self, source: Source, table: Table, schema: str, equal: Expr | None, low: RangeBound | None, high: RangeBound | None, descending: bool = False) -> None:
        super().__init__(source, table, schema)
        self.equal: Final = equal
        self.low: Final = low
        self.high: Final = high
        self.descending: Final = descending

    def values_of_fields(self) -> list[object]:
        return [self.source, self.table, self.schema, self.equal, self.low, self.high, self.descending]

    def expressions(self) -> list[Expr]:
        out: list[Expr] = []
        if self.equal is not None:
            out.append(self.equal)
        if self.low is not None:
            out.extend(self.low.expressions())
        if self.high is not None:
            out.extend(self.high.expressions())
        return out

    def with_expressions(self, expressions: list[Expr]) -> Node:
        feed = Feed(expressions)
        made = RowidSeek(self.source, self.table, self.schema, None if self.equal is None else feed.one(), None if self.low is None else self.low.fed(feed), None if self.high is None else self.high.fed(feed), self.descending)
        made.origin = self
        return made

    def reversed(self) -> RowidSeek:
        """The same rows in the reverse order."""
        made = RowidSeek(self.source, self.table, self.schema, self.equal, self.low, self.high, not self.descending)
        made.origin = self
        return made


@final
class IndexScan(TableAccess):
    """Rows of a table through an index, in the index's order.

    Attributes:
        equal: the keys of the leading index columns, in order.  Each is the key's expression, or an
            InList or InQuery over that column, whose distinct items are looked up one by one; or
            an IsNull for a search for NULL, or a Compare of that column by IS with what may be NULL.
            For an InQuery over rows of columns the entries of the other columns are NULL
        low: a range over the next index column, in the column's values (not the index's direction)
        covering: every column that the statement needs is in the index: the table is not opened
        descending: the index is walked backwards
        skip: how many leading columns are skipped over, value by value, before ``equal`` begins
            (skip-scan)
        once: of the entries that agree in so many leading columns only the first is wanted; 0 for all
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "table", "schema", "index", "equal", "low", "high", "covering", "descending", "skip", "once")

    def __init__(self, source: Source, table: Table, schema: str, index: Index, equal: list[Expr], low: RangeBound | None, high: RangeBound | None, covering: bool = False, descending: bool = False, skip: int = 0, once: int = 0) -> None:
        super().__init__(source, table, schema)
        self.index: Final = index
        self.equal: Final = equal
        self.low: Final = low
        self.high: Final = high
        self.covering: Final = covering
        self.descending: Final = descending
        self.skip: Final = skip
        self.once: Final = once

    def values_of_fields(self) -> list[object]:
        return [self.source, self.table, self.schema, self.index, self.equal, self.low, self.high, self.covering, self.descending, self.skip, self.once]

    def expressions(self) -> list[Expr]:
        out: list[Expr] = list(self.equal)
        if self.low is not None:
            out.extend(self.low.expressions())
        if self.high is not None:
            out.extend(self.high.expressions())
        return out

    def with_expressions(self, expressions: list[Expr]) -> Node:
        feed = Feed(expressions)
        made = IndexScan(self.source, self.table, self.schema, self.index, feed.several(len(self.equal)), None if self.low is None else self.low.fed(feed), None if self.high is None else self.high.fed(feed), self.covering, self.descending, self.skip, self.once)
        made.origin = self
        return made

    def reversed(self) -> IndexScan:
        """The same rows in the reverse order."""
        made = IndexScan(self.source, self.table, self.schema, self.index, self.equal, self.low, self.high, self.covering, not self.descending, self.skip, self.once)
        made.origin = self
        return made

    def unopened(self) -> IndexScan:
        """The same search, which the index is enough for."""
        made = IndexScan(self.source, self.table, self.schema, self.index, self.equal, self.low, self.high, True, self.descending, self.skip, self.once)
        made.origin = self
        return made

    def opened(self) -> IndexScan:
        """The same search, with the rows of the table."""
        made = IndexScan(self.source, self.table, self.schema, self.index, self.equal, self.low, self.high, False, self.descending, self.skip, self.once)
        made.origin = self
        return made

    def each_once(self, once: int) -> IndexScan:
        """The same search for the first entries only of those that agree in leading columns."""
        made = IndexScan(self.source, self.table, self.schema, self.index, self.equal, self.low, self.high, self.covering, self.descending, self.skip, once)
        made.origin = self
        return made


@final
class SeekUnion(OfTable):
    """Rows of one table that any of several seeks finds, each once (OR over indexes).

    Attributes:
        seeks: each a RowidSeek or an IndexScan on ``source``, with a Filter on top where a seek does not
            cover its term
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "table", "schema", "seeks")

    def __init__(self, source: Source, table: Table, schema: str, seeks: list[Node]) -> None:
        super().__init__(source, table, schema)
        self.seeks: Final = seeks

    def values_of_fields(self) -> list[object]:
        return [self.source, self.table, self.schema, self.seeks]

    def children(self) -> list[Node]:
        return self.seeks

    def with_children(self, children: list[Node]) -> Node:
        made = SeekUnion(self.source, self.table, self.schema, children)
        made.origin = self
        return made


@final
class Values(Node):
    """The rows of VALUES.

    Attributes:
        constant: there are so many of them, all literals, that they are data rather than expressions
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "tuples")

    def __init__(self, source: Source, tuples: list[list[Expr]]) -> None:
        super().__init__()
        self.source: Final = source
        self.tuples: Final = tuples
        self.constant: Final = len(tuples) >= MANY_ROWS and are_constant(tuples)

    def values_of_fields(self) -> list[object]:
        return [self.source, self.tuples]

    def expressions(self) -> list[Expr]:
        if self.constant:
            return []
        return [item for row in self.tuples for item in row]

    def with_expressions(self, expressions: list[Expr]) -> Node:
        if self.constant:
            return self
        feed = Feed(expressions)
        made = Values(self.source, [feed.several(len(row)) for row in self.tuples])
        made.origin = self
        return made

    def made_sources(self) -> list[Source]:
        return [self.source]

    def made_source(self) -> Source | None:
        return self.source


class OfModule(Node):
    """What comes from one virtual table.

    Attributes:
        module: the name that FROM has found it by
    """

    def __init__(self, source: Source, module: str) -> None:
        super().__init__()
        self.source: Final = source
        self.module: Final = module

    def made_sources(self) -> list[Source]:
        return [self.source]

    def made_source(self) -> Source | None:
        return self.source


@final
class QueueRow(Node):
    """The row that a recursive query has taken from its queue, under the name that its step reads it by.

    Its estimates are those of all the runs of the step together.

    Attributes:
        row: its columns, of the Recursion's source
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "row")

    def __init__(self, source: Source, row: list[Expr]) -> None:
        super().__init__()
        self.source: Final = source
        self.row: Final = row

    def values_of_fields(self) -> list[object]:
        return [self.source, self.row]

    def expressions(self) -> list[Expr]:
        return self.row

    def with_expressions(self, expressions: list[Expr]) -> Node:
        made = QueueRow(self.source, expressions)
        made.origin = self
        return made

    def made_sources(self) -> list[Source]:
        return [self.source]

    def made_source(self) -> Source | None:
        return self.source


@final
class ModuleScan(OfModule):
    """Every row of a virtual table for which some hidden columns have the values that are given (``generate_series(1, 9)``,
    ``pragma_table_info WHERE arg = 't'``).

    Attributes:
        given: the hidden columns, rising, whose values ``args`` are.  An InList or InQuery over such a
            column gives several values
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "module", "args", "given")

    def __init__(self, source: Source, module: str, args: list[Expr], given: list[int]) -> None:
        super().__init__(source, module)
        self.args: Final = args
        self.given: Final = given

    def values_of_fields(self) -> list[object]:
        return [self.source, self.module, self.args, self.given]

    def expressions(self) -> list[Expr]:
        return self.args

    def with_expressions(self, expressions: list[Expr]) -> Node:
        made = ModuleScan(self.source, self.module, expressions, self.given)
        made.origin = self
        return made


@final
class ModuleSearch(OfModule):
    """Rows of a virtual table by the strategy that it chose under some conditions.

    Attributes:
        number: the strategy's name, which means something to the table alone
        bits: the number is a set of bits
        keys: the values that it wants, in its order; for an InList or InQuery over the column each distinct
            item in turn, in ascending order
        columns: the column that each is compared with
        ops: and how; LIMIT and OFFSET are about no column
        order: the order in which the rows come, where that was asked for
        found: how many rows the table expects
        price: and what it says that they cost
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "module", "number", "text", "bits", "keys", "columns", "ops", "order", "found", "price")

    def __init__(self, source: Source, module: str, number: int, text: str, bits: bool, keys: list[Expr], columns: list[int], ops: list[str], order: list[OrderTerm], found: float, price: float) -> None:
        super().__init__(source, module)
        self.number: Final = number
        self.text: Final = text
        self.bits: Final = bits
        self.keys: Final = keys
        self.columns: Final = columns
        self.ops: Final = ops
        self.order: Final = order
        self.found: Final = found
        self.price: Final = price

    def values_of_fields(self) -> list[object]:
        return [self.source, self.module, self.number, self.text, self.bits, self.keys, self.columns, self.ops, self.order, self.found, self.price]

    def expressions(self) -> list[Expr]:
        return self.keys

    def with_expressions(self, expressions: list[Expr]) -> Node:
        made = ModuleSearch(self.source, self.module, self.number, self.text, self.bits, expressions, self.columns, self.ops, self.order, self.found, self.price)
        made.origin = self
        return made


@final
class Derived(Node):
    """A subquery in FROM, a view or a common table expression: the child's columns under the name ``source``.

    Attributes:
        materialized: the rows are kept in an ephemeral table before the first is used; otherwise they stream (a
            coroutine)
        shared: a number that the uses of one common table expression have in common (0: no other use).
            Its rows are made once
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "child", "materialized", "shared")

    def __init__(self, source: Source, child: Node, materialized: bool = False, shared: int = 0) -> None:
        super().__init__()
        self.source: Final = source
        self.child: Final = child
        self.materialized: Final = materialized
        self.shared: Final = shared

    def values_of_fields(self) -> list[object]:
        return [self.source, self.child, self.materialized, self.shared]

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        made = Derived(self.source, children[0], self.materialized, self.shared)
        made.origin = self
        return made

    def only_child(self) -> Node | None:
        return self.child

    def made_sources(self) -> list[Source]:
        return [self.source]

    def made_source(self) -> Source | None:
        return self.source

    def as_materialized(self) -> Derived:
        """The same rows, kept before the first is used."""
        made = Derived(self.source, self.child, True, self.shared)
        made.origin = self
        return made

    def as_only_use(self) -> Derived:
        """The same rows, made for this use alone."""
        made = Derived(self.source, self.child, self.materialized, 0)
        made.origin = self
        return made


@final
class TransientIndex(Node):
    """The child's rows, kept in an index made for this statement and looked up by ``keys`` (an automatic index).

    The child's sources stay visible: above this node their columns come from the index, which keeps those that the
    statement reads.

    Attributes:
        own: the key, over the child's sources
        keys: what it is compared with, from the left side of the join
        nulls: so many at the end of the key are compared by IS, for which NULLs are equal
        comparisons: the affinity of each comparison
        sequences: the collation of each comparison
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("child", "own", "keys", "nulls", "comparisons", "sequences")

    def __init__(self, child: Node, own: list[Expr], keys: list[Expr], nulls: int, comparisons: list[str], sequences: list[str]) -> None:
        super().__init__()
        self.child: Final = child
        self.own: Final = own
        self.keys: Final = keys
        self.nulls: Final = nulls
        self.comparisons: Final = comparisons
        self.sequences: Final = sequences

    def values_of_fields(self) -> list[object]:
        return [self.child, self.own, self.keys, self.nulls, self.comparisons, self.sequences]

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        made = TransientIndex(children[0], self.own, self.keys, self.nulls, self.comparisons, self.sequences)
        made.origin = self
        return made

    def only_child(self) -> Node | None:
        return self.child

    def expressions(self) -> list[Expr]:
        return [*self.own, *self.keys]

    def with_expressions(self, expressions: list[Expr]) -> Node:
        feed = Feed(expressions)
        made = TransientIndex(self.child, feed.several(len(self.own)), feed.several(len(self.keys)), self.nulls, self.comparisons, self.sequences)
        made.origin = self
        return made


@final
class Spool(Node):
    """The child's rows, kept in an ephemeral table to be read again and again; the child's sources stay visible."""

    FIELDS: ClassVar[tuple[str, ...]] = ("child",)

    def __init__(self, child: Node) -> None:
        super().__init__()
        self.child: Final = child

    def values_of_fields(self) -> list[object]:
        return [self.child]

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        made = Spool(children[0])
        made.origin = self
        return made

    def only_child(self) -> Node | None:
        return self.child


@final
class Filter(Node):
    """The child's rows for which the predicate is true."""

    FIELDS: ClassVar[tuple[str, ...]] = ("child", "predicate")

    def __init__(self, child: Node, predicate: Expr) -> None:
        super().__init__()
        self.child: Final = child
        self.predicate: Final = predicate

    def values_of_fields(self) -> list[object]:
        return [self.child, self.predicate]

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        made = Filter(children[0], self.predicate)
        made.origin = self
        return made

    def only_child(self) -> Node | None:
        return self.child

    def expressions(self) -> list[Expr]:
        return [self.predicate]

    def with_expressions(self, expressions: list[Expr]) -> Node:
        made = Filter(self.child, expressions[0])
        made.origin = self
        return made


@final
class Join(Node):
    """Nested loops: for every row of left, every row of right for which ``on`` holds (None: all of them).

    In a left join, a left row without a match appears once with the right side's columns NULL; right and full likewise
    for right rows.  The right side may refer to the left side's sources (after seeks were chosen).

    Attributes:
        kind: ``inner``, ``left``, ``right`` or ``full``
        fixed: CROSS JOIN: the order must stay
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("kind", "left", "right", "on", "fixed")

    def __init__(self, kind: str, left: Node, right: Node, on: Expr | None, fixed: bool = False) -> None:
        super().__init__()
        self.kind: Final = kind
        self.left: Final = left
        self.right: Final = right
        self.on: Final = on
        self.fixed: Final = fixed

    def values_of_fields(self) -> list[object]:
        return [self.kind, self.left, self.right, self.on, self.fixed]

    def children(self) -> list[Node]:
        return [self.left, self.right]

    def with_children(self, children: list[Node]) -> Node:
        made = Join(self.kind, children[0], children[1], self.on, self.fixed)
        made.origin = self
        return made

    def expressions(self) -> list[Expr]:
        return [] if self.on is None else [self.on]

    def with_expressions(self, expressions: list[Expr]) -> Node:
        feed = Feed(expressions)
        made = Join(self.kind, self.left, self.right, None if self.on is None else feed.one(), self.fixed)
        made.origin = self
        return made

    def of(self, left: Node, right: Node, on: Expr | None) -> Join:
        """A join of the same kind of other sides, for another condition."""
        made = Join(self.kind, left, right, on, self.fixed)
        made.origin = self
        return made


@final
class Project(Node):
    """Computes expressions from the child's rows: output column i is ``exprs[i]``.

    The source may have more columns than the query shows (what ORDER BY needs); ``Output`` cuts them off."""

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "child", "exprs")

    def __init__(self, source: Source, child: Node, exprs: list[Expr]) -> None:
        super().__init__()
        self.source: Final = source
        self.child: Final = child
        self.exprs: Final = exprs

    def values_of_fields(self) -> list[object]:
        return [self.source, self.child, self.exprs]

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        made = Project(self.source, children[0], self.exprs)
        made.origin = self
        return made

    def only_child(self) -> Node | None:
        return self.child

    def expressions(self) -> list[Expr]:
        return self.exprs

    def with_expressions(self, expressions: list[Expr]) -> Node:
        made = Project(self.source, self.child, expressions)
        made.origin = self
        return made

    def made_sources(self) -> list[Source]:
        return [self.source]

    def made_source(self) -> Source | None:
        return self.source


@final
class AggregateSpec(Part):
    """One aggregate of an Aggregate node: ``function(args) FILTER (WHERE filter)``; order_by within the call."""

    FIELDS: ClassVar[tuple[str, ...]] = ("function", "args", "distinct", "filter", "order_by", "sequence")

    def __init__(self, function: Function, args: list[Expr], distinct: bool, filter: Expr | None, order_by: list[OrderTerm], sequence: str) -> None:
        self.function: Final = function
        self.args: Final = args
        self.distinct: Final = distinct
        self.filter: Final = filter
        self.order_by: Final = order_by
        self.sequence: Final = sequence

    def values_of_fields(self) -> list[object]:
        return [self.function, self.args, self.distinct, self.filter, self.order_by, self.sequence]

    def expressions(self) -> list[Expr]:
        out: list[Expr] = list(self.args)
        if self.filter is not None:
            out.append(self.filter)
        out.extend([expr for part in self.order_by for expr in part.expressions()])
        return out

    def fed(self, feed: Feed[Expr]) -> AggregateSpec:
        return AggregateSpec(self.function, feed.several(len(self.args)), self.distinct, None if self.filter is None else feed.one(), [part.fed(feed) for part in self.order_by], self.sequence)

    def with_expressions(self, expressions: list[Expr]) -> AggregateSpec:
        return self.fed(Feed(expressions))


@final
class Aggregate(Node):
    """Groups the child's rows and computes aggregates.

    The source's columns are: the group keys, then the aggregates, then the bare columns (expressions of the child
    that are neither; their value comes from the row that min() or max() chose where there is exactly one
    such aggregate, else from the group's first row; so does a key's value).
    Without keys there is exactly one group, also over no rows at all.

    Attributes:
        sequences: the collation of each key
        sorted: the child's rows arrive grouped by the keys already
        hashed: the groups are kept in a hash table.  Otherwise the node sorts the rows
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "child", "keys", "sequences", "aggregates", "bare", "sorted", "hashed")

    def __init__(self, source: Source, child: Node, keys: list[Expr], sequences: list[str], aggregates: list[AggregateSpec], bare: list[Expr], sorted: bool = False, hashed: bool = False) -> None:
        super().__init__()
        self.source: Final = source
        self.child: Final = child
        self.keys: Final = keys
        self.sequences: Final = sequences
        self.aggregates: Final = aggregates
        self.bare: Final = bare
        self.sorted: Final = sorted
        self.hashed: Final = hashed

    def values_of_fields(self) -> list[object]:
        return [self.source, self.child, self.keys, self.sequences, self.aggregates, self.bare, self.sorted, self.hashed]

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        made = Aggregate(self.source, children[0], self.keys, self.sequences, self.aggregates, self.bare, self.sorted, self.hashed)
        made.origin = self
        return made

    def only_child(self) -> Node | None:
        return self.child

    def expressions(self) -> list[Expr]:
        out: list[Expr] = list(self.keys)
        out.extend([expr for part in self.aggregates for expr in part.expressions()])
        out.extend(self.bare)
        return out

    def with_expressions(self, expressions: list[Expr]) -> Node:
        feed = Feed(expressions)
        made = Aggregate(self.source, self.child, feed.several(len(self.keys)), self.sequences, [part.fed(feed) for part in self.aggregates], feed.several(len(self.bare)), self.sorted, self.hashed)
        made.origin = self
        return made

    def made_sources(self) -> list[Source]:
        return [self.source]

    def made_source(self) -> Source | None:
        return self.source

    def as_hashed(self) -> Aggregate:
        """The same node with its groups in a hash table."""
        made = Aggregate(self.source, self.child, self.keys, self.sequences, self.aggregates, self.bare, self.sorted, True)
        made.origin = self
        return made

    def as_sorted(self, child: Node) -> Aggregate:
        """The same groups of rows that arrive grouped."""
        made = Aggregate(self.source, child, self.keys, self.sequences, self.aggregates, self.bare, True, self.hashed)
        made.origin = self
        return made


@final
class WindowSpec(Part):
    """A function over a window: ``function(args) FILTER (WHERE filter) OVER (… frame)``."""

    FIELDS: ClassVar[tuple[str, ...]] = ("function", "args", "filter", "frame", "sequence")

    def __init__(self, function: Function, args: list[Expr], filter: Expr | None, frame: Extent, sequence: str) -> None:
        self.function: Final = function
        self.args: Final = args
        self.filter: Final = filter
        self.frame: Final = frame
        self.sequence: Final = sequence

    def values_of_fields(self) -> list[object]:
        return [self.function, self.args, self.filter, self.frame, self.sequence]

    def expressions(self) -> list[Expr]:
        out: list[Expr] = list(self.args)
        if self.filter is not None:
            out.append(self.filter)
        out.extend(self.frame.expressions())
        return out

    def fed(self, feed: Feed[Expr]) -> WindowSpec:
        return WindowSpec(self.function, feed.several(len(self.args)), None if self.filter is None else feed.one(), self.frame.fed(feed), self.sequence)

    def with_expressions(self, expressions: list[Expr]) -> WindowSpec:
        return self.fed(Feed(expressions))


@final
class Window(Node):
    """The child's rows, partition by partition in an order, with what window functions make of each.

    The source's columns are what the functions make; the child's sources stay visible.

    Attributes:
        sequences: the collation of each part of the partition's key
        order: of the rows within a partition
        sorted: the child's rows arrive in that order already.  Otherwise the node sorts the rows
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "child", "partition", "sequences", "order", "functions", "sorted")

    def __init__(self, source: Source, child: Node, partition: list[Expr], sequences: list[str], order: list[OrderTerm], functions: list[WindowSpec], sorted: bool = False) -> None:
        super().__init__()
        self.source: Final = source
        self.child: Final = child
        self.partition: Final = partition
        self.sequences: Final = sequences
        self.order: Final = order
        self.functions: Final = functions
        self.sorted: Final = sorted

    def values_of_fields(self) -> list[object]:
        return [self.source, self.child, self.partition, self.sequences, self.order, self.functions, self.sorted]

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        made = Window(self.source, children[0], self.partition, self.sequences, self.order, self.functions, self.sorted)
        made.origin = self
        return made

    def only_child(self) -> Node | None:
        return self.child

    def expressions(self) -> list[Expr]:
        out: list[Expr] = list(self.partition)
        out.extend([expr for part in self.order for expr in part.expressions()])
        out.extend([expr for part in self.functions for expr in part.expressions()])
        return out

    def with_expressions(self, expressions: list[Expr]) -> Node:
        feed = Feed(expressions)
        made = Window(self.source, self.child, feed.several(len(self.partition)), self.sequences, [part.fed(feed) for part in self.order], [part.fed(feed) for part in self.functions], self.sorted)
        made.origin = self
        return made

    def made_sources(self) -> list[Source]:
        return [self.source]

    def made_source(self) -> Source | None:
        return self.source

    def as_sorted(self, child: Node) -> Window:
        """The same windows over rows that arrive in order."""
        made = Window(self.source, child, self.partition, self.sequences, self.order, self.functions, True)
        made.origin = self
        return made


@final
class CountRows(OfTable):
    """``SELECT count(*) FROM t`` without any condition: one row, one column, from the B-tree's leaf headers."""

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "table", "schema", "index")

    def __init__(self, source: Source, table: Table, schema: str, index: Index | None = None) -> None:
        super().__init__(source, table, schema)
        self.index: Final = index

    def values_of_fields(self) -> list[object]:
        return [self.source, self.table, self.schema, self.index]


@final
class Distinct(Node):
    """The child's output rows, each once.

    Attributes:
        width: how many leading columns count
        sequences: their collations
        sorted: equal rows arrive together
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("child", "width", "sequences", "sorted")

    def __init__(self, child: Node, width: int, sequences: list[str], sorted: bool = False) -> None:
        super().__init__()
        self.child: Final = child
        self.width: Final = width
        self.sequences: Final = sequences
        self.sorted: Final = sorted

    def values_of_fields(self) -> list[object]:
        return [self.child, self.width, self.sequences, self.sorted]

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        made = Distinct(children[0], self.width, self.sequences, self.sorted)
        made.origin = self
        return made

    def only_child(self) -> Node | None:
        return self.child


@final
class Sort(Node):
    """The child's output rows in the order of ``terms``, which refer to the child's output source.

    Attributes:
        ordered: how many leading terms the child's order already serves (all of them: the pass removes
            the node)
        top: with a LIMIT above, the largest number of rows that can be wanted (limit plus offset)
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("child", "terms", "ordered", "top")

    def __init__(self, child: Node, terms: list[OrderTerm], ordered: int = 0, top: Expr | None = None) -> None:
        super().__init__()
        self.child: Final = child
        self.terms: Final = terms
        self.ordered: Final = ordered
        self.top: Final = top

    def values_of_fields(self) -> list[object]:
        return [self.child, self.terms, self.ordered, self.top]

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        made = Sort(children[0], self.terms, self.ordered, self.top)
        made.origin = self
        return made

    def only_child(self) -> Node | None:
        return self.child

    def expressions(self) -> list[Expr]:
        out: list[Expr] = []
        out.extend([expr for part in self.terms for expr in part.expressions()])
        if self.top is not None:
            out.append(self.top)
        return out

    def with_expressions(self, expressions: list[Expr]) -> Node:
        feed = Feed(expressions)
        made = Sort(self.child, [part.fed(feed) for part in self.terms], self.ordered, None if self.top is None else feed.one())
        made.origin = self
        return made

    def with_top(self, top: Expr | None) -> Sort:
        """The same order of so many rows at most."""
        made = Sort(self.child, self.terms, self.ordered, top)
        made.origin = self
        return made


@final
class Limit(Node):
    """At most ``limit`` rows, after ``offset`` rows were left out.  A negative limit is none."""

    FIELDS: ClassVar[tuple[str, ...]] = ("child", "limit", "offset")

    def __init__(self, child: Node, limit: Expr, offset: Expr | None) -> None:
        super().__init__()
        self.child: Final = child
        self.limit: Final = limit
        self.offset: Final = offset

    def values_of_fields(self) -> list[object]:
        return [self.child, self.limit, self.offset]

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        made = Limit(children[0], self.limit, self.offset)
        made.origin = self
        return made

    def only_child(self) -> Node | None:
        return self.child

    def expressions(self) -> list[Expr]:
        out: list[Expr] = []
        out.append(self.limit)
        if self.offset is not None:
            out.append(self.offset)
        return out

    def with_expressions(self, expressions: list[Expr]) -> Node:
        feed = Feed(expressions)
        made = Limit(self.child, feed.one(), None if self.offset is None else feed.one())
        made.origin = self
        return made

    def without_offset(self) -> Limit:
        """The first rows of a child that has left the others out already."""
        made = Limit(self.child, self.limit, None)
        made.origin = self
        return made


@final
class Compound(Node):
    """``left op right``.

    Attributes:
        source: the output columns (names from the leftmost SELECT)
        op: ``UNION ALL``, ``UNION``, ``INTERSECT`` or ``EXCEPT``
        sequences: the collations of the columns
        merged: the order of the rows, in columns of ``source``, where both sides yield theirs in it;
            else empty.  Then the sides are read in turn, no further than it takes
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "op", "left", "right", "sequences", "merged")

    def __init__(self, source: Source, op: str, left: Node, right: Node, sequences: list[str], merged: list[OrderTerm] | None = None) -> None:
        super().__init__()
        self.source: Final = source
        self.op: Final = op
        self.left: Final = left
        self.right: Final = right
        self.sequences: Final = sequences
        self.merged: Final[list[OrderTerm]] = [] if merged is None else merged

    def values_of_fields(self) -> list[object]:
        return [self.source, self.op, self.left, self.right, self.sequences, self.merged]

    def children(self) -> list[Node]:
        return [self.left, self.right]

    def with_children(self, children: list[Node]) -> Node:
        made = Compound(self.source, self.op, children[0], children[1], self.sequences, self.merged)
        made.origin = self
        return made

    def made_sources(self) -> list[Source]:
        return [self.source]

    def made_source(self) -> Source | None:
        return self.source

    def merging(self, left: Node, right: Node, merged: list[OrderTerm]) -> Compound:
        """The same rows of sides that yield theirs in an order."""
        made = Compound(self.source, self.op, left, right, self.sequences, merged)
        made.origin = self
        return made


@final
class Recursion(Node):
    """A recursive query.  Rows wait in a queue, at first those of ``initial``: one after the other is taken from it and
    yielded, and what ``step`` makes of that row waits in its turn.

    ``step`` refers to the row by ``source``, as to one of an enclosing query.

    Attributes:
        source: the output columns
        op: ``UNION ALL``, or ``UNION``: a row that equals an earlier one is left out
        sequences: the collations of the columns
        order: which of the rows that wait comes next, in columns of ``source``; the oldest of equal ones
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("source", "op", "initial", "step", "sequences", "order")

    def __init__(self, source: Source, op: str, initial: Node, step: Node, sequences: list[str], order: list[OrderTerm]) -> None:
        super().__init__()
        self.source: Final = source
        self.op: Final = op
        self.initial: Final = initial
        self.step: Final = step
        self.sequences: Final = sequences
        self.order: Final = order

    def values_of_fields(self) -> list[object]:
        return [self.source, self.op, self.initial, self.step, self.sequences, self.order]

    def children(self) -> list[Node]:
        return [self.initial, self.step]

    def with_children(self, children: list[Node]) -> Node:
        made = Recursion(self.source, self.op, children[0], children[1], self.sequences, self.order)
        made.origin = self
        return made

    def made_sources(self) -> list[Source]:
        return [self.source]

    def made_source(self) -> Source | None:
        return self.source


@final
class Output(Node):
    """The root of a SELECT statement: hands the first ``len(columns)`` output columns of the child to the caller.

    Attributes:
        declared: what the columns of a table that is made of the rows are called
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("child", "columns", "declared")

    def __init__(self, child: Node, columns: list[OutputColumn], declared: list[str]) -> None:
        super().__init__()
        self.child: Final = child
        self.columns: Final = columns
        self.declared: Final = declared

    def values_of_fields(self) -> list[object]:
        return [self.child, self.columns, self.declared]

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        made = Output(children[0], self.columns, self.declared)
        made.origin = self
        return made

    def only_child(self) -> Node | None:
        return self.child


class Write(Node):
    """A statement that changes the rows of a table.

    Attributes:
        row: over the row that is written
        events: what is observed of the rows that are changed; None where nobody observes
    """

    def __init__(self, table: Table, schema: str, row: RowExpressions, events: RowEvents | None) -> None:
        super().__init__()
        self.table: Final = table
        self.schema: Final = schema
        self.row: Final = row
        self.events: Final = events


@final
class Insert(Write):
    """Writes the child's output rows into a table.

    Attributes:
        columns: for every column of the table, which output column of the child it takes, -1 for its default
        rowid: the child's output column that holds the rowid, -1 for a new one
        if_empty: rowids are taken from there if the table is empty when the statement begins
        conflict: the statement's OR clause (``ABORT``, ``ROLLBACK``, ``FAIL``, ``IGNORE``, ``REPLACE``), ""
            for none (each constraint's own clause then counts)
        returning: over ``row.source``, or empty
        kept: the child's rows are all read before the first is written: it reads the table itself, or
            the insertion is observed
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("table", "schema", "row", "events", "child", "columns", "rowid", "if_empty", "conflict", "upserts", "returning", "returning_columns", "kept")

    def __init__(self, table: Table, schema: str, row: RowExpressions, events: RowEvents | None, child: Node, columns: list[int], rowid: int, if_empty: bool, conflict: str, upserts: list[Upsert], returning: list[Expr], returning_columns: list[OutputColumn], kept: bool) -> None:
        super().__init__(table, schema, row, events)
        self.child: Final = child
        self.columns: Final = columns
        self.rowid: Final = rowid
        self.if_empty: Final = if_empty
        self.conflict: Final = conflict
        self.upserts: Final = upserts
        self.returning: Final = returning
        self.returning_columns: Final = returning_columns
        self.kept: Final = kept

    def values_of_fields(self) -> list[object]:
        return [self.table, self.schema, self.row, self.events, self.child, self.columns, self.rowid, self.if_empty, self.conflict, self.upserts, self.returning, self.returning_columns, self.kept]

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        made = Insert(self.table, self.schema, self.row, self.events, children[0], self.columns, self.rowid, self.if_empty, self.conflict, self.upserts, self.returning, self.returning_columns, self.kept)
        made.origin = self
        return made

    def only_child(self) -> Node | None:
        return self.child

    def clause_expressions(self) -> list[Expr]:
        out: list[Expr] = []
        out.extend([expr for part in self.upserts for expr in part.expressions()])
        out.extend(self.returning)
        return out

    def with_clause_expressions(self, clause_expressions: list[Expr]) -> Node:
        feed = Feed(clause_expressions)
        made = Insert(self.table, self.schema, self.row, self.events, self.child, self.columns, self.rowid, self.if_empty, self.conflict, [part.fed(feed) for part in self.upserts], feed.several(len(self.returning)), self.returning_columns, self.kept)
        made.origin = self
        return made

    def written_sources(self) -> list[Source]:
        out: list[Source] = []
        out.extend(self.row.made_sources())
        if self.events is not None:
            out.extend(self.events.made_sources())
        for part in self.upserts:
            out.extend(part.made_sources())
        return out


@final
class Update(Write):
    """Changes rows of a table.

    Attributes:
        child: yields the rows to change
        target: the source in it that stands for the table
        keys: the rowid, or the columns of a WITHOUT ROWID table's primary key, of the row to change, over
            the child's sources.  Where rows come from an aggregation it may be NULL, and no row is
            changed then
        sets: column or ROWID, and new value over the child's sources
        names: the columns as SET names them
        one_pass: a row can be changed while the child goes on (no seek depends on a set column)
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("table", "schema", "row", "events", "child", "target", "keys", "sets", "names", "conflict", "returning", "returning_columns", "one_pass")

    def __init__(self, table: Table, schema: str, row: RowExpressions, events: RowEvents | None, child: Node, target: Source, keys: list[Expr], sets: list[tuple[int, Expr]], names: list[str], conflict: str, returning: list[Expr], returning_columns: list[OutputColumn], one_pass: bool) -> None:
        super().__init__(table, schema, row, events)
        self.child: Final = child
        self.target: Final = target
        self.keys: Final = keys
        self.sets: Final = sets
        self.names: Final = names
        self.conflict: Final = conflict
        self.returning: Final = returning
        self.returning_columns: Final = returning_columns
        self.one_pass: Final = one_pass

    def values_of_fields(self) -> list[object]:
        return [self.table, self.schema, self.row, self.events, self.child, self.target, self.keys, self.sets, self.names, self.conflict, self.returning, self.returning_columns, self.one_pass]

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        made = Update(self.table, self.schema, self.row, self.events, children[0], self.target, self.keys, self.sets, self.names, self.conflict, self.returning, self.returning_columns, self.one_pass)
        made.origin = self
        return made

    def only_child(self) -> Node | None:
        return self.child

    def expressions(self) -> list[Expr]:
        out: list[Expr] = list(self.keys)
        out.extend([item for _, item in self.sets])
        return out

    def with_expressions(self, expressions: list[Expr]) -> Node:
        feed = Feed(expressions)
        made = Update(self.table, self.schema, self.row, self.events, self.child, self.target, feed.several(len(self.keys)), [(first, feed.one()) for first, _ in self.sets], self.names, self.conflict, self.returning, self.returning_columns, self.one_pass)
        made.origin = self
        return made

    def clause_expressions(self) -> list[Expr]:
        return self.returning

    def with_clause_expressions(self, clause_expressions: list[Expr]) -> Node:
        made = Update(self.table, self.schema, self.row, self.events, self.child, self.target, self.keys, self.sets, self.names, self.conflict, clause_expressions, self.returning_columns, self.one_pass)
        made.origin = self
        return made

    def written_sources(self) -> list[Source]:
        out: list[Source] = []
        out.extend(self.row.made_sources())
        if self.events is not None:
            out.extend(self.events.made_sources())
        return out

    def in_one_pass(self) -> Update:
        """The same changes, made while the child goes on."""
        made = Update(self.table, self.schema, self.row, self.events, self.child, self.target, self.keys, self.sets, self.names, self.conflict, self.returning, self.returning_columns, True)
        made.origin = self
        return made


@final
class Delete(Write):
    """Removes the rows that the child yields.

    Attributes:
        target: the source in it that stands for the table
        everything: no condition at all: the B-trees are cleared whole
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("table", "schema", "row", "events", "child", "target", "returning", "returning_columns", "everything", "one_pass")

    def __init__(self, table: Table, schema: str, row: RowExpressions, events: RowEvents | None, child: Node, target: Source, returning: list[Expr], returning_columns: list[OutputColumn], everything: bool, one_pass: bool) -> None:
        super().__init__(table, schema, row, events)
        self.child: Final = child
        self.target: Final = target
        self.returning: Final = returning
        self.returning_columns: Final = returning_columns
        self.everything: Final = everything
        self.one_pass: Final = one_pass

    def values_of_fields(self) -> list[object]:
        return [self.table, self.schema, self.row, self.events, self.child, self.target, self.returning, self.returning_columns, self.everything, self.one_pass]

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        made = Delete(self.table, self.schema, self.row, self.events, children[0], self.target, self.returning, self.returning_columns, self.everything, self.one_pass)
        made.origin = self
        return made

    def only_child(self) -> Node | None:
        return self.child

    def clause_expressions(self) -> list[Expr]:
        return self.returning

    def with_clause_expressions(self, clause_expressions: list[Expr]) -> Node:
        made = Delete(self.table, self.schema, self.row, self.events, self.child, self.target, clause_expressions, self.returning_columns, self.everything, self.one_pass)
        made.origin = self
        return made

    def written_sources(self) -> list[Source]:
        out: list[Source] = []
        out.extend(self.row.made_sources())
        if self.events is not None:
            out.extend(self.events.made_sources())
        return out

    def in_one_pass(self) -> Delete:
        """The same rows, removed while the child goes on."""
        made = Delete(self.table, self.schema, self.row, self.events, self.child, self.target, self.returning, self.returning_columns, self.everything, True)
        made.origin = self
        return made


@final
class Instead(Node):
    """Sets off the triggers of a view for each of the child's rows.

    Attributes:
        event: ``INSERT``, ``UPDATE`` or ``DELETE``
        names: the columns as SET names them
        old: for every column of the view, the child's output column that has what it is; empty for INSERT
        new: the one that has what it becomes, -1 for none; empty for DELETE
        sets: column and new value over ``events.old``, which goes before ``new``
        returning: over ``events.new``, of DELETE over ``events.old``
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("view", "schema", "event", "names", "conflict", "events", "child", "old", "new", "sets", "returning", "returning_columns")

    def __init__(self, view: str, schema: str, event: str, names: list[str], conflict: str, events: RowEvents, child: Node, old: list[int], new: list[int], sets: list[tuple[int, Expr]], returning: list[Expr], returning_columns: list[OutputColumn]) -> None:
        super().__init__()
        self.view: Final = view
        self.schema: Final = schema
        self.event: Final = event
        self.names: Final = names
        self.conflict: Final = conflict
        self.events: Final = events
        self.child: Final = child
        self.old: Final = old
        self.new: Final = new
        self.sets: Final = sets
        self.returning: Final = returning
        self.returning_columns: Final = returning_columns

    def values_of_fields(self) -> list[object]:
        return [self.view, self.schema, self.event, self.names, self.conflict, self.events, self.child, self.old, self.new, self.sets, self.returning, self.returning_columns]

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        made = Instead(self.view, self.schema, self.event, self.names, self.conflict, self.events, children[0], self.old, self.new, self.sets, self.returning, self.returning_columns)
        made.origin = self
        return made

    def only_child(self) -> Node | None:
        return self.child

    def clause_expressions(self) -> list[Expr]:
        out: list[Expr] = []
        out.extend([item for _, item in self.sets])
        out.extend(self.returning)
        return out

    def with_clause_expressions(self, clause_expressions: list[Expr]) -> Node:
        feed = Feed(clause_expressions)
        made = Instead(self.view, self.schema, self.event, self.names, self.conflict, self.events, self.child, self.old, self.new, [(first, feed.one()) for first, _ in self.sets], feed.several(len(self.returning)), self.returning_columns)
        made.origin = self
        return made

    def written_sources(self) -> list[Source]:
        out: list[Source] = []
        out.extend(self.events.made_sources())
        return out


class SchemaChange(Node):
    """A statement that changes the schema."""


class RowWork(Node):
    """What a change of the schema does with the rows of a table, or the entries of an index.

    Its expressions are all that sees them; what counts as its rows are those that it has dealt with."""


@final
class BuildIndex(RowWork):
    """Fills an empty index: an entry for each of the child's rows, all of them sorted, then written in that order.

    Attributes:
        child: the rows of the table that the index takes in
        entry: what an entry holds, in order
        affinities: that of each value, a letter each
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("index", "child", "entry", "affinities")

    def __init__(self, index: Index, child: Node, entry: list[Expr], affinities: str) -> None:
        super().__init__()
        self.index: Final = index
        self.child: Final = child
        self.entry: Final = entry
        self.affinities: Final = affinities

    def values_of_fields(self) -> list[object]:
        return [self.index, self.child, self.entry, self.affinities]

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        made = BuildIndex(self.index, children[0], self.entry, self.affinities)
        made.origin = self
        return made

    def only_child(self) -> Node | None:
        return self.child

    def expressions(self) -> list[Expr]:
        return self.entry

    def with_expressions(self, expressions: list[Expr]) -> Node:
        made = BuildIndex(self.index, self.child, expressions, self.affinities)
        made.origin = self
        return made


@final
class CreateIndex(SchemaChange):
    """Makes an index, and fills it.

    Attributes:
        child: a BuildIndex
        text: the statement, as the schema keeps it
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("child", "text")

    def __init__(self, child: Node, text: str) -> None:
        super().__init__()
        self.child: Final = child
        self.text: Final = text

    def values_of_fields(self) -> list[object]:
        return [self.child, self.text]

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        made = CreateIndex(children[0], self.text)
        made.origin = self
        return made

    def only_child(self) -> Node | None:
        return self.child


@final
class Reindex(SchemaChange):
    """Fills indexes anew.

    Attributes:
        builds: a BuildIndex each
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("builds",)

    def __init__(self, builds: list[Node]) -> None:
        super().__init__()
        self.builds: Final = builds

    def values_of_fields(self) -> list[object]:
        return [self.builds]

    def children(self) -> list[Node]:
        return self.builds

    def with_children(self, children: list[Node]) -> Node:
        made = Reindex(children)
        made.origin = self
        return made


@final
class CreateTableAs(SchemaChange):
    """Makes a table of a query's rows.

    Attributes:
        text: what the schema keeps: CREATE TABLE with the query's columns
        affinities: of the columns, a letter each
        child: an Output
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("name", "schema", "text", "affinities", "child")

    def __init__(self, name: str, schema: str, text: str, affinities: str, child: Node) -> None:
        super().__init__()
        self.name: Final = name
        self.schema: Final = schema
        self.text: Final = text
        self.affinities: Final = affinities
        self.child: Final = child

    def values_of_fields(self) -> list[object]:
        return [self.name, self.schema, self.text, self.affinities, self.child]

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        made = CreateTableAs(self.name, self.schema, self.text, self.affinities, children[0])
        made.origin = self
        return made

    def only_child(self) -> Node | None:
        return self.child


@final
class Attach(SchemaChange):
    """Adds a database to those of the connection.

    Attributes:
        child: an Output of one row: the file, and what the database is to be called
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("child",)

    def __init__(self, child: Node) -> None:
        super().__init__()
        self.child: Final = child

    def values_of_fields(self) -> list[object]:
        return [self.child]

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        made = Attach(children[0])
        made.origin = self
        return made

    def only_child(self) -> Node | None:
        return self.child


@final
class Detach(SchemaChange):
    """Takes a database away from those of the connection.

    Attributes:
        child: an Output of one row: the name of the database
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("child",)

    def __init__(self, child: Node) -> None:
        super().__init__()
        self.child: Final = child

    def values_of_fields(self) -> list[object]:
        return [self.child]

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        made = Detach(children[0])
        made.origin = self
        return made

    def only_child(self) -> Node | None:
        return self.child


@final
class Analyze(SchemaChange):
    """Finds out how many rows tables have, and how selective their indexes are, for the planner.

    Attributes:
        databases: an AnalyzeDatabase each
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("databases",)

    def __init__(self, databases: list[Node]) -> None:
        super().__init__()
        self.databases: Final = databases

    def values_of_fields(self) -> list[object]:
        return [self.databases]

    def children(self) -> list[Node]:
        return self.databases

    def with_children(self, children: list[Node]) -> Node:
        made = Analyze(children)
        made.origin = self
        return made


@final
class AnalyzeDatabase(RowWork):
    """Has the tables of statistics of one database forget what they say, of all there is or of a part, and say it anew.

    Attributes:
        relation: the one table (or view) that is looked at; None for all
        index: the one index, as the statistics call it; None for all
        parts: a SampleIndex or a CountTable each
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("schema", "relation", "index", "parts")

    def __init__(self, schema: str, relation: str | None, index: str | None, parts: list[Node]) -> None:
        super().__init__()
        self.schema: Final = schema
        self.relation: Final = relation
        self.index: Final = index
        self.parts: Final = parts

    def values_of_fields(self) -> list[object]:
        return [self.schema, self.relation, self.index, self.parts]

    def children(self) -> list[Node]:
        return self.parts

    def with_children(self, children: list[Node]) -> Node:
        made = AnalyzeDatabase(self.schema, self.relation, self.index, children)
        made.origin = self
        return made


@final
class SampleIndex(RowWork):
    """Walks through an index: counts its entries and the different values of each of its columns, and takes samples.

    Attributes:
        limit: so many entries, about, are enough; None: all
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("index", "limit")

    def __init__(self, index: Index, limit: int | None) -> None:
        super().__init__()
        self.index: Final = index
        self.limit: Final = limit

    def values_of_fields(self) -> list[object]:
        return [self.index, self.limit]


@final
class CountTable(RowWork):
    """Counts the rows of a table, none of whose indexes has an entry for each."""

    FIELDS: ClassVar[tuple[str, ...]] = ("table",)

    def __init__(self, table: Table) -> None:
        super().__init__()
        self.table: Final = table

    def values_of_fields(self) -> list[object]:
        return [self.table]


@final
class AlterTable(SchemaChange):
    """Changes what the schema says of a table: texts of its own, and of what speaks of it.

    Attributes:
        table: as it is
        action: what is done with it, as SQL calls it
        child: CheckRows or RewriteRows; None where the rows do not matter
        new_name: what the table is called from now on; None where it keeps its name
        short_rows: the rows that there are lack a column of the table from now on
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("table", "action", "changes", "child", "new_name", "short_rows")

    def __init__(self, table: Table, action: str, changes: list[TextChange], child: Node | None, new_name: str | None, short_rows: bool) -> None:
        super().__init__()
        self.table: Final = table
        self.action: Final = action
        self.changes: Final = changes
        self.child: Final = child
        self.new_name: Final = new_name
        self.short_rows: Final = short_rows

    def values_of_fields(self) -> list[object]:
        return [self.table, self.action, self.changes, self.child, self.new_name, self.short_rows]

    def children(self) -> list[Node]:
        return [] if self.child is None else [self.child]

    def with_children(self, children: list[Node]) -> Node:
        feed = Feed(children)
        made = AlterTable(self.table, self.action, self.changes, None if self.child is None else feed.one(), self.new_name, self.short_rows)
        made.origin = self
        return made


@final
class CheckRows(RowWork):
    """Ends the statement with an error at the first of the child's rows that does not fit the table any more.

    Attributes:
        table: as it becomes
        refusal: why there may be no rows at all; "" where there may
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("child", "table", "refusal", "tests")

    def __init__(self, child: Node, table: Table, refusal: str, tests: list[RowTest]) -> None:
        super().__init__()
        self.child: Final = child
        self.table: Final = table
        self.refusal: Final = refusal
        self.tests: Final = tests

    def values_of_fields(self) -> list[object]:
        return [self.child, self.table, self.refusal, self.tests]

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        made = CheckRows(children[0], self.table, self.refusal, self.tests)
        made.origin = self
        return made

    def only_child(self) -> Node | None:
        return self.child

    def expressions(self) -> list[Expr]:
        out: list[Expr] = []
        out.extend([expr for part in self.tests for expr in part.expressions()])
        return out

    def with_expressions(self, expressions: list[Expr]) -> Node:
        feed = Feed(expressions)
        made = CheckRows(self.child, self.table, self.refusal, [part.fed(feed) for part in self.tests])
        made.origin = self
        return made


@final
class RewriteRows(RowWork):
    """Writes each of the child's rows anew in its place.

    Attributes:
        child: the rows of the table, as they are
        table: as it becomes
        record: the values that are stored of a row, in order
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("child", "table", "record")

    def __init__(self, child: Node, table: Table, record: list[Expr]) -> None:
        super().__init__()
        self.child: Final = child
        self.table: Final = table
        self.record: Final = record

    def values_of_fields(self) -> list[object]:
        return [self.child, self.table, self.record]

    def children(self) -> list[Node]:
        return [self.child]

    def with_children(self, children: list[Node]) -> Node:
        made = RewriteRows(children[0], self.table, self.record)
        made.origin = self
        return made

    def only_child(self) -> Node | None:
        return self.child

    def expressions(self) -> list[Expr]:
        return self.record

    def with_expressions(self, expressions: list[Expr]) -> Node:
        made = RewriteRows(self.child, self.table, expressions)
        made.origin = self
        return made


@final
class Vacuum(SchemaChange):
    """Makes a database anew, with nothing left over: the file itself, or another one.

    Attributes:
        file: the name of the other one
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("schema", "file")

    def __init__(self, schema: str, file: Expr | None) -> None:
        super().__init__()
        self.schema: Final = schema
        self.file: Final = file

    def values_of_fields(self) -> list[object]:
        return [self.schema, self.file]

    def expressions(self) -> list[Expr]:
        return [] if self.file is None else [self.file]

    def with_expressions(self, expressions: list[Expr]) -> Node:
        feed = Feed(expressions)
        made = Vacuum(self.schema, None if self.file is None else feed.one())
        made.origin = self
        return made


@final
class Nothing(SchemaChange):
    """Finds what it is to make there already (IF NOT EXISTS), and does nothing."""

    FIELDS: ClassVar[tuple[str, ...]] = ("schema",)

    def __init__(self, schema: str) -> None:
        super().__init__()
        self.schema: Final = schema

    def values_of_fields(self) -> list[object]:
        return [self.schema]
