"""PRAGMAs as table-valued functions: ``SELECT * FROM pragma_table_info('t')``.

https://sqlite.org/pragma.html#pragfunc
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.compiler.codegen.pragma_base import Pragma, PragmaCall
from foundrydb.compiler.codegen.pragma_schema import CATALOG_PRAGMAS, CatalogPragma
from foundrydb.compiler.codegen.pragma_settings import SETTINGS
from foundrydb.vm.functions.table import TableCursor, TableFunction

if TYPE_CHECKING:
    from foundrydb.compiler.resolve.catalog import Catalog
    from foundrydb.storage.values import Collation, Value
    from foundrydb.vm.context import Context
    from foundrydb.vm.functions.registry import FunctionRegistry


class PragmaFunction(TableFunction):
    """``pragma_NAME(argument, schema)``: the rows of a PRAGMA that only looks at the catalog."""

    def __init__(
        self,
        pragma: CatalogPragma,
        catalog: Catalog,
        functions: FunctionRegistry,
        collations: dict[str, Collation],
    ) -> None:
        super().__init__("pragma_" + pragma.name, list(pragma.columns), ["arg", "schema"], 0, pragma.doc)
        self.pragma: Final = pragma
        self.catalog: Final = catalog
        self.functions: Final = functions
        self.collations: Final = collations

    def open(self, args: list[Value], given: int, context: Context) -> TableCursor:
        """Begin a walk over the PRAGMA's rows; see ``TableFunction.open``."""
        argument: Value = None
        schema: Value = None
        place = 0
        if given & 1:
            argument = args[0]
            place = 1
        if given & 2:
            schema = args[place]
        found = self.catalog.schemas[0] if schema is None else self.catalog.schema(str(schema))
        if found is None:
            return RowsCursor([], [argument, schema], len(self.columns))
        call = PragmaCall(found, schema is not None, None if argument is None else str(argument))
        table = self.pragma.rows(self.catalog, self.functions, self.collations, call)
        return RowsCursor(table, [argument, schema], len(self.columns))


class SettingFunction(TableFunction):
    """``pragma_NAME(schema)``: the one row of a PRAGMA that shows a value."""

    def __init__(self, pragma: Pragma, catalog: Catalog) -> None:
        super().__init__("pragma_" + pragma.name, list(pragma.columns), ["schema"], 0, pragma.doc)
        self.pragma: Final = pragma
        self.catalog: Final = catalog

    def open(self, args: list[Value], given: int, context: Context) -> TableCursor:
        """Begin a walk over the one row; see ``TableFunction.open``."""
        schema: Value = args[0] if given & 1 else None
        found = self.catalog.schemas[0] if schema is None else self.catalog.schema(str(schema))
        if found is None:
            return RowsCursor([], [schema], 1)
        return RowsCursor([(self.pragma.read(context.host, found.number),)], [schema], 1)


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


def pragma_functions(
    catalog: Catalog, functions: FunctionRegistry, collations: dict[str, Collation]
) -> list[TableFunction]:
    """The table-valued functions that PRAGMAs give."""
    out: list[TableFunction] = []
    for pragma in CATALOG_PRAGMAS:
        out.append(PragmaFunction(pragma, catalog, functions, collations))
    for setting in SETTINGS:
        if setting.readable():
            out.append(SettingFunction(setting, catalog))
    return out
