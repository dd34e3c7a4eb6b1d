"""``fdb verify``: whole databases, and such as have a fault in their pages, their rows or their log."""

from __future__ import annotations

import json
import shlex
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import pytest
from harness.damage import SCRIPT, SHAPES, Spoiler
from harness.peer import SQLITE, Peer

import foundrydb

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module", params=["small pages", "auto-vacuum"])
def original(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A database with everything that can be spoiled."""
    path = tmp_path_factory.mktemp("verify") / "whole.db"
    con = sqlite3.connect(path)
    con.executescript(SHAPES[request.param] + SCRIPT)
    con.close()
    return path


def told(fdb: Run, path: Path, *options: str) -> dict[str, Any]:
    """What is told as JSON; the status must agree."""
    done = fdb("verify", path, "--format", "json", *options)
    assert done.stderr == ""
    document: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (0 if document["ok"] else 1)
    assert document["ok"] == (not document["faults"])
    return document


def answer(path: Path) -> str:
    """The first line of C SQLite's integrity check, or its error."""
    con = apsw.Connection(str(path))
    try:
        return str(next(iter(con.execute("PRAGMA integrity_check")))[0])
    except apsw.Error as problem:
        return str(problem)
    finally:
        con.close()


def test_whole_databases(fdb: Run, original: Path, sample: Path) -> None:
    document = told(fdb, original)
    assert document["ok"]
    con = sqlite3.connect(original)
    (mapped,) = con.execute("PRAGMA auto_vacuum").fetchone()
    con.close()
    assert document["parts"]["pointer map"] == ("ok" if mapped else "none")
    assert (
        fdb("verify", sample).stdout
        == """\
header:            ok
log:               none
freelist:          ok
pointer map:       none
trees:             ok, 10 trees on 27 pages
rows and indexes:  ok
"""
    )


def test_damage_is_found_where_sqlite_finds_it(fdb: Run, original: Path, tmp_path: Path) -> None:
    wrong = 0
    for seed in range(25):
        path = tmp_path / "damaged.db"
        path.write_bytes(Spoiler(original.read_bytes(), seed).damage())
        document = told(fdb, path)
        assert path.read_bytes() == Spoiler(original.read_bytes(), seed).damage()
        assert document["ok"] == (answer(path) == "ok"), (seed, document["faults"])
        wrong += not document["ok"]
        for fault in document["faults"][:3]:
            if fault["command"] is not None:
                shown = fdb(*shlex.split(fault["command"])[1:])
                assert shown.returncode in (0, 1) and "Traceback" not in shown.stderr
                if fault["page"] is not None:
                    assert f"dump-page {path} {fault['page']}" in fault["command"]
    assert 5 < wrong < 25


def test_a_fault_of_a_page(fdb: Run, sample: Path, tmp_path: Path) -> None:
    data = bytearray(sample.read_bytes())
    data[12 * 4096] = 7  # page 13
    (tmp_path / "bad page.db").write_bytes(data)
    text = fdb("verify", "bad page.db").stdout
    assert (
        """\
  Tree 6 page 13: btreeInitPage() returns error code 11
    fdb dump-page 'bad page.db' 13
"""
        in text
    )
    assert "freelist:          ok\n" in text


def test_faults_of_rows(fdb: Run, tmp_path: Path) -> None:
    path = tmp_path / "rows.db"
    con = sqlite3.connect(path)
    con.executescript(
        "CREATE TABLE t(a NOT NULL, b); CREATE INDEX i ON t(a); INSERT INTO t VALUES (1, 2), (3, 4);"
        "PRAGMA writable_schema = on; UPDATE sqlite_schema SET sql = 'CREATE INDEX i ON t(b)' WHERE name = 'i'"
    )
    con.close()
    faults = told(fdb, path)["faults"]
    assert {fault["part"] for fault in faults} == {"rows and indexes"}
    assert ("row 1 missing from index i", f"fdb find-row {path} t 1") in [
        (fault["fault"], fault["command"]) for fault in faults
    ]


def test_no_more_faults_than_wanted(fdb: Run, tmp_path: Path) -> None:
    path = tmp_path / "many.db"
    con = sqlite3.connect(path)
    con.executescript(
        "CREATE TABLE t(a, b); CREATE INDEX i ON t(a); PRAGMA writable_schema = on;"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50)"
        "INSERT INTO t SELECT i, -i FROM n;"
        "UPDATE sqlite_schema SET sql = 'CREATE INDEX i ON t(b)' WHERE name = 'i'"
    )
    con.close()
    document = told(fdb, path, "--limit", "5")
    assert len(document["faults"]) == 5
    assert document["parts"]["trees"] == "nothing among the first 5 faults"


