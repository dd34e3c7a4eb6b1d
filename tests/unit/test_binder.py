"""Names, functions and shapes of statements: errors word for word, columns named as C SQLite names them."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.planning import Bench

from foundrydb.compiler.plan.nodes import Output
from foundrydb.errors import Error

SCHEMA = """
create table t(a, b);
create table u(c text, d);
create table n(id integer primary key, x text collate nocase, y int);
create table wr(a primary key, b) without rowid;
create view v(p, q) as select 1;
create view v2 as select * from v2;
create view v3 as select a, b+1 from t;
create view v4 as select zz from t;
create view v5 as select * from nope;
"""

LINES = (Path(__file__).parent / "binder_statements.sql").read_text().splitlines()
STATEMENTS = [line for line in LINES if line and not line.startswith("--")]

BENCH = Bench(SCHEMA)


@pytest.mark.parametrize("sql", STATEMENTS)
def test_errors_are_those_of_c_sqlite(sql: str) -> None:
    assert BENCH.error(sql) == BENCH.oracle_error(sql)


NAMED = [
    "select a, A, t.a, main.t.a, a as z, a+1,  a  +  1 , 'x', \"a\", [a], count(*), max( a ) from t",
    "select * from t join u on a = c",
    "select t.*, u.* from t, u",
    "select rowid, oid, id from n",
    "select rowid, _rowid_ from t",
    "select * from v3",
    "select * from (select a, a, a+1, (select 1), 'x' y from t)",
    "select * from (select a collate nocase, +a from t)",
    "select a collate nocase from t",
    "select a from t union select c from u",
    "values (1, 2), (3, 4)",
    "select * from (values (1, 2), (3, 4))",
    "with w(p, q) as (select a, b from t) select q, p, * from w",
    "select * from t natural join (select 1 as b, 2 as c)",
    "select * from t t1 join t t2 using (b)",
    "select * from t t1 full join t t2 using (b)",
    "select (select a from t), exists (select 1), a in (1) from t",
    "select case a when 1 then 2 end, cast(a as int), not a, -a, a is null from t",
    "select b as a, a as b from t group by 1, 2 order by a",
    "insert into n(x) values ('1') returning id, x || 'y', *",
]


@pytest.mark.parametrize("sql", NAMED)
def test_columns_are_named_as_in_c_sqlite(sql: str) -> None:
    names: list[str] = []

    def trace(cursor: object, statement: str, bindings: object) -> bool:
        names.extend(column[0] for column in cursor.description)  # type: ignore[attr-defined]
        return True

    BENCH.con.exec_trace = trace
    BENCH.con.execute("begin")
    BENCH.con.execute(sql)
    BENCH.con.exec_trace = None
    BENCH.con.execute("rollback")
    plan = BENCH.build(sql)
    columns = plan.columns if isinstance(plan, Output) else plan.returning_columns  # type: ignore[attr-defined]
    assert [column.name for column in columns] == names


def hint(sql: str) -> str | None:
    with pytest.raises(Error) as caught:
        BENCH.build(sql)
    return caught.value.hint


def test_near_names_are_proposed() -> None:
    wide = Bench("create table customers(name, street, city)")
    for sql, expected in (
        ("select nmae from customers", 'did you mean "name"?'),
        ("select * from customer", 'did you mean "customers"?'),
        ("select lenght(name) from customers", 'did you mean "length"?'),
        ("update customers set citty = 1", 'did you mean "city"?'),
        ("select c.stret from customers c", 'did you mean "street"?'),
        ("select xyz from customers", None),
    ):
        with pytest.raises(Error) as caught:
            wide.build(sql)
        assert caught.value.hint == expected, sql


def test_errors_know_their_place() -> None:
    sql = "select a, nope from t"
    with pytest.raises(Error) as caught:
        BENCH.build(sql)
    assert sql[caught.value.offset : caught.value.offset + caught.value.length] == "nope"


def test_an_error_within_a_view_has_no_place_in_the_statement() -> None:
    with pytest.raises(Error) as caught:
        BENCH.build("select * from v4")
    assert caught.value.offset == -1


def test_an_unused_common_table_is_not_looked_at() -> None:
    assert BENCH.error("with w as (select nope from nowhere) select 1") == ""


def test_depth() -> None:
    deep = "select " + "+".join(["a"] * 1000) + " from t"
    assert BENCH.error(deep) == BENCH.oracle_error(deep) == ""
    BENCH.plan(deep)
    nested = "select * from " + "(select * from " * 200 + "t" + ")" * 200
    BENCH.plan(nested)


def test_long_lists() -> None:
    items = ", ".join(str(i) for i in range(5000))
    assert "… 4988 more" in BENCH.plan(f"select a from t where a in ({items})")
    terms = " or ".join(f"a = {i}" for i in range(900))
    assert "Scan t" in BENCH.plan(f"select a from t where {terms}")
