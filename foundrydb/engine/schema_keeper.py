"""Keeps the catalog in step with the files: reads schemas when they are needed, follows what statements change."""

from __future__ import annotations

import contextlib
from typing import Final, final

from foundrydb.compiler.schema.catalog import Catalog
from foundrydb.compiler.schema.load import Loading, load_row, load_statistics
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.objects import NEWEST_FORMAT
from foundrydb.compiler.schema.schema import Schema, SchemaSource
from foundrydb.errors import Error, error
from foundrydb.storage.format.header import META_ENCODING, META_SCHEMA_COOKIE
from foundrydb.storage.format.values import Value
from foundrydb.storage.tree.database import Database
from foundrydb.vm.transactions.attached import TEMP, Attached, AttachedDatabases


@final
class SchemaKeeper:
    """What the catalog says of a connection's databases.

    A schema is read when a statement is first compiled for it.  Then it stays, until something is rolled back that
    changed it, or another connection has changed it: the first program that runs for it tells by its cookie.
    """

    def __init__(self, attached: AttachedDatabases[Schema], catalog: Catalog) -> None:
        self._attached: Final = attached
        self._catalog: Final = catalog

    # reading ------------------------------------------------------------------------------------------------

    def load(self) -> bool:
        """Read the schemas that are not known; whether there were any."""
        loaded = False
        for each in self._attached.all:
            if not each.fresh:
                self._load(each, self._attached.opened(each))
                loaded = True
        if loaded:
            self._catalog.settle_triggers()
        return loaded

    def _load(self, attached: Attached[Schema], database: Database) -> None:
        schema = attached.schema
        database.begin_read()
        try:
            if attached.number > TEMP:
                self._agree_on_encoding(database)
            if not self._is_unchanged(schema, database):
                self._load_anew(attached, database)
            attached.fresh = True
        except BaseException:
            attached.fresh = False
            raise
        finally:
            attached.let_go()

    def _is_unchanged(self, schema: Schema, database: Database) -> bool:
        """Whether this database has the schema that was kept when one was detached."""
        source = schema.source
        if source is None or source.facts != _facts(database):
            return False
        rows: list[tuple[Value, Value, Value, Value, Value]] = []
        cursor = database.table_cursor(1)
        more = cursor.first()
        while more and len(rows) <= len(source.rows):
            kind, name, table, root, sql = cursor.row(5)
            rows.append((kind, name, table, root, sql))
            more = cursor.next()
        cursor.close()
        return rows == source.rows and _statistics(schema, database) == source.statistics

    def _load_anew(self, attached: Attached[Schema], database: Database) -> None:
        schema = attached.schema
        schema.cookie = _cookie(database)
        schema.encoding = database.encoding
        rows = self._load_schema(schema, database)
        attached.fresh = True
        statistics = _statistics(schema, database)
        load_statistics(schema, statistics)
        if attached.number > TEMP and rows:
            schema.source = SchemaSource(_facts(database), rows, statistics)

    def _load_schema(
        self, schema: Schema, database: Database
    ) -> list[tuple[Value, Value, Value, Value, Value]] | None:
        """Read what the schema table holds; its rows, where they are few."""
        loading = Loading(schema)
        if database.pager.page_count:
            cursor = database.table_cursor(1)
            try:
                more = cursor.first()
                self._attached.encoding_fixed = self._attached.encoding_fixed or more
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
        return loading.rows()

    def _agree_on_encoding(self, database: Database) -> None:
        """See that an attached database has the text encoding of main, which an empty one takes over."""
        encoding = self._attached.encoding
        if not database.pager.page_count or database.get_meta(META_ENCODING) == 0:
            database.encoding = encoding
        elif database.encoding != encoding:
            raise error("attached databases must use the same text encoding as main database")

    def changed_outside(self) -> bool:
        """Whether another connection changed a schema since it was read; it is then read again."""
        changed = False
        for each in self._attached.all:
            if each.fresh and each.database is not None:
                each.database.begin_read()
                cookie = _cookie(each.database)
                each.let_go()
                if cookie != each.schema.cookie:
                    self._attached.schema_changed(each.number)
                    changed = True
        return changed

    # following ----------------------------------------------------------------------------------------------

    def _altered(self, number: int) -> Schema:
        """The schema of a database, which the transaction changes: what is undone of it must be read again."""
        attached = self._attached.all[number]
        attached.altered = True
        attached.schema.source = None
        self._attached.expire()
        return attached.schema

    def cookie_changed(self, number: int, cookie: int) -> None:
        """The schema has got another cookie."""
        self._altered(number).cookie = cookie

    def read_all(self, number: int) -> None:
        """Read the whole schema table anew."""
        self._load_schema(self._altered(number), self._attached.database(number))

    def add(self, number: int, name: str, kind: str) -> None:
        """Add what the schema table says of a new object.

        Args:
            kind: ``table`` for a table with its automatic indexes, or a view; ``index``; ``trigger``.
        """
        schema = self._altered(number)
        self._attached.encoding_fixed = True
        for label, root, sql in _newest_rows(self._attached.database(number), name, kind):
            load_row(schema, label, root, sql)
        if number == TEMP:
            self._catalog.settle_triggers()

    def drop(self, number: int, kind: str, name: str) -> None:
        """Forget a table or view with what hangs on it, an index, or a trigger."""
        schema = self._altered(number)
        key = fold(name)
        if kind == "table":
            table = schema.tables.pop(key, None)
            schema.views.pop(key, None)
            for index in table.indexes if table is not None else []:
                schema.indexes.pop(fold(index.name), None)
            for trigger in schema.triggers_of(name):
                if fold(trigger.table_schema) == fold(schema.name):
                    schema.triggers.pop(fold(trigger.name), None)
        elif kind == "index":
            index_of = schema.indexes.pop(key, None)
            if index_of is not None:
                index_of.table.indexes.remove(index_of)
        else:
            schema.triggers.pop(key, None)

    def root_moved(self, number: int, moved: int, root: int) -> None:
        """A B-tree's root page moved."""
        schema = self._altered(number)
        for table in schema.tables.values():
            if table.root_page == moved:
                table.root_page = root
        for index in schema.indexes.values():
            if index.root_page == moved:
                index.root_page = root

    def load_analysis(self, number: int) -> None:
        """Read ``sqlite_stat1`` anew."""
        schema = self._attached.all[number].schema
        schema.source = None
        load_statistics(schema, _statistics(schema, self._attached.database(number)))
        self._attached.expire()


