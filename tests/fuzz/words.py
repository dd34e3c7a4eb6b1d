"""What stands for a terminal: literals, parameters, and names by the role that they play."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Final, TypeVar, final

import foundrydb
from foundrydb.compiler.syntax.symbols import TERMINAL_TEXTS
from fuzz.schema import OTHERS, TABLES

T = TypeVar("T")


def _words(lines: str) -> dict[str, tuple[str, ...]]:
    """Lists of words by name: ``name: word word …``, or with bars between words that hold blanks."""
    lists = {}
    for line in lines.strip().replace("\n    ", " ").splitlines():
        name, _, words = line.partition(": ")
        lists[name] = tuple(words.split(" | ") if " | " in words else words.split())
    return lists


LITERALS: Final = _words("""
INTEGER: 0 1 2 3 1 2 7 12 100 65536 2147483648 9223372036854775807 0x1F 9223372036854775808 00000000000000000000001
    123456789012345678901234567890 0xffffffffffffffff
FLOAT: 0.0 1.5 2.5e0 1e999 .5 3. 1e-400 9.3e18 9223372036854775807.0 1e15
SEPARATED_NUMBER: 1_000 0xF_F 1_0.5_0e1_0
STRING: '' | 'a' | 'B' | 'b ' | '12' | '1e3' | 'a%' | '%_' | '*?[' | '[a-z]*' | 'x''y' | '😀ä' | 'now' |
    '2024-02-30 12:34:56.789' | '+1 month' | 'weekday 3' | '%Y-%m %s %%' | '%d,%-08.3f,%q,%w,%!g' | 'auto' | 'subsec' |
    '0x12' | '9223372036854775808' | 't1' | 'main' | '-0.0' | 'inf' | 'abc'
BLOB: x'' x'00' X'61' x'c328ff' x'0000000000000000'
VARIABLE: ?
MODULE_ARGUMENTS: a, b(c, d), 'e' | fts
CURRENT_WORD: CURRENT_TIMESTAMP CURRENT_DATE CURRENT_TIME
JOIN_KW: LEFT LEFT RIGHT FULL INNER CROSS NATURAL NATURAL OUTER
""")
"""The texts of the terminals that are not words or signs."""

FIXED: Final = _words("""
savepoint: s1 s2
collation: BINARY NOCASE RTRIM nocase missing
type: INT INTEGER TEXT REAL BLOB ANY NUMERIC VARCHAR DATE DOUBLE rowid
index: i1 i2 i3 i4 i5 i6 i7 i8 sqlite_autoindex_t5_1 n4 n5
schema: main temp main temp other
window: w1 w2
join word: OUTER LEFT RIGHT FULL INNER CROSS
table option: STRICT STRICT ROWID
without: ROWID ROWID x
constraint: k1 k2 e_large
storage: STORED VIRTUAL x
module: fts5 rtree generate_series
new table: n1 n2 n3 t1
new view: n1 n2 n3 v1
new index: n4 n5 i1
new trigger: n6 n7
new column: a b c d e
new alias: a b c x y t1
new source: x y z t1 t2
new common table: q1 q2 t2
value: ON OFF main temp t1 t2 t4 t6 v1 i1 i3 FULL NORMAL EXCLUSIVE MEMORY PERSIST DELETE TRUNCATE WAL FILE INCREMENTAL
    UTF-16 yes
""")
"""The names for each role that the statement so far does not decide."""

JOINS: Final = _words("""
joins: LEFT JOIN | LEFT JOIN | LEFT OUTER JOIN | RIGHT JOIN | FULL JOIN | FULL OUTER JOIN | INNER JOIN | CROSS JOIN |
    NATURAL JOIN | NATURAL LEFT JOIN | NATURAL RIGHT OUTER JOIN | NATURAL FULL JOIN
""")["joins"]
"""Joins that are right."""

NAMED_PARAMETERS: Final = (":a", "@b", "$c", ":a", "?1", "?3", ":b::c(d)")
_TABLE_FUNCTIONS: Final = {
    "pragma_table_info": ("cid", "name", "type", "pk", "arg"),
    "pragma_table_list": ("schema", "name", "type", "ncol"),
    "pragma_index_list": ("seq", "name", "origin", "partial"),
    "pragma_index_info": ("seqno", "cid", "name", "arg"),
    "pragma_foreign_key_list": ("id", "table", "from"),
}

VALUES: Final[list[object]] = [
    *(None, 0, 1, -1, 2**63 - 1, -(2**63), 2**63, 1.5, -0.0, float("nan"), float("inf"), True, Decimal(1)),
    *(
        "",
        "a",
        "12",
        "nul\0",
        "\ud800",
        "x" * 5000,
        b"",
        b"\x00\xff",
        bytearray(b"x"),
        memoryview(b"ab")[::2],
    ),
    *(object(), 1j, (1, 2), ...),
]
"""What is bound to parameters."""

_BARE: Final = re.compile(r"[A-Za-z_]\w*\Z")
_KEYWORDS: Final = {text for text in TERMINAL_TEXTS if text.isupper()}


def _declared() -> tuple[list[tuple[str, int]], list[tuple[str, int]], list[str]]:
    """Functions of one row and aggregates, each with how many arguments it takes, and PRAGMAs."""
    connection = foundrydb.connect(":memory:")
    try:
        query = "SELECT name, type, narg FROM pragma_function_list ORDER BY name, narg"
        functions = connection.execute(query).fetchall()
        pragmas = [name for (name,) in connection.execute("PRAGMA pragma_list")]
    finally:
        connection.close()
    scalars = [(name, count) for name, kind, count in functions if kind == "s"]
    return scalars, [(name, count) for name, kind, count in functions if kind != "s"], sorted(pragmas)


SCALARS, AGGREGATES, PRAGMAS = _declared()

UNSAFE_PRAGMAS: Final = ("writable_schema", "ignore_check_constraints")
"""PRAGMAs that let a statement damage the file by intention: they are only read."""


@final
class Words:
    """Draws words.

    Args:
        random: what every draw follows from.
        named: parameters have names or numbers.
    """

    def __init__(self, random: Random, named: bool = False) -> None:
        self.random = random
        self.named = named

    def one(self, options: Sequence[T]) -> T:
        """One of the options, each as likely as the others."""
        return self.random.choice(options)

    def literal(self, terminal: str) -> str:
        """The text of a terminal of LITERALS."""
        if terminal == "VARIABLE" and self.named:
            return self.one(NAMED_PARAMETERS)
        return self.one(LITERALS[terminal])

    def table(self, views: bool) -> str:
        """A table, or else a view where these are wanted too."""
        if self.random.random() < 0.07:
            return self.one(list(OTHERS))
        return self.one([name for name in TABLES if views or not name.startswith("v")])

    def table_function(self) -> tuple[str, tuple[str, ...]]:
        """A table-valued function and its columns; rarely one that is missing."""
        if self.random.random() < 0.8:
            return self.one(list(_TABLE_FUNCTIONS.items()))
        return self.one([*(f"pragma_{name}" for name in PRAGMAS), "generate_series", "t1"]), ("name",)

    def function(self) -> tuple[str, int]:
        """A function and how many arguments it takes (-1: any number)."""
        return self.one(SCALARS if self.random.random() < 0.8 else AGGREGATES)

    def spelled(self, name: str) -> str:
        """A name as it may be written."""
        draw = self.random.random()
        if draw < 0.88 and _BARE.match(name) and name.upper() not in _KEYWORDS:
            return name if draw > 0.03 else name.swapcase()
        quotes = self.one(('""', '""', "[]", "``"))
        return quotes[0] + name + quotes[1]
