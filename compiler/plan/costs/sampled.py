"""Estimates from an index's samples, for searches and conditions with values that are known: literals.

A parameter's value is not known, and a literal that decides the plan must not become one (``compiler.lift`` leaves
those alone that are compared with columns of which there are samples).
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

from foundrydb.compiler.bind.bound import (
    BLOB,
    NUMERIC,
    Between,
    ColumnRef,
    Compare,
    InList,
    IsNull,
    Literal,
)
from foundrydb.vm.arithmetic.affinity import apply_affinity

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import Expr
    from foundrydb.compiler.plan.nodes import IndexScan
    from foundrydb.compiler.schema.catalog import Catalog
    from foundrydb.compiler.schema.objects import Index
    from foundrydb.compiler.schema.samples import Samples
    from foundrydb.storage.format.values import Value

MOST_KEYS: Final = 100
"""So many keys of IN are looked up one by one; more are thought to be usual."""

FLIPPED: Final = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def sampled_rows(node: IndexScan, catalog: Catalog) -> float:
    """How many entries a search finds, by the index's samples; negative where they do not tell."""
    samples = catalog.samples(node.index) if node.equal or node.low or node.high else None
    if samples is None or node.skip:
        return -1.0
    index = node.index
    choices: list[list[Value]] = []
    for i, key in enumerate(node.equal[: samples.columns]):
        values = _values(key, index, i)
        if values is None:
            break
        choices.append(values)
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > MOST_KEYS:
        return -1.0
    known = len(choices) == len(node.equal)
    if known and (node.low is not None or node.high is not None):
        return _ranges(node, samples, choices)
    if not choices:
        return -1.0
    rows = sum(samples.less_and_equal(list(prefix))[1] for prefix in product(*choices))
    if not known:
        # The keys that are not known keep the share that they have on average.
        rows *= _average(index, len(node.equal)) / max(_average(index, len(choices)), 1.0)
        rows *= _items(node, len(choices))
    return -1.0 if node.low is not None or node.high is not None else rows


def _average(index: Index, columns: int) -> float:
    """How many entries agree in so many columns on average; sqlite_stat1 may say it of fewer columns than there are."""
    return index.averages[columns] if columns < len(index.averages) else 1.0


def _items(node: IndexScan, first: int) -> float:
    """How many sets of keys the INs from key ``first`` on make; an IN over a query is left to others."""
    count = 1.0
    for key in node.equal[first:]:
        count *= len(key.items) if isinstance(key, InList) else 1.0
    return count


def _ranges(node: IndexScan, samples: Samples, choices: list[list[Value]]) -> float:
    """The entries of a range, behind each set of equal keys."""
    place = len(node.equal)
    if place >= samples.columns:
        return -1.0
    low: list[Value] | None = [] if node.low is None else _values(node.low.expr, node.index, place)
    high: list[Value] | None = [] if node.high is None else _values(node.high.expr, node.index, place)
    if low is None or high is None:
        return -1.0
    rows = 0.0
    for prefix in product(*choices):
        rows += _range(
            samples,
            list(prefix),
            low,
            high,
            node.low is not None and node.low.inclusive,
            node.high is not None and node.high.inclusive,
            node.index.stored_column(place).descending,
        )
    return rows


def _range(
    samples: Samples,
    prefix: list[Value],
    low: list[Value],
    high: list[Value],
    with_low: bool,
    with_high: bool,
    descending: bool,
) -> float:
    """The entries of one range; an end that is empty is open, and the low one then begins behind the NULLs."""
    if None in low or None in high:
        return 0.0
    if not low and samples.find([*prefix, None]) is not None:
        low, with_low = [None], False
    first, last = (high, low) if descending else (low, high)
    with_first, with_last = (with_high, with_low) if descending else (with_low, with_high)
    return samples.between(
        prefix,
        first[0] if first else None,
        last[0] if last else None,
        (len(first) > 0, with_first, len(last) > 0, with_last),
    )


def _values(key: Expr, index: Index, position: int) -> list[Value] | None:
    """The values that a key stands for, as the index's column compares them; None where they are not known."""
    if isinstance(key, IsNull):
        return [None]
    if isinstance(key, InList):
        found: list[Value] = []
        for item in key.items:
            if not isinstance(item, Literal):
                return None
            if item.value is not None:
                value = _converted(item.value, index, position)
                if value not in found:
                    found.append(value)
        return found
    return [_converted(key.value, index, position)] if isinstance(key, Literal) else None


def _converted(value: Value, index: Index, position: int) -> Value:
    """A value with the affinity that comparing it with an index's column gives it."""
    column = index.stored_column(position).column
    affinity = index.table.columns[column].affinity if column >= 0 else BLOB
    return apply_affinity(value, NUMERIC if affinity > NUMERIC else affinity)


def sampled_share(term: Expr, catalog: Catalog) -> float:
    """The share of a table's rows for which a condition on one column holds, by an index's samples; negative where
    they do not tell."""
    if isinstance(term, Compare):
        column, op, key = term.left, term.op, term.right
        if isinstance(column, Literal):
            column, op, key = term.right, FLIPPED.get(term.op, ""), term.left
        if not isinstance(column, ColumnRef) or not isinstance(key, Literal) or op not in FLIPPED:
            return -1.0
        low = key if op in ("=", ">", ">=") else None
        high = key if op in ("=", "<", "<=") else None
        return _share(column, low, high, op in ("=", ">="), op in ("=", "<="), term.sequence, catalog)
    if isinstance(term, Between) and isinstance(term.operand, ColumnRef):
        if not isinstance(term.low, Literal) or not isinstance(term.high, Literal):
            return -1.0
        if term.low_sequence != term.high_sequence:
            return -1.0
        share = _share(term.operand, term.low, term.high, True, True, term.low_sequence, catalog)
        return 1.0 - share if term.negated and share >= 0 else share
    return -1.0


def _share(
    column: ColumnRef,
    low: Literal | None,
    high: Literal | None,
    with_low: bool,
    with_high: bool,
    sequence: str,
    catalog: Catalog,
) -> float:
    """The share of the rows between two values."""
    table = column.source.table
    for index in [] if table is None else table.indexes:
        first = index.columns[0]
        if (
            index.where is not None
            or first.column != column.index
            or first.collation.upper() != sequence.upper()
        ):
            continue
        samples = catalog.samples(index)
        if samples is None:
            continue
        lowest: list[Value] = [] if low is None else [_converted(low.value, index, 0)]
        highest: list[Value] = [] if high is None else [_converted(high.value, index, 0)]
        if low is high:
            rows = 0.0 if lowest == [None] else samples.less_and_equal(lowest)[1]
        else:
            rows = _range(samples, [], lowest, highest, with_low, with_high, first.descending)
        return min(1.0, rows / max(samples.rows, 1.0))
    return -1.0
