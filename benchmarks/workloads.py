"""What is measured: each workload is one function over a connection, with the same answer on every engine.

The table is t(id INTEGER PRIMARY KEY, a INT, b REAL, c TEXT), filled by a seeded generator; t_a is an index on a.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Run = Callable[[Any, int], object]


def nothing(connection: Any, rows: int) -> None:
    """No preparation."""


@dataclass(frozen=True)
class Workload:
    """A name, the measured function, what is done before the clock starts, and whether it needs its own copy."""

    name: str
    run: Run
    prepare: Callable[[Any, int], None] = nothing
    writes: bool = False


def build(path: Path, rows: int) -> None:
    """Write the benchmark's database with sqlite3, so that every engine reads the same file."""
    rng = random.Random(7)
    words = [
        "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(3, 9)))
        for _ in range(500)
    ]
    connection = sqlite3.connect(path)
    connection.execute("create table t(id integer primary key, a int, b real, c text)")
    connection.executemany(
        "insert into t values(?,?,?,?)",
        (
            (i, rng.randrange(rows), rng.random() * 1000, f"{rng.choice(words)} {rng.choice(words)}")
            for i in range(1, rows + 1)
        ),
    )
    connection.execute("create table small(k integer primary key, v int)")
    connection.executemany("insert into small values(?,?)", ((i, i * 7 % 1000) for i in range(1, 10_001)))
    connection.execute("create table indexed(id integer primary key, a int, c text)")
    connection.execute("insert into indexed select id, a, c from t where id <= ?", (rows // 5,))
    connection.execute("create index indexed_a on indexed(a)")
    connection.commit()
    connection.close()


def query(sql: str) -> Run:
    """A workload that fetches all rows of one SELECT."""

    def run(connection: Any, rows: int) -> object:
        return connection.execute(sql).fetchall()

    return run


def point_selects(connection: Any, rows: int) -> object:
    total = 0
    cursor = connection.cursor()
    for i in range(1, 20_001):
        total += cursor.execute("select a from t where id = ?", (i * 37 % rows + 1,)).fetchone()[0]
    return total


def point_selects_by_index(connection: Any, rows: int) -> object:
    found = 0
    cursor = connection.cursor()
    for i in range(10_000):
        found += len(cursor.execute("select id, c from indexed where a = ?", (i * 91 % rows,)).fetchall())
    return found


def fresh_selects(connection: Any, rows: int) -> object:
    total = 0
    for i in range(1, 3_001):
        total += connection.execute(f"select a from t where id = {i * 37 % rows + 1}").fetchone()[0]
    return total


def insert_many(connection: Any, rows: int) -> object:
    connection.execute("create table n(id integer primary key, a int, b real, c text)")
    data = [(i, i * 3, i * 0.5, f"row {i}") for i in range(rows // 5)]
    connection.executemany("insert into n values(?,?,?,?)", data)
    connection.commit()
    return connection.execute("select count(*), sum(a) from n").fetchall()


def insert_indexed(connection: Any, rows: int) -> object:
    connection.execute("create table n(id integer primary key, a int, b real, c text)")
    connection.execute("create index n_a on n(a)")
    connection.execute("create index n_c on n(c)")
    rng = random.Random(3)
    data = [(i, rng.randrange(rows), i * 0.5, f"row {rng.randrange(rows)}") for i in range(rows // 20)]
    connection.executemany("insert into n values(?,?,?,?)", data)
    connection.commit()
    return connection.execute("select count(*), sum(a) from n").fetchall()


def update_all(connection: Any, rows: int) -> object:
    connection.execute("update small set v = v + 1")
    connection.commit()
    return connection.execute("select sum(v) from small").fetchall()


def update_by_key(connection: Any, rows: int) -> object:
    connection.executemany(
        "update t set a = a + 1 where id = ?", [(i * 31 % rows + 1,) for i in range(10_000)]
    )
    connection.commit()
    return connection.execute("select sum(a) from t where id < 1000").fetchall()


def delete_half(connection: Any, rows: int) -> object:
    connection.execute("delete from indexed where id % 2 = 0")
    connection.commit()
    return connection.execute("select count(*), sum(a) from indexed").fetchall()


def create_index(connection: Any, rows: int) -> object:
    connection.execute("create index indexed_c on indexed(c)")
    connection.commit()
    return connection.execute("select count(*) from indexed where c > 'm'").fetchall()


WORKLOADS: list[Workload] = [
    Workload("SELECT * fetchall", query("select * from t")),
    Workload("scan, filter, sum", query("select count(*), sum(b) from t where a < 500000")),
    Workload("count(*)", query("select count(*) from t")),
    Workload("LIKE scan", query("select count(*) from t where c like '%ab%'")),
    Workload("expressions", query("select sum(a * 2 + id % 7 - b / 3) from t where (a + id) % 3 <> 1")),
    Workload("GROUP BY, 10 groups", query("select a % 10, count(*), sum(b) from t group by 1 order by 1")),
    Workload("GROUP BY, 10^4 groups", query("select a % 10000 g, count(*) from t group by g order by g")),
    Workload("DISTINCT", query("select count(*) from (select distinct a % 1000 from t)")),
    Workload("ORDER BY, top 10", query("select id, a from t order by a, id limit 10")),
    Workload("ORDER BY", query("select id from indexed order by c, id")),
    Workload("join by rowid", query("select sum(s.v) from t join small s on s.k = t.a % 10000 + 1")),
    Workload("join by index", query("select count(*) from small s join indexed i on i.a = s.v")),
    Workload("IN subquery", query("select count(*) from t where a in (select v from small)")),
    Workload(
        "correlated subquery",
        query("select count(*) from small s where exists (select 1 from indexed i where i.a = s.v)"),
    ),
    Workload("point SELECT by rowid, cached", point_selects),
    Workload("point SELECT by index, cached", point_selects_by_index),
    Workload("point SELECT, fresh text", fresh_selects),
    Workload("executemany INSERT", insert_many, writes=True),
    Workload("executemany INSERT, 2 indexes", insert_indexed, writes=True),
    Workload("UPDATE all", update_all, writes=True),
    Workload("UPDATE by key", update_by_key, writes=True),
    Workload("DELETE half", delete_half, writes=True),
    Workload("CREATE INDEX", create_index, writes=True),
]
