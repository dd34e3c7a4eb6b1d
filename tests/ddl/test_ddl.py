"""Scripts about the schema, run statement by statement by FoundryDB and by C SQLite: rows and errors are the same.

Each ``*.sql`` beside this file is a script about one subject; an empty line in it begins a new database.  What a
database holds in the end is checked by C SQLite too.
"""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import apsw
import pytest

import foundrydb

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
        mine = foundrydb.connect(str(path), isolation_level=None)
        other = apsw.Connection(":memory:")
        for sql in listed:
            assert ours(mine, sql) == theirs(other, sql), sql
        mine.close()
        check = "pragma integrity_check"
        assert theirs(apsw.Connection(str(path)), check) == theirs(other, check)
