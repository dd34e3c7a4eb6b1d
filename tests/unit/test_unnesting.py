"""EXISTS that becomes IN: when, and that the answers stay C SQLite's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

import foundrydb
from foundrydb.compiler.plan.dump import dump_text
from foundrydb.toolkit.stages import compile

SCHEMA = """
    create table big(id integer primary key, k int, s text, n text collate nocase, b, r real);
    create index big_k on big(k);
    create index big_s on big(s);
    create table few(k int, s text, n text collate nocase, b, r real, kind text);
    insert into few values
      (5, '5', 'a7', 5, 5.0, 'x'), (null, null, null, null, null, 'x'), (7, 'A7', 'A7', '7', 7.5, 'y'),
      (5, '5', 'a5', 5.0, 5, 'x'), (8, '08', 'b', x'38', 8, null), (9007199254740993, '9e3', 'C', 1e3, 1e3, 'x');
    create index few_k on few(k);
    create index few_s on few(s);
    create index few_n on few(n);
    create index few_b on few(b);
    create index few_r on few(r);
    create table digit(d);
    insert into digit values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);
    insert into big(k, s, n, b, r)
      select a.d * 10 + b.d, a.d * 10 + b.d, 'A' || (a.d * 10 + b.d), nullif(a.d * 10 + b.d, 3), nullif(b.d, 4)
      from digit a, digit b, digit c, digit d;
    insert into big(k) values (null), (9007199254740992), (9007199254740993);
