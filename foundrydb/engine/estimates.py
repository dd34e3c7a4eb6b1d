"""What the planner is told beyond sqlite_stat1.

Of tables and indexes that were not analyzed: estimates from a few pages of their B-trees.  Of those that a C SQLite
with STAT4 analyzed: the samples of sqlite_stat4, read when the first of them is asked for.
"""

from __future__ import annotations

from functools import cmp_to_key
from typing import Final, final

from foundrydb.compiler.schema.catalog import RowEstimator
from foundrydb.compiler.schema.load import MOST_ROWS
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.objects import Index, Table
from foundrydb.compiler.schema.samples import Sample, Samples
from foundrydb.compiler.schema.schema import Schema
from foundrydb.errors import Error
from foundrydb.storage.format.record import decode
from foundrydb.storage.format.values import BINARY, Collation, KeyInfo, Value
from foundrydb.storage.tree.cursor import Cursor
from foundrydb.storage.tree.database import Database
from foundrydb.vm.transactions.attached import Attached, AttachedDatabases

BUILT_IN: Final = ("BINARY", "NOCASE", "RTRIM")
"""The collations that planning may call; the user's are not called before a statement runs."""

SAMPLES: Final = "sqlite_stat4"
SAMPLE_COLUMNS: Final = ("tbl", "idx", "neq", "nlt", "ndlt", "sample")


@final
class Estimator(RowEstimator):
    """Tells the planner how large a table is, and how often values repeat in an index, from a few pages of the tree."""

    def __init__(self, attached: AttachedDatabases[Schema], collations: dict[str, Collation]) -> None:
        self._attached: Final = attached
        self._known: Final = collations

    def rows(self, table: Table) -> float:
        """An estimate, negative where the table cannot be looked at."""
        found = self._look(table, None)
        return found[0] if found else -1.0

    def averages(self, index: Index) -> list[float]:
        """Estimates, empty where the index cannot be looked at or is too small to tell."""
        return self._look(index.table, index)

    def samples(self, index: Index) -> Samples | None:
        """The samples of sqlite_stat4 that hold together, None without any."""
        attached = self._attached.named(index.table.schema)
        collations = self._collations(index)
        if attached is None or collations is None:
            return None
        schema = attached.schema
        if schema.samples is None:
            schema.samples = _sample_rows(attached)
        keys = KeyInfo(collations, [column.descending for column in index.columns])
        rows = schema.samples.get(fold(index.statistics_name), [])
        found = [_sample(row, schema.encoding, len(index.columns)) for row in rows]
        samples = [sample for sample in found if sample is not None]
        samples.sort(key=cmp_to_key(lambda a, b: keys.compare(a.values, b.values)))
        return Samples(samples, keys, index.averages) if samples else None

    def _collations(self, index: Index) -> list[Collation] | None:
        """How the columns of an index compare; None where that takes a collation of the user's."""
        found = [self._known.get(column.collation.upper(), BINARY) for column in index.columns]
        builtin = all(column.collation.upper() in BUILT_IN for column in index.columns)
        return found if builtin and all(item.name in BUILT_IN for item in found) else None

    def _look(self, table: Table, index: Index | None) -> list[float]:
        """The estimates of an index, or that of a table's size."""
        attached = self._database(table, table.root_page if index is None else index.root_page)
        if attached is None or attached.database is None:
            return []
        database = attached.database
        database.begin_read()
        try:
            return self._averages(database, index) if index is not None else _size(database, table)
        except Error:
            return []
        finally:
            attached.let_go()

    def _database(self, table: Table, root: int) -> Attached[Schema] | None:
        """The database of a table that has a tree with that root; None where there is nothing to look at."""
        return None if root < 1 or table.virtual_module else self._attached.named(table.schema)

    def nearness(self, index: Index) -> float:
        """The share of neighbouring entries whose rows are neighbours; 0 where the index cannot be looked at."""
        table = index.table
        attached = self._database(table, index.root_page)
        if attached is None or attached.database is None or table.without_rowid:
            return 0.0
        database = attached.database
        database.begin_read()
        try:
            cursor = database.index_cursor(index.root_page, KeyInfo([], []))
            share = cursor.nearness(len(index.columns))
            cursor.close()
            return share
        except Error:
            return 0.0
        finally:
            attached.let_go()

    def _averages(self, database: Database, index: Index) -> list[float]:
        collations = [self._known.get(column.collation.upper(), BINARY) for column in index.columns]
        keys = KeyInfo(
            [item if item.name in BUILT_IN else BINARY for item in collations], [False] * len(collations)
        )
        cursor = database.index_cursor(index.root_page, keys)
        averages = cursor.averages(len(collations))
        cursor.close()
        return averages


def _sample_rows(attached: Attached[Schema]) -> dict[str, list[tuple[Value, ...]]]:
    """The rows of sqlite_stat4, by the folded names of indexes."""
    table = attached.schema.table(SAMPLES)
    database = attached.database
    rows: dict[str, list[tuple[Value, ...]]] = {}
    if table is None or len(table.columns) != len(SAMPLE_COLUMNS) or database is None:
        return rows
    database.begin_read()
    try:
        cursor = database.table_cursor(table.root_page)
        more = cursor.first()
        while more:
            row = tuple(cursor.row(len(SAMPLE_COLUMNS)))
            if isinstance(row[1], str):
                rows.setdefault(fold(row[1]), []).append(row)
            more = cursor.next()
        cursor.close()
    finally:
        attached.let_go()
    return rows


def _size(database: Database, table: Table) -> list[float]:
    """About how many rows a table has."""
    if table.without_rowid:
        cursor: Cursor = database.index_cursor(table.root_page, KeyInfo([], []))
    else:
        cursor = database.table_cursor(table.root_page)
    estimate = float(cursor.estimate())
    cursor.close()
    return [estimate]


def _sample(row: tuple[Value, ...], encoding: int, columns: int) -> Sample | None:
    """A row of sqlite_stat4 as a sample; None where it does not hold together."""
    record = row[5]
    if not isinstance(record, bytes):
        return None
    try:
        values = decode(record, encoding)
    except Error:
        return None
    equal, less, distinct = (_numbers(value) for value in row[2:5])
    sample = Sample(values, equal, less, distinct)
    return sample if sample.width() >= columns else None


def _numbers(text: Value) -> list[float]:
    """The integers of a text, empty where there is anything else."""
    words = text.split() if isinstance(text, str) else []
    return (
        [min(float(word), MOST_ROWS) for word in words]
        if all(word.isascii() and word.isdigit() for word in words)
        else []
    )