def test_a_schema_that_cannot_be_read(fdb: Run, original: Path, tmp_path: Path) -> None:
    path = tmp_path / "schema.db"
    shutil.copy(original, path)
    con = sqlite3.connect(path)
    con.execute("PRAGMA writable_schema = on")
    con.execute("UPDATE sqlite_schema SET sql = 'CREATE NONSENSE' WHERE name = 'g'")
    con.commit()
    con.close()
    (fault,) = told(fdb, path)["faults"]
    assert fault["fault"].startswith("the schema cannot be read: malformed database schema (g)")


# the log --------------------------------------------------------------------------------------------------------


def test_a_hot_journal(fdb: Run, tmp_path: Path) -> None:
    con = foundrydb.connect(tmp_path / "j.db", isolation_level=None)
    con.execute("PRAGMA page_size = 512")
    con.execute("CREATE TABLE t(a)")
    con.execute("PRAGMA cache_size = 5")
    con.execute("BEGIN")
    con.execute("INSERT INTO t SELECT zeroblob(400) FROM generate_series(1, 40)")
    (tmp_path / "hot").mkdir()
    for name in ("j.db", "j.db-journal"):
        shutil.copy(tmp_path / name, tmp_path / "hot" / name)
    con.execute("ROLLBACK")
    con.close()
    path = tmp_path / "hot" / "j.db"
    before = path.read_bytes(), Path(f"{path}-journal").read_bytes()
    first = told(fdb, path)["faults"][0]
    assert first["fault"] == "the journal is hot: the next to open the database undoes the transaction"
    assert first["command"] == f"fdb dump-log {path}-journal"
    assert (path.read_bytes(), Path(f"{path}-journal").read_bytes()) == before


def test_a_write_ahead_log(fdb: Run, tmp_path: Path) -> None:
    path = tmp_path / "w.db"
    con = foundrydb.connect(path, isolation_level=None)
    con.execute("PRAGMA journal_mode = wal")
    con.execute("CREATE TABLE t(a)")
    con.execute("INSERT INTO t VALUES (1)")
    document = told(fdb, path)
    assert document["ok"]
    assert document["parts"]["log"] == "a write-ahead log, 3 frames: 3 committed"
    left = tmp_path / "left"
    left.mkdir()
    data = bytearray(Path(f"{path}-wal").read_bytes())
    con.close()
    data[-1] ^= 1
    shutil.copy(path, left / "w.db")
    (left / "w.db-wal").write_bytes(data)
    (fault,) = told(fdb, left / "w.db")["faults"]
    assert fault["part"] == "log"
    assert fault["fault"] == "write-ahead log, offset 8,288: the checksum of frame 3 is wrong"
    assert fault["command"] == f"fdb dump-log {left / 'w.db-wal'}"


def test_a_database_that_is_locked(fdb: Run, tmp_path: Path) -> None:
    con = sqlite3.connect(tmp_path / "busy.db", isolation_level=None)
    con.execute("CREATE TABLE t(a)")
    con.close()
    with Peer(SQLITE, str(tmp_path / "busy.db")) as other:
        other.ask("BEGIN EXCLUSIVE")
        done = fdb("verify", "busy.db")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "Error: database is locked\n")


def test_no_such_file(fdb: Run) -> None:
    done = fdb("verify", "nosuch.db")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", 'Error: there is no file "nosuch.db"\n')
