"""``fdb dump-page`` down to the records: varints, serial types, columns, values, overflow chains, whole and damaged."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from harness.damage import SHAPES, Spoiler

from foundrydb.errors import Error
from foundrydb.tools.views.pages.page_records import (
    CellChoice,
    btree_page,
    page_json,
    page_object,
    records_text,
)
from foundrydb.tools.views.pages.survey import open_survey

Run = Callable[..., subprocess.CompletedProcess[str]]

SCHEMA = """
CREATE TABLE t(id INTEGER PRIMARY KEY, a, b TEXT, c AS (a + 1) STORED, v AS (b));
CREATE TABLE w(x TEXT, y, z INT, PRIMARY KEY(z, x)) WITHOUT ROWID;
CREATE INDEX t_ab ON t(a DESC, upper(b));
CREATE INDEX w_y ON w(y);
INSERT INTO t(a, b) VALUES (0, 'zero'), (1, NULL), (-129, 'ü€𝄞'), (70000, ''), (1 << 40, x'4142'), (2.5, 'x'),
    (9e999, hex(zeroblob(40)));
INSERT INTO w VALUES ('k', 1, 2), ('l', NULL, 1), ('m', x'', 3);
ALTER TABLE t ADD COLUMN later DEFAULT 7;
"""


@pytest.fixture(params=list(SHAPES))
def database(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Records of every serial type, with rowids and without, in files of several shapes."""
    path = tmp_path / "r.db"
    con = sqlite3.connect(path)
    con.executescript(SHAPES[request.param] + SCHEMA)
    con.close()
    return path


def cells(fdb: Run, path: Path, tree: str, *options: str) -> list[dict[str, Any]]:
    """The cells of a tree's only page, as JSON tells of them."""
    con = sqlite3.connect(path)
    (root,) = con.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (tree,)).fetchone()
    con.close()
    done = fdb("dump-page", path, root, "--format", "json", *options)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["tree"] == tree and document["faults"] == []
    found: list[dict[str, Any]] = document["cells"]
    return found


def plain(value: object) -> object:
    """A value as the dump's JSON has it."""
    return value.hex() if isinstance(value, bytes) else "1e999" if value == float("inf") else value


def rows(path: Path, sql: str) -> list[list[object]]:
    """What C SQLite answers."""
    con = sqlite3.connect(path)
    found = [[plain(value) for value in row] for row in con.execute(sql)]
    con.close()
    return found


def values(cell: dict[str, Any]) -> list[object]:
    return [field["value"] for field in cell["fields"]]


def columns(cell: dict[str, Any]) -> list[str]:
    return [field["column"] for field in cell["fields"]]


def test_values_are_those_of_a_query(fdb: Run, database: Path) -> None:
    found = cells(fdb, database, "t")
    assert columns(found[0]) == ["id", "a", "b", "c"]
    assert [[cell["rowid"], *values(cell)] for cell in found] == rows(
        database, "SELECT id, NULL, a, b, c FROM t"
    )


def test_records_without_a_rowid(fdb: Run, database: Path) -> None:
    found = cells(fdb, database, "w")
    assert columns(found[0]) == ["z", "x", "y"]
    assert [values(cell) for cell in found] == rows(database, "SELECT z, x, y FROM w ORDER BY z, x")


def test_entries_of_indexes(fdb: Run, database: Path) -> None:
    found = cells(fdb, database, "t_ab")
    assert columns(found[0]) == ["a", "upper(b)", "rowid"]
    sql = "SELECT a, upper(b), id FROM t ORDER BY a DESC, upper(b), id"
    assert [values(cell) for cell in found] == rows(database, sql)
    found = cells(fdb, database, "w_y")
    assert columns(found[0]) == ["y", "z", "x"]
    assert [values(cell) for cell in found] == rows(database, "SELECT y, z, x FROM w ORDER BY y, z, x")


def test_sizes_add_up(fdb: Run, database: Path) -> None:
    for cell in cells(fdb, database, "t"):
        assert cell["payload"] == cell["header"] + sum(field["size"] for field in cell["fields"])
        assert cell["size"] == cell["payload_varint"] + cell["rowid_varint"] + cell["local"]
        offset = cell["header"]
        for field in cell["fields"]:
            assert field["offset"] == offset
            offset += field["size"]


def test_one_cell_as_text(fdb: Run, tmp_path: Path) -> None:
    con = sqlite3.connect(tmp_path / "r.db")
    con.executescript(SCHEMA)
    con.close()
    assert (
        fdb("dump-page", "r.db", 2, "--cell", 2).stdout
        == """\
cell 2, offset 4058: payload 17 bytes (a varint of 1 byte), rowid 3 (a varint of 1 byte), record header 5 bytes
  id     serial type 0     NULL                the rowid: 3
  a      serial type 2     integer, 2 bytes    -129
  b      serial type 31    text, 9 bytes       'ü€𝄞'
  c      serial type 1     integer, 1 byte     -128
  later  not stored: its default counts
"""
    )


@pytest.mark.parametrize("cell", ["-1", "7"])
def test_a_cell_that_is_not_there(fdb: Run, database: Path, cell: str) -> None:
    con = sqlite3.connect(database)
    (root,) = con.execute("SELECT rootpage FROM sqlite_master WHERE name = 't'").fetchone()
    con.close()
    done = fdb("dump-page", database, root, "--cell", cell)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Error: there is no cell {cell}: page {root} has cells 0 to 6\n"


