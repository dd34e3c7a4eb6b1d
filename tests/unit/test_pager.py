"""The pager's promises, one by one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from harness.disk import Disk
from harness.pages import Pattern, create, fill, header, value_of, values

from foundrydb.errors import CorruptError, DatabaseError, InternalError, OperationalError
from foundrydb.storage.format.file_shape import examine
from foundrydb.storage.os.memory_vfs import MemoryVFS
from foundrydb.storage.os.os_vfs import OsVFS
from foundrydb.storage.pages.page_cache import CONTENT_SHARE
from foundrydb.storage.pages.page_store import PAGE_OVERHEAD
from foundrydb.storage.pages.pager import Page, Pager


def field(pager: Pager, offset: int) -> int:
    return int.from_bytes(pager.get(1).data[offset : offset + 4], "big")


def test_an_empty_file_is_an_empty_database() -> None:
    pager = Pager(MemoryVFS(), "db")
    pager.begin_read()
    assert pager.page_count == 0
    with pytest.raises(CorruptError):
        pager.get(1)
    pager.end_read()


@pytest.mark.parametrize("number", [0, -1, 4, 1 << 40])
def test_a_page_number_out_of_range_names_the_page(number: int) -> None:
    pager = create(MemoryVFS(), "db", 3)
    pager.begin_read()
    with pytest.raises(CorruptError) as caught:
        pager.get(number)
    assert caught.value.page == number and "database disk image is malformed" in caught.value.message


def test_pages_are_not_changed_outside_their_transaction() -> None:
    pager = create(MemoryVFS(), "db", 3)
    with pytest.raises(InternalError):
        pager.get(99)
    pager.begin_read()
    with pytest.raises(InternalError):
        pager.touch(pager.get(1))
    pager.end_read()
    pager.begin_write()
    orphan = pager.get(2)
    pager.touch(orphan)
    pager.rollback()
    pager.begin_write()
    assert not orphan.cached
    with pytest.raises(InternalError):
        pager.touch(orphan)


def test_a_commit_counts_in_the_header() -> None:
    vfs = MemoryVFS()
    pager = create(vfs, "db", 3)
    pager.begin_write()
    first = field(pager, 24)
    fill(pager, pager.append_page(), 4)
    pager.commit()
    assert field(pager, 24) == field(pager, 92) == first + 1
    assert field(pager, 28) == 4
    assert field(pager, 96) >= 3_054_000
    pager.begin_write()
    pager.commit()
    assert field(pager, 24) == first + 1


def test_content_that_was_decoded_keeps_its_place_on_page_one() -> None:
    """The header's fields are the pager's, whatever the content still says of them."""
    vfs = MemoryVFS()
    pager = create(vfs, "db", 1)
    content = Pattern(9, 512, header(512))
    for count in (1, 2, 3):
        pager.begin_write()
        page = pager.get(1)
        pager.touch(page)
        pager.give_content(page, content)
        pager.commit()
        assert pager.get(1).content is content
        assert field(pager, 24) == 1 + count


def test_the_cache_stays_within_its_size() -> None:
    pager = create(MemoryVFS(), "db", 300)
    pager.close()
    pager = Pager(pager.vfs, "db")
    pager.set_cache_size(20)
    pager.begin_write()
    for number in range(1, 301):
        fill(pager, pager.get(number), 1)
    assert pager.cached_pages() <= 20
    assert values(pager) == [1] * 300
    pager.rollback()
    assert values(pager)[:3] == [1, 2, 3]
    pager.set_cache_size(-64)
    values(pager)
    assert pager.cached_pages() == 64 * 1024 // (512 + PAGE_OVERHEAD)


@pytest.mark.parametrize("cache_size", [1000, 400])
def test_few_pages_have_content(cache_size: int) -> None:
    """However many pages are changed, most are images; what was changed is in them."""
    pager = create(MemoryVFS(), "db", 300, 4096)
    pager.set_cache_size(cache_size)
    pager.begin_write()
    pinned = pager.get(3)
    pager.pin(pinned)
    fill(pager, pinned, 7, decoded=True)
    for number in range(4, 301):
        fill(pager, pager.get(number), 8, decoded=True)
    with_content = [number for number in range(1, 301) if pager.get(number).content is not None]
    assert 3 in with_content
    assert len(with_content) == cache_size // CONTENT_SHARE
    content = pinned.content
    assert isinstance(content, Pattern)
    content.fill = 9
    assert values(pager) == [1, 2, 9] + [8] * 297
    pager.commit()
    pager.close()
    again = Pager(pager.vfs, "db")
    again.begin_read()
    assert values(again) == [1, 2, 9] + [8] * 297


def test_a_page_that_is_changed_anew_counts_once() -> None:
    """However often a page loses its content and gets it again, it is one of those that have some."""
    pager = create(MemoryVFS(), "db", 30)
    pager.begin_write()
    pinned = pager.get(3)
    pager.pin(pinned)
    for _ in range(1000):
        fill(pager, pinned, 7)
        fill(pager, pinned, 8, decoded=True)
    fill(pager, pager.get(4), 9, decoded=True)
    fill(pager, pager.get(5), 9, decoded=True)
    pager.unpin(0)
    fill(pager, pager.get(6), 9, decoded=True)
    assert all(pager.get(number).content is not None for number in (3, 4, 5, 6))


@pytest.mark.parametrize("dirty", [False, True])
def test_a_page_that_is_pinned_stays(dirty: bool) -> None:
    """Who pins a page may still change it after any number of others were read."""
    pager = create(MemoryVFS(), "db", 300)
    pager.set_cache_size(10)
    pager.begin_write()
    pinned = []
    for number in range(1, 31):
        pinned.append(pager.get(number))
        pager.pin(pinned[-1])
    if dirty:
        for page in pinned:
            fill(pager, page, 7, decoded=True)
    for number in range(31, 301):
        fill(pager, pager.get(number), 8)
    assert all(pager.get(page.number) is page for page in pinned)
    for page in pinned:
        if dirty:
            content = page.content
            assert isinstance(content, Pattern)
            content.fill = 9
        else:
            fill(pager, page, 9)
    assert pager.pinned_pages() == 30
    pager.unpin(0)
    pager.commit()
    assert values(pager) == [9] * 30 + [8] * 270
    assert pager.cached_pages() <= 10


def test_the_page_of_the_lock_bytes_is_left_out(tmp_path: Path) -> None:
    """A sparse file of a gigabyte: page 16385 of 64 KiB holds the lock bytes."""
    path = tmp_path / "large.db"
    with path.open("wb") as file:
        file.write(header(65536) + bytes(65436))
        file.truncate(16383 * 65536)
    pager = Pager(OsVFS(), str(path))
    pager.begin_write()
    numbers = [int(pager.append_page().number) for _ in range(3)]
    assert numbers == [16384, 16386, 16387]
    with pytest.raises(CorruptError):
        pager.get(16385)
    pager.commit()
    pager.begin_write()
    pager.truncate(16385)
    assert pager.page_count == 16384
    pager.commit()
    assert path.stat().st_size == 16384 * 65536
    pager.close()


def test_the_page_size_of_an_empty_database_can_be_chosen() -> None:
    pager = Pager(MemoryVFS(), "db")
    assert not pager.set_page_size(1000) and not pager.set_page_size(256) and not pager.set_page_size(131072)
    assert pager.set_page_size(1024, reserved=32)
    assert (pager.page_size, pager.usable_size) == (1024, 992)
    pager.begin_write()
    assert pager.set_page_size(8192)
    pager.savepoint()
    page = pager.append_page()
    assert len(page.data) == 8192
    pager.savepoint()
    fill(pager, page, 1)
    pager.rollback_to(1)
    assert pager.get(1).data == bytes(8192)
    pager.rollback_to(0)
    assert pager.page_count == 0
    page = pager.append_page()
    assert not pager.set_page_size(4096)
    page.replace(header(8192) + bytes(8092))
    pager.commit()
    pager.end_read()
    assert not pager.set_page_size(4096)
    other = Pager(pager.vfs, "db")
    other.begin_read()
    assert (other.page_size, other.page_count) == (8192, 1)


def test_a_temporary_database_can_always_be_closed() -> None:
    pager = Pager(MemoryVFS(), "", temporary=True)
    pager.set_journal_mode("off")
    pager.begin_write()
    pager.append_page()
    pager.close()
    assert not pager.in_write


def test_max_page_count() -> None:
    pager = create(MemoryVFS(), "db", 3)
    pager.max_page_count = 4
    pager.begin_write()
    pager.append_page()
    with pytest.raises(OperationalError, match="database or disk is full"):
        pager.append_page()
    assert pager.page_count == 4
    pager.rollback()


@pytest.mark.parametrize(
    ("at", "value", "message"),
    [
        (0, b"X", "file is not a database"),
        (16, b"\x00\x00", "file is not a database"),
        (16, b"\x03\x00", "file is not a database"),
        (19, b"\x03", "file is not a database"),
        (20, b"\x21", "file is not a database"),
        (21, b"\x41", "file is not a database"),
        (24, b"\x00\x00\x00\x05\x00\x00\x00\x09", "malformed"),
    ],
)
def test_a_header_that_cannot_be(at: int, value: bytes, message: str) -> None:
    head = bytearray(header(512) + bytes(412))
    head[92:96] = b"\x00\x00\x00\x05"
    head[at : at + len(value)] = value
    vfs = Disk({"db": bytes(head)})
    pager = Pager(vfs, "db")
    with pytest.raises(DatabaseError, match=message):
        pager.begin_read()
    assert not pager.in_read


def test_the_page_count_of_the_header_counts_only_when_it_is_valid() -> None:
    head = bytearray(header(512))
    head[24:32] = b"\x00\x00\x00\x05\x00\x00\x00\x02"
    assert examine(bytes(head), 512 * 3).page_count == 3
    head[92:96] = b"\x00\x00\x00\x05"
    assert examine(bytes(head), 512 * 3).page_count == 2
    assert examine(bytes(head), 512 * 2 - 100).page_count == 2
    with pytest.raises(CorruptError, match="the header counts 2 pages, the file holds 1"):
        examine(bytes(head), 512)


def test_a_last_page_that_is_cut_short_reads_as_zeros() -> None:
    vfs = Disk({"db": header(512) + bytes(412) + b"abc"})
    pager = Pager(vfs, "db")
    pager.begin_read()
    assert pager.page_count == 2
    assert pager.get(2).data == b"abc" + bytes(509)


def test_a_newer_write_version_can_be_read_only() -> None:
    head = bytearray(header(512) + bytes(412))
    head[18] = 3
    pager = Pager(Disk({"db": bytes(head)}), "db")
    pager.begin_read()
    assert pager.page_count == 1
    with pytest.raises(OperationalError, match="attempt to write a readonly database"):
        pager.begin_write()


def test_syncs_come_in_the_order_that_makes_a_commit_atomic() -> None:
    disk = Disk()
    create(disk, "db", 2).close()
    pager = Pager(disk, "db")
    pager.begin_write()
    fill(pager, pager.get(2), 9)
    disk.log.clear()
    pager.commit()
    assert disk.log == [
        "write db-journal",  # page 1, whose header counts the commit
        "sync db-journal",
        "write db-journal",  # the header that vouches for the records
        "sync db-journal",
        "write db",
        "write db",
        "sync db",
        "delete db-journal",
    ]


@pytest.mark.parametrize(("level", "syncs"), [(0, 0), (1, 2), (2, 3), (3, 3)])
def test_synchronous(level: int, syncs: int) -> None:
    disk = Disk()
    create(disk, "db", 2).close()
    pager = Pager(disk, "db")
    pager.synchronous = level
    pager.begin_write()
    fill(pager, pager.get(2), 9)
    disk.log.clear()
    pager.commit()
    assert len([entry for entry in disk.log if entry.startswith("sync")]) == syncs
    assert disk.renamings == [] if level == 3 else True


@pytest.mark.parametrize("mode", ["truncate", "persist"])
def test_leaving_a_mode_that_keeps_the_journal_deletes_it(mode: str) -> None:
    vfs = MemoryVFS()
    pager = create(vfs, "db", 3)
    assert pager.set_journal_mode(mode) == mode
    pager.begin_write()
    fill(pager, pager.get(2), 9)
    pager.commit()
    pager.end_read()
    assert vfs.exists("/db-journal")
    assert pager.set_journal_mode("nonsense") == mode
    assert pager.set_journal_mode("delete") == "delete"
    assert not vfs.exists("/db-journal")
    temporary = Pager(vfs, "", temporary=True)
    assert temporary.set_journal_mode("truncate") == "truncate"
    assert temporary.set_journal_mode("delete") == "delete"
    temporary.confine_journal()
    assert temporary.set_journal_mode("delete") == "memory"
    assert temporary.set_journal_mode("off") == "off"


def test_a_rollback_without_a_journal_is_refused_once_pages_were_written() -> None:
    pager = create(MemoryVFS(), "db", 50)
    pager.set_journal_mode("off")
    pager.begin_write()
    fill(pager, pager.get(2), 99)
    pager.rollback()
    assert value_of(pager, 2) == 2
    pager.set_cache_size(10)
    pager.begin_write()
    for number in range(1, 51):
        fill(pager, pager.get(number), 99)
    with pytest.raises(OperationalError, match="journal_mode is off"):
        pager.rollback()
    assert not pager.in_write and not pager.in_read


def test_a_page_of_the_file_is_its_bytes_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path)
    connection.execute("create table t(a)")
    connection.executemany("insert into t values (?)", [("x" * 300,)] * 100)
    connection.commit()
    connection.close()
    pager = Pager(OsVFS(), str(path), read_only=True)
    pager.begin_read()
    pages: list[Page] = [pager.get(number) for number in range(1, int(pager.page_count) + 1)]
    assert b"".join(page.data for page in pages) == path.read_bytes()
    pager.close()
