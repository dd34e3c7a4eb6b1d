"""Dot-commands that copy whole databases from and to files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from foundrydb.api.connection import Connection, connect
from foundrydb.api.copying import copy_database
from foundrydb.compiler.schema.names import quoted_name
from foundrydb.errors import Error
from foundrydb.tools.output.problems import describe, report
from foundrydb.tools.output.progress import counting
from foundrydb.tools.shell.dots.dot_command import Usage, check_schema, command

if TYPE_CHECKING:
    from foundrydb.tools.shell.shell import Shell

STEP: Final = 100
"""Pages that are copied between two looks at the progress."""

SOURCE_WAITS: Final = 3
"""How often .restore waits, a tenth of a second, for whoever writes the file."""

_OPTIONS: Final = {"append": "not supported yet: --append", "async": ""}


@command(
    "backup",
    "?DB? FILE",
    help='Backup DB (default "main") to FILE',
    more="--async         Write without waiting",
)
@command("save", "?DB? FILE", help="Write database to FILE (an alias for .backup ...)")
def backup(shell: Shell, arguments: list[str]) -> None:
    """Copy the database to a file."""
    names: list[str] = []
    options: list[str] = []
    for word in arguments:
        option = word.lstrip("-") if word.startswith("-") else ""
        if option and _OPTIONS.get(option, f"unknown option: {word}"):
            raise Usage(_OPTIONS.get(option, f"unknown option: {word}"))
        (options if option else names).append(option or word)
    if not names:
        raise Usage("missing FILENAME argument on .backup")
    schema, path = _schema_and_path(names)
    check_schema(shell, schema)
    target = _open(path)
    try:
        if "async" in options:
            target.executescript("PRAGMA synchronous = off; PRAGMA journal_mode = off")
        _copy(shell.connection, target, schema, "main", f"backup to {path}", 0)
    finally:
        target.close()


@command("restore", "?DB? FILE", help='Restore content of DB (default "main") from FILE')
def restore(shell: Shell, arguments: list[str]) -> None:
    """Let the database be a copy of that in a file."""
    schema, path = _schema_and_path(arguments)
    check_schema(shell, schema)
    if not os.path.isfile(path):
        raise Usage(f'cannot open "{path}"')
    source = _open(path)
    try:
        _copy(source, shell.connection, "main", schema, f"restore from {path}", SOURCE_WAITS)
    finally:
        source.close()


def _copy(source: Connection, target: Connection, name: str, into: str, title: str, waits: int) -> None:
    """Copy a database, and show how far that has come.

    Args:
        waits: how often somebody may be in the way.
    """
    with counting(title, "pages") as advance:
        done = 0

        def progress(status: int, left: int, total: int) -> None:
            nonlocal done
            advance(max(total - left - done, 0))
            done = total - left

        copy_database(source.engine, target.engine, name, STEP, progress, 0.1, into, waits)


@command("clone", "FILE", help="Clone data into FILE from the existing database")
def clone(shell: Shell, arguments: list[str]) -> bool:
    """Make a new file with the same objects and rows, one after another; what cannot be copied is left out."""
    if len(arguments) != 1:
        raise Usage
    (path,) = arguments
    if os.path.exists(path):
        raise Usage(f'File "{path}" already exists.')
    target = _open(path)
    try:
        return _clone(shell, target)
    finally:
        target.close()


def _clone(shell: Shell, target: Connection) -> bool:
    """Copy everything; False where something could not be."""
    target.execute("BEGIN EXCLUSIVE")
    objects = shell.query(
        "SELECT type, name, sql FROM sqlite_schema WHERE sql NOT NULL"
        " ORDER BY type <> 'table', name = 'sqlite_sequence', rowid"
    )
    whole = True
    for kind, name, sql in objects:
        shell.write(f"{name}... ")
        try:
            _make(target, str(name), str(sql))
            if kind == "table":
                _copy_rows(shell, target, str(name))
        except Error as problem:
            whole = False
            shell.write("\n")
            report(describe(problem, "Error: "))
        else:
            shell.write("done\n")
    target.execute("COMMIT")
    return whole


def _make(target: Connection, name: str, sql: str) -> None:
    if name == "sqlite_sequence":
        target.execute("DELETE FROM sqlite_sequence")
    elif name.startswith("sqlite_stat"):
        target.execute("ANALYZE sqlite_schema")
    else:
        target.execute(sql)


def _copy_rows(shell: Shell, target: Connection, name: str) -> None:
    """Copy a table's rows; values that are generated are generated anew."""
    table = quoted_name(name)
    names = [quoted_name(str(row[1])) for row in shell.query(f"PRAGMA table_info({table})")]
    columns = ", ".join(names)
    insert = f"INSERT INTO {table}({columns}) VALUES ({', '.join('?' * len(names))})"
    cursor = shell.connection.execute(f"SELECT {columns} FROM {table}")
    with counting(f"clone {name}", "rows") as advance:
        while rows := cursor.fetchmany(1000):
            target.executemany(insert, rows)
            advance(len(rows))


def _schema_and_path(arguments: list[str]) -> tuple[str, str]:
    if not 1 <= len(arguments) <= 2:
        raise Usage
    schema, path = ["main", *arguments][-2:]
    return schema.lower(), path


def _open(path: str) -> Connection:
    try:
        return connect(path, timeout=0, isolation_level=None)
    except Error:
        raise Usage(f'cannot open "{path}"') from None
