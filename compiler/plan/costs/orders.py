"""The order in which rows come, and whether it is an order that was asked for.

A B-tree gives its rows in key order, a join in the order of its left side and, within one left row, of its right
side.  ``provided`` writes that down as a list of columns; ``match_order`` and ``match_groups`` compare it with an ORDER
BY, a GROUP BY or a DISTINCT, and tell which tables must be read backwards for it.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import (
    NUMERIC,
    ROWID,
    TEXT,
    Collate,
    ColumnRef,
    Compare,
    Expr,
    InList,
    InQuery,
    IsNull,
    OrderTerm,
    RowValue,
    Source,
)
from foundrydb.compiler.bind.from_items import column_ref
from foundrydb.compiler.bind.properties import (
    conjuncts,
    finds_null,
    has_equality,
    is_constant,
    is_never_null,
    same,
    sources_in,
)
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.nodes import (
    Aggregate,
    AlterTable,
    Analyze,
    AnalyzeDatabase,
    Attach,
    BuildIndex,
    CheckRows,
    Compound,
    CountRows,
    CountTable,
    CreateIndex,
    CreateTableAs,
    Delete,
    Derived,
    Detach,
    Distinct,
    Empty,
    Filter,
    IndexScan,
    Insert,
    Instead,
    Join,
    Limit,
    ModuleScan,
    ModuleSearch,
    Node,
    Nothing,
    Output,
    Project,
    QueueRow,
    Recursion,
    Reindex,
    RewriteRows,
    RowidSeek,
    SampleIndex,
    Scan,
    SeekUnion,
    SingleRow,
    Sort,
    Spool,
    TableAccess,
    TransientIndex,
    Update,
    Vacuum,
    Values,
    Window,
)
from foundrydb.compiler.plan.walk import nodes_of
from foundrydb.compiler.schema.names import EXPRESSION
from foundrydb.compiler.schema.objects import Index
from foundrydb.compiler.trees.dispatch import Dispatch


@final
class Ordered:
    """One column of an order.

    expr: the column (or the expression of an index).  collation: "" for numbers alone (the rowid).
    source: whose B-tree gives it.  unique: after this column, no two rows of that source are equal.
    turns: the source can be read the other way round.  never_null: NULL is not among the values.
    """

    def __init__(
        self,
        expr: Expr,
        descending: bool,
        collation: str,
        source: Source,
        unique: bool,
        turns: bool = True,
        nulls: bool = False,
    ) -> None:
        self.expr: Final = expr
        self.descending: Final = descending
        self.collation: Final = collation
        self.source: Final = source
        self.unique: Final = unique
        self.turns: Final = turns
        self.never_null: Final = not nulls and is_never_null(expr)

    def unturned(self) -> Ordered:
        """The same column of rows that cannot be read the other way round."""
        nulls = not self.never_null
        return Ordered(self.expr, self.descending, self.collation, self.source, self.unique, False, nulls)


@final
class Order:
    """The order of a node's rows.

    columns: by which they are ordered, first things first.
    fixed: (expression, collation) pairs that have one value in all rows ("" for any collation).
    single: sources that yield one row at most.
    lookups: (source, sources) pairs: a row of the first is looked up by rows of the others, one at most.
    equal: (column, column, collation) triples: two columns that are equal in each row, as the collation compares.
    open: more columns may follow: rows that agree in ``columns`` are one row of the tables so far.
    """

    def __init__(self) -> None:
        self.columns: list[Ordered] = []
        self.fixed: list[tuple[Expr, str]] = []
        self.single: list[Source] = []
        self.lookups: list[tuple[Source, list[Source]]] = []
        self.equal: list[tuple[ColumnRef, ColumnRef, str]] = []
        self.open = True

    def is_fixed(self, expr: Expr, collation: str) -> bool:
        """Whether an expression has the same value, as the collation compares, in all rows."""
        if not isinstance(expr, ColumnRef) and is_constant(expr):
            return True
        if self.single:
            read = sources_in(expr)
            if read and all(source in self.single for source in read):
                return True
        return any(
            [same(known, expr) for known, sequence in self.fixed if sequence in ("", "BINARY", collation)]
        )

    def alike(self, column: Expr, expr: Expr, collation: str) -> bool:
        """Whether rows that are ordered by a column are ordered by an expression too: it is that column, or equal."""
        if same(column, expr):
            return True
        for one, other, sequence in self.equal:
            if sequence in ("", "BINARY", collation):
                if (same(one, column) and same(other, expr)) or (same(other, column) and same(one, expr)):
                    return True
        return False

    def settled(self, expr: Expr, done: list[Source]) -> bool:
        """Whether an expression has one value for each row of sources that are in order completely."""
        if not done and not self.lookups:
            return False
        read = sources_in(expr)
        return len(read) > 0 and all(self.is_done(source, done) for source in read)

    def is_done(self, source: Source, done: list[Source]) -> bool:
        """Whether each row of the sources in ``done`` goes with one row of ``source`` at most."""
        if source in done or source in self.single:
            return True
        for found, keys in self.lookups:
            if found is source:
                return all(self.is_done(key, done) for key in keys)
        return False


def provided(node: Node, context: PassContext) -> Order:
    """The order in which a node below the projection yields its rows."""
    order = Order()
    _collect(node, context, order)
    return order


ORDERS: Final[Dispatch[None]] = Dispatch("the order of a plan node's rows", Node)
"""``append(node, context, order)``: a node's order, behind that of what stands to its left"""


