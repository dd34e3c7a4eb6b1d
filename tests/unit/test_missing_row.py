"""Why a row is not in a result: each kind of piece that may drop it, and rows that are there after all."""

from __future__ import annotations

import sqlite3

import pytest

import foundrydb
from foundrydb.toolkit import stages
from foundrydb.toolkit.missing_row.why_not import WhyNot

SCHEMA = """
create table a(id integer primary key, n, t text collate nocase);
create table b(a_id, m, k);
create table w(x, y, primary key (y, x)) without rowid;
create table hollow(z);
create index b_m on b(m, k);
insert into a values (1, 10, 'one'), (2, 20, 'two'), (3, 30, 'three'), (4, null, 'FOUR');
insert into b values (1, 'x', 1), (1, 'y', 2), (2, 'x', 3), (9, 'z', null);
insert into w values (1, 'p'), (2, 'q');
"""

THERE = ""
UNKNOWN = "?"

CASES = [
    # WHERE
    ("select * from a where n > 15 and t <> 'two'", "a", "id=1", "n > 15"),
    ("select * from a where n > 15 and t <> 'TWO'", "a", "id=2", "t <> 'TWO'"),
    ("select * from a where n > 15 and t <> 'two'", "a", "id=3", THERE),
    ("select * from a where n > 15 or t = 'one'", "a", "id=4", "n > 15 or t = 'one'"),
    ("select * from a where not (n > 15)", "a", "id=4", "not (n > 15)"),
    ("select n + 1 as p from a where p > 15", "a", "id=1", "p > 15"),
    ("select count(*) from a where n > 15", "a", "id=1", "n > 15"),
    ("select count(*) from a where n > 15", "a", "id=2", THERE),
    # index ranges
    ("select k from b where m = 'x' and k between 2 and 5", "b", "rowid=1", "k between 2 and 5"),
    ("select k from b where m = 'x' and k between 2 and 5", "b", "rowid=2", "m = 'x'"),
    ("select k from b where m in ('x', 'y') and k > 2", "b", "rowid=3", THERE),
    # inner joins
    ("select * from a join b on b.a_id = a.id and b.k > 1", "a", "id=3", "b.a_id = a.id"),
    ("select * from a join b on b.a_id = a.id and b.k > 3", "a", "id=2", "b.k > 3"),
    ("select * from a join b on b.a_id = a.id", "b", "rowid=4", "b.a_id = a.id"),
    ("select * from a, b where b.a_id = a.id and m = 'y'", "a", "id=2", "m = 'y'"),
    ("select * from a join hollow", "a", "id=1", "hollow"),
    ("select * from hollow join a", "a", "id=1", "hollow"),
    ("select * from a join w on w.x = a.id join b on b.k = w.x where w.y = 'q'", "a", "id=2", THERE),
    ("select * from a join w on w.x = a.id join b on b.k = w.x where w.y = 'q'", "a", "id=1", "w.y = 'q'"),
    ("select * from a join w using (x)", "w", "x=1", "!"),
    ("select * from (select id as x from a) join w using (x)", "w", "x=1", THERE),
    # outer joins
    ("select * from a left join b on b.a_id = a.id", "a", "id=3", THERE),
    ("select * from a left join b on b.a_id = a.id", "b", "rowid=4", "b.a_id = a.id"),
    ("select * from a left join b on b.a_id = a.id where b.m = 'x'", "a", "id=3", "b.m = 'x'"),
    ("select * from a right join b on b.a_id = a.id", "a", "id=4", "b.a_id = a.id"),
    ("select * from a full join b on b.a_id = a.id", "b", "rowid=4", THERE),
    # windows
    ("select n, rank() over w from a where n > 15 window w as (order by n) limit 9", "a", "id=1", "n > 15"),
    ("select n, rank() over w from a where n > 15 window w as (order by n) limit 9", "a", "id=3", UNKNOWN),
    ("select * from (select n, rank() over w as r from a window w as (order by n)) where r > 2", "a", "id=1", "r > 2"),
    # groups
    ("select n, count(*) from a group by n having count(*) > 1", "a", "id=1", "count(*) > 1"),
    ("select m, count(*) from b group by m having count(*) > 1", "b", "rowid=1", THERE),
    ("select m, count(*) from b group by 1 having max(k) > 2 and min(k) > 1", "b", "rowid=1", "min(k) > 1"),
    ("select sum(n) from a having sum(n) > 1000", "a", "id=1", "sum(n) > 1000"),
    # columns beside the only min() or max() are those of its row
    ("select a_id, max(k) from b group by m having a_id > 1", "b", "rowid=1", THERE),
    ("select a_id, max(k) from b group by m having a_id < 2", "b", "rowid=1", "a_id < 2"),
    ("select k, m, max(k) from b group by m order by m limit 2", "b", "rowid=1", THERE),
    ("select m from (select a_id, m, max(k) from b group by m) where a_id = 2", "b", "rowid=1", THERE),
    # limits
    ("select id from a order by id limit 2", "a", "id=3", "2"),
    ("select id from a order by id limit 2", "a", "id=2", THERE),
    ("select id from a order by id limit 2 offset 1", "a", "id=1", "1"),
    ("select id from a order by id desc limit 1 offset 1", "a", "id=3", THERE),
    ("select distinct m from b order by m limit 1", "b", "rowid=3", THERE),
    ("select distinct m from b order by m limit 1", "b", "rowid=2", "1"),
    ("select m from b order by m limit 1", "b", "rowid=1", UNKNOWN),
    # subqueries
    ("select * from a where exists (select 1 from b where a_id = a.id and k > 2)", "a", "id=1",
     "exists (select 1 from b where a_id = a.id and k > 2)"),
    ("select * from a where exists (select 1 from b where a_id = a.id and k > 2)", "b", "rowid=1", "k > 2"),
    ("select * from a where exists (select 1 from b where a_id = a.id and k > 2)", "b", "rowid=3", THERE),
    ("select * from a where exists (select 1 from b where a_id = a.id)", "b", "rowid=4", "a_id = a.id"),
    ("select * from a where id in (select a_id from b where m = 'x')", "a", "id=3",
     "id in (select a_id from b where m = 'x')"),
    ("select * from a where id in (select a_id from b where m = 'x')", "b", "rowid=2", "m = 'x'"),
    ("select (select max(k) from b where a_id = id and m = 'y') from a", "b", "rowid=1", "m = 'y'"),
    ("select * from (select id, n * 2 as d from a where n > 10) where d > 50", "a", "id=1", "n > 10"),
    ("select * from (select id, n * 2 as d from a where n > 10) where d > 50", "a", "id=2", "d > 50"),
    ("select * from (select id, n * 2 as d from a where n > 10) where d > 50", "a", "id=3", THERE),
    ("with c as (select m, max(k) as top from b group by m) select * from c where top > 2", "b", "rowid=2", "top > 2"),
    ("with c as (select m, max(k) as top from b group by m) select * from c where top > 2", "b", "rowid=1", THERE),
    ("select * from (select id from a order by id limit 2) where id > 1", "a", "id=3", "2"),
    ("select * from (select id from a order by id limit 2) where id > 1", "a", "id=1", "id > 1"),
    # compounds
    ("select id from a where n > 15 union all select k from b", "a", "id=1", "n > 15"),
    ("select id from a union select k from b", "a", "id=1", THERE),
    ("select id from a except select k from b", "a", "id=1", "except select k from b"),
    ("select id from a except select k from b", "a", "id=4", THERE),
    ("select id from a intersect select k from b", "a", "id=4", "intersect select k from b"),
    ("select k from b intersect select id from a", "a", "id=4", "intersect select id from a"),
    ("select k from b except select id from a", "a", "id=4", UNKNOWN),
    # keys
    ("select * from w where x > 1", "w", "x=1", "x > 1"),
    ("select * from w as v where x > 1", "v", "x=2", THERE),
    # changes
    ("update a set n = 0 where n > 15", "a", "id=1", "n > 15"),
    ("delete from a where n > 15", "a", "id=2", THERE),
    ("insert into hollow select id from a where n > 15", "a", "id=1", "n > 15"),
    ("insert into hollow select id from a where n > 15", "a", "id=2", THERE),
    ("insert or ignore into w select n, t from a where n > 15", "a", "id=2", UNKNOWN),
    ("insert into w select n, t from a where n > 15 on conflict do nothing", "a", "id=2", UNKNOWN),
    ("insert or ignore into w select n, t from a where n > 15", "a", "id=1", "n > 15"),
    ("update or ignore a set id = 4 where n > 15", "a", "id=2", UNKNOWN),
    ("update a set n = k from b where a_id = id and k > 2", "a", "id=1", "k > 2"),
]  # fmt: skip


