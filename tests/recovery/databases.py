"""Databases of every kind, made by C SQLite, to be damaged."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import apsw
from harness.damage import SCRIPT

ROWS = """
create table r1(a, b text, c blob); create table r2(id integer primary key, x real, y text not null);
create unique index r2_y on r2(y); create index r1_b on r1(b);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 300)
insert into r1 select i, 'text ' || i, noise(i % 40) from n;
insert into r2 select a * 3, a / 7.0, 'y' || a from r1;
"""

WITHOUT_ROWID = """
create table w1(k text primary key, v, w) without rowid;
create table w2(a int, b text collate nocase, c, d, primary key(c, b desc)) without rowid; create index w2_d on w2(d);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 250)
insert into w1 select 'key ' || i, i, hex(noise(i % 90)) from n;
insert into w2 select v, 'b' || v, v % 17, w from w1;
"""

OVERFLOWING = """
create table o1(a integer primary key, long text, n int not null, blob blob);
create table o2(k text primary key) without rowid;
with recursive n(i) as (select 1 union all select i + 1 from n where i < 30)
insert into o1 select i, hex(noise(i * 200)), i, noise(i * 170) from n;
insert into o2 select long from o1;
create index o1_long on o1(long);
"""

ADDED_COLUMNS = """
create table a1(a); insert into a1 values(1), (2), (3);
alter table a1 add column b default 'later'; insert into a1 values(4, 'four');
alter table a1 add column c not null default 7;
create table st(i int, t text, r real, b blob, x any) strict;
insert into st values(1, 'one', 1.5, x'01', 'any'), (2, 'two', 2, x'02', 2);
create table odd(rowid, oid, "_rowid_", "a b" default "x"); insert into odd values(1, 2, 3, 4), (5, 6, 7, 8);
create table gen(a, v as (a + 1), s as (a * 2) stored, z); insert into gen(a, z) values(1, 2), (3, null);
create table auto(id integer primary key autoincrement, x); insert into auto(x) values('p'), ('q');
delete from auto where id = 2;
create view av as select * from a1; pragma user_version = -5; pragma application_id = 99;
"""

MANY_TABLES = "".join(
    f"create table many{i}(a, b unique, c default 'value of a default of some length');\n"
    f"insert into many{i} values({i}, 'b{i}', null), (1, 2, 3);\n"
    for i in range(40)
)

DELETED = """
create table gone2(x, y); create table left_over(x);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 200)
insert into gone2 select i, hex(noise(60)) from n;
insert into left_over select x from gone2; delete from gone2 where x % 3; 
create table dropped as select * from gone2; drop table dropped; delete from left_over where x > 50;
"""

SCRIPTS = [SCRIPT, ROWS, WITHOUT_ROWID, OVERFLOWING, ADDED_COLUMNS, MANY_TABLES, DELETED]

SETTINGS = [
    "pragma page_size = 512;",
    "pragma page_size = 1024;",
    "pragma page_size = 4096;",
    "pragma page_size = 1024; pragma encoding = 'UTF-16le';",
    "pragma page_size = 2048; pragma encoding = 'UTF-16be';",
    "pragma page_size = 512; pragma auto_vacuum = full;",
    "pragma page_size = 1024; pragma auto_vacuum = incremental;",
]


def make_database(path: Path, chance: random.Random) -> None:
    """Make a database of a random kind; one in eight has a hot journal or a write-ahead log beside it."""

    def noise(*size: Any) -> bytes:
        return chance.randbytes(size[0])

    connection = apsw.Connection(str(path))
    connection.create_scalar_function("noise", noise, 1)
    if chance.randrange(6) == 0:
        connection.reserve_bytes(reserve=chance.choice([8, 16, 32]))
    settings = chance.choice(SETTINGS)
    for part in settings.split(";"):
        connection.execute(part)
    logged = chance.randrange(16)
    if logged == 0:
        connection.execute("pragma journal_mode = wal; pragma wal_autocheckpoint = 0")
    for script in chance.sample(SCRIPTS, chance.choice([1, 1, 2, 3])):
        connection.execute(script)
    if logged == 1:
        connection.execute("pragma cache_size = 1; begin; create table unfinished(x)")
        connection.execute("insert into unfinished select hex(noise(400)) from sqlite_schema, sqlite_schema")
    kept = {suffix: Path(str(path) + suffix) for suffix in ("", "-journal", "-wal")}
    images = {name: file.read_bytes() for name, file in kept.items() if file.exists()}
    connection.close()
    for name, file in kept.items():
        file.unlink(missing_ok=True)
        if name in images and (name == "" or logged < 2):
            file.write_bytes(images[name])
    Path(str(path) + "-shm").unlink(missing_ok=True)
