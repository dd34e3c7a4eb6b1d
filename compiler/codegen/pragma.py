"""PRAGMA: each is one declaration in ``PRAGMAS``; the listing, the code and the table-valued functions come from it.

Kinds of PRAGMA are the subclasses of ``Pragma``: what the catalog says (``pragma_schema``), settings and fields of the
file's header (``pragma_settings``), checks of the whole file (``pragma_check``).  An unknown PRAGMA does nothing, as in
SQLite.  (https://sqlite.org/pragma.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb import errors
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.pragma_base import Pragma, PragmaCall
from foundrydb.compiler.codegen.pragma_check import CHECKS
from foundrydb.compiler.codegen.pragma_schema import CATALOG_PRAGMAS, CatalogPragma
from foundrydb.compiler.codegen.pragma_settings import SETTINGS
from foundrydb.compiler.resolve.catalog import fold
from foundrydb.compiler.syntax import ast
from foundrydb.vm.functions.table import TableCursor, TableFunction
from foundrydb.vm.program import ResultColumn

if TYPE_CHECKING:
    from foundrydb.compiler.resolve.catalog import Catalog
    from foundrydb.storage.values import Collation, Value
    from foundrydb.vm.context import Context
    from foundrydb.vm.functions.registry import FunctionRegistry


def _by_name() -> dict[str, Pragma]:
    declared: list[Pragma] = [*CATALOG_PRAGMAS, *SETTINGS, *CHECKS]
    declared.sort(key=lambda pragma: pragma.name)
    return {pragma.name: pragma for pragma in declared}


PRAGMAS: Final[dict[str, Pragma]] = _by_name()
"""Every PRAGMA, by name."""


def code_pragma(coder: Coder, statement: ast.Pragma, sql: str) -> None:
    """Emit the code of a PRAGMA statement."""
    pragma = PRAGMAS.get(fold(statement.name.name.text))
    schema_name = statement.name.schema
    schema = coder.catalog.schemas[0]
    if schema_name is not None:
        found = coder.catalog.schema(schema_name.text)
        if found is None:
            raise errors.error(f"unknown database {schema_name.text}")
        schema = found
    if pragma is None:
        return
    call = PragmaCall(schema, schema_name is not None, statement.text, list(PRAGMAS))
    if pragma.returns(call):
        coder.builder.columns = [ResultColumn(name) for name in pragma.columns]
    pragma.code(coder, call)


# -- as table-valued functions --------------------------------------------------------------------------------------


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
        call = PragmaCall(
            found, schema is not None, None if argument is None else str(argument), list(PRAGMAS)
        )
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


def add_pragma_functions(
    functions: FunctionRegistry, catalog: Catalog, collations: dict[str, Collation]
) -> None:
    """Declare the table-valued functions that PRAGMAs give."""
    for pragma in CATALOG_PRAGMAS:
        functions.add_table(PragmaFunction(pragma, catalog, functions, collations))
    for setting in SETTINGS:
        if setting.readable():
            functions.add_table(SettingFunction(setting, catalog))
