"""The columns of VALUES in a subquery: a value that is written as a name gives its column that name, as in C SQLite."""

from __future__ import annotations

import apsw
import pytest

import foundrydb

QUERIES = [
    'select * from (values("x", 1), (2, "y"))',
    'select x from (values("x"))',
    'select column1 from (values("x"))',
    'select * from (values("x", "x"))',
    'select * from (values("column2", 1))',
    'select * from (values("true", 1))',
    "select * from (values('x'), (\"y\"))",
    "select * from (values(x collate nocase))",
    "select (select max(a) from (values(a), (b))) from t",
    "select (select column1 from (values(t.a))) from t",
    "select (select group_concat(b) from (values(a, b), (b, a))) from t",
    "select (select count(*) from (values(a)) natural join t) from t",
    'with v as (values("q"), (1)) select * from v',
    'with v(z) as (values("q")) select * from v',
    'with recursive r as (values("k") union all select k + 1 from r where k < 3) select * from r',
    'select * from (values("x") union select 1)',
    'values("x")',
    "select * from w",
]


@pytest.mark.parametrize("query", QUERIES)
def test_columns_are_called_as_in_sqlite(query: str) -> None:
    answers: list[object] = []
    for connection in (foundrydb.connect(":memory:", isolation_level=None), apsw.Connection(":memory:")):
        connection.execute("create table t(a, b)")
        connection.execute("insert into t values (1, 2), (3, 4)")
        connection.execute('create view w as values("q")')
        try:
            cursor = connection.execute(query)
            names = [column[0] for column in cursor.description]
            answers.append((names, [tuple(row) for row in cursor]))
        except (foundrydb.Error, apsw.Error) as problem:
            answers.append(str(problem))
    assert answers[0] == answers[1]
