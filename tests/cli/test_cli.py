"""The command line as a user meets it: one-shot queries, scripts, dot-commands, errors."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_version(fdb_process: Run) -> None:
    done = fdb_process("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("foundrydb ")
    assert "SQLite 3.54" in done.stdout
    assert "(plain)" in done.stdout or "(compiled)" in done.stdout


def test_version_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom foundrydb.tools.command.cli import main\n"
        "try:\n    main(['--version'])\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('prompt_toolkit', 'rich', 'graphviz', 'foundrydb.compiler.pipeline') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")


def test_help(fdb: Run) -> None:
    done = fdb("--help")
    assert done.returncode == 0
    for name in (
        "explain",
        "dump-tokens",
        "dump-ast",
        "dump-bind",
        "dump-plan",
        "dump-tree",
        "dump-page",
        "dump-log",
        "find-row",
        "verify",
        "sample",
        "opcodes",
    ):
        assert f"\n  {name} " in done.stdout


# queries --------------------------------------------------------------------------------------------------------


def test_one_shot(fdb_process: Run, sample: Path) -> None:
    done = fdb_process(sample, "SELECT name, tin FROM alloy ORDER BY id LIMIT 2")
    assert (done.returncode, done.stdout, done.stderr) == (0, "bell metal|22.0\nred brass|5.0\n", "")


def test_several_statements_and_arguments(fdb: Run) -> None:
    done = fdb(":memory:", "CREATE TABLE t(a); INSERT INTO t VALUES (1)", ".mode box", "SELECT * FROM t")
    assert done.stdout == "┌───┐\n│ a │\n├───┤\n│ 1 │\n└───┘\n"


def test_options(fdb: Run) -> None:
    sql = "SELECT 1 AS a, NULL AS b"
    assert fdb("-csv", "-header", ":memory:", sql).stdout == "a,b\n1,\n"
    assert fdb("--json", ":memory:", sql).stdout == '[{"a":1,"b":null}]\n'
    assert fdb(":memory:", sql, "--line", "--nullvalue", "-").stdout == "    a = 1\n    b = -\n"
    assert fdb("-separator", ";", ":memory:", sql).stdout == "1;\n"
    assert fdb("-cmd", ".headers on", ":memory:", sql).stdout == "a|b\n1|\n"


def test_a_file_is_made_and_kept(fdb: Run, tmp_path: Path) -> None:
    assert fdb("new.fdb", "CREATE TABLE t(a); INSERT INTO t VALUES (7)").returncode == 0
    assert fdb("new.fdb", "SELECT a FROM t").stdout == "7\n"
    assert sqlite3.connect(tmp_path / "new.fdb").execute("SELECT a FROM t").fetchall() == [(7,)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [(["explian", "select 1"], "explain"), (["dump-tre", "x.db"], "dump-tree"), (["samlpe"], "sample"),
     (["explian", "--format", "json", "select 1"], "explain")],
)  # fmt: skip
def test_a_misspelt_subcommand_makes_no_file(fdb: Run, tmp_path: Path, typed: list[str], meant: str) -> None:
    done = fdb(*typed)
    assert done.returncode == 2 and done.stdout == ""
    assert f'did you mean "{meant}"?' in done.stderr and "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_names_that_are_no_misspelling_are_files(fdb: Run, tmp_path: Path) -> None:
    for name in ("mydata", "./explian", "explian.db"):
        assert fdb(name, "create table t(a)").returncode == 0
        assert (tmp_path / name).exists()
    assert fdb("explian", "select count(*) from t").stdout == "0\n"


def test_read_only(fdb: Run, sample: Path) -> None:
    done = fdb("-readonly", sample, "DELETE FROM alloy")
    assert done.returncode == 1
    assert "attempt to write a readonly database" in done.stderr


def test_errors_are_told_with_their_place(fdb_process: Run, sample: Path) -> None:
    done = fdb_process(sample, "SELECT nmae FROM alloy")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        'Parse error: no such column: nmae\n  1:8 | SELECT nmae FROM alloy\n      |        ^~~~\ndid you mean "name"?\n'
    )


def test_the_first_error_ends_a_one_shot(fdb: Run) -> None:
    done = fdb(":memory:", "SELECT 1; SELECT x; SELECT 2", "SELECT 3")
    assert (done.returncode, done.stdout) == (1, "1\n")


def test_a_file_that_is_no_database(fdb: Run, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("hello " * 200)
    done = fdb("x.txt", "SELECT * FROM sqlite_schema")
    assert (done.returncode, done.stdout) == (1, "")
    assert "file is not a database" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("path", [".", "no/such/folder/x.db"])
def test_a_file_that_cannot_be_opened(fdb: Run, path: str) -> None:
    done = fdb(path, "SELECT * FROM sqlite_schema")
    assert done.returncode == 1
    assert "unable to open database" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_unknown_option(fdb: Run) -> None:
    done = fdb("--no-such-option")
    assert done.returncode == 2
    assert "No such option" in done.stderr


def test_a_closed_pipe_is_no_traceback(sample: Path) -> None:
    sql = "SELECT a.hertz FROM measurement AS a, measurement AS b LIMIT 100000"
    command = f"{sys.executable} -m foundrydb {sample} '{sql}' | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_interrupt_stops_a_one_shot(tmp_path: Path) -> None:
    sql = (
        "CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10);"
        "SELECT count(*) FROM t AS a, t AS b, t AS c, t AS d, t AS e, t AS f, t AS g, t AS h, t AS i"
    )
    file = tmp_path / "t.db"
    process = subprocess.Popen(
        [sys.executable, "-m", "foundrydb", str(file), sql],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    while not file.exists() or file.stat().st_size < 8192 or file.with_name("t.db-journal").exists():
        time.sleep(0.05)  # the query comes after the table's page is in the file
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode != 0
    assert b"interrupted" in errors
    assert b"Traceback" not in errors


# scripts --------------------------------------------------------------------------------------------------------


def test_script(fdb_process: Run) -> None:
    script = (
        "CREATE TABLE t(a);\n-- a comment\nINSERT INTO t\n VALUES (1);\n"
        ".headers on\nSELECT *\nFROM t;\nSELECT 2 AS b"
    )
    done = fdb_process(input=script)
    assert (done.returncode, done.stdout, done.stderr) == (0, "a\n1\nb\n2\n", "")


def test_a_script_goes_on_after_an_error(fdb: Run) -> None:
    done = fdb(input="SELECT 1;\nSELECT\nx;\nSELECT 3;\n")
    assert (done.returncode, done.stdout) == (1, "1\n3\n")
    assert done.stderr == "Parse error near line 3: no such column: x\n  3:1 | x;\n      | ^\n"


def test_bail(fdb: Run) -> None:
    done = fdb("-bail", ":memory:", input="SELECT 1;\nSELECT x;\nSELECT 3;\n")
    assert (done.returncode, done.stdout) == (1, "1\n")
    assert fdb(input=".bail on\n.nonsense\nSELECT 3;\n").stdout == ""


def test_no_prompt_without_a_terminal(fdb: Run) -> None:
    assert fdb(input="SELECT 1;\n").stdout == "1\n"


def test_prompts_where_they_are_asked_for(fdb: Run) -> None:
    assert fdb("-interactive", "-list", input="SELECT\n1;\n").stdout == "fdb >  ...> 1\nfdb > \n"


def test_an_unfinished_statement_at_the_end(fdb: Run) -> None:
    done = fdb(input="SELECT 1 +")
    assert done.returncode == 1
    assert "incomplete input" in done.stderr


def test_semicolons_in_text_and_triggers(fdb: Run) -> None:
    script = "SELECT 'a;\nb';\nSELECT 2; SELECT 3;\n"
    assert fdb(input=script).stdout == "a;\nb\n2\n3\n"


def test_go_and_slash_end_a_statement(fdb: Run) -> None:
    assert fdb(input="SELECT 1\ngo\nSELECT 2\n/\n").stdout == "1\n2\n"


def test_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "foundrydb"]
    done = subprocess.run(
        command, input=b"SELECT 'a\xff\xfe', length('\xff');\n", capture_output=True, check=True
    )
    assert done.stdout == b"a\xff\xfe|1\n"


# dot-commands ---------------------------------------------------------------------------------------------------


def test_unknown_dot_command(fdb: Run) -> None:
    done = fdb(input=".tabels\n.qqqq\n")
    assert done.returncode == 1
    assert (
        done.stderr == "Unrecognized command: .tabels (did you mean .tables?)\nUnrecognized command: .qqqq\n"
    )


def test_case_does_not_matter(fdb: Run) -> None:
    assert fdb(input=".HEADERS on\n.Mode list\nSELECT 1 AS a;\n").stdout == "a\n1\n"


@pytest.mark.parametrize("command", [".exit", ".quit", ".EXIT"])
def test_leaving(fdb_process: Run, command: str) -> None:
    done = fdb_process(input=f"SELECT 1;\n{command}\nSELECT 2;\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "1\n", "")


def test_exit_code(fdb: Run, fdb_process: Run) -> None:
    assert fdb(input=".exit 3\n").returncode == 3
    assert fdb_process(input=".exit 3\n").returncode == 3
    assert fdb_process("--bail", input="nonsense;\n.print on\n").returncode == 1


def test_all_is_written_when_the_process_leaves(fdb_process: Run, tmp_path: Path) -> None:
    rows = "SELECT value, 'text' FROM generate_series(1, 40000)"
    for arguments in ((":memory:", rows), ("--csv", ":memory:", rows), (":memory:", ".once | cat", rows)):
        assert len(fdb_process(*arguments).stdout.splitlines()) == 40000
    fdb_process(":memory:", ".output out.txt", rows)
    assert len((tmp_path / "out.txt").read_text().splitlines()) == 40000
    fdb_process("made.db", "CREATE TABLE t(a); BEGIN; INSERT INTO t VALUES(1)")
    assert fdb_process("made.db", "SELECT count(*) FROM t").stdout == "0\n"


def test_a_profiler_sees_the_end_of_the_process(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cProfile", "-m", "foundrydb", ":memory:", "SELECT 1"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.startswith("1\n") and "function calls" in done.stdout


def test_help_lists_every_command(fdb: Run) -> None:
    listed = {line.split()[0] for line in fdb(input=".help\n").stdout.splitlines()}
    wanted = (
        "exit quit help tables schema indexes open read mode headers nullvalue output once dump import timer changes "
        "show databases explain eqp ast plan bytecode tree btree constants"
    )
    assert {"." + name for name in wanted.split()} <= listed


def test_help_of_one_command(fdb: Run) -> None:
    text = fdb(input=".help mode\n").stdout
    assert text.startswith(".mode MODE ?OPTIONS?     Set output mode\n")
    assert "qbox" in text
    assert fdb(input=".help zzyzx\n").stderr == "Nothing matches 'zzyzx'\n"


def test_tables_schema_indexes(fdb: Run, sample: Path) -> None:
    done = fdb(sample, ".tables", ".indexes bell", ".schema waiting", ".tables %o%")
    assert done.stdout == (
        "alloy        customer     measurement  waiting    \n"
        "bell         invoice      order      \n"
        "bell_note   bell_order\n"
        "CREATE VIEW waiting AS\n"
        "    SELECT c.name AS customer, c.town, o.placed\n"
        '    FROM "order" AS o JOIN customer AS c ON c.id = o.customer_id\n'
        "    WHERE o.delivered IS NULL;\n"
        "/* waiting(customer,town,placed) */\n"
        "alloy     customer  invoice   order   \n"
    )


def test_what_is_temporary_is_listed_with_its_schema(fdb: Run) -> None:
    made = (
        'create table z(a); create temp table q(a); create index temp.i on q(a); create temp table "odd t"(a);'
        "create temp view qv(x, y) as select 1, 2;"
    )
    assert fdb(":memory:", made, ".tables").stdout == "temp.odd t  temp.q      temp.qv     z         \n"
    assert fdb(":memory:", made, ".indexes").stdout == "temp.i\n"
    assert fdb(":memory:", made, ".schema").stdout.splitlines() == [
        "CREATE TABLE z(a);",
        "CREATE TABLE temp.q(a);",
        "CREATE INDEX temp.i on q(a);",
        'CREATE TABLE temp."odd t"(a);',
        "CREATE VIEW temp.qv(x, y) as select 1, 2;",
        "/* temp.qv(x,y) */",
    ]
    assert fdb(":memory:", made, ".schema temp.q", ".schema main.q").stdout.count("CREATE") == 2
    assert fdb(":memory:", made, ".schema [qz]").stdout.count("CREATE") == 3


def test_backslashes_in_words(fdb: Run) -> None:
    query = "select 1, 2"
    assert fdb(":memory:", r".separator \t", query).stdout == "1\t2\n"
    assert fdb(":memory:", r'.separator "a\"b\x41"', query).stdout == '1a"bA2\n'
    assert fdb(":memory:", r".separator '\t'", query).stdout == "1\\t2\n"
    assert fdb(":memory:", r".separator , \n\n", query).stdout == "1,2\n\n"


def test_results_in_another_program(
    tmp_path: Path, fdb_process: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that shows what it is given stands in for the desktop's and for the editor."""
    opener = tmp_path / "bin" / "xdg-open"
    opener.parent.mkdir()
    opener.write_text('#!/bin/sh\ncat "$1" > "$SHOWN"\n')
    opener.chmod(0o755)
    shown = tmp_path / "shown"
    monkeypatch.setenv("SHOWN", str(shown))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("EDITOR", str(opener))
    done = fdb_process(":memory:", ".once -e", "select 3, 4", "select 5")
    assert (done.stdout, shown.read_text()) == ("5\n", "3|4\n")
    monkeypatch.setenv("PATH", str(opener.parent), prepend=":")
    for command in (".once -x", ".excel"):
        shown.unlink()
        done = fdb_process(":memory:", command, "select 1 as a, 'x,y' as b", "select 2, 3")
        assert done.stdout == "2|3\n"
        for _ in range(100):
            if shown.exists() and shown.read_text():
                break
            time.sleep(0.05)
        assert shown.read_text() == 'a,b\n1,"x,y"\n'
    opener.unlink()
    monkeypatch.setenv("PATH", str(tmp_path))
    done = fdb_process(":memory:", ".excel", "select 1", "select 2")
    assert done.stdout == "2\n" and "no program could open" in done.stderr
    assert "unknown option" in fdb_process(":memory:", ".once -q x", "select 1").stderr


