"""B-trees for tests: databases over the memory or over files, and what they hold as Python values."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import apsw

from foundrydb.storage.format.values import BINARY, KeyInfo, Value
from foundrydb.storage.os.memory_vfs import MemoryVFS
from foundrydb.storage.os.os_vfs import OsVFS
from foundrydb.storage.pages.pager import Pager
from foundrydb.storage.tree.cursor import Cursor
from foundrydb.storage.tree.database import Database
from foundrydb.storage.tree.table_cursor import TableCursor

PLAIN = KeyInfo([BINARY], [False])


def memory_database(page_size: int = 512) -> Database:
    """An empty database in memory, with a write transaction open."""
    database = Database(Pager(MemoryVFS(), "memory.db", page_size=page_size))
    database.begin_read()
    database.begin_write()
    return database


def open_database(path: Path, write: bool = False) -> Database:
    """A database file, with a read or a write transaction open."""
    database = Database(Pager(OsVFS(), str(path), read_only=not write))
    database.pager.synchronous = 0
    database.begin_read()
    if write:
        database.begin_write()
    return database


def table_rows(cursor: TableCursor) -> dict[int, list[Value]]:
    """All rows of a table tree, by rowid, in order."""
    rows: dict[int, list[Value]] = {}
    found = cursor.first()
    while found:
        rows[cursor.rowid()] = cursor.row(cursor.column_count())
        found = cursor.next()
    return rows


def entries(cursor: Cursor) -> list[list[Value]]:
    """All entries of an index tree, in order."""
    result: list[list[Value]] = []
    found = cursor.first()
    while found:
        result.append(cursor.row(cursor.column_count()))
        found = cursor.next()
    return result


def entries_backwards(cursor: Cursor) -> list[list[Value]]:
    """All entries of a tree, from the last to the first."""
    result: list[list[Value]] = []
    found = cursor.last()
    while found:
        result.append(cursor.row(cursor.column_count()))
        found = cursor.previous()
    return result


def root_pages(path: Path) -> dict[str, int]:
    """The root pages of a file's tables and indexes, by name."""
    connection = sqlite3.connect(path)
    rows = connection.execute("select name, rootpage from sqlite_schema where rootpage > 0").fetchall()
    connection.close()
    return dict(rows)


def sqlite_check(path: Path) -> list[str]:
    """What SQLite's integrity_check says of a file."""
    connection = apsw.Connection(str(path))
    try:
        return [str(row[0]) for row in connection.execute("pragma integrity_check")]
    finally:
        connection.close()
