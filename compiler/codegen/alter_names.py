"""ALTER TABLE RENAME TO, RENAME COLUMN and DROP COLUMN.

The texts in sqlite_schema are edited token by token, so that everything else in them stays as it was written.  Tables,
indexes, foreign keys and views follow a new name.  A trigger that mentions the table would have to follow too:
that is refused.  (https://sqlite.org/lang_altertable.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb import errors
from foundrydb.compiler.codegen.access import open_table
from foundrydb.compiler.codegen.alter_table import (
    insertion_point,
    parsed_table,
    schema_of,
    table_to_alter,
)
from foundrydb.compiler.codegen.alter_views import (
    leaves_views,
    mentions,
    recheck_views,
    rename_column_in_views,
    rename_table_in_views,
)
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.expressions import values_into
from foundrydb.compiler.codegen.insert import record_order
from foundrydb.compiler.codegen.locations import TableColumns
from foundrydb.compiler.codegen.schema_rows import (
    NAME_FIELD,
    SCHEMA_COLUMNS,
    TABLE_FIELD,
    begin_change,
    check_name,
    end_change,
)
from foundrydb.compiler.codegen.sequences import SEQUENCE_TABLE
from foundrydb.compiler.codegen.text_edits import Edits, TextChange, replace_texts
from foundrydb.compiler.codegen.writer import record_affinity
from foundrydb.compiler.plan.builder import bind_table
from foundrydb.compiler.resolve.bound import ColumnRef, Expr
from foundrydb.compiler.resolve.catalog import Table, View, fold
from foundrydb.compiler.resolve.tables import index_from_ast, table_from_ast
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.parser import parse_one
from foundrydb.vm.ops import compare, cursors, registers, rows
from foundrydb.vm.ops.transactions import ParseSchema

if TYPE_CHECKING:
    from foundrydb.compiler.resolve.catalog import Index, Schema


def statement_of(text: str) -> ast.Statement:
    """The syntax of a text in the schema."""
    statement, _ = parse_one(text, 0)
    assert statement is not None
    return statement


def refuse_mentions(table: Table, what: str, coder: Coder) -> None:
    """Refuse a change of names that triggers would have to follow.

    Raises:
        NotSupportedError: one of them mentions the table.
    """
    for each in coder.catalog.schemas:
        for trigger in each.triggers.values():
            if mentions(trigger.statement, table.name):
                raise errors.not_supported(f"{what} where a trigger mentions the table")


# -- RENAME TO ----------------------------------------------------------------------------------------------------


def code_rename_table(coder: Coder, statement: ast.AlterRenameTable) -> None:
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
    check_name(new_name)
    refuse_mentions(table, "ALTER TABLE RENAME TO", coder)
    views = rename_table_in_views(coder, table, new_name)
    changes: list[TextChange] = []
    stays = leaves_views(coder) and not coder.settings.values.get("foreign_keys", 0)
    for other in schema.tables.values():
        edits = Edits(other.sql, new_name, True)
        syntax = parsed_table(other.sql)
        if other is table:
            edits.add(syntax.name.name)
        if not stays:
            _table_names(edits, syntax, table, other is table)
        if edits.names:
            changes.append(TextChange(schema, "table", other.name, edits.apply()))
    for index in table.indexes:
        if index.sql is not None:
            edits = Edits(index.sql, new_name, True)
            declared = statement_of(index.sql)
            assert isinstance(declared, ast.CreateIndex)
            edits.add(declared.table)
            changes.append(TextChange(schema, "index", index.name, edits.apply()))
    changes.extend(views)
    recheck_views(coder, table, changes, "after rename")
    cursor = begin_change(coder, schema)
    replace_texts(coder, cursor, schema, changes)
    _rename_rows(coder, cursor, table, new_name)
    _rename_sequence(coder, schema, table, new_name)
    end_change(coder, schema)
    coder.emit(ParseSchema(schema.number, ""))


def _table_names(edits: Edits, syntax: ast.CreateTable, table: Table, itself: bool) -> None:
    """Where a CREATE TABLE names the table: as a parent, before a column."""
    wanted = fold(table.name)
    waiting: list[ast.Node] = [syntax]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.ForeignKeyReference) and fold(node.table.text) == wanted:
            edits.add(node.table)
        elif itself and isinstance(node, ast.Column) and node.table is not None:
            if fold(node.table.text) == wanted:
                edits.add(node.table)
        waiting.extend(node.children())


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
    record = coder.register()
    rowid = coder.register()
    coder.emit(rows.Rowid(cursor, rowid))
    coder.emit(rows.MakeRecord(first, SCHEMA_COLUMNS, record))
    coder.emit(rows.Insert(cursor, record, rowid))
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


# -- RENAME COLUMN ----------------------------------------------------------------------------------------------------


def column_to_alter(
    coder: Coder, name: ast.QualifiedName, column: ast.Name, view_text: str
) -> tuple[Table, int]:
    """The table and column that a statement names.

    Raises:
        OperationalError: there is none, or it may not be altered.
    """
    schema_name = None if name.schema is None else name.schema.text
    relation = coder.catalog.find_relation(name.name.text, schema_name)
    view = relation.name if isinstance(relation, View) else ""
    table = table_to_alter(coder, name, f'cannot {view_text} view "{view}"')
    index = table.column_index(column.text)
    if index < 0:
        raise errors.error(f'no such column: "{column.text}"')
    return table, index


def code_rename_column(coder: Coder, statement: ast.AlterRenameColumn) -> None:
    """Emit the code of ALTER TABLE RENAME COLUMN."""
    table, column = column_to_alter(coder, statement.table, statement.column, "rename columns of")
    schema = schema_of(coder, table)
    new_name = statement.new_name.text
    quoted = statement.new_name.quote != ""
    refuse_mentions(table, "ALTER TABLE RENAME COLUMN", coder)
    views = rename_column_in_views(coder, table, column, new_name, quoted)
    other = table.column_index(new_name)
    if other >= 0 and other != column:
        message = f"error in table {table.name} after rename: duplicate column name: {new_name}"
        raise errors.error(message)
    old_name = table.columns[column].name
    changes: list[TextChange] = []
    for each in schema.tables.values():
        edits = Edits(each.sql, new_name, quoted)
        _column_names(edits, parsed_table(each.sql), table, old_name, each is table)
        if edits.names:
            changes.append(TextChange(schema, "table", each.name, edits.apply()))
    for index in table.indexes:
        if index.sql is not None:
            edits = Edits(index.sql, new_name, quoted)
            _index_names(edits, statement_of(index.sql), old_name)
            if edits.names:
                changes.append(TextChange(schema, "index", index.name, edits.apply()))
    changes.extend(views)
    recheck_views(coder, table, changes, "after rename")
    cursor = begin_change(coder, schema)
    replace_texts(coder, cursor, schema, changes)
    end_change(coder, schema)
    coder.emit(ParseSchema(schema.number, ""))


def _column_names(edits: Edits, syntax: ast.CreateTable, table: Table, column: str, itself: bool) -> None:
    """Where a CREATE TABLE names the column: its definition, keys, expressions, foreign keys of and to the table."""
    wanted = fold(column)
    waiting: list[ast.Node] = [syntax]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.ForeignKeyReference):
            if fold(node.table.text) == fold(table.name):
                _add_all(edits, node.columns, wanted)
        elif itself and isinstance(node, ast.ColumnDefinition):
            _add_all(edits, (node.name,), wanted)
        elif itself and isinstance(node, ast.Column):
            _add_all(edits, (node.column,), wanted)
        elif itself and isinstance(node, ast.TableForeignKey):
            _add_all(edits, node.columns, wanted)
        waiting.extend(node.children())


def _index_names(edits: Edits, syntax: ast.Statement, column: str) -> None:
    """Where a CREATE INDEX names the column."""
    waiting: list[ast.Node] = [syntax]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Column):
            _add_all(edits, (node.column,), fold(column))
        waiting.extend(node.children())


def _add_all(edits: Edits, names: tuple[ast.Name, ...], wanted: str) -> None:
    for name in names:
        if fold(name.text) == wanted:
            edits.add(name)


# -- DROP COLUMN ------------------------------------------------------------------------------------------------------


def code_drop_column(coder: Coder, statement: ast.AlterDropColumn) -> None:
    """Emit the code of ALTER TABLE DROP COLUMN: the text without the column, and the rows without its values."""
    table, column = column_to_alter(coder, statement.table, statement.column, "drop column from")
    schema = schema_of(coder, table)
    name = table.columns[column].name
    if table.columns[column].primary_key > 0 or column == table.rowid_alias:
        raise errors.error(f'cannot drop PRIMARY KEY column: "{name}"')
    for index in table.indexes:
        if index.origin == "u" and len(index.columns) == 1 and index.columns[0].column == column:
            raise errors.error(f'cannot drop UNIQUE column: "{name}"')
    if len(table.columns) == 1:
        raise errors.error(f'cannot drop column "{name}": no other columns exist')
    refuse_mentions(table, "ALTER TABLE DROP COLUMN", coder)
    views = rename_column_in_views(coder, table, -1, "", False)
    new_sql = without_column(table, column)
    new_table = _checked(coder, table, new_sql)
    changes = [TextChange(schema, "table", table.name, new_sql), *views]
    recheck_views(coder, table, changes, "after drop column")
    cursor = begin_change(coder, schema)
    replace_texts(coder, cursor, schema, changes)
    end_change(coder, schema)
    if table.positions[column] >= 0:
        _rewrite_rows(coder, table, new_table, column)
    coder.emit(ParseSchema(schema.number, ""))


def without_column(table: Table, column: int) -> str:
    """The text of a table without one of its columns."""
    syntax = parsed_table(table.sql)
    start = syntax.columns[column].start
    if column + 1 < len(syntax.columns):
        return table.sql[:start] + table.sql[syntax.columns[column + 1].start :]
    comma = table.sql.rindex(",", 0, start)
    return table.sql[:comma] + table.sql[insertion_point(table.sql, syntax) :]


def _checked(coder: Coder, table: Table, text: str) -> Table:
    """The table that a text without a column declares, when it and its indexes still make sense.

    Raises:
        OperationalError: something refers to the column.
    """
    try:
        new_table = table_from_ast(parsed_table(text), text, table.schema, table.root_page)
        bind_table(new_table, coder.catalog, coder.functions)
    except errors.OperationalError as problem:
        raise errors.error(f"error in table {table.name} after drop column: {problem.message}") from problem
    for index in table.indexes:
        if index.sql is None:
            continue
        syntax = statement_of(index.sql)
        assert isinstance(syntax, ast.CreateIndex)
        try:
            added = index_from_ast(syntax, index.sql, new_table)
            new_table.add_index(added)
            bind_table(new_table, coder.catalog, coder.functions)
        except errors.OperationalError as problem:
            message = f"error in index {index.name} after drop column: {problem.message}"
            raise errors.error(message) from problem
    return new_table


def _rewrite_rows(coder: Coder, table: Table, new_table: Table, column: int) -> None:
    """Emit the writing of every row without the column."""
    cursor = open_table(coder, table, True)
    row = bind_table(table, coder.catalog, coder.functions)
    coder.locations[row.source] = TableColumns(cursor, table)
    kept: list[Expr] = []
    for new in record_order(new_table.positions):
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
        coder.emit(rows.IdxDelete(cursor, first, len(table.primary_key), True))
        coder.emit(rows.IdxInsert(cursor, record))
    else:
        rowid = coder.register()
        coder.emit(rows.Rowid(cursor, rowid))
        coder.emit(rows.Insert(cursor, record, rowid))
    coder.repeats -= 1
    coder.emit(cursors.Next(cursor, loop))
    coder.place(end)
