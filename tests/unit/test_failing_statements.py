"""What is left after a statement has failed: it is undone, or the whole transaction is, as in C SQLite."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from harness.disk import EVERY_CALL, OWN_CODE, Disk

import foundrydb
from foundrydb import Connection, OperationalError

ROWS = 200


def filled(disk: Disk) -> Connection:
    """A connection with a cache of ten pages, on a table that takes more."""
    connection = disk.connect()
    for statement in (
        "pragma page_size = 1024",
        "pragma cache_size = 10",
        "create table t(k integer primary key, v int, pad text)",
        "create index tv on t(v)",
        "begin",
    ):
        connection.execute(statement)
    connection.executemany("insert into t values (?, 0, ?)", [(i, "x" * 100) for i in range(ROWS)])
    connection.execute("commit")
    return connection


def values(connection: Connection) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = connection.execute("select v, count(*) from t group by v").fetchall()
    return found


def sound(connection: Connection) -> bool:
    return connection.execute("pragma integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("fault", ["SQLITE_FULL", OWN_CODE])
def test_a_statement_that_fails_once_is_undone_and_what_follows_is_kept(fault: str) -> None:
    place = 1
    while True:
        disk = Disk()
        connection = filled(disk)
        disk.fault = fault
        disk.fail_at = disk.operations + place
        try:
            connection.execute("update t set v = v + 1, pad = pad || pad || pad")
            break
        except OperationalError:
            pass
        disk.fail_at = 0
        assert not connection.in_transaction
        assert values(connection) == [(0, ROWS)], place
        connection.execute("insert into t values (1000, 7, 'acknowledged')")
        assert sound(connection)
        connection.close()
        again = disk.connect()
        assert values(again) == [(0, ROWS), (7, 1)], place
        again.close()
        place += 12
    assert place > 100


@pytest.mark.parametrize("kind", ["read", "write", "sync"])
def test_an_error_of_the_disk_rolls_the_transaction_back(kind: str) -> None:
    disk = Disk()
    connection = filled(disk)
    connection.execute("begin")
    connection.execute("update t set v = 1 where k < 3")
    disk.counted = frozenset({kind})
    disk.fault = OWN_CODE
    disk.operations, disk.fail_at = 0, 1
    with pytest.raises(OperationalError, match="disk I/O error"):
        connection.execute("update t set pad = pad || 'y'")
    assert not connection.in_transaction
    with pytest.raises(OperationalError, match="cannot commit - no transaction is active"):
        connection.execute("commit")
    assert values(connection) == [(0, ROWS)] and sound(connection)


def test_a_full_disk_undoes_the_statement_alone_where_that_is_possible() -> None:
    """The journal cannot grow, which leaves the pages in memory as they are."""
    disk = Disk()
    connection = filled(disk)
    connection.execute("pragma cache_size = 1000")
    connection.execute("begin")
    connection.execute("update t set v = 1 where k < 3")
    disk.fail_at = disk.operations + 20
    with pytest.raises(OperationalError, match="database or disk is full"):
        connection.execute("update t set k = k + 1000")
    assert connection.in_transaction
    assert values(connection) == [(0, ROWS - 3), (1, 3)]
    connection.execute("commit")
    assert values(connection) == [(0, ROWS - 3), (1, 3)] and sound(connection)


@pytest.mark.parametrize("condition", ["fail(v)", "abs(-9223372036854775718 - v) > 0"])
@pytest.mark.parametrize("asked", ["k > -1", "v > -1"])
def test_a_deletion_whose_condition_fails_is_undone_alone(condition: str, asked: str) -> None:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.execute("create table t(k integer primary key, v int, pad text)")
    connection.execute("create index tv on t(v)")
    connection.executemany("insert into t values (?, ?, 'a')", [(i, i) for i in range(100)])

    def fail(value: int) -> int:
        return 1 // (value - 90)

    connection.create_function("fail", 1, fail)
    connection.execute("begin")
    connection.execute("update t set pad = 'b' where k = 1")
    with pytest.raises(foundrydb.Error):
        connection.execute(f"delete from t where {asked} and {condition}")
    assert connection.in_transaction
    assert connection.execute("select count(*), sum(pad = 'b') from t").fetchone() == (100, 1)
    assert connection.execute("select count(*) from t where v > -1").fetchone() == (100,)
    connection.execute("commit")
    assert connection.execute("pragma integrity_check").fetchone() == ("ok",)


def test_a_commit_that_fails_is_a_rollback() -> None:
    disk = Disk()
    connection = filled(disk)
    connection.execute("begin")
    connection.execute("update t set v = 1 where k < 3")
    disk.fail_at, disk.fail_for = disk.operations + 3, 1000
    with pytest.raises(OperationalError, match="database or disk is full"):
        connection.execute("commit")
    assert not connection.in_transaction
    disk.fail_at = 0
    assert values(connection) == [(0, ROWS)] and sound(connection)


@pytest.mark.parametrize("mode", ["delete", "truncate", "persist", "memory"])
def test_a_rollback_ends_the_transaction_even_where_the_file_cannot_be_put_back_yet(mode: str) -> None:
    disk = Disk()
    connection = filled(disk)
    connection.execute(f"pragma journal_mode = {mode}")
    connection.execute("begin")
    connection.execute("update t set v = 1, pad = pad || pad || pad")
    disk.counted = EVERY_CALL
    disk.fault = OWN_CODE
    disk.operations, disk.fail_at, disk.fail_for = 0, 1, 1 << 30
    connection.execute("rollback")
    assert not connection.in_transaction
    with pytest.raises(OperationalError):
        values(connection)
    disk.fail_at = 0
    assert values(connection) == [(0, ROWS)] and sound(connection)


def test_a_reader_of_a_file_that_could_not_be_put_back_is_stopped() -> None:
    disk = Disk()
    connection = filled(disk)
    reader = connection.cursor()
    reader.execute("select k from t")
    assert reader.fetchone() == (0,)
    connection.execute("begin")
    connection.execute("update t set v = 1, pad = pad || pad || pad")
    disk.fail_at, disk.fail_for = disk.operations + 1, 1000
    connection.execute("rollback")
    disk.fail_at = 0
    assert values(connection) == [(0, ROWS)]
    with pytest.raises(OperationalError, match="abort due to ROLLBACK"):
        reader.fetchall()


def test_going_back_to_a_savepoint_that_fails_ends_the_transaction() -> None:
    disk = Disk()
    connection = filled(disk)
    connection.execute("begin")
    connection.execute("update t set v = 1")
    connection.execute("savepoint s")
    connection.execute("update t set v = 2, pad = pad || pad")
    disk.fail_at = disk.operations + 3
    with pytest.raises(OperationalError, match="database or disk is full"):
        connection.execute("rollback to s")
    assert not connection.in_transaction
    assert values(connection) == [(0, ROWS)] and sound(connection)


def test_a_schema_whose_change_failed_is_the_one_of_before() -> None:
    for place in range(1, 12):
        disk = Disk()
        connection = filled(disk)
        disk.fail_at = disk.operations + place
        try:
            connection.execute("create table u(a)")
            connection.execute("drop table u")
        except OperationalError:
            disk.fail_at = 0
            connection.execute("create table if not exists u(a)")
            connection.execute("insert into u values (1)")
            connection.close()
            assert disk.connect().execute("select a from u").fetchall() == [(1,)]


def test_a_transaction_can_be_ended_though_the_schema_cannot_be_read() -> None:
    disk = Disk()
    connection = filled(disk)
    connection.execute("pragma cache_size = 1000")
    connection.execute("begin")
    connection.execute("create table u(a unique)")
    disk.fail_at, disk.fail_for = disk.operations + 1, 1000
    with pytest.raises(OperationalError, match="database or disk is full"):
        connection.execute("update t set k = k + 1000")
    disk.counted = EVERY_CALL
    disk.operations, disk.fail_at, disk.fail_for = 0, 1, 1 << 30
    assert connection.in_transaction
    connection.execute("rollback")
    with pytest.raises(OperationalError):
        connection.execute("select * from u")
    disk.fail_at = 0
    with pytest.raises(OperationalError, match="no such table: u"):
        connection.execute("select * from u")


def test_an_interrupted_change_takes_its_transaction_along() -> None:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.execute("create table t(a)")
    connection.execute("begin")
    connection.execute("insert into t values (1)")
    connection.set_progress_handler(lambda: 1, 1)
    with pytest.raises(OperationalError, match="interrupted"):
        connection.execute("insert into t select value from generate_series(1, 1000)")
    connection.set_progress_handler(None, 0)
    assert not connection.in_transaction
    assert connection.execute("select * from t").fetchall() == []


def test_a_reader_is_stopped_when_the_schema_under_it_goes() -> None:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    for back in ("rollback", "rollback to s"):
        for statement in ("begin", "savepoint s", "create table u(b)"):
            connection.execute(statement)
        connection.executemany("insert into u values (?)", [(i,) for i in range(1000)])
        reader = connection.execute("select b from u")
        assert reader.fetchone() == (0,)
        connection.execute(back)
        with pytest.raises(OperationalError, match="abort due to ROLLBACK"):
            reader.fetchall()
        if connection.in_transaction:
            connection.execute("rollback")


def test_savepoints_wait_for_statements_that_write() -> None:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.execute("create table t(a)")
    connection.executemany("insert into t values (?)", [(i,) for i in range(100)])
    connection.execute("savepoint x")
    pending = connection.execute("insert into t select a from t returning a")
    for statement, verb in (("savepoint y", "open"), ("release x", "release")):
        with pytest.raises(OperationalError, match=f"cannot {verb} savepoint - SQL statements in progress"):
            connection.execute(statement)
    assert len(pending.fetchall()) == 100
    connection.execute("release x")


@pytest.mark.parametrize(
    "statements",
    [
        ["insert into t values (1)"],
        ["begin immediate", "insert into t values (1)", "commit"],
        ["begin", "insert into t values (1)", "commit"],
        ["savepoint s", "insert into t values (1)", "release s"],
        ["update t set a = 2"],
        ["create table u(a)"],
        ["begin exclusive", "commit"],
    ],
)
def test_a_writer_waits_for_another_one(tmp_path: Path, statements: list[str]) -> None:
    path = tmp_path / "a.db"
    with foundrydb.connect(path) as setup:
        setup.execute("create table t(a)")
    holder = foundrydb.connect(path, isolation_level=None, check_same_thread=False)
    holder.execute("begin immediate")
    holder.execute("insert into t values (9)")
    waiting = foundrydb.connect(path, isolation_level=None, timeout=20)
    threading.Timer(0.05, lambda: holder.execute("commit")).start()
    for statement in statements:
        waiting.execute(statement)
    assert waiting.execute("select count(*) from t where a = 9 or a = 2").fetchone()[0] >= 1
    waiting.close()
    holder.close()


def test_who_reads_already_does_not_wait_to_write(tmp_path: Path) -> None:
    """The other one may be waiting for this reader to leave."""
    path = tmp_path / "a.db"
    with foundrydb.connect(path) as setup:
        setup.execute("create table t(a)")
    holder = foundrydb.connect(path, isolation_level=None)
    waiting = foundrydb.connect(path, isolation_level=None, timeout=1000)
    waiting.execute("begin")
    waiting.execute("select * from t").fetchall()
    holder.execute("begin immediate")
    with pytest.raises(OperationalError, match="database is locked"):
        waiting.execute("insert into t values (1)")
    assert waiting.in_transaction
    waiting.execute("rollback")
    holder.close()
    waiting.close()


CONTENDER = """
import sys, foundrydb
connection = foundrydb.connect(sys.argv[1], isolation_level=None, timeout=60)
connection.execute("pragma synchronous = off")
for _ in range(30):
    connection.execute("begin immediate")
    connection.execute("insert into t values (1)")
    connection.execute("commit")
