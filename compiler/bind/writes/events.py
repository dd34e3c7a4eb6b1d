"""Who follows the rows that a statement changes: what it does to them, which triggers that sets off, which foreign keys
it concerns.

Those who are concerned stand in the statement as ``RowEvents``; code generation tells them
(``codegen.writes.events``), and keeps to the ways on which it can.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.statements import RowEvents, Upsert
from foundrydb.compiler.late import named
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.objects import Table
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import walk

if TYPE_CHECKING:
    from foundrydb.compiler.bind.queries.query_binding import QueryBinding
    from foundrydb.compiler.bind.writes.reach import Reach
    from foundrydb.compiler.schema.objects import Trigger, View


@final
class Change:
    """What a statement does to rows.  event: INSERT, UPDATE or DELETE.  names: those of the columns in SET, folded."""

    def __init__(self, event: str, names: list[str] | None = None) -> None:
        self.event: Final = event
        self.names: Final[list[str]] = [] if names is None else names


INSERTION: Final = Change("INSERT")
DELETION: Final = Change("DELETE")


def inserting(upserts: list[Upsert]) -> list[Change]:
    """What INSERT does to rows of a table."""
    return [INSERTION, *[Change("UPDATE", upsert.names) for upsert in upserts if upsert.names]]


def insert_replaces(table: Table, conflict: str, upserts: list[Upsert], gives_rowid: bool) -> bool:
    """Whether INSERT may delete rows that are in the way.

    conflict: its OR clause.  gives_rowid: it says which rowid a row gets.
    """
    if any([upsert.any for upsert in upserts]):  # which gets all conflicts
        return False
    rowid = gives_rowid and not any([upsert.index is None for upsert in upserts])
    answered = tuple([upsert.index for upsert in upserts if upsert.index is not None])
    return table.may_replace(conflict, rowid, None, answered)


def row_events(
    b: QueryBinding, table: Table, changes: list[Change], replaces: bool = False
) -> RowEvents | None:
    """What is followed of the rows of ``table`` that a statement changes; None where nobody follows.

    replaces: it may delete rows that are in the way.  Triggers are told of that under PRAGMA recursive_triggers alone.
    """
    told = [*changes, DELETION] if replaces and b.settings.get("recursive_triggers") else changes
    triggers = triggers_set_off(b, table, told)
    if replaces:
        changes = [*changes, DELETION]
    keys = any([_concerns_keys(b, table, change) for change in changes])
    if not triggers and not keys:
        return None
    reach: Reach = named("Reach")(b.catalog, b.settings)
    reach.set_off(triggers)
    if keys and any([change.event != "INSERT" for change in changes]):
        reach.act(table)
    old, new = b.table_source(table, "old"), b.table_source(table, "new")
    return RowEvents(old, new, triggers, keys, reach.written, reach.unbounded, b.drops)


def _concerns_keys(b: QueryBinding, table: Table, change: Change) -> bool:
    """Whether a change concerns foreign keys that are enforced."""
    if not b.settings.get("foreign_keys"):
        return False
    columns: set[int] | None = None
    if change.event == "UPDATE":
        columns = {table.column_index(name) for name in change.names}
        if -1 in columns:  # the rowid by one of its own names
            columns.add(table.rowid_alias)
        _add_generated(table, columns)
    concerned: bool = named("has_links")(b.catalog, table, columns)
    return concerned


def _add_generated(table: Table, changed: set[int]) -> None:
    """Add the generated columns that change with others."""
    before = -1
    while len(changed) > before:
        before = len(changed)
        for i, column in enumerate(table.columns):
            if column.generated is not None and i not in changed:
                names = [node.column.text for node in walk(column.generated) if isinstance(node, ast.Column)]
                if any([table.column_index(name) in changed for name in names]):
                    changed.add(i)


def has_triggers(b: QueryBinding, view: View) -> bool:
    """Whether a view has triggers, whatever sets them off."""
    return len(b.catalog.triggers_of(view.name, view.schema)) > 0


def triggers_set_off(b: QueryBinding, relation: Table | View, changes: list[Change]) -> list[Trigger]:
    """The triggers that some changes set off."""
    if b.settings.get("enable_trigger") == 0:
        return []
    found = b.catalog.triggers_of(relation.name, relation.schema)
    return [one for one in found if any([one.follows(change.event, change.names) for change in changes])]


def set_names(assignments: tuple[ast.Assignment, ...]) -> list[str]:
    """The names of columns in SET, folded."""
    return [fold(name.text) for assignment in assignments for name in assignment.columns]
