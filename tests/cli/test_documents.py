"""The console sessions in README.md and docs/ are what the commands print.

A ```console block holds one command after ``$`` and its output.  The commands of one document run in order, in one
folder.  ``pytest --update-goldens`` rewrites the outputs.  A block under a comment ``file: NAME`` is what a file of
that name holds from there on.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    "README.md",
    "docs/debugger.md",
    "docs/daily_tools.md",
    "docs/file_format.md",
    "docs/life_of_a_statement.md",
    "docs/page.md",
    "docs/recovery.md",
    "docs/testing_plans.md",
    "docs/toolkit.md",
    "docs/json.md",
    "docs/virtual_tables.md",
]
BLOCK = re.compile(
    r"```console\n\$ (?P<command>[^\n]*)\n(?P<output>.*?)```"
    r"|<!-- file: (?P<file>\S+) -->\n```\w+\n(?P<content>.*?)```",
    re.S,
)
TOOK = re.compile(r"(?<= in )\d+\.\d\ds\b")
PYTHON = re.compile(r"```python\n(?P<code>.*?)```(?:\n\n```text\n(?P<printed>.*?)```)?", re.S)
LONGEST = 45


def output(command: str, folder: Path) -> str:
    """What a reader sees: both streams, long outputs cut in the middle."""
    # Where it takes itself to run in CI, pytest cuts no message.
    apart = ("PYTEST_", "CI", "BUILD_NUMBER")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(apart)},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_ADDOPTS": "-q -p pytest_foundrydb -p no:cacheprovider --color=no",
        "COLUMNS": "80",
    }
    run = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines = TOOK.sub("0.12s", run.stdout).replace(f"{folder}/", "").splitlines()
    if len(lines) > LONGEST:
        cut = len(lines) - LONGEST + 8
        lines[LONGEST - 8 :] = [f"… {cut} more lines"]
    return "".join(line.rstrip() + "\n" for line in lines)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_console_sessions(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert BLOCK.search(text), f"{name} has no console session"
    update = bool(request.config.getoption("--update-goldens"))

    def replaced(match: re.Match[str]) -> str:
        if match["file"]:
            (tmp_path / match["file"]).write_text(match["content"], encoding="utf-8")
            return match[0]
        shown = output(match["command"], tmp_path)
        if not update:
            assert match["output"] == shown, f"{name}: $ {match['command']}"
        return f"```console\n$ {match['command']}\n{shown}```"

    rewritten = BLOCK.sub(replaced, text)
    if update:
        (ROOT / name).write_text(rewritten, encoding="utf-8")


def fdb(command: str, folder: Path) -> None:
    subprocess.run(
        [str(Path(sys.executable).parent / "fdb"), *command.split()], cwd=folder, check=True, stdout=-3
    )


@pytest.mark.parametrize("name", DOCUMENTS)
def test_python_examples(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """A ```python block runs, and prints the ```text block that follows it, if one does."""
    text = (ROOT / name).read_text(encoding="utf-8")
    update = bool(request.config.getoption("--update-goldens"))
    fdb("sample foundry.fdb", tmp_path)

    def replaced(match: re.Match[str]) -> str:
        run = subprocess.run(
            [sys.executable, "-c", match["code"]], cwd=tmp_path, capture_output=True, text=True
        )
        assert run.returncode == 0, run.stderr
        if match["printed"] is None:
            return match[0]
        assert update or run.stdout == match["printed"]
        return f"```python\n{match['code']}```\n\n```text\n{run.stdout}```"

    rewritten = PYTHON.sub(replaced, text)
    if update:
        (ROOT / name).write_text(rewritten, encoding="utf-8")