"""

KEYS = ["k", "s", "n", "b", "r"]


@pytest.fixture(scope="module")
def engines() -> Iterator[tuple[foundrydb.Connection, sqlite3.Connection]]:
    ours = foundrydb.connect(":memory:", isolation_level=None)
    reference = sqlite3.connect(":memory:", isolation_level=None)
    for engine in (ours, reference):
        engine.executescript(SCHEMA)
    yield ours, reference
    ours.close()
    reference.close()


def plan(connection: foundrydb.Connection, sql: str) -> str:
    found = compile(sql, connection).plan
    assert found is not None
    return dump_text(found, False)


@pytest.mark.parametrize("word", ["exists", "not exists"])
@pytest.mark.parametrize("inner", KEYS)
@pytest.mark.parametrize("outer", KEYS)
def test_keys_of_all_affinities(
    outer: str, inner: str, word: str, engines: tuple[foundrydb.Connection, sqlite3.Connection]
) -> None:
    ours, reference = engines
    subquery = f"select 1 from few where few.{inner} = big.{outer} and kind = 'x'"
    sql = f"select id from big where {word} ({subquery}) order by id"
    if inner == outer:
        assert " IN (" in plan(ours, sql)
    assert ours.execute(sql).fetchall() == reference.execute(sql).fetchall()
    empty = sql.replace("'x'", "'none'")
    assert ours.execute(empty).fetchall() == reference.execute(empty).fetchall()


QUERIES = [
    "select count(*) from big where exists (select 1 from few where few.k = big.k + 1 and few.s > '1' limit 2)",
    "select count(*) from big where exists (select distinct s from few where few.k = big.k order by r)",
    "select count(*) from big join digit on digit.d = big.k where exists (select 1 from few f where f.k = digit.d)",
    "select count(*) from digit left join big on big.k = digit.d and exists (select 1 from few f where f.k = big.k)",
    "select d, (select count(*) from big where big.k = d and not exists (select 1 from few f where f.k = big.k))"
    " from digit",
    "select count(*) from big where exists (select 1 from few f where f.k = big.k and f.n = 'A5' collate binary)",
    "select count(*) from big where exists (select 1 from few f where f.n = big.s collate nocase)",
    "select count(*) from big where not (not exists (select 1 from few f where f.k = big.k))",
]


@pytest.mark.parametrize("sql", QUERIES)
def test_other_forms(sql: str, engines: tuple[foundrydb.Connection, sqlite3.Connection]) -> None:
    ours, reference = engines
    assert ours.execute(sql).fetchall() == reference.execute(sql).fetchall()


@pytest.mark.parametrize(
    "query",
    [
        "select 1 from few where few.k = big.k limit 0",
        "select 1 from few where few.k = big.k limit 1 offset 1",
        "select count(*) from few where few.k = big.k",
        "select 1 from few where few.k = big.k and few.s > big.s",
        "select 1 from few where few.k = big.k and abs(few.b) > 1",
        "select 1 from few where few.k > big.k",
        "select 1 from few where few.k = big.k and few.s in (select d from digit)",
        "select 1 from few where few.k = 5 and big.b > 1",
        "select 1 from few group by k having k = big.k",
    ],
)
def test_what_stays(query: str, engines: tuple[foundrydb.Connection, sqlite3.Connection]) -> None:
    ours, reference = engines
    sql = f"select count(*) from big where exists ({query})"
    assert "EXISTS" in plan(ours, sql)
    assert ours.execute(sql).fetchall() == reference.execute(sql).fetchall()


def test_few_rows_are_looked_up_one_by_one(engines: tuple[foundrydb.Connection, sqlite3.Connection]) -> None:
    text = plan(engines[0], "select * from few where exists (select 1 from big where big.k = few.k)")
    assert "EXISTS" in text and "IndexScan big" in text


def test_what_would_fail_for_a_row_that_nobody_asks_for(
    engines: tuple[foundrydb.Connection, sqlite3.Connection],
) -> None:
    ours, _ = engines
    ours.execute("create table danger(k int, v)")
    ours.execute("insert into danger values (-5, -9223372036854775807 - 1)")
    sql = "select count(*) from big where exists (select 1 from danger d where d.k = big.k and abs(d.v) > 0)"
    assert ours.execute(sql).fetchall() == [(0,)]


def test_a_statement_that_changes_what_it_reads_is_left_alone(
    engines: tuple[foundrydb.Connection, sqlite3.Connection],
) -> None:
    ours, _ = engines
    sql = "delete from big where exists (select 1 from few where few.k = big.k)"
    assert "EXISTS" in plan(ours, sql)


def test_the_choice_is_told(engines: tuple[foundrydb.Connection, sqlite3.Connection]) -> None:
    sql = "select * from big where exists (select 1 from few where few.k = big.k)"
    noted = compile(sql, engines[0], noting=True).options.choices
    assert noted is not None
    (choice,) = [choice for choice in noted.made if choice.kind == "unnesting"]
    taken, other = choice.alternatives
    assert choice.subject == "EXISTS over few"
    assert taken.text == "gather the keys once, and look them up"
    assert 0 < taken.cost < other.cost


@pytest.mark.parametrize("word", ["in", "not in"])
@pytest.mark.parametrize("inner", KEYS)
@pytest.mark.parametrize("outer", KEYS)
def test_correlated_in(
    outer: str, inner: str, word: str, engines: tuple[foundrydb.Connection, sqlite3.Connection]
) -> None:
    ours, reference = engines
    for key, rest in (
        ("few.k = big.k", ""),
        ("few.s = big.s", "and kind is not null"),
        ("few.n = big.s", ""),
    ):
        subquery = f"select few.{inner} from few where {key} {rest}"
        sql = f"select id from big where big.{outer} {word} ({subquery}) order by id"
        assert ours.execute(sql).fetchall() == reference.execute(sql).fetchall(), sql


@pytest.mark.parametrize("word", ["exists", "not exists"])
def test_several_keys(word: str, engines: tuple[foundrydb.Connection, sqlite3.Connection]) -> None:
    ours, reference = engines
    where = "few.k = big.k and few.n = big.n and few.b is not null and big.s = few.s"
    sql = f"select id from big where {word} (select 1 from few where {where}) order by id"
    assert "(big.k, big.n, big.s) IN (" in plan(ours, sql)
    assert ours.execute(sql).fetchall() == reference.execute(sql).fetchall()


STRICT = """
    create table many(id integer primary key, k int not null, s text not null, x int);
    create table some(k int not null, s text not null, x int);
    create index some_k on some(k);
    insert into some values (1, '10', 1), (1, '11', null), (2, '12', 2), (50, '50', 50);
    insert into many(k, s, x) select b.d, a.d * 10 + b.d, nullif(b.d, 7) from digit a, digit b, digit c;
