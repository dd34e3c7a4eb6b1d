"""What a connection keeps of its cache when another one has written to the log: all pages that were not changed."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

import foundrydb


def opened(path: Path, vacuum: str = "none") -> Any:
    connection = foundrydb.connect(path, isolation_level=None)
    connection.execute(f"pragma auto_vacuum = {vacuum}")
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = off")
    return connection


def loads(connection: Any) -> int:
    return int(connection.engine.attached.database(0).pager.loads)


def test_only_changed_pages_are_read_again(tmp_path: Path) -> None:
    writer, reader = opened(tmp_path / "db"), opened(tmp_path / "db")
    writer.execute("create table t(id integer primary key, c text)")
    writer.executemany("insert into t values (?, ?)", [(i, "x" * 500) for i in range(400)])
    query = "select count(*), sum(length(c)) from t"
    assert reader.execute(query).fetchall() == [(400, 200_000)]
    before = loads(reader)
    writer.execute("update t set c = 'short' where id = 200")
    assert reader.execute(query).fetchall() == [(400, 199_505)]
    assert loads(reader) == before + 1
    writer.close()
    reader.close()


def test_a_log_that_begins_anew_is_not_taken_for_the_old_one(tmp_path: Path) -> None:
    writer, reader = opened(tmp_path / "db"), opened(tmp_path / "db")
    writer.execute("create table t(id integer primary key, c text)")
    writer.executemany("insert into t values (?, ?)", [(i, "x" * 500) for i in range(100)])
    assert reader.execute("select sum(length(c)) from t").fetchall() == [(50_000,)]
    for size in range(1, 6):
        writer.execute("pragma wal_checkpoint(restart)")
        writer.execute("update t set c = ?", ("y" * size,))
        if size % 2 == 1:
            assert reader.execute("select sum(length(c)) from t").fetchall() == [(100 * size,)]
    writer.close()
    reader.close()


def change(chance: random.Random, writer: Any) -> None:
    """Something that moves pages about."""
    kind = chance.randrange(12)
    if kind == 0:
        writer.execute(f"pragma wal_checkpoint({chance.choice(('passive', 'restart', 'truncate'))})")
    elif kind == 1:
        writer.execute(f"pragma incremental_vacuum({chance.randrange(20)})")
    elif kind == 2:
        writer.execute("delete from t where id % ? = 0", (chance.randrange(2, 5),))
    elif kind == 3:
        name = f"u{chance.randrange(3)}"
        writer.execute(f"drop table if exists {name}")
        writer.execute(f"create table {name}(a, b)")
        writer.execute(f"insert into {name} select id, c from t limit 50")
    elif kind == 4:
        writer.execute("begin")
        writer.execute("delete from t")
        writer.execute("rollback")
    elif kind == 5:
        writer.execute("vacuum")
    else:
        writer.execute("begin")
        for _ in range(chance.randrange(1, 30)):
            row = (chance.randrange(500), chance.randrange(50), "z" * chance.choice((3, 40, 900, 6000)))
            writer.execute("insert or replace into t values (?, ?, ?)", row)
        writer.execute("commit")


@pytest.mark.parametrize("seed", range(6))
def test_readers_see_what_was_written(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    vacuum = chance.choice(("none", "full", "incremental"))
    writers = [opened(tmp_path / "db", vacuum) for _ in range(2)]
    reader = opened(tmp_path / "db")
    writers[0].execute("create table t(id integer primary key, a int, c text)")
    writers[0].execute("create index t_a on t(a)")
    if chance.random() < 0.5:
        writers[0].execute("pragma cache_size = 10")
    for _ in range(120):
        writer = chance.choice(writers)
        change(chance, writer)
        if chance.random() < 0.6:
            for query in ("select * from t", "select name, rootpage, sql from sqlite_schema"):
                assert reader.execute(query).fetchall() == writer.execute(query).fetchall()
            by_index = "select a, count(*), sum(id) from t indexed by t_a where a >= 0 group by a"
            assert reader.execute(by_index).fetchall() == writer.execute(by_index).fetchall()
            assert reader.execute("pragma integrity_check").fetchall() == [("ok",)]
    for connection in (*writers, reader):
        connection.close()
