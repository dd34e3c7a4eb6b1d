"""Names in double quotes that no column has: strings, unless the switches DQS_DML and DQS_DDL say otherwise."""

from __future__ import annotations

from collections.abc import Callable

import apsw
import pytest

import foundrydb
from foundrydb.engine.options.configuration import turn_switch

SCHEMA = """
create table old(a check(a <> "x"), g as (a || "lit"));
create index oi on old(a, "lit") where a > "zz";
create table t(a, b default "d");
create view v as select "w" from t;
insert into t values (1, 2);
"""
STATEMENTS = [
    'select "x"',
    'select "b", * from t',
    'select b from t where b = "zz"',
    'insert into t(b) values("u")',
    'update t set b = "q"',
    "select * from v",
    "select * from old",
    "insert into old(a) values('y')",
    "insert into old(a) values('x')",
    'select \'x\' as "y" order by "z"',
    'select \'x\' as "y" order by "y"',
    'select count(*) filter (where "u" > 1) from t',
    'create table c1(a check(a <> "x"))',
    'create table c2(a default "x", b)',
    'create index i1 on t("zz")',
    'create index i2 on t("a")',
    'create index i3 on t(b) where b > "zz"',
    'create table c3(a, b as ("zz"))',
    'create view w as select "none" from t',
    "insert into t(a) values (9)",
    "create table kept(a)",
    'create trigger tr after insert on kept when new.a = "yes" begin insert into t(b) values ("none"); end',
    "insert into kept values ('yes')",
    "insert into kept values (1)",
    "select * from kept",
    'select * from t where "a" = 9',
]
DML, DDL = 1013, 1014


def answer(run: Callable[[str], list[tuple[object, ...]]], sql: str) -> object:
    try:
        return run(sql)
    except (apsw.Error, foundrydb.Error) as problem:
        return str(problem).removeprefix("SQLError: ").removeprefix("ConstraintError: ")


@pytest.mark.parametrize("dml", [False, True])
@pytest.mark.parametrize("ddl", [False, True])
def test_as_sqlite_has_it(dml: bool, ddl: bool) -> None:
    theirs = apsw.Connection(":memory:")
    theirs.execute(SCHEMA)
    theirs.config(apsw.SQLITE_DBCONFIG_DQS_DML, int(dml))
    theirs.config(apsw.SQLITE_DBCONFIG_DQS_DDL, int(ddl))
    ours = foundrydb.connect(":memory:", isolation_level=None)
    ours.executescript(SCHEMA)
    assert ours.execute('select "x"').fetchall() == [("x",)]
    turn_switch(ours.engine, DML, dml)
    turn_switch(ours.engine, DDL, ddl)
    for sql in STATEMENTS:
        expected = answer(lambda text: theirs.execute(text).fetchall(), sql)
        assert answer(lambda text: ours.execute(text).fetchall(), sql) == expected, sql
