"""What a workload is: a function over a session, with the same answer on every engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class Session:
    """One engine's turn: its connection to the database, and what was prepared before the clock started."""

    engine: str
    path: Path
    rows: int
    connection: Any
    given: Any = None


Run = Callable[[Session], object]


def nothing(session: Session) -> object:
    """No preparation."""
    return None


@dataclass(frozen=True)
class Workload:
    """A name, the measured function, and what it needs.

    Attributes:
        database: which of ``databases.BUILDERS`` it runs on.
        prepare: what is done before the clock starts; its result is the session's ``given``.
        writes: whether every run needs its own copy of the database.
        ordered: whether the order of the answer's rows counts.
    """

    name: str
    run: Run
    database: str = "main"
    prepare: Run = nothing
    writes: bool = False
    ordered: bool = True


def query(sql: str) -> Run:
    """A run that fetches all rows of one SELECT; ``{rows}`` and ``{half}`` in it follow the database's size."""

    def run(session: Session) -> object:
        text = sql.format(rows=session.rows, half=session.rows // 2)
        return session.connection.execute(text).fetchall()

    return run
