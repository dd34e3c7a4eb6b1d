"""What triggers and RETURNING see of JSON that is written: the subtype that C SQLite's registers keep."""

from __future__ import annotations

from typing import Any, Final

import apsw
import pytest

import foundrydb

TABLES: Final = [
    "CREATE TABLE t(k INTEGER PRIMARY KEY, doc, x, g AS (doc), h AS (doc) STORED)",
    "CREATE TABLE log(a, b, c, d)",
    "CREATE TABLE src(k, doc)",
    "INSERT INTO src VALUES (1, '[1]'), (2, '[2]')",
]
LOGGED: Final = "SELECT * FROM log"
VALUES: Final = [
    "json('[1]')",
    "json_object('a', 1)",
    "coalesce(json('[1]'), 2)",
    "CASE WHEN 1 THEN json('[1]') ELSE '[1]' END",
    "CASE WHEN 0 THEN json('[1]') ELSE '[1]' END",
    "(SELECT json('[1]'))",
    "(SELECT json(doc) FROM src)",
    "json('[1]') || ''",
    "max(json('[1]'), '')",
    "CAST(json('[1]') AS TEXT)",
    "jsonb('[1]')",
    """json_extract('{"a":[1]}', '$.a')""",
    """'{"a":[1]}' -> 'a'""",
    "json('5')",
    "+json('[1]')",
    "json('[1]') COLLATE NOCASE",
    "iif(1, json('[1]'), 2)",
    "likely(json('[1]'))",
    "'[1]'",
]
ROWS: Final = [
    "INSERT INTO t(k, doc) VALUES (1, json('[1]')), (2, json('[2]'))",
    "INSERT INTO t(k, doc) SELECT 1, json('[1]')",
    "INSERT INTO t(k, doc) SELECT k, json(doc) FROM src",
    "INSERT INTO t(k, doc) SELECT DISTINCT k, json(doc) FROM src",
    "INSERT INTO t(k, doc) SELECT k, json(doc) FROM src LIMIT 1",
    "INSERT INTO t(k, doc) WITH c AS MATERIALIZED (SELECT k, json(doc) d FROM src) SELECT * FROM c",
    "INSERT OR REPLACE INTO t(k, doc) VALUES (1, json('[1]'))",
    "INSERT INTO t(doc, x) VALUES (json('[1]'), json('[2]'))",
    "INSERT INTO t DEFAULT VALUES",
]
UPDATES: Final = [
    "UPDATE t SET doc = json('[5]')",
    "UPDATE t SET doc = json('[5]') WHERE k = 1",
    "UPDATE t SET x = 1",
    "UPDATE t SET doc = json(doc)",
    "UPDATE t SET (doc, x) = (json('[5]'), 2)",
    "UPDATE t SET (doc, x) = (SELECT json('[5]'), 2)",
    "UPDATE t SET doc = json(s.doc) FROM src s WHERE s.k = t.k",
    "UPDATE t SET doc = json_set(doc, '$[0]', k)",
    "UPDATE t SET k = k + 10, doc = json('[6]')",
    "UPDATE OR REPLACE t SET k = 2, doc = json('[6]') WHERE k = 1",
]
UPSERTS: Final = [
    f"INSERT INTO t(k, doc) VALUES (1, json('[1]')) ON CONFLICT (k) DO UPDATE SET {assignment}"
    for assignment in (
        *("doc = json('[7]')", "doc = excluded.doc", "doc = json(excluded.doc)", "x = json('[8]')"),
        *("doc = json(t.doc)", "x = json_array(excluded.doc)", "x = json_array(t.doc)"),
    )
]
SHOWN: Final = " RETURNING json_array(doc), json_array(g), json_object('h', h), json_array(x), doc"


def trigger(
    time: str, event: str, table: str = "t", others: str = "json_array(NEW.g), json_array(NEW.h)"
) -> str:
    """A trigger that writes down what it sees of a new row."""
    return (
        f"CREATE TRIGGER {time.lower()[0]}{event} {time} {event} ON {table} "
        f"BEGIN INSERT INTO log VALUES ('{time} {event}', json_array(NEW.doc), {others}); END"
    )


