"""integrity_check and quick_check find values that their columns do not allow, as SQLite words it."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

import foundrydb

VALUES = [
    None, 0, 1, -7, 2**40, 2.5, 3.0, 1e300, "", "x", "12", " 1.5 ", "1e3", "0x10", "é", b"", b"12", b"\xff" * 3000,
    "y" * 5000, "9" * 4000,
]  # fmt: skip

TABLES = [
    "create table t(id integer primary key, a, b)",
    "create table t(id integer primary key, a text, b int)",
    "create table t(id integer primary key, a text not null, b real)",
    "create table t(id integer primary key, a numeric not null, b real not null)",
    "create table t(id integer primary key, a blob not null, b varchar(10))",
    "create table t(id integer primary key, a int, b text, c text not null default 'd')",
    "create table t(id integer primary key, a int, b text, c int not null)",
    "create table t(id integer primary key, a int, b text, c int as (b) virtual)",
    "create table t(id integer primary key, a int, b any) strict",
    "create table t(id integer primary key, a text not null, b real) strict",
    "create table t(id integer primary key, a blob, b integer not null) strict",
]


def declare(path: Path, text: str) -> None:
    """Say of the only table that it was declared otherwise."""
    connection = apsw.Connection(str(path))
    connection.execute("pragma writable_schema = on")
    connection.execute("update sqlite_schema set sql = ?", (text,))
    connection.execute("pragma writable_schema = reset")
    connection.close()


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("pragma", ["integrity_check", "quick_check"])
def test_values_of_the_wrong_type(tmp_path: Path, table: str, pragma: str) -> None:
    path = tmp_path / "x.db"
    connection = apsw.Connection(str(path))
    connection.execute(TABLES[0])
    with connection:
        for value in VALUES:
            for other in (1, "x", None, 2.5):
                connection.execute("insert into t(a, b) values (?, ?)", (value, other))
    connection.close()
    declare(path, table)
    expected = apsw.Connection(str(path)).execute(f"pragma {pragma}(1000)").fetchall()
    found = foundrydb.connect(str(path)).execute(f"pragma {pragma}(1000)").fetchall()
    assert found == expected
    assert (found == [("ok",)]) == (table == TABLES[0])


def test_values_of_the_wrong_type_without_rowid(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    connection = apsw.Connection(str(path))
    connection.execute("create table w(a, b, c, primary key (c, a)) without rowid")
    with connection:
        for i, value in enumerate(VALUES):
            connection.execute("insert into w values (?, ?, ?)", (i, value, f"c{i}"))
    connection.close()
    declare(path, "create table w(a text, b int, c text, primary key (c, a)) without rowid")
    expected = apsw.Connection(str(path)).execute("pragma integrity_check").fetchall()
    assert len(expected) > len(VALUES)
    assert foundrydb.connect(str(path)).execute("pragma integrity_check").fetchall() == expected


def test_a_nan_is_a_null(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    connection = apsw.Connection(str(path))
    connection.execute("create table t(a real not null)")
    connection.execute("insert into t values (1.1), (2.2), (3.3)")
    connection.close()
    data = path.read_bytes()
    number = bytes.fromhex("400199999999999a")
    assert number in data
    path.write_bytes(data.replace(number, b"\x7f\xf8" + bytes(6)))
    for module in (apsw.Connection, foundrydb.connect):
        assert module(str(path)).execute("pragma integrity_check").fetchall() == [("NULL value in t.a",)]
