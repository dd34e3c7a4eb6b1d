"""``python -m crash``, run in ``tests/``: lives of an application on a disk that fails and loses power.

Prints what went wrong in a life, with its last statements, and leaves with status 1 when something did.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from crash.life import Life, Wrong, live


def main() -> int:
    """Run the command; 1 when a life went wrong."""
    parser = argparse.ArgumentParser(prog="python -m crash", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the number of the first life (default 1)")
    parser.add_argument("--lives", type=int, default=1000, help="how many (default 1000)")
    parser.add_argument("--failures", type=int, default=3, help="stop after so many (default 3)")
    arguments = parser.parse_args()
    started = time.monotonic()
    done, faulty, wrong = 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        while done < arguments.lives and wrong < arguments.failures:
            life = Life(str(arguments.seed + done), Path(folder))
            try:
                live(life)
            except Exception as failure:
                wrong += 1
                _report(life, failure)
            faulty += life.faults > 0
            done += 1
    seconds = time.monotonic() - started
    print(
        f"{done} lives, {faulty} of them met a fault, {wrong} went wrong, {done / seconds:.1f} lives a second"
    )
    return 1 if wrong else 0


def _report(life: Life, failure: Exception) -> None:
    print(f"-- seed {life.seed}: journal_mode {life.journal_mode}, synchronous {life.synchronous}")
    print("\n".join(f"   {line}" for line in life.log[-10:]))
    print(failure if isinstance(failure, Wrong) else repr(failure), flush=True)


if __name__ == "__main__":
    sys.exit(main())