def check(*statements: str) -> None:
    """Both engines answer all statements alike."""
    ours, theirs = foundrydb.connect(":memory:"), apsw.Connection(":memory:")
    for sql in statements:
        assert answer(ours, sql) == answer(theirs, sql), sql


def answer(connection: Any, sql: str) -> object:
    """The rows of a statement, with the types of their values."""
    return [[(type(value), value) for value in row] for row in connection.execute(sql)]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("type_", ["", "TEXT", "BLOB", "INTEGER", "REAL"])
def test_value_of_insert(value: str, type_: str) -> None:
    table = f"CREATE TABLE t(k INTEGER PRIMARY KEY, doc {type_}, x, g AS (doc), h AS (doc) STORED)"
    triggers = trigger("BEFORE", "INSERT"), trigger("AFTER", "INSERT")
    inserting = f"INSERT INTO t(doc) VALUES ({value})"
    check(
        table, *TABLES[1:], *triggers, inserting, LOGGED, inserting + SHOWN, "SELECT json_array(doc) FROM t"
    )


@pytest.mark.parametrize("sql", [*ROWS, *UPSERTS])
def test_rows_of_insert(sql: str) -> None:
    triggers = trigger("BEFORE", "INSERT"), trigger("AFTER", "INSERT"), trigger("AFTER", "UPDATE")
    check(*TABLES, *triggers, sql, LOGGED, "DELETE FROM t", sql + SHOWN)
    if sql in UPSERTS:
        check(*TABLES, *triggers, "INSERT INTO t(k, doc) VALUES (1, '[1]')", sql, LOGGED, sql + SHOWN)


@pytest.mark.parametrize("sql", UPDATES)
@pytest.mark.parametrize("time", ["BEFORE", "AFTER"])
def test_update(sql: str, time: str) -> None:
    filled = "INSERT INTO t(k, doc) VALUES (1, '[1]'), (2, '[2]')"
    seen = "json_array(NEW.g), json_array(OLD.doc, OLD.g, OLD.h)"
    check(*TABLES, filled, trigger(time, "UPDATE", others=seen), sql, LOGGED)
    check(*TABLES, filled, sql + SHOWN)


@pytest.mark.parametrize(
    "insert", ["(k) VALUES (1)", " DEFAULT VALUES", "(k) VALUES (1), (2)", "(k) SELECT 1"]
)
def test_default(insert: str) -> None:
    table = "CREATE TABLE t(k INTEGER PRIMARY KEY, doc DEFAULT (json('[9]')), g, h)"
    inserting = f"INSERT INTO t{insert}"
    check(table, TABLES[1], trigger("BEFORE", "INSERT"), inserting, LOGGED)
    check(table, inserting + " RETURNING json_array(doc), doc")


@pytest.mark.parametrize("kind", ["WITHOUT ROWID", "STRICT"])
def test_kinds_of_tables(kind: str) -> None:
    table = f"CREATE TABLE t(k TEXT PRIMARY KEY, doc TEXT, g BLOB, h TEXT) {kind}"
    inserting = "INSERT INTO t VALUES (json('[1]'), json('[2]'), jsonb('[3]'), '[4]')"
    check(table, TABLES[1], trigger("AFTER", "INSERT"), inserting, LOGGED)
    check(table, inserting + " RETURNING json_array(k), json_array(doc), json_array(h)")


