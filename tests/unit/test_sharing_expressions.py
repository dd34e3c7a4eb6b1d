"""Expressions that are evaluated once a row: how often functions are called, and that nothing else is evaluated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import apsw
import pytest
from harness.switches import leave_out

import foundrydb

ROWS = 6

SCHEMA = """
create table t(id integer primary key, a, b);
insert into t values (1, 'x', 1), (2, 'Y', null), (3, null, 3), (4, '-5', -5), (5, 'zz', 9223372036854775807),
  (6, '{"k": 1}', 2);
create table u(id integer primary key, c);
insert into u values (1, 'x'), (2, 'y'), (3, 'x'), (4, 'zz');
"""


@pytest.fixture
def calls() -> Counter[object]:
    return Counter()


@pytest.fixture
def connection(calls: Counter[object]) -> Iterator[foundrydb.Connection]:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.executescript(SCHEMA)

    def noted(value: object) -> object:
        calls[value] += 1
        return f"<{value}>"

    connection.create_function("f", 1, noted, deterministic=True)
    connection.create_function("g", 1, noted)
    yield connection
    connection.close()


@pytest.mark.parametrize(
    "sql, expected",
    [
        ("select f(id), f(id) || '!' from t", 1),
        ("select f(id) from t where f(id) > '' order by f(id) || 'x', f(id)", 1),
        ("select f(id), count(f(id)), max(f(id) || 'x') from t group by f(id)", 1),
        ("select sum(length(f(id))), max(length(f(id))), min(f(id)) filter (where f(id) > '') from t", 1),
        ("select distinct f(id), length(f(id)) from t", 1),
        ("select f(t.id), u.id from t cross join u on u.c >= '' where f(t.id) < u.c || 'zzz'", 1),
        ("select f(t.id) || 1, f(t.id) || u.id from t left join u on u.c = t.a", 1),
        ("select case f(id) when '' then 1 when f(id) then f(id) || 2 end from t", 1),
        ("select y, y || y || y from (select f(id) as y, a from t) where y > '<'", 1),
        ("select f(id) || 'a', (select f(t.id)) from t", 2),
        ("select g(id), g(id) from t", 2),
        ("select f(id), f(id + 0) from t", 2),
    ],
)
def test_calls(connection: foundrydb.Connection, calls: Counter[object], sql: str, expected: int) -> None:
    connection.execute(sql).fetchall()
    assert calls == {i: expected for i in range(1, ROWS + 1)}
    calls.clear()
    leave_out(connection, ["share_expressions"])
    connection.execute("/* apart */ " + sql).fetchall()
    assert sum(calls.values()) >= expected * ROWS


@pytest.mark.parametrize(
    "sql, expected",
    [
        ("select case when id > 3 then f(id) || f(id) end from t", {4: 1, 5: 1, 6: 1}),
        ("select id from t where id > 4 and f(id) > '' and f(id) < '~'", {5: 1, 6: 1}),
        ("select coalesce(b, f(id)), coalesce(a, f(id)) from t", {2: 1, 3: 1}),
        (
            "select iif(b is null, f(id), 0), iif(b is null, 0, length(f(id))) from t where id < 3",
            {1: 1, 2: 1},
        ),
        ("select id from t where id = 1 or f(id) is null or f(id) = '<3>'", {2: 1, 3: 1, 4: 1, 5: 1, 6: 1}),
        ("select f(id), f(id) from t limit 2", {1: 1, 2: 1}),
        ("select count(*) filter (where id > 5 and f(id) > ''), sum(id > 5 and f(id) > '') from t", {6: 1}),
    ],
)
def test_only_where_it_is_needed(
    connection: foundrydb.Connection, calls: Counter[object], sql: str, expected: dict[int, int]
) -> None:
    connection.execute(sql).fetchall()
    assert calls == expected


def must(value: object) -> object:
    """Fails for one value."""
    if value == "zz":
        raise ValueError(value)
    return value


ERRORS = [
    "select abs(b - 1 - 9223372036854775806) || a || a, abs(b) || a || a from t where b < 0 or id = 5",
    "select abs(b - 9223372036854775803) || 'x', abs(b - 9223372036854775803) || 'y' from t",
    "select case when b > -9 then abs(b) + length(a) end, abs(b) + length(a) from t order by id limit 4",
    "select must(a), must(a) || 'x' from t where id = 5",
    "select must(a), must(a) || 'x' from t",
    "select case when id = 5 then must(a) || must(a) end from t",
    "select coalesce(b, must(a)), ifnull(b, must(a) || 1) from t where id <> 2",
    "select iif(id = 5, must(a), 0), id = 5 and must(a) is not null from t",
    "select id from t where id = 5 and must(a) like '{%' and must(a) > '' or id < 3",
    "select sum(length(must(a))), max(must(a)) from t where id in (3, 6)",
    "select printf('%d', b) || 'a', printf('%d', b) || 'b' from t",
    "select cast(a as integer) + 1, cast(a as integer) * 2, cast(a as integer) from t",
    "select lower(a), lower(a) = 'y', lower(a) collate nocase = 'Y' from t order by lower(a)",
    "select u.c, lower(t.a) from t left join u on u.c = lower(t.a) and lower(t.a) <> 'zz' order by t.id, u.id",
    "select lower(u.c), upper(lower(u.c)) from t left join u on u.c = lower(t.a) order by t.id, u.id",
    "select lower(u.c), upper(lower(u.c)) from u right join t on u.c = lower(t.a) order by t.id, u.id",
    "select lower(t.a || u.c), length(lower(t.a || u.c)) from t full join u on u.c = t.a order by 1, 2, t.id, u.id",
    "select lower(a) k, count(*), max(lower(a)), length(lower(a)) from t group by lower(a) having lower(a) > '-'",
    "select lower(a) from t where lower(a) > 'a' union all select lower(c) || lower(c) from u where lower(c) > 'x'",
    "select lower(a) || 1, lower(a) || 2 from (select max(a) a from t group by b having lower(max(a)) < 'z')",
    "select (select lower(t.a) || lower(u.c) || lower(u.c) from u where lower(u.c) = lower(t.a)), lower(a) from t",
    "select id from t where exists (select 1 from u where lower(u.c) = lower(t.a) and lower(t.a) = lower(u.c))",
    "select distinct lower(a) || 'a', lower(a) || 'b' from t order by lower(a) || 'b'",
    "select lower(a) in ('x', 'y', 'zz', 'w'), lower(a) between 'x' and 'y', lower(a) like 'x%' from t",
    "select lower(t.a), a.lowered, lower(a.lowered) from t, (select lower(c) lowered, id from u) a where a.id = t.id",
]


@pytest.mark.parametrize("sql", ERRORS)
def test_as_sqlite(connection: foundrydb.Connection, sql: str) -> None:
    theirs = apsw.Connection(":memory:")
    theirs.execute(SCHEMA)
    theirs.create_scalar_function("must", must, 1, deterministic=True)  # type: ignore[arg-type]
    connection.create_function("must", 1, must, deterministic=True)
    try:
        wanted: object = sorted(map(repr, theirs.execute(sql)))
    except (apsw.Error, ValueError) as problem:
        wanted = str(problem) if isinstance(problem, apsw.Error) else "error"
    try:
        got: object = sorted(map(repr, connection.execute(sql).fetchall()))
    except foundrydb.Error as problem:
        got = "error" if "user-defined" in problem.message else problem.message
    assert got == wanted


def test_changes(connection: foundrydb.Connection, calls: Counter[object]) -> None:
    connection.execute("update t set a = f(id) || f(id), b = length(f(id)) where f(id) <> '<3>'")
    assert calls == {i: 1 if i == 3 else 2 for i in range(1, 7)} or calls == {i: 1 for i in range(1, 7)}
    calls.clear()
    connection.execute("insert into t(a, b) select f(id) || f(id), f(id) from t where id < 3")
    assert calls == {1: 1, 2: 1}
    rows = connection.execute("select a, b from t where id <> 6 and id < 8 order by id").fetchall()
    assert rows == [("<1><1>", 3), ("<2><2>", 3), (None, 3), ("<4><4>", 3), ("<5><5>", 3), ("<1><1>", "<1>")]