# overflow chains ------------------------------------------------------------------------------------------------


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """A row whose text fills a chain of 19 pages, with a column before it and one after."""
    path = tmp_path / "chain.db"
    con = sqlite3.connect(path)
    con.executescript(
        "PRAGMA page_size = 512; CREATE TABLE t(a, b, c);"
        "INSERT INTO t VALUES (17, hex(zeroblob(5000)), 'the end'); CREATE TABLE u(x)"
    )
    con.close()
    return path


def test_a_chain_is_followed(fdb: Run, chain: Path) -> None:
    (cell,) = cells(fdb, chain, "t")
    assert [field["size"] for field in cell["fields"]] == [1, 10000, 7]
    assert values(cell) == [17, "0" * 256, "the end"]
    assert [field.get("cut", False) for field in cell["fields"]] == [False, True, False]
    assert cell["overflow"]["count"] == -(-(cell["payload"] - cell["local"]) // 508)
    assert len(cell["overflow"]["pages"]) == 8
    assert "fault" not in cell
    text = fdb("dump-page", chain, 2, "--cell", 0).stdout
    assert "c  serial type 27    text, 7 bytes       'the end'" in text
    assert "text, 10,000 bytes  '0000000000000000000000000000000000000000000000000000000000…'" in text


@pytest.mark.parametrize(
    ("following", "fault"),
    [(0, "the overflow chain ends after 3 of 19 pages"), (9999, "overflow page 9,999: ")],
)
def test_a_chain_that_is_broken(fdb: Run, chain: Path, following: int, fault: str) -> None:
    (whole,) = cells(fdb, chain, "t")
    data = bytearray(chain.read_bytes())
    third = 512 * (whole["overflow"]["pages"][2] - 1)
    data[third : third + 4] = following.to_bytes(4, "big")
    chain.write_bytes(data)
    (cell,) = cells(fdb, chain, "t")
    assert cell["fault"].startswith(fault)
    assert values(cell) == [17]


def test_a_chain_in_a_circle(fdb: Run, chain: Path) -> None:
    (whole,) = cells(fdb, chain, "t")
    data = bytearray(chain.read_bytes())
    third = whole["overflow"]["pages"][2]
    data[512 * (third - 1) : 512 * (third - 1) + 4] = third.to_bytes(4, "big")
    at = 512 + whole["offset"] - 1
    size = whole["payload"] + 1024 * 508  # as many bytes on the page, and more pages than the file has
    data[at : at + 3] = bytes([0x80 | size >> 14, 0x80 | size >> 7 & 127, size & 127])
    data[512 + 8 : 512 + 10] = (whole["offset"] - 1).to_bytes(2, "big")
    chain.write_bytes(data)
    (cell,) = cells(fdb, chain, "t")
    assert cell["fault"] == "the overflow chain runs in a circle"


def test_a_chain_that_is_too_long(fdb: Run, chain: Path) -> None:
    (whole,) = cells(fdb, chain, "t")
    data = bytearray(chain.read_bytes())
    last = next(
        at
        for at in range(3 * 512, len(data), 512)
        if data[at : at + 4] == bytes(4) and b"the end" in data[at : at + 512]
    )
    data[last : last + 4] = (2).to_bytes(4, "big")
    chain.write_bytes(data)
    (cell,) = cells(fdb, chain, "t")
    assert cell["fault"] == "the overflow chain goes on to page 2 after the payload's end"
    assert values(cell) == values(whole)


# damage ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["small pages", "utf-16"])
def test_damaged_records_are_told_of(tmp_path: Path, shape: str) -> None:
    original = tmp_path / "original"
    con = sqlite3.connect(original)
    con.executescript(
        SHAPES[shape] + SCHEMA + "INSERT INTO t(a, b) SELECT id, hex(zeroblob(id * 300)) FROM t;"
    )
    con.close()
    faults = 0
    for seed in range(60):
        path = tmp_path / "damaged"
        path.write_bytes(Spoiler(original.read_bytes(), seed).damage())
        try:
            survey = open_survey(str(path))
        except Error:
            continue
        try:
            for number in range(1, int(survey.pager.page_count) + 1):
                try:
                    role = survey.role(number)
                    page = btree_page(survey, number, role)
                    json.loads(page_json(page_object(survey, number, role, None, CellChoice())))
                    text = "" if page is None else records_text(survey, page, None, CellChoice())
                except Error:
                    continue
                faults += text.count("!!")
                assert len(text) < 60_000
        finally:
            survey.close()
    assert faults > 20


def test_a_file_whose_schema_is_lost(fdb: Run, database: Path) -> None:
    con = sqlite3.connect(database)
    (root,) = con.execute("SELECT rootpage FROM sqlite_master WHERE name = 't'").fetchone()
    con.execute("PRAGMA writable_schema = on")
    con.execute("UPDATE sqlite_master SET sql = 'CREATE NONSENSE' WHERE name = 't'")
    con.commit()
    con.close()
    done = fdb("dump-page", database, root, "--cell", random.Random(1).randrange(7))
    assert done.returncode == 0
    assert "\n  field 1  serial type " in done.stdout
