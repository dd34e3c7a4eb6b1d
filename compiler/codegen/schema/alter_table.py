"""ALTER TABLE: the rows of the table first, then the texts of the schema.

https://sqlite.org/lang_altertable.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.dispatch import ROOTS
from foundrydb.compiler.codegen.opening import open_table
from foundrydb.compiler.codegen.schema.check_rows import check_rows
from foundrydb.compiler.codegen.schema.rewrite_rows import rewrite_rows
from foundrydb.compiler.codegen.schema.schema_rows import begin_change, end_change
from foundrydb.compiler.codegen.schema.schema_texts import rename_rows, replace_texts
from foundrydb.compiler.codegen.usage import collect
from foundrydb.compiler.codegen.writes.sequences import SEQUENCE_TABLE
from foundrydb.compiler.plan import nodes
from foundrydb.storage.format.header import META_SCHEMA_FORMAT
from foundrydb.vm.ops import arithmetic, compare, control, cursors, registers, rows
from foundrydb.vm.ops.transactions import ParseSchema, ReadCookie, SetCookie

if TYPE_CHECKING:
    from foundrydb.compiler.schema.objects import Table
    from foundrydb.compiler.schema.schema import Schema


@ROOTS.entry(nodes.AlterTable)
def code_alter_table(coder: Coder, node: nodes.AlterTable) -> None:
    """Emit the code of ALTER TABLE."""
    table = node.table
    schema = coder.catalog.schemas[coder.schema_number(table.schema)]
    collect(coder, node)
    cursor = begin_change(coder, schema)
    if isinstance(node.child, nodes.CheckRows):
        check_rows(coder, node.child)
    elif isinstance(node.child, nodes.RewriteRows):
        rewrite_rows(coder, node.child)
    replace_texts(coder, cursor, schema, node.changes)
    if node.new_name is not None:
        rename_rows(coder, cursor, table, node.new_name)
        _rename_sequence(coder, schema, table, node.new_name)
    if node.short_rows:
        _raise_format(coder, schema)
    end_change(coder, schema)
    coder.emit(ParseSchema(schema.number, ""))


def _raise_format(coder: Coder, schema: Schema) -> None:
    """Rows may now be shorter than their table: files of the first schema format become ones of the third."""
    held = coder.register()
    fine = coder.label()
    coder.emit(ReadCookie(schema.number, held, META_SCHEMA_FORMAT))
    coder.emit(arithmetic.AddImm(held, -2))
    coder.emit(control.IfPos(held, fine, 0))
    coder.emit(SetCookie(schema.number, META_SCHEMA_FORMAT, 3))
    coder.place(fine)


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
