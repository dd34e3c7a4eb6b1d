"""Update, commit, rollback and WAL hooks: they are told what C SQLite's are, call by call."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest

import foundrydb
from foundrydb.vm.ops.calls import UpdateHook

TABLES = """
create table t(id integer primary key, a unique, b); create table w(x primary key, y) without rowid; create table n(v);
create table p(id integer primary key);
create table c(id integer primary key, p references p on delete cascade on update cascade)
"""

SCRIPTS = {
    "rows": """
        insert into t values (1, 1, 1), (5, 2, 2); insert into t(a) values (7); insert into w values (1, 2);
        insert into n values (3), (4); insert into n select v + 1 from n; update t set b = 9;
        update t set id = id + 10 where a = 1; update w set y = 3; update n set v = 8 where v = 3;
        delete from n where v = 8; delete from w where x = 1; delete from n; delete from t where id = 5;
        insert into t select 100, 100, 5; insert into n select b from t; create table k as select * from t;
        insert into k select * from t; update k set b = q.x from (select 5 as x) as q where k.id > 50; drop table k
    """,
    "conflicts": """
        insert into t values (1, 1, 1), (2, 2, 2); replace into t values (1, 5, 5); replace into t values (9, 5, 6);
        insert or replace into t values (2, 5, 5); insert or ignore into t values (2, 3, 3), (3, 3, 3);
        update or replace t set a = 3 where id = 2;
        insert into t values (2, 1, 1) on conflict (id) do update set b = 77;
        insert into t values (2, 1, 1) on conflict do nothing; insert into t values (3, 3, 3), (4, 3, 4);
        insert or fail into t values (30, 30, 3), (31, 30, 4);
        insert or rollback into t values (40, 40, 3), (41, 40, 4);
        replace into t values (null, 3, 4) returning id; pragma recursive_triggers = on; replace into t values (1, 3, 4)
    """,
    "triggers": """
        create trigger g after insert on t begin
            insert into n values (new.a) | update n set v = v + 1 | delete from n where v > 100 | end;
        insert into t values (1, 1, 1); insert into t values (2, 200, 2); create view vv as select * from t;
        create trigger gi instead of update on vv begin update t set b = new.b where id = old.id | end;
        update vv set b = 3; create temp trigger tt before delete on t begin insert into w values (old.id, 2) | end;
        delete from t; delete from t where id = 1
    """,
    "foreign keys": """
        pragma foreign_keys = on; insert into p values (1), (2), (3); insert into c values (1, 1), (2, 1), (3, 2);
        delete from p where id = 1; update p set id = 9 where id = 2; insert into c values (7, 77); delete from p;
        insert into p values (4); drop table p
    """,
    "transactions": """
        begin; insert into n values (1); savepoint s; insert into n values (2); rollback to s; release s; commit;
        begin; rollback; begin; select * from n; commit; begin; select * from n; rollback;
        begin; insert into n values (5); rollback; insert into t values (1, 1, 1); insert into t values (1, 1, 1);
        begin; insert into t values (1, 1, 1); insert or rollback into t values (1, 1, 1); commit;
        begin immediate; commit; begin exclusive; rollback; pragma user_version = 5; create table zz(a);
        drop table zz; vacuum; analyze; insert into n select * from n where 0; update n set v = 1 where 0; select 1;
        alter table t add column zz; alter table t rename column zz to yy; alter table t drop column yy;
        create index i on t(b); reindex; savepoint z; insert into n values (1); rollback; delete from nosuch
    """,
    "databases": """
        attach ':memory:' as d2; create table d2.q(a); insert into d2.q values (1), (2); create temp table tq(a);
        insert into tq values (5); begin; insert into d2.q values (3); insert into n values (1); commit;
        begin; insert into tq values (6); commit; begin; insert into tq values (6); rollback; update d2.q set a = 5;
        delete from d2.q where a = 5; delete from temp.tq where a > 0; insert into d2.q select v from n;
        insert into main.n select a from d2.q; detach d2
    """,
    "SQLite's own tables": """
        create table au(id integer primary key autoincrement, a); insert into au(a) values (1), (2); delete from au;
        insert into au(a) values (5); update sqlite_sequence set seq = 100;
        delete from sqlite_sequence where name = 'au';
        insert into sqlite_sequence values ('au', 7); analyze; update sqlite_stat1 set stat = '3' where 0;
        delete from sqlite_stat1 where 1; pragma writable_schema = on;
        update sqlite_schema set sql = sql where name = 't'; alter table au rename to av
    """,
}

RELEASED = "savepoint q; insert into n values (6); release q; savepoint q; select 1; release q"

Told = list[tuple[str, str, list[object]]]


def statements(script: str) -> list[str]:
    return [part.replace(" |", ";").strip() for part in script.split(";") if part.strip()]


def told(
    connection: object, execute: Callable[[str], object], script: str, forbids: Callable[[int], bool]
) -> Told:
    """What each statement of a script answers, and what it makes the hooks be told."""
    for sql in statements(TABLES):
        execute(sql)
    calls: list[object] = []

    def on_commit() -> bool:
        calls.append("commit")
        return forbids(len(calls))

    assert isinstance(connection, apsw.Connection | foundrydb.Connection)
    connection.set_update_hook(lambda *row: calls.append(row))
    connection.set_commit_hook(on_commit)
    connection.set_rollback_hook(lambda: calls.append("rollback"))
    made: Told = []
    for sql in statements(script):
        calls.clear()
        error = ""
        try:
            execute(sql)
        except (apsw.Error, foundrydb.Error) as problem:
            error = str(problem)
        made.append((sql, error, list(calls)))
    return made


@pytest.mark.parametrize("forbids", [lambda calls: False, lambda calls: calls % 2 == 0, lambda calls: True])
@pytest.mark.parametrize("name", SCRIPTS)
def test_calls_are_those_of_c_sqlite(name: str, forbids: Callable[[int], bool]) -> None:
    script = SCRIPTS[name]
    theirs = apsw.Connection(":memory:")
    ours = foundrydb.connect(":memory:", isolation_level=None)
    expected = told(theirs, lambda sql: list(theirs.execute(sql)), script, forbids)
    assert told(ours, lambda sql: list(ours.execute(sql)), script, forbids) == expected


def test_release_commits() -> None:
    theirs = apsw.Connection(":memory:")
    ours = foundrydb.connect(":memory:", isolation_level=None)
    expected = told(theirs, lambda sql: list(theirs.execute(sql)), RELEASED, lambda calls: False)
    assert told(ours, lambda sql: list(ours.execute(sql)), RELEASED, lambda calls: False) == expected


@pytest.fixture
def connection() -> Iterator[foundrydb.Connection]:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.execute("create table t(a)")
    yield connection
    connection.close()


def test_a_forbidden_commit_is_a_rollback(connection: foundrydb.Connection) -> None:
    connection.set_commit_hook(lambda: True)
    connection.execute("begin")
    connection.execute("insert into t values (1)")
    with pytest.raises(foundrydb.IntegrityError, match=r"^constraint failed$") as caught:
        connection.execute("commit")
    assert caught.value.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_COMMITHOOK
    assert not connection.in_transaction
    connection.set_commit_hook(None)
    connection.execute("insert into t values (2)")
    assert connection.execute("select a from t").fetchall() == [(2,)]


def test_an_exception_forbids_the_commit_and_stops_nothing_else(connection: foundrydb.Connection) -> None:
    def broken(*row: object) -> bool:
        raise ValueError(row)

    connection.set_update_hook(broken)
    connection.set_rollback_hook(broken)
    connection.execute("insert into t values (1)")
    connection.set_commit_hook(broken)
    with pytest.raises(foundrydb.IntegrityError, match="constraint failed"):
        connection.execute("insert into t values (2)")
    assert connection.execute("select a from t").fetchall() == [(1,)]


def test_programs_have_no_trace_of_a_hook_that_is_not_set(connection: foundrydb.Connection) -> None:
    sql = "insert into t values (1)"

    def hooked() -> bool:
        program = connection.session.engine.prepare(sql)[0].program  # type: ignore[union-attr]
        return any(isinstance(instruction, UpdateHook) for instruction in program.instructions)

    assert not hooked()
    rows: list[object] = []
    connection.set_update_hook(lambda *row: rows.append(row))
    assert hooked()
    connection.execute(sql)
    connection.set_update_hook(None)
    assert not hooked()
    connection.execute(sql)
    assert rows == [(foundrydb.SQLITE_INSERT, "main", "t", 1)]


LOGGED = """
    create table t(a); insert into t values (1); begin; insert into t values (2), (3); select * from t; commit;
    begin immediate; commit; select * from t; update t set a = 7 where 0; attach 'other' as d;
    pragma d.journal_mode = wal; create table d.u(x); begin; insert into t values (5); insert into u values (5); commit;
    pragma wal_autocheckpoint; pragma wal_checkpoint; insert into t values (9); pragma wal_autocheckpoint = 3;
    insert into t values (10)
