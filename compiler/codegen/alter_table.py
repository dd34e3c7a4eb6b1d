"""ALTER TABLE: changes of the CREATE TABLE text in sqlite_schema.

ADD COLUMN writes the column's definition into the text; rows stay as they are, and the column has its default
in those that are older.  What existing rows would break is refused.  (https://sqlite.org/lang_altertable.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb import errors
from foundrydb.compiler.codegen.access import open_table
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.conditions import jump_if_true
from foundrydb.compiler.codegen.defaults import constant
from foundrydb.compiler.codegen.drop import qualified
from foundrydb.compiler.codegen.expressions import value_into
from foundrydb.compiler.codegen.locations import TableColumns
from foundrydb.compiler.codegen.schema_rows import (
    NAME_FIELD,
    SCHEMA_COLUMNS,
    begin_change,
    end_change,
)
from foundrydb.compiler.codegen.statement_text import until_semicolon
from foundrydb.compiler.plan.builder import bind_table
from foundrydb.compiler.resolve.bound import ColumnRef
from foundrydb.compiler.resolve.catalog import Column, Table, View, fold
from foundrydb.compiler.resolve.tables import table_from_ast
from foundrydb.compiler.syntax import ast, scanner
from foundrydb.compiler.syntax.parser import parse_one
from foundrydb.storage.header import META_SCHEMA_FORMAT
from foundrydb.vm.affinity import strict_value
from foundrydb.vm.ops import arithmetic, compare, control, cursors, registers, rows
from foundrydb.vm.ops.transactions import ParseSchema, ReadCookie, SetCookie

if TYPE_CHECKING:
    from foundrydb.compiler.resolve.catalog import Schema

SQL_FIELD = 4


def table_to_alter(coder: Coder, name: ast.QualifiedName, view_message: str) -> Table:
    """The table that ALTER TABLE names.

    view_message: what is said about a view.
    Raises OperationalError when there is none, or it may not be altered.
    """
    schema = None if name.schema is None else name.schema.text
    found = coder.catalog.find_relation(name.name.text, schema)
    if found is None:
        raise errors.error(f"no such table: {qualified(name)}")
    if isinstance(found, View):
        raise errors.error(view_message)
    if found.system or fold(found.name).startswith("sqlite_"):
        raise errors.error(f"table {found.name} may not be altered")
    if found.virtual_module:
        raise errors.error("virtual tables may not be altered")
    return found


def schema_of(coder: Coder, table: Table) -> Schema:
    """The schema that a table belongs to."""
    schema = coder.catalog.schema(table.schema)
    assert schema is not None
    return schema


def parsed_table(text: str) -> ast.CreateTable:
    """The syntax of a table's text in the schema."""
    statement, _ = parse_one(text, 0)
    assert isinstance(statement, ast.CreateTable)
    return statement


def code_add_column(coder: Coder, statement: ast.AlterAddColumn, sql: str) -> None:
    """Emit the code of ALTER TABLE ADD COLUMN."""
    table = table_to_alter(coder, statement.table, "Cannot add a column to a view")
    definition = statement.column
    end = until_semicolon(sql, definition.end)
    text = sql[definition.start : end].rstrip(" \t\n\v\f\r")
    syntax = parsed_table(table.sql)
    at = insertion_point(table.sql, syntax)
    new_sql = f"{table.sql[:at]}, {text}{table.sql[at:]}"
    for constraint in definition.constraints:
        if isinstance(constraint, ast.ColumnPrimaryKey):
            raise errors.error("Cannot add a PRIMARY KEY column")
        if isinstance(constraint, ast.ColumnUnique):
            raise errors.error("Cannot add a UNIQUE column")
    new_table = table_from_ast(parsed_table(new_sql), new_sql, table.schema, table.root_page)
    bind_table(new_table, coder.catalog, coder.functions)
    schema = schema_of(coder, table)
    cursor = begin_change(coder, schema)
    _refuse_for_rows(coder, new_table)
    replace_text(coder, cursor, "table", table.name, new_sql)
    _raise_format(coder, schema)
    end_change(coder, schema)
    coder.emit(ParseSchema(schema.number, ""))
    _check_rows(coder, table, new_table)


def insertion_point(text: str, syntax: ast.CreateTable) -> int:
    """Where a new column's definition goes: after the last one, before the table's constraints."""
    last = syntax.columns[-1].end
    for token in scanner.tokens(text):
        if token.start >= last and token.text in (",", ")"):
            return token.start
    raise AssertionError("CREATE TABLE without a closing parenthesis")


def replace_text(coder: Coder, cursor: int, kind: str, name: str, text: str) -> None:
    """Emit the replacement of an object's text in the schema table."""
    end = coder.label()
    following = coder.label()
    first = coder.registers(SCHEMA_COLUMNS)
    coder.emit(cursors.Rewind(cursor, end))
    loop = coder.here()
    coder.emit(rows.Columns(cursor, tuple(range(SCHEMA_COLUMNS)), first))
    coder.emit(compare.Ne(first, coder.constant(kind), following, "", None, True))
    coder.emit(compare.Ne(first + NAME_FIELD, coder.constant(name), following, "", None, True))
    coder.emit(registers.String8(text, first + SQL_FIELD))
    record = coder.register()
    rowid = coder.register()
    coder.emit(rows.Rowid(cursor, rowid))
    coder.emit(rows.MakeRecord(first, SCHEMA_COLUMNS, record))
    coder.emit(rows.Insert(cursor, record, rowid))
    coder.place(following)
    coder.emit(cursors.Next(cursor, loop))
    coder.place(end)


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


def _is_allowed(column: Column, default: ast.Expression) -> bool:
    """Whether a column of a STRICT table may hold its constant DEFAULT."""
    found = constant(default)
    try:
        strict_value(None if found is None else found.value, column.declared_type.upper(), "", column.name)
    except errors.IntegrityError:
        return False
    return True


def _check_rows(coder: Coder, table: Table, new_table: Table) -> None:
    """Emit the check of existing rows: those of a table with a new CHECK, or with a generated NOT NULL column."""
    column = new_table.columns[-1]
    computed = column.not_null and column.generated is not None
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
        coder.emit(control.HaltIfNull("SQLITE_ERROR", "abort", held, "NOT NULL constraint failed"))
    for _, predicate in row.checks:
        fine = coder.label()
        jump_if_true(coder, predicate, fine, True)
        coder.emit(control.Halt("SQLITE_ERROR", "abort", "CHECK constraint failed"))
        coder.place(fine)
    coder.repeats -= 1
    coder.emit(cursors.Next(cursor, loop))
    coder.place(end)
