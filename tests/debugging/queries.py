"""The statements of the goldens that have bytecode or rows, each on a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.golden import Golden

import foundrydb
from foundrydb.toolkit import stages
from foundrydb.toolkit.debugging.recorded_run import RecordedRun
from foundrydb.toolkit.debugging.replay import can_run

GOLDENS = Path(__file__).parents[1] / "goldens"


def paths() -> list[Path]:
    """The goldens with a statement that runs."""
    found = []
    for path in sorted(GOLDENS.rglob("*.golden")):
        sections = Golden.read(path).sections
        if "sql" in sections and sections.keys() & {"bytecode", "result", "tree"}:
            found.append(path)
    return found


@contextmanager
def connected(path: Path) -> Iterator[tuple[foundrydb.Connection, str]]:
    """A connection to a golden's database, and the golden's statement."""
    golden = Golden.read(path)
    connection = foundrydb.connect(":memory:", isolation_level=None)
    try:
        connection.executescript(golden.sections.get("schema", ""))
        yield connection, golden.sql
    finally:
        connection.close()


def recorded(connection: foundrydb.Connection, sql: str) -> RecordedRun | None:
    """The run of a statement; None where it is one that cannot be debugged, or wrong."""
    try:
        compilation = stages.compile(sql, connection, noting=True)
    except foundrydb.Error:
        return None
    return RecordedRun(connection, compilation) if can_run(compilation.statement) else None
