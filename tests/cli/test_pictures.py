"""Pictures on the command line: every command that draws, in every format, whatever the text in them is."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from cli.conftest import Run

from foundrydb.tools.command.cmd_syntax import PICTURES
from foundrydb.tools.views.drawings.diagram import Diagram
from foundrydb.tools.views.drawings.diagram_formats import FORMATS, as_dot, as_mermaid
from foundrydb.tools.views.drawings.plan_drawing import COME, GONE
from foundrydb.tools.views.sample import create_sample

SCHEMA = "create table t(a, b); create index tb on t(b); "
HOSTILE = "'<b>&\"|[{}]`\\n\\'"
DRAWN = {
    "syntax": ["dump-ast", f"select a, {HOSTILE} from t where b < 3; select 2"],
    "plan": ["dump-plan", f"{SCHEMA} select a from t where b = {HOSTILE}"],
    "passes": ["dump-plan", "--passes", f"{SCHEMA} select a from t where b = {HOSTILE}"],
    "flow": ["explain", f"{SCHEMA} select a from t where b = {HOSTILE} order by a"],
    "steps": ["explain", "--query-plan", f"{SCHEMA} select a from t where b = {HOSTILE} order by a"],
    "run": ["explain", "--analyze", f"{SCHEMA} select a from t where b = {HOSTILE} or a in (select 1)"],
    "chain": ["dump-chain", "--pages", f"{SCHEMA} select a from t where b = {HOSTILE}"],
    "trees": ["dump-tree", "foundry.fdb"],
    "page": ["dump-page", "foundry.fdb", "12"],
    "interior": ["dump-page", "foundry.fdb", "6"],
    "search": ["find-row", "foundry.fdb", "bell", "129"],
    "comparison": ["diff-plan", f"{SCHEMA} select a from t where b = {HOSTILE}", f"{SCHEMA} select a from t"],
    "log": ["dump-log", "foundry.fdb"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_sample(str(tmp_path / "foundry.fdb"))
    return tmp_path


@pytest.mark.parametrize("what", DRAWN)
def test_what_is_drawn_has_every_format(fdb: Run, folder: Path, what: str) -> None:
    command = DRAWN[what]
    dot = fdb(*command, "--format", "dot").stdout
    assert dot.startswith("digraph")
    mermaid = fdb(*command, "--format", "mermaid").stdout
    assert "flowchart " in mermaid
    for line in mermaid.splitlines():
        text = "".join(re.findall(r'"([^"]*)"', line))
        assert not set(text.replace("<br/>", "")) & set("<>`\\|[]{}()"), line
    assert fdb(*command, "--format", "json").stdout[:1] in "[{"
    if shutil.which("dot") is None:
        assert "Graphviz" in fdb(*command, "--format", "svg").stderr
        return
    image = ElementTree.fromstring(fdb(*command, "--format", "svg").stdout)
    assert image.tag.endswith("svg")
    if what != "steps" and HOSTILE in " ".join(command):
        assert "<b>&" in "".join(image.itertext())


def test_a_page_is_drawn_with_what_its_cells_lead_to(fdb: Run) -> None:
    fdb(
        "t.db", f"create table t(a, b); insert into t values ({HOSTILE}, zeroblob(9000)), (null, 1.5), (3, 4)"
    )
    drawn = fdb("dump-page", "t.db", "2", "--format", "dot", "--limit", "2").stdout
    for part in ("rowid 1", "&lt;b&gt;&amp;", "overflow, 2 pages", "3, 4", "1 cell not shown", "a = 3"):
        assert part in drawn, part
    assert "page 3" in fdb("dump-page", "t.db", "3", "--format", "mermaid").stdout
    missing = fdb("find-row", "t.db", "t", "9", "--format", "dot")
    assert missing.returncode == 1 and "not there: it would be cell 3" in missing.stdout


def test_what_only_one_plan_has_is_marked(fdb: Run) -> None:
    queries = [f"{SCHEMA} select a from t where {column} = 1" for column in "ab"]
    drawn = fdb("diff-plan", *queries, "--format", "dot").stdout
    assert GONE in drawn and COME in drawn and "better" in drawn
    same = fdb("diff-plan", queries[0], queries[0], "--format", "dot").stdout
    assert GONE not in same and "the same plan" in same


@pytest.mark.skipif(shutil.which("dot") is None, reason="no Graphviz")
def test_a_png_is_one(folder: Path) -> None:
    command = [sys.executable, "-m", "foundrydb", "dump-tree", "--format", "png", "foundry.fdb"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=True)
    assert done.stdout.startswith(b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize("form", ["svg", "png"])
def test_without_graphviz_one_line_says_so(fdb: Run, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    done = fdb("dump-ast", "--format", form, "select 1")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1 and "Graphviz" in done.stderr


def test_the_formats_are_declared_once() -> None:
    assert PICTURES == FORMATS


def test_a_run_shows_costs_rows_and_the_slowest_node(fdb: Run, folder: Path) -> None:
    sql = 'select name, count(*) from customer c join "order" o on o.customer_id = c.id group by 1'
    text = fdb("explain", "--analyze", "--format", "mermaid", "--db", "foundry.fdb", sql).stdout
    assert text.count("the slowest") == 1
    assert re.search(r"[0-9]+ rows", text) and "expected" in text and "cost" in text and "loop" in text


def test_pictures_are_in_order_and_bounded(fdb: Run, folder: Path) -> None:
    trees = fdb("dump-tree", "--format", "mermaid", "foundry.fdb").stdout
    pages = re.findall(r"n_t5p7 --> n_t5p([0-9]+)", trees) or re.findall(
        r"n_t[0-9]+p7 --> n_t[0-9]+p([0-9]+)", trees
    )
    assert pages == ["14", "15", "18", "19", "22", "23", "25"]
    long = "select " + ", ".join(map(str, range(1500)))
    assert fdb("dump-ast", "--format", "dot", long).stdout.count("->") < 900
    many = " union all ".join(f"select {n}" for n in range(400))
    assert "more" in fdb("dump-plan", "--format", "dot", many).stdout


def test_any_text_is_safe_in_a_label() -> None:
    for text in ("", " ", "\0", "\n", "\\", '"', "<", "&amp;", "#quot;", "\u202e", "\ud800", "end"):
        diagram = Diagram("d", title=text)
        diagram.box("a", text, [text], head=text)
        diagram.strip("s", [("c", text, "#ffffff")])
        diagram.edge("a", "s:c", text)
        for source in (as_dot(diagram), as_mermaid(diagram)):
            assert "\0" not in source
        if shutil.which("dot"):
            drawn = subprocess.run(
                ["dot", "-Tsvg"],
                input=as_dot(diagram).encode("utf-8", "replace"),
                capture_output=True,
                check=False,
            )
            assert drawn.returncode == 0, (text, drawn.stderr)
