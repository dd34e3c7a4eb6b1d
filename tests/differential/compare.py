"""When two answers are the same.

Rows are compared as a multiset, type by type; reals within 1e-12 relative.  An ORDER BY is checked by the sequence
of its keys, in which equal keys of different rows may change places.  Errors have to have the same code and text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from differential.engines import Crash, Failure, Outcome, Refusal, Row, Rows, Unreadable
from differential.sql import Value
from differential.statement import Statement

_NUMBERED: Final = re.compile(r":(\d{2,}|[5-9])\b")
_MISTAKE: Final = re.compile(
    r"ambiguous column name: |no such column: |row value misused$|sub-select returns \d+ columns"
    r"|ON clause references tables to its right$|table-function argument references tables to its right$"
)
"""Mistakes in one statement of which C SQLite tells the one that it meets last, or the one of the clause that it reads
first: tests of their own hold which of two are told that stand side by side."""

_RANKS: Final = {"NoneType": 0, "int": 1, "float": 1, "str": 2, "bytes": 3}


class Difference(NamedTuple):
    """Two answers that are not the same: which kind of difference, and both of them."""

    kind: str
    got: str
    wanted: str


def compare(statement: Statement, got: Outcome, wanted: Outcome) -> Difference | None:
    """How the engine's answer differs from the reference's, or None.  A refusal is no difference."""
    if isinstance(got, Crash):
        return Difference(f"crash {got.where}", got.text, str(wanted))
    if isinstance(got, Refusal | Unreadable) or isinstance(wanted, Unreadable):
        return None
    if isinstance(wanted, Failure) and wanted.text == "at most 64 tables in a join" and isinstance(got, Rows):
        return None  # C SQLite counts what it has flattened.
    if isinstance(got, Failure) or not isinstance(wanted, Rows):
        if isinstance(got, Failure) and isinstance(wanted, Failure):
            if _numberless(got) == _numberless(wanted):
                return None
            if _names_no_column(statement, got) and _names_no_column(statement, wanted):
                return None
            if _tables_and_using(got, wanted) or _tables_and_using(wanted, got):
                return None
            if _knows_no_common_table(statement, got, wanted) or _misses_in_view(statement, got, wanted):
                return None
            if got.code == 1 and wanted.text.startswith("foreign key mismatch - "):
                return None  # C SQLite tells of it after what else is wrong.
            if len({_mistake(got), _mistake(wanted)} - {""}) == 2:
                return None
        return Difference(_error_kind(got, wanted), _shown(got), _shown(wanted))
    kind = _rows_kind(statement, got, wanted)
    return Difference(kind, _shown(got), _shown(wanted)) if kind else None


def _mistake(failure: Failure) -> str:
    """The kind of mistake that an error tells of, "" for others than these."""
    found = _MISTAKE.match(failure.text)
    return re.sub(r"\d+", "", found[0]) if found else ""


def _names_no_column(statement: Statement, failure: Failure) -> bool:
    """Whether an error is about a name that stands in the statement or a trigger, and means no column or several.

    Of two wrong names in the arguments of functions, or the first before IS NULL, C SQLite tells the last one,
    elsewhere the first.
    """
    wrong = re.fullmatch(
        r"(?:no such column: (?=[a-z]\d+\.|rowid)|ambiguous column name: )"
        r"((?:[a-z]\d+\.)?[a-z]+\d*(?::\d+)?)",
        failure.text,
    )
    if wrong is None:
        return False
    # What a change does not name stands in a trigger.
    return statement.kind == "change" or wrong[1] in re.sub(r'["`\[\]]', "", str(statement.sql))


def _tables_and_using(one: Failure, other: Failure) -> bool:
    """Whether one error is about a table that is missing, and the other about a column of USING that several have.

    Past the latter C SQLite goes on, and tells the last error that it meets.
    """
    return one.text.startswith("no such table: ") and other.text.startswith("ambiguous reference to ")


def _knows_no_common_table(statement: Statement, got: Failure, wanted: Failure) -> bool:
    """Whether C SQLite does not find a common table in whose own query something is wrong, which ours tells."""
    missing = re.fullmatch(r"no such table: (w\d+)", wanted.text)
    return (
        missing is not None
        and got.code == 1
        and re.search(rf"\b{missing[1]}(?:\(| AS )", str(statement.sql)) is not None
    )


def _misses_in_view(statement: Statement, got: Failure, wanted: Failure) -> bool:
    """Whether a table is missing within a view, and another one beside it: C SQLite reads views after all names."""
    missing = [re.fullmatch(r"no such table: (.+)", failure.text) for failure in (got, wanted)]
    names = [match[1] for match in missing if match]
    return len(names) == 2 and names[0] not in str(statement.sql) and names[1] in str(statement.sql)


def _error_kind(got: Outcome, wanted: Outcome) -> str:
    """The kind of difference where at least one is an error, its names left out so that cases of a kind meet."""
    if isinstance(got, Rows):
        return f"no error, but: {_nameless(wanted)}"
    if isinstance(wanted, Rows):
        return f"error: {_nameless(got)}"
    return f"error: {_nameless(got)}, but: {_nameless(wanted)}"


def _nameless(outcome: Outcome) -> str:
    if not isinstance(outcome, Failure):
        return str(outcome)
    if outcome.text.startswith("bytecode: "):
        return re.sub(r"\d+", "_", outcome.text.split(";")[0])
    return re.sub(r"\b[a-z]\d+\b", "_", outcome.text)


def _rows_kind(statement: Statement, got: Rows, wanted: Rows) -> str:
    if not same_rows(got.rows, wanted.rows, statement.loose):
        whole = _merges_columns(statement)
        if not (whole and same_rows(_whole(got.rows), _whole(wanted.rows), statement.loose)):
            return "rows"
    if statement.kind == "change" and got.changes != wanted.changes and not got.rows:
        return "changes"
    if got.rows and wanted.rows and _named(got.columns) != _named(wanted.columns):
        return "columns"
    if statement.order and not _same_order(got.rows, wanted.rows, statement.order):
        return "order"
    return ""


def _merges_columns(statement: Statement) -> bool:
    """Whether USING or NATURAL may make one column of two in an outer join: C SQLite reads a whole number from it as
    a REAL where the first of the two is REAL and the join is kept, as an integer where it is not."""
    text = str(statement.sql)
    return (
        re.search(r"\b(FULL|RIGHT)\b", text) is not None
        and re.search(r"\b(USING|NATURAL)\b", text) is not None
    )


def _whole(rows: Sequence[Row]) -> list[Row]:
    """Rows in which whole REALs are integers."""
    return [
        tuple([int(value) if isinstance(value, float) and value.is_integer() else value for value in row])
        for row in rows
    ]


def _named(columns: tuple[str, ...]) -> list[str]:
    """The columns' names without the numbers that SQLite draws at random, from the sixth column of one name on."""
    return [_NUMBERED.sub(":n", name) for name in columns]


