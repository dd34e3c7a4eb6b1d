"""Databases in WAL mode: read and written while their log is empty or absent, refused otherwise."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from harness.peer import sqlite_peer

from foundrydb.errors import NotSupportedError, OperationalError
from foundrydb.storage.os.os_vfs import OsVFS
from foundrydb.storage.pages.pager import Pager


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("pragma journal_mode = wal")
    connection.execute("create table t(a)")
    connection.execute("insert into t values (1)")
    connection.close()
    return path


def count_up(pager: Pager) -> None:
    """Change user_version."""
    pager.begin_write()
    page = pager.get(1)
    pager.touch(page)
    image = page.image()
    page.replace(image[:60] + (int.from_bytes(image[60:64], "big") + 1).to_bytes(4, "big") + image[64:])
    pager.commit()
    pager.end_read()


def test_read_and_write_without_a_log(database: Path) -> None:
    pager = Pager(OsVFS(), str(database))
    pager.begin_read()
    assert pager.journal_mode == "wal" and pager.page_count == 2
    pager.end_read()
    count_up(pager)
    count_up(pager)
    pager.close()
    assert os.listdir(database.parent) == ["a.db"]
    connection = sqlite3.connect(database)
    assert connection.execute("pragma user_version").fetchall() == [(2,)]
    assert connection.execute("pragma journal_mode").fetchall() == [("wal",)]
    assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
    connection.close()


def test_a_log_with_content_is_refused(database: Path) -> None:
    with sqlite_peer(database) as peer:
        peer.ask("insert into t values (2)")
        pager = Pager(OsVFS(), str(database))
        with pytest.raises(
            NotSupportedError, match=r"^not supported yet: a write-ahead log with content \(.*-wal"
        ):
            pager.begin_read()
        with pytest.raises(NotSupportedError):
            pager.begin_write()
        assert not pager.in_read
        assert peer.ask("insert into t values (3)") == "[]"
        assert peer.ask("pragma wal_checkpoint(truncate)") == "[(0, 0, 0)]"
        pager.begin_read()
        pager.close()


def test_a_reader_keeps_checkpoints_away_and_nothing_else(database: Path) -> None:
    pager = Pager(OsVFS(), str(database))
    with sqlite_peer(database) as peer:
        assert peer.ask("select * from t") == "[(1,)]"
        pager.begin_read()
        before = pager.get(2).data
        assert peer.ask("insert into t values (2)") == "[]"
        assert peer.ask("pragma wal_checkpoint(truncate)").startswith("[(1,")
        assert database.read_bytes()[4096:8192] == before
        with pytest.raises((NotSupportedError, OperationalError)):
            pager.begin_write()
        pager.end_read()
        assert peer.ask("pragma wal_checkpoint(truncate)") == "[(0, 0, 0)]"
        pager.begin_read()
        assert pager.get(2).data != before
        with pytest.raises(OperationalError, match="database is locked"):
            pager.begin_write()
        pager.close()
    count_up(Pager(OsVFS(), str(database)))


def test_a_log_that_appeared_since_the_read_began_is_seen_before_writing(database: Path) -> None:
    pager = Pager(OsVFS(), str(database))
    pager.begin_read()
    with sqlite_peer(database) as peer:
        assert peer.ask("insert into t values (2)") == "[]"
    assert Path(f"{database}-wal").stat().st_size > 0
    with pytest.raises(NotSupportedError):
        pager.begin_write()
    assert not pager.in_write
    pager.close()


def test_our_writer_keeps_everybody_out(database: Path) -> None:
    pager = Pager(OsVFS(), str(database))
    pager.begin_write()
    with sqlite_peer(database) as peer:
        assert peer.ask("select * from t") == "database is locked"
        pager.rollback()
        pager.end_read()
        assert peer.ask("select * from t") == "[(1,)]"
    pager.close()


def test_our_hot_journal_is_rolled_back_by_them(database: Path) -> None:
    before = database.read_bytes()
    pager = Pager(OsVFS(), str(database))
    pager.begin_write()
    for number in (1, 2):
        page = pager.get(number)
        pager.touch(page)
        page.replace(bytes(4096))
    pager.prepare()
    journal = Path(f"{database}-journal").read_bytes()
    spoiled = database.read_bytes()
    pager.rollback()
    pager.close()
    assert spoiled[4096:] == bytes(4096) and database.read_bytes() == before
    database.write_bytes(spoiled)
    Path(f"{database}-journal").write_bytes(journal)
    connection = sqlite3.connect(database)
    assert connection.execute("select * from t").fetchall() == [(1,)]
    connection.close()


def test_leaving_wal_mode(database: Path) -> None:
    pager = Pager(OsVFS(), str(database))
    pager.begin_read()
    pager.end_read()
    assert pager.set_journal_mode("delete") == "delete"
    assert pager.journal_mode == "delete"
    pager.close()
    assert os.listdir(database.parent) == ["a.db"]
    connection = sqlite3.connect(database)
    assert connection.execute("pragma journal_mode").fetchall() == [("delete",)]
    assert connection.execute("select * from t").fetchall() == [(1,)]
    connection.close()
