"""Transactions by a write-ahead log and by a rollback journal, alone and beside readers; checkpoints."""

from __future__ import annotations

from typing import Any, Final

from benchmarks.engines import connect
from benchmarks.workload import Run, Session, Workload
from benchmarks.workloads.changes import digest

SINGLE: Final = 500
BATCHES: Final = 10
BATCH: Final = 1_000
INSERT: Final = "insert into n values (?, ?, ?)"


def begun(mode: str, readers: int = 0) -> Run:
    """An empty table in a database of a journal mode, with so many connections that are reading it."""

    def run(session: Session) -> object:
        execute = session.connection.execute
        execute(f"pragma journal_mode = {mode}").fetchall()
        execute("pragma synchronous = normal").fetchall()
        execute("create table n(id integer primary key, a int, c text)")
        execute("create index n_a on n(a)")
        session.connection.commit()
        return [_reader(session) for _ in range(readers)]

    return run


def _reader(session: Session) -> Any:
    """A connection in a read transaction, which it stays in."""
    reader = connect(session.engine, session.path)
    reader.execute("begin")
    reader.execute("select count(*) from n").fetchall()
    return reader


def single_rows(session: Session) -> object:
    """A transaction for each row."""
    connection = session.connection
    for i in range(SINGLE):
        connection.execute(INSERT, (i, i * 7919 % SINGLE, f"row {i}"))
        connection.commit()
    return digest(session, "n")


def batches(session: Session) -> object:
    """A transaction for each thousand rows."""
    connection = session.connection
    for batch in range(BATCHES):
        rows = range(batch * BATCH, (batch + 1) * BATCH)
        connection.executemany(INSERT, [(i, i * 7919 % 10_007, f"row {i}") for i in rows])
        connection.commit()
    return digest(session, "n")


def reads_and_writes(session: Session) -> object:
    """Each change is read by another connection at once."""
    connection, (reader,) = session.connection, session.given
    reader.commit()
    seen = 0
    for i in range(SINGLE):
        connection.execute(INSERT, (i, i % 100, f"row {i}"))
        connection.commit()
        seen += reader.execute("select count(*) from n where a = ?", (i % 100,)).fetchone()[0]
    return seen, digest(session, "n")


def filled(session: Session) -> object:
    """A log with the whole of a table in it."""
    execute = session.connection.execute
    execute("pragma journal_mode = wal").fetchall()
    execute("pragma synchronous = normal").fetchall()
    execute("pragma wal_autocheckpoint = 0").fetchall()
    execute("update item set b = b + 1")
    session.connection.commit()
    return None


def checkpoint(session: Session) -> object:
    """All of it is copied into the database."""
    busy, log, copied = session.connection.execute("pragma wal_checkpoint(truncate)").fetchone()
    return busy, log, copied, digest(session, "item")


WORKLOADS: Final = [
    Workload("WAL: single-row transactions", single_rows, "empty", begun("wal"), writes=True),
    Workload("WAL: 1,000-row transactions", batches, "empty", begun("wal"), writes=True),
    Workload("WAL: single rows beside a reader", single_rows, "empty", begun("wal", 1), writes=True),
    Workload("WAL: single rows beside 4 readers", single_rows, "empty", begun("wal", 4), writes=True),
    Workload("WAL: written here, read there", reads_and_writes, "empty", begun("wal", 1), writes=True),
    Workload("WAL: checkpoint", checkpoint, "changes", filled, writes=True),
    Workload("journal: single-row transactions", single_rows, "empty", begun("delete"), writes=True),
    Workload("journal: 1,000-row transactions", batches, "empty", begun("delete"), writes=True),
    Workload("journal: kept, single rows", single_rows, "empty", begun("persist"), writes=True),
]
