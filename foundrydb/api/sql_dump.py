"""A database as SQL text that makes it again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from foundrydb.api.values.literals import sql_literal
from foundrydb.compiler.schema.names import quoted_name
from foundrydb.errors import CorruptError
from foundrydb.pythons import DUMPS_VIOLATIONS

if TYPE_CHECKING:
    from foundrydb.api.connection import Connection

_OBJECTS = "SELECT name, type, sql FROM sqlite_master WHERE sql NOT NULL AND type"


def dump_statements(connection: Connection, like: str | None = None) -> Iterator[str]:
    """The statements, in the order and form of ``iterdump`` in the standard library's ``sqlite3``.

    From Python 3.13 on, a database whose rows violate foreign keys begins with a PRAGMA that lets it be made again.

    Args:
        like: what the names of tables, indexes and views must be LIKE; all where it is None or empty.
    """
    chosen = " AND name LIKE ?" if like else ""
    named = (like,) if like else ()
    if DUMPS_VIOLATIONS and _rows(connection, "PRAGMA foreign_key_check"):
        yield "PRAGMA foreign_keys=OFF;"
    yield "BEGIN TRANSACTION;"
    tables = _rows(connection, f"{_OBJECTS} = 'table'{chosen} ORDER BY name", named)
    later = [row for row in tables if row[0] == "sqlite_sequence"]
    for name, _, sql in [row for row in tables if row[0] != "sqlite_sequence"]:
        if not isinstance(name, str):
            raise CorruptError("a table whose name is no text", 1)
        if name == "sqlite_stat1":
            yield 'ANALYZE "sqlite_master";'
        elif name.startswith("sqlite_"):
            continue
        else:
            yield f"{sql};"
        yield from table_rows(connection, name)
    for _, _, sql in _rows(connection, f"{_OBJECTS} IN ('index', 'trigger', 'view'){chosen}", named):
        yield f"{sql};"
    for name, _, _ in later:
        yield 'DELETE FROM "sqlite_sequence";'
        yield from table_rows(connection, name)
    yield "COMMIT;"


def table_rows(connection: Connection, table: str) -> Iterator[str]:
    """An INSERT statement for each row of a table."""
    name = quoted_name(table)
    columns = [str(row[1]) for row in _rows(connection, f"PRAGMA table_info({name})")]
    wanted = ", ".join(quoted_name(column) for column in columns)
    cursor = connection.cursor()
    cursor.row_factory = None
    for row in cursor.execute(f"SELECT {wanted} FROM {name}"):
        yield f"INSERT INTO {name} VALUES({','.join([sql_literal(value) for value in row])});"


def _rows(connection: Connection, sql: str, values: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor.execute(sql, values).fetchall()