@pytest.fixture
def connection() -> foundrydb.Connection:
    made = foundrydb.connect(":memory:", isolation_level=None)
    made.executescript(SCHEMA)
    return made


def asks(connection: foundrydb.Connection, sql: str) -> WhyNot:
    return WhyNot(connection, stages.parse(sql)[0], sql)


def key_of(text: str) -> tuple[str, int]:
    column, _, value = text.partition("=")
    return column, int(value)


@pytest.mark.parametrize(("sql", "table", "key", "piece"), CASES)
def test_what_dropped_it(
    connection: foundrydb.Connection, sql: str, table: str, key: str, piece: str
) -> None:
    if piece == "!":
        with pytest.raises(foundrydb.Error):
            connection.execute(sql)
        return
    asked = asks(connection, sql)
    (found,) = asked.ask(table, [key_of(key)])
    answer = found.answer
    if piece == UNKNOWN:
        assert answer.kind == "unknown", answer.text
    elif piece == THERE:
        assert answer.kind == "there", answer.text
    else:
        assert answer.kind == "dropped", answer.text
        ((start, end),) = answer.spans
        assert sql[start:end] == piece


ORACLE = [case for case in CASES if case[0].startswith("select *") and case[3] not in ("!", UNKNOWN)]


@pytest.mark.parametrize(("sql", "table", "key", "piece"), ORACLE)
def test_the_result_without_the_row_differs_where_it_is_there(
    sql: str, table: str, key: str, piece: str
) -> None:
    """C SQLite's answers with and without the row: a dropped row of an inner join is one that changes nothing."""
    if any(word in sql for word in (" left ", " right ", " full ", " limit ", " over ")):
        pytest.skip("here the result may change by the row's absence")
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMA)
    before = sorted(map(repr, connection.execute(sql)))
    column, value = key_of(key)
    connection.execute(f"delete from {'w' if table == 'v' else table} where {column} = {value}")
    after = sorted(map(repr, connection.execute(sql)))
    assert (before != after) == (piece == THERE)