"""


def logged(execute: Callable[[str], object], calls: list[object], file: str) -> Told:
    """What each statement answers, and what the WAL hook is told."""
    made: Told = []
    for sql in statements(LOGGED):
        calls.clear()
        answer = str(execute(sql.replace("'other'", f"'{file}-other'")))
        made.append((sql, "" if "attach" in sql else answer, list(calls)))
    return made


def test_the_wal_hook_takes_the_place_of_checkpoints(tmp_path: Path) -> None:
    calls: list[object] = []
    ours = foundrydb.connect(str(tmp_path / "ours"), isolation_level=None)
    ours.execute("pragma journal_mode = wal")
    ours.set_wal_hook(lambda *log: calls.append(log))
    told_ours = logged(lambda sql: list(ours.execute(sql)), calls, str(tmp_path / "ours"))

    def append(_: apsw.Connection, *log: object) -> int:
        calls.append(log)
        return 0

    theirs = apsw.Connection(str(tmp_path / "theirs"))
    theirs.execute("pragma journal_mode = wal")
    theirs.set_wal_hook(append)
    assert told_ours == logged(lambda sql: list(theirs.execute(sql)), calls, str(tmp_path / "theirs"))
    assert any(calls for _, _, calls in told_ours)


def test_the_wal_hook_may_checkpoint(tmp_path: Path) -> None:
    connection = foundrydb.connect(str(tmp_path / "db"), isolation_level=None)
    connection.execute("pragma journal_mode = wal")
    answers: list[object] = []
    connection.set_wal_hook(
        lambda database, pages: answers.append(
            connection.execute("pragma wal_checkpoint(truncate)").fetchone()
        )
    )
    connection.execute("create table t(a)")
    connection.execute("insert into t values (1)")
    assert answers == [(0, 0, 0), (0, 0, 0)]
