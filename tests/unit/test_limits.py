"""Limits that a connection lowers: what it then refuses is what the newest SQLite refuses, in its words."""

from __future__ import annotations

import apsw
import pytest

import foundrydb
from foundrydb.engine.options.constants import LIMITS

LONG = "x" * 60
TEN = "x" * 10
SCHEMA = f"""
create table t(a, b, c);
insert into t values ('q', 'w', 'e'), ('abc', 'abcdef', 'x');
create table w(a, b, c, d);
create table five(a, b, c, d, e);
create table big(a);
insert into big values ('{LONG[:23]}'), ('{LONG[:23]}');
create table long(a);
insert into long values ('{LONG}');
create table r(n);
create trigger tr after insert on r when new.n > 0 begin insert into r values (new.n - 1); end;
pragma recursive_triggers = on;
"""
SIX = " + 1" * 6
QUERIES = {
    ("LENGTH", 40): (
        *(f"select length({f}('{TEN * 4}')) as n" for f in ("upper", "lower", "trim", "printf", "quote")),
        *(
            f"select length({f}('{TEN * 4}')) as n"
            for f in ("group_concat", "max", "unistr", "strftime", "concat")
        ),
        *(f"select length({f}('{LONG[:39]}')) as n" for f in ("upper", "lower", "printf", "group_concat")),
        *(f"select length(hex(zeroblob({size}))) as n" for size in (19, 20, 21)),
        *(f"select length(quote('{LONG[:size]}')) as n" for size in (36, 37, 38, 39)),
        *(f"select length('{LONG[:size]}')" for size in (29, 30, 31, 32, 33)),
        f"select 1 as {LONG[:40]}",
        f"select 1 as {LONG[:41]}",
        "select zeroblob(50)",
        f"select '{LONG}'",
        "select x'" + "61" * 50 + "'",
        f"select '{TEN}{TEN}' || '{TEN}'",
        f"select '{TEN}{TEN}' || '{TEN}{TEN}x'",
        "select length(hex(zeroblob(30)))",
        f"insert into t(a) values ('{TEN}{TEN}{TEN}{TEN}')",
        f"insert into t(a) values ('{TEN}{TEN}{TEN}')",
        f"insert into t values ('{TEN}x', '{TEN}x', '{TEN}{TEN}')",
        "update t set a = printf('%50d', 1)",
        "select group_concat(a) from big",
        "select a from long",
        "select length(a) from long",
        "select count(*) from long",
        "select 1 from long where a like 'x%'",
        f"select json_array('{TEN}{TEN}', '{TEN}{TEN}')",
        "select * from t order by a",
        "create table yy(a, b, c, d, e, f, g, h, i, j, k, l, m, n)",
        f"update t set a = '{TEN}{TEN}{TEN}', b = 'seven77' where rowid = 1",
        f"update t set a = '{TEN}{TEN}{TEN}', b = 'four' where rowid = 1",
        f"update t set a = '{TEN}{TEN}{TEN}', b = 12345678901 where rowid = 1",
        "update t set c = zeroblob(40) where a = 'abc'",
    ),
    ("COLUMN", 2): (
        "select 1, 2",
        "create index i on absent(a, b, c)",
        "create index tr.i on t(a, b, c)",
        "create index t on t(a, b, c)",
        "create index if not exists i on t(a, b, c)",
        "create table t(a, b, c)",
        "select 1 from absent order by 1, 1, 1",
        "select 1 from absent group by 1, 1, 1",
        "create index j on t(a, b, c)",
    ),
    ("EXPR_DEPTH", 3): (
        *("select a in (1) from t", "select a in (1 + 1) from t", "select a not in (1) from t"),
        *(
            "select a in (-1) from t",
            "select a + 1 in (1) from t",
            "select a in (b) from t",
            "select a in () from t",
        ),
        *("select a not in (b + 1) from t", "select a in (1) and b from t", "select a in (abs(1)) from t"),
        *(
            "select (a, b) = (1, 2) from t",
            "select (a, b) < (a + 1 + 1, b) from t",
            "select a + 1 in () from t",
        ),
        *("select (a + 1 + 1 + 1, b) = (1, 2) from t", "select (a, b) in (select 1, 2) from t"),
        *("select (a, b) between (1, 2) and (3, 4) from t", "select not (a, b) = (1, 2) from t"),
    ),
    ("COLUMN", 5): (
        "alter table t add column d",
        "alter table five add column f",
        "alter table five add column f default 1",
        "select count(*) from (select * from t, w)",
        "select a from (select * from t, w)",
        "select exists (select * from t, w)",
        "select (select a from (select * from t, w))",
        "with c as (select 1, 2, 3, 4, 5, 6) select 1",
        "with c as (select 1, 2, 3, 4, 5, 6) select 1 from c",
        "create table c as select * from t, w",
        "create table c as select * from t",
        "create view v as select 1, 2, 3, 4, 5, 6",
        "create view v as select * from t, w",
        "create view v as select 1 from t group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6",
        "create trigger x after insert on t begin select 1, 2, 3, 4, 5, 6; end",
        "create table c(a, b, unique (a, b, a, b, a, b))",
        "create table c(a, b, primary key (a, b, a, b, a, b))",
        "select row_number() over (order by a, b, c, a, b, c) from t",
        "select row_number() over (partition by a, b, c, a, b, c) from t",
        "select row_number() over (partition by a, b, c order by a, b, c) from t",
        "select row_number() over (partition by a, b order by a, b, c) from t",
        "select count(*) over x from t window x as (partition by a, b, c order by a, b, c)",
        "select 1 from t window x as (partition by a, b, c order by a, b, c)",
        "select group_concat(a order by a, b, c, a, b, c) from t",
        "delete from t where a in (select a from five order by a, b, c, d, e, a)",
    ),
    ("COLUMN", 3): (
        "select 1, 2, 3",
        "select 1, 2, 3, 4",
        "values (1, 2, 3, 4)",
        "select * from w",
        "select * from t join t as u using (a)",
        "select * from (select * from w)",
        "create table c(a, b, c, d)",
        "create index i on w(a, b, c, d)",
        "create table foo as select 1, 2, 3, 4",
        "select 1 from t group by 1, 2, 3, 4",
        "select 1 from t order by a, b, c, a",
        "update w set a = 1, b = 2, c = 3, d = 4",
        "insert into w values (1, 2, 3, 4)",
        "insert into t values (1, 2, 3) returning a, b, c, a",
        "select 1 in (1, 2, 3, 4, 5)",
    ),
    ("EXPR_DEPTH", 5): (
        "select 1 + 1 + 1 + 1 + 1",
        f"select 1{SIX}",
        "select ((((((1))))))",
        "select not not not not not not 1",
        "select - - - - - - -1",
        "select abs(abs(abs(abs(abs(abs(1))))))",
        "select (select (select (select 1)))",
        "select (select (select 1))",
        "select exists (select 1 where 1 + 1 + 1)",
        "select exists (select 1 where 1 + 1 + 1 + 1)",
        "select * from t where a = 1 or a = 2 or a = 3 or a = 4 or a = 5",
        "select * from t where a not in (1, 2, 3, 4, 5, 6)",
        "select * from t where a in (select a + 1 from t where a = 1 and b = 2)",
        "select 1 between 1 + 1 and 2 + 1 + 1 + 1 + 1",
        "select case when case when case when case when 1 then 1 end then 1 end then 1 end then 1 end",
        "select cast(cast(cast(cast(cast(1 as text) as text) as text) as text) as text)",
        "select 1 collate nocase collate nocase collate nocase collate nocase collate nocase",
        f"create table ck(a check (a{SIX}))",
        f"create view vd as select 1{SIX}",
        f"insert into t(a) values (1{SIX})",
        f"select 1 from t order by 1{SIX}",
        f"select 1 limit 1{SIX}",
        f"update t set a = 1{SIX}",
        "select 1 limit 1 + 1 + 1 + 1 + 1",
        "select 1 limit 1 + 1 + 1 + 1",
        f"select row_number() over (order by a{SIX}) from t",
        "select row_number() over (order by a + 1 + 1 + 1 + 1) from t",
        f"select row_number() over (partition by a{SIX}) from t",
        f"select count(*) over (order by a rows 1{SIX} preceding) from t",
        f"select count(*) over x from t window x as (order by a{SIX})",
        f"select count(*) filter (where a{SIX}) from t",
        "select count(*) filter (where a + 1 + 1 + 1 + 1) from t",
        "select max(a + 1 + 1 + 1) filter (where a + 1 + 1 + 1) from t",
        "select max(a + 1 + 1 + 1 + 1) filter (where a + 1 + 1 + 1 + 1) from t",
        f"select group_concat(a order by a{SIX}) from t",
        "select group_concat(a order by a + 1 + 1 + 1 + 1) from t",
    ),
    ("COMPOUND_SELECT", 2): (
        "select 1 union select 2",
        "select 1 union select 2 union select 3",
        "values (1), (2), (3)",
        "insert into t(a) select 1 union select 2 union select 3",
        "select 1 where 1 in (select 1 union select 2 union select 3)",
    ),
    ("FUNCTION_ARG", 2): (
        "select max(1, 2)",
        "select max(1, 2, 3)",
        "select nosuch(1, 2, 3)",
        "select 'a' like 'b'",
        "select 'a' like 'b' escape 'c'",
    ),
    ("ATTACHED", 1): ("attach ':memory:' as y", "attach ':memory:' as z"),
    ("LIKE_PATTERN_LENGTH", 5): (
        "select 'a' like 'aaaaa'",
        "select 'a' like 'aaaaaa'",
        "select 'a' not like 'üüü'",
        "select glob('aaaaaa', 'a')",
        "select 'a' like 'aaaaaa' escape '!'",
        "select 1 from t where a like 'abcdef%'",
        "select a like b from t",
        "select a glob b from t",
        "select 'a' like x'616161616161'",
        "select null like 'aaaaaa'",
        "select 'a' like null",
        "select null glob 'aaaaaa'",
        "select null like 'aaaaaa' escape null",
        "select 'a' like 'aaaaaa' escape null",
        "select 'a' like 'aaaaaa' escape 'xx'",
        "select null like 123456",
        "select 1 from t where null like 'aaaaaa'",
    ),
    ("VARIABLE_NUMBER", 3): (
        *(
            "select ?4",
            "select ?, ?, ?, ?",
            "select :a, :b, :c, :d",
            "select ?3, ?",
            "select ?0",
            "select ?99999",
        ),
        *("select ?123456789012", "select ?0004", "create table c(a default (?0))"),
    ),
    ("TRIGGER_DEPTH", 2): tuple(f"insert into r values ({n})" for n in range(5)),
}


