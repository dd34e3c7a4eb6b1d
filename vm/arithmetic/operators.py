"""Arithmetic with SQLite's rules.

Operands are numbers, or text and blobs by the number that they begin with; NULL makes the result NULL.  Integers
stay integers while the result fits 64 bits, and become reals otherwise.  A result that is not a number is NULL.

All take the encoding of the databases, by which a blob is text.  A real result is that of the operands as reals: in
UTF-16 a text may read otherwise as one (``cast.numeric_prefix``).
"""

from __future__ import annotations

from typing import Final

from foundrydb.storage.format.values import Value, decode_text
from foundrydb.vm.arithmetic.cast import (
    MAX_INTEGER,
    MIN_INTEGER,
    to_bytes,
    to_integer,
    to_number,
    to_real,
    to_text,
)
from foundrydb.vm.limits import check_length

FAST_MIN: Final = -(2**61)
FAST_MAX: Final = 2**61
"""Results between these two need no further look: they are small integers for the compiled code too."""

Number = int | float


def _checked(value: float) -> Value:
    """A real result: not a number is NULL."""
    return value if value == value else None


def add(left: Value, right: Value, encoding: int) -> Value:
    """left + right"""
    if isinstance(left, float):
        if isinstance(right, float):
            return _checked(left + right)
        if isinstance(right, int):
            return _checked(left + float(right))
    elif isinstance(left, int) and isinstance(right, float):
        return _checked(float(left) + right)
    a = to_number(left, encoding)
    b = to_number(right, encoding)
    if a is None or b is None:
        return None
    if isinstance(a, int) and isinstance(b, int):
        total = a + b
        if MIN_INTEGER <= total <= MAX_INTEGER:
            return total
    return _checked(to_real(left, encoding) + to_real(right, encoding))


def subtract(left: Value, right: Value, encoding: int) -> Value:
    """left - right"""
    if isinstance(left, float):
        if isinstance(right, float):
            return _checked(left - right)
        if isinstance(right, int):
            return _checked(left - float(right))
    elif isinstance(left, int) and isinstance(right, float):
        return _checked(float(left) - right)
    a = to_number(left, encoding)
    b = to_number(right, encoding)
    if a is None or b is None:
        return None
    if isinstance(a, int) and isinstance(b, int):
        difference = a - b
        if MIN_INTEGER <= difference <= MAX_INTEGER:
            return difference
    return _checked(to_real(left, encoding) - to_real(right, encoding))


def multiply(left: Value, right: Value, encoding: int) -> Value:
    """left * right"""
    if isinstance(left, float):
        if isinstance(right, float):
            return _checked(left * right)
        if isinstance(right, int):
            return _checked(left * float(right))
    elif isinstance(left, int) and isinstance(right, float):
        return _checked(float(left) * right)
    a = to_number(left, encoding)
    b = to_number(right, encoding)
    if a is None or b is None:
        return None
    if isinstance(a, int) and isinstance(b, int):
        product = a * b
        if MIN_INTEGER <= product <= MAX_INTEGER:
            return product
    return _checked(to_real(left, encoding) * to_real(right, encoding))


def divide(left: Value, right: Value, encoding: int) -> Value:
    """left / right; integers divide towards zero, and a divisor of zero gives NULL."""
    a = to_number(left, encoding)
    b = to_number(right, encoding)
    if a is None or b is None:
        return None
    if isinstance(a, int) and isinstance(b, int):
        if b == 0:
            return None
        if not (b == -1 and a == MIN_INTEGER):
            quotient = abs(a) // abs(b)
            return quotient if (a < 0) == (b < 0) else -quotient
    divisor = to_real(right, encoding)
    return _checked(to_real(left, encoding) / divisor) if divisor != 0.0 else None


def remainder(left: Value, right: Value, encoding: int) -> Value:
    """left % right, of their integer parts; the sign is the left one's.  A real operand makes the result real."""
    a = to_number(left, encoding)
    b = to_number(right, encoding)
    if a is None or b is None:
        return None
    dividend = to_integer(left, encoding)
    divisor = to_integer(right, encoding)
    if divisor == 0:
        return None
    rest = abs(dividend) % abs(divisor)
    if dividend < 0:
        rest = -rest
    if isinstance(a, int) and isinstance(b, int):
        return rest
    return float(rest)


def add_integer(value: Value, addend: int, encoding: int) -> int:
    """The integer that ``value`` stands for, plus ``addend``."""
    return to_integer(value, encoding) + addend


def concat(left: Value, right: Value, encoding: int) -> Value:
    """left || right, as text."""
    if isinstance(left, str) and isinstance(right, str):
        return join_text(left, right, encoding)
    if left is None or right is None:
        return None
    if isinstance(left, bytes) or isinstance(right, bytes):
        return _joined_bytes(left, right, encoding)
    return to_text(left, encoding) + to_text(right, encoding)


def join_text(left: str, right: str, encoding: int) -> str:
    """Two texts in a row.  What did not decode on its own may do so together."""
    check_length(len(left) + len(right))
    if left and right and 0xD800 <= ord(left[-1]) <= 0xDFFF and 0xD800 <= ord(right[0]) <= 0xDFFF:
        return _joined_bytes(left, right, encoding)
    return left + right


def _joined_bytes(left: Value, right: Value, encoding: int) -> str:
    """The text that the bytes of two values make together."""
    one, other = to_bytes(left, encoding), to_bytes(right, encoding)
    check_length(len(one) + len(other))
    return decode_text(one + other, encoding)


def bit_and(left: Value, right: Value, encoding: int) -> Value:
    """left & right"""
    if left is None or right is None:
        return None
    return to_integer(left, encoding) & to_integer(right, encoding)


def bit_or(left: Value, right: Value, encoding: int) -> Value:
    """left | right"""
    if left is None or right is None:
        return None
    return to_integer(left, encoding) | to_integer(right, encoding)


def bit_not(value: Value, encoding: int) -> Value:
    """~value"""
    return None if value is None else ~to_integer(value, encoding)


def shift_left(left: Value, right: Value, encoding: int) -> Value:
    """left << right; a negative count shifts right."""
    if left is None or right is None:
        return None
    return _shift(to_integer(left, encoding), to_integer(right, encoding))


def shift_right(left: Value, right: Value, encoding: int) -> Value:
    """left >> right, keeping the sign; a negative count shifts left."""
    if left is None or right is None:
        return None
    return _shift(to_integer(left, encoding), -to_integer(right, encoding))


def _shift(number: int, left: int) -> int:
    if left >= 64:
        return 0
    if left <= -64:
        return -1 if number < 0 else 0
    if left < 0:
        return number >> -left
    bits = (number << left) & 0xFFFFFFFFFFFFFFFF
    return bits - 0x10000000000000000 if bits > MAX_INTEGER else bits
