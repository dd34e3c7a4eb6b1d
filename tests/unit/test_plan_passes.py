"""Each pass: what it changes, what it must leave, and that every plan keeps the invariants."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from differential.engines import Crash, Foundry
from differential.sql import text
from fuzz.step import Step
from fuzz.trial import run
from harness.golden import Golden
from harness.planning import FUNCTIONS, Bench
from harness.soundness import Guard

import foundrydb
from foundrydb.compiler.plan.check import check
from foundrydb.compiler.plan.context import PassContext
from foundrydb.compiler.plan.nodes import Delete, Insert, Node, Update
from foundrydb.compiler.plan.optimizer import PASSES, WATCHERS
from foundrydb.compiler.plan.passes.base import bits_of
from foundrydb.compiler.plan.walk import kinds_of
from foundrydb.compiler.syntax.parser import parse_one
from foundrydb.storage.format.values import UTF8

SCHEMA = """
create table t(a, b, c, d);
create table u(c, d);
create table big(id integer primary key, x text collate nocase, y int, z text, w);
create index big_x on big(x);
create index big_y on big(y, z);
create index big_z on big(z);
create index big_w on big(w) where w is not null;
create index big_e on big(y + 1);
create table wr(k1, k2, v, primary key(k1, k2)) without rowid;
create view plain as select a, b + 1 as b1 from t where c > 0;
create view grouped as select y, count(*) as n from big group by y;
"""

BENCH = Bench(SCHEMA)


def plan(sql: str) -> str:
    return BENCH.plan(sql)


def same(found: str, expected: str) -> None:
    assert found == dedent(expected).lstrip("\n")


# -- folding


def test_constants_are_folded() -> None:
    same(
        plan("select a from t where a > 60 * 60 and 1 = 1 and upper('x') || 'y' = b and 'a' < 'b'"),
        """
        Output a
          Project t.a
            Filter t.a > 3600 AND 'Xy' = t.b
              Scan t
        """,
    )


def test_a_condition_that_never_holds_reads_nothing() -> None:
    same(plan("select a from t where a = 1 and 1 > 2"), "Output a\n  Project t.a\n    Empty t\n")


def test_what_fails_or_varies_is_not_folded() -> None:
    assert "abs(-9223372036854775808)" in plan("select abs(-9223372036854775808)")
    assert "random()" in plan("select random() from t")
    assert "?1 + 1" in plan("select ? + 1")


def test_a_folded_cast_keeps_its_affinity() -> None:
    text = plan("select a from t where a = cast('1' as int)")
    assert "t.a = 1" in text
    assert "IndexScan" in plan("select * from big where z = cast(1 as text)")


# -- subqueries


def test_a_plain_view_dissolves() -> None:
    same(
        plan("select b1 from plain where a = 3"),
        """
        Output b1
          Project t.b + 1
            Filter t.c > 0 AND t.a = 3
              Scan t
        """,
    )


@pytest.mark.parametrize(
    "inner",
    [
        "select a from t limit 3",
        "select distinct a from t",
        "select a from t order by b",
        "select count(*) as a from t",
        "select random() as a from t",
        "select a from t union select c from u",
        "select (select max(c) from u) as a from t",
    ],
)
def test_other_subqueries_stay(inner: str) -> None:
    assert "Derived" in plan(f"select a from ({inner}) s")


def test_computed_columns_stay_where_nulls_may_fill_in() -> None:
    assert "Derived s" in plan("select s.one from t left join (select c, 1 as one from u) s on s.c = t.a")
    assert "Derived" not in plan("select s.d from t left join (select c, d from u) s on s.c = t.a")


# -- outer joins and pushdown


def test_a_left_join_becomes_inner_when_nulls_are_rejected() -> None:
    assert "Join inner" in plan("select * from t left join u on u.c = t.a where u.d > 5")
    assert "Join inner" in plan(
        "select * from t left join u on u.c = t.a where u.d = 5 or u.d between 7 and 9"
    )
    for kept in (
        "u.d is null",
        "coalesce(u.d, 1) = 1",
        "u.d = 5 or t.a = 1",
        "u.d is not 3",
        "not u.d is null or 1",
    ):
        assert "Join left" in plan(f"select * from t left join u on u.c = t.a where {kept}"), kept


def test_conditions_go_down_to_their_table() -> None:
    same(
        BENCH.plan(
            "select * from t, u where t.a > 5 and u.d = 1 and t.b = u.c",
            ("transient_indexes", "order_joins", "materialize"),
        ),
        """
        Output a, b, c, d, c, d
          Project t.a, t.b, t.c, t.d, u.c, u.d
            Join inner on t.b = u.c
              Filter t.a > 5
                Scan t
              Filter u.d = 1
                Scan u
        """,
    )


TRANSITIVE = Bench(
    """
    create table p(i integer, r real, t text, n text collate nocase, b);
    create table q(i integer, r real, t text, n text collate nocase, b);
    """
)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("p.i = q.i and q.i = 5", "p.i = 5"),
        ("q.i = 5 and q.i = p.i", "p.i = 5"),
        ("p.i = q.r and q.r = '5'", "p.i = '5'"),
        ("p.t = q.t and ? = q.t", "p.t = ?1"),
        ("p.n = q.n and q.n = 'A'", "p.n = 'A'"),
        ("p.rowid = q.i and q.i = 5", "p.rowid = 5"),
        ("p.i = q.r and q.r = q.i and q.i = 5", "p.i = 5"),
    ],
)
def test_equality_carries_over(where: str, expected: str) -> None:
    text = TRANSITIVE.change(f"select p.b from p, q where {where}", "transitive_equality")
    assert any(line.startswith("+") and expected in line for line in text.splitlines()), text


@pytest.mark.parametrize(
    "where",
    [
        "p.t = q.i and q.i = 5",  # text and numbers
        "p.n = q.t and q.t = 'a'",  # two collations
        "p.t = q.t and q.t = 'a' collate nocase",
        "p.t = q.t collate nocase and q.t = 'a'",
        "p.b = q.i and q.i = 5",
        "p.i = q.i and q.i > 5",
        "p.i = q.i or q.i = 5",
        "p.i = q.i and q.i = 5 and p.i = 6",
        "p.i = q.i + 0 and q.i = 5",
        "p.i is q.i and q.i = 5",
    ],
)
def test_equality_does_not_carry_over(where: str) -> None:
    assert TRANSITIVE.change(f"select p.b from p, q where {where}", "transitive_equality") == ""


def test_equality_and_outer_joins() -> None:
    on = "select p.b from p left join q on p.i = q.i and q.i = 5"
    assert TRANSITIVE.change(on, "transitive_equality") == ""
    where = "select p.b from p left join q on p.i = q.i where q.i = 5"
    assert "+ Filter p.i = 5" in "".join(TRANSITIVE.change(where, "transitive_equality").split("    "))


def test_conditions_and_outer_joins() -> None:
    same(
        BENCH.plan(
            "select t.a from t left join u on u.c = t.a and u.d = 1 and t.b = 2 where t.c = 3 and u.d is null",
            ("transient_indexes", "materialize"),
        ),
        """
        Output a
          Project t.a
            Filter u.d IS NULL
              Join left on u.c = t.a AND t.b = 2
                Filter t.c = 3
                  Scan t
                Filter u.d = 1
                  Scan u
        """,
    )


def test_conditions_enter_subqueries_and_groups() -> None:
    same(
        plan("select * from grouped where y = 5 and n > 1"),
        """
        Output y, n
          Project grouped.y, grouped.n
            Derived grouped
              Project big.y, count(*)
                Filter count(*) > 1
                  Aggregate count(*) by big.y, sorted
                    IndexScan big using covering big_y (y = 5)
        """,
    )


def test_conditions_do_not_pass_a_limit_or_another_collation() -> None:
    assert "Filter s.a = 1\n      Derived s" in plan("select * from (select a from t limit 5) s where a = 1")
    text = plan("select * from (select x, count(*) from big group by x) s where x = 'a' collate binary")
    assert text.index("Filter") < text.index("Aggregate")


# -- access paths


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("id = 5", "RowidSeek big (id = 5)"),
        ("rowid between 3 and ?", "RowidSeek big (id >= 3 AND id <= ?1)"),
        ("id in (3, 1, 2)", "RowidSeek big (id IN (3, 1, 2))"),
        ("id in (select c from u)", "RowidSeek big (id IN (subquery 1))"),
        ("y = 3", "IndexScan big using big_y (y = 3)"),
        ("y = 3 and z > 'a' and z <= 'b'", "IndexScan big using big_y (y = 3 AND z > 'a' AND z <= 'b')"),
        ("z = 'a' and y is null", "IndexScan big using big_y (y IS NULL AND z = 'a')"),
        ("y in (1, 2) and +w = 3", "IndexScan big using big_y (y IN (1, 2))"),
        ("x = 'a'", "IndexScan big using big_x (x = 'a')"),
        ("'a' = x collate nocase", "IndexScan big using big_x (x = 'a')"),
        ("w = 5", "IndexScan big using big_w (w = 5)"),
        ("y + 1 = 7", "IndexScan big using big_e (<expr> = 7)"),
        ("y = 3 or id = 4", "SeekUnion big"),
        ("x like 'Ab%'", "IndexScan big using big_x (x >= 'Ab' AND x < 'ac')"),
        ("x collate binary like 'A_'", "IndexScan big using big_x (x >= 'A' AND x < 'b')"),
        ("x glob 'Ab*'", "IndexScan big using big_x (x >= 'Ab' AND x < 'ac')"),
        ("z glob 'Ab*'", "IndexScan big using big_z (z >= 'Ab' AND z < 'Ac')"),
        ("y = 3 and z glob 'Ab[c-d]'", "IndexScan big using big_y (y = 3 AND z >= 'Ab' AND z < 'Ac')"),
        ("z glob 'aé*'", "IndexScan big using big_z (z >= 'a' AND z < 'b')"),
        ("x like 'a!%b%' escape '!'", "IndexScan big using big_x (x >= 'a%b' AND x < 'a%c')"),
        ("x like 'ab%' collate binary", "IndexScan big using big_x (x >= 'ab' AND x < 'ac')"),
        ("y > 3", "IndexScan big using big_y (y > 3)"),
        ("y = 3 or y > 700", "SeekUnion big"),
    ],
)
def test_conditions_become_seeks(where: str, expected: str) -> None:
    assert expected in plan(f"select * from big where {where}")


@pytest.mark.parametrize(
    "where",
    [
        "x = 'a' collate binary",  # another collation
        "z = cast(3 as int)",  # text compared as numbers
        "w is null",  # not in the partial index
        "y <> 3",
        "y = id",
        "y not in (1, 2)",
        "y = 3 or x like 'a'",
        "+y = 3",
        "z like 'ab%'",  # an index that tells capitals from small letters
        "w glob 'ab*'",  # a column that may hold numbers
        "x like '%b'",
        "z glob 'é*'",  # an order that depends on the encoding
        "x like '%!a' escape '!'",
        "x like 'ab%' escape z",
        "not x like 'ab%'",
        "x like z",
    ],
)
def test_conditions_that_no_index_serves(where: str) -> None:
    assert "IndexScan" not in plan(f"select * from big where {where}")


@pytest.mark.parametrize(
    ("condition", "where", "used"),
    [
        ("b > 5", "b > 5", True),
        ("b > 5", "b > 6", False),  # only the form counts
        ("b > 5 and c = 1", "c = 1 and b > 5", True),
        ("b > 5 and c = 1", "c = 1", False),
        ("b > 5 or c = 1", "c = 1", True),
        ("b > 5 or c is not null", "c + 1 < 9", True),
        ("b is not null", "b <> 3", True),
        ("b is not null", "-b + 2 > d", True),
        ("b is not null", "b in (1, 2)", True),
        ("b is not null", "1 between b and 3", True),
        ("b is not null", "b not between 1 and 3", True),
        ("b is not null", "1 not between b and 3", False),
        ("b is not null", "b not in (select a from t where 0)", False),
        ("b is not null", "b is not 3", False),
        ("b is not null", "coalesce(b, 3) > 1", False),
        ("b is not null", "b = 1 or c = 1", False),
        ("b is not null", "b is null", False),
        ("b is null", "b is null", True),
    ],
)
def test_partial_indexes(condition: str, where: str, used: bool) -> None:
    bench = Bench(f"create table t(a, b, c, d); create index i on t(a) where {condition}")
    assert ("using i" in bench.plan(f"select * from t where a = 7 and {where}")) == used


def test_an_index_that_has_all_columns_covers() -> None:
    assert "covering big_y" in plan("select z, id from big where y = 3")
    assert "covering" not in plan("select x from big where y = 3")
    assert "covering" not in plan("update big set w = 1 where y = 3")


def test_a_table_without_rowid_is_its_index() -> None:
    assert "IndexScan wr using covering sqlite_autoindex_wr_1 (k1 = 1)" in plan(
        "select v from wr where k1 = 1"
    )


def test_indexed_by() -> None:
    assert "using big_z" in plan("select * from big indexed by big_z where z = 'a' and y = 1")
    assert "Scan big" in plan("select * from big not indexed where y = 1")
    assert "RowidSeek" in plan("select * from big not indexed where id = 1")


# -- joins


def test_the_filtered_table_comes_first() -> None:
    same(
        plan("select t.a from big, t where t.b = big.id and t.a = 1"),
        """
        Output a
          Project t.a
            Join inner
              Filter t.a = 1
                Scan t
              RowidSeek big (id = t.b)
        """,
    )


def test_cross_join_keeps_its_order() -> None:
    text = plan("select t.a from big cross join t where t.b = big.id and t.a = 1")
    assert text.index("big") < text.index("Scan t")


def test_a_left_join_is_not_turned_round() -> None:
    text = plan("select * from t left join big on big.id = t.b join u on u.c = t.a and u.d = 5")
    assert text.index("RowidSeek big (id = t.b)") > text.index("Scan t")


def test_many_tables() -> None:
    tables = ", ".join(f"big b{i}" for i in range(30))
    chain = " and ".join(f"b{i}.id = b{i + 1}.y" for i in range(29))
    text = plan(f"select count(*) from {tables} where {chain} and b29.id = 1")
    assert text.count("RowidSeek") == 30


def test_a_transient_index_where_none_serves() -> None:
    same(
        plan("select 1 from t join u on u.c = t.a where u.d > 0"),
        """
        Output 1
          Project 1
            Join inner
              Scan t
              TransientIndex u (c = t.a)
                Filter u.d > 0
                  Scan u
        """,
    )


def test_a_correlated_subquery_gets_one_too() -> None:
    assert "TransientIndex u (c = t.a)" in plan("select (select max(d) from u where c = t.a) from t")


def test_an_inner_subquery_keeps_its_rows() -> None:
    text = plan("select * from t, (select distinct c from u) s where s.c > t.a")
    assert "Derived s, materialized" in text


def test_common_tables_used_twice_are_shared() -> None:
    text = plan("with w as (select distinct a from t) select * from w x, w y")
    assert text.count("shared as 1") == 2
    assert "shared" not in plan("with w as (select distinct a from t) select * from w")


# -- order


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select * from big order by id desc", "Scan big, descending"),
        ("select * from big where y = 3 order by z desc", "using big_y (y = 3), descending"),
        ("select * from big where y = 3 order by y, z, x", "IndexScan big using big_y (y = 3)"),
        ("select z from big order by z", "using covering big_z"),
        ("select * from big order by x limit 3", "IndexScan big using big_x"),
        ("select max(x) from big", "using covering big_x, descending"),
        ("select x, count(*) from big group by x order by x desc", "using covering big_x, descending"),
        ("select * from big where id = 3 order by w", "RowidSeek big (id = 3)"),
    ],
)
def test_an_index_gives_the_order(sql: str, expected: str) -> None:
    text = plan(sql)
    assert expected in text
    if "order by y, z, x" not in sql:
        assert "Sort" not in text


@pytest.mark.parametrize(
    "sql",
    [
        "select * from big order by z, w",
        "select * from big where y = 3 order by z nulls last",
        "select * from big where y in (1, 2) order by z",
        "select x from big order by x collate binary",
        "select y, z from big order by y, z desc",
    ],
)
def test_an_order_that_no_index_has(sql: str) -> None:
    assert "Sort" in plan(sql)


def test_grouping_in_order() -> None:
    assert "sorted" in plan("select z, y, count(*) from big group by z, y")
    assert "sorted" not in plan("select w, count(*) from big group by w")
    assert "Distinct over 1 columns, sorted" in plan("select distinct z from big")


def test_counting_a_table() -> None:
    assert "CountRows big" in plan("select count(*) from big")
    assert "CountRows" not in plan("select count(*) from big where y = 1")
    assert "CountRows" not in plan("select count(y) from big")


def test_top_k() -> None:
    assert "Sort by b, first 7 rows" in plan("select a, b from t order by b limit 5 offset 2")
    assert "first ?1 rows" in plan("select a, b from t order by b limit ?")
    assert "first" not in plan("select a, b from t order by b limit -1")


# -- grouping


def test_groups_are_hashed_where_no_order_serves() -> None:
    assert "sum(t.b) by t.a, hashed" in plan("select a, sum(b) from t group by a order by a")
    assert "Sort" not in plan("select a, sum(b) from t group by a order by a")
    assert "by big.y, sorted" in plan("select y, count(*) from big group by y")


def test_groups_that_need_all_their_rows_are_sorted() -> None:
    for call in ("count(distinct b)", "group_concat(b)", "sum(b order by c)", "median(b)"):
        assert "hashed" not in plan(f"select a, {call} from t group by a")
    assert "hashed" not in plan("select count(*) from t")


# -- writing


@pytest.mark.parametrize(
    ("sql", "one_pass"),
    [
        ("update big set w = w + 1 where id = 3", True),
        ("update big set z = 'a' where y = 3", False),
        ("update big set w = 1 where y = 3", True),
        ("update big set id = id + 1", False),
        ("update or replace big set w = 1", False),
        ("update big set w = (select max(w) from big)", False),
        ("update big set w = 1 where id in (select y from big)", False),
        ("update wr set k1 = 2", False),
        ("update wr set v = 2", True),
        ("delete from big where y = 3", True),
        ("delete from big where id in (select y from big)", False),
        ("update big set w = (select max(a) from t)", True),
    ],
)
def test_one_pass(sql: str, one_pass: bool) -> None:
    root = BENCH.trace(sql)[-1][1]
    assert isinstance(root, (Update, Delete))
    assert root.one_pass is one_pass


FOLLOWED = """
create table t(id integer primary key, a, b); create table log(x); create table other(x); create index ta on t(a);
create trigger u after update on t begin insert into log values (1); end;
create trigger d before delete on t begin insert into log values (1); end;
create trigger i before insert on t begin insert into log values (1); end;
create table p(k integer primary key); create table c(k references p on delete cascade, q references p);
create index ck on c(k);
create index cq on c(q);
create table e(k integer primary key, up references e on delete set null); create index eu on e(up);
"""


@pytest.mark.parametrize(
    ("more", "sql", "at_once"),
    [
        ("", "update t set a = 1 where b > 2", True),
        ("", "update t set a = 1 where b > abs(id)", False),
        ("", "update t set a = abs(b)", True),
        ("", "update t set b = 1 where a = 2", False),
        ("", "delete from t where b = 1", True),
        ("", "delete from t where a = 1", True),
        ("", "insert into t select null, x, 1 from other", True),
        ("", "insert into t select null, abs(x), 1 from other", False),
        ("", "insert into t select null, random(), 1 from other", False),
        ("", "insert into t select null, x, 1 from log", False),
        ("", "insert into t(a) select a from t", False),
        ("", "delete from p where k > 1", True),
        ("", "delete from e where k > 1", False),
        ("create trigger x after insert on log begin delete from t; end", "update t set a = 1", False),
        ("create trigger x after insert on log begin insert into other values (1); end", "update t set a = 1", True),
        ("create view v as select 1 as x; create trigger x after delete on t begin insert into v values (1); end;"
         "create trigger y instead of insert on v begin update t set b = 1; end", "delete from t where b = 1", False),
    ],
)  # fmt: skip
def test_rows_that_triggers_follow_are_changed_at_once_where_that_is_no_matter(
    more: str, sql: str, at_once: bool
) -> None:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.executescript(f"pragma foreign_keys = on; {FOLLOWED}; {more}")
    statement, _ = parse_one(sql)
    assert statement is not None
    root = connection.engine.preparer.stages(statement, sql).plan
    assert isinstance(root, (Insert, Update, Delete)) and root.events is not None
    assert (not root.kept if isinstance(root, Insert) else root.one_pass) is at_once


# -- all of them

QUERIES = [
    "select a, sum(b)+1, (select max(c) from u where d=t.a) from t left join big on big.id=t.b "
    "where a between 1 and 2 and b in (1,2,3) group by a having count(*)>2 order by 2 desc, b limit 5",
    "select * from plain union select c,d from u order by 1",
    "select * from t where exists (select 1 from u where u.c = t.a and exists (select 1 from big where id = t.b))",
    "select * from t full join u on t.a = u.c right join big on big.id = u.d where big.y = 3",
    "with w as (select a, count(*) n from t group by a) select * from w x join w y on x.a = y.n order by x.n",
    "select distinct x from big where (y, z) = (1, 'a') or y in (select a from t where t.b = big.id)",
    "select (select sum(t.a)) from t",
    "select y, (select count(*) from t where t.a = big.y) from big group by y having max(z) > 'a' order by 2",
    "insert into big(y, z) select a, b1 from plain where b1 in (select y from big) returning id, y",
    "insert into big values (1, 2, 3, 4, 5) on conflict(id) do update set y = excluded.y + y where z > 'a'",
    "update big set y = t.a from t where t.b = big.id returning *",
    "delete from wr where k1 in (select a from t) and k2 > 3",
    "select * from (select a, b from t order by a limit 10) s join grouped g on g.y = s.a where g.n = 1",
    "values (1, (select max(a) from t)), (2, 3)",
]


@pytest.mark.parametrize("sql", QUERIES)
def test_every_plan_keeps_the_invariants(sql: str) -> None:
    for without in [(), *[(item.name,) for item in PASSES]]:
        for name, after in BENCH.trace(sql, without):
            assert check(after) == [], f"after {name} without {without}"


@pytest.mark.parametrize("sql", QUERIES)
def test_a_pass_finds_nothing_where_a_plan_has_not_what_it_needs(sql: str) -> None:
    context = PassContext(BENCH.catalog, FUNCTIONS, UTF8)
    plan = BENCH.build(sql)
    bits = bits_of(kinds_of(plan))
    for item in PASSES:
        after = item.run(plan, context)
        assert after is plan or item.may_find(bits), item.name
        plan = after


def test_what_returning_and_on_conflict_hold_is_looked_at() -> None:
    insert = "insert into t(a) values (1) on conflict do nothing"
    assert "Exists" in kinds_of(BENCH.build(f"{insert} returning exists (select 1 from u)"))
    insert = "insert into big(id) values (1) on conflict (id) do update set y = 2"
    assert "InQuery" in kinds_of(BENCH.build(f"{insert} where y in (select c from u)"))


def test_passes_have_names_and_words() -> None:
    names = [item.name for item in PASSES]
    assert len(set(names)) == len(names) and all(names) and all(item.doc for item in PASSES)


def test_a_pass_can_be_left_out() -> None:
    sql = "select * from big where id = 3"
    assert "RowidSeek" in BENCH.plan(sql)
    assert "RowidSeek" not in BENCH.plan(sql, ("choose_indexes",))


# -- disjunctions, slow conditions


def test_what_all_alternatives_share_stands_beside_them() -> None:
    text = plan("select 1 from t where a = 1 and b = 2 or b = 2 and a > 5")
    assert "Filter t.b = 2 AND (t.a = 1 OR t.a > 5)" in text
    assert "TransientIndex" in plan("select 1 from t, u where a = u.c and b = 2 or a = u.c and b > u.d")


def test_what_an_or_says_of_one_table_sorts_out_its_rows() -> None:
    text = plan("select 1 from t, u where a = 1 and u.d = 2 or a = 3 and u.d > 4")
    assert "Filter t.a = 1 OR t.a = 3" in text
    assert "Filter u.d = 2 OR u.d > 4" in text


@pytest.mark.parametrize(
    "condition",
    [
        "a = 1 or a = 1 and b = 2",
        "a = random() and b = 1 or a = random() and b = 2",
        "a = 1 and b = 2 or a = 3 and c = 4",
    ],
)
def test_other_disjunctions_stay(condition: str) -> None:
    assert BENCH.change(f"select 1 from t where {condition}", "split_disjunctions") == ""


def test_a_condition_that_may_fail_or_costs_much_is_not_asked_twice() -> None:
    text = plan("select 1 from t, u where abs(a) = 1 and u.d = 2 or abs(a) = 3 and u.d > 4")
    assert text.count("abs") == 2
    text = plan(
        "select 1 from t, u where a in (select y from big) and u.d = 2 or a in (select y from big) and u.d > 4"
    )
    assert text.count("IndexScan big") == 2


def test_a_slow_condition_waits_for_a_join_that_sorts_out_rows() -> None:
    slow = "exists (select 1 from big b where b.y = t.a and b.w > t.b)"
    waiting = plan(f"select 1 from t cross join big m on m.id = t.a and m.x = 5 where {slow}")
    assert "Join cross on EXISTS (subquery 1)" in waiting
    early = plan(f"select 1 from t cross join u on u.c < t.a where {slow}")
    assert "Filter EXISTS (subquery 1)" in early


def test_a_slow_condition_goes_to_its_table_when_the_order_changes() -> None:
    text = plan(
        "select 1 from big, t where big.id = t.a and exists (select 1 from u where u.c > t.b) and t.c = 1"
    )
    assert text.index("EXISTS") > 0
    assert "RowidSeek big" in text


def test_a_watcher_is_shown_the_plan_after_every_pass() -> None:
    seen: list[tuple[str, Node]] = []

    def look(name: str, plan: Node) -> None:
        seen.append((name, plan))

    WATCHERS.append(look)
    try:
        trace = BENCH.trace("select b1 from plain where a = 60 * 60")
    finally:
        WATCHERS.remove(look)
    assert len(trace) > 3
    assert [(name, id(plan)) for name, plan in seen] == [(name, id(plan)) for name, plan in trace]


def test_an_unsound_plan_fails_by_the_name_of_its_pass() -> None:
    guard = Guard()
    sound = BENCH.build("select a from t")
    (headless,) = sound.children()
    guard.look("top-k", sound)
    with pytest.raises(AssertionError, match=r"not sound after top-k: a statement's root is Project"):
        guard.look("top-k", headless)


def test_an_aggregate_that_the_statement_has_misplaced_is_no_pass_of_ours() -> None:
    guard = Guard()
    wrong = BENCH.build("select max((select count(t.a) from u)) from t")
    guard.look("build", wrong)
    guard.look("top-k", wrong)
    guard.look("build", BENCH.build("select a from t"))
    with pytest.raises(AssertionError, match="not sound after top-k: an aggregate call is left in a Project"):
        guard.look("top-k", wrong)


def test_plans_are_checked_while_a_statement_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(plan: Node) -> list[str]:
        return ["refused"]

    monkeypatch.setattr("harness.soundness.check", refuse)
    engine = Foundry(":memory:")
    try:
        outcome = engine.execute("SELECT 1")
    finally:
        engine.close()
    assert isinstance(outcome, Crash) and "after build: refused" in outcome.text
    found = run([Step(text("SELECT 1"))])
    assert found is not None and "after build: refused" in found.detail
    golden = Golden(Path("none.golden"), ["# Why: none\n"], {"sql": "SELECT 1", "result": ""})
    with pytest.raises(AssertionError, match="after build: refused"):
        golden.outputs()


def test_a_join_on_the_right_side_is_kept() -> None:
    text = plan("select * from t left join (u join big on u.c = big.z) on t.a = u.d")
    assert "TransientIndex u, big (d = t.a)" in text or "TransientIndex big, u (d = t.a)" in text
    assert "Spool" in plan("select * from t left join (u x join u y on x.c < y.c) on t.a < x.d")
    assert "Spool" not in plan("select * from t left join u on t.a < u.d")


def test_a_left_join_that_nobody_reads_is_left_out() -> None:
    assert "big" not in plan("select t.a from t left join big on big.id = t.b")
    assert "big" in plan("select t.a from t left join big on big.x = t.b")
    assert "big" not in plan("select distinct t.a from t left join big on big.x = t.b")
    assert "big" not in plan("select max(t.a) from t left join big on big.x = t.b")
    for read in (
        "select count(*) from t left join big on big.x = t.b",
        "select t.a from t left join big on big.id = t.b where big.y is null",
        "select t.a, (select big.x) from t left join big on big.id = t.b",
        "select t.a from t left join big on big.id = t.b join u on u.c = big.x",
        "select distinct t.a, random() from t left join big on big.x = t.b",
        "select distinct a from (select t.a from t left join big on big.x = t.b limit 3)",
    ):
        assert "big" in plan(read), read
