"""VALUES of many literals, which a program holds as data: the rows are C SQLite's, whatever becomes of them."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

import foundrydb
from foundrydb.compiler.bind.relation import MANY_ROWS

LITERALS = ["null", "'x'", "1.5", "x'01'", "-3", "9223372036854775807", "-1e400", "''"]

STATEMENTS = [
    "values {0}",
    "insert into t values {0}",
    "insert into u(b, a) values {0} on conflict do update set b = excluded.b + 1 returning *",
    "insert into t select column2, column1 from (values {0}) where column2 > 3",
    "select sum(column2), max(column1), count(distinct column1) from (values {0})",
    "select * from (values {0}) order by 2 desc, 1 limit 3",
    "select (select count(*) from (values {0}) where column2 < x.column1) from (values (1), (9)) as x",
    "select * from (values {0} union values ('x', 2)) order by 1, 2",
    "select * from t left join (values {0}) on column2 = a",
    "with v(a, b) as materialized (values {0}) select * from v as x join v as y using (b) order by b, x.a",
    "select 1 in (values {1}), 500 in (values {1})",
]


def answers(module: Any, sql: str) -> list[Any]:
    """What a statement returns and leaves behind."""
    connection = module.connect(":memory:", isolation_level=None)
    connection.execute("create table t(a text, b integer)")
    connection.execute("create table u(a integer primary key, b)")
    connection.execute("insert into u values (3, 4)")
    connection.execute("insert into t values (2, 4), (null, 5)")
    found = [connection.execute(query).fetchall() for query in (sql, "select * from t", "select * from u")]
    connection.close()
    return found


@pytest.mark.parametrize("count", [MANY_ROWS - 1, MANY_ROWS, 3 * MANY_ROWS])
@pytest.mark.parametrize("statement", STATEMENTS)
def test_rows_of_literals(statement: str, count: int) -> None:
    pairs = ", ".join(f"({LITERALS[i % len(LITERALS)]}, {i})" for i in range(count))
    sql = statement.format(pairs, ", ".join(f"({i})" for i in range(count)))
    assert answers(foundrydb, sql) == answers(sqlite3, sql)


def test_as_many_rows_as_a_text_has_are_a_short_program() -> None:
    connection = foundrydb.connect(":memory:")
    connection.execute("create table t(a, b)")
    rows = ", ".join(f"({i}, 'row {i}')" for i in range(5000))
    assert len(connection.execute(f"explain insert into t values {rows}").fetchall()) < 40
    connection.execute(f"insert into t values {rows}")
    assert connection.execute("select count(*), sum(a), max(b) from t").fetchone() == (
        5000,
        12497500,
        "row 999",
    )
