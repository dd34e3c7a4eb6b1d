"""PRAGMAs answer what C SQLite's answer: as they are, with each kind of value, and as table-valued functions."""

from __future__ import annotations

import itertools
import sqlite3
from pathlib import Path
from typing import Any

import apsw
import pytest
from harness.side_by_side import SideBySide

import foundrydb

SCHEMA = """
CREATE TABLE t(a INTEGER PRIMARY KEY, b UNIQUE);
CREATE TABLE u(x REFERENCES t, y REFERENCES t(b));
CREATE INDEX ux ON u(x);
CREATE VIEW v AS SELECT 1;
INSERT INTO t VALUES (1, 2), (2, 3);
INSERT INTO u VALUES (1, 3), (7, 9);
"""
VALUES = [
    "on",
    "off",
    "1",
    "0",
    "2",
    "-1",
    "17",
    "65536",
    "normal",
    "exclusive",
    "fast",
    "nosuch",
    "'x'",
    "1.5",
    "t",
    "99999999999",
]
DIFFERENT = {
    "busy_timeout",  # the modules begin with different ones
    "compile_options",
    "database_list",  # the names of the files
    "default_cache_size",
    "function_list",
    "hard_heap_limit",  # of the whole process there
    "incremental_vacuum",
    "module_list",
    "pragma_list",
    "soft_heap_limit",
    "wal_checkpoint",
}
NUMBERS = ["1", "-1", "0", "1.5"]
NARROW = {
    "application_id": NUMBERS,
    "encoding": ["0"],
    "page_size": NUMBERS,
    "schema_version": ["0"],
    "user_version": NUMBERS,
    "writable_schema": ["0"],
}
BACKWARDS = "PRAGMA reverse_unordered_selects = on; "
BACK = {"query_only": "0", "count_changes": "0", "full_column_names": "0", "short_column_names": "1"}
LISTED = apsw.Connection(":memory:").execute("SELECT name FROM pragma_pragma_list ORDER BY 1")
NAMES = [name for (name,) in LISTED if name not in DIFFERENT]


@pytest.fixture
def both(tmp_path: Path) -> tuple[Any, Any]:
    reference = apsw.Connection(str(tmp_path / "theirs.db"))
    reference.execute(SCHEMA)
    connection = foundrydb.connect(str(tmp_path / "ours.db"), isolation_level=None)
    connection.executescript(SCHEMA)
    return connection, reference


def answer(connection: Any, sql: str) -> object:
    """The rows, or the error's text."""
    try:
        return list(connection.execute(sql))
    except (foundrydb.Error, apsw.Error) as problem:
        return str(problem)


def check(both: tuple[Any, Any], sql: str) -> None:
    assert answer(both[0], sql) == answer(both[1], sql), sql


@pytest.mark.parametrize("name", NAMES)
def test_values(both: tuple[Any, Any], name: str) -> None:
    shown = [f"PRAGMA {name}", f"PRAGMA main.{name}", f"SELECT * FROM pragma_{name}"]
    shown += [f"SELECT * FROM pragma_{name}('main')", f"SELECT * FROM pragma_{name}(17)"]
    for sql in shown:
        check(both, sql)
    for value in NARROW.get(name, VALUES):
        check(both, f"PRAGMA {name} = {value}")
        check(both, f"PRAGMA {name}")
    check(both, f"PRAGMA nosuch.{name}")
    if name in BACK:
        check(both, f"PRAGMA {name} = {BACK[name]}")


def test_all_are_there() -> None:
    ours = {name for (name,) in foundrydb.connect(":memory:").execute("PRAGMA pragma_list")}
    assert set(NAMES) - ours == set()


