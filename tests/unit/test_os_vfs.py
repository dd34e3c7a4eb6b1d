"""Files of the operating system: what goes wrong becomes one typed error."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.pages import create, fill, values

from foundrydb.errors import DatabaseError, OperationalError
from foundrydb.storage.os.os_vfs import OsVFS
from foundrydb.storage.pages.pager import Pager

NOBODY = 65534


@pytest.fixture
def plain_user() -> Iterator[Path]:
    """A folder of somebody whom access rights stop, which they do not with root."""
    folder = Path(tempfile.mkdtemp(prefix="fdb-test-"))
    root = os.geteuid() == 0
    if root:
        os.chown(folder, NOBODY, NOBODY)
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        os.chmod(folder, 0o700)
        shutil.rmtree(folder)


def failure(path: Path | str, **options: bool) -> tuple[str, str]:
    """Text and name of the error that opening and reading a database gives."""
    with pytest.raises(DatabaseError) as caught:
        Pager(OsVFS(), str(path), **options).begin_read()
    return caught.value.message, caught.value.sqlite_errorname


def test_what_is_no_file(tmp_path: Path) -> None:
    message = "unable to open database file"
    os.mkfifo(tmp_path / "pipe")
    assert failure(tmp_path) == (message, "SQLITE_CANTOPEN")
    assert failure(tmp_path / "pipe") == (message, "SQLITE_CANTOPEN")
    assert failure(tmp_path / "no" / "such") == (message, "SQLITE_CANTOPEN")
    assert failure(tmp_path / "missing", must_exist=True) == (message, "SQLITE_CANTOPEN")
    assert failure(tmp_path / "missing", read_only=True) == (message, "SQLITE_CANTOPEN")
    assert failure("a\x00b") == (message, "SQLITE_CANTOPEN")
    assert failure(tmp_path / ("x" * 300)) == (message, "SQLITE_CANTOPEN")
    assert not (tmp_path / "missing").exists()


def test_no_permission(plain_user: Path) -> None:
    path = plain_user / "a.db"
    create(OsVFS(), str(path), 3).close()
    path.chmod(0)
    assert failure(path) == ("unable to open database file", "SQLITE_CANTOPEN")
    path.chmod(0o400)
    pager = Pager(OsVFS(), str(path))
    assert pager.read_only
    pager.begin_read()
    assert values(pager) == [1, 2, 3]
    with pytest.raises(OperationalError, match="attempt to write a readonly database") as caught:
        pager.begin_write()
    assert caught.value.sqlite_errorname == "SQLITE_READONLY"
    pager.close()


def test_a_folder_without_permission_to_write(plain_user: Path) -> None:
    path = plain_user / "a.db"
    create(OsVFS(), str(path), 3).close()
    plain_user.chmod(0o500)
    assert failure(plain_user / "b.db") == ("unable to open database file", "SQLITE_CANTOPEN")
    pager = Pager(OsVFS(), str(path))
    pager.begin_write()
    with pytest.raises(OperationalError, match="attempt to write a readonly database") as caught:
        pager.touch(pager.get(2))
    assert caught.value.sqlite_errorname == "SQLITE_READONLY_DIRECTORY"
    pager.rollback()
    assert values(pager) == [1, 2, 3]
    pager.set_journal_mode("memory")
    pager.close()


def test_a_hot_journal_that_may_not_be_rolled_back(plain_user: Path) -> None:
    path = plain_user / "a.db"
    create(OsVFS(), str(path), 3).close()
    (plain_user / "a.db-journal").write_bytes(b"\xd9" + bytes(511))
    path.chmod(0o400)
    assert failure(path) == ("attempt to write a readonly database", "SQLITE_READONLY_ROLLBACK")


def test_a_full_disk(tmp_path: Path) -> None:
    """A limit on file sizes stands in for it: writing past it fails as on a full disk."""
    path = tmp_path / "a.db"
    pager = create(OsVFS(), str(path), 20)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    pager.begin_write()
    resource.setrlimit(resource.RLIMIT_FSIZE, (16 * 1024, limits[1]))
    try:
        with pytest.raises(OperationalError, match="database or disk is full") as caught:
            for _ in range(100):
                fill(pager, pager.append_page(), 1)
            pager.commit()
        assert caught.value.sqlite_errorname == "SQLITE_FULL"
        pager.rollback()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert values(pager) == list(range(1, 21))
    assert path.stat().st_size == 20 * 512
    assert os.listdir(tmp_path) == ["a.db"]
    pager.close()


def test_a_journal_has_the_rights_of_its_database(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    pager = create(OsVFS(), str(path), 3)
    path.chmod(0o660)
    pager.begin_write()
    pager.touch(pager.get(2))
    assert stat.S_IMODE((tmp_path / "a.db-journal").stat().st_mode) == 0o660
    pager.close()


def test_all_names_of_a_file_share_a_journal(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    create(OsVFS(), str(path), 3).close()
    (tmp_path / "link.db").symlink_to(path)
    pager = Pager(OsVFS(), str(tmp_path / "link.db"))
    pager.begin_write()
    pager.touch(pager.get(2))
    assert (tmp_path / "a.db-journal").exists()
    pager.close()


def test_a_file_that_was_moved_away_is_not_written(tmp_path: Path) -> None:
    """Its journal would not be found again."""
    path = tmp_path / "a.db"
    pager = create(OsVFS(), str(path), 3)
    path.rename(tmp_path / "b.db")
    pager.begin_write()
    with pytest.raises(OperationalError, match="attempt to write a readonly database") as caught:
        pager.touch(pager.get(2))
    assert caught.value.sqlite_errorname == "SQLITE_READONLY_DBMOVED"
    pager.close()


def test_temporary_files_leave_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    file = OsVFS().open_temporary()
    assert os.listdir(tmp_path) == []
    file.write(10, b"abc")
    assert file.read(8, 9) == b"\x00\x00abc"
    file.truncate(11)
    assert file.size() == 11
    file.close()
    file.close()


def test_a_large_temporary_database_moves_to_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pager = Pager(OsVFS(), "", temporary=True)
    pager.set_cache_size(10)
    pager.begin_write()
    for number in range(1, 601):
        fill(pager, pager.append_page(), number & 255)
    assert values(pager) == [number & 255 for number in range(1, 601)]
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    other = Pager(OsVFS(), "", temporary=True)
    other.begin_write()
    with pytest.raises(OperationalError, match="unable to open database file") as caught:
        for _ in range(2000):
            other.append_page()
    assert caught.value.sqlite_errorname == "SQLITE_CANTOPEN_NOTEMPDIR"


def test_the_c_library_agrees_on_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "foreign"
    for content in (b"xy", b"hello, world" * 100, bytes(4096), b"SQLite format 3\x00" + bytes(84)):
        path.write_bytes(content)
        assert failure(path) == ("file is not a database", "SQLITE_NOTADB")
        with pytest.raises(sqlite3.DatabaseError, match="file is not a database"):
            sqlite3.connect(path).execute("select * from sqlite_schema")


def test_a_file_of_one_byte_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"x")
    assert sqlite3.connect(path).execute("select * from sqlite_schema").fetchall() == []
    pager = create(OsVFS(), str(path), 2)
    assert pager.page_count == 2
    pager.close()
