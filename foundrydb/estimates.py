"""What the planner is told of tables and indexes that were not analyzed, from a few pages of their B-trees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.resolve.catalog import Index, RowEstimator, Table
from foundrydb.errors import Error
from foundrydb.storage.btree import Database
from foundrydb.storage.cursor import Cursor
from foundrydb.storage.values import BINARY, KeyInfo

if TYPE_CHECKING:
    from foundrydb.engine import Engine

BUILT_IN: Final = ("BINARY", "NOCASE", "RTRIM")
"""The collations that planning may call; the user's are not called before a statement runs."""


@final
class Estimator(RowEstimator):
    """Tells the planner how large a table is, and how often values repeat in an index, from a few pages of the tree."""

    def __init__(self, engine: Engine) -> None:
        self.engine: Final = engine

    def rows(self, table: Table) -> float:
        """An estimate, negative where the table cannot be looked at."""
        found = self._look(table, None)
        return found[0] if found else -1.0

    def averages(self, index: Index) -> list[float]:
        """Estimates, empty where the index cannot be looked at or is too small to tell."""
        return self._look(index.table, index)

    def _look(self, table: Table, index: Index | None) -> list[float]:
        """The estimates of an index, or that of a table's size."""
        schema = self.engine.catalog.schema(table.schema)
        root = table.root_page if index is None else index.root_page
        if schema is None or root < 1 or table.virtual_module:
            return []
        database = self.engine.databases[schema.number]
        if database is None:
            return []
        database.begin_read()
        try:
            return self._averages(database, index) if index is not None else _size(database, table)
        except Error:
            return []
        finally:
            self.engine.let_go(schema.number)

    def _averages(self, database: Database, index: Index) -> list[float]:
        known = self.engine.collations
        collations = [known.get(column.collation.upper(), BINARY) for column in index.columns]
        keys = KeyInfo(
            [item if item.name in BUILT_IN else BINARY for item in collations], [False] * len(collations)
        )
        cursor = database.index_cursor(index.root_page, keys)
        averages = cursor.averages(len(collations))
        cursor.close()
        return averages


def _size(database: Database, table: Table) -> list[float]:
    """About how many rows a table has."""
    if table.without_rowid:
        cursor: Cursor = database.index_cursor(table.root_page, KeyInfo([], []))
    else:
        cursor = database.table_cursor(table.root_page)
    estimate = float(cursor.estimate())
    cursor.close()
    return [estimate]
