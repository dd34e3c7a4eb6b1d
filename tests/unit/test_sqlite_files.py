"""Files that SQLite wrote, read cell by cell: every page size and encoding, odd records, damaged pages."""

from __future__ import annotations

import random
import sqlite3
import time
from pathlib import Path

import apsw
import pytest
from harness.trees import PLAIN, entries, open_database, root_pages, sqlite_check, table_rows

import foundrydb
from foundrydb.errors import CorruptError, Error
from foundrydb.storage.format.record import encode
from foundrydb.storage.format.values import (
    UTF8,
    UTF16BE,
    UTF16LE,
    KeyInfo,
    Value,
    binary_collation,
    encode_text,
)
from foundrydb.storage.tree.cursor import Cursor

ENCODINGS = {"UTF-8": UTF8, "UTF-16le": UTF16LE, "UTF-16be": UTF16BE}


def rows_for(rng: random.Random, count: int) -> list[tuple[int, Value, Value, Value]]:
    """Rows with values of every class and size."""
    texts = ["", "a", "é", "€" * 40, "😀", "x" * 700, "long " * 2000]
    others: list[Value] = [None, 0, 1, -5, 300, 70000, 2**40, -(2**62), 0.5, 1e300, b"", b"\xff\x00" * 30]
    return [
        (i * 7, rng.choice(texts) + str(i), rng.choice(others), rng.choice(others + list(texts)))
        for i in range(count)
    ]


@pytest.mark.parametrize("encoding", list(ENCODINGS))
@pytest.mark.parametrize("page_size", [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536])
def test_page_sizes_and_encodings(tmp_path: Path, page_size: int, encoding: str) -> None:
    path = tmp_path / "x.db"
    rows = rows_for(random.Random(page_size), 300)
    connection = sqlite3.connect(path)
    connection.executescript(
        f"pragma page_size = {page_size}; pragma encoding = '{encoding}';"
        "create table t(a integer primary key, b, c, d); create index i on t(b);"
        "create table w(b primary key, c, d) without rowid"
    )
    connection.executemany("insert into t values(?, ?, ?, ?)", rows)
    connection.execute("insert into w select b, c, d from t")
    connection.commit()
    in_order = connection.execute("select b, a from t order by b").fetchall()
    connection.close()
    roots = root_pages(path)
    database = open_database(path)
    assert database.encoding == ENCODINGS[encoding]
    found = table_rows(database.table_cursor(roots["t"]))
    assert found == {row[0]: [None, *row[1:]] for row in rows}
    info = KeyInfo([binary_collation(database.encoding)], [False])
    index = database.index_cursor(roots["i"], info)
    assert entries(index) == [list(entry) for entry in in_order]
    for row in rows:
        assert index.seek([row[1], row[0]]) == 0
    rowless = database.index_cursor(roots["w"], info)
    for row in rows:
        assert rowless.seek([row[1]]) == 0
        assert rowless.row(3) == list(row[1:])
    database.close()


