"""The conventions of PEP 249 and the standard library's sqlite3: each test runs against both modules."""

from __future__ import annotations

import datetime
import sqlite3
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness.interrupts import interrupting
from harness.peer import sqlite_peer

import foundrydb


@pytest.fixture
def table(con: Any) -> Any:
    con.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, income NUMERIC, UNIQUE(name))")
    con.execute("INSERT INTO t(name) VALUES ('foo')")
    con.commit()
    return con


# the module -----------------------------------------------------------------------------------------------------


def test_module_constants(db: Any) -> None:
    assert db.apilevel == "2.0"
    assert db.paramstyle == "qmark"
    assert db.threadsafety in (1, 3)


def test_exception_hierarchy(db: Any) -> None:
    assert issubclass(db.Warning, Exception)
    assert issubclass(db.InterfaceError, db.Error)
    for name in ("DataError", "OperationalError", "IntegrityError", "InternalError", "ProgrammingError"):
        assert issubclass(getattr(db, name), db.DatabaseError)
    assert issubclass(db.NotSupportedError, db.DatabaseError)


@pytest.mark.parametrize(
    "name",
    ["Warning", "Error", "InterfaceError", "DatabaseError", "DataError", "OperationalError", "IntegrityError",
     "InternalError", "ProgrammingError", "NotSupportedError"],
)  # fmt: skip
def test_exceptions_are_attributes_of_connections(db: Any, con: Any, name: str) -> None:
    assert getattr(con, name) is getattr(db, name)


def test_type_constructors(db: Any) -> None:
    assert db.Date(2004, 10, 28) == datetime.date(2004, 10, 28)
    assert db.Time(12, 39, 35) == datetime.time(12, 39, 35)
    assert db.Timestamp(2004, 10, 28, 12, 39, 35) == datetime.datetime(2004, 10, 28, 12, 39, 35)
    assert bytes(db.Binary(b"\0'")) == b"\0'"
    assert isinstance(db.DateFromTicks(42), datetime.date)
    assert isinstance(db.TimeFromTicks(42), datetime.time)
    assert isinstance(db.TimestampFromTicks(42), datetime.datetime)


@pytest.mark.parametrize(
    ("sql", "complete"),
    [("select t from t;", True), ("select t from t", False), ("create trigger x; select 1;", False),
     ("create trigger x begin select 1; end;", True), ("create temp trigger x begin select 1; end", False),
     ("select '1;", False), ("-- just this\nselect 1;", True), ("select 1; /* open", False), ("", False),
     (" ;", True), ("explain select 1;", True), ("create table end(a);", True), (" ", False),
     ("--", False), ("-- c;", False), ("--\n", False), ("/* x */", False), (";", True), ("; -- c", True),
     ("select 1; -- c", True)],
)  # fmt: skip
def test_complete_statement(db: Any, sql: str, complete: bool) -> None:
    assert bool(db.complete_statement(sql)) is complete
    assert bool(db.complete_statement(statement=sql)) is complete


# cursors --------------------------------------------------------------------------------------------------------


def test_execute_returns_the_cursor(con: Any) -> None:
    cursor = con.cursor()
    assert cursor.execute("SELECT 1") is cursor
    assert cursor.connection is con


def test_execute_wants_text(con: Any) -> None:
    with pytest.raises(TypeError):
        con.cursor().execute(42)
    with pytest.raises(TypeError):
        con.cursor().execute()


def test_only_one_statement(db: Any, con: Any) -> None:
    for sql in ("SELECT 5+4; SELECT 4+5", "SELECT 1;;", "SELECT 1; x"):
        with pytest.raises(
            (db.Warning, db.ProgrammingError), match=r"You can only execute one statement at a time."
        ):
            con.execute(sql)


def test_space_and_comments_may_follow(con: Any) -> None:
    for sql in ("SELECT 1; ", "SELECT 1; -- done", "SELECT 1 /* so */ ; /* there */\n", "/* */ SELECT 1"):
        assert con.execute(sql).fetchone() == (1,)


@pytest.mark.parametrize("sql", ["", "  ", "-- nothing", "/* */"])
def test_no_statement(con: Any, sql: str) -> None:
    cursor = con.execute(sql)
    assert cursor.fetchone() is None
    assert cursor.fetchall() == []
    assert cursor.description is None
    assert cursor.rowcount == -1


def test_null_characters_are_refused(con: Any) -> None:
    with pytest.raises(Exception, match="null character"):
        con.execute("SELECT 1\0")


def test_description(con: Any) -> None:
    cursor = con.execute("SELECT 1 AS a, 2 AS 'b c', 3")
    empty = (None,) * 6
    assert cursor.description == (("a", *empty), ("b c", *empty), ("3", *empty))


def test_description_without_rows(con: Any) -> None:
    assert con.execute("SELECT 1 AS a WHERE 0").description[0][0] == "a"
    assert con.cursor().description is None


def test_description_goes_away(table: Any) -> None:
    cursor = table.execute("SELECT * FROM t")
    cursor.execute("INSERT INTO t(name) VALUES ('bar')")
    assert cursor.description is None


def test_description_of_returning(table: Any) -> None:
    cursor = table.execute("INSERT INTO t(name) VALUES ('bar') RETURNING id, name")
    assert [column[0] for column in cursor.description] == ["id", "name"]
    assert cursor.fetchall() == [(2, "bar")]
    assert cursor.rowcount == 1


def test_rowcount(table: Any) -> None:
    cursor = table.cursor()
    assert cursor.rowcount == -1
    cursor.execute("INSERT INTO t(name) VALUES ('a'), ('b')")
    assert cursor.rowcount == 2
    cursor.execute("UPDATE t SET income = 1")
    assert cursor.rowcount == 3
    cursor.execute("UPDATE t SET income = 1 WHERE id > 100")
    assert cursor.rowcount == 0
    cursor.execute("SELECT * FROM t")
    assert cursor.rowcount == -1
    cursor.execute("DELETE FROM t")
    assert cursor.rowcount == 3
    cursor.execute("CREATE TABLE u(a)")
    assert cursor.rowcount == -1
    cursor.executemany("INSERT INTO t(name) VALUES (?)", [("x",), ("y",), ("z",)])
    assert cursor.rowcount == 3
    cursor.execute("REPLACE INTO t(id, name) VALUES (1, 'q')")
    assert cursor.rowcount == 1


def test_lastrowid(table: Any) -> None:
    cursor = table.cursor()
    assert cursor.lastrowid is None
    cursor.execute("INSERT INTO t(id, name) VALUES (500, 'x')")
    assert cursor.lastrowid == 500
    cursor.execute("INSERT OR IGNORE INTO t(name) VALUES ('x')")
    assert cursor.lastrowid == 500
    cursor.execute("REPLACE INTO t(id, name) VALUES (7, 'w')")
    assert cursor.lastrowid == 7
    cursor.execute("SELECT 1")
    assert cursor.lastrowid == 7
    cursor.executemany("INSERT INTO t(name) VALUES (?)", [("1",), ("2",)])
    assert cursor.lastrowid == 7
    assert table.execute("SELECT last_insert_rowid()").fetchone() == (502,)


def test_total_changes(table: Any) -> None:
    before = table.total_changes
    table.execute("INSERT INTO t(name) VALUES ('a'), ('b')")
    table.execute("UPDATE t SET income = 2")
    table.rollback()
    assert table.total_changes - before == 5


