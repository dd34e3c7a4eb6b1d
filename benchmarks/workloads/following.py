"""Changes of rows that triggers and foreign keys follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from benchmarks.workload import Session, Workload

ROWS: Final = 20_000
PARENTS: Final = 1_000


def script(sql: str) -> Callable[[Session], object]:
    """Run a script, each time before it is measured."""

    def prepare(session: Session) -> object:
        session.connection.executescript(sql)
        return None

    return prepare


def statements(*sql: str) -> Callable[[Session], object]:
    """Run statements in a transaction; the answer is that of the last."""

    def run(session: Session) -> object:
        answer: object = None
        session.connection.execute("begin")
        for one in sql:
            answer = session.connection.execute(one).fetchall()
        session.connection.execute("commit")
        return answer

    return run


LOGGED: Final = f"""
create table watched(id integer primary key, a int, b text);
create table log(id int, what text, was int, becomes int);
create trigger after_insert after insert on watched begin
    insert into log values (new.id, 'insert', null, new.a);
end;
create trigger after_update after update of a on watched when new.a <> old.a begin
    insert into log values (new.id, 'update', old.a, new.a);
end;
create table counted(id integer primary key, k int);
create table total(k integer primary key, n int);
insert into total select id, 0 from item where id <= 100;
create trigger count_insert after insert on counted begin update total set n = n + 1 where k = new.k; end;
create table guarded(id integer primary key, a int);
create trigger guard before insert on guarded begin
    select case when new.a < 0 then raise(abort, 'negative') end;
end;
create table filled(id integer primary key, a int, b text);
insert into filled select id, id, 'row ' || id from item where id <= {ROWS};
create trigger after_filled after update of a on filled when new.a <> old.a begin
    insert into log values (new.id, 'update', old.a, new.a);
end;
"""

KEYED: Final = f"""
pragma foreign_keys = on;
create table parent(id integer primary key, name text unique);
create table other(code text primary key) without rowid;
create table child(id integer primary key, parent int references parent on delete cascade, code text references other);
create index child_parent on child(parent);
insert into parent select id, 'name ' || id from item where id <= {PARENTS};
insert into other select 'code ' || id from item where id <= 100;
create table family(id integer primary key, up int references parent on delete cascade);
create index family_up on family(up);
insert into family select id, id % (select count(*) from parent) + 1 from item where id <= {ROWS};
"""

PARENT: Final = "id % (select count(*) from parent) + 1"
CODE: Final = "'code ' || (id % (select count(*) from other) + 1)"

WORKLOADS: Final = [
    Workload(
        "INSERT under an AFTER trigger",
        statements(
            f"insert into watched select id, id % 7, 'x' from item where id <= {ROWS}",
            "select count(*) from log",
        ),
        "changes",
        script(LOGGED),
        writes=True,
    ),
    Workload(
        "INSERT under a trigger that counts",
        statements(
            f"insert into counted select id, id % 100 + 1 from item where id <= {ROWS}",
            "select sum(n) from total",
        ),
        "changes",
        script(LOGGED),
        writes=True,
    ),
    Workload(
        "INSERT under a BEFORE trigger that checks",
        statements(
            f"insert into guarded select id, id from item where id <= {ROWS}", "select count(*) from guarded"
        ),
        "changes",
        script(LOGGED),
        writes=True,
    ),
    Workload(
        "UPDATE under an AFTER trigger",
        statements("update filled set a = a + id % 2", "select count(*), sum(becomes) from log"),
        "changes",
        script(LOGGED),
        writes=True,
    ),
    Workload(
        "INSERT with two foreign keys",
        statements(
            f"insert into child select id, {PARENT}, {CODE} from item where id <= {ROWS}",
            "select count(*) from child",
        ),
        "changes",
        script(KEYED),
        writes=True,
    ),
    Workload(
        "DELETE that cascades",
        statements("delete from parent where id % 2 = 0", "select count(*) from family"),
        "changes",
        script(KEYED),
        writes=True,
    ),
    Workload(
        "UPDATE of a foreign key",
        statements(
            "update family set up = (up + 1) % (select count(*) from parent) + 1",
            "select sum(up) from family",
        ),
        "changes",
        script(KEYED),
        writes=True,
    ),
]
"""Each has the same answer on every engine."""
