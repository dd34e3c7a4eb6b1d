"""Statements that differ in nothing but literals share a program, and answer as if they did not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from harness.switches import leave_out

import foundrydb
from foundrydb.compiler.syntax.literals import MOST_LITERALS, literal_value, outline
from foundrydb.compiler.syntax.scanner import Scanner

SCHEMA = """
CREATE TABLE t(id INTEGER PRIMARY KEY, a INT, b REAL, c TEXT, d BLOB, e);
CREATE INDEX t_a ON t(a);
CREATE INDEX t_c ON t(c COLLATE NOCASE);
CREATE TABLE w(k TEXT PRIMARY KEY, v NUMERIC) WITHOUT ROWID;
CREATE TABLE p(a INT, b INT);
CREATE INDEX p_part ON p(b) WHERE a > 5;
CREATE TABLE x(a INT, b INT);
CREATE INDEX x_sum ON x(a + b);
CREATE VIEW tv AS SELECT a, c FROM t WHERE a > 2;
INSERT INTO t VALUES (1, 1, 1.5, 'one', x'01', 1), (2, 2, 2.0, 'Two', x'02', '2'), (3, NULL, -3.25, 'it''s', NULL, 3.0),
  (-4, 9, 0.0, '7', x'', NULL), (5, 5, 9e18, 'ONE', x'0102', x'31');
INSERT INTO w VALUES ('a', 1), ('b', '2'), ('c', 'x'), ('1', 2.5);
INSERT INTO p VALUES (1, 1), (6, 2), (7, 3);
INSERT INTO x VALUES (1, 1), (6, 2), (7, 3);
"""

LITERALS = [
    "0", "1", "2", "5", "-4", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "0x2", "1.0", "1.5",
    "-3.25", "9e18", "'1'", "'one'", "'it''s'", "''", "x'01'", "X''", "NULL", "'2'", "1e400", "007", "-0.0", "+2",
    "'é'",
]  # fmt: skip

TOO_LARGE = "9223372036854775808"
"""A real, which sqlite3's versions turn into different texts."""

QUERIES = [
    "SELECT id, typeof(e) FROM t WHERE id = {}",
    "SELECT id FROM t WHERE a < {} ORDER BY id",
    "SELECT id FROM t WHERE {} <= a ORDER BY 1",
    "SELECT id FROM t WHERE c = {} ORDER BY id",
    "SELECT id FROM t WHERE c COLLATE NOCASE = {} ORDER BY id",
    "SELECT id FROM t WHERE e = {} ORDER BY id",
    "SELECT id FROM t WHERE e > {} ORDER BY id",
    "SELECT id FROM t WHERE d >= {} ORDER BY id",
    "SELECT id FROM t WHERE b BETWEEN {} AND 3 ORDER BY id",
    "SELECT id FROM t WHERE NOT (a = {} OR c = 'one') ORDER BY id",
    "SELECT id FROM t WHERE a != {} AND id > -10 ORDER BY id LIMIT 2",
    "SELECT a, count(*) FROM t WHERE a > {} GROUP BY 1 ORDER BY 1",
    "SELECT {} FROM t WHERE id = 1",
    "SELECT id, {} AS n FROM t WHERE id = 2",
    "SELECT (SELECT a FROM t WHERE id = {})",
    "SELECT id FROM t WHERE c LIKE {} ORDER BY id",
    "SELECT id FROM t WHERE a IN ({}, 2) ORDER BY id",
    "SELECT id FROM t WHERE a IS {} ORDER BY id",
    'SELECT id FROM t WHERE "zzz" = {} ORDER BY id',
    "SELECT k, v FROM w WHERE k = {}",
    "SELECT k, v FROM w WHERE v >= {} ORDER BY k",
    "SELECT b FROM p WHERE a > {} ORDER BY b",
    "SELECT b FROM p WHERE b = 2 AND a = {}",
    "SELECT b FROM x WHERE a + b = {}",
    "SELECT a, c FROM tv WHERE a = {} ORDER BY a",
    "SELECT s.id FROM t s LEFT JOIN t u ON u.id = s.a WHERE u.id = {} ORDER BY 1",
    "SELECT id FROM t WHERE (a, c) = (1, {})",
    "SELECT id FROM t WHERE a = {} AND a = 2 AND id = a",
    "SELECT count(*) FROM t WHERE c || 'x' = {}",
]

CHANGES = [
    "INSERT INTO t VALUES (100, {}, {}, {}, {}, {})",
    "INSERT INTO t(id, a, e) VALUES (101, {}, 2), (102, 3, {}) RETURNING id, e, 7",
    "REPLACE INTO t(id, e) VALUES (1, {})",
    "INSERT INTO t(id) VALUES ({})",
    "UPDATE t SET e = {}, b = 2 WHERE id = 5 RETURNING e",
    "UPDATE OR IGNORE t SET id = {} WHERE a = 1",
    "DELETE FROM t WHERE c = {}",
    "INSERT INTO w VALUES ('z', {}) ON CONFLICT DO UPDATE SET v = 5 WHERE k = {}",
    "UPDATE p SET a = {} WHERE a > 5",
]


