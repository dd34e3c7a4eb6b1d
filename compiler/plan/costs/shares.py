"""How many rows: of a table, of an index's entries, and the share of them for which a condition holds.

Numbers come from sqlite_stat1 and sqlite_stat4 where a table was analyzed, else from the size of its B-tree; what is
not known is guessed by the constants below.
"""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.bind.bound import (
    ROWID,
    AggregateCall,
    Between,
    Binary,
    Call,
    Case,
    CaseBase,
    Cast,
    Collate,
    ColumnRef,
    Compare,
    Exists,
    Expr,
    InList,
    InQuery,
    IsNull,
    IsTruth,
    Literal,
    Logic,
    Parameter,
    RowValue,
    ScalarQuery,
    Shared,
    Unary,
    WindowCall,
)
from foundrydb.compiler.plan.costs.sampled import sampled_share
from foundrydb.compiler.plan.nodes import (
    Aggregate,
    Derived,
    Filter,
    Project,
    Sort,
)
from foundrydb.compiler.schema.catalog import Catalog
from foundrydb.compiler.schema.objects import Index, Table
from foundrydb.compiler.trees.dispatch import Dispatch

SMALL_TABLE: Final = 300.0
"""A table that was not analyzed costs as much as one of so many rows: it may grow while the statement is kept."""

EQUAL: Final = 0.1

RANGE: Final = 0.25

BOTH_ENDS: Final = 0.05

PATTERN: Final = 0.25

OTHER: Final = 0.5
"""The share of rows for which a condition holds, when nothing is known: equality, one bound, two bounds, LIKE,
anything else."""

PARTIAL: Final = 0.05
"""The share of a table's rows that are in a partial index of which nothing is known."""

EQUAL_ROWS: Final = 10.0
"""How many entries of an index that was not analyzed share their first column."""


def table_rows(catalog: Catalog, table: Table) -> float:
    """How many rows a table is thought to yield; an empty one is thought to wait for its rows."""
    rows = catalog.row_count(table)
    return SMALL_TABLE if rows <= 1.0 and table.analyzed_rows < 0 else rows


def weighed_rows(catalog: Catalog, table: Table) -> float:
    """How many rows the cost of reading a table is worked out with."""
    rows = catalog.row_count(table)
    return rows if table.analyzed_rows >= 0 else max(rows, SMALL_TABLE)


def scaled(catalog: Catalog, table: Table, rows: float) -> float:
    """Of so many rows, worked out with ``weighed_rows``, how many there are thought to be."""
    return max(1.0, rows * table_rows(catalog, table) / weighed_rows(catalog, table))


def entry_count(index: Index, total: float, catalog: Catalog) -> float:
    """How many entries an index of a table with ``total`` rows has."""
    if index.where is None:
        return total
    averages = catalog.averages(index)
    return max(1.0, min(total, averages[0] if averages else total * PARTIAL))


def equal_rows(index: Index, columns: int, rows: float, catalog: Catalog) -> float:
    """How many entries agree with given values in the first ``columns`` key columns."""
    if columns == 0:
        return rows
    if index.unique and columns >= len(index.columns):
        return 1.0
    averages = catalog.averages(index)
    if averages:
        return max(1.0, min(rows, averages[columns])) if columns < len(averages) else 1.0
    return max(1.0, min(rows, EQUAL_ROWS - columns + 1))


SHARES: Final[Dispatch[float]] = Dispatch("the share of rows for which a condition holds", Expr)


def selectivity(term: Expr, catalog: Catalog) -> float:
    """The share of rows for which a condition is thought to hold."""
    sampled = sampled_share(term, catalog)
    return sampled if sampled >= 0 else SHARES.of(term)(term, catalog)


@SHARES.entry(Compare)
def _compare_share(term: Compare, catalog: Catalog) -> float:
    if term.op in ("=", "IS"):
        return min(EQUAL, indexed_share(term.left, catalog), indexed_share(term.right, catalog))
    return 1.0 - EQUAL if term.op in ("<>", "IS NOT") else RANGE


@SHARES.entry(Between)
def _between_share(term: Between, catalog: Catalog) -> float:
    return 1.0 - BOTH_ENDS if term.negated else BOTH_ENDS


@SHARES.entry(InList)
def _in_list_share(term: InList, catalog: Catalog) -> float:
    share = min(OTHER, EQUAL * len(term.items))
    return 1.0 - share if term.negated else share


@SHARES.entry(IsNull)
def _is_null_share(term: IsNull, catalog: Catalog) -> float:
    return 1.0 - EQUAL if term.negated else EQUAL


