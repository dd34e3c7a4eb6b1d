"""CREATE TABLE, and CREATE TABLE AS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb import errors
from foundrydb.compiler.bind.binder import bind_table
from foundrydb.compiler.bind.bound import Expr
from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.dispatch import ROOTS, STATEMENTS
from foundrydb.compiler.codegen.expressions.locations import registers_from
from foundrydb.compiler.codegen.expressions.values import range_of, value_into
from foundrydb.compiler.codegen.opening import open_plan
from foundrydb.compiler.codegen.producing import produce
from foundrydb.compiler.codegen.schema.schema_rows import (
    add_row,
    begin_change,
    end_change,
)
from foundrydb.compiler.codegen.usage import collect, output_columns
from foundrydb.compiler.codegen.writes.sequences import SEQUENCE_TABLE
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.schema.new_names import check_name, exists_already, target_schema
from foundrydb.compiler.schema.objects import Index, Table
from foundrydb.compiler.schema.statement_text import table_text
from foundrydb.compiler.schema.tables import table_from_ast
from foundrydb.compiler.syntax import ast
from foundrydb.vm.ops import cursors, rows
from foundrydb.vm.ops.transactions import CreateBtree, ParseSchema

if TYPE_CHECKING:
    from foundrydb.compiler.schema.schema import Schema


@STATEMENTS.entry(ast.CreateVirtualTable)
def code_create_virtual_table(coder: Coder, statement: ast.CreateVirtualTable, sql: str) -> None:
    """Refuse CREATE VIRTUAL TABLE: there are no modules."""
    schema = target_schema(coder.catalog, statement.name, False)
    check_name(statement.name.name.text, coder.settings.values)
    if exists_already(schema, statement.name.name, statement.if_not_exists):
        coder.use(schema.number)
        return
    raise errors.no_such_module(statement.module.text)


@STATEMENTS.entry(ast.CreateTable)
def code_create_table(coder: Coder, statement: ast.CreateTable, sql: str) -> None:
    """Emit the code of CREATE TABLE."""
    schema = target_schema(coder.catalog, statement.name, statement.temporary)
    check_name(statement.name.name.text, coder.settings.values)
    if exists_already(schema, statement.name.name, statement.if_not_exists):
        coder.use(schema.number)
        return
    table = table_from_ast(statement, sql, schema.name, format=schema.format)
    _require_collations(coder, table)
    strings = bool(coder.settings.values.get("dqs_ddl", 1))
    row = bind_table(table, coder.catalog, coder.functions, declaring=True, strings=strings)
    _try_generated(coder, table, row)
    text = table_text(statement, sql)
    cursor = begin_change(coder, schema)
    _create(coder, schema, table, cursor, text)
    end_change(coder, schema)
    coder.emit(ParseSchema(schema.number, table.name, "table"))


def _require_collations(coder: Coder, table: Table) -> None:
    """Refuse a table whose columns or keys have a collating sequence that there is not."""
    for column in table.columns:
        coder.collation(column.collation)
    for index in table.indexes:
        for key in index.columns:
            coder.collation(key.collation)


def _try_generated(coder: Coder, table: Table, row: nodes.RowExpressions) -> None:
    """Refuse generated columns that cannot be computed, whatever the row: C SQLite reads the new table once."""
    trial = Coder(coder.catalog, coder.functions, coder.settings.for_trial())
    trial.locations[row.source] = registers_from(trial.registers(len(table.columns)), len(table.columns))
    for column, expr in zip(table.columns, row.generated):
        if expr is not None and not column.stored:
            value_into(trial, expr, trial.register())


def _create(coder: Coder, schema: Schema, table: Table, cursor: int, text: str) -> None:
    """Emit the trees and schema rows of a table, its automatic indexes, and sqlite_sequence."""
    root = coder.register()
    coder.emit(CreateBtree(schema.number, root, table.without_rowid))
    add_row(coder, cursor, "table", table.name, table.name, root, text)
    indexes = [index for index in table.indexes if not index.clustered]
    indexes.sort(key=_number)
    for index in indexes:
        page = coder.register()
        coder.emit(CreateBtree(schema.number, page, True))
        add_row(coder, cursor, "index", index.name, table.name, page, None)
    if table.autoincrement and schema.table(SEQUENCE_TABLE) is None:
        page = coder.register()
        coder.emit(CreateBtree(schema.number, page))
        add_row(
            coder,
            cursor,
            "table",
            SEQUENCE_TABLE,
            SEQUENCE_TABLE,
            page,
            "CREATE TABLE sqlite_sequence(name,seq)",
        )
        coder.emit(ParseSchema(schema.number, SEQUENCE_TABLE, "table"))


def _number(index: object) -> int:
    """The number at the end of an automatic index's name."""
    assert isinstance(index, Index)
    return int(index.name.rpartition("_")[2])


# -- CREATE TABLE AS ----------------------------------------------------------------------------------------------


@final
class Filling(Consumer):
    """Appends rows to the new table."""

    def __init__(self, cursor: int, exprs: list[Expr], affinity: str) -> None:
        self.cursor: Final = cursor
        self.exprs: Final = exprs
        self.affinity: Final = affinity

    def row(self, coder: Coder, next: int) -> None:
        record = coder.register()
        rowid = coder.register()
        coder.emit(rows.MakeRecord(range_of(coder, self.exprs), len(self.exprs), record, self.affinity))
        coder.emit(rows.NewRowid(self.cursor, rowid))
        coder.emit(rows.Insert(self.cursor, record, rowid, "", True, False, True))


@ROOTS.entry(nodes.CreateTableAs)
def code_create_table_as(coder: Coder, node: nodes.CreateTableAs) -> None:
    """Emit the code of CREATE TABLE AS."""
    query = node.child
    assert isinstance(query, nodes.Output)
    for column in query.columns:
        coder.collation(column.collation)
    schema = coder.catalog.schemas[coder.schema_number(node.schema)]
    cursor = begin_change(coder, schema)
    collect(coder, query)
    open_plan(coder, query)
    root = coder.register()
    data = coder.cursor()
    coder.emit(CreateBtree(schema.number, root))
    coder.emit(cursors.OpenRoot(data, root, schema.number))
    filling = Filling(data, output_columns(query.child, len(query.columns)), node.affinities)
    produce(coder, query.child, filling)
    coder.emit(cursors.Close(data))
    add_row(coder, cursor, "table", node.name, node.name, root, node.text)
    end_change(coder, schema)
    coder.emit(ParseSchema(schema.number, node.name, "table"))
