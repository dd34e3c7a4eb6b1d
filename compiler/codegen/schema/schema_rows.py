"""Rows of sqlite_schema: adding, finding and deleting them; the schema cookie.

https://sqlite.org/schematab.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.opening import open_table
from foundrydb.storage.format.header import META_ENCODING, META_SCHEMA_COOKIE, META_SCHEMA_FORMAT
from foundrydb.vm.ops import compare, control, cursors, registers, rows
from foundrydb.vm.ops.transactions import ReadCookie, SetCookie

if TYPE_CHECKING:
    from foundrydb.compiler.schema.objects import Table
    from foundrydb.compiler.schema.schema import Schema
    from foundrydb.storage.format.values import Value

SCHEMA_FORMAT = 4
"""The schema format of files that are made here: descending indexes, and integers 0 and 1 in the record header."""

SCHEMA_COLUMNS = 5
NAME_FIELD = 1
TABLE_FIELD = 2
ROOT_FIELD = 3
SQL_FIELD = 4


def begin_change(coder: Coder, schema: Schema) -> int:
    """Begin a change of the schema; the cursor on its schema table."""
    coder.use(schema.number, True)
    coder.builder.statement_journal = True
    held = coder.register()
    known = coder.label()
    coder.emit(ReadCookie(schema.number, held, META_SCHEMA_FORMAT))
    coder.emit(control.If(held, known))
    coder.emit(SetCookie(schema.number, META_SCHEMA_FORMAT, SCHEMA_FORMAT))
    coder.emit(SetCookie(schema.number, META_ENCODING, coder.settings.encoding))
    coder.place(known)
    return open_table(coder, schema.schema_table, True)


def end_change(coder: Coder, schema: Schema) -> None:
    """Count the schema cookie up, which makes all other statements compile anew."""
    cookie = schema.cookie + 1
    if cookie > 0x7FFFFFFF:
        cookie = -0x80000000
    coder.emit(SetCookie(schema.number, META_SCHEMA_COOKIE, cookie))


def add_row(coder: Coder, cursor: int, kind: str, name: str, table: str, root: int, sql: Value) -> None:
    """Emit a new row of the schema table; ``root``: the register of the root page, 0 for none."""
    first = coder.registers(SCHEMA_COLUMNS)
    coder.emit(registers.String8(kind, first))
    coder.emit(registers.String8(name, first + NAME_FIELD))
    coder.emit(registers.String8(table, first + TABLE_FIELD))
    if root > 0:
        coder.emit(registers.SCopy(root, first + ROOT_FIELD))
    else:
        coder.emit(registers.Integer(0, first + ROOT_FIELD))
    if isinstance(sql, str):
        coder.emit(registers.String8(sql, first + SQL_FIELD))
    else:
        coder.emit(registers.Null(first + SQL_FIELD))
    append_row(coder, cursor, first, SCHEMA_COLUMNS)


def append_row(coder: Coder, cursor: int, first: int, count: int) -> None:
    """Emit a new row, from registers, at the end of a table."""
    record = coder.register()
    rowid = coder.register()
    coder.emit(rows.MakeRecord(first, count, record))
    coder.emit(rows.NewRowid(cursor, rowid))
    coder.emit(rows.Insert(cursor, record, rowid))


def delete_rows(coder: Coder, cursor: int, wanted: list[tuple[int, Value]], unwanted: str = "") -> None:
    """Emit the deletion of the rows whose fields have these values.

    unwanted: rows with this text in the first field stay.
    """
    end = coder.label()
    following = coder.label()
    held = coder.register()
    coder.emit(cursors.Rewind(cursor, end))
    loop = coder.here()
    for field, value in wanted:
        coder.emit(rows.Column(cursor, field, held))
        coder.emit(compare.Ne(held, coder.constant(value), following, "", None, True))
    if unwanted:
        coder.emit(rows.Column(cursor, 0, held))
        coder.emit(compare.Eq(held, coder.constant(unwanted), following))
    coder.emit(rows.Delete(cursor))
    coder.place(following)
    coder.emit(cursors.Next(cursor, loop))
    coder.place(end)


def delete_from(coder: Coder, schema: Schema, name: str, wanted: list[tuple[int, Value]]) -> None:
    """Emit the deletion of rows of one of SQLite's own tables, if there is such a table."""
    table: Table | None = schema.table(name)
    if table is not None:
        delete_rows(coder, open_table(coder, table, True), wanted)


def replace_root(coder: Coder, cursor: int, moved: int, root: int) -> None:
    """Emit the correction of the row whose root page R[moved] was moved to ``root`` (auto-vacuum files)."""
    end = coder.label()
    following = coder.label()
    first = coder.registers(SCHEMA_COLUMNS)
    coder.emit(control.IfNot(moved, end))
    coder.emit(cursors.Rewind(cursor, end))
    loop = coder.here()
    coder.emit(rows.Columns(cursor, tuple(range(SCHEMA_COLUMNS)), first))
    coder.emit(compare.Ne(first + ROOT_FIELD, moved, following, "", None, True))
    coder.emit(registers.Integer(root, first + ROOT_FIELD))
    write_back(coder, cursor, first)
    coder.place(following)
    coder.emit(cursors.Next(cursor, loop))
    coder.place(end)


def write_back(coder: Coder, cursor: int, first: int) -> None:
    """Emit the writing of the schema table's current row anew, from the registers that begin with ``first``."""
    record = coder.register()
    rowid = coder.register()
    coder.emit(rows.Rowid(cursor, rowid))
    coder.emit(rows.MakeRecord(first, SCHEMA_COLUMNS, record))
    coder.emit(rows.Insert(cursor, record, rowid))


def quoted(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"