@pytest.mark.parametrize(
    "script",
    [
        "PRAGMA synchronous = 4; PRAGMA synchronous; PRAGMA synchronous = 5; PRAGMA synchronous",
        "PRAGMA synchronous = 7; PRAGMA synchronous; PRAGMA synchronous = 30; PRAGMA synchronous",
        "PRAGMA case_sensitive_like = on; SELECT name, builtin, narg FROM pragma_function_list "
        "WHERE name IN ('like', 'glob') ORDER BY 1, 2, 3",
        "PRAGMA case_sensitive_like = on; SELECT 'a' LIKE 'A', 'ab' LIKE 'a_', 'ab' LIKE 'A%' ESCAPE 'x'",
        "CREATE INDEX tb ON t(b COLLATE NOCASE); PRAGMA case_sensitive_like = 1; SELECT a FROM t WHERE b LIKE '2%'",
        "PRAGMA count_changes = on; UPDATE t SET b = b + 10; DELETE FROM u; INSERT INTO u VALUES (1, 1) RETURNING x",
        "PRAGMA count_changes = on; INSERT OR IGNORE INTO t VALUES (1, 1), (9, 9); REPLACE INTO t VALUES (1, 5)",
        BACKWARDS + "SELECT a FROM t; SELECT a FROM t LIMIT 1; SELECT a, x FROM t, u",
        BACKWARDS + "SELECT a FROM t ORDER BY a; SELECT a FROM t ORDER BY a LIMIT 1",
        BACKWARDS + "SELECT max(a), min(a) FROM t; SELECT max(a) FROM t; SELECT b FROM t GROUP BY b",
        BACKWARDS + "SELECT group_concat(a) FROM t; WITH c AS (SELECT a FROM t) SELECT * FROM c",
        "PRAGMA integrity_check(v); PRAGMA quick_check('1'); PRAGMA main.integrity_check(nosuch)",
        "PRAGMA foreign_key_check; PRAGMA foreign_key_check(u); PRAGMA foreign_key_check(v)",
        "CREATE TABLE w(a REFERENCES t(a, b)); PRAGMA foreign_key_check",
        "CREATE TABLE w(a REFERENCES u(y)); PRAGMA foreign_key_check(w)",
        "CREATE TABLE w(a REFERENCES v); PRAGMA foreign_key_check(w)",
        "CREATE TABLE w(a REFERENCES nowhere); INSERT INTO w VALUES (1); PRAGMA foreign_key_check(w)",
        "PRAGMA optimize(-1); PRAGMA optimize; SELECT * FROM sqlite_stat1 ORDER BY 1, 2; PRAGMA optimize(3)",
        "BEGIN; PRAGMA optimize; ROLLBACK; SELECT count(*) FROM sqlite_schema",
        "PRAGMA locking_mode = exclusive; INSERT INTO t VALUES (5, 6); SELECT count(*) FROM t; "
        "PRAGMA locking_mode = normal; SELECT count(*) FROM t",
        "SELECT sqlite_compileoption_used('THREADSAFE'), sqlite_compileoption_used('SQLITE_THREADSAFE=1'), "
        "sqlite_compileoption_used('THREADS'), sqlite_compileoption_used(NULL), sqlite_compileoption_get(-1)",
        "SELECT typeof(sqlite_compileoption_get(0)), sqlite_compileoption_get(1000), sqlite_log(1, 'x')",
    ],
)
def test_effects(both: tuple[Any, Any], script: str) -> None:
    for sql in script.split("; "):
        check(both, sql)


@pytest.mark.parametrize("argument", ["", "(2)", "(-1)", "=0x10002"])
def test_optimize_has_a_column_whether_or_not_it_shows_rows(argument: str) -> None:
    ours, theirs = foundrydb.connect(":memory:"), sqlite3.connect(":memory:")
    sql = "PRAGMA optimize" + argument
    assert ours.execute(sql).description == theirs.execute(sql).description


@pytest.mark.parametrize(
    ("made", "sql"),
    [
        ("CREATE VIEW w AS SELECT f(1)", "SELECT * FROM w"),
        ("CREATE TEMP VIEW w AS SELECT f(1)", "SELECT * FROM w"),
        ("CREATE TABLE w(a CHECK (f(a)))", "INSERT INTO w VALUES (1)"),
        ("CREATE TABLE w(a DEFAULT (f(1)), b)", "INSERT INTO w(b) VALUES (1)"),
        ("CREATE TABLE w(a DEFAULT (f(1)), b)", "INSERT INTO w VALUES (1, 2)"),
        ("CREATE TABLE w(a)", "SELECT f(a) FROM w"),
        ("CREATE TABLE w(a)", "CREATE INDEX wi ON w(a) WHERE f(a)"),
        ("CREATE VIEW w AS SELECT name FROM pragma_table_info('w')", "SELECT * FROM w"),
        ("CREATE VIEW w AS SELECT 1 IN (SELECT seq FROM pragma_collation_list)", "SELECT * FROM w"),
        ("CREATE TEMP VIEW w AS SELECT name FROM pragma_table_info('w')", "SELECT * FROM w"),
        ("CREATE TABLE w(a)", "SELECT name FROM pragma_table_info('w')"),
    ],
)
def test_a_schema_that_is_not_trusted_calls_no_function_of_the_users_and_reads_no_pragma(
    both: tuple[Any, Any], made: str, sql: str
) -> None:
    connection, reference = both
    connection.create_function("f", -1, lambda *args: 1, deterministic=True)
    reference.create_scalar_function("f", lambda *args: 1, -1, deterministic=True)
    for statement in (made, "PRAGMA trusted_schema = off", sql):
        check(both, statement)