"""


def test_no_contender_is_turned_away(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with foundrydb.connect(path) as setup:
        setup.execute("create table t(a)")
    command = [sys.executable, "-c", CONTENDER, os.fspath(path)]
    contenders = [subprocess.Popen(command) for _ in range(3)]
    assert [contender.wait() for contender in contenders] == [0, 0, 0]
    assert foundrydb.connect(path).execute("select count(*) from t").fetchone() == (90,)


def test_a_statement_that_cannot_begin_the_journal_leaves_nothing() -> None:
    """Not even changes of indexes that wait, though the transaction goes on."""
    disk = Disk()
    connection = disk.connect()
    connection.executescript(
        "create table t(k integer primary key, v int); create index tv on t(v);"
        "insert into t select value, value % 7 from generate_series(1, 50);"
    )
    connection.execute("begin immediate")
    disk.counted = frozenset({"create"})
    disk.operations, disk.fail_at, disk.fault = 0, 1, "SQLITE_CANTOPEN"
    with pytest.raises(foundrydb.OperationalError, match="unable to open database file"):
        connection.execute("delete from t where k % 3 = 1")
    disk.fail_at = 0
    assert connection.in_transaction
    connection.execute("update t set v = 100 where k = 50")
    connection.execute("commit")
    assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
    assert connection.execute("select count(*) from t indexed by tv where v >= 0").fetchall() == [(50,)]
    connection.close()
