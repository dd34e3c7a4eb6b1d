"""Scripts that test themselves (``.testcase``, ``.check``, ``.selftest``), and facts that few ask for."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

import foundrydb
from foundrydb.tools.shell.dots import dots_refused
from foundrydb.tools.shell.dots.dots_tests import matches

Run = Callable[..., "CompletedProcess[str]"]

SCRIPT = """.testcase one
select 12, -34;
.check "#|#"
.check 12*
.check 13*
.testcase two
select 'a  b'; select ']x^';
.check "a b []a]x[^b]"
.testcase
select 1;
.check "?"
.check ???
.print after
"""


def test_cases_of_a_script(fdb: Run) -> None:
    done = fdb("t.db", input=SCRIPT)
    ok = ["testcase-one ok", "testcase-one ok", "testcase-two ok", "testcase-? ok", "after"]
    assert done.stdout.splitlines() == ok and done.returncode == 1
    failed = (
        "testcase-one FAILED\n Expected: [13*]\n      Got: [12|-34\n]\n"
        "testcase-? FAILED\n Expected: [???]\n      Got: [1\n]\n"
    )
    assert done.stderr == failed


def test_cases_are_checked_as_by_sqlite(fdb: Run, tmp_path: Path) -> None:
    shell = shutil.which("sqlite3")
    if shell is None:
        pytest.skip("no sqlite3 shell")
    theirs = subprocess.run([shell], input=SCRIPT, capture_output=True, text=True, cwd=tmp_path)
    done = fdb(":memory:", input=SCRIPT)
    assert (done.stdout, done.stderr) == (theirs.stdout, theirs.stderr)


@pytest.mark.parametrize(
    ("pattern", "text", "answer"),
    [
        ("a*c", "abbc\n", True), ("a*c", "abbcd", False), ("[a-c]#", "b-12", True), ("#", "+", False),
        ("[^]]", "x", True), ("[^]]", "]", False), ("[", "[", True), ("a.c", "abc", False), ("a b", "a\n\n b", True),
        ("[[:]x", "[x", True), ("[\\]", "\\", True), ("", "", True), ("?", "", False),
    ],
)  # fmt: skip
def test_patterns_of_check(pattern: str, text: str, answer: bool) -> None:
    assert matches(pattern, text) == answer


def test_a_check_needs_a_case(fdb: Run) -> None:
    assert fdb(":memory:", ".check x").stderr == "Error: there is no .testcase before\n"
    assert fdb(":memory:", ".check").stderr == "Usage: .check GLOB\n"


SELFTESTS = """create table selftest(tno integer primary key, op text, cmd text, ans text);
insert into selftest values (1, 'memo', 'numbers', null), (2, 'run', 'select 1, 2 union all select 3, null', '1,2|3,'),
  (3, 'run', 'select 1.5, x''41''', '1.5,A'), (4, 'run', 'select 1', '2'), (5, 'run', 'select nosuch', null);"""


def test_tests_in_a_table(fdb: Run) -> None:
    done = fdb("t.db", SELFTESTS, ".selftest")
    assert done.returncode == 1 and done.stdout.splitlines() == [
        "numbers",
        "4: Expected: [2]",
        "4:      Got: [1]",
        "5: Expected: []",
        "5:      Got: [error: no such column: nosuch]",
        "2 errors out of 4 tests",
    ]
    fdb("t.db", "delete from selftest where tno > 3")
    done = fdb("t.db", ".selftest -v")
    assert done.returncode == 0 and done.stdout.endswith("Result: 1.5,A\n0 errors out of 2 tests\n")
    fdb("t.db", "insert into selftest values (9, 'walk', '', '')")
    assert fdb("t.db", ".selftest").stderr == 'Error: unknown operation "walk" in test 9\n'


def test_pages_as_text_hold_every_byte(fdb: Run, tmp_path: Path) -> None:
    fdb("t.db", "create table t(a); insert into t values ('\N{BELL}<'), (x'00ff')")
    data = bytearray(8192)
    page = 0
    for line in fdb("t.db", ".dbtotxt").stdout.splitlines():
        words = line.split()
        if words[1] == "page":
            page = int(words[4])
        elif words[1].endswith(":"):
            at = page + int(words[1][:-1])
            data[at : at + 16] = bytes.fromhex("".join(words[2:18]))
    assert data == (tmp_path / "t.db").read_bytes()
    assert fdb(":memory:", ".dbtotxt").stdout == "| size 0 pagesize 4096 filename :memory:\n| end :memory:\n"


def test_pages_as_text_are_opened(fdb: Run, tmp_path: Path) -> None:
    fdb("t.db", "create table t(a); insert into t values ('\N{BELL}<'), (x'00ff')")
    text = fdb("t.db", ".dbtotxt").stdout
    (tmp_path / "t.txt").write_text(text)
    query = "select group_concat(hex(a)) from t;\n"
    done = fdb(
        input=f".open --hexdb\n{text}{query}selec;\n.open --hexdb t.txt\n{query}.open --deserialize t.db\n{query}"
    )
    assert done.stdout == "F09F94943C,00FF\n" * 3
    assert f"Parse error near line {len(text.splitlines()) + 3}: " in done.stderr
    assert fdb("t.db", "select count(*) from t").stdout == "2\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("| bogus\n| end x", "line 1 of --hexdb input does not tell size, pagesize and filename"),
        ("| size 100 pagesize 100 filename x\n| end x", "no database has 100 bytes in pages of 100"),
        ("| size 99999999999 pagesize 4096 filename x\n| end x", "no database has 99999999999 bytes in pages of 4096"),
        ("| size 512 pagesize 512 filename x\nselect 2;\n| end x", "line 2 of --hexdb input is none of a page"),
        (f"| size 512 pagesize 512 filename x\n|  500:{' 01' * 16}\n| end x",
         "line 2 of --hexdb input lies beyond the end of the database"),
    ],
)  # fmt: skip
def test_text_that_is_no_database_is_refused(fdb: Run, text: str, problem: str) -> None:
    done = fdb(input=f"create table kept(a);\n.open --hexdb\n{text}\nselect count(*) from kept;\n")
    assert done.stderr == f"Error: {problem}\n" and done.stdout == "0\n"


def test_a_database_without_tests_is_checked(fdb: Run) -> None:
    shown = fdb("t.db", "create table t(a)", ".selftest").stdout
    assert shown == "Missing SELFTEST table - default checks only\n0 errors out of 1 tests\n"


def test_tests_are_made_of_what_there_is(fdb: Run) -> None:
    fdb("t.db", 'create table "a \'b"(x); insert into "a \'b" values (1), (null); create table b(y)')
    assert fdb("t.db", ".selftest --init").stdout.endswith("0 errors out of 4 tests\n")
    rows = fdb("t.db", "select tno, op, cmd, ans from selftest").stdout.splitlines()
    assert rows[0] == "100|memo|Tests generated by --init|" and rows[4] == "140|run|PRAGMA integrity_check|ok"
    assert rows[2].startswith("""120|run|SELECT hex(sha3_query('SELECT * FROM "a ''b" NOT INDEXED',224))|""")
    fdb("t.db", "insert into b values (2)")
    done = fdb("t.db", ".selftest")
    assert done.returncode == 1 and "130: Expected: [" in done.stdout


def test_a_database_is_checked_table_by_table(fdb: Run, tmp_path: Path) -> None:
    fdb(
        "t.db",
        "create table t(a); create index i on t(a); create view v as select 1; insert into t values (1)",
    )
    assert fdb("t.db", ".intck").stdout == "2 steps, 0 errors\n"
    connection = foundrydb.connect(str(tmp_path / "t.db"), isolation_level=None)
    connection.executescript(
        "pragma writable_schema = on; update sqlite_schema set rootpage = 2 where name = 'i'"
    )
    connection.close()
    done = fdb("t.db", ".intck")
    assert done.returncode == 1 and done.stdout.endswith("2 steps, 1 errors\n")


def test_where_a_file_is(fdb: Run) -> None:
    fdb("t.db", "create table t(a)")
    assert fdb("t.db", ".vfsname").stdout.startswith("unix: ")
    assert fdb(":memory:", ".vfsinfo").stdout.startswith("memory: ")
    assert "CURRENT" in fdb("t.db", ".vfslist").stdout.splitlines()[0]
    assert fdb("t.db", ".filectrl reserve_bytes").stdout == "0\n"
    assert int(fdb("t.db", ".filectrl --schema main data_version").stdout) > 0
    assert "there are data_version, reserve_bytes" in fdb("t.db", ".filectrl psow").stderr
    assert fdb("t.db", ".vfsname nosuch").stderr == "Error: unknown database nosuch\n"


@pytest.mark.parametrize("name", sorted(dots_refused._INSTEAD))
def test_what_is_refused_says_what_there_is_instead(fdb: Run, name: str) -> None:
    done = fdb(":memory:", f".{name} x")
    assert done.returncode == 1 and done.stderr.startswith(f"Error: .{name} is not supported (")
    assert done.stderr.count("\n") == 1
