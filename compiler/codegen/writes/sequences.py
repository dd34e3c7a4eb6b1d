"""AUTOINCREMENT: the largest rowid that a table ever had is kept in sqlite_sequence.

https://sqlite.org/autoinc.html
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.opening import open_table
from foundrydb.compiler.schema.objects import Table
from foundrydb.errors import CorruptError
from foundrydb.vm.ops import compare, control, cursors, registers, rows
from foundrydb.vm.ops.arithmetic import AddImm

SEQUENCE_TABLE: Final = "sqlite_sequence"


@final
class RowidSequence:
    """A table's row in sqlite_sequence, while a statement inserts into the table.

    largest: the register of the largest rowid.  rowid: the register of the row's own rowid, NULL for a row that is
    not there yet.  before: that of the largest rowid as it was, NULL likewise.
    """

    def __init__(self, table: Table, cursor: int, largest: int, rowid: int, before: int) -> None:
        self.table: Final = table
        self.cursor: Final = cursor
        self.largest: Final = largest
        self.rowid: Final = rowid
        self.before: Final = before

    def read(self, coder: Coder) -> None:
        """Emit the reading of the row."""
        cursor = self.cursor
        name = coder.register()
        end = coder.label()
        following = coder.label()
        coder.emit(registers.Null(self.rowid))
        coder.emit(registers.Null(self.before))
        coder.emit(registers.Integer(0, self.largest))
        coder.emit(cursors.Rewind(cursor, end))
        loop = coder.here()
        coder.emit(rows.Column(cursor, 0, name))
        coder.emit(compare.Ne(name, coder.constant(self.table.name), following, "", None, True))
        coder.emit(rows.Rowid(cursor, self.rowid))
        coder.emit(rows.Column(cursor, 1, self.largest))
        coder.emit(AddImm(self.largest, 0), "as an integer")
        coder.emit(registers.SCopy(self.largest, self.before))
        coder.emit(control.Goto(end))
        coder.place(following)
        coder.emit(cursors.Next(cursor, loop))
        coder.place(end)

    def merge(self, coder: Coder) -> None:
        """Emit the reading of the row anew, which triggers may have written: the larger rowid counts."""
        mine = coder.register()
        coder.emit(registers.SCopy(self.largest, mine))
        self.read(coder)
        coder.emit(registers.MemMax(self.largest, mine))

    def store(self, coder: Coder) -> None:
        """Emit the writing of the row, if there is a larger rowid."""
        known = coder.label()
        end = coder.label()
        coder.emit(compare.Le(self.largest, self.before, end))
        coder.emit(control.NotNull(self.rowid, known))
        coder.emit(rows.NewRowid(self.cursor, self.rowid))
        coder.place(known)
        first = coder.registers(2)
        record = coder.register()
        coder.emit(registers.SCopy(coder.constant(self.table.name), first))
        coder.emit(registers.SCopy(self.largest, first + 1))
        coder.emit(rows.MakeRecord(first, 2, record))
        coder.emit(rows.Insert(self.cursor, record, self.rowid, SEQUENCE_TABLE))
        coder.place(end)


def sequence_of(coder: Coder, table: Table) -> RowidSequence | None:
    """The table's row, still to be read; None for a table without AUTOINCREMENT."""
    if not table.autoincrement:
        return None
    schema = coder.catalog.schema(table.schema)
    sequence_table = None if schema is None else schema.table(SEQUENCE_TABLE)
    if sequence_table is None:
        raise CorruptError("sqlite_sequence is missing", code="SQLITE_CORRUPT")
    cursor = open_table(coder, sequence_table, True)
    return RowidSequence(table, cursor, coder.register(), coder.register(), coder.register())
