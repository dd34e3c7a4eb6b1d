"""Databases in UTF-16: the bytes of a blob are text in that encoding wherever text or a number is asked for.

Random expressions are held against C SQLite. Left out is what it gets wrong: `concat`, `concat_ws` and a separator of
`group_concat` count a blob's bytes before they convert it, and so go on with what lies in memory behind the text;
half of a surrogate pair takes the unit behind it for its other half.
"""

from __future__ import annotations

import random
from typing import Any, Final

import apsw
import pytest

import foundrydb

CODECS: Final = {"UTF-16le": "utf-16-le", "UTF-16be": "utf-16-be"}
TEXTS: Final = [
    *(
        "",
        "a",
        "12",
        "35",
        "-7x",
        "abc",
        "aBc",
        "é",
        "Ünï",
        "€uro",
        "😀",
        "a%",
        "_b",
        "[1,2]",
        '{"a":1}',
        "%s",
    ),
    *("%d|%s", "2024-01-02", "0x10", " 5 ", "61", "1e3", "ab😀c", "Ā", "12Ā", "5é", "3.5"),
]
NUMBERS: Final = ["0", "1", "2", "3", "-1", "-2", "10", "2.5", "1e3", "-0.5", "100000"]
EXPRESSIONS: Final = [
    *(
        "CAST({} AS TEXT)",
        "CAST({} AS BLOB)",
        "CAST({} AS INTEGER)",
        "CAST({} AS REAL)",
        "CAST({} AS NUMERIC)",
    ),
    *(
        "length({})",
        "octet_length({})",
        "hex({})",
        "quote({})",
        "unistr_quote({})",
        "typeof({})",
        "unicode({})",
    ),
    *(
        "upper({})",
        "lower({})",
        "trim({})",
        "ltrim({})",
        "trim({},{})",
        "rtrim({},{})",
        "unistr({})",
        "char({})",
    ),
    *("unhex({})", "unhex({},{})", "substr({},{})", "substr({},{},{})", "instr({},{})", "replace({},{},{})"),
    *(
        "({} || {})",
        "({} LIKE {})",
        "({} GLOB {})",
        "like({},{},{})",
        "printf({},{})",
        "printf('%*s|%.*s',{},{},{})",
    ),
    *("printf('%d %s',{},{})", "printf('%Q %f',{},{})", "printf('%c %x',{},{})", "printf('%w %q',{},{})"),
    *(
        "({} + {})",
        "({} - {})",
        "({} * {})",
        "({} / {})",
        "({} % {})",
        "({} & {})",
        "({} | {})",
        "({} << {})",
    ),
    *(
        "-{}",
        "+{}",
        "~{}",
        "NOT {}",
        "{} IS TRUE",
        "{} IS NOT TRUE",
        "iif({},{},3)",
        "({} AND 1)",
        "(0 OR {})",
    ),
    *("CASE {} WHEN {} THEN {} END", "CASE WHEN {} THEN {} ELSE {} END", "coalesce({},{})", "nullif({},{})"),
    *(
        "({} = {})",
        "({} < {})",
        "({} IS {})",
        "({} BETWEEN {} AND {})",
        "({} IN ({},{}))",
        "max({},{})",
        "min({},{})",
    ),
    *(
        "abs({})",
        "round({})",
        "round({},{})",
        "sign({})",
        "ceil({})",
        "sqrt({})",
        "log({},{})",
        "zeroblob(min(3,{}))",
    ),
    *("json({})", "jsonb({})", "json_valid({})", "json_valid({},{})", "json_quote({})", "json_type({})"),
    *(
        "json_array({},{})",
        "json_object({},{})",
        "json_extract({},{})",
        "({} -> {})",
        "({} ->> {})",
        "json_set({},{},{})",
    ),
    *("json_patch({},{})", "json_remove({},{})", "json_array_length({})", "json_error_position({})"),
    *("date({})", "date({},{})", "julianday({})", "strftime({},{})", "timediff({},'2020-01-01')"),
]
AGGREGATES: Final = [
    *("group_concat({})", "sum({})", "total({})", "avg({})", "max({})", "min({})", "count({})", "median({})"),
    *("json_group_array({})", "json_group_object({},{})"),
]


