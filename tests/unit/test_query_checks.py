"""What tests say about queries, without pytest: assertions, the database that is planned for, what is worse."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest

import foundrydb
from foundrydb.testing.goldens import Goldens
from foundrydb.testing.named_queries import named_queries
from foundrydb.testing.plan_database import plan_database
from foundrydb.testing.plan_lock import LockedPlan, PlanLock, lock_text, what_got_worse
from foundrydb.testing.query_checks import QueryChecks

SCHEMA = """
create table bell(id integer primary key, note text, weight real, inscription text);
create index bell_note on bell(note, weight);
"""
STATISTICS = """
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 VALUES('bell','bell_note','100000 5000 2');
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def fdb(tmp_path: Path) -> Iterator[QueryChecks]:
    """Checks of queries over a hundred thousand bells."""
    schema = write(tmp_path / "schema.sql", SCHEMA)
    connection = plan_database(schema, write(tmp_path / "statistics.sql", STATISTICS))
    yield QueryChecks(connection)
    connection.close()


def failure(check: Callable[[], object]) -> str:
    """The message that a check fails with."""
    with pytest.raises(AssertionError) as caught:
        check()
    return str(caught.value)


SEEK = "select inscription from bell where note = 'a1' and weight > 300"


def test_assertions_that_hold(fdb: QueryChecks) -> None:
    fdb.assert_uses_index(SEEK, "BELL_note")
    fdb.assert_no_scan(SEEK)
    fdb.assert_no_scan("select * from bell", "sqlite_schema")
    fdb.assert_no_scan_over(SEEK, 0)
    fdb.assert_no_scan_over("select * from bell", 100_000)
    fdb.assert_no_sort("select * from bell where note = ? order by weight desc")
    fdb.assert_cost_at_most(SEEK, 20_000)


SORT = "select * from bell order by weight"
FAILURES: list[tuple[Callable[[QueryChecks], object], list[str]]] = [
    (
        lambda fdb: fdb.assert_uses_index("select * from bell where inscription > 3", "bell_note"),
        ["the plan does not use bell_note, but no index\n", "Scan bell"],
    ),
    (
        lambda fdb: fdb.assert_uses_index("select * from bell", "bell_nte"),
        ["there is no index bell_nte: did you mean bell_note?\n"],
    ),
    (
        lambda fdb: fdb.assert_no_scan_over("select weight from bell b where inscription is null", 99_999),
        ["the plan has a scan bell as b, 100000 rows\n", "Filter b.inscription IS NULL"],
    ),
    (
        lambda fdb: fdb.assert_no_scan("select note from bell"),
        ["the plan has a scan bell by bell_note, 100000 rows"],
    ),
    (lambda fdb: fdb.assert_no_scan("select note from bell", "belt"), ["there is no table belt\n"]),
    (lambda fdb: fdb.assert_no_sort(SORT), ["the plan sorts: ORDER BY weight\n\n" + SORT, "Sort by weight"]),
    (
        lambda fdb: fdb.assert_no_sort("select sum(weight) over (order by inscription) from bell"),
        ["the plan sorts: window over bell.inscription"],
    ),
    (
        lambda fdb: fdb.assert_cost_at_most("select * from bell", 10),
        ["the plan costs 100000, more than 10\n"],
    ),
    (
        lambda fdb: fdb.assert_no_sort("select nte from bell"),
        ["no such column: nte\n  1:8 | select nte from bell\n", 'did you mean "note"?'],
    ),
    (lambda fdb: fdb.assert_no_sort("vacuum x y"), ['near "y": syntax error']),
    (lambda fdb: fdb.assert_no_sort("pragma user_version"), ["the statement has no plan"]),
    (lambda fdb: fdb.assert_no_sort(""), ["there is no statement"]),
    (lambda fdb: fdb.golden_plan("select 1"), ["there are no golden files here"]),
    (lambda fdb: fdb.lock_plan("x", "select 1"), ["there is no plan lock here"]),
    (lambda fdb: fdb.golden_rows("select :a", {}), ["You did not supply a value for binding parameter :a"]),
]


@pytest.mark.parametrize("number", range(len(FAILURES)))
def test_assertions_that_fail_show_the_plan(fdb: QueryChecks, number: int) -> None:
    check, pieces = FAILURES[number]
    message = failure(lambda: check(fdb))
    for piece in pieces:
        assert piece in message


