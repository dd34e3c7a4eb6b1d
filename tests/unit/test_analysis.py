"""Statements run under observation: the figures by plan node and by instruction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest
from tpch.bench import QUERIES, load, query

import foundrydb
from foundrydb.toolkit.analysis import Analysis, Audience, NodeRun
from foundrydb.toolkit.analysis import analyze as watch
from foundrydb.toolkit.stages import analyze, compile
from foundrydb.vm.listing import explain

SCALE = 0.0002


@pytest.fixture
def connection() -> Iterator[foundrydb.Connection]:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.executescript(
        """
        create table t(id integer primary key, a int, b text);
        create table u(c int, d int);
        create index t_a on t(a);
        """
    )
    connection.executemany("insert into t values(?, ?, ?)", [(i, i % 10, f"row {i}") for i in range(1, 101)])
    connection.executemany("insert into u values(?, ?)", [(i % 20, i) for i in range(40)])
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def tpch() -> Iterator[foundrydb.Connection]:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    load(connection, SCALE)
    yield connection
    connection.close()


def by_name(analysis: Analysis, name: str) -> NodeRun:
    (found,) = (run for run in analysis.nodes if type(run.node).__name__ == name)
    return found


def figures(run: NodeRun) -> tuple[int, int, int]:
    return run.runs, run.rows_in, run.rows


def test_rows_of_a_scan_and_a_filter(connection: foundrydb.Connection) -> None:
    found = analyze("select b from t where b like '%7'", connection)
    assert found.rows == 10
    assert figures(by_name(found, "Scan")) == (1, 0, 100)
    assert figures(by_name(found, "Filter")) == (1, 100, 10)
    assert figures(by_name(found, "Project")) == (1, 10, 10)
    assert figures(by_name(found, "Output")) == (1, 10, 10)


def test_the_inner_side_of_a_join_runs_for_each_row(connection: foundrydb.Connection) -> None:
    found = analyze("select t.b, u.d from u cross join t on t.id = u.c", connection)
    seek = by_name(found, "RowidSeek")
    assert (seek.runs, seek.rows) == (40, 38)
    assert seek.rows_per_run == 0.95
    assert by_name(found, "Scan").rows == 40
    assert by_name(found, "Join").rows == 38 == found.rows


def test_outer_joins_yield_from_two_places(connection: foundrydb.Connection) -> None:
    found = analyze("select t.id, u.d from t left join u on u.c = t.a and u.d > 30 order by t.id", connection)
    join = by_name(found, "Join")
    assert (
        join.rows
        == found.rows
        == len(connection.execute("select 1 from t left join u on u.c = t.a and u.d > 30").fetchall())
    )
    found = analyze("select t.id, u.d from t full join u on u.c = t.id", connection)
    assert by_name(found, "Join").rows == found.rows == 38 + 2 + (100 - 19)


def test_subqueries_have_their_own_figures(connection: foundrydb.Connection) -> None:
    found = analyze(
        "select (select d from u where c >= t.a order by d limit 1) from t where id <= 5", connection
    )
    assert figures(by_name(found, "Limit"))[::2] == (5, 5)
    assert by_name(found, "RowidSeek").runs == 1


def test_sorting_grouping_and_limits(connection: foundrydb.Connection) -> None:
    found = analyze("select d % 7 k, count(*) from u group by k order by 2 desc, k limit 3", connection)
    assert found.rows == 3
    assert by_name(found, "Aggregate").rows == 7
    assert by_name(found, "Aggregate").rows_in == 40


def test_changes_are_counted_and_undone(connection: foundrydb.Connection) -> None:
    found = analyze("update t set b = 'x' where a = 3", connection)
    assert (found.changes, found.rows) == (10, 0)
    assert figures(by_name(found, "Update")) == (1, 10, 10)
    assert analyze("delete from t", connection).changes == 100
    assert analyze("insert into u select id, a from t returning c", connection).rows == 100
    assert connection.execute("select count(*), min(b) from t").fetchone() == (100, "row 1")
    assert not connection.in_transaction
    connection.execute("begin")
    connection.execute("delete from u where c = 1")
    analyze("delete from u", connection)
    assert connection.in_transaction
    assert connection.execute("select count(*) from u").fetchone() == (38,)
    connection.execute("rollback")


def test_building_an_index_is_analyzed(connection: foundrydb.Connection) -> None:
    found = analyze("create index t_b on t(b)", connection)
    assert figures(by_name(found, "BuildIndex")) == (1, 100, 100)
    assert figures(by_name(found, "CreateIndex")) == (1, 100, 0)
    assert connection.execute("select count(*) from sqlite_schema where name = 't_b'").fetchone() == (0,)


@pytest.mark.parametrize(("limit", "walked"), [(0, 100), (25, 26)])
def test_entries_and_rows_that_analyze_looks_at(
    connection: foundrydb.Connection, limit: int, walked: int
) -> None:
    """The entry behind the limit is looked at, too: by then two values of the first column were seen."""
    connection.execute(f"pragma analysis_limit = {limit}")
    found = analyze("analyze", connection)
    assert figures(by_name(found, "SampleIndex")) == (1, 0, walked)
    assert figures(by_name(found, "CountTable")) == (1, 0, 1)
    assert figures(by_name(found, "AnalyzeDatabase")) == (1, walked + 1, 0)
    assert {
        found.owners[at]
        for at, row in enumerate(explain(found.compilation.program))
        if row[1] == "TakeSample"
    } == {4}
    assert connection.execute(
        "select count(*) from sqlite_schema where name = 'sqlite_stat1'"
    ).fetchone() == (0,)


@pytest.mark.parametrize(
    ("sql", "node"),
    [
        ("alter table u add column e as (c + d) not null", "CheckRows"),
        ("alter table u add check (c >= 0)", "CheckRows"),
        ("alter table u alter column c set not null", "CheckRows"),
        ("alter table u drop column c", "RewriteRows"),
    ],
)
def test_rows_that_alter_table_works_on(connection: foundrydb.Connection, sql: str, node: str) -> None:
    before = connection.execute("select sql from sqlite_schema").fetchall()
    found = analyze(sql, connection)
    assert figures(by_name(found, "Scan")) == (1, 0, 40)
    assert figures(by_name(found, node)) == (1, 40, 40)
    assert figures(by_name(found, "AlterTable")) == (1, 40, 0)
    assert connection.execute("select sql from sqlite_schema").fetchall() == before


@pytest.mark.parametrize(
    "sql",
    [
        "alter table u add column e check (e > 0 or e is null) default 3",
        "alter table u rename to v",
        "alter table u rename column c to e",
        "alter table u alter column c drop not null",
    ],
)
def test_alter_table_works_on_rows_only_where_it_has_to(connection: foundrydb.Connection, sql: str) -> None:
    walks = "check" in sql
    names = [type(run.node).__name__ for run in analyze(sql, connection).nodes]
    assert names == (["AlterTable", "CheckRows", "Scan"] if walks else ["AlterTable"])


def test_statements_without_a_plan(connection: foundrydb.Connection) -> None:
    found = analyze("drop table u", connection)
    assert not found.nodes and found.instructions > 5
    with pytest.raises(foundrydb.ProgrammingError, match="cannot be analyzed"):
        analyze("begin", connection)
    with pytest.raises(foundrydb.ProgrammingError, match="cannot be analyzed"):
        analyze("explain select 1", connection)


def test_parameters(connection: foundrydb.Connection) -> None:
    assert analyze("select * from t where id = ?", connection, (7,)).rows == 1
    assert analyze("select * from t where id = :id", connection, {"id": 7}).rows == 1
    assert analyze("select * from t where id = ?", connection).rows == 0


def test_errors_leave_the_database_as_it_was(connection: foundrydb.Connection) -> None:
    with pytest.raises(foundrydb.IntegrityError, match=r"UNIQUE constraint failed: t\.id"):
        analyze("insert into t select id + 99, a, b from t", connection)
    assert connection.execute("select count(*) from t").fetchone() == (100,)
    assert not connection.in_transaction


def test_pages_are_counted(tmp_path: object) -> None:
    path = f"{tmp_path}/pages.db"
    writer = foundrydb.connect(path)
    writer.execute("create table t(id integer primary key, a text)")
    writer.executemany("insert into t values(?, ?)", [(i, "x" * 500) for i in range(200)])
    writer.commit()
    writer.close()
    reader = foundrydb.connect(path)
    pages = reader.execute("pragma page_count").fetchone()[0]
    first = by_name(analyze("select sum(length(a)) from t", reader), "Scan")
    again = by_name(analyze("select sum(length(a)) from t", reader), "Scan")
    assert 20 < first.reads <= pages
    assert again.reads == 0
    assert again.pages == first.pages >= first.reads
    reader.close()


STATEMENTS_WITH_PAGES = [
    "select sum(length(a)) from t",
    "select a from t where b between 100 and 120",
    "select x.a, y.a from t x join t y on y.id = x.b where x.b < 30",
    "select count(*) from t",
    "update t set b = b + 1000 where b % 3 = 1",
    "delete from t where b < 50",
    "insert into t select id + 1000, a, b from t",
]


@pytest.mark.parametrize("sql", STATEMENTS_WITH_PAGES)
def test_each_cursor_read_pages_of_its_own_tree(sql: str, tmp_path: Path) -> None:
    path = str(tmp_path / "pages.db")
    with closing(foundrydb.connect(path, isolation_level=None)) as writer:
        writer.execute("create table t(id integer primary key, a text, b int)")
        writer.execute("create index t_b on t(b)")
        rows = [(i, ("x" if i % 40 else "y" * 9000) * 50, i * 7 % 211) for i in range(200)]
        writer.executemany("insert into t values(?, ?, ?)", rows)
    owners: dict[Any, Any] = dict(apsw.Connection(path).execute("select pageno, name from dbstat").get)
    with closing(foundrydb.connect(path, isolation_level=None)) as reader:
        found = analyze(sql, reader, pages=True)
        assert found.cursors and any(run.pages.in_order() for run in found.cursors)
        for run in found.cursors:
            # Page 1 holds the head of the freelist; pages that the statement itself added are not in the file.
            read = {page.number for page in run.pages.in_order() if page.number in owners} - {1}
            assert {owners[number] for number in read} <= {run.tree}
        for at, uses in enumerate(found.profile.uses):
            pages = uses.in_order()
            assert sum(page.times for page in pages) == found.profile.pages[at]
            assert sum(page.reads for page in pages) == found.profile.reads[at]


def test_pages_are_noted_only_where_somebody_asks(connection: foundrydb.Connection) -> None:
    pager = connection.engine.attached.database(0).pager
    assert not analyze("select * from t", connection).profile.uses
    assert analyze("select * from t", connection, pages=True).profile.uses
    with pytest.raises(foundrydb.Error):
        analyze("select abs(a - 9223372036854775807 - 1) from t", connection, pages=True)
    connection.execute("select * from t where a = 3").fetchall()
    assert not pager.noting and not pager.requested and not pager.loaded


@pytest.mark.parametrize("name", QUERIES)
def test_observation_changes_nothing(name: str, tpch: foundrydb.Connection) -> None:
    sql = query(name, SCALE)
    plain = compile(sql, tpch)
    noted = compile(sql, tpch, noting=True)
    assert explain(noted.program) == explain(plain.program)
    found = analyze(sql, tpch)
    assert found.rows == len(tpch.execute(sql).fetchall())
    assert found.nodes[0].rows == found.nodes[0].rows_in == found.rows
    assert sum(run.nanoseconds for run in found.nodes) <= sum(found.profile.nanoseconds)
    setup = [at for at, owner in enumerate(found.owners) if owner == 0]
    assert len(setup) < len(found.owners) / 2


def test_subqueries_of_returning_and_upserts(connection: foundrydb.Connection) -> None:
    sql = (
        "insert into t values (1, 2, 'new') on conflict do update set b = (select max(d) from u)"
        " returning (select count(*) from u where c = a)"
    )
    analysis = analyze(sql, connection)
    scans = [run for run in analysis.nodes if type(run.node).__name__ == "Scan"]
    assert [(run.runs, run.rows) for run in scans] == [(1, 40)]
    assert (analysis.rows, analysis.changes) == (1, 1)
    assert connection.execute("select b from t where id = 1").fetchone() == ("row 1",)


# an audience --------------------------------------------------------------------------------------------------

ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n"


def test_an_audience_gets_the_rows_and_an_interrupt_leaves_the_figures(
    connection: foundrydb.Connection,
) -> None:
    seen: list[tuple[Any, ...]] = []

    def take(rows: list[tuple[Any, ...]]) -> None:
        seen.extend(rows)
        if len(seen) > 1000:
            connection.interrupt()

    run = watch(connection, compile(ENDLESS, connection, noting=True), None, True, Audience(take))
    assert run.stopped
    assert run.rows == len(seen) > 1000
    assert run.instructions > run.rows
    assert seen[:3] == [(1,), (2,), (3,)]


def test_after_an_interrupt_the_next_statement_is_compiled(connection: foundrydb.Connection) -> None:
    connection.interrupt()
    assert compile("select a from t where b in (select d from u)", connection).program.instructions


def test_an_audience_may_have_the_changes_kept(connection: foundrydb.Connection) -> None:
    for keep, left in ((False, 40), (True, 20)):
        compilation = compile("delete from u where c < 10", connection, noting=True)
        run = watch(connection, compilation, None, True, Audience(lambda rows: None, keep))
        assert (run.changes, run.stopped) == (20, False)
        assert connection.execute("select count(*) from u").fetchone() == (left,)
