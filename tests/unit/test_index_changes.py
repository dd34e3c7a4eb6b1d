"""Changes of indexes that wait: nobody can tell that they do, whoever looks, goes back, or fails."""

from __future__ import annotations

import random
import sqlite3
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import foundrydb
from foundrydb.storage.format.record import encode
from foundrydb.storage.format.values import BINARY, UTF8, KeyInfo
from foundrydb.storage.tree.backlog.backlog import MOST_BUDGET

TABLE = "create table t(id integer primary key, a, b text collate nocase, c real, d text collate rtrim)"
INDEXES = [
    "create index t_a on t(a)",
    "create index t_b on t(b, a desc)",
    "create index t_c on t(c desc)",
    "create index t_d on t(d)",
    "create index t_e on t(abs(id) % 7) where a is not null",
    "create unique index t_u on t(a, id)",
    "create index t_l on t(b collate length)",
]
LOOKS = [
    "select count(*), sum(id) from t indexed by t_a where a > 50",
    "select group_concat(id) from (select id from t indexed by t_b where b between 'c' and 'p' order by b, a desc, id)",
    "select group_concat(id) from (select id from t indexed by t_c where c < 7 order by c desc, id)",
    "select id from t indexed by t_d where d = 'x  ' order by id",
    "select max(a), min(a) from t",
]


def by_length(left: str, right: str) -> int:
    return (len(left) > len(right)) - (len(left) < len(right))


def both(path: Path, page_size: int) -> list[Any]:
    connections: list[Any] = [
        foundrydb.connect(path / "ours.db", isolation_level=None),
        sqlite3.connect(path / "theirs.db", isolation_level=None),
    ]
    for connection in connections:
        connection.create_collation("length", by_length)
        connection.execute(f"pragma page_size = {page_size}")
        for text in [TABLE, *INDEXES]:
            connection.execute(text)
    return connections


def some_value(rng: random.Random) -> object:
    return rng.choice(
        [
            None,
            rng.randrange(100),
            float(rng.randrange(100)),
            rng.randrange(40) / 4,
            2**53 + rng.randrange(3),
            rng.choice(["x", "x ", "X", "y\0z", "long " * rng.randrange(40), "é"]),
            bytes([rng.randrange(3)]) * rng.randrange(50),
        ]
    )


def some_statement(rng: random.Random) -> tuple[str, list[object]]:
    key = rng.randrange(300)
    values = [some_value(rng) for _ in range(4)]
    statements: list[tuple[str, list[object]]] = [
        ("insert or replace into t values(?, ?, ?, ?, ?)", [key, *values]),
        ("insert or ignore into t values(?, ?, ?, ?, ?)", [key, *values]),
        ("update t set a = ?, d = ? where id = ?", [values[0], values[1], key]),
        ("update t set b = ?, c = ? where id between ? and ?", [values[0], values[1], key, key + 20]),
        ("update or replace t set id = ? where id = ?", [key, rng.randrange(300)]),
        ("update t set a = a where a > ?", [key % 100]),
        ("delete from t where id = ?", [key]),
        ("delete from t where a = ?", [key % 100]),
        ("delete from t where id % 5 = ?", [key % 5]),
        ("savepoint s", []),
        ("release s", []),
        ("rollback to s", []),
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


@pytest.mark.parametrize("seed", range(6))
def test_random_changes(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    ours, theirs = both(tmp_path, 512 if seed % 3 else 4096)
    if seed % 2:
        ours.session.engine.attached.database(0).backlog.most = 400
    for _ in range(600):
        text, values = some_statement(rng)
        assert outcome(ours, text, values) == outcome(theirs, text, values), text
        if rng.random() < 0.1:
            look = rng.choice(LOOKS)
            assert ours.execute(look).fetchall() == theirs.execute(look).fetchall(), look
    for connection in (ours, theirs):
        if connection.in_transaction:
            connection.commit()
    rows = "select * from t order by id"
    assert ours.execute(rows).fetchall() == theirs.execute(rows).fetchall()
    ours.close()
    check = sqlite3.connect(tmp_path / "ours.db")
    check.create_collation("length", by_length)
    assert check.execute("pragma integrity_check").fetchall() == [("ok",)]


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Any]:
    connection: Any = foundrydb.connect(tmp_path / "t.db", isolation_level=None)
    connection.execute("create table t(id integer primary key, a)")
    connection.execute("create index t_a on t(a)")
    yield connection
    connection.close()


def count(connection: Any) -> object:
    return connection.execute("select count(*) from t where a >= 0").fetchone()[0]


def test_parameters_that_look(connection: Any) -> None:
    """A generator of parameters sees the rows that its own statement has written."""
    seen = []

    def rows() -> Iterator[tuple[int]]:
        for i in range(50):
            seen.append(count(connection))
            yield (i * 37 % 50,)

    connection.execute("begin")
    connection.executemany("insert into t(a) values(?)", rows())
    assert seen == list(range(50))


def test_a_statement_that_reads_meanwhile(connection: Any) -> None:
    connection.executemany("insert into t(a) values(?)", [(i * 10,) for i in range(1000)])
    reader = connection.execute("select a from t where a >= 0")
    met = [reader.fetchone()[0] for _ in range(100)]
    connection.execute("delete from t where a % 20 = 10")
    connection.execute("insert into t(a) values(5)")
    met += [row[0] for row in reader]
    assert met[100:][-1] == 9980
    assert all(value % 20 == 0 for value in met[400:])


def test_pages_are_counted(connection: Any) -> None:
    connection.execute("begin")
    before = connection.execute("pragma page_count").fetchone()[0]
    connection.executemany("insert into t(a) values(?)", [(bytes(500) + bytes([i]),) for i in range(200)])
    within = connection.execute("pragma page_count").fetchone()[0]
    connection.execute("commit")
    assert before < within == connection.execute("pragma page_count").fetchone()[0]


def test_copies_have_them(connection: Any) -> None:
    connection.execute("begin")
    connection.executemany("insert into t(a) values(?)", [(i,) for i in range(100)])
    copy = sqlite3.connect(":memory:")
    copy.deserialize(connection.serialize())
    assert copy.execute("pragma integrity_check").fetchall() == [("ok",)]
    assert copy.execute("select count(*) from t indexed by t_a where a >= 0").fetchall() == [(100,)]


def test_more_bytes_than_may_wait(connection: Any) -> None:
    connection.execute("begin")
    size = MOST_BUDGET // 20
    connection.executemany("insert into t(a) values(?)", [(bytes([i % 251]) * size,) for i in range(50)])
    connection.execute("commit")
    assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]


