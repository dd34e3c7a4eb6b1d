"""Runs queries on two engines, compares their answers and their times."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from random import Random
from typing import Any, Final, final

import apsw

import foundrydb
from plan_times.schemas import SCHEMAS, Row, Schema, fill
from plan_times.shapes import SHAPES, write
from plan_times.writer import Query, Writer

TRIES: Final = 5
"""A query runs so many times, and its shortest time counts; one that takes long, fewer times."""

LONG: Final = 0.1


@final
class Peer:
    """C SQLite: the standard library's, or the newest."""

    def __init__(self, newest: bool) -> None:
        self.connection: Final[Any] = (
            apsw.Connection(":memory:") if newest else sqlite3.connect(":memory:", isolation_level=None)
        )

    def executescript(self, sql: str) -> None:
        """Run several statements."""
        if isinstance(self.connection, sqlite3.Connection):
            self.connection.executescript(sql)
        else:
            self.connection.execute(sql)

    def execute(self, sql: str) -> Any:
        """Run a statement."""
        return self.connection.execute(sql)

    def executemany(self, sql: str, rows: list[Row]) -> None:
        """Run a statement for each row."""
        self.connection.executemany(sql, rows)


@final
class Measured:
    """A query's times in seconds, and what the engines say about it.

    Attributes:
        query: the query.
        schema: the name of its schema.
        analyzed: whether ANALYZE had run.
        ours: our time.
        theirs: C SQLite's.
        plans: the plans of both, where somebody may want them.
        wrong: how the answers differ, or nothing.
    """

    def __init__(self, query: Query, schema: str, analyzed: bool) -> None:
        self.query: Final = query
        self.schema: Final = schema
        self.analyzed: Final = analyzed
        self.ours = 0.0
        self.theirs = 0.0
        self.plans: tuple[list[str], list[str]] = ([], [])
        self.wrong = ""

    def is_slow(self, ratio: float, floor: float) -> bool:
        """Whether ours takes more than ``ratio`` times theirs, and ``floor`` seconds more."""
        return self.ours > ratio * self.theirs and self.ours - self.theirs > floor

    def text(self) -> str:
        """For people: the query, the times and both plans."""
        analyzed = "analyzed" if self.analyzed else "not analyzed"
        times = f"{self.ours * 1000:.2f} ms, C SQLite {self.theirs * 1000:.2f} ms"
        lines = [f"{self.query.shape} ({self.schema}, {analyzed}): {times}", f"  {self.query.sql}"]
        if self.wrong:
            lines.append(f"  WRONG: {self.wrong}")
        for name, plan in zip(("FoundryDB", "C SQLite"), self.plans):
            lines.append(f"  {name}:")
            lines.extend(f"    {line}" for line in plan)
        return "\n".join(lines)


def measure(
    queries: int, seed: int, scale: float, newest: bool, schemas: tuple[Schema, ...] = SCHEMAS, only: str = ""
) -> Iterator[Measured]:
    """Ask so many queries, shared among all schemas, each before ANALYZE and after it.

    schemas: those whose share is asked.
    newest: the newest C SQLite is asked, not the standard library's.
    only: the one shape that is asked.
    """
    for schema in schemas:
        number = SCHEMAS.index(schema)
        ours = foundrydb.connect(":memory:", isolation_level=None)
        theirs = Peer(newest)
        for engine in (ours, theirs):
            fill(engine, schema, seed, scale)
        asked = written(schema, seed, range(number, queries, len(SCHEMAS)), theirs, only)
        for analyzed in (False, True):
            if analyzed:
                ours.execute("ANALYZE")
                theirs.execute("ANALYZE")
            for query in asked:
                yield compare(ours, theirs, query, schema.name, analyzed)


def written(schema: Schema, seed: int, numbers: range, engine: Any, only: str = "") -> list[Query]:
    """A schema's queries: each by its number, which decides on its shape, and so on its own."""
    values: dict[tuple[str, str], list[Any]] = {}

    def known(table: str, column: str) -> list[Any]:
        if (table, column) not in values:
            sql = f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY 1"
            values[table, column] = [value for (value,) in engine.execute(sql).fetchall()]
        return values[table, column]

    names = list(SHAPES)
    made: list[Query] = []
    for turn, number in enumerate(numbers):
        name = names[(turn + seed + number % len(SCHEMAS) * 7) % len(names)]
        query = write(name, Writer(Random(f"{seed} {number}"), schema, known))
        if only in ("", name):
            made.append(query)
    return made


def compare(ours: Any, theirs: Any, query: Query, schema: str, analyzed: bool) -> Measured:
    """One query on both engines."""
    found = Measured(query, schema, analyzed)
    rows, found.ours = timed(ours, query.sql)
    wanted, found.theirs = timed(theirs, query.sql)
    found.wrong = difference(rows, wanted, query.counted)
    plan = f"EXPLAIN QUERY PLAN {query.sql}"
    found.plans = (
        [str(row[3]) for row in ours.execute(plan).fetchall()],
        [str(row[3]) for row in theirs.execute(plan).fetchall()],
    )
    return found


def timed(engine: Any, sql: str) -> tuple[list[Row], float]:
    """A query's rows, and its shortest time."""
    best = float("inf")
    rows: list[Row] = []
    spent = 0.0
    for _ in range(TRIES):
        started = time.perf_counter()
        rows = engine.execute(sql).fetchall()
        took = time.perf_counter() - started
        best = min(best, took)
        spent += took
        if spent > LONG:
            break
    return rows, best


def difference(rows: list[Row], wanted: list[Row], counted: bool) -> str:
    """How two answers differ, in whatever order their rows come; sums of reals are equal within 1e-9."""
    if len(rows) != len(wanted):
        return f"{len(rows)} rows, not {len(wanted)}"
    if counted:
        return ""
    for one, other in zip(sorted(rows, key=_order), sorted(wanted, key=_order)):
        if not all(_same(a, b) for a, b in zip(one, other)):
            return f"{one!r}, not {other!r}"
    return ""


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= 1e-9 * max(1.0, abs(one), abs(other))
    return type(one) is type(other) and bool(one == other)


def _order(row: Row) -> tuple[tuple[int, Any], ...]:
    """A row's place among others of any types; reals that differ in their last digits stay neighbours."""
    return tuple(
        (0, 0) if value is None else (1, round(value, 6)) if isinstance(value, (int, float)) else (2, value)
        for value in row
    )