def test_schema_of_a_quoted_name(fdb: Run) -> None:
    done = fdb(":memory:", 'CREATE TABLE "a b"(x); CREATE TABLE c(y)', ".schema")
    assert done.stdout == 'CREATE TABLE IF NOT EXISTS "a b"(x);\nCREATE TABLE c(y);\n'


def test_databases(fdb: Run, tmp_path: Path) -> None:
    assert fdb(":memory:", ".databases").stdout == 'main: "" r/w\n'
    assert fdb("x.db", ".databases").stdout == f"main: {tmp_path.resolve()}/x.db r/w\n"


def test_show(fdb: Run) -> None:
    assert fdb(":memory:", ".mode csv", ".nullvalue N", ".show").stdout == (
        '        echo: off\n         eqp: off\n     explain: auto\n     headers: off\n        mode: csv\n'
        '   nullvalue: "N"\n      output: stdout\ncolseparator: ","\nrowseparator: "\\r\\n"\n       stats: off\n'
        "       width: \n    filename: :memory:\n"
    )  # fmt: skip


def test_mode(fdb: Run) -> None:
    done = fdb(input=".mode box\n.mode\n.mode nonsense\n.mode col --wrap 5\n.mode\n")
    assert done.stdout == (
        "current output mode: box --wrap 60 --wordwrap off --noquote\n"
        "current output mode: column --wrap 5 --wordwrap off --noquote\n"
    )
    assert done.stderr.startswith("Error: mode should be one of: ascii box column")