def _numberless(failure: Failure) -> Failure:
    """An error without the numbers of such names, which ours counts on."""
    return Failure(failure.code, _NUMBERED.sub(":n", failure.text))


def same_rows(got: Sequence[Row], wanted: Sequence[Row], loose: bool = False) -> bool:
    """Whether both are the same rows, in any order; ``loose`` as in ``Statement``."""
    if len(got) != len(wanted):
        return False
    one = sorted(got, key=_row_key if not loose else _loose_row_key)
    other = sorted(wanted, key=_row_key if not loose else _loose_row_key)
    same = _loosely_same if loose else same_value
    return all(
        len(left) == len(right) and all(same(a, b) for a, b in zip(left, right))
        for left, right in zip(one, other)
    )


def same_value(got: Value, wanted: Value) -> bool:
    """The same type and the same value, reals within 1e-12 relative."""
    if type(got) is not type(wanted):
        return False
    if isinstance(got, float) and isinstance(wanted, float):
        return got == wanted or abs(got - wanted) <= 1e-12 * max(abs(got), abs(wanted))
    return got == wanted


def _same_order(got: list[Row], wanted: list[Row], order: tuple[int, ...]) -> bool:
    return all(
        _loosely_same(left[position], right[position])
        for left, right in zip(got, wanted)
        for position in order
        if position < len(left)
    )


def _loosely_same(got: Value, wanted: Value) -> bool:
    if isinstance(got, int | float) and isinstance(wanted, int | float):
        return got == wanted or same_value(float(got), float(wanted))
    return _folded(got) == _folded(wanted)


def _folded(value: Value) -> Value:
    return value.rstrip(" ").lower() if isinstance(value, str) else value


def _row_key(row: Row) -> list[tuple[int, object, str]]:
    return [(*_value_key(value), type(value).__name__) for value in row]


def _loose_row_key(row: Row) -> list[tuple[int, object]]:
    return [_value_key(_folded(value)) for value in row]


def _value_key(value: Value) -> tuple[int, object]:
    """Nulls, numbers, text, blobs; a number's nine digits come first, so that rounding does not part equal rows."""
    rank = _RANKS[type(value).__name__]
    if isinstance(value, int | float):
        return rank, (float(f"{value:.9g}"), value)
    return rank, 0 if value is None else value


def _shown(outcome: Outcome) -> str:
    if isinstance(outcome, Rows):
        lines = [repr(row) for row in outcome.rows[:12]]
        if len(outcome.rows) > 12:
            lines.append(f"… {len(outcome.rows)} rows")
        return "\n".join([f"columns {outcome.columns}, changes {outcome.changes}", *lines])
    if isinstance(outcome, Failure):
        return f"error {outcome.code}: {outcome.text}"
    return str(outcome)
