"""Finds the order of the library's functions anew: ``python -m benchmarks.layout`` (Linux, five minutes).

It compiles the package once more, with every call noted (``-finstrument-functions``), runs each workload of the
benchmark with it, in small, and writes the names of the functions that were called into ``functions.txt``.  Those that
the installed, compiled package does not have, because the compiler put their code into their callers, are left out.
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
from benchmarks.workload import Workload
from benchmarks.workloads import WORKLOADS

FOLDER: Final = Path(__file__).resolve().parent
ROOT: Final = FOLDER.parents[1]


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


def ordered(called: list[tuple[Workload, list[str]]]) -> list[str]:
    """Functions so that each workload finds what it calls in few places.

    First what at least half of all workloads call, in the order of the calls; then what at least half of those that
    write call; then the rest, what writes before what only reads, and what more of the workloads call first.
    """
    users: dict[str, list[Workload]] = {}
    for workload, functions in called:
        for name in functions:
            users.setdefault(name, []).append(workload)
    writing = sum(workload.writes for workload, _ in called)

    def place(name: str) -> tuple[int, int]:
        every, changing = len(users[name]), sum(workload.writes for workload in users[name])
        if 2 * every >= len(called):
            return (0, 0)
        if 2 * changing >= writing:
            return (1, 0)
        return (2, -changing) if changing else (3, -every)

    return sorted(users, key=place)  # stable: the order of the calls within a place


def main() -> int:
    """Write the list."""
    spec = importlib.util.find_spec("foundrydb__mypyc")
    assert spec is not None and spec.origin is not None, "the package is not installed compiled"
    there = set(names(Path(spec.origin)).values())
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        library = instrumented(folder)
        (path,) = library.glob("*__mypyc*.so")
        known = names(path)
        record = recorder(folder)
        called = []
        for workload in [*WORKLOADS, *TASKS]:
            functions = dict.fromkeys(known.get(at, "") for at in calls(workload, library, record, folder))
            called.append((workload, [name for name in functions if name in there]))
    kept = ordered(called)
    (FOLDER / "functions.txt").write_text("\n".join([*kept, ""]), encoding="utf-8")
    print(f"{len(kept)} functions in order")
    return 0


if __name__ == "__main__":
    sys.exit(main())