def test_functions_of_the_users_are_listed_beside_those_they_replace(both: tuple[Any, Any]) -> None:
    connection, reference = both
    connection.create_function("abs", 1, lambda a: 1)
    reference.create_scalar_function("abs", lambda a: 1, 1)
    connection.create_function("f", -1, lambda *args: 1, deterministic=True)
    reference.create_scalar_function("f", lambda *args: 1, -1, deterministic=True)
    check(both, "SELECT * FROM pragma_function_list WHERE name IN ('abs', 'f') ORDER BY name, builtin")


def test_exclusive_locking_keeps_others_out(tmp_path: Path) -> None:
    path = str(tmp_path / "kept.db")
    first = foundrydb.connect(path, isolation_level=None)
    second = foundrydb.connect(path, isolation_level=None, timeout=0)
    first.execute("PRAGMA locking_mode = exclusive")
    first.execute("CREATE TABLE t(a)")
    with pytest.raises(foundrydb.OperationalError, match="locked"):
        second.execute("SELECT * FROM sqlite_schema")
    first.execute("PRAGMA locking_mode = normal")
    assert first.execute("SELECT * FROM t").fetchall() == []
    assert second.execute("SELECT count(*) FROM sqlite_schema").fetchall() == [(1,)]


@pytest.mark.parametrize("mode", ["delete", "off", "persist", "memory"])
def test_a_database_of_bytes_has_no_file(mode: str) -> None:
    ours, theirs = foundrydb.connect(":memory:", isolation_level=None), apsw.Connection(":memory:")
    for connection in (ours, theirs):
        connection.execute("CREATE TABLE t(a)")
    ours.deserialize(ours.serialize())
    theirs.deserialize("main", theirs.serialize("main"))
    for asked in ("database_list", "journal_mode", "mmap_size", "locking_mode", f"journal_mode = {mode}"):
        assert list(ours.execute(f"PRAGMA {asked}")) == list(theirs.execute(f"PRAGMA {asked}")), asked
    ours.close()
    theirs.close()


MODES = ["", "delete", "truncate", "persist", "wal", "off", "memory", "persist", "nonsense", "off"]


@pytest.mark.parametrize("schema", ["main", "temp", ""])
@pytest.mark.parametrize(
    "name",
    [
        "",
        ":memory:",
        "file:kept?mode=memory",
        "file:kept?mode=memory&cache=shared",
        "file::memory:?cache=shared",
        "file:/kept?vfs=memdb",
        "file:kept?vfs=memdb",
    ],
)
def test_where_a_journal_can_be(name: str, schema: str) -> None:
    """A database that is no file to the pager has its journal in memory or none; any other wherever one likes."""
    flags = apsw.SQLITE_OPEN_URI | apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    theirs = apsw.Connection(name, flags=flags)
    ours = foundrydb.connect(name, uri=True, isolation_level=None)
    for mode in MODES:
        asked = f"pragma {schema + '.' if schema else ''}journal_mode"
        for text in (
            f"{asked} = {mode}" if mode else asked,
            "pragma temp.journal_mode",
            "pragma journal_mode",
        ):
            assert list(ours.execute(text)) == list(theirs.execute(text)), (mode, text)
        for engine in (ours, theirs):
            for table in ("main.t", "temp.t"):
                engine.execute(f"create table if not exists {table}(a)")
            engine.execute("begin")
            for table in ("main.t", "temp.t"):
                engine.execute(f"insert into {table} values (zeroblob(9000))")
            engine.execute("rollback" if mode in ("persist", "truncate") else "commit")
    for table in ("main.t", "temp.t"):
        counted = f"select count(*) from {table}"
        assert list(ours.execute(counted)) == list(theirs.execute(counted))
    ours.close()
    theirs.close()


