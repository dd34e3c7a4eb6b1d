"""Reads the tables of a file that describe the others: the schema table, and what ANALYZE left."""

from __future__ import annotations

import contextlib

from foundrydb.compiler.schema.load import Loading, load_statistics
from foundrydb.compiler.schema.objects import NEWEST_FORMAT
from foundrydb.compiler.schema.schema import Schema
from foundrydb.errors import Error, error
from foundrydb.storage.format.values import Value
from foundrydb.storage.tree.database import Database


def load_schema(schema: Schema, database: Database) -> None:
    """Read what the schema table holds."""
    loading = Loading(schema)
    if database.pager.page_count:
        cursor = database.table_cursor(1)
        try:
            more = cursor.first()
            schema.format = database.schema_format or (1 if more else NEWEST_FORMAT)
            if schema.format > NEWEST_FORMAT:
                raise error("unsupported file format")
            while more:
                kind, name, table, root, sql = cursor.row(5)
                loading.add((kind, name, table, root, sql))
                more = cursor.next()
        finally:
            cursor.close()
    loading.end()


def load_analysis(schema: Schema, database: Database) -> None:
    """Read what ``sqlite_stat1`` holds."""
    table = schema.table("sqlite_stat1")
    rows: list[tuple[Value, Value, Value]] = []
    if table is None or len(table.columns) != 3:
        load_statistics(schema, rows)
        return
    with contextlib.suppress(Error):  # plans are made without what cannot be read of it
        cursor = database.table_cursor(table.root_page)
        more = cursor.first()
        while more:
            name, index, stat = cursor.row(3)
            rows.append((name, index, stat))
            more = cursor.next()
        cursor.close()
    load_statistics(schema, rows)
