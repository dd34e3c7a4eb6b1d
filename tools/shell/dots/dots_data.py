"""The dot-command that brings data in."""

from __future__ import annotations

import csv
import io
import os
import subprocess
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from foundrydb.api.values.carried_text import CarriedText
from foundrydb.compiler.schema.names import quoted_name
from foundrydb.errors import Error
from foundrydb.tools.output.problems import report
from foundrydb.tools.output.progress import counting
from foundrydb.tools.shell.dots.dot_command import Usage, check_schema, command

if TYPE_CHECKING:
    from foundrydb.tools.shell.shell import Shell


_END = "\0end of the input"
"""A last line of our own: within a field, it tells that the field's quote was never closed."""


class ImportOptions:
    """What ``.import`` was asked for."""

    def __init__(self) -> None:
        self.file = ""
        self.table = ""
        self.schema = ""
        self.column = ""
        self.row = ""
        self.quotes = True
        self.skip = 0
        self.verbose = False

    @property
    def place(self) -> str:
        """The table as SQL names it."""
        table = quoted_name(self.table)
        return f"{quoted_name(self.schema)}.{table}" if self.schema else table


@command(
    "import",
    "FILE TABLE",
    help="Import data from FILE into TABLE",
    more=r"""
--ascii         Use \037 and \036 as column and row separators
--csv           Use , and \n as column and row separators
--schema S      Import into S.TABLE
--skip N        Skip the first N rows of input
-v              Say how many rows were imported
If TABLE does not exist, it is created, and the first row of input names its columns.
Without --csv or --ascii, the separators of the output mode are used.
If FILE begins with "|", it is a command whose output is read.
""",
)
def import_file(shell: Shell, arguments: list[str]) -> bool:
    """Insert the rows of a file."""
    options = _options(shell, arguments)
    if options.schema:
        check_schema(shell, options.schema)
    total = None if options.file.startswith("|") else os.stat(options.file).st_size
    with counting(f"import {options.file}", "characters", total) as advance:
        rows = _rows(options, advance)
        for _ in range(options.skip):
            next(rows, None)
        columns = _columns(shell, options)
        if not columns:
            first = next(rows, None)
            if first is None:
                raise Usage(f"{options.file}: empty file")
            columns = _create(shell, options, first[1])
        return _insert(shell, options, rows, len(columns))


def _options(shell: Shell, arguments: list[str]) -> ImportOptions:
    options = ImportOptions()
    settings = shell.settings
    options.column = settings.column_separator
    options.row = settings.row_separator
    options.quotes = settings.mode != "ascii"
    if settings.mode == "csv" and settings.row_separator == "\r\n":
        settings.row_separator = options.row = "\n"
    words = iter(arguments)
    for word in words:
        option = word.lstrip("-") if word.startswith("-") else ""
        if option == "csv":
            options.column, options.row, options.quotes = ",", "\n", True
        elif option == "ascii":
            options.column, options.row, options.quotes = "\x1f", "\x1e", False
        elif option == "schema":
            options.schema = next(words, "")
        elif option == "skip":
            count = next(words, "")
            if not count.isdigit():
                raise Usage(f"not a number: {count}")
            options.skip = int(count)
        elif option == "v":
            options.verbose = True
        elif option:
            raise Usage(f"unknown option: {word}")
        elif not options.file:
            options.file = word
        elif not options.table:
            options.table = word
        else:
            raise Usage(f'extra argument: "{word}"')
    if not options.table:
        raise Usage(f"missing {'TABLE' if options.file else 'FILE'} argument")
    if len(options.column) != 1:
        raise Usage("the column separator for import must be one character")
    return options


def _counted(lines: Iterable[str], advance: Callable[[int], None]) -> Iterator[str]:
    """The lines, each reported to ``advance`` by its length."""
    for line in lines:
        advance(len(line))
        yield line


