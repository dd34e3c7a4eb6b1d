"""Column lineage: where the values of a statement's columns come from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import foundrydb


@pytest.fixture(scope="module")
def con() -> Iterator[foundrydb.Connection]:
    connection = foundrydb.connect(":memory:")
    connection.executescript(
        "create table t(id integer primary key, a, b); create table u(id, x, y, g as (x + y));"
        "create table w(k primary key, z) without rowid;"
        "create view v(p, q) as select a + x, b from t join u using (id);"
    )
    yield connection
    connection.close()


def told(con: foundrydb.Connection, sql: str) -> list[str]:
    return [repr(column) for column in foundrydb.lineage(sql, con)]


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("select p, q from v", ["p <- t.a, u.x", "q <- t.b"]),
        ("select a as n from t union select x from u", ["n <- t.a, u.x"]),
        ("select a from t intersect select x from u order by 1 limit 2", ["a <- t.a, u.x"]),
        ("select s.a from (select * from (select a, b from t) order by b limit 3) s", ["a <- t.a"]),
        ("select (select max(x) from u where u.id = t.id) m from t", ["m <- u.x"]),
        ("select (select (select t.a + u.x) from u) m from t", ["m <- t.a, u.x"]),
        ("with c(i, j) as (select a, count(*) from t group by a) select i, j, i + j s from c",
         ["i <- t.a", "j <- nothing", "s <- t.a"]),
        ("with r(i, j) as (select a, id from t union select j + 1, x from r join u on y = i) select * from r",
         ["i <- t.a, t.id, u.x", "j <- t.id, u.x"]),
        ("select id from t full join u using (id)", ["id <- t.id, u.id"]),
        ("select rowid, g from u", ["rowid <- u.rowid", "g <- u.g"]),
        ("select rowid from t", ["id <- t.id"]),
        ("select sum(a) filter (where b) s, min(b) m from t having max(id) > 1", ["s <- t.a", "m <- t.b"]),
        ("select case when a then b else 3 end c from t", ["c <- t.a, t.b"]),
        ("select a in (select x from u) i, exists (select 1 from u) e from t", ["i <- t.a", "e <- nothing"]),
        ("values (1, 2), (3, (select a from t))", ["column1 <- nothing", "column2 <- t.a"]),
    ],
)  # fmt: skip
def test_queries(con: foundrydb.Connection, sql: str, columns: list[str]) -> None:
    assert told(con, sql) == columns


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("insert into w select a, b from t", ["w.k <- t.a", "w.z <- t.b"]),
        ("insert into t default values", []),
        ("insert into t default values returning id, a", ["id <- nothing", "a <- nothing"]),
        ("insert into t(b) select x + y from u returning id, a, b",
         ["t.b <- u.x, u.y", "id <- nothing", "a <- nothing", "b <- u.x, u.y"]),
        ("insert into t(id, a) select id, x from u where 1 on conflict do update set b = excluded.a + b returning b",
         ["t.id <- u.id", "t.a <- u.x", "t.b <- t.b, u.x", "b <- t.b, u.x"]),
        ("update t set a = (select x from u limit 1), b = b + a returning a, b, id",
         ["t.a <- u.x", "t.b <- t.a, t.b", "a <- u.x", "b <- t.a, t.b", "id <- t.id"]),
        ("update t set a = u.x from u where u.id = t.id", ["t.a <- u.x"]),
        ("delete from t returning a", ["a <- t.a"]),
        ("delete from t returning (select x from u) s", ["s <- u.x"]),
        ("insert into t(a) values (1) returning (select max(x) from u) m", ["t.a <- nothing", "m <- u.x"]),
        ("insert into t(id) values (1) on conflict (id) do update set a = (select y from u)",
         ["t.id <- nothing", "t.a <- u.y"]),
        ("create table other(a)", []),
    ],
)  # fmt: skip
def test_statements_that_write(con: foundrydb.Connection, sql: str, columns: list[str]) -> None:
    assert told(con, sql) == columns


def test_a_long_compound(con: foundrydb.Connection) -> None:
    sql = " union all ".join(["select a from t", "select x from u"] * 200)
    assert told(con, sql) == ["a <- t.a, u.x"]


def test_a_schema_in_front_and_errors() -> None:
    assert repr(foundrydb.lineage("create table q(c); select c + 1 as d from q")[0]) == "d <- q.c"
    with pytest.raises(foundrydb.OperationalError, match="no such column: nope"):
        foundrydb.lineage("create table q(c); select nope from q")


def test_other_databases_are_named() -> None:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.executescript(
        "attach ':memory:' as other; create table t(a); create table other.t(a); create temp table s(b)"
    )
    asked = "select t.a, o.a, b from main.t, other.t as o, s"
    assert told(connection, asked) == ["a <- t.a", "a <- other.t.a", "b <- temp.s.b"]
    assert told(connection, "insert into other.t select a from main.t") == ["other.t.a <- t.a"]
