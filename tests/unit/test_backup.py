"""Backups in steps beside the standard library's, over C SQLite: what progress is told, and what is copied."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import apsw
import pytest

import foundrydb

MODULES = (sqlite3, foundrydb)


def filled(module: Any, path: Any, rows: int = 50, page_size: int = 4096, **options: Any) -> Any:
    connection = module.connect(path, isolation_level=None, **options)
    connection.execute(f"PRAGMA page_size = {page_size}")
    connection.execute("CREATE TABLE t(a)")
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO t VALUES (?)", [("x" * 300,)] * rows)
    connection.execute("COMMIT")
    connection.execute("VACUUM")
    return connection


def look(connection: Any) -> list[Any]:
    """What is in a database."""
    return [
        connection.execute(sql).fetchall()
        for sql in (
            "SELECT count(*), sum(length(a)), count(DISTINCT a) FROM t",
            "PRAGMA integrity_check",
            "PRAGMA schema_version",
            "PRAGMA user_version",
        )
    ]


@pytest.mark.parametrize("pages", [-1, 0, 1, 2, 5, 1000])
@pytest.mark.parametrize("to_file", [False, True])
def test_what_progress_is_told(tmp_path: Path, pages: int, to_file: bool) -> None:
    told = []
    for module in MODULES:
        source = filled(module, ":memory:")
        target = filled(module, tmp_path / f"{module.__name__}.db" if to_file else ":memory:", 3)
        reports: list[tuple[int, int, int]] = []
        source.backup(target, pages=pages, progress=lambda *report, to=reports: to.append(report))
        told.append((reports, look(target)))
    assert told[1] == told[0]


@pytest.mark.parametrize("sizes", [(1024, 8192), (8192, 1024), (512, 65536), (65536, 512)])
@pytest.mark.parametrize("rows", [0, 3, 400])
def test_another_page_size(tmp_path: Path, sizes: tuple[int, int], rows: int) -> None:
    """A file takes over the source's, whatever was in it."""
    path = tmp_path / "target.db"
    filled(sqlite3, path, rows, sizes[1]).close()
    source = filled(foundrydb, ":memory:", 50, sizes[0])
    target = foundrydb.connect(path, isolation_level=None)
    before = target.execute("SELECT count(*) FROM t").fetchall()
    assert before == [(rows,)]
    source.backup(target, pages=3)
    assert target.execute("PRAGMA page_size").fetchall() == [(sizes[0],)]
    target.execute("INSERT INTO t VALUES ('more')")
    theirs = apsw.Connection(str(path))
    for each in (target, theirs):
        assert each.execute("SELECT count(*), sum(length(a)) FROM t").fetchall() == [(51, 15_004)]
        assert each.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert each.execute("PRAGMA page_size").fetchall() == [(sizes[0],)]


def test_a_database_in_memory_keeps_its_page_size() -> None:
    errors = []
    for module in MODULES:
        source, target = filled(module, ":memory:", 5, 1024), filled(module, ":memory:", 5, 4096)
        with pytest.raises(module.OperationalError) as caught:
            source.backup(target)
        errors.append(str(caught.value))
        assert target.execute("SELECT count(*) FROM t").fetchall() == [(5,)]
        empty = module.connect(":memory:", isolation_level=None)
        source.backup(empty)
        assert empty.execute("PRAGMA page_size").fetchall() == [(1024,)]
    assert errors[1] == errors[0] == "attempt to write a readonly database"


@pytest.mark.parametrize("modes", ["wal delete", "delete wal", "wal wal", "wal memory"])
def test_write_ahead_logs(tmp_path: Path, modes: str) -> None:
    """A copy of a file in WAL mode is in WAL mode, and a target that is stays so; in memory there is no log."""
    of_source, of_target = modes.split()
    told = []
    for module in MODULES:
        source = filled(module, tmp_path / f"source.{module.__name__}")
        source.execute(f"PRAGMA journal_mode = {of_source}").fetchall()
        source.execute("INSERT INTO t VALUES ('in the log')")
        path = ":memory:" if of_target == "memory" else tmp_path / f"target.{module.__name__}"
        target = filled(module, path, 3)
        target.execute(f"PRAGMA journal_mode = {of_target}").fetchall()
        source.backup(target, pages=2)
        target.execute("INSERT INTO t VALUES ('goes on')")
        if of_target != "memory":
            target.close()
            target = sqlite3.connect(path)
        told.append([*look(target), target.execute("PRAGMA journal_mode").fetchall()])
    assert told[1] == told[0]
    assert told[1][0] == [(52, 15_017, 3)]


