"""``%fdb`` and ``%%fdb`` in IPython: rows, plans and trees in a cell; variables as parameters; mistakes in a line."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import foundrydb
from foundrydb.errors import OperationalError
from foundrydb.notebook.asking import VIEWS
from foundrydb.notebook.shown import Drawing, Listing, ResultRows
from foundrydb.tools.views.drawings import diagram_formats
from foundrydb.tools.views.sample import create_sample

pytest.importorskip("IPython")
from IPython.core.interactiveshell import InteractiveShell

made_shell: Any = InteractiveShell

CELL = re.compile(
    r"```ipython\n(?P<cell>.*?)```(?P<between>\n\n```text\n)?(?(between)(?P<shown>.*?)```)", re.S
)


class Notebook:
    """IPython with the extension, and what its cells show."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.shell: Any = made_shell()
        self.capsys = capsys
        self.run("%load_ext foundrydb")

    def run(self, cell: str) -> Any:
        """The result of a cell, which does not fail."""
        done = self.shell.run_cell(cell)
        assert done.success, self.capsys.readouterr()
        return done.result

    def fails(self, cell: str) -> str:
        """What a cell that fails says."""
        self.capsys.readouterr()
        done = self.shell.run_cell(cell)
        assert not done.success
        said = self.capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return (said.out + said.err).strip()


@pytest.fixture
def notebook(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Notebook]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    create_sample(str(tmp_path / "foundry.fdb"))
    made = Notebook(capsys)
    yield made
    made.run("%unload_ext foundrydb")


def test_rows(notebook: Notebook) -> None:
    opened = notebook.run("%fdb foundry.fdb")
    assert repr(opened).startswith("foundry.fdb: alloy, bell, customer, ")
    new = notebook.run("%fdb nosuch.fdb")
    assert "nosuch.fdb: no such file yet" in repr(new) and not Path("nosuch.fdb").exists()
    assert "no such file yet" in repr(notebook.run("%fdb")) and not Path("nosuch.fdb").exists()
    assert notebook.run("%%fdb\ncreate table t(a)") is None and Path("nosuch.fdb").exists()
    notebook.run("%fdb foundry.fdb")
    rows = notebook.run("%fdb select id, name from alloy order by id")
    assert isinstance(rows, ResultRows) and len(rows) == 4
    assert rows.columns == ["id", "name"]
    assert rows[0][0] == 1 and rows.column("id") == [1, 2, 3, 4]
    assert rows.dicts()[0].keys() == {"id", "name"}
    assert [row[0] for row in rows] == [1, 2, 3, 4]
    assert "<th>id</th><th>name</th>" in rows._repr_html_()
    assert "<p>4 rows</p>" in rows._repr_html_()
    assert repr(rows).endswith("4 rows") and "│" in repr(rows)


def test_statements_of_a_cell(notebook: Notebook) -> None:
    assert (
        notebook.run("%%fdb\ncreate table t(a, b); -- new\ninsert into t values (1, 'x;'), (2, null)").text
        == "2 rows changed"
    )
    rows = notebook.run("%%fdb --limit 1\nselect * from t;\n")
    assert list(rows) == [(1, "x;"), (2, None)]
    assert "<p>the first 1 of 2 rows</p>" in rows._repr_html_()
    assert notebook.run("%%fdb\ncreate table u(a)") is None
    assert notebook.run("%%fdb\n-- nothing\n") is None


def test_variables_are_parameters(notebook: Notebook) -> None:
    notebook.run('town, least = "x\'; drop table t; --", 5')
    assert list(notebook.run("%%fdb\nselect :town, $least + 1, @town")) == [
        ("x'; drop table t; --", 6, "x'; drop table t; --")
    ]
    assert notebook.run("%%fdb --to found\nselect :least as n") is None
    assert notebook.run("found.column('n')") == [5]
    notebook.run("class Scalar:\n    shape = ()\n    def item(self): return 7\nscalar, items = Scalar(), [1]")
    assert list(notebook.run("%fdb select :scalar")) == [(7,)]
    assert "items is a list: a parameter is None" in notebook.fails("%fdb select :items")
    assert "1:11 | select 1, :nope" in notebook.fails("%%fdb\nselect 1, :nope")
    assert "there is no variable nope" in notebook.fails("%fdb select :nope")
    assert "the parameter ? names no variable" in notebook.fails("%fdb select ?")


@pytest.mark.parametrize("view", sorted(set(VIEWS) - {"trees"}))
def test_views(view: str, notebook: Notebook) -> None:
    notebook.run("%fdb foundry.fdb")
    shown = notebook.run(f"%%fdb --{view}\nselect inscription from bell where note = 'a1'")
    assert isinstance(shown, (Drawing, Listing))
    assert repr(shown)


def test_pictures(notebook: Notebook) -> None:
    notebook.run("%fdb foundry.fdb")
    plan = notebook.run("%fdb --plan select inscription from bell where note = 'a1'")
    assert "IndexScan bell using bell_note" in repr(plan)
    bundle = plan._repr_mimebundle_()
    assert "IndexScan" in bundle["text/plain"]
    assert "<svg" in bundle["image/svg+xml"] if "image/svg+xml" in bundle else "<pre>" in bundle["text/html"]
    trees = notebook.run("%fdb --trees bell")
    assert "page 6: interior table" in repr(trees)
    assert "no such table" in notebook.fails("%fdb --trees belt")


