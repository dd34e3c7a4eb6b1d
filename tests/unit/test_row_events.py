"""Every change of a row is told, before and after, with the row as it was and as it becomes.

Triggers are held against C SQLite's: the same statements have to leave the same log, in the same order.
"""

from __future__ import annotations

import pickle
from copy import deepcopy

import pytest
from harness.observed import Both

import foundrydb
from foundrydb.compiler.plan.check import check
from foundrydb.compiler.plan.dump import dump_text
from foundrydb.compiler.plan.nodes import Node, Write
from foundrydb.compiler.syntax.parser import parse_one

KEYED = """
create table t(id integer primary key, a unique, b real not null on conflict replace default 7, c text);
create index tc on t(c);
insert into t values (1, 2, 3, 'x'), (5, 6, 7, 'y'), (9, 10, 11, 'z');
create table s(x, y);
insert into s values (20, 21), (2, 30);
"""

KEYED_STATEMENTS = (
    "insert into t(a, b, c) values (100, 1, 2)",
    "insert into t values (null, 101, '1.5', 2)",
    "insert into t values ('12', 102, 1, 2)",
    "insert into t values ('q', 102, 1, 2)",
    "insert into t values (30, 1, 1, 1), (31, 2, 2, 2)",
    "insert or ignore into t values (30, 1, 1, 1), (32, 3, 3, 3), (33, 6, 1, 1)",
    "insert or replace into t values (1, 6, 1, 1)",
    "replace into t values (5, 2, null, null)",
    "insert into t default values",
    "insert into t(a) select x from s",
    "insert into t select * from t where 0",
    "insert into t select id + 50, a + 50, b, c from t",
    "insert into t(c) values (note('value'))",
    "insert into t(id) values (length(note('value')))",
    "insert into t(id) values (length(note('value')) + 1), (40)",
    "insert into t(a) select note(x + 100) from s",
    "insert into t(a, b) values (1, 'no number')",
    "insert into t(a, b) values (2, 3) on conflict (a) do update set b = b + excluded.b",
    "insert into t(a, b) values (2, 3), (8, 8) on conflict do nothing",
    "insert into t(id, a) values (1, 2) on conflict (a) do nothing on conflict (id) do update set c = 'w' returning *",
    "insert into t(a) values (2) on conflict (a) do update set id = 5",
    "insert into t(a) values (2) on conflict (a) do update set c = 'w' where id > 1",
    "update t set b = b + 1",
    "update t set c = c",
    "update t set b = 5 where id = 1",
    "update t set id = id + 100",
    "update t set id = 5 where id = 1",
    "update or replace t set id = 5 where id = 1",
    "update or replace t set a = 6",
    "update or ignore t set a = 6",
    "update t set rowid = 7 where a = 10",
    "update t set c = y from s where x = a",
    "update t set (a, b) = (a + 1, b + 1) where c > 'x' returning *",
    "update t set b = note('value', b)",
    "update t set c = 'w' where c >= 'y'",
    "delete from t where id = 5",
    "delete from t",
    "delete from t where true",
    "delete from t where a > 2 returning id, a, c",
    "delete from t where c in (select c from t where a > 2)",
)

WITHOUT_ROWID = """
create table t(a text, b int, c real, d, primary key (b, a)) without rowid;
create unique index td on t(d);
create index tc on t(c desc);
insert into t values ('x', 1, 1.5, 1), ('y', 2, 2, 2), ('z', 2, 3, 3);
create table s(x, y);
insert into s values ('x', 1), ('q', 8);
"""

WITHOUT_ROWID_STATEMENTS = (
    "insert into t values (7, '5', 1, 9), (8, 9, '2', 1)",
    "replace into t values ('x', 1, 9, 2)",
    "insert or ignore into t values ('x', 1, 9, 2), ('q', 1, 9, 10)",
    "insert into t(a, b) select x, y from s on conflict do update set c = 5, d = d + 100",
    "insert or replace into t(a, b, d) select x, y, 2 from s",
    "insert into t values (null, 1, 2, 3)",
    "insert into t select a, b + 10, c, d + 10 from t",
    "update t set d = d + 1",
    "update t set d = d + 10 where b = 2",
    "update t set c = 0",
    "update t set b = b + 1",
    "update t set a = 'y', b = 2 where a = 'x'",
    "update or replace t set a = 'y', b = 2 where a = 'x' returning *",
    "update or replace t set d = 2",
    "update or ignore t set d = 2",
    "update t set c = y from s where s.x = t.a",
    "delete from t where b = 2",
    "delete from t",
    "delete from t where d = 1 returning a, d",
)

