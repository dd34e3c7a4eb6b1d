"""Pages that a payload leaves free: the freelist is written as C SQLite writes it, and once for all of them."""

from __future__ import annotations

import shutil
import sqlite3
import struct
from pathlib import Path

import pytest

import foundrydb

SETUP = """
pragma page_size = 512;
pragma auto_vacuum = {vacuum};
create table t(id integer primary key, a);
insert into t values (1, zeroblob(100)), (2, zeroblob(400000)), (3, zeroblob(30000)), (4, zeroblob(90000));
"""
CHANGES = [
    "delete from t where id = 3",
    "delete from t where id = 2",
    "update t set a = zeroblob(200) where id = 4",
]


def trunks(path: Path) -> list[tuple[int, ...]]:
    """Each trunk page's number, and the leaf pages that it names."""
    data = path.read_bytes()
    found = []
    (number,) = struct.unpack_from(">I", data, 32)
    while number:
        following, count = struct.unpack_from(">II", data, (number - 1) * 512)
        found.append((number, *struct.unpack_from(f">{count}I", data, (number - 1) * 512 + 8)))
        number = following
    return found


def made(path: Path, vacuum: str) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(SETUP.format(vacuum=vacuum))
    connection.close()


@pytest.mark.parametrize("vacuum", ["none", "incremental"])
def test_the_list_is_as_c_sqlite_writes_it(tmp_path: Path, vacuum: str) -> None:
    path, other = tmp_path / "ours.db", tmp_path / "theirs.db"
    made(path, vacuum)
    shutil.copy(path, other)
    ours = foundrydb.connect(path, isolation_level=None)
    theirs = sqlite3.connect(other, isolation_level=None)
    for text in CHANGES:
        ours.execute(text)
        theirs.execute(text)
        assert trunks(path) == trunks(other), text
        assert theirs.execute("pragma freelist_count").fetchall() == [(sum(map(len, trunks(path))),)]
    assert ours.execute("pragma integrity_check").fetchall() == [("ok",)]
    ours.close()
    theirs.close()


@pytest.mark.parametrize("vacuum", ["none", "incremental"])
def test_a_long_payload_is_freed_at_once(tmp_path: Path, vacuum: str) -> None:
    made(tmp_path / "a.db", vacuum)
    connection = foundrydb.connect(tmp_path / "a.db", isolation_level=None)
    pager = connection.engine.attached.database(0).pager
    pager.noting = True
    connection.execute("delete from t where id = 2")
    assert len(set(pager.requested)) > 700
    assert pager.requested.count(1) < 30
    connection.close()
