"""The rules of ``fdb check``: each finds its bad example, and leaves alone what is meant."""

from __future__ import annotations

import pytest

import foundrydb
from foundrydb.toolkit.checks.catalogue import rules
from foundrydb.toolkit.checks.rules import OF_WORKLOADS, Rule

RULES = rules()
SCHEMA = """
    create table customer(id integer primary key, name text not null, town text, age integer);
    create table "order"(id integer primary key, customer_id integer references customer(id), day text, total real);
    create index order_customer on "order"(customer_id);
    create index order_day on "order"(day);
    create index customer_name on customer(name);
    create index customer_age on customer(age);
"""


def found(sql: str, *, workload: bool = False) -> list[str]:
    return [finding.rule.name for finding in foundrydb.check(SCHEMA + sql, workload=workload)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_examples(rule: Rule) -> None:
    workload = rule.about == OF_WORKLOADS
    assert [each.rule for each in foundrydb.check(rule.bad, workload=workload)] == [rule]
    assert foundrydb.check(rule.good, workload=workload) == []


def test_declarations() -> None:
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.what.endswith(".") and rule.why.endswith("."), rule.name


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("select name from customer where town <> null or null = age", ["null-comparison"] * 2),
        ("update customer set town = null where id = 1", []),
        ("update customer set age = (age > 3 and town = 'x')", []),
        ("update customer set age = age and 3", []),
        ("select 1 from customer where age <> 1 or town <> 2 or age <> 1", []),
        ("select 1 from customer where age between -1 and 1 or age between 2 and -2", ["empty-range"]),
        ("select 1 from customer group by 'town'", ["constant-order"]),
        ("select name from customer order by 1, name || 'x'", []),
        ("select '1' + '2', age + '3' from customer", []),
        ("select name + 'x' + 'y' from customer", ["plus-of-strings"] * 2),
        ("select 1 limit 1 offset 1", []),
        ("select name from (select name from customer order by id) limit 1 offset 0", []),
        ("select 1 from customer c, \"order\" o left join customer d on d.id = o.id where c.id = o.customer_id",
         ["comma-with-on"]),
        ("select 1 from customer c join \"order\" o left join customer d on d.id = 1 where c.id = o.id", []),
    ],
)  # fmt: skip
def test_syntax_rules(sql: str, names: list[str]) -> None:
    assert found(sql) == names


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("select 1 from customer c join \"order\" o where c.age > 3", ["implicit-cross-join"]),
        ("select 1 from customer c cross join \"order\" o where c.age > 3", []),
        ("select 1 from customer c, customer d, \"order\" o where c.age = d.age", ["implicit-cross-join"]),
        ("select 1 from customer c, customer d, \"order\" o where c.age = d.age and d.age + o.id > c.id", []),
        ("select 1 from customer c, \"order\" o where c.id = 3", []),
        ("select 1 from customer c, (select max(day) as last from \"order\") m", []),
        ("select 1 from customer c, json_each(c.town) j", []),
        ("select 1 from customer c, \"order\" o where exists (select 1 from customer d where d.id = c.id + o.id)", []),
        ("select 1 from customer c natural join \"order\" o", []),
        ("select 1 from customer c left join \"order\" o on true", []),
        ("with a as (select 1 as x), b as (select 2 as y) select * from a, b", []),
        ("delete from customer where id not in (select customer_id from \"order\")", ["not-in-nulls"]),
        ("select 1 from customer where id not in (select id from \"order\")", []),
        ("select 1 from customer where name not in (select town from customer where town > 'a')", []),
        ("select 1 from customer where id in (select customer_id from \"order\")", []),
        ("select 1 from customer where id not in (select max(customer_id) from \"order\")", []),
        ("select 1 from customer where age not in (1, null)", ["not-in-nulls"]),
        ("select name, count(*) from customer", ["column-of-any-row"]),
        ("select name, max(age) from customer group by town", []),
        ("select id, name, count(*) from customer group by id", []),
        ("select town, name, count(*) from customer where town = 'x' group by name", []),
        ("select c.name, count(*) from customer c join \"order\" o on o.customer_id = c.id group by c.id", []),
    ],
)  # fmt: skip
def test_join_rules(sql: str, names: list[str]) -> None:
    assert found(sql) == names


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("select total from \"order\" where date(day) = '2026-01-01'", ["computed-column"]),
        ("select total from \"order\" where total > 3 and date(day) = '2026-01-01' and id = 3", []),
        ("select name from customer where lower(name) = 'x'", ["computed-column"]),
        ("select total from \"order\" where date(day) = day", []),
        ("select total from \"order\" where +day = '2026-01-01'", []),
        ("select total from \"order\" where id % 3 = 0 or length(day) > 3", []),
        ("select town from customer where 5 < age - 1", ["computed-column"]),
        ("select town from customer where lower(name) = 'x'", ["computed-column"]),
        ("select town from customer where lower(town) = 'x'", []),
        ("select town from customer where name = :n + 0", []),
        ("select age from customer where name = (select age from customer where id = 3)", ["affinity-mismatch"]),
        ("select town from customer where name > 5", ["type-confusion"]),
        ("select town from customer where name between 5 and 7", ["type-confusion"]),
        ("select town from customer where name = 5", []),
        ("select town from customer where age = 'x'", ["type-confusion"]),
        ("select town from customer where age = '5'", []),
        ("create table e(at date, done boolean); select 1 from e where at = '2026-01-01'", []),
    ],
)  # fmt: skip
def test_search_rules(sql: str, names: list[str]) -> None:
    assert found(sql) == names


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("create index o_two on \"order\"(customer_id, day)", ["redundant-index"]),
        ("create index o_desc on \"order\"(customer_id desc, day)", []),
        ("create index o_part on \"order\"(customer_id) where day > '3'", []),
        ("create unique index o_one on \"order\"(customer_id)", ["redundant-index"]),
        ("create index o_again on \"order\"(customer_id)", ["redundant-index"]),
        ("create index o_id on \"order\"(id)", ["redundant-index"]),
        ("create table c(a, b, foreign key (a, b) references p(a, b)); create table p(a, b, unique (a, b));",
         ["foreign-key-without-index"]),
        ("create table c(a, b, foreign key (a, b) references p(a, b)); create table p(a, b, unique (a, b));"
         "create index c_ba on c(b, a)", []),
        ("create table c(a references nowhere)", []),
    ],
)  # fmt: skip
def test_schema_rules(sql: str, names: list[str]) -> None:
    assert found(sql) == names


