"""``fdb find-row``: the way through tables and indexes to a cell, which must be the one that a query finds."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

SCHEMA = """
PRAGMA page_size = 512;
CREATE TABLE t(id INTEGER PRIMARY KEY, a INT, b TEXT, c);
CREATE TABLE w(x TEXT COLLATE nocase, y INT, z, PRIMARY KEY(x, y DESC)) WITHOUT ROWID;
CREATE INDEX t_ab ON t(a DESC, b COLLATE nocase);
CREATE INDEX t_c ON t(c);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 700)
INSERT INTO t SELECT i * 3, i * 7 % 90, char(65 + i * 11 % 26) || i % 10,
    CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN i / 8.0 WHEN 2 THEN hex(zeroblob(i)) ELSE i % 50 END FROM n;
INSERT INTO w SELECT b || (id % 97), id % 30, c FROM t WHERE true ON CONFLICT DO NOTHING;
"""


@pytest.fixture(scope="module", params=["UTF-8", "UTF-16le"])
def path(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """Trees of three levels, keys in overflow pages among them."""
    path = tmp_path_factory.mktemp("find") / "f.db"
    con = sqlite3.connect(path)
    con.executescript(f"PRAGMA encoding = '{request.param}';" + SCHEMA)
    con.close()
    return path


def find(fdb: Run, path: Path, *arguments: object) -> dict[str, Any]:
    """What is told of a search; each step must begin where the last one led."""
    done = fdb("find-row", path, *arguments, "--format", "json")
    assert done.stderr == ""
    document: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (0 if document["found"] else 1)
    steps = document["steps"]
    assert steps[0]["page"] == document["root"]
    for step, following in pairwise(steps):
        assert step["child"] == following["page"]
    assert steps[-1]["child"] is None
    return document


def cell(fdb: Run, path: Path, found: dict[str, Any]) -> dict[str, Any]:
    """The cell that was found, as ``dump-page`` shows it."""
    done = fdb("dump-page", path, found["page"], "--cell", found["cell"], "--format", "json")
    result: dict[str, Any] = json.loads(done.stdout)["cells"][0]
    return result


def values(of: dict[str, Any]) -> list[object]:
    return [field["value"] for field in of["fields"]]


def row(path: Path, sql: str, *key: object) -> tuple[Any, ...] | None:
    """The first row of C SQLite's answer."""
    con = sqlite3.connect(path)
    try:
        first: tuple[Any, ...] | None = con.execute(sql, key).fetchone()
        return first
    finally:
        con.close()


def test_rows_by_rowid(fdb: Run, path: Path) -> None:
    for rowid in (3, 4, 300, 301, 1052, 1053, 2100, 2101, -5, 1 << 62):
        found = find(fdb, path, "t", rowid)
        expected = row(path, "SELECT a, b FROM t WHERE id = ?", rowid)
        assert found["found"] == (expected is not None)
        if expected is not None:
            there = cell(fdb, path, found)
            assert (there["rowid"], *values(there)[1:3]) == (rowid, *expected)


def test_rows_by_primary_key(fdb: Run, path: Path) -> None:
    dice = random.Random(2)
    for _ in range(15):
        x, y = f"{chr(97 + dice.randrange(26))}{dice.randrange(10)}{dice.randrange(97)}", dice.randrange(30)
        expected = row(path, "SELECT x, y FROM w WHERE x = ? AND y = ?", x, y)
        found = find(fdb, path, "w", x, y)
        assert found["found"] == (expected is not None)
        first = row(path, "SELECT x, y FROM w WHERE x = ? ORDER BY x, y DESC", x)
        found = find(fdb, path, "w", x)
        assert found["found"] == (first is not None)
        if first is not None:
            assert tuple(values(cell(fdb, path, found))[:2]) == first


