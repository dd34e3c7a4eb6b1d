"""What the tests of the command line share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def fdb(tmp_path: Path) -> Run:
    """Run the command line in a folder of its own."""

    def run(
        *arguments: object, input: str | None = None, timeout: float = 60
    ) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "foundrydb.tools.cli", *map(str, arguments)]
        environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "FDB_HISTORY": str(tmp_path / "history")}
        return subprocess.run(
            command, input=input or "", capture_output=True, encoding="utf-8", errors="surrogateescape",
            timeout=timeout, cwd=tmp_path, env=environment, check=False,
        )  # fmt: skip

    return run


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample database."""
    from foundrydb.tools.sample import create_sample

    path = tmp_path_factory.mktemp("sample") / "foundry.fdb"
    create_sample(str(path))
    return path