def _collect(node: Node, context: PassContext, order: Order) -> None:
    ORDERS.of(node)(node, context, order)


@ORDERS.entry(
    Aggregate,
    AlterTable,
    Analyze,
    AnalyzeDatabase,
    Attach,
    BuildIndex,
    CheckRows,
    Compound,
    CountRows,
    CountTable,
    CreateIndex,
    CreateTableAs,
    Delete,
    Derived,
    Detach,
    Distinct,
    Empty,
    Insert,
    Instead,
    Limit,
    ModuleScan,
    Nothing,
    Output,
    Project,
    Recursion,
    Reindex,
    RewriteRows,
    SampleIndex,
    SeekUnion,
    Sort,
    Spool,
    TransientIndex,
    Update,
    Vacuum,
    Values,
)
def _unordered(node: Node, context: PassContext, order: Order) -> None:
    """Rows in no order that is known."""
    order.open = False


@ORDERS.entry(Window)
def _window(node: Window, context: PassContext, order: Order) -> None:
    """By partition, then in the order within it; where no row is told from another, in the child's."""
    if node.sorted or not (node.partition or node.order):
        _collect(node.child, context, order)
        order.columns = [item.unturned() for item in order.columns]
        return
    nulls = fills_nulls(node.child)
    for term in window_terms(node):
        if term.nulls_first == term.descending:
            break
        expr = plain(term.expr)
        _add(order, Ordered(expr, term.descending, term.collation, node.source, False, False, nulls))
    order.open = False


def fills_nulls(node: Node) -> bool:
    """Whether rows of a join may have NULLs in the place of a table's columns."""
    return any(isinstance(item, Join) and item.kind != "inner" for item in nodes_of(node))


def window_terms(node: Window) -> list[OrderTerm]:
    """The order in which a Window node needs its rows."""
    keys = [OrderTerm(key, False, True, sequence) for key, sequence in zip(node.partition, node.sequences)]
    return [*keys, *node.order]


@ORDERS.entry(SingleRow)
def _single_row(node: SingleRow, context: PassContext, order: Order) -> None:
    """One row is in every order."""


@ORDERS.entry(QueueRow)
def _queue_row(node: QueueRow, context: PassContext, order: Order) -> None:
    order.single.append(node.source)


@ORDERS.entry(Filter)
def _filter(node: Filter, context: PassContext, order: Order) -> None:
    for term in conjuncts(node.predicate):
        _fix(term, order)
    _collect(node.child, context, order)


@ORDERS.entry(Join)
def _join(node: Join, context: PassContext, order: Order) -> None:
    if node.kind not in ("inner", "left"):
        order.open = False
        return
    _collect(node.left, context, order)
    if has_equality(conjuncts(node.on)):  # a transient index may hold the right side, in an order of its own
        order.open = False
        return
    if node.kind == "inner":
        for term in conjuncts(node.on):
            _fix(term, order)
        _collect(node.right, context, order)
        return
    inner = Order()
    inner.open = order.open
    _collect(node.right, context, inner)
    order.columns.extend(inner.columns)
    order.lookups.extend(inner.lookups)  # its equal columns are not: one may be NULL
    order.open = inner.open


