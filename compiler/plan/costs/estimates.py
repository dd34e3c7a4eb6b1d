"""Estimates: how many rows a node yields, and what that costs.

Cost is in units of one table row visited.
"""

from __future__ import annotations

from math import log2
from typing import Final

from foundrydb.compiler.bind.bound import (
    BLOB,
    TEXT,
    ColumnRef,
    Exists,
    Expr,
    InList,
    InQuery,
    Literal,
)
from foundrydb.compiler.bind.properties import conjuncts, finds_null
from foundrydb.compiler.plan.costs.sampled import sampled_rows
from foundrydb.compiler.plan.costs.shares import (
    BOTH_ENDS,
    EQUAL,
    OTHER,
    RANGE,
    column_share,
    derived_share,
    entry_count,
    equal_rows,
    groups,
    joined_share,
    scaled,
    share_of,
    table_rows,
    weighed_rows,
)
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
    TransientIndex,
    Update,
    Vacuum,
    Values,
    Window,
)
from foundrydb.compiler.schema.catalog import Catalog
from foundrydb.compiler.schema.objects import Column, Index, Table
from foundrydb.compiler.trees.dispatch import Dispatch
from foundrydb.vm.modules.strategy import FEW_ROWS

ROW: Final = 1.0

ENTRY: Final = 1.0
"""Visiting a table row, an index entry."""

LOOKUP: Final = 10.0
"""Fetching the table row of an index entry."""

NEAR_LOOKUP: Final = 1.5
"""The same where the row before it in the index was its neighbour in the table."""

MANY_GROUPS: Final = 10_000.0
"""So many groups fill the memory of a hash aggregation; the rows of others are sorted."""

ROWID_SEEK: Final = 1.0

INDEX_SEEK: Final = 4.0
"""Finding a rowid, a key of an index, in a tree of one page."""

ROWID_STEP: Final = 0.25

INDEX_STEP: Final = 0.5
"""What a seek costs more each time the rows double."""

ROWID_MISS: Final = 6.0

INDEX_MISS: Final = 8.0

CACHED: Final = 50_000.0
"""What a seek costs more whose page must be fetched, and of how many rows the pages are thought to be in the cache."""

HASH_BUILD: Final = 16.0

HASH_PROBE: Final = 2.0
"""Putting a row into a hash table, finding a key there."""

LEAST_KEPT: Final = 0.5
"""Filters, whose effect is a guess, are not trusted to keep more of a table than this out of a hash table."""

GUESSED: Final = 0.12
"""The share of its guessed cost that a search of a range is weighed with: who asks for a range mostly wants few rows,
and where he does not, the detour through the index costs less than a scan for a few rows would."""

FEWEST: Final = 1e-3
"""What a filter or a join is thought to yield each time, at least."""

KEPT_ROW: Final = 2.0
"""Putting a row into an ephemeral table."""

SUBQUERY_ITEMS: Final = 25.0
"""How many values an IN over a subquery is thought to look up."""


RECURSION_ROWS: Final = 1000.0
"""How many rows a recursive query is thought to take from its queue."""


def rowid_cost(rows: float) -> float:
    """What finding a rowid in a table of so many rows costs."""
    return ROWID_SEEK + ROWID_STEP * log2(rows + 2.0) + ROWID_MISS * uncached(rows)


def seek_cost(rows: float) -> float:
    """What finding a key in an index of so many entries costs."""
    return INDEX_SEEK + INDEX_STEP * log2(rows + 2.0) + INDEX_MISS * uncached(rows)


def uncached(rows: float) -> float:
    """The share of a tree that is thought not to be in the cache."""
    return max(0.0, 1.0 - CACHED / max(rows, 1.0))


def sort_cost(rows: float) -> float:
    """What sorting so many rows costs."""
    return rows * (1.0 + 0.3 * log2(rows + 2.0))


ESTIMATES: Final[Dispatch[None]] = Dispatch("the estimates of a plan node", Node)


def estimate(node: Node, catalog: Catalog) -> None:
    """Fill ``rows`` and ``cost`` of a node and of all below it, where they are not known yet."""
    if node.rows >= 0 and node.cost >= 0:
        return
    only = node.only_child()
    if only is not None:
        estimate(only, catalog)
    else:
        for child in node.children():
            estimate(child, catalog)
    ESTIMATES.of(node)(node, catalog)


def growth(node: Node) -> float:
    """How many times its rows a plan may yield when small tables in it have grown.

    A statement outlives the size of its tables; without an index, two large ones would take for ever.
    """
    most = 1.0
    stack = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, Scan):
            most = max(most, item.cost / max(item.rows, 1.0))
        stack.extend(item.children())
    return most