@pytest.mark.parametrize("view", ["SELECT k, doc FROM src", "SELECT k, json(doc) AS doc FROM src"])
@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO v VALUES (1, json('[1]'))",
        "INSERT INTO v VALUES (1, json('[1]')), (2, json('[2]'))",
        "INSERT INTO v SELECT 1, json('[1]')",
        "INSERT INTO v(k) VALUES (1)",
        "UPDATE v SET doc = json('[3]')",
        "UPDATE v SET k = 3",
        "UPDATE v SET doc = json(s.doc) FROM src s",
    ],
)
def test_views(view: str, sql: str) -> None:
    event = sql[:6]
    made = f"CREATE VIEW v AS {view}", trigger("INSTEAD OF", event, "v", "NEW.k, 0")
    check(*TABLES, *made, sql, LOGGED)
    check(*TABLES, *made, sql + " RETURNING json_array(doc)")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO log(a) SELECT json_array(NEW.doc)",
        "INSERT INTO log(a) SELECT json_array(d) FROM (SELECT NEW.doc AS d)",
        "INSERT INTO log(a) SELECT json_group_array(NEW.doc) FROM src",
        "INSERT INTO log(a, b) VALUES (NEW.doc, json_array((SELECT NEW.doc)))",
        "INSERT INTO u VALUES (NEW.doc)",
        "INSERT INTO u VALUES (json(NEW.doc))",
        "INSERT INTO u SELECT NEW.doc",
    ],
)
def test_statements_of_triggers(statement: str) -> None:
    check(
        *TABLES,
        "CREATE TABLE u(doc)",
        f"CREATE TRIGGER one AFTER INSERT ON t BEGIN {statement}; END",
        "CREATE TRIGGER two AFTER INSERT ON u BEGIN INSERT INTO log(c) VALUES (json_array(NEW.doc)); END",
        *("INSERT INTO t(doc) VALUES (json('[1]'))", "INSERT INTO t(doc) SELECT json('[1]')"),
        LOGGED,
    )


def test_condition_and_recursion() -> None:
    check(
        *TABLES,
        "PRAGMA recursive_triggers = on",
        "CREATE TRIGGER one AFTER INSERT ON t WHEN json_array(NEW.doc) = '[[1]]' "
        "BEGIN INSERT INTO log(a) VALUES (1); END",
        "CREATE TRIGGER two AFTER INSERT ON t WHEN NEW.k < 3 BEGIN "
        "INSERT INTO log(b) VALUES (json_array(NEW.doc)); INSERT INTO t(k, doc) VALUES (NEW.k + 1, NEW.doc); END",
        *("INSERT INTO t(k, doc) VALUES (1, json('[1]'))", LOGGED),
        *("DELETE FROM t", "INSERT INTO t(k, doc) VALUES (1, '[1]')", LOGGED),
    )


ASKING: Final = [
    "CREATE TABLE t(k INTEGER PRIMARY KEY, doc, x, v AS (json_array(doc)), g AS (json_array(doc, v)) STORED,"
    " w AS (+doc), h AS (json_object('x', x, 'w', w)) STORED, CHECK (json_type(json_array(x), '$[0]') <> 'array'))",
    *TABLES[1:],
    "CREATE TABLE made(k INTEGER PRIMARY KEY, doc AS (json('[3]')))",
    "INSERT INTO made(k) VALUES (1), (2)",
]
STORED: Final = "SELECT * FROM t"
QUERIES: Final = [
    *("SELECT 1, json('[1]')", "SELECT k, json(doc) FROM src WHERE 1", "SELECT k, '[1]' FROM src"),
    *("VALUES (1, json('[1]')), (2, '[2]')", "VALUES (1, '[1]'), (2, '[2]')"),
    *("SELECT DISTINCT k, json(doc) FROM src", "SELECT k, json(doc) FROM src LIMIT 1"),
    *("SELECT k, json(doc) FROM src ORDER BY doc DESC", "SELECT * FROM (SELECT k, json(doc) FROM src)"),
    *(
        "SELECT 1, json('[1]') UNION ALL SELECT 2, json('[2]')",
        "SELECT 1, '[1]' UNION ALL SELECT 2, json('[2]')",
    ),
    *("SELECT k, json(doc) FROM src INTERSECT SELECT k, doc FROM src", "SELECT 1, (SELECT json('[1]'))"),
    *("SELECT k, json_group_array(doc) FROM src GROUP BY k", "SELECT k, value FROM src, json_each('[[1]]')"),
    *("SELECT k, doc FROM made", "SELECT src.k, json('[1]') FROM src LEFT JOIN t"),
    "SELECT k, json_group_array(doc) OVER (ORDER BY k) FROM src",
]


@pytest.mark.parametrize("value", VALUES)
def test_stored_columns(value: str) -> None:
    check(*ASKING, f"INSERT INTO t(doc) VALUES ({value})", STORED, f"UPDATE t SET doc = {value}", STORED)


