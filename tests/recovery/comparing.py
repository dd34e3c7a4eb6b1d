"""One damaged file, recovered here and by SQLite's shell."""

from __future__ import annotations

import random
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import apsw

import foundrydb
from foundrydb.edition import mode
from foundrydb.storage.os.os_vfs import OsVFS
from foundrydb.tools.recovery.recovery import Recovery, RecoveryChoices
from recovery.damages import damaged
from recovery.databases import make_database
from recovery.peer import recovered

SECONDS = 2.0
"""For one file, whatever is wrong with it."""


class Outcome:
    """What came of a file.

    Attributes:
        saved, peer_saved: rows in the databases that the scripts make.
        whole: whether nothing was lost: what the peer has more are entries of indexes among the lost.
        faults: what is not as it should be.
    """

    def __init__(self, seed: int, kinds: list[str]) -> None:
        self.seed = seed
        self.kinds = kinds
        self.saved = 0
        self.peer_saved = 0
        self.seconds = 0.0
        self.whole = False
        self.faults: list[str] = []

    def __str__(self) -> str:
        found = "; ".join(self.faults) or "ok"
        return (
            f"seed {self.seed} ({', '.join(self.kinds)}): {self.saved} rows, peer {self.peer_saved}: {found}"
        )


def compare(folder: Path, seed: int, shell: str) -> Outcome:
    """Damage a file by its seed and recover it."""
    path = folder / f"{seed}.db"
    make_database(path, random.Random(seed))
    image, kinds = damaged(path.read_bytes(), seed)
    path.write_bytes(image)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    outcome = Outcome(seed, kinds)
    script = recover(path, outcome)
    if {file.name: file.read_bytes() for file in folder.iterdir()} != before:
        outcome.faults.append("the file, or what is beside it, was changed")
    outcome.saved = _load_in_peer(script, outcome)
    _load_here(script, outcome)
    if shell:
        outcome.peer_saved = _count(_loaded(recovered(shell, path)))
        if outcome.saved < outcome.peer_saved and not outcome.whole:
            outcome.faults.append("fewer rows than the peer's")
    for file in folder.iterdir():
        file.unlink()
    return outcome


def recover(path: Path, outcome: Outcome, choices: RecoveryChoices | None = None) -> list[str]:
    """The statements of our own recovery."""
    statements: list[str] = []
    start = time.process_time()
    try:
        recovery = Recovery(OsVFS(), str(path), choices or RecoveryChoices())
        try:
            statements = list(recovery.statements())
            outcome.whole = recovery.report.whole
        finally:
            recovery.close()
    except foundrydb.Error as problem:
        outcome.faults.append(f"{type(problem).__name__}: {problem}")
    outcome.seconds = time.process_time() - start
    if outcome.seconds > SECONDS:
        outcome.faults.append(f"took {outcome.seconds:.1f} s ({mode()})")
    return statements


def _load_in_peer(script: list[str], outcome: Outcome) -> int:
    """Run the script in C SQLite; how many rows there are then."""
    connection = apsw.Connection(":memory:")
    for statement in script:
        try:
            connection.execute(statement)
        except apsw.Error as problem:
            outcome.faults.append(f"C SQLite: {problem}: {statement[:200]}")
    return _count(connection)


def _load_here(script: list[str], outcome: Outcome) -> None:
    connection = foundrydb.connect(":memory:", isolation_level=None)
    for statement in script:
        try:
            with suppress(foundrydb.NotSupportedError):
                connection.execute(statement)
        except foundrydb.Error as problem:
            outcome.faults.append(f"here: {problem}: {statement[:200]}")
    connection.close()


def _loaded(script: str) -> apsw.Connection:
    """The database that the peer's script makes, as far as it can be run."""
    connection = apsw.Connection(":memory:")
    at = 0
    while at < len(script):  # apsw stops at the first error: go on with the next line that ends a statement
        end = script.find(";\n", at)
        end = len(script) if end < 0 else end + 2
        with suppress(apsw.Error):
            connection.execute(script[at:end])
        at = end
    return connection


def _count(connection: apsw.Connection) -> int:
    """The rows of all tables."""
    names = connection.execute(
        "select name from sqlite_schema where type = 'table' and sql not like 'create virtual%'"
    ).fetchall()
    count: Any = 0
    for (name,) in names:
        quoted = str(name).replace('"', '""')
        for (rows,) in connection.execute(f'select count(*) from "{quoted}"'):
            count += rows
    return int(count)
