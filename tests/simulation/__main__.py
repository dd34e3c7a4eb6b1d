"""``python -m simulation``, run in ``tests/``: worlds of connections under a scheduler that a seed determines.

Prints what went wrong in a world, and leaves with status 1 when something did.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from simulation.world import World


def main() -> int:
    """Run the command; 1 when a world went wrong."""
    parser = argparse.ArgumentParser(prog="python -m simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the number of the first world (default 1)")
    parser.add_argument("--worlds", type=int, default=200, help="how many (default 200)")
    parser.add_argument("--failures", type=int, default=3, help="stop after so many (default 3)")
    arguments = parser.parse_args()
    started = time.monotonic()
    met: Counter[str] = Counter()
    done, wrong = 0, 0
    while done < arguments.worlds and wrong < arguments.failures:
        world = World(str(arguments.seed + done))
        try:
            world.live()
        except Exception as failure:
            wrong += 1
            print(f"-- seed {world.seed}, journal_mode {world.mode}: {failure!r}", flush=True)
        met.update(world.met)
        done += 1
    seconds = time.monotonic() - started
    print(f"{done} worlds, {wrong} went wrong, in {seconds:.0f} s")
    print(", ".join(f"{count} {what}" for what, count in met.most_common()))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
