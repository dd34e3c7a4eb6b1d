"""A listener sees every commit before it happens, page for page, and may forbid it."""

from __future__ import annotations

import random

import pytest
from harness.disk import Disk
from harness.pages import header

from foundrydb.errors import Error, error
from foundrydb.storage.log.transaction_log import Commit, CommitListener
from foundrydb.storage.os.memory_vfs import MemoryVFS
from foundrydb.storage.os.vfs import VFS
from foundrydb.storage.pages.pager import Pager

SIZE = 512


class Follower(CommitListener):
    """Copies every commit, as it is seen, into a file of its own; what counts is known only at its end."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[list[int]] = []
        self.ends: list[str] = []
        self.refuses = False
        self.copy = b""
        self._next = b""

    def before_commit(self, commit: Commit) -> None:
        self.seen.append(commit.numbers())
        if self.refuses:
            raise error("not now", "SQLITE_CONSTRAINT_COMMITHOOK")
        size = int(commit.page_count) * commit.page_size
        copy = bytearray(self.copy[:size].ljust(size, b"\0"))
        for number in commit.numbers():
            copy[(number - 1) * commit.page_size : number * commit.page_size] = commit.image(number)
        self._next = bytes(copy)

    def committed(self) -> None:
        self.copy = self._next
        self.ends.append("committed")

    def undone(self) -> None:
        self.ends.append("undone")


def followed(vfs: VFS, pages: int = 3) -> tuple[Pager, Follower]:
    """A database of a few pages, and who follows it."""
    pager = Pager(vfs, "db", page_size=SIZE)
    follower = Follower()
    pager.listener = follower
    pager.begin_read()
    pager.begin_write()
    for number in range(1, pages + 1):
        page = pager.append_page()
        page.replace((header(SIZE) if number == 1 else b"").ljust(SIZE, bytes([number])))
    pager.commit()
    return pager, follower


def put(pager: Pager, number: int, fill: int) -> None:
    page = pager.get(number)
    pager.touch(page)
    page.replace(bytes([fill]) * SIZE)


def content(vfs: MemoryVFS) -> bytes:
    store = vfs.files["/db"]
    return store.part(0, store.size())


def test_the_copy_is_the_file() -> None:
    vfs = MemoryVFS()
    pager, follower = followed(vfs)
    assert follower.seen == [[1, 2, 3]]
    assert follower.copy == content(vfs)
    pager.begin_write()
    put(pager, 3, 9)
    pager.commit()
    assert follower.seen[1:] == [[1, 3]]
    assert follower.copy == content(vfs)
    assert follower.ends == ["committed", "committed"]


@pytest.mark.parametrize("mode", ["delete", "truncate", "persist", "memory", "off"])
@pytest.mark.parametrize("seed", range(4))
def test_the_copy_is_the_file_whatever_happens(mode: str, seed: int) -> None:
    chance = random.Random(seed)
    vfs = MemoryVFS()
    pager, follower = followed(vfs)
    pager.set_journal_mode(mode)
    pager.set_cache_size(10)
    for _ in range(40):
        pager.begin_write()
        savepoint = pager.savepoint()
        for _ in range(chance.randint(0, 60)):
            if chance.random() < 0.4:
                pager.append_page().replace(bytes([chance.randint(0, 255)]) * SIZE)
            elif pager.page_count > 1:
                put(pager, chance.randint(2, int(pager.page_count)), chance.randint(0, 255))
        if chance.random() < 0.3:
            pager.rollback_to(savepoint)
        if chance.random() < 0.3:
            pager.truncate(chance.randint(1, int(pager.page_count)))
        if chance.random() < 0.2 and mode != "off":
            pager.rollback()
        else:
            pager.commit()
        assert follower.copy == content(vfs)


def test_pages_that_were_spilled_are_seen_too() -> None:
    vfs = MemoryVFS()
    pager, follower = followed(vfs, pages=60)
    pager.set_cache_size(10)
    pager.begin_write()
    for number in range(2, 61):
        put(pager, number, 100 + number)
    assert pager.cached_pages() < 40
    pager.commit()
    assert follower.seen[-1] == list(range(1, 61))
    assert follower.copy == content(vfs)


def test_pages_cut_off_are_not_seen() -> None:
    vfs = MemoryVFS()
    pager, follower = followed(vfs, pages=5)
    pager.begin_write()
    pager.truncate(2)
    pager.commit()
    assert follower.seen[-1] == [1]
    assert follower.copy == content(vfs)
    assert len(follower.copy) == 2 * SIZE


def test_a_commit_is_forbidden() -> None:
    vfs = MemoryVFS()
    pager, follower = followed(vfs)
    before = content(vfs)
    follower.refuses = True
    pager.begin_write()
    put(pager, 2, 77)
    with pytest.raises(Error, match="not now"):
        pager.commit()
    assert pager.in_write
    assert content(vfs) == before
    pager.rollback()
    assert pager.get(2).image() == bytes([2]) * SIZE
    assert content(vfs) == before
    assert "/db-journal" not in vfs.files
    assert follower.ends == ["committed"]


def test_a_forbidden_commit_may_be_tried_again() -> None:
    vfs = MemoryVFS()
    pager, follower = followed(vfs)
    follower.refuses = True
    pager.begin_write()
    put(pager, 2, 77)
    with pytest.raises(Error):
        pager.commit()
    follower.refuses = False
    pager.commit()
    assert follower.copy == content(vfs)
    assert follower.ends == ["committed", "committed"]
    counter = content(vfs)[24:28]
    assert int.from_bytes(counter, "big") == 2


def test_nothing_is_seen_where_nothing_was_changed() -> None:
    pager, follower = followed(MemoryVFS())
    pager.begin_write()
    pager.commit()
    pager.begin_write()
    put(pager, 2, 1)
    pager.rollback()
    assert follower.seen == [[1, 2, 3]]
    assert follower.ends == ["committed"]


def test_a_commit_that_fails_after_it_was_seen_is_undone() -> None:
    disk = Disk()
    pager, follower = followed(disk)
    before = disk.files()["db"]
    pager.begin_write()
    put(pager, 2, 77)
    disk.counted = frozenset({"sync"})
    disk.operations = 0
    disk.fail_at = 1
    with pytest.raises(Error):
        pager.commit()
    pager.rollback()
    assert follower.ends == ["committed", "undone"]
    assert disk.files()["db"] == before
    assert follower.copy == before


def test_nobody_reads_or_writes_when_a_commit_is_seen() -> None:
    vfs = MemoryVFS()
    pager, follower = followed(vfs)
    other = Pager(vfs, "db")
    other.begin_read()
    pager.begin_write()
    put(pager, 2, 77)
    with pytest.raises(Error, match="locked"):
        pager.commit()
    assert len(follower.seen) == 1
    other.end_read()
    pager.commit()
    assert len(follower.seen) == 2
