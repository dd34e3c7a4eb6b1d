"""The lock levels: between two connections of this process, and against the C library in another one."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness.peer import Peer, sqlite_peer

from foundrydb.errors import OperationalError
from foundrydb.storage.os.lock_levels import FileLock
from foundrydb.storage.os.memory_vfs import MemoryVFS
from foundrydb.storage.os.os_vfs import OsVFS
from foundrydb.storage.os.range_locks import ProcessLocks, RangeLocks, range_locks
from foundrydb.storage.os.vfs import EXCLUSIVE, NONE, PENDING, RESERVED, SHARED, VFS
from foundrydb.storage.pages.pager import Pager

Locks = tuple[FileLock, FileLock]


def process_locks(descriptor: int) -> RangeLocks:
    return ProcessLocks(descriptor)


def book_only(descriptor: int) -> RangeLocks:
    return ProcessLocks(descriptor, native=False)


@pytest.fixture(params=[range_locks, process_locks, book_only])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Locks]:
    make: Callable[[int], RangeLocks] = request.param
    path = tmp_path / "file"
    path.touch()
    descriptors = [os.open(path, os.O_RDWR) for _ in range(2)]
    locks = [FileLock(make(descriptor)) for descriptor in descriptors]
    yield locks[0], locks[1]
    for lock, descriptor in zip(locks, descriptors):
        lock.close(descriptor)
    with pytest.raises(OSError):
        os.fstat(descriptors[0])


def test_readers_share(pair: Locks) -> None:
    one, two = pair
    assert one.lock(SHARED) and two.lock(SHARED)
    assert not one.reserved() and not two.reserved()
    assert not one.lock(EXCLUSIVE)
    assert one.level == SHARED


def test_one_writer_prepares_while_others_read(pair: Locks) -> None:
    one, two = pair
    assert one.lock(SHARED) and one.lock(RESERVED)
    assert two.lock(SHARED) and not two.lock(RESERVED)
    assert one.reserved() and two.reserved()
    one.unlock(SHARED)
    assert two.lock(RESERVED)


def test_pending_keeps_new_readers_out(pair: Locks) -> None:
    one, two = pair
    assert two.lock(SHARED)
    assert one.lock(SHARED) and one.lock(RESERVED)
    assert not one.lock(EXCLUSIVE) and one.level == PENDING
    two.unlock(NONE)
    assert not two.lock(SHARED)
    assert one.lock(EXCLUSIVE)
    assert not two.lock(SHARED)
    one.unlock(SHARED)
    assert two.lock(SHARED)


def test_recovery_goes_straight_to_exclusive(pair: Locks) -> None:
    one, two = pair
    assert one.lock(SHARED) and one.lock(EXCLUSIVE)
    assert not two.lock(SHARED)
    one.unlock(NONE)
    assert two.lock(SHARED)


TRY_RESERVED = """
import fcntl, os, sys
try:
    fcntl.lockf(os.open(sys.argv[1], os.O_RDWR), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 0x40000001)
    print(1)
except OSError:
    print(0)