@pytest.mark.parametrize(
    "before",
    [
        ["pragma auto_vacuum = incremental"],
        ["pragma journal_mode = wal"],
        ["pragma user_version = 5"],
        ["begin", "pragma auto_vacuum = incremental"],
        ["begin"],
        ["create table t(a)", "drop table t"],
        ["attach ':memory:' as b", "create table b.t(a)"],
        ["pragma encoding = 'utf-16be'", "pragma auto_vacuum = 1"],
        ["create temp table x(a)"],
    ],
)
def test_the_encoding_is_chosen_until_something_is_declared(tmp_path: Path, before: list[str]) -> None:
    """A header that there is already, for the sake of another PRAGMA, does not tell of one."""
    asked = [*before, "pragma encoding = 'utf-16'", "create table k(a)", "insert into k values ('é')"]
    seen = []
    engines: list[tuple[str, Any]] = [("theirs", apsw.Connection), ("ours", foundrydb.connect)]
    for name, connect in engines:
        path = str(tmp_path / name)
        options: dict[str, Any] = {} if name == "theirs" else {"isolation_level": None}
        connection: Any = connect(path, **options)
        for sql in asked:
            list(connection.execute(sql))
        if before[0] == "begin":
            connection.execute("commit")
        connection.close()
        other = sqlite3.connect(path)
        text = "select hex(cast(a as blob)) from k"
        seen.append(
            [other.execute(sql).fetchall() for sql in ("pragma encoding", text, "pragma integrity_check")]
        )
        other.close()
    assert seen[0] == seen[1]


@pytest.mark.parametrize("layout", ["", " without rowid"])
@pytest.mark.parametrize("replacing", list(itertools.product([0, 1], repeat=4)))
def test_indexes_that_replace_come_last_and_the_newest_first(layout: str, replacing: tuple[int, ...]) -> None:
    """It is also the order in which an INSERT looks for rows in its way."""
    a, b, c, d = [" on conflict replace" * each for each in replacing]
    seen = []
    for connection in (apsw.Connection(":memory:"), foundrydb.connect(":memory:", isolation_level=None)):
        engine: Any = connection
        engine.execute(
            f"create table t(a primary key{a}, b unique{b}, c unique{c}, d, unique (d, a){d}){layout}"
        )
        engine.execute("create unique index x on t(d)")
        seen.append([row[1] for row in engine.execute("pragma index_list(t)").fetchall()])
        engine.close()
    assert seen[0] == seen[1]


CHOSEN = [[], ["pragma encoding = 'utf-16le'"], ["pragma encoding = 'utf-16be'", "pragma auto_vacuum = 2"]]

WRITTEN = [
    ["pragma journal_mode = wal"],
    ["pragma auto_vacuum = 1"],
    ["pragma page_size = 512", "pragma user_version = 7"],
    ["pragma application_id = 9"],
    ["pragma schema_version = 5"],
    ["vacuum"],
    ["begin exclusive", "commit"],
    ["begin", "create table t(a)", "rollback"],
    ["create table t(a)", "drop table t"],
]

AFTERWARDS = [
    ["pragma encoding", "create table t(a)", "insert into t values ('é')", "select * from t"],
    ["pragma encoding = 'utf-16be'", "pragma encoding", "create table t(a)", "drop table t"],
    ["vacuum", "pragma encoding"],
    ["attach ':memory:' as o", "create table o.t(a)", "pragma encoding"],
]


@pytest.mark.parametrize("chosen", CHOSEN)
@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("afterwards", AFTERWARDS)
def test_the_header_of_an_empty_database_tells_what_c_sqlites_does(
    tmp_path: Path, chosen: list[str], written: list[str], afterwards: list[str]
) -> None:
    """It has neither a schema format nor an encoding before something is declared, and keeps them then."""
    seen = []
    for name in ("theirs", "ours"):
        path = tmp_path / name
        for asked in ([*chosen, *written], afterwards):
            engine: Any = (
                apsw.Connection(str(path))
                if name == "theirs"
                else foundrydb.connect(path, isolation_level=None)
            )
            seen.append((name, [engine.execute(sql).fetchall() for sql in asked]))
            engine.close()
            page = path.read_bytes()[:100] if path.exists() else b""
            seen.append((name, [page[:24], page[28:92]]))
    assert [each for name, each in seen if name == "theirs"] == [
        each for name, each in seen if name == "ours"
    ]


