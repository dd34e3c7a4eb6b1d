"""No change passes an enforced foreign key by: what would have to follow one is refused, the rest runs."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

import foundrydb

SCHEMA = """
create table t(id integer primary key, a unique, b); insert into t values (1, 2, 3);
create table r(a unique on conflict replace); insert into r values (1);
create table parent(id integer primary key); create table child(x references parent);
insert into parent values (1); insert into child values (1);
"""
FOREIGN_KEYS = "not supported yet: foreign keys that are enforced (PRAGMA foreign_keys = on)"


@pytest.fixture
def connection(tmp_path: Path) -> foundrydb.Connection:
    path = tmp_path / "watched.db"
    written = sqlite3.connect(path)
    written.executescript(SCHEMA)
    written.close()
    return foundrydb.connect(path)


@pytest.mark.parametrize(
    "pragma, sql, refusal",
    [
        ("foreign_keys", "delete from parent where id = 1", FOREIGN_KEYS),
        ("foreign_keys", "delete from parent", FOREIGN_KEYS),
        ("foreign_keys", "delete from child where x = 1", FOREIGN_KEYS),
        ("foreign_keys", "update parent set id = 2", FOREIGN_KEYS),
        ("foreign_keys", "insert into child values (2)", FOREIGN_KEYS),
        ("foreign_keys", "insert into r values (2)", ""),
    ],
)
def test_what_would_have_to_follow_is_refused(
    connection: foundrydb.Connection, pragma: str, sql: str, refusal: str
) -> None:
    if pragma:
        # Compiled before already: the setting counts for a statement that is kept as well.
        connection.execute("begin")
        connection.execute(sql)
        connection.execute("rollback")
        connection.execute(f"pragma {pragma} = on")
    if not refusal:
        connection.execute(sql)
        return
    before = list(connection.iterdump())
    with pytest.raises(foundrydb.NotSupportedError) as refused:
        connection.execute(sql)
    assert str(refused.value) == refusal
    assert list(connection.iterdump()) == before