"""


def test_closing_another_descriptor_keeps_the_locks(tmp_path: Path) -> None:
    """The trap of classic POSIX locks, for the book that stands in front of them."""
    path = tmp_path / "file"
    path.touch()
    descriptors = [os.open(path, os.O_RDWR) for _ in range(2)]
    one, two = (FileLock(ProcessLocks(descriptor)) for descriptor in descriptors)
    assert one.lock(SHARED) and one.lock(RESERVED)
    two.close(descriptors[1])
    with Peer(TRY_RESERVED, str(path)) as peer:
        assert peer.process.stdout is not None and peer.process.stdout.readline() == "0\n"
    one.close(descriptors[0])


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path)
    connection.execute("create table t(a)")
    connection.execute("insert into t values (1)")
    connection.commit()
    connection.close()
    return path


def test_our_writer_keeps_theirs_out(database: Path) -> None:
    pager = Pager(OsVFS(), str(database))
    with sqlite_peer(database) as peer:
        pager.begin_write()
        assert peer.ask("select a from t") == "[(1,)]"
        assert peer.ask("insert into t values (2)") == "database is locked"
        pager.begin_write(exclusive=True)
        assert peer.ask("select a from t") == "database is locked"
        pager.rollback()
        pager.end_read()
        assert peer.ask("insert into t values (2)") == "[]"
        pager.close()


def test_their_writer_keeps_ours_out(database: Path) -> None:
    pager = Pager(OsVFS(), str(database))
    with sqlite_peer(database) as peer:
        peer.ask("begin immediate")
        pager.begin_read()
        pager.end_read()
        with pytest.raises(OperationalError, match="database is locked") as caught:
            pager.begin_write()
        assert caught.value.sqlite_errorname == "SQLITE_BUSY"
        assert not pager.in_read and not pager.in_write
        peer.ask("rollback")
        peer.ask("begin exclusive")
        with pytest.raises(OperationalError, match="database is locked"):
            pager.begin_read()
        peer.ask("commit")
        pager.begin_write()
        pager.close()


def test_a_reader_delays_the_commit_but_no_new_one_comes(database: Path) -> None:
    pager = Pager(OsVFS(), str(database))
    with sqlite_peer(database) as old, sqlite_peer(database) as new:
        old.ask("begin")
        old.ask("select * from t")
        pager.begin_write()
        pager.touch(pager.get(2))
        with pytest.raises(OperationalError, match="database is locked"):
            pager.commit()
        assert pager.in_write
        assert new.ask("select * from t") == "database is locked"
        assert old.ask("select * from t") == "[(1,)]"
        old.ask("commit")
        pager.commit()
        pager.close()
        assert new.ask("select * from t") == "[(1,)]"


def test_their_change_is_seen(database: Path) -> None:
    pager = Pager(OsVFS(), str(database))
    pager.begin_read()
    page = pager.get(2)
    generation, version = pager.generation, pager.data_version
    pager.end_read()
    pager.begin_read()
    assert pager.get(2) is page
    pager.end_read()
    with sqlite_peer(database) as peer:
        peer.ask("insert into t values (7)")
    pager.begin_read()
    assert pager.generation > generation and pager.data_version > version
    assert pager.get(2).data != page.data and not page.cached
    pager.close()


@pytest.mark.parametrize("vfs", [OsVFS(), MemoryVFS()])
def test_busy_timeout(vfs: VFS, tmp_path: Path) -> None:
    path = str(tmp_path / "b.db")
    one, two = Pager(vfs, path), Pager(vfs, path)
    one.begin_write()
    two.busy_timeout = 30
    with pytest.raises(OperationalError, match="database is locked"):
        two.begin_write()
    threading.Timer(0.05, one.rollback).start()
    two.busy_timeout = 10_000
    two.begin_write()
    two.close()
    one.close()


def test_busy_handler() -> None:
    vfs = MemoryVFS()
    one, two = Pager(vfs, "b"), Pager(vfs, "b")
    one.begin_write()
    tries: list[int] = []

    def handler(count: int) -> bool:
        tries.append(count)
        return count < 3

    two.busy = handler
    with pytest.raises(OperationalError, match="database is locked"):
        two.begin_write()
    assert tries == [0, 1, 2, 3]
    # A reader does not wait for a writer, who may wait for it.
    two.begin_read()
    with pytest.raises(OperationalError, match="database is locked"):
        two.begin_write()
    assert len(tries) == 4 and two.in_read


INCREMENT = """
import sys
from foundrydb.storage.os.os_vfs import OsVFS
from foundrydb.storage.pages.pager import Pager
pager = Pager(OsVFS(), sys.argv[1])
pager.busy_timeout = 60000
pager.synchronous = 0
for _ in range(int(sys.argv[2])):
    pager.begin_write()
    page = pager.get(1)
    pager.touch(page)
    count = int.from_bytes(page.data[60:64], "big") + 1
    page.replace(page.data[:60] + count.to_bytes(4, "big") + page.data[64:])
    pager.commit()
    pager.end_read()
print("done")
"""


def test_nothing_is_lost_between_processes(database: Path) -> None:
    """Two of ours and one of theirs count up the same field."""
    peers = [Peer(INCREMENT, str(database), "100") for _ in range(2)]
    connection = sqlite3.connect(database, isolation_level=None, timeout=60)
    connection.execute("pragma synchronous=off")
    for _ in range(100):
        connection.execute("begin immediate")
        count = connection.execute("pragma user_version").fetchone()[0]
        connection.execute(f"pragma user_version = {count + 1}")
        connection.execute("commit")
    for peer in peers:
        assert peer.process.stdout is not None and peer.process.stdout.readline() == "done\n"
        peer.close()
    assert connection.execute("pragma user_version").fetchone() == (300,)
    assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    connection.close()
