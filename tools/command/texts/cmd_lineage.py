"""``fdb lineage``: which columns of tables a statement's columns are computed from."""

from __future__ import annotations

import sys

import click

from foundrydb.toolkit.column_lineage import lineage_of
from foundrydb.tools import late
from foundrydb.tools.command.cmd_explain import compiled, connection_for
from foundrydb.tools.command.cmd_syntax import emit
from foundrydb.tools.command.texts.sql_files import STANDARD_INPUT, named_in_errors, sql_or_file


@click.command()
@click.argument("sql", required=False)
@click.option("--db", "database", metavar="FILE", help="The database whose schema counts.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "dot", "mermaid", "svg", "png"]), default="text",
    show_default=True,
)  # fmt: skip
def lineage(sql: str | None, database: str | None, form: str) -> None:
    """Show what each column that SQL, or a file of it, gives or writes is computed from (standard input without it).

    Columns are followed through views, common tables, subqueries, compounds and windows.  Without --db, the statements
    before the last one make the schema.
    """
    file = sql_or_file(sql or STANDARD_INPUT)
    connection = connection_for(database)
    try:
        with named_in_errors(file):
            columns = lineage_of(compiled(connection, file.text, database is not None))
    finally:
        connection.close()
    dump = late.lineage_dump
    if form in ("text", "json"):
        emit(dump.lineage_json(columns) if form == "json" else dump.lineage_text(columns))
        return
    sys.stdout.buffer.write(late.diagram_formats.written(dump.lineage_diagram(columns), form))
    sys.stdout.buffer.flush()
