"""``python -m contention``, run in ``tests/``: processes of ours and of the C library at work on one database.

Prints what they met and what was wrong, and leaves with status 1 when something was.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from contention.bank import Bank


def main() -> int:
    """Run the command; 1 when something was wrong."""
    parser = argparse.ArgumentParser(prog="python -m contention", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long (default 60)")
    parser.add_argument("--seed", type=int, default=1, help="of what is done and who is killed (default 1)")
    parser.add_argument("--mode", default="wal", help="PRAGMA journal_mode (default wal)")
    parser.add_argument("--ours", type=int, default=4, help="processes of ours (default 4)")
    parser.add_argument("--theirs", type=int, default=4, help="of sqlite3 and apsw in turn (default 4)")
    arguments = parser.parse_args()
    engines = ["foundrydb"] * arguments.ours + ["sqlite3", "apsw"] * arguments.theirs
    with tempfile.TemporaryDirectory() as folder:
        bank = Bank(
            Path(folder), arguments.mode, engines[: arguments.ours + arguments.theirs], arguments.seed
        )
        bank.run(arguments.seconds)
    print(
        f"{bank.transfers} transfers, {bank.kills} killed; the others met: "
        + ", ".join(f"{count} {what}" for what, count in bank.met.most_common())
    )
    for each in bank.wrong:
        print("WRONG", each)
    return 1 if bank.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
