"""An application with two files on a failing disk: of each transaction both have all, or both nothing.

Each transaction makes the version in both files one larger, and changes counters with it, so that a look tells which
transaction a file shows, and whether it shows it whole.  In WAL mode that holds for each file alone, as in SQLite.

The files are found as a process has left them that was killed in the middle of a commit: the first to read them
undoes it.
"""

from __future__ import annotations

import contextlib
import random
import sqlite3
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from harness.disk import CHANGES, Disk, PowerLoss

import foundrydb
from crash.images import COUNTERS, Seen, look, open_all
from crash.life import Wrong

SCHEMAS = ("main", "other")
VERSIONS = range(2, 6)
KILLED_AT = 9
"""The change of the disk, from the begin of the second commit on, before which the process was killed."""


def changes(version: int) -> list[str]:
    """The statements of a transaction, but for its end; each writes more than the cache holds."""
    statements = ["begin"]
    for schema in SCHEMAS:
        statements += [
            f"update {schema}.state set version = {version}",
            f"update {schema}.counter set value = value + {version}, pad = zeroblob({100 * version} + id * 50)",
        ]
        if version == VERSIONS[1]:
            statements += [f"create table {schema}.extra(a, b unique)", "savepoint s"]
            statements += [
                f"insert into {schema}.extra select id, pad from {schema}.counter",
                "rollback to s",
            ]
    return statements


@cache
def killed(mode: str) -> dict[str, bytes]:
    """The files of an application that was killed as it committed its first version."""
    disk = Disk()
    connection = open_all(disk, 2)
    for schema in SCHEMAS:
        connection.execute(f"pragma {schema}.page_size = 512")
        connection.execute(f"pragma {schema}.journal_mode = {mode}").fetchall()
        connection.execute(f"create table {schema}.state(version int)")
        connection.execute(f"create table {schema}.counter(id integer primary key, value int, pad blob)")
        connection.execute(f"create index {schema}.by_value on counter(value, pad)")
        connection.execute(f"insert into {schema}.state values (0)")
        connection.execute(
            f"insert into {schema}.counter select value, 0, x'' from generate_series(1, {COUNTERS})"
        )
    for statement in changes(1):
        connection.execute(statement)
    disk.counted = CHANGES
    disk.crash_at = disk.operations + KILLED_AT
    with contextlib.suppress(PowerLoss):
        connection.execute("commit")
    disk.crash_at = 0
    return disk.files()


class TwoFiles:
    """A connection from its opening to its end, and what was acknowledged to it.

    Args:
        mode: PRAGMA journal_mode of both files.
        seed: of what a write that fails has written.
        folder: where C SQLite may look at the files.

    Attributes:
        disk: where they lie.
    """

    def __init__(self, mode: str, seed: int, folder: Path) -> None:
        random.seed(seed)
        self.disk = Disk(killed(mode))
        self._mode = mode
        self._folder = folder
        self._before = look(open_all(Disk(killed(mode)), 2), 2)

    def run(self) -> None:
        """Run the script, mend the disk, and see that everything can be used.

        Raises:
            Wrong: the files have what they should not have.
        """
        connection = self._open()
        for version in VERSIONS:
            self._transaction(connection, version)
            if version == VERSIONS[1]:
                with contextlib.suppress(foundrydb.Error, MemoryError):
                    connection.execute("pragma wal_checkpoint(truncate)").fetchall()
        self.disk.fail_at = 0
        self._transaction(connection, VERSIONS.stop)
        if self._before[0] != VERSIONS.stop:
            raise Wrong("the disk is mended, and nothing can be committed")
        connection.close()
        self._check_files(self.disk.files())

    def _open(self) -> foundrydb.Connection:
        """Open both; where that fails, again on a disk that is mended."""
        try:
            connection = open_all(self.disk, 2)
            connection.execute("pragma cache_size = 2")
            connection.execute("pragma other.cache_size = 2")
            connection.execute("select * from main.state, other.state").fetchall()
            return connection
        except (foundrydb.Error, MemoryError):
            with self._mended():
                return open_all(self.disk, 2)

    @contextlib.contextmanager
    def _mended(self) -> Iterator[None]:
        disk = self.disk
        saved = disk.operations, disk.fail_at
        disk.fail_at = 0
        try:
            yield
        finally:
            disk.operations, disk.fail_at = saved

    def _transaction(self, connection: foundrydb.Connection, version: int) -> None:
        """Make the next version; what is found afterwards is that, or what was before where an error was told."""
        attempt = self._before
        failed = False
        try:
            for statement in changes(version):
                connection.execute(statement)
            with self._mended():
                attempt = look(connection, 2)
            connection.execute("commit")
        except (foundrydb.Error, MemoryError):
            failed = True
            if connection.in_transaction:
                with contextlib.suppress(foundrydb.Error, MemoryError):
                    connection.execute("rollback")
            if connection.in_transaction:
                raise Wrong("ROLLBACK did not end the transaction") from None
        with self._mended():
            found = look(connection, 2)
        self._judge(found, [self._before, attempt] if failed else [attempt])
        self._before = found

    def _judge(self, found: Seen, possible: list[Seen]) -> None:
        if self._mode == "wal":
            half = len(found) // 2
            whole = all(
                found[part] in [each[part] for each in possible] for part in (slice(half), slice(half, None))
            )
        else:
            whole = found in possible
        if not whole:
            raise Wrong(f"{found}, not one of {possible}")

    def _check_files(self, files: dict[str, bytes]) -> None:
        """C SQLite finds the same, and finds it sound."""
        for path in self._folder.iterdir():
            path.unlink()
        for name, data in files.items():
            (self._folder / name).write_bytes(data)
        with contextlib.chdir(self._folder):
            theirs = sqlite3.connect("main", isolation_level=None)
            theirs.execute("attach 'other' as other")
            seen = look(theirs, 2)
            faults = [theirs.execute(f"pragma {schema}.integrity_check").fetchall() for schema in SCHEMAS]
            theirs.close()
        if seen != self._before or faults != [[("ok",)]] * 2:
            raise Wrong(f"C SQLite reads {seen}, not {self._before}; {faults}")
