"""ALTER TABLE DROP COLUMN: the text without the column, and the rows without its values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb import errors
from foundrydb.compiler.bind.alter.altered_table import (
    check_changed,
    column_to_alter,
    insertion_point,
    note_altered,
    parsed_table,
    refuse_rowid_alias,
)
from foundrydb.compiler.bind.alter.rename_in_dependents import recheck_dependents, rename_column_in_dependents
from foundrydb.compiler.bind.alter.rename_in_tables import rename_column_in_tables
from foundrydb.compiler.bind.bound import ColumnRef, Expr
from foundrydb.compiler.bind.statements import BoundAlter, NewRows, TextChange
from foundrydb.compiler.syntax.source import written_name

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import Source
    from foundrydb.compiler.bind.queries.query_binding import QueryBinding
    from foundrydb.compiler.schema.objects import Table
    from foundrydb.compiler.syntax import ast


def bind_drop_column(b: QueryBinding, statement: ast.AlterDropColumn) -> BoundAlter:
    """ALTER TABLE DROP COLUMN."""
    table, column = column_to_alter(b, statement.table, statement.column, "drop column from")
    source = b.table_source(table, table.name)
    note_altered(b, source, statement.table, statement.column)
    _refuse(table, column, statement.column.text)
    dependents = rename_column_in_dependents(b, table, -1, "", False)
    changes = rename_column_in_tables(b, table, -1, "", False)
    own = [c for c in changes if c.schema == table.schema and c.kind == "table" and c.name == table.name]
    text = own[0].sql if own else table.sql
    changes = [change for change in changes if change not in own]
    changes.append(TextChange(table.schema, "table", table.name, without_column(text, column)))
    altered = check_changed(b, table, changes, "after drop column")
    changes.extend(dependents)
    recheck_dependents(b, table, changes, "after drop column")
    rewriting = _new_rows(source, altered, column) if table.positions[column] >= 0 else None
    action = f"DROP COLUMN {written_name(table.columns[column].name)}"
    return BoundAlter(b.nested, b.shared(), table, action, changes, None, rewriting, None, False)


def _refuse(table: Table, column: int, name: str) -> None:
    """Refuse a column that its table cannot be without, by the name that the statement has for it."""
    refuse_rowid_alias(table, name, "drop")
    if table.columns[column].primary_key > 0 or column == table.rowid_alias:
        raise errors.error(f'cannot drop PRIMARY KEY column: "{name}"')
    for index in table.indexes:
        if index.origin == "u" and len(index.columns) == 1 and index.columns[0].column == column:
            raise errors.error(f'cannot drop UNIQUE column: "{name}"')
    if len(table.columns) == 1:
        raise errors.error(f'cannot drop column "{name}": no other columns exist')


def without_column(text: str, column: int) -> str:
    """The text of a table without one of its columns."""
    syntax = parsed_table(text)
    start = syntax.columns[column].start
    if column + 1 < len(syntax.columns):
        return text[:start] + text[syntax.columns[column + 1].start :]
    comma = text.rindex(",", 0, start)
    return text[:comma] + text[insertion_point(text, syntax.columns[column].end) :]


def _new_rows(source: Source, altered: Table, column: int) -> NewRows:
    """The rows without the column."""
    record: list[Expr] = [ColumnRef(source, new if new < column else new + 1) for new in altered.record]
    return NewRows(source, altered, record)
