"""Authorizers: what is asked, in which order, and what the answers do; C SQLite is asked the same."""

from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import apsw
import pytest

import foundrydb

SCHEMA = """
CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, c);
CREATE TABLE u(x, y CHECK (y > 0), z DEFAULT (1 + 1));
CREATE INDEX tb ON t(b);
CREATE VIEW v AS SELECT a, b FROM t WHERE c > 1;
CREATE VIEW w(p) AS SELECT upper(b) FROM v;
CREATE TEMP TABLE tt(q);
CREATE TABLE wr(k PRIMARY KEY, d) WITHOUT ROWID;
INSERT INTO t VALUES (1, 'x', 2), (2, 'y', 3);
INSERT INTO u VALUES (1, 2, 3), (5, 6, 7);
INSERT INTO tt VALUES (4);
INSERT INTO wr VALUES (8, 9);
"""

IN_ORDER = [
    "SELECT a FROM t",
    "SELECT * FROM t",
    "SELECT t.* FROM t, u",
    "SELECT count(*) FROM t",
    "SELECT rowid, _rowid_ FROM u",
    "SELECT x.a, b AS bb FROM t AS x WHERE c = 2 GROUP BY b HAVING max(a) > 0 ORDER BY c",
    "SELECT (SELECT max(x) FROM u WHERE y = t.a) FROM t",
    "SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3",
    "SELECT 1",
    "VALUES (1), (2)",
    "SELECT * FROM v",
    "SELECT 1 FROM v",
    "SELECT p FROM w",
    "WITH k AS (SELECT a FROM t) SELECT a FROM k",
    "WITH k(i) AS (SELECT b FROM t UNION ALL SELECT i + 1 FROM k WHERE i < 9) SELECT i FROM k",
    "SELECT (WITH k(i) AS (SELECT 1 UNION SELECT i + 1 FROM k WHERE i < a LIMIT 5) SELECT max(i) FROM k) FROM t",
    "SELECT a FROM t WHERE b LIKE 'x%' OR b GLOB 'y'",
    "SELECT upper(b), lower('X'), abs(1) FROM t",
    "SELECT count(b), sum(a) FROM t",
    "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u)",
    "SELECT name FROM sqlite_master",
    "SELECT CAST(a AS TEXT), a COLLATE nocase FROM t LIMIT 1 OFFSET 1",
    "SELECT coalesce(a, b), ifnull(a, 1), iif(a, 1, 2) FROM t",
    "SELECT a FROM main.t",
    "SELECT q FROM tt",
    "SELECT k FROM wr",
    "INSERT INTO t VALUES (11, 2, 3)",
    "INSERT INTO t VALUES (11, 2, 3), (14, 5, 6)",
    "INSERT INTO t(b) VALUES (upper('x'))",
    "INSERT INTO t SELECT x + 20, y, z FROM u",
    "INSERT INTO u DEFAULT VALUES",
    "REPLACE INTO t VALUES (1, 2, 3)",
    "INSERT INTO t VALUES (1, 2, 3) ON CONFLICT (a) DO UPDATE SET b = excluded.b WHERE c = 2",
    "INSERT INTO t VALUES (11, 2, 3) RETURNING a, b",
    "UPDATE t SET b = 1, c = a WHERE b = 'x'",
    "UPDATE t SET b = (SELECT max(x) FROM u)",
    "UPDATE t SET c = 1 RETURNING b",
    "DELETE FROM t",
    "DELETE FROM t WHERE b = 'x'",
    "DELETE FROM u RETURNING x",
    "INSERT INTO t VALUES (11, 2, 3) RETURNING *, rowid",
    "DELETE FROM u RETURNING *",
    "CREATE TABLE n(a, b)",
    "CREATE TABLE IF NOT EXISTS t(a)",
    "CREATE TEMP TABLE n(a)",
    "CREATE TABLE temp.n(a)",
    "CREATE VIEW temp.n AS SELECT a FROM t",
    "CREATE TEMP TABLE n(a INTEGER PRIMARY KEY AUTOINCREMENT)",
    "CREATE TABLE n(a UNIQUE, b PRIMARY KEY)",
    "CREATE TABLE n(a INTEGER PRIMARY KEY AUTOINCREMENT)",
    "CREATE INDEX n ON t(c)",
    "CREATE INDEX n ON t(c) WHERE b > 1",
    "CREATE INDEX n ON t(upper(b))",
    "CREATE UNIQUE INDEX IF NOT EXISTS tb ON t(b)",
    "CREATE VIEW n AS SELECT a FROM t",
    "CREATE TEMP VIEW n AS SELECT a FROM t",
    "DROP TABLE t",
    "DROP TABLE IF EXISTS nosuch",
    "DROP TABLE tt",
    "DROP INDEX tb",
    "DROP VIEW v",
    "PRAGMA user_version",
    "PRAGMA user_version = 5",
    "PRAGMA main.table_info(t)",
    "PRAGMA nosuch",
    "BEGIN IMMEDIATE",
    "SAVEPOINT s",
    "REINDEX t",
    "REINDEX tb",
    "EXPLAIN QUERY PLAN SELECT a FROM t",
    "ATTACH ':memory:' AS further",
    "ATTACH \"\" AS further KEY lower('K')",
    "ATTACH lower(':memory:') AS further",
    "ATTACH '' AS main",
    "ATTACH nosuch.name AS further",
    "DETACH further",
    "DETACH 'further'",
    "DETACH lower('Main')",
]
"""Statements about which both engines ask the same in the same order."""

