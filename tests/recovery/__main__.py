"""Compare recoveries: ``python -m recovery --files 200 --seed 1``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from recovery.comparing import compare
from recovery.peer import WHY_NOT, find_shell


def main() -> int:
    """Run the files, and tell of each that is not as it should be; the status says whether there were any."""
    parser = argparse.ArgumentParser(prog="python -m recovery", description=__doc__)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verbose", action="store_true", help="tell of every file")
    options = parser.parse_args()
    shell = find_shell()
    print(f"beside {shell}" if shell else f"compared with no peer: {WHY_NOT}")
    bad = ours = theirs = 0
    slowest = 0.0
    with tempfile.TemporaryDirectory(prefix="recovery-") as folder:
        for number in range(options.files):
            outcome = compare(Path(folder), options.seed + number, shell)
            ours += outcome.saved
            theirs += outcome.peer_saved
            slowest = max(slowest, outcome.seconds)
            bad += bool(outcome.faults)
            if outcome.faults or options.verbose:
                print(outcome)
    print(
        f"{options.files} files: {ours} rows saved, {theirs} by the peer, slowest {slowest:.2f} s, {bad} bad"
    )
    return 1 if bad else 0


sys.exit(main())
