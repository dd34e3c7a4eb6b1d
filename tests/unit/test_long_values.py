"""Values in overflow pages: what a row's header tells is not read, and of parts no more than they take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import apsw
import pytest

import foundrydb

PAGE = 1024
LENGTH = 40_000


@pytest.fixture
def cut(tmp_path: Path) -> Any:
    """A connection to a table whose second long value ends early: the chain of its overflow pages is cut."""
    path = tmp_path / "cut.db"
    made = apsw.Connection(str(path))
    made.execute(f"pragma page_size = {PAGE}")
    made.execute("create table t(id integer primary key, k int, x blob, y)")
    made.execute("insert into t values (7, 1, randomblob(?), ?)", (LENGTH, "é" * LENGTH))
    made.close()
    data = bytearray(path.read_bytes())
    # The chain goes from page 3 on in the order of the pages: the blob's first, then the text's.
    at = 60 * PAGE
    data[at : at + 4] = bytes(4)
    path.write_bytes(bytes(data))
    connection = foundrydb.connect(path)
    with pytest.raises(foundrydb.DatabaseError, match="malformed"):
        connection.execute("select y from t").fetchall()
    return connection


@pytest.mark.parametrize(
    ("sql", "answer"),
    [
        ("select id from t", 7),
        ("select k from t", 1),
        ("select id, k from t", 7),
        ("select count(*) from t where y is not null", 1),
        ("select count(*) from t where x is null", 0),
        ("select typeof(y) from t", "text"),
        ("select typeof(x) from t", "blob"),
        ("select length(x) from t", LENGTH),
        ("select length(substr(x, 20000, 10)) from t", 10),
        ("select substr(y, 1, 3) from t", "ééé"),
        ("select substr(y, 100, 2) from t", "éé"),
        ("select id from t where substr(y, 2, 1) = 'é'", 7),
        ("select k from t order by k limit 1", 1),
    ],
)
def test_what_is_not_read(cut: Any, sql: str, answer: object) -> None:
    assert cut.execute(sql).fetchone()[0] == answer


@pytest.mark.parametrize("sql", ["length(y)", "substr(y, -1)", "y like '%z%'", "y = 'é'", "hex(y)", "y"])
def test_what_is_read(cut: Any, sql: str) -> None:
    with pytest.raises(foundrydb.DatabaseError, match="malformed"):
        cut.execute(f"select {sql} from t").fetchall()


VALUES: list[object] = [
    None, 5, 2.5, "", b"", "é" * 470, "ab€" * 2000, b"\0\1" * 3000, "x" * 3000 + "\0y", b"\x80" * 700,
    b"a\xff" * 3000, b"\xc3\xa9\x80" * 900,
]  # fmt: skip
EXPRESSIONS = [
    "typeof({0})", "length({0})", "{0} is null", "{0} is not null", "count({0})", "substr({0}, 1, 3)",
    "substr({0}, 400, 450)", "substr({0}, -600, 10)", "substr({0}, 5000)", "substr({0}, 3, 0)", "unicode({0})",
    "instr({0}, '€')", "{0} like '%€a%'", "{0} = 'é'", "max({0})", "z",
]  # fmt: skip


@pytest.mark.parametrize("table", ["t", "w"])
def test_parts_of_values_of_all_kinds(tmp_path: Path, table: str) -> None:
    """(Bytes that are not UTF-8 are stored as texts, too.)"""
    path = str(tmp_path / "kinds.db")
    theirs = apsw.Connection(path)
    theirs.execute(f"pragma page_size = {PAGE}")
    theirs.execute("create table t(k integer primary key, x, y, z)")
    theirs.execute("create table w(k integer, x, y, z, primary key (z, k)) without rowid")
    for i, x in enumerate(VALUES):
        for j, y in enumerate(VALUES):
            read_as = "cast(?3 as text)" if isinstance(y, bytes) and i % 2 else "?3"
            theirs.execute(f"insert into {table} values (?1, ?2, {read_as}, ?1)", (100 * i + j, x, y))
    ours = foundrydb.connect(path)
    for expression in EXPRESSIONS:
        for column in ("x", "y"):
            e = expression.format(column)
            group = "group by z" if e.startswith(("count", "max")) else ""
            for sql in (
                f"select z, hex({e}), typeof({e}) from {table} {group}",
                f"select z from {table} where {e}",
            ):
                if group and "where" in sql:
                    continue
                assert ours.execute(sql).fetchall() == list(theirs.execute(sql)), sql
