"""EXPLAIN and EXPLAIN QUERY PLAN: the columns, SQLite's words, and that explaining runs nothing."""

from __future__ import annotations

import apsw
import pytest

import foundrydb

SCHEMA = (
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b, c)",
    "CREATE INDEX tb ON t(b)",
    "CREATE INDEX tbc ON t(b, c)",
    "CREATE TABLE u(x, y, z PRIMARY KEY)",
    "CREATE VIEW v AS SELECT b, count(*) AS n FROM t GROUP BY b",
)

SAME_PLANS = (
    "SELECT * FROM t",
    "SELECT * FROM t WHERE a = 1",
    "SELECT * FROM t WHERE a > 1 AND a < 5",
    "SELECT * FROM t WHERE b = 1 AND c > 2",
    "SELECT * FROM t ORDER BY c",
    "SELECT * FROM t CROSS JOIN u WHERE u.z = t.b",
    "SELECT * FROM t LEFT JOIN u ON u.z = t.b",
    "SELECT c, count(*) FROM t GROUP BY c",
    "SELECT DISTINCT c FROM t",
    "SELECT * FROM v",
    "WITH c AS MATERIALIZED (SELECT * FROM t) SELECT * FROM c",
    "SELECT count(DISTINCT c) FROM t",
    "SELECT * FROM t WHERE b IN (1, 2, 3)",
    "VALUES (1), (2)",
    "SELECT 1",
    "DELETE FROM t WHERE a = 1",
)


@pytest.fixture
def ours() -> foundrydb.Connection:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    for sql in SCHEMA:
        connection.execute(sql)
    return connection


@pytest.mark.parametrize("sql", SAME_PLANS)
def test_query_plans_in_sqlites_words(ours: foundrydb.Connection, sql: str) -> None:
    theirs = apsw.Connection(":memory:")
    for statement in SCHEMA:
        theirs.execute(statement)
    expected = [row[3] for row in theirs.execute("EXPLAIN QUERY PLAN " + sql)]
    cursor = ours.execute("EXPLAIN QUERY PLAN " + sql)
    assert [column[0] for column in cursor.description or ()] == ["id", "parent", "notused", "detail"]
    assert [row[3] for row in cursor] == expected


def test_lines_hang_on_their_parents(ours: foundrydb.Connection) -> None:
    rows = ours.execute("EXPLAIN QUERY PLAN SELECT x FROM u UNION ALL SELECT b FROM v").fetchall()
    numbers = {row[0] for row in rows}
    assert rows[0][1:] == (0, 0, "COMPOUND QUERY")
    assert all(row[1] == 0 or row[1] in numbers for row in rows)
    assert [row[3] for row in rows if row[1] == rows[0][0]] == ["LEFT-MOST SUBQUERY", "UNION ALL"]


def test_explain_lists_the_program_and_runs_nothing(ours: foundrydb.Connection) -> None:
    cursor = ours.execute("EXPLAIN INSERT INTO u VALUES (1, 2, 3)")
    names = ["addr", "opcode", "p1", "p2", "p3", "p4", "p5", "comment"]
    assert [column[0] for column in cursor.description or ()] == names
    rows = cursor.fetchall()
    assert [row[0] for row in rows] == list(range(len(rows)))
    opcodes = [row[1] for row in rows]
    assert opcodes[0] == "Init" and opcodes[-1] == "Goto"
    assert "NoConflict" in opcodes and "InsertRow" in opcodes
    assert ours.execute("SELECT count(*) FROM u").fetchall() == [(0,)]


def test_a_whole_scan_is_three_instructions_a_row(ours: foundrydb.Connection) -> None:
    opcodes = [row[1] for row in ours.execute("EXPLAIN SELECT * FROM t")]
    assert opcodes[1:6] == ["OpenRead", "Rewind", "ResultColumns", "Next", "Halt"]


def test_constants_are_loaded_once_before_the_loop(ours: foundrydb.Connection) -> None:
    rows = ours.execute("EXPLAIN SELECT b + 1 FROM t WHERE c = 'x' || 'y'").fetchall()
    opcodes = [row[1] for row in rows]
    halt = opcodes.index("Halt")
    assert opcodes.index("Integer") > halt
    assert opcodes.index("String8") > halt
    assert opcodes.index("Next") < halt
