"""What the planner is told of indexes that were not analyzed: how often values repeat, from a few pages."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

import pytest

import foundrydb
from foundrydb.compiler.plan.dump import dump_text
from foundrydb.toolkit.stages import compile

ROWS = 20_000


@pytest.fixture
def connection() -> Iterator[foundrydb.Connection]:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.execute("create table t(id integer primary key, a, b, c text collate nocase)")
    yield connection
    connection.close()


def fill(connection: foundrydb.Connection, rows: Iterable[tuple[object, ...]]) -> None:
    connection.execute("begin")
    connection.executemany("insert into t(a, b, c) values(?, ?, ?)", rows)
    connection.execute("commit")


def averages(connection: foundrydb.Connection, name: str = "i") -> list[float]:
    connection.execute("select * from t limit 1").fetchall()
    catalog = connection.engine.catalog
    index = catalog.find_index(name)
    assert index is not None
    catalog.forget_estimates()
    return catalog.averages(index)


@pytest.mark.parametrize("alike", [1, 3, 20, 300, 4000, ROWS])
def test_rows_that_agree_in_the_first_column(connection: foundrydb.Connection, alike: int) -> None:
    fill(connection, ((i // alike, i, "") for i in range(ROWS)))
    connection.execute("create index i on t(a)")
    total, first = averages(connection)
    assert ROWS / 2 <= total <= ROWS * 2
    assert alike / 2 <= first <= alike * 2


def test_each_prefix_has_its_own_average(connection: foundrydb.Connection) -> None:
    fill(connection, ((i // 1000, i // 10, "") for i in range(ROWS)))
    connection.execute("create index i on t(a, b, c)")
    _, first, second, third = averages(connection)
    assert 500 <= first <= 2000
    assert 5 <= second <= 20
    assert third == second


def test_one_value_that_is_everywhere_does_not_hide_the_others(connection: foundrydb.Connection) -> None:
    fill(connection, ((None if i % 3 else i, i, "") for i in range(ROWS)))
    connection.execute("create index i on t(a)")
    _, first = averages(connection)
    assert 1.5 <= first <= 10


def test_shuffled_rows_and_changes_that_are_not_committed(connection: foundrydb.Connection) -> None:
    connection.execute("create index i on t(a)")
    values = [i // 50 for i in range(ROWS)]
    random.Random(1).shuffle(values)
    connection.execute("begin")
    connection.executemany("insert into t(a) values(?)", ((value,) for value in values))
    _, first = averages(connection)
    assert 20 <= first <= 125
    connection.execute("rollback")


def test_collations_decide_what_agrees(connection: foundrydb.Connection) -> None:
    fill(connection, ((0, 0, f"{'KEY' if i % 2 else 'key'} {i // 40}") for i in range(ROWS)))
    connection.execute("create index i on t(c)")
    connection.execute("create index b on t(c collate binary)")
    assert 20 <= averages(connection)[1] <= 80
    assert 10 <= averages(connection, "b")[1] <= 40


def test_a_collation_of_the_users_is_not_called(connection: foundrydb.Connection) -> None:
    called: list[str] = []

    def order(a: str, b: str) -> int:
        called.append(a)
        return (a > b) - (a < b)

    connection.create_collation("mine", order)
    fill(connection, ((f"{i // 10:06}", 0, "") for i in range(2000)))
    connection.execute("create index i on t(a collate mine)")
    called.clear()
    assert averages(connection)[1] == pytest.approx(10, rel=0.5)
    assert called == []


def test_entries_on_overflow_pages_are_passed_over(connection: foundrydb.Connection) -> None:
    fill(connection, ((f"{i // 5:05}" + "x" * 5000, 0, "") for i in range(200)))
    connection.execute("create index i on t(a)")
    assert 0 < averages(connection)[1] < 5


def test_small_indexes_tell_nothing(connection: foundrydb.Connection) -> None:
    fill(connection, ((1, i, "") for i in range(50)))
    connection.execute("create index i on t(a)")
    assert averages(connection) == []


def test_a_table_without_rowid_is_looked_at_too(connection: foundrydb.Connection) -> None:
    connection.execute("create table w(a, b, primary key(a, b)) without rowid")
    connection.execute("begin")
    connection.executemany("insert into w values(?, ?)", ((i // 100, i) for i in range(ROWS)))
    connection.execute("commit")
    plan = compile("select * from w where a = 5", connection).plan
    assert plan is not None and 50 <= plan.rows <= 200
    plan = compile("select * from w", connection).plan
    assert plan is not None and plan.rows == pytest.approx(ROWS, rel=0.3)


def test_the_estimate_is_made_anew_when_the_table_has_grown(connection: foundrydb.Connection) -> None:
    fill(connection, ((i, i, "") for i in range(2000)))
    connection.execute("create index i on t(a)")
    assert averages(connection)[1] == pytest.approx(1, rel=0.5)
    fill(connection, ((7, i, "") for i in range(500)))
    assert averages(connection)[1] == pytest.approx(1, rel=0.5)
    fill(connection, ((i % 10, i, "") for i in range(ROWS)))
    assert averages(connection)[1] > 3


def test_an_index_of_few_values_is_not_read_for_half_the_table(connection: foundrydb.Connection) -> None:
    fill(connection, ((i % 2, i % 5000, "") for i in range(ROWS)))
    connection.execute("create index flag on t(a)")
    connection.execute("create index key on t(b)")

    def plan(sql: str) -> str:
        found = compile(sql, connection).plan
        assert found is not None
        return dump_text(found, False)

    assert "Scan t" in plan("select sum(id), c from t where a = 1")
    assert "using key" in plan("select c from t where a = 1 and b = 3")
    assert "using key" in plan("select t.c from t u cross join t on t.a = u.a and t.b = u.b")


def test_a_damaged_index_is_planned_for_without_an_estimate(connection: foundrydb.Connection) -> None:
    fill(connection, ((i, i, "") for i in range(2000)))
    connection.execute("create index i on t(a)")
    connection.execute("select * from t limit 1").fetchall()
    index = connection.engine.catalog.find_index("i")
    table = connection.engine.catalog.find_table("t")
    assert index is not None and table is not None
    index.root_page = table.root_page
    assert connection.engine.catalog.averages(index) == []


GROUPING = "select a, sum(b) from t group by a"


def nearness(connection: foundrydb.Connection) -> float:
    connection.execute("select * from t limit 1").fetchall()
    catalog = connection.engine.catalog
    index = catalog.find_index("i")
    assert index is not None
    return catalog.nearness(index)


def test_an_index_in_the_order_of_its_table_serves_a_grouping(connection: foundrydb.Connection) -> None:
    fill(connection, ((i, i, "") for i in range(ROWS)))
    connection.execute("create index i on t(a)")
    assert nearness(connection) > 0.9
    plan = compile(GROUPING, connection).plan
    assert plan is not None and "IndexScan t using i" in dump_text(plan, False)


def test_an_index_in_another_order_than_its_table_does_not(connection: foundrydb.Connection) -> None:
    values = list(range(ROWS))
    random.Random(2).shuffle(values)
    fill(connection, ((value, value, "") for value in values))
    connection.execute("create index i on t(a)")
    assert nearness(connection) < 0.1
    plan = compile(GROUPING, connection).plan
    assert plan is not None and "IndexScan" not in dump_text(plan, False)


def test_few_groups_are_kept_in_a_hash_table(connection: foundrydb.Connection) -> None:
    fill(connection, ((i // 100, i, "") for i in range(ROWS)))
    connection.execute("create index i on t(a)")
    assert nearness(connection) > 0.9
    plan = compile(GROUPING, connection).plan
    assert plan is not None and "hashed" in dump_text(plan, False)


def test_how_near_rows_are_is_not_known_without_them(connection: foundrydb.Connection) -> None:
    connection.execute("create index i on t(a)")
    assert nearness(connection) == 0.0
    fill(connection, (("x" * 5000 + str(i), 0, "") for i in range(100)))
    assert nearness(connection) == 0.0
