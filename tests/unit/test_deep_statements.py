"""What can be asked of a statement can be asked of one that is as deep as the binder allows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import foundrydb
from foundrydb.api.connection import Connection
from foundrydb.toolkit import stages
from foundrydb.tools.views import chain_dump, plan_dump

DEEP = {
    "sum": "+".join(["a"] * 900),
    "not": "not " * 900 + "a",
    "parentheses": "(" * 300 + "a" + ")" * 300,
    "calls": "abs(" * 300 + "a" + ")" * 300,
    "subqueries": "(select " * 60 + "a" + ")" * 60,
}
ASKED: dict[str, Callable[[Connection, str], object]] = {
    "types": lambda connection, sql: foundrydb.query_types(sql, connection),
    "lineage": lambda connection, sql: foundrydb.lineage(sql, connection),
    "check": lambda connection, sql: foundrydb.check(sql, connection),
    "format": lambda connection, sql: foundrydb.format_sql(sql),
    "plan": lambda connection, sql: plan_dump.plan_text(stages.compile(sql, connection), True),
    "picture": lambda connection, sql: plan_dump.plan_picture(stages.compile(sql, connection), True),
    "names": lambda connection, sql: stages.compile(sql, connection).names(),
    "chain": lambda connection, sql: _chain(connection, sql),
}


def _chain(connection: Connection, sql: str) -> str:
    trail = chain_dump.Trail(stages.compile(sql, connection))
    trail.follow(sql)
    return chain_dump.chain_text(trail)


@pytest.mark.parametrize("deep", DEEP)
@pytest.mark.parametrize("asked", ASKED)
def test_deep_statements_are_answered(asked: str, deep: str) -> None:
    connection = foundrydb.connect(":memory:")
    connection.execute("create table t(a, b)")
    assert ASKED[asked](connection, f"select {DEEP[deep]} from t where {DEEP[deep]}") is not None