def answer(connection: Any, sql: str) -> object:
    """What a statement says: columns, rows with their types, and how many rows it changed; or its error."""
    try:
        cursor = connection.execute(sql)
        rows = [[(type(value), repr(value)) for value in row] for row in cursor.fetchall()]
        columns = [column[0] for column in cursor.description or ()]
        return columns, rows, cursor.rowcount
    except (sqlite3.Error, foundrydb.Error) as problem:
        return type(problem).__name__, str(problem)


def opened(module: Any) -> Any:
    connection = module.connect(":memory:", isolation_level=None)
    connection.executescript(SCHEMA)
    return connection


@pytest.fixture
def con() -> Iterator[foundrydb.Connection]:
    connection = opened(foundrydb)
    yield connection
    connection.close()


@pytest.mark.parametrize("query", QUERIES)
def test_queries_answer_as_sqlite(con: foundrydb.Connection, query: str) -> None:
    reference = opened(sqlite3)
    for literal in [*LITERALS, *LITERALS]:
        sql = query.format(literal)
        assert answer(con, sql) == answer(reference, sql), sql
    reference.close()


@pytest.mark.parametrize("change", CHANGES)
def test_changes_do_as_sqlite(con: foundrydb.Connection, change: str) -> None:
    reference = opened(sqlite3)
    for literal in [text for text in LITERALS if text != TOO_LARGE]:
        sql = change.replace("{}", literal)
        told: list[object] = []
        for engine in (con, reference):
            engine.execute("BEGIN")
            seen = [answer(engine, sql), *(answer(engine, f"SELECT * FROM {name}") for name in "twp")]
            told.append(seen)
            engine.execute("ROLLBACK")
        assert told[0] == told[1], sql
    reference.close()


def shared(con: foundrydb.Connection, one: str, other: str) -> bool:
    """Whether two statements run the same program, once their outline is known."""
    con.session.prepare(f"/* met */ {one}")
    first, second = con.session.prepare(one), con.session.prepare(other)
    assert first is not None and second is not None
    return first.compiled is second.compiled


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT a FROM t WHERE id = 5", "SELECT a FROM t WHERE id = 6"),
        ("SELECT a FROM t WHERE id = -5", "SELECT a FROM t WHERE id = -6"),
        (
            "INSERT INTO t VALUES (1, 2, 3.5, 'a', x'00', NULL)",
            "INSERT INTO t VALUES (9, 8, 7.5, 'b', x'11', NULL)",
        ),
        ("UPDATE t SET a = 5 WHERE id = 1", "UPDATE t SET a = 6 WHERE id = 2"),
        ("DELETE FROM t WHERE a BETWEEN 1 AND 2", "DELETE FROM t WHERE a BETWEEN 3 AND 4"),
        ("SELECT a FROM t WHERE id = 5 LIMIT 1", "SELECT a FROM t WHERE id = 6 LIMIT 1"),
    ],
)
def test_programs_are_shared(con: foundrydb.Connection, one: str, other: str) -> None:
    assert shared(con, one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT 1", "SELECT 2"),
        ("SELECT 1 FROM t WHERE id = 1", "SELECT 2 FROM t WHERE id = 1"),
        ("SELECT a FROM t WHERE id = 1", "SELECT a FROM t WHERE id = 1.0"),
        ("SELECT a FROM t WHERE id = 1", "SELECT a FROM t WHERE id = -1"),
        ("SELECT a FROM t WHERE c LIKE 'a%'", "SELECT a FROM t WHERE c LIKE 'b%'"),
        ("SELECT a, c FROM t ORDER BY 1", "SELECT a, c FROM t ORDER BY 2"),
        ("SELECT a FROM t LIMIT 1", "SELECT a FROM t LIMIT 2"),
        ("SELECT b FROM p WHERE a > 5", "SELECT b FROM p WHERE a > 4"),
        ("SELECT b FROM x WHERE a = 5", "SELECT b FROM x WHERE a = 4"),
        ("SELECT (SELECT a FROM t WHERE id = 1)", "SELECT (SELECT a FROM t WHERE id = 2)"),
    ],
)
def test_programs_are_not_shared(con: foundrydb.Connection, one: str, other: str) -> None:
    assert not shared(con, one, other)


def test_the_first_statement_keeps_its_literals(con: foundrydb.Connection) -> None:
    first = con.session.prepare("SELECT a FROM t WHERE id = 1")
    assert first is not None and first.literals == []


def test_explain_shows_what_would_run(con: foundrydb.Connection) -> None:
    sql = "EXPLAIN SELECT a FROM t WHERE id = {} AND c = 'it''s'"
    assert all(row[1] != "Variable" for row in con.execute(sql.format(1)))
    for number in range(3):
        con.execute(f"SELECT a FROM t WHERE id = {number} AND c = 'it''s'")
    variables = [row for row in con.execute(sql.format(7)) if row[1] == "Variable"]
    assert [row[7].partition("; ")[2] for row in variables] == ["literal 7", "literal 'it''s'"]


