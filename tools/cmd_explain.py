"""``fdb explain`` and ``fdb dump-plan``: a statement's bytecode, and its plan on the way there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from foundrydb.tools.cmd_syntax import emit, sql_argument

if TYPE_CHECKING:
    from foundrydb.connection import Connection
    from foundrydb.toolkit import Compilation

_database = click.option("--db", "database", metavar="FILE", help="The database whose schema counts.")


def connection_for(database: str | None) -> Connection:
    """A connection on FILE, for reading only; on an empty database without one."""
    from foundrydb.tools.shell import open_connection

    return open_connection(database or ":memory:", read_only=database is not None)


def compiled(connection: Connection, sql: str, has_schema: bool) -> Compilation:
    """The compiled statement; the statements before it are run for their schema where there is no file."""
    from foundrydb.toolkit import compile, compile_last

    return compile(sql, connection) if has_schema else compile_last(connection, sql)


@click.command()
@click.argument("sql", required=False)
@_database
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "dot"]), default="table", show_default=True,
    help="An aligned listing, JSON, or Graphviz DOT (the flow of control between blocks).",
)  # fmt: skip
@click.option("--query-plan", is_flag=True, help="Show the plan that EXPLAIN QUERY PLAN tells instead.")
def explain(sql: str | None, database: str | None, form: str, query_plan: bool) -> None:
    """Show the bytecode of SQL (standard input without it).

    Without --db, CREATE TABLE statements before the query give the schema.
    """
    from foundrydb.tools import bytecode_dump

    text = sql_argument(sql)
    connection = connection_for(database)
    try:
        compilation = compiled(connection, text, database is not None)
        if query_plan:
            steps = bytecode_dump.query_plan(connection, compilation)
            emit(bytecode_dump.QUERY_PLAN_FORMATS[form](steps))
        else:
            emit(bytecode_dump.BYTECODE_FORMATS[form](compilation.program))
    finally:
        connection.close()


@click.command("dump-plan")
@click.argument("sql", required=False)
@_database
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "dot"]), default="text", show_default=True
)
@click.option(
    "--passes", is_flag=True, help="Show the plan as it was built, and what each pass changed in it."
)
def dump_plan(sql: str | None, database: str | None, form: str, passes: bool) -> None:
    """Show the plan of SQL (standard input without it).

    Without --db, CREATE TABLE statements before the query give the schema.
    """
    from foundrydb.tools import plan_dump

    text = sql_argument(sql)
    connection = connection_for(database)
    try:
        compilation = compiled(connection, text, database is not None)
        emit(plan_dump.FORMATS[form](compilation, passes))
    finally:
        connection.close()
