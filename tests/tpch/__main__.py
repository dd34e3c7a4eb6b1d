"""``python -m tpch``, run in ``tests/``: the 22 queries of TPC-H, FoundryDB beside the stdlib's SQLite.

Prints each query's rows and times, and leaves with status 1 when an answer differs.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import time

import foundrydb
from tpch.bench import QUERIES, Connection, Row, answer, load, same


def main() -> int:
    """Run the command; 1 when an answer differs."""
    parser = argparse.ArgumentParser(prog="python -m tpch", description=__doc__)
    parser.add_argument("--scale", type=float, default=0.01, help="the scale factor (default 0.01)")
    parser.add_argument("--seed", type=int, default=1, help="what the rows follow from")
    parser.add_argument("queries", nargs="*", help="q01 … q22; all of them by default")
    arguments = parser.parse_args()
    engines: list[Connection] = [
        foundrydb.connect(":memory:", isolation_level=None),
        sqlite3.connect(":memory:", isolation_level=None),
    ]
    for engine in engines:
        started = time.perf_counter()
        load(engine, arguments.scale, arguments.seed)
        print(f"loaded in {time.perf_counter() - started:.2f} s")
    wrong = 0
    print("query   rows  foundrydb    sqlite3")
    for name in arguments.queries or QUERIES:
        (rows, took), (wanted, reference) = (_timed(engine, name, arguments.scale) for engine in engines)
        verdict = "" if same(rows, wanted) else "  DIFFERENT"
        wrong += bool(verdict)
        print(f"{name:5} {len(wanted):6} {took:8.3f} s {reference:8.3f} s{verdict}", flush=True)
    return 1 if wrong else 0


def _timed(engine: Connection, name: str, scale: float) -> tuple[list[Row], float]:
    started = time.perf_counter()
    rows = answer(engine, name, scale)
    return rows, time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
