"""RETURNING: the rows are kept until all changes are made, and handed out then, as SQLite does."""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import REAL, Expr, OutputColumn
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.expressions.values import range_of
from foundrydb.compiler.codegen.rows.output import describe
from foundrydb.compiler.late import named
from foundrydb.compiler.schema.objects import Table
from foundrydb.vm.ops import control, cursors, rows


@final
class Returning:
    """The RETURNING clause of a statement; without one, all of this emits nothing.

    table: the table that is changed, None for a view.
    """

    def __init__(
        self, coder: Coder, table: Table | None, exprs: list[Expr], columns: list[OutputColumn]
    ) -> None:
        self.table: Final = table
        self.exprs: Final = exprs
        self.cursor: Final = coder.cursor() if exprs else -1
        if exprs:
            describe(coder, columns)

    def open(self, coder: Coder) -> None:
        """Open the table of kept rows."""
        if self.exprs:
            named("open_rows")(coder, self.cursor, len(self.exprs), "RETURNING", True)

    def keep(self, coder: Coder) -> None:
        """Emit code that keeps one row."""
        if not self.exprs:
            return
        coder.queries_vary = True
        coder.changed = self.table
        first = range_of(coder, self.exprs)
        coder.queries_vary = False
        if self.table is None:  # a view's row is not converted before
            for at, expr in enumerate(self.exprs):
                if expr.affinity == REAL:
                    coder.emit(rows.RealAffinity(first + at))
        record = coder.register()
        rowid = coder.register()
        coder.emit(rows.MakeRecord(first, len(self.exprs), record))
        coder.emit(rows.NewRowid(self.cursor, rowid))
        coder.emit(rows.Insert(self.cursor, record, rowid, append=True))

    def hand_out(self, coder: Coder) -> None:
        """Emit the loop that hands the rows out."""
        if not self.exprs:
            return
        end = coder.label()
        if coder.settings.on("foreign_keys"):
            coder.emit(control.FkCheck())
        coder.emit(cursors.Rewind(self.cursor, end))
        loop = coder.here()
        coder.emit(rows.ResultColumns(self.cursor, tuple(range(len(self.exprs)))))
        coder.emit(cursors.Next(self.cursor, loop))
        coder.place(end)