def test_an_empty_source_empties_the_target(tmp_path: Path) -> None:
    for module in MODULES:
        path = tmp_path / f"{module.__name__}.db"
        target = filled(module, path)
        module.connect(":memory:").backup(target)
        assert target.execute("SELECT count(*) FROM sqlite_schema").fetchall() == [(0,)]
        assert target.execute("PRAGMA page_count").fetchall() == [(1,)]


@pytest.mark.parametrize("in_file", [True, False])
def test_changes_of_the_source_by_its_connection(tmp_path: Path, in_file: bool) -> None:
    """What is committed meanwhile is in the copy; nothing begins anew, unless the source has no file."""
    told = []
    for module in MODULES:
        source = filled(module, tmp_path / f"{module.__name__}.db" if in_file else ":memory:", 200)
        target = filled(module, ":memory:", 3)
        reports: list[tuple[int, int, int]] = []

        def progress(*report: int, source: Any = source, reports: Any = reports) -> None:
            reports.append(report)
            if len(reports) in (2, 4):
                source.execute("UPDATE t SET a = a || 'y' WHERE rowid < 5 OR rowid > 190")
                source.execute("PRAGMA user_version = 7")
            if len(reports) == 3:
                source.executemany("INSERT INTO t VALUES (?)", [("z" * 300,)] * 100)

        source.backup(target, pages=3, progress=progress)
        wanted, found = look(source), look(target)
        assert wanted[0] == found[0] and wanted[3] == found[3] and found[1] == [("ok",)]
        told.append((reports, found))
    assert told[1] == told[0]


def test_changes_of_the_source_by_others(tmp_path: Path) -> None:
    """Another connection can write between two steps; the copy begins anew."""
    told = []
    for module in MODULES:
        path = tmp_path / f"{module.__name__}.db"
        source = filled(module, path, 200)
        other = sqlite3.connect(path, isolation_level=None)
        target = module.connect(":memory:", isolation_level=None)
        reports: list[tuple[int, int, int]] = []

        def progress(*report: int, other: Any = other, reports: Any = reports) -> None:
            reports.append(report)
            if len(reports) == 3:
                other.execute("UPDATE t SET a = a || 'y' WHERE rowid < 5 OR rowid > 190")

        source.backup(target, pages=3, progress=progress)
        assert look(source)[0] == look(target)[0]
        told.append((reports, look(target)))
    assert told[1] == told[0]


def test_a_source_that_is_made_anew_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "source.db"
    source = filled(foundrydb, path, 200)
    other = sqlite3.connect(path, isolation_level=None)
    target = filled(foundrydb, tmp_path / "target.db", 300, 512)
    steps = []

    def progress(*report: int) -> None:
        steps.append(report)
        if len(steps) == 2:
            source.executescript("PRAGMA page_size = 1024; VACUUM")
        if len(steps) == 4:
            other.executescript("PRAGMA page_size = 8192; VACUUM")

    source.backup(target, pages=3, progress=progress)
    assert look(target)[:2] == look(source)[:2]
    assert target.execute("PRAGMA page_size").fetchall() == [(8192,)]
    assert apsw.Connection(str(tmp_path / "target.db")).execute("PRAGMA integrity_check").fetchall() == [
        ("ok",)
    ]


def test_a_target_that_is_busy(tmp_path: Path) -> None:
    """Who is in the way is waited for, and progress is told."""
    told = []
    for module in MODULES:
        path = tmp_path / f"{module.__name__}.db"
        filled(module, path, 3).close()
        source, target = filled(module, ":memory:"), module.connect(path, timeout=0)
        target.execute("PRAGMA schema_version").fetchall()
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        reports: list[tuple[int, int, int]] = []

        def progress(*report: int, other: Any = other, reports: Any = reports) -> None:
            reports.append(report)
            if len(reports) == 2:
                other.execute("COMMIT")

        source.backup(target, pages=2, progress=progress, sleep=0.001)
        told.append((reports, look(target)))
    assert told[1] == told[0]
    assert told[1][0][0] == (5, 0, 0)


