"""ANALYZE: sqlite_stat1 and sqlite_stat4 are what C SQLite makes of the same rows, and C SQLite reads them."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path
from typing import Any

import apsw
import pytest

import foundrydb
from foundrydb.storage.format.values import BINARY, KeyInfo
from foundrydb.vm.tables.sampler import Sampler

STAT4 = any(row[0] == "ENABLE_STAT4" for row in apsw.Connection(":memory:").execute("pragma compile_options"))
needs_stat4 = pytest.mark.skipif(not STAT4, reason="the C SQLite at hand keeps no samples")

SCHEMA = """
create table t(a, b text collate nocase, c);
create index t_ab on t(a, b);
create index t_b on t(b);
create index t_c on t(c) where c > 7;
create table w(k, v, primary key(k, v)) without rowid;
create table n(x);
"""


@pytest.mark.parametrize("count", [0, 1, 5, 120])
def test_statistics_are_those_of_sqlite(tmp_path: Path, count: int) -> None:
    path = str(tmp_path / "a.db")
    theirs = apsw.Connection(":memory:")
    ours = foundrydb.connect(path)
    script = [part for part in SCHEMA.split(";") if part.strip()]
    for i in range(count):
        script.append(f"insert into t values ({i % 7}, '{'aAbBc'[i % 5]}', {i % 10})")
        script.append(f"insert into w values ('{i % 3}', {i})")
        script.append(f"insert into n values ({i})")
    for sql in [*script, "analyze"]:
        theirs.execute(sql)
        ours.execute(sql)
    ours.commit()
    ours.close()
    query = "select tbl, idx, stat from sqlite_stat1"  # in the order in which the rows were written
    read = apsw.Connection(path)
    assert [tuple(row) for row in read.execute(query)] == [tuple(row) for row in theirs.execute(query)]
    assert list(read.execute("pragma integrity_check")) == [("ok",)]


@pytest.mark.parametrize(
    "damage", [b"\xff" * 4096, bytes(4096), b"\x0a" + bytes(4095), b"\x0d\0\0\0\x09" + bytes(4091)]
)
def test_statistics_that_cannot_be_read_are_none(tmp_path: Path, damage: bytes) -> None:
    """Both engines read and write the rest of the file."""
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path)
    connection.executescript(
        "create table t(a); create index i on t(a); insert into t values (1), (2); analyze"
    )
    ((root,),) = connection.execute(
        "select rootpage from sqlite_schema where name = 'sqlite_stat1'"
    ).fetchall()
    connection.close()
    data = path.read_bytes()
    path.write_bytes(data[: (root - 1) * 4096] + damage + data[root * 4096 :])
    library: Any
    for library in (sqlite3, foundrydb):
        connection = library.connect(path, isolation_level=None)
        connection.execute("insert into t values (3)")
        assert connection.execute("select count(*) from t where a = 3").fetchone()[0] > 0
        connection.close()


def test_of_a_view_nothing_is_known() -> None:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.executescript("create table t(a); insert into t values (1); create view v as select a from t")
    connection.execute("analyze t")
    connection.execute("analyze v")
    assert connection.execute("select * from sqlite_stat1").fetchall() == [("t", None, "1")]


STATISTICS = [
    "9" * 400,
    "0 0 0",
    "-5",
    "",
    "nan",
    "1e400",
    "100 0",
    "5 5 5 5 5",
    "9" * 20 + " 1",
    "2 unordered sz=" + "9" * 30,
]


@pytest.mark.parametrize("stat", STATISTICS)
def test_statistics_that_make_no_sense(stat: str) -> None:
    """They change plans, not rows."""
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.executescript("create table t(a, b, c); create index i on t(a, b); create index j on t(c)")
    connection.execute("insert into t values (1, 2, 3), (1, 3, 4), (2, 3, 3)")
    queries = [
        "select * from t where a = 1 and b > 2",
        "select x.a, y.b from t as x, t as y where x.a = y.a and y.c = 3 order by x.b, y.b",
        "select b, count(*) from t where b = 3 group by b",
        "select distinct a from t order by 1 limit 2",
        "select * from t where a = 2 or c = 4 order by a",
        "select count(*) from t join t as u using (a) where t.c in (1, 2, 3)",
    ]
    before = [connection.execute(query).fetchall() for query in queries]
    connection.execute("analyze")
    connection.execute("update sqlite_stat1 set stat = ?", (stat,))
    connection.execute("analyze sqlite_schema")
    assert [connection.execute(query).fetchall() for query in queries] == before


SAMPLED = """
create table t(a, b text collate nocase, c real, d integer, e);
create index t_a on t(a);
create index t_ba on t(b, a);
create index t_cd on t(c desc, d);
create unique index t_e on t(e);
create index t_sum on t(a + 1, b);
create index t_some on t(d) where a > 3;
create index t_wide on t(b, c, d, a);
create table w(k, v, x, y real, primary key(k, v)) without rowid;
create index w_x on w(x);
create index w_vy on w(v, y);
create table p(k primary key, z) without rowid;
create table q(id integer primary key, m unique not null, n);
create index q_n on q(n, id);
"""


class Filled:
    """Both engines over the same rows."""

    def __init__(self, rng: random.Random, rows: int, kinds: int) -> None:
        self.rng = rng
        self.kinds = kinds
        self.ours = foundrydb.connect(":memory:", isolation_level=None)
        self.theirs = apsw.Connection(":memory:")
        self.run(f"pragma encoding = '{rng.choice(['utf-8', 'utf-8', 'utf-16le', 'utf-16be'])}'")
        for sql in [*SAMPLED.split(";")[:-1], "begin"]:
            self.run(sql)
        for i in range(rows):
            few, key = rng.randint(0, kinds), i if rng.random() < 0.9 else None
            self.run("insert into t values (?, ?, ?, ?, ?)", self.any(), self.any(), self.any(), few, key)
            self.run("insert into w values (?, ?, ?, ?)", f"k{rng.randint(0, 20)}", i, few, rng.randint(0, 9))
            self.run("insert into p values (?, ?)", f"k{i}", few)
            self.run("insert into q values (?, ?, ?)", i * 2, f"m{i}", self.any())
        self.run("commit")

    def any(self) -> object:
        """A value of any type."""
        number = self.rng.randint(0, self.kinds)
        return self.rng.choice([None, number, number / 2, 2.0, f"x{number}", f"X{number % 5}", " é", b"\1"])

    def run(self, sql: str, *values: object) -> None:
        """A statement, in both."""
        self.ours.execute(sql, values)
        self.theirs.execute(sql, values)

    def differences(self) -> list[str]:
        """The tables of statistics whose rows differ; those of each index come in their order."""
        return [
            name for name in ("sqlite_stat1", "sqlite_stat4") if self._rows(name)[0] != self._rows(name)[1]
        ]

    def _rows(self, name: str) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        sql = f"select * from {name} order by tbl, idx, rowid"
        return self.ours.execute(sql).fetchall(), [tuple(row) for row in self.theirs.execute(sql)]

    def samples(self) -> int:
        """How many samples there are."""
        return int(self.ours.execute("select count(*) from sqlite_stat4").fetchone()[0])


@needs_stat4
@pytest.mark.parametrize(
    ("rows", "kinds"),
    [(0, 1), (1, 1), (2, 3), (20, 2), (30, 50), (100, 2), (100, 1000), (900, 10), (900, 1000)],
)
def test_samples_are_those_of_sqlite(rows: int, kinds: int) -> None:
    both = Filled(random.Random(rows * 1000 + kinds), rows, kinds)
    for sql in [
        "analyze",
        "analyze t",
        "delete from t where a is null",
        "analyze t_ba",
        "analyze main",
        "analyze",
    ]:
        both.run(sql)
        assert both.differences() == []
    assert both.samples() >= min(rows, 24)


def test_the_memory_of_samples_does_not_grow() -> None:
    sampler = Sampler(2, 100_000, KeyInfo([BINARY, BINARY], [False, False]))
    for i in range(100_000):
        sampler.add([i // 3, i])
    sampler.finish()
    assert len(sampler.samples) == 24
    assert sampler.statistics(1) == "100000 3"


LIMITED = """
create table t(a, b, c);
create index t_a on t(a);
create index t_ab on t(a desc, b);
create index t_b on t(b, c, a) where c > 1;
create table w(k, v, primary key(k, v)) without rowid;
create table u(x unique, y not null unique);
"""


@needs_stat4
@pytest.mark.parametrize("limit", [0, 1, 3, 10, 50, 200])
@pytest.mark.parametrize("analyze", ["analyze", "analyze t_ab", "pragma optimize"])
def test_a_limit_leaves_entries_out_as_in_sqlite(analyze: str, limit: int) -> None:
    for seed, count in enumerate((0, 1, 8, 40, 250)):
        chance = random.Random(seed)
        script = [part for part in LIMITED.split(";") if part.strip()]
        for i in range(count):
            a, b, c = (int(chance.random() ** 2 * most) for most in (3, 8, 20))
            script.append(f"insert into t values ({a if a else 'null'}, {b}, {c})")
            script.append(f"insert into w values ({b}, {i})")
            script.append(f"insert into u values ({i}, {-i})")
        theirs = apsw.Connection(":memory:")
        ours = foundrydb.connect(":memory:")
        for sql in [*script, f"pragma analysis_limit={limit}", analyze]:
            theirs.execute(sql).fetchall()
            ours.execute(sql)
        for sql in ("select name from sqlite_schema where name glob 'sqlite_stat*'", "pragma analysis_limit"):
            assert sorted(ours.execute(sql).fetchall()) == sorted(theirs.execute(sql).fetchall())
        if ours.execute("select 1 from sqlite_schema where name = 'sqlite_stat1'").fetchall():
            for sql in ("select * from sqlite_stat1", "select tbl, idx, neq, nlt from sqlite_stat4"):
                assert sorted(ours.execute(sql).fetchall()) == sorted(theirs.execute(sql).fetchall())


def test_a_new_limit_holds_for_a_statement_that_ran_before() -> None:
    connection = foundrydb.connect(":memory:")
    connection.execute("create table t(a)")
    connection.execute("create index i on t(a)")
    connection.executemany("insert into t values (?)", [(i // 10,) for i in range(100)])
    found = []
    for limit in (0, 5, 0):
        connection.execute(f"pragma analysis_limit={limit}")
        connection.execute("analyze")
        found.append(connection.execute("select stat from sqlite_stat1").fetchone()[0])
    assert found == ["100 10", "100 6", "100 10"]


def test_a_table_without_a_letter_in_its_name() -> None:
    """The statistics of all others stay, and a trigger follows the name."""
    answers = []
    for library in (foundrydb.connect(":memory:", isolation_level=None), apsw.Connection(":memory:")):
        connection: Any = library
        for sql in (
            'create table ""(a); create table t(a); create temp trigger r after insert on t begin select 1; end',
            'insert into "" values (1); insert into t values (1)',
            'analyze; insert into ""  values (2); insert into t values (2); analyze ""',
            'drop table ""; alter table t rename to ""',
        ):
            for part in sql.replace("; end", " end").split(";"):
                connection.execute(part.replace(" end", "; end"))
        found = []
        for query in (
            "select tbl, idx, stat from sqlite_stat1",
            "select name, tbl_name, sql from sqlite_temp_schema",
        ):
            found.append([tuple(row) for row in connection.execute(query).fetchall()])
        answers.append(found)
    assert answers[0] == answers[1]
