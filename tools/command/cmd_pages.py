"""``fdb dump-tree``, ``fdb dump-page`` and ``fdb find-row``: the database file, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from foundrydb.errors import error
from foundrydb.tools import late
from foundrydb.tools.command.cmd_explain import connection_for
from foundrydb.tools.command.cmd_syntax import PICTURES, emit, emit_picture
from foundrydb.tools.output.progress import Meter

if TYPE_CHECKING:
    from foundrydb.tools.views.pages.page_records import CellChoice
    from foundrydb.tools.views.pages.survey import PageRole, Survey
    from foundrydb.tools.views.pages.tree_schema import TreeSchema


@click.command("dump-tree")
@click.argument("file")
@click.option("--table", help="Only this table and its indexes.")
@click.option(
    "--format", "form", type=click.Choice([*PICTURES, "text", "json"]), default="dot", show_default=True,
    help="A picture (svg and png are drawn by Graphviz), indented text, or JSON.",
)  # fmt: skip
@click.option("--limit", default=120, show_default=True, help="About how many pages to show.")
def dump_tree(file: str, table: str | None, form: str, limit: int) -> None:
    """Draw the B-trees of FILE: fdb dump-tree --format svg FILE > trees.svg

    Where there are more than --limit pages, the middle of wide trees is left out, and the picture says how much.
    """
    survey = late.survey.open_survey(file)
    try:
        picture = survey.picture(table, max(limit, 4))
    finally:
        survey.close()
    if form in PICTURES:
        emit_picture(late.tree_drawing.trees_picture(picture), form)
    else:
        emit((late.tree_dump.picture_text if form == "text" else late.tree_dump.picture_json)(picture))


@click.command(
    "dump-page", context_settings={"ignore_unknown_options": True}
)  # -1 is a number, if a wrong one
@click.argument("file")
@click.argument("number", type=int)
@click.option("--cell", type=int, metavar="NUMBER", help="Only this cell (from 0), and its record.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", *PICTURES]), default="text", show_default=True
)
@click.option(
    "--limit", type=click.IntRange(2), default=12, show_default=True,
    help="How many records to take apart, from the beginning and the end.",
)  # fmt: skip
def dump_page(file: str, number: int, cell: int | None, form: str, limit: int) -> None:
    """Show page NUMBER (from 1) of FILE as annotated hex, then the record of each cell, value by value."""
    survey = late.survey.open_survey(file)
    meter = Meter(f"look for page {number}", "pages", int(survey.pager.page_count), True)
    try:
        late.page_hex.check_page_number(survey, number)
        role = survey.role(number, lambda done: meter.advance(done - meter.done))
        schema = _schema(file, role)
        choice = late.page_records.CellChoice(cell, limit)
        if form == "text":
            text = _page_text(survey, number, role, schema, choice)
        else:
            page = late.page_records.page_object(survey, number, role, schema, choice)
    finally:
        meter.close()
        survey.close()
    if form == "text":
        emit(text)
    elif form == "json":
        emit(late.page_records.page_json(page))
    else:
        emit_picture(late.page_drawing.page_picture(page), form)


def _page_text(
    survey: Survey, number: int, role: PageRole, schema: TreeSchema | None, choice: CellChoice
) -> str:
    page = late.page_records.btree_page(survey, number, role)
    text = "" if choice.only is not None else late.page_hex.dump_page_text(survey, number, role)
    if page is None:
        if choice.only is not None:
            raise error(f"page {number} has no cells: {role.text}")
        return str(text)
    return str(text + late.page_records.records_text(survey, page, schema, choice)).lstrip("\n")


def _schema(file: str, role: PageRole) -> TreeSchema | None:
    """What the schema knows of the tree that a page belongs to, where it can be read."""
    if role.root is None:
        return None
    connection = connection_for(file)
    try:
        schemas = late.tree_schema.TreeSchemas(connection)
    finally:
        connection.close()
    found: TreeSchema | None = schemas.by_root.get(role.root.page)
    return found


@click.command("find-row", context_settings={"ignore_unknown_options": True})  # a key may be negative
@click.argument("file")
@click.argument("table")
@click.argument("key", nargs=-1)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", *PICTURES]), default="text", show_default=True
)
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
    if form in PICTURES:
        emit_picture(late.page_drawing.search_picture(search), form)
    else:
        dump = late.search_dump
        emit(dump.search_json(search, file) if form == "json" else dump.search_text(search, file))
    return 0 if search.found else 1
