"""Who follows the rows that a statement changes: what it does to them, and which triggers that sets off.

Those who are concerned stand in the statement as ``RowEvents``; code generation tells them
(``codegen.writes.events``), and keeps to the ways on which it can.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.statements import RowEvents, Upsert
from foundrydb.compiler.schema.names import fold
from foundrydb.errors import not_supported

if TYPE_CHECKING:
    from foundrydb.compiler.bind.queries.query_binding import QueryBinding
    from foundrydb.compiler.schema.catalog import Catalog
    from foundrydb.compiler.schema.objects import Table, Trigger, View
    from foundrydb.compiler.syntax import ast


@final
class Change:
    """What a statement does to rows.  event: INSERT, UPDATE or DELETE.  names: those of the columns in SET, folded."""

    def __init__(self, event: str, names: list[str] | None = None) -> None:
        self.event: Final = event
        self.names: Final[list[str]] = [] if names is None else names


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
    """What is followed of the rows of ``table`` that a statement changes; None where nobody follows.

    Raises:
        NotSupportedError: an enforced foreign key would have to follow.
    """
    if b.settings.get("foreign_keys"):
        refuse_foreign_keys(b.catalog, table)
    triggers = triggers_set_off(b, table, changes)
    if not triggers:
        return None
    return RowEvents(b.table_source(table, "old"), b.table_source(table, "new"), triggers)


def is_followed(b: QueryBinding, relation: Table | View, change: Change) -> bool:
    """Whether a change sets off a trigger."""
    return len(triggers_set_off(b, relation, [change])) > 0


def triggers_set_off(b: QueryBinding, relation: Table | View, changes: list[Change]) -> list[Trigger]:
    """The triggers that some changes set off."""
    if b.settings.get("enable_trigger") == 0:
        return []
    found = b.catalog.triggers_of(relation.name, relation.schema)
    return [one for one in found if any([one.follows(change.event, change.names) for change in changes])]


def set_names(assignments: tuple[ast.Assignment, ...]) -> list[str]:
    """The names of columns in SET, folded."""
    return [fold(name.text) for assignment in assignments for name in assignment.columns]


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
