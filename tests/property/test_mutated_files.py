"""Damaged databases, journals and write-ahead logs give answers or typed errors, soon and in bounded memory.

The files are C SQLite's, of several shapes; each case damages a copy by a seeded recipe and then reads, checks and
writes it as a user would, in a process of its own that may not take more than so much memory.  ``FOUNDRYDB_MUTATIONS``
sets how many cases run (200 unless set; the full check takes 5000).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from harness.damage import write_originals

TESTS = Path(__file__).resolve().parents[1]
CASES = int(os.environ.get("FOUNDRYDB_MUTATIONS", "200"))
BLOCKS = 4


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("originals")
    write_originals(folder)
    return folder


@pytest.mark.parametrize("block", range(BLOCKS))
def test_mutations(block: int, originals: Path) -> None:
    count = len(range(block, CASES, BLOCKS))
    numbers = ["--folder", originals, "--seed", block, "--step", BLOCKS, "--files", count]
    command = [sys.executable, "-m", "harness.damage", *map(str, numbers)]
    done = subprocess.run(command, cwd=TESTS, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    assert done.stdout.startswith(f"{count} files, 0 bad")
