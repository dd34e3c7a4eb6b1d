"""What the tests of the command line share."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from foundrydb.tools.command.cli import main
from foundrydb.tools.views.sample import create_sample

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def _text(stream: io.TextIOWrapper) -> str:
    """What was written, with plain line ends, as a process's output would be read."""
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8", "surrogateescape").replace("\r\n", "\n")


@pytest.fixture
def fdb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line in a folder of its own, within this process, which is quicker."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FDB_HISTORY", str(tmp_path / "history"))

    def run(*arguments: object, input: str = "") -> subprocess.CompletedProcess[str]:
        out = io.TextIOWrapper(io.BytesIO(), "utf-8", newline="\n")
        err = io.TextIOWrapper(io.BytesIO(), "utf-8", newline="\n")
        given = io.TextIOWrapper(io.BytesIO(input.encode("utf-8", "surrogateescape")), "utf-8")
        status: object = 0
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", given)
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            try:
                main([str(argument) for argument in arguments])
            except SystemExit as leave:
                status = leave.code
        assert isinstance(status, int)
        return subprocess.CompletedProcess(["fdb"], status, _text(out), _text(err))

    return run


@pytest.fixture
def fdb_process(tmp_path: Path) -> Run:
    """Run the command line in a folder of its own, as a process."""

    def run(*arguments: object, input: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "foundrydb", *map(str, arguments)]
        environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "FDB_HISTORY": str(tmp_path / "history")}
        return subprocess.run(
            command, input=input, capture_output=True, encoding="utf-8", errors="surrogateescape",
            timeout=60, cwd=tmp_path, env=environment, check=False,
        )  # fmt: skip

    return run


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample database."""
    path = tmp_path_factory.mktemp("sample") / "foundry.fdb"
    create_sample(str(path))
    return path
