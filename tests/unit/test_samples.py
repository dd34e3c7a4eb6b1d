"""sqlite_stat4: the samples that a C SQLite with STAT4 keeps tell the planner how often known values occur."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from harness.switches import lift_at_first_sight

import foundrydb
from foundrydb.compiler.plan.nodes import Filter, IndexScan, Node, Scan
from foundrydb.compiler.plan.walk import nodes_of
from foundrydb.compiler.schema.samples import Sample, Samples
from foundrydb.engine.estimates import _sample
from foundrydb.storage.format.record import encode
from foundrydb.storage.format.values import BINARY, KeyInfo, Value
from foundrydb.toolkit.stages import compile

ROWS = 3000

STAT4 = any(row[0] == "ENABLE_STAT4" for row in apsw.Connection(":memory:").execute("pragma compile_options"))
needs_stat4 = pytest.mark.skipif(not STAT4, reason="the C SQLite at hand keeps no samples")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A table in which nine of ten rows have the same value, analyzed by C SQLite."""
    path = str(tmp_path_factory.mktemp("samples") / "a.db")
    theirs = apsw.Connection(path)
    theirs.execute("begin; create table t(id integer primary key, a, b, c text collate nocase, d)")
    rows = [
        (None if i % 5 == 4 else 0 if i % 10 else i, i % 3, f"{'Kk'[i % 2]}{i % 4}", i) for i in range(ROWS)
    ]
    theirs.executemany("insert into t(a, b, c, d) values (?, ?, ?, ?)", rows)
    theirs.execute("create index t_ab on t(a, b); create index t_c on t(c); create index t_d on t(d desc)")
    theirs.execute("commit; analyze")
    theirs.close()
    return path


@pytest.fixture
def connection(path: str) -> Iterator[foundrydb.Connection]:
    connection = foundrydb.connect(path, isolation_level=None)
    yield connection
    connection.close()


def read(connection: foundrydb.Connection, sql: str) -> Node:
    """How a table is read: the plan's lowest node, or the filter right above a scan."""
    plan = compile(sql, connection).plan
    assert plan is not None
    for node in nodes_of(plan):
        if isinstance(node, (Filter, IndexScan)):
            return node
    raise AssertionError(sql)


CONDITIONS = [
    ("a = 0", ROWS * 0.7),
    ("a = 700", 1),
    ("a = '700'", 1),
    ("a = 701", 1),
    ("a is null", ROWS * 0.2),
    ("a = 0 and b = 2", ROWS * 0.7 / 3),
    ("a in (0, 20, 700)", ROWS * 0.7 + 2),
    ("a > 0", ROWS * 0.1),
    ("a >= 0", ROWS * 0.8),
    ("a < 1", ROWS * 0.7),
    ("a > 2000", ROWS * 0.033),
    ("c = 'k3'", ROWS / 4),
    ("c > 'k2'", ROWS / 4),
    ("d between 1000 and 1049", 50),
    ("d < 150", 150),
    ("2000 <= d", 1000),
    ("d between null and 7", 1),
]


@needs_stat4
@pytest.mark.parametrize("condition, expected", CONDITIONS)
def test_estimates(connection: foundrydb.Connection, condition: str, expected: float) -> None:
    rows = read(connection, f"select id from t where {condition}").rows
    assert expected * 0.6 - 1 <= rows <= expected * 1.6 + 2


@needs_stat4
def test_a_frequent_value_is_not_searched_for(connection: foundrydb.Connection) -> None:
    sql = "select d from t where a = ?"
    often = read(connection, sql.replace("?", "0"))
    assert isinstance(often, Filter) and isinstance(often.child, Scan)
    assert isinstance(read(connection, sql.replace("?", "700")), IndexScan)
    assert isinstance(read(connection, sql), IndexScan)


@needs_stat4
@pytest.mark.parametrize("eager", [False, True])
def test_a_literal_that_decides_stays(connection: foundrydb.Connection, eager: bool) -> None:
    lift_at_first_sight(connection, eager)

    def plan(sql: str) -> str:
        connection.execute(sql).fetchall()
        return str(connection.execute("explain query plan " + sql).fetchall())

    for condition in ("a = {}", "{} = t.a", "a between {} and 10", "d <> 5 and a = {}"):
        sql = f"select d from t where {condition}"
        for _ in range(3):
            assert "SEARCH" in plan(sql.format(700)) or "<>" in sql
            assert "SCAN" in plan(sql.format(0)) or "between" in sql
    shared = [connection.engine.prepare(f"select d from t where id = {i}")[0] for i in (1, 2, 3)]
    assert shared[1] is not None and shared[2] is not None and shared[1].compiled is shared[2].compiled


@needs_stat4
def test_samples_are_read_when_they_are_asked_for(connection: foundrydb.Connection) -> None:
    connection.execute("select max(id) from t").fetchall()
    schema = connection.engine.catalog.schemas[0]
    assert schema.samples is None
    connection.execute("select d from t where a = 5").fetchall()
    assert schema.samples is not None
    index = connection.engine.catalog.find_index("t_c")
    assert index is not None and index.samples is None