def _cookie(database: Database) -> int:
    return database.get_meta(META_SCHEMA_COOKIE) if database.pager.page_count else 0


def _newest_rows(database: Database, name: str, kind: str) -> list[tuple[Value, Value, Value]]:
    """Name, root page and SQL of an object and of what came with it, which stand at the end of the schema table."""
    rows: list[tuple[Value, Value, Value]] = []
    cursor = database.table_cursor(1)
    more = cursor.last()
    while more:
        of_kind, label, table, root, sql = cursor.row(5)
        if kind == "table":
            wanted = table == name and of_kind != "trigger"
        else:
            wanted = label == name and of_kind == kind
        if wanted:
            rows.append((label, root, sql))
            if label == name:
                break
        more = cursor.previous()
    cursor.close()
    rows.reverse()
    return rows


def _facts(database: Database) -> tuple[int, int, int]:
    """What a schema depends on beside its rows."""
    return _cookie(database), database.encoding, database.schema_format


def _statistics(schema: Schema, database: Database) -> list[tuple[Value, Value, Value]]:
    """The rows of ``sqlite_stat1``."""
    table = schema.table("sqlite_stat1")
    rows: list[tuple[Value, Value, Value]] = []
    if table is None or len(table.columns) != 3:
        return rows
    with contextlib.suppress(Error):  # plans are made without what cannot be read of it
        cursor = database.table_cursor(table.root_page)
        more = cursor.first()
        while more:
            name, index, stat = cursor.row(3)
            rows.append((name, index, stat))
            more = cursor.next()
        cursor.close()
    return rows
