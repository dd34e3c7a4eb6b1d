"""Cursors that stay where they stand between the statements of a transaction are as good as new ones."""

from __future__ import annotations

import sqlite3

import hypothesis.strategies as st
import pytest
from hypothesis import given

import foundrydb

TABLE = "CREATE TABLE t(id INTEGER PRIMARY KEY, a)"
INDEXED = "CREATE TABLE t(id INTEGER PRIMARY KEY, a); CREATE INDEX i ON t(a)"
CLUSTERED = "CREATE TABLE t(id INTEGER, a, PRIMARY KEY(id, a)) WITHOUT ROWID"

LEAVES = [
    "UPDATE t SET a = a + 1 WHERE id = ?",
    "SELECT a FROM t WHERE id = ?",
    "DELETE FROM t WHERE id = ?",
    "INSERT OR IGNORE INTO t VALUES (?, 7)",
    "INSERT INTO t VALUES (?, 8)",
    "SELECT id FROM t WHERE a = ?",
    "UPDATE t SET id = id + 40 WHERE id = ?",
]
ASKS = [
    "SELECT id FROM t WHERE id > ?",
    "SELECT id FROM t WHERE id >= ?",
    "SELECT id FROM t WHERE id < ? ORDER BY id DESC",
    "SELECT id FROM t WHERE id <= ? ORDER BY id DESC",
    "SELECT id FROM t WHERE a > ? ORDER BY a, id",
    "SELECT id FROM t WHERE a <= ? ORDER BY a DESC, id DESC",
    "SELECT max(id) FROM t WHERE id <> ?",
    "UPDATE t SET a = a + 1 WHERE id > ? RETURNING id",
    "SELECT u.id FROM t AS u LEFT JOIN t AS v ON v.id > u.id WHERE u.id >= ? ORDER BY u.id, v.id",
]


def run(connection: sqlite3.Connection | foundrydb.Connection, sql: str, value: int) -> object:
    try:
        return connection.execute(sql, (value,)).fetchall()
    except (sqlite3.IntegrityError, foundrydb.IntegrityError) as error:
        return str(error)


@pytest.mark.parametrize("schema", [TABLE, INDEXED, CLUSTERED], ids=["rowid", "indexed", "without rowid"])
@given(
    ids=st.sets(st.integers(0, 30), max_size=20),
    steps=st.lists(
        st.tuples(st.sampled_from(LEAVES), st.integers(0, 32), st.sampled_from(ASKS), st.integers(-1, 32)),
        max_size=12,
    ),
)
def test_every_statement_of_a_transaction_answers_as_in_sqlite(
    schema: str, ids: set[int], steps: list[tuple[str, int, str, int]]
) -> None:
    ours = foundrydb.connect(":memory:", isolation_level=None)
    theirs = sqlite3.connect(":memory:", isolation_level=None)
    for connection in (ours, theirs):
        connection.executescript(schema)
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO t VALUES (?, ?)", [(i, i % 5) for i in sorted(ids)])
    for leaves, value, asks, bound in steps:
        assert run(ours, leaves, value) == run(theirs, leaves, value)
        assert run(ours, asks, bound) == run(theirs, asks, bound)
        assert run(ours, asks, value) == run(theirs, asks, value)
    ours.close()
    theirs.close()
