"""Dot-commands that copy databases, set parameters and show what plans depend on."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

TABLE = "CREATE TABLE t(a, b); CREATE INDEX i ON t(a); INSERT INTO t VALUES (1, 2), (3, 4);\n"


# .parameter -----------------------------------------------------------------------------------------------------


def test_parameters_have_the_values_that_were_set(fdb: Run) -> None:
    script = """
.parameter set :a 5
.parameter set $b "'text'"
.parameter set @c hello
.parameter set ?9 x'0102'
SELECT :a, $b, @c, hex(?9), typeof(?), typeof(:none);
"""
    assert fdb(input=script).stdout == "5|text|hello|0102|null|null\n"


def test_a_parameter_without_a_name_goes_by_its_number(fdb: Run) -> None:
    assert fdb(input=".parameter set ?2 7\nSELECT typeof(?), ?, ?2;\n").stdout == "null|7|7\n"


def test_values_are_expressions_or_else_text(fdb: Run) -> None:
    script = """
.parameter set a 1+2
.parameter set bcd "it's"
.parameter set c NULL
.parameter list
"""
    assert fdb(input=script).stdout == "a   3\nbcd 'it''s'\nc   NULL\n"


def test_parameters_are_unset_and_cleared(fdb: Run) -> None:
    script = """
.parameter list
.parameter unset :a
.parameter set :a 1
.parameter set :b 2
.parameter unset :a
.parameter list
SELECT typeof(:a), :b;
.parameter clear
.parameter list
SELECT typeof(:b);
"""
    assert fdb(input=script).stdout == ":b 2\nnull|2\nnull\n"


def test_the_table_of_parameters_is_the_user_s_to_change(fdb: Run) -> None:
    script = """
.parameter init
INSERT INTO temp.sqlite_parameters VALUES (':a', 9);
SELECT :a;
CREATE TABLE sqlite_other(a);
"""
    done = fdb(input=script)
    assert done.stdout == "9\n"
    assert "object name reserved for internal use: sqlite_other" in done.stderr


@pytest.mark.parametrize(
    "rest", ["", " foo", " set a", " set a b c", " unset", " unset a b", " list a", " clear a"]
)
def test_parameter_is_used_wrongly(fdb: Run, rest: str) -> None:
    done = fdb(input=f".parameter{rest}\n")
    assert (done.stdout, done.stderr) == (
        "",
        "Error: clear, init, list, set PARAMETER VALUE or unset PARAMETER: see .help parameter\n",
    )


# .backup, .save, .restore ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [".backup", ".save", ".backup main", ".backup --async"])
def test_a_database_is_copied_to_a_file(fdb: Run, tmp_path: Path, command: str) -> None:
    done = fdb(input=f"{TABLE}{command} copy.db\n")
    assert (done.stdout, done.stderr) == ("", "")
    con = sqlite3.connect(tmp_path / "copy.db")
    assert con.execute("SELECT * FROM t").fetchall() == [(1, 2), (3, 4)]
    con.close()


@pytest.mark.parametrize("command", [".restore", ".restore main"])
def test_a_database_is_brought_back(fdb: Run, command: str) -> None:
    script = f"{TABLE}.save copy.db\nDELETE FROM t; CREATE TABLE u(a);\n{command} copy.db\nSELECT * FROM t;\n.tables\n"
    done = fdb(input=script)
    assert (done.stdout, done.stderr) == ("1|2\n3|4\nt\n", "")


@pytest.mark.parametrize(
    "line, message",
    [
        (".backup", "Error: missing FILENAME argument on .backup"),
        (".save", "Error: missing FILENAME argument on .backup"),
        (".backup a b c", "Usage: .backup ?DB? FILE"),
        (".backup --foo x.db", "Error: unknown option: --foo"),
        (".backup nope x.db", "Error: unknown database nope"),
        (".backup missing/x.db", 'Error: cannot open "missing/x.db"'),
        (".restore", "Usage: .restore ?DB? FILE"),
        (".restore a b c", "Usage: .restore ?DB? FILE"),
        (".restore missing.db", 'Error: cannot open "missing.db"'),
        (".restore nope x.db", "Error: unknown database nope"),
    ],
)
def test_copies_that_cannot_be_made(fdb: Run, tmp_path: Path, line: str, message: str) -> None:
    done = fdb(input=f"{TABLE}{line}\nSELECT count(*) FROM t;\n")
    assert (done.stdout, done.stderr) == ("2\n", message + "\n")
    assert not list(tmp_path.glob("*.db"))


def test_a_database_is_brought_back_into_temp(fdb: Run) -> None:
    done = fdb(
        input=f"{TABLE}.save copy.db\n.restore temp copy.db\nDROP TABLE main.t;\nSELECT * FROM temp.t;\n"
    )
    assert (done.stdout, done.stderr) == ("1|2\n3|4\n", "")


@pytest.mark.parametrize("command", [".backup main copy.db", ".restore main copy.db"])
def test_a_file_that_is_being_written(fdb: Run, tmp_path: Path, command: str) -> None:
    other = sqlite3.connect(tmp_path / "copy.db", isolation_level=None)
    other.executescript("PRAGMA locking_mode = exclusive; CREATE TABLE u(a)")
    done = fdb(input=f"{TABLE}{command}\nSELECT count(*) FROM t;\n")
    other.close()
    assert done.stdout == "2\n"
    assert done.stderr.splitlines()[-1].endswith("database is locked")
    assert len(done.stderr.splitlines()) == 1


def test_what_is_no_database_is_not_restored(fdb: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database at all\n" * 100)
    done = fdb(input=f"{TABLE}.restore notes.txt\nSELECT count(*) FROM t;\n")
    assert done.stdout == "2\n"
    assert "file is not a database" in done.stderr


# .clone ---------------------------------------------------------------------------------------------------------

OBJECTS = """
CREATE TABLE s(id INTEGER PRIMARY KEY AUTOINCREMENT, x);
INSERT INTO s VALUES (7, 'x');
CREATE TABLE "g h"(a, b AS (a + 1), "c d" AS (a * 2) STORED);
INSERT INTO "g h" VALUES (5);
CREATE VIEW v AS SELECT a FROM t;
ANALYZE;
"""


def test_a_database_is_cloned(fdb: Run, tmp_path: Path) -> None:
    """Object by object: values that are generated are so again, and no row of SQLite's own tables comes twice."""
    done = fdb(input=f"{TABLE}{OBJECTS}.clone new.db\n.dump\n")
    names = ["t", "s", "g h", "sqlite_stat1", "sqlite_stat4", "sqlite_sequence", "i", "v"]
    told = "".join(f"{name}... done\n" for name in names)
    assert done.stderr == ""
    assert done.stdout.startswith(told)
    again = fdb("new.db", ".dump")
    assert again.stdout == done.stdout.removeprefix(told)
    con = sqlite3.connect(tmp_path / "new.db")
    assert con.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert con.execute('SELECT * FROM "g h"').fetchall() == [(5, 6, 10)]
    con.close()