def _fix(term: Expr, order: Order) -> None:
    """Note a column that an equality with a constant fixes."""
    if not isinstance(term, Compare) or term.op != "=" or "," in term.sequence:
        return
    for side, key in ((term.left, term.right), (term.right, term.left)):
        if isinstance(side, ColumnRef) and is_constant(key) and one_value(side, term.comparison):
            order.fixed.append((side, term.sequence))


def one_value(column: ColumnRef, comparison: str) -> bool:
    """Whether values that equal one constant, compared so, also equal one another.

    Where they are converted, that is certain of what a table stores; a subquery's column has the affinity of one of
    those that USING made it of.
    """
    if comparison == "":
        return True
    if column.source.table is None:
        return False
    return column.affinity == "B" if comparison == "B" else column.affinity >= "C"


def _add(order: Order, item: Ordered) -> None:
    if order.open:
        order.columns.append(item)


@ORDERS.entry(Scan)
def _scan(node: Scan, context: PassContext, order: Order) -> None:
    clustered = node.table.clustered_index()
    if clustered is not None:
        _index_columns(clustered, 0, node.source, node.descending, [], order)
        return
    ref = ColumnRef(node.source, ROWID)
    _add(order, Ordered(ref, node.descending, "", node.source, True))


@ORDERS.entry(RowidSeek)
def _rowid_seek(node: RowidSeek, context: PassContext, order: Order) -> None:
    ref = ColumnRef(node.source, ROWID)
    if node.equal is not None and not isinstance(node.equal, (InList, InQuery)):
        _equate(ref, node.equal, "", order)
        _looked_up(node.source, [node.equal], order)
        return
    _add(order, Ordered(ref, node.descending, "", node.source, True))


@ORDERS.entry(ModuleSearch)
def _module_search(node: ModuleSearch, context: PassContext, order: Order) -> None:
    for item in node.order:
        _add(order, Ordered(item.expr, item.descending, item.collation, node.source, False, False))
    order.open = False


@ORDERS.entry(IndexScan)
def _index_scan(node: IndexScan, context: PassContext, order: Order) -> None:
    keys = context.key_expressions(node.index, node.source)
    first = 0
    for i, key in enumerate(node.equal, node.skip):
        column = node.index.stored_column(i)
        expr = keys[i] if column.column == EXPRESSION else column_ref(node.source, column.column)
        if expr is None or isinstance(key, (InList, InQuery)):
            if isinstance(key, InQuery) and isinstance(key.operand, RowValue):
                order.open = False
                return
            break
        if isinstance(key, Compare) and finds_null(key):
            key = key.right
        if isinstance(key, IsNull) or is_constant(key):
            order.fixed.append((expr, column.collation.upper()))
        elif isinstance(expr, ColumnRef):
            _equate(expr, key, column.collation.upper(), order)
        first = i + 1
    if node.skip:
        first = 0
    if first == len(node.index.columns) and node.index.unique:
        if not any([finds_null(key) for key in node.equal]):
            _looked_up(node.source, node.equal, order)
            return
    _index_columns(node.index, first, node.source, node.descending, keys, order)


def _equate(column: ColumnRef, key: Expr, collation: str, order: Order) -> None:
    """Note that a column equals another one, by which it is looked up."""
    if isinstance(key, ColumnRef) and _class_of(key) == _class_of(column) != "":
        order.equal.append((column, key, collation))


def _class_of(column: ColumnRef) -> str:
    """Of what class a column's values are, NULL aside: number, text; "" where there may be several."""
    if column.source.table is None:
        return ""
    if column.index == ROWID or column.affinity >= NUMERIC:
        return "number or blob"
    return "text or blob" if column.affinity == TEXT else ""


def _looked_up(source: Source, keys: list[Expr], order: Order) -> None:
    """A source of which at most one row is found by some keys."""
    if all(is_constant(key) for key in keys):
        order.single.append(source)
    else:
        order.lookups.append((source, [other for key in keys for other in sources_in(key)]))


