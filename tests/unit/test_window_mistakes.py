"""Which mistake is told of several about windows: the one that C SQLite tells."""

from __future__ import annotations

import random
from typing import Any, Final

import apsw
import pytest

import foundrydb

CALLS: Final = [
    *("sum(a) OVER ()", "row_number() OVER (ORDER BY a)", "sum(a) OVER w", "count(*) OVER (PARTITION BY b)"),
    *("a", "1", "absent", "sum(absent) OVER w", "sum(a) OVER (PARTITION BY gone)", "sum(a) OVER nope"),
    *("sum(a) OVER (nope ORDER BY gone)", "sum(a) FILTER (WHERE gone) OVER w", "abs(a) OVER ()", "lag(a)"),
    *("sum(a, b) OVER ()", "none(a) OVER ()", "row_number()", "row_number() FILTER (WHERE a) OVER ()"),
    *("sum(a) OVER (w ORDER BY b)", "sum(a) OVER (w PARTITION BY b)", "sum(a) OVER (w ROWS 1 PRECEDING)"),
    *(
        "sum(a) OVER (ORDER BY a, b RANGE 1 PRECEDING)",
        "sum(a) OVER (ROWS BETWEEN CURRENT ROW AND 1 PRECEDING)",
    ),
    *("sum(sum(a) OVER ()) OVER ()", "max(min(a))", "abs(a) FILTER (WHERE b)", "sum(DISTINCT a) OVER ()"),
]
WINDOWS: Final = [
    *(
        "w AS (ORDER BY a)",
        "w AS (PARTITION BY a)",
        "w AS (ORDER BY a, b RANGE 1 PRECEDING)",
        "w AS (v ORDER BY a)",
    ),
    *(
        "v AS (w)",
        "v AS (w ORDER BY b)",
        "v AS (w PARTITION BY b)",
        "v AS (ROWS 1 PRECEDING)",
        "u AS (v ORDER BY b)",
    ),
    *(
        "u AS (nope)",
        "u AS (W ROWS 2 PRECEDING)",
        "u AS (ORDER BY gone)",
        "v AS (GROUPS BETWEEN 1 FOLLOWING AND 0 PRECEDING)",
    ),
]
FRAMES: Final = [
    *("", "ROWS -1 PRECEDING", "ROWS BETWEEN 1 PRECEDING AND -1 FOLLOWING", "GROUPS 'x' PRECEDING"),
    *("RANGE BETWEEN -1 PRECEDING AND CURRENT ROW", "ROWS BETWEEN CURRENT ROW AND 2.5 FOLLOWING"),
    *("RANGE BETWEEN CURRENT ROW AND 'y' FOLLOWING", "GROUPS BETWEEN 1.5 PRECEDING AND 2 FOLLOWING"),
]


def both() -> tuple[Any, Any]:
    """A small table, in ours and in C SQLite."""
    pair: tuple[Any, Any] = (foundrydb.connect(":memory:"), apsw.Connection(":memory:"))
    for connection in pair:
        connection.execute("CREATE TABLE t(a, b)")
        connection.execute("INSERT INTO t VALUES (1, 2), (2, 2), (3, 1)")
    return pair


def told(connection: Any, sql: str) -> str:
    """What is told of a statement, "" for nothing."""
    try:
        connection.execute(sql).fetchall()
    except (apsw.Error, foundrydb.Error) as error:
        return str(error).removeprefix("SQLError: ")
    return ""


def query(dice: random.Random) -> str:
    """A query with some mistakes."""

    def expression() -> str:
        one, other = dice.choices(CALLS, k=2)
        return dice.choice([one, one, one, f"abs({one})", f"({one}) + ({other})"])

    sql = "SELECT " + ", ".join(expression() for _ in range(dice.randint(1, 3))) + " FROM t"
    for clause in ("WHERE", "GROUP BY"):
        if dice.random() < 0.15:
            sql += f" {clause} {expression()}"
    if dice.random() < 0.5:
        sql += " WINDOW " + ", ".join(dice.sample(WINDOWS, dice.randint(1, 3)))
    for clause in ("ORDER BY", "LIMIT"):
        if dice.random() < 0.2:
            sql += f" {clause} {expression()}"
    return sql


@pytest.mark.parametrize("seed", range(4))
def test_mistakes_in_names_and_places(seed: int) -> None:
    ours, theirs = both()
    dice = random.Random(seed)
    differing = []
    for _ in range(500):
        sql = query(dice)
        if told(ours, sql) != told(theirs, sql):
            differing.append((sql, told(ours, sql), told(theirs, sql)))
    assert differing == []


@pytest.mark.parametrize("seed", range(4))
def test_offsets_of_frames(seed: int) -> None:
    """Of frames with wrong offsets the last one of the SELECT is told."""
    ours, theirs = both()
    dice = random.Random(seed)
    for _ in range(150):
        calls = [
            f"{dice.choice(['sum(a)', 'ntile(0)', 'count(*)', 'nth_value(a, 1)'])} OVER "
            f"({dice.choice(['', 'PARTITION BY b'])} ORDER BY {dice.choice('ab')} {dice.choice(FRAMES)})"
            for _ in range(dice.randint(2, 3))
        ]
        sql = f"SELECT {', '.join(calls)} FROM t"
        assert told(ours, sql) == told(theirs, sql), sql


@pytest.mark.parametrize(
    ("clause", "text"),
    [
        ("w AS (nope), v AS (w)", ""),
        ("w AS (ORDER BY a), v AS (nope)", "no such window: nope"),
        ("w AS (ORDER BY a), v AS (W ORDER BY b)", "cannot override ORDER BY clause of window: W"),
        ("w AS (ORDER BY a), v AS (w), u AS (v ORDER BY b)", "cannot override ORDER BY clause of window: v"),
        ("w AS (ROWS 1 PRECEDING), v AS (w)", "cannot override frame specification of window: w"),
        ("w AS (ROWS 1 PRECEDING), v AS (w PARTITION BY a)", "cannot override PARTITION clause of window: w"),
        ("w AS (), v AS (nope) ORDER BY +", "no such window: nope"),
    ],
)
def test_windows_that_nothing_goes_over(clause: str, text: str) -> None:
    """What a window of the WINDOW clause extends is checked as soon as it is read, but never for the first one."""
    ours, theirs = both()
    sql = f"SELECT a FROM t WINDOW {clause}"
    assert told(ours, sql) == told(theirs, sql) == text
