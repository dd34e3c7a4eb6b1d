"""Foreign keys that are enforced: the checks, the actions, and when each of them counts, beside C SQLite."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest
from harness.side_by_side import SideBySide

import foundrydb

SCALE = int(os.environ.get("FOUNDRYDB_TEST_SCALE", "1"))


@pytest.fixture
def both() -> Iterator[SideBySide]:
    both = SideBySide()
    both.run("pragma foreign_keys = on")
    yield both
    both.close()


PARENTS = """
create table p(id integer primary key, k text unique collate nocase, a, b, unique (a, b));
insert into p values (1, 'one', 1, 1), (2, 'two', 2, 2), (3, '3', 3, 3);
create table w(a, b, c unique, primary key (a, b)) without rowid;
insert into w values (1, 2, 'x'), (3, 4, 'y');
"""

SCRIPTS = {
    "a parent's rowid": """
        create table c(x references p);
        insert into c values (1); insert into c values ('2'); insert into c values (3.0); insert into c values (3.5);
        insert into c values ('two'); insert into c values (null); insert into c values (9);
        update c set x = 2; update c set x = 7; delete from p where id = 2; delete from p where id = 1;
        update p set id = 20 where id = 2; update p set id = 30 where id = 3; update p set a = 9; delete from c;
        delete from p
    """,
    "a unique column and its collation": """
        create table c(x references p(k), y int references p(k));
        insert into c values ('ONE', null); insert into c values ('none', null); insert into c values (null, 3);
        update p set k = 'One' where id = 1; update p set k = 'uno' where id = 1; delete from p where k = '3'
    """,
    "several columns in another order": """
        create table c(x, y, foreign key (y, x) references p(b, a));
        insert into c values (1, 1); insert into c values (1, 2); insert into c values (null, 2);
        update p set a = a + 1, b = b + 1; delete from p where id = 1; delete from p where id = 2
    """,
    "a parent without rowid": """
        create table c(x, y, z references w(c), foreign key (x, y) references w);
        insert into c values (1, 2, 'x'); insert into c values (1, 3, 'x'); insert into c values (3, null, 'y');
        update w set c = 'q' where a = 3; update w set b = 9 where a = 1; delete from w where a = 3
    """,
    "what is not deferred any more is forgotten": """
        create table d(x references p deferrable initially deferred); begin; insert into d values (77);
        pragma defer_foreign_keys = off; commit; begin; insert into d values (78); commit; rollback
    """,
    "keys of generated columns": """
        create table g(a integer primary key, b, c as (b + 1) unique, d as (c * 2) unique);
        create table h(x references g(d), y as (x + 1) references g(c));
        insert into g values (1, 5), (2, 7); insert into h values (12); insert into h values (null);
        update h set x = 16; update g set a = a + 10; update g set b = 9 where a = 11; update g set rowid = rowid + 5;
        create table s(a integer primary key, b, c as (null), foreign key (a) references s(c)); update s set b = 1;
        update s set a = 1
    """,
    "parents that come and go while rows refer to them": """
        create table c(x references p on delete cascade, y int); create table q(k text primary key); create table d(
        z text references q, n int references p(id)); insert into q values ('1'), ('2.0'), ('x');
        create trigger ci before insert on c begin delete from p where id = new.y | end;
        insert into c select 1, 9 from p; insert into c values (2, 8), (2, 2), (2, 1); insert into c values (3, 3);
        create trigger cj after insert on c begin insert or ignore into p(id) values (new.x) | end;
        insert into c values (50, 0), (50, 0), (51, 51); insert into c values (50, 50);
        insert into d values (1, '2'), ('2.0', 2.0), (1.0, 1), (2, 1); insert into d values ('x', 1), ('x', 1.0);
        insert into d select 'x', id from p; insert into d select 'x', id + 1 from p; delete from p; delete from q
    """,
    "cascades to rows that have other keys": """
        create table c(x references p on delete cascade, y references p, z references w(c)); create index cx on c(x);
        create table d(x references p on delete cascade, y references p deferrable initially deferred);
        insert into c values (1, 1, 'x'), (1, 2, null), (2, 3, 'y'); insert into d values (1, 1), (1, 2), (3, 2);
        delete from p where id = 1; begin; delete from p where id = 2; delete from c; delete from p where id = 2;
        commit; update d set y = 3; commit; create table e(x references p on delete cascade);
        insert into e values (3); create trigger et before delete on e begin select raise(ignore) | end;
        delete from p where id = 3; drop trigger et; delete from p where id = 3; replace into p values (1, '1', 8, 8);
        insert into e values (1), (1); replace into p values (1, '2', 8, 8)
    """,
    "cascades": """
        create table c(x references p on delete cascade on update cascade, y);
        create table d(z references c(y) on delete cascade);
        create unique index cy on c(y);
        insert into c values (1, 'a'), (1, 'b'), (2, 'c'); insert into d values ('a'), ('b'), ('c');
        update p set id = id + 10; select * from c; delete from p where id = 11; select * from c; select * from d;
        select changes(), total_changes()
    """,
    "set null and set default": """
        create table c(x default 2 references p on delete set null on update set default, y default 9 references p
            on delete set default);
        insert into c values (1, null), (3, null), (2, 3); update p set id = 100 where id = 1; select * from c;
        delete from p where id = 2; select * from c; delete from p where id = 3; select * from c
    """,
    "restrict, also where the key is deferred": """
        create table c(x references p on delete restrict on update restrict deferrable initially deferred);
        insert into c values (1); begin; delete from p where id = 1; update p set id = 5 where id = 1;
        pragma defer_foreign_keys = on; delete from p where id = 1; insert into p(id) values (1); commit;
        pragma defer_foreign_keys; select id from p
    """,
    "deferred keys": """
        create table c(x references p deferrable initially deferred);
        insert into c values (9); begin; insert into c values (9); commit; select count(*) from c; savepoint s;
        insert into c values (10); rollback to s; release s; insert into p(id) values (9); commit; begin;
        delete from p where id = 9; rollback; delete from p where id = 9; savepoint s; insert into c values (77);
        release s; delete from c where x = 77; release s
    """,
    "all keys deferred": """
        create table c(x references p); begin; pragma defer_foreign_keys = on; insert into c values (9);
        insert into c values (8); commit; delete from c where x = 8; insert into p(id) values (9); commit;
        insert into c values (8)
    """,
    "rows that refer to themselves and to one another": """
        create table t(id integer primary key, up references t on delete cascade, k unique, v references t(k));
        insert into t values (1, 1, 'a', 'a'); insert into t values (2, 3, 'b', 'b'), (3, 2, 'c', 'b');
        insert into t values (4, 5, 'd', null); update t set id = 10 where id = 1;
        update t set id = 10, up = 10 where id = 1; update t set k = 'z' where id = 10;
        update t set k = 'z', v = 'z' where id = 10; delete from t where id = 2; select * from t;
        create table u(a, b, c, primary key (a, b), foreign key (c, b) references u(a, b)) without rowid;
        insert into u values (1, 1, 1), (2, 1, 1); delete from u where a = 1; delete from u; update u set a = 3
    """,
    "replace": """
        create table c(x references p on delete cascade, y references p(k) on delete set null);
        insert into c values (1, 'one'), (2, 'two'); replace into p values (1, 'new', 7, 7); select * from c;
        insert or replace into p values (5, 'two', 8, 8); select * from c;
        update or replace p set k = 'new' where id = 5; select * from c; select * from p
    """,
    "no such parent, and no such key": """
        create table c(x references nowhere); insert into c values (1); insert into c values (null); delete from c;
        create table d(x references p(b)); insert into d values (1); insert into d values (null);
        insert into p values (7, 7, 7, 7); insert into p values (8, 8, 8, 8), (9, 9, 9, 9); delete from p where id = 7;
        update p set b = 5 where id = 7; update p set k = 'k' where id = 7;
        create view v as select 1 as a; create table e(x references v(a)); insert into e values (1)
    """,
    "dropping tables": """
        create table c(x references p); insert into c values (1); drop table p; begin; drop table p; commit; rollback;
        delete from c; drop table p; insert into c values (1); drop table c; create table q(a primary key);
        create table d(x references q deferrable initially deferred); begin; insert into d values (1); drop table d;
        commit; create table d(x references q on delete cascade); insert into q values (1); insert into d values (1);
        drop table q; select * from d
    """,
    "upserts and triggers": """
        create table c(x integer primary key, y references p on update cascade); create table log(t);
        create trigger after_c after update on c begin insert into log values ('c ' || old.y || ' ' || new.y); end;
        create trigger after_p after update on p begin insert into log values ('p ' || (select y from c)); end;
        create trigger before_c before insert on c begin insert or ignore into p(id) values (new.y); end;
        insert into c values (1, 1); insert into c values (1, 2) on conflict do update set y = 77; select * from log;
        insert into c values (1, 2) on conflict do update set y = 3; update p set id = 33 where id = 3;
        select * from log; insert into c values (2, 500); select id from p; select total_changes(), last_insert_rowid()
    """,
    "keys that were declared last act first": """
        create table c1(a references p(k) on delete cascade, b references p on delete set null); create table log(x);
        create table c2(a references p(k) on delete set null, b references p on delete cascade);
        create table c3(a references P(K) on delete cascade);
        create trigger d1 after delete on c1 begin insert into log values ('d1' || old.a || quote(old.b)); end;
        create trigger d2 after delete on c2 begin insert into log values ('d2' || quote(old.a) || old.b); end;
        create trigger d3 after delete on c3 begin insert into log values ('d3' || old.a); end;
        create trigger u1 after update on c1 begin insert into log values ('u1' || old.a || quote(old.b)); end;
        create trigger u2 after update on c2 begin insert into log values ('u2' || quote(old.a) || old.b); end;
        insert into c1 values ('one', 1), ('one', 2), ('two', 1); insert into c3 values ('one'), ('two');
        insert into c2 values ('one', 1), ('one', 2), ('two', 1); delete from p where id = 1; select rowid, x from log;
        create table m1(a references p(x)); create table m2(a references P(a)); delete from p;
        alter table m1 rename to m3; update p set a = 7; drop table m2; delete from p
    """,
    "the pragma": """
        create table c(x references p); begin; pragma foreign_keys = off; pragma foreign_keys; insert into c values (9);
        rollback; pragma foreign_keys = off; insert into c values (9); pragma foreign_key_check;
        pragma foreign_keys = on; update c set x = 10; pragma foreign_key_check(c)
    """,
    "rows and an error": """
        create table c(x references p); insert into c values (1), (9) returning x; select * from c;
        insert into c select id from p returning x; delete from p returning id
    """,
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_answer_as_in_c_sqlite(both: SideBySide, name: str) -> None:
    for sql in split(PARENTS) + split(SCRIPTS[name]):
        both.run(sql)
    for (table,) in both.run("select name from sqlite_schema where type = 'table'")[1]:
        both.run(f"select * from {table}")


def split(script: str) -> list[str]:
    """The statements of a script; a trigger's program has one statement."""
    whole = script.replace("; end;", "| end;").split(";")
    return [sql.replace("| end", "; end") for sql in whole if sql.strip()]


