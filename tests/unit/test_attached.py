"""Connections with more than two databases answer as C SQLite does after ATTACH."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import apsw
import pytest
from harness.disk import Disk, DiskFile

import foundrydb
from foundrydb.errors import Error
from foundrydb.storage.os.vfs import storage_error
from foundrydb.tools.shell.shell import Shell

NAMES = ("one", "Two")

SETUP = [
    "CREATE TABLE t(a, b)",
    "CREATE TABLE one.t(a, b)",
    "CREATE TABLE two.t(a, b)",
    "CREATE TABLE one.u(x INTEGER PRIMARY KEY, y)",
    "CREATE TABLE two.v(z UNIQUE)",
    "CREATE TEMP TABLE w(q)",
    "INSERT INTO t VALUES (1, 2)",
    "INSERT INTO one.t VALUES (3, 4)",
    "INSERT INTO two.t VALUES (5, 6)",
    "INSERT INTO u VALUES (1, 10), (2, 20)",
    "INSERT INTO v VALUES (7)",
]


class Both:
    """The same databases in both engines."""

    def __init__(self, folder: Path) -> None:
        self.folders = [folder / "ours", folder / "theirs"]
        for each in self.folders:
            each.mkdir()
        self.ours = foundrydb.connect(self.folders[0] / "main.db", isolation_level=None)
        self.theirs = apsw.Connection(str(self.folders[1] / "main.db"))
        for name in NAMES:
            self.ours.execute("ATTACH ? AS ?", (str(self.folders[0] / f"{name}.db"), name))
            self.theirs.execute(f"ATTACH '{self.folders[1]}/{name}.db' AS {name}")

    def answers(self, sql: str) -> tuple[Any, Any]:
        """Rows, or an error's text, with the folder's name left out."""
        found: list[Any] = []
        for folder, run in zip(self.folders, (self._ours, self._theirs), strict=True):
            try:
                rows = [tuple(row) for row in run(sql)]
                found.append(
                    [
                        tuple([v.replace(str(folder), "") if isinstance(v, str) else v for v in r])
                        for r in rows
                    ]
                )
            except (Error, apsw.Error) as problem:
                found.append(str(problem))
        return found[0], found[1]

    def _ours(self, sql: str) -> list[Any]:
        return self.ours.execute(sql).fetchall()

    def _theirs(self, sql: str) -> list[Any]:
        return list(self.theirs.execute(sql))

    def agree(self, *statements: str) -> Any:
        """Run statements in both, see that they answer alike, and return the last answer."""
        answer: Any = None
        for sql in statements:
            answer, expected = self.answers(sql)
            assert answer == expected, sql
        return answer

    def close(self) -> None:
        """Close both, and have C SQLite look at our files."""
        self.ours.close()
        self.theirs.close()
        for path in sorted(self.folders[0].glob("*.db")):
            looking = apsw.Connection(str(path))
            assert list(looking.execute("PRAGMA integrity_check")) == [("ok",)], path
            looking.close()


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    made = Both(tmp_path)
    made.agree(*SETUP)
    yield made
    made.close()


# names ----------------------------------------------------------------------------------------------------------


def test_the_list(both: Both) -> None:
    listed = both.agree("PRAGMA database_list")
    assert [row[:2] for row in listed] == [(0, "main"), (1, "temp"), (2, "one"), (3, "Two")]


@pytest.mark.parametrize(
    "sql",
    ["SELECT * FROM t", "SELECT * FROM main.t", "SELECT * FROM one.t", "SELECT * FROM TWO.T", "SELECT * FROM u",
     "SELECT * FROM main.u", "SELECT * FROM v", "SELECT two.t.a, t.b, a FROM two.t", "SELECT one.t.a FROM two.t",
     "SELECT nope.t.a FROM two.t", "SELECT main.t.a + one.t.a + two.t.a FROM t, one.t, two.t",
     "SELECT t.a FROM t, one.t", "SELECT one.t.* FROM one.t, two.t", "SELECT * FROM nope.t", "SELECT * FROM one.nope",
     "WITH t AS (SELECT 'cte' AS a) SELECT * FROM t, one.t", "SELECT * FROM t NATURAL JOIN one.t",
     "SELECT (SELECT max(a) FROM two.t) FROM one.t",
     "SELECT * FROM one.t UNION ALL SELECT * FROM two.t ORDER BY 1 DESC",
     "SELECT name FROM sqlite_schema", "SELECT name FROM one.sqlite_schema", "SELECT name FROM two.sqlite_master",
     "SELECT name FROM temp.sqlite_schema", "SELECT * FROM pragma_table_info('t', 'one')",
     "SELECT name FROM pragma_database_list", "PRAGMA table_info(u)", "PRAGMA main.table_info(u)",
     "PRAGMA two.index_list(v)", "PRAGMA index_info(sqlite_autoindex_v_1)", "PRAGMA nope.user_version",
     "PRAGMA integrity_check", "PRAGMA one.quick_check", "PRAGMA quick_check(v)"],
)  # fmt: skip
def test_names_are_sought_in_temp_and_main_and_on(both: Both, sql: str) -> None:
    both.agree(sql)


def test_a_new_table_hides_those_behind_it(both: Both) -> None:
    both.agree("SELECT x FROM u", "CREATE TABLE u(z)", "SELECT z FROM u", "SELECT * FROM u, one.u")
    both.agree(
        "CREATE TEMP TABLE u(o)", "SELECT u.o FROM u", "DROP TABLE u", "SELECT u.z FROM u", "DROP TABLE u"
    )
    both.agree("SELECT u.x FROM u", "DROP TABLE u", "SELECT u.y FROM u")


def test_objects_are_made_in_main_unless_it_is_said(both: Both) -> None:
    both.agree("CREATE TABLE n1(a)", "CREATE TABLE two.n2(a)", "CREATE TABLE one.n3 AS SELECT * FROM two.t")
    both.agree(
        "CREATE VIEW n4 AS SELECT * FROM t", "CREATE VIEW one.n5 AS SELECT * FROM t", "SELECT * FROM n5"
    )
    both.agree("CREATE VIEW one.n6 AS SELECT * FROM two.t", "CREATE VIEW two.n7 AS SELECT * FROM Two.t")
    both.agree(
        "CREATE VIEW one.n8 AS SELECT * FROM v",
        "SELECT * FROM n8",
        "CREATE TEMP VIEW n9 AS SELECT * FROM two.t",
    )
    both.agree(
        "SELECT * FROM n7", "SELECT * FROM n9", "CREATE TEMP TABLE one.n10(a)", "CREATE TABLE one.t(a)"
    )
    both.agree("CREATE TABLE IF NOT EXISTS one.t(a)", "CREATE TABLE nope.t(a)")
    for name in ("main", "one", "two", "temp"):
        both.agree(f"SELECT type, name, tbl_name, sql FROM {name}.sqlite_schema")
    both.agree("DROP VIEW two.n7")  # where the file has another name, nobody can read that


@pytest.mark.parametrize(
    "sql",
    ["CREATE INDEX i ON u(y)", "CREATE INDEX one.i ON u(y)", "CREATE INDEX two.i ON u(y)",
     "CREATE INDEX temp.i ON u(y)",
     "CREATE INDEX i ON t(a)", "CREATE INDEX i ON w(q)", "CREATE INDEX temp.i ON w(q)", "CREATE INDEX nope.i ON t(a)",
     "CREATE INDEX i ON one_view(a)", "CREATE INDEX one.i ON one_view(a)", "CREATE INDEX i ON temp_view(a)",
     "CREATE UNIQUE INDEX two.i ON v(z)", "CREATE INDEX IF NOT EXISTS one.i ON t(a)"],
)  # fmt: skip
def test_an_index_is_made_where_its_table_is_sought(both: Both, sql: str) -> None:
    both.agree(
        "CREATE VIEW one.one_view AS SELECT 1 AS a", "CREATE TEMP VIEW temp_view AS SELECT 1 AS a", sql
    )
    for name in ("main", "one", "two", "temp"):
        both.agree(f"SELECT name, tbl_name FROM {name}.sqlite_schema WHERE type = 'index'")
    both.agree("SELECT * FROM u WHERE y = 10", "DROP INDEX i", "DROP INDEX i")


def test_changes_of_tables_follow_names(both: Both) -> None:
    both.agree("CREATE VIEW one.seen AS SELECT x FROM u", "CREATE TEMP VIEW mine AS SELECT y FROM one.u")
    both.agree("ALTER TABLE u RENAME TO uu", "SELECT * FROM seen", "SELECT * FROM mine")
    both.agree(
        "ALTER TABLE uu RENAME COLUMN y TO yy", "SELECT * FROM mine", "ALTER TABLE uu ADD COLUMN k DEFAULT 5"
    )
    both.agree("SELECT * FROM uu", "ALTER TABLE one.uu DROP COLUMN k", "ALTER TABLE uu DROP COLUMN yy")
    both.agree(
        "CREATE VIEW t_seen AS SELECT a FROM t",
        "ALTER TABLE one.t RENAME COLUMN a TO other",
        "SELECT * FROM t_seen",
    )
    for name in ("main", "one", "two", "temp"):
        both.agree(f"SELECT name, sql FROM {name}.sqlite_schema")


def test_returned_rows_are_in_no_database(both: Both) -> None:
    both.agree(
        "INSERT INTO one.t VALUES (1, 1) RETURNING t.a, b",
        "INSERT INTO one.t VALUES (1, 1) RETURNING one.t.a",
    )
    both.agree("UPDATE t SET a = 2 RETURNING main.t.a", "DELETE FROM two.t RETURNING (SELECT two.t.a)")
    both.agree("DELETE FROM w RETURNING temp.w.q", "SELECT * FROM one.t")


def test_rows_go_from_one_to_another(both: Both) -> None:
    both.agree("INSERT INTO two.t SELECT * FROM one.t", "UPDATE one.t SET a = (SELECT max(a) FROM two.t)")
    both.agree(
        "UPDATE t SET b = u.y FROM u WHERE x = 2", "DELETE FROM two.t WHERE a IN (SELECT a FROM one.t)"
    )
    both.agree(
        "SELECT * FROM t", "SELECT * FROM one.t", "SELECT * FROM two.t", "SELECT changes(), total_changes()"
    )
    both.agree("INSERT INTO v VALUES (8), (7)", "INSERT OR IGNORE INTO v VALUES (8), (7)", "SELECT * FROM v")


def test_what_belongs_to_a_file(both: Both) -> None:
    both.agree(
        "PRAGMA one.user_version = 5",
        "PRAGMA user_version",
        "PRAGMA two.user_version",
        "PRAGMA one.user_version",
    )
    both.agree(
        "PRAGMA journal_mode = persist", "PRAGMA two.journal_mode", "PRAGMA one.journal_mode = truncate"
    )
    both.agree(
        "PRAGMA two.journal_mode", "PRAGMA journal_mode", "PRAGMA one.cache_size = 77", "PRAGMA cache_size"
    )
    both.agree(
        "PRAGMA one.schema_version",
        "PRAGMA schema_version",
        "PRAGMA two.synchronous = off",
        "PRAGMA synchronous",
    )
    both.agree("CREATE TABLE one.s(id INTEGER PRIMARY KEY AUTOINCREMENT)", "INSERT INTO s VALUES (9)")
    both.agree(
        "SELECT * FROM one.sqlite_sequence",
        "SELECT * FROM sqlite_sequence",
        "SELECT * FROM main.sqlite_sequence",
    )
    both.agree(
        "ANALYZE",
        "SELECT * FROM one.sqlite_stat1 ORDER BY 1, 2",
        "SELECT * FROM two.sqlite_stat1 ORDER BY 1, 2",
    )
    both.agree(
        "SELECT * FROM main.sqlite_stat1",
        "REINDEX",
        "REINDEX v",
        "REINDEX main.v",
        "ANALYZE one",
        "ANALYZE two.v",
    )


def test_foreign_keys_are_checked_in_one_database(both: Both) -> None:
    both.agree("CREATE TABLE two.p(id INTEGER PRIMARY KEY)", "CREATE TABLE two.c(p REFERENCES p)")
    both.agree("CREATE TABLE c(p REFERENCES p)", "INSERT INTO two.c VALUES (1)", "PRAGMA foreign_key_check")
    both.agree("PRAGMA two.foreign_key_check", "INSERT INTO main.c VALUES (1)", "PRAGMA foreign_key_check")
    both.agree(
        "INSERT INTO two.p VALUES (1)", "PRAGMA two.foreign_key_check(c)", "PRAGMA foreign_key_check(c)"
    )


# the interface --------------------------------------------------------------------------------------------------


def opened(module: Any, folder: Path) -> Any:
    """A connection of a module with PEP 249's interface to main and one more file."""
    connection = module.connect(folder / f"{module.__name__}.db", isolation_level=None)
    path = str(folder / f"{module.__name__}-one.db")
    connection.execute(f"ATTACH '{path}' AS One")
    connection.executescript(
        "CREATE TABLE t(a); CREATE TABLE one.u(id INTEGER PRIMARY KEY, b); INSERT INTO u VALUES (1, x'0102')"
    )
    return connection


