"""LIKE and GLOB as ranges: what a pattern's beginning says about the text that matches it.

Before (i is an index on t(a), a is TEXT COLLATE NOCASE)::

    Filter t.a LIKE 'Ab%c'
      Scan t

After::

    Filter t.a LIKE 'Ab%c'
      IndexScan t using i (a >= 'Ab' AND a < 'ac')

The pattern is still tested: the range holds all rows that may match it, and others.  The conditions are SQLite's
(https://sqlite.org/optoverview.html, "The LIKE Optimization"): the column has TEXT affinity, so that it holds no
numbers, whose text might match but which stand elsewhere in the index; the index compares as the pattern does,
LIKE by NOCASE and GLOB by BINARY; the pattern is a constant that does not begin with a wildcard; there is no ESCAPE.
"""

from __future__ import annotations

from foundrydb.compiler.resolve.bound import TEXT, Call, ColumnRef, Expr, Literal
from foundrydb.vm.functions.patterns import Glob, Like


def pattern_collation(call: Call) -> str:
    """The collation whose order keeps together what a pattern's beginning matches; "" where there is no pattern.

    A function of the user's under the name of ``like`` or ``glob`` is none of these.
    """
    if len(call.args) != 2:
        return ""
    if isinstance(call.function, Like):
        return "NOCASE"
    return "BINARY" if isinstance(call.function, Glob) else ""


def pattern_range(call: Call, column: Expr) -> tuple[str, str] | None:
    """The texts between which all matches lie, the second one excluded; None where nothing is known.

    column: the pattern's subject, without COLLATE.
    """
    pattern = call.args[0]
    if not isinstance(column, ColumnRef) or column.affinity != TEXT or not isinstance(pattern, Literal):
        return None
    text = pattern.value
    if not isinstance(text, str):
        return None
    folding = isinstance(call.function, Like)
    beginning = literal_beginning(text, "%_" if folding else "*?[")
    if not beginning:
        return None
    above = beginning.lower() if folding else beginning
    return beginning, above[:-1] + chr(ord(above[-1]) + 1)


def literal_beginning(text: str, wildcards: str) -> str:
    """A pattern's ASCII characters before its first wildcard.

    Only these: the order of other characters depends on the encoding, and not each has a successor.
    """
    end = 0
    while end < len(text) and "\0" < text[end] < "\x7f" and text[end] not in wildcards:
        end += 1
    return text[:end]
