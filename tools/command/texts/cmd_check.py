"""``fdb check``: what is likely a mistake in SQL files and schemas."""

from __future__ import annotations

import click

from foundrydb.tools import late
from foundrydb.tools.command.cmd_explain import connection_for
from foundrydb.tools.command.cmd_syntax import emit
from foundrydb.tools.command.texts.sql_files import sql_files
from foundrydb.tools.views.checks_dump import FoundIn


@click.command()
@click.argument("files", nargs=-1)
@click.option(
    "--db", "database", metavar="FILE", help="The database whose schema counts; alone, what is checked."
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", show_default=True
)
@click.option(
    "--rule", "only", multiple=True, metavar="RULE", help="Go by this rule alone (or these), by name or code."
)
@click.option(
    "--workload",
    is_flag=True,
    help="FILES are all that the database is asked: tell of indexes they never use.",
)
@click.option("--rules", "listing", is_flag=True, help="List the rules, and look at nothing.")
def check(
    files: tuple[str, ...],
    database: str | None,
    form: str,
    only: tuple[str, ...],
    workload: bool,
    listing: bool,
) -> int:
    """Look in SQL FILES (- for standard input) for what is valid and likely wrong, or slow.

    Each file is checked by itself, for the schema of --db and its own statements; nothing is run.  Without FILES, the
    schema of --db is checked, or standard input where there is none.  A comment "-- fdb: ignore" or
    "-- fdb: ignore RULE" says that a finding is meant.  The exit status is 1 where something is found.
    """
    dump = late.checks_dump
    if listing:
        rules = late.catalogue.rules()
        emit(dump.rules_text(rules) if form == "text" else dump.rules_json(rules))
        return 0
    connection = None if database is None else connection_for(database)
    try:
        found: list[FoundIn] = []
        if database is not None and connection is not None and not files:
            found = [
                FoundIn(database, each) for each in late.checking.check_schema(connection, only=only or None)
            ]
        else:
            for file in sql_files(files):
                checked = late.checking.check(file.text, connection, workload=workload, only=only or None)
                # What is in no text of the file is in the schema of the database, or as ALTER has left it.
                names = [database or file.name if each.sql != file.text else file.name for each in checked]
                found += map(FoundIn, names, checked)
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None
    if form == "sarif":
        emit(dump.findings_sarif(found, late.catalogue.rules()))
    else:
        emit(dump.findings_json(found) if form == "json" else dump.findings_text(found))
    return 1 if found else 0
