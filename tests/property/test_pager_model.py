"""The pager against a model: lists of page values, copied at every savepoint and transaction.

The moves are random, from seeds that the failing test names; FOUNDRYDB_TEST_SCALE=100 runs a hundred times as
many.
"""

from __future__ import annotations

import os
import random

import pytest
from harness.pages import create, fill, value_of, values

from foundrydb.storage.os.memory_vfs import MemoryVFS
from foundrydb.storage.pages.pager import Pager

MOVES = ["write", "write", "write", "decode", "decode", "append", "append", "read", "savepoint", "release",
         "rollback_to", "truncate", "commit", "rollback", "reopen"]  # fmt: skip
SEEDS = 40 * int(os.environ.get("FOUNDRYDB_TEST_SCALE", "1"))


class Model:
    """A pager beside what its pages should hold."""

    def __init__(self, mode: str, temporary: bool) -> None:
        self.vfs = MemoryVFS()
        self.mode = mode
        self.temporary = temporary
        if temporary:
            self.pager = Pager(self.vfs, "", temporary=True, page_size=512)
            self.committed: list[int] = []
        else:
            create(self.vfs, "db", 25).close()
            self.committed = list(range(1, 26))
            self.pager = Pager(self.vfs, "db")
        self.begin()

    def begin(self) -> None:
        self.pager.set_journal_mode(self.mode)
        self.pager.set_cache_size(10)
        self.pager.begin_write()
        self.now = list(self.committed)
        self.saved: list[list[int]] = []

    def step(self, move: str, place: int, value: int) -> None:
        pager = self.pager
        if move in ("write", "decode") and self.now:
            number = place % len(self.now) + 1
            fill(pager, pager.get(number), value, move == "decode")
            self.now[number - 1] = value
        elif move == "append":
            fill(pager, pager.append_page(), value, place % 2 == 1)
            self.now.append(value)
        elif move == "read" and self.now:
            number = place % len(self.now) + 1
            assert value_of(pager, number) == self.now[number - 1]
        elif move == "savepoint":
            assert pager.savepoint() == len(self.saved)
            self.saved.append(list(self.now))
        elif move == "release" and self.saved:
            identifier = place % len(self.saved)
            pager.release(identifier)
            del self.saved[identifier:]
        elif move == "rollback_to" and self.saved:
            identifier = place % len(self.saved)
            pager.rollback_to(identifier)
            del self.saved[identifier + 1 :]
            self.now = list(self.saved[identifier])
        elif move == "truncate" and len(self.now) > 1:
            count = 1 + place % len(self.now)
            pager.truncate(count)
            del self.now[count:]
        elif move in ("commit", "rollback", "reopen"):
            self.end(move)
        assert pager.page_count == len(self.now)

    def end(self, move: str) -> None:
        if move == "rollback":
            self.pager.rollback()
        else:
            self.pager.commit()
            self.committed = self.now
        assert values(self.pager) == self.committed
        self.pager.end_read()
        if not self.temporary:
            assert self.vfs.size("/db-journal") <= 0 or self.mode == "persist"
            if move == "reopen":
                self.pager.close()
                self.pager = Pager(self.vfs, "db")
            else:
                self.check_file()
        self.begin()

    def check_file(self) -> None:
        """Another connection sees what was committed."""
        other = Pager(self.vfs, "db")
        other.begin_read()
        assert values(other) == self.committed
        other.close()


def play(model: Model, seed: int, without: str = "") -> None:
    """A few hundred random moves."""
    chance = random.Random(seed)
    moves = [move for move in MOVES if move != without]
    # Some seeds hardly ever end a transaction, so that savepoints nest deep and pages spill.
    ending = seed % 3 == 0
    for _ in range(300):
        move = chance.choice(moves)
        if ending and move in ("commit", "rollback", "reopen") and chance.random() < 0.9:
            continue
        model.step(move, chance.randrange(1000), chance.randrange(256))


@pytest.mark.parametrize("mode", ["delete", "truncate", "persist", "memory"])
def test_file(mode: str) -> None:
    for seed in range(SEEDS):
        model = Model(mode, False)
        play(model, seed)
        model.end("rollback")


def test_temporary() -> None:
    for seed in range(SEEDS):
        model = Model("memory", True)
        play(model, seed)
        model.end("rollback")


@pytest.mark.parametrize("temporary", [False, True])
def test_without_a_journal(temporary: bool) -> None:
    """journal_mode off: savepoints still work, only a rollback does not."""
    for seed in range(SEEDS):
        model = Model("off", temporary)
        play(model, seed, without="rollback")
        model.end("commit")
