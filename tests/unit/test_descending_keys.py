"""WITHOUT ROWID tables whose single INTEGER key is declared DESC, in files that C SQLite reads and writes too."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

import foundrydb

KEYS = [
    "id INTEGER, k, PRIMARY KEY (id DESC)",
    '"id" integer, k, CONSTRAINT c PRIMARY KEY ("id" DESC) ON CONFLICT REPLACE',
    "id INTEGER COLLATE NOCASE, k, PRIMARY KEY (id COLLATE BINARY DESC)",
    "id INTEGER, k, UNIQUE (id), PRIMARY KEY (id DESC)",
    "id INTEGER, k, PRIMARY KEY (id)",
]
QUERIES = [
    "SELECT id FROM t",
    "SELECT count(*) FROM t WHERE id > 290",
    "SELECT k FROM t WHERE id = 5",
    "SELECT id FROM t WHERE id BETWEEN 5 AND 9",
    "SELECT id FROM t ORDER BY id LIMIT 2",
    "SELECT desc FROM pragma_index_xinfo('sqlite_autoindex_t_1')",
    "PRAGMA integrity_check",
]


@pytest.mark.parametrize("key", KEYS)
def test_both_engines_keep_one_order(tmp_path: Path, key: str) -> None:
    path = str(tmp_path / "keys.db")
    theirs = apsw.Connection(path)
    theirs.execute(f"CREATE TABLE t({key}) WITHOUT ROWID")
    theirs.executemany("INSERT INTO t VALUES (?, ?)", [(number * 7 % 300, number) for number in range(300)])
    ours = foundrydb.connect(path, isolation_level=None)
    for sql in QUERIES:
        assert ours.execute(sql).fetchall() == [tuple(row) for row in theirs.execute(sql)], sql
    ours.execute("DELETE FROM t WHERE id % 3 = 0")
    ours.execute("INSERT INTO t VALUES (1000, -1), (600, -2)")
    ours.execute("UPDATE t SET id = id + 2000 WHERE id < 10")
    for sql in QUERIES:
        assert ours.execute(sql).fetchall() == [tuple(row) for row in theirs.execute(sql)], sql
    ours.close()
    theirs.close()


@pytest.mark.parametrize("key", KEYS)
def test_a_table_of_ours_is_in_their_order(tmp_path: Path, key: str) -> None:
    path = str(tmp_path / "keys.db")
    ours = foundrydb.connect(path, isolation_level=None)
    ours.execute(f"CREATE TABLE t({key}) WITHOUT ROWID")
    ours.executemany("INSERT INTO t VALUES (?, ?)", [(number * 7 % 300, number) for number in range(300)])
    theirs = apsw.Connection(path)
    for sql in QUERIES:
        assert [tuple(row) for row in theirs.execute(sql)] == ours.execute(sql).fetchall(), sql
    ours.close()
    theirs.close()