@ESTIMATES.entry(Scan)
def _scan(node: Scan, catalog: Catalog) -> None:
    node.rows = table_rows(catalog, node.table)
    node.cost = weighed_rows(catalog, node.table) * ROW


@ESTIMATES.entry(RowidSeek)
def _rowid_seek(node: RowidSeek, catalog: Catalog) -> None:
    total = weighed_rows(catalog, node.table)
    probes, rows = _rowid_rows(node, total)
    node.rows = rows if node.equal is not None else scaled(catalog, node.table, rows)
    node.cost = probes * rowid_cost(total) + rows * ROW


@ESTIMATES.entry(IndexScan)
def _index_scan(node: IndexScan, catalog: Catalog) -> None:
    total = weighed_rows(catalog, node.table)
    rows, node.cost = index_estimate(node, total, catalog)
    node.rows = rows if is_unique_search(node.index, node.equal) else scaled(catalog, node.table, rows)


@ESTIMATES.entry(SeekUnion)
def _seek_union(node: SeekUnion, catalog: Catalog) -> None:
    node.rows = sum(child.rows for child in node.seeks)
    node.cost = sum(child.cost for child in node.seeks) + node.rows * ROW


@ESTIMATES.entry(TransientIndex)
def _transient_index(node: TransientIndex, catalog: Catalog) -> None:
    node.rows = max(1.0, node.child.rows * _found_share(node, catalog))
    node.cost = node.child.cost + node.child.rows * HASH_BUILD + HASH_PROBE


@ESTIMATES.entry(Spool)
def _spool(node: Spool, catalog: Catalog) -> None:
    node.rows = node.child.rows
    node.cost = node.child.cost + node.rows * KEPT_ROW


@ESTIMATES.entry(CountRows)
def _count_rows(node: CountRows, catalog: Catalog) -> None:
    node.rows = 1.0
    node.cost = counting_cost(node.table, catalog)


def counting_cost(table: Table, catalog: Catalog) -> float:
    """What counting the rows of a table by its tree's pages costs."""
    return weighed_rows(catalog, table) * 0.02 + 1.0


@ESTIMATES.entry(Values)
def _values(node: Values, catalog: Catalog) -> None:
    node.rows = float(len(node.tuples))
    node.cost = node.rows


@ESTIMATES.entry(ModuleScan)
def _module_scan(node: ModuleScan, catalog: Catalog) -> None:
    node.rows = FEW_ROWS
    node.cost = node.rows


@ESTIMATES.entry(ModuleSearch)
def _module_search(node: ModuleSearch, catalog: Catalog) -> None:
    node.rows = node.found
    node.cost = node.price


@ESTIMATES.entry(Empty)
def _empty(node: Empty, catalog: Catalog) -> None:
    node.rows = 0.0
    node.cost = 0.0


@ESTIMATES.entry(QueueRow)
def _queue_row(node: QueueRow, catalog: Catalog) -> None:
    node.rows = RECURSION_ROWS
    node.cost = RECURSION_ROWS * 2.0 * ROW  # what stands to its left is read as often


@ESTIMATES.entry(SingleRow)
def _single_row(node: SingleRow, catalog: Catalog) -> None:
    node.rows = 1.0
    node.cost = 0.0


def _found_share(node: TransientIndex, catalog: Catalog) -> float:
    """The share of an index's rows that is found each time."""
    base = node.child
    while isinstance(base, Filter):
        base = base.child
    share = EQUAL
    for own in node.own:
        if isinstance(own, ColumnRef):
            if isinstance(base, Derived) and base.source is own.source:
                share = min(share, derived_share(base, own.index))
            else:
                share = min(share, column_share(own, catalog))
    return share


def in_items(key: Expr) -> float:
    """How many values an equality key stands for: the items of IN, else one."""
    if isinstance(key, InList):
        return float(len(key.items))
    if isinstance(key, InQuery):
        plan = key.query.plan
        if isinstance(plan, Node) and plan.rows >= 0:
            return max(1.0, plan.rows)
        return SUBQUERY_ITEMS
    return 1.0


def _rowid_rows(node: RowidSeek, total: float) -> tuple[float, float]:
    """How many seeks a RowidSeek makes, and how many rows it yields."""
    if node.equal is not None:
        items = in_items(node.equal)
        return items, min(items, total)
    return 1.0, max(1.0, total * range_share(node.low is not None, node.high is not None))


def range_share(low: bool, high: bool) -> float:
    """The share of a range with these ends."""
    if low and high:
        return BOTH_ENDS
    return RANGE if low or high else 1.0


def search_count(node: IndexScan, total: float) -> float:
    """How many seeks a search of an index makes: for each set of keys, and to each value that is skipped over."""
    probes = 1.0
    for key in node.equal:
        probes *= in_items(key)
    return probes * 2.0 * skipped_values(node, total) if node.skip else probes


