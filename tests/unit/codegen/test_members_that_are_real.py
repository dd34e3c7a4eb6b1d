"""IN gives an integer the affinity of a REAL column, by which it may be equal to a member; ``=`` does not."""

from __future__ import annotations

import itertools

import pytest
from harness.side_by_side import SideBySide

TABLES = """
create table t(k integer primary key, r real);
insert into t values (1, 1), (0, 9223372036854775808.0), (5, 9007199254740992.0);
create table u(x, n integer, s text);
insert into u values (9007199254740993, 9007199254740993, '1'), ('1.0', 1, '1.0'),
    (9223372036854775807, 9223372036854775807, '9223372036854775807')
"""
INDEXES = ["select 1", "create index i on t(r)", "create index i on t(r desc, k)"]
MEMBERS = [
    *(
        "select r from t",
        "select distinct r from t",
        "select r from t union select 1",
        "select max(r) from t",
    ),
    *(
        "select t.r from t join u on 1",
        "select r from (select r from t)",
        "select r from t order by 1 limit 5",
    ),
]


@pytest.mark.parametrize("index", INDEXES)
def test_members_that_are_real(index: str) -> None:
    both = SideBySide()
    for sql in [*TABLES.split(";"), index]:
        both.run(sql)
    for members, operand, word in itertools.product(MEMBERS, ("x", "+x", "n", "+n", "s"), ("in", "not in")):
        both.run(f"select x, {operand} {word} ({members}) from u order by rowid")
        both.run(f"select x from u where {operand} {word} ({members}) order by rowid")
    both.run("select count(*) from t where r = 9007199254740993")
    both.run("select count(*) from u where n = (select max(r) from t)")
    both.close()