def test_connections_of_other_libraries_are_copied(tmp_path: Path) -> None:
    script = "create table t(a, b); insert into t values (1, 'x'), (2.5, null), (x'00', '1')"
    ours = foundrydb.connect(":memory:")
    theirs = sqlite3.connect(":memory:")
    for connection in (ours, theirs):
        connection.executescript(script)
    newest = apsw.Connection(":memory:")
    newest.execute(script)
    goldens = Goldens(tmp_path, "rows", True, [])
    for each in (ours, theirs, newest):
        QueryChecks(each, goldens).golden_rows("select * from t where a is not ?", (7,))
    (text,) = {path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert text.endswith("│ 1     │ 'x'  │\n│ 2.5   │ NULL │\n│ x'00' │ '1'  │\n└───────┴──────┘\n3 rows\n")


# -- the database that is planned for


def test_a_database_gives_schema_and_statistics(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    con = sqlite3.connect(path)
    con.executescript(
        SCHEMA
        + "create view v as select note from bell; create table seq(a integer primary key autoincrement)"
    )
    con.executemany("insert into bell(note, weight) values (?, ?)", [(f"n{i % 7}", i) for i in range(700)])
    con.execute("analyze")
    con.commit()
    con.close()
    whole = QueryChecks(plan_database(path))
    assert whole.facts("select * from bell").rows == 700
    assert whole.connection.execute("select count(*) from v").fetchone() == (0,)
    apart = QueryChecks(plan_database(write(tmp_path / "schema.sql", SCHEMA), path))
    assert apart.facts("select * from bell").rows == 700


def test_a_table_keeps_its_size_when_the_index_that_told_it_goes(tmp_path: Path) -> None:
    schema = write(tmp_path / "schema.sql", SCHEMA.replace("create index", "-- create index"))
    con = plan_database(schema, write(tmp_path / "statistics.sql", STATISTICS))
    assert QueryChecks(con).facts("select * from bell").rows == 100_000


@pytest.mark.parametrize(
    ("schema", "statistics", "message"),
    [
        ("create tabel t(a)", "", 'schema.sql: near "tabel": syntax error\n  1:8 | create tabel t(a)'),
        (
            "",
            "insert into sqlite_stat1 values (1)",
            "statistics.sql: table sqlite_stat1 has 3 columns but 1 values",
        ),
        ("", "insert", "statistics.sql: incomplete input"),
        (b"\xff\xfe\x00", "", "schema.sql: neither a database nor a text in UTF-8"),
        (b"SQLite format 3\x00damaged", "", "schema.sql: file is not a database"),
        (None, "", "schema.sql: No such file or directory"),
        ("", None, "statistics.sql: No such file or directory"),
    ],
)
def test_bad_files_are_named(
    schema: str | bytes | None, statistics: str | None, message: str, tmp_path: Path
) -> None:
    for name, content in (("schema.sql", schema), ("statistics.sql", statistics)):
        if content is not None:
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(foundrydb.OperationalError) as caught:
        plan_database(tmp_path / "schema.sql", tmp_path / "statistics.sql")
    assert str(caught.value).startswith(f"{tmp_path}/{message}")


def test_two_queries_of_one_name_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "q.sql", "-- name: a\nselect 1; -- name: a\nselect 2")
    with pytest.raises(ValueError, match="two queries are called a"):
        named_queries(path)


# -- the plan lock


@pytest.mark.parametrize(
    "text", ["by note = 3", "[x]\nsql = 3", "x = 3", "[x]\ncost = 'a'\nscans = 1\nsorts = 2"]
)
def test_what_is_no_lock_file(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"queries\.lock is no lock file"):
        PlanLock(write(tmp_path / "queries.lock", text)).read()


def locked(cost: float, scans: list[str], sorts: list[str]) -> LockedPlan:
    return LockedPlan("select 1", cost, scans, sorts, "", "plan\n")


@pytest.mark.parametrize(
    ("before", "now", "worse"),
    [
        (locked(100, [], []), locked(109, [], []), []),
        (locked(100, [], []), locked(111, [], []), ["the cost rose from 100 to 111"]),
        (
            locked(100, [], []),
            locked(100, ["scan t"], ["ORDER BY a"]),
            ["new: scan t", "new: sort, ORDER BY a"],
        ),
        (locked(100, [], []), locked(99, ["scan t"], ["ORDER BY a"]), []),
        (locked(100, ["scan t"], []), locked(100, ["scan t", "scan t"], []), ["new: scan t"]),
        (locked(100, [], ["ORDER BY a"]), locked(100, [], ["ORDER BY b"]), []),
        (locked(100, [], ["ORDER BY a"]), locked(100, [], ["ORDER BY a"] * 2), ["one more sort"]),
    ],
)
def test_what_is_worse(before: LockedPlan, now: LockedPlan, worse: list[str]) -> None:
    assert what_got_worse(before, now) == worse


@pytest.mark.parametrize(
    "sql", ["select ''\nfrom t", "select '\"\"\"', '\\',\n'''x'''", "a\r\nb\x00\x7f\u2028", "\nx\n", "'"]
)
def test_any_text_survives_the_lock(sql: str, tmp_path: Path) -> None:
    plan = LockedPlan(sql, 1.5, [sql], [sql], "", sql)
    path = tmp_path / "queries.lock"
    path.write_text(lock_text({sql: plan}), encoding="utf-8", newline="\n")
    assert PlanLock(path).read() == {sql: plan}
