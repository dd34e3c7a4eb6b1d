"""ANALYZE: sqlite_stat1 is what C SQLite makes of the same rows, and C SQLite reads it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import apsw
import pytest

import foundrydb

SCHEMA = """
create table t(a, b text collate nocase, c);
create index t_ab on t(a, b);
create index t_b on t(b);
create index t_c on t(c) where c > 7;
create table w(k, v, primary key(k, v)) without rowid;
create table n(x);
"""


@pytest.mark.parametrize("count", [0, 1, 5, 120])
def test_statistics_are_those_of_sqlite(tmp_path: Path, count: int) -> None:
    path = str(tmp_path / "a.db")
    theirs = apsw.Connection(":memory:")
    ours = foundrydb.connect(path)
    script = [part for part in SCHEMA.split(";") if part.strip()]
    for i in range(count):
        script.append(f"insert into t values ({i % 7}, '{'aAbBc'[i % 5]}', {i % 10})")
        script.append(f"insert into w values ('{i % 3}', {i})")
        script.append(f"insert into n values ({i})")
    for sql in [*script, "analyze"]:
        theirs.execute(sql)
        ours.execute(sql)
    ours.commit()
    ours.close()
    query = "select tbl, idx, stat from sqlite_stat1"  # in the order in which the rows were written
    read = apsw.Connection(path)
    assert [tuple(row) for row in read.execute(query)] == [tuple(row) for row in theirs.execute(query)]
    assert list(read.execute("pragma integrity_check")) == [("ok",)]


@pytest.mark.parametrize(
    "damage", [b"\xff" * 4096, bytes(4096), b"\x0a" + bytes(4095), b"\x0d\0\0\0\x09" + bytes(4091)]
)
def test_statistics_that_cannot_be_read_are_none(tmp_path: Path, damage: bytes) -> None:
    """Both engines read and write the rest of the file."""
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path)
    connection.executescript(
        "create table t(a); create index i on t(a); insert into t values (1), (2); analyze"
    )
    ((root,),) = connection.execute(
        "select rootpage from sqlite_schema where name = 'sqlite_stat1'"
    ).fetchall()
    connection.close()
    data = path.read_bytes()
    path.write_bytes(data[: (root - 1) * 4096] + damage + data[root * 4096 :])
    library: Any
    for library in (sqlite3, foundrydb):
        connection = library.connect(path, isolation_level=None)
        connection.execute("insert into t values (3)")
        assert connection.execute("select count(*) from t where a = 3").fetchone()[0] > 0
        connection.close()


def test_of_a_view_nothing_is_known() -> None:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.executescript("create table t(a); insert into t values (1); create view v as select a from t")
    connection.execute("analyze t")
    connection.execute("analyze v")
    assert connection.execute("select * from sqlite_stat1").fetchall() == [("t", None, "1")]


STATISTICS = [
    "9" * 400,
    "0 0 0",
    "-5",
    "",
    "nan",
    "1e400",
    "100 0",
    "5 5 5 5 5",
    "9" * 20 + " 1",
    "2 unordered sz=" + "9" * 30,
]


@pytest.mark.parametrize("stat", STATISTICS)
def test_statistics_that_make_no_sense(stat: str) -> None:
    """They change plans, not rows."""
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.executescript("create table t(a, b, c); create index i on t(a, b); create index j on t(c)")
    connection.execute("insert into t values (1, 2, 3), (1, 3, 4), (2, 3, 3)")
    queries = [
        "select * from t where a = 1 and b > 2",
        "select x.a, y.b from t as x, t as y where x.a = y.a and y.c = 3 order by x.b, y.b",
        "select b, count(*) from t where b = 3 group by b",
        "select distinct a from t order by 1 limit 2",
        "select * from t where a = 2 or c = 4 order by a",
        "select count(*) from t join t as u using (a) where t.c in (1, 2, 3)",
    ]
    before = [connection.execute(query).fetchall() for query in queries]
    connection.execute("analyze")
    connection.execute("update sqlite_stat1 set stat = ?", (stat,))
    connection.execute("analyze sqlite_schema")
    assert [connection.execute(query).fetchall() for query in queries] == before
