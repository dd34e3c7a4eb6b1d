"""From one storage class to another: what CAST does, and how text reads as a number.

Where a blob is asked for its text, or for the number that this begins with, its bytes are text in the encoding of the
databases; so whoever asks for either says the encoding.
(https://sqlite.org/lang_expr.html#castexpr, https://sqlite.org/datatype3.html section 3)
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.storage.format.values import UTF8, Value, decode_text, encode_text
from foundrydb.vm.arithmetic.real_text import real_to_text

MAX_INTEGER: Final = 9223372036854775807
MIN_INTEGER: Final = -9223372036854775808
SPACES: Final = " \t\n\v\f\r"

INTEGER: Final = 1
REAL: Final = 2

_EXACT_INTEGERS: Final = 2**51
"""Only below this does CAST AS NUMERIC make an integer of a real (``1e3``)."""

_ZERO: Final = ord("0")
_NINE: Final = ord("9")


@final
class NumberScan:
    """The longest beginning of a text that is a number, after spaces.

    Attributes:
        start, end: where it is in the text; equal when there is none.
        kind: INTEGER, or REAL when it has a decimal point or an exponent; 0 when there is none.
        whole: nothing but spaces follows it, up to the text's end or to a NUL.
        cut: a NUL follows it.
    """

    def __init__(self, text: str) -> None:
        size: i64 = len(text)
        at: i64 = 0
        while at < size and text[at] in SPACES:
            at += 1
        begin = at
        if at < size and (text[at] == "-" or text[at] == "+"):
            at += 1
        digits_from = at
        at = _skip_digits(text, at, size)
        digits = at - digits_from
        kind = INTEGER
        if at < size and text[at] == ".":
            after = _skip_digits(text, at + 1, size)
            digits += after - at - 1
            if digits > 0:
                at = after
                kind = REAL
        if digits > 0:
            end = _skip_exponent(text, at, size)
            if end > at:
                at = end
                kind = REAL
        else:
            kind = 0
            at = begin
        self.start: Final[i64] = begin
        self.end: Final[i64] = at
        self.kind: Final = kind
        while at < size and text[at] in SPACES:
            at += 1
        self.cut: Final = kind != 0 and at < size and text[at] == "\0"
        self.whole: Final = kind != 0 and (at == size or self.cut)


def _skip_digits(text: str, at: i64, size: i64) -> i64:
    while at < size and _ZERO <= ord(text[at]) <= _NINE:
        at += 1
    return at


def _skip_exponent(text: str, at: i64, size: i64) -> i64:
    """Where the exponent that starts at ``at`` ends; ``at`` when there is none that is complete."""
    if at >= size or (text[at] != "e" and text[at] != "E"):
        return at
    digits = at + 1
    if digits < size and (text[digits] == "-" or text[digits] == "+"):
        digits += 1
    end = _skip_digits(text, digits, size)
    return end if end > digits else at


def numeric_prefix(text: str, encoding: int) -> int | float:
    """The number that ``text`` begins with, 0 when it begins with none; what arithmetic makes of text.

    Before a NUL it is a real, as in SQLite.  Where a UTF-16 text has a character past U+00FF anywhere, the number ends
    before its point and its exponent, unless it is too large for an integer: SQLite's scan for reals then gives up.
    """
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    scan = NumberScan(text)
    if scan.kind == 0:
        return 0
    found = text[scan.start : scan.end]
    if encoding != UTF8 and _has_wide(text):
        whole = _integer_or_real(_integer_part(found))
        return whole if isinstance(whole, int) else float(found)
    if scan.kind == INTEGER and not scan.cut:
        return _integer_or_real(found)
    return float(found)


def _has_wide(text: str) -> bool:
    """Whether a code unit of UTF-16 would have a first byte that is not 0."""
    return not text.isascii() and max(text) > "\xff"


def _integer_part(number: str) -> str:
    """The sign and the digits with which a number begins, "0" if it has none before its point."""
    size: i64 = len(number)
    digits: i64 = 1 if number[0] == "-" or number[0] == "+" else 0
    end = _skip_digits(number, digits, size)
    return number[:end] if end > digits else "0"


def numeric_whole(text: str) -> int | float | None:
    """The number that all of ``text`` is, spaces around it aside, up to a NUL; None when it is none.

    Before a NUL only small integers are exact, as in SQLite.
    """
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    scan = NumberScan(text)
    if not scan.whole:
        return None
    found = text[scan.start : scan.end]
    if scan.kind == INTEGER:
        number = _integer_or_real(found)
        return float(number) if scan.cut and abs(number) >= _EXACT_INTEGERS else number
    return float(found)


def _integer_or_real(digits: str) -> int | float:
    if len(digits) > 4000:
        return float(digits)
    number = int(digits)
    if MIN_INTEGER <= number <= MAX_INTEGER:
        return number
    return float(digits)


def integer_prefix(text: str) -> int:
    """The integer that ``text`` begins with, held within 64 bits; 0 when there is none.  No exponents here."""
    size: i64 = len(text)
    at: i64 = 0
    while at < size and text[at] in SPACES:
        at += 1
    begin = at
    if at < size and (text[at] == "-" or text[at] == "+"):
        at += 1
    end = _skip_digits(text, at, size)
    if end == at:
        return 0
    if end - at > 4000:
        kept = text[at:end].lstrip("0")
        if len(kept) > 19:
            return MIN_INTEGER if text[begin] == "-" else MAX_INTEGER
        number = int(kept or "0")
        if text[begin] == "-":
            number = -number
    else:
        number = int(text[begin:end])
    return min(max(number, MIN_INTEGER), MAX_INTEGER)


def real_to_integer(value: float) -> int:
    """The integer part, held within 64 bits."""
    if value <= -9223372036854775808.0:
        return MIN_INTEGER
    if value >= 9223372036854775807.0:
        return MAX_INTEGER
    return int(value)


def lossless_integer(value: float) -> int | None:
    """The integer that equals ``value``, when it is well within 64 bits; None when there is none."""
    if -9223372036854775808.0 < value < 9223372036854775807.0:
        whole = int(value)
        if float(whole) == value:
            return whole
    return None


def to_integer(value: Value, encoding: int) -> int:
    """The integer that SQLite takes ``value`` for; 0 for NULL."""
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return real_to_integer(value)
    if isinstance(value, str):
        return integer_prefix(value)
    if isinstance(value, bytes):
        return integer_prefix(decode_text(value, encoding))
    return 0


def to_real(value: Value, encoding: int) -> float:
    """The real that SQLite takes ``value`` for; 0.0 for NULL."""
    if isinstance(value, float):
        return value
    if isinstance(value, int):
        return float(value)
    if isinstance(value, bytes):
        value = decode_text(value, encoding)
    if isinstance(value, str):
        scan = NumberScan(value)
        return float(value[scan.start : scan.end]) if scan.kind else 0.0
    return 0.0


def to_text(value: Value, encoding: int) -> str:
    """The text that SQLite takes ``value`` for; empty for NULL."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return decode_text(value, encoding)
    return "" if value is None else number_text(value)


