"""What a debugged run undoes beyond its savepoint: databases that come and go, files that are made."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import foundrydb
from foundrydb.toolkit import stages
from foundrydb.toolkit.debugging.recorded_run import RecordedRun
from foundrydb.toolkit.debugging.script import Script


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[foundrydb.Connection]:
    with closing(foundrydb.connect(str(tmp_path / "main.db"), isolation_level=None)) as opened:
        opened.executescript("create table t(a); insert into t values (1), (2)")
        yield opened


def names(connection: foundrydb.Connection) -> list[str]:
    return [row[1] for row in connection.execute("pragma database_list") if row[1] != "temp"]


def begun(connection: foundrydb.Connection, sql: str) -> RecordedRun:
    return RecordedRun(connection, stages.compile(sql, connection, noting=True))


def files(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_attach_is_undone(connection: foundrydb.Connection, tmp_path: Path) -> None:
    run = begun(connection, f"attach '{tmp_path}/new.db' as n")
    for _ in range(2):
        run.finish()
        assert names(connection) == ["main", "n"] and files(tmp_path) == ["main.db"]
        run.replay.rewind()
        assert names(connection) == ["main"]
    run.close()
    assert names(connection) == ["main"] and files(tmp_path) == ["main.db"]


def test_what_was_attached_is_kept(connection: foundrydb.Connection, tmp_path: Path) -> None:
    script = Script(connection, f"attach '{tmp_path}/new.db' as n; create table n.u as select * from t")
    script.next_statement()
    script.next_statement()
    script.close(keep=True)
    connection.execute("insert into n.u values (3)")
    with closing(sqlite3.connect(tmp_path / "new.db")) as opened:
        assert opened.execute("select * from u").fetchall() == [(1,), (2,), (3,)]
    assert files(tmp_path) == ["main.db", "new.db"]


def test_detached_memory_comes_back_with_what_it_holds(connection: foundrydb.Connection) -> None:
    connection.executescript("attach ':memory:' as m; create table m.u(x); insert into m.u values (7)")
    connection.execute("attach ':memory:' as z")
    run = begun(connection, "detach m")
    for _ in range(2):
        run.finish()
        assert names(connection) == ["main", "z"]
        run.replay.rewind()
        assert names(connection) == ["main", "m", "z"]
    run.close()
    assert connection.execute("select x from u").fetchall() == [(7,)]
    run = begun(connection, "detach m")
    run.finish()
    run.close(keep=True)
    assert names(connection) == ["main", "z"]


def test_vacuum_into_makes_its_file_when_it_is_kept(connection: foundrydb.Connection, tmp_path: Path) -> None:
    made = tmp_path / "copy.db"
    sql = f"vacuum into '{made}'"
    run = begun(connection, sql)
    for _ in range(2):
        run.finish()
        assert run.replay.failure is None and files(tmp_path) == ["main.db"]
        run.replay.rewind()
    run.close()
    assert files(tmp_path) == ["main.db"]
    run = begun(connection, sql)
    run.finish()
    run.close(keep=True)
    with closing(sqlite3.connect(made)) as opened:
        assert opened.execute("select * from t").fetchall() == [(1,), (2,)]


def test_vacuum_is_undone(connection: foundrydb.Connection, tmp_path: Path) -> None:
    connection.executescript(
        "create table u(x); insert into u select value from generate_series(1, 3000); drop table u"
    )
    before = (tmp_path / "main.db").read_bytes()
    run = begun(connection, "vacuum")
    for _ in range(2):
        run.finish()
        assert run.replay.failure is None
        assert connection.execute("pragma page_count").fetchone() == (2,)
        run.replay.rewind()
        assert connection.execute("pragma page_count").fetchone()[0] > 2
    run.close()
    assert (tmp_path / "main.db").read_bytes() == before
    run = begun(connection, "vacuum")
    run.finish()
    run.close(keep=True)
    assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    with closing(sqlite3.connect(tmp_path / "main.db")) as opened:
        assert opened.execute("pragma page_count").fetchone() == (2,)
        assert opened.execute("select * from t").fetchall() == [(1,), (2,)]


def page_size(path: Path) -> tuple[object, ...]:
    with closing(sqlite3.connect(path)) as opened:
        assert opened.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert opened.execute("select count(*) from t").fetchone()[0] >= 2
        found = opened.execute("pragma page_size").fetchone()
        assert isinstance(found, tuple)
        return found


@pytest.mark.parametrize("size", [512, 8192])
def test_vacuum_to_another_page_size_is_undone(
    connection: foundrydb.Connection, tmp_path: Path, size: int
) -> None:
    before = (tmp_path / "main.db").read_bytes()
    connection.execute(f"pragma page_size = {size}")
    run = begun(connection, "vacuum")
    for _ in range(2):
        run.finish()
        assert run.replay.failure is None
        assert connection.execute("pragma page_size").fetchone() == (size,)
        assert connection.execute("select a from t").fetchall() == [(1,), (2,)]
        run.replay.rewind()
        assert connection.execute("pragma page_size").fetchone() == (4096,)
        assert connection.execute("select a from t").fetchall() == [(1,), (2,)]
    run.finish()
    run.close()
    assert (tmp_path / "main.db").read_bytes() == before
    run = begun(connection, "vacuum")
    run.close(keep=True)
    assert page_size(tmp_path / "main.db") == (size,)


SCRIPT = """insert into t values (3); pragma page_size = 512; vacuum; insert into t values (4);
insert into t select null from generate_series(1, 500); select count(*) from t"""


@pytest.mark.parametrize("keep", [False, True])
def test_a_script_goes_back_beyond_another_page_size(
    connection: foundrydb.Connection, tmp_path: Path, keep: bool
) -> None:
    before = (tmp_path / "main.db").read_bytes()
    script = Script(connection, SCRIPT)
    for _ in range(2):
        script.next_statement()
    for _ in range(2):
        assert script.run is not None
        script.run.finish()
        script.run.replay.rewind()
        assert connection.execute("select a from t").fetchall() == [(1,), (2,), (3,)]
    script.next_statement()
    assert connection.execute("pragma page_size").fetchone() == (512,)
    for _ in range(2):
        script.next_statement()
    seen: list[int] = []
    script.runs_so_far(lambda index, run: seen.append(index))
    assert seen == [0, 1, 2, 3, 4, 5]
    assert script.run is not None and not script.failures
    script.run.finish()
    assert script.run.replay.last_row == (504,)
    script.close(keep)
    if keep:
        assert page_size(tmp_path / "main.db") == (512,)
    else:
        assert (tmp_path / "main.db").read_bytes() == before


def test_a_failing_vacuum_to_another_page_size_leaves_what_was_before(
    connection: foundrydb.Connection, tmp_path: Path
) -> None:
    script = Script(connection, SCRIPT)
    for _ in range(2):
        script.next_statement()
    engine = connection.engine

    def fail(pages: int) -> None:
        if engine.attached.database(0).pager.page_size == 512:
            raise foundrydb.OperationalError("no more")

    engine.page_copied = fail
    script.next_statement()
    engine.page_copied = None
    assert str(script.failures[2]) == "no more"
    assert connection.execute("pragma page_size").fetchone() == (4096,)
    assert connection.execute("select a from t").fetchall() == [(1,), (2,), (3,)]
    script.close(keep=True)
    assert page_size(tmp_path / "main.db") == (4096,)


@pytest.mark.parametrize("begin, fails", [("", False), ("begin; ", True)])
def test_vacuum_knows_the_transactions_of_the_user(
    connection: foundrydb.Connection, begin: str, fails: bool
) -> None:
    script = Script(connection, begin + "insert into t values (3); vacuum; select 1")
    script.next_statement()
    script.next_statement()
    assert bool(script.failures) == fails
    script.close()
    connection.execute("begin")
    run = begun(connection, "vacuum")
    run.finish()
    assert "from within a transaction" in str(run.replay.failure)
    run.close()
    connection.execute("rollback")


def test_a_script_is_run_again_with_its_attached_databases(
    connection: foundrydb.Connection, tmp_path: Path
) -> None:
    sql = f"""attach ':memory:' as m; create table m.u(x unique); insert into m.u select a from t;
    attach '{tmp_path}/other.db' as o; create table o.v(y); detach m;
    insert or rollback into u values (1); select * from u"""
    script = Script(connection, sql)
    for _ in range(7):
        script.next_statement()
    assert sorted(script.failures) == [5, 6]  # m is in use by the debugger's transaction
    seen: list[int] = []
    script.runs_so_far(lambda index, run: seen.append(index))
    assert seen == list(range(8)) and sorted(script.failures) == [5, 6]
    assert names(connection) == ["main", "m", "o"]
    script.close()
    assert names(connection) == ["main"] and files(tmp_path) == ["main.db"]


def test_a_folder_that_there_is_not(connection: foundrydb.Connection, tmp_path: Path) -> None:
    run = begun(connection, f"attach '{tmp_path}/none/new.db' as n")
    run.finish()
    assert "unable to open database" in str(run.replay.failure)
    run.close()
    assert files(tmp_path) == ["main.db"]
