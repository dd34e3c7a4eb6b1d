"""``fdb find-row``: the way from a tree's root to one cell."""

from __future__ import annotations

import click

from foundrydb.errors import error
from foundrydb.tools import late
from foundrydb.tools.command.cmd_explain import connection_for
from foundrydb.tools.command.cmd_syntax import emit


@click.command("find-row", context_settings={"ignore_unknown_options": True})  # a key may be negative
@click.argument("file")
@click.argument("table")
@click.argument("key", nargs=-1)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def find_row(file: str, table: str, key: tuple[str, ...], form: str) -> int:
    """Show the way to the row of TABLE in FILE whose rowid or primary key is KEY: pages, comparisons, the cell.

    TABLE may be an index: KEY is the value of its first column, or of several.  Values are SQL literals, or text
    without quotes.  The exit status is 1 where there is no such row.
    """
    connection = connection_for(file)
    try:
        schemas = late.tree_schema.TreeSchemas(connection)
        tree = schemas.named(table)
        if tree is None:
            raise error(schemas.fault or f"no such table or index: {table}")
        values = late.key_search.parse_key(tree, list(key))
        survey = late.survey.Survey(connection.engine.attached.database(0), file)
        try:
            search = late.key_search.search_key(survey, tree, values)
        finally:
            survey.close()
    finally:
        connection.close()
    dump = late.search_dump
    emit(dump.search_json(search, file) if form == "json" else dump.search_text(search, file))
    return 0 if search.found else 1
