"""Finds the order of the library's functions anew: ``python -m benchmarks.layout`` (Linux on x86-64, a few minutes).

It runs each workload of the benchmark with the installed, compiled package, has every function note its first call
(``first_calls.c``), and writes the names of the functions that were called into ``functions.txt``, in an order that
packs what belongs together (``packing``).
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Final

from benchmarks.databases import build
from benchmarks.engines import OURS
from benchmarks.growth_tasks import TASKS
from benchmarks.layout.packing import cost, grouped, packed
from benchmarks.workload import Workload
from benchmarks.workloads import WORKLOADS

FOLDER: Final = Path(__file__).resolve().parent
ROOT: Final = FOLDER.parents[1]

ROWS: Final = 200_000
"""So many that tables are larger than the cache: what evicts and writes pages is called too."""

MOVES: Final = 60_000
"""How many moves are tried to pack the functions better: two minutes or so."""


class Recorder:
    """Runs workloads, and knows afterwards which functions of a library they have called."""

    def __init__(self, library: Path, folder: Path) -> None:
        self.names: Final = {offset: name for offset, _, name in functions(library)}
        self.folder: Final = folder
        self._called: Final = folder / "called.txt"
        preloaded = folder / "first_calls.so"
        compiler = sysconfig.get_config_var("CC").split()
        source = FOLDER / "first_calls.c"
        subprocess.run([*compiler, "-O2", "-shared", "-fPIC", source, "-o", preloaded, "-ldl"], check=True)
        starts = folder / "starts.txt"
        starts.write_text("\n".join([library.name, *(f"{offset:x}" for offset in sorted(self.names)), ""]))
        self._environment: Final = dict(
            os.environ,
            LD_PRELOAD=str(preloaded),
            FUNCTION_STARTS=str(starts),
            FUNCTION_ORDER=str(self._called),
        )

    def calls(self, workload: Workload) -> list[str]:
        """The functions that a workload calls, in the order of their first calls."""
        database = build(workload.database, self.folder, ROWS)
        self._called.unlink(missing_ok=True)
        command = [sys.executable, "-m", "benchmarks.child", workload.name, OURS, str(database), str(ROWS)]
        subprocess.run(command, cwd=ROOT, env=self._environment, stdout=subprocess.DEVNULL, check=True)
        offsets = [int(line, 16) for line in self._called.read_text().splitlines()]
        return list(dict.fromkeys(self.names[offset] for offset in offsets))


def functions(path: Path) -> list[tuple[int, int, str]]:
    """The offset, size in bytes and name of each of a library's functions; rare parts of functions are left out."""
    listing = subprocess.run(["nm", "-S", path], capture_output=True, text=True, check=True).stdout
    fields = [line.split() for line in listing.splitlines()]
    found = [(int(one[0], 16), int(one[1], 16), one[3]) for one in fields if len(one) == 4 and one[2] in "tT"]
    return [each for each in found if not each[2].endswith(".cold")]


def main() -> int:
    """Write the list."""
    spec = importlib.util.find_spec("foundrydb__mypyc")
    assert spec is not None and spec.origin is not None, "the package is not installed compiled"
    library = Path(spec.origin)
    sizes: dict[str, int] = {}
    for _, size, name in functions(library):
        sizes[name] = sizes.get(name, 0) + size  # files may have functions of one name
    workloads = [*WORKLOADS, *TASKS]
    with tempfile.TemporaryDirectory() as temporary:
        recorder = Recorder(library, Path(temporary))
        called = [recorder.calls(workload) for workload in workloads]
    # A statement that writes needs more memory for other things.
    weights = [3 if workload.writes else 1 for workload in workloads]
    order = packed(grouped(called, sizes), weights, MOVES)
    kept = [name for group in order for name in group.functions]
    (FOLDER / "functions.txt").write_text("\n".join([*kept, ""]), encoding="utf-8")
    print(f"{len(kept)} functions in order; the workloads need {cost(order, weights)} runs of memory")
    return 0


if __name__ == "__main__":
    sys.exit(main())
