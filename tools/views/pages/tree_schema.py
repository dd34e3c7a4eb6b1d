"""What the schema knows of B-trees: the columns of their records, and how their keys compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.compiler.schema.names import EXPRESSION, ROWID, fold
from foundrydb.errors import Error
from foundrydb.storage.format.values import BINARY, Collation, KeyInfo
from foundrydb.tools import late

if TYPE_CHECKING:
    from foundrydb.api.connection import Connection
    from foundrydb.compiler.schema.objects import Index, IndexColumn, Table


class TreeSchema:
    """A B-tree as the schema declares it.

    Attributes:
        kind: ``table`` or ``index``.
        name: its own.
        table: the table's.
        root: its root page.
        columns: what each field of a record is called, in the record's order.
        rowid_alias: the column that stands for the rowid, and is NULL in the record; "" for none.
        key: how the fields of the key compare, those of a table by rowid aside; None for such a table.
        key_size: how many fields the declared key has.
        affinities: of those.
        why_not: why the order of its keys is not known here, "" where it is.
    """

    def __init__(self, kind: str, name: str, table: Table, root: int) -> None:
        self.kind: Final = kind
        self.name: Final = name
        self.table: Final = table.name
        self.root: Final = root
        self.columns: list[str] = []
        self.rowid_alias = ""
        self.key: KeyInfo | None = None
        self.key_size = 0
        self.affinities: list[str] = []
        self.why_not = ""


class TreeSchemas:
    """The trees of a database.

    Attributes:
        by_root: by their root page.
        fault: why the schema could not be read, "" where it was.
    """

    def __init__(self, connection: Connection) -> None:
        self.by_root: Final[dict[int, TreeSchema]] = {}
        self.fault = ""
        self._collations: Final = connection.engine.collations
        try:
            connection.engine.preparer.load_catalog()
            tables = list(connection.engine.catalog.main.tables.values())
        except Error as problem:
            self.fault = problem.message
            return
        for table in tables:
            self._add_table(table)

    def named(self, name: str) -> TreeSchema | None:
        """The tree of a table or an index."""
        wanted = fold(name)
        if wanted == "sqlite_master":
            wanted = "sqlite_schema"
        for tree in self.by_root.values():
            if fold(tree.name) == wanted:
                return tree
        return None

    def _add_table(self, table: Table) -> None:
        if table.virtual_module or table.root_page == 0:
            return
        tree = TreeSchema("table", table.name, table, table.root_page)
        tree.columns = [table.columns[column].name for column in table.record]
        if table.rowid_alias >= 0:
            tree.rowid_alias = table.columns[table.rowid_alias].name
        clustered = table.clustered_index()
        if clustered is not None:
            self._set_key(tree, clustered)
        self.by_root[tree.root] = tree
        for index in table.indexes:
            if not index.clustered and index.root_page:
                entry = TreeSchema("index", index.name, table, index.root_page)
                entry.columns = [_name(table, column) for column in index.stored_columns()]
                self._set_key(entry, index)
                self.by_root[entry.root] = entry

    def _set_key(self, tree: TreeSchema, index: Index) -> None:
        columns = index.columns + ([] if index.clustered else index.suffix)
        collations = [self._collation(tree, column) for column in columns]
        tree.key = KeyInfo(collations, [column.descending for column in columns])
        tree.key_size = len(index.columns)
        tree.affinities = [
            index.table.columns[column.column].affinity if column.column >= 0 else "A" for column in columns
        ]

    def _collation(self, tree: TreeSchema, column: IndexColumn) -> Collation:
        found = self._collations.get(column.collation.upper())
        if found is None:
            tree.why_not = f"no such collation sequence: {column.collation}"
        return found or BINARY


def _name(table: Table, column: IndexColumn) -> str:
    """What a column of an index is called."""
    if column.column == ROWID:
        return "rowid"
    if column.column == EXPRESSION:
        assert column.expression is not None
        return str(late.stages.to_sql(column.expression))
    return table.columns[column.column].name
