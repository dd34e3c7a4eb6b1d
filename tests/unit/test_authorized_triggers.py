"""What an authorizer is asked about triggers, and about what their programs do: C SQLite is asked the same."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

import foundrydb

TABLES = """
CREATE TABLE t(a INTEGER PRIMARY KEY, b, c);
CREATE TABLE log(x, y);
CREATE VIEW v AS SELECT a, b FROM t;
CREATE TEMP TABLE tt(q);
INSERT INTO t VALUES (2, 3, 4), (8, 9, 10);
"""

LOGGED = "CREATE TRIGGER r AFTER INSERT ON t WHEN new.a > 1 BEGIN INSERT INTO log VALUES (new.a, new.b); END"

IN_ORDER = [
    ("", "CREATE TRIGGER r AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a, nosuch.b); END"),
    ("", "CREATE TEMP TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END"),
    ("", "CREATE TRIGGER r AFTER INSERT ON tt BEGIN SELECT 1; END"),
    ("", "CREATE TRIGGER temp.r AFTER INSERT ON t BEGIN SELECT 1; END"),
    ("", "CREATE TRIGGER r INSTEAD OF INSERT ON v BEGIN SELECT 1; END"),
    (LOGGED, "CREATE TRIGGER IF NOT EXISTS r AFTER INSERT ON t BEGIN SELECT 1; END"),
    (LOGGED, "DROP TRIGGER r"),
    (LOGGED, "DROP TABLE t"),
    ("CREATE TEMP TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END", "DROP TRIGGER r"),
    ("CREATE TRIGGER r INSTEAD OF INSERT ON v BEGIN SELECT 1; END", "DROP VIEW v"),
    (LOGGED, "INSERT INTO t VALUES (1, 2, 3)"),
    (LOGGED, "REPLACE INTO t VALUES (2, 2, 3)"),
    ("CREATE TEMP TRIGGER r AFTER INSERT ON t BEGIN INSERT INTO log SELECT a, abs(new.b) FROM t WHERE c = new.c; END",
     "INSERT INTO t VALUES (1, 2, 3)"),
    ("CREATE TRIGGER r AFTER UPDATE OF b ON t WHEN old.b IS NOT new.b BEGIN UPDATE log SET x = old.a WHERE y = new.a; "
     "DELETE FROM log WHERE y = new.rowid; SELECT RAISE(IGNORE) WHERE new.a > 5; END",
     "UPDATE t SET b = 1 WHERE a = 2"),
    ("CREATE TRIGGER r AFTER UPDATE OF b ON t BEGIN INSERT INTO log VALUES (1, old.b); END",
     "INSERT INTO t VALUES (2, 2, 3) ON CONFLICT (a) DO UPDATE SET b = 4"),
    ("CREATE TRIGGER r INSTEAD OF INSERT ON v BEGIN INSERT INTO t VALUES (new.a, new.b, 1) "
     "ON CONFLICT (a) DO UPDATE SET b = excluded.b WHERE t.c; END", "INSERT INTO v VALUES (1, 2)"),
]  # fmt: skip


def outcome(module: Any, trigger: str, sql: str, number: int, wanted: int) -> tuple[list[Any], Any]:
    """What is asked about a statement, and what comes of it; ``wanted`` is answered to question ``number``."""
    con = module.connect(":memory:", isolation_level=None)
    con.executescript(TABLES)
    if trigger:
        con.execute(trigger)
    asked: list[Any] = []

    def answer(*question: Any) -> int:
        asked.append(question)
        return wanted if len(asked) - 1 == number else 0

    con.set_authorizer(answer)
    try:
        con.execute(sql).fetchall()
        told = ""
    except module.Error as problem:
        told = f"{type(problem).__name__}: {problem}"
    con.set_authorizer(None)
    names = con.execute(
        "SELECT name FROM sqlite_schema UNION ALL SELECT name FROM sqlite_temp_schema"
    ).fetchall()
    held = [con.execute(f"SELECT * FROM {name}").fetchall() for name in ("t", "log") if (name,) in names]
    con.close()
    return asked, (told, names, held)


@pytest.mark.parametrize(("trigger", "sql"), IN_ORDER)
def test_the_same_questions_in_the_same_order(trigger: str, sql: str) -> None:
    assert outcome(foundrydb, trigger, sql, -1, 0) == outcome(sqlite3, trigger, sql, -1, 0)


@pytest.mark.parametrize(("trigger", "sql"), IN_ORDER)
@pytest.mark.parametrize("wanted", [sqlite3.SQLITE_DENY, sqlite3.SQLITE_IGNORE])
def test_each_question_can_be_answered_otherwise(trigger: str, sql: str, wanted: int) -> None:
    for number, question in enumerate(outcome(sqlite3, trigger, sql, -1, 0)[0]):
        half = str(question[1]).startswith("sqlite_") or sql.startswith(("DROP TABLE", "DROP VIEW"))
        if wanted == sqlite3.SQLITE_IGNORE and half:
            continue  # what is left would be half of a change of the schema
        expected = outcome(sqlite3, trigger, sql, number, wanted)
        assert outcome(foundrydb, trigger, sql, number, wanted)[1] == expected[1], question
