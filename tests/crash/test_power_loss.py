"""After a loss of power at any moment the database is as one of its transactions left it.

FOUNDRYDB_TEST_SCALE=100 tries a hundred times as many moments.
"""

from __future__ import annotations

import os
import random

import pytest
from harness.disk import Disk, PowerLoss
from harness.pages import create, transaction, values

from foundrydb.storage.pages.pager import Pager

SCALE = int(os.environ.get("FOUNDRYDB_TEST_SCALE", "1"))
NORMAL, FULL, EXTRA = 1, 2, 3


def recover(disk: Disk, chance: random.Random) -> tuple[dict[str, bytes], list[int]]:
    """Bring the power back until a recovery is not cut short itself; the files and pages then."""
    while True:
        disk = Disk(disk.after_power_loss(chance), disk.in_order)
        disk.crash_at = chance.randint(1, 12) if chance.random() < 0.3 else 0
        pager = Pager(disk, "db")
        try:
            pager.begin_read()
        except PowerLoss:
            continue
        assert disk.size("db-journal") <= 0 or pager.journal_mode == "persist" or not_hot(disk)
        found = values(pager)
        return disk.files(), found


def not_hot(disk: Disk) -> bool:
    return bytes(disk.names["db-journal"].current[:1]) in (b"", b"\x00")


def lose_power(seed: int, mode: str, level: int) -> None:
    """Run transactions on a disk until the power goes, recover, and go on, a few times.

    With synchronous NORMAL the header of the journal and its records are made durable by one sync; on a disk
    that writes out of order a torn record can then hide from the format's checksum, which looks at every 200th
    byte.  That is why FULL exists, and why NORMAL is tried on a disk that keeps the order.
    """
    chance = random.Random(seed)
    random.seed(seed)
    disk = Disk()
    create(disk, "db", 30).close()
    files = disk.files()
    committed = [list(range(1, 31))]
    for _ in range(4):
        disk = Disk(files, in_order=level == NORMAL)
        disk.crash_at = chance.randint(1, chance.choice([20, 60, 200]))
        pager = Pager(disk, "db")
        pager.synchronous = level
        pager.set_cache_size(chance.choice([10, 100]))
        pager.auto_checkpoint = chance.choice([0, 5, 30])
        attempt: list[int] = []
        opened = len(committed) - 1
        try:
            pager.set_journal_mode(mode)
            while True:
                attempt = transaction(pager, chance)
                pager.commit()
                committed.append(attempt)
                pager.end_read()
        except PowerLoss:
            pass
        files, found = recover(disk, chance)
        # Deleting the journal is only durable at once with EXTRA: one transaction may come undone.  What is written
        # ahead is durable at once with FULL.
        lost = 1 if mode == "delete" and level < EXTRA else 0
        if mode == "wal" and level == NORMAL:
            lost = len(committed) - 1 - opened
        possible = committed[-1 - lost :] + [attempt]
        assert found in possible, f"seed {seed}: {disk.log}"
        committed.append(found)


@pytest.mark.parametrize("level", [NORMAL, FULL, EXTRA])
@pytest.mark.parametrize("mode", ["delete", "truncate", "persist", "wal"])
def test_power_loss(mode: str, level: int) -> None:
    for seed in range(60 * SCALE):
        lose_power(seed, mode, level)