@pytest.mark.parametrize(
    ("key", "where", "parameters"),
    [
        (["0"], "a = ?", [0]),
        (["63"], "a = ?", [63]),
        (["89"], "a = ?", [89]),
        (["90"], "a = ?", [90]),
        (["63", "p3"], "a = ? AND b = ? COLLATE nocase", [63, "p3"]),
        (["63", "P3"], "a = ? AND b = ? COLLATE nocase", [63, "P3"]),
        (["63", "zz"], "a = ? AND b = ? COLLATE nocase", [63, "zz"]),
    ],
)
def test_entries_of_a_descending_index(
    fdb: Run, path: Path, key: list[str], where: str, parameters: list[object]
) -> None:
    found = find(fdb, path, "t_ab", *key)
    order = "ORDER BY a DESC, b COLLATE nocase, id"
    expected = row(path, f"SELECT a, b, id FROM t WHERE {where} {order}", *parameters)
    assert found["found"] == (expected is not None)
    if expected is not None:
        assert tuple(values(cell(fdb, path, found))) == expected
        assert found["rowid"] == expected[2]


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("NULL", None),
        ("7", 7),
        ("7.0", 7),
        ("0.625", 0.625),
        ("'7'", "7"),
        ("0" * 1204, "0" * 1204),
        ("x'00'", b"\0"),
    ],
)
def test_keys_of_every_type(fdb: Run, path: Path, word: str, value: object) -> None:
    text = f"'{word}'" if len(word) > 99 else word
    found = find(fdb, path, "t_c", text)
    expected = row(path, "SELECT id FROM t WHERE c IS ? ORDER BY id", value)
    assert found["found"] == (expected is not None)
    assert found["rowid"] == (expected[0] if expected else None)


def test_every_entry_is_found_where_it_is(fdb: Run, path: Path) -> None:
    con = sqlite3.connect(path)
    entries = con.execute("SELECT a, b, id FROM t ORDER BY id LIMIT 700").fetchall()
    texts = con.execute("SELECT c, id FROM t WHERE typeof(c) = 'text' ORDER BY id LIMIT 175").fetchall()
    con.close()
    levels = set()
    for text, rowid in texts[::29]:
        found = find(fdb, path, "t_c", f"'{text}'", rowid)
        assert found["rowid"] == rowid
        levels.add(len(found["steps"]))
    for a, b, rowid in entries[::47]:
        found = find(fdb, path, "t_ab", a, b, rowid)
        assert values(cell(fdb, path, found)) == [a, b, rowid]
        levels.add(len(found["steps"]))
    assert max(levels) >= 3


def test_the_way_as_text(fdb: Run, sample: Path) -> None:
    assert (
        fdb("find-row", sample, "bell_note", "g3", 64, 212).stdout
        == f"""\
index bell_note, root page 11: note = 'g3', weight = 64, rowid = 212

page 11: interior index, 1 cell
  cell 0: ('g3', 64, 212) equals it

found: page 11, cell 0: ('g3', 64, 212)
  fdb dump-page {sample} 11 --cell 0
  fdb find-row {sample} bell 212
"""
    )
    assert fdb("find-row", sample, "alloy", 9).stdout.endswith("\nnot found: on page 2 it would be cell 4\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nosuch", 1], "no such table or index: nosuch"),
        (["t", "abc"], "t is searched by its rowid, one integer: given was abc"),
        (["t"], "t is searched by its rowid, one integer: given was none"),
        (["t", 1, 2], "t is searched by its rowid, one integer: given was 1, 2"),
        (["t_ab"], "t_ab is searched by 1 to 3 values (a, b, rowid): 0 were given"),
        (["w", 1, 2, 3], "w is searched by 1 to 2 values (x, y): 3 were given"),
        (["t_c", "x'0'"], "x'0' is no blob literal"),
    ],
)
def test_mistakes_are_one_line(fdb: Run, path: Path, arguments: list[object], message: str) -> None:
    done = fdb("find-row", path, *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"Error: {message}\n")


def test_a_tree_that_leads_in_a_circle(fdb: Run, path: Path, tmp_path: Path) -> None:
    root = find(fdb, path, "t", 1)["root"]
    data = bytearray(path.read_bytes())
    page = 512 * (root - 1)
    first = page + int.from_bytes(data[page + 12 : page + 14], "big")
    data[first : first + 4] = root.to_bytes(4, "big")
    (tmp_path / "circle.db").write_bytes(data)
    done = fdb("find-row", "circle.db", "t", 1)
    assert (done.returncode, done.stderr) == (1, "Error: the tree of t is too deep, or runs in a circle\n")


def test_a_collation_that_is_not_known(fdb: Run, tmp_path: Path) -> None:
    con = sqlite3.connect(tmp_path / "c.db")
    con.create_collation("odd", lambda a, b: (a > b) - (a < b))
    con.executescript("CREATE TABLE t(a COLLATE odd PRIMARY KEY) WITHOUT ROWID; INSERT INTO t VALUES ('x')")
    con.close()
    assert fdb("find-row", "c.db", "t", "x").stderr == "Error: no such collation sequence: odd\n"