def test_usage(fdb: Run) -> None:
    done = fdb(input=".headers\n.headers maybe\n.open a b\n.width x\n.separator\n")
    assert done.stderr == (
        'Usage: .headers on|off\nError: Not a boolean value: "maybe". Use on or off.\nError: extra argument: "b"\n'
        "Usage: .width auto|NUM1 NUM2 ...\nUsage: .separator COL ?ROW?\n"
    )


def test_output_and_once(fdb_process: Run, tmp_path: Path) -> None:
    script = (
        ".once once.txt\nSELECT 1;\nSELECT 2;\n.output all.txt\nSELECT 3;\nSELECT 4;\n.output\nSELECT 5;\n"
    )
    assert fdb_process(input=script).stdout == "2\n5\n"
    assert (tmp_path / "once.txt").read_text() == "1\n"
    assert (tmp_path / "all.txt").read_text() == "3\n4\n"
    assert fdb_process(input=".output |cat -n\nSELECT 6;\n.output\n").stdout.split() == ["1", "6"]
    assert 'cannot open "no/where"' in fdb_process(input=".output no/where\n").stderr


def test_read(fdb: Run, tmp_path: Path) -> None:
    (tmp_path / "s.sql").write_text("SELECT 1;\nSELECT x;\n.headers on\nSELECT 2 AS b;\n")
    done = fdb(input=".read s.sql\nSELECT 3 AS c;\n.read nothing\n")
    assert done.stdout == "1\nb\n2\nc\n3\n"
    assert "Parse error in s.sql near line 2: no such column: x\n" in done.stderr
    assert 'cannot open "nothing"' in done.stderr
    (tmp_path / "loop.sql").write_text(".read loop.sql\n")
    assert "25 deep" in fdb(input=".read loop.sql\n").stderr


