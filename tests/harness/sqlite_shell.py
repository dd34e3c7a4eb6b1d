"""SQLite's own shell, which comes with apsw: it has ``generate_series``, which the library does not.

Many statements go through one process.  Each must be on one line.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import apsw

from foundrydb.storage.format.values import Value

SHELL = Path(apsw.__file__).parent / "sqlite_extra_binaries" / "sqlite3_shell"
PATIENCE = ".progress 1000 --limit 500 --reset --quiet"
"""Half a million instructions: what takes longer is interrupted."""

_LITERAL = re.compile(r"'(?:[^']|'')*'|x'[0-9a-f]*'|[^,]+")
_PROBLEM = re.compile(r"^\w+(?: \w+)* near line (\d+): (.*)$")

Answer = tuple[list[str], list[tuple[Value, ...]]] | str
"""Columns and rows, without columns where there are no rows; or an error's message."""


def answers(schema: str, statements: list[str], seconds: float = 20.0) -> list[Answer]:
    """What the shell answers to each statement; an empty list where there is no shell.

    Raises:
        TimeoutExpired: it does not answer.
    """
    if not SHELL.exists():
        return []
    lines = [".mode quote", ".headers on", PATIENCE, *schema.splitlines()]
    numbers: dict[int, int] = {}
    for i, statement in enumerate(statements):
        assert "\n" not in statement
        lines.append(f".print ={i}")
        lines.append(statement + ";")
        numbers[len(lines)] = i
    done = subprocess.run(
        [str(SHELL), "-batch", ":memory:"],
        input="\n".join(lines) + "\n",
        capture_output=True,
        encoding="utf-8",
        timeout=seconds,
    )
    blocks: list[list[str]] = []
    for line in done.stdout.splitlines():
        if line.startswith("="):
            blocks.append([])
        elif blocks and not line.startswith("Progress limit"):
            blocks[-1].append(line)
    found: list[Answer] = [_rows(block) for block in blocks]
    assert len(found) == len(statements), done.stderr
    for line in done.stderr.splitlines():
        problem = _PROBLEM.match(line)
        if problem is not None and int(problem[1]) in numbers:
            found[numbers[int(problem[1])]] = problem[2]
    return found


def _rows(lines: list[str]) -> Answer:
    if not lines:
        return [], []
    names = [str(value) for value in _values(lines[0])]
    return names, [_values(line) for line in lines[1:]]


def _values(line: str) -> tuple[Value, ...]:
    """A row in the mode ``quote``."""
    out: list[Value] = []
    for text in _LITERAL.findall(line):
        if text == "NULL":
            out.append(None)
        elif text.startswith("'"):
            out.append(text[1:-1].replace("''", "'"))
        elif text.startswith("x'"):
            out.append(bytes.fromhex(text[2:-1]))
        elif re.fullmatch(r"-?\d+", text):
            out.append(int(text))
        else:
            out.append(float(text))
    return tuple(out)
