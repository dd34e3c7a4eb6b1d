"""Finds the order of the library's functions anew: ``python -m benchmarks.layout`` (Linux, five minutes).

It compiles the package once more, with every call noted (``-finstrument-functions``), runs ``training`` with it, and
writes the names of the functions into ``functions.txt``, in the order of their first calls.  Those that the installed,
compiled package does not have, because the compiler put their code into their callers, are left out.
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

FOLDER: Final = Path(__file__).resolve().parent
ROOT: Final = FOLDER.parents[1]


def instrumented(folder: Path) -> Path:
    """The package, compiled into the folder so that calls are noted."""
    library = folder / "library"
    command = [sys.executable, "setup.py", "-q", "build", f"--build-base={folder}", f"--build-lib={library}"]
    flags = f"{os.environ.get('CFLAGS', '')} -finstrument-functions"
    subprocess.run(command, cwd=ROOT, env=dict(os.environ, CFLAGS=flags), check=True)
    return library


def calls(library: Path, folder: Path) -> list[int]:
    """The offsets of the functions that the training calls, in order."""
    recorder, found = folder / "calls.so", folder / "calls.txt"
    compiler = sysconfig.get_config_var("CC").split()
    subprocess.run(
        [*compiler, "-O2", "-shared", "-fPIC", FOLDER / "calls.c", "-o", recorder, "-ldl"], check=True
    )
    environment = dict(
        os.environ, PYTHONPATH=str(library), LD_PRELOAD=str(recorder), FUNCTION_ORDER=str(found)
    )
    command = [sys.executable, "-m", "benchmarks.layout.training"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    return [int(line, 16) for line in found.read_text().splitlines()]


def names(path: Path) -> dict[int, str]:
    """The names of a library's functions by offset."""
    listing = subprocess.run(["nm", path], capture_output=True, text=True, check=True).stdout
    fields = (line.split() for line in listing.splitlines())
    return {int(field[0], 16): field[2] for field in fields if len(field) == 3 and field[1] in "tT"}


def main() -> int:
    """Write the list."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        library = instrumented(folder)
        (path,) = library.glob("*__mypyc*.so")
        known = names(path)
        called = dict.fromkeys(known[offset] for offset in calls(library, folder) if offset in known)
    spec = importlib.util.find_spec("foundrydb__mypyc")
    assert spec is not None and spec.origin is not None, "the package is not installed compiled"
    there = set(names(Path(spec.origin)).values())
    kept = [name for name in called if name in there]
    (FOLDER / "functions.txt").write_text("\n".join([*kept, ""]), encoding="utf-8")
    print(f"{len(kept)} functions in order")
    return 0


if __name__ == "__main__":
    sys.exit(main())
