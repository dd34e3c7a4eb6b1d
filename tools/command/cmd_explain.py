"""``fdb explain``, ``fdb dump-plan``, ``fdb dump-bind``: a statement's bytecode, and its plan and names on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from foundrydb.tools import late
from foundrydb.tools.command.cmd_syntax import PICTURES, emit, emit_picture, sql_argument
from foundrydb.tools.output.files import check_file

if TYPE_CHECKING:
    from foundrydb.api.connection import Connection
    from foundrydb.toolkit.stages import Compilation
    from foundrydb.tools.views.drawings.diagram import Diagram

_database = click.option("--db", "database", metavar="FILE", help="The database whose schema counts.")


def connection_for(database: str | None, read_only: bool = True) -> Connection:
    """A connection on FILE; on an empty database without one.

    Raises:
        Error: there is no such file, or it cannot be opened.
    """
    if database is not None:
        check_file(database)
    return late.shell.open_connection(database or ":memory:", read_only=read_only and database is not None)


def compiled(connection: Connection, sql: str, has_schema: bool, noting: bool = False) -> Compilation:
    """The compiled statement; the statements before it are run for their schema where there is no file."""
    if has_schema:
        return late.stages.compile(sql, connection, noting=noting)
    return late.stages.compile_last(connection, sql, noting)


@click.command()
@click.argument("sql", required=False)
@_database
@click.option(
    "--format", "form", type=click.Choice(["table", "json", *PICTURES]), default="table", show_default=True,
    help="An aligned listing, JSON, or a picture: the flow of control, the plan, or the plan with what a run did.",
)  # fmt: skip
@click.option("--query-plan", is_flag=True, help="Show the plan that EXPLAIN QUERY PLAN tells instead.")
@click.option(
    "--analyze", is_flag=True, help="Run SQL, and show what each plan node and instruction did and cost."
)
@click.option("--pages", is_flag=True, help="With --analyze: show which pages were asked for, by number.")
@click.option(
    "--source", is_flag=True, help="Show beside each instruction the piece of SQL that it came from."
)
@click.option(
    "--why", is_flag=True, help="Show after it what was weighed, and of each index why it is used or not."
)
def explain(
    sql: str | None,
    database: str | None,
    form: str,
    query_plan: bool,
    analyze: bool,
    pages: bool,
    source: bool,
    why: bool,
) -> None:
    """Show the bytecode of SQL (standard input without it).

    Without --db, CREATE TABLE statements before the query give the schema.  What SQL changes with --analyze is
    rolled back.
    """
    if analyze and query_plan:
        raise click.UsageError("--analyze stands alone")
    if pages and not analyze:
        raise click.UsageError("--pages goes with --analyze")
    if source and (analyze or query_plan or form in PICTURES):
        raise click.UsageError("--source makes a table or JSON of instructions")
    if why and (analyze or form != "table"):
        raise click.UsageError("--why makes text, after a table of what was compiled")
    text = sql_argument(sql)
    connection = connection_for(database, read_only=not analyze)
    try:
        compilation = compiled(connection, text, database is not None, analyze or why)
        if form in PICTURES:
            emit_picture(_picture(connection, compilation, analyze, query_plan), form)
        elif analyze:
            emit(analyzed(connection, compilation, form, pages))
        elif query_plan:
            steps = late.bytecode_dump.query_plan(connection, compilation)
            emit(late.bytecode_dump.QUERY_PLAN_FORMATS[form](steps))
        elif source:
            emit(late.bytecode_dump.SOURCE_FORMATS[form](compilation))
        else:
            emit(late.bytecode_dump.BYTECODE_FORMATS[form](compilation.program))
        if why:
            emit("\n" + late.choices_dump.choices_text(compilation))
    finally:
        connection.close()


def _picture(connection: Connection, compilation: Compilation, analyze: bool, query_plan: bool) -> Diagram:
    """What ``explain`` draws of a statement."""
    if analyze:
        return late.analysis_dump.analysis_picture(late.analysis.analyze(connection, compilation))
    if query_plan:
        return late.bytecode_dump.query_plan_picture(late.bytecode_dump.query_plan(connection, compilation))
    return late.bytecode_dump.bytecode_picture(compilation.program)


def analyzed(connection: Connection, compilation: Compilation, form: str, pages: bool) -> str:
    """What a run of the statement did, in a format."""
    return late.analysis_dump.FORMATS[form](late.analysis.analyze(connection, compilation, pages=pages))


@click.command("dump-bind")
@click.argument("sql", required=False)
@_database
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--tree", is_flag=True, help="Show the statement as it was bound, clause by clause.")
def dump_bind(sql: str | None, database: str | None, form: str, tree: bool) -> None:
    """Show every name of SQL (standard input without it): what it refers to, its type, its scope.

    Without --db, CREATE TABLE statements before the query give the schema.
    """
    text = sql_argument(sql)
    connection = connection_for(database)
    try:
        emit(late.bind_dump.FORMATS[form](compiled(connection, text, database is not None), tree))
    finally:
        connection.close()


@click.command("dump-plan")
@click.argument("sql", required=False)
@_database
@click.option(
    "--format", "form", type=click.Choice(["text", "json", *PICTURES]), default="text", show_default=True
)
@click.option(
    "--passes", is_flag=True, help="Show the plan as it was built, and what each pass changed in it."
)
@click.option("--why", is_flag=True, help="Show the alternatives that were weighed, too, and what they cost.")
def dump_plan(sql: str | None, database: str | None, form: str, passes: bool, why: bool) -> None:
    """Show the plan of SQL (standard input without it).

    Without --db, CREATE TABLE statements before the query give the schema.
    """
    if why and form in PICTURES:
        raise click.UsageError("--why makes text or JSON")
    text = sql_argument(sql)
    connection = connection_for(database)
    try:
        compilation = compiled(connection, text, database is not None, why)
        if form in PICTURES:
            emit_picture(late.plan_dump.plan_picture(compilation, passes), form)
        else:
            emit(late.plan_dump.FORMATS[form](compilation, passes, why))
    finally:
        connection.close()
