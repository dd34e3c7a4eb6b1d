"""ANALYZE: sqlite_stat1, which tells the planner how selective indexes are.

A row for each index: the number of its entries, then for each prefix of its columns how many entries agree in it on
average, rounded up.  A table without a full index has one row, without an index's name, with its number of rows.
(https://sqlite.org/fileformat2.html#the_sqlite_stat1_table)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb import errors
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.dispatch import STATEMENTS
from foundrydb.compiler.codegen.opening import open_index, open_table
from foundrydb.compiler.codegen.schema.schema_rows import (
    add_row,
    append_row,
    begin_change,
    delete_rows,
    end_change,
    quoted,
)
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.new_names import unknown_database
from foundrydb.compiler.schema.objects import Index, Table, View
from foundrydb.compiler.schema.schema import Schema
from foundrydb.compiler.syntax import ast
from foundrydb.vm.ops import arithmetic, compare, control, cursors, registers, rows
from foundrydb.vm.ops.transactions import CreateBtree, Expire, LoadAnalysis, ParseSchema

if TYPE_CHECKING:
    from foundrydb.storage.format.values import Value

STATISTICS: Final = "sqlite_stat1"

OTHERS: Final = ("sqlite_stat4", "sqlite_stat3")
"""What another SQLite's ANALYZE found besides, which is out of date after this one."""


@STATEMENTS.entry(ast.Analyze)
def code_analyze(coder: Coder, statement: ast.Analyze, sql: str) -> None:
    """Emit the code of ANALYZE: of everything, a database, a table or an index."""
    catalog = coder.catalog
    if statement.name is None:
        for schema in catalog.schemas:
            if schema.name != "temp":
                _analyze(coder, schema, None, None)
        return
    text = statement.name.name.text
    schema_name = None if statement.name.schema is None else statement.name.schema.text
    if statement.name.schema is not None and catalog.schema(statement.name.schema.text) is None:
        raise unknown_database(statement.name.schema)
    whole = catalog.schema(text) if schema_name is None else None
    if whole is not None:
        _analyze(coder, whole, None, None)
        return
    index = catalog.find_index(text, schema_name)
    relation = catalog.find_relation(text, schema_name) if index is None else index.table
    if relation is None and coder.functions.modules.find(text) is not None:
        return
    if relation is None:
        shown = text if schema_name is None else f"{schema_name}.{text}"
        raise errors.error(f"no such table: {shown}")
    found = catalog.schema(relation.schema)
    assert found is not None
    _analyze(coder, found, relation, index)


def _analyze(coder: Coder, schema: Schema, only: Table | View | None, index: Index | None) -> None:
    """Emit the analysis of a schema, one of its tables, or one index; of a view there is nothing to be known.

    The newest table comes first, as in SQLite while there are few: programs look at the rows as they come.
    """
    cursor = _open_statistics(coder, schema, only, index)
    tables = list(reversed(list(schema.tables.values()))) if only is None else []
    if isinstance(only, Table):
        tables.append(only)
    for table in tables:
        if not table.virtual_module and not fold(table.name).startswith("sqlite_"):
            _analyze_table(coder, table, index, cursor)
    coder.emit(LoadAnalysis(schema.number))
    coder.emit(Expire())


def _open_statistics(coder: Coder, schema: Schema, only: Table | View | None, index: Index | None) -> int:
    """Emit the opening of sqlite_stat1, made if it is not there, without the rows that are made anew."""
    wanted: list[tuple[int, Value]] = []
    if index is not None:
        wanted.append((1, _index_name(index)))
    elif only is not None:
        wanted.append((0, only.name))
    for name in OTHERS:
        other = schema.table(name)
        if other is not None:
            delete_rows(coder, open_table(coder, other, True), wanted)
            coder.builder.statement_journal = True
    table = schema.table(STATISTICS)
    if table is None:
        rows_cursor = begin_change(coder, schema)
        root = coder.register()
        coder.emit(CreateBtree(schema.number, root))
        text = "CREATE TABLE sqlite_stat1(tbl,idx,stat)"
        add_row(coder, rows_cursor, "table", STATISTICS, STATISTICS, root, text)
        end_change(coder, schema)
        coder.emit(ParseSchema(schema.number, f"tbl_name={quoted(STATISTICS)}"))
        cursor = coder.cursor()
        coder.emit(cursors.OpenRoot(cursor, root, schema.number))
        return cursor
    coder.builder.statement_journal = True
    cursor = open_table(coder, table, True)
    delete_rows(coder, cursor, wanted)
    return cursor