def _rows(options: ImportOptions, advance: Callable[[int], None]) -> Iterator[tuple[int, list[str]]]:
    """The fields of each row of the input, with the number of the line on which it begins."""
    if options.file.startswith("|"):
        done = subprocess.run(options.file[1:], shell=True, stdout=subprocess.PIPE, check=False)
        if done.returncode:
            raise Usage(f"the command failed with status {done.returncode}: {options.file[1:]}")
        stream: io.TextIOBase = io.StringIO(done.stdout.decode("utf-8", "surrogateescape"), newline="")
    else:
        stream = open(options.file, encoding="utf-8", errors="surrogateescape", newline="")  # noqa: SIM115
    with stream:
        if stream.read(1) != "\ufeff":
            stream.seek(0)
        if options.quotes:
            csv.field_size_limit(1_000_000_000)
            reader = csv.reader(chain(_counted(stream, advance), [_END]), delimiter=options.column)
            line = 1
            try:
                for fields in reader:
                    if fields == [_END]:
                        return
                    if fields and fields[-1].endswith(_END):
                        report(f'{options.file}:{line}: unterminated "-quoted field')
                        fields[-1] = fields[-1].removesuffix(_END)
                    yield line, fields or [""]
                    line = reader.line_num + 1
            except csv.Error as problem:
                raise Usage(f"{options.file}:{line}: {problem}") from None
        else:
            for number, row in enumerate(stream.read().split(options.row), 1):
                if row:
                    yield number, row.split(options.column)


def _columns(shell: Shell, options: ImportOptions) -> list[str]:
    schema = f"{quoted_name(options.schema)}." if options.schema else ""
    found = shell.query(f"PRAGMA {schema}table_info({quoted_name(options.table)})")
    return [str(row[1]) for row in found]


def _create(shell: Shell, options: ImportOptions, head: list[str]) -> list[str]:
    """Make the table with the columns that the first row names."""
    names = _distinct(head, options.file)
    columns = ", ".join(f"{quoted_name(name)} TEXT" for name in names)
    shell.query(f"CREATE TABLE IF NOT EXISTS {options.place}(\n{columns})")
    return names


def _distinct(head: list[str], file: str) -> list[str]:
    """Column names without duplicates: those that occur twice get their number."""
    names = [name or "?" for name in head]
    folded = [name.lower() for name in names]
    renamed = [f"{name}_{i}" if folded.count(folded[i - 1]) > 1 else name for i, name in enumerate(names, 1)]
    changes = [f'"{old}" to "{new}"' for old, new in zip(names, renamed) if old != new]
    if changes:
        report(f"Columns renamed during .import {file} due to duplicates:\n" + ",\n".join(changes))
    return renamed


def _insert(shell: Shell, options: ImportOptions, rows: Iterator[tuple[int, list[str]]], width: int) -> bool:
    """Insert the rows, all in one transaction of its own where there is none."""
    connection = shell.connection
    own = not connection.in_transaction
    statement = f"INSERT INTO {options.place} VALUES({','.join('?' * width)})"
    if own:
        connection.execute("BEGIN")
    inserted = failed = line = 0
    cursor = connection.cursor()
    try:
        for line, row in rows:
            place = f"{options.file}:{line}"
            try:
                cursor.execute(statement, _fitted(row, width, place))
                inserted += 1
            except Error as problem:
                report(f"{place}: INSERT failed: {problem.message}")
                failed += 1
        if own:
            connection.execute("COMMIT")
    except BaseException:
        if own and connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    if options.verbose:
        shell.write(f"Added {inserted} rows with {failed} errors using {line} lines of input\n")
    return failed == 0


def _fitted(row: list[str], width: int, place: str) -> list[str | None]:
    """The row with exactly ``width`` fields, texts that are not UTF-8 as they are."""
    row = [field if field.isascii() else CarriedText(field) for field in row]
    if len(row) < width:
        report(f"{place}: expected {width} columns but found {len(row)} - filling the rest with NULL")
        return [*row, *[None] * (width - len(row))]
    if len(row) > width:
        report(f"{place}: expected {width} columns but found {len(row)} - extras ignored")
    return [*row[:width]]
