"""WITHIN GROUP: another way to write the percentile functions, which SQLite has where it is built with ordered-set
aggregates; the oracles are not, and so each call is compared with the one that it stands for."""

from __future__ import annotations

import pytest

import foundrydb


@pytest.fixture(scope="module")
def connection() -> foundrydb.Connection:
    made = foundrydb.connect(":memory:", isolation_level=None)
    made.execute("create table t(g int, x int)")
    made.executemany("insert into t values (?, ?)", [(i % 3, i * i % 17) for i in range(40)])
    return made


@pytest.mark.parametrize(
    ("call", "plain"),
    [
        ("percentile(50) within group (order by x)", "percentile(x, 50)"),
        ("percentile_cont(0.25) within group (order by x + g)", "percentile_cont(x + g, 0.25)"),
        ("percentile_disc(0.9) within group (order by x)", "percentile_disc(x, 0.9)"),
        ("median() within group (order by x)", "median(x)"),
        (
            "percentile(g) within group (order by x) filter (where g = 1)",
            "percentile(x, g) filter (where g = 1)",
        ),
        ("median(distinct) within group (order by x)", "median(distinct x)"),
    ],
)
def test_as_the_call_that_it_stands_for(connection: foundrydb.Connection, call: str, plain: str) -> None:
    for query in ("select {} from t where g = 1", "select g, {} from t group by g, g % 2 having g = 1"):
        rows = connection.execute(query.format(call)).fetchall()
        assert rows == connection.execute(query.format(plain)).fetchall()
        assert rows != []


def test_over_a_window(connection: foundrydb.Connection) -> None:
    query = "select x, {} over (partition by g order by x rows 3 preceding) from t"
    rows = connection.execute(query.format("percentile(40) within group (order by x)")).fetchall()
    assert rows == connection.execute(query.format("percentile(x, 40)")).fetchall()


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("select sum() within group (order by x) from t", "sum() is not an ordered-set aggregate"),
        ("select abs() within group (order by x) from t", "abs() is not an ordered-set aggregate"),
        (
            "select percentile() within group (order by x) from t",
            "wrong number of arguments to function percentile()",
        ),
        ("select percentile(1) within group (order by x desc) from t", 'near "desc": syntax error'),
        ("select percentile(1) within group (order by x, g) from t", 'near ",": syntax error'),
        ("select percentile(1) within group (order by nosuch) from t", "no such column: nosuch"),
    ],
)
def test_mistakes(connection: foundrydb.Connection, sql: str, message: str) -> None:
    with pytest.raises(foundrydb.OperationalError) as found:
        connection.execute(sql)
    assert str(found.value) == message


@pytest.mark.parametrize("begins", ["create view {}v as", "create trigger {}g after insert on t begin"])
def test_not_in_a_file_that_others_read(connection: foundrydb.Connection, begins: str) -> None:
    call = "select median() within group (order by x) from t"
    with pytest.raises(
        foundrydb.OperationalError, match="WITHIN GROUP is not allowed in the schema of a file"
    ):
        connection.execute(f"{begins.format('')} {call}{'; end' if 'trigger' in begins else ''}")


def test_in_a_temporary_view(connection: foundrydb.Connection) -> None:
    connection.execute("create temp view v as select median() within group (order by x) m from t")
    assert (
        connection.execute("select m from v").fetchall()
        == connection.execute("select median(x) from t").fetchall()
    )


def test_within_is_a_name_elsewhere(connection: foundrydb.Connection) -> None:
    assert connection.execute("select count(*) within from t").description[0][0] == "within"
    assert connection.execute("select max(x) within from t within group by within.g limit 1").fetchall() == [
        (16,)
    ]


def test_printed() -> None:
    sql = "SELECT percentile(50) WITHIN GROUP (ORDER BY x) FILTER (WHERE g) OVER w FROM within WINDOW w AS (ORDER BY x)"
    (statement,) = foundrydb.parse(sql)
    printed = foundrydb.to_sql(statement)
    assert "WITHIN GROUP (ORDER BY x)" in printed
    assert foundrydb.parse(printed) == [statement]
