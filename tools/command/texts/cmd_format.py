"""``fdb fmt``: SQL files in one style."""

from __future__ import annotations

import click

from foundrydb.errors import Error, InternalError
from foundrydb.tools import late
from foundrydb.tools.command.cmd_syntax import emit
from foundrydb.tools.command.texts.sql_files import STANDARD_INPUT, SqlFile, report_in, sql_files
from foundrydb.tools.output.problems import report


@click.command()
@click.argument("files", nargs=-1)
@click.option(
    "--check", is_flag=True, help="Write nothing; the exit status is 1 where something would change."
)
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@click.option(
    "--width", type=click.IntRange(1), default=100, show_default=True, help="How long a line may be."
)
def fmt(files: tuple[str, ...], check: bool, diff: bool, width: int) -> int:
    """Format SQL FILES in place, those of folders too; standard input to standard output without any, or with -.

    Only blanks, line ends and the case of keywords change; comments and dot-commands stay.  A file with a syntax
    error is left as it was, and the exit status is then 2.
    """
    texts = list(sql_files(files))
    changed: list[SqlFile] = []
    failures = 0
    for file in texts:
        try:
            formatted: str = late.scripts.format_sql(file.text, width)
        except InternalError as problem:
            report(f"{file.name}: {problem.message}; left as it was")
            failures += 1
            continue
        except Error as problem:
            report_in(file, problem, "" if file.path == STANDARD_INPUT else "; left as it was")
            failures += 1
            continue
        if formatted != file.text:
            changed.append(file)
        _put(file, formatted, check, diff)
    if files and files != (STANDARD_INPUT,):
        report(_summary(len(changed), len(texts) - len(changed) - failures, failures, check or diff))
    return 2 if failures else 1 if check and changed else 0


def _put(file: SqlFile, formatted: str, check: bool, diff: bool) -> None:
    """Write a formatted text, or show what would change."""
    same = formatted == file.text
    if diff:
        if not same:
            emit(_difference(file, formatted))
    elif check:
        if not same:
            report(f"would format {file.name}")
    elif file.path == STANDARD_INPUT:
        emit(formatted)
    elif not same:
        with open(file.path, "wb") as out:
            out.write(formatted.encode("utf-8", "surrogateescape"))
        report(f"formatted {file.name}")


def _difference(file: SqlFile, formatted: str) -> str:
    """A unified diff."""
    lines = late.difflib.unified_diff(
        file.text.split("\n"), formatted.split("\n"), file.name, f"{file.name} (formatted)", lineterm=""
    )
    return "".join(line + "\n" for line in lines)


def _summary(changed: int, same: int, failures: int, dry: bool) -> str:
    """What became of the files, as a sentence."""
    would = "would be " if dry else ""
    told = [(changed, f"{would}formatted"), (same, f"{would}left unchanged"), (failures, "with an error")]
    parts = [f"{count} {'file' if count == 1 else 'files'} {what}" for count, what in told if count]
    return ", ".join(parts) or "no SQL files"
