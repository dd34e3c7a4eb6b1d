"""``fdb types``: the rows and parameters of queries as Python types."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

import click

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.trivia import comments
from foundrydb.tools import late
from foundrydb.tools.command.cmd_explain import connection_for
from foundrydb.tools.command.cmd_syntax import emit
from foundrydb.tools.command.texts.sql_files import (
    STANDARD_INPUT,
    named_in_errors,
    sql_files,
    sql_or_file,
    without_commands,
)

if TYPE_CHECKING:
    from foundrydb.toolkit.query_types.python_code import NamedQuery
    from foundrydb.toolkit.rehearsal import Rehearsal

_NAME: Final = re.compile(r"--\s*name:\s*(\w+)")


@click.command()
@click.argument("texts", nargs=-1, metavar="[SQL|FILES]...")
@click.option("--db", "database", metavar="FILE", help="The database whose schema counts.")
@click.option(
    "--format", "form", type=click.Choice(["pyi", "dataclass", "json"]), default="pyi", show_default=True,
    help="A stub of named tuples, dataclasses, or JSON.",
)  # fmt: skip
def types(texts: tuple[str, ...], database: str | None, form: str) -> None:
    """Write Python types for the rows and parameters of queries (standard input without any).

    Each is SQL, or a file or folder of it.  A comment "-- name: find_bells" before a query gives its classes their
    name.  Statements that change the schema count for those after them; nothing is run.
    """
    connection = None if database is None else connection_for(database)
    rehearsal = late.rehearsal.Rehearsal(connection)
    try:
        found: list[NamedQuery] = []
        for text in texts or (STANDARD_INPUT,):
            for file in (
                map(without_commands, sql_files([text])) if os.path.isdir(text) else [sql_or_file(text)]
            ):
                with named_in_errors(file):
                    found += _queries(file.text, rehearsal, len(found))
    finally:
        rehearsal.close()
    code = late.python_code
    emit(code.queries_json(found) if form == "json" else code.python_code(found, form))


def _queries(sql: str, rehearsal: Rehearsal, count: int) -> list[NamedQuery]:
    """The queries of a text with their types, those without a name numbered from ``count`` on."""
    found: list[NamedQuery] = []
    remarks = comments(sql)
    end = 0
    for statement in late.stages.parse(sql):
        before = [each.text for each in remarks if end <= each.start < statement.start]
        end = statement.end
        if isinstance(statement, ast.Select | ast.Insert | ast.Update | ast.Delete):
            compilation = rehearsal.connection.engine.preparer.stages(statement, sql)
            names = [match[1] for text in before if (match := _NAME.match(text))]
            number = count + len(found) + 1
            name = names[-1] if names else "query" if number == 1 else f"query_{number}"
            found.append(late.python_code.NamedQuery(name, late.queries.types_of(compilation)))
        else:
            rehearsal.follow(statement, sql)
    return found