def said(connection: foundrydb.Connection, sql: str, table: str, key: str) -> str:
    (found,) = asks(connection, sql).ask(table, [key_of(key)])
    text: str = found.answer.text
    return text


def test_of_a_query_that_is_a_value_only_the_first_row_counts(connection: foundrydb.Connection) -> None:
    sql = "select * from a where n = (select 10 * k from b where a_id = {} order by k)"
    assert said(connection, sql.format("1"), "b", "k=2").endswith("of which only the first counts")
    assert said(connection, sql.format("1"), "b", "k=3") == "WHERE a_id = 1 is not true"
    for query in ("n = (select max(k) from b)", "n in (select k from b)"):
        assert said(connection, f"select * from a where {query}", "b", "k=2").endswith("of the subquery")


def test_a_row_whose_key_has_a_nul(connection: foundrydb.Connection) -> None:
    connection.executescript("create table k(t primary key, v) without rowid;")
    connection.executemany("insert into k values (?, ?)", [("x\0y", 1), ("x\0z", 2)])
    for value, told in ((1, "WHERE v > 1 is not true"), (2, "it is there")):
        assert told in said(connection, "select v from k where v > 1", "k", f"v={value}")


def test_a_limit_of_one_row_is_told(connection: foundrydb.Connection) -> None:
    assert said(connection, "select id from a order by id limit 1", "a", "id=3").endswith("after 1 row")
    assert said(connection, "select id from a order by id limit 2", "a", "id=3").endswith("after 2 rows")


def test_columns_that_take_the_names_of_the_rowid(connection: foundrydb.Connection) -> None:
    connection.executescript(
        "create table h(rowid, v); insert into h values (5, 1), (5, 2);"
        "create table g(rowid, _rowid_, oid, v); insert into g values (5, 5, 5, 1);"
    )
    found = asks(connection, "select * from h where v > 1").ask("h", [("rowid", 5)])
    assert [each.answer.kind for each in found] == ["dropped", "there"]
    assert found[0].key.text() == "_rowid_ 1"
    with pytest.raises(foundrydb.ProgrammingError, match="hide the rowid"):
        asks(connection, "select * from g").ask("g", [("v", 1)])


def test_several_places_and_rows(connection: foundrydb.Connection) -> None:
    sql = "select * from a x join a y on y.id = x.id + 1 where x.n > 10"
    asked = asks(connection, sql)
    found = asked.ask("a", [("id", 1)])
    assert [(each.occurrence.name, each.answer.kind) for each in found] == [
        ("x", "dropped"),
        ("y", "dropped"),
    ]
    assert [each.answer.kind for each in asked.ask("y", [("id", 3)])] == ["there"]
    many = asks(connection, "select * from b where k > 1")
    assert [each.answer.kind for each in many.ask("b", [("a_id", 1)])] == ["dropped", "there"]


@pytest.mark.parametrize(
    ("sql", "table", "key", "said"),
    [
        ("select 1", "a", "id=1", "reads no table a"),
        ("select * from a", "c", "id=1", "it reads a"),
        ("select * from a", "a", "id=77", "no such row"),
        ("select * from a", "a", "nosuch=1", "no such column: nosuch"),
        ("create table q(x)", "a", "id=1", "no rows that one could be missing from"),
    ],
)
def test_what_cannot_be_asked(
    connection: foundrydb.Connection, sql: str, table: str, key: str, said: str
) -> None:
    with pytest.raises(foundrydb.Error, match=said):
        asks(connection, sql).ask(table, [key_of(key)])


def test_a_view_and_a_recursion(connection: foundrydb.Connection) -> None:
    connection.execute("create view v as select * from a where n > 15")
    with pytest.raises(foundrydb.ProgrammingError, match="v is a view"):
        asks(connection, "select * from v").ask("v", [("id", 1)])
    sql = (
        "with recursive r(i) as (select id from a union all select i + 1 from r where i < 5) select * from r"
    )
    with pytest.raises(foundrydb.ProgrammingError, match="no table a that can be asked about: a row"):
        asks(connection, sql).ask("a", [("id", 1)])
