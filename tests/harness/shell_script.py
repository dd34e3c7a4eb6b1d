"""A script of the shell, run in a process of its own: what it prints, each line of the script before its answer."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from harness.sqlite_shell import SHELL

FDB = [sys.executable, "-m", "foundrydb", ":memory:"]


def play_script(script: str) -> str:
    """What our shell prints."""
    return _run(FDB, script)


def play_script_in_sqlite(script: str) -> str | None:
    """What SQLite's shell prints; None where there is none."""
    return _run([str(SHELL), "-batch", ":memory:"], script) if SHELL.exists() else None


def _run(command: list[str], script: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "HOME": folder, "PYTHONIOENCODING": "utf-8", "COLUMNS": "80"}
        done = subprocess.run(
            command, input=f".echo on\n{script}", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder,
            encoding="utf-8", env=environment, timeout=60,
        )  # fmt: skip
    return done.stdout