def test_fetchone(con: Any) -> None:
    cursor = con.execute("SELECT 1 UNION ALL SELECT 2")
    assert [cursor.fetchone(), cursor.fetchone(), cursor.fetchone(), cursor.fetchone()] == [
        (1,),
        (2,),
        None,
        None,
    ]


def test_fetch_without_a_statement(con: Any) -> None:
    cursor = con.cursor()
    assert cursor.fetchone() is None
    assert cursor.fetchall() == []
    assert cursor.fetchmany(3) == []
    assert list(cursor) == []


def test_fetchmany(table: Any) -> None:
    table.executemany("INSERT INTO t(name) VALUES (?)", [(str(i),) for i in range(30)])
    cursor = table.execute("SELECT id FROM t ORDER BY id")
    assert cursor.arraysize == 1
    assert cursor.fetchmany() == [(1,)]
    assert cursor.fetchmany(3) == [(2,), (3,), (4,)]
    assert cursor.fetchmany(size=2) == [(5,), (6,)]
    cursor.arraysize = 20
    assert len(cursor.fetchmany()) == 20
    assert cursor.fetchmany(100) == [(i,) for i in range(27, 32)]
    assert cursor.fetchmany(100) == []


def test_fetchall_and_iteration_share_a_position(con: Any) -> None:
    con.execute("CREATE TABLE n(i)")
    con.executemany("INSERT INTO n VALUES (?)", [(i,) for i in range(1000)])
    cursor = con.execute("SELECT i FROM n ORDER BY i")
    assert next(cursor) == (0,)
    assert cursor.fetchone() == (1,)
    assert [cursor.fetchone()[0] for _ in range(300)] == list(range(2, 302))
    assert [row[0] for row in cursor.fetchall()] == list(range(302, 1000))
    assert cursor.fetchall() == []


def test_iteration(con: Any) -> None:
    assert [row[0] for row in con.execute("VALUES (5), (6), (7)")] == [5, 6, 7]


def test_closed_cursor(db: Any, con: Any) -> None:
    cursor = con.execute("SELECT 1")
    cursor.close()
    for call in (lambda: cursor.execute("SELECT 2"), cursor.fetchone, cursor.fetchall, cursor.fetchmany,
                 lambda: next(cursor), lambda: cursor.executemany("INSERT INTO t VALUES (?)", [])):  # fmt: skip
        with pytest.raises(db.ProgrammingError, match=r"Cannot operate on a closed cursor."):
            call()


def test_closed_connection(db: Any) -> None:
    con = db.connect(":memory:")
    cursor = con.cursor()
    con.close()
    con.close()
    for call in (con.cursor, con.commit, con.rollback, lambda: con.execute("SELECT 1"), lambda: con.in_transaction,
                 lambda: con.total_changes, lambda: con.create_function("f", 0, lambda: 1),
                 lambda: cursor.execute("SELECT 1"), cursor.fetchone):  # fmt: skip
        with pytest.raises(db.ProgrammingError, match=r"Cannot operate on a closed database."):
            call()


def test_cursor_wants_a_connection(db: Any) -> None:
    with pytest.raises(TypeError):
        db.Cursor(object())


def test_cursor_factory(db: Any, con: Any) -> None:
    class Mine(db.Cursor):  # type: ignore[misc]
        pass

    assert type(con.cursor(Mine)) is Mine
    assert type(con.cursor(factory=lambda c: Mine(c))) is Mine
    with pytest.raises(TypeError):
        con.cursor(factory=lambda c: None)


def test_connection_factory(db: Any) -> None:
    class Mine(db.Connection):  # type: ignore[misc]
        pass

    con = db.connect(":memory:", factory=Mine)
    assert type(con) is Mine
    con.close()


# parameters -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        None,
        0,
        -1,
        2**63 - 1,
        -(2**63),
        0.0,
        1.5,
        -1e300,
        "",
        "text",
        "é – \U0001f514",
        "with\0nul",
        b"",
        b"\0\xff",
        True,
    ],
)
def test_values_come_back(con: Any, value: Any) -> None:
    row = con.execute("SELECT ?", (value,)).fetchone()
    assert row == (value,)
    assert type(row[0]) is (int if value is True else type(value))


@pytest.mark.parametrize("value", [bytearray(b"ab"), memoryview(b"ab")])
def test_buffers_are_blobs(con: Any, value: Any) -> None:
    assert con.execute("SELECT ?, typeof(?1)", (value,)).fetchone() == (b"ab", "blob")


def test_nan_is_null(con: Any) -> None:
    assert con.execute("SELECT ?", (float("nan"),)).fetchone() == (None,)


def test_infinity(con: Any) -> None:
    assert con.execute("SELECT ?", (float("inf"),)).fetchone() == (float("inf"),)


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 2**200])
def test_integers_too_large(con: Any, value: int) -> None:
    with pytest.raises(OverflowError, match="Python int too large to convert to SQLite INTEGER"):
        con.execute("SELECT ?", (value,))


def test_lone_surrogates_are_refused(con: Any) -> None:
    with pytest.raises(UnicodeEncodeError):
        con.execute("SELECT ?", ("\ud8ff",))


def test_subclasses_of_plain_types(con: Any) -> None:
    class Text(str):
        pass

    class Number(int):
        pass

    row = con.execute("SELECT ?, ?", (Text("a"), Number(3))).fetchone()
    assert row == ("a", 3)
    assert [type(value) for value in row] == [str, int]


def test_subclasses_with_conversions_of_their_own(con: Any) -> None:
    """What they hold counts, not what they say that they are."""

    class Text(str):
        def __str__(self) -> str:
            return "other"

    class Number(int):
        def __int__(self) -> int:
            return 77

    class Real(float):
        def __float__(self) -> float:
            return 7.5

    class Blob(bytes):
        def __bytes__(self) -> bytes:
            return b"other"

    given = [Text("a"), Number(3), Real(1.5), Blob(b"b")]
    rest = iter(given)
    con.create_function("one_more", 0, lambda: next(rest))
    row = con.execute("SELECT ?, ?, ?, ?", given).fetchone()
    returned = tuple(con.execute("SELECT one_more()").fetchone()[0] for _ in given)
    for values in (row, returned):
        assert values == ("a", 3, 1.5, b"b")
        assert [type(value) for value in values] == [str, int, float, bytes]


def test_unsupported_type(db: Any, con: Any) -> None:
    with pytest.raises(
        db.ProgrammingError, match="Error binding parameter 1: type 'object' is not supported"
    ):
        con.execute("SELECT ?", (object(),))
    with pytest.raises(db.ProgrammingError, match="type 'list' is not supported"):
        con.execute("SELECT :a", {"a": []})


@pytest.mark.parametrize(("given", "count"), [((), 0), ((1, 2), 2), ([1, 2, 3], 3)])
def test_wrong_number_of_parameters(db: Any, con: Any, given: Any, count: int) -> None:
    text = f"Incorrect number of bindings supplied. The current statement uses 1, and there are {count} supplied."
    with pytest.raises(db.ProgrammingError, match=text):
        con.execute("SELECT ?", given)


def test_parameters_where_none_are_wanted(db: Any, con: Any) -> None:
    with pytest.raises(db.ProgrammingError, match="uses 0, and there are 1 supplied"):
        con.execute("SELECT 1", (1,))