def test_a_source_that_is_being_written(tmp_path: Path) -> None:
    """Its transaction has to end first; without progress nobody could end it."""
    told = []
    for module in MODULES:
        source, target = filled(module, tmp_path / f"{module.__name__}.db"), module.connect(":memory:")
        source.execute("BEGIN")
        source.execute("INSERT INTO t VALUES ('not committed')")
        reports: list[tuple[int, int, int]] = []

        def progress(*report: int, source: Any = source, reports: Any = reports) -> None:
            reports.append(report)
            if source.in_transaction:
                source.execute("ROLLBACK")

        source.backup(target, progress=progress, sleep=0.001)
        told.append((reports, look(target)))
    assert told[1] == told[0]
    source.execute("BEGIN")
    source.execute("INSERT INTO t VALUES ('not committed')")
    with pytest.raises(foundrydb.OperationalError, match=r"^database is locked$"):
        source.backup(target)
    assert look(target) == told[1][1]


def test_a_progress_that_raises_leaves_the_target_as_it_was(tmp_path: Path) -> None:
    def fail(*report: int) -> None:
        raise ZeroDivisionError

    for page_size in (4096, 512):
        path = tmp_path / f"{page_size}.db"
        source, target = filled(foundrydb, ":memory:"), filled(foundrydb, path, 300, page_size)
        before = path.read_bytes()
        target.execute("PRAGMA cache_size = 10")
        with pytest.raises(ZeroDivisionError):
            source.backup(target, pages=4, progress=fail)
        assert path.read_bytes() == before
        target.execute("INSERT INTO t VALUES ('goes on')")
        assert target.execute("SELECT count(*) FROM t").fetchall() == [(301,)]
        assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_target_in_use(tmp_path: Path) -> None:
    errors = []
    for module in MODULES:
        source, target = filled(module, ":memory:"), filled(module, ":memory:")
        target.execute("BEGIN")
        source.backup(target)
        target.execute("SELECT * FROM t").fetchall()
        with pytest.raises(module.OperationalError) as caught:
            source.backup(target)
        errors.append(str(caught.value))
        target.execute("COMMIT")
        assert errors[-1] == "destination database is in use"
        reading = target.execute("SELECT * FROM t")
        reading.fetchone()
        with pytest.raises(module.OperationalError) as caught:
            source.backup(target)
        errors.append(str(caught.value))
        reading.close()
    assert errors[2:] == errors[:2]


def test_deserialize_in_a_transaction() -> None:
    """It goes on over the new database; what it has done in the old one is gone with that."""
    for module in MODULES:
        con = filled(module, ":memory:", 3)
        data = con.serialize()
        con.execute("BEGIN")
        con.execute("DELETE FROM t")
        con.execute("SAVEPOINT s")
        con.execute("INSERT INTO t VALUES ('one')")
        con.deserialize(data)
        assert con.in_transaction
        assert con.execute("SELECT count(*) FROM t").fetchall() == [(3,)]
        con.execute("INSERT INTO t VALUES ('two')")
        con.execute("COMMIT")
        assert con.execute("SELECT count(*) FROM t").fetchall() == [(4,)]


def test_serialize_where_there_is_nothing() -> None:
    """An empty database is a page; temp is none before something is put there."""
    con = foundrydb.connect(":memory:")
    data = con.serialize()
    theirs = apsw.Connection(":memory:")
    assert len(data) == len(theirs.serialize("main"))
    theirs.deserialize("main", data)
    assert theirs.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with pytest.raises(foundrydb.OperationalError, match=r"^unable to serialize 'temp'$"):
        con.serialize(name="temp")
    con.execute("CREATE TEMP TABLE x(y)")
    assert con.serialize(name="temp").startswith(b"SQLite format 3\0")
