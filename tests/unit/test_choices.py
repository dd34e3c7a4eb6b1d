"""What the planner weighed: the alternatives of each choice, and that taking notes changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from plan_times.measuring import written
from plan_times.schemas import SCHEMAS, Schema, fill
from tpch.bench import QUERIES, load, query

import foundrydb
from foundrydb.compiler.plan.choices import Choice
from foundrydb.compiler.plan.dump import diff, dump_text, outline
from foundrydb.compiler.plan.nodes import IndexScan, RowidSeek, Scan
from foundrydb.compiler.plan.walk import all_nodes
from foundrydb.toolkit.stages import compile
from foundrydb.tools.views.choices_dump import choices_text

SCALE = 0.0002

SCHEMA = """
    create table t(id integer primary key, a int, b int, c text);
    create table u(id integer primary key, d int, e int);
    create table v(x int, y int);
    create index t_ab on t(a, b);
    create index t_c on t(c) where b > 5;
    create table w(k text, n int, m int);
    create index w_k on w(k collate nocase);
    create index w_m on w(m, k);
    create index w_n on w(n);
    create index w_part on w(m) where n > 5;
    create table small(k integer primary key);
"""


@pytest.fixture(scope="module")
def connection() -> Iterator[foundrydb.Connection]:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.executescript(SCHEMA)
    rows = ((i % 100, i % 7, f"row {i}") for i in range(3000))
    connection.executemany("insert into t(a, b, c) values(?, ?, ?)", rows)
    connection.executemany("insert into u(d, e) values(?, ?)", ((i, i % 3) for i in range(500)))
    connection.executemany("insert into w values(?, ?, ?)", ((f"w{i}", i % 20, i) for i in range(2000)))
    connection.executemany("insert into v values(?, ?)", ((i, i) for i in range(1000)))
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def tpch() -> Iterator[foundrydb.Connection]:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    load(connection, SCALE)
    yield connection
    connection.close()


def choices(sql: str, connection: foundrydb.Connection, kind: str) -> list[Choice]:
    noted = compile(sql, connection, noting=True).options.choices
    assert noted is not None
    return [choice for choice in noted.made if choice.kind == kind]


def ways(choice: Choice) -> list[str]:
    return [way.text for way in choice.alternatives]


def test_access_paths(connection: foundrydb.Connection) -> None:
    (choice,) = choices("select c from t where a = 1 and b > 2", connection, "access path")
    assert choice.subject == "t"
    assert ways(choice) == ["IndexScan t using t_ab (a = 1 AND b > 2)", "Scan t", "t_c"]
    taken, scan, other = choice.alternatives
    assert 0 < taken.cost < scan.cost
    assert scan.rows == pytest.approx(3000, rel=0.2)
    assert other.cost < 0 and "WHERE does not follow" in other.note


@pytest.mark.parametrize(
    ("sql", "index", "reason"),
    [
        (
            "select * from w where k = 'a'",
            "w_k",
            "compares its first column by BINARY, the index orders it by NOCASE",
        ),
        ("select * from w where k collate nocase = cast(1 as int)", "w_k", "values of another type"),
        (
            "select * from w where m + 1 = 3",
            "w_m",
            "a condition computes with its first column",
        ),
        (
            "select * from w where n <> 3",
            "w_n",
            "a condition excludes values of its first column",
        ),
        ("select * from w where m not in (1, 2)", "w_m", "a condition excludes values of its first column"),
        ("select * from w where +n = 3", "w_n", "a + keeps a condition on its first column"),
        ("select * from w where n = m", "w_n", "others of the same row"),
        ("select * from w where n = 3 or k = 5", "w_n", "an alternative of an OR cannot be searched for"),
        (
            "select * from w where m = 7",
            "w_n",
            "no condition that can be searched for is about its first column",
        ),
        ("select * from w not indexed where n = 3", "w_n", "NOT INDEXED"),
        ("select * from w indexed by w_m where n = 3 and m = 2", "w_n", "INDEXED BY w_m"),
        ("select * from w where n like 'a%'", "w_n", "may match numbers of its first column"),
        ("select * from w where k like '%a'", "w_k", "begins with a wildcard"),
        ("select * from w where m = 2", "w_part", "its WHERE does not follow"),
        ("select count(*) from w", "w_part", "it has not all rows"),
    ],
)
def test_an_index_that_is_not_used_has_its_reason(
    sql: str, index: str, reason: str, connection: foundrydb.Connection
) -> None:
    (choice,) = choices(sql, connection, "access path")
    (way,) = [way for way in choice.alternatives if way.text == index]
    assert reason in way.note


def test_a_condition_whose_value_comes_later(connection: foundrydb.Connection) -> None:
    sql = "select * from t cross join w on w.n = t.a where t.c = 5"
    first, _ = choices(sql, connection, "access path")
    (way,) = [way for way in first.alternatives if way.text == "t_ab"]
    assert "compares its first column with w, which is not read before" in way.note


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.name)
def test_every_index_of_every_table_is_answered_for(schema: Schema) -> None:
    """As an alternative with its cost, or by the reason why it is none."""
    connection = foundrydb.connect(":memory:", isolation_level=None)
    fill(connection, schema, 1, 0.01)
    for asked in written(schema, 1, range(75), connection):
        work = compile(asked.sql, connection, noting=True)
        assert work.plan is not None and work.options.choices is not None
        paths = [choice for choice in work.options.choices.made if choice.kind == "access path"]
        texts = [" ".join(way.text for way in choice.alternatives) for choice in paths]
        for node in all_nodes(work.plan):
            if isinstance(node, (Scan, IndexScan, RowidSeek)):
                named = [
                    text
                    for text, choice in zip(texts, paths)
                    if choice.subject.split(",")[0] == node.source.name
                ]
                for index in node.table.indexes:
                    assert any(index.name in text for text in named), (asked.sql, index.name, texts)


def test_what_was_taken_is_in_the_plan(connection: foundrydb.Connection) -> None:
    """Of each access path the first way is the one that the plan goes, whatever later passes do to it."""
    for sql in [
        "select * from w where n = 1 or m > 5",
        "select * from w where n > 1 order by n, m limit 2",
        "select * from w join t on t.a = w.n where w.m = 3 order by t.b limit 3",
        "select m from w where k = 'x' collate nocase",
        "select max(n) from w where m = 7",
        "select distinct n from w",
        "select n from w where n > 5 union select m from w limit 3",
        "select id from t where (a, b) > (3, 4) and c like 'x%'",
    ]:
        work = compile(sql, connection, noting=True)
        assert work.plan is not None and work.options.choices is not None
        text = dump_text(work.plan)
        for choice in work.options.choices.made:
            if choice.kind == "access path":
                for part in choice.alternatives[0].text.removeprefix("SeekUnion w of ").split("; "):
                    assert part in text, sql


def test_members_and_counts_are_told(connection: foundrydb.Connection) -> None:
    (choice,) = choices("select 5 in (select n from w)", connection, "members of IN")
    assert ways(choice) == ["look each up in w_n", "copy the members, and look them up in the copy"]
    (choice,) = choices(
        "select count(*) from t x, t y where x.a + y.a in (select k from small)", connection, "members of IN"
    )
    assert ways(choice)[0].startswith("copy")
    (choice,) = choices("select count(*) from w", connection, "access path")
    assert ways(choice)[0] == "count the pages of w_n"


def test_access_paths_inside_a_join_know_the_left_side(connection: foundrydb.Connection) -> None:
    first, second = choices("select * from v cross join u on u.id = v.x", connection, "access path")
    assert first.subject == "v"
    assert second.subject == "u, for each row of v"
    assert ways(second)[0] == "RowidSeek u (id = v.x)"


def test_an_order_that_is_wanted_counts(connection: foundrydb.Connection) -> None:
    (choice,) = choices("select a, b from t order by a, b", connection, "access path")
    assert choice.alternatives[0].note == "in the order wanted"
    assert choice.alternatives[1].note == "to be sorted afterwards"
    (order,) = choices("select a, b from t order by a, b", connection, "order")
    assert [way.cost > 0 for way in order.alternatives] == [False, True]
    (order,) = choices("select a, b from t order by b", connection, "order")
    assert order.alternatives[0].cost > 0


def test_join_orders(connection: foundrydb.Connection) -> None:
    sql = "select * from t join u on u.d = t.b join v on v.x = u.e where t.id = 5"
    (choice,) = choices(sql, connection, "join order")
    assert choice.subject == "3 relations, the cheapest of 6 orders"
    assert ways(choice)[0] == "t, u, v"
    costs = [way.cost for way in choice.alternatives]
    assert costs == sorted(costs)
    assert [way.text for way in choice.alternatives if way.note == "as written"] == ["t, u, v"]


def test_subqueries(connection: foundrydb.Connection) -> None:
    (choice,) = choices("select * from (select a from t) s", connection, "subquery")
    assert (choice.subject, ways(choice)[0]) == ("s", "dissolve it into the query around it")
    (choice,) = choices("select * from (select max(a) from t group by b) s", connection, "subquery")
    assert ways(choice)[0] == "keep it"
    assert choice.alternatives[1].note


def test_text(connection: foundrydb.Connection) -> None:
    text = choices_text(compile("select c from t where a = 1", connection, noting=True))
    assert text.startswith("-- access path: t\n* IndexScan t using t_ab (a = 1) ")
    assert "\n  Scan t " in text
    assert (
        choices_text(compile("select 1", connection, noting=True)) == "-- no choice: there was one way only\n"
    )
    with pytest.raises(foundrydb.ProgrammingError, match="without notes"):
        choices_text(compile("select 1", connection))


@pytest.mark.parametrize("name", QUERIES)
def test_notes_change_no_plan(name: str, tpch: foundrydb.Connection) -> None:
    sql = query(name, SCALE)
    noted = compile(sql, tpch, noting=True)
    plain = compile(sql, tpch)
    assert noted.plan is not None and plain.plan is not None
    assert dump_text(noted.plan) == dump_text(plain.plan)
    assert noted.options.choices is not None
    for choice in noted.options.choices.made:
        known = [way.cost for way in choice.alternatives[1:] if way.cost >= 0]
        assert len(choice.alternatives) >= 1
        assert known == sorted(known)


@pytest.mark.parametrize("name", QUERIES)
def test_every_node_of_every_plan_has_estimates(name: str, tpch: foundrydb.Connection) -> None:
    plans = compile(query(name, SCALE), tpch).plans
    for _, plan in plans:
        for line in outline(plan):
            assert line.node is None or (line.node.rows >= 0 and line.node.cost >= 0), line.text
    for (_, before), (_, after) in pairwise(plans):
        for text in diff(before, after, estimates=True).splitlines():
            assert " rows " in text or text.lstrip("+- ").startswith("subquery "), text