def test_unused_indexes() -> None:
    sql = "select town from customer where age = 3; select total from \"order\" where day > '2026'"
    findings = foundrydb.check(SCHEMA + sql, workload=True)
    assert [each.message for each in findings] == ["no statement of the workload uses customer_name"]


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("select 1 from customer where age = null -- fdb: ignore", []),
        ("select 1 from customer where age = null -- fdb: ignore null-comparison, FDB202", []),
        ("select 1 from customer where age = null -- fdb: ignore not-in-nulls", ["null-comparison"]),
        ("select 1 -- fdb: ignore\nfrom customer where age = null", ["null-comparison"]),
        ("-- fdb: ignore\nselect 1\nfrom customer where age = null; select 1 = null", ["null-comparison"]),
        ("select 1 from customer where\n  -- fdb: ignore fdb101\n  age = null\n  or id = null", ["null-comparison"]),
        ("select 1 /* fdb: ignore */ from customer where age = null", []),
        ("select 1 from customer where age = null -- fdb: ignore nonsense", ["null-comparison", "unknown-rule"]),
        ("-- fdb: ignored\nselect 1 = null", ["null-comparison"]),
    ],
)  # fmt: skip
def test_ignored(sql: str, names: list[str]) -> None:
    assert found(sql) == names


def test_a_database_as_it_is() -> None:
    connection = foundrydb.connect(":memory:")
    connection.executescript(SCHEMA)
    connection.execute("create index customer_id on customer(id)")
    connection.execute("create view old as select name from customer where age = null")
    schema = foundrydb.check_schema(connection)
    assert [each.rule.name for each in schema] == ["redundant-index", "null-comparison"]
    assert schema[1].sql[schema[1].offset :] == "age = null"
    # What the schema had before is no finding of a text for it.
    assert foundrydb.check("select name from old", connection) == []
    assert [each.rule.name for each in foundrydb.check("select name from odl", connection)] == ["wrong-sql"]
    with pytest.raises(ValueError, match="no rule is named x"):
        foundrydb.check("select 1", connection, only=["x"])
    connection.close()


def test_nothing_is_run() -> None:
    connection = foundrydb.connect(":memory:")
    connection.execute("create table t(a)")
    assert (
        foundrydb.check("drop table t; insert into t values (1)", connection)[0].message == "no such table: t"
    )
    assert connection.execute("select count(*) from t").fetchone() == (0,)
    connection.close()


@pytest.mark.parametrize(
    "sql", ["", ";", "selct", "select 'x", "/* open", "create table", "select \x00", "select ?; x y"]
)
def test_broken_texts_are_told_of(sql: str) -> None:
    assert {each.rule.name for each in foundrydb.check(sql)} <= {"wrong-sql"}
