"""``fdb debug``: a statement, or a script, run forward and back."""

from __future__ import annotations

import click

from foundrydb.tools import late
from foundrydb.tools.command.cmd_explain import connection_for
from foundrydb.tools.command.cmd_syntax import emit
from foundrydb.tools.command.texts.sql_files import SqlFile, named_in_errors, sql_files, without_commands


@click.command()
@click.argument("sql", required=False)
@click.option("--db", "database", metavar="FILE", help="The database that SQL is run on.")
@click.option(
    "-f", "--file", "source", metavar="FILE", type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    help="Take SQL from a file; its statements are debugged one after the other.",
)  # fmt: skip
@click.option(
    "--steps",
    type=click.IntRange(1, 10**15),
    metavar="N",
    default=10_000_000,
    help="Make a pause after so many instructions, not after 10 million.",
)
def debug(sql: str | None, database: str | None, source: str | None, steps: int) -> None:
    """Run SQL instruction by instruction, forward and back: a prompt, or commands from standard input.

    With several statements each is debugged in turn; without --db and -f those before the last one are run for their
    schema.  What SQL changes is undone, unless the command commit keeps it.
    """
    if (sql is None) == (source is None):
        raise click.UsageError("give either SQL, or a file with -f")
    text = SqlFile("", sql or "") if source is None else without_commands(next(sql_files([source])))
    connection = connection_for(database, read_only=False)
    try:
        first = 0 if database is not None or source is not None else -1
        with named_in_errors(text):
            script = late.script.Script(connection, text.text, first, steps)
        try:
            late.prompt.session(late.debugger.Debugger(script, emit))
        finally:
            script.close()
    finally:
        connection.close()
