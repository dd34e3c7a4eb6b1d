"""Foreign keys of a schema: which key of its parent each refers to, and which refer to a table.

https://sqlite.org/foreignkeys.html, 3
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.objects import Table
from foundrydb.errors import error

if TYPE_CHECKING:
    from foundrydb.compiler.schema.catalog import Catalog
    from foundrydb.compiler.schema.objects import ForeignKey, Index, View


@final
class ParentKey:
    """The key of a parent that a foreign key refers to.

    Attributes:
        index: the unique index, None for the rowid.
        columns: its columns, in the index's order.
        children: the columns of the child that refer to them.
    """

    def __init__(self, index: Index | None, columns: list[int], children: list[int]) -> None:
        self.index: Final = index
        self.columns: Final = columns
        self.children: Final = children


@final
class Link:
    """A foreign key: ``child`` is the table that has it, ``parent`` what it refers to, None where that is gone."""

    def __init__(self, child: Table, key: ForeignKey, parent: Table | View | None) -> None:
        self.child: Final = child
        self.key: Final = key
        self.parent: Final = parent

    @property
    def deferred(self) -> bool:
        """Whether it is looked at when the transaction ends."""
        reference = self.key.reference
        return reference.deferrable == "DEFERRABLE" and reference.initially == "DEFERRED"

    def action(self, event: str) -> str:
        """What becomes of the child's rows at a DELETE or UPDATE of the parent's."""
        reference = self.key.reference
        return (reference.on_delete if event == "DELETE" else reference.on_update) or "NO ACTION"

    def acts_on(self, event: str) -> bool:
        """Whether it changes the child's rows at a DELETE or UPDATE of the parent's."""
        return self.action(event) not in ("NO ACTION", "RESTRICT")

    def is_changed_in_child(self, changed: set[int] | None) -> bool:
        """Whether a change of these columns (None: of all) of the child concerns it."""
        return changed is None or any([column in changed for column in self.key.columns])

    def is_changed_in_parent(self, changed: set[int] | None) -> bool:
        """Whether a change of these columns of the parent concerns it."""
        parent = self.parent
        if changed is None or not isinstance(parent, Table):
            return True
        names = [name.text for name in self.key.reference.columns]
        columns = [parent.column_index(name) for name in names] if names else parent.primary_key
        return any([column in changed for column in columns])

    def parent_key(self) -> ParentKey:
        """The key that it refers to.

        Raises:
            OperationalError: there is no such table, or ``foreign key mismatch``: no such key.
        """
        name = self.key.reference.table.text
        if self.parent is None:
            raise error(f"no such table: {self.child.schema}.{name}")
        found = _parent_key(self.parent, self.key) if isinstance(self.parent, Table) else None
        if found is None:
            raise error(f'foreign key mismatch - "{self.child.name}" referencing "{name}"')
        return found


def links_of(catalog: Catalog, table: Table) -> list[Link]:
    """The foreign keys that a table has."""
    found: list[Link] = []
    for key in reversed(table.foreign_keys):
        found.append(Link(table, key, catalog.find_relation(key.reference.table.text, table.schema)))
    return found


def links_to(catalog: Catalog, table: Table) -> list[Link]:
    """The foreign keys that refer to a table, the last that was declared first: in that order they act."""
    schema = catalog.schema(table.schema)
    assert schema is not None
    name = fold(table.name)
    return [
        Link(child, key, table)
        for child in reversed(schema.referring(name))
        for key in reversed(child.foreign_keys)
        if fold(key.reference.table.text) == name
    ]


def takes_all_along(catalog: Catalog, table: Table) -> bool:
    """Whether the rows that foreign keys do anything about go with the row of a table that they refer to.

    They do where ON DELETE CASCADE is all that is asked for, and nothing else happens on the way that might keep them,
    or count them by another of their foreign keys.
    """
    children: list[Table] = []
    for link in links_to(catalog, table):
        child = link.child
        if not link.acts_on("DELETE"):
            continue
        if link.action("DELETE") != "CASCADE" or child is table or child in children:
            return False
        if any([one.statement.event == "DELETE" for one in catalog.triggers_of(child.name, child.schema)]):
            return False
        if any([further.acts_on("DELETE") for further in links_to(catalog, child)]):
            return False
        children.append(child)
    return True


def has_links(catalog: Catalog, table: Table, changed: set[int] | None) -> bool:
    """Whether a change of a table's rows concerns foreign keys.  changed: the columns that change, None for all."""
    if any([link.is_changed_in_child(changed) for link in links_of(catalog, table)]):
        return True
    return any([link.is_changed_in_parent(changed) for link in links_to(catalog, table)])


def _parent_key(parent: Table, key: ForeignKey) -> ParentKey | None:
    """The key of ``parent`` that a foreign key refers to; None where there is no such key."""
    names = [fold(name.text) for name in key.reference.columns]
    alias = parent.rowid_alias
    if len(key.columns) == 1 and alias >= 0 and names in ([], [fold(parent.columns[alias].name)]):
        return ParentKey(None, [alias], key.columns)
    for index in parent.indexes:
        if len(index.columns) != len(key.columns) or not index.unique or index.where is not None:
            continue
        keys = [item.column for item in index.columns]
        if not names:
            if index.origin == "pk":
                return ParentKey(index, keys, key.columns)
            continue
        children = _children(parent, index, names, key)
        if children is not None:
            return ParentKey(index, keys, children)
    return None


def _children(parent: Table, index: Index, names: list[str], key: ForeignKey) -> list[int] | None:
    """The child's columns in the order of an index's; None where the index is not of the columns that are named.

    Its columns have to be under their own collations.
    """
    children: list[int] = []
    for item in index.columns:
        if item.column < 0:
            return None
        column = parent.columns[item.column]
        if item.collation.upper() != column.collation.upper() or fold(column.name) not in names:
            return None
        children.append(key.columns[names.index(fold(column.name))])
    return children
