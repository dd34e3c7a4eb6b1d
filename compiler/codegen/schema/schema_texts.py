"""New texts, and new names, in the rows of sqlite_schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.compiler.codegen.schema.schema_rows import (
    NAME_FIELD,
    SCHEMA_COLUMNS,
    SQL_FIELD,
    TABLE_FIELD,
    begin_change,
    end_change,
    write_back,
)
from foundrydb.vm.ops import compare, cursors, registers, rows
from foundrydb.vm.ops.transactions import ParseSchema

if TYPE_CHECKING:
    from foundrydb.compiler.codegen.coder import Coder
    from foundrydb.compiler.plan.nodes import TextChange
    from foundrydb.compiler.schema.objects import Index, Table
    from foundrydb.compiler.schema.schema import Schema


def replace_texts(coder: Coder, cursor: int, schema: Schema, changes: list[TextChange]) -> None:
    """Emit the new texts: those of ``schema``, whose change has begun, through ``cursor``; those of temp on its own."""
    for change in changes:
        if change.schema == schema.name:
            replace_text(coder, cursor, change.kind, change.name, change.sql, change.table)
    temp = coder.catalog.temp
    others = [change for change in changes if change.schema == temp.name and temp is not schema]
    if others:
        own = begin_change(coder, temp)
        for change in others:
            replace_text(coder, own, change.kind, change.name, change.sql, change.table)
        end_change(coder, temp)
        coder.emit(ParseSchema(temp.number, ""))


def replace_text(coder: Coder, cursor: int, kind: str, name: str, text: str, table: str | None) -> None:
    """Emit the replacement of an object's text in the schema table, and of its table's name where that is new."""
    end = coder.label()
    following = coder.label()
    first = coder.registers(SCHEMA_COLUMNS)
    coder.emit(cursors.Rewind(cursor, end))
    loop = coder.here()
    coder.emit(rows.Columns(cursor, tuple(range(SCHEMA_COLUMNS)), first))
    coder.emit(compare.Ne(first, coder.constant(kind), following, "", None, True))
    coder.emit(compare.Ne(first + NAME_FIELD, coder.constant(name), following, "", None, True))
    coder.emit(registers.String8(text, first + SQL_FIELD))
    if table is not None:
        coder.emit(registers.String8(table, first + TABLE_FIELD))
    write_back(coder, cursor, first)
    coder.place(following)
    coder.emit(cursors.Next(cursor, loop))
    coder.place(end)


def rename_rows(coder: Coder, cursor: int, table: Table, new_name: str) -> None:
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
