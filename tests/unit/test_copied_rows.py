"""Rows that INSERT … SELECT takes over from another table as they are stored there, beside C SQLite's."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

import foundrydb

ROWS = (
    "create table s(id integer primary key, a int, b real, c text, d, e numeric)",
    "insert into s values (1, 1, 1, 'x', x'00', 5), (5, 'z', 2.5, 7, 1.5, 'q'), (7, null, -3, null, null, 1e300),"
    " (300, 70000, 1e999, 'yy' || char(0) || 'z', 0.0, 0), (3000000000, -1, 0, '', zeroblob(5000), 1)",
    "create table short(a int, b real)",
    "insert into short values (1, 2), (3, 4.5)",
    "alter table short add column c text",
    "alter table short add column d default 'given'",
    "create table t(a int, b real, c text, d, e numeric, f int)",
    "create table k(id integer primary key, a int, b real, c text, d, e numeric)",
    "insert into k values (300, 'old', 1, 2, 3, 4)",
    "create table whole(id int, a int, b real, c text, d, e numeric)",
    "create table strict_one(a int, c text) strict",
    "create table checked(a int not null default 9, c text check (c <> 'x'))",
)

INSERTS = (
    "into t select a, b, c, d, e, id from s",
    "into t(c, a, f, e) select c, a, f, e from (select c, a, id f, e from s)",
    "into t select e, b, c, d, a, id from s where a > 0",
    "into t(a, b, c, d, e, f) select s.a, s.b, s.c, s.d, s.e, k.id from s join s k on k.a = s.a + 1",
    "into t select s.a, s.b, s.c, s.d, s.e, s.id from (select 1) left join s on s.id = 99",
    "into t(a, b, c, d, e, f) select id, b, c, d, id, a from s order by c",
    "into t(d) select b from s",
    "into t(b) select a from s",
    "into t(c) select id from s",
    "into t(a, b, c, d, e, f) select a, b, c, d, 1, a from short",
    "into t(a, b, c) select a, b, c from short",
    "into t select * from t",
    "into k select * from s",
    "or ignore into k select * from s",
    "or replace into k select * from s",
    "into k(a, b, c, d, e) select a, b, c, d, e from s",
    "into k(a, b, c, d, e, id) select a, b, c, d, e, id + 1000 from s",
    "into whole select * from s",
    "into whole select * from s where id between 5 and 7",
    "into whole(a, id, b, c, d, e) select * from s",
    "into strict_one select id, c from s",
    "into checked select a, c from s",
)


def answers(module: Any, insert: str, formulas: bool = True) -> list[object]:
    """What there is after the insertion, or what was in its way."""
    connection = module.connect(":memory:")
    if not formulas:
        connection.engine.preparer.without = frozenset(["formulas"])
    for sql in ROWS:
        connection.execute(sql)
    found: list[object] = []
    try:
        connection.execute("insert " + insert)
    except module.Error as problem:
        found.append(str(problem))
    for table in ("t", "k", "whole", "strict_one", "checked"):
        rows = connection.execute(f"select rowid, * from {table}").fetchall()
        found.append([[(type(value), value) for value in row] for row in rows])
    found.append(connection.execute("select changes(), last_insert_rowid()").fetchall())
    connection.close()
    return found


@pytest.mark.parametrize("insert", INSERTS)
def test_as_sqlite(insert: str) -> None:
    expected = answers(sqlite3, insert)
    assert answers(foundrydb, insert) == expected
    assert answers(foundrydb, insert, formulas=False) == expected


def test_no_value_is_looked_at() -> None:
    connection: Any = foundrydb.connect(":memory:")
    for sql in ROWS:
        connection.execute(sql)
    opcodes = [row[1] for row in connection.execute("explain insert into t select a, b, c, d, e, id from s")]
    assert "AppendRows" in opcodes and "Columns" not in opcodes and "Column" not in opcodes
    connection.close()


def test_many_rows() -> None:
    """Rows that go over page by page: as many, in their order, but for some that are too long or of another type."""
    found: list[list[object]] = []
    for module in (sqlite3, foundrydb):
        connection: Any = module.connect(":memory:")
        connection.execute("create table s(id integer primary key, a int, b text)")
        rows = [
            (i, "odd" if i % 70 == 3 else i * 37 % 1000, "x" * (6000 if i % 301 == 7 else i % 90))
            for i in range(-500, 3000)
        ]
        connection.executemany("insert into s values (?, ?, ?)", rows)
        connection.execute("create table t(id int, a int, b text)")
        for insert in (
            "insert into t select * from s",
            "insert into t select * from s order by id desc",
            "insert into t select * from s where a > 500",
            "insert into t select * from s limit 100",
        ):
            connection.execute(insert)
            found.append(
                connection.execute("select changes(), total_changes(), last_insert_rowid()").fetchall()
            )
        found.append(connection.execute("select rowid, * from t").fetchall())
        found.append(connection.execute("pragma integrity_check").fetchall())
        connection.close()
    half = len(found) // 2
    assert found[:half] == found[half:]
    assert found[-1] == [("ok",)]


def test_rows_are_counted_by_who_looks() -> None:
    """A progress handler is called as often as rows are read, whatever is written at a time."""
    connection: Any = foundrydb.connect(":memory:")
    connection.execute("create table s(a int)")
    connection.executemany("insert into s values (?)", [(i,) for i in range(300)])
    connection.execute("create table t(a int)")
    calls: list[int] = []

    def called() -> None:
        calls.append(1)

    connection.set_progress_handler(called, 1)
    connection.execute("insert into t select a from s")
    connection.set_progress_handler(None, 1)
    assert len(calls) >= 299
    assert connection.execute("select count(*), sum(a) from t").fetchall() == [(300, 44850)]
    connection.close()