def test_parameters_must_be_a_collection(db: Any, con: Any) -> None:
    with pytest.raises(db.ProgrammingError, match="parameters are of unsupported type"):
        con.execute("SELECT ?", 42)


def test_sequences(con: Any) -> None:
    class Three:
        def __len__(self) -> int:
            return 3

        def __getitem__(self, i: int) -> int:
            if i >= 3:
                raise IndexError
            return i * 10

    assert con.execute("SELECT ?, ?, ?", Three()).fetchone() == (0, 10, 20)
    assert con.execute("SELECT ?, ?", "ab").fetchone() == ("a", "b")
    assert con.execute("SELECT ?", range(1)).fetchone() == (0,)


def test_names(con: Any) -> None:
    assert con.execute("SELECT :a, @b, $c, :a", {"a": 1, "b": 2, "c": 3, "d": 4}).fetchone() == (1, 2, 3, 1)


@pytest.mark.parametrize("name", ["?7", ":a", "@a", "$a", "#a", "$a::b(c)"])
def test_every_kind_of_name_is_a_parameter(db: Any, con: Any, name: str) -> None:
    values = (None,) * 6 + (42,) if name == "?7" else (42,)
    assert con.execute(f"SELECT {name}", values).fetchone() == (42,)
    with pytest.raises(db.ProgrammingError, match="and there are 0 supplied"):
        con.execute(f"SELECT {name}")


def test_missing_name(db: Any, con: Any) -> None:
    with pytest.raises(db.ProgrammingError, match=r"You did not supply a value for binding parameter :b."):
        con.execute("SELECT :a, :b", {"a": 1})


def test_name_for_a_nameless_parameter(db: Any, con: Any) -> None:
    with pytest.raises(db.ProgrammingError, match="Binding 1 has no name, but you supplied a dictionary"):
        con.execute("SELECT ?", {"a": 1})


def test_mapping_with_defaults(con: Any) -> None:
    class Defaults(dict[str, Any]):
        def __missing__(self, key: str) -> str:
            return "default " + key

    assert con.execute("SELECT :a, :b", Defaults(a=1)).fetchone() == (1, "default b")


def test_numbered(con: Any) -> None:
    assert con.execute("SELECT ?2, ?1", ("a", "b")).fetchone() == ("b", "a")
    assert con.execute("SELECT ?3", (1, 2, 3)).fetchone() == (3,)
    assert con.execute("SELECT ?2, ?", (1, 2, 3)).fetchone() == (2, 3)


def test_adapters(db: Any, con: Any) -> None:
    class Point:
        def __init__(self, x: int, y: int) -> None:
            self.x, self.y = x, y

        def __conform__(self, protocol: Any) -> str:
            return f"{self.x};{self.y}"

    class Other:
        pass

    db.register_adapter(Other, lambda value: "adapted")
    assert con.execute("SELECT ?, ?", (Point(1, 2), Other())).fetchone() == ("1;2", "adapted")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_dates_and_converters(db: Any) -> None:
    con = db.connect(":memory:", detect_types=db.PARSE_DECLTYPES | db.PARSE_COLNAMES)
    con.execute("CREATE TABLE t(d date, ts timestamp, n number(10), f float)")
    day, moment = datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 12, 30, 1, 500)
    db.register_converter("NUMBER", lambda raw: raw.decode() + "!")
    con.execute("INSERT INTO t VALUES (?, ?, 5, 2.5)", (day, moment))
    assert con.execute("SELECT * FROM t").fetchone() == (day, moment, "5!", 2.5)
    cursor = con.execute('SELECT 7 AS "x [number]", NULL AS "y [number]"')
    assert cursor.fetchone() == ("7!", None)
    assert cursor.description[0][0] == "x"
    con.close()


# executemany, executescript -------------------------------------------------------------------------------------


def test_executemany_takes_iterators(table: Any) -> None:
    table.executemany("INSERT INTO t(income) VALUES (?)", ((i,) for i in range(5)))
    table.executemany("INSERT INTO t(income) VALUES (:i)", iter([{"i": 5}, {"i": 6}]))
    table.executemany("INSERT INTO t(income) VALUES (?)", [])
    assert table.execute("SELECT count(*), sum(income) FROM t").fetchone() == (8, 21)


def test_executemany_refuses_queries(db: Any, con: Any) -> None:
    with pytest.raises(db.ProgrammingError, match=r"executemany\(\) can only execute DML statements."):
        con.executemany("SELECT ?", [(3,)])


@pytest.mark.parametrize(
    ("sql", "types"),
    [
        ("SELECT (SELECT d FROM t), (SELECT (SELECT n)), +(SELECT d FROM t) FROM t", ["DAY", "SIZE", None]),
        ("SELECT (SELECT d FROM t UNION ALL SELECT n FROM t LIMIT 1)", ["SIZE"]),
        ("SELECT * FROM v", ["DAY", "SIZE"]),
        ("SELECT (SELECT rowid FROM t), EXISTS (SELECT d FROM t), (VALUES (1))", [None, None, None]),
    ],
)
def test_a_scalar_subquery_has_its_columns_type(db: Any, sql: str, types: list[str | None]) -> None:
    for name in ("DAY", "SIZE"):
        db.register_converter(name, lambda value, name=name: name)
    con = db.connect(":memory:", detect_types=db.PARSE_DECLTYPES)
    con.executescript("CREATE TABLE t(d DAY, n SIZE); INSERT INTO t VALUES ('x', 5)")
    con.execute(
        "CREATE VIEW v AS SELECT (SELECT d FROM t) AS x, (SELECT d FROM t UNION ALL SELECT n FROM t) AS y"
    )
    found = [value if value in ("DAY", "SIZE") else None for value in con.execute(sql).fetchone()]
    assert found == types
    assert [row[2] for row in con.execute("PRAGMA table_info(v)")] == ["DAY", "SIZE"]
    con.close()


@pytest.mark.parametrize("sql", ["", "-- nothing", "BEGIN", "SAVEPOINT s"])
def test_executemany_refuses_what_changes_nothing(db: Any, con: Any, sql: str) -> None:
    with pytest.raises(db.ProgrammingError, match=r"executemany\(\) can only execute DML statements."):
        con.executemany(sql, [()])


def test_executemany_takes_whatever_changes_the_database(con: Any) -> None:
    assert con.executemany("CREATE TABLE IF NOT EXISTS t(a)", [(), ()]).rowcount == -1
    assert not con.in_transaction
    assert con.execute("SELECT count(*) FROM t").fetchone() == (0,)


def test_connection_closed_by_the_parameters_of_executemany() -> None:
    con = foundrydb.connect(":memory:")
    con.execute("CREATE TABLE t(a)")

    def parameters() -> Iterator[tuple[int]]:
        yield (1,)
        con.close()
        yield (2,)

    with pytest.raises(foundrydb.ProgrammingError, match=r"Cannot operate on a closed database."):
        con.executemany("INSERT INTO t VALUES (?)", parameters())


@pytest.mark.parametrize("name", ["f" * 256, "\u00e9" * 128])
def test_function_with_too_long_a_name(db: Any, con: Any, name: str) -> None:
    with pytest.raises(db.OperationalError, match="Error creating function"):
        con.create_function(name, 0, lambda: 1)
    with pytest.raises(db.OperationalError, match="Error creating aggregate"):
        con.create_aggregate(name, 0, int)
    con.create_function(name[:-1], 0, lambda: 1)
    assert con.execute(f'SELECT "{name[:-1]}"()').fetchone() == (1,)


