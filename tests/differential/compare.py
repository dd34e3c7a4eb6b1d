"""When two answers are the same.

Rows are compared as a multiset, type by type; reals within 1e-12 relative.  An ORDER BY is checked by the sequence
of its keys, in which equal keys of different rows may change places.  Errors have to have the same code and text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from differential.engines import Crash, Failure, Outcome, Refusal, Row, Rows, Unreadable
from differential.sql import Value
from differential.statement import Statement

_NUMBERED: Final = re.compile(r":(\d{2,}|[5-9])\b")
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
    if isinstance(got, Failure) or not isinstance(wanted, Rows):
        if (
            isinstance(got, Failure)
            and isinstance(wanted, Failure)
            and _numberless(got) == _numberless(wanted)
        ):
            return None
        return Difference(_error_kind(got, wanted), _shown(got), _shown(wanted))
    kind = _rows_kind(statement, got, wanted)
    return Difference(kind, _shown(got), _shown(wanted)) if kind else None


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
        return "rows"
    if statement.kind == "change" and got.changes != wanted.changes and not got.rows:
        return "changes"
    if got.rows and wanted.rows and _named(got.columns) != _named(wanted.columns):
        return "columns"
    if statement.order and not _same_order(got.rows, wanted.rows, statement.order):
        return "order"
    return ""


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
    """The same type and the same value, reals within 1e-12 relative, zeros with their signs."""
    if type(got) is not type(wanted):
        return False
    if isinstance(got, float) and isinstance(wanted, float):
        if got == wanted == 0.0:
            return math.copysign(1.0, got) == math.copysign(1.0, wanted)
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
        return rank, (float(f"{value:.9g}"), value, math.copysign(1.0, value))
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
