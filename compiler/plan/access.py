"""Access paths: the ways to read a table under some conditions, and which is the cheapest.

A condition can drive a seek when it compares a column (or the expression of an index) with something that is known
before the table is read, and when the index orders its keys just as the comparison does: the same collation, and an
affinity under which comparing stored values gives the same answer.  SQLite's rules for that are in
https://sqlite.org/optoverview.html (WHERE clause analysis) and https://sqlite.org/datatype3.html (section 4.2).
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.plan.cost import (
    in_items,
    index_cost,
    index_rows,
    is_narrower,
    is_unique_search,
    range_share,
    rowid_cost,
    scaled,
    share_of,
    table_rows,
    weighed_rows,
)
from foundrydb.compiler.plan.implication import implied
from foundrydb.compiler.plan.nodes import Filter, IndexScan, Node, RangeBound, RowidSeek, Scan, SeekUnion
from foundrydb.compiler.plan.orders import plain
from foundrydb.compiler.plan.passes.base import PassContext
from foundrydb.compiler.plan.patterns import pattern_collation, pattern_range
from foundrydb.compiler.plan.wanted import Wanted
from foundrydb.compiler.resolve.bound import (
    ROWID,
    TEXT,
    Between,
    Call,
    ColumnRef,
    Compare,
    Expr,
    InList,
    InQuery,
    IsNull,
    Literal,
    Logic,
    RowValue,
    Source,
    Unary,
)
from foundrydb.compiler.resolve.catalog import EXPRESSION, Catalog, Index
from foundrydb.compiler.resolve.exprs import conjunction, conjuncts, is_deterministic, same, sources_in

_FLIPPED: Final[dict[str, str]] = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<=", "IS": "IS"}

MAX_UNION: Final = 64
"""An OR of more terms is not taken apart into seeks."""


@final
class Surroundings:
    """What is known where a table is read.

    Attributes:
        context: the catalog and the expressions of indexes.
        inside: the sources that the query makes: those not in ``available`` are not known yet.
        available: the sources to the left, whose row is known.
        usage: per source (by number) the columns that the statement reads; None for all of them.
    """

    def __init__(
        self,
        context: PassContext,
        inside: list[Source],
        available: list[Source],
        usage: dict[int, set[int]],
    ) -> None:
        self.context: Final = context
        self.inside: Final = inside
        self.available: Final = available
        self.usage: Final = usage

    def knows(self, expr: Expr) -> bool:
        """Whether an expression's value is known before the table is read."""
        for source in sources_in(expr):
            if source in self.inside and source not in self.available:
                return False
        return is_deterministic(expr)

    def with_available(self, sources: list[Source]) -> Surroundings:
        """The same with more sources to the left."""
        return Surroundings(self.context, self.inside, self.available + sources, self.usage)


@final
class Constraint:
    """A condition that an index may serve: ``side op key``.

    Attributes:
        side: the column (or expression) of the table.
        op: ``=``, ``<``, ``<=``, ``>``, ``>=``, ``IN`` or ``NULL``.
        key: what it is compared with; the whole InList, InQuery or IsNull for IN and NULL.
        comparison, sequence: of the comparison.
        term: the condition that it comes from.
        whole: whether it is all of that condition (each half of a BETWEEN is not).
    """

    def __init__(
        self, side: Expr, op: str, key: Expr, comparison: str, sequence: str, term: Expr, whole: bool = True
    ) -> None:
        self.side: Final = side
        self.op: Final = op
        # A truth that is compared with (``a = (b IS NULL)``) is a value, not what to look for: + tells the two apart.
        is_value = op not in ("IN", "NULL") and isinstance(key, (IsNull, InList, InQuery))
        self.key: Final = Unary("+", key) if is_value else key
        self.comparison: Final = comparison
        self.sequence: Final = sequence
        self.term: Final = term
        self.whole: Final = whole


@final
class Access:
    """One way to read a table.

    Attributes:
        node: the node that does it.
        used: the conditions that need not be tested any more.
        rows: how many rows it yields each time.
        cost: what one time costs.
    """

    def __init__(self, node: Node, used: list[Expr], rows: float, cost: float) -> None:
        self.node: Final = node
        self.used: Final = used
        self.rows: Final = rows
        self.cost: Final = cost