def test_open(fdb: Run, tmp_path: Path) -> None:
    script = ".open a.db\nCREATE TABLE t(x);\n.open b.db\n.tables\n.open a.db\n.tables\n.open --new a.db\n.tables\n"
    assert fdb(input=script).stdout == "t\n"
    done = fdb(input="CREATE TABLE m(x);\n.open no/such/x.db\n.tables\n")
    assert 'unable to open database "no/such/x.db"' in done.stderr
    assert done.stdout == "m\n"


def test_dump_round_trip(fdb: Run, sample: Path, tmp_path: Path) -> None:
    dump = fdb(sample, ".dump").stdout
    assert dump.startswith("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE alloy (\n")
    assert dump.endswith("COMMIT;\n")
    assert fdb("again.db", input=dump).returncode == 0
    assert fdb("again.db", ".dump").stdout == dump
    theirs = sqlite3.connect(":memory:")
    theirs.executescript(dump)
    assert theirs.execute("SELECT count(*) FROM measurement").fetchone() == (1130,)


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le"])
@pytest.mark.parametrize("way", [".dump", ".dump --newlines", ".mode insert t\nSELECT * FROM t;"])
def test_texts_in_a_dump(fdb: Run, tmp_path: Path, encoding: str, way: str) -> None:
    """Text goes on behind a NUL, unlike in SQLite's shell, and older SQLites know each function that is called."""
    texts = ["ü\0z", "\0", "\0\0", "a\nb'c\0", "\r\0\n\\n", "'\0'", "\x1b\t", "\\u0000", "", "plain"]
    con = sqlite3.connect(tmp_path / "t.db")
    con.execute(f"PRAGMA encoding = '{encoding}'")
    con.execute("CREATE TABLE t(a)")
    con.executemany("INSERT INTO t VALUES (?)", [(each,) for each in texts])
    con.commit()
    theirs = sqlite3.connect(":memory:", isolation_level=None)
    theirs.execute(f"PRAGMA encoding = '{encoding}'")
    dump = fdb("t.db", input=way).stdout
    theirs.executescript(dump if "TABLE" in dump else "CREATE TABLE t(a);" + dump)
    assert [row[0] for row in theirs.execute("SELECT a FROM t")] == texts