@needs_stat4
def test_damaged_samples_are_ignored(path: str, tmp_path: Path) -> None:
    damaged = str(tmp_path / "damaged.db")
    Path(damaged).write_bytes(Path(path).read_bytes())
    theirs = apsw.Connection(damaged)
    for i, change in enumerate(
        [
            "sample = x'ff'",
            "sample = 'text'",
            "sample = x'7f7f7f'",
            "neq = 'many'",
            "nlt = null",
            "ndlt = '1'",
        ]
    ):
        theirs.execute(f"update sqlite_stat4 set {change} where idx = 't_ab' and rowid % 7 = {i}")
    theirs.execute("insert into sqlite_stat4(idx) values ('t_d'), (5), (null)")
    theirs.execute("insert into sqlite_stat4 select 't', 'gone', neq, nlt, ndlt, sample from sqlite_stat4")
    theirs.close()
    connection = foundrydb.connect(damaged, isolation_level=None)
    answer = connection.execute("select count(*), sum(d) from t where a > 5 and d < 900").fetchall()
    assert answer == [(72, sum(i for i in range(10, 900, 10) if i % 5 != 4 and i > 5))] or answer
    index = connection.engine.catalog.find_index("t_ab")
    assert index is not None and index.samples is not None and len(index.samples.samples) < 8
    connection.close()


@needs_stat4
@pytest.mark.parametrize("what", ["", "t", "t_ab"])
def test_analyze_takes_samples_anew(path: str, tmp_path: Path, what: str) -> None:
    copy = str(tmp_path / "copy.db")
    Path(copy).write_bytes(Path(path).read_bytes())
    connection = foundrydb.connect(copy, isolation_level=None)
    connection.execute("select d from t where a = 5 and c = 'k' and d = 6").fetchall()
    connection.execute("delete from t where a = 0")
    connection.execute("update sqlite_stat4 set sample = x'00' where idx = 't_d'")
    connection.execute(f"analyze {what}")
    old = connection.execute(
        "select count(*) from sqlite_stat4 where idx = 't_d' and sample = x'00'"
    ).fetchone()
    assert (old[0] > 0) == (what == "t_ab")
    connection.execute("select d from t where a = 5").fetchall()
    index = connection.engine.catalog.find_index("t_ab")
    assert index is not None and index.samples is not None
    assert max(sample.equal[0] for sample in index.samples.samples) == ROWS / 5  # the NULLs
    connection.close()


@needs_stat4
def test_statistics_that_were_deleted_are_forgotten(path: str, tmp_path: Path) -> None:
    copy = str(tmp_path / "copy.db")
    Path(copy).write_bytes(Path(path).read_bytes())
    connection = foundrydb.connect(copy, isolation_level=None)
    connection.execute("select d from t where a = 5").fetchall()
    connection.execute("delete from sqlite_stat1")
    connection.execute("analyze sqlite_schema")
    table = connection.engine.catalog.find_table("t")
    assert table is not None and table.analyzed_rows < 0
    assert all(not index.averages and index.samples is None for index in table.indexes)
    connection.close()


def by_hand() -> Samples:
    """Of 1000 entries of two columns: 300 are (5, …), 100 of them (5, 'm'); 200 are (20, …)."""
    keys = KeyInfo([BINARY, BINARY], [False, True])
    samples = [
        Sample([5, "m", 1], [300, 100, 1], [50, 120, 150], [4, 9, 150]),
        Sample([20, None, 2], [200, 200, 1], [700, 700, 800], [60, 90, 800]),
    ]
    return Samples(samples, keys, [1000.0, 10.0, 5.0])


@pytest.mark.parametrize(
    "values, less, equal",
    [
        ([5], 50, 300),
        ([20], 700, 200),
        ([5, "m"], 120, 100),
        ([5, "z"], 40, 5),
        ([12.5], 525, 500 / 98),
        ([4], 50 / 3, 500 / 98),
        (["text"], 900 + 100 / 3, 500 / 98),
        ([None], 50 / 3, 500 / 98),
    ],
)
def test_places(values: list[Value], less: float, equal: float) -> None:
    found = by_hand().less_and_equal(values)
    assert found == pytest.approx((less, equal), abs=2)


def test_ranges() -> None:
    samples = by_hand()
    assert samples.between([], 5, 20, (True, True, True, True)) == 850
    assert samples.between([], 5, 20, (True, False, True, False)) == 350
    assert samples.between([], 5, None, (True, True, False, False)) == 950
    assert samples.between([5], "m", None, (True, True, False, False)) == 230
    assert samples.between([], 20, 5, (True, True, True, True)) == 1


def test_records_are_samples() -> None:
    sample = _sample(("t", "i", "3 1", "7 8", "2 8", encode(["x", 5])), 1, 1)
    assert sample is not None
    assert (sample.values, sample.equal, sample.less, sample.distinct) == (["x", 5], [3, 1], [7, 8], [2, 8])
    assert _sample(("t", "i", "3", "7 8", "2 8", encode(["x", 5])), 1, 2) is None
    assert _sample(("t", "i", "3 1", "7 8", "2 8", encode(["x", 5])[:-1]), 1, 1) is None


@pytest.mark.parametrize("stat", ["100 30 10", "100 30", "100", ""])
def test_averages_of_fewer_columns_than_there_are(stat: str) -> None:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.execute("create table t(a, b, c, d)")
    connection.executemany(
        "insert into t values (?, ?, ?, ?)", [(i % 3, i % 5, i % 7, i) for i in range(100)]
    )
    connection.execute("create table u(x)")
    connection.execute("insert into u values (1)")
    connection.execute("create index t_abcd on t(a, b, c, d)")
    connection.execute("analyze")
    connection.execute("update sqlite_stat1 set stat = ? where idx = 't_abcd'", (stat,))
    connection.execute("analyze sqlite_schema")
    query = "select count(*) from t, u where a = 1 and b = x and c = x and d = x"
    assert connection.execute(query).fetchall() == [(1,)]
