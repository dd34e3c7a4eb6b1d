"""ALTER TABLE RENAME TO and RENAME COLUMN.

Tables, indexes, foreign keys, views and triggers follow a new name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb import errors
from foundrydb.compiler.codegen.alter.altered_table import (
    check_changed,
    checked_table,
    column_to_alter,
    refuse_rowid_alias,
    schema_of,
    table_to_alter,
)
from foundrydb.compiler.codegen.alter.rename_in_dependents import (
    leaves_dependents,
    recheck_dependents,
    rename_column_in_dependents,
    rename_table_in_dependents,
)
from foundrydb.compiler.codegen.alter.rename_in_tables import rename_column_in_tables, rename_table_in_tables
from foundrydb.compiler.codegen.alter.text_edits import replace_texts
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.dispatch import STATEMENTS
from foundrydb.compiler.codegen.opening import open_table
from foundrydb.compiler.codegen.schema.schema_rows import (
    NAME_FIELD,
    SCHEMA_COLUMNS,
    TABLE_FIELD,
    begin_change,
    end_change,
    write_back,
)
from foundrydb.compiler.codegen.writes.sequences import SEQUENCE_TABLE
from foundrydb.compiler.schema.new_names import check_name
from foundrydb.compiler.schema.objects import Table, View
from foundrydb.compiler.syntax import ast
from foundrydb.vm.ops import compare, cursors, registers, rows
from foundrydb.vm.ops.transactions import ParseSchema

if TYPE_CHECKING:
    from foundrydb.compiler.schema.objects import Index
    from foundrydb.compiler.schema.schema import Schema


# -- RENAME TO ----------------------------------------------------------------------------------------------------


@STATEMENTS.entry(ast.AlterRenameTable)
def code_rename_table(coder: Coder, statement: ast.AlterRenameTable, sql: str) -> None:
    """Emit the code of ALTER TABLE RENAME TO."""
    name = statement.table.name.text
    schema_name = None if statement.table.schema is None else statement.table.schema.text
    relation = coder.catalog.find_relation(name, schema_name)
    view = relation.name if isinstance(relation, View) else name
    table = table_to_alter(coder, statement.table, f"view {view} may not be altered")
    schema = schema_of(coder, table)
    new_name = statement.new_name.text
    known = schema.table(new_name) is not None or schema.view(new_name) is not None
    if known or schema.index(new_name) is not None:
        raise errors.error(f"there is already another table or index with this name: {new_name}")
    check_name(new_name, coder.settings.values)
    dependents = rename_table_in_dependents(coder, table, new_name)
    follows = not leaves_dependents(coder)
    parents = follows or bool(coder.settings.values.get("foreign_keys", 0))
    changes = rename_table_in_tables(coder, table, new_name, follows, parents)
    checked_table(coder, table, changes, "after rename", strings=True)
    changes.extend(dependents)
    recheck_dependents(coder, table, changes, "after rename")
    cursor = begin_change(coder, schema)
    replace_texts(coder, cursor, schema, changes)
    _rename_rows(coder, cursor, table, new_name)
    _rename_sequence(coder, schema, table, new_name)
    end_change(coder, schema)
    coder.emit(ParseSchema(schema.number, ""))


def _rename_rows(coder: Coder, cursor: int, table: Table, new_name: str) -> None:
    """Emit the new names in the schema rows of the table and its indexes."""
    end = coder.label()
    following = coder.label()
    first = coder.registers(SCHEMA_COLUMNS)
    coder.emit(cursors.Rewind(cursor, end))
    loop = coder.here()
    coder.emit(rows.Columns(cursor, tuple(range(SCHEMA_COLUMNS)), first))
    coder.emit(compare.Ne(first + TABLE_FIELD, coder.constant(table.name), following, "", None, True))
    coder.emit(registers.String8(new_name, first + TABLE_FIELD))
    other = coder.label()
    coder.emit(compare.Ne(first, coder.constant("table"), other))
    coder.emit(registers.String8(new_name, first + NAME_FIELD))
    coder.place(other)
    for index in table.indexes:
        if index.sql is None:
            _rename_automatic(coder, index, table, new_name, first + NAME_FIELD)
    write_back(coder, cursor, first)
    coder.place(following)
    coder.emit(cursors.Next(cursor, loop))
    coder.place(end)


def _rename_automatic(coder: Coder, index: Index, table: Table, new_name: str, register: int) -> None:
    prefix = f"sqlite_autoindex_{table.name}"
    other = coder.label()
    coder.emit(compare.Ne(register, coder.constant(index.name), other))
    coder.emit(registers.String8(f"sqlite_autoindex_{new_name}{index.name[len(prefix) :]}", register))
    coder.place(other)


def _rename_sequence(coder: Coder, schema: Schema, table: Table, new_name: str) -> None:
    """Emit the new name in sqlite_sequence."""
    sequence = schema.table(SEQUENCE_TABLE)
    if sequence is None or not table.autoincrement:
        return
    cursor = open_table(coder, sequence, True)
    end = coder.label()
    following = coder.label()
    first = coder.registers(2)
    coder.emit(cursors.Rewind(cursor, end))
    loop = coder.here()
    coder.emit(rows.Columns(cursor, (0, 1), first))
    coder.emit(compare.Ne(first, coder.constant(table.name), following, "", None, True))
    coder.emit(registers.String8(new_name, first))
    record = coder.register()
    rowid = coder.register()
    coder.emit(rows.Rowid(cursor, rowid))
    coder.emit(rows.MakeRecord(first, 2, record))
    coder.emit(rows.Insert(cursor, record, rowid))
    coder.place(following)
    coder.emit(cursors.Next(cursor, loop))
    coder.place(end)


# -- RENAME COLUMN ------------------------------------------------------------------------------------------------


@STATEMENTS.entry(ast.AlterRenameColumn)
def code_rename_column(coder: Coder, statement: ast.AlterRenameColumn, sql: str) -> None:
    """Emit the code of ALTER TABLE RENAME COLUMN."""
    table, column = column_to_alter(coder, statement.table, statement.column, "rename columns of")
    schema = schema_of(coder, table)
    new_name = statement.new_name.text
    quoted = statement.new_name.quote != ""
    refuse_rowid_alias(table, statement.column.text, "rename from")
    refuse_rowid_alias(table, new_name, "rename to")
    dependents = rename_column_in_dependents(coder, table, column, new_name, quoted)
    changes = rename_column_in_tables(coder, table, column, new_name, quoted)
    check_changed(coder, table, changes, "after rename")
    changes.extend(dependents)
    recheck_dependents(coder, table, changes, "after rename")
    cursor = begin_change(coder, schema)
    replace_texts(coder, cursor, schema, changes)
    end_change(coder, schema)
    coder.emit(ParseSchema(schema.number, ""))
