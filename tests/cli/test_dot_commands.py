"""Dot-commands about the system, what is watched, limits, hashes, advice; and the beginning of a session."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import apsw
import pytest

import foundrydb
from foundrydb.toolkit.index_advice import advise
from foundrydb.toolkit.plan_facts import facts_of
from foundrydb.tools.output.columnar import _FRAMES, display_width, fitted
from foundrydb.tools.shell.completion import complete_dot

Run = Callable[..., "CompletedProcess[str]"]


def both(done: CompletedProcess[str]) -> tuple[str, str]:
    return done.stdout, done.stderr


# -- the system


def test_the_system_is_asked(fdb_process: Run, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    done = fdb_process(input=".cd sub\n.system pwd\n.shell exit 3\n.shell\n.cd /no/such\n.cd\n")
    assert done.stdout == f"{tmp_path}/sub\n"
    assert done.stderr == (
        "System command returns 3\nUsage: .shell CMD ARGS...\n"
        'Error: cannot change to directory "/no/such": No such file or directory\nUsage: .cd DIRECTORY\n'
    )


def test_extensions_are_refused_with_a_reason(fdb: Run) -> None:
    done = fdb(input=".load ext.so\n")
    assert done.stderr.startswith("Error: .load is not supported (extensions, which are machine code")


def test_scripts_come_from_commands(fdb_process: Run) -> None:
    done = fdb_process(input=".read |echo 'select 5;'\n.read |echo select x\n.read |false\n")
    assert done.stdout == "5\n"
    assert "Parse error in |echo select x near line 1: no such column: x" in done.stderr
    assert "Error: the command failed with status 1: false" in done.stderr


def test_errors_are_logged(fdb: Run, tmp_path: Path) -> None:
    script = "select x;\ncreate table t(a unique);\ninsert into t values(1),(1);\n"
    fdb(input=f".log errors.log\n{script}.log off\nselect y;\n")
    logged = (tmp_path / "errors.log").read_text()
    assert logged == (
        '(1) no such column: x in "select x;"\n'
        '(2067) UNIQUE constraint failed: t.a in "insert into t values(1),(1);"\n'
    )


# -- what is watched


def test_statements_are_traced(fdb: Run) -> None:
    script = ".trace stdout\nselect 1 ;\n.param set :a \"'x''y'\"\n.trace stdout --expanded\nselect :a;\n.trace off\n"
    assert fdb(input=script + "select 2;\n").stdout == "select 1;\n1\nselect 'x''y';\nx'y\n2\n"
    profiled = fdb(input=".trace --profile\nselect 1;\n").stdout.splitlines()
    assert profiled[0] == "1" and profiled[1].startswith("select 1; -- ") and profiled[1].endswith(" ns")
    assert "not supported yet: .trace --row" in fdb(input=".trace --row\n").stderr
    assert 'unknown option on ".trace": "--foo"' in fdb(input=".trace --foo\n").stderr


COUNT = (
    "with recursive c(x) as (select 1 union all select x+1 from c where x<300000) select count(*) from c;\n"
)


def test_progress_stops_a_statement(fdb: Run) -> None:
    done = fdb(input=f".progress 1000 --limit 2 --once\n{COUNT}{COUNT}".replace("<300000", "<30000"))
    assert done.stderr.startswith(
        "Progress 1\nProgress limit reached (2)\nRuntime error near line 2: interrupted\n"
    )
    assert done.stdout == "30000\n"
    assert fdb(input=f".progress 1000 -q\n{COUNT}.progress 0\n").stderr == ""
    assert "not a number" in fdb(input=".progress x\n").stderr


def test_the_authorizer_is_shown(fdb: Run) -> None:
    script = "create table t(a);\n.auth on\nselect a from t;\n.auth off\nselect 1;\n"
    assert fdb(input=script).stdout == (
        'authorizer: SELECT NULL NULL NULL NULL\nauthorizer: READ "t" "a" "main" NULL\n1\n'
    )


def test_figures(fdb: Run) -> None:
    lines = fdb(
        input="create table t(a);\n.stats on\nselect a from t;\n.stats off\nselect 1;\n"
    ).stdout.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "Virtual machine steps", "Pages asked for", "Pages read from the file", "Microseconds", "1",
    ]  # fmt: skip
    assert int(lines[0].split()[-1]) > 3


# -- limits and switches


def test_limits(fdb: Run) -> None:
    done = fdb(
        input=".limit column\n.limit col 3\ncreate table t(a,b,c,d);\n.limit foo\n.limit l\n.limit column x\n"
    )
    assert done.stdout == "              column 2000\n              column 3\n"
    assert "too many columns on t" in done.stderr
    assert 'unknown limit: "foo"' in done.stderr
    assert 'ambiguous limit: "l" (length, like_pattern_length)' in done.stderr
    assert "not an integer: x" in done.stderr
    assert len(fdb(input=".limit\n").stdout.splitlines()) == 12


def test_switches(fdb: Run) -> None:
    done = fdb(
        input=".dbconfig dqs_dml\n.dbconfig enable_fkey on\npragma foreign_keys;\n.dbconfig reset_database on\n"
    )
    assert done.stdout == "            dqs_dml off\n        enable_fkey on\n1\n"
    assert "not supported yet" in done.stderr
    assert 'unknown switch: "nope"' in fdb(input=".dbconfig nope\n").stderr


def test_a_misspelt_name_in_double_quotes_is_no_string(fdb: Run, tmp_path: Path) -> None:
    con = apsw.Connection(str(tmp_path / "old.db"))
    con.execute(
        'create table old(a check(a <> "x")); create index i on old(a) where a > "zz"; insert into old values(1)'
    )
    con.close()
    done = fdb(
        "old.db", input='select "nme" from old;\nselect a from old;\ncreate table t(a check (a > "b"));\n'
    )
    message = 'no such column: "{}" - should this be a string literal in single-quotes?'
    assert message.format("nme") in done.stderr and message.format("b") in done.stderr
    assert done.stdout == "1\n"
    assert fdb(input='.dbconfig dqs_dml on\nselect "x";\n').stdout.endswith("\nx\n")


# -- facts


def test_hashes_are_those_of_sqlite(fdb: Run, sample: Path) -> None:
    shell = shutil.which("sqlite3")
    if shell is None:
        pytest.skip("no sqlite3 shell")
    commands = [
        ".sha3sum",
        ".sha3sum --schema",
        ".sha3sum bell",
        ".sha3sum --sha3-512 b%",
        ".sha3sum sqlite_schema",
    ]
    theirs = subprocess.run([shell, str(sample), *commands], capture_output=True, text=True).stdout
    assert fdb(sample, *commands).stdout == theirs
    assert len(theirs.splitlines()) == 5


def test_hashes_tell_values_apart(fdb: Run) -> None:
    seen = set()
    for value in ("1", "1.0", "'1'", "x'31'", "null", "-9223372036854775808"):
        seen.add(fdb(input=f"create table t(a);\ninsert into t values({value});\n.sha3sum\n").stdout)
    assert len(seen) == 6


def test_database_header(fdb: Run, sample: Path) -> None:
    facts = dict(line.split(":", 1) for line in fdb(sample, ".dbinfo").stdout.splitlines())
    assert facts["database page size"].strip() == "4096"
    assert facts["text encoding"].strip() == "1 (utf8)"
    assert facts["number of views"].strip() == "2"
    assert "unknown database x" in fdb(sample, ".dbinfo x").stderr
    assert "the database is empty" in fdb(":memory:", ".dbinfo").stderr


SPACE = """pragma page_size = 1024;
pragma auto_vacuum = 1;
create table t(a integer primary key, b unique, c);
insert into t select value, 'k' || value, zeroblob(value % 3000) from generate_series(1, 1000);
create table w(x, y, primary key(x, y)) without rowid;
insert into w select a, b from t;
create index wi on w(y);
create view v as select 1;
create table Other(x);
delete from t where a % 3 = 0;
"""


def test_space(fdb: Run, tmp_path: Path) -> None:
    assert both(fdb("s.db", input=SPACE)) == ("", "")
    told = fdb("s.db", ".diskused").stdout
    assert both(fdb(":memory:", input=told + "select name, depth from space_used where is_index;")) == (
        "sqlite_autoindex_t_1|2\nwi|2\n", ""
    )  # fmt: skip
    assert (
        both(fdb("s.db", ".diskused", "begin", "insert into other select 1", ".diskused main", "rollback"))[1]
        == ""
    )
    assert both(fdb(":memory:", ".diskused")) == ("", "")
    assert "unknown database x" in fdb("s.db", ".diskused x").stderr
    extra = pytest.importorskip("apsw.sqlite_extra", reason="this apsw comes without SQLite's extensions")
    if not extra.has("diskused"):
        pytest.skip("this apsw comes without diskused")
    theirs = apsw.Connection(str(tmp_path / "s.db"))
    extra.load(theirs, "diskused")
    try:
        assert told == theirs.execute("select diskused('main')").get + "\n"
    finally:
        theirs.close()


def test_space_of_a_damaged_file(fdb: Run, tmp_path: Path) -> None:
    fdb("s.db", input=SPACE)
    file = tmp_path / "s.db"
    for page in (3, 4, 5, 6, 9):
        damaged = bytearray(file.read_bytes())
        damaged[1024 * (page - 1) : 1024 * page] = bytes(1024)
        (tmp_path / "d.db").write_bytes(damaged)
        done = fdb("d.db", ".diskused")
        assert "Traceback" not in done.stderr and ("malformed" in done.stderr or done.stdout)


def test_connections(fdb: Run) -> None:
    script = (
        "create table a(x);\n.connection 1\n.tables\ncreate table b(x);\n.connection\n.connection 0\n.tables\n"
        ".connection close 1\n.connection\n.connection close 0\n.connection 7\n"
    )
    done = fdb(input=script)
    assert done.stdout == "       0: :memory:\nACTIVE 1: :memory:\na\nACTIVE 0: :memory:\n"
    assert done.stderr == (
        "Error: cannot close the active database connection\nError: connections are numbered from 0 to 4, not 7\n"
    )


def test_timeout(fdb: Run) -> None:
    assert fdb(input=".timeout 250\npragma busy_timeout;\n").stdout == "250\n"
    assert "not a number" in fdb(input=".timeout soon\n").stderr


# -- advice


def test_expert(fdb: Run, sample: Path) -> None:
    done = fdb(sample, ".expert select max(weight) from bell where alloy_id = 2")
    assert done.stdout.startswith(
        "CREATE INDEX bell_alloy_id_weight ON bell(alloy_id, weight);\n\n-- before, cost "
    )
    assert "IndexScan bell using covering bell_alloy_id_weight" in done.stdout.partition("-- after")[2]
    assert fdb(sample, ".expert select * from bell where id = 3").stdout.startswith("(no new indexes)\n")
    script = "create table e(a);\n.expert select * from e where a = 1\n.expert select a from e, (select 1)\n"
    few = fdb(input=f"{script}insert into e values (1);\n.expert select * from e where a = 1\n").stdout
    assert (
        few.count("(no new indexes)\n-- e is empty: reading that whole takes no longer than an index\n") == 2
    )
    assert "-- e has 1 row: reading that whole" in few
    script = ".expert\nselect note from bell\nwhere weight > 5;\nselect 1;\n"
    assert fdb(sample, input=script).stdout.endswith("\n1\n")
    assert "no such column: nme" in fdb(sample, ".expert select nme from bell").stderr
    assert "the statement has no plan" in fdb(sample, ".expert pragma user_version").stderr


@pytest.mark.parametrize(
    "query",
    [
        "select * from t where a = 5",
        "select b from t where a = 5 and c > 3 order by b",
        "select a from t order by c desc, b",
        "select count(*) from t x join t y on x.b = y.c where x.a = 1",
        "select * from t where c in (1, 2) or a = 3",
        "delete from t where b between 3 and 4",
        "select a, sum(b) over (partition by c order by a) from t",
    ],
)
def test_what_is_advised_is_used(query: str) -> None:
    con = foundrydb.connect(":memory:", isolation_level=None)
    con.execute("create table t(a, b, c)")
    con.executemany("insert into t values (?, ?, ?)", [(i % 500, i % 90, i) for i in range(2000)])
    from_the_advice = advise(query, con)
    assert from_the_advice.statements
    for sql in from_the_advice.statements:
        con.execute(sql)
    con.execute("analyze")
    plan = foundrydb.compile(query, con).plan
    assert plan is not None
    assert facts_of(plan).indexes
    assert con.execute("select count(*) from t").fetchone() == (2000,)


def test_lint_goes_by_the_rules_of_check(fdb: Run) -> None:
    made = "create table t(a, b); create index i on t(a); create index j on t(a, b)"
    done = fdb(":memory:", made, ".lint check", ".lint check select 'it''s' = null", ".lint check select 1")
    lines = done.stdout.splitlines()
    assert lines[0] == "note FDB403 redundant-index: i is needless beside j"
    assert "warning FDB101 null-comparison: 'it''s' = null is never true" in lines
    assert lines[-1] == "nothing found"


# -- the beginning of a session


def test_the_users_script_is_read_first(fdb: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".fdbrc").write_text(".mode csv\n.headers on\nselect 1 as a;\nselect oops;\n")
    done = fdb(":memory:", "select 2 as b")
    assert done.stdout == "a\n1\nb\n2\n"
    assert f"Parse error in {tmp_path}/.fdbrc near line 4: no such column: oops" in done.stderr
    assert fdb("-noinit", ":memory:", "select 2 as b").stdout == "2\n"
    (tmp_path / "other").write_text(".mode json\n")
    assert fdb("-init", "other", ":memory:", "select 2 as b").stdout == '[{"b":2}]\n'


def test_parameters_on_the_command_line(fdb: Run) -> None:
    done = fdb("-param", "a=5", "-param", ":b=it's", "-param", "$c=1+1", ":memory:", "select :a, :b, $c")
    assert both(done) == ("5|it's|2\n", "")
    done = fdb("-param", "a", ":memory:", "select 1")
    assert (done.returncode, done.stderr) == (1, "Error: --param a: NAME=VALUE is wanted\n")


# -- what fits on the screen


@pytest.mark.parametrize("mode", ["box", "table", "markdown", "column"])
def test_columns_fit_on_the_screen(mode: str, fdb: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for screen in (20, 31, 50):
        monkeypatch.setenv("COLUMNS", str(screen))
        script = ".width auto\nselect 'abcdefghijklmnopq' a, 'x' b, 'é日本語日本語日本語' c, 1 d, 'uvwxyzuvwxyz' e;\n"
        lines = fdb(f"-{mode}", ":memory:", "-cmd", ".headers on", input=script).stdout.splitlines()
        assert lines and all(display_width(line) <= screen for line in lines)
        assert "…" in lines[-2 if mode in ("box", "table") else -1]
        assert len({display_width(line) for line in lines}) == 1


def test_what_fits_stays() -> None:
    frame = _FRAMES["box"]
    assert fitted([3, -4, 5], 80, frame) == ([0, 1, 2], [3, -4, 5])
    assert fitted([3, -40, 5], 30, frame) == ([0, 1, 2], [3, -12, 5])
    assert fitted([9] * 6, 30, frame) == ([0, -1, 5], [9, 1, 9])
    assert fitted([], 30, frame) == ([], [])
    assert fitted([5, 5], 1, frame)[0] == [0, 1]


def test_paths_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("data.csv", "date.sql", ".hidden"):
        (tmp_path / name).write_text("")
    (tmp_path / "dir").mkdir()
    con = foundrydb.connect(":memory:")

    def offered(text: str) -> list[str]:
        return [candidate.text for candidate in complete_dot(text, con)]

    assert offered(".read d") == ["data.csv", "date.sql", "dir/"]
    assert offered(".cd ") == ["dir/"]
    assert offered(".import --csv dat") == ["data.csv", "date.sql"]
    assert offered(".open .h") == [".hidden"]
    assert offered(".open no/such/") == []
    assert offered(".width a") == ["auto"]
    assert offered(f".output {tmp_path}/di") == [f"{tmp_path}/dir/"]


def test_connections_that_cannot_be_closed(fdb: Run) -> None:
    done = fdb(
        input=".connection close\n.connection close 3\n.connection close 0\n.connection 7\n.connection\n"
    )
    assert done.stdout == "ACTIVE 0: :memory:\n"
    assert done.stderr.splitlines() == [
        "Error: which connection is to be closed?  .connection close NUMBER",
        "Error: there is no connection 3",
        "Error: cannot close the active database connection",
        "Error: connections are numbered from 0 to 4, not 7",
    ]


def test_the_version(fdb: Run) -> None:
    assert f"tracks SQLite {foundrydb.sqlite_version}\n" in fdb(input=".version\n").stdout
    assert fdb(input=".version x\n").stderr == "Usage: .version\n"


def test_what_cannot_be_imported(fdb: Run) -> None:
    done = fdb(input='.import --schema nodb "|echo 1" t\n.import "|echo 1; exit 3" t\n.tables\n')
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "Error: unknown database nodb",
        "Error: the command failed with status 3: echo 1; exit 3",
    ]
