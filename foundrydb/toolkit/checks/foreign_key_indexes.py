"""Whether a foreign key has an index by which the child's rows are found when a row of the parent changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from foundrydb.compiler.schema.foreign_keys import Link
from foundrydb.compiler.schema.objects import Table


class ChildKey:
    """The columns of a foreign key, and the collations by which they are compared with the parent's.

    Attributes:
        link: the foreign key.
        columns: the child's columns; collations: for each of them the name of the parent's.
    """

    def __init__(self, link: Link) -> None:
        self.link: Final = link
        self.columns: Final = link.key.columns
        self.collations: Final = [self._collation(i) for i in range(len(self.columns))]

    def parent_columns(self) -> list[str] | None:
        """The names of the columns that it refers to; None where that is not known."""
        names = [name.text for name in self.link.key.reference.columns]
        parent = self.link.parent
        if names:
            return names
        if not isinstance(parent, Table) or len(parent.primary_key) != len(self.columns):
            return None
        return [parent.columns[column].name for column in parent.primary_key]

    def _collation(self, i: int) -> str:
        """The collation by which a column is compared: its parent's."""
        parent = self.link.parent
        names = self.parent_columns()
        column = parent.column_index(names[i]) if isinstance(parent, Table) and names is not None else -1
        if column < 0 or not isinstance(parent, Table):
            return self.link.child.columns[self.columns[i]].collation
        return parent.columns[column].collation

    def index_sql(self, written: Callable[[str], str]) -> str:
        """The statement that makes an index for it.

        Args:
            written: makes of a name what stands in SQL.
        """
        child = self.link.child
        names = [child.columns[column].name for column in self.columns]
        keys = [written(name) for name in names]
        for i, column in enumerate(self.columns):
            if child.columns[column].collation.upper() != self.collations[i].upper():
                keys[i] += f" COLLATE {self.collations[i]}"
        schema = "" if child.schema == "main" else f"{written(child.schema)}."
        index = written("_".join([child.name, *names]))
        return f"CREATE INDEX {schema}{index} ON {written(child.name)}({', '.join(keys)})"

    def needs_index(self) -> bool:
        """Whether no index, and not the rowid, finds the child's rows."""
        child = self.link.child
        if self.columns == [child.rowid_alias]:
            return False
        wanted = {(column, name.upper()) for column, name in zip(self.columns, self.collations)}
        for index in child.indexes:
            first = index.columns[: len(wanted)]
            if index.where is None and {(item.column, item.collation.upper()) for item in first} == wanted:
                return False
        return True
