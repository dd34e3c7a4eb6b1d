"""Functions and comparisons of texts by their bytes, as values and as conditions, held against C SQLite."""

from __future__ import annotations

from typing import Any

import apsw
from harness.switches import leave_out
from hypothesis import given, settings
from hypothesis import strategies as st

import foundrydb

letters = st.text("abABéÉ%_\0 1", max_size=8)
held = st.one_of(
    letters,
    st.sampled_from(
        [None, 1, 0, -5, 2.5, b"", b"ab", "12", " 12 ", "1e3", "abc", "ABC", 2**53 + 1, -(2**63)]
    ),
    st.sampled_from(["é" * 3000, "ab" * 5000 + "z"]),
)
columns = st.sampled_from(["x", "y", "z", "n"])
literals = st.sampled_from(
    ["'a'", "'AB'", "'é'", "''", "12", "'12'", "2.5", "null", "x'6162'", "'b%'", "'%é%'", "'_b%'"]
)
places = st.integers(-4, 6).map(str)
simple = st.one_of(
    columns,
    columns.map("length({})".format),
    columns.map("unicode({})".format),
    columns.map("typeof({})".format),
    st.builds("substr({}, {}, {})".format, columns, places, places),
    st.builds("length(substr({}, {}))".format, columns, places),
    st.builds("instr({}, {})".format, columns, literals),
    st.builds("({} {} {})".format, columns, st.sampled_from(["like", "not like", "glob"]), literals),
)
operators = st.sampled_from(["<", "<=", "=", "<>", ">=", ">", "is", "is not"])
compared = st.builds(
    "({} {} {}{})".format,
    simple,
    operators,
    st.one_of(simple, literals),
    st.sampled_from(["", " collate nocase"]),
)
expressions = st.one_of(
    simple,
    compared,
    compared.map("not {}".format),
    st.builds("({} is {}null)".format, simple, st.sampled_from(["", "not "])),
    st.builds("({} + {})".format, simple, compared),
)


def answer(connection: Any, sql: str) -> object:
    """The rows; an error is one."""
    try:
        return [repr(row) for row in connection.execute(sql)]
    except (apsw.Error, foundrydb.Error):
        return "error"


@given(
    st.lists(st.tuples(held, held, held, held), min_size=1, max_size=6),
    st.lists(expressions, min_size=1, max_size=4),
)
@settings(max_examples=60)
def test_texts(rows: list[tuple[object, ...]], tried: list[str]) -> None:
    engines: list[Any] = [
        apsw.Connection(":memory:"),
        foundrydb.connect(":memory:"),
        foundrydb.connect(":memory:"),
    ]
    leave_out(engines[2], ["formulas"])
    for engine in engines:
        engine.execute("create table t(id integer primary key, x text, y, z text collate nocase, n real)")
        engine.execute("create index i on t(z, x)")
        engine.executemany("insert into t(x, y, z, n) values (?, ?, ?, ?)", rows)
    for e in tried:
        for sql in (
            f"select id, {e} from t order by id",
            f"select id from t where {e} order by id",
            f"select id from t where not {e} order by id",
            f"select count({e}), max({e}) from t",
            f"select z from t where z >= 'a' and {e} order by z, x, id",
        ):
            answers = [answer(engine, sql) for engine in engines]
            assert answers[0] == answers[1] == answers[2], sql


@given(
    st.lists(letters, min_size=1, max_size=8),
    st.text("abAé%_\\\0", max_size=7),
    st.text("abAé*?[]^-", max_size=8),
)
def test_patterns(texts: list[str], like: str, glob: str) -> None:
    theirs = apsw.Connection(":memory:")
    ours = foundrydb.connect(":memory:")
    for engine in (theirs, ours):
        engine.execute("create table t(x)")
        engine.executemany("insert into t values (?)", [(text,) for text in texts])
    for sql, pattern in (
        ("select x like ? from t", like),
        ("select x from t where x like ?", like),
        ("select x like ? escape '\\' from t", like),
        ("select x like '%' || substr(x, 2, 1) || ? from t", like),
        ("select x glob ? from t", glob),
        ("select x from t where x not glob ?", glob),
    ):
        assert ours.execute(sql, (pattern,)).fetchall() == list(theirs.execute(sql, (pattern,))), (
            sql,
            pattern,
        )
