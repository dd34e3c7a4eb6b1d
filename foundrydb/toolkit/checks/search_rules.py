"""Rules about conditions that keep an index from being searched, and about values compared as what they are not.

A condition is told of where the plan reads the whole table, and an index stands on the column that it is about.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from foundrydb.compiler.bind.bound import (
    BLOB,
    INTEGER,
    REAL,
    ROWID,
    TEXT,
    Between,
    Binary,
    Call,
    Cast,
    Collate,
    ColumnRef,
    Compare,
    Expr,
    Literal,
    Source,
)
from foundrydb.compiler.bind.properties import sources_in, walk
from foundrydb.compiler.plan.nodes import IndexScan, Scan
from foundrydb.compiler.plan.walk import all_nodes
from foundrydb.compiler.schema.objects import Index
from foundrydb.compiler.syntax.source import written_name
from foundrydb.toolkit.checks.checked import CheckedStatement
from foundrydb.toolkit.checks.rewrites import rewritten
from foundrydb.toolkit.checks.rules import NOTE, OF_STATEMENTS, WARNING, Found, Rule, statement_rule


def _sides(term: Expr) -> Iterator[tuple[Expr, Expr]]:
    """What a condition compares, each with the other side."""
    if isinstance(term, Compare) and term.op not in ("<>", "IS NOT"):
        yield term.left, term.right
        yield term.right, term.left


def _scanned(checked: CheckedStatement) -> set[int]:
    """The numbers of the sources that the plan reads whole, from the table or from an index that has all it needs."""
    nodes = [] if checked.final is None else all_nodes(checked.final)
    return {node.source.number for node in nodes if isinstance(node, Scan | IndexScan) and _is_whole(node)}


def _is_whole(node: Scan | IndexScan) -> bool:
    return isinstance(node, Scan) or (not node.equal and node.low is None and node.high is None)


def _index_on(source: Source, column: int) -> Index | None:
    """An index of all rows whose first column is the one that is meant."""
    for index in source.table.indexes if source.table is not None else []:
        if index.where is None and index.columns[0].column == column and column >= 0:
            return index
    return None


def _index_name(index: Index) -> str:
    return (
        written_name(index.name) if index.sql is not None else f"the key of {written_name(index.table.name)}"
    )


COMPUTED: Final = Rule(
    "FDB301",
    "computed-column",
    NOTE,
    OF_STATEMENTS,
    "A condition that computes with an indexed column.",
    "The index is in the order of the column's values, and not of what is computed from them: every row is read.",
    "CREATE TABLE t(a INTEGER, b); CREATE INDEX t_a ON t(a); SELECT b FROM t WHERE a + 1 = 5",
    "CREATE TABLE t(a INTEGER, b); CREATE INDEX t_a ON t(a); SELECT b FROM t WHERE a = 5 - 1",
)


@statement_rule(COMPUTED)
def computed_column(checked: CheckedStatement) -> Found:
    """One side is computed from a single column, the other knows nothing of the table; only where there is a remedy."""
    scanned = _scanned(checked)
    for term in checked.conditions:
        for side, other in _sides(term):
            if not isinstance(side, Call | Binary | Cast):
                continue
            columns = [each for each in walk(side) if isinstance(each, ColumnRef)]
            if len(columns) != 1 or columns[0].source in sources_in(other):
                continue
            column = columns[0]
            if column.source.number not in scanned:
                continue
            index = _index_on(column.source, column.index)
            alias = column.index == ROWID or _is_rowid(column)
            if index is None and not alias:
                continue
            hint = rewritten(checked, term, side, other, column)
            if hint:
                kept = "the rowid" if index is None else _index_name(index)
                message = f"{checked.text(side)} keeps {kept} from being searched: every row is read"
                yield checked.finding(COMPUTED, term, message, hint)


def _is_rowid(column: ColumnRef) -> bool:
    table = column.source.table
    return table is not None and table.rowid_alias >= 0 and column.index == table.rowid_alias


AFFINITY: Final = Rule(
    "FDB302",
    "affinity-mismatch",
    NOTE,
    OF_STATEMENTS,
    "A comparison of an indexed column as values of another type.",
    "Texts that are compared as numbers have another order than the index: every row is read.",
    "CREATE TABLE t(a TEXT, b); CREATE TABLE u(n INTEGER); CREATE INDEX t_a ON t(a); SELECT t.b FROM t WHERE a ="
    " CAST(:n AS INTEGER)",
    "CREATE TABLE t(a TEXT, b); CREATE TABLE u(n INTEGER); CREATE INDEX t_a ON t(a); SELECT t.b FROM t WHERE a ="
    " CAST(:n AS TEXT)",
)


@statement_rule(AFFINITY)
def affinity_mismatch(checked: CheckedStatement) -> Found:
    """The comparison makes numbers of a column that is TEXT or has no type."""
    scanned = _scanned(checked)
    for term in checked.conditions:
        if not isinstance(term, Compare) or term.comparison in ("", TEXT, BLOB):
            continue
        for side, other in _sides(term):
            if not isinstance(side, ColumnRef) or side.affinity not in (TEXT, BLOB):
                continue
            index = _index_on(side.source, side.index)
            if index is None or side.source.number not in scanned or side.source in sources_in(other):
                continue
            kind = "is TEXT" if side.affinity == TEXT else "has no type"
            message = (
                f"{checked.text(side)} {kind} and is compared as a number: {_index_name(index)} is no use"
            )
            yield checked.finding(
                AFFINITY, term, message, "compare it with a text, or give the column a number's type"
            )


COLLATION: Final = Rule(
    "FDB303",
    "collation-mismatch",
    NOTE,
    OF_STATEMENTS,
    "A comparison of an indexed column by another collation than the index's.",
    "An index finds values only by the collation that orders it: every row is read.",
    "CREATE TABLE t(a TEXT, b); CREATE INDEX t_a ON t(a); SELECT b FROM t WHERE a = 'x' COLLATE NOCASE",
    "CREATE TABLE t(a TEXT, b); CREATE INDEX t_a ON t(a COLLATE NOCASE); SELECT b FROM t WHERE a = 'x' COLLATE NOCASE",
)


@statement_rule(COLLATION)
def collation_mismatch(checked: CheckedStatement) -> Found:
    """The only indexes on a column are in the order of other collations."""
    scanned = _scanned(checked)
    for term in checked.conditions:
        for side, other in _sides(term):
            column = side.operand if isinstance(side, Collate) else side
            if not isinstance(column, ColumnRef) or not isinstance(term, Compare):
                continue
            index = _index_on(column.source, column.index)
            if index is None or column.source.number not in scanned or column.source in sources_in(other):
                continue
            ordered, compared = index.columns[0].collation.upper(), term.sequence.upper()
            if ordered != compared and _index_by(column, compared) is None:
                name = checked.text(column)
                message = f"{name} is compared by {compared}, {_index_name(index)} is ordered by {ordered}"
                yield checked.finding(
                    COLLATION, term, message, f"an index on {name} COLLATE {compared} would do"
                )


def _index_by(column: ColumnRef, collation: str) -> Index | None:
    for index in column.source.table.indexes if column.source.table is not None else []:
        if index.columns[0].column == column.index and index.columns[0].collation.upper() == collation:
            return index
    return None


TYPES: Final = Rule(
    "FDB304",
    "type-confusion",
    WARNING,
    OF_STATEMENTS,
    "A TEXT column ordered against a number; a number column against a text that is none.",
    "Of a TEXT column, a number is compared as text: '10' comes before '9'. A number never equals 'abc'.",
    "CREATE TABLE t(size TEXT); SELECT size FROM t WHERE size > 9",
    "CREATE TABLE t(size TEXT); SELECT size FROM t WHERE CAST(size AS INTEGER) > 9",
)


@statement_rule(TYPES)
def type_confusion(checked: CheckedStatement) -> Found:
    """A table's column and a literal of another kind."""
    for term in checked.conditions:
        for condition in walk(term):
            if condition.start < 0:
                continue
            if isinstance(condition, Compare):
                for side, other in ((condition.left, condition.right), (condition.right, condition.left)):
                    message = _confusion(checked, condition.op, side, other)
                    if message:
                        yield checked.finding(TYPES, condition, message, _cast_hint(checked, side))
            elif isinstance(condition, Between):
                message = _confusion(checked, "<", condition.operand, condition.low)
                if message:
                    hint = _cast_hint(checked, condition.operand)
                    yield checked.finding(TYPES, condition, message, hint)


def _confusion(checked: CheckedStatement, op: str, side: Expr, other: Expr) -> str:
    """What is wrong with a comparison of a column and a literal, "" for nothing."""
    if not isinstance(side, ColumnRef) or side.source.table is None or not isinstance(other, Literal):
        return ""
    name, value = checked.text(side), other.value
    if side.affinity == TEXT and isinstance(value, int | float) and op in ("<", "<=", ">", ">="):
        return f"{name} is TEXT and compares with {checked.text(other)} as text does: '10' comes before '9'"
    if (
        side.affinity in (INTEGER, REAL)
        and isinstance(value, str)
        and op in ("=", "IS")
        and not _is_number(value)
    ):
        return f"{name} holds numbers, and none equals {checked.text(other)}"
    return ""


def _cast_hint(checked: CheckedStatement, side: Expr) -> str:
    return f"write CAST({checked.text(side)} AS NUMERIC)" if side.affinity == TEXT else ""


def _is_number(text: str) -> bool:
    try:
        float(text.strip() or "x")
    except ValueError:
        return False
    return True
