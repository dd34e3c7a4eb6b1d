"""Skip-scans: an index is searched behind the few values of its leading columns, and finds what C SQLite finds."""

from __future__ import annotations

import random
from collections.abc import Iterator

import apsw
import pytest

import foundrydb
from foundrydb.toolkit.stages import compile
from foundrydb.tools.views.choices_dump import choices_text

LEADING = [None, 0, 1, 2.5, "a", "A", "b ", b"x"]
"""Values of the columns that are skipped, some of which a collation takes for equal."""

SCHEMAS = [
    "create table t(id integer primary key, a, b, c, d); create index i on t(a, b, c)",
    "create table t(id integer primary key, a, b, c, d); create index i on t(a desc, b, c desc)",
    "create table t(a collate nocase, b, c text collate rtrim, d); create index i on t(a, b desc, c)",
    "create table t(id integer primary key, a real, b integer, c text, d); create index i on t(a, b, c)",
    "create table t(a, b, c, d); create index i on t(a, c || 'x', b) where d > 3",
    "create table t(a, b, c, d, id primary key) without rowid; create index i on t(a, b, c)",
]

CONDITIONS = [
    "b = 7",
    "b > 25",
    "b between 3 and 5",
    "b >= 26 and b < 29",
    "b in (1, 20, 21, null)",
    "b is null",
    "b = 7 and c > 'c4'",
    "b = '7'",
    "c || 'x' = 'c3x' and d > 3",
    "c = 'c7'",
    "b = (select max(b) - 1 from t)",
    "a > 0 and b = 7",
]


class Both:
    """The same database in both engines."""

    def __init__(self) -> None:
        self.ours = foundrydb.connect(":memory:", isolation_level=None)
        self.theirs = apsw.Connection(":memory:")

    def run(self, sql: str) -> None:
        self.ours.executescript(sql)
        self.theirs.execute(sql)

    def fill(self, sql: str, rows: list[tuple[object, ...]]) -> None:
        self.ours.executemany(sql, rows)
        self.theirs.executemany(sql, rows)

    def ask(self, sql: str, ordered: bool) -> int:
        """Compare the answers; how many rows there are."""
        ours = self.ours.execute(sql).fetchall()
        theirs = list(self.theirs.execute(sql))
        if not ordered:
            ours.sort(key=repr)
            theirs.sort(key=repr)
        assert ours == theirs, sql
        return len(ours)

    def skips(self, sql: str) -> bool:
        return "ANY(" in str(self.ours.execute("explain query plan " + sql).fetchall())

    def close(self) -> None:
        self.ours.close()
        self.theirs.close()


@pytest.fixture
def both() -> Iterator[Both]:
    both = Both()
    yield both
    both.close()


@pytest.mark.parametrize("schema", SCHEMAS)
def test_answers(both: Both, schema: str) -> None:
    rng = random.Random(schema)
    both.run(schema)
    rows: list[tuple[object, ...]] = []
    for i in range(300):
        b = rng.choice([None, rng.randrange(30), rng.randrange(30), float(rng.randrange(30))])
        rows.append((i, rng.choice(LEADING), b, f"c{rng.randrange(9)}" + " " * rng.randrange(2), i % 9))
    columns = "id" if " id " in schema else "rowid"
    both.fill(f"insert into t({columns}, a, b, c, d) values (?, ?, ?, ?, ?)", rows)
    both.run(
        "analyze; update sqlite_stat1 set stat = '90000 9000 9 2 1' where idx = 'i'; analyze sqlite_schema"
    )
    ties = "quote(a), quote(b), quote(c)"
    skipped = 0
    for condition in CONDITIONS:
        sql = f"select a, b, c, d from t where {condition}"
        skipped += both.skips(sql)
        assert both.ask(sql, False) or "'7'" in condition
        both.ask(f"select a, b from t where {condition}", False)
        both.ask(f"select a, b, c, {columns} from t where {condition} order by a, b, c, {columns}", True)
        for order in ("a, b", "a desc, b desc, c desc", "a desc, b, c desc"):
            both.ask(f"select a, b, c from t where {condition} order by {order}, {ties}", True)
        both.ask(f"select count(*), min(d) from t where {condition} group by a", False)
        both.ask(f"select count(*) from (select 1 from t where {condition} limit 3 offset 1)", True)
    joined = "select x.d, t.a from (select 5 d union all select 7) x cross join t on t.b = x.d"
    both.ask(joined, False)
    assert skipped >= (1 if "||" in schema else 8)


@pytest.mark.parametrize("condition", ["b = 7", "b between 20 and 24", "b in (3, 4)"])
@pytest.mark.parametrize("change", ["delete from t", "update t set d = d + 1", "update t set b = b + 1"])
def test_changes(both: Both, change: str, condition: str) -> None:
    both.run("create table t(id integer primary key, a, b, d); create index i on t(a, b)")
    both.fill("insert into t(a, b, d) values (?, ?, ?)", [(i % 3, i % 400, i) for i in range(1200)])
    both.run("analyze")
    assert both.skips(f"{change} where {condition}")
    both.run(f"{change} where {condition}")
    both.ask("select * from t order by id", True)
    assert both.ours.execute("pragma integrity_check").fetchall() == [("ok",)]


def filled(both: Both, kinds: int) -> None:
    both.run("create table t(id integer primary key, a, b, d); create index i on t(a, b)")
    both.fill("insert into t(a, b, d) values (?, ?, ?)", [(i % kinds, i % 500, i) for i in range(1000)])


def why(both: Both, sql: str) -> str:
    """The choice of an access path, with the reasons against the others."""
    return choices_text(compile(sql, both.ours, noting=True))


def test_only_after_analyze(both: Both) -> None:
    filled(both, 3)
    sql = "select d from t where b = 7"
    assert not both.skips(sql)
    assert "without ANALYZE it is not skipped" in why(both, sql)
    both.run("analyze")
    assert both.skips(sql)
    assert "* IndexScan t using i (each a AND b = 7)" in why(both, sql)


def test_only_over_few_values(both: Both) -> None:
    filled(both, 100)
    both.run("analyze")
    sql = "select d from t indexed by i where b = 7"
    assert not both.skips(sql)
    assert "which has too many values" in why(both, "select d from t where b = 7")
    both.run("update sqlite_stat1 set stat = '1000 18 1'; analyze sqlite_schema")
    assert both.skips(sql)


def test_statistics_can_forbid_it(both: Both) -> None:
    filled(both, 3)
    both.run("analyze; update sqlite_stat1 set stat = stat || ' noskipscan'; analyze sqlite_schema")
    sql = "select d from t where b = 7"
    assert not both.skips(sql)
    assert "its statistics forbid to skip it" in why(both, sql)


def test_a_straight_search_is_preferred_where_few_look_ups_are_spared(both: Both) -> None:
    """Where the value is not there, the straight search needs one seek, the other one for each value skipped over."""
    both.run(
        "create table t(id integer primary key, a, b, d); create index i on t(a, b); create index straight on t(b)"
    )
    both.fill("insert into t(a, b, d) values (?, ?, ?)", [(i % 4, i % 50, i) for i in range(4000)])
    both.run("analyze")
    sql = "select count(a) from t where b = 7"
    assert "using straight (b = 7)" in why(both, sql).split("*", 1)[1].splitlines()[0]
    assert "each a AND b = 7" in why(both, sql)
    both.run("delete from sqlite_stat4; update sqlite_stat1 set stat = '4000 1000' where idx = 'straight'")
    both.run("analyze sqlite_schema")
    assert both.skips(sql)