def test_text_that_is_not_valid(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    blobs = [b"\xff", b"ok\x80", b"\xed\xa0\x80", b"\xf0\x9f", b"a\x00b"]
    connection = sqlite3.connect(path)
    connection.execute("create table t(a, b)")
    for blob in blobs:
        connection.execute("insert into t values(cast(? as text), ?)", (blob, blob))
    connection.commit()
    connection.close()
    database = open_database(path, write=True)
    cursor = database.table_cursor(root_pages(path)["t"], True)
    for text, stored in table_rows(cursor).values():
        assert isinstance(text, str) and encode_text(text, UTF8) == stored
    found = cursor.first()
    while found:
        cursor.insert(cursor.rowid(), encode(cursor.row(2)))
        found = cursor.next()
    database.commit()
    database.close()
    connection = sqlite3.connect(path)
    assert connection.execute("select cast(a as blob), typeof(a) from t").fetchall() == [
        (blob, "text") for blob in blobs
    ]
    connection.close()


def test_reserved_bytes(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    connection = apsw.Connection(str(path))
    connection.reserve_bytes("main", 32)
    connection.execute("pragma page_size = 512; create table t(a, b)")
    connection.close()
    root = root_pages(path)["t"]
    database = open_database(path, write=True)
    assert (database.pager.page_size, database.pager.usable_size) == (512, 480)
    cursor = database.table_cursor(root, True)
    for rowid in range(200):
        cursor.insert(rowid, encode([rowid, "x" * (rowid * 5)]))
    database.commit()
    database.close()
    assert sqlite_check(path) == ["ok"]


@pytest.mark.parametrize("schema_format", [1, 2, 3, 4])
def test_schema_formats(tmp_path: Path, schema_format: int) -> None:
    path = tmp_path / "x.db"
    connection = sqlite3.connect(path)
    connection.executescript("create table t(a, b); insert into t values(0, 1)")
    connection.close()
    data = bytearray(path.read_bytes())
    data[47] = schema_format
    path.write_bytes(data)
    database = open_database(path, write=True)
    cursor = database.table_cursor(root_pages(path)["t"], True)
    assert table_rows(cursor) == {1: [0, 1]}
    assert database.encode_record([0, 1]) == bytes.fromhex("030809" if schema_format == 4 else "0301010001")
    database.close()


def test_files_past_the_lock_bytes(tmp_path: Path) -> None:
    """The page at 2**30 is skipped on writing; the file is sparse."""
    path = tmp_path / "x.db"
    connection = sqlite3.connect(path)
    connection.executescript("pragma page_size = 65536; create table t(a); create table u(a)")
    connection.close()
    roots = root_pages(path)
    lock = 2**30 // 65536 + 1
    database = open_database(path, write=True)
    database.pager.set_cache_size(100)
    free = database.freelist
    taken = []
    while database.pager.page_count < lock - 2:
        taken.append(int(database.pager.append_page().number))
    cursor = database.table_cursor(roots["t"], True)
    cursor.insert(1, encode([b"x" * 400_000]))
    assert database.pager.page_count == lock + 5
    for number in taken:
        free.free([number])
    database.commit()
    database.close()
    assert sqlite_check(path) == ["ok"]
    database = open_database(path)
    assert database.table_cursor(roots["t"]).first()
    with pytest.raises(CorruptError):
        database.pager.get(lock)
    database.close()


def walk_everything(path: Path, roots: dict[str, int]) -> None:
    """Read all trees both ways, and seek in them."""
    database = open_database(path)
    try:
        for name, root in roots.items():
            cursor: Cursor
            if name in ("t", "d"):
                table = database.table_cursor(root)
                table.seek(100)
                cursor = table
            else:
                index = database.index_cursor(root, PLAIN)
                index.seek(["k5"])
                cursor = index
            steps = 0
            for found, move in ((cursor.first(), cursor.next), (cursor.last(), cursor.previous)):
                while found:
                    cursor.row(4)
                    cursor.column(2)
                    steps += 1
                    found = move()
            cursor.count()
            assert steps < 1_000_000
    finally:
        database.close()


def change_everything(path: Path, roots: dict[str, int]) -> None:
    """Insert into all trees, delete from them, drop one."""
    database = open_database(path, write=True)
    try:
        table = database.table_cursor(roots["t"], True)
        index = database.index_cursor(roots["i"], PLAIN, True)
        for rowid in range(0, 300, 5):
            table.insert(rowid, encode([None, "new" * rowid]))
            index.insert(encode([f"k{rowid}", rowid]))
            for cursor in (table, index):
                if cursor.next():
                    cursor.delete()
        database.drop_tree(roots["d"])
        database.clear_tree(roots["w"])
        database.commit()
    finally:
        database.close()


@pytest.mark.parametrize("auto_vacuum", [0, 1])
@pytest.mark.parametrize("seed", range(6))
def test_damaged_pages_give_answers_or_typed_errors(tmp_path: Path, seed: int, auto_vacuum: int) -> None:
    rng = random.Random(seed)
    path = tmp_path / "x.db"
    page_size = rng.choice([512, 1024])
    connection = sqlite3.connect(path)
    connection.executescript(
        f"pragma page_size = {page_size}; pragma auto_vacuum = {auto_vacuum};"
        "create table t(a integer primary key, b, c); create index i on t(b);"
        "create table w(a primary key, b) without rowid; create table d(x);"
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 200)"
        " insert into t select i * 3, 'k' || i, zeroblob(i * i % 3000) from n;"
        "insert into w select b, c from t; insert into d select c from t; delete from t where a % 5 = 0"
    )
    connection.close()
    roots = root_pages(path)
    clean = path.read_bytes()
    outcomes = set()
    for _ in range(30):
        data = bytearray(clean)
        page = rng.choice([*roots.values(), rng.randrange(2, len(data) // page_size)]) - 1
        for _ in range(rng.choice([1, 2, 20])):
            at = rng.choice([rng.randrange(16), rng.randrange(60), rng.randrange(page_size)])
            data[page * page_size + at] = rng.choice([0, 1, 2, 5, 10, 13, 255, rng.randrange(256)])
        if rng.random() < 0.2:
            data[rng.randrange(32, 40)] = rng.randrange(256)
        for work in (walk_everything, change_everything):
            path.write_bytes(data)
            started = time.process_time()
            try:
                work(path, roots)
                outcomes.add("answer")
            except Error as error:
                outcomes.add(type(error).__name__)
            assert time.process_time() - started < 5
    assert "answer" in outcomes


def test_trees_and_chains_that_run_in_circles(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    connection = sqlite3.connect(path)
    connection.executescript(
        "pragma page_size = 512; create table t(a, b); create table u(a);"
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000)"
        " insert into t select i, zeroblob(100) from n; insert into u values(zeroblob(5000))"
    )
    connection.close()
    roots = root_pages(path)
    clean = path.read_bytes()
    start = (roots["t"] - 1) * 512
    assert clean[start] == 0x05
    data = bytearray(clean)
    data[start + 8 : start + 12] = roots["t"].to_bytes(4, "big")
    path.write_bytes(data)
    database = open_database(path)
    cursor = database.table_cursor(roots["t"])
    for action in (cursor.last, cursor.count, lambda: table_rows(cursor)):
        with pytest.raises(CorruptError):
            action()
    database.close()
    leaf = (roots["u"] - 1) * 512
    cell = int.from_bytes(clean[leaf + 8 : leaf + 10], "big")
    data = bytearray(clean)
    first = int.from_bytes(clean[leaf + 508 : leaf + 512], "big")
    assert cell < 508 and first > 1
    data[(first - 1) * 512 : (first - 1) * 512 + 4] = first.to_bytes(4, "big")
    path.write_bytes(data)
    database = open_database(path, write=True)
    cursor = database.table_cursor(roots["u"], True)
    assert cursor.first() and len(cursor.payload()) > 5000
    with pytest.raises(CorruptError, match="meets itself"):
        cursor.delete()
    database.close()


def test_a_rollback_works_while_a_cursor_stands_on_damage(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    connection = sqlite3.connect(path)
    connection.executescript(
        "create table t(a); create index i on t(a); insert into t values(zeroblob(10000))"
    )
    connection.close()
    root = root_pages(path)["i"]
    data = bytearray(path.read_bytes())
    data[root * 4096 - 4 : root * 4096] = b"\xff" * 4
    path.write_bytes(data)
    database = open_database(path, write=True)
    cursor = database.index_cursor(root, PLAIN)
    assert cursor.first() and cursor.payload_size() > 10000
    database.set_meta(6, 77)
    database.rollback()
    with pytest.raises(CorruptError):
        cursor.next()
    database.close()


@pytest.mark.parametrize("size", range(90, 130))
def test_an_index_over_keys_as_long_as_small_pages_hold(tmp_path: Path, size: int) -> None:
    """In pages of 512 bytes entries of 103 bytes have overflow pages, although their length still takes one byte."""
    path = tmp_path / "small.db"
    connection = foundrydb.connect(path, isolation_level=None)
    connection.executescript("pragma page_size = 512; create table t(a)")
    connection.executemany("insert into t values (?)", [(f"{i:05d}".ljust(size, "x"),) for i in range(12)])
    connection.execute("create index t_a on t(a)")
    connection.close()
    peer = sqlite3.connect(path)
    assert peer.execute("pragma integrity_check").fetchall() == [("ok",)]
    peer.close()
