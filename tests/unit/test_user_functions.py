"""Functions in Python beside SQLite's own: which of them a call means."""

from __future__ import annotations

import sqlite3
from types import ModuleType
from typing import Any

import apsw
import pytest

import foundrydb

CALLS = ["abs(1)", "abs(1, 2)", "coalesce(1, 2)", "max(1, 2)", "max(1)", "likelihood(1, 2)", "'a' LIKE 'A'"]


class Largest:
    """An aggregate that takes the name of SQLite's."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def step(self, *args: Any) -> None:
        self.seen.append(args[0] if args else None)

    def finalize(self) -> str:
        return f"largest of {self.seen}"


def _answers(module: ModuleType, named: list[tuple[str, int]]) -> list[Any]:
    connection = module.connect(":memory:")
    for name, count in named:
        connection.create_function(name, count, lambda *args, of=f"{name}/{count}": f"{of} of {args}")
    return [_answer(connection, call) for call in CALLS]


@pytest.mark.parametrize(
    "named",
    [
        [("abs", -1)],
        [("abs", -1), ("abs", 1)],
        [("abs", 1), ("abs", -1)],
        [("abs", 3)],
        [("coalesce", -1)],
        [("coalesce", 2)],
        [("max", -1)],
        [("max", 1)],
        [("likelihood", -1)],
        [("like", 2)],
        [("LIKE", -1)],
    ],
)
def test_a_users_function_goes_before_a_builtin_one(named: list[tuple[str, int]]) -> None:
    assert _answers(foundrydb, named) == _answers(sqlite3, named)


def test_a_function_that_was_removed_still_hides_the_builtin_one() -> None:
    connection = foundrydb.connect(":memory:")
    reference = apsw.Connection(":memory:")
    connection.create_function("abs", -1, lambda *args: "mine")
    reference.create_scalar_function("abs", lambda *args: "mine", -1)
    for count in (1, -1):
        connection.create_function("abs", count, None)
        reference.create_scalar_function("abs", None, count)
        for call in ("abs(-1)", "abs(1, 2)"):
            assert _answer(connection, call) == _answer(reference, call)


def _answer(connection: Any, call: str) -> object:
    try:
        return list(connection.execute(f"SELECT {call}"))
    except (foundrydb.Error, sqlite3.Error, apsw.Error) as problem:
        return str(problem)


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("SELECT max(a) FROM t", [[2, 1, 3]]),
        ("SELECT count() FROM t", [[None] * 3]),
        ("SELECT max(a ORDER BY a DESC) FROM t", [[3, 2, 1]]),
        ("SELECT max(a) FROM t WHERE a > 1", [[2, 3]]),
        ("SELECT max(a) FROM t GROUP BY a > 1", [[1], [2, 3]]),
    ],
)
def test_a_users_aggregate_sees_every_row(query: str, seen: list[list[Any]]) -> None:
    connection = foundrydb.connect(":memory:")
    connection.executescript("CREATE TABLE t(a); CREATE INDEX i ON t(a); INSERT INTO t VALUES (2), (1), (3)")
    connection.create_aggregate("max", 1, Largest)
    connection.create_aggregate("count", 0, Largest)
    answers = connection.execute(query).fetchall()
    assert answers == [(f"largest of {values}",) for values in seen]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM t WHERE a = f()",
        "SELECT * FROM t WHERE b = f()",
        "SELECT * FROM t WHERE b > f()",
        "SELECT * FROM t WHERE b IN (f(), f())",
        "SELECT * FROM t WHERE b BETWEEN f() AND f()",
        "SELECT * FROM t WHERE a = f() OR b = f()",
        "SELECT * FROM t WHERE b = f() AND c = f()",
        "SELECT * FROM t WHERE a > f() ORDER BY a DESC",
        "SELECT * FROM s LEFT JOIN t ON t.b = f(x)",
        "UPDATE t SET c = 9 WHERE a = f() RETURNING a",
        "DELETE FROM t WHERE b = f() RETURNING a",
    ],
)
def test_a_function_that_is_searched_for_is_called_once_a_search(query: str) -> None:
    """As by SQLite, though it may answer differently each time."""
    answers = []
    for module in (foundrydb, sqlite3):
        connection = module.connect(":memory:")
        connection.executescript(
            "CREATE TABLE s(x); INSERT INTO s VALUES (1), (2), (3);"
            "CREATE TABLE t(a INTEGER PRIMARY KEY, b, c); CREATE INDEX i ON t(b);"
            "INSERT INTO t VALUES (1, 2, 3), (2, 2, 4), (3, 1, 4)"
        )
        calls: list[int] = []

        def next_of_three(*_: object, calls: list[int] = calls) -> int:
            calls.append(1)
            return len(calls) % 3 + 1

        connection.create_function("f", -1, next_of_three)
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}")]
        assert any("SEARCH t" in line or "MULTI-INDEX OR" in line for line in plan)
        answers.append((connection.execute(query).fetchall(), len(calls)))
    assert answers[0] == answers[1]
