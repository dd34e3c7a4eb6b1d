"""Damaged database files, journals and write-ahead logs, made by a seed, and everything that a user may ask of one.

``damaged`` spoils one to twenty places of a file: a field of its structure (of the file header, a page header, a cell,
a record, a freelist page, a pointer map), or bytes anywhere; ``damaged_logs`` does the like to what lies beside it.
``python -m harness.damage --files 3000`` uses so many of them, within ``MEMORY`` bytes, and tells what came of it that
is neither an answer nor a typed error.
"""

from __future__ import annotations

import argparse
import random
import resource
import signal
import sqlite3
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

from harness.damaged_logs import spoilt_index, spoilt_journal, spoilt_log, write_journal, write_log

import foundrydb
from foundrydb.edition import mode

MEMORY = 700 << 20
SECONDS = 2.0
"""Of processor time, and ten times as many where the engine is not compiled."""

SCRIPT = """
create table t(id integer primary key autoincrement, a int, b text, c real);
create index t_a on t(a desc);
create unique index t_b on t(b, a);
create index t_part on t(c) where a > 5;
create index t_expr on t(upper(b) collate nocase);
create table big(x text, y blob);
create table w(k1 text, k2 int, v, primary key(k1, k2)) without rowid;
create table g(a int not null check(a > -1000), b as (a * 2) stored, c as (a || 'x'), d default 'd' unique);
create table gone(x);
create view v as select a, count(*) n from t group by a;
with recursive n(i) as (select 1 union all select i + 1 from n where i < 120)
insert into t select i, i * 7 % 31, 'row number ' || i, i / 3.0 from n;
insert into big select hex(zeroblob(40 * id)), zeroblob(id * 20) from t where id % 10 = 0;
insert into w select 'k' || id % 9, id, b from t;
insert into g(a, d) select a, id from t;
insert into gone select b || hex(zeroblob(150)) from t;
analyze;
drop table gone;
"""

SHAPES = {
    "small pages": "pragma page_size = 512;",
    "large pages": "pragma page_size = 4096;",
    "utf-16": "pragma page_size = 1024; pragma encoding = 'UTF-16le';",
    "auto-vacuum": "pragma page_size = 512; pragma auto_vacuum = full;",
    "incremental vacuum": "pragma page_size = 1024; pragma auto_vacuum = incremental;",
}

STATEMENTS = [
    "select * from t",
    "select b, c from t where a = 5 order by b",
    "select count(*), sum(c) from t where id between 20 and 90",
    "select max(a), min(upper(b)) from t",
    "select length(x), y from big",
    "select * from v",
    "select * from w where k1 >= 'k3' order by k1 desc, k2",
    "select t.a, u.b from t join t as u on u.a = t.id order by 1, 2 limit 50",
    "select * from g left join w on w.k2 = g.d",
    "select name, sql from sqlite_schema",
    "select * from sqlite_sequence, sqlite_stat1",
    "pragma integrity_check",
    "pragma quick_check",
    "pragma freelist_count",
    "pragma table_xinfo(g)",
    "insert into t(a, b, c) values (1, 'new', 2), (2, 'newer', 3)",
    "insert into big select x || x, zeroblob(9000) from big",
    "insert or replace into w select k1, k2 + 1, k2 from w",
    "insert into g(a, d) values (7, 'x') on conflict(d) do update set a = a + 1",
    "update t set a = a + 1 where id % 9 = 0",
    "update big set y = zeroblob(length(y) + 3000)",
    "update w set k2 = -k2",
    "delete from big where rowid % 2",
    "delete from w where k1 < 'k5'",
    "delete from t where id < 30 returning b",
    "delete from t",
    "create table fresh(a, b unique)",
    "create table copy as select * from t natural join w",
    "create index t_c on t(c, b)",
    "create unique index g_c on g(c)",
    "alter table w rename to w2",
    "alter table t rename column a to aa",
    "alter table t drop column c",
    "alter table g add column z default 5",
    "drop index t_a",
    "drop table if exists big",
    "drop table t",
    "reindex",
    "analyze",
    "pragma incremental_vacuum",
    "vacuum",
    "vacuum",
    "vacuum into ':memory:'",
    "pragma page_size = 512; vacuum",
    "pragma user_version = 7",
    "pragma journal_mode = persist",
    "begin; delete from g; savepoint s; insert into g(a) values (1); rollback to s; rollback",
]

