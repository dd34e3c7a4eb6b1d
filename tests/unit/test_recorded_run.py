"""What a recorded run keeps and what it leaves alone; that a page is debugged by states is tested by the goldens."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import foundrydb
from foundrydb.toolkit import stages
from foundrydb.toolkit.debugging import recorded_run, replay
from foundrydb.toolkit.debugging.recorded_run import WINDOW, RecordedRun
from foundrydb.toolkit.debugging.script import Script
from foundrydb.toolkit.debugging.target_text import read_target

COUNT = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000) "


@pytest.fixture
def connection() -> foundrydb.Connection:
    made = foundrydb.connect(":memory:", isolation_level=None)
    made.executescript(
        "create table t(a integer primary key, b unique); insert into t values (1, 10), (2, 20)"
    )
    return made


def run_of(connection: foundrydb.Connection, sql: str) -> RecordedRun:
    return RecordedRun(connection, stages.compile(sql, connection, noting=True))


def test_what_is_kept_is_bounded(connection: foundrydb.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "STRIDE", 8)
    monkeypatch.setattr(replay, "MOST_NOTES", 50)
    run = run_of(connection, COUNT + "select i from n")
    run.finish()
    assert run.position > 50 * 8 * 10
    assert len(run.replay._notes) <= 51
    run.move(run.position // 2)  # what was noted still agrees
    assert len(run._states) <= 4 * WINDOW
    run.close()


def test_a_walk_back_runs_from_the_start_ever_more_rarely(connection: foundrydb.Connection) -> None:
    run = run_of(connection, COUNT + "select sum(i) from n")
    run.finish()
    rewinds = []
    rewind = run.replay.rewind
    run.replay.rewind = lambda: (rewinds.append(1), rewind())[1]  # type: ignore[method-assign, func-returns-value]
    for _ in range(2 * WINDOW):
        run.move(run.position - 1)
        run.state()
    assert len(rewinds) <= 2
    for _ in range(30 * WINDOW - 10):
        run.move(run.position - 1)
        assert run.state().position == run.position
    assert len(rewinds) <= 6
    run.move(run.position // 2)  # somewhere else: a window of the first size again
    assert len(run._states) == WINDOW + 1
    run.close()


def test_states_of_many_registers_are_few(
    connection: foundrydb.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorded_run, "MOST_REGISTERS", 2_000)
    run = run_of(connection, COUNT + f"select {', '.join(['sum(i)'] * 40)} from n")
    run.finish()
    for _ in range(8 * WINDOW):
        run.move(run.position - 1)
        assert len(run._states) <= WINDOW + 1
    run.close()


def test_clock_and_chance_are_the_same_again(connection: foundrydb.Connection) -> None:
    run = run_of(connection, "select random(), randomblob(4), julianday('now') from t")
    run.next_row()
    first = run.state().last_row
    run.finish()
    run.move(0)
    run.next_row()
    assert run.state().last_row == first
    run.close()
    assert (
        connection.execute("select random()").fetchone() != connection.execute("select random()").fetchone()
    )


def test_counters_are_as_before(connection: foundrydb.Connection) -> None:
    connection.execute("insert into t values (7, 70)")
    told = "select changes(), total_changes(), last_insert_rowid()"
    before = connection.execute(told).fetchall()
    run = run_of(connection, "insert into t values (8, 80), (9, 90)")
    run.finish()
    run.move(3)
    run.close()
    assert connection.execute(told).fetchall() == before
    assert connection.execute("select count(*) from t").fetchone() == (3,)
    assert not connection.in_transaction


def test_a_pause_and_a_budget(connection: foundrydb.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "STRIDE", 1024)
    run = run_of(connection, COUNT + "select sum(i) from n")
    run.budget = 500
    assert run.finish() == "budget"
    assert run.position == 500
    run.budget = 1 << 40
    run.replay.asked_to_stop = lambda: True
    assert run.finish() == "asked"
    assert run.position == 1024
    run.replay.asked_to_stop = lambda: False
    assert run.finish() == "end"
    run.close()


def test_within_a_transaction_of_the_users(connection: foundrydb.Connection) -> None:
    connection.execute("begin")
    connection.execute("insert into t values (7, 70)")
    run = run_of(connection, "delete from t")
    run.finish()
    run.move(4)
    run.close(keep=True)
    assert connection.execute("select count(*) from t").fetchone() == (0,)
    connection.execute("rollback")
    assert connection.execute("select count(*) from t").fetchone() == (2,)


@pytest.mark.parametrize("sql", ["begin", "commit", "explain select 1", "savepoint s"])
def test_what_cannot_be_debugged(connection: foundrydb.Connection, sql: str) -> None:
    with pytest.raises(foundrydb.ProgrammingError, match="cannot be debugged"):
        run_of(connection, sql)
    assert not connection.in_transaction


def test_a_failure_that_undoes_everything(connection: foundrydb.Connection) -> None:
    """Statements before it in the script were transactions of their own, which it cannot undo."""
    sql = "insert into t values (3, 30); insert or rollback into t values (4, 40), (5, 10); select count(*) from t"
    script = Script(connection, sql, first=1)
    run = script.run
    assert run is not None
    run.finish()
    assert "UNIQUE" in str(run.state().failure)
    end = run.position
    run.move(end - 1)
    before = json.dumps(run.state().as_json())
    run.move(0)
    for _ in range(end - 1):
        run.move(run.position + 1)
    assert json.dumps(run.state().as_json()) == before
    script.next_statement()
    assert script.run is not None
    script.run.next_row()
    assert script.run.state().last_row == (3,)
    script.close()
    assert connection.execute("select count(*) from t").fetchone() == (2,)


def test_a_scripts_own_transaction(connection: foundrydb.Connection) -> None:
    sql = (
        "commit; insert into t values (3, 30); begin; insert into t values (4, 40); begin;"
        "insert or rollback into t values (5, 10); rollback; select group_concat(a) from t"
    )
    script = Script(connection, sql, first=-1)
    assert script.run is not None
    script.run.next_row()
    assert script.run.state().last_row == ("1,2,3",)
    assert {number: str(problem) for number, problem in script.failures.items()} == {
        0: "cannot commit - no transaction is active",
        4: "cannot start a transaction within a transaction",
        5: "UNIQUE constraint failed: t.b",
        6: "cannot rollback - no transaction is active",
    }
    script.close()


def test_a_locked_database(tmp_path: Path) -> None:
    path = str(tmp_path / "t.fdb")
    other = foundrydb.connect(path, isolation_level=None)
    other.executescript("create table t(a)")
    mine = foundrydb.connect(path, isolation_level=None, timeout=0)
    other.execute("begin immediate")
    run = run_of(mine, "insert into t values (1)")
    run.finish()
    assert "locked" in str(run.state().failure)
    other.execute("rollback")
    run.move(0)
    assert run.finish() == "end" and run.state().failure is None and run.state().changes == 1
    run.close(keep=True)
    assert other.execute("select * from t").fetchall() == [(1,)]


def test_targets_stop_where_they_say(connection: foundrydb.Connection) -> None:
    run = run_of(connection, "select a + b from t where b > 5")
    assert run.forward([read_target("row 2", run), read_target("ResultRow", run)]) == "target"
    state = run.state()
    assert state.next is not None and state.next.opcode == "ResultRow"
    assert state.rows == 0
    run.close()


def test_another_connection_sees_nothing_of_it(tmp_path: Path) -> None:
    path = str(tmp_path / "t.fdb")
    mine = foundrydb.connect(path, isolation_level=None)
    mine.executescript("pragma journal_mode = wal; create table t(a); insert into t values (1)")
    run = run_of(mine, "select count(*) from t")
    other = foundrydb.connect(path, isolation_level=None)
    other.execute("insert into t values (2)")
    run.finish()
    assert run.state().last_row == (1,)  # the state of its beginning is held
    run.close()
    assert mine.execute("select count(*) from t").fetchone() == (2,)
