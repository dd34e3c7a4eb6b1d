"""``python -m fuzz``, run in ``tests/``: whatever a statement is, rows or ``foundrydb.Error`` come back.

Prints each finding as the reduced steps that show it, and leaves with status 1 when there was one.  The same arguments
give the same statements.
"""

from __future__ import annotations

import argparse
import contextlib
import resource
import sys
import tempfile
import time
from collections import Counter
from typing import Final

from fuzz.against import Pair
from fuzz.session import session
from fuzz.step import Step
from fuzz.trial import Finding, Trial, reduced, run

_MEMORY: Final = 3 << 30


def main() -> int:
    """Run the command; 1 when something was found."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("--seed", default="1", help="what the statements follow from")
    parser.add_argument("--statements", type=int, default=1000, help="how many to run (default 1000)")
    parser.add_argument("--length", type=int, default=100, help="statements in one database")
    parser.add_argument("--session", type=int, default=0, help="the number of the first session")
    parser.add_argument("--findings", type=int, default=1, help="stop after so many kinds (default 1)")
    parser.add_argument("--seconds", type=float, default=60.0, help="the time to reduce one case in")
    parser.add_argument(
        "--against-apsw",
        action="store_true",
        help="find what only one of FoundryDB and C SQLite accepts, too",
    )
    arguments = parser.parse_args()
    made = Pair if arguments.against_apsw else Trial
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):  # statements may attach files
        return _fuzz(arguments, made)


def _fuzz(arguments: argparse.Namespace, made: type[Trial]) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    started = time.monotonic()
    kinds: Counter[str] = Counter()
    done, number = 0, arguments.session
    while done < arguments.statements and len(kinds) < arguments.findings:
        steps = session(f"{arguments.seed}:{number}", arguments.length)
        found = run(steps, made)
        done += len(steps) if found is None else found.position
        if found is not None:
            kinds[found.kind] += 1
            if kinds[found.kind] == 1:
                _report(steps, found, made, f"seed {arguments.seed}, session {number}", arguments.seconds)
        number += 1
    rate = done / max(time.monotonic() - started, 1e-9) * 60
    print(f"{done} statements in {number - arguments.session} sessions, {rate:.0f} a minute")
    for kind, count in kinds.most_common():
        print(f"  {count:6d}  {kind}")
    return 1 if kinds else 0


def _report(steps: list[Step], found: Finding, made: type[Trial], title: str, seconds: float) -> None:
    small = reduced(steps, found, seconds, made)
    again = run(small, made) or found
    print(f"-- {found.kind}: {title}")
    for step in small:
        print(f"{step.sql};" + (f" -- {step.way} {step.values}" if step.way != "rows" else ""))
    print("\n".join(f"--   {line}" for line in again.detail.splitlines()) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
