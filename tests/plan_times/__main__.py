"""``python -m plan_times``, run in ``tests/``: the queries that take more than twice C SQLite's time, with both plans.

Leaves with status 1 when an answer differs.
"""

from __future__ import annotations

import argparse
import sys

from plan_times.measuring import Measured, measure
from plan_times.schemas import SCHEMAS
from plan_times.shapes import SHAPES


def main() -> int:
    """Run the command; 1 when an answer differs."""
    parser = argparse.ArgumentParser(prog="python -m plan_times", description=__doc__)
    parser.add_argument("--queries", type=int, default=300, help="how many, over all schemas (default 300)")
    parser.add_argument("--seed", type=int, default=1, help="what rows and queries follow from")
    parser.add_argument("--scale", type=float, default=1.0, help="of the tables (default 1)")
    parser.add_argument("--ratio", type=float, default=2.0, help="what is slow (default: 2 times)")
    parser.add_argument("--floor", type=float, default=1.0, help="ms more that do not count (default 1)")
    parser.add_argument("--reference", choices=["sqlite3", "apsw"], default="sqlite3")
    parser.add_argument("--schema", choices=[schema.name for schema in SCHEMAS], help="only this one")
    parser.add_argument("--shape", choices=list(SHAPES), default="", help="only this one")
    options = parser.parse_args()
    schemas = tuple(schema for schema in SCHEMAS if options.schema in (None, schema.name))
    found: list[Measured] = []
    newest = options.reference == "apsw"
    for item in measure(options.queries, options.seed, options.scale, newest, schemas, options.shape):
        found.append(item)
        if item.wrong or item.is_slow(options.ratio, options.floor / 1000):
            print(item.text(), flush=True)
    return summary(found, options.ratio, options.floor / 1000)


def summary(found: list[Measured], ratio: float, floor: float) -> int:
    """Tell how many were slow, how many wrong; 1 where one was wrong."""
    slow = sum(item.is_slow(ratio, floor) for item in found)
    wrong = sum(bool(item.wrong) for item in found)
    ours, theirs = sum(item.ours for item in found), sum(item.theirs for item in found)
    print(f"{len(found)} runs: {slow} slow, {wrong} wrong; in all {ours:.2f} s, C SQLite {theirs:.2f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
