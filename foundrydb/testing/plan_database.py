"""The database that queries are planned for: a schema, and statistics that stay as they are.

A schema is a script of SQL, or a database file.  Statistics are what ANALYZE left in ``sqlite_stat1`` and
``sqlite_stat4``: in a database file, of a production system say, or in a script of INSERT statements, as
``.fullschema`` and ``.dump`` print them.  Which it is, the file's first bytes tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import quote

from foundrydb.api.connection import Connection, connect
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.diagnostics import render
from foundrydb.errors import Error, OperationalError
from foundrydb.toolkit.stages import parse, to_sql

_MAGIC: Final = b"SQLite format 3\0"
_STATISTICS: Final = ("sqlite_stat1", "sqlite_stat4")
_SCHEMA: Final = (
    "SELECT sql FROM sqlite_schema WHERE sql NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    " ORDER BY type <> 'table', type <> 'index', type <> 'view', rowid"
)

StatisticsRow = tuple[str, tuple[Any, ...]]
"""A table of statistics, and a row of it."""


class Serializable(Protocol):
    """A connection that gives its database as bytes: the standard library's ``sqlite3.Connection``, for one."""

    def serialize(self, *, name: str) -> bytes:
        """The bytes that the database of a name has as a file."""


def plan_database(schema: str | Path, statistics: str | Path | None = None) -> Connection:
    """A database in memory with a schema, no rows, and statistics.

    Args:
        schema: a path of a script or of a database; of a database everything but the rows counts, its statistics too.
        statistics: a path of a database or of a script, whose statistics count then and no others.

    Raises:
        OperationalError: a file cannot be read, or is wrong; the message begins with its path.
    """
    connection = connect(":memory:", isolation_level=None)
    with _about(Path(schema)):
        _make_schema(connection, Path(schema))
    if statistics is not None:
        with _about(Path(statistics)):
            _put(connection, _statistics(Path(statistics)))
    return connection


def copy_of(database: Connection | Serializable) -> Connection:
    """A foundrydb connection: the one given, or one in memory with the database of another kind as it is now.

    Raises:
        TypeError: it is no connection.
    """
    if isinstance(database, Connection):
        return database
    if not hasattr(database, "serialize"):
        raise TypeError(
            f"a connection is needed, not a {type(database).__name__}: foundrydb's, sqlite3's or apsw's"
        )
    connection = connect(":memory:", isolation_level=None)
    connection.deserialize(database.serialize(name="main"))
    return connection


def is_database(path: Path) -> bool:
    """Whether a file is a database, and not a script."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError as problem:
        raise OperationalError(str(problem.strerror)) from None


def statistics_of(connection: Connection) -> list[tuple[str, ...]]:
    """The rows of ``sqlite_stat1``, in order: what plans are made by."""
    if not _has(connection, _STATISTICS[0]):
        return []
    rows = connection.execute("SELECT tbl, idx, stat FROM sqlite_stat1 ORDER BY 1, 2, 3").fetchall()
    return [tuple([str(value) for value in row]) for row in rows]


def _script(path: Path) -> str:
    """A script's text."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as problem:
        raise OperationalError(str(problem.strerror)) from None
    except UnicodeDecodeError:
        raise OperationalError("neither a database nor a text in UTF-8") from None


def _make_schema(connection: Connection, path: Path) -> None:
    """Make what a script or a database has, the rows of a database left out."""
    if not is_database(path):
        connection.executescript(_script(path))
        return
    with _opened(path) as source:
        for (sql,) in source.execute(_SCHEMA).fetchall():
            connection.execute(str(sql))
        rows = _rows_of_database(source)
    _put(connection, rows)


def _statistics(path: Path) -> list[StatisticsRow]:
    """The statistics of a database or a script."""
    if not is_database(path):
        return _rows_of_script(_script(path))
    with _opened(path) as source:
        return _rows_of_database(source)


def _rows_of_database(source: Connection) -> list[StatisticsRow]:
    """The rows of a database's tables of statistics."""
    found: list[StatisticsRow] = []
    for table in _STATISTICS:
        if _has(source, table):
            found += [(table, row) for row in source.execute(f"SELECT * FROM {table}").fetchall()]
    return found


def _rows_of_script(text: str) -> list[StatisticsRow]:
    """The rows that the INSERT statements of a script put into tables of statistics; its others are not run."""
    apart = _with_tables(connect(":memory:", isolation_level=None))
    for statement in parse(text):
        if isinstance(statement, ast.Insert) and statement.table.name.text.lower() in _STATISTICS:
            apart.execute(to_sql(statement))
    return _rows_of_database(apart)


def _with_tables(connection: Connection) -> Connection:
    """A connection whose database has the tables of statistics, empty."""
    connection.executescript("ANALYZE; " + "; ".join(f"DELETE FROM {table}" for table in _STATISTICS))
    return connection


def _put(connection: Connection, rows: list[StatisticsRow]) -> None:
    """Let the planner go by these statistics, and no others."""
    if not rows:
        return
    _with_tables(connection)
    for table, row in [*_sizes(rows), *rows]:
        connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    connection.execute("ANALYZE sqlite_schema")


def _sizes(rows: list[StatisticsRow]) -> list[StatisticsRow]:
    """The sizes of tables that only the rows of indexes tell: such an index may not be in the schema that is tested."""
    stat1 = [row for table, row in rows if table == _STATISTICS[0] and len(row) == 3]
    told = {row[0] for row in stat1 if row[1] is None}
    sizes: dict[str, int] = {}
    for name, index, stat in stat1:
        first = str(stat).partition(" ")[0]
        if index is not None and name not in told and first.isdecimal():
            sizes[name] = max(int(first), sizes.get(name, 0))
    return [(_STATISTICS[0], (name, None, str(size))) for name, size in sizes.items()]


@contextmanager
def _opened(path: Path) -> Iterator[Connection]:
    """A connection that reads a file."""
    connection = connect(f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def _has(connection: Connection, table: str) -> bool:
    return bool(connection.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (table,)).fetchall())


@contextmanager
def _about(path: Path) -> Iterator[None]:
    """Errors within name the file that is at fault."""
    try:
        yield
    except Error as problem:
        raise OperationalError(f"{path}: {render(problem)}") from None
