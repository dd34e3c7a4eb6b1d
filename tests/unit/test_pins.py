"""Pages that somebody relies on are pinned, all of them, and no longer than that."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest
from harness.pressure import put_under_pressure

import foundrydb
from foundrydb.edition import mode
from foundrydb.storage.os.os_vfs import OsVFS
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.database import Database

TABLES = """
create table n(i integer primary key);
create table t(id integer primary key, a, b);
create index t_a on t(a);
create index t_b on t(b, a);
create table u(k text primary key, v) without rowid;
"""

CHANGES = [
    "insert or replace into t select ?1 + i, i % 7, ?2 || i from n where i <= ?1 % 40",
    "insert or replace into t select ?1 - i, i % 5, ?2 || i from n where i <= ?1 % 20",
    "insert or replace into u values (?1 || ' ' || substr(?2, 1, 200), ?2)",
    "insert or replace into u select ?1 || ' ' || i, i from n where i < 30",
    "delete from t where id between ?1 and ?1 + 20",
    "delete from u where k > ?1 || '' and length(?2) > 400",
    "delete from t where b like '%' || ?1 % 10 and length(?2) > 200",
    "update t set b = b || ?2, a = a + 1 where a = ?1 % 7",
    "update t set id = id + 500 where id between ?1 and ?1 + 5",
    "update u set v = v || ?2 where k >= ?1 || ''",
]

LENGTHS = [5, 50, 300, 700, 3000]


@pytest.fixture(params=["plenty", "pressure"])
def path(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where to make a database, with much room in memory for its pages or with none."""
    if request.param == "pressure":
        if mode() == "compiled":
            pytest.skip("compiled code calls its own functions")
        put_under_pressure(monkeypatch)
    return tmp_path / "pins.db"


def apply(chance: random.Random, ours: foundrydb.Connection, theirs: sqlite3.Connection) -> None:
    """Run one random change on both; what one refuses the other must refuse too."""
    sql = chance.choice(CHANGES)
    arguments = (chance.randint(1, 300), "x" * chance.choice(LENGTHS))
    answers = []
    for connection in (ours, theirs):
        try:
            connection.execute(sql, arguments[: 2 if "?2" in sql else 1])
            answers.append("done")
        except (foundrydb.IntegrityError, sqlite3.IntegrityError) as problem:
            answers.append(str(problem))
    assert answers[0] == answers[1], sql


@pytest.mark.parametrize("vacuum", ["none", "full"])
@pytest.mark.parametrize("seed", range(2))
def test_random_changes(path: Path, seed: int, vacuum: str) -> None:
    chance = random.Random(seed)
    ours = foundrydb.connect(path, isolation_level=None)
    theirs = sqlite3.connect(":memory:", isolation_level=None)
    for connection in (ours, theirs):
        connection.execute("pragma page_size = 512")
        connection.execute(f"pragma auto_vacuum = {vacuum}")
        connection.executescript(TABLES)
        connection.executemany("insert into n values (?)", [(i,) for i in range(1, 41)])
    database = ours.session.engine.attached.all[0].database
    assert database is not None
    pager = database.pager
    for _ in range(12):
        for connection in (ours, theirs):
            connection.execute("begin")
        for _ in range(chance.randint(1, 4)):
            apply(chance, ours, theirs)
        undo = chance.random() < 0.2
        for connection in (ours, theirs):
            connection.execute("savepoint s")
        apply(chance, ours, theirs)
        for connection in (ours, theirs):
            connection.execute("rollback to s" if undo else "release s")
            connection.execute("commit")
        assert pager.pinned_pages() == 0
    for query in (
        "select * from t order by id",
        "select * from u order by k",
        "select a, b from t order by 2, 1",
    ):
        assert ours.execute(query).fetchall() == theirs.execute(query).fetchall()
    ours.close()
    with sqlite3.connect(path) as check:
        assert check.execute("pragma integrity_check").fetchall() == [("ok",)]
    check.close()


def test_a_cursor_pins_its_way_and_lets_go_of_it(path: Path) -> None:
    connection = foundrydb.connect(path, isolation_level=None)
    connection.execute("pragma page_size = 512")
    connection.execute("create table t(id integer primary key, a)")
    connection.execute("begin")
    connection.executemany("insert into t values (?, ?)", [(i, "x" * 100) for i in range(2000)])
    connection.execute("commit")
    connection.close()
    database = Database(Pager(OsVFS(), str(path)))
    database.begin_read()
    cursor = database.table_cursor(2)
    other = database.table_cursor(2)
    assert cursor.first()
    depth = database.pager.pinned_pages()
    assert depth >= 3
    assert other.last()
    assert database.pager.pinned_pages() == 2 * depth - 1
    while cursor.next():
        assert depth <= database.pager.pinned_pages() <= 2 * depth - 1
    other.close()
    for rowid in (0, 1000, 1999):
        assert cursor.seek(rowid) == 0
        assert database.pager.pinned_pages() == depth
    cursor.save()
    assert database.pager.pinned_pages() == 0
    assert cursor.rowid() == 1999
    assert database.pager.pinned_pages() == depth
    cursor.close()
    assert database.pager.pinned_pages() == 0
    database.close()
