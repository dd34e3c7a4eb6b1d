"""Rows that are written anew in their places: without the column that ALTER TABLE drops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.expressions.values import values_into
from foundrydb.compiler.codegen.opening import open_table
from foundrydb.compiler.codegen.producing import begin_node, begin_row, end_node, end_row, produce
from foundrydb.compiler.codegen.writes.new_row import record_affinity
from foundrydb.compiler.plan.nodes import Scan
from foundrydb.vm.ops import registers, rows

if TYPE_CHECKING:
    from foundrydb.compiler.plan.nodes import RewriteRows


def rewrite_rows(coder: Coder, node: RewriteRows) -> None:
    """Emit the writing of every row; the cursor that reads them writes them."""
    begin_node(coder, node)
    scan = node.child
    assert isinstance(scan, Scan)
    cursor = open_table(coder, scan.table, True)
    coder.opened[id(scan)] = (cursor, -1)
    produce(coder, scan, _Rewriting(node, cursor))
    end_node(coder)


@final
class _Rewriting(Consumer):
    """Writes each row."""

    def __init__(self, node: RewriteRows, cursor: int) -> None:
        self.node: Final = node
        self.cursor: Final = cursor

    def row(self, coder: Coder, next: int) -> None:
        record = self.node.record
        table = self.node.table
        begin_row(coder, self.node)
        first = coder.registers(max(1, len(record)))
        made = coder.register()
        values_into(coder, record, first)
        if table.rowid_alias >= 0:
            coder.emit(registers.Null(first + table.positions[table.rowid_alias]))
        coder.emit(rows.MakeRecord(first, len(record), made, record_affinity(table)))
        if table.without_rowid:
            coder.emit(rows.IdxDelete(self.cursor, first, len(table.row_key), True))
            coder.emit(rows.IdxInsert(self.cursor, made))
        else:
            rowid = coder.register()
            coder.emit(rows.Rowid(self.cursor, rowid))
            coder.emit(rows.Insert(self.cursor, made, rowid))
        end_row(coder)