def test_executemany_wants_an_iterable(table: Any) -> None:
    with pytest.raises(TypeError):
        table.executemany("INSERT INTO t(income) VALUES (?)", 42)


def test_executemany_stops_at_the_first_error(db: Any, table: Any) -> None:
    with pytest.raises(db.IntegrityError):
        table.executemany("INSERT INTO t(name) VALUES (?)", [("a",), ("foo",), ("b",)])
    assert table.execute("SELECT name FROM t ORDER BY 1").fetchall() == [("a",), ("foo",)]


def test_executescript(con: Any) -> None:
    con.executescript("""
        -- let's test this; really
        CREATE TABLE a(i);
        INSERT INTO a(i) VALUES (5);
        /* and this; too */
        INSERT INTO a(i) VALUES (6)
    """)
    assert con.execute("SELECT i FROM a").fetchall() == [(5,), (6,)]
    assert not con.in_transaction


def test_executescript_commits_first(db: Any, table: Any) -> None:
    table.execute("INSERT INTO t(name) VALUES ('kept')")
    with pytest.raises(db.OperationalError):
        table.executescript("CREATE TABLE x(a); SELECT foo FROM hurz;")
    table.rollback()
    assert table.execute("SELECT count(*) FROM t").fetchone() == (2,)
    assert table.execute("SELECT count(*) FROM x").fetchone() == (0,)


def test_executescript_stops_at_a_syntax_error(db: Any, con: Any) -> None:
    with pytest.raises(db.OperationalError):
        con.executescript("CREATE TABLE a(x); asdf; CREATE TABLE b(x)")
    assert con.execute("SELECT name FROM sqlite_master").fetchall() == [("a",)]


# transactions ---------------------------------------------------------------------------------------------------


def test_implicit_transaction(table: Any) -> None:
    assert not table.in_transaction
    table.execute("SELECT * FROM t").fetchall()
    assert not table.in_transaction
    table.execute("INSERT INTO t(name) VALUES ('a')")
    assert table.in_transaction
    table.commit()
    assert not table.in_transaction
    table.commit()
    table.rollback()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE t SET income = 1",
        "DELETE FROM t",
        "REPLACE INTO t(id) VALUES (1)",
        "/* x */ INSERT INTO t VALUES (9, 'a', 1)",
    ],
)
def test_statements_that_open_a_transaction(table: Any, sql: str) -> None:
    table.execute(sql)
    assert table.in_transaction


def test_schema_changes_open_no_transaction(table: Any) -> None:
    table.execute("CREATE TABLE u(a)")
    assert not table.in_transaction


def test_rollback(table: Any) -> None:
    table.execute("INSERT INTO t(name) VALUES ('a')")
    table.execute("CREATE TABLE u(a)")
    table.rollback()
    assert table.execute("SELECT name FROM t").fetchall() == [("foo",)]
    assert table.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall() == [("t",)]


def test_two_connections(db: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "x.db")
    one, two = db.connect(path, timeout=0.05), db.connect(path, timeout=0.05)
    one.execute("CREATE TABLE t(a)")
    one.execute("INSERT INTO t VALUES (1)")
    assert two.execute("SELECT * FROM t").fetchall() == []
    with pytest.raises(db.OperationalError, match="database is locked"):
        two.execute("INSERT INTO t VALUES (2)")
    one.commit()
    assert two.execute("SELECT * FROM t").fetchall() == [(1,)]
    two.rollback()
    two.execute("INSERT INTO t VALUES (2)")
    two.commit()
    assert one.execute("SELECT sum(a) FROM t").fetchone() == (3,)
    one.execute("CREATE TABLE u(b)")
    assert two.execute("SELECT * FROM u").fetchall() == []
    one.execute("DROP TABLE t")
    with pytest.raises(db.OperationalError, match="no such table: t"):
        two.execute("SELECT sum(a) FROM t")
    one.close()
    two.close()


def test_isolation_levels(db: Any) -> None:
    con = db.connect(":memory:")
    assert con.isolation_level in ("", "DEFERRED")
    for level in ("DEFERRED", "IMMEDIATE", "EXCLUSIVE"):
        con.isolation_level = level
        assert con.isolation_level == level
        traced: list[str] = []
        con.set_trace_callback(traced.append)
        con.execute(f"CREATE TABLE {level}(a)")
        con.execute(f"INSERT INTO {level} VALUES (1)")
        con.commit()
        con.set_trace_callback(None)
        assert [statement.strip() for statement in traced[1:2]] == [f"BEGIN {level}"]
    con.isolation_level = None
    con.execute("INSERT INTO immediate VALUES (2)")
    assert not con.in_transaction
    with pytest.raises(ValueError):
        con.isolation_level = "SOMEHOW"
    with pytest.raises(TypeError):
        con.isolation_level = 7
    con.close()


def test_setting_isolation_level_to_none_commits(table: Any) -> None:
    table.execute("INSERT INTO t(name) VALUES ('a')")
    table.isolation_level = None
    assert not table.in_transaction
    table.rollback()
    assert table.execute("SELECT count(*) FROM t").fetchone() == (2,)


def test_explicit_transactions(db: Any) -> None:
    con = db.connect(":memory:", isolation_level=None)
    con.execute("CREATE TABLE t(a)")
    con.execute("BEGIN")
    assert con.in_transaction
    con.execute("INSERT INTO t VALUES (1)")
    con.execute("ROLLBACK")
    assert con.execute("SELECT count(*) FROM t").fetchone() == (0,)
    for sql in ("COMMIT", "ROLLBACK"):
        with pytest.raises(db.OperationalError, match="no transaction is active"):
            con.execute(sql)
    con.execute("BEGIN")
    with pytest.raises(db.OperationalError, match="cannot start a transaction within a transaction"):
        con.execute("BEGIN")
    con.close()


def test_context_manager(db: Any, table: Any) -> None:
    with table as same:
        assert same is table
        table.execute("INSERT INTO t(name) VALUES ('a')")
    assert not table.in_transaction
    with pytest.raises(ZeroDivisionError), table:
        table.execute("INSERT INTO t(name) VALUES ('b')")
        raise ZeroDivisionError
    with pytest.raises(db.IntegrityError), table:
        table.execute("INSERT INTO t(name) VALUES ('c')")
        table.execute("INSERT INTO t(name) VALUES ('a')")
    assert table.execute("SELECT name FROM t ORDER BY id").fetchall() == [("foo",), ("a",)]


def test_a_failed_statement_undoes_itself_alone(db: Any, table: Any) -> None:
    table.execute("INSERT INTO t(name) VALUES ('a')")
    with pytest.raises(db.IntegrityError):
        table.execute("INSERT INTO t(name) VALUES ('b'), ('a'), ('c')")
    assert table.in_transaction
    table.commit()
    assert table.execute("SELECT name FROM t ORDER BY id").fetchall() == [("foo",), ("a",)]


def test_closing_rolls_back(db: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "x.db")
    con = db.connect(path)
    con.execute("CREATE TABLE t(a)")
    con.execute("INSERT INTO t VALUES (1)")
    con.close()
    con = db.connect(path)
    assert con.execute("SELECT * FROM t").fetchall() == []
    con.close()