@SHARES.entry(Call)
def _call_share(term: Call, catalog: Catalog) -> float:
    return PATTERN if term.function.name in ("like", "glob") else OTHER


@SHARES.entry(Logic)
def _logic_share(term: Logic, catalog: Catalog) -> float:
    if term.op == "AND":
        share = 1.0
        for part in term.terms:
            share *= selectivity(part, catalog)
        return share
    miss = 1.0
    for part in term.terms[:50]:
        miss *= 1.0 - selectivity(part, catalog)
    return 1.0 - miss


@SHARES.entry(Unary)
def _unary_share(term: Unary, catalog: Catalog) -> float:
    return 1.0 - selectivity(term.operand, catalog) if term.op == "NOT" else OTHER


@SHARES.entry(Literal)
def _literal_share(term: Literal, catalog: Catalog) -> float:
    return 1.0 if term.value else 0.0


@SHARES.entry(AggregateCall, Binary, Case, CaseBase, Cast, Collate, ColumnRef, Exists, InQuery, IsTruth)
@SHARES.entry(Parameter, RowValue, ScalarQuery, Shared, WindowCall)
def _other_share(term: Expr, catalog: Catalog) -> float:
    return OTHER


def joined_share(term: Expr, catalog: Catalog) -> float:
    """``selectivity`` that knows how often values repeat in columns that are held equal.

    A value of the column with fewer different ones is thought to be among those of the other, which therefore decide.
    Where of one of the columns nothing is known, what is known of the other counts alone.
    """
    share = selectivity(term, catalog)
    if not isinstance(term, Compare) or term.op not in ("=", "IS"):
        return share
    if not isinstance(term.left, ColumnRef) or not isinstance(term.right, ColumnRef):
        return share
    sides = [
        column_share(side, catalog) for side in (term.left, term.right) if has_known_share(side, catalog)
    ]
    if not sides:
        sides = [column_share(term.left, catalog), column_share(term.right, catalog)]
    return min(share, *sides)


def has_known_share(column: ColumnRef, catalog: Catalog) -> bool:
    """Whether it is known how often values of a column repeat."""
    table = column.source.table
    if table is None:
        return False
    return column.index in (ROWID, table.rowid_alias) or indexed_share(column, catalog) < 1.0


def indexed_share(expr: Expr, catalog: Catalog) -> float:
    """The share of rows with one value of a column that an index begins with; 1 for anything else."""
    if not isinstance(expr, ColumnRef) or expr.source.table is None:
        return 1.0
    for index in expr.source.table.indexes:
        if index.where is None and index.columns[0].column == expr.index and catalog.averages(index):
            return column_share(expr, catalog)
    return 1.0


def column_share(column: ColumnRef, catalog: Catalog) -> float:
    """The share of a table's rows that one value of a column is thought to have; 1 where nothing is known."""
    table = column.source.table
    if table is None:
        return 1.0
    rows = table_rows(catalog, table)
    if column.index == ROWID or column.index == table.rowid_alias:
        return 1.0 / rows
    alike = EQUAL_ROWS
    for index in table.indexes:
        if index.where is None and index.columns[0].column == column.index:
            alike = equal_rows(index, 1, rows, catalog)
            break
    return min(1.0, alike / rows)


def groups(keys: list[Expr], rows: float, catalog: Catalog) -> float:
    """How many different values the keys are thought to have in so many rows."""
    most = 1.0
    for key in keys:
        share = column_share(key, catalog) if isinstance(key, ColumnRef) else 1.0
        most = max(most, 1.0 / share if share < 1.0 else rows * EQUAL)
    return max(1.0, min(most, rows))


def derived_share(node: Derived, column: int) -> float:
    """The share of a subquery's rows that one value of a column has; 1 where nothing is known."""
    child = node.child
    while isinstance(child, (Sort, Filter)):
        child = child.child
    if isinstance(child, Project) and column < len(child.exprs):
        expr = child.exprs[column]
        below = child.child
        while isinstance(below, Filter):
            below = below.child
        if isinstance(below, Aggregate) and len(below.keys) == 1 and isinstance(expr, ColumnRef):
            if expr.source is below.source and expr.index == 0 and node.rows > 0:
                return 1.0 / node.rows
    return 1.0


def share_of(terms: list[Expr], catalog: Catalog) -> float:
    """The share of rows for which all the conditions hold."""
    share = 1.0
    for term in terms:
        share *= selectivity(term, catalog)
    return share
