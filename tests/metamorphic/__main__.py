"""``python -m metamorphic``, run in ``tests/``: pairs of queries whose answers follow from one another.

Prints each pair that does not fit, reduced, and leaves with status 1 when there was one.
"""

from __future__ import annotations

import argparse
import sys
import time

from differential.engines import ENGINES

from metamorphic.passes import PassPairs
from metamorphic.runner import Failed, Pairs


def main() -> int:
    """Run the command; 1 when a pair did not fit."""
    parser = argparse.ArgumentParser(prog="python -m metamorphic", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="what the pairs follow from")
    parser.add_argument("--pairs", type=int, default=1000, help="how many to ask (default 1000)")
    parser.add_argument("--engine", choices=sorted(ENGINES), default="foundrydb")
    parser.add_argument("--passes", action="store_true", help="compare each pass off with all on (FoundryDB)")
    parser.add_argument("--database", type=int, default=0, help="the number of the first database")
    parser.add_argument("--differences", type=int, default=1, help="stop after so many (default 1)")
    parser.add_argument("--seconds", type=float, default=60.0, help="the time to reduce one case in")
    arguments = parser.parse_args()
    runner = PassPairs() if arguments.passes else Pairs(arguments.engine)
    started = time.monotonic()
    database, found = arguments.database, 0
    while sum(runner.asked.values()) < arguments.pairs and found < arguments.differences:
        failed = runner.run(f"{arguments.seed}:{database}", 40)
        if failed is not None:
            found += 1
            _report(runner.reduce(failed, arguments.seconds), f"seed {arguments.seed}, database {database}")
        database += 1
    minutes = (time.monotonic() - started) / 60
    asked = sum(runner.asked.values())
    print(
        f"{asked} pairs, {runner.skipped} skipped, {found} differences, {asked / minutes:.0f} pairs a minute"
    )
    print(", ".join(f"{name} {count}" for name, count in sorted(runner.asked.items())))
    return 1 if found else 0


def _report(failed: Failed, title: str) -> None:
    print(f"-- {failed.difference.kind}: {title} (a pair's predicate stands behind the last --)")
    for statement in failed.statements:
        print(f"{statement.sql};")
    for name, block in (("one", failed.difference.got), ("other", failed.difference.wanted)):
        print(f"-- {name}:")
        print("\n".join(f"--   {line}" for line in block.splitlines()))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
