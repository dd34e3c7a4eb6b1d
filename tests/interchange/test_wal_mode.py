"""Databases in WAL mode, which connections of ours and of the C library have open at once."""

from __future__ import annotations

import os
import random
import sqlite3
from pathlib import Path

import apsw
import pytest
from harness.disk import Disk
from harness.peer import Peer, sqlite_peer

import foundrydb
from foundrydb.errors import OperationalError
from foundrydb.storage.log.wal.checksum import checksum
from foundrydb.storage.log.wal.log_file import FRAME_HEADER_SIZE, HEADER_SIZE, LogHeader

TABLES = ("create table t(a integer primary key, b text)", "create table u(a unique, b)")
INSERTS = (
    *[f"insert into t values ({number}, '{'x' * (number * 37 % 200)}')" for number in range(25)],
    "begin",
    *[f"insert into u values ({number}, zeroblob({number * 7}))" for number in range(24)],
    "insert into u values (100, zeroblob(16840))",
    "commit",
    "insert into t(b) values ('one more')",
)

OURS = """
import sys, foundrydb
connection = foundrydb.connect(sys.argv[1], isolation_level=None, timeout=0)
for line in sys.stdin:
    try:
        print(connection.execute(line).fetchall(), flush=True)
    except foundrydb.Error as error:
        print(error, flush=True)
"""


def sqlite_script() -> str:
    """The C library behind the same questions."""
    return OURS.replace("foundrydb", "sqlite3")