def test_commit_with_a_reading_cursor(con: Any) -> None:
    con.execute("CREATE TABLE t(a)")
    con.executemany("INSERT INTO t VALUES (?)", [(i,) for i in range(2000)])
    cursor = con.execute("SELECT a FROM t")
    assert cursor.fetchone() == (0,)
    con.commit()
    assert cursor.fetchone() == (1,)
    con.execute("INSERT INTO t VALUES (-1)")
    con.commit()
    assert sum(1 for _ in cursor) >= 1998


def test_savepoints(con: Any) -> None:
    con.isolation_level = None
    con.execute("CREATE TABLE t(a)")
    con.execute("SAVEPOINT one")
    con.execute("INSERT INTO t VALUES (1)")
    con.execute("SAVEPOINT two")
    con.execute("INSERT INTO t VALUES (2)")
    con.execute("ROLLBACK TO two")
    con.execute("RELEASE one")
    assert con.execute("SELECT a FROM t").fetchall() == [(1,)]
    assert not con.in_transaction


# errors ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "kind", "name", "text"),
    [
        ("SELECT * FROM nowhere", "OperationalError", "SQLITE_ERROR", "no such table: nowhere"),
        ("SELEKT 1", "OperationalError", "SQLITE_ERROR", 'near "SELEKT": syntax error'),
        ("SELECT 1 FROM", "OperationalError", "SQLITE_ERROR", "incomplete input"),
        ("INSERT INTO t(id, name) VALUES (1, 'x')", "IntegrityError", "SQLITE_CONSTRAINT_PRIMARYKEY",
         "UNIQUE constraint failed: t.id"),
        ("INSERT INTO t(name) VALUES ('foo')", "IntegrityError", "SQLITE_CONSTRAINT_UNIQUE",
         "UNIQUE constraint failed: t.name"),
        ("INSERT INTO n VALUES (NULL)", "IntegrityError", "SQLITE_CONSTRAINT_NOTNULL",
         "NOT NULL constraint failed: n.a"),
        ("INSERT INTO n VALUES (-1)", "IntegrityError", "SQLITE_CONSTRAINT_CHECK", "CHECK constraint failed: a > 0"),
        ("INSERT INTO t(id) VALUES ('x')", "IntegrityError", "SQLITE_MISMATCH", "datatype mismatch"),
        ("SELECT abs(-9223372036854775808)", "OperationalError", "SQLITE_ERROR", "integer overflow"),
    ],
)  # fmt: skip
def test_errors(db: Any, table: Any, sql: str, kind: str, name: str, text: str) -> None:
    table.execute("CREATE TABLE n(a NOT NULL CHECK (a > 0))")
    with pytest.raises(getattr(db, kind)) as caught:
        table.execute(sql).fetchall()
    assert str(caught.value) == text
    assert caught.value.sqlite_errorname == name
    assert isinstance(caught.value.sqlite_errorcode, int)


def test_error_codes_agree() -> None:
    codes = []
    for module in (sqlite3, foundrydb):
        con: Any = module.connect(":memory:")
        con.execute("CREATE TABLE t(a PRIMARY KEY)")
        con.execute("INSERT INTO t VALUES (1)")
        with pytest.raises(module.IntegrityError) as caught:
            con.execute("INSERT INTO t VALUES (1)")
        codes.append((caught.value.sqlite_errorcode, caught.value.sqlite_errorname))
    assert codes[0] == codes[1]


def test_cannot_open(db: Any, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "no" / "such.db"):
        with pytest.raises(db.OperationalError, match="unable to open database file"):
            db.connect(str(path)).execute("SELECT * FROM sqlite_master")


def test_no_database(db: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"this is not a database, and long enough to have a header" * 40)
    con = db.connect(path)
    with pytest.raises(db.DatabaseError, match="file is not a database") as caught:
        con.execute("SELECT * FROM sqlite_master")
    assert caught.value.sqlite_errorname == "SQLITE_NOTADB"
    con.close()


def test_errors_know_their_place() -> None:
    con = foundrydb.connect(":memory:")
    con.execute("CREATE TABLE t(name)")
    with pytest.raises(foundrydb.OperationalError) as caught:
        con.execute("SELECT nmae FROM t")
    assert caught.value.sql == "SELECT nmae FROM t"
    assert (caught.value.offset, caught.value.length) == (7, 4)
    assert caught.value.hint is not None and "name" in caught.value.hint
    con.close()


def test_an_error_after_rows_leaves_the_rows(db: Any, con: Any) -> None:
    con.execute("CREATE TABLE t(a)")
    con.executemany("INSERT INTO t VALUES (?)", [(1,), (2,), (-(2**63),), (4,)])
    rows = []
    with pytest.raises(db.OperationalError, match="integer overflow"):
        for row in con.execute("SELECT abs(a) FROM t"):
            rows.append(row)
    assert rows == [(1,), (2,)][: len(rows)] and rows


# rows and factories ---------------------------------------------------------------------------------------------


def test_row(db: Any, con: Any) -> None:
    con.row_factory = db.Row
    row = con.execute("SELECT 1 AS a, 2 AS b, 3 AS A").fetchone()
    assert isinstance(row, db.Row)
    assert row["a"] == row["A"] == row[0] == 1
    assert row["B"] == row[1] == row[-2] == 2
    assert row[1:] == (2, 3)
    assert row.keys() == ["a", "b", "A"]
    assert tuple(row) == (1, 2, 3) and len(row) == 3 and list(reversed(row)) == [3, 2, 1]
    assert dict(con.execute("SELECT 1 AS x, 2 AS y").fetchone()) == {"x": 1, "y": 2}
    for key in ("c", 3, -4, 2**1000):
        with pytest.raises(IndexError):
            row[key]
    with pytest.raises(IndexError):
        row[1.5]


def test_row_equality(db: Any, con: Any) -> None:
    con.row_factory = db.Row
    one, same = con.execute("SELECT 1 AS a").fetchone(), con.execute("SELECT 1 AS a").fetchone()
    other, named = con.execute("SELECT 2 AS a").fetchone(), con.execute("SELECT 1 AS b").fetchone()
    assert one == same and hash(one) == hash(same)
    assert one != other and one != named and one != (1,)


def test_row_factories(con: Any) -> None:
    con.row_factory = lambda cursor, row: {column[0]: value for column, value in zip(cursor.description, row)}
    assert con.execute("SELECT 1 AS a").fetchone() == {"a": 1}
    assert con.execute("SELECT 1 AS a UNION ALL SELECT 2").fetchall() == [{"a": 1}, {"a": 2}]
    assert con.execute("SELECT 1 AS a").fetchmany(5) == [{"a": 1}]
    cursor = con.cursor()
    cursor.row_factory = lambda cursor, row: list(row)
    assert list(cursor.execute("SELECT 7")) == [[7]]


def test_text_factories(con: Any) -> None:
    text = "Österreich"
    con.text_factory = bytes
    assert con.execute("SELECT ?, 1", (text,)).fetchone() == (text.encode(), 1)
    con.text_factory = bytearray
    assert con.execute("SELECT ?", (text,)).fetchone() == (bytearray(text.encode()),)
    con.text_factory = lambda raw: raw.decode() + "?"
    assert con.execute("SELECT ?", (text,)).fetchall() == [(text + "?",)]


# callbacks ------------------------------------------------------------------------------------------------------


