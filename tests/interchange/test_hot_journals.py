"""Journals that a killed process left: the C library rolls ours back, and we roll back the C library's."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from harness.peer import Peer, sqlite_peer

from foundrydb.storage.journal import Journal, lock_page, read_super_name
from foundrydb.storage.memory_vfs import memory_file
from foundrydb.storage.os_vfs import OsVFS
from foundrydb.storage.pager import Pager

ROWS = {512: 400, 4096: 1500, 65536: 6000}
"""By page size: enough that a transaction over all of them does not fit into ten pages."""


@pytest.fixture(params=[512, 4096, 65536])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"pragma page_size = {request.param}")
    connection.execute("create table t(a integer primary key, b text)")
    connection.execute(
        f"with recursive n(i) as (select 1 union all select i + 1 from n where i < {ROWS[request.param]}) "
        "insert into t select i, printf('%.300c', 'x') from n"
    )
    connection.close()
    return path


def check(path: Path) -> None:
    """The C library finds the database as it was before."""
    connection = sqlite3.connect(path)
    assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
    rows = ROWS[connection.execute("pragma page_size").fetchone()[0]]
    counts = connection.execute("select count(*), min(length(b)), max(b) from t").fetchall()
    assert counts == [(rows, 300, "x" * 300)]
    connection.close()
    assert not Path(f"{path}-journal").exists()


def open_and_close(path: Path) -> None:
    pager = Pager(OsVFS(), str(path))
    pager.begin_read()
    assert pager.get(1).data.startswith(b"SQLite format 3\x00")
    pager.close()


@pytest.mark.parametrize("mode", ["delete", "truncate", "persist"])
def test_theirs_is_rolled_back_by_us(database: Path, mode: str) -> None:
    before = database.read_bytes()
    peer = sqlite_peer(database)
    peer.ask(f"pragma journal_mode = {mode}")
    peer.ask("pragma cache_size = 10")
    peer.ask("begin")
    assert peer.ask("update t set b = 'changed' || a") == "[]"
    assert peer.ask("delete from t where a % 7 = 1") == "[]"
    peer.kill()
    assert database.read_bytes() != before
    open_and_close(database)
    assert database.read_bytes() == before
    check(database)


SPOIL = """
import sys
from foundrydb.storage.os_vfs import OsVFS
from foundrydb.storage.pager import Pager
pager = Pager(OsVFS(), sys.argv[1])
pager.set_journal_mode(sys.argv[2])
pager.synchronous = int(sys.argv[3])
pager.set_cache_size(10)
pager.begin_write()
for number in range(1, pager.page_count + 1):
    page = pager.get(number)
    pager.touch(page)
    page.replace(bytes([number & 255]) * pager.page_size)
    page = None
    if number % 50 == 0:
        pager.append_page()
