"""Correlated subqueries in joins keep their value while the rows that they refer to stay."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

import foundrydb

SCHEMA = """
    create table t(id integer primary key, a int, b text);
    create table u(a int, c int);
    create table v(c int, d text);
    insert into t values (1, 1, 'x'), (2, 2, 'y'), (3, 2, null), (4, null, 'z'), (5, 7, 'x');
    insert into u values (1, 10), (1, 20), (2, 20), (2, 30), (2, null), (null, 40);
    insert into v values (10, 'p'), (20, 'q'), (20, 'r'), (50, 's');
"""

TOTAL = "(select count(*) || ':' || max(w.c) from u w where w.a = t.a)"

QUERIES = [
    f"select t.id, u.c, {TOTAL} from t join u on u.a = t.a",
    f"select t.id, u.c, {TOTAL} from t left join u on u.a = t.a",
    f"select t.id, u.c, {TOTAL} from t right join u on u.a = t.a",
    f"select t.id, u.c, v.d, {TOTAL} from t left join u on u.a = t.a full join v on v.c = u.c",
    f"select t.id, u.c, v.d, {TOTAL} from t left join (u join v on v.c = u.c) on u.a = t.a",
    f"select t.id, u.c from t join u on u.a = t.a order by {TOTAL} desc, t.id, u.c",
    f"select {TOTAL} as k, count(*) from t join u on u.a <= t.a group by k",
    f"select distinct {TOTAL} from t cross join u",
    f"select t.id, u.c, {TOTAL}, {TOTAL} || 'x' from t join u on u.a = t.a where {TOTAL} > '1'",
    "select t.id, u.c from t cross join u where exists (select 1 from v where v.c = t.a * 10)",
    "select t.id, u.c, exists (select 1 from v where v.c = t.a * 10) from t cross join u",
    "select t.id, u.c from t cross join u where not exists (select 1 from v where v.c = t.a * 10) and u.c > 10",
    "select t.id, v.d, (select sum(w.c) from u w where w.a = t.a and w.c <= u.c) from t, u, v where v.c = u.c",
    "select t.id, (select group_concat(x.q) from (select (select max(v.c) from v where v.c > t.a * 8) as q from u) x)"
    " from t join u on u.a = t.a",
    "select t.id, u.c from t join u on u.a = t.a"
    " where (t.a, u.c) = (select w.a, w.c from u w where w.a = t.a order by w.c desc limit 1)",
    "select t.id, u.c, (select t.id + max(v.c) from v where v.c < 10 * t.a + 11) from t, u limit 7",
    "select t.id, u.c from t join u on u.a = t.a and (select count(*) from v where v.c > t.a * 10) > 1",
    "select x.id, x.n, u.c from (select t.id, (select count(*) from u where u.a = t.a) as n from t) x"
    " join u on u.c > x.n",
    "with k as (select a, max(c) as m from u group by a)"
    " select t.id, u.c, (select m from k where k.a = t.a) from t join u on u.a = t.a",
]


@pytest.fixture(scope="module")
def engines() -> Iterator[tuple[foundrydb.Connection, sqlite3.Connection]]:
    ours = foundrydb.connect(":memory:", isolation_level=None)
    reference = sqlite3.connect(":memory:", isolation_level=None)
    ours.executescript(SCHEMA)
    reference.executescript(SCHEMA)
    yield ours, reference
    ours.close()
    reference.close()


@pytest.mark.parametrize("sql", QUERIES)
def test_the_answer(sql: str, engines: tuple[foundrydb.Connection, sqlite3.Connection]) -> None:
    ours, reference = engines
    assert sorted(ours.execute(sql).fetchall(), key=repr) == sorted(
        reference.execute(sql).fetchall(), key=repr
    )


def test_it_is_evaluated_once_for_each_row(engines: tuple[foundrydb.Connection, sqlite3.Connection]) -> None:
    ours, _ = engines
    calls: list[object] = []

    def seen(value: object) -> object:
        calls.append(value)
        return value

    ours.create_function("seen", 1, seen, deterministic=True)
    sql = "select (select seen(max(v.c)) from v where v.c > t.id) from t cross join u"
    assert len(ours.execute(sql).fetchall()) == 30
    assert len(calls) == 5
    calls.clear()
    ours.create_function("seen", 1, seen)
    ours.execute(sql).fetchall()
    assert len(calls) == 30


def test_it_is_not_evaluated_for_a_row_that_joins_nothing(
    engines: tuple[foundrydb.Connection, sqlite3.Connection],
) -> None:
    ours, reference = engines
    sql = "select (select abs(-9223372036854775807 - (t.id > 4)) from v) from t cross join u on u.a = t.a"
    assert ours.execute(sql).fetchall() == reference.execute(sql).fetchall()
