"""The plugin for pytest, as a project that uses it sees it: assertions, goldens, the plan lock, settings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from foundrydb.testing.plan_lock import PlanLock

pytest_plugins = "pytester"

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = """
create table bell(id integer primary key, note text, weight real, inscription text);
create index bell_note on bell(note, weight);
"""
STATISTICS = """
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 VALUES('bell','bell_note','100000 5000 2');
"""


class Project:
    """A project with a schema, whose tests are run."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.path = pytester.path
        pytester.makeini("[pytest]\nfdb_schema = schema.sql\nfdb_statistics = statistics.sql\n")
        self.write("schema.sql", SCHEMA)
        self.write("statistics.sql", STATISTICS)

    def write(self, name: str, text: str) -> None:
        (self.path / name).write_text(text, encoding="utf-8")

    def test(self, code: str) -> None:
        """Make the project's one test do this."""
        body = "".join(f"    {line}\n" for line in code.strip().splitlines())
        self.write("test_bells.py", f"import sqlite3, foundrydb\n\ndef test_it(fdb):\n{body}")

    def run(self, *arguments: str) -> pytest.RunResult:
        """Run it in a process of its own, with this plugin and no other."""
        return self.pytester.runpytest_subprocess(
            "-p", "pytest_foundrydb", "-p", "no:cacheprovider", "--color=no", *arguments
        )

    def passes(self, code: str, *arguments: str) -> None:
        self.test(code)
        self.run(*arguments).assert_outcomes(passed=1)

    def fails(self, code: str, *lines: str) -> None:
        """The test fails, and its report has these lines."""
        self.test(code)
        result = self.run()
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines([f"*{line}*" for line in lines])
        result.stdout.no_fnmatch_line("*INTERNALERROR*")


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return Project(pytester)


def test_the_entry_point_is_declared() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '[project.entry-points.pytest11]\nfoundrydb = "pytest_foundrydb"' in text


