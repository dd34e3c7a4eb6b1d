"""``fdb debug`` as it is called: where SQL and commands come from, what is kept, what is refused."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import foundrydb
from foundrydb.toolkit import stages
from foundrydb.toolkit.debugging.recorded_run import RecordedRun
from foundrydb.toolkit.debugging.script import Script
from foundrydb.tools.debug.command import commands, find_command
from foundrydb.tools.debug.debugger import Debugger
from foundrydb.tools.debug.prompt import CommandCompleter

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "t.fdb"
    connection = foundrydb.connect(str(path), isolation_level=None)
    connection.executescript("create table t(a); insert into t values (1), (2)")
    connection.close()
    return path


def rows(path: Path) -> list[tuple[object, ...]]:
    connection = foundrydb.connect(str(path))
    found: list[tuple[object, ...]] = connection.execute("select a from t").fetchall()
    connection.close()
    return found


def test_what_is_changed_is_undone(fdb: Run, database: Path) -> None:
    done = fdb("debug", "--db", database, "insert into t values (3)", input="finish\n")
    assert done.returncode == 0 and "1 change" in done.stdout
    assert rows(database) == [(1,), (2,)]


def test_commit_keeps_it(fdb: Run, database: Path) -> None:
    done = fdb("debug", "--db", database, "insert into t values (3)", input="step 3\nback\ncommit\nstep\n")
    assert done.stdout.endswith("what was changed is kept\n")
    assert rows(database) == [(1,), (2,), (3,)]


def test_commit_after_back_carries_out_the_whole_statement(fdb: Run, database: Path) -> None:
    sql = "insert into t values (3); insert into t values (4)"
    fdb("debug", "--db", database, sql, input="finish\nback 100\ncommit\n")
    assert rows(database) == [(1,), (2,), (3,)]


def test_a_failure_is_not_committed(fdb: Run, database: Path) -> None:
    """What another statement has changed is not lost with it."""
    sql = "create unique index i on t(a); insert into t values (3), (1)"
    done = fdb("debug", "--db", database, sql, input="statement\ncommit\nback\nstatement\nstep\ncommit\n")
    assert "failed at" in done.stdout and "nothing is kept yet: statement goes on" in done.stdout
    assert (
        "\nstatement 2 failed: UNIQUE constraint failed: t.a\nthat was the last statement, and it failed; "
        in done.stdout
    )
    assert done.stdout.endswith(
        "(fdb) step\nthat was the last statement, and it failed\n(fdb) commit\nwhat was changed is kept\n"
    )
    assert rows(database) == [(1,), (2,)]
    fdb("debug", "--db", database, "insert into t values (5)", input="commit\n")
    assert rows(database) == [(1,), (2,), (5,)]


def test_what_a_failed_statement_leaves_is_kept(fdb: Run, database: Path) -> None:
    sql = "create unique index i on t(a); insert or fail into t values (3), (1), (4)"
    fdb("debug", "--db", database, sql, input="statement\nstatement\ncommit\n")
    assert rows(database) == [(1,), (2,), (3,)]


def test_the_place_of_a_mistake_in_a_script(fdb: Run, database: Path, tmp_path: Path) -> None:
    (tmp_path / "s.sql").write_text(".mode box\nselect\n1;\nselect * from nowhere;\nselect 2")
    done = fdb("debug", "--db", database, "-f", "s.sql", input="statement\nstep\nstatement\n")
    assert done.stdout.count("no such table: nowhere\n  4:15 | select * from nowhere;\n") == 2
    (tmp_path / "s.sql").write_text("select 1;\nselect from")
    done = fdb("debug", "-f", "s.sql", input="")
    assert done.stderr.startswith('Error: s.sql: near "from": syntax error\n  2:8 |')
    (tmp_path / "s.sql").write_bytes(b"select '\xff'")
    assert fdb("debug", "-f", "s.sql", input="next\n").stderr == ""


def test_state_shows_all_there_is(fdb: Run, database: Path) -> None:
    told = fdb("debug", "--db", database, "select a from t", input="next\nstate\n").stdout
    assert all(word in told for word in ("table t, root page 2", "rows: 1", "the last instruction asked for"))
    assert told.count("select a from t") == 2


def test_a_script(fdb: Run, database: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.sql"
    script.write_text("insert into t values (3);\nselect count(*) from t;\n")
    done = fdb("debug", "--db", database, "-f", script, input="statement\nnext\n")
    assert "-- statement 2 of 2" in done.stdout and "row 1: (3)" in done.stdout
    assert rows(database) == [(1,), (2,)]


def test_without_a_database_the_last_statement_is_debugged(fdb: Run) -> None:
    done = fdb("debug", "create table t(a); insert into t values (7); select a from t", input="next\n")
    assert "-- statement 3 of 3" in done.stdout and "row 1: (7)" in done.stdout


def test_the_statement_is_wrong(fdb: Run, database: Path) -> None:
    done = fdb("debug", "--db", database, "select b from t", input="")
    assert done.returncode == 1 and "no such column: b" in done.stderr + done.stdout
    done = fdb("debug", "--db", database, "select from", input="")
    assert done.returncode == 1 and "syntax error" in done.stderr + done.stdout
    done = fdb("debug", "--db", database, "", input="")
    assert done.returncode == 1 and "there is no statement" in done.stderr + done.stdout


@pytest.mark.parametrize(
    "sql",
    ["begin", "end", "rollback", "savepoint a", "release a", "rollback to a"]
    + ["explain select 1", "explain query plan select 1", "begin; commit"],
)
def test_statements_that_cannot_be_debugged(fdb: Run, sql: str) -> None:
    done = fdb("debug", sql, input="step\n")
    assert done.returncode == 1 and not done.stdout
    assert done.stderr.count("\n") == 1 and "cannot be debugged" in done.stderr


@pytest.mark.parametrize("sql", ["", " ", ";", ";;", "/* nothing */", "\n-- nothing\n"])
def test_no_statement(fdb: Run, sql: str) -> None:
    done = fdb("debug", sql, input="step\n")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "Error: there is no statement\n")


def test_the_last_one_that_can_be_debugged_is(fdb: Run) -> None:
    """What failed before it is told."""
    done = fdb("debug", "release a; begin; select 7; commit", input="next\nstatement\nstep\nback\n")
    assert done.stdout.startswith("statement 1 failed: no such savepoint: a\n-- statement 3 of 4\n[0] ")
    assert "row 1: (7)" in done.stdout and done.stdout.count("all statements have run") == 3


def test_what_is_not_there_is_told_apart(fdb: Run, database: Path) -> None:
    """From what did not happen in this run."""
    told = fdb(
        "debug", "--db", database, "select a from t", input="run to page 999\nwho 999\nwho 1\nrow x\n"
    ).stdout
    assert "it did not come to that: main has 2 pages\n" in told
    assert "(fdb) who 999\nmain has 2 pages\n" in told
    assert "(fdb) who 1\nnothing that ran here changed it\n" in told
    assert told.endswith('row takes no argument: "x"\n')


def test_names_in_a_question_about_a_row(fdb: Run) -> None:
    schema = 'create table "a""b" ("c d", [e]); insert into "a""b" values (1, 2);'
    questions = ['"a""b" 1', '`a"b` "c d"=1', '[a"b] [e] = 2', 'a"b 3', '"a""b" c"d=3']
    told = fdb(
        "debug",
        schema + 'select 1 from "a""b" where 0',
        input="".join(f"why not {each}\n" for each in questions),
    )
    assert told.stdout.count('a"b rowid 1: WHERE 0 is not true') == 3
    assert 'a"b is no name of a table: in quotes it would be "a""b"\n' in told.stdout
    assert told.stdout.endswith('no COLUMN=VALUE: c"d=3\n')


def test_neither_or_both(fdb: Run, database: Path) -> None:
    assert "either SQL, or a file" in fdb("debug", "--db", database, input="").stderr


def test_a_query_without_end_makes_a_pause(fdb: Run) -> None:
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
    done = fdb("debug", "--steps", 5000, endless, input="continue\ncontinue\nback\nfinish\n")
    assert done.stdout.count("a pause after 5,000 instructions") == 3
    assert "[9,999]" in done.stdout


def test_ctrl_c_makes_a_pause(tmp_path: Path) -> None:
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
    command = [sys.executable, "-m", "foundrydb", "debug", "--steps", "1000000000000", endless]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tmp_path, bufsize=1
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        assert process.stdout.readline().startswith("[0]")
        process.stdin.write("continue\n")
        process.stdin.flush()
        assert process.stdout.readline() == "(fdb) continue\n"
        time.sleep(0.5)
        os.kill(process.pid, signal.SIGINT)
        told, _ = process.communicate("back\nquit\n", timeout=60)
    assert "interrupted; continue goes on" in told and "(fdb) quit" in told
    assert process.returncode == 0


def test_a_damaged_database(fdb: Run, database: Path) -> None:
    image = bytearray(database.read_bytes())
    image[4096:4104] = b"\x63" * 8
    database.write_bytes(image)
    done = fdb("debug", "--db", database, "select a from t", input="finish\nback\nregisters\ncursors\nstep\n")
    assert done.stdout.count("malformed") == 2 and "Traceback" not in done.stdout + done.stderr


def test_a_run_that_goes_another_way_is_noticed() -> None:
    """A function of the user's that answers otherwise each time."""
    from_outside = iter(range(10_000_000))
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.create_function("tick", 0, lambda: next(from_outside))
    run = foundrydb_run(
        connection,
        "with n(i) as (select 1 union all select i + 1 from n limit 4000) select sum(i) from n where tick() < 4000",
    )
    run.finish()
    with pytest.raises(foundrydb.ProgrammingError, match="another way"):
        run.move(run.position - 1)
    run.close()