def answer(connection: apsw.Connection | foundrydb.Connection, sql: str) -> list[str] | str:
    connection.execute("savepoint s")
    try:
        return sorted(map(repr, connection.execute(sql).fetchall()))
    except (apsw.Error, foundrydb.Error) as problem:
        return str(problem).removeprefix(f"{type(problem).__name__}: ")
    finally:
        connection.execute("rollback to s")
        connection.execute("release s")


@pytest.fixture
def theirs() -> apsw.Connection:
    connection = apsw.Connection(":memory:")
    connection.execute(SCHEMA)
    return connection


@pytest.fixture
def ours() -> foundrydb.Connection:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.executescript(SCHEMA)
    return connection


@pytest.mark.parametrize(("limit", "queries"), QUERIES.items())
def test_as_sqlite_refuses(
    limit: tuple[str, int], queries: tuple[str, ...], theirs: apsw.Connection, ours: foundrydb.Connection
) -> None:
    name, value = limit
    number = LIMITS[f"SQLITE_LIMIT_{name}"]
    if name not in ("ATTACHED", "TRIGGER_DEPTH"):
        for sql in queries:  # what is compiled, or known, before, makes no difference
            answer(ours, sql)
    theirs.limit(number, value)
    before = ours.setlimit(number, value)
    assert ours.getlimit(number) == value
    answers = {sql: (answer(ours, sql), answer(theirs, sql)) for sql in queries}
    assert {sql: told[0] for sql, told in answers.items()} == {sql: told[1] for sql, told in answers.items()}
    if name not in ("ATTACHED", "TRIGGER_DEPTH"):
        assert any(isinstance(told, str) for told, _ in answers.values())
        assert any(isinstance(told, list) for told, _ in answers.values()) or name == "VARIABLE_NUMBER"
    assert ours.setlimit(number, before) == value
    theirs.limit(number, before)
    for sql in queries if name != "VARIABLE_NUMBER" else ():
        assert answer(ours, sql) == answer(theirs, sql)


