"""Why an index is no way to read a table: what ``--why`` says of those that were not even weighed.

A search begins with a condition on the index's first column whose value is known before the table is read, and which
compares as the index orders (``costs/constraints``).  Where there is none, some condition may still be about the
column; the first such condition says what it lacks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.compiler.bind.bound import (
    ROWID,
    TEXT,
    Between,
    Call,
    ColumnRef,
    Compare,
    Expr,
    InList,
    InQuery,
    Literal,
    Logic,
    RowValue,
    Unary,
)
from foundrydb.compiler.bind.properties import same, sources_in, walk
from foundrydb.compiler.late import named
from foundrydb.compiler.plan.costs.constraints import constraints_of, fits
from foundrydb.compiler.plan.costs.orders import plain
from foundrydb.compiler.schema.names import EXPRESSION

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import Source
    from foundrydb.compiler.plan.costs.constraints import Constraint, Surroundings
    from foundrydb.compiler.plan.nodes import Scan
    from foundrydb.compiler.schema.objects import Index


def refusal(index: Index, scan: Scan, terms: list[Expr], later: list[Expr], around: Surroundings) -> str:
    """Why an index was no way to read a table under some conditions.

    later: conditions between it and tables that are read after it.
    """
    if scan.not_indexed:
        return "NOT INDEXED"
    if scan.indexed_by and scan.indexed_by != index.name:
        return f"INDEXED BY {scan.indexed_by}"
    if index.where is not None:
        condition = around.context.filter_expression(index, scan.source)
        if not named("implied")(condition, terms + around.certain):
            return "its WHERE does not follow from the conditions"
    source = scan.source
    constraints = [c for term in terms for c in constraints_of(term, source, around)]
    reason = _of_the_first_column(index, constraints, terms + later, source, around)
    behind = range(1, len(index.columns))
    if not any(fits(c, index, position, source, around) for c in constraints for position in behind):
        return reason
    if index.no_skip_scan:
        return reason + ", and its statistics forbid to skip it"
    if not index.averages:
        return reason + ", and without ANALYZE it is not skipped"
    return reason + ", which has too many values to be skipped"


def _of_the_first_column(
    index: Index, constraints: list[Constraint], terms: list[Expr], source: Source, around: Surroundings
) -> str:
    """Why no condition leads a search of an index by its first column."""
    first = index.columns[0]
    if index.unordered and any(fits(c, index, 0, source, around) for c in constraints):
        return "its statistics forbid to search it for a range"
    key = _first_key(index, source, around)
    for c in constraints:
        about = key is not None and same(c.side, key)
        if about and c.sequence.upper() != first.collation.upper():
            ordered = first.collation.upper()
            return f"a condition compares its first column by {c.sequence}, the index orders it by {ordered}"
        if about:
            return "a condition compares its first column as values of another type than the index orders"
    for term in terms:
        if key is not None and any(same(item, key) for item in walk(term)):
            return _lack(term, key, index, source, around)
    return "no condition that can be searched for is about its first column"


def _first_key(index: Index, source: Source, around: Surroundings) -> Expr | None:
    """What the index orders first: a column of the table, or an expression."""
    column = index.columns[0].column
    if column == EXPRESSION:
        return around.context.key_expressions(index, source)[0]
    alias = index.table.rowid_alias
    return ColumnRef(source, ROWID if column == alias and alias >= 0 else column)


def _lack(term: Expr, key: Expr, index: Index, source: Source, around: Surroundings) -> str:
    """What a condition on the first column lacks to be searched for."""
    if isinstance(term, Logic) and term.op == "OR":
        return "an alternative of an OR cannot be searched for"
    if (isinstance(term, (Between, InList, InQuery)) and term.negated) or (
        isinstance(term, Unary) and term.op == "NOT"
    ):
        return "a condition excludes values of its first column, which leads to none"
    if isinstance(term, Call):
        return _of_a_pattern(term, key, index)
    if isinstance(term, Compare) and not isinstance(term.left, RowValue):
        return _of_a_comparison(term, key, source, around)
    return "a condition computes with its first column"


def _of_a_comparison(term: Compare, key: Expr, source: Source, around: Surroundings) -> str:
    for side, other in ((term.left, term.right), (term.right, term.left)):
        if isinstance(side, Unary) and side.op == "+" and same(plain(side.operand), key):
            return "a + keeps a condition on its first column from being searched for"
        if not same(plain(side), key):
            continue
        if term.op in ("<>", "IS NOT"):
            return "a condition excludes values of its first column, which leads to none"
        if source in sources_in(other):
            return "a condition compares its first column with others of the same row"
        later = [item for item in sources_in(other) if item in around.inside and item not in around.available]
        if later:
            names = ", ".join([item.name or f"#{item.number}" for item in later])
            return f"a condition compares its first column with {names}, which is not read before"
    return "a condition computes with its first column"


def _of_a_pattern(term: Call, key: Expr, index: Index) -> str:
    collations: list[str] = named("pattern_collations")(term)
    if not collations or not same(plain(term.args[1]), key):
        return "a condition computes with its first column"
    if not isinstance(key, ColumnRef) or key.affinity != TEXT:
        return "a pattern may match numbers of its first column, which is not TEXT"
    if not isinstance(plain(term.args[0]), Literal):
        return "the pattern for its first column is not known yet"
    if index.columns[0].collation.upper() not in collations:
        ordered = index.columns[0].collation.upper()
        return f"a pattern compares its first column by {collations[0]}, the index orders it by {ordered}"
    return "the pattern for its first column begins with a wildcard, or with a letter that is not ASCII"
