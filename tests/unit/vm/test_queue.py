"""The queue of a recursive query, in memory and beyond it."""

from __future__ import annotations

import random

import pytest

from foundrydb.storage.format.values import BINARY, KeyInfo, Value
from foundrydb.storage.os.vfs import File
from foundrydb.vm.host import Host
from foundrydb.vm.tables.queue import Fifo, OrderedQueue, RowQueue

from .conftest import SchemaHost

BUDGETS = [0, 600, 10**9]


def make_host() -> Host:
    return SchemaHost()


def drained(queue: RowQueue) -> list[tuple[Value, ...]]:
    taken: list[tuple[Value, ...]] = []
    while True:
        row = queue.take()
        if row is None:
            return taken
        taken.append(row)


@pytest.mark.parametrize("budget", BUDGETS)
def test_the_oldest_row_comes_first(budget: int) -> None:
    queue = Fifo(make_host().attached.temporary_file, budget)
    wanted, seen = [], []
    number = 0
    for turn in range(60):
        for _ in range(turn % 7):
            number += 1
            wanted.append((number, f"row {number}"))
            queue.add((number, f"row {number}"))
        for _ in range(turn % 5):
            row = queue.take()
            if row is not None:
                seen.append(row)
        assert queue.count() == len(wanted) - len(seen)
    assert seen + drained(queue) == wanted
    assert queue.take() is None
    queue.close()


@pytest.mark.parametrize("budget", BUDGETS)
def test_the_least_row_comes_first_and_the_oldest_of_equal_ones(budget: int) -> None:
    keys = KeyInfo([BINARY, BINARY], [True, False])
    queue = OrderedQueue(make_host().attached.ephemeral, budget, (1,), keys)
    chance = random.Random(7)
    waiting: list[tuple[Value, ...]] = []
    for number in range(300):
        row: tuple[Value, ...] = (number, chance.choice([None, 1, 2.5, "a", "b", b"c"]), "x" * (number % 9))
        waiting.append(row)
        queue.add(row)
        if number % 3 == 0:
            assert queue.take() == _next(waiting)
    while waiting:
        assert queue.take() == _next(waiting)
    assert queue.take() is None
    assert queue.count() == 0
    queue.add((1, 1, ""))
    assert drained(queue) == [(1, 1, "")]
    queue.close()


def _next(waiting: list[tuple[Value, ...]]) -> tuple[Value, ...]:
    """Take out the row that is to come next, by the second column, descending."""
    ranks: list[Value] = [b"c", "b", "a", 2.5, 1, None]
    row = min(waiting, key=lambda row: ranks.index(row[1]))
    waiting.remove(row)
    return row


def test_what_is_taken_leaves_room() -> None:
    """Two files that hold the rows that wait, however many have gone through."""
    files: list[File] = []
    attached = make_host().attached

    def remembered() -> File:
        files.append(attached.temporary_file())
        return files[-1]

    queue = Fifo(remembered, 2000)
    for number in range(20_000):
        queue.add((number, "some text that fills a page sooner"))
        if number >= 200:
            assert queue.take() == (number - 200, "some text that fills a page sooner")
    assert len(files) == 2
    assert all(file.size() < 200 * 100 for file in files)
    queue.close()