def test_without_graphviz_the_listing_is_shown(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    bundle = notebook.run("%fdb --ast select 1")._repr_mimebundle_()
    assert "<pre>Select" in bundle["text/html"] and "Graphviz is not there" in bundle["text/html"]
    with pytest.raises(OperationalError, match="Graphviz"):
        notebook.run("%fdb --ast select 1").svg()
    assert diagram_formats.FORMATS


def test_mistakes_have_their_place(notebook: Notebook) -> None:
    notebook.run("%fdb foundry.fdb")
    said = notebook.fails("%%fdb\nselect 1;\nselect nmae\nfrom customer")
    assert said.startswith("UsageError: no such column: nmae\n  2:8 | select nmae\n")
    assert said.endswith('did you mean "name"?')
    assert 'near "form": syntax error' in notebook.fails("%fdb select * form t")
    assert "no option --pln: did you mean --plan?" in notebook.fails("%fdb --pln select 1")
    assert "--plan and --ast are two things to show" in notebook.fails("%fdb --plan --ast select 1")
    assert "--limit wants a number, not x" in notebook.fails("%fdb --limit x select 1")
    assert "--to wants a value" in notebook.fails("%fdb --to")
    assert "--to wants the name of a variable, not 1x" in notebook.fails("%fdb --to 1x select 1")
    assert "--using wants a variable that has a foundrydb connection" in notebook.fails(
        "%fdb --using nothing select 1"
    )
    assert "UNIQUE constraint failed" in notebook.fails(
        "%%fdb\ncreate table q(a unique);\ninsert into q values (1),(1)"
    )


def test_a_place_is_a_line_of_the_cell(notebook: Notebook) -> None:
    for cell in (
        "%%fdb\n\n\nselect * from bel",
        "%%fdb --plan\n\n\nselect * from bel",
        "%%fdb\n--limit 3\n\nselect * from bel",
    ):
        assert "\n  3:15 | select * from bel" in notebook.fails(cell)
    assert "\n  1:15 | select * from bel" in notebook.fails("%fdb --limit 3 select * from bel")


def test_what_cannot_be_bound_or_is_not_asked(notebook: Notebook) -> None:
    notebook.run("large, half = 2**63, '\\ud800'")
    assert "large is too large for an INTEGER, which has 64 bits\n  1:8 |" in notebook.fails(
        "%fdb select :large"
    )
    assert "half has half of a character" in notebook.fails("%fdb select :half")
    for options in ("--to x", "--limit 3", "--plan"):
        assert "there is no statement" in notebook.fails(f"%fdb {options}")


def test_files_that_cannot_be_opened(notebook: Notebook, tmp_path: Path) -> None:
    notebook.run("%fdb foundry.fdb")
    (tmp_path / "text.txt").write_text("no database, but a text that is long enough to have a header" * 20)
    assert "text.txt: file is not a database" in notebook.fails("%fdb text.txt")
    assert "no/such/dir.db" in notebook.fails("%fdb no/such/dir.db")
    assert len(notebook.run("%fdb select * from alloy")) == 4


def test_a_connection_of_ones_own(notebook: Notebook) -> None:
    notebook.shell.user_ns["mine"] = foundrydb.connect(":memory:")
    notebook.run("%%fdb --using mine\ncreate table only_here(a)")
    assert list(notebook.run("%fdb --using mine select count(*) from only_here")) == [(0,)]
    assert "no such table" in notebook.fails("%fdb select * from only_here")


def test_nothing_in_a_value_is_html() -> None:
    rows = ResultRows(
        ["<b>", "c"], [("<script>alert(1)</script>", b"<\x00"), (None, "\udcff"), (1.5, "x" * 5000)]
    )
    html = rows._repr_html_()
    assert "<script>" not in html and "<b>" not in html
    assert "&lt;script&gt;" in html and "x&#x27;3c00&#x27;" in html
    assert len(html) < 4000
    assert "NULL</td>" in html and 'right">1.5</td>' in html
    assert repr(rows)


def test_the_cells_of_the_documents(notebook: Notebook, request: pytest.FixtureRequest) -> None:
    """An ```ipython block is a cell, and shows as text what the block after it has."""
    path = Path(__file__).resolve().parents[2] / "docs" / "notebooks.md"
    update = bool(request.config.getoption("--update-goldens"))

    def replaced(match: re.Match[str]) -> str:
        done = notebook.shell.run_cell(match["cell"])
        shown = "" if done.result is None else repr(done.result) + "\n"
        if not done.success:
            shown = notebook.capsys.readouterr().err
        if match["between"] is None:
            return match[0]
        shown = "".join(line.rstrip() + "\n" for line in shown.splitlines())
        assert update or shown == match["shown"]
        return f"```ipython\n{match['cell']}```{match['between']}{shown}```"

    text = path.read_text(encoding="utf-8")
    assert CELL.search(text)
    rewritten = CELL.sub(replaced, text)
    if update:
        path.write_text(rewritten, encoding="utf-8")


def test_importing_the_package_does_not_import_ipython() -> None:
    code = "import sys, foundrydb; foundrydb.connect(':memory:'); print('IPython' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"
