"""Scripts about the schema, run statement by statement by FoundryDB and by C SQLite: rows and errors are the same.

Each ``*.sql`` beside this file is a script about one subject; an empty line in it begins a new database.  Files that it
attaches are in a folder of each engine's own.  What a database holds in the end is checked by C SQLite too.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from pathlib import Path

import apsw
import pytest

import foundrydb

MOST_ATTACHED = 10
"""SQLite's default, which apsw raises."""

SCRIPTS = sorted(Path(__file__).parent.glob("*.sql"))


def databases(script: str) -> list[list[str]]:
    """The statements for each database of a script."""
    return [statements(part) for part in re.split(r"\n\s*\n", script) if part.strip()]


def statements(text: str) -> list[str]:
    """The statements of a text."""
    out = [""]
    for piece in re.split(r"(?<=;)", text):
        out[-1] += piece
        if sqlite3.complete_statement(out[-1]):
            out[-1] = out[-1].strip()
            out.append("")
    assert not out[-1].strip(), f"not a statement: {out[-1]}"
    return out[:-1]


def databases_in(folder: Path) -> list[str]:
    """The files of a folder; whether a journal is kept while locks are is an engine's own business."""
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith("-journal"))


def ours(connection: foundrydb.Connection, sql: str) -> object:
    """FoundryDB's rows, each value with its type, or its error."""
    try:
        return [_typed(row) for row in connection.execute(sql).fetchall()]
    except foundrydb.Error as problem:
        return f"error: {problem}"


def theirs(connection: apsw.Connection, sql: str) -> object:
    """C SQLite's rows or error."""
    try:
        return [_typed(row) for row in connection.execute(sql)]
    except apsw.Error as problem:
        return f"error: {re.sub(r'^[A-Za-z]+Error: ', '', str(problem))}"


def _typed(row: tuple[object, ...]) -> list[tuple[str, object]]:
    return [(type(value).__name__, value) for value in row]


@pytest.mark.parametrize("script", SCRIPTS, ids=[path.stem for path in SCRIPTS])
def test_script(script: Path, tmp_path: Path) -> None:
    for number, listed in enumerate(databases(script.read_text())):
        path = tmp_path / f"{number}.db"
        folders = [tmp_path / f"{number}-{name}" for name in ("ours", "theirs")]
        for folder in folders:
            folder.mkdir()
        mine = foundrydb.connect(str(path), isolation_level=None)
        other = apsw.Connection(":memory:")
        other.limit(apsw.SQLITE_LIMIT_ATTACHED, MOST_ATTACHED)
        for sql in listed:
            with contextlib.chdir(folders[0]):
                got = ours(mine, sql)
            with contextlib.chdir(folders[1]):
                assert got == theirs(other, sql), sql
        assert databases_in(folders[0]) == databases_in(folders[1])
        mine.close()
        check = "pragma integrity_check"
        assert theirs(apsw.Connection(str(path)), check) == theirs(other, check)