def one_of_each(ours_first: bool) -> list[str]:
    """A process of ours and one of the C library, in either order."""
    return [OURS, sqlite_script()] if ours_first else [sqlite_script(), OURS]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database in WAL mode with a row."""
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("pragma journal_mode = wal")
    connection.execute("create table t(a)")
    connection.execute("insert into t values (1)")
    connection.close()
    return path


def connect(path: Path) -> foundrydb.Connection:
    return foundrydb.connect(str(path), isolation_level=None, timeout=0)


def numbers(connection: foundrydb.Connection) -> list[int]:
    return [row[0] for row in connection.execute("select a from t order by a")]


def test_each_sees_what_the_other_commits(path: Path) -> None:
    ours = connect(path)
    with sqlite_peer(path) as peer:
        for number in range(2, 20):
            if number % 2:
                ours.execute("insert into t values (?)", (number,))
                assert peer.ask("select max(a), count(*) from t") == f"[({number}, {number})]"
            else:
                assert peer.ask(f"insert into t values ({number})") == "[]"
                assert numbers(ours) == list(range(1, number + 1))
        assert peer.ask("pragma integrity_check") == "[('ok',)]"
    ours.close()
    assert os.listdir(path.parent) == ["a.db"]


@pytest.mark.parametrize("reader_is_ours", [True, False])
def test_a_reader_keeps_its_snapshot_and_nobody_waits(path: Path, reader_is_ours: bool) -> None:
    scripts = one_of_each(reader_is_ours)
    with Peer(scripts[0], str(path)) as reader, Peer(scripts[1], str(path)) as writer:
        assert reader.ask("begin") == "[]"
        assert reader.ask("select * from t") == "[(1,)]"
        assert writer.ask("insert into t values (2)") == "[]"
        assert writer.ask("pragma wal_checkpoint(full)") == "[(1, 1, 0)]"
        assert reader.ask("select * from t") == "[(1,)]"
        assert reader.ask("insert into t values (3)") == "database is locked"
        assert reader.ask("commit") == "[]"
        assert reader.ask("select * from t") == "[(1,), (2,)]"
        assert writer.ask("pragma wal_checkpoint(full)") == "[(0, 1, 1)]"
        assert reader.ask("insert into t values (3)") == "[]"
        assert writer.ask("select * from t") == "[(1,), (2,), (3,)]"


@pytest.mark.parametrize("writer_is_ours", [True, False])
def test_one_writer_at_a_time(path: Path, writer_is_ours: bool) -> None:
    scripts = one_of_each(writer_is_ours)
    with Peer(scripts[0], str(path)) as writer, Peer(scripts[1], str(path)) as other:
        assert writer.ask("begin immediate") == "[]"
        assert writer.ask("insert into t values (2)") == "[]"
        assert other.ask("begin immediate") == "database is locked"
        assert other.ask("insert into t values (3)") == "database is locked"
        assert other.ask("select * from t") == "[(1,)]"
        assert writer.ask("rollback") == "[]"
        assert other.ask("insert into t values (3)") == "[]"


@pytest.mark.parametrize("victim_is_ours", [True, False])
def test_what_a_killed_process_committed_is_recovered(path: Path, victim_is_ours: bool) -> None:
    scripts = one_of_each(victim_is_ours)
    victim = Peer(scripts[0], str(path))
    assert victim.ask("insert into t values (2)") == "[]"
    assert victim.ask("begin") == "[]"
    assert victim.ask("pragma cache_size = 1") == "[]"
    assert victim.ask("insert into t select zeroblob(3000) from (values (1), (2), (3), (4), (5))") == "[]"
    victim.kill()
    assert path.with_name("a.db-wal").stat().st_size > 0
    with Peer(scripts[1], str(path)) as other:
        assert other.ask("select * from t") == "[(1,), (2,)]"
        assert other.ask("insert into t values (3)") == "[]"
        assert other.ask("pragma integrity_check") == "[('ok',)]"
    assert os.listdir(path.parent) == ["a.db"]


def test_their_log_cut_anywhere_is_the_last_whole_commit(path: Path) -> None:
    """As C SQLite finds it, byte for byte of what is left."""
    with sqlite_peer(path) as peer:
        for number in range(2, 6):
            peer.ask(f"insert into t values ({number})")
        database = path.read_bytes()
        log = path.with_name("a.db-wal").read_bytes()
    frame = FRAME_HEADER_SIZE + 4096
    places = [
        *range(0, 40, 7),
        *range(HEADER_SIZE, len(log), frame),
        *range(HEADER_SIZE, len(log), frame // 3 + 1),
    ]
    for place in sorted({*places, len(log) - 1, len(log)}):
        ours = Disk({"db": database, "db-wal": log[:place]}).connect()
        assert numbers(ours) == theirs_of(path.parent, database, log[:place]), place


def theirs_of(folder: Path, database: bytes, log: bytes) -> list[int]:
    """What C SQLite finds in files of these bytes."""
    (folder / "copy").write_bytes(database)
    (folder / "copy-wal").write_bytes(log)
    (folder / "copy-shm").unlink(missing_ok=True)
    connection = sqlite3.connect(folder / "copy")
    found = [row[0] for row in connection.execute("select a from t order by a")]
    connection.close()
    return found


def test_a_log_with_any_byte_changed_is_read_as_by_them(path: Path) -> None:
    chance = random.Random(1)
    with sqlite_peer(path) as peer:
        for number in range(2, 5):
            peer.ask(f"insert into t values ({number})")
        database = path.read_bytes()
        log = path.with_name("a.db-wal").read_bytes()
    places = [*range(HEADER_SIZE + FRAME_HEADER_SIZE), *[chance.randrange(len(log)) for _ in range(60)]]
    for place in places:
        spoiled = log[:place] + bytes([log[place] ^ chance.choice([1, 128, 255])]) + log[place + 1 :]
        try:
            right: object = theirs_of(path.parent, database, spoiled)
        except sqlite3.Error as error:
            right = str(error)
        try:
            found: object = numbers(Disk({"db": database, "db-wal": spoiled}).connect())
        except foundrydb.Error as error:
            found = str(error).split(" (")[0]
        assert found == right, place


def test_a_log_of_another_byte_order(path: Path) -> None:
    """Checksums over big-endian words: what a machine of that order leaves, made of a log of ours."""
    disk = Disk({"db": path.read_bytes()})
    ours = disk.connect()
    for number in range(2, 5):
        ours.execute("insert into t values (?)", (number,))
    log = disk.files()["db-wal"]
    header = LogHeader(4096, 0, log[16:24], True)
    pieces = [header.encode()]
    sums = header.first, header.second
    for start in range(HEADER_SIZE, len(log), FRAME_HEADER_SIZE + 4096):
        page = log[start + FRAME_HEADER_SIZE : start + FRAME_HEADER_SIZE + 4096]
        sums = checksum(page, True, *checksum(log[start : start + 8], True, *sums))
        pieces += [log[start : start + 16], *[int(each).to_bytes(4, "big") for each in sums], page]
    other = b"".join(pieces)
    assert theirs_of(path.parent, path.read_bytes(), other) == [1, 2, 3, 4]
    again = Disk({"db": path.read_bytes(), "db-wal": other}).connect()
    assert numbers(again) == [1, 2, 3, 4]
    again.execute("insert into t values (5)")
    assert numbers(again) == [1, 2, 3, 4, 5]


APPENDED = {
    "within a page": INSERTS,
    "leaves that are split": [f"insert into t values ({n}, '{'x' * (n * 37 % 200)}')" for n in range(150)],
    "a row on each page": [f"insert into t values ({n}, '{'y' * 3000}')" for n in range(20)],
    "long rows": [f"insert into t values ({n}, '{'z' * (n * 397 % 9000)}')" for n in range(60)],
    "one transaction": [
        "begin",
        *[f"insert into t values ({n}, '{'y' * (n * 97 % 3000)}')" for n in range(200)],
        "commit",
    ],
}
DEEP = {
    "a row on each leaf": [f"insert into t values ({n}, '{'y' * 300}')" for n in range(400)],
    "keys of all lengths": [
        f"insert into t values ({n * n * n}, '{'y' * (200 + n * 37 % 150)}')" for n in range(-150, 300)
    ],
    "several rows a leaf": [
        f"insert into t values ({n}, '{'y' * (n * 7 % 90)}'), ({n}.0 + 1, 'next')" for n in range(0, 6000, 2)
    ],
    "one transaction": [
        "begin",
        *[f"insert into t values ({n * 1000}, '{'y' * (n * 97 % 400)}')" for n in range(2000)],
        "commit",
    ],
}
"""So many rows that trees on small pages have three levels or four."""


@pytest.mark.parametrize("script", APPENDED)
@pytest.mark.parametrize("deletion", ["off", "fast"])
def test_the_log_is_theirs_byte_for_byte(tmp_path: Path, script: str, deletion: str) -> None:
    """But for the version number in the database's header, and the checksums that follow from it.

    The rows of a table come in their order; a leaf that is full is left as it is, and what was on the root stays in
    the root's free space unless nothing that is deleted may.
    """
    same_logs(tmp_path, [f"pragma secure_delete = {deletion}", *APPENDED[script]], 4096)


@pytest.mark.parametrize("script", DEEP)
@pytest.mark.parametrize("deletion", ["off", "fast"])
@pytest.mark.parametrize("page_size", [512, 1024])
def test_so_it_is_where_interior_pages_are_split(
    tmp_path: Path, script: str, deletion: str, page_size: int
) -> None:
    """Their cells lie where C SQLite has them lie, between what it has freed."""
    log = same_logs(tmp_path, [f"pragma secure_delete = {deletion}", *DEEP[script]], page_size)
    roots = [page for page in frames(log, page_size) if int.from_bytes(page[:4], "big") == 2]
    child = int.from_bytes(roots[-1][FRAME_HEADER_SIZE + 8 : FRAME_HEADER_SIZE + 12], "big")
    last = [page for page in frames(log, page_size) if int.from_bytes(page[:4], "big") == child][-1]
    assert last[FRAME_HEADER_SIZE] == 5, "the tree has two levels"


def same_logs(folder: Path, script: list[str], page_size: int) -> bytes:
    """The log of a script that writes nothing else than theirs, with their salts."""
    script = ["pragma journal_mode = wal", "pragma wal_autocheckpoint = 0", *script]
    theirs = apsw.Connection(str(folder / "db"))
    theirs.execute(f"pragma page_size = {page_size}")
    for statement in TABLES:
        theirs.execute(statement)
    disk = Disk({"db": (folder / "db").read_bytes()})
    for statement in script:
        theirs.execute(statement)
    wanted = (folder / "db-wal").read_bytes()
    disk.random = lambda size: wanted[16:24][:size]  # type: ignore[method-assign]
    ours = disk.connect()
    for statement in script:
        ours.execute(statement)
    found = disk.files()["db-wal"]
    assert len(found) == len(wanted)
    assert without_versions(found, page_size) == without_versions(wanted, page_size)
    theirs.close()
    return found


def frames(log: bytes, page_size: int) -> list[bytes]:
    """The frames of a log."""
    size = FRAME_HEADER_SIZE + page_size
    return [log[start : start + size] for start in range(HEADER_SIZE, len(log), size)]


def without_versions(log: bytes, page_size: int) -> list[bytes]:
    """The header, page numbers, salts and pages of a log; without who wrote, and the checksums."""
    pieces = [log[:HEADER_SIZE]]
    for frame in frames(log, page_size):
        page = frame[FRAME_HEADER_SIZE:]
        if int.from_bytes(frame[:4], "big") == 1:
            page = page[:96] + page[100:]
        pieces += [frame[:16], page]
    return pieces


def test_entering_and_leaving(path: Path) -> None:
    ours = connect(path)
    assert ours.execute("pragma journal_mode").fetchall() == [("wal",)]
    with sqlite_peer(path) as peer:
        assert peer.ask("select * from t") == "[(1,)]"
        with pytest.raises(OperationalError, match="database is locked"):
            ours.execute("pragma journal_mode = delete")
        assert peer.ask("insert into t values (2)") == "[]"
    assert ours.execute("pragma journal_mode = delete").fetchall() == [("delete",)]
    assert os.listdir(path.parent) == ["a.db"]
    with sqlite_peer(path) as peer:
        assert peer.ask("pragma journal_mode") == "[('delete',)]"
        assert peer.ask("select * from t") == "[(1,), (2,)]"
        assert ours.execute("pragma journal_mode = wal").fetchall() == [("wal",)]
        assert peer.ask("insert into t values (3)") == "[]"
        assert peer.ask("pragma journal_mode") == "[('wal',)]"
        assert numbers(ours) == [1, 2, 3]
    ours.close()
    assert os.listdir(path.parent) == ["a.db"]


def test_exclusive_mode_needs_no_shared_memory(path: Path) -> None:
    ours = connect(path)
    ours.execute("pragma locking_mode = exclusive")
    ours.execute("insert into t values (2)")
    assert sorted(os.listdir(path.parent)) == ["a.db", "a.db-wal"]
    with sqlite_peer(path) as peer:
        assert peer.ask("select * from t") == "database is locked"
    ours.close()
    with sqlite_peer(path) as peer:
        assert peer.ask("select * from t") == "[(1,), (2,)]"


def test_exclusive_mode_of_a_log_that_was_shared(path: Path) -> None:
    ours = connect(path)
    assert numbers(ours) == [1]
    ours.execute("pragma locking_mode = exclusive")
    with sqlite_peer(path) as peer:
        assert peer.ask("select * from t") == "[(1,)]"
        with pytest.raises(OperationalError, match="database is locked"):
            ours.execute("insert into t values (2)")
    ours.execute("insert into t values (2)")
    with sqlite_peer(path) as peer:
        assert peer.ask("select * from t") == "database is locked"
        ours.execute("pragma locking_mode = normal")
        assert numbers(ours) == [1, 2]
        assert peer.ask("select * from t") == "[(1,), (2,)]"
    ours.close()


def test_a_log_beside_an_empty_file_belongs_to_none(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.touch()
    path.with_name("a.db-wal").write_bytes(b"left over")
    ours = connect(path)
    assert ours.execute("select count(*) from sqlite_schema").fetchall() == [(0,)]
    assert os.listdir(tmp_path) == ["a.db"]
    ours.close()


def test_a_log_grows_past_many_regions_of_its_index(tmp_path: Path) -> None:
    """A transaction of more frames than two regions tell of, and what is read of it by them."""
    ours = connect(tmp_path / "a.db")
    ours.execute("pragma page_size = 512")
    ours.execute("pragma journal_mode = wal")
    ours.execute("pragma wal_autocheckpoint = 0")
    ours.execute("create table t(a, b)")
    ours.execute("insert into t select value, zeroblob(400) from generate_series(1, 9000)")
    ours.execute("update t set a = a + 1 where a % 90 = 0")
    with sqlite_peer(tmp_path / "a.db") as peer:
        assert peer.ask("select count(*), sum(a) from t") == "[(9000, 40504600)]"
        assert peer.ask("update t set a = a - 1 where a % 90 = 1") == "[]"
    assert ours.execute("select count(*), sum(a) from t").fetchall() == [(9000, 40504400)]
    assert ours.execute("pragma integrity_check").fetchall() == [("ok",)]
    ours.close()


def test_a_transaction_larger_than_the_cache(path: Path) -> None:
    ours = connect(path)
    ours.execute("pragma cache_size = 10")
    ours.execute("create index ta on t(a)")
    with sqlite_peer(path) as peer:
        for end in ("rollback", "commit"):
            ours.execute("begin")
            ours.execute("insert into t select randomblob(300) from generate_series(1, 3000)")
            ours.execute("savepoint s")
            ours.execute("update t set a = zeroblob(200)")
            ours.execute("rollback to s")
            assert peer.ask("select count(*) from t") == "[(1,)]"
            ours.execute(end)
        assert peer.ask("select count(*), sum(length(a)) from t") == "[(3001, 900001)]"
        assert peer.ask("pragma integrity_check") == "[('ok',)]"
    ours.close()