@pytest.mark.parametrize("shown", ["", " RETURNING *"])
@pytest.mark.parametrize("query", QUERIES)
def test_stored_columns_of_queries(query: str, shown: str) -> None:
    check(*ASKING, f"INSERT INTO t(k, doc) {query}{shown}", STORED)


@pytest.mark.parametrize("sql", [*UPDATES, *UPSERTS])
def test_stored_columns_of_changes(sql: str) -> None:
    check(
        *ASKING,
        "INSERT INTO t(k, doc) VALUES (1, json('[1]')), (2, '[2]')",
        sql.replace("x =", "doc ="),
        STORED,
    )


@pytest.mark.parametrize(
    "value", ["(SELECT k, json('[1]'))", "(SELECT json('[1]'), k)", "(SELECT json('[1]'), json('[2]'))"]
)
def test_rows_of_subqueries(value: str) -> None:
    table = "CREATE TABLE t(k, a, b, g AS (json_array(a, b)) STORED)"
    check(table, "INSERT INTO t VALUES (1, 2, 3)", f"UPDATE t SET (a, b) = {value}", STORED)


@pytest.mark.parametrize("column", ["g", "v", "w", "doc"])
def test_columns_of_excluded(column: str) -> None:
    check(
        *ASKING,
        "INSERT INTO t(k, doc) VALUES (1, '[1]')",
        "INSERT INTO t(k, doc) VALUES (1, json('[1]')) ON CONFLICT (k) "
        f"DO UPDATE SET doc = json_array(excluded.{column}), x = excluded.{column} || ''",
        STORED,
    )


def test_default_in_the_place_of_null() -> None:
    table = (
        "CREATE TABLE t(a NOT NULL ON CONFLICT REPLACE DEFAULT (json('[1]')), g AS (json_array(a)) STORED)"
    )
    check(table, "INSERT INTO t VALUES (NULL), ('[2]')", "INSERT INTO t VALUES (json('[3]'))", STORED)


@pytest.mark.parametrize("value, fails", [("json('[1]')", True), ("'[1]'", False)])
def test_check(value: str, fails: bool) -> None:
    table = "CREATE TABLE t(a, v AS (a), CHECK (json_array(v) <> '[[1]]'))"
    for connection in (foundrydb.connect(":memory:"), apsw.Connection(":memory:")):
        connection.execute(table)
        if fails:
            with pytest.raises((foundrydb.IntegrityError, apsw.ConstraintError)):
                connection.execute(f"INSERT INTO t VALUES ({value})")
        else:
            connection.execute(f"INSERT INTO t VALUES ({value})")


def test_indexes_see_what_is_stored() -> None:
    """Unlike in C SQLite, whose index then has an entry that its row has not."""
    connection = foundrydb.connect(":memory:")
    connection.execute("CREATE TABLE t(k, doc, v AS (json_array(doc)), g AS (json_array(doc)) STORED)")
    connection.execute("CREATE INDEX i ON t(json_array(doc))")
    connection.execute("CREATE INDEX j ON t(v)")
    connection.execute("CREATE INDEX l ON t(json_array(v)) WHERE json_array(v) <> '[[[1]]]'")
    connection.execute("CREATE INDEX m ON t(g)")
    for change in (
        *("INSERT INTO t VALUES (1, json('[1]'))", "INSERT INTO t VALUES (2, '[1]') RETURNING v"),
        *(
            "UPDATE t SET k = k + 1",
            "UPDATE t SET doc = json('[2]') WHERE k = 2",
            "DELETE FROM t WHERE k = 2",
        ),
    ):
        connection.execute(change).fetchall()
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_plain_values_cost_nothing() -> None:
    connection = foundrydb.connect(":memory:")
    connection.execute("CREATE TABLE t(a, g AS (json_array(a)) STORED, CHECK (json_array(a) <> ''))")
    for values in ("VALUES (1)", "VALUES (1), (2)", "SELECT 1 UNION ALL SELECT 2"):
        rows = connection.execute(f"EXPLAIN INSERT INTO t {values}").fetchall()
        assert not [row for row in rows if "Subtype" in row[1]]
