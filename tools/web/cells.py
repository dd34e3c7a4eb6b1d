"""Values as the page gets them: a letter for the type, then text.

JSON's numbers are no SQL integers, it has no blobs, and a browser need not be sent a megabyte to show a line of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from foundrydb.api.values.literals import real_literal
from foundrydb.storage.format.values import Value

if TYPE_CHECKING:
    from foundrydb.compiler.pipeline import Compilation

LONGEST: Final = 400
"""How many characters of a text, or bytes of a blob, are sent."""


_NUMBER: Final = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*", re.ASCII)
"""A number as SQL writes it; Python reads more as one: nan, infinity, 1_000."""

_LONGEST_INTEGER: Final = 20
"""How many characters the longest integer has, with its sign."""


def cell(value: Value) -> str:
    """``n`` (NULL), ``i42``, ``r1.5``, ``tabc``, ``bcafe``.

    Of what is long the beginning, with ``T`` or ``B``; ``\\0`` and how long it is come behind.
    """
    if value is None:
        return "n"
    if isinstance(value, str):
        return "t" + value if len(value) <= LONGEST else f"T{value[:LONGEST]}\0{len(value):,} characters"
    if isinstance(value, bytes):
        shown = value[:LONGEST].hex()
        return "b" + shown if len(value) <= LONGEST else f"B{shown}\0{len(value):,} bytes"
    if isinstance(value, float):
        return "r" + real_literal(value)
    return f"i{value}"


def parameter(text: str) -> Value:
    """What somebody typed as a parameter's value: NULL for nothing, a number where it looks like one, else text."""
    if not text or text.upper() == "NULL":
        return None
    if _NUMBER.fullmatch(text):
        digits = text.strip()
        whole = digits.lstrip("+-").isdigit() and len(digits) <= _LONGEST_INTEGER
        return int(digits) if whole and -(1 << 63) <= int(digits) < 1 << 63 else float(digits)
    return text[1:-1].replace("''", "'") if text[0] == text[-1] == "'" and len(text) > 1 else text


def parameter_names(compilation: Compilation) -> list[str]:
    """What the page calls the parameters of a statement, in their order."""
    return [name or f"?{i}" for i, name in enumerate(compilation.program.parameters) if i]


def values_of(compilation: Compilation, typed: dict[str, str]) -> list[Value]:
    """The values of a statement's parameters, of which some were typed."""
    return [parameter(typed.get(name, "")) for name in parameter_names(compilation)]
