"""CREATE INDEX and REINDEX: the entries are sorted, then written in order.

A UNIQUE index refuses two neighbours in that order that are equal and hold no NULL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb import errors
from foundrydb.compiler.bind.bound import BLOB, ColumnRef, Expr
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.dispatch import STATEMENTS
from foundrydb.compiler.codegen.expressions.conditions import jump_if_false
from foundrydb.compiler.codegen.expressions.locations import TableColumns
from foundrydb.compiler.codegen.expressions.membership import convert
from foundrydb.compiler.codegen.expressions.values import values_into
from foundrydb.compiler.codegen.opening import index_keys, open_table
from foundrydb.compiler.codegen.schema.schema_rows import (
    add_row,
    begin_change,
    check_name,
    end_change,
    quoted,
    unknown_database,
)
from foundrydb.compiler.codegen.schema.statement_text import index_text
from foundrydb.compiler.codegen.writes.uniqueness import unique_message
from foundrydb.compiler.plan.building.builder import bind_index
from foundrydb.compiler.schema.names import EXPRESSION, fold
from foundrydb.compiler.schema.schema import Schema
from foundrydb.compiler.schema.tables import index_from_ast
from foundrydb.compiler.syntax import ast
from foundrydb.vm.ops import control, cursors, rows, sorter
from foundrydb.vm.ops.transactions import Clear, CreateBtree, ParseSchema

if TYPE_CHECKING:
    from foundrydb.compiler.schema.catalog import Catalog
    from foundrydb.compiler.schema.objects import Index, Table


@STATEMENTS.entry(ast.CreateIndex)
def code_create_index(coder: Coder, statement: ast.CreateIndex, sql: str) -> None:
    """Emit the code of CREATE INDEX."""
    table, schema = _table_of(coder, statement)
    name = statement.name.name.text
    check_name(coder, name)
    if table.system or fold(table.name).startswith("sqlite_"):
        raise errors.error(f"table {table.name} may not be indexed")
    if table.virtual_module:
        raise errors.error("virtual tables may not be indexed")
    if schema.table(name) is not None or schema.view(name) is not None:
        raise errors.error(f"there is already a table named {name}")
    if schema.index(name) is not None:
        if statement.if_not_exists:
            coder.use(schema.number)
            return
        raise errors.error(f"index {name} already exists")
    index = index_from_ast(statement, sql, table)
    for item in index.columns:
        coder.collation(item.collation)
    cursor = begin_change(coder, schema)
    root = coder.register()
    coder.emit(CreateBtree(schema.number, root, True))
    add_row(coder, cursor, "index", name, table.name, root, index_text(statement, sql))
    data = coder.cursor()
    coder.emit(cursors.OpenRoot(data, root, schema.number, index_keys(coder, index)))
    _fill(coder, index, data, declaring=True)
    coder.emit(cursors.Close(data))
    end_change(coder, schema)
    coder.emit(ParseSchema(schema.number, f"name={quoted(name)} AND type='index'"))


def _table_of(coder: Coder, statement: ast.CreateIndex) -> tuple[Table, Schema]:
    """The table to index, and its schema, in which the index is made too."""
    given = statement.name.schema
    schema_name = None if given is None else given.text
    if given is not None and coder.catalog.schema(given.text) is None:
        raise unknown_database(given)
    text = statement.table.text
    if coder.catalog.find_view(text, schema_name) is not None:
        if coder.catalog.find_table(text, schema_name) is None:
            raise errors.error("views may not be indexed")
    table = coder.catalog.find_table(text, schema_name)
    if table is None and schema_name is not None and fold(schema_name) == "temp":
        other = coder.catalog.find_table(text)
        if other is not None:
            raise errors.error(f'cannot create a TEMP index on non-TEMP table "{other.name}"')
        raise errors.error(f"no such table: {text}")
    if table is None:
        raise errors.error(f"no such table: {schema_name or 'main'}.{text}").at(
            statement.table.start, statement.table.end - statement.table.start
        )
    schema = coder.catalog.schema(table.schema)
    assert schema is not None
    return table, schema


def _fill(coder: Coder, index: Index, data: int, declaring: bool = False) -> None:
    """Emit the making of all entries of an empty index that ``data`` is open on."""
    table = index.table
    row, keys, where = bind_index(index, coder.catalog, coder.functions, declaring)
    stored = index.stored_columns()
    exprs: list[Expr] = []
    affinity = ""
    for place in range(len(stored)):
        key = keys[place] if place < len(keys) else None
        if stored[place].column == EXPRESSION:
            assert key is not None
            exprs.append(key)
            affinity += BLOB
        else:
            exprs.append(ColumnRef(row.source, stored[place].column))
            affinity += (
                table.columns[stored[place].column].affinity or BLOB if stored[place].column >= 0 else BLOB
            )
    scan = open_table(coder, table)
    generated = {
        i: expr for i, expr in enumerate(row.generated) if expr is not None and table.positions[i] < 0
    }
    coder.locations[row.source] = TableColumns(scan, table, generated)
    sorting = coder.cursor()
    count = len(exprs)
    coder.emit(cursors.SorterOpen(sorting, count, index_keys(coder, index)))
    end = coder.label()
    following = coder.label()
    coder.emit(cursors.Rewind(scan, end))
    loop = coder.here()
    coder.repeats += 1
    if where is not None:
        jump_if_false(coder, where, following, True)
    first = coder.registers(count)
    values_into(coder, exprs, first, owned=True)
    convert(coder, exprs, first, affinity)
    coder.emit(sorter.SorterPut(sorting, first, count))
    coder.repeats -= 1
    coder.place(following)
    coder.emit(cursors.Next(scan, loop))
    coder.place(end)
    _write_sorted(coder, index, sorting, data, affinity)


def _write_sorted(coder: Coder, index: Index, sorting: int, data: int, affinity: str) -> None:
    if not index.unique:
        coder.emit(sorter.SorterToIndex(sorting, data))
        return
    done = coder.label()
    entry = coder.label()
    record = coder.register()
    coder.emit(sorter.SorterSort(sorting, done))
    coder.emit(control.Goto(entry))
    loop = coder.here()
    coder.emit(sorter.SorterCompare(sorting, entry, record, len(index.columns)))
    coder.emit(control.Halt("SQLITE_CONSTRAINT_UNIQUE", "abort", unique_message(index)))
    coder.place(entry)
    coder.emit(sorter.SorterData(sorting, record))
    coder.emit(rows.IdxInsert(data, record, True))
    coder.emit(sorter.SorterNext(sorting, loop))
    coder.place(done)


# -- REINDEX ----------------------------------------------------------------------------------------------------------


@STATEMENTS.entry(ast.Reindex)
def code_reindex(coder: Coder, statement: ast.Reindex, sql: str) -> None:
    """Emit the code of REINDEX: all indexes, those of a collation, of a table, or one."""
    for index in _indexes_to_build(coder, statement):
        if index.clustered or index.table.virtual_module:
            continue
        number = coder.schema_number(index.table.schema)
        coder.use(number, True)
        coder.builder.statement_journal = True
        coder.emit(Clear(index.root_page, number), index.name)
        data = coder.cursor()
        coder.emit(cursors.OpenWrite(data, index.root_page, number, index_keys(coder, index), 0, index.name))
        _fill(coder, index, data)
        coder.emit(cursors.Close(data))


def _is_collation(catalog: Catalog, name: str) -> bool:
    """Whether a column or an index has a collating sequence of that name, be it there or not."""
    for schema in catalog.schemas:
        for table in schema.tables.values():
            keys = [key.collation for index in table.indexes for key in index.columns]
            if fold(name) in [fold(found) for found in [column.collation for column in table.columns] + keys]:
                return True
    return False


def _indexes_to_build(coder: Coder, statement: ast.Reindex) -> list[Index]:
    catalog = coder.catalog
    every = [index for schema in catalog.schemas for index in schema.indexes.values()]
    if statement.name is None:
        return every
    text = statement.name.name.text
    schema_name = None if statement.name.schema is None else statement.name.schema.text
    if statement.name.schema is not None and catalog.schema(statement.name.schema.text) is None:
        raise unknown_database(statement.name.schema)
    if schema_name is None and (text.upper() in coder.settings.collations or _is_collation(catalog, text)):
        return [i for i in every if any(fold(item.collation) == fold(text) for item in i.columns)]
    relation = catalog.find_relation(text, schema_name)
    if relation is not None:
        return [index for index in every if index.table is relation]
    index = catalog.find_index(text, schema_name)
    if index is None:
        raise errors.error("unable to identify the object to be reindexed")
    return [index]
