"""A function that the schema calls and the connection lacks stops what evaluates it, and nothing else."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

import foundrydb
from ddl.test_ddl import ours, theirs

TABLES = {
    "create table x(a, b default (mine()))": [
        "insert into x values (3, 4)",
        "update x set a = 9",
        "alter table x add column c",
        "pragma integrity_check",
        "insert into x(a) values (1)",
    ],
    "create table x(a, b check (mine(b)))": [
        "delete from x",
        "select * from x",
        "update x set a = 5",
        "alter table x add column c",
        "alter table x rename column a to d",
        "alter table x rename to y",
        "insert into x values (1, 2)",
        "update x set b = 5",
        "pragma integrity_check",
    ],
    "create table x(a, b as (mine(a)))": [
        "select a from x",
        "delete from x",
        "insert into x values (1)",
        "select b from x",
        "alter table x rename column a to d",
    ],
    "create table x(a, b as (mine(a)) stored)": [
        "select a, b from x",
        "delete from x",
        "insert into x values (1)",
        "update x set a = 3",
    ],
    "create table x(a, b); create index i on x(a) where mine(b)": [
        "select a from x where a = 1",
        "insert into x values (1, 2)",
        "update x set a = 5",
        "delete from x",
        "drop index i",
        "reindex i",
    ],
    "create table x(a, b); create index i on x(mine(b))": [
        "select a from x where a = 1",
        "select a from x where mine(b) = 5",
        "insert into x values (1, 2)",
        "update x set a = 5",
        "delete from x",
        "drop index i",
    ],
}


def mine(*arguments: object) -> int:
    """What the schema calls."""
    return 5


@pytest.mark.parametrize("tables", list(TABLES))
def test_unknown_function(tables: str, tmp_path: Path) -> None:
    path = str(tmp_path / "x.db")
    maker = apsw.Connection(path)
    maker.create_scalar_function("mine", mine, -1, deterministic=True)
    for sql in (*tables.split("; "), "insert into x(a) values (1)"):
        maker.execute(sql)
    maker.close()
    for sql in TABLES[tables]:
        first = foundrydb.connect(path, isolation_level=None)
        first.execute("begin")
        got = ours(first, sql)
        first.execute("rollback")
        first.close()
        second = apsw.Connection(path)
        second.execute("begin")
        assert got == theirs(second, sql), sql
        second.execute("rollback")
        second.close()