AUTOINCREMENT = """
create table t(id integer primary key autoincrement, a unique on conflict replace, b check (b <> 'bad'));
insert into t values (1, 1, 1), (10, 2, 2);
"""

AUTOINCREMENT_STATEMENTS = (
    "insert into t(a) values (1)",
    "insert into t(a, b) values (1, 'bad')",
    "insert into t(a) values (5), (6), (1)",
    "insert into t(id, a) values (1, 2)",
    "insert or abort into t(a) values (2)",
    "insert or fail into t(id, a) values (50, 50), (1, 51)",
    "insert or rollback into t(id) values (1)",
    "insert into t default values returning id",
    "insert into t(a) values (1) on conflict (a) do update set a = 2",
    "insert into t(a) values (1) on conflict (a) do update set b = 2",
    "update t set a = 1",
    "update t set id = id + 1",
    "delete from t",
)

GENERATED = """
create table t(a int, b as (a * 2), c text as (a || '!') stored, d not null default 4 unique,
    id integer primary key, e as (id + 1));
create index tb on t(b);
create index tx on t(a + d) where d > 2;
insert into t(a, d) values (1, 1), (2, 2), (3, 3);
create table u(a int, b as (a * 2), c text as (a || '!') stored, d not null default 4,
    id integer primary key, e as (id + 1));
insert into u(a, d) values (10, 10);
"""

GENERATED_STATEMENTS = (
    "insert into t(a) values ('5')",
    "insert into t default values",
    "insert into t(a, d) values (8, 2)",
    "replace into t(a, d) values (8, 2)",
    "replace into t(id, a, d) values (1, 8, 3)",
    "insert into t select * from u",
    "insert into u select * from t",
    "insert into t(a, d, id) select a, d, id from u returning *",
    "insert into t(a, d) values (1, 1) on conflict (d) do update set a = excluded.a + 5",
    "insert or replace into t(d, a) values (null, 7)",
    "insert into t(d, a) values (null, 7)",
    "update t set a = a + 1",
    "update t set d = d + 1 where a = 2",
    "update t set id = 7 where a = 1",
    "update t set d = d + 5",
    "update or replace t set d = 3",
    "delete from t where b = 4",
    "delete from t",
)

STRICT = """
create table t(a int, b text not null, c real as (a), d any, e text as (b) stored) strict;
insert into t(a, b, d) values (1, 'x', 1), (2, 'y', 'z');
create table w(k text primary key, n int) strict, without rowid;
insert into w values ('a', 1);
create table v(a int, b real check (b < 9)) strict;
insert into v values (1, 2);
"""

STRICT_STATEMENTS = (
    "insert into t(a, b) values ('3', 4)",
    "insert into t(a, b) values ('x', 4)",
    "insert into t(a, b, d) values (1, 'y', x'00'), (1, 'y', '00')",
    "update t set a = a + 1",
    "update t set a = 'q'",
    "update t set d = a, b = b || 1",
    "delete from t",
    "insert into w values ('a', '2')",
    "update w set n = 'x'",
    "replace into w values ('a', 9)",
    "update w set k = 'zz'",
    "insert into v values (1, 'x')",
    "insert into v values ('1', '2'), (3, 10)",
    "update v set b = 3",
    "update v set a = 'x'",
)

PLAIN = """
create table t(a, b real);
insert into t values (1, 2), (3, 4), (1, 5);
create table s(x);
insert into s values (1), (1);
"""

