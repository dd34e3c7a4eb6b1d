"""``fdb verify`` and ``fdb recover``: whether a database is what it should be, and what is left of one that is not."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import click

from foundrydb.errors import error
from foundrydb.storage.os.os_vfs import OsVFS
from foundrydb.tools import late
from foundrydb.tools.command.cmd_explain import connection_for
from foundrydb.tools.command.cmd_syntax import emit
from foundrydb.tools.output.files import check_file
from foundrydb.tools.output.progress import counting
from foundrydb.tools.output.stream import OutputStream, standard_output

if TYPE_CHECKING:
    from foundrydb.tools.recovery.recovery import Recovery

SOMETHING_LOST: Final = 3
"""The exit status where the script was written, but has not all that was there."""


@click.command()
@click.argument("file")
@click.option("-o", "--output", metavar="SCRIPT", help="Write the SQL there instead of to standard output.")
@click.option("--into", metavar="NEW", help="Make the database NEW of it straight away, and write no SQL.")
@click.option("--ignore-freelist", is_flag=True, help="Leave out what is on pages that appear to be free.")
@click.option(
    "--lost-and-found", "lost", metavar="TABLE", default="lost_and_found", show_default=True,
    help="The table for rows of no known table.",
)  # fmt: skip
@click.option("--no-rowids", is_flag=True, help="Leave out rowids that are no INTEGER PRIMARY KEY.")
@click.option(
    "--report", "form", type=click.Choice(["text", "json", "none"]), default="text", show_default=True,
    help="How to tell, on standard error, what was saved, what was lost, and where.",
)  # fmt: skip
def recover(
    file: str,
    output: str | None,
    into: str | None,
    ignore_freelist: bool,
    lost: str,
    no_rowids: bool,
    form: str,
) -> int:
    """Save what can be saved of the damaged database FILE, as SQL that makes it again.

    FILE and its journal or write-ahead log are only read.  The exit status is 0 where nothing was found to be lost, 3
    where something was or where rows belong to no known table, 1 where the file cannot be read.
    """
    if output is not None and into is not None:
        raise click.UsageError("--output and --into do not go together")
    check_file(file)
    choices = late.recovery.RecoveryChoices(lost, ignore_freelist, not no_rowids)
    with counting(f"recover {file}", "pages", None, output is not None or into is not None) as advance:
        recovery = late.recovery.Recovery(OsVFS(), file, choices, advance)
        try:
            _write(recovery, file, output, into)
        finally:
            recovery.close()
    reports = late.recovery_report
    if form != "none":
        text = reports.report_json if form == "json" else reports.report_text
        click.echo(text(recovery.report), err=True, nl=False)
    return 0 if recovery.report.whole else SOMETHING_LOST


def _write(recovery: Recovery, file: str, output: str | None, into: str | None) -> None:
    """Put what is recovered where it is wanted."""
    if into is not None:
        _refuse_existing(into)
        late.new_database.make_database(recovery, into)
    elif output is not None:
        if os.path.exists(output) and os.path.samefile(file, output):
            raise error(f'"{output}" is the file that is to be recovered')
        with open(output, "wb") as target:
            stream = OutputStream(target, output)
            write_script(recovery, stream.write)
            stream.flush()
    else:
        out = standard_output()
        write_script(recovery, out.write)
        out.flush()


def write_script(recovery: Recovery, write: Callable[[str], None]) -> None:
    """Write the whole script."""
    for piece in recovery.script():
        write(piece)


def _refuse_existing(path: str) -> None:
    """Make sure that a new database is one."""
    if os.path.exists(path) and os.path.getsize(path):
        raise error(f'the file "{path}" exists already', "SQLITE_CANTOPEN")


@click.command()
@click.argument("file")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--limit", type=click.IntRange(1), default=100, show_default=True, help="How many faults to tell at most."
)
def verify(file: str, form: str, limit: int) -> int:
    """Check FILE: its log, trees, freelist, pointer map, rows and indexes; tell each fault and what shows it.

    Nothing is repaired, and a hot journal is not undone.  The exit status is 1 where something is wrong.
    """
    verification = late.verification
    result = verification.verify(file, lambda: connection_for(file), limit)
    emit(verification.verification_json(result) if form == "json" else verification.verification_text(result))
    return 1 if result.faults else 0
