"""A statement that was explained is compiled, and one that is compiled is explained as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from harness.side_by_side import SideBySide

import foundrydb
from foundrydb.compiler import pipeline
from foundrydb.engine.statement import Prepared

SQL = "SELECT a FROM t WHERE b = 2 ORDER BY a"
PREFIXES = ["EXPLAIN ", "EXPLAIN QUERY PLAN ", "explain query plan\n"]


@pytest.fixture
def con() -> Iterator[foundrydb.Connection]:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.executescript("CREATE TABLE t(a, b); INSERT INTO t VALUES (3, 2), (1, 2), (2, 1)")
    yield connection
    connection.close()


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are compiled from now on."""
    texts: list[str] = []
    compile_statement = pipeline.compile_statement

    def noted(statement: Any, sql: str, *rest: Any) -> pipeline.Compilation:
        texts.append(sql)
        return compile_statement(statement, sql, *rest)

    monkeypatch.setattr(pipeline, "compile_statement", noted)
    return texts


def kept(con: foundrydb.Connection, sql: str) -> Prepared | None:
    return con.engine.preparer.cache.find(sql, con.engine.attached.generation)


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("sql", [SQL, f"\n  {SQL};", f"{SQL} -- all"])
def test_what_was_explained_is_kept(con: foundrydb.Connection, prefix: str, sql: str) -> None:
    con.execute(prefix + sql)
    found = kept(con, sql)
    assert found is not None and con.session.prepare(sql) is found
    assert con.execute(sql).fetchall() == [(1,), (3,)]
    assert con.session.prepare(sql) is found


@pytest.mark.parametrize("prefix", PREFIXES)
def test_explaining_a_kept_statement(con: foundrydb.Connection, compiled: list[str], prefix: str) -> None:
    before = con.execute(prefix + SQL).fetchall()
    con.engine.attached.expire()
    con.execute(SQL).fetchall()
    compiled.clear()
    assert con.execute(prefix + SQL).fetchall() == before
    assert compiled == []


@pytest.mark.parametrize(
    "change", ["CREATE INDEX t_b ON t(b)", "DROP TABLE t; CREATE TABLE t(a TEXT, b)", "ANALYZE"]
)
def test_a_changed_schema_counts(con: foundrydb.Connection, change: str) -> None:
    con.execute("EXPLAIN QUERY PLAN " + SQL)
    con.executescript(change)
    assert kept(con, SQL) is None
    fresh = foundrydb.connect(":memory:")
    fresh.deserialize(con.serialize())
    explained = [
        [connection.execute(prefix + SQL).fetchall() for prefix in PREFIXES] for connection in (con, fresh)
    ]
    assert explained[0] == explained[1]
    fresh.close()


def test_a_statement_of_another_schema_is_not_run(tmp_path: Any) -> None:
    one, other = [foundrydb.connect(tmp_path / "a.db", isolation_level=None) for _ in range(2)]
    one.executescript("CREATE TABLE t(a, b); INSERT INTO t VALUES (1, 2)")
    assert len(one.execute("EXPLAIN " + SQL).fetchall()) > 1
    other.executescript("DROP TABLE t; CREATE TABLE t(b, a); INSERT INTO t VALUES (2, 7)")
    assert one.execute(SQL).fetchall() == [(7,)]
    one.close()
    other.close()


def test_the_authorizer_is_asked_each_time(con: foundrydb.Connection) -> None:
    asked: list[int] = []

    def ask(*about: Any) -> int:
        asked.append(about[0])
        return 0

    con.execute("EXPLAIN " + SQL)
    con.set_authorizer(ask)
    counts = []
    for sql in ("EXPLAIN " + SQL, SQL, "EXPLAIN QUERY PLAN " + SQL):
        asked.clear()
        con.execute(sql).fetchall()
        counts.append(len(asked))
    assert counts[0] == counts[1] == counts[2] > 0


def test_an_error_is_told_in_its_place(con: foundrydb.Connection) -> None:
    with pytest.raises(foundrydb.OperationalError) as caught:
        con.execute("EXPLAIN SELECT a, nil FROM t")
    assert caught.value.offset == len("EXPLAIN SELECT a, ")
    assert kept(con, "SELECT a, nil FROM t") is None


def test_parameters_and_literals(con: foundrydb.Connection) -> None:
    sql = "SELECT a FROM t WHERE b = ? AND a > :low"
    con.execute("EXPLAIN " + sql, (None, None))
    assert con.execute(sql, (2, 1)).fetchall() == [(3,)]
    for number in range(4):
        text = f"SELECT a FROM t WHERE b = {number} ORDER BY a"
        assert con.execute("EXPLAIN QUERY PLAN " + text).fetchall() == [
            (1, 0, 0, "SCAN t"),
            (2, 0, 0, "USE TEMP B-TREE FOR ORDER BY"),
        ]
        assert con.execute(text).fetchall() == {1: [(2,)], 2: [(1,), (3,)]}.get(number, [])


@pytest.mark.parametrize(
    "sql", ["BEGIN", "CREATE TABLE u(a)", "PRAGMA user_version = 7", "ANALYZE", "DELETE FROM t"]
)
def test_explaining_does_nothing(con: foundrydb.Connection, sql: str) -> None:
    before = con.serialize()
    con.execute("EXPLAIN " + sql).fetchall()
    assert not con.in_transaction and con.serialize() == before
    con.execute(sql).fetchall()
    assert con.in_transaction == (sql == "BEGIN")


@pytest.mark.parametrize("query_plan", [True, False])
def test_a_tool_explains_what_it_runs(
    con: foundrydb.Connection, compiled: list[str], query_plan: bool
) -> None:
    def rows(explaining: Prepared) -> list[Any]:
        _, machine, rows = con.engine.first_row(explaining, [None])
        while not machine.done:
            rows += machine.run()
        return rows

    prepared, _ = con.engine.prepare("SELECT 1; " + SQL, 10)
    assert prepared is not None
    compiled.clear()
    explained = rows(con.engine.explain(prepared, query_plan))
    assert compiled == []
    assert explained == con.execute(PREFIXES[query_plan] + SQL).fetchall()


CHANGES = (
    *(
        "insert into t values (1, 2, 3)",
        "insert into t values (1, 2, 3), (4, 5, 6)",
        "insert into t select 1, 2, 3",
    ),
    *(
        "insert into t default values",
        "insert into u(x) values (random())",
        "insert into u values ((select 1), 2)",
    ),
    *("delete from t", "delete from t where 1", "delete from t returning a", "delete from vv where b = 1"),
    *("update vv set b = 1", "insert into vv values (1, 2, 3)", "insert into vv select * from t"),
)


@pytest.mark.parametrize("sql", CHANGES)
def test_query_plans_of_changes_are_told_as_in_c_sqlite(sql: str) -> None:
    both = SideBySide()
    both.run("create table t(a integer primary key, b, c)")
    both.run("create table u(x, y)")
    both.run("create view vv as select * from t")
    for event in ("insert", "update", "delete"):
        both.run(f"create trigger {event}ing instead of {event} on vv begin select 1; end")
    ours = [row[3] for row in both.ours.execute(f"explain query plan {sql}")]
    theirs = [row[3] for row in both.theirs.execute(f"explain query plan {sql}")]
    both.close()
    assert ours == theirs
