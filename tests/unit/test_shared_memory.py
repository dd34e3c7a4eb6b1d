"""Shared memory: of this process's connections, of several processes', and together with C SQLite's."""

from __future__ import annotations

import os
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from harness.disk import Disk
from harness.peer import Peer, sqlite_peer

from foundrydb.edition import mode
from foundrydb.errors import Error, NotSupportedError
from foundrydb.storage.os import os_vfs
from foundrydb.storage.os.memory_vfs import MemoryVFS
from foundrydb.storage.os.os_vfs import OsVFS
from foundrydb.storage.os.range_locks import ProcessLocks
from foundrydb.storage.os.shared_memory import LOCK_COUNT, REGION_SIZE, SharedMemory
from foundrydb.storage.os.vfs import VFS

WRITE, CHECKPOINT, RECOVER, READ_0 = 0, 1, 2, 3

OURS = """
import sys
from foundrydb.storage.os.os_vfs import OsVFS
memory = OsVFS().share_memory(sys.argv[1] + "-shm", sys.argv[1])
for line in sys.stdin:
    try:
        print(eval(line), flush=True)
    except Exception as error:
        print(error, flush=True)
"""

Join = Callable[[], SharedMemory]


def join(vfs: VFS, path: object) -> SharedMemory:
    memory = vfs.share_memory(f"{path}-shm", str(path))
    assert memory is not None
    return memory


