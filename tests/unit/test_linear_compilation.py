"""Compiling an expression twice as deep, or a list twice as long, takes about twice the work."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest

import foundrydb
from foundrydb import edition

pytestmark = pytest.mark.skipif(
    edition.mode() == "compiled", reason="calls of compiled functions are not told of"
)

DEPTH = 300
SHAPES: dict[str, Callable[[int], str]] = {
    "not": lambda n: "not " * n + "a",
    "minus": lambda n: "- " * n + "a",
    "sum": lambda n: "+".join(["a"] * n),
    "sum to the right": lambda n: "(a+" * n + "b" + ")" * n,
    "and, or": lambda n: "(a = 1 and (b = 2 or " * (n // 2) + "a" + "))" * (n // 2),
    "is null": lambda n: "a" + " is null" * n,
    "case": lambda n: "case when a = 1 then b else " * n + "a" + " end" * n,
    "abs": lambda n: "abs(" * n + "a" + ")" * n,
    "coalesce": lambda n: "coalesce(" * n + "a" + ", b)" * n,
    "json_array": lambda n: "json_array(" * n + "a" + ")" * n,
    "json_set": lambda n: "json_set(" * n + "'{}'" + ", '$.a', a)" * n,
    "arrow": lambda n: "a" + " -> '$.a'" * n,
    "cast": lambda n: "cast(" * n + "a" + " as text)" * n,
    "collate": lambda n: "a" + " collate nocase" * n,
    "in": lambda n: "a" + " in (1)" * n,
    "between": lambda n: "a" + " between 0 and 1" * n,
    "like": lambda n: "a" + " like 'x'" * n,
    "concat": lambda n: "||".join(["a"] * n),
    "less": lambda n: "a" + " < b" * n,
    "equal": lambda n: "a" + " = b" * n,
}
LISTS: dict[str, Callable[[int], str]] = {
    "results": lambda n: f"select {', '.join(f'a + {i}' for i in range(n))} from t",
    "groups": lambda n: f"select 1 from t group by {', '.join(f'a + {i}' for i in range(n))}",
    "orders": lambda n: f"select 1 from t order by {', '.join(f'a + {i}' for i in range(n))}",
    "rows": lambda n: f"insert into t values {', '.join(f'({i}, {i})' for i in range(n))}",
    "terms": lambda n: f"select 1 from t where {' or '.join(f'a = {i}' for i in range(n))}",
}


def _calls(sql: str) -> int:
    """How many functions of Python are called to compile a statement."""
    connection = foundrydb.connect(":memory:")
    connection.execute("create table t(a, b)")
    count = 0

    def counting(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(counting)
    try:
        connection.engine.prepare(sql)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("shape", SHAPES)
def test_deep_expressions(shape: str) -> None:
    once, twice = [_calls(f"select {SHAPES[shape](n)} from t") for n in (DEPTH, 2 * DEPTH)]
    assert twice < 2.5 * once


@pytest.mark.parametrize("listed", LISTS)
def test_long_lists(listed: str) -> None:
    once, twice = [_calls(LISTS[listed](n)) for n in (DEPTH, 2 * DEPTH)]
    assert twice < 2.5 * once
