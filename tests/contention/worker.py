"""One process at work on a bank: moves money between accounts, reads the sum, checkpoints, connects anew.

Run as ``python -m contention.worker ENGINE DATABASE NOTES NUMBER SEED SECONDS``.  Each transfer that was acknowledged
is a line in the file of notes; what else was met is told on the standard output at the end, as JSON.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

ACCOUNTS = 50
TOTAL = ACCOUNTS * 1000
PATIENCE = 5.0

EXPECTED = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL", "SQLITE_READONLY_RECOVERY")
"""What another process in the way may be told as, with its extended codes."""


class Worker:
    """A connection and what became of it."""

    def __init__(self, engine: str, path: str, notes: Path, number: int, seed: int) -> None:
        self.engine = engine
        self.path = path
        self.notes = notes.open("a")
        self.number = number
        self.chance = random.Random(seed)
        self.met: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.serial = 0
        self.connection: Any = None
        self.module = importlib.import_module(engine)
        self.error: Any = self.module.Error

    def connect(self) -> None:
        """Open the database, or open it anew."""
        if self.connection is not None:
            self.connection.close()
        if self.engine == "apsw":
            self.connection = self.module.Connection(self.path)
            self.connection.set_busy_timeout(int(PATIENCE * 1000))
        else:
            self.connection = self.module.connect(self.path, isolation_level=None, timeout=PATIENCE)
        self.connection.execute("pragma synchronous = normal").fetchall()

    def begin(self) -> None:
        """Connect; what was committed, but not noted any more by who was killed, has its number."""
        self.connect()
        question = "select coalesce(max(serial), -1) + 1 from ledger where worker = ?"
        ((self.serial,),) = self.ask(question, self.number)

    def ask(self, sql: str, *values: object) -> list[Any]:
        """The rows of a statement."""
        return list(self.connection.execute(sql, values).fetchall())

    def code(self, failure: Exception) -> str:
        """The name of a failure's result code."""
        if self.engine == "apsw":
            extended = getattr(failure, "extendedresult", 0)
            names = self.module.mapping_extended_result_codes
            return str(names.get(extended) or self.module.mapping_result_codes.get(extended & 255))
        return str(getattr(failure, "sqlite_errorname", "")) or f"untyped: {failure!r}"

    def act(self) -> None:
        """Do one thing, and note what came of it."""
        kind = self.chance.choices(["transfer", "read", "checkpoint", "reconnect"], [75, 17, 4, 4])[0]
        try:
            getattr(self, kind)()
            self.met[kind] += 1
        except self.error as failure:
            self.failed(kind, failure)
        except Exception as failure:
            self.wrong.append(f"{kind}: {failure!r}")

    def failed(self, kind: str, failure: Exception) -> None:
        """Undo, and see whether the failure is one that others may cause."""
        code = self.code(failure)
        self.met[code] += 1
        if not code.startswith(EXPECTED):
            self.wrong.append(f"{kind}: {code}: {failure}")
        if self.connection is not None:
            with contextlib.suppress(self.error):  # it may have been rolled back already
                self.ask("rollback")

    def transfer(self) -> None:
        """Move money, with a line in the ledger."""
        giver, taker = self.chance.sample(range(ACCOUNTS), 2)
        amount = self.chance.randint(1, 20)
        self.ask(self.chance.choice(["begin immediate", "begin", "begin exclusive"]))
        self.ask("update account set balance = balance - ? where id = ?", amount, giver)
        self.ask("update account set balance = balance + ? where id = ?", amount, taker)
        self.ask(
            "insert into ledger values (?, ?, ?)", self.number, self.serial, "x" * self.chance.randint(0, 900)
        )
        self.ask("commit")
        self.notes.write(f"{self.serial}\n")
        self.notes.flush()
        self.serial += 1

    def read(self) -> None:
        """See one state of the bank for a while."""
        self.ask("begin")
        first = self.ask("select sum(balance), (select count(*) from ledger) from account")
        time.sleep(self.chance.choice([0, 0, 0.01, 0.2]))
        second = self.ask("select sum(balance), (select count(*) from ledger) from account")
        self.ask("commit")
        if first[0][0] != TOTAL or tuple(first[0]) != tuple(second[0]):
            self.wrong.append(f"read: {first} then {second}")

    def checkpoint(self) -> None:
        """Copy the log back, if there is one."""
        self.ask(f"pragma wal_checkpoint({self.chance.choice(['passive', 'full', 'restart', 'truncate'])})")

    def reconnect(self) -> None:
        """Leave and come back."""
        self.connect()


def main() -> int:
    """Work until the time is over."""
    engine, path, notes, number, seed, seconds = sys.argv[1:]
    worker = Worker(engine, path, Path(notes), int(number), int(seed))
    end = time.monotonic() + float(seconds)
    started = False
    while not started and time.monotonic() < end:
        try:
            worker.begin()
            started = True
        except worker.error as failure:
            worker.failed("connect", failure)
            time.sleep(0.01)
    while time.monotonic() < end and len(worker.wrong) < 5:
        worker.act()
    worker.connection.close()
    print(json.dumps({"met": worker.met, "wrong": worker.wrong}))
    return 1 if worker.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
