"""A sqlite3 shell that has ``.recover``.

Not every build has: it takes SQLITE_ENABLE_DBPAGE_VTAB.  ``FOUNDRYDB_SQLITE_SHELL`` may name one; else the one on the
path and the one that comes with apsw are tried.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from harness.sqlite_shell import SHELL

WHY_NOT = "no sqlite3 shell here has .recover (FOUNDRYDB_SQLITE_SHELL may name one)"
PATIENCE = 60.0


@cache
def find_shell() -> str:
    """The path of one, "" where there is none."""
    candidates = [os.environ.get("FOUNDRYDB_SQLITE_SHELL", ""), shutil.which("sqlite3") or "", str(SHELL)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "small.db"
        connection = sqlite3.connect(path)
        connection.execute("create table is_this_recovered(a)")
        connection.close()
        for candidate in candidates:
            if candidate and Path(candidate).exists() and "is_this_recovered" in recovered(candidate, path):
                return candidate
    return ""


def recovered(shell: str, path: Path) -> str:
    """What the shell makes of a file, as SQL; its own commands left out."""
    done = subprocess.run(
        [shell, "-batch", str(path), ".recover"], capture_output=True, timeout=PATIENCE, check=False
    )
    text = done.stdout.decode("utf-8", "replace")
    return "\n".join(line for line in text.split("\n") if not line.startswith(".dbconfig"))
