"""Scripts of SQL, statement by statement on both engines: rows, column names, errors, counts of changes.

Every script runs on a file of its own, which C SQLite checks at the end: its schema must read the same, and its
``integrity_check`` must find nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import apsw
import pytest

import foundrydb

SCRIPTS = sorted((Path(__file__).parent / "scripts").glob("*.sql"))


def statements(text: str) -> list[str]:
    """The statements of a script: each ends with a semicolon at the end of a line; lines with ``--`` say why."""
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    return [part.strip() for part in "\n".join(lines).split(";\n") if part.strip(" \n;")]


def ask_sqlite(connection: apsw.Connection, sql: str) -> tuple[Any, ...]:
    """What C SQLite makes of a statement."""
    before = connection.total_changes()
    try:
        cursor = connection.execute(sql)
        names = [name for name, _ in cursor.get_description()] if _has_rows(cursor) else None
        return cursor.fetchall(), names, connection.total_changes() - before
    except apsw.Error as problem:
        text = str(problem)
        return "error", text, connection.total_changes() - before


def _has_rows(cursor: apsw.Cursor) -> bool:
    try:
        cursor.get_description()
    except apsw.ExecutionCompleteError:
        return False
    return True


def ask_foundrydb(connection: foundrydb.Connection, sql: str) -> tuple[Any, ...]:
    """What we make of it."""
    before = connection.total_changes
    try:
        cursor = connection.execute(sql)
        names = [entry[0] for entry in cursor.description] if cursor.description else None
        return cursor.fetchall(), names, connection.total_changes - before
    except foundrydb.Error as problem:
        return "error", str(problem), connection.total_changes - before


def same(theirs: tuple[Any, ...], ours: tuple[Any, ...]) -> bool:
    """Whether the answers agree; C SQLite gives no names where there were no rows."""
    if theirs[0] != "error" and not theirs[0]:
        return repr((ours[0], ours[2])) == repr((theirs[0], theirs[2]))
    return repr(theirs) == repr(ours)


@pytest.mark.parametrize("script", SCRIPTS, ids=[path.stem for path in SCRIPTS])
def test_script(script: Path, tmp_path: Path) -> None:
    sqlite = apsw.Connection(str(tmp_path / "theirs.db"))
    ours = foundrydb.connect(tmp_path / "ours.db", isolation_level=None)
    for sql in statements(script.read_text()):
        expected = ask_sqlite(sqlite, sql)
        found = ask_foundrydb(ours, sql)
        assert same(expected, found), f"{sql}\n  sqlite:    {expected}\n  foundrydb: {found}"
    ours.close()
    check = apsw.Connection(str(tmp_path / "ours.db"))
    assert check.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    schema = (
        "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name <> 'sqlite_stat4' ORDER BY type, name"
    )
    assert check.execute(schema).fetchall() == sqlite.execute(schema).fetchall()