def best_access(scan: Scan, terms: list[Expr], around: Surroundings, wanted: Wanted | None = None) -> Access:
    """The cheapest way to read a table under the conditions, an order that its rows are wanted in considered."""
    wish = wanted if wanted is not None and has_wish(wanted) else None
    best: Access | None = None
    least = 0.0
    for access in accesses(scan, terms, around, wish is not None):
        price = price_of(access, terms, around, wish)
        if best is None or price < least:
            best = access
            least = price
    assert best is not None
    return best


def price_of(access: Access, terms: list[Expr], around: Surroundings, wish: Wanted | None) -> float:
    """What an access path costs, the sort considered that it spares or leaves to be done."""
    if wish is None:
        return access.cost
    left = [term for term in terms if not any(term is used for used in access.used)]
    served = wish.served_by(with_filter(access, terms), around.context)
    return wish.price(access.cost, max(1.0, access.rows * share_of(left)), served)


def has_wish(wanted: Wanted) -> bool:
    """Whether any order is wanted at all."""
    return len(wanted.terms) > 0 or len(wanted.keys) > 0


def with_filter(access: Access, terms: list[Expr]) -> Node:
    """The access path's node under the conditions that it does not serve."""
    left = [term for term in terms if not any(term is used for used in access.used)]
    predicate = conjunction(left)
    return access.node if predicate is None else Filter(access.node, predicate)


def accesses(scan: Scan, terms: list[Expr], around: Surroundings, every: bool = False) -> list[Access]:
    """Every way to read a table that is worth a look, the plain scan first.

    every: whole walks through indexes too, for their order.
    """
    table = scan.table
    catalog = around.context.catalog
    total = weighed_rows(catalog, table)
    constraints: list[Constraint] = []
    for term in terms:
        constraints.extend(constraints_of(term, scan.source, around))
    out: list[Access] = []
    if not scan.indexed_by:
        out.append(Access(scan, [], table_rows(catalog, table), total))
        if not table.without_rowid:
            seek = _rowid_access(scan, constraints, total, catalog)
            if seek is not None:
                out.append(seek)
    for index in table.indexes:
        if scan.not_indexed and not index.clustered:
            continue
        if scan.indexed_by and index.name != scan.indexed_by:
            continue
        if index.where is not None:
            condition = around.context.filter_expression(index, scan.source)
            if not implied(condition, terms):
                continue
        access = _index_access(scan, index, constraints, total, around, every)
        if access is not None:
            out.append(access)
    if not scan.indexed_by and not scan.not_indexed:
        for term in terms:
            union = _union_access(scan, term, around)
            if union is not None:
                out.append(union)
    if not out:
        out.append(Access(scan, [], table_rows(catalog, table), total))
    return out


# -- constraints


def constraints_of(term: Expr, source: Source, around: Surroundings) -> list[Constraint]:
    """What a condition offers to indexes of ``source``.

    A COLLATE around the column does not count here: which collation the comparison uses is known already.
    """
    if isinstance(term, Compare):
        if isinstance(term.left, RowValue) or term.op not in _FLIPPED:
            return []
        out = _comparison(term, term.left, term.op, term.right, source, around)
        if not out:
            out = _comparison(term, term.right, _FLIPPED[term.op], term.left, source, around)
        return out
    if isinstance(term, Between) and not term.negated and _about(plain(term.operand), source, around):
        out = []
        operand = plain(term.operand)
        if around.knows(term.low):
            out.append(
                Constraint(operand, ">=", term.low, term.low_comparison, term.low_sequence, term, False)
            )
        if around.knows(term.high):
            out.append(
                Constraint(operand, "<=", term.high, term.high_comparison, term.high_sequence, term, False)
            )
        return out
    if isinstance(term, InList) and not term.negated and _about(plain(term.operand), source, around):
        if all(around.knows(item) for item in term.items):
            return [Constraint(plain(term.operand), "IN", term, term.comparison, term.sequence, term)]
    if isinstance(term, InQuery) and not term.negated and _about(plain(term.operand), source, around):
        outer = term.query.outer
        if not any(s in around.inside and s not in around.available for s in outer):
            return [Constraint(plain(term.operand), "IN", term, term.comparisons[0], term.sequences[0], term)]
    if isinstance(term, IsNull) and not term.negated and _about(plain(term.operand), source, around):
        return [Constraint(plain(term.operand), "NULL", term, "", "", term)]
    if isinstance(term, Call):
        return _pattern(term, source)
    return []


