"""PRAGMAs as virtual tables: ``SELECT * FROM pragma_table_info('t')`` runs ``PRAGMA table_info = 't'``.

https://sqlite.org/pragma.html#pragfunc
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.codegen.pragmas.registry import all_pragmas
from foundrydb.vm.arithmetic.cast import to_text
from foundrydb.vm.modules.module import Module, VirtualCursor, VirtualTable, columns_of
from foundrydb.vm.modules.strategy import Request, Strategy

if TYPE_CHECKING:
    from foundrydb.compiler.codegen.pragmas.declaration import Pragma
    from foundrydb.storage.format.values import Value
    from foundrydb.vm.context import Context


@final
class PragmaModule(Module):
    """``pragma_NAME(arg, schema)``: the rows of a PRAGMA."""

    def __init__(self, pragma: Pragma, arguments: list[str]) -> None:
        super().__init__("pragma_" + pragma.name, pragma.doc)
        self.pragma: Final = pragma
        self.arguments: Final = arguments

    def connect(self, arguments: list[str]) -> VirtualTable:
        """See ``Module.connect``."""
        return PragmaTable(self.pragma, self.arguments)


@final
class PragmaTable(VirtualTable):
    """The table of such a module: the PRAGMA's columns, then a hidden one for each of its arguments.

    As in SQLite, an argument counts only where all before it are given, so that the values say which ones they are.
    """

    def __init__(self, pragma: Pragma, arguments: list[str]) -> None:
        super().__init__("pragma_" + pragma.name, columns_of(list(pragma.columns), arguments))
        self.pragma: Final = pragma
        self.arguments: Final = arguments
        self.width: Final = len(pragma.columns)

    def choose(self, request: Request) -> Strategy | None:
        """Take the arguments; see ``VirtualTable.choose``."""
        given: list[int] = []
        for i in range(len(self.arguments)):
            place = _place_of(request, self.width + i)
            if place < 0:
                break
            given.append(place)
        return Strategy(0, "", given, given)

    def open(self, number: int, text: str, values: list[Value], context: Context) -> VirtualCursor:
        """Run the PRAGMA; see ``VirtualTable.open``."""
        sql = self.pragma.name
        for name, value in zip(self.arguments, values):
            if value is not None:
                quoted = "'" + to_text(value, context.encoding).replace("'", "''") + "'"
                sql = f"{quoted}.{sql}" if name == "schema" else f"{sql} = {quoted}"
        values.extend([None] * (len(self.arguments) - len(values)))
        return RowsCursor(context.host.query("PRAGMA " + sql), values, self.width)


def _place_of(request: Request, column: int) -> int:
    """Which condition gives a column its value; -1 for none."""
    for place, condition in enumerate(request.conditions):
        if condition.column == column and condition.op == "=":
            return place
    return -1


@final
class RowsCursor(VirtualCursor):
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


def pragma_modules() -> list[Module]:
    """The modules that PRAGMAs give."""
    out: list[Module] = []
    for pragma in all_pragmas():
        arguments = pragma.arguments()
        if arguments is not None:
            out.append(PragmaModule(pragma, arguments))
    return out
