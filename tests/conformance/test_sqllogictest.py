"""SQLite's sqllogictest scripts, through the runner that lies beside them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = ["select1.test", "select2.test", "select3.test"]
SHARE = "0/3"


@pytest.mark.parametrize("script", SCRIPTS)
def test_script(script: str, shared: Path, tmp_path: Path) -> None:
    folder = shared / "conformance"
    command = [
        sys.executable,
        str(folder / "run.py"),
        "--engine",
        "foundrydb",
        "--sample",
        SHARE,
        "--jobs",
        "1",
    ]
    run = subprocess.run(
        [*command, str(folder / "sqllogictest" / script)],
        capture_output=True,
        text=True,
        timeout=600,
        cwd=tmp_path,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "files whole: 1 of 1" in run.stdout