def test_as_many_pages_as_there_may_be(connection: Any) -> None:
    """Where the file must not grow, the statement that would need a page fails, and no later one."""
    connection.execute("pragma max_page_count = 10")
    connection.execute("begin")
    with pytest.raises(foundrydb.OperationalError, match="full"):
        for i in range(10_000):
            connection.execute("insert into t(a) values(?)", (bytes(100) + i.to_bytes(4, "big"),))
    assert not connection.in_transaction
    assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]


def test_a_damaged_index(tmp_path: Path) -> None:
    """A change that cannot be made when its turn comes takes the transaction with it."""
    path = tmp_path / "t.db"
    made = sqlite3.connect(path)
    made.execute("create table t(id integer primary key, a)")
    made.execute("create index t_a on t(a)")
    made.commit()
    root = made.execute("select rootpage from sqlite_schema where name = 't_a'").fetchone()[0]
    made.close()
    data = bytearray(path.read_bytes())
    data[(root - 1) * 4096] = 99
    path.write_bytes(data)
    connection: Any = foundrydb.connect(path, isolation_level=None)
    connection.execute("begin")
    connection.executemany("insert into t values(?, ?)", [(i, i) for i in range(10)])
    with pytest.raises(foundrydb.DatabaseError, match="malformed"):
        connection.execute("commit")
    assert not connection.in_transaction
    assert connection.execute("select count(*) from t not indexed").fetchone() == (0,)
    connection.execute("begin")
    connection.execute("insert into t values(1, 1)")
    with pytest.raises(foundrydb.DatabaseError, match="malformed"):
        connection.execute("select * from t where a = 1").fetchall()
    assert not connection.in_transaction


def test_what_waits_takes_little(connection: Any) -> None:
    """A change that waits is its record and a few bytes, not objects."""
    database = connection.session.engine.attached.database(0)
    connection.execute("begin")
    connection.execute("insert into t(a) values(1)")
    root = connection.execute("select rootpage from sqlite_schema where name = 't_a'").fetchone()[0]
    cursor = database.index_cursor(root, KeyInfo([BINARY, BINARY], [False, False]))
    tracemalloc.start()
    for i in range(8_000):
        database.insert_later(cursor, encode([1 << 30, i], UTF8, 4))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 8_000 * 10 < held < 8_000 * 30
    connection.execute("rollback")
    assert count(connection) == 0
