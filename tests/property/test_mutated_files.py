"""Database files with damaged bytes give answers or typed errors, soon, and never anything else.

The files are C SQLite's, of several shapes; each case damages one copy by a seeded recipe and then reads, checks and
writes it as a user would.  ``FOUNDRYDB_MUTATIONS`` sets how many cases run (200 unless set; the full check takes 2000).
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from pathlib import Path
from types import FrameType

import pytest

import foundrydb
from foundrydb.version import mode

CASES = int(os.environ.get("FOUNDRYDB_MUTATIONS", "200"))
SECONDS = 2.0

SCRIPT = """
create table t(id integer primary key, a int, b text, c real);
create index t_a on t(a);
create unique index t_b on t(b, a);
create table big(x text, y blob);
create table gone(x);
create view v as select a, count(*) n from t group by a;
with recursive n(i) as (select 1 union all select i + 1 from n where i < 120)
insert into t select i, i * 7 % 31, 'row number ' || i, i / 3.0 from n;
insert into big select hex(zeroblob(40 * id)), zeroblob(id * 20) from t where id % 10 = 0;
insert into gone select b from t;
drop table gone;
"""

QUERIES = [
    "select * from t",
    "select b, c from t where a = 5 order by b",
    "select count(*), sum(c) from t where id between 20 and 90",
    "select length(x), y from big",
    "select * from v",
    "select t.a, u.b from t join t as u on u.a = t.id order by 1, 2 limit 50",
    "select name, sql from sqlite_schema",
    "pragma integrity_check",
    "insert into t(a, b, c) values (1, 'new', 2), (2, 'newer', 3)",
    "update t set a = a + 1 where id % 9 = 0",
    "delete from big where rowid % 2",
    "create table fresh(a, b unique)",
    "drop table if exists big",
]

SHAPES = {
    "small pages": "pragma page_size = 512;",
    "large pages": "pragma page_size = 4096;",
    "utf-16": "pragma page_size = 1024; pragma encoding = 'UTF-16le';",
    "auto-vacuum": "pragma page_size = 512; pragma auto_vacuum = full;",
}


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    folder = tmp_path_factory.mktemp("originals")
    found = []
    for i, pragmas in enumerate(SHAPES.values()):
        path = folder / f"{i}.db"
        connection = sqlite3.connect(path)
        connection.executescript(pragmas + SCRIPT)
        connection.close()
        found.append(path.read_bytes())
    return found


def damaged(original: bytes, seed: int) -> bytes:
    """A copy with something wrong: flipped bytes, wild numbers, a moved or zeroed stretch, a cut."""
    rng = random.Random(seed)
    data = bytearray(original)
    page_size = int.from_bytes(data[16:18], "big")
    for _ in range(rng.choice([1, 1, 2, 5, 20])):
        kind = rng.randrange(7)
        at = rng.randrange(len(data))
        page = rng.randrange(len(data) // page_size) * page_size
        if kind == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            data[at] = rng.choice([0, 1, 0x7F, 0x80, 0xFF])
        elif kind == 2:
            data[page + rng.randrange(12)] = rng.randrange(256)
        elif kind == 3:
            data[rng.randrange(16, 100)] = rng.randrange(256)
        elif kind == 4:
            source = rng.randrange(len(data) // page_size) * page_size
            data[page : page + page_size] = data[source : source + page_size]
        elif kind == 5:
            data[page : page + page_size] = bytes(page_size)
        else:
            word = rng.choice(
                [b"\0\0\0\0", b"\0\0\0\1", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\5"]
            )
            data[at : at + 4] = word
    if rng.randrange(8) == 0:
        del data[rng.randrange(len(data)) :]
    return bytes(data)


class TooLong(Exception):
    """A case went past its time."""


def use(path: Path) -> None:
    """Ask everything of the file; typed errors are answers."""
    try:
        connection = foundrydb.connect(str(path), isolation_level=None)
    except foundrydb.Error:
        return
    for sql in QUERIES:
        try:
            connection.execute(sql).fetchall()
        except foundrydb.Error as error:
            assert str(error), f"an error without a text for {sql}"
    connection.close()


@pytest.mark.parametrize("block", range(10))
def test_mutations(block: int, originals: list[bytes], tmp_path: Path) -> None:
    def alarm(number: int, frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, alarm)
    slowdown = 1.0 if mode() == "compiled" else 10.0
    try:
        for seed in range(block, CASES, 10):
            path = tmp_path / f"{seed}.db"
            path.write_bytes(damaged(originals[seed % len(originals)], seed))
            start = time.monotonic()
            signal.setitimer(signal.ITIMER_REAL, SECONDS * slowdown)
            try:
                use(path)
            except TooLong:
                pytest.fail(f"seed {seed}: no end after {time.monotonic() - start:.1f} s")
            except Exception as error:
                pytest.fail(f"seed {seed}: {type(error).__name__}: {error}")
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            path.unlink()
    finally:
        signal.signal(signal.SIGALRM, before)
