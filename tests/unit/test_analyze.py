"""ANALYZE: sqlite_stat1 is what C SQLite makes of the same rows, and C SQLite reads it."""

from __future__ import annotations

from pathlib import Path

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
    query = "select tbl, idx, stat from sqlite_stat1 order by tbl, idx"
    read = apsw.Connection(path)
    assert [tuple(row) for row in read.execute(query)] == [tuple(row) for row in theirs.execute(query)]
    assert list(read.execute("pragma integrity_check")) == [("ok",)]