def test_parameters_come_before_the_literals(con: foundrydb.Connection) -> None:
    for number in (1, 2, 5):
        sql = f"SELECT id FROM t WHERE id = {number} AND id = ? AND e IS NOT ?2"
        assert con.execute(sql, (number, "no")).fetchall() == [(number,)]
        sql = f"SELECT id FROM t WHERE id = {number} AND id = :id"
        assert con.execute(sql, {"id": number}).fetchall() == [(number,)]
        with pytest.raises(foundrydb.ProgrammingError, match="uses 1, and there are 2 supplied"):
            con.execute(sql, (1, 2))


def test_executemany_with_a_literal(con: foundrydb.Connection) -> None:
    for number in (7, 8, 9):
        con.executemany(f"INSERT INTO p VALUES (?, {number})", [(1,), (2,)])
    assert con.execute("SELECT a, b FROM p WHERE b > 6 ORDER BY 2, 1").fetchall() == [
        (1, 7), (2, 7), (1, 8), (2, 8), (1, 9), (2, 9),
    ]  # fmt: skip


def test_a_changed_schema_counts(con: foundrydb.Connection) -> None:
    for number in range(3):
        con.execute(f"SELECT * FROM p WHERE a = {number}")
    con.execute("DROP TABLE p")
    con.execute("CREATE TABLE p(z, a)")
    con.execute("INSERT INTO p VALUES ('new', 4)")
    for _ in range(3):
        assert con.execute("SELECT * FROM p WHERE a = 4").fetchall() == [("new", 4)]
    con.execute("CREATE INDEX p_new ON p(z) WHERE a > 3")
    assert con.execute("SELECT z FROM p WHERE a = 4").fetchall() == [("new",)]


def test_the_trace_shows_each_statement_with_its_own_literals(con: foundrydb.Connection) -> None:
    traced: list[str] = []
    con.set_trace_callback(traced.append)
    for number in range(3):
        con.execute(f"SELECT a FROM t WHERE id = {number} AND c = ?", ("x",))
    assert traced == [f"SELECT a FROM t WHERE id = {number} AND c = 'x'" for number in range(3)]


def test_errors_know_their_own_text(con: foundrydb.Connection) -> None:
    for number in range(10, 13):
        sql = f"INSERT INTO t(id) VALUES ({number}), ({number})"
        with pytest.raises(foundrydb.IntegrityError) as caught:
            con.execute(sql)
        assert caught.value.sql == sql


def test_scripts(con: foundrydb.Connection) -> None:
    values = [(i, i * i, f"é{i}") for i in range(10, 60)]
    con.executescript(";\n".join(f"INSERT INTO t(id, a, c) VALUES ({i}, {a}, '{c}')" for i, a, c in values))
    assert con.execute("SELECT id, a, c FROM t WHERE id >= 10 ORDER BY id").fetchall() == values


def test_passes_that_are_left_out_are_left_out_of_shared_programs(con: foundrydb.Connection) -> None:
    for number in range(3):
        con.execute(f"SELECT a FROM t WHERE id = {number}")
    leave_out(con, ["choose_indexes"])
    other = con.session.prepare("SELECT a FROM t WHERE id = 77")
    assert other is not None and other.literals == []


# outlines -------------------------------------------------------------------------------------------------------


def test_outline_tells_literals_from_other_tokens() -> None:
    sql = "; SELECT a1, \"2\", [3], `4`, ?5, :a6, x'07', '8''', 9, 1.5e3 /* 10 */ -- 11\n FROM t"
    found = outline(Scanner(sql), 0)
    assert found is not None
    assert found.literals == ["x'07'", "'8'''", "9", "1.5e3"]
    assert [sql[place] for place in found.places] == ["x", "'", "9", "1"]
    assert [literal_value(literal) for literal in found.literals] == [b"\x07", "8'", 9, 1500.0]
    assert found.start == 2 and found.end == len(sql)


@pytest.mark.parametrize(
    "sql",
    ["", "SELECT a", "CREATE TABLE t(a DEFAULT 5)", "EXPLAIN SELECT 1", "SELECT 1a", "SELECT 1 \0",
     "PRAGMA cache_size = 5", "SELECT 0x10, 1234567890123456789", "SELECT " + "1, " * MOST_LITERALS + "1"],
)  # fmt: skip
def test_statements_without_an_outline(sql: str) -> None:
    assert outline(Scanner(sql), 0) is None


def test_outlines_differ_in_the_kinds_of_literals() -> None:
    keys = [outline(Scanner(f"SELECT a WHERE b = {text}"), 0) for text in ("1", "1.0", "'1'", "x'01'", "2")]
    assert len({found.key for found in keys if found is not None}) == 4
