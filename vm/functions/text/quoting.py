"""Values as SQL literals."""

from __future__ import annotations

from foundrydb.storage.format.values import Value
from foundrydb.vm.arithmetic.real_text import INFINITY, real_to_text
from foundrydb.vm.limits import check_length


def quoted(value: Value) -> str:
    """The literal that means ``value``: what quote() gives.  Text ends at its first NUL.

    Raises:
        DataError: it would be longer than a text may be.
    """
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return quoted_real(value)
    if isinstance(value, bytes):
        check_length(2 * len(value) + 3)
        return "X'" + value.hex().upper() + "'"
    end = value.find("\0")
    if end >= 0:
        value = value[:end]
    check_length(len(value) + value.count("'") + 2)
    return "'" + value.replace("'", "''") + "'"


def quoted_real(value: float) -> str:
    """A real's literal; infinity becomes a number that is too large."""
    if value == INFINITY:
        return "9.0e+999"
    return "-9.0e+999" if value == -INFINITY else real_to_text(value)


def unistr_quoted(value: Value) -> str:
    """The literal that means ``value``, a text's control characters written with unistr()."""
    literal = quoted(value)
    if not isinstance(value, str) or literal.isprintable() or not any(c < " " for c in literal):
        return literal
    literal = literal.replace("\\", "\\\\")
    for number in range(1, 32):
        found = literal.count(chr(number))
        if found > 0:
            check_length(len(literal) + 5 * found)
            literal = literal.replace(chr(number), f"\\u{number:04x}")
    return "unistr(" + literal + ")"
