"""A statement that writes takes little memory, however much it writes."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import foundrydb

ROWS = 400
LENGTH = 30_000
"""Together 12 MB, which is more than any budget."""


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Any]:
    connection: Any = foundrydb.connect(tmp_path / "t.db", isolation_level=None)
    connection.execute("pragma cache_size = -500")
    connection.execute("create table t(id integer primary key, a, b)")
    connection.execute("begin")
    connection.executemany("insert into t(a, b) values(?, ?)", ((i % 7, "b" * LENGTH) for i in range(ROWS)))
    connection.execute("create index t_a on t(a)")
    connection.execute("commit")
    yield connection
    connection.close()


@pytest.mark.parametrize(
    "text",
    [
        "insert into t(a, b) select a + 1, b from t",
        "insert into t(a, b) select a + 1, b from t order by a",
        "replace into t select id, a + 1, b from t",
        "update t set a = a + 1 where a > 0",
        "update t set id = id + 100000",
        "update t set b = b || 'x'",
        "delete from t where a > 0",
        "create table z as select * from t",
        "vacuum",
    ],
)
def test_peak(connection: Any, text: str) -> None:
    connection.execute("explain " + text).fetchall()  # so that what it needs is loaded
    tracemalloc.start()
    try:
        connection.execute(text)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 << 20
    assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_transaction_of_many_rows(tmp_path: Path, mode: str) -> None:
    """What has left the memory before the commit takes none, however much it is."""
    connection: Any = foundrydb.connect(tmp_path / "t.db", isolation_level=None)
    connection.execute("pragma cache_size = 20")
    connection.execute(f"pragma journal_mode = {mode}")
    connection.execute("create table n(id integer primary key, c text)")
    peaks = []
    for rows in (5, 200, 2000):  # the first time modules are loaded
        tracemalloc.start()
        try:
            connection.execute("begin")
            connection.executemany("insert into n(c) values (?)", ((f"{i:0999}",) for i in range(rows)))
            connection.execute("commit")
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    assert peaks[2] - peaks[1] < 300_000  # of 2 MB
    connection.close()