def _index_columns(
    index: Index, first: int, source: Source, descending: bool, keys: list[Expr | None], order: Order
) -> None:
    """The order of an index's entries from key column ``first`` on."""
    stored = index.columns[first:] if index.clustered else index.stored_columns()[first:]
    for i, column in enumerate(stored):
        if column.column == EXPRESSION:
            expr = keys[first + i] if first + i < len(keys) else None
            if expr is None:
                order.open = False
                return
        else:
            expr = column_ref(source, column.column)
        collation = "" if column.column == ROWID else column.collation.upper()
        last = i == len(stored) - 1
        _add(order, Ordered(expr, column.descending != descending, collation, source, last))


# -- what is asked for


@final
class Matched:
    """How an order serves a request.

    Attributes:
        count: how many of the terms it serves, from the first on.
        flip: the sources (by number) to be read the other way round.
        used: the sources whose columns serve.
    """

    def __init__(self) -> None:
        self.count = 0
        self.flip: dict[int, bool] = {}
        self.used: list[Source] = []


def plain(expr: Expr) -> Expr:
    """An expression without the COLLATE around it."""
    while isinstance(expr, Collate):
        expr = expr.operand
    return expr


def match_order(terms: list[OrderTerm], order: Order) -> Matched | None:
    """Whether rows in this order are in the order of the terms, perhaps after reading some tables backwards.

    The terms' expressions are over the sources of the ordered node.
    """
    found = match_terms(terms, order)
    return found if found.count == len(terms) else None


def match_terms(terms: list[OrderTerm], order: Order) -> Matched:
    """By how many of the terms, from the first on, rows in this order are in order."""
    found = Matched()
    place = 0
    done: list[Source] = list(order.single)
    for term in terms:
        expr = plain(term.expr)
        if order.is_fixed(expr, term.collation) or order.settled(expr, done):
            found.count += 1
            continue
        while place < len(order.columns) and _skippable(order.columns[place], order, done):
            place += 1
        if place >= len(order.columns):
            return found
        item = order.columns[place]
        if not order.alike(item.expr, expr, term.collation) or item.collation not in ("", term.collation):
            return found
        if term.nulls_first == term.descending and not item.never_null:
            return found
        flip = item.descending != term.descending
        if found.flip.setdefault(item.source.number, flip) != flip or (flip and not item.turns):
            return found
        found.count += 1
        if item.source not in found.used:
            found.used.append(item.source)
        if item.unique:
            done.append(item.source)
        place += 1
    return found


def match_groups(exprs: list[Expr], sequences: list[str], order: Order) -> bool:
    """Whether rows in this order come grouped by the expressions, in whatever order of these."""
    left: list[tuple[Expr, str]] = []
    for expr, sequence in zip(exprs, sequences):
        bare = plain(expr)
        if not order.is_fixed(bare, sequence):
            left.append((bare, sequence))
    done: list[Source] = list(order.single)
    for item in order.columns:
        left = [(expr, sequence) for expr, sequence in left if not order.settled(expr, done)]
        if not left:
            return True
        if _skippable(item, order, done):
            continue
        rest = [
            (expr, sequence)
            for expr, sequence in left
            if not (same(item.expr, expr) and item.collation in ("", sequence))
        ]
        if len(rest) == len(left):
            return False
        left = rest
        if item.unique:
            done.append(item.source)
    return not [expr for expr, _ in left if not order.settled(expr, done)]


def _skippable(item: Ordered, order: Order, done: list[Source]) -> bool:
    """Whether a column of an order makes no difference: it has one value."""
    return order.is_done(item.source, done) or order.is_fixed(item.expr, item.collation or "BINARY")


def flipped(node: Node, flip: dict[int, bool]) -> Node:
    """The node with the tables of some sources read the other way round."""
    if isinstance(node, Filter):
        child = flipped(node.child, flip)
        return node if child is node.child else node.with_children([child])
    if isinstance(node, Join):
        left = flipped(node.left, flip)
        right = flipped(node.right, flip)
        if left is node.left and right is node.right:
            return node
        return node.with_children([left, right])
    if isinstance(node, TableAccess) and flip.get(node.source.number):
        return node.reversed()
    return node
