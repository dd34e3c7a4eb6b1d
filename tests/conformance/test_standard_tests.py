"""The interpreter's own tests of ``sqlite3`` hold for foundrydb, but for those that are known to fail."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conformance.standard_tests import PACKAGE


def has_tests() -> bool:
    try:
        return importlib.util.find_spec(PACKAGE) is not None
    except ImportError:
        return False


@pytest.mark.skipif(not has_tests(), reason=f"this Python comes without {PACKAGE}")
def test_standard_tests() -> None:
    """In a process of its own: there, ``sqlite3`` is another module."""
    command = [sys.executable, "-m", "conformance.standard_tests"]
    run = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stdout + run.stderr
    ran = re.search(r"^(\d+) tests, ", run.stdout, re.MULTILINE)
    assert ran is not None and int(ran[1]) > 400, run.stdout


@pytest.mark.skipif(not has_tests(), reason=f"this Python comes without {PACKAGE}")
def test_a_run_without_tests_fails() -> None:
    command = [sys.executable, "-m", "conformance.standard_tests", "there is no such test"]
    run = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, timeout=300)
    assert run.returncode == 1
    assert run.stdout.endswith("no test ran\n")