class Writer:
    """Writes random expressions for a database of one encoding."""

    def __init__(self, encoding: str, seed: int) -> None:
        self.codec = CODECS[encoding]
        self.random = random.Random(seed)

    def expression(self, depth: int) -> str:
        """An expression, or a leaf of one."""
        if depth == 0 or self.random.random() < 0.15:
            return self._leaf()
        return self.filled(self.random.choice(EXPRESSIONS), depth)

    def filled(self, pattern: str, depth: int) -> str:
        """A pattern with expressions in its places."""
        pieces = pattern.split("{}")
        return pieces[0] + "".join(self.expression(depth - 1) + piece for piece in pieces[1:])

    def _leaf(self) -> str:
        kind = self.random.random()
        if kind < 0.4:
            return f"x'{self._bytes().hex()}'"
        if kind < 0.65:
            return "'" + self.random.choice(TEXTS) + "'"
        if kind < 0.8:
            return self.random.choice(["n", "s", "m", "r", "i"])
        return self.random.choice(NUMBERS) if kind < 0.97 else "NULL"

    def _bytes(self) -> bytes:
        text = self.random.choice(TEXTS)
        kind = self.random.random()
        if kind < 0.2:
            return text.encode()
        return text.encode(self.codec) + (b"A" if kind < 0.35 else b"")

    def value(self) -> Any:
        """A value to be stored."""
        if self.random.random() < 0.4:
            return self._bytes()
        return self.random.choice([*TEXTS, 1, -3, 2.5, None])


def answer(connection: Any, sql: str) -> object:
    """All rows, or what is wrong with it."""
    try:
        return [tuple(row) for row in connection.execute(sql)]
    except (apsw.Error, foundrydb.Error) as error:
        return str(error).removeprefix("SQLError: ")


def both(encoding: str) -> tuple[foundrydb.Connection, apsw.Connection]:
    """An empty database of that encoding, ours and C SQLite's."""
    ours, theirs = foundrydb.connect(":memory:"), apsw.Connection(":memory:")
    for connection in (ours, theirs):
        connection.execute(f"PRAGMA encoding = '{encoding}'")
    return ours, theirs


@pytest.mark.parametrize("encoding", list(CODECS))
def test_random_expressions(encoding: str) -> None:
    ours, theirs = both(encoding)
    writer = Writer(encoding, 20)
    for connection in (ours, theirs):
        connection.execute("CREATE TABLE t(i INTEGER PRIMARY KEY, n, s TEXT, m NUMERIC, r REAL)")
    for _ in range(20):
        row = [writer.value() for _ in range(4)]
        for connection in (ours, theirs):
            connection.execute("INSERT INTO t(n, s, m, r) VALUES (?, ?, ?, ?)", row)
    differing = []
    for number in range(1200):
        if number % 8 == 0:
            sql = f"SELECT {writer.filled(writer.random.choice(AGGREGATES), 1)} FROM t"
        elif number % 8 == 1:
            sql = f"SELECT i FROM t WHERE {writer.expression(2)}"
        else:
            sql = f"SELECT {writer.expression(1 + number % 3)} FROM t WHERE i = {1 + number % 20}"
        if repr(answer(ours, sql)) != repr(answer(theirs, sql)):
            differing.append(sql)
    assert differing == []


@pytest.mark.parametrize("encoding", list(CODECS))
@pytest.mark.parametrize(
    "pattern",
    [
        *("lag(column1, {2}) OVER (ORDER BY column1)", "lead(column1, {2}) OVER (ORDER BY column1)"),
        *("ntile({2}) OVER (ORDER BY column1)", "nth_value(column1, '2') OVER (ORDER BY column1)"),
        *(
            "(SELECT count(*) FROM pragma_function_list({2}))",
            "(SELECT count(*) FROM pragma_table_info({2}))",
        ),
        *("hex(x'61' || 'a')", "hex('a' || x'61')", "hex(x'61' || x'62')", "hex(CAST(x'616263' AS TEXT))"),
        *("hex(char(55296))", "hex(char(55357, 56832))", "hex(printf('%.1s', 'é'))", "hex(unistr('\\d83d'))"),
        *("hex(printf('%.3sab', 'é€'))", "hex(replace('abc', 'b', char(55357)))", "hex(upper({half}))"),
        *(
            """hex(json_extract('{"a":"x\\ude00y"}', '$.a'))""",
            "hex({half} || {other})",
            "hex(CAST({half} AS TEXT))",
        ),
        "CAST({half} AS TEXT) || CAST({other} AS TEXT) = '😀'",
        "hex(max(CAST({half} AS TEXT), '')) || hex(nullif(CAST({half} AS TEXT), ''))",
    ],
)
def test_special_places(encoding: str, pattern: str) -> None:
    """Where else a blob is read, and texts that no UTF-16 can hold."""
    codec = CODECS[encoding]
    pair = "😀".encode(codec)
    for name, blob in (("2", "2".encode(codec)), ("half", pair[:2]), ("other", pair[2:])):
        pattern = pattern.replace("{" + name + "}", f"x'{blob.hex()}'")
    ours, theirs = both(encoding)
    sql = f"SELECT {pattern} FROM (VALUES (1), (2), (3), (4))"
    assert answer(ours, sql) == answer(theirs, sql)