def number_text(value: int | float) -> str:
    """The digits of a number."""
    return str(value) if isinstance(value, int) else real_to_text(value)


def to_bytes(value: Value, encoding: int) -> bytes:
    """The bytes that SQLite takes ``value`` for: those of its text, if it is no blob."""
    return value if isinstance(value, bytes) else encode_text(to_text(value, encoding), encoding)


def to_number(value: Value, encoding: int) -> int | float | None:
    """The operand of an arithmetic operator: numbers as they are, text and blobs by their numeric prefix."""
    if value is None or isinstance(value, (int, float)):
        return value
    if isinstance(value, bytes):
        value = decode_text(value, encoding)
    return numeric_prefix(value, encoding)


def truth(value: Value, encoding: int) -> int:
    """1 for true, 0 for false, 2 for NULL."""
    if value is None:
        return 2
    if isinstance(value, int):
        return 1 if value != 0 else 0
    return 1 if to_real(value, encoding) != 0.0 else 0


def boolean(value: Value, encoding: int) -> bool:
    """Whether ``value`` counts as true; NULL does not."""
    return truth(value, encoding) == 1


def must_be_int(value: Value) -> int | None:
    """The integer that ``value`` stands for without a loss, or None.

    The smallest integer may be given as a real, but not as a text that reads as a real.
    """
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        number = numeric_whole(value)
        if number is None or isinstance(number, int):
            return number
        return lossless_integer(number)
    if isinstance(value, float):
        return MIN_INTEGER if value == MIN_INTEGER else lossless_integer(value)
    return None


def cast_value(value: Value, affinity: str, encoding: int) -> Value:
    """CAST to a type of the given affinity.

    Args:
        affinity: A blob, B text, C numeric, D integer, E real.
        encoding: of the databases.
    """
    if value is None:
        return None
    if affinity == "A":
        return to_bytes(value, encoding)
    if affinity == "B":
        return to_text(value, encoding)
    if affinity == "D":
        return to_integer(value, encoding)
    if affinity == "E":
        return to_real(value, encoding)
    if isinstance(value, (int, float)):
        return value
    text = to_text(value, encoding)
    end = text.find("\0")
    if end >= 0 and (encoding == UTF8 or not _has_wide(text)):
        text = text[:end]
    number = numeric_prefix(text, encoding)
    if isinstance(number, float):
        whole = lossless_integer(number)
        if whole is not None and -_EXACT_INTEGERS <= whole < _EXACT_INTEGERS:
            return whole
    return number