FILE_FIELDS = (
    (16, 2), (18, 1), (19, 1), (20, 1), (24, 4), (28, 4), (32, 4), (36, 4), (40, 4), (44, 4), (48, 4), (52, 4), (56, 4),
    (64, 4), (92, 4),
)  # fmt: skip
INTERIOR = (2, 5)
LEAVES = (10, 13)


def write_originals(folder: Path) -> None:
    """Have C SQLite make a file of each shape, the journal of a transaction on one, and one with a write-ahead log."""
    for i, pragmas in enumerate(SHAPES.values()):
        path = folder / f"{i}.original"
        connection = sqlite3.connect(path, isolation_level=None)
        connection.executescript(pragmas + SCRIPT)
        if i == 0:
            write_journal(connection, path)
        connection.close()
    ahead = folder / "with log"
    connection = sqlite3.connect(ahead, isolation_level=None)
    connection.executescript(SHAPES["small pages"] + SCRIPT)
    write_log(connection, ahead)
    connection.close()


class Spoiler:
    """Damages a copy of a file."""

    def __init__(self, original: bytes, seed: int) -> None:
        self.rng = random.Random(seed)
        self.data = bytearray(original)
        self.page_size = int.from_bytes(original[16:18], "big")
        self.pages = len(original) // self.page_size

    def damage(self) -> bytes:
        """The copy with something wrong."""
        rng = self.rng
        for _ in range(rng.choice([1, 1, 2, 5, 20])):
            rng.choice(
                [
                    self.field_of_file,
                    self.field_of_page,
                    self.field_of_page,
                    self.field_of_cell,
                    self.anything,
                ]
            )()
        if rng.randrange(12) == 0:
            del self.data[rng.randrange(len(self.data)) :]
        return bytes(self.data)

    def put(self, at: int, size: int) -> None:
        """Another number in place of one: a bound, a neighbour, or a page."""
        old = int.from_bytes(self.data[at : at + size], "big")
        top = (1 << 8 * size) - 1
        near = [
            0,
            1,
            2,
            top,
            top - 1,
            top // 2,
            top // 2 + 1,
            old + 1,
            old - 1,
            old * 2,
            self.pages,
            self.pages + 1,
        ]
        value = self.rng.choice([*near, self.rng.randrange(1, self.pages + 1), at // self.page_size + 1])
        self.data[at : at + size] = (value & top).to_bytes(size, "big")

    def page(self) -> tuple[int, int]:
        """Where a page, and the B-tree header that it may have, begin."""
        start = self.rng.randrange(self.pages) * self.page_size
        return start, start + (100 if start == 0 else 0)

    def field_of_file(self) -> None:
        self.put(*self.rng.choice(FILE_FIELDS))

    def field_of_page(self) -> None:
        """A field of a page header, or the fields at the beginning of a freelist, overflow or pointer-map page."""
        _, at = self.page()
        if self.data[at] in INTERIOR + LEAVES:
            self.put(at + self.rng.choice([0, 1, 3, 5, 8]), self.rng.choice([1, 2, 2, 4]))
        elif self.rng.randrange(2):
            self.put(at + 4 * self.rng.randrange(4), 4)
        else:
            self.put(at + 5 * self.rng.randrange(20) + self.rng.randrange(2), self.rng.choice([1, 4]))

    def field_of_cell(self) -> None:
        """A cell pointer, or bytes at the beginning or the end of a cell, where sizes, keys and pages stand."""
        rng = self.rng
        start, at = self.page()
        kind = self.data[at]
        count = int.from_bytes(self.data[at + 3 : at + 5], "big")
        if kind not in INTERIOR + LEAVES or not 0 < count < self.page_size // 4:
            self.anything()
            return
        pointer = at + (12 if kind in INTERIOR else 8) + 2 * rng.randrange(count)
        if rng.randrange(3) == 0:
            self.put(pointer, 2)
            return
        cell = start + int.from_bytes(self.data[pointer : pointer + 2], "big")
        cell += rng.randrange(12)
        if rng.randrange(3) == 0:
            cell = start + self.page_size - 4 - rng.randrange(3)
        if cell + 10 > len(self.data):
            return
        if rng.randrange(3) == 0:
            size = rng.randrange(1, 10)
            self.data[cell : cell + size] = b"\xff" * size
        else:
            self.put(cell, rng.choice([1, 1, 2, 4]))

    def anything(self) -> None:
        """A flipped bit, a wild byte, a page that is a copy of another or empty."""
        rng = self.rng
        start, _ = self.page()
        kind = rng.randrange(5)
        if kind < 3:
            at = rng.randrange(len(self.data))
            self.data[at] = (
                self.data[at] ^ 1 << rng.randrange(8) if kind else rng.choice([0, 1, 0x7F, 0x80, 0xFF])
            )
        elif kind == 3:
            source, _ = self.page()
            self.data[start : start + self.page_size] = self.data[source : source + self.page_size]
        else:
            self.data[start : start + self.page_size] = bytes(self.page_size)


class TooLong(Exception):
    """A case went past its time."""


def alarm(number: int, frame: FrameType | None) -> None:
    """Told by the timer."""
    raise TooLong


def use(connection: foundrydb.Connection, rng: random.Random) -> None:
    """Ask much of a database; typed errors are answers."""
    wanted = rng.sample(STATEMENTS, 12)
    for text in wanted:
        for sql in text.split("; "):
            with suppress(foundrydb.Error):
                connection.execute(sql).fetchall()
    with suppress(foundrydb.Error):
        list(connection.iterdump())
    with suppress(foundrydb.Error):
        connection.serialize()
    connection.close()


def run(folder: Path, seed: int) -> None:
    """Damage a file, or the journal or log beside it, and use it."""
    rng = random.Random(seed)
    originals = [path.read_bytes() for path in sorted(folder.glob("*.original"))]
    path = folder / f"{seed}.db"
    beside = {suffix: Path(f"{path}{suffix}") for suffix in ("-journal", "-wal", "-shm")}
    shape = seed % (len(originals) + 2)
    if shape < len(originals):
        data = Spoiler(originals[shape], seed).damage()
    elif shape == len(originals):
        data = originals[0]
        beside["-journal"].write_bytes(spoilt_journal((folder / "journal").read_bytes(), rng))
    else:
        data = (folder / "ahead").read_bytes()
        beside["-wal"].write_bytes(spoilt_log((folder / "ahead-wal").read_bytes(), rng))
        if rng.randrange(3) == 0:
            beside["-shm"].write_bytes(spoilt_index(rng))
    path.write_bytes(data)
    try:
        if rng.randrange(8) == 0:
            connection = foundrydb.connect(":memory:", isolation_level=None)
            connection.deserialize(data)
        else:
            connection = foundrydb.connect(path, isolation_level=None)
        use(connection, rng)
    except foundrydb.Error:
        pass
    finally:
        path.unlink()
        for file in beside.values():
            file.unlink(missing_ok=True)


def main() -> int:
    """Run cases by their seeds, and tell which go wrong; the status says whether any does."""
    parser = argparse.ArgumentParser(prog="python -m harness.damage", description=__doc__)
    parser.add_argument("--files", type=int, default=3000, help="how many to damage")
    parser.add_argument("--seed", type=int, default=0, help="the first one's")
    parser.add_argument("--step", type=int, default=1, help="from one seed to the next")
    parser.add_argument("--folder", type=Path, help="where write_originals has been; else they are made")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGPROF, alarm)
    with tempfile.TemporaryDirectory(prefix="damaged-") as folder:
        if options.folder is None:
            write_originals(Path(folder))
        last = options.seed + options.files * options.step
        seeds = range(options.seed, last, options.step)
        times = [run_within_limits(options.folder or Path(folder), seed) for seed in seeds]
    bad = sum(seconds < 0 for seconds in times)
    print(f"{len(times)} files, {bad} bad, slowest {max(times):.2f} s ({mode()})")
    return 1 if bad else 0


def run_within_limits(folder: Path, seed: int) -> float:
    """Run a case; the seconds of processor time that it took, -1 where it went wrong, which is told."""
    start = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, SECONDS * (1.0 if mode() == "compiled" else 10.0))
    fault = ""
    try:
        run(folder, seed)
    except TooLong:
        fault = f"no end after {time.process_time() - start:.1f} s"
    except Exception as error:
        fault = f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    if fault:
        print(f"seed {seed}: {fault}", flush=True)
    return -1.0 if fault else time.process_time() - start


if __name__ == "__main__":
    sys.exit(main())
