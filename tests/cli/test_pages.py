"""Trees and pages of files: pictures of bounded size, annotated hex, and files that are damaged."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from foundrydb.errors import Error
from foundrydb.tools.views.drawings.diagram_formats import as_dot
from foundrydb.tools.views.pages.page_hex import dump_page_text
from foundrydb.tools.views.pages.survey import Elision, TreePage, open_survey
from foundrydb.tools.views.pages.tree_drawing import trees_picture
from foundrydb.tools.views.pages.tree_dump import picture_json, picture_text

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def chains(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Overflow chains and free pages."""
    path = tmp_path_factory.mktemp("pages") / "chains.db"
    con = sqlite3.connect(path)
    con.execute("CREATE TABLE big(id INTEGER PRIMARY KEY, body)")
    con.executemany("INSERT INTO big VALUES (?, zeroblob(?))", [(1, 20000), (2, 5000), (3, 10), (4, 60000)])
    con.execute("CREATE TABLE gone(a)")
    con.execute("INSERT INTO gone VALUES (zeroblob(30000))")
    con.execute("DROP TABLE gone")
    con.commit()
    con.close()
    return path


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More than ten thousand pages."""
    path = tmp_path_factory.mktemp("pages") / "large.db"
    con = sqlite3.connect(path)
    con.execute("PRAGMA page_size = 512")
    con.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, a INT, b TEXT)")
    con.executemany("INSERT INTO t VALUES (?, ?, ?)", ((i, i * 7 % 1000, "x" * 200) for i in range(16000)))
    con.execute("CREATE INDEX ta ON t(a, b)")
    for i in range(300):
        con.execute(f"CREATE TABLE small_{i}(x)")
    con.commit()
    con.close()
    return path


def test_the_pages_of_a_small_file(chains: Path) -> None:
    survey = open_survey(str(chains))
    picture = survey.picture()
    survey.close()
    assert [tree.root.name for tree in picture.trees] == ["sqlite_schema", "big"]
    pages = list(picture.trees[1].pages())
    assert pages[0].kind == "interior table"
    assert all(page.kind == "leaf table" for page in pages[1:])
    assert sum(page.cells for page in pages[1:]) == 4
    chain_pages = sum(chain.length for page in pages for chain in page.chains)
    free = picture.freelist
    assert free.count == sum(1 + len(leaves) for _, leaves in free.trunks)
    assert picture.page_count == 1 + len(pages) + chain_pages + free.count


def test_free_bytes_agree_with_dbstat(chains: Path) -> None:
    con = sqlite3.connect(chains)
    try:
        stat = dict(con.execute("SELECT pageno, unused FROM dbstat WHERE pagetype <> 'overflow'"))
    except sqlite3.OperationalError:
        pytest.skip("no dbstat in this sqlite3")
    finally:
        con.close()
    survey = open_survey(str(chains))
    ours = {page.number: page.free for tree in survey.picture().trees for page in tree.pages()}
    survey.close()
    assert ours == stat


def test_text(chains: Path) -> None:
    survey = open_survey(str(chains))
    text = picture_text(survey.picture("big"))
    survey.close()
    assert "\ntable big\npage 2: interior table, " in text
    assert "overflow of cell 0: 3 → 4 → 5 → 6" in text
    assert "→ … (14 pages)" in text
    assert "freelist: 8 pages\n  trunk " in text
    assert "sqlite_schema" not in text


@pytest.mark.parametrize("limit", [10, 60, 120, 400])
def test_a_large_file_has_a_bounded_picture(large: Path, limit: int) -> None:
    survey = open_survey(str(large))
    picture = survey.picture(limit=limit)
    assert picture.page_count > 10_000
    drawn = [page for tree in picture.trees for page in tree.pages()]
    survey.close()
    assert len(drawn) <= 1.5 * limit
    assert picture.elided_trees + len(picture.trees) == 303
    assert len(as_dot(trees_picture(picture))) < 2000 * limit
    elisions = [part for page in drawn for part in page.children if isinstance(part, Elision)]
    assert elisions and all(part.count > 0 for part in elisions)
    assert f"{picture.elided_trees} trees not shown" in picture_text(picture)


def test_nothing_is_left_out_unsaid(large: Path) -> None:
    survey = open_survey(str(large))
    picture = survey.picture("t", 100)
    for tree in picture.trees:
        for page in tree.pages():
            if page.kind.startswith("interior"):
                shown = sum(1 if isinstance(part, TreePage) else part.count for part in page.children)
                assert shown == page.cells + 1
    survey.close()


def test_json(chains: Path) -> None:
    survey = open_survey(str(chains))
    document = json.loads(picture_json(survey.picture()))
    survey.close()
    assert document["page_size"] == 4096
    assert document["trees"][1]["root"]["page"] == 2
    assert document["trees"][1]["root"]["children"][0]["overflow"][0]["pages"] == [3, 4, 5, 6]
    assert document["freelist"]["count"] == 8


@pytest.mark.parametrize("which", ["chains", "large"])
def test_graphviz_draws_it(fdb: Run, which: str, request: pytest.FixtureRequest) -> None:
    done = fdb("dump-tree", request.getfixturevalue(which))
    assert done.returncode == 0
    dot = shutil.which("dot")
    if dot is None:
        pytest.skip("no Graphviz")
    drawn = subprocess.run(
        [dot, "-Tsvg"], input=done.stdout, capture_output=True, encoding="utf-8", check=False
    )
    assert (drawn.returncode, drawn.stderr) == (0, "")
    assert "</svg>" in drawn.stdout


def test_names_that_dot_must_not_misread(fdb: Run) -> None:
    fdb("odd.db", 'CREATE TABLE "a<b>&\\"(x PRIMARY KEY); INSERT INTO "a<b>&\\" VALUES (\'<"\\\')')
    source = fdb("dump-tree", "odd.db").stdout
    assert "a&lt;b&gt;&amp;" in source
    dot = shutil.which("dot")
    if dot is not None:
        drawn = subprocess.run(
            [dot, "-Tsvg"], input=source, capture_output=True, encoding="utf-8", check=False
        )
        assert (drawn.returncode, drawn.stderr) == (0, "")


def test_unknown_table(fdb: Run, chains: Path) -> None:
    done = fdb("dump-tree", chains, "--table", "nosuch")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "Error: no such table: nosuch\n")


# one page -------------------------------------------------------------------------------------------------------


def test_every_byte_of_every_page_is_shown(chains: Path) -> None:
    survey = open_survey(str(chains))
    data = chains.read_bytes()
    for number in range(1, survey.pager.page_count + 1):
        shown = bytearray()
        previous = b""
        skipping = False
        for line in dump_page_text(survey, number).splitlines()[2:]:
            if line.strip() == "*":
                skipping = True
                continue
            at = int(line[:7])
            if skipping:
                shown += previous * ((at - len(shown)) // 16)
                skipping = False
            assert at == len(shown), line
            previous = bytes.fromhex(line[8:55])
            shown += previous
        assert bytes(shown) == data[4096 * (number - 1) : 4096 * number]
    survey.close()


def test_roles(chains: Path) -> None:
    survey = open_survey(str(chains))
    roles = {number: survey.role(number).text for number in range(1, survey.pager.page_count + 1)}
    survey.close()
    assert roles[1] == "leaf table, root of table sqlite_schema"
    assert roles[2] == "interior table, root of table big"
    assert roles[4].startswith("overflow page 2 of 4 of cell 0 on page ")
    assert sum(role == "freelist trunk" for role in roles.values()) == 1
    assert sum(role.startswith("freelist leaf") for role in roles.values()) == 7
    assert not any("nothing" in role for role in roles.values())


def test_what_is_said_of_page_1(fdb: Run, chains: Path) -> None:
    text = fdb("dump-page", chains, 1).stdout
    for part in ("magic", "page size: 4096", "text encoding: 1 (UTF-8)", "kind: leaf table", "cells: 1",
                 "cell 0: rowid 1 ('table', 'big', 'big', 2, "):  # fmt: skip
        assert part in text


# damage ---------------------------------------------------------------------------------------------------------


def test_damaged_files_are_pictured_or_refused(chains: Path, tmp_path: Path) -> None:
    dice = random.Random(5)
    whole = chains.read_bytes()
    for trial in range(60):
        data = bytearray(whole)
        for _ in range(dice.choice([1, 5, 200])):
            data[dice.randrange(100, len(data) if dice.random() < 0.3 else 8192)] = dice.randrange(256)
        path = tmp_path / f"{trial}.db"
        path.write_bytes(data)
        try:
            survey = open_survey(str(path))
        except Error:
            continue
        try:
            picture = survey.picture()
            assert picture_text(picture) and as_dot(trees_picture(picture)) and picture_json(picture)
            for number in (1, 2, 8, 9):
                dump_page_text(survey, number)
        except Error:
            pass
        finally:
            survey.close()


def test_a_tree_that_runs_in_a_circle(large: Path, tmp_path: Path) -> None:
    path = tmp_path / "circle.db"
    data = bytearray(large.read_bytes())
    root = next(
        row[0]
        for row in sqlite3.connect(large).execute("SELECT rootpage FROM sqlite_master WHERE name = 't'")
    )
    at = 512 * (root - 1)
    data[at + 8 : at + 12] = root.to_bytes(4, "big")
    path.write_bytes(data)
    survey = open_survey(str(path))
    text = picture_text(survey.picture("t"))
    survey.close()
    assert "the tree runs in a circle" in text


@pytest.mark.parametrize("number", ["999", "0", "-1"])
def test_a_page_that_is_not_there(fdb: Run, sample: Path, number: str) -> None:
    done = fdb("dump-page", sample, number)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Error: there is no page {number}: the database has pages 1 to 27\n"


def test_no_page_of_an_empty_file(fdb: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert fdb("dump-page", "empty", "1").stderr == "Error: there is no page 1: the database has no pages\n"
