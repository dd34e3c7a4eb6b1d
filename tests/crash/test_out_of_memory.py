"""Memory that runs out at any one allocation: nothing acknowledged is lost, the file is whole, and the process goes on.

``FOUNDRYDB_TEST_SCALE`` sets how closely the allocations are tried; with 100 it is nearly every one.  A compiled module
ends the process where an allocation of the compiler's own fails, in its start of a function or a loop over a tuple: the
file must be whole then too.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from harness.scarce import prepare, states, verdict

from foundrydb.edition import mode

pytest.importorskip("_testcapi")

TESTS = Path(__file__).resolve().parents[1]
SCALE = int(os.environ.get("FOUNDRYDB_TEST_SCALE", "1"))
LAST = 80_000
STEP = max(797 // SCALE, 1)


def test_every_allocation_may_fail(tmp_path: Path) -> None:
    prepare(tmp_path)
    expected = states(tmp_path)
    first, ended, tried = 1, 0, 0
    while first < LAST:
        command = [sys.executable, "-m", "harness.scarce", str(tmp_path), str(first), str(LAST), str(STEP)]
        done = subprocess.run(command, cwd=TESTS, capture_output=True, text=True)
        lines = done.stdout.splitlines()
        tried += len(lines)
        if done.returncode == 0:
            assert [line for line in lines if not line.endswith(" ok")] == []
            break
        assert lines, done.stderr
        assert [line for line in lines[:-1] if not line.endswith(" ok")] == []
        number = int(lines[-1].split()[0])
        acknowledged = (tmp_path / "acknowledged").read_bytes()[0]
        assert verdict(tmp_path / "scarce.db", expected, acknowledged) == "ok", (
            f"allocation {number}: {done.stderr}"
        )
        ended += 1
        first = number + STEP
    assert tried > 10
    assert ended == 0 or mode() == "compiled"
    print(f"{ended} of {tried} runs ended the process")