AS_MANY = [
    "SELECT a FROM t UNION SELECT x FROM u",
    "SELECT a FROM t WHERE a IN (SELECT x FROM u)",
    "CREATE TABLE n AS SELECT b, c FROM t",
    "REINDEX",
    "ANALYZE",
    "ANALYZE t",
    "SELECT t.a, u.x FROM t JOIN u ON t.a = u.x",
]
"""Statements about which they ask the same in some order."""

Question = tuple[Any, ...]


def opened(module: Any) -> Any:
    con = module.connect(":memory:", isolation_level=None)
    con.executescript(SCHEMA)
    return con


def outcome(module: Any, sql: str, answers: dict[int, int]) -> tuple[list[Question], Any]:
    """What is asked about a statement, and its rows or the class and text of its error.

    answers: what is answered but OK, by the number of the question.
    """
    con = opened(module)
    asked: list[Question] = []

    def answer(*question: Any) -> int:
        asked.append(question)
        return answers.get(len(asked) - 1, 0)

    con.set_authorizer(answer)
    try:
        rows: Any = con.execute(sql).fetchall()
        con.set_authorizer(None)
        rows = rows if sql.startswith("EXPLAIN") is False else "a plan"
        tables = [con.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in ("t", "u")]
    except module.Error as problem:
        return asked, (type(problem).__name__, str(problem))
    finally:
        con.close()
    return asked, (rows, tables)


@pytest.mark.parametrize("sql", IN_ORDER)
def test_the_same_questions_in_the_same_order(sql: str) -> None:
    assert outcome(foundrydb, sql, {}) == outcome(sqlite3, sql, {})


@pytest.mark.parametrize("sql", AS_MANY)
def test_the_same_questions(sql: str) -> None:
    ours, result = outcome(foundrydb, sql, {})
    theirs, expected = outcome(sqlite3, sql, {})
    assert Counter(ours) == Counter(theirs)
    assert result == expected


@pytest.mark.parametrize(
    "sql", ["ANALYZE", "ANALYZE one", "ANALYZE main", "ANALYZE temp", "ANALYZE one.x", "ANALYZE x", "ANALYZE nosuch",
            "CREATE INDEX i ON x(a)", "CREATE INDEX one.i ON x(a)", "REINDEX",
            "DROP TABLE x", "INSERT INTO x VALUES (1)"]
)  # fmt: skip
def test_the_same_questions_about_a_further_database(sql: str, tmp_path: Path) -> None:
    answers = []
    for module in (foundrydb, sqlite3):
        con = opened(module)
        path = str(tmp_path / f"{module.__name__}.db")
        con.execute(f"ATTACH '{path}' AS one")
        con.execute("CREATE TABLE one.x(a)")
        asked: list[Question] = []

        def answer(*question: Any, asked: list[Question] = asked) -> int:
            asked.append(question)
            return 0

        con.set_authorizer(answer)
        try:
            con.execute(sql)
            answers.append((Counter(asked), ""))
        except module.Error as problem:
            answers.append((Counter(asked), str(problem)))
        con.close()
    assert answers[0] == answers[1]


