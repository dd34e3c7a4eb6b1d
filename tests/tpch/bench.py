"""Loads TPC-H into an engine and asks the 22 queries.

``python -m tpch``, run in ``tests/``, does so with FoundryDB and with SQLite, compares every answer and prints the
times.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias

from tpch.data import Data

Row: TypeAlias = tuple[Any, ...]
_FOLDER: Final = Path(__file__).parent
QUERIES: Final = sorted(path.stem for path in (_FOLDER / "queries").glob("q*.sql"))
"""The queries' names, q01 to q22."""


class Connection(Protocol):
    """What the loading and asking needs of a PEP 249 connection (of ``sqlite3``'s form)."""

    def execute(self, sql: str, parameters: Any = ..., /) -> Any:
        """Run one statement."""

    def executemany(self, sql: str, rows: Iterable[Any], /) -> Any:
        """Run one statement for each row."""

    def executescript(self, sql: str, /) -> Any:
        """Run several statements."""


def load(connection: Connection, scale: float, seed: int = 1) -> None:
    """Make the tables and fill them, in one transaction."""
    connection.executescript((_FOLDER / "schema.sql").read_text())
    connection.execute("BEGIN")
    for table, rows in Data(scale, seed).tables():
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
    connection.execute("COMMIT")


def query(name: str, scale: float) -> str:
    """The text of a query, with the fraction that depends on the scale written into it."""
    text = (_FOLDER / "queries" / f"{name}.sql").read_text()
    return text.replace(":fraction", f"{0.0001 / scale:.10f}")


def answer(connection: Connection, name: str, scale: float) -> list[Row]:
    """The rows of a query."""
    return [tuple(row) for row in connection.execute(query(name, scale)).fetchall()]


def same(one: list[Row], other: list[Row]) -> bool:
    """Whether two answers are equal, row by row; sums of reals within 1e-9, as they are added in any order."""
    return len(one) == len(other) and all(
        len(left) == len(right) and all(_same_value(a, b) for a, b in zip(left, right))
        for left, right in zip(one, other)
    )


def _same_value(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= 1e-9 * max(1.0, abs(one), abs(other))
    return type(one) is type(other) and bool(one == other)