def calls_of(con: Any, other: Any) -> list[Callable[[], Any]]:
    """Calls of a connection that name its databases; the other one is in memory."""
    return [
        lambda: con.blobopen("u", "b", 1, name="one").read(),
        lambda: con.blobopen("u", "b", 1),
        lambda: len(con.serialize(name="ONE")),
        lambda: con.serialize(name="two"),
        lambda: con.backup(other, name="one"),
        lambda: other.execute("SELECT * FROM u").fetchall(),
        lambda: con.backup(other, name="two"),
        lambda: con.deserialize(con.serialize(), name="one"),
        lambda: con.execute("SELECT * FROM one.t").fetchall(),
        lambda: con.execute("INSERT INTO one.t VALUES (1)").lastrowid,
        lambda: list(con.iterdump()),
        lambda: con.total_changes,
        lambda: con.close(),
        lambda: con.execute("SELECT 1"),
    ]


def test_calls_that_name_a_database(tmp_path: Path) -> None:
    told = []
    for module in (sqlite3, foundrydb):
        con, other = opened(module, tmp_path), module.connect(":memory:")
        answers = []
        for call in calls_of(con, other):
            try:
                answers.append(call())
            except module.Error as problem:
                answers.append((type(problem).__name__, str(problem)))
        told.append(answers)
        other.close()
    assert told[0] == told[1]
    assert sum(isinstance(answer, tuple) for answer in told[0]) == 4


