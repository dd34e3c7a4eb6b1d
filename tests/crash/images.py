"""Every moment at which the power can go: ``python -m crash.images``, run in ``tests/``.

A script of transactions runs on a simulated disk.  Before each change of the disk some of the images are made that a
loss of power could leave there: what was not synced is there or not, sector by sector, in any order, torn.  Each is
recovered; it must be as the last transaction that was acknowledged, or as the one that was being committed.  While some
are recovered, images of *that* are made and recovered in turn, and of their recovery again.

Each transaction makes a version one larger, in one file or in two, and changes counters with it, so that a look tells
which transaction an image shows, and whether it shows it whole.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from harness.disk import CHANGES, Disk

import foundrydb

NORMAL, FULL, EXTRA = 1, 2, 3
COUNTERS = 8

Seen = tuple[int, ...]
"""A version and its counters, in one file after the other."""


class Wrong(AssertionError):
    """An image was recovered to what was never committed."""


class RecordingDisk(Disk):
    """A disk that tells before each change that the power could go now."""

    def __init__(self, files: dict[str, bytes], tell: Callable[[Disk], None]) -> None:
        super().__init__(files)
        self._tell = tell

    def count(self, kind: str, path: str) -> None:
        super().count(kind, path)
        if kind in CHANGES:
            self._tell(self)


class Script:
    """One script of transactions, and its images.

    Args:
        seed: what all of it follows from.
        folder: where C SQLite may look at images.

    Attributes:
        images: how many were recovered, by depth: of the script, of a recovery, of a recovery's recovery.
    """

    def __init__(self, seed: str, folder: Path) -> None:
        chance = random.Random(seed)
        random.seed(seed)
        self.seed = seed
        self.folder = folder
        self.chance = chance
        self.mode = chance.choice(["wal", "wal", "delete", "truncate", "persist"])
        # Files in WAL mode are each whole, but not together.
        self.files = 1 if self.mode == "wal" else chance.choice([1, 2])
        self.synchronous = chance.choice([FULL, FULL, EXTRA])
        self.images: Counter[int] = Counter()
        self.possible: list[Seen] = []
        self._acknowledged: list[Seen] = []
        self._attempt: Seen | None = None

    def run(self, transactions: int) -> None:
        """Run it.

        Raises:
            Wrong: an image shows what was never committed.
        """
        connection = self._begin()
        for number in range(1, transactions + 1):
            self._transaction(connection, number)
            if self.mode == "wal" and self.chance.random() < 0.3:
                how = self.chance.choice(["passive", "full", "restart", "truncate"])
                connection.execute(f"pragma wal_checkpoint({how})").fetchall()
        connection.close()

    def _begin(self) -> foundrydb.Connection:
        chance = self.chance
        disk = RecordingDisk({}, lambda disk: None)
        connection = open_all(disk, self.files)
        for schema in self._schemas():
            connection.execute(f"pragma {schema}.page_size = {chance.choice([512, 1024])}")
            connection.execute(f"pragma {schema}.journal_mode = {self.mode}").fetchall()
            connection.execute(f"pragma {schema}.synchronous = {self.synchronous}")
            connection.execute(f"create table {schema}.state(version int)")
            connection.execute(f"create table {schema}.counter(id integer primary key, value int, pad blob)")
            connection.execute(f"create index {schema}.by_value on counter(value, pad)")
            connection.execute(f"insert into {schema}.state values (0)")
            connection.execute(
                f"insert into {schema}.counter select value, 0, x'' from generate_series(1, {COUNTERS})"
            )
        connection.execute(f"pragma cache_size = {chance.choice([1, 10, 100])}")
        connection.execute(f"pragma wal_autocheckpoint = {chance.choice([0, 3, 1000])}")
        connection.execute("pragma wal_checkpoint").fetchall()
        disk.sync_directory()
        self._acknowledged = [look(connection, self.files)]
        disk._tell = self._tell
        return connection

    def _schemas(self) -> list[str]:
        return ["main", "other"][: self.files]

    def _transaction(self, connection: foundrydb.Connection, number: int) -> None:
        """Make the next version, or give it up."""
        chance = self.chance
        connection.execute("begin")
        for schema in self._schemas():
            connection.execute(f"update {schema}.state set version = {number}")
            for _ in range(chance.choice([1, 3])):
                connection.execute(
                    f"update {schema}.counter set value = value + ?, pad = zeroblob(?) where id = ?",
                    (chance.randint(-9, 9), chance.choice([0, 30, 300, 1200]), chance.randint(1, COUNTERS)),
                )
        if chance.random() < 0.1:
            connection.execute("rollback")
            return
        self._attempt = look(connection, self.files)
        connection.execute("commit")
        self._acknowledged.append(self._attempt)
        self._attempt = None

    # images -------------------------------------------------------------------------------------------------

    def _tell(self, disk: Disk) -> None:
        # Deleting a journal is durable at once with EXTRA only: one transaction may come undone.
        doubtful = self.mode == "delete" and self.synchronous < EXTRA
        possible = self._acknowledged[-2 if doubtful else -1 :]
        if self._attempt is not None:
            possible = [*possible, self._attempt]
        for _ in range(3):
            self._check(disk.after_power_loss(self.chance), possible, 0)

    def _check(self, files: dict[str, bytes], possible: list[Seen], depth: int) -> None:
        """Recover an image, and some of the images of that."""
        self.images[depth] += 1
        again = depth < 2 and self.chance.random() < (0.05 if depth == 0 else 0.02)
        if again:
            disk: Disk = RecordingDisk(
                files, lambda disk: self._check(disk.after_power_loss(self.chance), possible, depth + 1)
            )
        else:
            disk = Disk(files)
        connection = open_all(disk, self.files)
        found = look(connection, self.files)
        connection.close()
        if found not in possible:
            raise Wrong(f"seed {self.seed}, {self.mode}, depth {depth}: {found}, not one of {possible}")
        if self.chance.random() < 0.04:
            self._compare(files, found)

    def _compare(self, files: dict[str, bytes], found: Seen) -> None:
        """C SQLite recovers the same image to the same, and finds it sound."""
        for path in self.folder.iterdir():
            path.unlink()
        for name, data in files.items():
            (self.folder / name).write_bytes(data)
        with contextlib.chdir(self.folder):  # where the names in a super-journal lead
            theirs = sqlite3.connect("main", isolation_level=None)
            if self.files == 2:
                theirs.execute("attach 'other' as other")
            seen = look(theirs, self.files)
            faults = [
                theirs.execute(f"pragma {schema}.integrity_check").fetchall() for schema in self._schemas()
            ]
            theirs.close()
        if seen != found:
            raise Wrong(f"seed {self.seed}, {self.mode}: C SQLite recovers {seen}, not {found}")
        if any(each != [("ok",)] for each in faults):
            raise Wrong(f"seed {self.seed}, {self.mode}: {faults}")


def open_all(disk: Disk, files: int) -> foundrydb.Connection:
    """A connection to the files."""
    connection = disk.connect("main")
    if files == 2:
        connection.engine.vfs = disk
        connection.execute("attach 'other' as other")
    return connection


def look(connection: foundrydb.Connection | sqlite3.Connection, files: int) -> Seen:
    """The version and the counters of each file."""
    seen: list[int] = []
    for schema in ["main", "other"][:files]:
        seen += [row[0] for row in connection.execute(f"select version from {schema}.state")]
        seen += [row[0] for row in connection.execute(f"select value from {schema}.counter order by id")]
    return tuple(seen)


def main() -> int:
    """Run the command; 1 when an image was recovered to what was never committed."""
    parser = argparse.ArgumentParser(prog="python -m crash.images", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the number of the first script (default 1)")
    parser.add_argument("--images", type=int, default=10_000, help="about how many (default 10,000)")
    arguments = parser.parse_args()
    started = time.monotonic()
    images: Counter[int] = Counter()
    scripts = 0
    with tempfile.TemporaryDirectory() as folder:
        while images.total() < arguments.images:
            script = Script(str(arguments.seed + scripts), Path(folder))
            try:
                script.run(8)
            except Wrong as wrong:
                print(wrong)
                return 1
            images.update(script.images)
            scripts += 1
    seconds = time.monotonic() - started
    print(
        f"{images[0]} images of {scripts} scripts, {images[1]} of their recoveries, {images[2]} of the recoveries of"
        f" those: each as its last transaction; {seconds:.0f} s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
