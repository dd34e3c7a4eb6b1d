"""Column affinity: how a value changes when it is stored in a column, or compared with one.

Affinities are characters, as in SQLite's affinity strings: A blob (or none), B text, C numeric, D integer, E real,
F flexible numeric.  (https://sqlite.org/datatype3.html, sections 3 and 4)
"""

from __future__ import annotations

from typing import Any, Final

from mypy_extensions import i64

from foundrydb.errors import error
from foundrydb.storage.format.values import Collation, Value, compare
from foundrydb.vm.arithmetic.cast import lossless_integer, number_text, numeric_whole

BLOB: Final = "A"
TEXT: Final = "B"
NUMERIC: Final = "C"
INTEGER: Final = "D"
REAL: Final = "E"
FLEXNUM: Final = "F"

# The order of two values, a bit each; a NULL has none.
SMALLER: Final = 1
EQUAL: Final = 2
LARGER: Final = 4
NO_ORDER: Final = 0

TRUE_FOR: Final = {
    "<": SMALLER,
    "<=": SMALLER | EQUAL,
    "=": EQUAL,
    "<>": SMALLER | LARGER,
    ">=": EQUAL | LARGER,
    ">": LARGER,
}
"""The orders that make a comparison true."""

_BEST_STORED_REAL: Final = 140737488355327.0
"""The largest whole real that a REAL column stores as an integer: past 6 bytes the real is as short."""

_EXACT: Final = 9007199254740992
"""Integers up to here are reals without a loss."""


def apply_affinity(value: Value, affinity: str) -> Value:
    """The value as a column of that affinity holds it."""
    if affinity == "A" or value is None or isinstance(value, bytes):
        return value
    if affinity == "B":
        return value if isinstance(value, str) else number_text(value)
    if isinstance(value, str):
        number = numeric_whole(value)
        if number is None:
            return value
        value = number
        if affinity == "F" and isinstance(value, float):
            whole = lossless_integer(value)
            return value if whole is None else whole
    if affinity == "E":
        return float(value)
    if isinstance(value, float) and affinity != "F":
        whole = lossless_integer(value)
        if whole is not None:
            return whole
    return value


def to_stored(value: Value, affinity: str) -> Value:
    """The value as the file stores it for a column of that affinity: a short whole real becomes an integer."""
    if affinity == "A" or value is None:
        return value
    if affinity == "D" and isinstance(value, int):
        return value
    value = apply_affinity(value, affinity)
    if affinity == "E" and isinstance(value, float):
        return stored_real(value)
    return value


def stored_real(value: float) -> Value:
    """What a REAL column stores: a whole number that takes less room as an integer becomes one."""
    if -_BEST_STORED_REAL <= value <= _BEST_STORED_REAL:
        whole: i64 = int(value)
        if float(whole) == value:
            return whole
    return value


def real_if_integer(value: Value) -> Value:
    """What a REAL column makes of what is stored: integers are reals, the rest is as it is."""
    if isinstance(value, int):
        return float(value)
    return value


def compare_values(left: Value, right: Value, affinity: str, collation: Collation | None) -> int:
    """Order two values, neither NULL, as a comparison operator with that affinity does.  See ``compare_as``."""
    return compare_as(left, right, affinity >= NUMERIC, affinity == TEXT, collation)


def compare_as(left: Any, right: Any, numeric: bool, textual: bool, collation: Collation | None) -> int:
    """Order two values, neither NULL, as a comparison operator does.

    Args:
        numeric: the affinity is a numeric one: text that is a number becomes it.
        textual: the affinity is text: a number becomes text where the other side is text.
        collation: orders texts; BINARY when None.
    """
    if isinstance(left, str):
        if numeric:
            number = numeric_whole(left)
            if number is not None:
                left = number
            if isinstance(right, str):
                number = numeric_whole(right)
                if number is not None:
                    right = number
        elif textual and isinstance(right, (int, float)):
            right = number_text(right)
    elif isinstance(right, str):
        if numeric:
            number = numeric_whole(right)
            if number is not None:
                right = number
        elif textual and isinstance(left, (int, float)):
            left = number_text(left)
    elif isinstance(left, float):
        if isinstance(right, float):
            return _order(left, right)
        if isinstance(right, int) and -_EXACT <= right <= _EXACT:
            return _order(left, float(right))
    elif isinstance(left, int) and isinstance(right, float) and -_EXACT <= left <= _EXACT:
        return _order(float(left), right)
    return compare(left, right) if collation is None else compare(left, right, collation)


def _order(left: float, right: float) -> int:
    return -1 if left < right else 1 if left > right else 0


def strict_value(value: Value, type_: str, table: str, column: str) -> Value:
    """The value as a column of a STRICT table holds it.

    Args:
        type_: ANY, BLOB, INT, INTEGER, REAL or TEXT.

    Raises:
        IntegrityError: the value is not of that type and cannot become one without a loss.
    """
    if value is None or type_ == "ANY":
        return value
    if type_ == "BLOB":
        if isinstance(value, bytes):
            return value
    elif type_ == "TEXT":
        value = apply_affinity(value, TEXT)
        if isinstance(value, str):
            return value
    elif type_ == "REAL":
        value = apply_affinity(value, REAL)
        if isinstance(value, float):
            return value
    else:
        value = apply_affinity(value, INTEGER)
        if isinstance(value, int):
            return value
    message = f"cannot store {_class_name(value)} value in {type_} column {table}.{column}"
    raise error(message, "SQLITE_CONSTRAINT_DATATYPE")


def _class_name(value: Value) -> str:
    if isinstance(value, int):
        return "INT"
    if isinstance(value, float):
        return "REAL"
    return "TEXT" if isinstance(value, str) else "BLOB"