def test_functions(con: Any) -> None:
    con.create_function("twice", 1, lambda x: x * 2)
    con.create_function("count_args", -1, lambda *args: len(args))
    con.create_function("nada", 0, lambda: None, deterministic=True)
    con.create_function("blob", 0, lambda: b"\1")
    assert con.execute("SELECT twice(4), twice('ab'), count_args(), count_args(1, 2), nada(), blob()").fetchone() == (
        8, "abab", 0, 2, None, b"\1",
    )  # fmt: skip


def test_a_function_that_fails(db: Any, con: Any) -> None:
    con.create_function("boom", 0, lambda: 1 / 0)
    con.create_function("wrong", 0, lambda: object())
    for name in ("boom", "wrong"):
        with pytest.raises(db.OperationalError, match="user-defined function raised exception"):
            con.execute(f"SELECT {name}()").fetchall()


def test_a_function_can_be_taken_away(db: Any, con: Any) -> None:
    con.create_function("f", 1, lambda x: x)
    con.execute("SELECT f(1)").fetchall()
    con.create_function("f", 1, None)
    with pytest.raises(db.OperationalError):
        con.execute("SELECT f(1)")


def test_a_function_can_replace_a_builtin(con: Any) -> None:
    con.create_function("abs", 1, lambda x: "mine")
    assert con.execute("SELECT abs(-3)").fetchone() == ("mine",)


class Sum:
    def __init__(self) -> None:
        self.total = 0

    def step(self, *values: int) -> None:
        self.total += sum(values)

    def finalize(self) -> int:
        return self.total


def test_aggregates(db: Any, con: Any) -> None:
    con.create_aggregate("mysum", -1, Sum)
    con.execute("CREATE TABLE t(g, a, b)")
    con.executemany("INSERT INTO t VALUES (?, ?, ?)", [(i % 2, i, 100) for i in range(10)])
    assert con.execute("SELECT mysum(a), mysum(a, b) FROM t").fetchone() == (45, 1045)
    assert con.execute("SELECT g, mysum(a) FROM t GROUP BY g ORDER BY g").fetchall() == [(0, 20), (1, 25)]
    assert con.execute("SELECT mysum(a) FROM t WHERE 0").fetchone() == (None,)


@pytest.mark.parametrize("method", ["__init__", "step", "finalize"])
def test_an_aggregate_that_fails(db: Any, con: Any, method: str) -> None:
    broken = type("Broken", (Sum,), {method: lambda self, *values: 1 / 0})
    con.create_aggregate("broken", 1, broken)
    with pytest.raises(db.OperationalError, match=f"user-defined aggregate's '{method}' method raised error"):
        con.execute("SELECT broken(a) FROM (SELECT 1 AS a)").fetchall()


def test_collations(db: Any, con: Any) -> None:
    con.create_collation("backwards", lambda a, b: (a < b) - (a > b))
    rows = "SELECT x FROM (SELECT 'a' AS x UNION ALL SELECT 'c' UNION ALL SELECT 'b')"
    assert con.execute(rows + " ORDER BY x COLLATE backwards").fetchall() == [("c",), ("b",), ("a",)]
    con.create_collation("backwards", None)
    with pytest.raises(db.OperationalError, match=r"(?i)no such collation sequence: backwards"):
        con.execute(rows + " ORDER BY x COLLATE backwards").fetchall()


def test_progress_handler_stops_a_statement(db: Any, con: Any) -> None:
    calls: list[int] = []

    def stop() -> bool:
        calls.append(1)
        return len(calls) > 5

    con.execute("CREATE TABLE t(a)")
    con.executemany("INSERT INTO t VALUES (?)", [(i,) for i in range(300)])
    con.set_progress_handler(stop, 10)
    with pytest.raises(db.OperationalError, match="interrupted") as caught:
        con.execute("SELECT count(*) FROM t AS a, t AS b").fetchall()
    assert caught.value.sqlite_errorname == "SQLITE_INTERRUPT"
    con.set_progress_handler(None, 1)
    assert con.execute("SELECT count(*) FROM t").fetchone() == (300,)


def test_trace(con: Any) -> None:
    traced: list[str] = []
    con.execute("CREATE TABLE t(a)")
    con.set_trace_callback(traced.append)
    con.execute("INSERT INTO t VALUES (?)", ("it's",))
    con.execute("SELECT :a, :b, :a", {"a": 1, "b": None})
    con.set_trace_callback(None)
    con.execute("SELECT 2")
    assert [statement.strip() for statement in traced] == [
        "BEGIN", "INSERT INTO t VALUES ('it''s')", "SELECT 1, NULL, 1",
    ]  # fmt: skip


def test_interrupt_from_another_thread(db: Any) -> None:
    con = db.connect(":memory:", check_same_thread=False)
    con.execute("CREATE TABLE t(a)")
    con.executemany("INSERT INTO t VALUES (?)", [(i,) for i in range(1000)])
    with interrupting(con), pytest.raises(db.OperationalError, match="interrupted"):
        con.execute("SELECT count(*) FROM t AS a, t AS b, t AS c").fetchall()
    assert con.execute("SELECT 1").fetchone() == (1,)
    con.close()


def test_threads(db: Any, con: Any) -> None:
    caught: list[Exception] = []

    def use() -> None:
        try:
            con.execute("SELECT 1")
        except Exception as problem:
            caught.append(problem)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert isinstance(caught[0], db.ProgrammingError)
    assert "objects created in a thread can only be used in that same thread" in str(caught[0])


def test_recursive_use_of_a_cursor(db: Any, con: Any) -> None:
    cursor = con.cursor()
    cursor.execute("CREATE TABLE t(a)")

    def rows() -> Iterator[tuple[int]]:
        cursor.execute("INSERT INTO t VALUES (99)")
        yield (1,)

    with pytest.raises(db.ProgrammingError, match=r"Recursive use of cursors not allowed."):
        cursor.executemany("INSERT INTO t VALUES (?)", rows())


# names of databases ---------------------------------------------------------------------------------------------


def test_path_objects(db: Any, tmp_path: Path) -> None:
    for path in (tmp_path / "a.db", str(tmp_path / "b.db"), bytes(tmp_path / "c.db")):
        con = db.connect(path)
        con.execute("CREATE TABLE t(a)")
        con.close()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.db", "b.db", "c.db"]


def test_uris(db: Any, tmp_path: Path) -> None:
    path = tmp_path / "a b.db"
    with pytest.raises(db.OperationalError):
        db.connect(f"file:{tmp_path}/none.db?mode=rw", uri=True)
    con = db.connect(f"file:{tmp_path}/a%20b.db", uri=True)
    con.execute("CREATE TABLE t(a)")
    con.close()
    assert path.exists()
    for query in ("mode=ro", "immutable=1"):
        con = db.connect(f"file:{path}?{query}", uri=True)
        assert con.execute("SELECT count(*) FROM t").fetchone() == (0,)
        with pytest.raises(db.OperationalError, match="attempt to write a readonly database"):
            con.execute("CREATE TABLE u(a)")
        con.close()
    with pytest.raises(db.OperationalError, match="no such access mode: zz"):
        db.connect(f"file:{path}?mode=zz", uri=True)
    with pytest.raises(db.OperationalError, match="access mode not allowed: rw") as caught:
        db.connect(f"file:{path}?mode=ro&mode=rw", uri=True)
    assert caught.value.sqlite_errorname == "SQLITE_PERM"
    with pytest.raises(db.OperationalError, match="unable to open database file"):
        db.connect(f"FILE:{path}", uri=True)


