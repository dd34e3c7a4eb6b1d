"""The index of a write-ahead log: read where it cannot be written, and not believed where it cannot be true."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

import foundrydb
from foundrydb.storage.log.wal.wal_index import HEADER_SIZE, IndexHeader

NOBODY = 65534

ASKED = (
    "select count(*), sum(a) from t",
    "insert into t values (3)",
    "pragma wal_checkpoint",
    "pragma integrity_check",
    "pragma journal_mode",
)


def answers(module: Any, path: Path) -> list[object]:
    """What a connection answers to all that is asked."""
    found: list[object] = []
    connection = module.connect(str(path), isolation_level=None, timeout=0)
    for sql in ASKED:
        try:
            found.append(connection.execute(sql).fetchall())
        except module.Error as error:
            found.append((str(error), error.sqlite_errorname))
    connection.close()
    return found


def written_ahead(module: Any, path: Path) -> Any:
    """A connection to a new database in WAL mode, with content in the log."""
    connection = module.connect(str(path), isolation_level=None)
    for sql in ("pragma journal_mode = wal", "create table t(a)", "insert into t values (1), (2)"):
        connection.execute(sql)
    return connection


def as_nobody(module: Any, path: Path) -> str:
    """What it answers in a process that owns nothing."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            os.setuid(NOBODY)
            told = repr(answers(module, path))
        except BaseException as failure:
            told = repr(failure)
        os.write(writing, told.encode())
        os._exit(0)
    os.close(writing)
    with open(reading) as pipe:
        told = pipe.read()
    os.waitpid(process, 0)
    return told


@pytest.mark.skipif(
    not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can become somebody else"
)
@pytest.mark.parametrize(
    "who", ["nobody else", "a living writer", "a dead writer", "a log without its index"]
)
def test_a_database_of_somebody_else(tmp_path: Path, who: str) -> None:
    written_ahead(foundrydb, tmp_path / "other").close()
    answers(foundrydb, tmp_path / "other")  # so that all modules are loaded that the child cannot read
    folder = tmp_path / "theirs"
    folder.mkdir()
    writer = written_ahead(sqlite3, folder / "a.db")
    if who == "nobody else":
        writer.close()
    elif who != "a living writer":
        shutil.copytree(folder, tmp_path / "copy")
        folder = tmp_path / "copy"
        if who == "a log without its index":
            (folder / "a.db-shm").unlink()
    for place in (tmp_path.parent.parent, tmp_path.parent, tmp_path, folder):
        place.chmod(0o755)
    for file in folder.iterdir():
        file.chmod(0o644)
    before = sorted(os.listdir(folder))
    assert as_nobody(foundrydb, folder / "a.db") == as_nobody(sqlite3, folder / "a.db")
    assert sorted(os.listdir(folder)) == before
    writer.close()


def test_an_index_that_lies(tmp_path: Path) -> None:
    """Whatever another process writes there: an answer or a typed error, and soon."""
    chance = random.Random(5)
    path = tmp_path / "a.db"
    writer = foundrydb.connect(str(path), isolation_level=None)
    for sql in (
        "pragma journal_mode = wal",
        "create table t(a)",
        "insert into t select value from generate_series(1, 500)",
    ):
        writer.execute(sql)
    whole = (tmp_path / "a.db-shm").read_bytes()
    for _ in range(150):
        with open(tmp_path / "a.db-shm", "r+b") as shared:
            shared.write(whole)
            for _ in range(chance.choice([1, 3, 30])):
                shared.seek(chance.choice([chance.randrange(136), chance.randrange(len(whole))]))
                shared.write(bytes([chance.choice([0, 1, 255, chance.randrange(256)])]))
            if chance.random() < 0.6:
                image = lying_header(chance).image
                shared.seek(0)
                shared.write(image + image)
        started = time.monotonic()
        reader = foundrydb.connect(str(path), isolation_level=None, timeout=0)
        for sql in ("select count(*), sum(a) from t", "insert into t values (1)", "pragma wal_checkpoint"):
            try:
                reader.execute(sql).fetchall()
            except foundrydb.Error as error:
                assert error.sqlite_errorname.startswith("SQLITE_")
        reader.execute("rollback") if reader.in_transaction else None
        assert time.monotonic() - started < 20
        reader.close()


def lying_header(chance: random.Random) -> IndexHeader:
    """A header whose checksum is right, and nothing else."""
    header = IndexHeader(
        chance.randrange(9),
        chance.random() < 0.5,
        chance.choice([512, 1024, 4096, 65536]),
        chance.choice([0, 1, 7, 5000, 2**31, 2**32 - 1]),
        chance.choice([0, 1, 2, 9, 2**32 - 1]),
        chance.randrange(2**32),
        chance.randrange(2**32),
        chance.randbytes(8),
    )
    assert len(header.image) == HEADER_SIZE
    return header
