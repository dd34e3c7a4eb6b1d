"""Triggers, beside C SQLite: what their programs see and do, when they run, and what may not be written.

That each change of a row is told, in which order, is the subject of ``test_row_events``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import apsw
import pytest
from harness.side_by_side import SideBySide

import foundrydb
from foundrydb.vm.program import Program


@pytest.fixture
def both() -> Iterator[SideBySide]:
    both = SideBySide()
    yield both
    both.close()


TABLES = """
create table t(id integer primary key, a, b); create table log(x, y); insert into t values (1, 1, 1), (2, 2, 2)
"""

SCRIPTS = {
    "what a program sees of its row": """
        create trigger i after insert on t begin insert into log values (new.id, new.a || new.rowid) | end;
        create trigger u after update of b on t when new.b > 5 begin insert into log select old.b, new.b | end;
        create trigger d before delete on t begin insert into log values ('gone', (select count(*) from t)) | end;
        insert into t(a) values (7), (8); update t set b = id + 3; update t set a = 0; delete from t where id > 2;
        select * from log
    """,
    "RAISE": """
        create trigger i before insert on t begin
            select raise(ignore) where new.a = 1 | select raise(abort, 'no ' || new.a) where new.a = 2 |
            select case when new.a = 3 then raise(fail, 'fail') when new.a = 4 then raise(rollback, 'back') end | end;
        insert into t(a) values (9), (1), (9); insert into t(a) values (9), (2); insert into t(a) values (8), (3), (8);
        begin; insert into t(a) values (7); insert into t(a) values (4); commit; insert or ignore into t(a) values (2);
        select raise(abort, 'here'); create trigger n after update on t begin update log set x = raise(ignore) | end;
        insert into log values (1, 1); update t set b = 77
    """,
    "the text of RAISE ends at a NUL": """
        create trigger i after insert on t begin select raise(abort, 'no' || char(0) || new.a) | end;
        insert into t(a) values (1)
    """,
    "what a star in WHEN stands for is not known before": """
        create trigger i after insert on t when (1, 2) = (select * from (select 1, 2)) begin select 1 | end;
        insert into t(a) values (1); drop trigger i;
        create trigger i after insert on t when 1 = (select * from (select 1, 2)) begin select 1 | end;
        insert into t(a) values (1); drop trigger i;
        create trigger i after insert on t when 1 in (select (1, 2) = (select * from (select 1, 2))) begin
            select raise(abort, 'it is') | end;
        insert into t(a) values (1); drop trigger i;
        create trigger i after insert on t
            when exists (select 1 from t where (1, 2) = (select * from (select 1, 2))) begin
            select raise(abort, 'it is') | end;
        insert into t(a) values (1)
    """,
    "a row that takes the place which a new one was to have": """
        create table q(a, b unique); insert into q values (3, 1), (9, 3); pragma recursive_triggers = on;
        create trigger d after delete on q begin insert into q values (null, 9) | end;
        replace into q values (6, 1); replace into q(rowid, a, b) values (5, 6, 1); replace into q select 6, 1
    """,
    "programs within programs": """
        pragma recursive_triggers = on;
        create trigger r after insert on log when new.x < 1000 begin insert into log values (new.x + 1, new.y) | end;
        insert into log values (1, 'q'); select count(*), max(x) from log; insert into log values (0, 'q');
        select count(*) from log; select changes(), total_changes(), last_insert_rowid();
        pragma recursive_triggers = off; insert into log values (5, 'z'); select count(*) from log
    """,
    "counts within and after a program": """
        create trigger u after update on t begin
            update t set b = b + 1 where id = new.id + 1 | insert into log values (changes(), total_changes()) |
            insert into log values (last_insert_rowid(), changes()) | end;
        update t set a = a + 10; select changes(), total_changes(), last_insert_rowid(); select * from log
    """,
    "rows that programs change under a statement": """
        create trigger d before delete on t begin delete from t where id = old.id + 1 | end;
        create trigger u before update on t begin update t set b = 555 where id = new.id | end;
        insert into t values (3, 3, 3), (4, 4, 4); update t set a = 9 where id = 4; delete from t where id in (1, 2, 3);
        create trigger w before update on t when old.id = 4 begin delete from t where id = 4 | end; update t set a = 5
    """,
    "the OR clause of the statement": """
        create table p(k primary key, v unique); create table q(k unique);
        create trigger i after insert on p begin insert or ignore into q values (new.v) | end;
        insert into p values (1, 1); insert into p values (2, 2), (3, 3); delete from p; insert into p values (4, 1);
        insert or abort into p values (5, 2); insert or replace into p values (6, 3);
        insert into p values (6, 8) on conflict (k) do update set v = 9; select * from q
    """,
    "rows that are searched for while programs write elsewhere, or where the search is": """
        create table other(k integer primary key, v); insert into other select id + 4, a from t;
        create trigger i after insert on t begin insert into log select new.id, count(*) from t | end;
        create trigger u after update on t begin insert into log values (old.a || new.a, new.b) | end;
        create trigger d after delete on t begin insert into log select old.id, max(id) from t | end;
        insert into t select k, v, v from other; insert into t select k + 10, 'q', 1 from other, t where id = 1;
        update t set a = a || '+', b = 7 where id > 1; update t set b = (select max(k) from other) where a < 'x';
        delete from t where id between 2 and 5; select * from log;
        create trigger j after insert on t begin insert into other values (null, new.a) | end;
        insert into t select null, v, k from other; select * from other; select * from log;
        create trigger e after insert on other begin update t set b = b + 1 | end;
        insert into t select null, v, k from other where k < 8; update t set a = a || '-' where b > 1;
        create view w as select * from t; create trigger wd instead of delete on w begin
            delete from t where id = old.id + 1 | end;
        create trigger x after update of a on t begin delete from w where id = old.id | end;
        update t set a = 1 where id > 3; select * from log
    """,
    "rows that an index finds": """
        create index ta on t(a); create index tb on t(b); insert into t values (3, 1, 5), (4, 2, 5), (5, 1, 5);
        create trigger d after delete on t begin insert into log select old.id, count(*) from t where a = old.a | end;
        create trigger u after update on t begin insert into log values (old.id, old.b || new.a) | end;
        delete from t where a = 1 and id > 1; update t set b = 6 where a = 2; update t set a = 3 where a = 2;
        select * from log; drop trigger d; delete from t where a = 3; select * from t where b > 0
    """,
    "several statements of a program on one table": """
        create trigger i after insert on t begin
            insert into log values (new.id, 1) | insert into log select x, y + 1 from log where x = new.id |
            delete from log where y = 1 | insert into log values (new.id, (select count(*) from log)) |
            update log set y = y + 10 where x = new.id and exists (select 1 from log where y > 10) | end;
        insert into t(a) select id from t; insert into t(a) values (1), (2), (3); select * from log
    """,
    "a value that the row before has changed": """
        create table c(k, v int default 5, w text); create trigger i after insert on t begin
            insert into c(k, w) values (new.a, 7) | insert into c values (new.b, '12', 12) | end;
        insert into t(a, b) values (1, '1'), (2, 2.5), (null, x'00'); insert into t(a, b) select b, a from t;
        select *, typeof(v), typeof(w) from c
    """,
    "what REPLACE deletes": """
        create table p(k primary key, v unique); create trigger d after delete on p begin
            insert into log values (old.k, old.v) | end;
        insert into p values (1, 2), (3, 4); replace into p values (1, 4); pragma recursive_triggers = on;
        replace into p values (1, 2); create trigger e after delete on p begin
            insert into p values (old.k, old.v) | end;
        replace into p values (1, 8); update or replace p set v = 2
    """,
    "views": """
        create view v as select a, b * 2 as bb from t; insert into v values (1, 2);
        create trigger vi instead of insert on v begin insert into t(a, b) values (new.a, new.bb / 2) | end;
        create trigger vu instead of update of bb on v begin update t set b = new.bb / 2 where a = old.a | end;
        create trigger vd instead of delete on v begin delete from t where a = old.a | end;
        insert into v values (1, 20), (3, 30) returning *; insert into v(bb) select 8; insert into v default values;
        update v set bb = 100 where a = 3 returning a, bb; update v as w set bb = x.id from t as x where x.a = w.a;
        update v set a = 1; delete from v where a = 1 returning bb; delete from v; select changes(), total_changes();
        insert into v values (1); insert into v(nope) values (1); update v set nope = 1; delete from v where nope;
        insert into v values (1, 2) on conflict do nothing; update v set a = 5 returning a, bb;
        drop trigger vi; drop trigger vd; insert into v values (7, 8) returning *; delete from v returning a;
        delete from v; drop trigger vu; delete from v returning a
    """,
    "what SET gives to a view, row by row after the triggers of the rows before": """
        insert into t values (3, 3, 3); create view v as select id, a, b from t;
        create trigger vu instead of update on v begin
            insert into log values (old.a, new.a || ' ' || new.b) |
            update t set a = new.a, b = new.b where id = old.id | end;
        update v set a = (select sum(a) from t where t.id <> v.id); select * from log;
        update v as w set (b, a) = (select max(a), w.id from t where w.b > 0) where a < (select max(a) from t);
        update v set b = (select count(*) from log where x >= v.id) where not exists (select 1 from log where x = v.id)
            returning *;
        update v set a = (select max(a) from t) + 1; update v set a = (select count(*) + v.id from v as w) where id = 2;
        update v set a = (select sum(t.a) + v.id from t) + x.id from t as x where x.id = v.id;
        create view c as select max(a) as a, b from t group by b union all select 7, 7;
        create trigger cu instead of update on c begin
            insert into log values (old.a, new.a || ' ' || new.b) | update t set a = new.a where b = old.b | end;
        update c set a = (select max(a) + c.b from t); update c set a = a + (select count(*) from log where y <> c.b);
        select * from log
    """,
    "temporary triggers and those of several tables": """
        create trigger a1 after insert on t begin insert into log values ('a1', 1) | end;
        create trigger a2 after insert on t begin insert into log values ('a2', 1) | end;
        create temp trigger b1 after insert on t begin insert into log values ('b1', 1) | end;
        create temp trigger b2 after insert on main.t begin insert into log values ('b2', 1) | end;
        create trigger temp.b3 after insert on t begin insert into log values ('b3', 1) | end;
        insert into t(a) values (1); create temp table t(q);
        create trigger own after insert on t begin insert into log values ('own', new.q) | end;
        insert into t values (5); insert into main.t(a) values (6); select * from log; drop table temp.t;
        select name from sqlite_temp_schema; drop table t; select name from sqlite_temp_schema
    """,
    "tables without rowid, generated columns and STRICT": """
        create table w(a, b, c as (a || b) stored, primary key (b, a)) without rowid;
        create trigger wi before insert on w begin insert into log values (new.c, new.a) | end;
        create trigger wu before update on w begin update w set a = a || 'x' where b = 9 |
            insert into log values (old.c, new.c || new.b || new.a) | end;
        create trigger wd before delete on w when old.b = 2 begin delete from w where b = 3 | end;
        insert into w(a, b) values (1, 1), (1, 2), (1, 3), (1, 9); update w set a = 4; delete from w where b < 4;
        create table s(i int, x text) strict; create trigger si before insert on s begin insert into log
            values (typeof(new.i), new.x) | end;
        insert into s values ('5', 6); insert into s values ('five', 6)
    """,
    "statements of a program": """
        create trigger c after insert on t begin
            insert into log with q(n) as (select new.a union all select 2) select n, new.id from q |
            update log set y = s.total from (select sum(a) as total from t) as s where x = new.a |
            insert into log values (1, 1), (2, new.b) on conflict do nothing |
            delete from log where x in (select id from t where id = new.id order by 1 limit new.b) | end;
        insert into t values (5, 6, 1); insert into t values (7, 8, 0)
    """,
    "what may not be written": """
        create trigger x after insert on nosuch begin select 1 | end;
        create trigger x after insert on t begin select ? | end;
        create trigger x after insert on t begin insert into main.t values (1, 2, 3) | end;
        create trigger x after insert on t begin update t indexed by foo set a = 1 | end;
        create trigger x after insert on t begin insert into t values (1, 2, 3) returning a | end;
        create trigger x instead of insert on t begin select 1 | end; create view v as select a from t;
        create trigger x after insert on v begin select 1 | end; create trigger x before insert on main.v
            begin select 1 | end;
        create trigger sqlite_x after insert on t begin select 1 | end;
        create trigger x after insert on sqlite_schema begin select 1 | end;
        create temp trigger main.x after insert on t begin select 1 | end;
        create trigger x after insert on t begin select * from temp.q | end;
        create trigger x after insert on t begin select * from nosuch | end; insert into t values (9, 9, 9);
        create trigger x after insert on t begin select 1 | end;
        create trigger if not exists x after insert on t begin select 1 | end; drop trigger x; drop trigger x;
        drop trigger if exists x; create trigger x after insert on t begin select new.nosuch | end;
        insert into t values (9, 9, 9); drop trigger x; create trigger x after insert on t begin select old.a | end;
        insert into t values (9, 9, 9); drop trigger x; create trigger x after delete on t begin select a | end;
        delete from t; select type, name, tbl_name, rootpage, sql from sqlite_schema
    """,
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_answer_as_in_c_sqlite(both: SideBySide, name: str) -> None:
    script = SCRIPTS[name].replace("|\n", "\x00\n").replace(" | ", "\x00 ")
    for sql in f"{TABLES};{script}".split(";"):
        if sql.strip():
            both.run(sql.replace("\x00", ";"))
            both.run("select changes(), total_changes(), last_insert_rowid()")
    for (table,) in both.run("select name from sqlite_schema where type = 'table'")[1]:
        both.run(f"select * from {table}")


PINNED = {
    "insert": ("replace into t values ('a', 3, 'a')", "after delete", "update t set b = 'b'"),
    "update": ("update or replace t set b = 'a' where a = 2", "after delete", "update t set b = 'b'"),
    "before": (
        "update or replace t set b = 'a' where a = 2",
        "before delete",
        "update t set c = 0 where a = 'a'",
    ),
    "delete": ("update or replace t set b = 'a' where a = 2", "after delete", "delete from t where a = 'a'"),
    "new row": (
        "update or replace t set b = 'a' where a = 2",
        "after delete",
        "insert into t values (9, 9, 9)",
    ),
    "no row": (
        "update or replace t set b = 'a' where a = 2",
        "after delete",
        "update t set c = 0 where a = 77",
    ),
    "other table": (
        "update or replace t set b = 'a' where a = 2",
        "after delete",
        "insert into u values (1)",
    ),
    "rowid": (
        "update or replace t set rowid = 3 where a = 2",
        "after delete",
        "update t set c = 0 where a = 'a'",
    ),
    "new key": (
        "update or replace t set a = 'a' where a = 2",
        "after delete",
        "update t set c = 0 where a = 1.5",
    ),
    "upsert": (
        "insert into t values (7, 'a', 1) on conflict (b) do update set b = 'c'",
        "after delete",
        "update t set c = 0",
    ),
    "ignored": ("update or replace t set b = 'a' where a = 2", "before delete", "select raise(ignore)"),
}


@pytest.mark.parametrize("name", PINNED)
@pytest.mark.parametrize("recursive", [0, 1])
@pytest.mark.parametrize("layout", ["", " without rowid"])
def test_triggers_of_rows_that_an_update_replaces_leave_their_table_alone(
    both: SideBySide, name: str, recursive: int, layout: str
) -> None:
    """Whether they change it or not, the next statement may."""
    statement, event, body = PINNED[name]
    if layout and "rowid" in statement:
        pytest.skip("there is no rowid")
    both.run(f"pragma recursive_triggers = {recursive}")
    both.run(f"create table t(a primary key, b unique, c){layout}")
    both.run("create table u(x)")
    both.run(f"create trigger r {event} on t begin {body}; end")
    both.run("insert into t values ('a', 'b', 'A'), (2, 'c', 'b'), (1.5, 'a', 5)")
    for sql in (statement, "select * from t", "update t set c = 8", "delete from t where a = 2"):
        both.run(sql)
        both.run("select * from t")


def test_a_change_under_a_pinned_row_has_its_own_code() -> None:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.executescript(
        "pragma recursive_triggers = 1; create table t(a primary key, b unique);"
        "create trigger r after delete on t begin update t set a = a; end;"
        "insert into t values (1, 2), (3, 4);"
    )
    with pytest.raises(foundrydb.IntegrityError, match=r"^constraint failed$") as failure:
        connection.execute("update or replace t set b = 4 where a = 1")
    assert failure.value.sqlite_errorname == "SQLITE_CONSTRAINT_PINNED"
    connection.close()


def test_a_statement_has_the_programs_that_it_may_set_off() -> None:
    """Each once, those that they set off in turn among them; EXPLAIN lists them behind its own."""
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.executescript(
        "create table a(x); create table b(x);"
        "create trigger ab after insert on a begin insert into b values (new.x); end;"
        "create trigger ba after insert on b when new.x < 5 begin insert into a values (new.x + 1); end"
    )
    program = connection.engine.prepare("insert into a values (1)")[0]
    assert program is not None
    found: Program = program.program
    assert [trigger.title for trigger in found.triggers] == ["trigger ab", "trigger ba"]
    listed = [row[7] for row in connection.execute("explain insert into a values (1)") if row[1] == "Init"]
    assert len(listed) == 3 and listed[1].endswith("trigger ab") and listed[2].endswith("trigger ba")
    connection.execute("insert into a values (1)")
    assert connection.execute("select count(*) from a").fetchone() == (2,)  # neither sets itself off


def test_an_endless_recursion_is_interrupted() -> None:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.executescript(
        "pragma recursive_triggers = on; create table a(x);"
        "create trigger r after insert on a begin insert into a values (new.x), (new.x); end"
    )
    calls = itertools.count()
    connection.set_progress_handler(lambda: next(calls) > 10, 100)
    with pytest.raises(foundrydb.OperationalError, match="interrupted"):
        connection.execute("insert into a values (1)")
    assert connection.execute("select count(*) from a").fetchone() == (0,)


@pytest.mark.parametrize(
    "table", ["t(a INTEGER PRIMARY KEY, b)", "t(a PRIMARY KEY, b UNIQUE) WITHOUT ROWID", "t(a UNIQUE, b)"]
)
@pytest.mark.parametrize(
    "clauses",
    [
        *("", "ON CONFLICT DO NOTHING", "ON CONFLICT (a) DO NOTHING", "ON CONFLICT (a) DO UPDATE SET b = 3"),
        *("ON CONFLICT (b) DO NOTHING", "ON CONFLICT (a) DO NOTHING ON CONFLICT (b) DO UPDATE SET a = 5"),
    ],
)
@pytest.mark.parametrize("index", ["CREATE INDEX i ON t(b)", "CREATE UNIQUE INDEX i ON t(b)"])
def test_replace_beside_upserts(table: str, clauses: str, index: str) -> None:
    """Triggers of DELETE are compiled where some key is left that REPLACE deletes rows for."""
    told = []
    for connection in (foundrydb.connect(":memory:"), apsw.Connection(":memory:")):
        for sql in ("PRAGMA recursive_triggers = ON", f"CREATE TABLE {table}", index):
            connection.execute(sql)
        connection.execute("CREATE TRIGGER tr AFTER DELETE ON t BEGIN SELECT * FROM absent; END")
        try:
            connection.execute(f"REPLACE INTO t(a, b) VALUES (1, 2), (1, 2) {clauses}")
            told.append(str(list(connection.execute("SELECT * FROM t"))))
        except (apsw.Error, foundrydb.Error) as error:
            told.append(str(error).removeprefix("SQLError: "))
    assert told[0] == told[1]