def _index_name(index: Index) -> str:
    """What sqlite_stat1 calls an index: a WITHOUT ROWID table's primary key goes by the table's name."""
    return index.table.name if index.clustered else index.name


def _analyze_table(coder: Coder, table: Table, only: Index | None, cursor: int) -> None:
    count_table = True
    for index in table.indexes:
        if index.where is None:
            count_table = False
        if only is None or index is only:
            _analyze_index(coder, index, cursor)
    if count_table and only is None:
        data = open_table(coder, table)
        first = coder.registers(3)
        empty = coder.label()
        coder.emit(registers.String8(table.name, first))
        coder.emit(registers.Null(first + 1))
        coder.emit(cursors.Count(data, first + 2))
        coder.emit(control.IfNot(first + 2, empty))
        _as_text(coder, first + 2)
        append_row(coder, cursor, first, 3)
        coder.place(empty)


def _as_text(coder: Coder, register: int) -> None:
    """Emit the turning of a number into its text."""
    coder.emit(arithmetic.Concat(register, coder.constant(""), register))


def _analyze_index(coder: Coder, index: Index, cursor: int) -> None:
    """Emit the walk over an index that counts its entries and the distinct values of each prefix."""
    width = len(index.columns)
    data = open_index(coder, index)
    total = coder.register()
    distinct = coder.registers(width)
    previous = coder.registers(width)
    current = coder.registers(width)
    end = coder.label()
    same = coder.label()
    changes = [coder.label() for _ in range(width)]
    coder.emit(registers.Integer(0, total))
    for i in range(width):
        coder.emit(registers.Integer(0, distinct + i))
    coder.emit(registers.Null(previous, width))
    coder.emit(cursors.Rewind(data, end))
    loop = coder.here()
    coder.emit(rows.Columns(data, tuple(range(width)), current))
    coder.emit(control.IfNot(total, changes[0]))
    for i in range(width):
        collation = coder.comparison_collation(index.columns[i].collation)
        coder.emit(compare.Ne(current + i, previous + i, changes[i], "", collation, False, True))
    coder.emit(control.Goto(same))
    for i in range(width):
        coder.place(changes[i])
        coder.emit(arithmetic.AddImm(distinct + i, 1))
    coder.emit(registers.Copy(current, previous, width))
    coder.place(same)
    coder.emit(arithmetic.AddImm(total, 1))
    coder.emit(cursors.Next(data, loop))
    _write_statistics(coder, index, cursor, total, distinct)
    if index.where is None:
        coder.place(end)
        return
    done = coder.label()
    coder.emit(control.Goto(done))
    coder.place(end)
    _write_empty(coder, index, cursor)
    coder.place(done)


def _write_empty(coder: Coder, index: Index, cursor: int) -> None:
    """Emit the row of a partial index without entries: that it is empty says nothing about its table."""
    first = coder.registers(3)
    coder.emit(registers.String8(index.table.name, first))
    coder.emit(registers.String8(_index_name(index), first + 1))
    coder.emit(registers.String8(" ".join(["0"] * (len(index.columns) + 1)), first + 2))
    append_row(coder, cursor, first, 3)


def _write_statistics(coder: Coder, index: Index, cursor: int, total: int, distinct: int) -> None:
    first = coder.registers(3)
    coder.emit(registers.String8(index.table.name, first))
    coder.emit(registers.String8(_index_name(index), first + 1))
    coder.emit(registers.SCopy(total, first + 2))
    _as_text(coder, first + 2)
    average = coder.register()
    for i in range(len(index.columns)):
        coder.emit(arithmetic.Add(total, distinct + i, average))
        coder.emit(arithmetic.AddImm(average, -1))
        coder.emit(arithmetic.Divide(average, distinct + i, average))
        _round_down(coder, average, total, distinct + i)
        coder.emit(arithmetic.Concat(first + 2, coder.constant(" "), first + 2))
        coder.emit(arithmetic.Concat(first + 2, average, first + 2))
    append_row(coder, cursor, first, 3)


def _round_down(coder: Coder, average: int, total: int, distinct: int) -> None:
    """An average just above 1, which rounds up to 2, counts as 1."""
    fine = coder.label()
    tens = coder.registers(2)
    coder.emit(compare.Ne(average, coder.constant(2), fine))
    coder.emit(arithmetic.Multiply(total, coder.constant(10), tens))
    coder.emit(arithmetic.Multiply(distinct, coder.constant(11), tens + 1))
    coder.emit(compare.Gt(tens, tens + 1, fine))
    coder.emit(registers.Integer(1, average))
    coder.place(fine)
