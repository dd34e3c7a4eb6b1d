"""Every call that can fail, one after the other: ``python -m crash.faults``, run in ``tests/``.

A script runs on a simulated disk whose n-th call fails, whatever it is (a read, a write that may have got through in
part, a sync, an opening, a lock, …), once or from then on, with the system's own code, with a full disk, or for want of
memory.  The application goes on.  Nothing that was acknowledged may be lost, no error be without a type, and the
connection must be of use when the disk is mended.

There are two scripts: one for a single file, which a model in C SQLite follows statement by statement
(``crash.life``), and one of transactions over two files (``crash.two_files``).  Each runs in each journal mode.  Some
50,000 faults are every call of every script; a share of them takes calls at regular distances.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from harness.disk import EVERY_CALL, OUT_OF_MEMORY, OWN_CODE

from crash.life import FOREVER, ON_DISK, Life, Wrong
from crash.two_files import TwoFiles

SCRIPT = (
    "update t set v = v + 1, pad = pad || pad || pad || pad || 'abcdefghijklmnopqrstuvwxyz'",
    "begin",
    "insert into w select 'n' || k % 5, v, zeroblob(400) from t where k % 3 = 1",
    "savepoint s",
    "delete from t where k % 2 = 0",
    "rollback to s",
    "create table x1(a, b unique)",
    "insert into x1 select v, k from t where k % 5 = 0",
    "release s",
    "commit",
    "create index i1 on t(pad, k)",
    "drop index tv",
    "delete from w where b % 2 = 0",
    "alter table x1 add column d default 5",
    "drop table x1",
    "pragma page_size = 1024",
    "vacuum",
    "update t set v = v + 1",
    "vacuum",
)


class Scenario:
    """What fails how, under which script.

    Attributes:
        journal_mode: of all files.
        files: 1 or 2.
        fault: what a call that fails says.
        times: how many calls fail, from the n-th on.
    """

    def __init__(self, journal_mode: str, files: int, fault: str, times: int) -> None:
        self.journal_mode = journal_mode
        self.files = files
        self.fault = fault
        self.times = times

    def __str__(self) -> str:
        fault = self.fault or "own code"
        return f"{self.journal_mode}, {self.files} file(s), {fault}, {'once' if self.times == 1 else 'from then on'}"

    def fail(self, place: int, seed: int, folder: Path) -> str:
        """Let the ``place``-th call fail.

        Args:
            seed: of the page size, and whatever else is left open.

        Returns:
            What the call was to do; "" where there are not so many.

        Raises:
            Wrong: something was lost, or the connection is of no use any more.
        """
        script: Life | TwoFiles
        if self.files == 1:
            script = Life(f"{seed} {place} {self.fault}", folder, self.journal_mode)
        else:
            script = TwoFiles(self.journal_mode, seed + place, folder)
        disk = script.disk
        disk.counted = EVERY_CALL
        disk.fault = self.fault
        disk.operations = 0
        disk.log.clear()
        disk.fail_at, disk.fail_for = place, self.times
        if isinstance(script, Life):
            for sql in SCRIPT:
                script.run(sql)
            script.finish()
        else:
            script.run()
        return disk.log[place - 1].split()[0] if disk.failed else ""


SCENARIOS = [
    Scenario(mode, files, fault, times)
    for mode in ON_DISK
    for files in (1, 2)
    for fault in (OWN_CODE, "SQLITE_FULL", OUT_OF_MEMORY)
    for times in (1, FOREVER)
]


class Faults:
    """Trial after trial, each from files of its own.

    Attributes:
        met: how many calls have failed, by what they were to do.
        trials: how many there were, by scenario.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.met: Counter[str] = Counter()
        self.trials: Counter[str] = Counter()

    def run(self, most: int, seed: int, stride: int) -> None:
        """Let every call of every scenario fail, or the first of so many.

        Args:
            most: how many trials at most.
            seed: what is not fixed follows from it.
            stride: how far a call is from the next one.

        Raises:
            Wrong: what a trial found, with the arguments that repeat it.
        """
        for first in range(1, stride + 1):
            left = dict(enumerate(SCENARIOS))
            place = first
            while left:
                for which in list(left):
                    if self.trials.total() == most:
                        return
                    if not self._try(which, place, seed):
                        del left[which]
                place += stride

    def _try(self, which: int, place: int, seed: int) -> bool:
        """One trial; False where the script has not so many calls."""
        scenario = SCENARIOS[which]
        try:
            kind = scenario.fail(place, seed, self._folder)
        except Exception as failure:
            arguments = f"--scenario {which} --call {place} --seed {seed}"
            raise Wrong(f"{arguments}: {scenario}: {failure!r}") from failure
        if kind:
            self.met[kind] += 1
            self.trials[str(scenario)] += 1
        return bool(kind)


def main() -> int:
    """Run the command; 1 when something was lost."""
    parser = argparse.ArgumentParser(prog="python -m crash.faults", description=__doc__)
    parser.add_argument("--faults", type=int, default=5000, help="how many trials at most (default 5000)")
    parser.add_argument("--seed", type=int, default=1, help="of page sizes and the like (default 1)")
    parser.add_argument("--scenario", type=int, help="with --call: one trial, as a failure names it")
    parser.add_argument("--call", type=int, default=1, help="the number of the call that fails (default 1)")
    arguments = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.scenario is not None:
            scenario = SCENARIOS[arguments.scenario]
            kind = scenario.fail(arguments.call, arguments.seed, Path(folder))
            print(f"{scenario}: {kind or 'there is no such call'}")
            return 0
        faults = Faults(Path(folder))
        seed = arguments.seed
        try:
            while faults.trials.total() < arguments.faults:
                faults.run(arguments.faults, seed, 7)
                seed += 1
        except Wrong as wrong:
            print(wrong)
            return 1
    met = ", ".join(f"{kind} {count}" for kind, count in faults.met.most_common())
    seconds = time.monotonic() - started
    print(
        f"{faults.trials.total()} faults under {len(faults.trials)} scenarios: nothing lost; {seconds:.0f} s"
    )
    print(f"  {met}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