PLAIN_STATEMENTS = (
    "insert into t values (1, 2)",
    "insert into t(rowid, a) values (2, 'n')",
    "insert or replace into t(rowid, a) values (2, 'n')",
    "replace into t(rowid, a) select 4 - rowid, b from t",
    "insert or ignore into t(rowid, a) values (2, 5)",
    "insert into t(rowid, a) values (null, 'n')",
    "insert into t select b, a from t",
    "insert into t values (1, 2), (3, 4) returning rowid, *",
    "update t set b = 1",
    "update t set b = b + 1 where a = 1",
    "update t set rowid = rowid + 10",
    "update t set a = a + 1 where a > 0",
    "update t set b = x from s where x = a",
    "update t set b = (select max(b) from t)",
    "delete from t",
    "delete from t where a = 1",
    "delete from t where rowid in (1, 3)",
    "delete from t where a in (select a from t)",
)

ALL = [
    (schema, sql)
    for schema, statements in (
        (KEYED, KEYED_STATEMENTS),
        (WITHOUT_ROWID, WITHOUT_ROWID_STATEMENTS),
        (AUTOINCREMENT, AUTOINCREMENT_STATEMENTS),
        (GENERATED, GENERATED_STATEMENTS),
        (STRICT, STRICT_STATEMENTS),
        (PLAIN, PLAIN_STATEMENTS),
    )
    for sql in statements
]


def watched(both: Both) -> Both:
    both.observe_all(*[table for table in both.tables() if not table.startswith("sqlite_")])
    return both


@pytest.mark.parametrize("recursive", [False, True])
@pytest.mark.parametrize(("schema", "sql"), ALL)
def test_what_is_told_is_what_triggers_see(schema: str, sql: str, recursive: bool) -> None:
    watched(Both(schema, recursive)).run(sql)


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        (
            "insert into t(a) values (20)",
            [
                ("BEFORE INSERT", "new", -1, -1, 20, 7.0, None),
                ("AFTER INSERT", "new", 10, 10, 20, 7.0, None),
            ],
        ),
        (
            "update t set b = 0 where id = 1",
            [
                ("BEFORE UPDATE", "old", 1, 1, 2, 3.0, "x", "new", 1, 1, 2, 0.0, "x"),
                ("AFTER UPDATE", "old", 1, 1, 2, 3.0, "x", "new", 1, 1, 2, 0.0, "x"),
            ],
        ),
        (
            "replace into t(id, a) values (1, 6)",
            [
                ("BEFORE INSERT", "new", 1, 1, 6, 7.0, None),
                ("BEFORE DELETE", "old", 1, 1, 2, 3.0, "x"),
                ("AFTER DELETE", "old", 1, 1, 2, 3.0, "x"),
                ("BEFORE DELETE", "old", 5, 5, 6, 7.0, "y"),
                ("AFTER DELETE", "old", 5, 5, 6, 7.0, "y"),
                ("AFTER INSERT", "new", 1, 1, 6, 7.0, None),
            ],
        ),
    ],
)
def test_old_and_new(sql: str, told: list[tuple[object, ...]]) -> None:
    assert watched(Both(KEYED, True)).run(sql) == told


@pytest.mark.parametrize(
    ("of", "sql", "times"),
    [
        ("id", "update t set id = id", 3),
        ("id", "update t set rowid = id", 0),
        ("b", "update t set a = a, B = 1", 3),
        ("b", "update t set (a, b) = (a, 1) where id = 1", 1),
        ("b", "update t set a = a", 0),
        ("b", "insert into t(a) values (2) on conflict (a) do update set b = 1", 1),
        ("b", "insert into t(a) values (2) on conflict (a) do update set c = 1", 0),
        (
            "b",
            "insert into t(id, a) values (1, 30), (50, 2) on conflict (id) do update set b = 1"
            " on conflict (a) do update set c = 1",
            1,
        ),
    ],
)
def test_update_of_goes_by_the_names_in_set(of: str, sql: str, times: int) -> None:
    both = Both(KEYED)
    both.observe("t", "AFTER", "UPDATE", (of,))
    assert len(both.run(sql)) == times


@pytest.mark.parametrize("time", ["BEFORE", "AFTER"])
@pytest.mark.parametrize("event", ["INSERT", "UPDATE", "DELETE"])
@pytest.mark.parametrize("recursive", [False, True])
def test_each_event_alone(time: str, event: str, recursive: bool) -> None:
    """A fast way is closed to the event that is observed, not to all."""
    for schema, statements in (
        (KEYED, KEYED_STATEMENTS),
        (PLAIN, PLAIN_STATEMENTS),
        (GENERATED, GENERATED_STATEMENTS[-6:]),
    ):
        both = Both(schema, recursive)
        both.observe("t", time, event)
        for sql in statements:
            both.run("savepoint one")
            both.run(sql)
            both.run("rollback to one")