def test_dump_options(fdb: Run) -> None:
    setup = "CREATE TABLE t(a); INSERT INTO t VALUES ('x' || char(10) || 'y'); CREATE TABLE u(b)"
    assert fdb(":memory:", setup, ".dump t").stdout == (
        "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t(a);\n"
        "INSERT INTO t VALUES(replace('x\\ny','\\n',char(10)));\nCOMMIT;\n"
    )
    assert fdb(":memory:", setup, ".dump --data-only --newlines").stdout == "INSERT INTO t VALUES('x\ny');\n"


def test_import(fdb: Run, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text('name,n\n"a ""q"" b",1\nshort\n"two\nlines",2,3\n')
    done = fdb(":memory:", ".import --csv x.csv t", ".schema", "SELECT count(*), max(length(name)) FROM t", ".mode csv",
               "SELECT * FROM t")  # fmt: skip
    assert done.stdout == (
        'CREATE TABLE IF NOT EXISTS "t"(\n"name" TEXT, "n" TEXT);\n3|9\n"a ""q"" b",1\nshort,\n"two\nlines",2\n'
    )
    assert done.stderr == (
        "x.csv:3: expected 2 columns but found 1 - filling the rest with NULL\n"
        "x.csv:4: expected 2 columns but found 3 - extras ignored\n"
    )


@pytest.mark.parametrize("text", ['a,b\n1,"x\n2,y\n', 'a,b\n1,"x', 'a,b\n1,"'])
def test_an_unterminated_quote_is_told(fdb: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "in.csv").write_text(text)
    done = fdb(":memory:", ".import --csv in.csv t", "select count(*), a, b from t")
    assert 'in.csv:2: unterminated "-quoted field' in done.stderr
    assert done.stdout == "1|1|" + text.split('"')[1] + "\n"


def test_a_quote_that_is_closed_at_the_end(fdb: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text('a,b\n1,"x\ny"')
    done = fdb(":memory:", ".import --csv in.csv t", "select * from t")
    assert (done.stdout, done.stderr) == ("1|x\ny\n", "")


def test_import_into_a_table(fdb: Run, tmp_path: Path) -> None:
    (tmp_path / "x.tsv").write_text("h\th\n1\t2\n3\t4\n")
    setup = "CREATE TABLE t(a INT, b INT UNIQUE)"
    done = fdb(
        ":memory:",
        setup,
        ".mode tabs",
        ".import -v --skip 1 x.tsv t",
        "SELECT sum(a), sum(b), typeof(a) FROM t",
    )
    assert done.stdout == "Added 2 rows with 0 errors using 3 lines of input\n4\t6\tinteger\n"
    (tmp_path / "dup.csv").write_text("1,2\n3,2\n")
    done = fdb(":memory:", setup, ".import --csv dup.csv t")
    assert done.returncode == 1
    assert done.stderr == "dup.csv:2: INSERT failed: UNIQUE constraint failed: t.b\n"
    assert 'cannot open "none.csv"' in fdb(":memory:", ".import none.csv t").stderr
    assert fdb(":memory:", ".import x.csv").stderr == "Error: missing TABLE argument\n"


def test_timer_and_changes(fdb: Run) -> None:
    script = "CREATE TABLE t(a);\n.changes on\nINSERT INTO t VALUES (1), (2);\n.changes off\n.timer on\nSELECT 1;\n"
    lines = fdb(input=script).stdout.splitlines()
    assert lines[:2] == ["changes: 2   total_changes: 2", "1"]
    assert lines[2].startswith("Run Time: real ")


def test_echo_and_print(fdb: Run) -> None:
    assert (
        fdb(input='.print one "two  three"\n.echo on\nSELECT 1;\n').stdout == "one two  three\nSELECT 1;\n1\n"
    )


def test_explain_layout(fdb: Run) -> None:
    setup = "CREATE TABLE t(a)"
    lines = fdb(":memory:", setup, "EXPLAIN SELECT a FROM t").stdout.splitlines()
    assert lines[0] == "addr  opcode         p1    p2    p3    p4             p5  comment      "
    assert lines[1] == "----  -------------  ----  ----  ----  -------------  --  -------------"
    assert any(line.startswith(f"{row}     Init  ") for row, line in enumerate(lines[2:]))
    plain = fdb(":memory:", setup, ".explain off", "EXPLAIN SELECT a FROM t").stdout
    assert plain.startswith("0|Init|0|")
    assert fdb(":memory:", setup, "EXPLAIN QUERY PLAN SELECT a FROM t").stdout == "QUERY PLAN\n`--SCAN t\n"


def test_eqp(fdb: Run) -> None:
    setup = "CREATE TABLE t(a)"
    assert fdb(":memory:", setup, ".eqp on", "SELECT a FROM t").stdout == "QUERY PLAN\n`--SCAN t\n"
    assert "Init" in fdb(":memory:", setup, ".eqp full", "SELECT a FROM t").stdout


def test_stages(fdb: Run) -> None:
    setup = "CREATE TABLE t(a INTEGER PRIMARY KEY, b)"
    ast = fdb(":memory:", ".ast SELECT a, 'x' FROM t").stdout
    assert ast.startswith("Select\n") and "String value='x'" in ast
    assert fdb(":memory:", ".tokens SELECT 1").stdout == "0..6  SELECT      SELECT\n7..8  an integer  1\n"
    assert "t" in fdb(":memory:", setup, ".plan SELECT b FROM t WHERE a = 1").stdout
    assert fdb(":memory:", setup, ".plan --passes SELECT b FROM t WHERE a = 1").stdout.startswith(
        "-- build\n"
    )
    code = fdb(":memory:", setup, ".bytecode SELECT b FROM t").stdout.splitlines()
    assert code[0].split() == ["addr", "opcode", "p1", "p2", "p3", "p4", "p5", "comment"]
    assert fdb(":memory:", ".plan SELECT b FROM nosuch").stderr.startswith("Error: no such table: nosuch\n")


def test_trees(fdb: Run) -> None:
    setup = "CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3)"
    assert (
        fdb(":memory:", setup, ".btree").stdout == "Tree: t\n- leaf (size 3, page 2)\n  - 1\n  - 2\n  - 3\n"
    )
    assert "page 2: leaf table, 3 cells, keys 1 … 3, " in fdb(":memory:", setup, ".tree t").stdout
    assert fdb(":memory:", setup, ".btree u").stderr == "Error: no such table: u\n"
    constants = fdb(":memory:", ".constants").stdout
    assert constants.startswith("Constants:\nPAGE_SIZE: 4096\n")
    assert "LEAF_NODE_HEADER_SIZE: 8\n" in constants


# the other commands ---------------------------------------------------------------------------------------------


def test_sample(fdb: Run, tmp_path: Path) -> None:
    done = fdb("sample", "s.fdb")
    assert done.stdout == "s.fdb: alloy 4, customer 24, order 60, bell 226, measurement 1130\n"
    con = sqlite3.connect(tmp_path / "s.fdb")
    assert con.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert con.execute("PRAGMA foreign_key_check").fetchall() == []
    assert con.execute("SELECT count(*) FROM invoice").fetchone() == (60,)
    assert fdb("sample", "s.fdb").returncode == 1
    assert fdb("sample", "--force", "s.fdb").returncode == 0


SCHEMA = "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT); CREATE INDEX tb ON t(b); "


def test_explain(fdb: Run, sample: Path) -> None:
    table = fdb("explain", SCHEMA + "SELECT b FROM t WHERE a > 3").stdout.splitlines()
    assert table[0].split() == ["addr", "opcode", "p1", "p2", "p3", "p4", "p5", "comment"]
    opcodes = [line[6:].split()[0] for line in table[2:]]
    loop = opcodes.index("Next")
    assert table[2:][loop - 1][6:8] == "  " and table[2:][loop][6] != " "
    plan = fdb("explain", "--query-plan", SCHEMA + "SELECT a FROM t WHERE b = 'x'").stdout
    assert plan.startswith("QUERY PLAN\n`--S") and "t" in plan
    assert fdb("explain", "--db", sample, "SELECT * FROM alloy").returncode == 0
    assert fdb("explain", input=SCHEMA + "SELECT 1").returncode == 0
    failed = fdb("explain", "SELECT * FROM nosuch")
    assert failed.returncode == 1 and failed.stderr.startswith("Error: no such table: nosuch\n  1:15 | ")


def test_explain_why(fdb: Run) -> None:
    schema = (
        "create table t(a, b, c); create index i on t(a); create index j on t(b); create index k on t(c);"
    )
    told = fdb("explain", "--query-plan", "--why", schema + "select * from t where a = 1 and b <> 2").stdout
    plan, why = told.split("\n-- access path: t\n")
    assert "USING INDEX i (a=?)" in plan
    assert why.startswith("* IndexScan t using i (a = 1)")
    assert "excludes values" in why.split("\n  j ")[1].splitlines()[0]
    assert "no condition" in why.split("\n  k ")[1].splitlines()[0]
    assert "addr" in fdb("explain", "--why", "select 1").stdout
    assert "--why makes text" in fdb("explain", "--why", "--format", "json", "select 1").stderr


def test_explain_json(fdb: Run) -> None:
    rows = json.loads(fdb("explain", "--format", "json", SCHEMA + "SELECT b FROM t").stdout)
    assert [row["addr"] for row in rows] == list(range(len(rows)))
    assert rows[0]["opcode"] == "Init"
    steps = json.loads(fdb("explain", "--query-plan", "--format", "json", SCHEMA + "SELECT b FROM t").stdout)
    assert steps[0]["detail"].startswith("SCAN t")


def test_dump_tokens_and_ast(fdb: Run) -> None:
    assert fdb("dump-tokens", "SELECT 1").stdout == "0..6  SELECT      SELECT\n7..8  an integer  1\n"
    tokens = json.loads(fdb("dump-tokens", "--format", "json", "SELECT 1").stdout)
    assert tokens[1] == {"kind": "an integer", "text": "1", "start": 7, "end": 8}
    tree = json.loads(fdb("dump-ast", "--format", "json", "SELECT 1").stdout)
    assert tree[0]["node"] == "Select" and (tree[0]["start"], tree[0]["end"]) == (0, 8)
    assert "[0:8]" in fdb("dump-ast", "--spans", "SELECT 1").stdout
    assert (
        fdb("dump-ast", "--format", "sql", "select  1 ; select a from b").stdout
        == "SELECT 1;\nSELECT a FROM b;\n"
    )
    failed = fdb("dump-ast", "SELECT FROM")
    assert failed.returncode == 1 and 'near "FROM": syntax error' in failed.stderr


def test_dump_bind(fdb: Run) -> None:
    sql = SCHEMA + "SELECT b AS c FROM t WHERE a = 1"
    lines = fdb("dump-bind", sql).stdout.splitlines()
    assert [line.split()[1] for line in lines[2:6]] == ["b", "c", "t", "a"]
    assert lines[-1].endswith(": main.t")
    whole = json.loads(fdb("dump-bind", "--format", "json", sql).stdout)
    name = whole["names"][0]
    assert (name["text"], name["kind"], name["refers_to"], name["scope"]) == ("b", "column", "main.t.b", 1)
    assert sql[name["start"] : name["end"]] == "b"
    assert whole["scopes"][0]["sources"] == [{"source": 2, "name": "t", "refers_to": "main.t"}]
    for statement in ("REINDEX", "DROP TABLE t", "PRAGMA user_version"):
        assert "binds no names" in fdb("dump-bind", f"CREATE TABLE t(a); {statement}").stderr
    assert "main.t" in fdb("dump-bind", "CREATE TABLE t(a); ANALYZE t").stdout
    assert "main.t.a" in fdb("dump-bind", "CREATE TABLE t(a); CREATE INDEX i ON t(a)").stdout
    assert "main.t.a" in fdb("dump-bind", "CREATE TABLE t(a); CREATE TABLE u AS SELECT a FROM t").stdout
    assert "did you mean" in fdb("dump-bind", SCHEMA + "SELECT bb FROM t").stderr


def test_dump_bind_as_a_tree(fdb: Run) -> None:
    sql = SCHEMA + "SELECT b AS c FROM t WHERE a = 1"
    assert fdb("dump-bind", "--tree", sql).stdout.splitlines() == [
        "Output columns c; declared c",
        "  query: Select result#3; where t.a = 1; results t.b",
        "    from: Table t#2; table main.t",
    ]
    whole = json.loads(fdb("dump-bind", "--tree", "--format", "json", sql).stdout)
    assert (whole["node"], whole["query"]["node"]) == ("BoundOutput", "BoundSelect")
    failed = fdb("dump-bind", "--tree", "CREATE TABLE t(a)")
    assert failed.returncode == 1 and "not bound as a whole" in failed.stderr


def test_explain_source(fdb: Run) -> None:
    sql = SCHEMA + "SELECT upper(b) FROM t WHERE a > 5"
    rows = json.loads(fdb("explain", "--source", "--format", "json", sql).stdout)
    pieces = {row["opcode"]: row["source"] for row in rows}
    assert pieces["Column"] == "b" and pieces["Next"].startswith("t") and pieces["Init"] == ""
    assert any(row["source"] == "upper(b)" for row in rows)
    table = fdb("explain", "--source", sql).stdout.splitlines()
    assert table[0].split()[-1] == "source" and len(table) == len(rows) + 2
    assert "makes a table or JSON" in fdb("explain", "--source", "--query-plan", sql).stderr
    assert "source" in fdb("explain", "--source", "CREATE TABLE t(a)").stdout


def test_dump_plan(fdb: Run) -> None:
    sql = SCHEMA + "SELECT a FROM t WHERE b = 'x' AND 1 = 1"
    assert "t" in fdb("dump-plan", sql).stdout
    passes = fdb("dump-plan", "--passes", sql).stdout
    assert passes.startswith("-- build\n")
    assert json.loads(fdb("dump-plan", "--format", "json", sql).stdout)["node"]
    assert json.loads(fdb("dump-plan", "--passes", "--format", "json", sql).stdout)[0]["after"] == "build"
    assert "has no plan" in fdb("dump-plan", "CREATE TABLE t(a)").stderr


def test_listings(fdb: Run) -> None:
    opcodes = fdb("opcodes").stdout
    assert "\nNext " in opcodes and opcodes.count("\n") > 80
    functions = fdb("functions", "subs").stdout
    assert functions.startswith("substr(2-3)  ")
    assert fdb("pragmas", "page_s").stdout.startswith("page_size  ")
    assert fdb("modules", "series").stdout.startswith("generate_series(start, stop, step)  The integers")
    assert "pragma_table_info(arg, schema)  " in fdb("modules").stdout


def test_the_history_file_is_not_made_without_a_prompt(fdb: Run, tmp_path: Path) -> None:
    fdb(":memory:", "SELECT 1")
    assert not os.path.exists(tmp_path / "history")


@pytest.mark.parametrize(
    "sql",
    [
        "select " + "not " * 900 + "1",
        "select 'a'" + " collate nocase" * 500,
        "select 'a'" + " like 'a'" * 500,
        "select * from " + "(select * from " * 300 + "(select 1)" + ")" * 300,
    ],
)
def test_deep_statements_are_shown(fdb: Run, sql: str) -> None:
    for shown in (
        ("dump-bind", "--tree"),
        ("dump-bind", "--tree", "--format", "json"),
        ("dump-plan", "--format", "json"),
        ("dump-plan", "--passes", "--why", "--format", "json"),
        ("explain", "--analyze", "--pages"),
        ("explain", "--analyze", "--format", "json"),
    ):
        done = fdb(*shown, sql)
        assert (done.returncode, done.stderr) == (0, ""), shown
        assert done.stdout


KEYED = """
create table p(id integer primary key, a, b, unique (a, b));
create table "par ent"(k text primary key collate nocase);
create table c1(x references p, y references p(id));
create index c1y on c1(y);
create table c2(a, b, c integer primary key references p, foreign key (a, b) references p(a, b));
create table c3("a b" references "par ent", x references nosuch);
create index c3p on c3(x) where x > 1;
"""


def test_lint_tells_of_children_without_an_index(fdb: Run) -> None:
    """As SQLite's shell does."""
    needed = [
        "CREATE INDEX 'c1_x' ON 'c1'('x'); --> p(id)",
        "CREATE INDEX 'c2_a_b' ON 'c2'('a', 'b'); --> p(a,b)",
        "CREATE INDEX 'c3_x' ON 'c3'('x'); --> (null)",
        "CREATE INDEX 'c3_a b' ON 'c3'('a b' COLLATE nocase); --> par ent(k)",
    ]
    told = fdb(":memory:", input=KEYED + ".lint fkey-indexes\n")
    assert told.stdout.splitlines() == needed
    told = fdb(":memory:", input=KEYED + ".lint fkey-indexes --verbose\n")
    assert "/* no extra indexes required for c1(y) -> p(id) */" in told.stdout
    assert "/* no extra indexes required for c2(c) -> p(id) */" in told.stdout
    told = fdb(":memory:", input=KEYED + ".lint fkey-indexes -groupbyparent\n")
    assert told.stdout.splitlines()[:2] == ["-- Parent table nosuch", f"    {needed[2]}"]
    assert "Usage: .lint" in fdb(":memory:", input=".lint\n").stderr


def test_no_message_gives_a_terminal_orders(fdb: Run, tmp_path: Path) -> None:
    order = "\x1b]0;title\x07"
    (tmp_path / "evil.sql").write_text(f"select 1 {order}", encoding="utf-8")
    (tmp_path / "t.db").write_bytes(b"")
    told = [
        fdb(":memory:", f"select 1 {order}"),
        fdb(":memory:", f'select "{order}" from sqlite_schema'),
        fdb(":memory:", f".{order}"),
        fdb("check", "evil.sql"),
        fdb("fmt", "evil.sql"),
        fdb("find-row", "t.db", order, "1"),
    ]
    for done in told:
        assert done.stdout + done.stderr and done.returncode != 0
        assert not set("\x1b\x07") & set(done.stdout + done.stderr), done