def foundrydb_run(connection: foundrydb.Connection, sql: str) -> RecordedRun:
    return RecordedRun(connection, stages.compile(sql, connection, noting=True))


def test_what_completion_offers() -> None:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    script = Script(connection, "select 1")
    try:
        completer = CommandCompleter(Debugger(script, print))
        assert {"step", "back", "why", "who"} <= {name for name, _ in completer.candidates("st")}
        assert ("ResultRow", "opcode") in completer.candidates("run to ")
        assert ("page", "a page") in completer.candidates("break ")
        assert ("targets", "where one can stop") in completer.candidates("help ")
        assert completer.candidates("step ") == []
    finally:
        script.close()


def test_every_command_has_a_word_of_help(fdb: Run) -> None:
    told = fdb("debug", "select 1", input="help\n").stdout
    for each in commands().values():
        assert each.usage in told and each.help in told
        words = [each.name, *each.aliases]
        assert all(find_command(word) is each for word in words)


def test_a_sum_of_hundreds_of_terms_is_debugged_like_a_short_one(fdb: Run, database: Path) -> None:
    done = fdb("debug", "--db", database, f"select {'+'.join(['a'] * 900)} from t", input="next\nregisters\n")
    assert done.returncode == 0 and done.stderr == ""
    assert re.search(r"\nr1799 +1 +t\.a ", done.stdout)
    assert max(map(len, done.stdout.splitlines())) < 4000