def test_triggers_that_need_few_columns() -> None:
    both = Both(KEYED)
    both.observe("t", "BEFORE", "UPDATE", called="note(old.c)")
    both.observe("t", "AFTER", "UPDATE", called="note(new.id, new.id + 1, old.b < new.b)")
    both.observe("t", "AFTER", "DELETE", called="note('gone')")
    assert both.run("update t set b = b + id where id < 9")
    assert both.run("delete from t") == [("gone",)] * 3


def test_triggers_that_look_into_tables() -> None:
    both = Both(KEYED)
    both.observe("t", "BEFORE", "DELETE", called="note((select count(*) from t), old.id)")
    both.observe("t", "AFTER", "DELETE", called="note((select count(*) from t), old.id)")
    both.observe("t", "AFTER", "INSERT", called="note((select max(id) from t where a = new.a))")
    both.observe("t", "AFTER", "UPDATE", called="note((select b from t where id = old.id), new.b)")
    assert both.run("delete from t where id > 1") == [(3, 5), (2, 5), (2, 9), (1, 9)]
    assert both.run("insert into t(a) values (8), (9)")
    assert both.run("update t set b = b * 2")


@pytest.mark.parametrize("time", ["BEFORE", "AFTER"])
@pytest.mark.parametrize(
    "sql",
    [
        "insert into t(id, a) values (2, 3)",
        "insert into t(id, a) values (2, 3), (3, 4)",
        "update t set b = 1 where id = 5",
        "update t set b = 1",
        "delete from t where id = 5",
        "delete from t",
    ],
)
def test_a_statement_whose_trigger_fails_is_void(time: str, sql: str) -> None:
    """The transaction goes on without it."""
    both = Both(KEYED)
    for event, row in (("INSERT", "new"), ("UPDATE", "new"), ("DELETE", "old")):
        both.observe(
            "t", time, event, called=f"abs(case when {row}.id in (2, 5) then -9223372036854775808 end)"
        )
    both.run("begin")
    both.run("insert into s values (1, 1)")
    both.run(sql)
    both.run("commit")


def plan_of(both: Both, sql: str) -> Node:
    statement, _ = parse_one(sql)
    assert statement is not None
    plan = both.ours.engine.preparer.stages(statement, sql).plan
    assert plan is not None
    return plan


def test_plans_say_what_is_set_off() -> None:
    both = watched(Both(PLAIN))
    text = dump_text(plan_of(both, "delete from t"))
    assert text.startswith("Delete t, in one pass, sets off r6 after delete, r5 before delete")
    assert "r4 after update, r3 before update" in dump_text(plan_of(both, "update t set a = 1"))


@pytest.mark.parametrize("sql", ["replace into t values (1, 2)", "update t set a = 1", "delete from t"])
def test_plans_that_set_off_triggers_are_values(sql: str) -> None:
    both = Both(PLAIN)
    for event, row in (("INSERT", "new"), ("UPDATE", "old"), ("DELETE", "old")):
        both.observe("t", "BEFORE", event, called=f"abs({row}.b)")
    plan = plan_of(both, sql)
    assert isinstance(plan, Write) and plan.events is not None and check(plan) == []
    assert deepcopy(plan) == plan
    again = pickle.loads(pickle.dumps(plan))
    assert again == plan and again.events == plan.events
    for number in (1, 2, 3):
        both.ours.execute(f"drop trigger r{number}")
    assert plan_of(both, sql) != plan


@pytest.mark.parametrize(("schema", "sql"), ALL)
def test_no_way_leads_past_the_door(schema: str, sql: str) -> None:
    """Where all is observed, rows are neither cleared whole nor changed in place."""
    both = watched(Both(schema, True))
    try:
        opcodes = {row[1] for row in both.ours.execute(f"explain {sql}")}
    except foundrydb.Error:
        return  # the statement is wrong
    assert not opcodes & {"Clear", "PatchRow"}
