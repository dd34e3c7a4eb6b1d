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

from benchmarks.growth_tasks import TASKS
from benchmarks.layout.packing import cost, grouped, packed
from benchmarks.workload import Workload
from benchmarks.workloads import WORKLOADS

FOLDER: Final = Path(__file__).resolve().parent
ROOT: Final = FOLDER.parents[1]

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
    found = folder / "calls.txt"
    environment = dict(os.environ, PYTHONPATH=str(library), LD_PRELOAD=str(record), FUNCTION_ORDER=str(found))
    command = [sys.executable, "-m", "benchmarks.layout.training", workload.name, str(folder)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    return [int(line, 16) for line in found.read_text().splitlines()]


def names(path: Path) -> dict[int, str]:
    """The names of a library's functions by offset."""
    listing = subprocess.run(["nm", path], capture_output=True, text=True, check=True).stdout
    fields = (line.split() for line in listing.splitlines())
    return {int(field[0], 16): field[2] for field in fields if len(field) == 3 and field[1] in "tT"}


def sizes(path: Path) -> dict[str, int]:
    """The sizes of a library's functions in bytes, by name; those of one name added up."""
    listing = subprocess.run(["nm", "-S", path], capture_output=True, text=True, check=True).stdout
    found: dict[str, int] = {}
    for line in listing.splitlines():
        fields = line.split()
        if len(fields) == 4 and fields[2] in "tT":
            found[fields[3]] = found.get(fields[3], 0) + int(fields[1], 16)
    return found


def main() -> int:
    """Write the list."""
    spec = importlib.util.find_spec("foundrydb__mypyc")
    assert spec is not None and spec.origin is not None, "the package is not installed compiled"
    there = sizes(Path(spec.origin))
    workloads = [*WORKLOADS, *TASKS]
    called = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        library = instrumented(folder)
        (path,) = library.glob("*__mypyc*.so")
        known = names(path)
        record = recorder(folder)
        for workload in workloads:
            functions = dict.fromkeys(known.get(at, "") for at in calls(workload, library, record, folder))
            called.append([name for name in functions if name in there])
    # A statement that writes needs more memory for other things.
    weights = [3 if workload.writes else 1 for workload in workloads]
    order = packed(grouped(called, there), weights, MOVES)
    kept = [name for group in order for name in group.functions]
    (FOLDER / "functions.txt").write_text("\n".join([*kept, ""]), encoding="utf-8")
    print(f"{len(kept)} functions in order; the workloads need {cost(order, weights)} runs of memory")
    return 0


if __name__ == "__main__":
    sys.exit(main())
