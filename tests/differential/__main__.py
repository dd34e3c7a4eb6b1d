"""``python -m differential``, run in ``tests/``: random lives of databases, asked of two engines.

Prints each difference as a reduced script with both answers, and leaves with status 1 when there was one.
The same arguments give the same statements.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from differential.compare import Difference
from differential.engines import ENGINES
from differential.generator import SCHEMA_SHARE
from differential.runner import Found, Runner, reduced
from differential.statement import Statement


def main() -> int:
    """Run the command; 1 when a difference was found."""
    arguments = _arguments()
    wanted = {name: float(weight) for name, _, weight in (one.partition("=") for one in arguments.weight)}
    runner = Runner(arguments.engine, arguments.reference, wanted)
    started = time.monotonic()
    kinds: Counter[str] = Counter()
    reported = 0
    life = arguments.life
    while runner.tally.statements < arguments.statements and reported < arguments.differences:
        statements = runner.generate(f"{arguments.seed}:{life}", arguments.length, arguments.schema)
        found = runner.life(statements, runner.tally)
        if found is not None:
            kinds[found.difference.kind] += 1
            if kinds[found.difference.kind] <= arguments.same:
                reported += 1
                report(runner, statements, found, f"seed {arguments.seed}, life {life}", arguments.seconds)
        life += 1
    _summary(runner, life - arguments.life, kinds, time.monotonic() - started)
    return 1 if kinds else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m differential", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="what the statements follow from")
    parser.add_argument("--statements", type=int, default=1000, help="how many to run (default 1000)")
    parser.add_argument("--engine", choices=sorted(ENGINES), default="foundrydb")
    parser.add_argument("--reference", choices=sorted(ENGINES), default="apsw")
    parser.add_argument("--length", type=int, default=60, help="statements in the life of one database")
    parser.add_argument(
        "--schema",
        type=int,
        default=SCHEMA_SHARE,
        help=f"how many of a hundred statements change the schema (default {SCHEMA_SHARE})",
    )
    parser.add_argument(
        "--weight",
        action="append",
        default=[],
        metavar="FEATURE=WEIGHT",
        help="another weight for a feature: life.triggers=4 for triggers in every life",
    )
    parser.add_argument("--life", type=int, default=0, help="the number of the first life")
    parser.add_argument(
        "--differences", type=int, default=1, help="stop after so many reduced cases (default 1)"
    )
    parser.add_argument("--same", type=int, default=3, help="reduce so many cases of one kind (default 3)")
    parser.add_argument("--seconds", type=float, default=60.0, help="the time to reduce one case in")
    return parser.parse_args()


def report(runner: Runner, statements: list[Statement], found: Found, title: str, seconds: float) -> None:
    """Print a reduced case."""
    statements = statements[: found.position + 1]
    small = reduced(statements, runner.life, found.difference.kind, seconds)
    difference: Difference = found.difference
    again = runner.life(small)
    if again is not None:
        difference = again.difference
    print(f"-- {difference.kind}: {title}")
    for statement in small:
        print(f"{statement.sql};" if statement.kind != "reopen" else "-- closed and opened again")
    print(
        f"-- {runner.engine}:\n{_comment(difference.got)}\n-- {runner.reference}:\n{_comment(difference.wanted)}\n"
    )
    sys.stdout.flush()


def _comment(block: str) -> str:
    return "\n".join(f"--   {line}" for line in block.splitlines())


def _summary(runner: Runner, lives: int, kinds: Counter[str], seconds: float) -> None:
    tally = runner.tally
    rate = tally.statements / max(seconds, 1e-9) * 60
    found = kinds.total()
    print(
        f"{tally.statements} statements in {lives} lives, {found} differences, {rate:.0f} statements a minute"
    )
    for kind, count in kinds.most_common():
        print(f"  {count:6d}  {kind}")
    if tally.accidents:
        print(f"{tally.accidents.total()} accidents of C SQLite (differential.accidents):")
        for name, count in tally.accidents.most_common():
            print(f"  {count:6d}  {name}")
    if tally.refusals:
        print(f"{sum(tally.refusals.values())} refused:")
        for refusal, count in tally.refusals.most_common(30):
            print(f"  {count:6d}  {refusal}")


if __name__ == "__main__":
    sys.exit(main())
