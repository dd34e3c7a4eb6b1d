"""Connections under a scheduler see whole transactions in one order, whoever is killed and whatever is lost.

``python -m simulation`` makes more worlds.
"""

from __future__ import annotations

import os
from collections import Counter

from simulation.world import World

SCALE = int(os.environ.get("FOUNDRYDB_TEST_SCALE", "1"))


def test_worlds() -> None:
    met: Counter[str] = Counter()
    for seed in range(60 * SCALE):
        world = World(f"world {seed}")
        world.live()
        met.update(world.met)
    for what in ("read", "write", "checkpoint", "killed", "power lost", "SQLITE_BUSY"):
        assert met[what] > 0, met
