"""The texts that a subcommand works on: files, the ``.sql`` files of folders, standard input."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple

from foundrydb.errors import Error
from foundrydb.tools import late
from foundrydb.tools.output.problems import report

STANDARD_INPUT: Final = "-"
_STANDARD_NAME: Final = "<stdin>"

_PATH: Final = re.compile(r"[^\s;()'\"]+\.sql", re.IGNORECASE)
"""What names a file rather than SQL: no statement is one word."""


class SqlFile(NamedTuple):
    """A text and where it is from.

    Attributes:
        path: of the file, ``-`` for standard input, "" for none: it was given itself.
        text: what it holds; bytes that are no UTF-8 are kept as lone surrogates.
    """

    path: str
    text: str

    @property
    def name(self) -> str:
        """What messages call it."""
        return _STANDARD_NAME if self.path == STANDARD_INPUT else self.path


def sql_files(paths: Sequence[str]) -> Iterator[SqlFile]:
    """The texts that are named; standard input where none is.

    Raises:
        OSError: one cannot be read.
    """
    for path in paths or (STANDARD_INPUT,):
        if path == STANDARD_INPUT:
            yield SqlFile(path, sys.stdin.buffer.read().decode("utf-8", "surrogateescape"))
        elif os.path.isdir(path):
            yield from (_read(each) for each in _in_folder(path))
        else:
            yield _read(path)


def sql_or_file(given: str) -> SqlFile:
    """The text that an argument is, or that of the file that it names (``-`` is standard input), without dot-commands.

    Raises:
        OSError: it cannot be read, or looks like the name of a file that is not there.
    """
    is_file = os.path.exists(given) and not os.path.isdir(given)
    if given != STANDARD_INPUT and not is_file and not _PATH.fullmatch(given):
        return SqlFile("", given)
    return without_commands(next(sql_files([given])))


def without_commands(file: SqlFile) -> SqlFile:
    """A file with blanks in the place of the shell's own lines."""
    return SqlFile(file.path, late.resumption.without_commands(file.text))


@contextmanager
def named_in_errors(file: SqlFile) -> Iterator[None]:
    """Have errors about the text begin with the name of the file, where it is of one."""
    try:
        yield
    except Error as problem:
        if file.path not in ("", STANDARD_INPUT) and problem.sql == file.text:
            problem.message = f"{file.name}: {problem.message}"
        raise


def _in_folder(folder: str) -> list[str]:
    """The SQL files in a folder and the folders in it; hidden ones and links to nowhere are left out."""
    found: list[str] = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        named = [
            os.path.join(place, name) for name in files if name.lower().endswith(".sql") and name[0] != "."
        ]
        found += [path for path in named if os.path.isfile(path)]
    return sorted(found)


def _read(path: str) -> SqlFile:
    with open(path, "rb") as file:
        return SqlFile(path, file.read().decode("utf-8", "surrogateescape"))


def report_in(file: SqlFile, problem: Error, then: str = "") -> None:
    """Tell of an error in a file on one line, with its place."""
    place = file.name
    if 0 <= problem.offset <= len(file.text):
        line, column = late.diagnostics.line_and_column(file.text, problem.offset)
        place += f":{line}:{column}"
    hint = f" ({problem.hint})" if problem.hint else ""
    report(f"{place}: {problem.message}{hint}{then}")
