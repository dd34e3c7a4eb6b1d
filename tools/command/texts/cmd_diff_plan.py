"""``fdb diff-plan``: two plans side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from foundrydb.tools import late
from foundrydb.tools.command.cmd_explain import compiled, connection_for
from foundrydb.tools.command.cmd_syntax import PICTURES, emit, emit_picture
from foundrydb.tools.command.texts.sql_files import named_in_errors, sql_or_file

if TYPE_CHECKING:
    from foundrydb.toolkit.stages import Compilation


@click.command("diff-plan")
@click.argument("old")
@click.argument("new", required=False)
@click.option("--db", "database", metavar="FILE", help="The database whose schema and statistics count.")
@click.option(
    "--new-db", "new_database", metavar="FILE", help="Those that count for NEW, or for OLD once more."
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", *PICTURES]), default="text", show_default=True
)
@click.option("--check", is_flag=True, help="The exit status is 1 where the new plan is worse.")
def diff_plan(
    old: str, new: str | None, database: str | None, new_database: str | None, form: str, check: bool
) -> int:
    """Compare the plans of OLD and NEW, or of OLD alone for two databases.

    Either is SQL, or a file that holds it.  Without --db, the statements before the last one make the schema.
    """
    if new is None and new_database is None:
        raise click.UsageError("there is one plan: give NEW, or --new-db")
    before = _compilation(old, database)
    after = _compilation(old if new is None else new, new_database or database)
    comparison = late.plan_comparison.compare_plans(before, after)
    dump = late.comparison_dump
    if form in PICTURES:
        emit_picture(dump.comparison_picture(comparison, before, after), form)
    else:
        emit(dump.comparison_json(comparison) if form == "json" else dump.comparison_text(comparison))
    return 1 if check and comparison.verdict == late.plan_comparison.WORSE else 0


def _compilation(given: str, database: str | None) -> Compilation:
    file = sql_or_file(given)
    connection = connection_for(database)
    try:
        with named_in_errors(file):
            return compiled(connection, file.text, database is not None)
    finally:
        connection.close()
