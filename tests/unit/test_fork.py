"""A forked child: what the parent holds stays the parent's, and idle connections serve both."""

from __future__ import annotations

import gc
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

import foundrydb
from foundrydb.edition import mode
from foundrydb.storage.os import os_vfs
from foundrydb.storage.os.range_locks import ProcessLocks

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform does not fork")


@pytest.fixture(params=["best locks", "process locks", "write-ahead log"])
def path(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if request.param == "process locks":
        if mode() == "compiled":
            pytest.skip("compiled code calls its own functions")
        monkeypatch.setattr(os_vfs, "range_locks", ProcessLocks)
    path = tmp_path / "a.db"
    with foundrydb.connect(path) as setup:
        if request.param == "write-ahead log":
            setup.execute("pragma journal_mode = wal")
        setup.execute("create table t(a)")
        setup.executemany("insert into t values (?)", [(i,) for i in range(1000)])
    setup.close()
    return path


def in_child(act: Callable[[], object]) -> str:
    """What an action comes to in a forked child, which then ends as programs do."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            answer = str(act())
        except Exception as failure:
            answer = str(failure)
        os.write(writing, answer.encode())
        gc.collect()
        os._exit(0)
    os.close(writing)
    with open(reading) as answers:
        answer = answers.read()
    os.waitpid(process, 0)
    return answer


def is_locked(path: Path) -> bool:
    other = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        other.execute("begin immediate")
    except sqlite3.OperationalError:
        return True
    finally:
        other.close()
    return False


def test_a_transaction_stays_the_parents(path: Path) -> None:
    connections = [foundrydb.connect(path, isolation_level=None)]
    connections[0].execute("begin immediate")
    connections[0].execute("insert into t values (5000)")

    def act() -> object:
        connection = connections.pop()
        try:
            connection.execute("select 1")
        except foundrydb.ProgrammingError as failure:
            connection.close()
            del connection
            return failure
        return "usable"

    assert in_child(act) == "Cannot operate on a closed database."
    assert in_child(lambda: is_locked(path)) == "True"
    connections[0].execute("commit")
    assert connections[0].execute("select count(*) from t").fetchone() == (1001,)
    connections[0].close()


def test_a_running_query_stays_the_parents(path: Path) -> None:
    connection = foundrydb.connect(path, isolation_level=None)
    cursor = connection.execute("select a from t")
    assert cursor.fetchone() == (0,)
    assert in_child(cursor.close) == "Cannot operate on a closed database."
    other = foundrydb.connect(path, isolation_level=None, timeout=0)
    if other.execute("pragma journal_mode").fetchall() == [("wal",)]:
        other.execute("insert into t values (1)")
        ((hindered, _, _),) = other.execute("pragma wal_checkpoint(truncate)").fetchall()
        assert hindered
    else:
        with pytest.raises(foundrydb.OperationalError, match="database is locked"):
            other.execute("insert into t values (1)")
    assert len(cursor.fetchall()) == 999
    other.execute("insert into t values (1)")
    other.close()
    connection.close()


def test_an_idle_connection_serves_both_with_locks_of_their_own(path: Path) -> None:
    connection = foundrydb.connect(path, isolation_level=None, timeout=0)
    memory = foundrydb.connect(":memory:", isolation_level=None)
    memory.execute("create table m(a)")
    connection.execute("select * from t").fetchall()

    def act() -> object:
        connection.execute("begin immediate")
        connection.execute("insert into t values (1)")
        memory.execute("insert into m values (1)")
        locked = in_child(lambda: is_locked(path))
        connection.execute("commit")
        connection.close()
        return locked, memory.execute("select count(*) from m").fetchall()

    assert in_child(act) == "('True', [(1,)])"
    connection.execute("begin immediate")
    assert in_child(lambda: is_locked(path)) == "True"
    assert connection.execute("select count(*) from t").fetchone() == (1001,)
    assert memory.execute("select count(*) from m").fetchall() == [(0,)]
    connection.close()