def test_a_run_that_asks_for_nothing_imports_nothing(tmp_path: Path) -> None:
    (tmp_path / "test_other.py").write_text(
        "import sys\n\ndef test_it():\n"
        "    assert not [name for name in sys.modules if name.split('.')[0] == 'foundrydb']\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "pytest_foundrydb", "-p", "no:cacheprovider", "-q"]
    # An installed package has the plugin loaded by its entry point, and twice is once too often.
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout


GOLDENS = """
fdb.golden_plan("select * from bell where note = 'a1'")
fdb.golden_bytecode("select 1")
fdb.golden_bytecode("select 2")
con = sqlite3.connect(":memory:")
con.executescript("create table t(a, b); insert into t values (1, 'x'), (2.5, null), (x'00', '1')")
fdb.on(con).golden_rows("select * from t where a is not ?", (7,), name="all of t")
"""


def test_goldens(project: Project) -> None:
    project.fails(GOLDENS, "there is no *test_it.plan: pytest --fdb-update writes it", "IndexScan bell*")
    result = project.run("--fdb-update")
    result.assert_outcomes(passed=1)
    folder = project.path / "goldens" / "test_bells"
    names = ["test_it.2.bytecode", "test_it.all_of_t.rows", "test_it.bytecode", "test_it.plan"]
    assert sorted(path.name for path in folder.iterdir()) == names
    result.stdout.fnmatch_lines(["foundrydb: wrote goldens/test_bells/test_it.plan"])
    assert (folder / "test_it.all_of_t.rows").read_text(encoding="utf-8") == (
        "-- select * from t where a is not ?\n\n"
        "┌───────┬──────┐\n│   a   │  b   │\n├───────┼──────┤\n│ 1     │ 'x'  │\n│ 2.5   │ NULL │\n│ x'00' │ '1'  │\n"
        "└───────┴──────┘\n3 rows\n"
    )
    project.run().assert_outcomes(passed=1)
    project.fails(
        GOLDENS.replace("'x'", "'y'"),
        "test_it.all_of_t.rows (-) is not what came out (+)*",
        "-│ 1     │ 'x'  │",
        "+│ 1     │ 'y'  │",
    )


LOCK = "fdb.lock_plan('by note', \"select *\\nfrom bell where note = '' order by weight\")"


def test_each_parameter_has_a_golden_of_its_own(project: Project) -> None:
    values = ["a b", "a-b", "a/b", "1", "x" * 300]
    project.write(
        "test_bells.py",
        f"import pytest\n\n@pytest.mark.parametrize('text', {values!r})\ndef test_it(fdb, text):\n"
        "    fdb.golden_rows('select ?', (text,))\n",
    )
    assert project.run("--fdb-update").ret == 0
    names = sorted(path.name for path in (project.path / "goldens" / "test_bells").iterdir())
    assert len(names) == len(values) and "test_it-1.rows" in names
    project.run().assert_outcomes(passed=len(values))


def test_tests_that_look_alike_have_goldens_of_their_own(project: Project) -> None:
    body = "fdb.golden_plan(f'select {value}')"
    project.write(
        "test_bells.py",
        "import pytest\n\n"
        f"@pytest.mark.parametrize('value', [1])\ndef test_it(fdb, value):\n    {body}\n\n"
        f"def test_it_1(fdb, value=2):\n    {body}\n\n"
        "class TestA:\n    class TestIn:\n        def test_it(self, fdb, value=3):\n"
        f"            {body}\n\n"
        "class TestB:\n    class TestIn:\n        def test_it(self, fdb, value=4):\n"
        f"            {body}\n",
    )
    project.run("--fdb-update").assert_outcomes(passed=4)
    project.run().assert_outcomes(passed=4)


def test_what_a_golden_query_changes_is_undone(project: Project) -> None:
    """The next test sees the database as it was, whatever the query did."""
    project.write(
        "test_bells.py",
        "def test_insert(fdb):\n    fdb.golden_rows('insert into bell values (1, 2, 3, 4) returning id')\n\n"
        "def test_failing(fdb):\n    fdb.golden_rows('insert or rollback into bell select 1 union all select 1')\n\n"
        "def test_begin(fdb):\n    fdb.golden_rows('begin')\n\n"
        "def test_explain(fdb):\n    fdb.golden_rows('explain query plan select * from bell')\n\n"
        "def test_none(fdb):\n    fdb.golden_rows('select count(*) from bell')\n",
    )
    result = project.run("--fdb-update")
    result.assert_outcomes(passed=3, failed=2)
    result.stdout.fnmatch_lines(["*this begins or ends a transaction, and has no rows: begin"])
    kept = (project.path / "goldens" / "test_bells" / "test_none.rows").read_text()
    assert "│ 0        │" in kept


def test_a_view_is_never_scanned_itself(project: Project) -> None:
    project.write("schema.sql", SCHEMA + "create view heavy as select * from bell;")
    project.fails("fdb.assert_no_scan('select * from heavy', 'heavy')", "heavy is a view: name the tables*")
    project.fails("fdb.assert_no_scan('select * from heavy', 'bell')", "the plan has a scan bell*")


def test_the_lock_fails_when_an_index_goes(project: Project) -> None:
    project.fails(LOCK, "by note is not in *queries.lock: pytest --fdb-update puts it there")
    project.run("--fdb-update").assert_outcomes(passed=1)
    kept = (project.path / "queries.lock").read_text(encoding="utf-8")
    assert '["by note"]' in kept and "scans = []" in kept
    project.run().assert_outcomes(passed=1)
    project.write("schema.sql", SCHEMA.replace("create index", "-- create index"))
    project.fails(
        LOCK,
        "the plan of by note got worse: the cost rose from * to *; new: scan bell; new: sort, ORDER BY weight",
        "-    IndexScan bell using bell_note*",
        "+* Scan bell*",
    )
    project.run("--fdb-update").assert_outcomes(passed=1)
    project.run().assert_outcomes(passed=1)


def test_the_lock_tells_of_other_statistics(project: Project) -> None:
    project.passes(LOCK, "--fdb-update")
    project.write("statistics.sql", STATISTICS.replace("5000 2", "60000 2"))
    project.fails(LOCK, "the plan of by note got worse*", "(the statistics are others*")


def test_a_file_of_queries_is_locked(project: Project) -> None:
    project.write("queries.sql", "-- name: heavy\nselect * from bell where id = 1;\nselect note from bell;\n")
    project.passes("fdb.lock_file('queries.sql')", "--fdb-update")
    kept = PlanLock(project.path / "queries.lock").read()
    assert {name: plan.sql for name, plan in kept.items()} == {
        "heavy": "select * from bell where id = 1",
        "queries.2": "select note from bell",
    }
    project.write(
        "queries.sql", "-- name: heavy\nselect * from bell;\nselect note from bell order by weight;\n"
    )
    project.fails(
        "fdb.lock_file('queries.sql')",
        "the plan of heavy got worse*",
        "(the query is another one than was kept)",
        "the plan of queries.2 got worse*",
    )


def test_a_file_of_queries_is_found_wherever_pytest_runs(project: Project) -> None:
    project.write("queries.sql", "-- name: heavy\nselect * from bell where id = 1;\n")
    away = "import os\nos.chdir(os.sep)\nfdb.lock_file('queries.sql')"
    project.passes(away, "--fdb-update")
    project.passes(away)


def test_a_name_is_one_querys(project: Project) -> None:
    """Of two that have it the second would be kept, and the first fail from then on."""
    project.write(
        "test_bells.py",
        "def test_a(fdb):\n    fdb.lock_plan('x', 'select 1')\n\n"
        "def test_b(fdb):\n    fdb.lock_plan('x', 'select 1')\n\n"
        "def test_c(fdb):\n    fdb.lock_plan('x', 'select 2')\n",
    )
    result = project.run("--fdb-update")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*AssertionError: two queries are called x:"])


def test_what_is_wrong_with_a_file_is_told_of_in_a_line(project: Project) -> None:
    project.fails("fdb.lock_file('none.sql')", "AssertionError: *none.sql: No such file or directory")
    (project.path / "bytes.sql").write_bytes(b"select '\xff'")
    project.fails("fdb.lock_file('bytes.sql')", "AssertionError: *bytes.sql is no text in UTF-8")
    project.write("two.sql", "-- name: a\nselect 1;\n-- name: a\nselect 2")
    project.fails("fdb.lock_file('two.sql')", "AssertionError: *two.sql: two queries are called a")
    project.write("empty.sql", "-- nothing\n")
    project.fails("fdb.lock_file('empty.sql')", "AssertionError: *empty.sql: there is no query")
    project.write("wrong.sql", ".mode box\nselect 1;\nselect * frm bell;\n")
    project.fails(
        "fdb.lock_file('wrong.sql')", 'AssertionError: *wrong.sql: near "frm": syntax error', "3:10 |"
    )
    project.write("wrong.sql", ".mode box\n-- name: a\nselect nope\nfrom bell; create table t(a);")
    project.fails(
        "fdb.lock_file('wrong.sql')",
        "AssertionError: *wrong.sql: a: no such column: nope",
        "3:8 | select nope",
        "*wrong.sql: wrong.2: the statement has no plan*",
        "4:12 |",
    )
    project.write("queries.lock", "a = [")
    project.fails("fdb.lock_plan('a', 'select 1')", "AssertionError: *queries.lock is no lock file: *")
    project.write("queries.lock", "[a]\ncost = 1.0\nsorts = []")
    project.fails("fdb.lock_plan('a', 'select 1')", "AssertionError: *no lock file: a query has no scans")
    (project.path / "queries.lock").unlink()
    (project.path / "queries.lock").mkdir()
    project.fails("fdb.lock_plan('a', 'select 1')", "AssertionError: *queries.lock: Is a directory")
    project.fails("fdb.on('some.db')", "TypeError: a connection is needed, not a str: *")


def test_what_is_not_set_or_not_there_is_told_of_in_a_line(project: Project) -> None:
    project.test(LOCK)
    project.write("tox.ini", "[pytest]\n")
    project.run().stdout.fnmatch_lines(["which schema are queries planned for?*"])
    project.write("tox.ini", "[pytest]\nfdb_schema = no.sql\n")
    result = project.run()
    result.stdout.fnmatch_lines(["*no.sql: No such file or directory"])
    result.stdout.no_fnmatch_line("*During handling*")


def test_update_is_refused_in_several_processes(project: Project) -> None:
    pytest.importorskip("xdist")
    project.test(LOCK)
    result = project.run("--fdb-update", "-p", "xdist.plugin", "-n", "2")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["*--fdb-update writes files*"])
