"""Which index would help: found by planning with it."""

from __future__ import annotations

import pytest

import foundrydb
from foundrydb.toolkit.index_advice import advise_rehearsed
from foundrydb.toolkit.rehearsal import Rehearsal

SCHEMA = """
    create table t(a integer primary key, b, c, "d e"); create index tc on t(c);
    create table u(a, b integer, c collate nocase); create temp table s(x);
    with recursive r(x) as (select 1 union all select x + 1 from r where x < 3000)
    insert into t select x, x, x, x from r;
    insert into u select b, c, a from t;
"""


def advised(sql: str) -> list[str]:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.executescript(SCHEMA)
    rehearsal = Rehearsal(connection)
    try:
        (statement,) = foundrydb.parse(sql)
        return advise_rehearsed(statement, sql, rehearsal).statements
    finally:
        rehearsal.close()


@pytest.mark.parametrize(
    ("sql", "first"),
    [
        ("select * from t where b = 1", "CREATE INDEX t_b ON t(b)"),
        ("select * from u where b = 1 and a > 2", "CREATE INDEX u_b_a ON u(b, a)"),
        ('select * from t where "d e" = 1', 'CREATE INDEX "t_d e" ON t("d e")'),
        ("update u set b = 2 where a = 1", "CREATE INDEX u_a ON u(a)"),
        ("select * from t, u where u.b = t.a and t.c = 5", "CREATE INDEX u_b ON u(b)"),
        (
            "select 1 from t where a = 3 and exists (select 1 from u where u.a = t.b)",
            "CREATE INDEX u_a ON u(a)",
        ),
    ],
)
def test_an_index_is_advised(sql: str, first: str) -> None:
    assert advised(sql) == [first]


NEEDLESS = [
    "select * from t where c = 1",
    "select * from t where a = 1",
    "select 1",
    "select * from t",
    "select b from t where b + 1 = 2",
]


@pytest.mark.parametrize("sql", NEEDLESS)
def test_none_is_advised_where_none_helps(sql: str) -> None:
    assert advised(sql) == []


def test_the_schema_stays_as_it_is() -> None:
    rehearsal = Rehearsal()
    rehearsal.run("create table t(a, b)")
    sql = "select * from t where a = 1"
    assert advise_rehearsed(foundrydb.parse(sql)[0], sql, rehearsal).statements
    assert not rehearsal.catalog.main.indexes
    with pytest.raises(foundrydb.OperationalError):
        advise_rehearsed(foundrydb.parse("select z from t")[0], "select z from t", rehearsal)