def test_a_clone_that_cannot_be_made(fdb: Run, tmp_path: Path) -> None:
    (tmp_path / "there").touch()
    assert fdb(input=".clone there\n").stderr == 'Error: File "there" already exists.\n'
    assert fdb(input=".clone\n").stderr == "Usage: .clone FILE\n"
    assert fdb(input=".clone no/such/folder\n").stderr == 'Error: cannot open "no/such/folder"\n'


# .dump ----------------------------------------------------------------------------------------------------------

TABLES_OF_ROWIDS = """
create table t(a,b); insert into t(rowid,a) values(5,1); create table r(rowid,b); insert into r values(1,2);
create table k(i integer primary key,b); insert into k values(1,2);
create table w(a primary key,b) without rowid; insert into w values(1,2);
create table x(rowid,oid,_rowid_); insert into x values(1,2,3);
create table g(a,b as (a+1) stored); insert into g(a) values(1);
create table "a b"("c d", "table"); insert into "a b" values(1,2);
"""


def test_a_dump_with_rowids(fdb: Run) -> None:
    """As the sqlite3 shell prints them: a table whose rowids are a column, or have no name left, is as usual."""
    done = fdb(input=f"{TABLES_OF_ROWIDS}.dump --preserve-rowids --data-only\n")
    assert done.stdout.splitlines() == [
        "INSERT INTO t(rowid,a,b) VALUES(5,1,NULL);",
        "INSERT INTO r(_rowid_,rowid,b) VALUES(1,1,2);",
        "INSERT INTO k VALUES(1,2);",
        "INSERT INTO w VALUES(1,2);",
        "INSERT INTO x VALUES(1,2,3);",
        "INSERT INTO g(rowid,a) VALUES(1,1);",
        'INSERT INTO "a b"(rowid,"c d","table") VALUES(1,1,2);',
    ]
    assert fdb(input=".dump --rowids\n").stderr == 'Error: Unknown option "--rowids" on ".dump"\n'


def test_a_dump_that_an_error_ends_is_rolled_back(fdb: Run, tmp_path: Path) -> None:
    fdb("damaged.db", TABLE)
    data = bytearray((tmp_path / "damaged.db").read_bytes())
    data[4096:4097] = b"\x07"
    (tmp_path / "damaged.db").write_bytes(data)
    done = fdb("damaged.db", ".dump")
    assert done.stdout.splitlines()[-1] == "ROLLBACK; -- due to errors"
    assert "database disk image is malformed" in done.stderr


# .fullschema ----------------------------------------------------------------------------------------------------


def test_the_full_schema_without_statistics(fdb: Run) -> None:
    done = fdb(input=f'{TABLE}CREATE TABLE "u v"(a);\nCREATE TEMP TABLE w(a);\n.fullschema\n')
    lines = done.stdout.splitlines()
    assert lines[-1] == "/* No STAT tables available */"
    assert set(lines[:-1]) == {
        "CREATE TABLE t(a, b);",
        "CREATE INDEX i ON t(a);",
        'CREATE TABLE IF NOT EXISTS "u v"(a);',
        "CREATE TABLE w(a);",
    }


def test_the_full_schema_can_be_run(fdb: Run) -> None:
    done = fdb(input=f"{TABLE}ANALYZE;\n.fullschema\n")
    assert done.stdout == (
        "CREATE TABLE t(a, b);\nCREATE INDEX i ON t(a);\n"
        "ANALYZE sqlite_schema;\nINSERT INTO sqlite_stat1 VALUES('t','i','2 1');\n"
        "INSERT INTO sqlite_stat4 VALUES('t','i','1 1','0 0','0 0',X'030909');\n"
        "INSERT INTO sqlite_stat4 VALUES('t','i','1 1','1 1','1 1',X'0301010302');\nANALYZE sqlite_schema;\n"
    )
    again = fdb(input=done.stdout + "SELECT * FROM sqlite_stat1;\n")
    assert (again.stdout, again.stderr) == ("t|i|2 1\n", "")


def test_the_full_schema_printed_anew(fdb: Run) -> None:
    assert fdb(input="create table t(a,b  );\n.fullschema --indent\n").stdout.startswith(
        "CREATE TABLE t (a, b);\n"
    )
    assert fdb(input=".fullschema x\n").stderr == "Usage: .fullschema ?--indent?\n"
