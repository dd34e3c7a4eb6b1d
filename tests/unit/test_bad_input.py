"""Bad input gives one clear typed error, in bounded time, and nothing is lost."""

from __future__ import annotations

import contextlib
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from harness.interrupts import interrupting

import foundrydb

SECONDS = 20.0
"""More than any case here takes where its cost grows with its size, less than where it grows with the square."""


def failure(connection: foundrydb.Connection, sql: str) -> foundrydb.Error:
    """The error of a statement that has to fail."""
    with pytest.raises(foundrydb.Error) as caught:
        connection.execute(sql).fetchall()
    return caught.value


@pytest.fixture
def memory() -> foundrydb.Connection:
    connection = foundrydb.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.execute("create table t(a, b)")
    connection.execute("insert into t values (1, 2)")
    return connection


@pytest.mark.parametrize(
    "content",
    [b"\x89PNG\r\n\x1a\n" + bytes(5000), b"some text\n" * 400, b"SQLite", b"\xd3\x1f\x8a" * 3000],
    ids=["picture", "text", "short", "encrypted"],
)
def test_foreign_files(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "foreign"
    path.write_bytes(content)
    connection = foundrydb.connect(path)
    found = failure(connection, "select * from t")
    assert (str(found), found.sqlite_errorname) == ("file is not a database", "SQLITE_NOTADB")
    connection.close()
    assert path.read_bytes() == content


def test_truncated_file(tmp_path: Path) -> None:
    path = tmp_path / "cut.db"
    other = sqlite3.connect(path)
    other.executescript("create table t(a); insert into t values (zeroblob(100000));")
    other.close()
    path.write_bytes(path.read_bytes()[:50_000])
    found = failure(foundrydb.connect(path), "select a from t")
    assert isinstance(found, foundrydb.DatabaseError)
    assert found.sqlite_errorname == "SQLITE_CORRUPT"


def test_schema_that_does_not_parse(tmp_path: Path) -> None:
    path = tmp_path / "schema.db"
    other = sqlite3.connect(path)
    other.execute("create table t(a)")
    other.execute("pragma writable_schema = 1")
    other.execute("update sqlite_schema set sql = 'creat tabel t('")
    other.commit()
    other.close()
    found = failure(foundrydb.connect(path), "select * from t")
    assert str(found) == 'malformed database schema (t) - near "creat": syntax error'


@pytest.mark.parametrize("vacuum", ["none", "full", "incremental"])
@pytest.mark.parametrize("count", [0xFFFFFFFF, 0x7FFFFFFF, 40])
def test_a_freelist_that_runs_in_a_circle(tmp_path: Path, vacuum: str, count: int) -> None:
    """However many pages it claims to have: what needs one tells soon, and the rest can be read."""
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path)
    connection.executescript(
        f"pragma auto_vacuum = {vacuum}; create table t(a); create table u(a); create index i on u(a)"
    )
    connection.execute("insert into t values (zeroblob(100000))")
    connection.execute("insert into u values (1)")
    connection.commit()
    connection.close()
    data = bytearray(path.read_bytes())
    trunk = len(data) // 4096
    data[32:36] = trunk.to_bytes(4, "big")
    data[36:40] = count.to_bytes(4, "big")
    data[-4096:-4088] = trunk.to_bytes(4, "big") + bytes(4)
    path.write_bytes(data)
    ours = foundrydb.connect(path, isolation_level=None)
    start = time.process_time()
    for sql in (
        "create table v(a)",
        "insert into t values (zeroblob(9000))",
        "update t set a = 1",
        "delete from t",
    ):
        with contextlib.suppress(foundrydb.DatabaseError):
            ours.execute(sql)
    assert ours.execute("pragma integrity_check").fetchall() != [("ok",)]
    assert ours.execute("select a from u").fetchall() == [(1,)]
    with contextlib.suppress(foundrydb.DatabaseError):
        ours.execute("pragma incremental_vacuum").fetchall()
    ours.close()
    assert time.process_time() - start < SECONDS


def test_folder_and_missing_folder(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "no" / "file.db"):
        with pytest.raises(foundrydb.OperationalError, match="unable to open database file"):
            foundrydb.connect(path).execute("select 1 from sqlite_schema")


def test_locked_file(tmp_path: Path) -> None:
    path = tmp_path / "locked.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.executescript("create table t(a); begin exclusive;")
    connection = foundrydb.connect(path, timeout=0.1)
    for sql in ("select * from t", "insert into t values (1)"):
        assert failure(connection, sql).sqlite_errorname == "SQLITE_BUSY"
    other.execute("commit")
    assert connection.execute("select * from t").fetchall() == []