def _pattern(term: Call, source: Source) -> list[Constraint]:
    """The range that the beginning of a LIKE or GLOB pattern gives."""
    collation = pattern_collation(term)
    if not collation:
        return []
    column = plain(term.args[1])
    if not isinstance(column, ColumnRef) or column.source is not source:
        return []
    ends = pattern_range(term, column)
    if ends is None:
        return []
    return [
        Constraint(column, ">=", Literal(ends[0]), TEXT, collation, term, False),
        Constraint(column, "<", Literal(ends[1]), TEXT, collation, term, False),
    ]


def _about(expr: Expr, source: Source, around: Surroundings) -> bool:
    """Whether an expression reads the source, and nothing else that is not known."""
    if isinstance(expr, RowValue):
        return False
    if isinstance(expr, ColumnRef):
        return expr.source is source
    read = sources_in(expr)
    return source in read and len(read) == 1


def _comparison(
    term: Compare, side: Expr, op: str, key: Expr, source: Source, around: Surroundings
) -> list[Constraint]:
    side = plain(side)
    if not _about(side, source, around) or source in sources_in(key) or not around.knows(key):
        return []
    if op == "IS":
        if not isinstance(key, Literal):
            return []
        if key.value is None:
            return [Constraint(side, "NULL", IsNull(side, False), "", "", term)]
        op = "="
    return [Constraint(side, op, key, term.comparison, term.sequence, term)]


# -- the rowid


def _rowid_access(scan: Scan, constraints: list[Constraint], total: float, catalog: Catalog) -> Access | None:
    low: Constraint | None = None
    high: Constraint | None = None
    equal: Constraint | None = None
    for c in constraints:
        if not isinstance(c.side, ColumnRef) or c.side.index != ROWID:
            continue
        if c.op == "=":
            equal = c if equal is None or equal.op == "IN" else equal
        elif c.op == "IN":
            equal = c if equal is None else equal
        elif c.op in (">", ">="):
            low = c if low is None else low
        elif c.op in ("<", "<="):
            high = c if high is None else high
    if equal is not None:
        node = RowidSeek(scan.source, scan.table, scan.schema, equal.key, None, None)
        items = min(in_items(equal.key), total)
        return Access(node, [equal.term], items, items * (rowid_cost(total) + 1.0))
    if low is None and high is None:
        return None
    node = RowidSeek(scan.source, scan.table, scan.schema, None, _bound(low), _bound(high))
    rows = max(1.0, total * range_share(low is not None, high is not None))
    cost = rowid_cost(total) + rows
    return Access(node, _served([], low, high), scaled(catalog, scan.table, rows), cost)


def _bound(c: Constraint | None) -> RangeBound | None:
    return None if c is None else RangeBound(c.key, c.op in ("<=", ">="))


def _served(equal: list[Constraint], low: Constraint | None, high: Constraint | None) -> list[Expr]:
    """The conditions that a seek with these constraints makes sure of."""
    out = [c.term for c in equal]
    for c in (low, high):
        if c is not None and c.whole:
            out.append(c.term)
    if low is not None and high is not None and low.term is high.term and isinstance(low.term, Between):
        out.append(low.term)
    return out


# -- indexes


