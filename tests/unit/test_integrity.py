"""integrity_check of damaged files says what SQLite says."""

from __future__ import annotations

import random
from pathlib import Path

import apsw
import pytest
from harness.trees import open_database, root_pages

from foundrydb.storage.check.integrity import (
    integrity_check,
    missing_row,
    not_unique,
    null_value,
    wrong_entry_count,
)

TREE_MESSAGES = ("Tree ", "Page ", "Freelist: ", "Multiple uses", "Fragmentation", "Bad ptr", "max rootpage")


def build(path: Path, page_size: int, auto_vacuum: int, seed: int) -> bytes:
    """A file with tables, indexes, overflow chains and a freelist."""
    rng = random.Random(seed)
    connection = apsw.Connection(str(path))
    connection.execute(f"pragma page_size = {page_size}; pragma auto_vacuum = {auto_vacuum}")
    connection.execute("create table t(a integer primary key, b, c); create index i on t(b)")
    connection.execute("create table w(a primary key, b) without rowid; create table d(x)")
    with connection:
        for i in range(200):
            key = f"k{rng.randrange(10**6)}"
            connection.execute("insert into t values(?, ?, ?)", (i * 3, key, "x" * rng.choice([1, 30, 2000])))
            connection.execute("insert or ignore into w values(?, ?)", (key, "x" * rng.choice([1, 700])))
            connection.execute("insert into d values(?)", ("y" * rng.choice([30, 3000]),))
        connection.execute("delete from t where a % 5 = 0; delete from d where rowid % 3")
    connection.close()
    return path.read_bytes()


def damage(clean: bytes, page_size: int, rng: random.Random) -> bytes:
    """The file with a few bytes changed, mostly in the headers of pages; the schema stays."""
    data = bytearray(clean)
    page = rng.randrange(1, len(data) // page_size) * page_size
    for _ in range(rng.choice([1, 1, 2, 5])):
        places = [page + rng.randrange(12), page + rng.randrange(page_size), rng.choice([35, 39, 55, 67])]
        places += [page + 8 + rng.randrange(40), page + rng.choice([1, 2, 5, 6, 7])]
        at = rng.choice(places)
        data[at] = rng.choice([0, 1, 2, 3, 5, 255, data[at] ^ 1, rng.randrange(256)])
    return bytes(data)


def sqlite_messages(path: Path) -> list[str] | None:
    """SQLite's messages about pages, or None when it cannot open the file."""
    connection = apsw.Connection(str(path))
    try:
        rows = [str(row[0]) for row in connection.execute("pragma integrity_check(100)")]
    except apsw.Error:
        return None
    finally:
        connection.close()
    lines: list[str] = []
    for row in rows:
        if row.startswith("*** in database"):
            lines += row.split("\n")[1:]
        elif lines and row.startswith(TREE_MESSAGES):
            lines.append(row)
    return lines


@pytest.mark.parametrize(("page_size", "auto_vacuum"), [(512, 0), (1024, 1), (4096, 0)])
def test_damaged_files_get_sqlites_messages(tmp_path: Path, page_size: int, auto_vacuum: int) -> None:
    path = tmp_path / "x.db"
    clean = build(path, page_size, auto_vacuum, page_size)
    names = root_pages(path)
    # SQLite goes through the tables in the order of its hash table: the newest first.
    roots = [names["d"], names["w"], names["t"], names["i"], 1]
    rng = random.Random(page_size)
    compared = 0
    for _ in range(60):
        path.write_bytes(damage(clean, page_size, rng))
        expected = sqlite_messages(path)
        if expected is None:
            continue
        database = open_database(path)
        assert integrity_check(database, roots, 100)[:99] == expected[:99]
        database.close()
        compared += len(expected) > 0
    assert compared > 10


def test_a_sound_file_and_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    clean = build(path, 512, 0, 1)
    roots = [1, *root_pages(path).values()]
    database = open_database(path)
    assert integrity_check(database, roots, 100) == []
    unused = integrity_check(database, [1], 5)
    assert len(unused) == 5 and unused[0].endswith("never used")
    assert integrity_check(database, roots[1:2], 100, check_header=False) == []
    database.close()
    root = roots[1]
    path.write_bytes(clean[: (root - 1) * 512] + bytes([1]) + clean[(root - 1) * 512 + 1 :])
    database = open_database(path)
    expected = [f"Tree {root} page {root}: btreeInitPage() returns error code 11"]
    assert integrity_check(database, [root], 100, check_header=False) == expected
    database.close()


def test_words_for_rows_and_entries() -> None:
    assert missing_row(5, "i") == "row 5 missing from index i"
    assert wrong_entry_count("i") == "wrong # of entries in index i"
    assert null_value("t", "c") == "NULL value in t.c"
    assert not_unique("i") == "non-unique entry in index i"
