"""Files of queries, each with its name in a comment before it.

::

    -- name: bells_of_order
    select * from bell where order_id = :order;

A query without one is called by its number in the file.  The shell's own lines (``.mode box``) are passed over.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

from foundrydb.compiler.syntax.resumption import without_commands
from foundrydb.errors import Error
from foundrydb.toolkit.stages import parse

_NAME: Final = re.compile(r"--[ \t]*name:[ \t]*(?P<name>\S+)")


class FileQuery(NamedTuple):
    """A query of a file.

    Attributes:
        name: what it is called.
        sql: its text.
        file: the text of the whole file, in which it begins at ``start``.
    """

    name: str
    sql: str
    file: str
    start: int


def named_queries(path: Path) -> list[FileQuery]:
    """The queries of a file.

    Raises:
        Error: it is not all SQL, with the place in ``offset``.
        ValueError: the file cannot be read, it has no query, or two have one name.
        All messages begin with its path.
    """
    try:
        sql = path.read_text(encoding="utf-8")
    except OSError as problem:
        raise ValueError(f"{path}: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path} is no text in UTF-8") from None
    sql = without_commands(sql)
    try:
        statements = parse(sql)
    except Error as problem:
        problem.message = f"{path}: {problem.message}"
        raise
    if not statements:
        raise ValueError(f"{path}: there is no query")
    found: list[FileQuery] = []
    end = 0
    for number, statement in enumerate(statements, 1):
        named = _NAME.findall(sql, end, statement.start)
        name = named[-1] if named else f"{path.stem}.{number}"
        if any(name == other.name for other in found):
            raise ValueError(f"{path}: two queries are called {name}")
        found.append(FileQuery(name, sql[statement.start : statement.end], sql, statement.start))
        end = statement.end
    return found
