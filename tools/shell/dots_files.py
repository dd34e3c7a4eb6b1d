"""Dot-commands that copy whole databases from and to files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from foundrydb.api.connection import Connection, connect
from foundrydb.api.copying import copy_database
from foundrydb.errors import Error
from foundrydb.tools.shell.dots import Usage, command

if TYPE_CHECKING:
    from foundrydb.tools.shell.shell import Shell

_OPTIONS: Final = {
    "append": "not supported yet: --append",
    "async": "",  # the copy is a single transaction, which is synced once
}


@command(
    "backup",
    "?DB? FILE",
    help='Backup DB (default "main") to FILE',
    more="--async         Write without waiting",
)
@command("save", "?DB? FILE", help="Write database to FILE (an alias for .backup ...)")
def backup(shell: Shell, arguments: list[str]) -> None:
    """Copy the database to a file."""
    names = []
    for word in arguments:
        option = word.lstrip("-") if word.startswith("-") else ""
        if option and _OPTIONS.get(option, f"unknown option: {word}"):
            raise Usage(_OPTIONS.get(option, f"unknown option: {word}"))
        if not option:
            names.append(word)
    if not names:
        raise Usage("missing FILENAME argument on .backup")
    schema, path = _schema_and_path(names)
    _check_schema(shell, schema)
    target = _open(path)
    try:
        shell.connection.backup(target, name=schema)
    finally:
        target.close()


@command("restore", "?DB? FILE", help='Restore content of DB (default "main") from FILE')
def restore(shell: Shell, arguments: list[str]) -> None:
    """Let the database be a copy of that in a file."""
    schema, path = _schema_and_path(arguments)
    _check_schema(shell, schema)
    if schema == "temp":
        raise Usage(f"not supported yet: restoring into {schema}")
    if not os.path.isfile(path):
        raise Usage(f'cannot open "{path}"')
    source = _open(path)
    try:
        copy_database(source.engine, shell.connection.engine, "main", -1, None, schema)
    finally:
        source.close()


def _schema_and_path(arguments: list[str]) -> tuple[str, str]:
    if not 1 <= len(arguments) <= 2:
        raise Usage
    schema, path = ["main", *arguments][-2:]
    return schema.lower(), path


def _check_schema(shell: Shell, schema: str) -> None:
    if shell.connection.engine.catalog.schema(schema) is None:
        raise Usage(f"unknown database {schema}")


def _open(path: str) -> Connection:
    try:
        return connect(path, isolation_level=None)
    except Error:
        raise Usage(f'cannot open "{path}"') from None