"""

MEMBERS = [
    ("many.s in (select some.s from some where some.k = many.k)", True),
    ("many.s not in (select some.s from some where some.k = many.k)", True),
    ("not many.s in (select some.s from some where some.k = many.k)", True),
    ("not many.s not in (select distinct some.s from some where some.k = many.k order by 1)", True),
    ("many.id in (select some.k from some where some.k = many.k)", True),
    ("many.x in (select some.x from some where some.k = many.k)", True),
    ("many.x not in (select some.x from some where some.k = many.k)", False),
    ("many.s not in (select some.x from some where some.k = many.k)", False),
    ("many.k not in (select some.x from some where some.k = many.k)", False),
    ("many.x not in (select some.k from some where some.k = many.k)", False),
    ("many.s in (select some.s from some where some.k = many.k limit 1)", False),
    ("many.s in (select some.s from some where some.k > many.k)", False),
    ("many.s in (select max(some.s) from some where some.k = many.k)", False),
    ("many.x in (select abs(some.x) from some where some.k = many.k)", False),
    ("(many.s in (select some.s from some where some.k = many.k)) is null", False),
]


def with_members(
    engines: tuple[foundrydb.Connection, sqlite3.Connection],
) -> tuple[foundrydb.Connection, sqlite3.Connection]:
    """The engines, with the tables of ``STRICT`` in them."""
    for engine in engines:
        if not engine.execute("select 1 from sqlite_master where name = 'many'").fetchall():
            engine.executescript(STRICT)
    return engines


@pytest.mark.parametrize("condition, unnested", MEMBERS)
def test_members(
    condition: str, unnested: bool, engines: tuple[foundrydb.Connection, sqlite3.Connection]
) -> None:
    ours, reference = with_members(engines)
    for tables in ("many", "digit left join many on many.k = digit.d + 1"):
        sql = f"select many.id from {tables} where {condition} order by many.id"
        shown = compile(sql, ours).plan
        assert shown is not None
        if tables == "many":
            assert unnested == ("unnest_exists" in [name for name, _ in compile(sql, ours).plans])
        assert ours.execute(sql).fetchall() == reference.execute(sql).fetchall()


JOINED = [
    ("exists (select 1 from some join digit on digit.d = some.x where some.k = many.k)", True),
    (
        "not exists (select 1 from some, digit where digit.d = some.x and some.k = many.k and some.s = many.s)",
        True,
    ),
    ("many.s in (select some.s from some join digit on digit.d + 9 > some.x where some.k = many.k)", True),
    ("many.k not in (select digit.d from some join digit on digit.d = some.x where some.k = many.k)", False),
    ("many.k not in (select some.k from some join digit on digit.d = some.x where some.s = many.s)", True),
    ("exists (select 1 from some left join digit on digit.d = some.x where some.k = many.k)", True),
    (
        "exists (select 1 from some left join digit on digit.d = some.x where some.k = many.k and digit.d is null)",
        False,
    ),
    (
        "exists (select 1 from some join digit on digit.d = some.x and some.k = many.k + 0 where digit.d < 5)",
        True,
    ),
    ("exists (select 1 from some join digit on digit.d = some.x + many.k where some.k = many.k)", False),
    ("exists (select 1 from some a join some b on a.x = b.x and b.k = many.k where a.s = many.s)", True),
]


@pytest.mark.parametrize("condition, unnested", JOINED)
def test_joins(
    condition: str, unnested: bool, engines: tuple[foundrydb.Connection, sqlite3.Connection]
) -> None:
    ours, reference = with_members(engines)
    sql = f"select many.id from many where {condition} order by many.id"
    names = [name for name, _ in compile(sql, ours).plans]
    assert unnested == ("unnest_exists" in names)
    assert ours.execute(sql).fetchall() == reference.execute(sql).fetchall()
    other = f"select many.id from digit left join many on many.k = digit.d + 1 where {condition} order by 1"
    assert ours.execute(other).fetchall() == reference.execute(other).fetchall()


def test_a_column_under_collate_is_a_key() -> None:
    answers = []
    for module in (sqlite3, foundrydb):
        con = module.connect(":memory:")
        con.executescript("CREATE TABLE t(a); CREATE TABLE u(b); CREATE TABLE v(c)")
        con.executescript(
            "INSERT INTO t VALUES ('x'), ('Y'); INSERT INTO u VALUES ('X'), ('z'); INSERT INTO v VALUES (1)"
        )
        exists = "EXISTS (SELECT 1 FROM u JOIN (SELECT t.a AS d FROM v) AS w ON u.b COLLATE NOCASE = w.d)"
        answers.append(con.execute(f"SELECT t.a FROM t AS o JOIN t ON o.a = t.a WHERE {exists}").fetchall())
        con.close()
    assert answers == [[("x",)], [("x",)]]