def view(memory: SharedMemory, region: int, extend: bool = True) -> memoryview:
    mapped = memory.map(region, extend)
    assert mapped is not None
    return mapped


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database in WAL mode, closed."""
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("pragma journal_mode = wal")
    connection.execute("create table t(a)")
    connection.close()
    return path


@pytest.fixture(params=["system", "memory", "disk"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Join:
    """What gives one connection after another to the same shared memory."""
    path = tmp_path / "db"
    path.touch()
    vfs: VFS = {"system": OsVFS, "memory": MemoryVFS, "disk": Disk}[request.param]()
    return lambda: join(vfs, path)


def test_what_one_writes_the_other_reads(fresh: Join) -> None:
    one, two = fresh(), fresh()
    assert one.map(0, False) is None
    here = view(one, 0)
    assert len(here) == REGION_SIZE and bytes(here) == bytes(REGION_SIZE)
    there = view(two, 0, extend=False)
    here[100:104] = b"news"
    one.barrier()
    two.barrier()
    assert bytes(there[99:105]) == b"\0news\0"
    there[100] = ord("N")
    assert here[100] == ord("N")


def test_regions_are_apart(fresh: Join) -> None:
    one, two = fresh(), fresh()
    view(one, 3)[:4] = b"four"
    assert bytes(view(two, 0, extend=False)[:4]) == bytes(4)
    assert bytes(view(two, 3, extend=False)[:4]) == b"four"
    assert two.map(4, False) is None
    view(two, 2)[-4:] = b"last"
    assert bytes(view(one, 3)[:4]) == b"four"


def test_a_region_is_numbers_too(fresh: Join) -> None:
    one, two = fresh(), fresh()
    view(one, 1).cast("I")[5] = 77
    assert view(two, 1).cast("I")[5] == 77


def test_locks_are_shared_or_held_by_one(fresh: Join) -> None:
    one, two, three = fresh(), fresh(), fresh()
    assert one.lock(READ_0, 1, exclusive=False) and two.lock(READ_0, 1, exclusive=False)
    assert not three.lock(READ_0, 1, exclusive=True)
    one.unlock(READ_0, 1)
    assert not three.lock(READ_0, 1, exclusive=True)
    two.unlock(READ_0, 1)
    assert three.lock(READ_0, 1, exclusive=True)
    assert not one.lock(READ_0, 1, exclusive=False)
    assert one.lock(READ_0 + 1, 1, exclusive=False)


def test_several_locks_are_taken_together_or_not_at_all(fresh: Join) -> None:
    one, two = fresh(), fresh()
    assert one.lock(READ_0 + 2, 1, exclusive=False)
    assert not two.lock(WRITE, LOCK_COUNT, exclusive=True)
    assert one.lock(WRITE, 2, exclusive=True)
    one.unlock(WRITE, 2)
    one.unlock(READ_0 + 2, 1)
    assert two.lock(WRITE, LOCK_COUNT, exclusive=True)
    assert not any(one.lock(number, 1, exclusive=False) for number in range(LOCK_COUNT))


def test_closing_gives_all_back(fresh: Join) -> None:
    one, two = fresh(), fresh()
    assert one.lock(WRITE, LOCK_COUNT, exclusive=True)
    one.close()
    one.close()
    assert two.lock(WRITE, LOCK_COUNT, exclusive=True)


def test_what_nobody_has_open_is_worth_nothing(fresh: Join) -> None:
    one, two = fresh(), fresh()
    view(one, 0)[:4] = b"news"
    one.close()
    three = fresh()
    assert bytes(view(three, 0)[:4]) == b"news"
    two.close()
    three.close()
    four = fresh()
    assert four.map(0, False) is None
    assert bytes(view(four, 0)[:4]) == bytes(4)


def test_calls_fail_on_a_failing_disk() -> None:
    disk = Disk()
    memory = join(disk, "db")
    disk.counted = frozenset({"map", "lock", "unlock"})
    disk.fault = ""
    disk.fail_at, disk.fail_for = 1, 3
    with pytest.raises(Error) as caught:
        memory.map(0, True)
    assert caught.value.code == "SQLITE_IOERR_SHMMAP"
    with pytest.raises(Error) as caught:
        memory.lock(0, 1, False)
    assert caught.value.code == "SQLITE_IOERR_LOCK"
    with pytest.raises(Error) as caught:
        memory.unlock(0, 1)
    assert caught.value.code == "SQLITE_IOERR_UNLOCK"
    assert memory.map(0, True) is not None


# The operating system's -------------------------------------------------------------------------------------


def test_another_process(tmp_path: Path) -> None:
    path = tmp_path / "db"
    path.touch()
    memory = join(OsVFS(), path)
    view(memory, 1)[:4] = b"news"
    with Peer(OURS, str(path)) as peer:
        assert peer.ask("bytes(memory.map(1, False)[:4])") == "b'news'"
        assert peer.ask("memory.map(2, False)") == "None"
        assert peer.ask("memory.map(2, True).__setitem__(7, 9)") == "None"
        assert view(memory, 2, extend=False)[7] == 9
        assert peer.ask("memory.lock(0, 3, True)") == "True"
        assert not memory.lock(1, 1, exclusive=False)
        assert memory.lock(3, 5, exclusive=True)
        assert peer.ask("memory.lock(4, 1, False)") == "False"
        assert peer.ask("memory.unlock(0, 3)") == "None"
        assert memory.lock(1, 1, exclusive=False)
    memory.close()


def test_a_process_that_dies_gives_its_locks_back(tmp_path: Path) -> None:
    path = tmp_path / "db"
    path.touch()
    peer = Peer(OURS, str(path))
    assert peer.ask("memory.lock(0, 8, True)") == "True"
    memory = join(OsVFS(), path)
    assert not memory.lock(WRITE, 1, exclusive=True)
    peer.kill()
    assert memory.lock(WRITE, LOCK_COUNT, exclusive=True)
    memory.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the platform does not fork")
def test_a_forked_child_takes_nothing_along(tmp_path: Path) -> None:
    path = tmp_path / "db"
    path.touch()
    memory = join(OsVFS(), path)
    assert memory.lock(WRITE, 1, exclusive=True)
    child = os.fork()
    if child == 0:
        memory.close(delete=True)
        os._exit(0)
    os.waitpid(child, 0)
    assert Path(f"{path}-shm").exists()
    with Peer(OURS, str(path)) as peer:
        assert peer.ask("memory.lock(0, 1, True)") == "False"
    memory.close()


def test_the_file_is_made_like_its_database_and_deleted_on_request(tmp_path: Path) -> None:
    path = tmp_path / "db"
    path.touch(mode=0o600)
    path.chmod(0o640)
    shared = Path(f"{path}-shm")
    memory = join(OsVFS(), path)
    assert shared.stat().st_mode & 0o777 == 0o640
    view(memory, 0)
    assert shared.stat().st_size == REGION_SIZE
    memory.close()
    assert shared.exists()
    memory = join(OsVFS(), path)
    memory.close(delete=True)
    assert not shared.exists()


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="the system does not list descriptors")
def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    path = tmp_path / "db"
    path.touch()
    before = sorted(os.listdir("/proc/self/fd"))
    for _ in range(3):
        memory = join(OsVFS(), path)
        for region in range(4):
            memory.map(region, True)
        memory.close()
    assert sorted(os.listdir("/proc/self/fd")) == before


def test_a_platform_without_the_right_locks_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if mode() == "compiled":
        pytest.skip("compiled code calls its own functions")
    monkeypatch.setattr(os_vfs, "range_locks", ProcessLocks)
    path = tmp_path / "db"
    path.touch()
    with pytest.raises(NotSupportedError):
        OsVFS().share_memory(f"{path}-shm", str(path))


# Together with C SQLite -------------------------------------------------------------------------------------


def test_the_other_library_has_it_open(database: Path) -> None:
    with sqlite_peer(database) as peer:
        for value in range(3):
            assert peer.ask(f"insert into t values ({value})") == "[]"
        memory = join(OsVFS(), database)
        header = bytes(view(memory, 0, extend=False)[:48])
        version, _, _, initialised, _, page_size, frames, pages = struct.unpack_from("=IIIBBHII", header)
        log_size = Path(f"{database}-wal").stat().st_size
        assert (version, initialised, pages) == (3007000, 1, 2)
        assert frames == (log_size - 32) // (page_size + 24) == 3
        assert peer.ask("insert into t values (9)") == "[]"
        assert struct.unpack_from("=I", view(memory, 0), 16) == (4,)
        memory.close()
        assert peer.ask("select count(*) from t") == "[(4,)]"


def test_the_other_library_respects_our_locks(database: Path) -> None:
    with sqlite_peer(database) as peer:
        assert peer.ask("insert into t values (1)") == "[]"
        memory = join(OsVFS(), database)
        assert memory.lock(WRITE, 1, exclusive=True)
        assert peer.ask("insert into t values (2)") == "database is locked"
        assert peer.ask("select count(*) from t") == "[(1,)]"
        memory.unlock(WRITE, 1)
        assert peer.ask("insert into t values (2)") == "[]"
        assert memory.lock(CHECKPOINT, 1, exclusive=True)
        assert peer.ask("pragma wal_checkpoint").startswith("[(1,")
        memory.unlock(CHECKPOINT, 1)
        assert peer.ask("pragma wal_checkpoint") == "[(0, 2, 2)]"
        memory.close()


def test_we_respect_the_other_librarys_locks(database: Path) -> None:
    with sqlite_peer(database) as peer:
        memory = join(OsVFS(), database)
        assert peer.ask("insert into t values (1)") == "[]"
        assert peer.ask("begin immediate") == "[]"
        assert not memory.lock(WRITE, 1, exclusive=True)
        assert not memory.lock(READ_0, 5, exclusive=True)
        assert memory.lock(CHECKPOINT, 1, exclusive=True)
        assert peer.ask("commit") == "[]"
        assert memory.lock(WRITE, 1, exclusive=True)
        assert memory.lock(READ_0, 5, exclusive=True)
        memory.close()


def test_the_other_library_comes_second(database: Path) -> None:
    memory = join(OsVFS(), database)
    with sqlite_peer(database) as peer:
        assert peer.ask("insert into t values (1)") == "[]"
        assert struct.unpack_from("=I", view(memory, 0, extend=False)) == (3007000,)
        assert memory.lock(RECOVER, 1, exclusive=True)
        memory.close()
        assert peer.ask("insert into t values (2)") == "[]"
    connection = sqlite3.connect(database)
    assert connection.execute("select sum(a) from t").fetchall() == [(3,)]
    assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
    connection.close()
