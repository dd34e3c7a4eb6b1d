"""Finds the order of the library's functions anew: ``python -m benchmarks.layout`` (Linux, ten minutes).

It compiles the package once more, with every call noted (``-finstrument-functions``), runs each workload of the
benchmark with it, and writes the names of the functions that were called into ``functions.txt``, in an order
that packs what belongs together (``packing``).  Those that the installed, compiled package does not have, because the
compiler put their code into their callers, are left out.
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


def instrumented(folder: Path) -> Path:
    """The package, compiled into the folder so that calls are noted."""
    library = folder / "library"
    command = [sys.executable, "setup.py", "-q", "build", f"--build-base={folder}", f"--build-lib={library}"]
    flags = f"{os.environ.get('CFLAGS', '')} -finstrument-functions"
    subprocess.run(command, cwd=ROOT, env=dict(os.environ, CFLAGS=flags), check=True)
    return library


def recorder(folder: Path) -> Path:
    """The library that writes calls down, to be loaded before all others."""
    path = folder / "calls.so"
    compiler = sysconfig.get_config_var("CC").split()
    subprocess.run([*compiler, "-O2", "-shared", "-fPIC", FOLDER / "calls.c", "-o", path, "-ldl"], check=True)
    return path


def calls(workload: Workload, library: Path, record: Path, folder: Path) -> list[int]:
    """The offsets of the functions that a workload calls, in the order of their first calls."""
    database = build(workload.database, folder, ROWS)
    found = folder / "calls.txt"
    found.unlink(missing_ok=True)
    environment = dict(os.environ, PYTHONPATH=str(library), LD_PRELOAD=str(record), FUNCTION_ORDER=str(found))
    command = [sys.executable, "-m", "benchmarks.child", workload.name, OURS, str(database), str(ROWS)]
    subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)
    return [int(line, 16) for line in found.read_text().splitlines()]


def functions(path: Path) -> list[tuple[int, int, str]]:
    """The offset, size in bytes and name of each of a library's functions."""
    listing = subprocess.run(["nm", "-S", path], capture_output=True, text=True, check=True).stdout
    fields = (line.split() for line in listing.splitlines())
    return [(int(one[0], 16), int(one[1], 16), one[3]) for one in fields if len(one) == 4 and one[2] in "tT"]


def main() -> int:
    """Write the list."""
    spec = importlib.util.find_spec("foundrydb__mypyc")
    assert spec is not None and spec.origin is not None, "the package is not installed compiled"
    sizes: dict[str, int] = {}
    for _, size, name in functions(Path(spec.origin)):
        sizes[name] = sizes.get(name, 0) + size  # files may have functions of one name
    workloads = [*WORKLOADS, *TASKS]
    called = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        library = instrumented(folder)
        (path,) = library.glob("*__mypyc*.so")
        known = {offset: name for offset, _, name in functions(path)}
        record = recorder(folder)
        for workload in workloads:
            found = dict.fromkeys(known.get(at, "") for at in calls(workload, library, record, folder))
            called.append([name for name in found if name in sizes])
    # A statement that writes needs more memory for other things.
    weights = [3 if workload.writes else 1 for workload in workloads]
    order = packed(grouped(called, sizes), weights, MOVES)
    kept = [name for group in order for name in group.functions]
    (FOLDER / "functions.txt").write_text("\n".join([*kept, ""]), encoding="utf-8")
    print(f"{len(kept)} functions in order; the workloads need {cost(order, weights)} runs of memory")
    return 0


if __name__ == "__main__":
    sys.exit(main())
