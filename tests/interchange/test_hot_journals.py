"""Journals that a killed process left: the C library rolls ours back, and we roll back the C library's."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import apsw
import pytest
from harness.peer import Peer, sqlite_peer

import foundrydb
from foundrydb.storage.format.page_numbers import lock_byte_page
from foundrydb.storage.log.rollback.journal import MAGIC, Journal, read_super_name
from foundrydb.storage.os.memory_vfs import memory_file
from foundrydb.storage.os.os_vfs import OsVFS
from foundrydb.storage.pages.pager import Pager

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
from foundrydb.storage.os.os_vfs import OsVFS
from foundrydb.storage.pages.pager import Pager
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
        pager.prepare(str(tmp_path / "one.db-mj0123459AB"))
        for suffix in ("", "-journal"):
            shutil.copy(f"{path}{suffix}", f"{path}.kept{suffix}")
        pager.rollback()
        pager.close()
        for suffix in ("", "-journal"):
            os.rename(f"{path}.kept{suffix}", f"{path}{suffix}")
    names = "\x00".join(f"{os.path.realpath(path)}-journal" for path in paths)
    (tmp_path / "one.db-mj0123459AB").write_bytes(names.encode() + b"\x00")
    return paths


@pytest.mark.parametrize("theirs", [False, True])
def test_a_super_journal_undoes_both(tmp_path: Path, theirs: bool) -> None:
    super_journal = tmp_path / "one.db-mj0123459AB"
    for path, remains in zip(attached(tmp_path), (True, False)):
        if theirs:
            assert sqlite3.connect(path).execute("select * from t").fetchall() == []
        else:
            open_and_close(path)
        assert path.read_bytes()[4096] == 0x0D and path.read_bytes()[4097:4099] != b"\xff\xff"
        assert not Path(f"{path}-journal").exists()
        assert super_journal.exists() == remains


def journaled(folder: Path, super_name: bytes) -> Path:
    """A database in a transaction that made a 1 a 2, whose hot journal names ``super_name`` as its super-journal."""
    path = folder / "a.db"
    connection = sqlite3.connect(path)
    connection.executescript("create table t(a); insert into t values (1)")
    before = path.read_bytes()[4096:]
    connection.execute("update t set a = 2")
    connection.commit()
    connection.close()
    file = memory_file()
    journal = Journal(file, len(before), 2, 7, durable=False)
    journal.append(2, before)
    file.write(journal.offset, lock_byte_page(len(before)).to_bytes(4, "big") + super_name)
    tail = len(super_name).to_bytes(4, "big") + (sum(super_name) & 0xFFFFFFFF).to_bytes(4, "big") + MAGIC
    file.write(file.size(), tail)
    Path(f"{path}-journal").write_bytes(file.read(0, file.size()))
    return path


SUPER_NAMES = {
    "other.db-mj0123459AB": True,
    "a.db-mjabcdef9ab": True,
    "precious.txt": False,
    "a.db-mj012345FAB": False,
    "a.db-mj0123459ABC": False,
    "a.db-mj01234G9AB": False,
    "a.db-MJ0123459AB": False,
    "a.9AB": False,
}


@pytest.mark.parametrize("theirs", [False, True])
@pytest.mark.parametrize("name", list(SUPER_NAMES))
def test_only_what_a_super_journal_may_be_called_is_one(tmp_path: Path, name: str, theirs: bool) -> None:
    """Any other file that a journal names is not looked at, and left alone."""
    other = tmp_path / name
    path = journaled(tmp_path, os.fsencode(other))
    other.write_bytes(os.fsencode(f"{path}-journal") + b"\0")
    assert first_value(path, theirs) == 1
    assert other.exists() != SUPER_NAMES[name] and not Path(f"{path}-journal").exists()


@pytest.mark.parametrize("theirs", [False, True])
@pytest.mark.parametrize("listing", [b"precious", b"a.db-journal\0", b"/a.db-journal\0" * 100_000])
def test_what_does_not_list_the_journal_is_left_alone(tmp_path: Path, listing: bytes, theirs: bool) -> None:
    other = tmp_path / "a.db-mj0123459AB"
    path = journaled(tmp_path, os.fsencode(other))
    other.write_bytes(listing)
    assert first_value(path, theirs) == 1
    assert other.read_bytes() == listing


@pytest.mark.parametrize("theirs", [False, True])
@pytest.mark.parametrize("name", [b"-mj0123459AB", b"x\0y-mj0123459AB", b"/" + b"x" * 3000 + b"-mj0123459AB"])
def test_names_of_super_journals_that_no_file_can_have(tmp_path: Path, name: bytes, theirs: bool) -> None:
    """Those with a NUL count for nothing; a file that is too long a name is missing, C SQLite looks at 512 bytes."""
    path = journaled(tmp_path, name)
    ignored = b"\0" in name or (theirs and len(name) > 512)
    assert first_value(path, theirs) == (1 if ignored else 2)


def first_value(path: Path, theirs: bool) -> int:
    """What a library reads from the table once it has looked at the journal."""
    connection = apsw.Connection(str(path)) if theirs else foundrydb.connect(path)
    ((value,),) = list(connection.execute("select a from t"))
    connection.close()
    assert isinstance(value, int)
    return value


@pytest.mark.parametrize("theirs", [False, True])
@pytest.mark.parametrize("page_size", [1024, 4096])
def test_a_journal_without_a_page_size_has_that_of_the_database(
    tmp_path: Path, page_size: int, theirs: bool
) -> None:
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path)
    connection.executescript(f"pragma page_size = {page_size}; create table t(a); insert into t values (1)")
    before = path.read_bytes()[page_size:]
    connection.execute("update t set a = 2")
    connection.commit()
    connection.close()
    file = memory_file()
    Journal(file, page_size, 2, 7, durable=False).append(2, before)
    file.write(24, bytes(4))
    Path(f"{path}-journal").write_bytes(file.read(0, file.size()))
    assert first_value(path, theirs) == 1


@pytest.mark.parametrize("theirs", [False, True])
@pytest.mark.parametrize("content", [b"", b"\0precious", b"precious", None])
def test_a_link_in_the_journals_place_is_not_followed(
    tmp_path: Path, content: bytes | None, theirs: bool
) -> None:
    """What it points to stays as it is, or missing, in every journal mode."""
    path, other = tmp_path / "a.db", tmp_path / "precious"
    connection = sqlite3.connect(path)
    connection.execute("create table t(a)")
    connection.close()
    if content is not None:
        other.write_bytes(content)
    Path(f"{path}-journal").symlink_to(other)
    library = sqlite3 if theirs else foundrydb
    for mode in ("delete", "truncate", "persist"):
        connection = library.connect(path, isolation_level=None)
        with pytest.raises(library.OperationalError, match="unable to open database file"):
            connection.execute(f"pragma journal_mode = {mode}").fetchall()
            connection.execute("insert into t values (1)")
        connection.close()
        assert (other.read_bytes() if other.exists() else None) == content
        assert Path(f"{path}-journal").is_symlink()


@pytest.mark.parametrize("theirs", [False, True])
def test_without_the_super_journal_the_transaction_is_committed(tmp_path: Path, theirs: bool) -> None:
    paths = attached(tmp_path)
    (tmp_path / "one.db-mj0123459AB").unlink()
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
    journal.write_super("/tmp/näme-mj01aF459AB")
    assert read_super_name(file) == "/tmp/näme-mj01aF459AB"
    file.write(file.size() - 12, b"\x00\x00\x00\x01")
    assert read_super_name(file) == ""
    assert lock_byte_page(512) == 0x40000000 // 512 + 1


def test_a_journal_beside_an_empty_database_is_deleted(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.touch()
    journal = Path(f"{path}-journal")
    journal.write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(504))
    pager = Pager(OsVFS(), str(path))
    pager.begin_read()
    assert pager.page_count == 0 and not journal.exists()
    pager.close()


def test_a_folder_where_the_journal_of_an_empty_database_goes(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    Path(f"{path}-journal").mkdir()
    connection = foundrydb.connect(path, isolation_level=None)
    with pytest.raises(foundrydb.OperationalError, match="unable to open database file"):
        connection.execute("create table t(a)")


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
