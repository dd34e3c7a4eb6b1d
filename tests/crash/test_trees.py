"""Trees on a disk that loses power or fails: the C library finds every page in its place afterwards."""

from __future__ import annotations

import os
import random
import sqlite3
from pathlib import Path

import pytest
from harness.disk import Disk, PowerLoss

from foundrydb.errors import OperationalError
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.database import Database

SCALE = int(os.environ.get("FOUNDRYDB_TEST_SCALE", "1"))
Rows = dict[int, str]


def new_file(folder: Path, auto_vacuum: int) -> tuple[bytes, int]:
    """A database of the C library with an empty table, and the table's root page."""
    path = folder / "new.db"
    connection = sqlite3.connect(path)
    connection.execute("pragma page_size = 512")
    connection.execute(f"pragma auto_vacuum = {auto_vacuum}")
    connection.execute("create table t(a integer primary key, b text)")
    root = connection.execute("select rootpage from sqlite_schema").fetchone()[0]
    connection.close()
    return path.read_bytes(), root


def transaction(database: Database, root: int, rows: Rows, chance: random.Random) -> Rows:
    """A random transaction, not committed yet; returns the rows as they then are."""
    database.begin_write()
    now = dict(rows)
    cursor = database.table_cursor(root)
    for _ in range(chance.randint(1, 25)):
        key = chance.randint(1, 60)
        if chance.random() < 0.3 and now:
            key = chance.choice(list(now))
            assert cursor.seek_exact(key)
            cursor.delete()
            del now[key]
            continue
        text = chance.choice("abc") * chance.choice([1, 20, 100, 400, 3000])
        undone = chance.random() < 0.2
        if undone:
            savepoint = database.savepoint()
        cursor.insert(key, database.encode_record([None, text]))
        if undone:
            database.rollback_to(savepoint)
            database.release(savepoint)
        else:
            now[key] = text
    cursor.close()
    return now


def open_on(disk: Disk, chance: random.Random) -> Database:
    pager = Pager(disk, "db")
    pager.set_cache_size(chance.choice([10, 10, 200]))
    return Database(pager)


def check(disk: Disk, folder: Path) -> Rows:
    """The rows that the C library finds in a file without damage."""
    path = folder / "check.db"
    path.write_bytes(bytes(disk.names["db"].current))
    connection = sqlite3.connect(path)
    assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
    rows = dict(connection.execute("select a, b from t").fetchall())
    connection.close()
    return rows


@pytest.mark.parametrize("auto_vacuum", [0, 1])
def test_power_loss(tmp_path: Path, auto_vacuum: int) -> None:
    content, root = new_file(tmp_path, auto_vacuum)
    for seed in range(25 * SCALE):
        chance = random.Random(seed)
        random.seed(seed)
        disk = Disk({"db": content})
        committed: Rows = {}
        for _ in range(4):
            disk.crash_at = disk.operations + chance.randint(1, chance.choice([40, 150, 500]))
            attempt = committed
            before = committed
            try:
                database = open_on(disk, chance)
                while True:
                    attempt = transaction(database, root, committed, chance)
                    database.commit()
                    if attempt != committed:  # what changes nothing is not written
                        before, committed = committed, attempt
                    database.end_read()
            except PowerLoss:
                disk = Disk(disk.after_power_loss(chance))
            database = open_on(disk, chance)
            database.begin_read()
            database.close()
            found = check(disk, tmp_path)
            assert found in (before, committed, attempt), f"seed {seed}"
            committed = found


@pytest.mark.parametrize("fault", ["SQLITE_FULL", "SQLITE_IOERR_WRITE"])
def test_faults(tmp_path: Path, fault: str) -> None:
    content, root = new_file(tmp_path, 0)
    for seed in range(25 * SCALE):
        chance = random.Random(seed)
        random.seed(seed)
        disk = Disk({"db": content})
        disk.fault = fault
        committed: Rows = {}
        database = open_on(disk, chance)
        for _ in range(6):
            disk.fail_at = disk.operations + chance.randint(1, chance.choice([40, 150, 500]))
            disk.fail_for = chance.choice([1, 20, 1000])
            with pytest.raises(OperationalError) as caught:
                while True:
                    attempt = transaction(database, root, committed, chance)
                    database.commit()
                    committed = attempt
                    database.end_read()
            assert caught.value.sqlite_errorname == fault
            try:
                database.rollback()
            except OperationalError as error:
                assert error.sqlite_errorname == fault
            disk.fail_at = 0
            database.end_read()
            database.begin_read()
            database.end_read()
            assert check(disk, tmp_path) == committed, f"seed {seed}"
