"""What ALTER TABLE has to do with views and triggers: their texts follow a new name, and have to make sense afterwards.

Those of the table's schema are looked through, and those of temp.  One that was wrong before is reported too, as
SQLite does.  With PRAGMA legacy_alter_table, RENAME TO leaves them alone but for the table that a trigger hangs on, and
nothing is looked through afterwards; with PRAGMA writable_schema what makes no sense stays as it is, unreported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb import errors
from foundrydb.compiler.bind.alter.altered_table import mentions, wrong_object
from foundrydb.compiler.bind.alter.text_edits import Edits, changed_catalog
from foundrydb.compiler.bind.binder import trigger_names, view_names
from foundrydb.compiler.bind.notes.uses import NameUses
from foundrydb.compiler.bind.statements import TextChange
from foundrydb.compiler.schema.objects import Trigger, View

if TYPE_CHECKING:
    from foundrydb.compiler.bind.queries.query_binding import QueryBinding
    from foundrydb.compiler.schema.catalog import Catalog
    from foundrydb.compiler.schema.objects import Table
    from foundrydb.compiler.schema.schema import Schema
    from foundrydb.errors import Error


UNSEEN: Final = ("sub-select returns ", "expected ")
"""How the mistakes begin that SQLite does not see when it looks a view through: it looks up nothing but names."""


@final
class Dependent:
    """A view or trigger that may mention a table, with the names in it."""

    def __init__(self, schema: Schema, entry: View | Trigger, uses: NameUses) -> None:
        self.schema: Final = schema
        self.entry: Final = entry
        self.uses: Final = uses

    def change(self, edits: Edits, table: str | None = None) -> TextChange:
        """What the edits make of its text.  table: the new name of the one that a trigger hangs on."""
        return TextChange(self.schema.name, _kind(self.entry), self.entry.name, edits.apply(), table)


def leaves_dependents(b: QueryBinding) -> bool:
    """Whether RENAME TO leaves the names in views, triggers' programs and foreign keys alone."""
    return bool(b.settings.get("legacy_alter_table"))


def rename_table_in_dependents(b: QueryBinding, table: Table, new_name: str) -> list[TextChange]:
    """The texts of views and triggers with the table's new name.

    Raises:
        OperationalError: one of them is wrong already.
    """
    changes: list[TextChange] = []
    for dependent in _found(b, table):
        entry = dependent.entry
        edits = Edits(entry.sql, new_name, True)
        for name in dependent.uses.of_table(table):
            edits.add(name)
        hangs_on_it = isinstance(entry, Trigger) and b.catalog.table_of(entry) is table
        if isinstance(entry, Trigger) and hangs_on_it:
            edits.add(entry.statement.table.name)
        if edits.names:
            changes.append(dependent.change(edits, new_name if hangs_on_it else None))
    return changes


def _found(b: QueryBinding, table: Table) -> list[Dependent]:
    """Those that RENAME TO changes, with the names that follow."""
    if leaves_dependents(b):
        return [
            Dependent(schema, trigger, NameUses())
            for schema in b.catalog.seeing(table.schema)
            for trigger in schema.triggers.values()
        ]
    return _looked_through(b, b.catalog, table, "")


def rename_column_in_dependents(
    b: QueryBinding, table: Table, column: int, new_name: str, quoted: bool
) -> list[TextChange]:
    """The texts of views and triggers with the column's new name; strings in double quotes get single ones.

    column: -1 where none is renamed.
    Raises OperationalError when one of them is wrong already.
    """
    changes: list[TextChange] = []
    for dependent in _looked_through(b, b.catalog, table, ""):
        edits = Edits(dependent.entry.sql, new_name, quoted)
        for name in dependent.uses.of_column(table, column) if column >= 0 else []:
            edits.add(name)
        for name in dependent.uses.strings:
            edits.add_string(name)
        change = dependent.change(edits)
        if change.sql != dependent.entry.sql:
            changes.append(change)
    return changes


def recheck_dependents(b: QueryBinding, table: Table, changes: list[TextChange], when: str) -> None:
    """Refuse changes after which a view or trigger makes no sense.

    when: ``after rename`` or ``after drop column``.
    Raises OperationalError: ``error in view v after rename: …``.
    """
    if not leaves_dependents(b) and any([each.dependents for each in b.catalog.seeing(table.schema)]):
        _looked_through(b, changed_catalog(b.catalog, changes), table, when)


def _looked_through(b: QueryBinding, catalog: Catalog, table: Table, when: str) -> list[Dependent]:
    """The views and triggers that may mention a table."""
    out: list[Dependent] = []
    for each in catalog.seeing(table.schema):
        for entry in each.dependents:
            try:
                out.append(Dependent(each, entry, _names(b, catalog, entry)))
            except errors.NotSupportedError as problem:
                if mentions(entry.select if isinstance(entry, View) else entry.statement, table.name):
                    raise errors.not_supported(
                        f"ALTER TABLE where such a {_kind(entry)} mentions the table"
                    ) from problem
            except errors.OperationalError as problem:
                if not problem.message.startswith(UNSEEN) and not bool(b.settings.get("writable_schema")):
                    raise _wrong(b, entry, when, problem) from problem
    return out


def _names(b: QueryBinding, catalog: Catalog, entry: View | Trigger) -> NameUses:
    if isinstance(entry, View):
        return view_names(entry, catalog, b.functions)
    return trigger_names(entry, catalog, b.functions)


def _wrong(b: QueryBinding, entry: View | Trigger, when: str, problem: Error) -> Error:
    """The error for one that makes no sense; under legacy_alter_table SQLite does not say which."""
    if leaves_dependents(b):
        return errors.error("SQL logic error")
    return wrong_object(_kind(entry), entry.name, when, problem)


def _kind(entry: View | Trigger) -> str:
    return "view" if isinstance(entry, View) else "trigger"
