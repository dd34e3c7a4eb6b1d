"""UPDATEs whose new values are as long as the old ones, which are written over them in the page's image."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path
from typing import Any

import pytest

import foundrydb

VALUES: list[list[object]] = [
    [0, 1],
    [7, -7, 100],
    [1000, -2000],
    [70_000, -80_000],
    [2**40, -(2**40)],
    [2**60, -(2**61), 0.5, -1e300],
    ["abc", "def", "é1"],
    [b"ab", b"\0\xff"],
    [None],
    ["a long text " * 20, "another text" * 20],
]
"""Values of one length each."""


def some_value(rng: random.Random) -> object:
    return rng.choice(rng.choice(VALUES))


def some_statement(rng: random.Random) -> tuple[str, list[object]]:
    key = rng.randrange(400)
    like = rng.choice(VALUES)
    statements: list[tuple[str, list[object]]] = [
        ("update t set a = ? where a = ?", [rng.choice(like), rng.choice(like)]),
        ("update t set a = ? where typeof(a) = typeof(?1)", [rng.choice(like)]),
        ("update t set a = a + 1", []),
        ("update t set b = b, c = c + 1 where id % 3 = 0", []),
        ("update t set b = ?, d = ? where id = ?", [some_value(rng), some_value(rng), key]),
        ("update t set d = b, b = d where id between ? and ?", [key, key + 30]),
        ("update t set a = (select max(a) from t) where id = ?", [key]),
        (
            "insert into t values(?, ?, ?, ?, ?) on conflict do update set a = ?, b = ?",
            [key] + [some_value(rng) for _ in range(6)],
        ),
        ("insert or replace into t values(?, ?, ?, ?, ?)", [key] + [some_value(rng) for _ in range(4)]),
        ("delete from t where id = ?", [key]),
        ("savepoint s", []),
        ("rollback to s", []),
        ("release s", []),
        ("begin", []),
        ("commit", []),
        ("rollback", []),
    ]
    return rng.choice(statements)


def outcome(connection: Any, text: str, values: list[object]) -> object:
    try:
        cursor = connection.execute(text, values)
        return cursor.fetchall(), cursor.rowcount
    except (sqlite3.Error, foundrydb.Error) as problem:
        return str(problem)


@pytest.mark.parametrize("page_size", [512, 1024, 4096, 65536])
def test_random_changes(tmp_path: Path, page_size: int) -> None:
    rng = random.Random(page_size)
    ours: Any = foundrydb.connect(tmp_path / "ours.db", isolation_level=None)
    theirs: Any = sqlite3.connect(tmp_path / "theirs.db", isolation_level=None)
    for connection in (ours, theirs):
        connection.execute(f"pragma page_size = {page_size}")
        connection.execute("pragma cache_size = 10")
        connection.execute("create table t(id integer primary key, a, b, c real, d text)")
    for _ in range(500):
        text, values = some_statement(rng)
        assert outcome(ours, text, values) == outcome(theirs, text, values), text
        if rng.random() < 0.1:
            look = rng.choice(["select * from t order by id desc", "select max(c), count(b) from t"])
            assert ours.execute(look).fetchall() == theirs.execute(look).fetchall()
    for connection in (ours, theirs):
        if connection.in_transaction:
            connection.commit()
    rows = "select *, typeof(a), typeof(c) from t order by id"
    assert ours.execute(rows).fetchall() == theirs.execute(rows).fetchall()
    ours.close()
    assert sqlite3.connect(tmp_path / "ours.db").execute("pragma integrity_check").fetchall() == [("ok",)]


def test_a_reader_on_the_same_page(tmp_path: Path) -> None:
    """Another statement that stands on the page sees what is written over the rows that it comes to."""
    connection: Any = foundrydb.connect(tmp_path / "t.db", isolation_level=None)
    connection.execute("create table t(id integer primary key, a)")
    connection.executemany("insert into t values(?, ?)", [(i, 10) for i in range(1, 101)])
    reader = connection.execute("select id, a from t")
    first = [reader.fetchone() for _ in range(3)]
    connection.execute("update t set a = 20")
    connection.execute("update t set a = 30 where id % 2")
    rest = list(reader)
    assert first == [(1, 10), (2, 10), (3, 10)]
    assert rest[-50:] == [(i, 30 if i % 2 else 20) for i in range(51, 101)]
    assert connection.execute("select sum(a) from t").fetchone() == (2500,)


def test_rows_that_are_changed_again(tmp_path: Path) -> None:
    connection: Any = foundrydb.connect(tmp_path / "t.db", isolation_level=None)
    connection.execute("create table t(id integer primary key, a)")
    connection.executemany("insert into t values(?, ?)", [(i, i % 100) for i in range(1, 301)])
    connection.execute("begin")
    for i in (5, 7, 6, 5, 300, 5):
        connection.execute("update t set a = a + 1 where id = ?", (i,))
        assert connection.execute("select a from t where id = ?", (i,)).fetchone()[0] > i % 100
    connection.execute("savepoint s")
    connection.execute("update t set a = 77 where id < 200")
    connection.execute("rollback to s")
    assert connection.execute("select a from t where id in (5, 6, 7, 8)").fetchall() == [
        (8,),
        (7,),
        (8,),
        (8,),
    ]
    connection.execute("commit")
    assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize(
    "change",
    [
        "update t set v = v + 5 where pad like '%q%'",
        "update t set v = v + length(w) where pad <> w",
        "update t set w = v where pad > 'a'",
        "update t set w = 'as long as before' where pad > 'a'",
    ],
)
def test_rows_with_overflow_pages_that_were_read_whole(change: str) -> None:
    answers = []
    for connection in (
        sqlite3.connect(":memory:", isolation_level=None),
        foundrydb.connect(":memory:", isolation_level=None),
    ):
        connection.execute("pragma page_size = 512")
        connection.execute("create table t(k integer primary key, v int, pad text, w)")
        rows = [(i, i * 7, "q" * (i * 400), "x" * 17 if i % 2 else i) for i in range(12)]
        connection.executemany("insert into t values (?, ?, ?, ?)", rows)
        for statement in ("update t set v = v + 1", change, change):
            connection.execute(statement)
        answers.append(connection.execute("select * from t").fetchall())
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
    assert answers[0] == answers[1]
