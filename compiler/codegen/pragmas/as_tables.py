"""PRAGMAs as table-valued functions: ``SELECT * FROM pragma_table_info('t')`` runs ``PRAGMA table_info = 't'``.

https://sqlite.org/pragma.html#pragfunc
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.compiler.codegen.pragmas.registry import all_pragmas
from foundrydb.vm.arithmetic.cast import to_text
from foundrydb.vm.functions.table import TableCursor, TableFunction

if TYPE_CHECKING:
    from foundrydb.compiler.codegen.pragmas.declaration import Pragma
    from foundrydb.storage.format.values import Value
    from foundrydb.vm.context import Context


class PragmaFunction(TableFunction):
    """``pragma_NAME(arg, schema)``: the rows of a PRAGMA."""

    def __init__(self, pragma: Pragma, hidden: list[str]) -> None:
        super().__init__("pragma_" + pragma.name, list(pragma.columns), hidden, 0, pragma.doc)
        self.pragma: Final = pragma

    def open(self, args: list[Value], given: int, context: Context) -> TableCursor:
        """Run the PRAGMA; see ``TableFunction.open``."""
        values: list[Value] = [None] * len(self.hidden)
        place = 0
        for i in range(len(values)):
            if given >> i & 1:
                values[i] = args[place]
                place += 1
        sql = self.pragma.name
        for name, value in zip(self.hidden, values):
            if value is not None:
                text = "'" + to_text(value).replace("'", "''") + "'"
                sql = f"{text}.{sql}" if name == "schema" else f"{sql} = {text}"
        return RowsCursor(context.host.query("PRAGMA " + sql), values, len(self.columns))


class RowsCursor(TableCursor):
    """A walk over rows that are there already; ``hidden``: the values of the hidden columns."""

    def __init__(self, table: list[tuple[Value, ...]], hidden: list[Value], width: int) -> None:
        self.table: Final = table
        self.hidden: Final = hidden
        self.width: Final = width
        self.place = -1

    def next(self) -> bool:
        """Move on; False at the end."""
        self.place += 1
        return self.place < len(self.table)

    def column(self, i: int) -> Value:
        """A column of the current row, or a hidden one."""
        if i >= self.width:
            return self.hidden[i - self.width]
        return self.table[self.place][i]

    def rowid(self) -> int:
        """The current row's number."""
        return self.place + 1


def pragma_functions() -> list[TableFunction]:
    """The table-valued functions that PRAGMAs give."""
    out: list[TableFunction] = []
    for pragma in all_pragmas():
        hidden = pragma.arguments()
        if hidden is not None:
            out.append(PragmaFunction(pragma, hidden))
    return out