def skipped_values(node: IndexScan, total: float) -> float:
    """How many different values the columns are thought to have over which a search skips."""
    return max(1.0, total / node.index.averages[node.skip]) if node.skip else 1.0


def index_estimate(node: IndexScan, table_rows: float, catalog: Catalog) -> tuple[float, float]:
    """How many entries a search of an index, or a walk through it, finds, and what it costs."""
    total = entry_count(node.index, table_rows, catalog)
    is_range = node.low is not None or node.high is not None
    probes = search_count(node, total) if node.equal or is_range else 0.0
    if not is_unique_search(node.index, node.equal):
        sampled = sampled_rows(node, catalog)
        if sampled >= 0:
            rows = max(1.0, min(sampled, total))
            return rows, index_cost(node.index, probes, rows, total, node.covering)
    rows = equal_rows(node.index, node.skip + len(node.equal), total, catalog)
    rows *= range_share(node.low is not None, node.high is not None) * skipped_values(node, total)
    for key in node.equal:
        rows *= in_items(key)
    rows = max(1.0, min(rows, total))
    weighed = rows * GUESSED if is_range and not (node.skip and node.covering) else rows
    return rows, index_cost(node.index, probes, weighed, total, node.covering)


def is_unique_search(index: Index, equal: list[Expr]) -> bool:
    """Whether each set of keys finds at most one entry."""
    return index.unique and len(equal) == len(index.columns) and not any([finds_null(key) for key in equal])


def is_narrower(index: Index) -> bool:
    """Whether an index's entries are smaller than the table's rows, by SQLite's guess of the columns' sizes."""
    known = index.is_narrow
    if known is None:
        table = index.table
        entry = sum(
            1 if item.column < 0 else column_width(table.columns[item.column])
            for item in index.stored_columns()
        )
        row = sum(column_width(column) for column in table.columns)
        known = entry < row + (1 if table.rowid_alias < 0 else 0)
        index.is_narrow = known
    return known