def test_the_lowest_length(ours: foundrydb.Connection, theirs: apsw.Connection) -> None:
    number = LIMITS["SQLITE_LIMIT_LENGTH"]
    for length in (0, 29, 30, 31):
        ours.setlimit(number, length)
        theirs.limit(number, length)
        assert ours.getlimit(number) == theirs.limit(number)
        for size in (30, 31):
            sql = f"select zeroblob({size})"
            assert answer(ours, sql) == answer(theirs, sql)


def test_a_long_program(ours: foundrydb.Connection) -> None:
    ours.setlimit(LIMITS["SQLITE_LIMIT_VDBE_OP"], 5)
    assert answer(ours, "select 1") == ["(1,)"]
    assert answer(ours, "select a, b from t where a > 1 and b < 2 order by c") == "out of memory"


def test_long_sql(ours: foundrydb.Connection) -> None:
    """A text as a whole where the standard library looks at that, and each statement where it is prepared."""
    ours.setlimit(LIMITS["SQLITE_LIMIT_SQL_LENGTH"], 30)
    assert answer(ours, "select 1 /* " + LONG + " */") == "query string is too large"
    prepared, end = ours.engine.prepare("select 1;" * 10)
    assert prepared is not None and end == 9
    with pytest.raises(foundrydb.DataError, match="string or blob too big"):
        ours.engine.prepare(f"select '{'ü' * 15}'")


def test_functions_of_the_users_stay(ours: foundrydb.Connection) -> None:
    ours.create_function("like", 2, lambda pattern, text: "own")
    ours.setlimit(LIMITS["SQLITE_LIMIT_LIKE_PATTERN_LENGTH"], 5)
    assert answer(ours, "select 'a' like 'aaaaaa'") == ["('own',)"]
    ours.execute("pragma case_sensitive_like = on")
    assert answer(ours, "select 'a' like 'aaaaaa'") == "LIKE or GLOB pattern too complex"
    assert answer(ours, "select 'a' like 'A', 'a' like 'a'") == ["(0, 1)"]