@pytest.mark.parametrize("sql", IN_ORDER)
def test_each_question_can_be_denied(sql: str) -> None:
    for number in range(len(outcome(sqlite3, sql, {})[0])):
        ours = outcome(foundrydb, sql, {number: sqlite3.SQLITE_DENY})
        theirs = outcome(sqlite3, sql, {number: sqlite3.SQLITE_DENY})
        assert ours[1][0] == theirs[1][0], number
        assert ours[1] == theirs[1], number


READS = [
    "SELECT a, b, c FROM t",
    "SELECT * FROM t WHERE c > 2 ORDER BY b",
    "SELECT upper(b), b || c FROM t",
    "SELECT * FROM v",
    "SELECT p FROM w",
    "SELECT count(b) FROM t",
    "UPDATE t SET b = 'new', c = 5",
    "UPDATE t SET c = b WHERE a = 1",
    "INSERT INTO t VALUES (11, 2, 3)",
    "DELETE FROM u",
    "INSERT INTO t VALUES (11, 2, 3) RETURNING a, b, *, rowid",
    "UPDATE t SET c = 7 RETURNING b || c",
    "DELETE FROM u RETURNING x, y",
    "PRAGMA user_version = 5",
    "BEGIN",
]


@pytest.mark.parametrize("sql", READS)
def test_each_question_can_be_ignored(sql: str) -> None:
    for number, question in enumerate(outcome(sqlite3, sql, {})[0]):
        if question[0] == sqlite3.SQLITE_SELECT and question[4] is not None:
            continue  # a view's query, which C SQLite may have dissolved before it asks
        ours = outcome(foundrydb, sql, {number: sqlite3.SQLITE_IGNORE})
        theirs = outcome(sqlite3, sql, {number: sqlite3.SQLITE_IGNORE})
        assert ours[1] == theirs[1], question


def test_a_column_may_be_hidden_everywhere() -> None:
    for module in (sqlite3, foundrydb):
        con = opened(module)

        def hide(action: int, table: str | None, column: str | None, *_: object) -> int:
            secret = action == sqlite3.SQLITE_READ and (table, column) == ("t", "b")
            return sqlite3.SQLITE_IGNORE if secret else sqlite3.SQLITE_OK

        con.set_authorizer(hide)
        for sql in (
            "SELECT b FROM t",
            "SELECT max(b) FROM t GROUP BY a",
            "SELECT p FROM w",
            "SELECT b FROM v",
        ):
            assert con.execute(sql).fetchall() == [(None,), (None,)]
        assert con.execute("SELECT a FROM t WHERE b = 'x'").fetchall() == []
        con.close()


def test_compiled_statements_heed_a_new_authorizer() -> None:
    for module in (sqlite3, foundrydb):
        con = opened(module)
        sql = "SELECT b FROM t WHERE a = 1"
        for _ in range(3):
            assert con.execute(sql).fetchall() == [("x",)]
        con.set_authorizer(lambda *_: sqlite3.SQLITE_DENY)
        with pytest.raises(module.DatabaseError, match="not authorized"):
            con.execute(sql)
        con.set_authorizer(None)
        assert con.execute(sql).fetchall() == [("x",)]
        con.close()


@pytest.mark.parametrize(
    ("answer", "error", "text"),
    [(5, "OperationalError", "authorizer malfunction"), ("x", "DatabaseError", "not authorized"),
     (2**40, "DatabaseError", "not authorized"), (None, "DatabaseError", "not authorized")],
)  # fmt: skip
def test_answers_that_are_none(answer: Any, error: str, text: str) -> None:
    for module in (sqlite3, foundrydb):
        con = opened(module)
        con.set_authorizer(lambda *_: answer)
        with pytest.raises(getattr(module, error), match=text):
            con.execute("SELECT a FROM t")
        con.close()


def test_an_answer_about_a_function_that_is_none_denies_it() -> None:
    for module in (sqlite3, foundrydb):
        con = opened(module)
        con.set_authorizer(lambda action, *_: 99 if action == sqlite3.SQLITE_FUNCTION else 0)
        with pytest.raises(module.Error, match=r"^not authorized to use function: Upper$"):
            con.execute("SELECT Upper(b) FROM t")
        con.close()


def test_an_authorizer_that_fails_denies() -> None:
    for module in (sqlite3, foundrydb):
        con = opened(module)

        def fail(*_: object) -> int:
            raise RuntimeError

        con.set_authorizer(fail)
        with pytest.raises(module.DatabaseError, match="not authorized"):
            con.execute("SELECT a FROM t")
        con.close()