def test_the_shell_lists_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the sqlite3 shell prints."""
    shell = Shell(str(tmp_path / "main.db"))
    shell.run_sql(f"ATTACH '{tmp_path}/one.db' AS one")
    shell.run_sql(
        "CREATE TABLE t(a); CREATE TABLE one.t(z); CREATE VIEW one.v AS SELECT * FROM t; CREATE INDEX one.i ON t(z)"
    )
    for command in (".databases", ".tables", ".indexes", ".schema", ".schema one.t", ".fullschema"):
        shell.dot_command(command)
    assert capsys.readouterr().out.replace(str(tmp_path.resolve()), "").splitlines() == [
        "main: /main.db r/w", "one: /one.db r/w",
        "one.t  one.v  t    ",
        "one.i",
        "CREATE TABLE t(a);", "CREATE TABLE one.t(z);", "CREATE VIEW one.v AS SELECT * FROM t;", "/* one.v(z) */",
        "CREATE INDEX one.i ON t(z);",
        "CREATE TABLE one.t(z);", "CREATE INDEX one.i ON t(z);",
        "CREATE TABLE t(a);", "/* No STAT tables available */",
    ]  # fmt: skip
    shell.close()


def test_the_shell_copies_and_fills_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(str(tmp_path / "main.db"))
    (tmp_path / "in.csv").write_text("7,seven\n8,eight\n")
    shell.run_sql(f"ATTACH '{tmp_path}/one.db' AS one; CREATE TABLE t(a); CREATE TABLE one.u(x, y)")
    shell.dot_command(f".import --csv --schema one {tmp_path}/in.csv u")
    shell.dot_command(f".import --csv --schema one {tmp_path}/in.csv made")
    shell.dot_command(f".backup one {tmp_path}/copy.db")
    shell.run_sql("DELETE FROM u")
    shell.dot_command(f".restore ONE {tmp_path}/copy.db")
    shell.run_sql("SELECT * FROM one.u; SELECT * FROM one.made; SELECT name FROM main.sqlite_schema")
    assert capsys.readouterr().out.splitlines() == ["7|seven", "8|eight", "8|eight", "t"]
    shell.dot_command(f".backup nosuch {tmp_path}/x.db")
    shell.dot_command(f".restore nosuch {tmp_path}/copy.db")
    assert capsys.readouterr().err.splitlines() == ["Error: unknown database nosuch"] * 2
    shell.close()


# transactions ---------------------------------------------------------------------------------------------------

COUNTS = "SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM one.t), (SELECT count(*) FROM two.t)"


def everywhere(values: str) -> list[str]:
    return [f"INSERT INTO {name}.t VALUES ({values})" for name in ("main", "one", "two")]


@pytest.mark.parametrize("begin", ["BEGIN", "BEGIN IMMEDIATE", "BEGIN EXCLUSIVE", "SAVEPOINT s"])
def test_a_transaction_over_all(both: Both, begin: str) -> None:
    both.agree(begin, *everywhere("8, 9"), COUNTS, "COMMIT", COUNTS)
    both.agree(begin, *everywhere("8, 9"), COUNTS, "ROLLBACK", COUNTS)
    names = {path.name for path in both.folders[0].iterdir()}
    assert names == {"main.db", "one.db", "Two.db"}


def test_savepoints_over_all(both: Both) -> None:
    both.agree(
        "SAVEPOINT a",
        "INSERT INTO one.t VALUES (1, 1)",
        "SAVEPOINT b",
        "INSERT INTO two.t VALUES (2, 2)",
        COUNTS,
    )
    both.agree("ROLLBACK TO b", COUNTS, "INSERT INTO t VALUES (3, 3)", "RELEASE a", COUNTS)
    both.agree("SAVEPOINT a", *everywhere("4, 4"), "ROLLBACK TO a", COUNTS, "RELEASE a", COUNTS)


def test_a_statement_that_fails_is_undone_alone(both: Both) -> None:
    both.agree(
        "BEGIN",
        *everywhere("8, 9"),
        "INSERT INTO v VALUES (1), (2), (7)",
        "SELECT * FROM v",
        COUNTS,
        "COMMIT",
    )
    both.agree("BEGIN", *everywhere("8, 9"), "INSERT OR ROLLBACK INTO v VALUES (7)", COUNTS, "COMMIT")


def test_changes_of_schemas_are_undone(both: Both) -> None:
    both.agree("BEGIN", "CREATE TABLE one.n(a)", "DROP TABLE v", "CREATE INDEX two.i ON t(b)", "ROLLBACK")
    both.agree("SELECT * FROM n", "SELECT * FROM v", "SELECT name FROM two.sqlite_schema")
    both.agree(
        "BEGIN",
        "CREATE TABLE one.n(a)",
        "SAVEPOINT s",
        "DROP TABLE n",
        "CREATE TABLE two.n(b)",
        "ROLLBACK TO s",
    )
    both.agree("SELECT one.n.a FROM n", "COMMIT", "SELECT name FROM one.sqlite_schema", "SELECT * FROM two.n")


def test_who_may_only_query_begins_no_writing(both: Both) -> None:
    both.agree(
        "PRAGMA query_only = 1",
        "BEGIN IMMEDIATE",
        "COMMIT",
        "BEGIN",
        "INSERT INTO one.u VALUES (5, 5)",
        "COMMIT",
    )
    both.agree(
        "PRAGMA query_only = 0",
        "BEGIN IMMEDIATE",
        "INSERT INTO one.u VALUES (5, 5)",
        "COMMIT",
        "SELECT * FROM u",
    )


def test_another_connection_changes_a_schema(both: Both) -> None:
    both.agree("SELECT * FROM v")
    for folder in both.folders:
        other = apsw.Connection(str(folder / "Two.db"))
        other.execute("ALTER TABLE v ADD COLUMN more DEFAULT 'new'; CREATE TABLE late(a)")
        other.close()
    both.agree("SELECT * FROM v", "SELECT * FROM late", "INSERT INTO late VALUES (1)", "SELECT * FROM late")


def test_a_reader_of_one_is_in_the_way_of_all(both: Both) -> None:
    readers = [apsw.Connection(str(folder / "one.db")) for folder in both.folders]
    both.agree("BEGIN", *everywhere("8, 9"))
    for reader in readers:
        reader.execute("BEGIN; SELECT * FROM t").fetchall()
    assert both.agree("COMMIT") == "database is locked"
    both.agree(COUNTS, "INSERT INTO t VALUES (0, 0)")
    for reader in readers:
        reader.close()
    both.agree("COMMIT", COUNTS)


def test_a_database_that_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    made = apsw.Connection(str(path))
    made.execute("CREATE TABLE t(a)")
    made.close()
    theirs = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    ours = foundrydb.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
    for sql in (
        "BEGIN IMMEDIATE",
        "INSERT INTO t VALUES (1)",
        "COMMIT",
        "BEGIN EXCLUSIVE",
        "SELECT * FROM t",
        "ROLLBACK",
    ):
        answers: list[Any] = []
        for run in (ours.execute, theirs.execute):
            try:
                answers.append(list(run(sql)))
            except (Error, apsw.Error) as problem:
                answers.append(str(problem))
        assert answers[0] == answers[1], sql
    ours.close()
    theirs.close()


def test_all_are_closed_even_where_one_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk()
    connection = disk.connect("main.db")
    connection.execute("ATTACH 'one.db' AS one")
    connection.execute("ATTACH 'two.db' AS two")
    connection.execute("CREATE TABLE two.t(a)")
    connection.commit()
    stuck = {"main.db": "SQLITE_IOERR_LOCK", "one.db": "SQLITE_IOERR_READ"}
    closed: list[str] = []
    close = DiskFile.close

    def closing(file: DiskFile) -> None:
        close(file)
        closed.append(file.path)
        if file.path in stuck:
            raise storage_error(stuck[file.path])

    monkeypatch.setattr(DiskFile, "close", closing)
    with pytest.raises(Error) as told:
        connection.close()
    assert told.value.sqlite_errorname == "SQLITE_IOERR_LOCK"
    assert closed == ["main.db", "one.db", "two.db"]
    assert connection.engine.attached.databases() == []


QUESTIONS = (
    "select count(*), sum(a) from other.t",
    "select * from t order by 1 limit 2",
    "select count(*) from u",
    "select b from other.t order by b limit 1",
)
"""Asked while a database is attached, and while it is not."""


def coming_back(module: Any, folder: Path, between: Callable[[Any, Path], None]) -> list[object]:
    """What is answered before a database is detached, after, and once one of its name is attached again."""
    files = [str(folder / name) for name in ("main", "other")]
    for path, rows in zip(files, ((1,), (2, 3)), strict=True):
        made = module.connect(path, isolation_level=None)
        made.execute("create table t(a, b)")
        made.executemany("insert into t(a) values (?)", [(row,) for row in rows])
        made.execute("create index t_a on t(a)")
        made.close()
    connection = module.connect(files[0], isolation_level=None)
    answers: list[object] = []

    def ask() -> None:
        for sql in QUESTIONS:
            try:
                answers.append(connection.execute(sql).fetchall())
            except module.Error as problem:
                answers.append(str(problem))

    for _ in range(2):
        connection.execute("attach ? as other", (files[1],))
        ask()
        connection.execute("detach other")
        ask()
    between(connection, folder)
    connection.execute("attach ? as other", (files[1],))
    ask()
    connection.execute("detach other")
    ask()
    connection.close()
    return answers


def elsewhere(module: Any, path: Path, *statements: str) -> None:
    """Statements of another connection."""
    other = module.connect(str(path), isolation_level=None)
    for sql in statements:
        other.execute(sql)
    other.close()


def a_column_more(module: Any, connection: Any, folder: Path) -> None:
    elsewhere(module, folder / "other", "alter table t add c default 5")


def other_rows(module: Any, connection: Any, folder: Path) -> None:
    elsewhere(module, folder / "other", "delete from t", "insert into t values (8, 9)")


def another_file_of_the_same_age(module: Any, connection: Any, folder: Path) -> None:
    """It has had as many changes of its schema, which are others."""
    (folder / "other").unlink()
    elsewhere(module, folder / "other", "create table t(b, a)", "create index t_b on t(b)")
    elsewhere(module, folder / "other", "insert into t values (70, 7)")


def the_other_tables_indexed(module: Any, connection: Any, folder: Path) -> None:
    elsewhere(module, folder / "other", "drop index t_a", "create table u(x)", "create index t_a on t(a)")


def main_has_another_table(module: Any, connection: Any, folder: Path) -> None:
    connection.execute("create table u(y)")


def main_is_changed_elsewhere(module: Any, connection: Any, folder: Path) -> None:
    elsewhere(module, folder / "main", "create table u(y)", "insert into u values (1)")


def another_one_was_there(module: Any, connection: Any, folder: Path) -> None:
    connection.execute("attach ':memory:' as other")
    connection.execute("create table other.u(y)")
    connection.execute("detach other")


def another_one_takes_the_place(module: Any, connection: Any, folder: Path) -> None:
    connection.execute("attach ':memory:' as before")
    connection.execute("create table before.u(y)")


@pytest.mark.parametrize(
    "change",
    [
        a_column_more,
        other_rows,
        another_file_of_the_same_age,
        the_other_tables_indexed,
        main_has_another_table,
        main_is_changed_elsewhere,
        another_one_was_there,
        another_one_takes_the_place,
    ],
)
def test_a_database_that_comes_back(tmp_path: Path, change: Callable[[Any, Any, Path], None]) -> None:
    """What was kept of it is used only if it is as it was."""
    found = []
    for module in (foundrydb, sqlite3):
        folder = tmp_path / module.__name__
        folder.mkdir()
        found.append(coming_back(module, folder, partial(change, module)))
    assert found[0] == found[1]


def test_what_comes_back_needs_nothing_compiled(tmp_path: Path) -> None:
    connection = foundrydb.connect(tmp_path / "main", isolation_level=None)
    elsewhere(foundrydb, tmp_path / "other", "create table t(a)")
    generations = []
    for _ in range(3):
        connection.execute("attach ? as other", (str(tmp_path / "other"),))
        generations.append(connection.engine.attached.generation)
        connection.execute("detach other")
        generations.append(connection.engine.attached.generation)
    assert len(set(generations)) == 2
    connection.execute("create table u(a)")
    connection.execute("attach ? as other", (str(tmp_path / "other"),))
    assert connection.engine.attached.generation not in generations
    connection.close()
