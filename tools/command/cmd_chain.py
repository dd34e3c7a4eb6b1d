"""``fdb dump-chain``: a piece of SQL through all stages to the pages, and back from a page."""

from __future__ import annotations

import click

from foundrydb.tools import late
from foundrydb.tools.command.cmd_explain import compiled, connection_for
from foundrydb.tools.command.cmd_syntax import PICTURES, emit, emit_picture, sql_argument


@click.command("dump-chain")
@click.argument("sql", required=False)
@click.option("--db", "database", metavar="FILE", help="The database whose schema counts.")
@click.option("--of", "piece", metavar="TEXT", help="Follow this piece of SQL, not the whole of it.")
@click.option("--pages", is_flag=True, help="Run SQL, and show which pages were asked for.")
@click.option(
    "--page", type=int, metavar="NUMBER", help="Run SQL, and go back from this page to what it was for."
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", *PICTURES]), default="text", show_default=True
)
def dump_chain(
    sql: str | None, database: str | None, piece: str | None, pages: bool, page: int | None, form: str
) -> None:
    """Follow SQL (standard input without it) through all stages by ids: tokens, syntax, names, expressions, plan nodes
    after each pass, instructions, cursors, pages.

    Without --db, CREATE TABLE statements before the query give the schema.  What SQL changes when it is run is rolled
    back.
    """
    if piece is not None and page is not None:
        raise click.UsageError("--of and --page are two ways to begin")
    running = pages or page is not None
    text = sql_argument(sql)
    connection = connection_for(database, read_only=not running)
    try:
        compilation = compiled(connection, text, database is not None, running)
        trail = late.chain_dump.Trail(compilation)
        if running:
            trail.analysis = late.analysis.analyze(connection, compilation, pages=True)
        if page is not None:
            trail.follow_back(0, page)
        else:
            statement = compilation.planned
            trail.follow(text[statement.start : statement.end] if piece is None else piece)
        if form in PICTURES:
            emit_picture(late.chain_dump.chain_picture(trail), form)
        else:
            emit(late.chain_dump.FORMATS[form](trail))
    finally:
        connection.close()
