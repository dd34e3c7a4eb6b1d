"""Two real databases, built by both engines from the same script and asked the same questions.

The files that this engine writes are opened by C SQLite, checked and dumped there.  Queries are compared with the
newest C SQLite, because older ones add up reals without compensation.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import apsw
import pytest

import foundrydb

HERE = Path(__file__).parent
NAMES = ["chinook", "northwind"]


def queries(name: str) -> list[str]:
    text = (HERE / f"{name}_queries.sql").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("--")]


class Pair:
    """One sample database in a file of each engine."""

    def __init__(self, folder: Path, name: str, script: str) -> None:
        self.ours_path = folder / f"{name}.fdb"
        self.theirs_path = folder / f"{name}.db"
        self.ours = foundrydb.connect(str(self.ours_path))
        self.theirs = sqlite3.connect(self.theirs_path)
        for connection in (self.ours, self.theirs):
            connection.execute("pragma synchronous = off")
            connection.executescript(script)
        self.ours.commit()
        self.theirs.commit()
        self.newest = apsw.Connection(str(self.theirs_path))


_PAIRS: dict[str, Pair] = {}


@pytest.fixture
def pair(request: pytest.FixtureRequest, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    name = str(request.param)
    if name not in _PAIRS:
        script = (shared / "databases" / f"{name}.sql").read_text(encoding="utf-8-sig")
        _PAIRS[name] = Pair(tmp_path_factory.mktemp(name), name, script)
    return _PAIRS[name]


@pytest.mark.parametrize("pair", NAMES, indirect=True)
def test_c_sqlite_accepts_and_dumps_the_same(pair: Pair) -> None:
    reader = sqlite3.connect(pair.ours_path)
    assert reader.execute("pragma integrity_check").fetchall() == [("ok",)]
    assert list(reader.iterdump()) == list(pair.theirs.iterdump())


@pytest.mark.parametrize("pair", NAMES, indirect=True)
def test_our_integrity_check_holds_for_both_files(pair: Pair) -> None:
    assert pair.ours.execute("pragma integrity_check").fetchall() == [("ok",)]
    theirs = foundrydb.connect(str(pair.theirs_path))
    assert theirs.execute("pragma integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize(("pair", "sql"), [(n, q) for n in NAMES for q in queries(n)], indirect=["pair"])
def test_query(pair: Pair, sql: str) -> None:
    ours, theirs = pair.ours.execute(sql), pair.theirs.execute(sql)
    assert ours.fetchall() == pair.newest.execute(sql).fetchall()
    assert [column[0] for column in ours.description or ()] == [column[0] for column in theirs.description]


@pytest.mark.parametrize("pair", ["northwind"], indirect=True)
def test_every_view(pair: Pair) -> None:
    views = [row[0] for row in pair.theirs.execute("select name from sqlite_schema where type = 'view'")]
    assert len(views) == 16
    for view in views:
        sql = f'select * from "{view}"'
        ours, theirs = pair.ours.execute(sql), pair.theirs.execute(sql)
        assert sorted(ours.fetchall(), key=repr) == sorted(pair.newest.execute(sql).fetchall(), key=repr), (
            view
        )
        assert [column[0] for column in ours.description or ()] == [
            column[0] for column in theirs.description
        ]