@pytest.mark.parametrize("main", [[], ["pragma encoding = 'utf-16le'"], ["create table q(a)"]])
@pytest.mark.parametrize("other", [["pragma user_version = 1"], ["create table t(a)", "drop table t"]])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16le"])
def test_an_attached_database_without_an_encoding_takes_that_of_main(
    tmp_path: Path, main: list[str], other: list[str], encoding: str
) -> None:
    seen = []
    for name in ("theirs", "ours"):
        path = tmp_path / name
        connections: list[Any] = [
            apsw.Connection(at) if name == "theirs" else foundrydb.connect(at, isolation_level=None)
            for at in (str(path), ":memory:")
        ]
        for sql in (f"pragma encoding = '{encoding}'", *other):
            connections[0].execute(sql).fetchall()
        connections[0].close()
        for sql in main:
            connections[1].execute(sql).fetchall()
        try:
            for sql in (f"attach '{path}' as o", "create table o.k(a)", "insert into o.k values ('é')"):
                connections[1].execute(sql).fetchall()
            failure = ""
        except (apsw.Error, foundrydb.Error) as error:
            failure = str(error)
        connections[1].close()
        seen.append((failure, path.read_bytes()[44:60]))
    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    ("look", "size"),
    [("PRAGMA auto_vacuum", 1024), ("PRAGMA page_count", 4096), ("SELECT * FROM sqlite_schema", 4096)],
)
def test_the_page_size_of_an_empty_file_is_not_changed_while_it_is_read(
    tmp_path: Path, look: str, size: int
) -> None:
    script = ["BEGIN", look, "PRAGMA page_size = 1024"]
    answers = []
    for connection in (
        foundrydb.connect(str(tmp_path / "ours.db"), isolation_level=None),
        apsw.Connection(str(tmp_path / "theirs.db")),
    ):
        for sql in script:
            list(connection.execute(sql))
        answers.append(next(iter(connection.execute("PRAGMA page_size"))))
        connection.close()
    assert answers == [(size,), (size,)]


def test_the_schema_table_may_be_written() -> None:
    """What is written to it counts once it is read anew, as in C SQLite."""
    statements = [
        "create table t(a, b)",
        "insert into t values (1, 2)",
        "insert into sqlite_schema values ('view', 'v', 'v', 0, 'create view v as select 7')",
        "pragma writable_schema = on",
        "insert into sqlite_schema values ('view', 'v', 'v', 0, 'create view v as select 7')",
        "select * from v",
        "update sqlite_master set sql = 'create table t(a, bb)' where name = 't'",
        "select bb from t",
        "pragma writable_schema = reset",
        "pragma writable_schema",
        "select bb from t",
        "select * from v",
        "delete from sqlite_schema",
        "select type, name, sql from sqlite_schema",
    ]
    answers: list[list[Any]] = []
    for connection in (foundrydb.connect(":memory:", isolation_level=None), apsw.Connection(":memory:")):
        answers.append([])
        for statement in statements:
            try:
                answers[-1].append(connection.execute(statement).fetchall())
            except (foundrydb.Error, apsw.Error) as problem:
                answers[-1].append(str(problem))
    assert answers[0] == answers[1]


SCHEMA_BY_HAND = """
    create table t(a, b); insert into t values ('a', 1); pragma writable_schema = on;
    update sqlite_schema set sql = 'CREATE TABLE t(a, b, c)' where name = 't'; pragma schema_version = 55;
    select * from t; insert into sqlite_schema values ('view', 'v', 'v', 0, 'create view v as select 1');
    pragma schema_version = 60; select * from v; pragma writable_schema = off; drop view v; create table z(a);
    begin; pragma schema_version = 77; create table k(a); rollback; pragma schema_version; select * from t;
    pragma writable_schema = on; update sqlite_schema set sql = 'garbage' where name = 'z';
    pragma writable_schema = off; select * from z; pragma schema_version = 100; select * from z
"""


def test_a_schema_that_is_written_by_hand_is_read_with_its_next_version() -> None:
    both = SideBySide()
    for sql in SCHEMA_BY_HAND.split(";"):
        both.run(sql)
    both.close()


def test_functions_are_listed_as_in_c_sqlite() -> None:
    both = SideBySide()
    sql = "select name, narg, type, flags & 2048 from pragma_function_list"
    theirs = {tuple(row) for row in both.theirs.execute(sql)}
    ours = {tuple(row) for row in both.ours.execute(sql)}
    both.close()
    assert ours <= theirs


def test_temporary_files_go_where_they_are_to_go(tmp_path: Path) -> None:
    connection = foundrydb.connect(str(tmp_path / "db"))
    folder = tmp_path / "temporary"
    folder.mkdir()
    rows = "select value from generate_series(1, 20000) order by -value, hex(value)"
    try:
        connection.execute(f"pragma temp_store_directory = '{folder}'")
        assert connection.execute("pragma temp_store_directory").fetchone() == (str(folder),)
        with pytest.raises(foundrydb.OperationalError, match="not a writable directory"):
            connection.execute(f"pragma temp_store_directory = '{folder}/absent'")
        connection.execute("pragma cache_size = -100")
        assert len(connection.execute(rows).fetchall()) == 20000
        folder.rmdir()
        with pytest.raises(foundrydb.OperationalError, match="unable to open database file"):
            connection.execute(rows).fetchall()
    finally:
        connection.execute("pragma temp_store_directory = ''")
