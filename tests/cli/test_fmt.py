"""``fdb fmt`` as it is used: files in place, a filter, a check in CI, a diff."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conformance.formatting import fault

import foundrydb

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_a_filter(fdb: Run) -> None:
    for arguments in ([], ["-"]):
        done = fdb("fmt", *arguments, input="select  1 ;select 2")
        assert (done.returncode, done.stdout, done.stderr) == (0, "SELECT 1;\nSELECT 2\n", "")


def test_files_in_place(fdb: Run, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("select  1;\n")
    (tmp_path / "b.sql").write_text("SELECT 1;\n")
    before = os.stat(tmp_path / "b.sql").st_mtime_ns
    done = fdb("fmt", "a.sql", "b.sql")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "formatted a.sql\n1 file formatted, 1 file left unchanged\n"
    assert (tmp_path / "a.sql").read_text() == "SELECT 1;\n"
    assert os.stat(tmp_path / "b.sql").st_mtime_ns == before


def test_folders(fdb: Run, tmp_path: Path) -> None:
    for name in ("in/a.sql", "in/deep/b.SQL", "in/.git/c.sql", "in/d.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("select  1;\n")
    done = fdb("fmt", "in")
    assert (
        done.stderr
        == f"formatted in{os.sep}a.sql\nformatted in{os.sep}deep{os.sep}b.SQL\n2 files formatted\n"
    )
    assert fdb("fmt", "in").stderr == "2 files left unchanged\n"


def test_check_and_diff_write_nothing(fdb: Run, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("select  1;\n")
    done = fdb("fmt", "--check", "a.sql")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "would format a.sql\n1 file would be formatted\n"
    done = fdb("fmt", "--diff", "a.sql")
    assert done.returncode == 0
    assert done.stdout.splitlines()[2:] == ["@@ -1,2 +1,2 @@", "-select  1;", "+SELECT 1;", " "]
    assert (tmp_path / "a.sql").read_text() == "select  1;\n"
    assert fdb("fmt", "--check", input="SELECT 1;\n").returncode == 0


def test_a_file_with_an_error_is_left(fdb: Run, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("select  1;\nselect  from;\n")
    (tmp_path / "b.sql").write_text("select  1;\n")
    done = fdb("fmt", "a.sql", "b.sql")
    assert done.returncode == 2
    first, second, third = done.stderr.splitlines()
    assert first.startswith('a.sql:2:9: near "from": syntax error') and first.endswith("; left as it was")
    assert (second, third) == ("formatted b.sql", "1 file formatted, 1 file with an error")
    assert (tmp_path / "a.sql").read_text() == "select  1;\nselect  from;\n"
    assert fdb("fmt", "missing.sql").stderr == "Error: missing.sql: No such file or directory\n"


def test_bytes_that_are_no_text_are_kept(fdb: Run, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_bytes(b"\xef\xbb\xbfselect '\xff',\r\n  1 -- \xfe\r\n;\r\n")
    assert fdb("fmt", "a.sql").returncode == 0
    assert (tmp_path / "a.sql").read_bytes() == b"\xef\xbb\xbfSELECT '\xff', 1; -- \xfe\r\n"


def test_arguments_of_a_module_stay_as_they_are() -> None:
    sql = "create virtual table v using fts5( /* one */ a,  b /* two */\n, (c /* three */  d) /* four */ )"
    formatted = foundrydb.format_sql(sql)
    assert formatted == (
        "CREATE VIRTUAL TABLE v USING fts5(\n  /* one */ a,  b /* two */\n, (c /* three */  d) /* four */\n)\n"
    )
    assert foundrydb.parse(formatted) == foundrydb.parse(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE t(a, b generated -- c\nALWAYS AS (a));",
        "CREATE TABLE t(a, b int  -- c\nGENERATED ALWAYS AS (a) STORED);",
        "CREATE TABLE t(a, b quite a long type -- c\nALWAYS, d);",
        "CREATE VIRTUAL TABLE t USING fts5(a, b -- c\n);",
    ],
)
def test_a_comment_within_what_stays_as_it_is_ends_its_line(sql: str) -> None:
    assert fault(sql, 100) is None


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE t(a CONSTRAINT k /* one */ -- two\n, CHECK (a))",
        "SELECT\n/* one */ -- two\n\n-- three\na",
    ],
)
def test_comments_on_one_line_stay_together(sql: str) -> None:
    assert fault(sql, 1) is None


def test_a_comment_after_one_that_moved_to_the_end_of_its_line_has_a_line_of_its_own() -> None:
    formatted = foundrydb.format_sql("select 1 -- one\n; /* two\n three */ /* four */ select 2")
    assert formatted == "SELECT 1; -- one\n/* two\n three */ /* four */\nSELECT 2\n"
    assert foundrydb.format_sql(formatted) == formatted


@pytest.mark.parametrize("first, second", [("\r\n", "\n"), ("\n", "\r\n")])
def test_line_ends_of_two_kinds_become_one(first: str, second: str) -> None:
    formatted = foundrydb.format_sql(f"select 1;{first}/* one{second}two */ select 2;{first}")
    assert formatted == f"SELECT 1;\n/* one{second}two */\nSELECT 2;\n"
    assert foundrydb.format_sql(formatted) == formatted


def test_a_link_to_nowhere_in_a_folder_is_left_out(fdb: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.sql").symlink_to(tmp_path / "nowhere.sql")
    (tmp_path / "in" / "b.sql").write_text("select  1;\n")
    done = fdb("fmt", "in")
    assert (done.returncode, done.stderr) == (0, f"formatted in{os.sep}b.sql\n1 file formatted\n")


def test_as_a_library() -> None:
    assert foundrydb.format_sql("select a,b from t", width=10) == "SELECT\n  a,\n  b\nFROM t\n"
    with pytest.raises(ValueError, match="width"):
        foundrydb.format_sql("select 1", width=0)
    with pytest.raises(foundrydb.OperationalError) as problem:
        foundrydb.format_sql("select 1;\nselct")
    assert problem.value.offset == 10
