"""optimize: ANALYZE for the tables that seem to need it.

A table needs it when an index of its has no statistics and the table is not empty.  With the bit 0x10000 of the
argument all tables are looked at, and those need it, too, that have grown or shrunk tenfold since they were analyzed.
The bit 1 has the statements shown that would run, 2 has them run, 0x10 sets them a limit; without an argument all is on
but these two of 1 and 0x10000.  (https://sqlite.org/pragma.html#pragma_optimize)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.opening import open_table
from foundrydb.compiler.codegen.pragmas.declaration import Pragma, PragmaCall, integer_of
from foundrydb.compiler.schema.names import quoted_name
from foundrydb.vm.ops import control, cursors, registers
from foundrydb.vm.ops.transactions import SqlExec

if TYPE_CHECKING:
    from foundrydb.compiler.schema.catalog import Catalog
    from foundrydb.compiler.schema.objects import Table

SHOW: Final = 1
RUN: Final = 2
LIMITED: Final = 0x10
ALL_TABLES: Final = 0x10000
BY_DEFAULT: Final = 0xFFFE

UNANALYZED_ROWS: Final = 1_048_576.0
"""How many rows SQLite takes a table for that was never analyzed."""

TENFOLD: Final = 10.0

LIMIT: Final = 2000
"""How many entries of an index are looked at, where no smaller limit is set."""


@final
class OptimizePragma(Pragma):
    """optimize"""

    def arguments(self) -> list[str] | None:
        return ["arg"]

    def code(self, coder: Coder, call: PragmaCall) -> None:
        mask = _mask(call)
        if not mask & RUN:
            return
        for schema in coder.catalog.schemas:
            if schema.name == "temp" or (call.qualified and schema is not call.schema):
                continue
            coder.use(schema.number)
            for table in reversed(list(schema.tables.values())):
                if not (table.system or table.virtual_module or table.name.lower().startswith("sqlite_")):
                    self._consider(coder, table, mask)

    def _consider(self, coder: Coder, table: Table, mask: int) -> None:
        fresh = any(not index.averages for index in table.indexes)
        if not fresh and not (mask & ALL_TABLES and has_changed_size(coder.catalog, table)):
            return
        following = coder.label()
        if fresh:
            coder.emit(cursors.Rewind(open_table(coder, table), following))
        sql = f"ANALYZE {quoted_name(table.schema)}.{quoted_name(table.name)}"
        if mask & SHOW:
            register = coder.register()
            coder.emit(registers.String8(sql, register))
            coder.emit(control.ResultRow(register, 1))
        else:
            own = 0 < coder.settings.number("analysis_limit") < LIMIT
            coder.emit(SqlExec(sql, LIMIT if mask & LIMITED and not own else 0))
        coder.place(following)


def _mask(call: PragmaCall) -> int:
    return BY_DEFAULT if call.argument is None else integer_of(call.argument) & 0xFFFFFFFF


def has_changed_size(catalog: Catalog, table: Table) -> bool:
    """Whether a table has more than ten times, or less than a tenth, of the rows that it had when it was analyzed."""
    then = max(table.analyzed_rows, 1.0) if table.analyzed_rows >= 0 else UNANALYZED_ROWS
    now = catalog.estimator.rows(table)
    return now < 0 or now * TENFOLD < then or now > then * TENFOLD
