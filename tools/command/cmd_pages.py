"""``fdb dump-tree`` and ``fdb dump-page``: the database file, page by page."""

from __future__ import annotations

import click

from foundrydb.tools import late
from foundrydb.tools.command.cmd_syntax import emit
from foundrydb.tools.output.progress import Meter


@click.command("dump-tree")
@click.argument("file")
@click.option("--table", help="Only this table and its indexes.")
@click.option(
    "--format", "form", type=click.Choice(["dot", "text", "json"]), default="dot", show_default=True,
    help="Graphviz DOT, indented text, or JSON.",
)  # fmt: skip
@click.option("--limit", default=120, show_default=True, help="About how many pages to show.")
def dump_tree(file: str, table: str | None, form: str, limit: int) -> None:
    """Draw the B-trees of FILE: fdb dump-tree FILE | dot -Tsvg > trees.svg

    Where there are more than --limit pages, the middle of wide trees is left out, and the picture says how much.
    """
    survey = late.survey.open_survey(file)
    try:
        picture = survey.picture(table, max(limit, 4))
    finally:
        survey.close()
    tree_dump = late.tree_dump
    writers = {"dot": tree_dump.picture_dot, "text": tree_dump.picture_text, "json": tree_dump.picture_json}
    emit(writers[form](picture))


@click.command(
    "dump-page", context_settings={"ignore_unknown_options": True}
)  # -1 is a number, if a wrong one
@click.argument("file")
@click.argument("number", type=int)
def dump_page(file: str, number: int) -> None:
    """Show page NUMBER (from 1) of FILE as annotated hex."""
    survey = late.survey.open_survey(file)
    meter = Meter(f"look for page {number}", "pages", int(survey.pager.page_count), True)
    try:
        text = late.page_hex.dump_page_text(survey, number, lambda done: meter.advance(done - meter.done))
    finally:
        meter.close()
        survey.close()
    emit(text)
