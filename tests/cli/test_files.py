"""Commands that look at a database where there is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Run = Callable[..., "CompletedProcess[str]"]

COMMANDS = [
    ["verify"], ["recover"], ["dump-tree"], ["dump-page", 1], ["dump-log"], ["find-row", "t", 1],
    ["explain", "--db", "select 1"], ["debug", "--db", "select 1"], ["dump-plan", "--db", "select 1"],
    ["dump-bind", "--db", "select 1"], ["dump-chain", "--db", "select 1"], ["lineage", "--db", "select 1"],
    ["types", "--db", "select 1"], ["bisect-passes", "--db", "select 1"], ["check", "--db"],
    ["diff-plan", "--db", "select 1", "select 2"], ["web", "--no-browser"],
]  # fmt: skip


def called(command: list[object], path: str) -> list[object]:
    """A command with a path in its place: behind ``--db``, or first."""
    at = command.index("--db") + 1 if "--db" in command else 1
    return [*command[:at], path, *command[at:]]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command[0]))
def test_one_text_where_there_is_no_file(fdb: Run, tmp_path: Path, command: list[object]) -> None:
    (tmp_path / "folder").mkdir()
    for path, text in (
        ("nosuch.db", 'there is no file "nosuch.db"'),
        ("folder", '"folder" is a folder, not a file'),
    ):
        done = fdb(*called(command, path))
        assert (done.returncode, done.stdout, done.stderr) == (1, "", f"Error: {text}\n")
    assert [each.name for each in tmp_path.iterdir() if each.name != "history"] == ["folder"]


def test_what_is_no_database_has_no_header(fdb: Run, tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("no database, only a text that is longer than a header " * 3)
    done = fdb("verify", "t.txt")
    assert done.returncode == 1
    assert done.stdout.startswith("header:            1 fault\n  file is not a database\nlog: ")
    assert "trees:             not looked at\n" in done.stdout