def _index_access(
    scan: Scan,
    index: Index,
    constraints: list[Constraint],
    total: float,
    around: Surroundings,
    every: bool,
) -> Access | None:
    equal: list[Constraint] = []
    low: Constraint | None = None
    high: Constraint | None = None
    for position in range(len(index.columns)):
        fitting = [c for c in constraints if fits(c, index, position, scan.source, around)]
        chosen = _equality(fitting)
        if chosen is not None:
            equal.append(chosen)
            continue
        if not index.unordered:
            low = _first(fitting, (">", ">="))
            high = _first(fitting, ("<", "<="))
        break
    covering = index.clustered or covers(index, scan.source, around.usage)
    if (
        not equal
        and low is None
        and high is None
        and not (every and not index.clustered and not index.unordered)
    ):
        if not scan.indexed_by and not (covering and not index.clustered and index.where is None):
            return None
        if not scan.indexed_by and not is_narrower(index):
            return None
    catalog = around.context.catalog
    keys = [c.key for c in equal]
    probes, rows = index_rows(index, keys, low is not None, high is not None, total, catalog)
    unique = is_unique_search(index, keys)
    if unique:
        rows = min(rows, probes)
    node = IndexScan(scan.source, scan.table, scan.schema, index, keys, _bound(low), _bound(high), covering)
    cost = index_cost(index, probes if equal or low or high else 0.0, rows, total, covering)
    return Access(
        node, _served(equal, low, high), rows if unique else scaled(catalog, scan.table, rows), cost
    )


def _equality(fitting: list[Constraint]) -> Constraint | None:
    for op in ("=", "NULL", "IN"):
        for c in fitting:
            if c.op == op:
                return c
    return None


def _first(fitting: list[Constraint], ops: tuple[str, str]) -> Constraint | None:
    for c in fitting:
        if c.op in ops:
            return c
    return None


def fits(c: Constraint, index: Index, position: int, source: Source, around: Surroundings) -> bool:
    """Whether a constraint is about a key column of an index, and compares as the index orders."""
    column = index.columns[position]
    if column.column == EXPRESSION:
        key = around.context.key_expressions(index, source)[position]
        if key is None or not same(c.side, key):
            return False
        affinity = key.affinity
    else:
        if not isinstance(c.side, ColumnRef):
            return False
        alias = index.table.rowid_alias
        wanted = ROWID if column.column == alias and alias >= 0 else column.column
        if c.side.index != wanted:
            return False
        affinity = "D" if wanted == ROWID else index.table.columns[column.column].affinity
    if c.op == "NULL":
        return True
    if c.sequence.upper() != column.collation.upper():
        return False
    if c.comparison == "B":
        return affinity == "B"
    if c.comparison >= "C":
        return affinity >= "C"
    return True


def covers(index: Index, source: Source, usage: dict[int, set[int]]) -> bool:
    """Whether an index's entries hold every column that the statement reads of the source."""
    if source.number not in usage:
        return False
    return all(index.position(column) >= 0 for column in usage[source.number])


# -- OR


def _union_access(scan: Scan, term: Expr, around: Surroundings) -> Access | None:
    """An OR each of whose terms can drive a seek: the union of the seeks."""
    if not isinstance(term, Logic) or term.op != "OR" or len(term.terms) > MAX_UNION:
        return None
    if scan.table.without_rowid:
        return None
    seeks: list[Node] = []
    rows = 0.0
    cost = 0.0
    for alternative in term.terms:
        parts = conjuncts(alternative)
        found: Access | None = None
        for access in accesses(scan, parts, around):
            if isinstance(access.node, Scan) or not access.used:
                continue
            if found is None or access.cost < found.cost:
                found = access
        if found is None:
            return None
        if isinstance(found.node, SeekUnion):
            return None
        if isinstance(found.node, IndexScan) and found.node.covering:
            found = Access(_from_table(found.node), found.used, found.rows, found.cost)
        left = [part for part in parts if not any(part is used for used in found.used)]
        seeks.append(with_filter(found, parts))
        rows += max(1.0, found.rows * share_of(left))
        cost += found.cost
    total = table_rows(around.context.catalog, scan.table)
    union = SeekUnion(scan.source, scan.table, scan.schema, seeks)
    return Access(union, [term], min(rows, total), cost + rows * 2.0)


def _from_table(node: IndexScan) -> IndexScan:
    """The same search with the table opened: a union needs the rows themselves."""
    return IndexScan(node.source, node.table, node.schema, node.index, node.equal, node.low, node.high)
