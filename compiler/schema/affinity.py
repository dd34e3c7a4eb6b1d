"""Type rules: the affinity of a declared type, and what a comparison of two expressions applies.

Source: https://sqlite.org/datatype3.html, sections 3.1 (declared types), 4.2 (comparisons) and 7 (collations).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.compiler.syntax.source import dequoted

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import Expr
    from foundrydb.compiler.syntax import ast

BLOB: Final = "A"
TEXT: Final = "B"
NUMERIC: Final = "C"
INTEGER: Final = "D"
REAL: Final = "E"

STANDARD_TYPES: Final = ("ANY", "BLOB", "INT", "INTEGER", "REAL", "TEXT")
"""The types of STRICT tables; SQLite shows them in capitals however they were written."""


def type_affinity(declared: str) -> str:
    """The affinity of a declared type ("" for no type), a letter of ``resolve.bound``."""
    if not declared:
        return BLOB
    text = declared.lower()
    if "int" in text:
        return INTEGER
    if "char" in text or "clob" in text or "text" in text:
        return TEXT
    if "blob" in text:
        return BLOB
    if "real" in text or "floa" in text or "doub" in text:
        return REAL
    return NUMERIC


def named_affinity(type_name: ast.TypeName | None) -> str:
    """The affinity of a type as it is written, in quotes perhaps; none was written where there is no node."""
    if type_name is None:
        return BLOB
    declared = dequoted(type_name.text)
    return type_affinity(declared) if declared else NUMERIC


def comparison_affinity(left: str, right: str) -> str:
    """The affinity applied to both sides of a comparison: ``C`` (numeric), ``B`` (text) or "" (none).

    left, right: the affinities of the operands.
    """
    if left and right:
        return NUMERIC if left >= NUMERIC or right >= NUMERIC else ""
    return normal_comparison(left or right)


def member_affinity(left: str, right: str) -> str:
    """The affinity that IN gives the values on its left, and the members that a query yields.

    As for a comparison; but where one side alone has an affinity, and it is REAL, an integer becomes a REAL, and then
    may be equal to another that it is not equal to as it is.
    """
    return REAL if left + right == REAL else comparison_affinity(left, right)


def normal_comparison(affinity: str) -> str:
    """The affinity of one side alone, as a comparison applies it: ``C``, ``B`` or ""."""
    if affinity >= NUMERIC:
        return NUMERIC
    return TEXT if affinity == TEXT else ""


def comparison_collation(left: Expr, right: Expr) -> str:
    """The collating sequence of a comparison: an explicit one, else the left column's, else the right's."""
    if left.explicit:
        return left.collation
    if right.explicit:
        return right.collation
    return left.collation or right.collation or "BINARY"
