"""Which tables and columns a text names where: what ALTER TABLE asks of the notes that are taken of names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.schema.names import fold

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import Source
    from foundrydb.compiler.schema.objects import Table
    from foundrydb.compiler.syntax import ast


@final
class NameUses:
    """The names in one text.

    Attributes:
        tables: the names of tables in its FROM clauses, with their sources; called: those sources that have no alias.
        columns: names of columns, each with the source and the index of the column (-1 for the rowid).
        stars: ``table.*``, each with the source.
        strings: names in double quotes that are no columns, and so are strings.
        targets: the tables that a trigger's statements change; SQLite goes by their names alone.
        written: names of columns in UPDATE OF, SET and INSERT of a trigger, with the table; they need not be there.
    """

    def __init__(self) -> None:
        self.tables: Final[list[tuple[ast.QualifiedName, Source]]] = []
        self.called: Final[list[Source]] = []
        self.columns: Final[list[tuple[ast.Column, Source, int]]] = []
        self.stars: Final[list[tuple[ast.ResultTableStar, Source]]] = []
        self.strings: Final[list[ast.Name]] = []
        self.targets: Final[list[ast.QualifiedName]] = []
        self.written: Final[list[tuple[ast.Name, Table]]] = []

    def of_table(self, table: Table) -> list[ast.Name]:
        """The names that stand for the table itself: in FROM, and before a column or star where it has no alias."""
        names = [name.name for name, source in self.tables if source.table is table]
        called = [source for source in self.called if source.table is table]
        names.extend(
            [node.table for node, source, _ in self.columns if source in called and node.table is not None]
        )
        names.extend([node.table for node, source in self.stars if source in called])
        key = fold(table.name)
        names.extend([name.name for name in self.targets if fold(name.name.text) == key])
        return names

    def of_column(self, table: Table, column: int) -> list[ast.Name]:
        """The names that stand for a column of the table; one that is its rowid has the names of that too."""
        wanted = (column, -1) if column == table.rowid_alias else (column,)
        names = [
            node.column for node, source, index in self.columns if source.table is table and index in wanted
        ]
        key = fold(table.columns[column].name)
        names.extend([name for name, of in self.written if of is table and fold(name.text) == key])
        return names
