"""The prompt on a terminal: keys, completion, history, interrupts.  A pseudo-terminal plays the person."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import foundrydb
from foundrydb.tools.shell.completion import _word_before, complete_dot, complete_sql
from foundrydb.tools.shell.input import is_complete
from foundrydb.tools.shell.terminal import coloured

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\x1b[=>]|\r")


class Terminal:
    """The command line on a pseudo-terminal."""

    def __init__(self, arguments: list[str], folder: Path) -> None:
        master, slave = pty.openpty()
        self.master = master
        self.seen = ""
        environment = {
            **os.environ,
            "TERM": "xterm",
            "FDB_HISTORY": str(folder / "history"),
            "PROMPT_TOOLKIT_NO_CPR": "1",
            "COLUMNS": "100",
            "LINES": "40",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "foundrydb", *arguments],
            stdin=slave, stdout=slave, stderr=slave, cwd=folder, env=environment, start_new_session=True,
        )  # fmt: skip
        os.close(slave)

    def wait_for(self, text: str, seconds: float = 60) -> str:
        """Read until ``text`` was shown; what was shown since the last call."""
        end = time.monotonic() + seconds
        while text not in _ESCAPES.sub("", self.seen):
            ready, _, _ = select.select([self.master], [], [], max(end - time.monotonic(), 0))
            if not ready:
                pytest.fail(f"no {text!r} in {_ESCAPES.sub('', self.seen)!r}")
            try:
                self.seen += os.read(self.master, 65536).decode("utf-8", "replace")
            except OSError:
                break
        shown = _ESCAPES.sub("", self.seen)
        assert text in shown, shown
        self.seen = ""
        return shown

    def send(self, keys: str) -> None:
        """Press keys."""
        os.write(self.master, keys.encode())

    def run(self, line: str) -> str:
        """Enter a line; what is shown until the next prompt."""
        self.send(line + "\r")
        return self.wait_for("\nfdb >")

    def leave(self) -> int:
        """Wait for the end; the exit status."""
        try:
            return self.process.wait(15)
        finally:
            os.close(self.master)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    session = Terminal(["-list"], tmp_path)
    session.wait_for("fdb >")
    yield session
    if session.process.poll() is None:
        session.process.kill()
        session.leave()


def test_a_query_and_exit(terminal: Terminal) -> None:
    assert "\n42\n" in terminal.run("SELECT 40 + 2;")
    terminal.send(".exit\r")
    terminal.wait_for("Goodbye!")
    assert terminal.leave() == 0


def test_end_of_input_leaves_with_status_0(terminal: Terminal) -> None:
    terminal.send("\x04")
    assert terminal.leave() == 0


def test_several_lines(terminal: Terminal) -> None:
    terminal.send("SELECT 'one\r")
    terminal.wait_for(" ...>")
    terminal.send("two',\r")
    terminal.wait_for("',\n ...>")
    assert "one\ntwo|3\n" in terminal.run("3;")


def test_a_pasted_script_runs_line_by_line(terminal: Terminal) -> None:
    lines = [".headers on", "CREATE TABLE larch(needles);", "INSERT INTO larch", "  VALUES (7);", ".mode csv"]
    script = "\n".join([*lines, "SELECT * FROM larch;", ".tables"])
    terminal.send(f"\x1b[200~{script}\x1b[201~\r")
    shown = terminal.wait_for("larch\nfdb >")
    assert "needles\n7\n" in shown
    assert "Error" not in shown and "extra" not in shown


def test_a_line_that_is_wrapped_has_no_second_prompt(terminal: Terminal) -> None:
    terminal.send("SELECT " + "'long', " * 20 + "'end'")
    assert "...>" not in terminal.wait_for("'end'")
    assert "|end\n" in terminal.run(";")


def test_completion_of_a_keyword_and_a_table(terminal: Terminal) -> None:
    terminal.run("CREATE TABLE marigold(petals);")
    terminal.send("INSERT INTO mar\t")
    terminal.wait_for("igold")
    terminal.run(" VALUES (5);")
    terminal.send("SELECT pet\t")
    terminal.wait_for("als")
    assert "\n5\n" in terminal.run(" FROM marigold;")


def test_ctrl_c_clears_the_line(terminal: Terminal) -> None:
    terminal.send("SELECT nonsense")
    terminal.wait_for("nonsense")
    terminal.send("\x03")
    terminal.wait_for("\nfdb >")
    assert "\n7\n" in terminal.run("SELECT 7;")


def test_ctrl_c_stops_the_statement_not_the_shell(terminal: Terminal) -> None:
    terminal.run("CREATE TABLE t(a); INSERT INTO t VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10);")
    terminal.send("SELECT count(*) FROM t a, t b, t c, t d, t e, t f, t g, t h, t i;\r")
    time.sleep(1)
    terminal.process.send_signal(signal.SIGINT)
    terminal.wait_for("Runtime error: interrupted\nfdb >")
    assert "\nstill here\n" in terminal.run("SELECT 'still here';")


def test_errors_do_not_end_the_session(terminal: Terminal) -> None:
    assert "did you mean SELECT?" in terminal.run("SELEC 1;")
    assert "Unrecognized command: .nonsense" in terminal.run(".nonsense")
    assert "\n8\n" in terminal.run("SELECT 8;")


def test_long_results_go_to_the_pager(terminal: Terminal) -> None:
    terminal.run(".pager sed s/^/paged:/")
    assert "paged" not in terminal.run("SELECT value FROM generate_series(1, 3);").partition(";\n")[2]
    terminal.send("SELECT value FROM generate_series(1, 300);\r")
    terminal.wait_for("paged:300")
    terminal.run(".pager off")
    assert "paged" not in terminal.run("SELECT value FROM generate_series(1, 300);")


def test_completions_pop_up_as_one_types(terminal: Terminal) -> None:
    terminal.run("CREATE TABLE marigold(petals);")
    terminal.send("SELECT * FROM mari")
    assert "table" in terminal.wait_for("marigold")


def test_history_survives(terminal: Terminal, tmp_path: Path) -> None:
    assert "\nremember me\n" in terminal.run("SELECT 'remember me';")
    terminal.send("\x04")
    terminal.leave()
    again = Terminal(["-list"], tmp_path)
    again.wait_for("fdb >")
    again.send("\x1b[A")
    again.wait_for("SELECT 'remember me';")
    assert "\nremember me\n" in again.run("")
    again.send("\x04")
    assert again.leave() == 0


def test_the_prompt_greets_with_boxes(tmp_path: Path) -> None:
    session = Terminal([], tmp_path)
    shown = session.wait_for("fdb >")
    assert shown.startswith("FoundryDB ")
    assert 'Enter ".help" for usage hints.' in shown
    assert "│ a │" in session.run("SELECT 1 AS a;")
    session.send(".quit\r")
    session.wait_for("Goodbye!")
    assert session.leave() == 0


# what the prompt asks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "complete"),
    [("", True), (".tables", True), ("# note", True), ("SELECT 1", False), ("SELECT 1;", True), ("SELECT ';", False),
     ("CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1;", False), ("SELECT 1;\n.tables", True),
     (".tables\nSELECT 1", False), (".tables\nSELECT 1;", True), ("SELECT 1;\n-- done", True), ("SELECT '\n.x", False),
     ("SELECT 1\ngo", True)],
)  # fmt: skip
def test_is_complete(text: str, complete: bool) -> None:
    assert is_complete(text) is complete


@pytest.fixture(scope="module")
def con() -> Iterator[foundrydb.Connection]:
    connection = foundrydb.connect(":memory:")
    connection.executescript(
        'CREATE TABLE bell(id INTEGER PRIMARY KEY, note, weight); CREATE TABLE "the order"(id, placed);'
        "CREATE INDEX bell_note ON bell(note); CREATE VIEW heavy AS SELECT note, weight FROM bell"
    )
    yield connection
    connection.close()


def offered(con: foundrydb.Connection, text: str, after: str = "") -> dict[str, str]:
    return {candidate.text: candidate.kind for candidate in complete_sql(text, after, con)}


@pytest.mark.parametrize(
    ("text", "after", "kind", "some"),
    [
        ("SEL", "", "keyword", {"SELECT"}),
        ("select * fr", "", "keyword", {"FROM"}),
        ("SELECT * FROM ", "", "table", {"bell", '"the order"', "heavy"}),
        ("SELECT * FROM be", "", "table", {"bell"}),
        ("SELECT * FROM bell JOIN ", "", "table", {"heavy"}),
        ("SELECT * FROM bell, ", "", "table", {"heavy"}),
        ("SELECT * FROM bell, ge", "", "module", {"generate_series("}),
        ("SELECT * FROM pragma_ta", "", "module", {"pragma_table_info(", "pragma_table_list("}),
        ("SELECT ", " FROM generate_series(1, 9)", "column", {"value", "start"}),
        ("SELECT we", " FROM bell", "column", {"weight"}),
        ("SELECT * FROM bell WHERE ", "", "column", {"id", "note", "weight"}),
        ("SELECT * FROM bell AS b WHERE b.", "", "column", {"id", "note", "weight"}),
        ("SELECT b.", " FROM bell b", "column", {"note"}),
        ("SELECT heavy.", " FROM heavy", "column", {"note", "weight"}),
        ("SELECT * FROM bell WHERE su", "", "function", {"substr(", "sum("}),
        ("DROP INDEX ", "", "index", {"bell_note"}),
        ("PRAGMA table_", "", "pragma", {"table_info"}),
        ("SELECT 1; DELETE FROM ", "", "table", {"bell"}),
        ("INSERT INTO bell(", "", "column", {"note"}),
    ],
)
def test_what_is_offered(con: foundrydb.Connection, text: str, after: str, kind: str, some: set[str]) -> None:
    found = offered(con, text, after)
    assert some <= {name for name, what in found.items() if what == kind}


@pytest.mark.parametrize(
    ("text", "after", "columns"),
    [
        ("SELECT ", " FROM bell b, heavy h", ["id", "note", "weight"]),
        ("WITH w(x, y) AS (SELECT id, note FROM bell) SELECT ", " FROM w", ["x", "y"]),
        ("SELECT * FROM (SELECT id AS number FROM bell) s WHERE ", "", ["number"]),
        ("SELECT (SELECT ", " FROM (SELECT 1 AS one)) FROM bell", ["one", "id", "note", "weight"]),
        (
            'SELECT * FROM bell WHERE id IN (SELECT placed FROM "the order") AND ',
            "",
            ["id", "note", "weight"],
        ),
        ("SELECT * FROM bell b JOIN heavy h ON b.note = h.", "", ["note", "weight"]),
        ("SELECT b.", " FROM (bell b JOIN heavy USING (note))", ["id", "note", "weight"]),
        ("UPDATE bell SET note = ", " WHERE id = 1", ["id", "note", "weight"]),
        ("DELETE FROM bell WHERE ", "", ["id", "note", "weight"]),
        ("SELECT s.", " FROM generate_series(1, 2) s", ["value", "start", "stop", "step"]),
        ("SELECT 1; SELECT ", " FROM heavy; SELECT id FROM bell", ["note", "weight"]),
    ],
)
def test_columns_are_those_in_sight(
    con: foundrydb.Connection, text: str, after: str, columns: list[str]
) -> None:
    found = offered(con, text, after)
    assert [name for name, what in found.items() if what == "column"] == columns


def known(con: foundrydb.Connection, text: str) -> dict[str, list[str]]:
    """The names that are offered at ``|``, by kind: columns, aliases and tables."""
    before, _, after = text.partition("|")
    found = offered(con, before, after)
    kinds = ("column", "alias", "table")
    return {kind: [name for name, what in found.items() if what == kind] for kind in kinds}


@pytest.mark.parametrize(
    "text", ["SELECT note FROM bell AS |", "SELECT note FROM bell |", "SELECT note | FROM bell"]
)
def test_a_name_that_is_new_is_not_offered(con: foundrydb.Connection, text: str) -> None:
    assert known(con, text) == {"column": [], "alias": [], "table": []}


@pytest.mark.parametrize(
    ("text", "word"), [("select 12coun", "coun"), ("select coun", "coun"), ("é1", "é1"), ("x 12", "")]
)
def test_the_word_that_is_completed(text: str, word: str) -> None:
    assert _word_before(text) == word


def test_a_long_word_is_read_in_linear_time(con: foundrydb.Connection) -> None:
    begun = time.process_time()
    complete_sql(f"select '{'x' * 200_000}' a", "", con)
    assert time.process_time() - begun < 20  # minutes, where each letter is looked at from each other


@pytest.mark.parametrize(
    ("text", "tables"),
    [
        ("WITH q AS (SELECT 1 p) SELECT 1 FROM |", ["q"]),
        ("WITH q AS (SELECT 1 p) SELECT 1 FROM bell JOIN |", ["q"]),
        ('WITH "a Q" AS (SELECT 1 p) SELECT 1 FROM (SELECT * FROM |)', ['"a Q"']),
        ("WITH q AS (SELECT 1 p), r AS (SELECT 1 FROM |) SELECT 1", ["q"]),
        ("WITH q AS (SELECT 1 p), r AS (SELECT 1 FROM |", ["q"]),
        ("SELECT 1 FROM |", []),
    ],
)
def test_common_tables_are_offered(con: foundrydb.Connection, text: str, tables: list[str]) -> None:
    assert known(con, text)["table"] == [*tables, "bell", "heavy", '"the order"']


@pytest.mark.parametrize(
    ("text", "columns", "aliases", "tables"),
    [
        ("WITH q AS (SELECT 1 P), r AS (SELECT | FROM q) SELECT 1", ["P"], [], ["q"]),
        ("SELECT 1 IN (WITH r AS (SELECT | FROM heavy) SELECT 1)", ["note", "weight"], [], ["heavy"]),
        ("WITH q AS (SELECT 1 P), r AS (SELECT P FROM q WHERE |", ["P"], [], ["q"]),
        ('SELECT | FROM heavy "My Alias"', ["note", "weight"], ['"My Alias"'], []),
        ("SELECT | FROM (heavy Big JOIN (SELECT 1 AS One) o)", ["note", "weight", "One"], ["Big", "o"], []),
        (
            'SELECT | FROM (heavy h JOIN bell b) "The Join"',
            ["note", "weight", "id", '"note:1"', '"weight:1"'],
            ['"The Join"'],
            [],
        ),
        ("SELECT o.| FROM (heavy Big JOIN (SELECT 1 AS One) o)", ["One"], [], []),
        ("SELECT bell.| FROM bell x", [], [], []),
        ("SELECT | FROM heavy x", ["note", "weight"], ["x"], []),
        ("SELECT | FROM heavy WHERE note IN (SELECT id FROM bell)", ["note", "weight"], [], ["heavy"]),
        ("WITH q AS (SELECT id FROM bell) SELECT | FROM heavy", ["note", "weight"], [], ["heavy"]),
        ("SELECT | FROM heavy; SELECT 1 FROM bell", ["note", "weight"], [], ["heavy"]),
        ("SELECT note AS Zz FROM heavy ORDER BY |", ["note", "weight"], ["Zz"], ["heavy"]),
        ('SELECT note AS "a b" FROM heavy GROUP BY |', ["note", "weight"], ['"a b"'], ["heavy"]),
        ("SELECT note AS zz, | FROM heavy", ["note", "weight"], [], ["heavy"]),
    ],
)
def test_names_in_sight(
    con: foundrydb.Connection, text: str, columns: list[str], aliases: list[str], tables: list[str]
) -> None:
    assert known(con, text) == {"column": columns, "alias": aliases, "table": tables}


def test_names_of_attached_databases(con: foundrydb.Connection) -> None:
    con.execute("ATTACH ':memory:' AS far")
    con.execute("CREATE TABLE far.bell(other)")
    con.execute('CREATE VIEW far."a view" AS SELECT other AS seen FROM bell')
    assert offered(con, "SELECT * FROM fa") == {"far": "database"}
    assert [name for name, what in offered(con, "DETACH ").items() if what != "keyword"] == ["far"]
    for before in ("INSERT INTO fa", "DROP TABLE fa", "PRAGMA fa", "DETACH DATABASE fa", "UPDATE fa"):
        assert offered(con, before)["far"] == "database", before
    assert offered(con, "SELECT * FROM far.") == {"bell": "table", '"a view"': "table"}
    assert offered(con, "SELECT far.bell.", " FROM bell, far.bell") == {"other": "column"}
    assert offered(con, 'SELECT far."a view".') == {"seen": "column"}


def test_only_what_the_grammar_takes(con: foundrydb.Connection) -> None:
    assert "TABLE" in offered(con, "CREATE T") and "TABLE" not in offered(con, "SELECT T")
    assert offered(con, "SELECT 'be") == {}
    assert offered(con, "SELECT 1 -- be") == {}
    assert {"BY"} == set(offered(con, "SELECT * FROM bell ORDER B"))


def test_completing_dot_commands(con: foundrydb.Connection) -> None:
    assert [each.text for each in complete_dot(".tab", con)] == [".tables"]
    assert "box" in [each.text for each in complete_dot(".mode ", con)]
    assert [each.text for each in complete_dot(".headers o", con)] == ["on", "off"]
    assert [each.text for each in complete_dot(".schema be", con)] == ["bell"]
    assert "SELECT" in [each.text for each in complete_dot(".ast SEL", con)]
    assert complete_dot(".nonsense ", con) == []


def test_highlighting() -> None:
    pieces = coloured("SELECT a, 'x', 1.5 -- note\nFROM t WHERE b = :c")
    styles = {text: style for style, text, *_ in pieces if style}
    assert styles["SELECT"] == styles["FROM"] == "class:keyword"
    assert styles["'x'"] == "class:string"
    assert styles["1.5"] == "class:number"
    assert styles[":c"] == "class:parameter"
    assert any(style == "class:comment" for style in styles.values())
    assert "".join(text for _, text, *_ in pieces) == "SELECT a, 'x', 1.5 -- note\nFROM t WHERE b = :c"
    assert coloured(".tables x")[0] == ("class:command", ".tables")
    assert coloured("SELECT 'open")[-2][0] == "class:illegal"