def test_the_code_of_the_error_is_the_constraint_s() -> None:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    connection.executescript(
        "pragma foreign_keys = on; create table p(id integer primary key); create table c(x references p)"
    )
    with pytest.raises(foundrydb.IntegrityError) as failed:
        connection.execute("insert into c values (1)")
    assert failed.value.sqlite_errorname == "SQLITE_CONSTRAINT_FOREIGNKEY"


class Life:
    """Tables with foreign keys by chance, and changes of their rows."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.tables = [f"t{i}" for i in range(3)]
        # Where REPLACE has made code for SET NULL, C SQLite does not look up what the new row refers to.
        self.nulls = self.random.random() < 0.5

    def schema(self) -> list[str]:
        return [self._table(i) for i in range(3)]

    def _table(self, i: int) -> str:
        pick = self.random.choice
        keys = []
        # C SQLite counts what a deferred key finds even where another one refuses the row at once.
        deferred = pick(["", "deferrable initially deferred", "not deferrable"])
        for columns in pick([("c",), ("d",), ("c", "d"), ("e",), ()]), pick([("c",), ("e",), ("d", "e"), ()]):
            if columns:
                parent = pick(self.tables)
                target = pick(["", "(a)", "(b)"]) if len(columns) == 1 else pick(["(a, b)", "(b, a)"])
                keys.append(
                    f", foreign key ({', '.join(columns)}) references {parent}{target} {self._action('delete')} "
                    f"{self._action('update')} {deferred}"
                )
        key, end = pick(
            [("integer primary key", ""), ("primary key", ""), ("int primary key", " without rowid")]
        )
        return (
            f"create table {self.tables[i]}(a {key}, b {pick(['', 'int', 'text'])} unique, c default 1, d default 2, "
            f"e integer, unique (a, b){''.join(keys)}){end}"
        )

    def _action(self, event: str) -> str:
        actions = [
            "",
            "cascade",
            "set default",
            "restrict",
            "no action",
            *(["set null"] if self.nulls else []),
        ]
        action = self.random.choice(actions)
        return f"on {event} {action}" if action else ""

    def _value(self) -> str:
        return self.random.choice(["null", "1", "2", "3", "4", "'2'", "3.0", "'x'"])

    def statement(self) -> str:
        pick = self.random.choice
        table = pick(self.tables)
        conflict = pick(["", "", "", "or ignore", "or fail", *([] if self.nulls else ["or replace"])])
        where = pick(
            ["", f" where a = {self._value()}", f" where b is {self._value()}", f" where c = {self._value()}"]
        )
        kind = self.random.randrange(10)
        if kind < 4:
            rows = ", ".join(
                f"({', '.join(self._value() for _ in range(5))})" for _ in range(self.random.randrange(1, 4))
            )
            return f"insert {conflict} into {table} values {rows}"
        if kind < 6:
            sets = ", ".join(f"{column} = {self._value()}" for column in self.random.sample("abcde", 2))
            return f"update {conflict} {table} set {sets}{where}"
        if kind < 7:
            return f"update {conflict} {table} set a = a + 1, c = d{where}"
        if kind < 9:
            return f"delete from {table}{where}"
        return pick(
            [
                "begin",
                "commit",
                "rollback",
                "savepoint s",
                "release s",
                "rollback to s",
                "pragma defer_foreign_keys = on",
            ]
        )


@pytest.mark.parametrize("seed", range(40 * SCALE))
def test_random_lives(both: SideBySide, seed: int) -> None:
    life = Life(seed)
    for sql in life.schema():
        both.run(sql)
    for _ in range(40):
        both.run(life.statement())
        both.run("select changes(), total_changes(), last_insert_rowid()")
        for table in life.tables:
            both.run(f"select * from {table} order by 1, 2, 3, 4, 5")
    both.run("pragma foreign_key_check")
