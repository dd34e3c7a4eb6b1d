"""ALTER TABLE ADD COLUMN.

The column's definition is written into the table's text; rows stay as they are, and the column has its default
in those that are older.  What existing rows would break is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb import errors
from foundrydb.compiler.bind.alter.altered_table import (
    insertion_point,
    note_altered,
    parsed_table,
    refuse_rowid_alias,
    table_to_alter,
    wrong_object,
)
from foundrydb.compiler.bind.binder import bind_table
from foundrydb.compiler.bind.bound import ColumnRef, IsNull
from foundrydb.compiler.bind.schema.declared_names import note_definition
from foundrydb.compiler.bind.statements import BoundAlter, RowDemands, RowTest, TextChange
from foundrydb.compiler.schema.defaults import constant
from foundrydb.compiler.schema.statement_text import until_semicolon
from foundrydb.compiler.schema.tables import TableBuilder
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.source import written_name
from foundrydb.vm.arithmetic.affinity import strict_value

if TYPE_CHECKING:
    from foundrydb.compiler.bind.queries.query_binding import QueryBinding
    from foundrydb.compiler.bind.statements import RowExpressions
    from foundrydb.compiler.schema.objects import Column, Table


def bind_add_column(b: QueryBinding, statement: ast.AlterAddColumn) -> BoundAlter:
    """ALTER TABLE ADD COLUMN."""
    table = table_to_alter(
        b, statement.table, "Cannot add a column to a view", "virtual tables may not be altered"
    )
    definition = statement.column
    end = until_semicolon(b.text, definition.end)
    text = b.text[definition.start : end].rstrip(" \t\n\v\f\r")
    at = insertion_point(table.sql, parsed_table(table.sql).columns[-1].end)
    new_sql = f"{table.sql[:at]}, {text}{table.sql[at:]}"
    for constraint in definition.constraints:
        if isinstance(constraint, ast.ColumnPrimaryKey):
            raise errors.error("Cannot add a PRIMARY KEY column")
        if isinstance(constraint, ast.ColumnUnique):
            raise errors.error("Cannot add a UNIQUE column")
    try:
        row = _declared(b, table, new_sql)
    except errors.OperationalError as problem:
        if problem.offset >= 0:  # in the table's new text
            problem.offset += definition.start - (at + 2)
        raise
    name = definition.name.text
    note_altered(b, row.source, statement.table)
    note_definition(b, "column", definition.name, f"{table.schema}.{table.name}.{name}")
    changes = [TextChange(table.schema, "table", table.name, new_sql)]
    demands = _demands(b, table, row)
    action = f"ADD COLUMN {written_name(name)}"
    return BoundAlter(b.nested, b.shared(), table, action, changes, demands, None, None, True)


def _declared(b: QueryBinding, table: Table, text: str) -> RowExpressions:
    """The expressions of the table that its new text declares.

    Raises OperationalError: what is wrong with the column itself, or, with the table named, with what it means there.
    """
    try:
        syntax = parsed_table(text)
    except errors.OperationalError as problem:
        raise wrong_object("table", table.name, "after add column", problem) from problem
    builder = TableBuilder(syntax, text, table.schema, table.root_page, table.format)
    builder.declare()
    column = builder.table.columns[-1]
    b.require_collation(column.collation)
    refuse_rowid_alias(table, column.name, "add")
    try:
        return bind_table(builder.finish(), b.catalog, b.functions)
    except errors.OperationalError as problem:
        raise wrong_object("table", table.name, "after add column", problem) from problem


def _demands(b: QueryBinding, table: Table, row: RowExpressions) -> RowDemands | None:
    """What existing rows may break: a new CHECK, and what is demanded of a generated column."""
    altered = row.source.table
    assert altered is not None
    refusal = _refusal(b, altered)
    tests = _tests(table, altered, row)
    return RowDemands(row.source, altered, refusal, tests) if refusal or tests else None


def _refusal(b: QueryBinding, table: Table) -> str:
    """Why a table with rows cannot have its last column, "" where it can."""
    column = table.columns[-1]
    if column.generated is not None:
        return "cannot add a STORED column" if column.stored else ""
    if column.default is None or isinstance(column.default, ast.Null):
        return "Cannot add a NOT NULL column with default value NULL" if column.not_null else ""
    if _refers(table) and b.settings.get("foreign_keys"):
        return "Cannot add a REFERENCES column with non-NULL default value"
    if constant(column.default) is None:
        return "Cannot add a column with non-constant default"
    if table.strict and not _is_allowed(column, column.default):
        return "type mismatch on DEFAULT"
    return ""


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


def _tests(table: Table, altered: Table, row: RowExpressions) -> list[RowTest]:
    tests: list[RowTest] = []
    last = len(altered.columns) - 1
    column = altered.columns[last]
    computed = ColumnRef(row.source, last)
    generated = column.generated is not None
    if generated and column.not_null:
        tests.append(RowTest(IsNull(computed, True), None, "SQLITE_ERROR", "NOT NULL constraint failed"))
    if generated and altered.strict:
        tests.append(RowTest(computed, last, "SQLITE_CONSTRAINT", "constraint failed"))
    if tests or len(altered.checks) > len(table.checks):
        for _, predicate in row.checks:
            tests.append(RowTest(predicate, None, "SQLITE_ERROR", "CHECK constraint failed"))
    return tests