def test_full_disk(tmp_path: Path) -> None:
    path = tmp_path / "full.db"
    connection = foundrydb.connect(path, isolation_level=None)
    connection.execute("create table t(a)")
    connection.executemany("insert into t values (?)", [("x" * 500,)] * 50)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        found = failure(connection, "insert into t select zeroblob(9000) from t")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert found.sqlite_errorname == "SQLITE_FULL"
    assert connection.execute("select count(*) from t").fetchall() == [(50,)]
    connection.close()
    assert sqlite3.connect(path).execute("pragma integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("select " + "(" * 10_000 + "1" + ")" * 10_000, "Recursion limit"),
        ("select " + "not " * 100_000 + "1", "Recursion limit"),
        (
            "select " + "+".join(["a"] * 5_000) + " from t",
            "Expression tree is too large (maximum depth 1000)",
        ),
        (
            "select 1 where " + " and ".join(["1"] * 5_000),
            "Expression tree is too large (maximum depth 1000)",
        ),
        ("select * from " + "(select * from " * 10_000, "Recursion limit"),
        ("select " + "case " * 50_000, "Recursion limit"),
        ("foo bar " * 1_000_000, 'near "foo": syntax error'),
        ("\x01\x02 )( $$ " * 1_000_000, 'unrecognized token: "\x01"'),
    ],
    ids=["parentheses", "not", "sum", "and", "subqueries", "case", "words", "garbage"],
)
def test_large_and_deep_sql(memory: foundrydb.Connection, sql: str, message: str) -> None:
    start = time.process_time()
    assert str(failure(memory, sql)) == message
    assert time.process_time() - start < SECONDS


def test_long_arguments_of_functions(memory: foundrydb.Connection) -> None:
    start = time.process_time()
    sql = "select length(strftime(replace(hex(zeroblob(300000)), '0', '%Y'))), length(unhex(hex(zeroblob(5000000))))"
    assert memory.execute(sql).fetchone() == (2_400_000, 5_000_000)
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize(
    "sql",
    [
        "select " + "+".join(["a"] * 990) + " from t",
        "select " + "(" * 990 + "1" + ")" * 990,
        "select " + ", ".join(f"sum(a + {i})" for i in range(1_500)) + " from t",
        "select a from t order by " + ", ".join(f"a + {i}" for i in range(1_500)),
        "select count(*) from t group by " + ", ".join(f"a + {i}" for i in range(1_500)),
        "select a from t where a in (" + ", ".join(map(str, range(5_000))) + ")",
        "insert into t values " + ", ".join(f"({i}, {i})" for i in range(5_000)),
        "select length('" + "x" * 3_000_000 + "') from t",
    ],
    ids=["sum", "parentheses", "aggregates", "order by", "group by", "in", "values", "literal"],
)
def test_large_sql_that_runs(memory: foundrydb.Connection, sql: str) -> None:
    start = time.process_time()
    memory.execute(sql).fetchall()
    assert time.process_time() - start < SECONDS


def test_table_of_2000_columns(memory: foundrydb.Connection) -> None:
    memory.execute("create table wide(" + ", ".join(f"c{i}" for i in range(2_000)) + ")")
    memory.execute("insert into wide values (" + ", ".join(map(str, range(2_000))) + ")")
    assert memory.execute("select * from wide").fetchone() == tuple(range(2_000))
    too_wide = "create table wider(" + ", ".join(f"c{i}" for i in range(2_001)) + ")"
    assert str(failure(memory, too_wide)) == "too many columns on wider"


def test_many_savepoints_and_cursors(memory: foundrydb.Connection) -> None:
    start = time.process_time()
    for i in range(1_000):
        memory.execute(f"savepoint s{i}")
        memory.execute("insert into t values (?, 0)", (i,))
    memory.execute("rollback to s500")
    memory.execute("release s0")
    assert memory.execute("select count(*) from t").fetchone() == (501,)
    cursors = [memory.execute("select a from t") for _ in range(1_000)]
    assert {cursor.fetchone() for cursor in cursors} == {(1,)}
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) from t, t, t",
        "select t.a from t, t as u order by t.b || u.b",
        "update t set a = 1 where (select count(*) from t as u, t as v where u.a > t.a) >= 0",
    ],
    ids=["scan", "sort", "update"],
)
def test_interrupt(memory: foundrydb.Connection, sql: str) -> None:
    memory.executemany("insert into t values (?, ?)", [(i, str(i)) for i in range(5_000)])
    start = time.process_time()
    with interrupting(memory):
        assert failure(memory, sql).sqlite_errorname == "SQLITE_INTERRUPT"
    assert time.process_time() - start < 5.0
    assert memory.execute("select count(*) from t").fetchone() == (5_001,)


def test_open_connections_at_exit(tmp_path: Path) -> None:
    path = tmp_path / "left.db"
    code = (
        "import sys, foundrydb\n"
        "c = foundrydb.connect(sys.argv[1])\n"
        "c.execute('create table t(a)')\n"
        "c.commit()\n"
        "c.execute('insert into t values (1)')\n"
        "c.itself = c\n"
        "sys.kept = c.execute('select * from t')\n"
    )
    run = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert sorted(item.name for item in tmp_path.iterdir()) == ["left.db"]
    assert sqlite3.connect(path).execute("select count(*) from t").fetchone() == (0,)


@pytest.mark.parametrize(
    "arguments", [["{}", "select 1 from t"], ["dump-tree", "{}"], ["dump-page", "{}", "1"]]
)
def test_command_line(tmp_path: Path, arguments: list[str]) -> None:
    path = tmp_path / "foreign.db"
    path.write_bytes(b"not a database " * 100)
    command = [sys.executable, "-m", "foundrydb", *(item.format(path) for item in arguments)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert run.returncode != 0
    assert run.stderr.count("\n") == 1
    assert "file is not a database" in run.stderr