@pytest.mark.parametrize("encoding", list(CODECS))
@pytest.mark.parametrize("number", ["1e3", "-1.5", ".5", "12", "9223372036854775808", "1e20", "-", "+7.25e1"])
@pytest.mark.parametrize(
    "rest", ["char(65279)", "char(256)", "'x' || char(12544)", "char(0, 128512)", "char(255)"]
)
def test_numbers_before_wide_characters(encoding: str, number: str, rest: str) -> None:
    """Arithmetic and CAST AS NUMERIC see only the digits before the point, unless they need a real."""
    ours, theirs = both(encoding)
    text = f"('{number}' || {rest})"
    forms = [
        "CAST({} AS NUMERIC)",
        "CAST({} AS REAL)",
        "CAST({} AS INTEGER)",
        "CAST(CAST({} AS BLOB) AS NUMERIC)",
    ]
    forms += [
        "{} + 0",
        "{} + 0.5",
        "{} * 2",
        "2.0 / {}",
        "1 / {}",
        "{} % 2",
        "-{}",
        "~{}",
        "{} IS TRUE",
    ]
    sql = "SELECT " + ", ".join(form.format(text) for form in forms)
    assert repr(answer(ours, sql)) == repr(answer(theirs, sql))


@pytest.mark.parametrize("encoding", list(CODECS))
@pytest.mark.parametrize(
    "text", ["char(12544)", "char(65279, 1)", "char(128512)", "'a' || char(1114109)", "char(233)"]
)
def test_characters_cut(encoding: str, text: str) -> None:
    """A precision counts bytes of UTF-8, of which those that are left make another character."""
    ours, theirs = both(encoding)
    for size in range(5):
        sql = f"SELECT hex(format('%.{size}s|', {text})), length(format('%.{size}s', {text}))"
        assert answer(ours, sql) == answer(theirs, sql), sql


@pytest.mark.parametrize("encoding", list(CODECS))
@pytest.mark.parametrize("text", ["1", "''", "'ä😀'", "'a' || char(0) || 'b'", "x'61'", "x'6100'", "NULL"])
def test_half_a_character_is_looked_for_as_the_end(encoding: str, text: str) -> None:
    ours, theirs = both(encoding)
    for part in ("x'61'", "x''", "x'6162'", "x'616263'"):
        sql = f"SELECT instr({text}, {part})"
        assert answer(ours, sql) == answer(theirs, sql), sql


def test_statement_from_before_the_encoding() -> None:
    """A statement that was compiled before the encoding was chosen is compiled again."""
    ours, theirs = foundrydb.connect(":memory:"), apsw.Connection(":memory:")
    for sql in ("SELECT upper(x'6100'), x'3100' + 1", "PRAGMA encoding = 'UTF-16le'") * 2:
        assert answer(ours, sql) == answer(theirs, sql)


def test_default_of_old_rows() -> None:
    """A CAST in the DEFAULT of a column that is added is of UTF-8 for the rows that are there."""
    ours, theirs = both("UTF-16le")
    for sql in (
        "CREATE TABLE t(a)",
        "INSERT INTO t VALUES (1)",
        "ALTER TABLE t ADD COLUMN b DEFAULT (CAST(x'31003200' AS INTEGER))",
        "ALTER TABLE t ADD COLUMN c DEFAULT (CAST(x'61006200' AS TEXT))",
        "SELECT * FROM t",
    ):
        assert answer(ours, sql) == answer(theirs, sql), sql
