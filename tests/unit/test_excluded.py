"""What ``excluded`` shows of a row that is in conflict: values before or after they are converted, as in C SQLite."""

from __future__ import annotations

import apsw
import pytest

import foundrydb

PLAIN = "create table u(a integer primary key, b text, c int)"
UNIQUE = "create table u(a integer primary key, b text, c int unique)"
SHOWN = "do update set b = typeof(excluded.b) || ':' || quote(excluded.b)"

CASES = [
    ([PLAIN], f"insert into u(a, b) values (1, 5) on conflict (a) {SHOWN}"),
    ([PLAIN], f"insert into u(a, b) values (1, 5) on conflict {SHOWN}"),
    ([PLAIN], f"insert into u(a, b) values (2, 5), (1, 5) on conflict (a) {SHOWN}"),
    (
        [PLAIN],
        f"insert into u(a, b) select column1, 5 from (values (2), (1)) where 1 on conflict (a) {SHOWN}",
    ),
    ([PLAIN], "insert into u(a, b) values (1, 5) on conflict do update set b = 'is' where excluded.b is 5"),
    ([PLAIN], f"replace into u(a, b) values (1, 5) on conflict (a) {SHOWN}"),
    ([PLAIN + " strict"], f"insert into u(a, b) values (1, 5) on conflict (a) {SHOWN}"),
    ([PLAIN, "create index i on u(b)"], f"insert into u(a, b) values (1, 5) on conflict (a) {SHOWN}"),
    ([PLAIN, "create index i on u(b || '')"], f"insert into u(a, b) values (1, 5) on conflict (a) {SHOWN}"),
    (
        ["create table u(a integer primary key, b text check (a > 0), c)"],
        f"insert into u(a, b) values (1, 5) on conflict (a) {SHOWN}",
    ),
    (
        ["create table u(a integer primary key, b text, c as (a))"],
        f"insert into u(a, b) values (1, 5) on conflict (a) {SHOWN}",
    ),
    (
        ["create table u(a text primary key, b text, c)"],
        f"insert into u(a, b) values ('1', 5) on conflict (a) {SHOWN}",
    ),
    (
        ["create table u(a text primary key, b text, c) without rowid"],
        f"insert into u(a, b) values ('1', 5) on conflict {SHOWN}",
    ),
    (
        ["create table u(a integer primary key, b real, c)"],
        f"insert into u(a, b) values (1, 5) on conflict (a) {SHOWN}",
    ),
    (
        ["create table u(a integer primary key, b real, c)"],
        f"insert into u(a, b) values (1, '5') on conflict (a) {SHOWN}",
    ),
    (
        ["create table u(a integer primary key, b text default 3, c)"],
        f"insert into u(a) values (1) on conflict (a) {SHOWN}",
    ),
    ([UNIQUE], f"insert into u values (2, 5, 1) on conflict (c) {SHOWN}"),
    ([UNIQUE], f"insert into u values (1, 5, 2) on conflict (c) do nothing on conflict (a) {SHOWN}"),
    ([UNIQUE], f"insert into u values (1, 5, 2) on conflict (a) {SHOWN} on conflict (c) {SHOWN}"),
    ([UNIQUE], f"insert into u values (2, 5, 1) on conflict (a) {SHOWN} on conflict (c) {SHOWN}"),
    (
        [PLAIN, "create trigger r before insert on u begin update u set c = typeof(new.b); end"],
        f"insert into u(a, b) values (1, 5), (7, 8) on conflict (a) {SHOWN}",
    ),
]


@pytest.mark.parametrize(("schema", "insert"), CASES)
def test_excluded(schema: list[str], insert: str) -> None:
    answers: list[object] = []
    for connection in (foundrydb.connect(":memory:", isolation_level=None), apsw.Connection(":memory:")):
        for statement in schema:
            connection.execute(statement)
        columns = "a, b" if "c as" in schema[0] else "a, b, c"
        connection.execute(f"insert into u({columns}) values (1, 0{', 1' * columns.count('c')})")
        try:
            connection.execute(insert)
            answers.append([tuple(row) for row in connection.execute("select * from u")])
        except (foundrydb.Error, apsw.Error) as problem:
            answers.append(str(problem))
    assert answers[0] == answers[1]