LOCKLESS = [
    "nolock=1",
    "nolock=on",
    "nolock=02",
    "immutable=1",
    "immutable=TRUE",
    "vfs=unix-none",
    "vfs=unix&nolock=yes",
]


@pytest.mark.parametrize("query", LOCKLESS)
def test_uris_that_do_without_locks(db: Any, tmp_path: Path, query: str) -> None:
    """The other connection's lock is not looked at; another process holds it, since POSIX locks belong to one."""
    path = tmp_path / "a.db"
    with sqlite_peer(path) as peer:
        peer.ask("create table t(a)")
        peer.ask("begin exclusive")
        con = db.connect(f"file:{path}?{query}", uri=True, timeout=0)
        assert con.execute("SELECT count(*) FROM t").fetchall() == [(0,)]
        con.close()


@pytest.mark.parametrize(
    "query", ["nolock=0", "nolock=00", "nolock=x", "nolock=", "immutable=off", "vfs=unix"]
)
def test_uris_that_keep_the_locks(db: Any, tmp_path: Path, query: str) -> None:
    path = tmp_path / "a.db"
    with sqlite_peer(path) as peer:
        peer.ask("create table t(a)")
        peer.ask("begin exclusive")
        con = db.connect(f"file:{path}?{query}", uri=True, timeout=0)
        with pytest.raises(db.OperationalError, match="database is locked"):
            con.execute("SELECT count(*) FROM t")
        con.close()


def test_an_immutable_database_has_no_journal(db: Any, tmp_path: Path) -> None:
    """A hot journal beside it is neither looked at nor played back, and a log is no part of it."""
    path, journal = tmp_path / "a.db", tmp_path / "a.db-journal"
    con = sqlite3.connect(path)
    con.execute("PRAGMA journal_mode = wal")
    con.execute("CREATE TABLE t(a)")
    con.close()
    journal.write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(1000))
    con = db.connect(f"file:{path}?immutable=1", uri=True)
    assert con.execute("SELECT count(*) FROM t").fetchall() == [(0,)]
    assert con.execute("PRAGMA journal_mode").fetchall() == [("delete",)]
    with pytest.raises(db.OperationalError, match="attempt to write a readonly database"):
        con.execute("INSERT INTO t VALUES (1)")
    con.close()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.db", "a.db-journal"]


def test_memory_as_a_vfs(db: Any) -> None:
    """A name with a slash at its beginning is shared, others are private."""
    con, other = (db.connect("file:/memory_as_a_vfs?vfs=memdb", uri=True) for _ in range(2))
    con.execute("CREATE TABLE t(a)")
    con.execute("INSERT INTO t VALUES (1)")
    con.commit()
    assert con.execute("PRAGMA journal_mode").fetchall() == [("memory",)]
    assert other.execute("SELECT a FROM t").fetchall() == [(1,)]
    reader = db.connect("file:/memory_as_a_vfs?vfs=memdb&mode=ro", uri=True)
    with pytest.raises(db.OperationalError, match="attempt to write a readonly database"):
        reader.execute("INSERT INTO t VALUES (2)")
    for name in ("file:/another?vfs=memdb&mode=ro", "file:memory_as_a_vfs?vfs=memdb", "file:?vfs=memdb"):
        private = db.connect(name, uri=True)
        assert private.execute("SELECT count(*) FROM sqlite_master").fetchall() == [(0,)]
        private.close()
    for each in (con, other, reader):
        each.close()
    with pytest.raises(db.OperationalError, match="no such vfs: other"):
        db.connect("file:/memory_as_a_vfs?vfs=other", uri=True)


def test_shared_memory(db: Any) -> None:
    name = f"file:{db.__name__}_shared?mode=memory&cache=shared"
    one, two = db.connect(name, uri=True), db.connect(name, uri=True)
    one.execute("CREATE TABLE t(a)")
    one.execute("INSERT INTO t VALUES (1)")
    one.commit()
    assert two.execute("SELECT a FROM t").fetchall() == [(1,)]
    one.close()
    two.close()
    three = db.connect(name, uri=True)
    assert three.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    three.close()


def test_a_shared_cache_of_a_file_is_a_cache_for_each(tmp_path: Path) -> None:
    """Where SQLite would lock tables, a reader sees the last commit, and a second writer is refused."""
    uri = f"file:{tmp_path / 'a.db'}?cache=shared"
    one, two = (foundrydb.connect(uri, uri=True, timeout=0) for _ in range(2))
    one.execute("CREATE TABLE t(a)")
    one.execute("INSERT INTO t VALUES (1)")
    assert two.execute("PRAGMA read_uncommitted = 1").fetchall() == []
    assert two.execute("SELECT count(*) FROM t").fetchall() == [(0,)]
    with pytest.raises(foundrydb.OperationalError, match="database is locked"):
        two.execute("INSERT INTO t VALUES (2)")
    one.commit()
    assert two.execute("SELECT count(*) FROM t").fetchall() == [(1,)]
    one.close()
    two.close()
    with pytest.raises(foundrydb.OperationalError, match="no such cache mode: other"):
        foundrydb.connect(f"file:{tmp_path / 'a.db'}?cache=other", uri=True)


def test_memory_databases_are_private(db: Any) -> None:
    one, two = db.connect(":memory:"), db.connect(":memory:")
    one.execute("CREATE TABLE t(a)")
    assert two.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    one.close()
    two.close()


# copies ---------------------------------------------------------------------------------------------------------

SCRIPT = """
CREATE TABLE "a b"(id INTEGER PRIMARY KEY, "x""y" TEXT DEFAULT 'q', r REAL);
INSERT INTO "a b" VALUES (1, 'it''s', 1.5), (2, NULL, -2e10), (3, x'00ff', 3);
CREATE TABLE z(k);
INSERT INTO z VALUES ('line 1' || char(10) || 'line 2');
CREATE INDEX zk ON z(k);
CREATE VIEW v AS SELECT k FROM z;
"""


def test_iterdump() -> None:
    dumps = []
    for module in (sqlite3, foundrydb):
        con: Any = module.connect(":memory:")
        con.executescript(SCRIPT)
        dumps.append(list(con.iterdump()))
        again: Any = module.connect(":memory:")
        again.executescript("".join(con.iterdump()))
        assert list(again.iterdump()) == dumps[-1]
    assert dumps[0][:6] == dumps[1][:6]
    assert len(dumps[0]) == len(dumps[1])


def test_texts_in_an_iterdump() -> None:
    """Text goes on behind a NUL, where the standard library's dump ends it."""
    texts = ["ü\0z", "\0", "'\0'\n", "a'b", ""]
    con = foundrydb.connect(":memory:")
    con.execute("CREATE TABLE t(a)")
    con.executemany("INSERT INTO t VALUES (?)", [(each,) for each in texts])
    for module in (sqlite3, foundrydb):
        again: Any = module.connect(":memory:")
        again.executescript("".join(con.iterdump()))
        assert [row[0] for row in again.execute("SELECT a FROM t")] == texts


@pytest.mark.parametrize("to_file", [False, True])
@pytest.mark.parametrize("closed", ["source", "target"])
def test_backup_whose_progress_closes_a_connection(tmp_path: Path, to_file: bool, closed: str) -> None:
    source = foundrydb.connect(":memory:")
    source.executescript("CREATE TABLE t(a); INSERT INTO t VALUES (1)")
    path = tmp_path / "target.db" if to_file else ":memory:"
    target = foundrydb.connect(path)
    ends = {"source": source, "target": target}
    with pytest.raises(foundrydb.ProgrammingError, match=r"Cannot operate on a closed database."):
        source.backup(target, pages=1, progress=lambda *_: ends[closed].close())
    source.close()
    target.close()
    if to_file:
        assert foundrydb.connect(path).execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)


