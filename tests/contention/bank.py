"""A bank that several processes work on at once: started, killed, and counted at the end."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from contention.worker import ACCOUNTS, TOTAL

TESTS = Path(__file__).resolve().parents[1]


class Bank:
    """A database with its workers.

    Attributes:
        met: what the workers met who were not killed, counted.
        transfers: how many there were, by whomever.
        wrong: what must not have been.
        kills: how many were killed.
    """

    def __init__(self, folder: Path, mode: str, engines: list[str], seed: int) -> None:
        """Make the database.

        Args:
            mode: PRAGMA journal_mode.
            engines: the module that each worker uses.
        """
        self.path = folder / "bank.db"
        self.folder = folder
        self.engines = engines
        self.chance = random.Random(seed)
        self.met: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.kills = 0
        self.transfers = 0
        connection = sqlite3.connect(self.path, isolation_level=None)
        connection.execute(f"pragma journal_mode = {mode}")
        connection.execute("create table account(id integer primary key, balance int)")
        connection.execute(
            "create table ledger(worker int, serial int, note text, primary key (worker, serial))"
        )
        connection.execute("create index by_note on ledger(note)")
        connection.executemany(
            "insert into account values (?, 1000)", [(number,) for number in range(ACCOUNTS)]
        )
        connection.close()

    def notes(self, number: int) -> Path:
        """Where a worker writes down what was acknowledged."""
        path = self.folder / f"notes-{number}"
        path.touch()
        return path

    def start(self, number: int, seconds: float) -> subprocess.Popen[str]:
        """Start a worker, or start it again."""
        arguments = [
            self.engines[number],
            self.path,
            self.notes(number),
            number,
            self.chance.randint(0, 1 << 30),
            seconds,
        ]
        return subprocess.Popen(
            [sys.executable, "-m", "contention.worker", *map(str, arguments)],
            cwd=TESTS,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, seconds: float) -> None:
        """Have all work for so long, killing one now and then."""
        end = time.monotonic() + seconds
        workers = [self.start(number, seconds) for number in range(len(self.engines))]
        while time.monotonic() < end - 1:
            time.sleep(min(self.chance.uniform(0.3, 2.0), max(0.0, end - 1 - time.monotonic())))
            victim = self.chance.randrange(len(workers))
            if workers[victim].poll() is None:
                workers[victim].kill()
                workers[victim].communicate()
                self.kills += 1
                workers[victim] = self.start(victim, max(0.5, end - time.monotonic()))
            elif workers[victim].returncode != 0:
                break
        for number, worker in enumerate(workers):
            self._gather(number, worker)
        self._count()

    def _gather(self, number: int, worker: subprocess.Popen[str]) -> None:
        output, errors = worker.communicate(timeout=120)
        if not output:
            self.wrong.append(f"worker {number} ({self.engines[number]}) left nothing: {errors[-2000:]}")
            return
        told = json.loads(output)
        self.met.update(told["met"])
        self.wrong += [f"worker {number} ({self.engines[number]}): {each}" for each in told["wrong"]]

    def _count(self) -> None:
        """Whether all that was acknowledged is there, and nothing else is wrong with the file."""
        connection = sqlite3.connect(self.path)
        if connection.execute("pragma integrity_check").fetchall() != [("ok",)]:
            self.wrong.append("integrity_check")
        total = connection.execute("select sum(balance) from account").fetchone()[0]
        if total != TOTAL:
            self.wrong.append(f"the accounts have {total}")
        self.transfers = connection.execute("select count(*) from ledger").fetchone()[0]
        for number in range(len(self.engines)):
            rows = connection.execute("select serial from ledger where worker = ?", (number,))
            kept = {row[0] for row in rows}
            noted = {int(line) for line in self.notes(number).read_text().split()}
            if not noted <= kept:
                self.wrong.append(f"worker {number} lost {sorted(noted - kept)[:10]}")
        connection.close()
