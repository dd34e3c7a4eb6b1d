"""LIKE and GLOB as ranges: what a pattern's beginning says about the text that matches it.

Before (i is an index on t(a), a is TEXT COLLATE NOCASE)::

    Filter t.a LIKE 'Ab%c'
      Scan t

After::

    Filter t.a LIKE 'Ab%c'
      IndexScan t using i (a >= 'Ab' AND a < 'ac')

The pattern is still tested: the range holds all rows that may match it, and others.  The conditions are SQLite's
(https://sqlite.org/optoverview.html, "The LIKE Optimization"): the column has TEXT affinity, so that it holds no
numbers, whose text might match but which stand elsewhere in the index; the pattern, and the character of ESCAPE if
there is one, is a constant, and the pattern does not begin with a wildcard.  The index compares by NOCASE, or for
GLOB and for a LIKE that tells cases apart by BINARY; to these, an index by NOCASE gives more than what matches.
"""

from __future__ import annotations

from foundrydb.compiler.bind.bound import TEXT, Call, ColumnRef, Expr, Literal
from foundrydb.compiler.plan.costs.orders import plain
from foundrydb.vm.functions.text.patterns import Glob, Like


def pattern_collations(call: Call) -> list[str]:
    """The collations whose order keeps together what a pattern's beginning matches; none where there is no pattern.

    A function of the user's under the name of ``like`` or ``glob`` is none of these.
    """
    if isinstance(call.function, Like) and call.function.folds:
        return ["NOCASE"]
    return ["BINARY", "NOCASE"] if isinstance(call.function, (Like, Glob)) else []


def pattern_range(call: Call, column: Expr, collation: str) -> tuple[str, str] | None:
    """The texts between which all matches lie in an order, the second one excluded; None where nothing is known.

    column: the pattern's subject, without COLLATE.
    """
    pattern = plain(call.args[0])
    if not isinstance(column, ColumnRef) or column.affinity != TEXT or not isinstance(pattern, Literal):
        return None
    text = pattern.value
    if not isinstance(text, str):
        return None
    like = isinstance(call.function, Like)
    escape = ""
    if len(call.args) > 2:
        character = call.args[2]
        if not isinstance(character, Literal) or not isinstance(character.value, str):
            return None
        escape = character.value
        if len(escape) != 1:
            return None
    beginning = literal_beginning(text, "%_" if like else "*?[", escape)
    if not beginning:
        return None
    above = beginning.lower() if collation == "NOCASE" else beginning
    return beginning, above[:-1] + chr(ord(above[-1]) + 1)


def literal_beginning(text: str, wildcards: str, escape: str = "") -> str:
    """The ASCII characters with which a pattern's matches begin: those before its first wildcard.

    Only these: the order of other characters depends on the encoding, and not each has a successor.
    escape: the character behind which the next one is itself, "" for none.
    """
    beginning = ""
    i = 0
    while i < len(text):
        c = text[i]
        if c == escape:
            i += 1
            c = text[i] if i < len(text) else ""
        elif c in wildcards:
            break
        if not "\0" < c < "\x7f":
            break
        beginning += c
        i += 1
    return beginning
