"""Blobs that are read and written in parts: each test runs against the standard module too."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import foundrydb

SCHEMA = """
CREATE TABLE u(a INTEGER PRIMARY KEY, b, c, x);
CREATE INDEX i ON u(c);
CREATE TABLE g(a INTEGER PRIMARY KEY, b, d AS (a + 1));
CREATE TABLE e(a INTEGER PRIMARY KEY, b, c);
CREATE INDEX ei ON e(upper(b));
CREATE TABLE w(a PRIMARY KEY, b) WITHOUT ROWID;
CREATE VIEW v AS SELECT 1 AS a;
INSERT INTO u VALUES (1, x'0102030405', 5, 1.5), (2, 'text', NULL, x''), (3, x'aa', 1, 2);
INSERT INTO e VALUES (1, 'x', x'01');
"""


@pytest.fixture
def con(db: Any) -> Any:
    connection = db.connect(":memory:", isolation_level=None)
    connection.executescript(SCHEMA)
    return connection


def told(call: Callable[[], Any]) -> Any:
    """What a call answers, or the class and text of what it raises."""
    try:
        answer = call()
    except Exception as failure:
        return type(failure).__name__, str(failure).replace("sqlite3.", "").replace("foundrydb.", "")
    return "a blob" if type(answer).__name__ == "Blob" else answer


@pytest.mark.parametrize(
    ("arguments", "keywords"),
    [(("v", "a", 1), {}), (("w", "b", 1), {}), (("u", "nope", 1), {}), (("nope", "b", 1), {}),
     (("u", "b", 9), {}), (("u", "a", 1), {}), (("u", "c", 1), {}), (("u", "c", 1), {"readonly": True}),
     (("u", "x", 1), {}), (("u", "b", 1), {"name": "x"}), (("u", "x", 2), {}), (("e", "c", 1), {}),
     (("e", "c", 1), {"readonly": True}), (("u", "b", 2**70), {}), (("u", "b", "x"), {}), ((5, "b", 1), {}),
     (("U", "B", 1), {}), (("u\0", "b", 1), {}), (("u", "b"), {}),
     (("sqlite_master", "sql", 1), {"readonly": True})],
)  # fmt: skip
def test_what_can_be_opened(arguments: tuple[Any, ...], keywords: dict[str, Any]) -> None:
    answers = []
    for module in (sqlite3, foundrydb):
        connection: Any = module.connect(":memory:", isolation_level=None)
        connection.executescript(SCHEMA)
        answer = told(lambda connection=connection: connection.blobopen(*arguments, **keywords))  # type: ignore[misc]
        answers.append(answer[0] if len(arguments) < 3 else answer)
    assert answers[0] == answers[1]


def test_a_table_with_generated_columns_has_no_blobs() -> None:
    con = foundrydb.connect(":memory:")
    con.executescript(SCHEMA)
    with pytest.raises(foundrydb.OperationalError, match="cannot open table with generated columns: g"):
        con.blobopen("g", "b", 1)
    con.close()


def test_what_is_written_is_there_when_it_is_closed(con: Any) -> None:
    with con.blobopen("u", "b", 1) as blob:
        blob.write(b"ab")
        blob[-1] = 0x7A
        assert blob.tell() == 2
    assert con.execute("SELECT b FROM u WHERE a = 1").fetchone() == (b"ab\x03\x04z",)
    with con.blobopen("u", "b", 2) as blob:
        blob.write(b"TEXT")
    assert con.execute("SELECT b, typeof(b) FROM u WHERE a = 2").fetchone() == ("TEXT", "text")


def test_changes_of_other_rows_leave_it_alone(con: Any, db: Any) -> None:
    blob = con.blobopen("u", "b", 1)
    con.execute("UPDATE u SET x = 9 WHERE a = 3")
    con.executemany("INSERT INTO u VALUES (?, ?, 0, 0)", [(n, bytes(900)) for n in range(10, 60)])
    con.execute("DELETE FROM u WHERE a BETWEEN 2 AND 40")
    assert blob.read() == b"\1\2\3\4\5"
    blob[0] = 9
    blob.close()
    assert con.execute("SELECT b FROM u WHERE a = 1").fetchone() == (b"\x09\2\3\4\5",)


@pytest.mark.parametrize(
    "change",
    ["UPDATE u SET x = 9 WHERE a = 1", "UPDATE u SET x = 1.5 WHERE a = 1", "DELETE FROM u WHERE a = 1",
     "REPLACE INTO u VALUES (1, x'0102030405', 5, 1.5)", "UPDATE u SET a = 7 WHERE a = 1", "DELETE FROM u"],
)  # fmt: skip
def test_a_change_of_its_row_ends_it(con: Any, db: Any, change: str) -> None:
    blob = con.blobopen("u", "b", 1)
    con.execute(change)
    with pytest.raises(db.OperationalError, match="query aborted") as caught:
        blob.read()
    assert caught.value.sqlite_errorname == "SQLITE_ABORT"
    assert len(blob) == 0
    assert blob.tell() == 0
    blob.close()
    assert con.in_transaction is False


def test_two_blobs_of_one_row(con: Any) -> None:
    one, other = con.blobopen("u", "b", 1), con.blobopen("u", "b", 1)
    one.write(b"z")
    assert other.read() == b"z\2\3\4\5"
    one.close()
    other.write(b"") if other.tell() < 5 else None
    other.close()


def test_an_open_blob_is_a_running_statement(con: Any, db: Any) -> None:
    con.execute("BEGIN")
    blob = con.blobopen("u", "b", 1)
    blob.write(b"ROLL")
    with pytest.raises(db.OperationalError, match="SQL statements in progress"):
        con.execute("COMMIT")
    con.execute("ROLLBACK")
    with pytest.raises(db.OperationalError, match="abort due to ROLLBACK"):
        blob.seek(0)
        blob.read()
    blob.close()
    assert con.execute("SELECT b FROM u WHERE a = 1").fetchone() == (b"\1\2\3\4\5",)
    reading = con.blobopen("u", "b", 1, readonly=True)
    with pytest.raises(db.OperationalError, match="database table is locked"):
        con.execute("DROP TABLE u")
    with pytest.raises(db.OperationalError, match="readonly"):
        reading[0] = 1
    reading.close()
    con.execute("DROP TABLE u")


def test_a_blob_to_write_holds_the_lock(db: Any, tmp_path: Path) -> None:
    path = tmp_path / "locks.db"
    con = db.connect(path, isolation_level=None)
    con.executescript(SCHEMA)
    other = sqlite3.connect(path, isolation_level=None, timeout=0)
    blob = con.blobopen("u", "b", 1)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("DELETE FROM u")
    blob.write(b"mine!")
    blob.close()
    assert other.execute("SELECT b FROM u WHERE a = 1").fetchone() == (b"mine!",)
    reading = con.blobopen("u", "b", 1, readonly=True)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("DELETE FROM u")
    reading.close()
    other.execute("DELETE FROM u")
    other.close()
    con.close()


def test_a_connection_that_may_only_query_writes_no_blobs(con: Any, db: Any) -> None:
    con.execute("PRAGMA query_only = 1")
    assert con.blobopen("u", "b", 1, readonly=True).read() == b"\1\2\3\4\5"
    with pytest.raises(db.OperationalError, match="attempt to write a readonly database"):
        con.blobopen("u", "b", 1)
    con.execute("PRAGMA query_only = 0")
    con.blobopen("u", "b", 1).write(b"again")
    assert con.execute("SELECT b FROM u WHERE a = 1").fetchone() == (b"again",)


def test_blobs_of_temporary_tables(con: Any) -> None:
    con.executescript("CREATE TEMP TABLE tt(b); INSERT INTO tt VALUES (x'00')")
    with con.blobopen("tt", "b", 1, name="temp") as blob:
        blob[0] = 5
    assert con.execute("SELECT b FROM tt").fetchone() == (b"\x05",)


def test_closing_the_connection_rolls_back(db: Any, tmp_path: Path) -> None:
    path = tmp_path / "closing.db"
    con = db.connect(path, isolation_level=None)
    con.executescript(SCHEMA)
    con.execute("BEGIN")
    blob = con.blobopen("u", "b", 1)
    blob.write(b"never")
    con.close()
    with pytest.raises(db.ProgrammingError, match="closed database"):
        blob.read()
    reader = sqlite3.connect(path)
    assert reader.execute("SELECT b FROM u WHERE a = 1").fetchone() == (b"\1\2\3\4\5",)
    reader.close()


@pytest.mark.parametrize(
    "key",
    [5, -6, "a", 1.5, slice(0, 3), slice(None, None, 2), slice(3, 1), slice(-2, None), slice(0, 2.5), 2**70],
)
def test_bytes_by_number(key: Any) -> None:
    answers = []
    for module in (sqlite3, foundrydb):
        connection: Any = module.connect(":memory:", isolation_level=None)
        connection.executescript(SCHEMA)
        blob = connection.blobopen("u", "b", 1)
        got = told(lambda blob=blob: blob[key])  # type: ignore[misc]
        put = [
            told(lambda blob=blob, value=value: blob.__setitem__(key, value))  # type: ignore[misc]
            for value in (7, b"xyz", b"", 256, -1, "x", None)
        ]
        blob.seek(0)
        answers.append((got, put, blob.read()))
        blob.close()
    assert answers[0] == answers[1]


def test_nobody_else_makes_blobs(db: Any, con: Any) -> None:
    with pytest.raises(TypeError, match=r"cannot create '.*Blob' instances"):
        db.Blob()
    with pytest.raises(TypeError, match="not iterable"):
        list(con.blobopen("u", "b", 1))


@pytest.mark.parametrize(
    "shape", ["page_size = 512", "page_size = 4096", "auto_vacuum = full", "encoding = 'UTF-16'"]
)
def test_any_part_of_any_size(shape: str, tmp_path: Path) -> None:
    """Reads and writes of random parts, beside other changes of the table; C SQLite finds the file whole."""
    path = tmp_path / "parts.db"
    chance = random.Random(shape)
    con = foundrydb.connect(path, isolation_level=None)
    con.executescript(f"PRAGMA {shape}; CREATE TABLE t(id INTEGER PRIMARY KEY, name, data, tail)")
    sizes = [0, 1, 100, 470, 500, 3000, 20_000]
    known = {number: chance.randbytes(size) for number, size in enumerate(sizes, 1)}
    for number, data in known.items():
        con.execute("INSERT INTO t VALUES (?, ?, ?, ?)", (number, "n" * number, data, "t" * 300))
    for turn in range(60):
        number = chance.randrange(1, len(sizes) + 1)
        size = len(known[number])
        start = chance.randint(0, size)
        stop = chance.randint(start, size)
        with con.blobopen("t", "data", number) as blob:
            blob.seek(start)
            assert blob.read(stop - start) == known[number][start:stop]
            fresh = chance.randbytes(stop - start)
            blob[start:stop] = fresh
            if turn % 3 == 0:
                con.execute("INSERT INTO t(name, data) VALUES (?, ?)", (turn, bytes(chance.randint(0, 2000))))
                con.execute("DELETE FROM t WHERE id > ? AND id % 2", (len(sizes),))
            known[number] = known[number][:start] + fresh + known[number][stop:]
            assert blob[:] == known[number]
    con.close()
    reader = sqlite3.connect(path)
    assert reader.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert dict(reader.execute("SELECT id, data FROM t WHERE id <= ?", (len(sizes),))) == known
    reader.close()


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_a_blob_whose_row_has_changed_is_in_nobodys_way(db: Any, tmp_path: Path, mode: str) -> None:
    """It has ended with the error, though it was not closed."""
    path = tmp_path / "changed.db"
    con = db.connect(path, isolation_level=None, timeout=0)
    other = db.connect(path, isolation_level=None, timeout=0)
    con.execute(f"PRAGMA journal_mode = {mode}").fetchall()
    con.execute("CREATE TABLE t(a)")
    con.execute("INSERT INTO t VALUES (zeroblob(10000))")
    blob = other.blobopen("t", "a", 1, readonly=True)
    other.execute("UPDATE t SET a = zeroblob(10000)")
    with pytest.raises(db.OperationalError, match="query aborted"):
        blob.read(6)
    con.execute("INSERT INTO t VALUES (2)")
    assert con.execute("PRAGMA wal_checkpoint(truncate)").fetchone()[0] == 0
    assert other.execute("SELECT count(*) FROM t").fetchall() == [(2,)]
    other.execute("VACUUM")
    blob.close()
    con.close()
    other.close()
