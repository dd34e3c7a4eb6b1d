"""Expressions that an index holds, read from there wherever that is the same: rows are those of C SQLite."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from harness.side_by_side import SideBySide

import foundrydb
from foundrydb.compiler.plan.dump import dump_text

SCHEMAS = {
    "plain": """
        create table t(id integer primary key, a, b text, j);
        create index e1 on t(lower(b)); create index e2 on t(a + 1, b); create index e3 on t(j ->> 'k');
        create index e4 on t(coalesce(a, 'none')); create index e5 on t(abs(-2))
    """,
    "descending, with collations": """
        create table t(id integer primary key, a, b text collate nocase, j);
        create index e1 on t(lower(b) collate rtrim desc); create index e2 on t(id, a + 1 desc);
        create index e3 on t(j ->> 'k' collate nocase, a); create index e4 on t(a, coalesce(a, 'none'))
    """,
    "without rowids, cast": """
        create table t(id primary key, a, b text, j) without rowid;
        create index e1 on t(lower(b)); create index e2 on t(cast(a as real)); create index e3 on t(j ->> 'k');
        create index e4 on t(cast(a as integer), coalesce(a, 'none'))
    """,
    "partial and unique": """
        create table t(id integer primary key, a, b text, j, g as (a + 1));
        create index e1 on t(lower(b)) where a > 1; create unique index e2 on t(a + 1, id);
        create index e3 on t(json_extract(j, '$.k')); create index e4 on t(coalesce(a, 'none'), g)
    """,
}

EXPRESSIONS = (
    "lower(b)", "a + 1", "j ->> 'k'", "json_extract(j, '$.k')", "coalesce(a, 'none')", "cast(a as real)",
    "cast(a as integer)", "abs(-2)",
)  # fmt: skip

QUERIES = (
    "select {0} from t",
    "select {0}, typeof({0}) from t order by {0}, id",
    "select {0}, {1} from t order by {0}, {1}",
    "select {0} from t where {0} > 2 order by 1",
    "select {0} || {1}, id from t where {0} = 'amen' order by id",
    "select {0}, count(*), sum({1}) from t group by {0} order by 1",
    "select count(distinct {0}), min({1}) from t",
    "select max({0}), min({0}) from t",
    "select distinct {0} from t order by 1",
    "select max({0}) from t where a > 1",
    "select {0} from t where {0} in (2, 'amen', 'none') and {1} is not null order by id",
    "select json_array({0}, {0} > 'b') from t order by {0}, id",
    "select json_group_array({0}) from t where {0} is null",
    "select x, {0} from u left join t on {0} = x order by 1, 2",
    "select x, {0}, {1} is null from u left join t on a = x order by x, 2, 3",
    "select x, {0} from t right join u on {1} = x order by 1, 2",
    "select count({0}) from u full join t on {0} = x",
    "select x, (select {0} from t where {1} = x order by id limit 1), exists (select 1 from t where {0} = x) from u",
    "select {0}, (select count(*) from u where x = {0}) from t order by 1, id",
    "select x from u where x in (select {0} from t)",
    "select {0}, row_number() over (order by {0}, id), sum({1}) over (order by {0} range 1 preceding) "
    "from t where typeof({0}) <> 'text'",
    "select {0} collate nocase from t order by {0} collate nocase, id",
    "select a.id, b.id from t a join t b on lower(a.b) = lower(b.b) order by 1, 2",
    "select {0} from t union select {1} from t order by 1",
    "with c as materialized (select {0} as v from t where {0} > 1) select v from c order by v",
    "select {0} from t where {0} > 1 or {1} = 2 order by id",
    "select {0} from t where a > 1 and {0} >= 'a' order by {0} desc limit 3",
)

CHANGES = (
    "insert into u select {0} from t where {0} > 1",
    "update t set j = {0} where {0} = 2",
    "delete from t where {0} = 'none'",
    "update t set a = {0} where {0} > 1 and id > 3",
    "insert into t(id, a, b) select id + 100, {0}, {1} from t where {0} is not null",
    "update u set x = {0} from t where t.a = x",
)


@pytest.fixture(params=SCHEMAS)
def both(request: pytest.FixtureRequest) -> Iterator[SideBySide]:
    both = SideBySide()
    for sql in SCHEMAS[request.param].split(";"):
        both.run(sql)
    both.run("create table u(x)")
    both.run("insert into u values (1), (2), (3.0), ('amen'), ('none'), (null)")
    both.run("""
        insert into t(id, a, b, j) values
        (1, 1, 'Amen', '{"k": 2}'), (2, 2, 'amen', '{"k": "x"}'), (3, null, 'Bell ', '{"k": [1]}'),
        (4, 4.0, null, null), (5, '5', 'bell', '{"k": null}'), (6, 1.5, 'É', '{"k": 7.0}'), (7, x'00', '', '{"k": "X"}')
    """)
    yield both
    both.close()


def compare(both: SideBySide, sql: str) -> None:
    """The rows are the same, in whatever order."""
    ours, theirs = both.ours.execute(sql).fetchall(), both.theirs.execute(sql).fetchall()
    assert sorted(map(repr, ours)) == sorted(map(repr, theirs)), sql


def test_queries(both: SideBySide) -> None:
    for analyzed in (False, True):
        for query, (one, other) in itertools.product(
            QUERIES, itertools.pairwise([*EXPRESSIONS, EXPRESSIONS[0]])
        ):
            compare(both, query.format(one, other))
        if not analyzed:
            both.run("analyze")


def test_changes(both: SideBySide) -> None:
    for change, (one, other) in itertools.product(
        CHANGES, itertools.pairwise([*EXPRESSIONS, EXPRESSIONS[0]])
    ):
        both.run("begin")
        both.run(change.format(one, other))
        both.run("select id, a, b, j from t order by id")
        compare(both, "select x from u")
        both.run("rollback")


def test_the_table_is_not_opened() -> None:
    both = SideBySide()
    both.run("create table t(id integer primary key, name text, j)")
    both.run("create index t_name on t(lower(name))")
    both.run("create index t_k on t(j ->> 'k')")
    for sql in (
        "select lower(name) from t order by lower(name)", "select lower(name), id from t where lower(name) > 'b'",
        "select count(*) from t where lower(name) like 'a%'", "select distinct j ->> 'k' from t",
        "select 1 from t where j ->> 'k' in (1, 2)", "select length(lower(name)) from t order by lower(name) limit 3",
    ):  # fmt: skip
        plan = f"explain query plan {sql}"
        ours, theirs = both.ours.execute(plan).fetchall(), both.theirs.execute(plan).fetchall()
        assert [row[3] for row in ours] == [row[3] for row in theirs]
        assert "USING COVERING INDEX" in ours[0][3]
        both.run(sql)
    both.run("insert into t values (1, 'A', '{}')")
    assert both.run("select * from t") == ("", [(1, "A", "{}")])
    both.close()


def test_duplicates_are_skipped() -> None:
    """Where values of an expression repeat often, an index of it is searched for the next one."""
    both = SideBySide()
    both.run("create table t(id integer primary key, kind, a, b)")
    both.run("create index t_ka on t(upper(kind), a)")
    both.run("create index t_bk on t(b, upper(kind) collate nocase)")
    both.run("create index t_n on t(a % 7 desc, kind)")
    both.run("""
        insert into t(kind, a, b) with n(i) as (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))
        select nullif('k' || (x.i % 4), 'k1'), y.i * 10 + z.i, y.i % 2 from n x, n y, n z
    """)
    both.run("insert into t(kind, a, b) values (x'6b30', null, null), ('K2', 3.0, 1), (2, '3', '1')")
    both.run("analyze")
    skipping = 0
    for sql in (
        "select count(distinct upper(kind)) from t", "select distinct upper(kind) from t",
        "select count(distinct a % 7), sum(distinct a % 7) from t", "select sum(distinct a % 7) from t",
        "select upper(kind) from t group by 1", "select upper(kind), max(a) from t group by upper(kind)",
        "select count(distinct upper(kind)) from t where upper(kind) > 'K1'", "select distinct a % 7, kind from t",
        "select count(distinct upper(kind)) from t where b = 1",
        "select b, count(distinct upper(kind)) from t group by b",
        "select count(distinct upper(kind) collate nocase) from t where b = 1", "select count(distinct b) from t",
        "select group_concat(distinct upper(kind)) from t", "select count(distinct upper(kind)), min(id) from t",
        "select max(distinct upper(kind)) from t", "select count(distinct upper(kind) || '') from t",
        "select u.b, (select count(distinct upper(kind)) from t where t.b = u.b) from t u group by u.b",
    ):  # fmt: skip
        compare(both, sql)
        plan = foundrydb.compile(sql, both.ours).plan
        assert plan is not None
        skipping += " once" in dump_text(plan)
    assert skipping >= 6
    both.close()
