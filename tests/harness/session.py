"""Golden sessions: connections in turn on one simulated disk, loss of power, and what went on beneath.

A session has a step a line, and under it, indented, what came of it.  Lines after ``#`` are remarks.

    a: SQL            the connection ``a``, opened when it is first named, runs SQL
    io a: SQL         … and these were the calls to the disk
    pages a: SELECT   … and these pages were asked for, by B-tree
    crash 3 a: SQL    the power goes before the third change of the disk; what was not synced is lost
    kill 3 a: SQL     the process is gone before it; all that was written is there
    pages             the B-trees and their pages

After a crash every connection is a new one, and what was attached has to be attached again.  C SQLite goes through the
same: its rows and errors must be the same, and after a crash it opens the files that were left.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import tempfile
from abc import abstractmethod
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import apsw
from harness.disk import CHANGES, Disk, PowerLoss

import foundrydb
from foundrydb.storage.format.values import Value
from foundrydb.tools.output.quoting_forms import literal
from foundrydb.tools.views.analysis_dump import page_ranges
from foundrydb.tools.views.pages.survey import open_survey
from foundrydb.tools.views.pages.tree_dump import picture_text

_STEP = re.compile(r"(?:(?P<kind>io|pages|crash|kill) (?:(?P<at>\d+) )?)?(?P<name>\w+): (?P<sql>.+)")
FILE = "db"


def new_disk(files: dict[str, bytes] | None = None) -> Disk:
    """A disk on which nothing is left to chance."""
    disk = Disk(files)
    disk.tears = False
    disk.chance = random.Random(1).randbytes
    return disk


class Player:
    """An engine that plays a session."""

    @abstractmethod
    def run(self, name: str, sql: str) -> list[str]:
        """What a statement answers: its rows, or its error."""

    @abstractmethod
    def close(self) -> None:
        """Close all connections."""


def rows_or_error(run: Callable[[], list[tuple[Value, ...]]], errors: type[Exception]) -> list[str]:
    """Rows as SQL literals, or the error's text."""
    try:
        return ["|".join(literal(value) for value in row) for row in run()]
    except errors as error:
        return [f"Error: {error}"]


class Ours(Player):
    """FoundryDB on a simulated disk."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        self.connections: dict[str, foundrydb.Connection] = {}

    def connection(self, name: str) -> foundrydb.Connection:
        """The connection of that name."""
        if name not in self.connections:
            self.connections[name] = self.disk.connect(FILE)
        return self.connections[name]

    def run(self, name: str, sql: str) -> list[str]:
        connection = self.connection(name)
        return rows_or_error(lambda: connection.execute(sql).fetchall(), foundrydb.Error)

    def io(self, name: str, sql: str) -> list[str]:
        """What a statement answers, and the calls to the disk, equal ones in a row as one."""
        self.connection(name)
        self.disk.log.clear()
        self.disk.counted = CHANGES | {"lock", "unlock", "read"}
        answer = self.run(name, sql)
        self.disk.counted = CHANGES
        calls = [(call, len(list(same))) for call, same in groupby(self.disk.log)]
        return [*answer, *(call if times == 1 else f"{call} × {times}" for call, times in calls)]

    def asked(self, name: str, sql: str) -> list[str]:
        """The pages that a query asks for, by B-tree."""
        analysis = foundrydb.analyze(sql, self.connection(name), pages=True)
        return [f"{run.tree}: {page_ranges(run.pages.in_order()) or 'none'}" for run in analysis.cursors]

    def crash(self, name: str, sql: str, at: int, power: bool) -> list[str]:
        """Lose the power, or the process, before a change of the disk; what is left.

        Where it does not matter any more to who commits, nobody is told.
        """
        self.connection(name)
        disk = self.disk
        disk.log.clear()
        disk.crash_at = disk.operations + at
        with contextlib.suppress(PowerLoss):
            self.run(name, sql)
        assert len(disk.log) >= at, f"there are only {len(disk.log)} changes of the disk"
        left = {file: bytes(inode.durable) for file, inode in disk.durable_names.items()}
        self.disk = new_disk(left if power else disk.files())
        disk.crash_at = 0
        self.close()
        files = (f"{file} {len(data):,} bytes" for file, data in sorted(self.disk.files().items()))
        return [f"gone before: {disk.log[at - 1]}", f"left: {', '.join(files)}"]

    def picture(self) -> list[str]:
        """The B-trees of the file."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / FILE
            path.write_bytes(self.disk.files()[FILE])
            survey = open_survey(str(path))
            try:
                return picture_text(survey.picture(None, 150)).replace(str(path), FILE).splitlines()
            finally:
                survey.close()

    def close(self) -> None:
        for connection in self.connections.values():
            connection.close()
        self.connections.clear()


class Theirs(Player):
    """C SQLite in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.connections: dict[str, apsw.Connection] = {}

    def run(self, name: str, sql: str) -> list[str]:
        """What a statement answers; rows of no columns (``incremental_vacuum`` has one a page) are none."""
        if name not in self.connections:
            self.connections[name] = apsw.Connection(str(self.folder / FILE))
        connection = self.connections[name]
        return rows_or_error(lambda: [row for row in connection.execute(sql) if row], apsw.Error)

    def become(self, files: dict[str, bytes]) -> None:
        """Find these files, as if nothing had been there before."""
        self.close()
        for path in self.folder.iterdir():
            path.unlink()
        for name, data in files.items():
            (self.folder / name).write_bytes(data)

    def close(self) -> None:
        for connection in self.connections.values():
            connection.close()
        self.connections.clear()


def play(schema: str, script: str) -> str:
    """The session's text with what comes of each step now.

    Raises:
        AssertionError: C SQLite answers otherwise.
    """
    around = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Ours(new_disk()), Theirs(Path(folder))
        try:
            os.chdir(folder)
            with ours.disk.connect(FILE) as connection:
                connection.executescript(schema)
            connection.close()
            theirs.become(ours.disk.files())
            lines: list[str] = []
            for step in script.splitlines():
                if not step or step.startswith("  "):
                    continue
                lines.append(step)
                if not step.startswith("#"):
                    lines += [f"  {line}" for line in _step(ours, theirs, step) if line]
            return "".join(line + "\n" for line in lines)
        finally:
            os.chdir(around)
            ours.close()
            theirs.close()


def _step(ours: Ours, theirs: Theirs, step: str) -> list[str]:
    """What comes of a step."""
    if step == "pages":
        return ours.picture()
    match = _STEP.fullmatch(step)
    assert match is not None, f"no step of a session: {step}"
    kind, name, sql = match["kind"], match["name"], match["sql"]
    if kind in ("crash", "kill"):
        left = ours.crash(name, sql, int(match["at"]), kind == "crash")
        theirs.become(ours.disk.files())
        return left
    if kind == "pages":
        return ours.asked(name, sql)
    answer = ours.io(name, sql) if kind == "io" else ours.run(name, sql)
    wanted = theirs.run(name, sql)
    assert answer[: len(wanted)] == wanted, f"{step}: C SQLite answers {wanted}"
    assert kind == "io" or len(answer) == len(wanted), f"{step}: C SQLite answers {wanted}"
    return answer
