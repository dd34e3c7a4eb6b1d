"""PRAGMA incremental_vacuum beside C SQLite: how many pages go, and that the file stays whole."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import apsw
import pytest

import foundrydb

FILL = """
CREATE TABLE t(a INTEGER PRIMARY KEY, b);
CREATE INDEX i ON t(b);
CREATE TABLE kept(a, b);
"""


def prepare(module: Any, path: Path, mode: str) -> Any:
    connection = module.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = off")
    connection.execute("PRAGMA page_size = 512")
    connection.execute(f"PRAGMA auto_vacuum = {mode}")
    connection.executescript(FILL)
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO t VALUES (?, ?)", [(i, f"{i:0300}") for i in range(80)])
    connection.executemany("INSERT INTO kept VALUES (?, ?)", [(i, "x" * 900) for i in range(10)])
    connection.execute("DELETE FROM t WHERE a % 4 > 0")
    connection.execute("COMMIT")
    return connection


def pages(connection: Any) -> int:
    return int(connection.execute("PRAGMA page_count").fetchone()[0])


ARGUMENTS = ["", "(1)", " = 7", "(0)", "(-3)", "(nonsense)", "('2')", "(100000)", " = 5.9"]


@pytest.mark.parametrize(
    ("mode", "argument"),
    [*(("incremental", argument) for argument in ARGUMENTS), ("none", "(3)"), ("full", "(3)")],
)
def test_as_many_pages_go_as_with_sqlite(tmp_path: Path, mode: str, argument: str) -> None:
    path = tmp_path / "ours.db"
    prepare(foundrydb, path, mode).close()
    copy = tmp_path / "theirs.db"
    copy.write_bytes(path.read_bytes())
    ours = foundrydb.connect(path, isolation_level=None)
    theirs = apsw.Connection(str(copy))
    for connection in (ours, theirs):
        list(connection.execute("PRAGMA incremental_vacuum" + argument))
    counts = [list(connection.execute("PRAGMA freelist_count")) for connection in (ours, theirs)]
    assert pages(ours) == pages(theirs)
    assert counts[0] == counts[1]
    rows = ours.execute("SELECT * FROM t, kept WHERE t.a = kept.a ORDER BY 1").fetchall()
    assert rows == theirs.execute("SELECT * FROM t, kept WHERE t.a = kept.a ORDER BY 1").fetchall()
    ours.close()
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_rollback_brings_the_pages_back(tmp_path: Path) -> None:
    connection = prepare(foundrydb, tmp_path / "a.db", "incremental")
    before = pages(connection)
    connection.execute("BEGIN")
    connection.execute("SAVEPOINT s")
    connection.execute("PRAGMA incremental_vacuum(9)")
    assert pages(connection) == before - 10  # a page of pointers goes along
    connection.execute("ROLLBACK TO s")
    assert pages(connection) == before
    connection.execute("PRAGMA incremental_vacuum")
    connection.execute("ROLLBACK")
    assert pages(connection) == before
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
