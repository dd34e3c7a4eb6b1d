"""No change passes a trigger or an enforced foreign key by: what would have to follow one is refused, the rest runs."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

import foundrydb

SCHEMA = """
create table t(id integer primary key, a unique, b); insert into t values (1, 2, 3);
create trigger changed after update on t begin select 1; end;
create table d(id integer primary key, a unique); insert into d values (1, 2);
create trigger gone before delete on d begin select 1; end;
create table r(a unique on conflict replace); insert into r values (1);
create trigger replaced after delete on r begin select 1; end;
create table parent(id integer primary key); create table child(x references parent);
insert into parent values (1); insert into child values (1);
create table o(id integer primary key, a, b); insert into o values (1, 2, 3);
create trigger o_id after update of id on o begin select 1; end;
create trigger o_b before update of a, B on o begin select 1; end;
create view v as select * from o;
create trigger v_b instead of update of b on v begin select 1; end;
"""
TRIGGERS = "not supported yet: triggers"
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
        ("", "insert into t values (1, 2, 3) on conflict do update set b = 4", TRIGGERS),
        (
            "",
            "insert into t values (1, 2, 3) on conflict (a) do nothing on conflict do update set b = 4",
            TRIGGERS,
        ),
        ("", "insert into t values (1, 2, 3) on conflict do nothing", ""),
        ("", "replace into d values (1, 3)", ""),
        ("", "update o set b = 4", TRIGGERS),
        ("", "update o set (rowid, a) = (5, 5)", TRIGGERS),
        ("", "update o set id = id", TRIGGERS),
        ("", "update o set rowid = 5", ""),
        ("", "insert into o(id) values (1) on conflict do update set b = 4", TRIGGERS),
        ("", "insert into o(id) values (1) on conflict do update set oid = 5", ""),
        ("", "update v set b = 4", TRIGGERS),
        ("recursive_triggers", "replace into d values (1, 3)", TRIGGERS),
        ("recursive_triggers", "insert or replace into d select 1, 3", TRIGGERS),
        ("recursive_triggers", "update or replace d set a = 1", TRIGGERS),
        ("recursive_triggers", "update d set a = 1", ""),
        ("recursive_triggers", "insert into r values (1)", TRIGGERS),
        ("recursive_triggers", "insert or ignore into r values (1)", ""),
        ("recursive_triggers", "update r set a = 1", TRIGGERS),
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
