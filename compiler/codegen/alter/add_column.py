"""ALTER TABLE ADD COLUMN.

The column's definition is written into the table's text; rows stay as they are, and the column has its default
in those that are older.  What existing rows would break is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb import errors
from foundrydb.compiler.bind.binder import bind_table
from foundrydb.compiler.bind.bound import ColumnRef
from foundrydb.compiler.codegen.alter.altered_table import (
    insertion_point,
    parsed_table,
    refuse_rowid_alias,
    schema_of,
    table_to_alter,
    wrong_object,
)
from foundrydb.compiler.codegen.alter.text_edits import replace_text
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.dispatch import STATEMENTS
from foundrydb.compiler.codegen.expressions.conditions import jump_if_true
from foundrydb.compiler.codegen.expressions.defaults import constant
from foundrydb.compiler.codegen.expressions.locations import TableColumns
from foundrydb.compiler.codegen.expressions.values import value_into
from foundrydb.compiler.codegen.opening import open_table
from foundrydb.compiler.codegen.pragmas.checks import allowed_types
from foundrydb.compiler.codegen.schema.create_table import require_collations
from foundrydb.compiler.codegen.schema.schema_rows import begin_change, end_change
from foundrydb.compiler.schema.statement_text import until_semicolon
from foundrydb.compiler.schema.tables import TableBuilder
from foundrydb.compiler.syntax import ast
from foundrydb.storage.format.header import META_SCHEMA_FORMAT
from foundrydb.vm.arithmetic.affinity import strict_value
from foundrydb.vm.ops import arithmetic, control, cursors, rows
from foundrydb.vm.ops.compare import IsType
from foundrydb.vm.ops.transactions import ParseSchema, ReadCookie, SetCookie

if TYPE_CHECKING:
    from foundrydb.compiler.schema.objects import Column, Table
    from foundrydb.compiler.schema.schema import Schema


@STATEMENTS.entry(ast.AlterAddColumn)
def code_add_column(coder: Coder, statement: ast.AlterAddColumn, sql: str) -> None:
    """Emit the code of ALTER TABLE ADD COLUMN."""
    table = table_to_alter(
        coder, statement.table, "Cannot add a column to a view", "virtual tables may not be altered"
    )
    definition = statement.column
    end = until_semicolon(sql, definition.end)
    text = sql[definition.start : end].rstrip(" \t\n\v\f\r")
    at = insertion_point(table.sql, parsed_table(table.sql).columns[-1].end)
    new_sql = f"{table.sql[:at]}, {text}{table.sql[at:]}"
    for constraint in definition.constraints:
        if isinstance(constraint, ast.ColumnPrimaryKey):
            raise errors.error("Cannot add a PRIMARY KEY column")
        if isinstance(constraint, ast.ColumnUnique):
            raise errors.error("Cannot add a UNIQUE column")
    try:
        new_table = _declared(coder, table, new_sql)
    except errors.OperationalError as problem:
        if problem.offset >= 0:  # in the table's new text
            problem.offset += definition.start - (at + 2)
        raise
    schema = schema_of(coder, table)
    cursor = begin_change(coder, schema)
    _refuse_for_rows(coder, new_table)
    replace_text(coder, cursor, "table", table.name, new_sql)
    _raise_format(coder, schema)
    end_change(coder, schema)
    coder.emit(ParseSchema(schema.number, ""))
    _check_rows(coder, table, new_table)


def _declared(coder: Coder, table: Table, text: str) -> Table:
    """The table as its new text declares it.

    Raises OperationalError: what is wrong with the column itself, or, with the table named, with what it means there.
    """
    try:
        syntax = parsed_table(text)
    except errors.OperationalError as problem:
        raise wrong_object("table", table.name, "after add column", problem) from problem
    builder = TableBuilder(syntax, text, table.schema, table.root_page, table.format)
    builder.declare()
    require_collations(coder, builder.table)
    refuse_rowid_alias(table, builder.table.columns[-1].name, "add")
    try:
        made = builder.finish()
        bind_table(made, coder.catalog, coder.functions)
    except errors.OperationalError as problem:
        raise wrong_object("table", table.name, "after add column", problem) from problem
    return made


def _raise_format(coder: Coder, schema: Schema) -> None:
    """Rows may now be shorter than their table: files of the first schema format become ones of the third."""
    held = coder.register()
    fine = coder.label()
    coder.emit(ReadCookie(schema.number, held, META_SCHEMA_FORMAT))
    coder.emit(arithmetic.AddImm(held, -2))
    coder.emit(control.IfPos(held, fine, 0))
    coder.emit(SetCookie(schema.number, META_SCHEMA_FORMAT, 3))
    coder.place(fine)


def _refuse_for_rows(coder: Coder, table: Table) -> None:
    """Emit the refusal of a column that a table with rows cannot get."""
    column = table.columns[-1]
    problem = ""
    if column.generated is not None:
        if column.stored:
            problem = "cannot add a STORED column"
    elif column.default is None:
        if column.not_null:
            problem = "Cannot add a NOT NULL column with default value NULL"
    elif column.not_null and isinstance(column.default, ast.Null):
        problem = "Cannot add a NOT NULL column with default value NULL"
    elif (
        _refers(table)
        and not isinstance(column.default, ast.Null)
        and coder.settings.values.get("foreign_keys", 0)
    ):
        problem = "Cannot add a REFERENCES column with non-NULL default value"
    elif constant(column.default) is None:
        problem = "Cannot add a column with non-constant default"
    elif table.strict and not _is_allowed(column, column.default):
        problem = "type mismatch on DEFAULT"
    if problem:
        cursor = open_table(coder, table)
        empty = coder.label()
        coder.emit(cursors.Rewind(cursor, empty))
        coder.emit(control.Halt("SQLITE_ERROR", "abort", problem))
        coder.place(empty)


def _refers(table: Table) -> bool:
    """Whether the last column is a foreign key."""
    return any([key.columns == [len(table.columns) - 1] for key in table.foreign_keys])


def _is_allowed(column: Column, default: ast.Expression) -> bool:
    """Whether a column of a STRICT table may hold its constant DEFAULT."""
    found = constant(default)
    try:
        strict_value(None if found is None else found.value, column.declared_type.upper(), "", column.name)
    except errors.IntegrityError:
        return False
    return True


def _check_rows(coder: Coder, table: Table, new_table: Table) -> None:
    """Emit the check of existing rows: by a new CHECK, and of what a generated column computes of them."""
    column = new_table.columns[-1]
    computed = column.generated is not None and (column.not_null or new_table.strict)
    if len(new_table.checks) == len(table.checks) and not computed:
        return
    row = bind_table(new_table, coder.catalog, coder.functions)
    cursor = open_table(coder, table)
    virtual = {
        i: expr for i, expr in enumerate(row.generated) if expr is not None and new_table.positions[i] < 0
    }
    coder.locations[row.source] = TableColumns(cursor, new_table, virtual)
    end = coder.label()
    coder.emit(cursors.Rewind(cursor, end))
    loop = coder.here()
    coder.repeats += 1
    if computed:
        held = coder.register()
        value_into(coder, ColumnRef(row.source, len(new_table.columns) - 1), held)
        if column.not_null:
            coder.emit(control.HaltIfNull("SQLITE_ERROR", "abort", held, "NOT NULL constraint failed"))
        if new_table.strict:
            right = coder.label()
            coder.emit(rows.Affinity(held, 1, column.affinity))
            coder.emit(IsType(held, right, allowed_types(new_table, len(new_table.columns) - 1)))
            coder.emit(control.Halt("SQLITE_CONSTRAINT", "abort", "constraint failed"))
            coder.place(right)
    for _, predicate in row.checks:
        fine = coder.label()
        jump_if_true(coder, predicate, fine, True)
        coder.emit(control.Halt("SQLITE_ERROR", "abort", "CHECK constraint failed"))
        coder.place(fine)
    coder.repeats -= 1
    coder.emit(cursors.Next(cursor, loop))
    coder.place(end)
