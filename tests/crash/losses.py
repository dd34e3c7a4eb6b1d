"""Losses of power in a commit, one after the other: each from the same files, at a place of its own."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterator

from harness.disk import Disk, PowerLoss


class Loss:
    """One loss of power.

    Attributes:
        disk: what the application works on.
        name: of the attempt, and what the disk was asked to do, should it be wrong.
    """

    def __init__(self, files: dict[str, bytes], seed: int) -> None:
        self.disk = Disk(files)
        self._seed = seed
        self._chance = random.Random(seed)
        random.seed(seed)

    @property
    def name(self) -> str:
        return f"seed {self._seed}: {self.disk.log}"

    def strike(self, work: Callable[[], object], most: int) -> Disk:
        """Let the power go at one of the first ``most`` operations of ``work``; the disk as it is found afterwards."""
        self.disk.crash_at = self.disk.operations + self._chance.randint(1, most)
        with contextlib.suppress(PowerLoss):
            work()
        return Disk(self.disk.after_power_loss(self._chance))


def losses(files: dict[str, bytes], count: int) -> Iterator[Loss]:
    """So many losses, all on disks with these files."""
    for seed in range(count):
        yield Loss(files, seed)
