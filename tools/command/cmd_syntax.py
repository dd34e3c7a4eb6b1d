"""``fdb dump-tokens`` and ``fdb dump-ast``: the text's tokens, and its syntax tree."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click

from foundrydb.tools import late
from foundrydb.tools.output.stream import standard_output

if TYPE_CHECKING:
    from foundrydb.tools.views.drawings.diagram import Diagram


def sql_argument(sql: str | None) -> str:
    """The SQL given, or standard input where it is missing or ``-``."""
    if sql is None or sql == "-":
        return sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
    return sql


def emit(text: str) -> None:
    """Print text as it is, and a line end where it has none."""
    out = standard_output()
    out.write(text if text.endswith("\n") or not text else text + "\n")
    out.flush()


PICTURES: Final = ("dot", "mermaid", "svg", "png")
"""The formats of ``emit_picture``."""


def emit_picture(diagram: Diagram, form: str) -> None:
    """Print a picture in one of ``PICTURES``; svg and png are drawn by Graphviz."""
    drawn = late.diagram_formats.written(diagram, form)
    sys.stdout.flush()
    sys.stdout.buffer.write(drawn)
    sys.stdout.buffer.flush()


@click.command("dump-tokens")
@click.argument("sql", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def dump_tokens(sql: str | None, form: str) -> None:
    """Show the tokens of SQL (standard input without it): place, kind, text."""
    dump = late.syntax_dump
    text = sql_argument(sql)
    emit(dump.tokens_json(text) if form == "json" else dump.tokens_text(text))


@click.command("dump-ast")
@click.argument("sql", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sql", *PICTURES]),
    default="text",
    show_default=True,
)
@click.option("--spans", is_flag=True, help="Show where in the text each node stands.")
def dump_ast(sql: str | None, form: str, spans: bool) -> None:
    """Show the syntax tree of SQL (standard input without it), or the SQL that is printed from it."""
    syntax_dump = late.syntax_dump
    statements = late.stages.parse(sql_argument(sql))
    if form == "json":
        emit(syntax_dump.ast_json(statements))
    elif form in PICTURES:
        emit_picture(syntax_dump.ast_picture(statements), form)
    elif form == "sql":
        emit("".join(late.stages.to_sql(statement) + ";\n" for statement in statements))
    else:
        emit("\n".join(syntax_dump.ast_text(statement, spans) for statement in statements))
