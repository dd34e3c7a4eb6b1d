"""Who observes the rows that a statement changes: what it does to them, and whom that concerns.

This is where all are asked: triggers and enforced foreign keys, both of which are refused as yet, and the catalog's
observers.  Those who are concerned stand in the statement as ``RowEvents``; code generation tells them
(``codegen.writes.observing``), and keeps to the ways on which it can.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.schema.row_expressions import observer_action
from foundrydb.compiler.bind.statements import RowEvents, RowObserver, Upsert
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.observers import mentions
from foundrydb.errors import not_supported

if TYPE_CHECKING:
    from foundrydb.compiler.bind.queries.query_binding import QueryBinding
    from foundrydb.compiler.schema.catalog import Catalog
    from foundrydb.compiler.schema.objects import Table, View
    from foundrydb.compiler.schema.observers import Observer
    from foundrydb.compiler.syntax import ast


@final
class Change:
    """What a statement does to rows.  event: INSERT, UPDATE or DELETE.  names: those of the columns in SET, folded."""

    def __init__(self, event: str, names: list[str] | None = None) -> None:
        self.event: Final = event
        self.names: Final[list[str]] = [] if names is None else names

    def is_told(self, observer: Observer, table: Table) -> bool:
        """Whether an observer is told of it."""
        return observer.follows(table, self.event, self.names)


INSERTION: Final = Change("INSERT")
DELETION: Final = Change("DELETE")


def inserting(b: QueryBinding, table: Table, conflict: str, upserts: list[Upsert]) -> list[Change]:
    """What INSERT does to rows of a table."""
    updates = [Change("UPDATE", upsert.names) for upsert in upserts if upsert.names]
    return [INSERTION, *updates, *_replacing(b, table, conflict)]


def updating(b: QueryBinding, table: Table, conflict: str, names: list[str]) -> list[Change]:
    """What UPDATE does to rows of a table."""
    return [Change("UPDATE", names), *_replacing(b, table, conflict)]


def _replacing(b: QueryBinding, table: Table, conflict: str) -> list[Change]:
    """What becomes of the rows in the way: that REPLACE deletes them counts under PRAGMA recursive_triggers alone."""
    return [DELETION] if b.settings.get("recursive_triggers") and table.replaces(conflict) else []


def row_events(b: QueryBinding, table: Table, changes: list[Change]) -> RowEvents | None:
    """What is observed of the rows of ``table`` that a statement changes; None where nobody observes.

    Raises:
        NotSupportedError: a trigger or an enforced foreign key would have to follow.
    """
    for change in changes:
        refuse_triggers(b.catalog, table, change)
    if b.settings.get("foreign_keys"):
        refuse_foreign_keys(b.catalog, table)
    concerned = [
        one for one in b.catalog.observers if any([change.is_told(one, table) for change in changes])
    ]
    if not concerned:
        return None
    old, new = b.table_source(table, "old"), b.table_source(table, "new")
    observers = [
        RowObserver(one.time, one.event, one.columns, observer_action(b, one, old, new)) for one in concerned
    ]
    return RowEvents(old, new, observers)


def is_observed(b: QueryBinding, table: Table, change: Change) -> bool:
    """Whether somebody is told of a change."""
    return any([change.is_told(one, table) for one in b.catalog.observers])


def set_names(assignments: tuple[ast.Assignment, ...]) -> list[str]:
    """The names of columns in SET, folded."""
    return [fold(name.text) for assignment in assignments for name in assignment.columns]


def refuse_triggers(catalog: Catalog, relation: Table | View, change: Change) -> None:
    """Refuse a change of rows that a trigger would have to follow.

    Raises:
        NotSupportedError: there is such a trigger.
    """
    for trigger in catalog.triggers_of(relation.name, relation.schema):
        statement = trigger.statement
        columns = [fold(name.text) for name in statement.columns]
        if statement.event == change.event and mentions(change.names, columns):
            raise not_supported("triggers")


def refuse_foreign_keys(catalog: Catalog, table: Table) -> None:
    """Refuse to change a table whose foreign keys, or whose rows that others refer to, would have to be looked at.

    Raises:
        NotSupportedError: the table has to do with a foreign key.
    """
    schema = catalog.schema(table.schema)
    assert schema is not None
    for other in schema.tables.values():
        for key in other.foreign_keys:
            if other is table or fold(key.reference.table.text) == fold(table.name):
                raise not_supported("foreign keys that are enforced (PRAGMA foreign_keys = on)")