print("spoiled", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("mode", ["delete", "truncate", "persist"])
@pytest.mark.parametrize("synchronous", [0, 1, 2])
def test_ours_is_rolled_back_by_them(database: Path, mode: str, synchronous: int) -> None:
    before = database.read_bytes()
    peer = Peer(SPOIL, str(database), mode, str(synchronous))
    assert peer.process.stdout is not None and peer.process.stdout.readline() == "spoiled\n"
    peer.kill()
    assert database.read_bytes() != before
    copy = database.with_name("copy.db")
    shutil.copy(database, copy)
    shutil.copy(f"{database}-journal", f"{copy}-journal")
    check(database)
    assert database.read_bytes() == before
    open_and_close(copy)
    assert copy.read_bytes() == before


def test_a_transaction_that_is_running_is_no_crash(database: Path) -> None:
    """The journal is there, but its writer lives: readers leave it alone."""
    with sqlite_peer(database) as peer:
        peer.ask("pragma synchronous = off")
        peer.ask("begin")
        peer.ask("update t set b = 'changed' where a < 10")
        journal = Path(f"{database}-journal")
        size = journal.stat().st_size
        assert size > 0
        open_and_close(database)
        assert journal.stat().st_size == size
        peer.ask("commit")
    assert not journal.exists()


def attached(tmp_path: Path) -> tuple[Path, Path]:
    """Two databases with hot journals that name the same super-journal, as a crash amid a commit leaves them."""
    paths = tmp_path / "one.db", tmp_path / "two.db"
    for path in paths:
        connection = sqlite3.connect(path)
        connection.execute("create table t(a)")
        connection.commit()
        connection.close()
    for path in paths:
        pager = Pager(OsVFS(), str(path))
        pager.begin_write()
        page = pager.get(2)
        pager.touch(page)
        page.replace(b"\x0d" + b"\xff" * 4095)
        pager.prepare(str(tmp_path / "one.db-mj0123"))
        for suffix in ("", "-journal"):
            shutil.copy(f"{path}{suffix}", f"{path}.kept{suffix}")
        pager.rollback()
        pager.close()
        for suffix in ("", "-journal"):
            os.rename(f"{path}.kept{suffix}", f"{path}{suffix}")
    names = "\x00".join(f"{os.path.realpath(path)}-journal" for path in paths)
    (tmp_path / "one.db-mj0123").write_bytes(names.encode() + b"\x00")
    return paths


@pytest.mark.parametrize("theirs", [False, True])
def test_a_super_journal_undoes_both(tmp_path: Path, theirs: bool) -> None:
    super_journal = tmp_path / "one.db-mj0123"
    for path, remains in zip(attached(tmp_path), (True, False)):
        if theirs:
            assert sqlite3.connect(path).execute("select * from t").fetchall() == []
        else:
            open_and_close(path)
        assert path.read_bytes()[4096] == 0x0D and path.read_bytes()[4097:4099] != b"\xff\xff"
        assert not Path(f"{path}-journal").exists()
        assert super_journal.exists() == remains


@pytest.mark.parametrize("theirs", [False, True])
def test_without_the_super_journal_the_transaction_is_committed(tmp_path: Path, theirs: bool) -> None:
    paths = attached(tmp_path)
    (tmp_path / "one.db-mj0123").unlink()
    for path in paths:
        if theirs:
            with pytest.raises(sqlite3.DatabaseError, match="malformed"):
                sqlite3.connect(path).execute("select * from t").fetchall()
        else:
            open_and_close(path)
        assert path.read_bytes()[4097:4099] == b"\xff\xff"
        assert not Path(f"{path}-journal").exists()


def test_the_name_of_a_super_journal() -> None:
    file = memory_file()
    journal = Journal(file, 512, 3, 1, durable=True)
    journal.append(2, bytes(512))
    assert read_super_name(file) == ""
    journal.write_super("/tmp/näme")
    assert read_super_name(file) == "/tmp/näme"
    file.write(file.size() - 12, b"\x00\x00\x00\x01")
    assert read_super_name(file) == ""
    assert lock_page(512) == 0x40000000 // 512 + 1


def test_a_journal_beside_an_empty_database_is_deleted(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.touch()
    journal = Path(f"{path}-journal")
    journal.write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(504))
    pager = Pager(OsVFS(), str(path))
    pager.begin_read()
    assert pager.page_count == 0 and not journal.exists()
    pager.close()


@pytest.mark.parametrize("damage", ["cut", "record", "count", "sizes"])
def test_a_damaged_journal_restores_what_it_still_holds(database: Path, damage: str) -> None:
    """Both libraries stop at the same place."""
    peer = Peer(SPOIL, str(database), "delete", "2")
    assert peer.process.stdout is not None and peer.process.stdout.readline() == "spoiled\n"
    peer.kill()
    journal = Path(f"{database}-journal")
    data = bytearray(journal.read_bytes())
    size = int.from_bytes(data[24:28], "big")
    if damage == "cut":
        del data[512 + 3 * (size + 8) + 10 :]
    elif damage == "record":
        data[512 + 2 * (size + 8) + 4 + size - 200] ^= 1
    elif damage == "count":
        data[8:12] = b"\x00\x00\x00\x02"
    else:
        data[24:28] = b"\x00\x00\x10\x01"
    journal.write_bytes(data)
    copy = database.with_name("copy.db")
    shutil.copy(database, copy)
    shutil.copy(journal, f"{copy}-journal")
    for path, theirs in ((database, True), (copy, False)):
        try:
            if theirs:
                sqlite3.connect(path).execute("select * from sqlite_schema").fetchall()
            else:
                open_and_close(path)
        except Exception as error:
            assert "database" in str(error)
    assert database.read_bytes() == copy.read_bytes()
