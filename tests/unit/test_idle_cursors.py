"""Cursors that were put away, and are taken again while the tree changes around them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import foundrydb


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[foundrydb.Connection]:
    connection = foundrydb.connect(tmp_path / "idle.db", isolation_level=None)
    connection.execute("create table t(id integer primary key, a, b)")
    connection.execute("create index t_a on t(a)")
    connection.execute("create table u(id integer primary key, a unique)")
    yield connection
    assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
    connection.close()


def rows(connection: foundrydb.Connection, table: str) -> list[tuple[object, ...]]:
    return connection.execute(f"select * from {table} order by 1").fetchall()


def test_the_parameters_change_the_same_table(connection: foundrydb.Connection) -> None:
    def parameters() -> Iterator[tuple[object, ...]]:
        for i in range(2000):
            if i % 7 == 3:
                connection.execute("delete from t where id = ?", (i - 2,))
            if i % 11 == 5:
                connection.execute("update t set a = a || 'x' where id between ? and ?", (i - 9, i - 4))
            yield (i, f"value {i * 37 % 100}", i)

    connection.execute("begin")
    connection.executemany("insert into t values(?, ?, ?)", parameters())
    connection.execute("commit")
    deleted = {i - 2 for i in range(2000) if i % 7 == 3}
    assert [row[0] for row in rows(connection, "t")] == [i for i in range(2000) if i not in deleted]


def test_a_rollback_to_a_savepoint_between_statements(connection: foundrydb.Connection) -> None:
    connection.execute("begin")
    for i in range(300):
        connection.execute("insert into t values(?, ?, ?)", (i, i % 10, "x" * 50))
        if i % 50 == 20:
            connection.execute("savepoint s")
        if i % 50 == 40:
            connection.execute("rollback to s")
            connection.execute("release s")
    connection.execute("commit")
    assert [row[0] for row in rows(connection, "t")] == [i for i in range(300) if not 20 < i % 50 <= 40]


def test_a_rollback_of_all(connection: foundrydb.Connection) -> None:
    connection.executemany("insert into u values(?, ?)", [(i, i) for i in range(50)])
    connection.execute("begin")
    connection.executemany("insert into u values(?, ?)", [(i, i) for i in range(50, 500)])
    connection.execute("rollback")
    connection.executemany("insert into u values(?, ?)", [(i, -i) for i in range(50, 60)])
    assert rows(connection, "u") == [(i, i if i < 50 else -i) for i in range(60)]


def test_a_failed_row_is_not_there(connection: foundrydb.Connection) -> None:
    connection.execute("begin")
    connection.executemany("insert into u values(?, ?)", [(i, i % 40) for i in range(40)])
    with pytest.raises(foundrydb.IntegrityError):
        connection.executemany("insert into u values(?, ?)", [(40, 100), (41, 7), (42, 101)])
    connection.execute("commit")
    assert rows(connection, "u") == [*((i, i) for i in range(40)), (40, 100)]


def test_dropped_and_made_anew(connection: foundrydb.Connection) -> None:
    connection.execute("begin")
    connection.execute("insert into u values(1, 1)")
    connection.execute("drop table u")
    connection.execute("create table u(id integer primary key, a unique)")
    connection.execute("insert into u values(2, 2)")
    connection.execute("commit")
    assert rows(connection, "u") == [(2, 2)]


def test_more_trees_than_idle_cursors(connection: foundrydb.Connection) -> None:
    connection.execute("begin")
    for table in range(20):
        connection.execute(f"create table m{table}(a, b unique)")
    for i in range(50):
        for table in range(20):
            connection.execute(f"insert into m{table} values(?, ?)", (i, table * 1000 + i))
    connection.execute("commit")
    assert rows(connection, "m13") == [(i, 13000 + i) for i in range(50)]


def test_a_range_that_begins_where_the_last_statement_stood(connection: foundrydb.Connection) -> None:
    connection.execute("insert into u values(1, 1), (5, 5), (9, 9)")
    connection.execute("begin")
    for _ in range(2):
        connection.execute("update u set a = 6 where id = 5")
        assert connection.execute("select id from u where id > 5").fetchall() == [(9,)]
        connection.execute("update u set a = 6 where id = 5")
        assert connection.execute("select id from u where id >= 5").fetchall() == [(5,), (9,)]
        connection.execute("update u set a = 8 where id = 9")
        assert connection.execute("select id from u where id < 20 order by id desc").fetchall()[0] == (9,)
    connection.execute("commit")
