"""Searches by what an index's entries have behind its own columns: the rowid, or columns of the primary key."""

from __future__ import annotations

from itertools import product

import apsw
import pytest

import foundrydb

SCHEMAS = {
    "rowid": "CREATE TABLE t(id INTEGER PRIMARY KEY, k, v); CREATE INDEX i ON t(k)",
    "backwards": "CREATE TABLE t(id INTEGER, k, v, PRIMARY KEY (id DESC)) WITHOUT ROWID; CREATE INDEX i ON t(k DESC)",
    "folded": "CREATE TABLE t(id TEXT COLLATE NOCASE PRIMARY KEY, k, v) WITHOUT ROWID; CREATE INDEX i ON t(k)",
}
VALUES = ["3", "2.5", "'3'", "'x'", "'X'", "NULL", "-1", "9e99", "x'33'"]
CONDITIONS = [*(f"id {op} {value}" for op, value in product(("<", "<=", ">", ">=", "="), VALUES))]
CONDITIONS += ["id BETWEEN 2 AND 4", "3 >= id", "id > 1 AND id < 4 AND id <> 3", "id IN (1, 3)", "id IS 3"]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_rows_and_their_order(schema: str) -> None:
    ours, theirs = foundrydb.connect(":memory:", isolation_level=None), apsw.Connection(":memory:")
    for connection in (ours, theirs):
        for sql in SCHEMAS[schema].split("; "):
            connection.execute(sql)
        ids: list[str | int] = ["1", "x", "Y", "z", "3"] if schema == "folded" else [1, 2, 3, 4, 5]
        others: list[str | int] = ["2", "xx", "YY", "zz", "4"] if schema == "folded" else [6, 7, 8, 9, 0]
        for k, keys in ((1, ids), (2, others)):
            connection.executemany("INSERT INTO t VALUES (?, ?, ?)", [(key, k, str(key)) for key in keys])
    searched = 0
    for condition, order in product(CONDITIONS, ("id", "id DESC")):
        sql = f"SELECT * FROM t INDEXED BY i WHERE k = 1 AND {condition} ORDER BY {order}"
        assert ours.execute(sql).fetchall() == [tuple(row) for row in theirs.execute(sql)], sql
        plan = [row[3] for row in ours.execute(f"EXPLAIN QUERY PLAN {sql}")]
        searched += any("AND rowid" in line or "AND id" in line for line in plan)
    assert searched > len(CONDITIONS)


def test_a_change_of_the_key_that_is_searched_for_waits() -> None:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, k)")
    connection.execute("CREATE INDEX i ON t(k)")
    connection.executemany("INSERT INTO t VALUES (?, 1)", [(number,) for number in range(1, 6)])
    connection.execute("UPDATE t INDEXED BY i SET id = id + 10 WHERE k = 1 AND id > 2")
    assert connection.execute("SELECT id FROM t ORDER BY id").fetchall() == [(1,), (2,), (13,), (14,), (15,)]
