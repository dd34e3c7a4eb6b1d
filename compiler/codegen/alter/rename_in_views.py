"""What ALTER TABLE has to do with views: their texts follow a new name, and all of them have to make sense afterwards.

The views of the table's schema are looked through, and those of temp.  One that was wrong before is reported too, as
SQLite does.  With PRAGMA legacy_alter_table, RENAME TO leaves views alone, and nothing is looked through afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb import errors
from foundrydb.compiler.bind.binder import view_names
from foundrydb.compiler.codegen.alter.altered_table import mentions, wrong_object
from foundrydb.compiler.codegen.alter.text_edits import Edits, TextChange, changed_catalog

if TYPE_CHECKING:
    from foundrydb.compiler.bind.notes.uses import NameUses
    from foundrydb.compiler.codegen.coder import Coder
    from foundrydb.compiler.schema.catalog import Catalog
    from foundrydb.compiler.schema.objects import Table, View
    from foundrydb.compiler.schema.schema import Schema


UNSEEN: Final = ("sub-select returns ", "expected ")
"""How the mistakes begin that SQLite does not see when it looks a view through: it looks up nothing but names."""


def leaves_views(coder: Coder) -> bool:
    """Whether RENAME TO leaves the names in views, and those of parents in foreign keys, alone."""
    return bool(coder.settings.values.get("legacy_alter_table", 0))


def rename_table_in_views(coder: Coder, table: Table, new_name: str) -> list[TextChange]:
    """The texts of views with the table's new name.

    Raises:
        OperationalError: a view is wrong already.
    """
    changes: list[TextChange] = []
    if leaves_views(coder):
        return changes
    for schema, view, uses in _looked_through(coder, coder.catalog, table, ""):
        edits = Edits(view.sql, new_name, True)
        for name in uses.of_table(table):
            edits.add(name)
        if edits.names:
            changes.append(TextChange(schema, "view", view.name, edits.apply()))
    return changes


def rename_column_in_views(
    coder: Coder, table: Table, column: int, new_name: str, quoted: bool
) -> list[TextChange]:
    """The texts of views with the column's new name; strings in double quotes get single ones.

    column: -1 where none is renamed.
    Raises OperationalError when a view is wrong already.
    """
    changes: list[TextChange] = []
    for schema, view, uses in _looked_through(coder, coder.catalog, table, ""):
        edits = Edits(view.sql, new_name, quoted)
        for name in uses.of_column(table, column) if column >= 0 else []:
            edits.add(name)
        for name in uses.strings:
            edits.add_string(name)
        text = edits.apply()
        if text != view.sql:
            changes.append(TextChange(schema, "view", view.name, text))
    return changes


def recheck_views(coder: Coder, table: Table, changes: list[TextChange], when: str) -> None:
    """Refuse changes after which a view makes no sense.

    when: ``after rename`` or ``after drop column``.
    Raises OperationalError: ``error in view v after rename: …``.
    """
    if not leaves_views(coder) and any([each.views for each in coder.catalog.seeing(table.schema)]):
        _looked_through(coder, changed_catalog(coder.catalog, changes), table, when)


def _looked_through(
    coder: Coder, catalog: Catalog, table: Table, when: str
) -> list[tuple[Schema, View, NameUses]]:
    """The views that may mention a table, with the names in them."""
    out: list[tuple[Schema, View, NameUses]] = []
    for each in catalog.seeing(table.schema):
        for view in each.views.values():
            try:
                out.append((each, view, view_names(view, catalog, coder.functions)))
            except errors.NotSupportedError as problem:
                if mentions(view.select, table.name):
                    raise errors.not_supported(
                        "ALTER TABLE where such a view mentions the table"
                    ) from problem
            except errors.OperationalError as problem:
                if not problem.message.startswith(UNSEEN):
                    raise wrong_object("view", view.name, when, problem) from problem
    return out