def test_pragma_functions_are_pragmas() -> None:
    con = opened(foundrydb)
    con.set_authorizer(lambda action, *_: int(action == foundrydb.SQLITE_PRAGMA))
    with pytest.raises(foundrydb.DatabaseError, match="not authorized"):
        con.execute("SELECT * FROM pragma_table_info('t')")
    con.close()


def test_a_table_of_which_no_column_is_read_cannot_be_ignored() -> None:
    for module in (sqlite3, foundrydb):
        con = opened(module)
        counted = con.execute("SELECT count(*) FROM t").fetchall()
        con.set_authorizer(lambda action, *_: 2 if action == sqlite3.SQLITE_READ else 0)
        assert con.execute("SELECT count(*) FROM t").fetchall() == counted
        assert con.execute("SELECT DISTINCT rowid FROM t").fetchall() == [(None,)]
        con.close()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT name FROM pragma_table_info('t')",
        "SELECT count(*) FROM pragma_table_info('t')",
        "SELECT rowid, cid FROM pragma_table_info('t') WHERE name = 'a'",
        "SELECT m.name, i.name FROM sqlite_schema m, pragma_table_info(m.name) i",
        "SELECT * FROM pragma_table_info WHERE arg = 't'",
        "SELECT a FROM t WHERE a IN (SELECT cid FROM pragma_table_info('t'))",
        "SELECT 1 FROM main.pragma_table_info('t')",
        "SELECT count(*) FROM t, pragma_table_info('t')",
    ],
)
@pytest.mark.parametrize("answer", [0, 2])
def test_columns_of_virtual_tables_are_read(sql: str, answer: int) -> None:
    theirs = apsw.Connection(":memory:")
    ours = foundrydb.connect(":memory:")
    asked: list[tuple[object, ...]] = []

    def ask(*question: object) -> int:
        asked.append(question)
        return answer if question[:2] == (sqlite3.SQLITE_READ, "pragma_table_info") else 0

    for connection in (theirs, ours):
        connection.execute("CREATE TABLE t(a)")
        connection.execute("INSERT INTO t VALUES (0)")
    theirs.authorizer = ask
    ours.set_authorizer(ask)
    wanted = [tuple(row) for row in theirs.execute(sql)]
    questions = [question for question in asked if question[0] != sqlite3.SQLITE_PRAGMA]
    asked.clear()
    assert ours.execute(sql).fetchall() == wanted
    assert [question for question in asked if question[0] != sqlite3.SQLITE_PRAGMA] == questions
    ours.set_authorizer(lambda action, first, *_: int(action == 20 and first == "pragma_table_info"))
    with pytest.raises(foundrydb.DatabaseError, match=r"prohibited|not authorized"):
        ours.execute(sql)
    ours.close()
    theirs.close()


def test_altering_a_table_is_asked_about() -> None:
    for module in (sqlite3, foundrydb):
        con = opened(module)
        con.set_authorizer(lambda action, *_: int(action == sqlite3.SQLITE_ALTER_TABLE))
        for change in ("RENAME TO n", "RENAME x TO n", "ADD n", "DROP z"):
            with pytest.raises(module.DatabaseError, match="not authorized"):
                con.execute(f"ALTER TABLE u {change}")
        con.close()


def test_altering_constraints_is_asked_about_as_in_sqlite() -> None:
    schema = "CREATE TABLE k (a NOT NULL, b, CONSTRAINT positive CHECK (a > 0))"
    changes = (
        "ADD CONSTRAINT small CHECK (b < 9)",
        "ADD CHECK (b <> 5)",
        "DROP CONSTRAINT positive",
        "ALTER COLUMN a DROP NOT NULL",
        "ALTER COLUMN b SET NOT NULL",
    )
    theirs = apsw.Connection(":memory:")
    ours = foundrydb.connect(":memory:")
    theirs.execute(schema)
    ours.execute(schema)
    for change in changes:
        wanted: list[tuple[object, ...]] = []
        found: list[tuple[object, ...]] = []
        theirs.authorizer = lambda *asked, log=wanted: log.append(asked) or 0
        ours.set_authorizer(lambda *asked, log=found: log.append(asked) or 0)
        theirs.execute(f"ALTER TABLE k {change}")
        ours.execute(f"ALTER TABLE k {change}")
        alter = apsw.SQLITE_ALTER_TABLE
        assert [asked for asked in found if asked[0] == alter] == [
            asked for asked in wanted if asked[0] == alter
        ]
        assert found
    theirs.close()
    ours.close()