def column_width(column: Column) -> int:
    """SQLite's guess of a column's size, in units of four bytes: 1 for numbers and columns without a type."""
    declared = column.declared_type.lower()
    if declared == "" or column.affinity not in (BLOB, TEXT):
        return 1
    size = 16
    opening = declared.find("(")
    if opening >= 0 and ("char" in declared or "blob" in declared):
        digits = ""
        for character in declared[opening + 1 :]:
            if not "0" <= character <= "9":
                if digits:
                    break
                continue
            digits += character
        size = int(digits) if digits else 0
    return min(size // 4 + 1, 255)


def index_cost(index: Index, probes: float, rows: float, total: float, covering: bool) -> float:
    """What a search of an index costs."""
    each = ENTRY
    if index.clustered:
        each = ROW
    elif not covering:
        each = ENTRY + LOOKUP
    elif is_narrower(index):
        each = ENTRY * 0.8
    return probes * seek_cost(total) + rows * each


@ESTIMATES.entry(Join)
def _join(node: Join, catalog: Catalog) -> None:
    matching = node.left.rows * node.right.rows
    for term in conjuncts(node.on):
        matching *= joined_share(term, catalog)
    node.rows = max(matching, FEWEST)
    if node.kind in ("left", "full"):
        node.rows = max(node.rows, node.left.rows)
    if node.kind in ("right", "full"):
        right = node.right.child if isinstance(node.right, TransientIndex) else node.right
        node.rows = max(node.rows, right.rows)
    node.cost = node.left.cost + join_probes(node.left.rows, node.right)


def join_probes(probes: float, right: Node) -> float:
    """What running the right side of a join so many times costs."""
    base = right
    while isinstance(base, Filter):
        base = base.child
    if isinstance(base, TransientIndex):
        return base.child.cost + base.child.rows * HASH_BUILD + probes * (HASH_PROBE + base.rows)
    if isinstance(base, Spool) or (isinstance(base, Derived) and base.materialized):
        return base.cost + probes * base.rows
    return max(probes, 1.0) * right.cost


@ESTIMATES.entry(Aggregate)
def _aggregate(node: Aggregate, catalog: Catalog) -> None:
    rows = node.child.rows
    node.rows = groups(node.keys, rows, catalog)
    effort = rows if node.sorted or node.hashed or not node.keys else sort_cost(rows)
    node.cost = node.child.cost + effort


@ESTIMATES.entry(Window)
def _window(node: Window, catalog: Catalog) -> None:
    rows = node.child.rows
    node.rows = rows
    effort = 0.0 if node.sorted or not (node.partition or node.order) else sort_cost(rows)
    node.cost = node.child.cost + effort + rows


@ESTIMATES.entry(Distinct)
def _distinct(node: Distinct, catalog: Catalog) -> None:
    rows = node.child.rows
    node.rows = max(1.0, rows * OTHER)
    node.cost = node.child.cost + (rows if node.sorted else sort_cost(rows))


@ESTIMATES.entry(Sort)
def _sort(node: Sort, catalog: Catalog) -> None:
    rows = node.child.rows
    effort = sort_cost(rows)
    node.rows = rows
    if isinstance(node.top, Literal) and isinstance(node.top.value, int) and node.top.value >= 0:
        node.rows = min(rows, float(node.top.value))
        effort = rows
    node.cost = node.child.cost + effort


@ESTIMATES.entry(Filter)
def _filter(node: Filter, catalog: Catalog) -> None:
    node.rows = max(FEWEST, node.child.rows * share_of(conjuncts(node.predicate), catalog))
    node.cost = node.child.cost + _subquery_cost(node.predicate, node.child.rows)


@ESTIMATES.entry(Limit)
def _limit(node: Limit, catalog: Catalog) -> None:
    node.rows, node.cost = _limited(node)


@ESTIMATES.entry(Compound)
def _compound(node: Compound, catalog: Catalog) -> None:
    node.rows = node.left.rows + (node.right.rows if node.op.startswith("UNION") else 0.0)
    node.cost = node.left.cost + node.right.cost
    if node.op != "UNION ALL":
        node.cost += (node.left.rows + node.right.rows) * 3.0


@ESTIMATES.entry(Recursion)
def _recursion(node: Recursion, catalog: Catalog) -> None:
    node.rows = node.initial.rows + node.step.rows
    kept = KEPT_ROW if node.op == "UNION ALL" else KEPT_ROW + 3.0
    node.cost = node.initial.cost + node.step.cost
    node.cost += sort_cost(node.rows) if node.order else node.rows * kept


@ESTIMATES.entry(Derived)
def _derived(node: Derived, catalog: Catalog) -> None:
    node.rows = node.child.rows
    node.cost = node.child.cost + (node.rows if node.materialized else 0.0)


@ESTIMATES.entry(BuildIndex)
def _build_index(node: BuildIndex, catalog: Catalog) -> None:
    node.rows = node.child.rows
    node.cost = node.child.cost + sort_cost(node.rows)


@ESTIMATES.entry(AlterTable, Analyze, AnalyzeDatabase, CreateIndex, Reindex)
def _whole(node: AlterTable | Analyze | AnalyzeDatabase | CreateIndex | Reindex, catalog: Catalog) -> None:
    """What is done by the nodes below, and yields no rows."""
    node.rows = 0.0
    node.cost = sum([part.cost for part in node.children()])


@ESTIMATES.entry(SampleIndex)
def _sample_index(node: SampleIndex, catalog: Catalog) -> None:
    """All entries, or as many as are enough: a few more where these have one value alone in the first column."""
    node.rows = entry_count(node.index, table_rows(catalog, node.index.table), catalog)
    if node.limit is not None:
        node.rows = min(node.rows, float(node.limit))
    node.cost = node.rows * ENTRY


@ESTIMATES.entry(CountTable)
def _count_table(node: CountTable, catalog: Catalog) -> None:
    node.rows = 1.0
    node.cost = counting_cost(node.table, catalog)


@ESTIMATES.entry(Attach, Detach, Nothing, Vacuum)
def _nothing(node: Attach | Detach | Nothing | Vacuum, catalog: Catalog) -> None:
    node.rows = 0.0
    node.cost = 0.0


@ESTIMATES.entry(Project, Output, Insert, Instead, Update, Delete, CreateTableAs, CheckRows, RewriteRows)
def _passing(
    node: Project | Output | Insert | Instead | Update | Delete | CreateTableAs | CheckRows | RewriteRows,
    catalog: Catalog,
) -> None:
    node.rows = node.child.rows
    node.cost = node.child.cost


def _limited(node: Limit) -> tuple[float, float]:
    """LIMIT: a share of the child's rows for a share of its cost, where the child streams."""
    limit = node.limit
    if not isinstance(limit, Literal) or not isinstance(limit.value, int) or limit.value < 0:
        return node.child.rows, node.child.cost
    rows = min(node.child.rows, float(limit.value))
    if isinstance(node.child, Project) and node.child.rows > 0:
        return rows, max(1.0, node.child.cost * rows / node.child.rows)
    return rows, node.child.cost


def _subquery_cost(predicate: Expr, rows: float) -> float:
    """What correlated EXISTS and IN add to each row."""
    cost = 0.0
    for term in conjuncts(predicate):
        if isinstance(term, (Exists, InQuery)) and term.query.outer:
            plan = term.query.plan
            if isinstance(plan, Node) and plan.cost >= 0:
                cost += rows * plan.cost
    return cost
