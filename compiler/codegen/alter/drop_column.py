"""ALTER TABLE DROP COLUMN: the text without the column, and the rows without its values."""

from __future__ import annotations

from foundrydb import errors
from foundrydb.compiler.bind.binder import bind_table
from foundrydb.compiler.bind.bound import ColumnRef, Expr
from foundrydb.compiler.codegen.alter.altered_table import (
    check_changed,
    column_to_alter,
    insertion_point,
    parsed_table,
    refuse_rowid_alias,
    schema_of,
)
from foundrydb.compiler.codegen.alter.rename_in_dependents import (
    recheck_dependents,
    rename_column_in_dependents,
)
from foundrydb.compiler.codegen.alter.rename_in_tables import rename_column_in_tables
from foundrydb.compiler.codegen.alter.text_edits import TextChange, replace_texts
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.dispatch import STATEMENTS
from foundrydb.compiler.codegen.expressions.locations import TableColumns
from foundrydb.compiler.codegen.expressions.values import values_into
from foundrydb.compiler.codegen.opening import open_table
from foundrydb.compiler.codegen.schema.schema_rows import begin_change, end_change
from foundrydb.compiler.codegen.writes.new_row import record_affinity
from foundrydb.compiler.schema.objects import Table
from foundrydb.compiler.syntax import ast
from foundrydb.vm.ops import cursors, registers, rows
from foundrydb.vm.ops.transactions import ParseSchema


@STATEMENTS.entry(ast.AlterDropColumn)
def code_drop_column(coder: Coder, statement: ast.AlterDropColumn, sql: str) -> None:
    """Emit the code of ALTER TABLE DROP COLUMN: the text without the column, and the rows without its values."""
    table, column = column_to_alter(coder, statement.table, statement.column, "drop column from")
    schema = schema_of(coder, table)
    name = table.columns[column].name
    refuse_rowid_alias(table, name, "drop")
    if table.columns[column].primary_key > 0 or column == table.rowid_alias:
        raise errors.error(f'cannot drop PRIMARY KEY column: "{name}"')
    for index in table.indexes:
        if index.origin == "u" and len(index.columns) == 1 and index.columns[0].column == column:
            raise errors.error(f'cannot drop UNIQUE column: "{name}"')
    if len(table.columns) == 1:
        raise errors.error(f'cannot drop column "{name}": no other columns exist')
    dependents = rename_column_in_dependents(coder, table, -1, "", False)
    changes = rename_column_in_tables(coder, table, -1, "", False)
    own = [c for c in changes if c.schema is schema and c.kind == "table" and c.name == table.name]
    text = own[0].sql if own else table.sql
    changes = [change for change in changes if change not in own]
    changes.append(TextChange(schema, "table", table.name, without_column(text, column)))
    new_table = check_changed(coder, table, changes, "after drop column")
    changes.extend(dependents)
    recheck_dependents(coder, table, changes, "after drop column")
    cursor = begin_change(coder, schema)
    replace_texts(coder, cursor, schema, changes)
    end_change(coder, schema)
    if table.positions[column] >= 0:
        _rewrite_rows(coder, table, new_table, column)
    coder.emit(ParseSchema(schema.number, ""))


def without_column(text: str, column: int) -> str:
    """The text of a table without one of its columns."""
    syntax = parsed_table(text)
    start = syntax.columns[column].start
    if column + 1 < len(syntax.columns):
        return text[:start] + text[syntax.columns[column + 1].start :]
    comma = text.rindex(",", 0, start)
    return text[:comma] + text[insertion_point(text, syntax.columns[column].end) :]


def _rewrite_rows(coder: Coder, table: Table, new_table: Table, column: int) -> None:
    """Emit the writing of every row without the column."""
    cursor = open_table(coder, table, True)
    row = bind_table(table, coder.catalog, coder.functions)
    coder.locations[row.source] = TableColumns(cursor, table)
    kept: list[Expr] = []
    for new in new_table.record:
        old = new if new < column else new + 1
        kept.append(ColumnRef(row.source, old))
    first = coder.registers(max(1, len(kept)))
    end = coder.label()
    coder.emit(cursors.Rewind(cursor, end))
    loop = coder.here()
    coder.repeats += 1
    record = coder.register()
    values_into(coder, kept, first)
    if new_table.rowid_alias >= 0:
        coder.emit(registers.Null(first + new_table.positions[new_table.rowid_alias]))
    coder.emit(rows.MakeRecord(first, len(kept), record, record_affinity(new_table)))
    if table.without_rowid:
        coder.emit(rows.IdxDelete(cursor, first, len(table.row_key), True))
        coder.emit(rows.IdxInsert(cursor, record))
    else:
        rowid = coder.register()
        coder.emit(rows.Rowid(cursor, rowid))
        coder.emit(rows.Insert(cursor, record, rowid))
    coder.repeats -= 1
    coder.emit(cursors.Next(cursor, loop))
    coder.place(end)
