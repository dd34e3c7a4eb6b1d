"""The engine as a whole: opening a large schema, checking a database, starting the command line."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

from benchmarks.databases import schema_tables
from benchmarks.engines import OURS, REFERENCE, connect
from benchmarks.workload import Session, Workload, query

# Python has a command line for its sqlite3 since 3.12.
PRINT_ONE: Final = "import sqlite3; print(sqlite3.connect(':memory:').execute('select 1').fetchone()[0])"
COMMAND_LINES: Final = {
    OURS: ["-m", "foundrydb", ":memory:", "select 1"],
    REFERENCE: ["-m", "sqlite3", ":memory:", "select 1"]
    if sys.version_info >= (3, 12)
    else ["-c", PRINT_ONE],
}


def closed(session: Session) -> object:
    """Close the session's connection: an engine may share the schema between connections that are open."""
    session.connection.close()
    return None


def open_schema(session: Session) -> object:
    """Open ten times, with one query on one of the tables each."""
    found = []
    for i in range(10):
        connection = connect(session.engine, session.path)
        found += connection.execute(
            f"select count(*) from t{i * 97 % schema_tables(session.rows)}"
        ).fetchall()
        connection.close()
    return found


def start(session: Session) -> object:
    """Three times from the operating system's prompt to an answer."""
    if session.engine not in COMMAND_LINES:
        raise NotImplementedError("no command line")
    command = [sys.executable, *COMMAND_LINES[session.engine]]
    # Not in the checkout, where "-m foundrydb" would find the sources.
    answers = [
        subprocess.run(command, cwd=session.path.parent, capture_output=True, text=True, check=True).stdout
        for _ in range(3)
    ]
    return [text.strip(" (),\n") for text in answers]


WORKLOADS: Final = [
    Workload("open a database of 1,000 tables", open_schema, "schema", closed),
    Workload("integrity_check", query("pragma integrity_check")),
    Workload("start-up of the command line", start, "empty"),
]
