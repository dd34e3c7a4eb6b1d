"""ALTER TABLE RENAME TO and RENAME COLUMN.

Tables, indexes, foreign keys, views and triggers follow a new name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb import errors
from foundrydb.compiler.bind.alter.altered_table import (
    check_changed,
    checked_table,
    column_to_alter,
    note_altered,
    refuse_rowid_alias,
    table_to_alter,
)
from foundrydb.compiler.bind.alter.rename_in_dependents import (
    leaves_dependents,
    recheck_dependents,
    rename_column_in_dependents,
    rename_table_in_dependents,
)
from foundrydb.compiler.bind.alter.rename_in_tables import rename_column_in_tables, rename_table_in_tables
from foundrydb.compiler.bind.schema.declared_names import note_definition
from foundrydb.compiler.bind.statements import BoundAlter
from foundrydb.compiler.schema.new_names import check_name
from foundrydb.compiler.schema.objects import View
from foundrydb.compiler.syntax.source import written_name

if TYPE_CHECKING:
    from foundrydb.compiler.bind.queries.query_binding import QueryBinding
    from foundrydb.compiler.schema.objects import Table
    from foundrydb.compiler.syntax import ast


def bind_rename_table(b: QueryBinding, statement: ast.AlterRenameTable) -> BoundAlter:
    """ALTER TABLE RENAME TO."""
    name = statement.table.name.text
    schema_name = None if statement.table.schema is None else statement.table.schema.text
    relation = b.catalog.find_relation(name, schema_name)
    view = relation.name if isinstance(relation, View) else name
    table = table_to_alter(b, statement.table, f"view {view} may not be altered")
    new_name = statement.new_name.text
    _refuse_taken(b, table, new_name)
    check_name(new_name, b.settings)
    note_altered(b, b.table_source(table, table.name), statement.table)
    note_definition(b, "table", statement.new_name, f"{table.schema}.{new_name}")
    dependents = rename_table_in_dependents(b, table, new_name)
    follows = not leaves_dependents(b)
    parents = follows or bool(b.settings.get("foreign_keys"))
    changes = rename_table_in_tables(b, table, new_name, follows, parents)
    checked_table(b, table, changes, "after rename", strings=True)
    changes.extend(dependents)
    recheck_dependents(b, table, changes, "after rename")
    action = f"RENAME TO {written_name(new_name)}"
    return BoundAlter(b.nested, b.shared(), table, action, changes, None, None, new_name, False)


def _refuse_taken(b: QueryBinding, table: Table, new_name: str) -> None:
    """Refuse a name that something in the table's schema has."""
    schema = b.catalog.schema(table.schema)
    assert schema is not None
    known = schema.table(new_name) is not None or schema.view(new_name) is not None
    if known or schema.index(new_name) is not None:
        raise errors.error(f"there is already another table or index with this name: {new_name}")


def bind_rename_column(b: QueryBinding, statement: ast.AlterRenameColumn) -> BoundAlter:
    """ALTER TABLE RENAME COLUMN."""
    table, column = column_to_alter(b, statement.table, statement.column, "rename columns of")
    new_name = statement.new_name.text
    quoted = statement.new_name.quote != ""
    refuse_rowid_alias(table, statement.column.text, "rename from")
    refuse_rowid_alias(table, new_name, "rename to")
    note_altered(b, b.table_source(table, table.name), statement.table, statement.column)
    note_definition(b, "column", statement.new_name, f"{table.schema}.{table.name}.{new_name}")
    dependents = rename_column_in_dependents(b, table, column, new_name, quoted)
    changes = rename_column_in_tables(b, table, column, new_name, quoted)
    check_changed(b, table, changes, "after rename")
    changes.extend(dependents)
    recheck_dependents(b, table, changes, "after rename")
    action = f"RENAME COLUMN {written_name(table.columns[column].name)} TO {written_name(new_name)}"
    return BoundAlter(b.nested, b.shared(), table, action, changes, None, None, None, False)
