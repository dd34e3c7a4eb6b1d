"""The file behind the statements, for the page: its trees, one page byte by byte, the log beside it, its schema."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from foundrydb.errors import Error
from foundrydb.tools.output.quoting_forms import identifier, literal
from foundrydb.tools.views.logs.log_survey import survey_log
from foundrydb.tools.views.logs.log_text import survey_text
from foundrydb.tools.views.pages.page_hex import check_page_number, page_regions
from foundrydb.tools.views.pages.page_records import CellChoice, page_object
from foundrydb.tools.views.pages.survey import PageRole, Survey
from foundrydb.tools.views.pages.tree_dump import picture_object
from foundrydb.tools.views.pages.tree_schema import TreeSchema, TreeSchemas
from foundrydb.tools.web.databases import Busy, PageDatabase

if TYPE_CHECKING:
    from foundrydb.api.connection import Connection

Document = dict[str, Any]

MOST_PAGES: Final = 160
"""About so many pages of all trees are drawn."""

PATIENCE: Final = 1.0
"""Seconds for which pages are read, at most, to find out what one page is for."""

MOST_CELLS: Final = 40
"""So many cells of a page are taken apart."""

MOST_TABLES: Final = 1_000
"""So many tables, indexes, views and triggers are listed."""


class _TooLong(Exception):
    """What a page is for was not found in that time."""


def trees(database: PageDatabase, table: str | None) -> Document:
    """The B-trees of a database, or of one table.

    Raises:
        Error: they cannot be read.
    """
    survey = database.survey()
    try:
        return picture_object(survey.picture(table, MOST_PAGES)) | {"path": database.title}
    finally:
        survey.close()


def page(database: PageDatabase, number: int, cell: int = -1) -> Document:
    """A page: its bytes, what each of them is, and the records of its cells.

    Args:
        cell: the number of one that is among those that are taken apart, -1 for none in particular.

    Raises:
        Error: there is no such page, or it cannot be read.
    """
    survey = database.survey()
    try:
        check_page_number(survey, number)
        role = _role(survey, number)
        regions, faults = page_regions(survey, number, role)
        document = page_object(
            survey,
            number,
            role,
            _schema(database, role),
            CellChoice(None, MOST_CELLS, cell if cell >= 0 else None),
        )
        return document | {
            "page_count": int(survey.pager.page_count),
            "bytes": survey.data(number).hex(),
            "regions": [[region.start, region.end, region.text] for region in regions],
            "faults": faults,
        }
    finally:
        survey.close()


def _role(survey: Survey, number: int) -> PageRole:
    end = monotonic() + PATIENCE

    def advance(done: int) -> None:
        if monotonic() > end:
            raise _TooLong

    try:
        return survey.role(number, advance)
    except _TooLong:
        return PageRole("its use was not found in a second: the file is large")


def _schema(database: PageDatabase, role: PageRole) -> TreeSchema | None:
    """What the schema knows of a page's tree, where it can be read now."""
    if role.root is None:
        return None
    try:
        with database.connection(patience=0.5) as connection:
            return TreeSchemas(connection).by_root.get(role.root.page)
    except (Busy, Error):
        return None


def log(database: PageDatabase) -> Document:
    """The rollback journal or the write-ahead log beside the database, as text; "" where there is none."""
    try:
        return {"text": survey_text(survey_log(database.path, 40))}
    except Error as problem:
        return {"text": "", "message": problem.message}


# the schema ---------------------------------------------------------------------------------------------------


def schema(database: PageDatabase) -> Document:
    """Tables with their columns and indexes, views, triggers; and the SQL that makes all of it anew.

    Raises:
        Error: it cannot be read.
        Busy: something runs.
    """
    with database.connection(patience=0.5) as connection:
        rows = connection.execute(
            "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema ORDER BY name COLLATE NOCASE LIMIT ?",
            (MOST_TABLES,),
        ).fetchall()
        tables = [row for row in rows if row[0] in ("table", "view")]
        return {
            "tables": [_table(connection, row, rows) for row in tables if not row[1].startswith("sqlite_")],
            "sql": _script(connection, rows),
            "cut": len(rows) == MOST_TABLES,
        }


def _table(connection: Connection, row: tuple[Any, ...], rows: list[tuple[Any, ...]]) -> Document:
    kind, name, _, root, sql = row
    try:
        columns = connection.execute('SELECT name, type, pk, "notnull" FROM pragma_table_xinfo(?)', (name,))
        listed = [
            {"name": each, "quoted": identifier(each), "type": type_, "key": key, "not_null": bool(not_null)}
            for each, type_, key, not_null in columns.fetchall()
        ]
        fault = ""
    except Error as problem:  # a view over what is not there any more
        listed, fault = [], problem.message
    of_table = [other for other in rows if other[2] == name and other[0] in ("index", "trigger")]
    return {
        "kind": kind,
        "name": name,
        "quoted": identifier(name),
        "root": root,
        "sql": sql,
        "columns": listed,
        "fault": fault,
        "parts": [
            {"kind": other[0], "name": other[1], "root": other[3], "sql": other[4] or ""}
            for other in of_table
        ],
    }


def _script(connection: Connection, rows: list[tuple[Any, ...]]) -> str:
    """The SQL that makes the schema again, without rows but with what ANALYZE has found."""
    kinds = ("table", "index", "view", "trigger")
    ordered = sorted(rows, key=lambda row: kinds.index(row[0]))
    made = [row[4] + ";" for row in ordered if row[4] and not row[1].startswith("sqlite_")]
    if any(row[1] == "sqlite_stat1" for row in rows):
        found = connection.execute("SELECT tbl, idx, stat FROM sqlite_stat1").fetchall()
        made.append("ANALYZE sqlite_schema;")
        made += [f"INSERT INTO sqlite_stat1 VALUES ({', '.join(map(literal, row))});" for row in found]
    return "\n".join(made)