@pytest.mark.parametrize("to_file", [False, True])
def test_backup(db: Any, tmp_path: Path, to_file: bool) -> None:
    source = db.connect(":memory:")
    source.executescript(SCRIPT)
    source.executemany("INSERT INTO z VALUES (?)", [("x" * 500,) for _ in range(100)])
    source.commit()
    target = db.connect(tmp_path / "copy.db" if to_file else ":memory:")
    target.execute("CREATE TABLE gone(a)")
    reports: list[tuple[int, int, int]] = []
    source.backup(target, pages=5, progress=lambda *report: reports.append(report))
    assert target.execute("SELECT count(*) FROM z").fetchone() == (101,)
    with pytest.raises(db.OperationalError):
        target.execute("SELECT * FROM gone")
    assert reports[-1][1] == 0
    source.backup(target)
    with pytest.raises(ValueError):
        source.backup(source)
    with pytest.raises(TypeError):
        source.backup(None)
    source.close()
    target.close()


def test_serialize(db: Any) -> None:
    con = db.connect(":memory:")
    con.executescript(SCRIPT)
    data = con.serialize()
    assert data.startswith(b"SQLite format 3\0")
    other = sqlite3.connect(":memory:")
    other.deserialize(data)
    assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    again = db.connect(":memory:")
    again.deserialize(data)
    assert again.execute("SELECT * FROM v").fetchall() == [("line 1\nline 2",)]
    again.execute("INSERT INTO z VALUES ('more')")
    again.commit()
    assert again.execute("SELECT count(*) FROM z").fetchone() == (2,)
    con.close()


def test_how_long_to_wait_for_locks_is_the_connections(db: Any) -> None:
    con = db.connect(":memory:", timeout=0.25)
    con.executescript("CREATE TABLE t(a); CREATE TEMP TABLE u(a)")
    con.deserialize(con.serialize())
    assert con.execute("PRAGMA busy_timeout").fetchone() == (250,)
    assert con.execute("PRAGMA temp.busy_timeout = 7").fetchone() == (7,)
    assert con.execute("PRAGMA main.busy_timeout").fetchone() == (7,)
    con.close()


# the statement cache --------------------------------------------------------------------------------------------


def test_cached_statements_follow_the_schema(con: Any) -> None:
    con.execute("CREATE TABLE t(a)")
    con.execute("INSERT INTO t VALUES (1)")
    query = "SELECT * FROM t"
    assert con.execute(query).fetchall() == [(1,)]
    con.commit()
    con.execute("DROP TABLE t")
    con.execute("CREATE TABLE t(x, y)")
    con.execute("INSERT INTO t VALUES (7, 8)")
    cursor = con.execute(query)
    assert cursor.fetchall() == [(7, 8)]
    assert [column[0] for column in cursor.description] == ["x", "y"]


def test_the_same_statement_in_two_cursors(con: Any) -> None:
    con.execute("CREATE TABLE t(a)")
    con.executemany("INSERT INTO t VALUES (?)", [(i,) for i in range(600)])
    one, two = con.execute("SELECT a FROM t"), con.execute("SELECT a FROM t")
    assert [one.fetchone(), two.fetchone(), one.fetchone(), two.fetchone()] == [(0,), (0,), (1,), (1,)]
    assert len(one.fetchall()) == len(two.fetchall()) == 598


def test_the_cache_is_bounded() -> None:
    con = foundrydb.connect(":memory:", cached_statements=5)
    for i in range(20):
        con.execute(f"SELECT {i}").fetchall()
    assert [kept(con, f"SELECT {i}") for i in range(20)] == [False] * 15 + [True] * 5
    con.close()
    con = foundrydb.connect(":memory:", cached_statements=0)
    con.execute("SELECT 1").fetchall()
    assert not kept(con, "SELECT 1")
    con.close()


def kept(con: foundrydb.Connection, sql: str) -> bool:
    """Whether a text's program would run as it is."""
    return con.engine.preparer.cache.find(sql, con.engine.attached.generation) is not None


def test_cached_programs_are_reused() -> None:
    con = foundrydb.connect(":memory:")
    con.execute("SELECT 1").fetchall()
    first = con.session.prepare("SELECT 1")
    con.execute("SELECT 1").fetchall()
    assert con.session.prepare("SELECT 1") is first
    con.execute("CREATE TABLE t(a)")
    assert con.session.prepare("SELECT 1") is not first
    con.close()


# autocommit, which sqlite3 has from Python 3.12 on --------------------------------------------------------------

AUTOCOMMIT = [
    pytest.param(
        sqlite3,
        id="sqlite3",
        marks=pytest.mark.skipif(sys.version_info < (3, 12), reason="new in Python 3.12"),
    ),
    pytest.param(foundrydb, id="foundrydb"),
]


@pytest.mark.parametrize("module", AUTOCOMMIT)
def test_autocommit_off(module: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "x.db")
    con = module.connect(path, autocommit=False)
    assert con.autocommit is False and con.in_transaction
    con.execute("CREATE TABLE t(a)")
    con.commit()
    assert con.in_transaction
    con.execute("INSERT INTO t VALUES (1)")
    con.rollback()
    assert con.execute("SELECT count(*) FROM t").fetchone() == (0,)
    con.execute("INSERT INTO t VALUES (2)")
    con.close()
    con = module.connect(path, autocommit=True)
    assert not con.in_transaction
    assert con.execute("SELECT count(*) FROM t").fetchone() == (0,)
    con.execute("INSERT INTO t VALUES (3)")
    assert not con.in_transaction
    con.autocommit = False
    assert con.in_transaction
    con.close()


# schemas --------------------------------------------------------------------------------------------------------


def test_temporary_tables(con: Any) -> None:
    con.execute("CREATE TEMP TABLE x(a)")
    con.execute("INSERT INTO x VALUES (1)")
    con.rollback()
    assert con.execute("SELECT count(*) FROM x").fetchone() == (0,)
    con.execute("CREATE TABLE main.x(b)")
    con.execute("INSERT INTO main.x VALUES (2)")
    con.execute("INSERT INTO temp.x VALUES (3)")
    assert con.execute("SELECT * FROM x").fetchall() == [(3,)]
    con.execute("DROP TABLE x")
    assert con.execute("SELECT * FROM x").fetchall() == [(2,)]


def test_two_processes_worth_of_schema_changes(db: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "x.db")
    one, two = db.connect(path, isolation_level=None), db.connect(path, isolation_level=None)
    one.execute("CREATE TABLE t(a)")
    query = "SELECT * FROM t"
    assert two.execute(query).fetchall() == []
    one.execute("DROP TABLE t")
    one.execute("CREATE TABLE t(p, q)")
    one.execute("INSERT INTO t VALUES (1, 2)")
    cursor = two.execute(query)
    assert cursor.fetchall() == [(1, 2)]
    assert [column[0] for column in cursor.description] == ["p", "q"]
    two.execute("CREATE INDEX ti ON t(q)")
    assert one.execute("SELECT p FROM t WHERE q = 2").fetchall() == [(1,)]
    one.close()
    two.close()
