"""PRAGMAs that tell what the catalog knows: their rows are made when the statement is compiled."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.binder import view_columns
from foundrydb.compiler.bind.bound import OutputColumn
from foundrydb.compiler.codegen.coder import Coder, load
from foundrydb.compiler.codegen.pragmas.declaration import Pragma, PragmaCall, schemas_of
from foundrydb.compiler.codegen.pragmas.registry import all_pragmas
from foundrydb.compiler.schema.affinity import type_affinity
from foundrydb.compiler.schema.catalog import Catalog
from foundrydb.compiler.schema.names import EXPRESSION
from foundrydb.compiler.schema.objects import Index, IndexColumn, Table, View
from foundrydb.errors import Error
from foundrydb.vm.functions.scalar import DETERMINISTIC, DIRECT_ONLY, HIDDEN, RETURNS_SUBTYPE, TAKES_SUBTYPE
from foundrydb.vm.functions.session import COMPILE_OPTIONS
from foundrydb.vm.ops.control import ResultRow

if TYPE_CHECKING:
    from foundrydb.compiler.schema.schema import Schema
    from foundrydb.storage.format.values import Collation, Value
    from foundrydb.vm.functions.registry import FunctionRegistry
    from foundrydb.vm.modules.module import VirtualTable

Rows = list[tuple["Value", ...]]


@final
class PragmaContext:
    """What the PRAGMAs ask: the catalog, the functions, the collating sequences by name."""

    def __init__(
        self, catalog: Catalog, functions: FunctionRegistry, collations: dict[str, Collation]
    ) -> None:
        self.catalog: Final = catalog
        self.functions: Final = functions
        self.collations: Final = collations


class CatalogPragma(Pragma):
    """A PRAGMA whose rows follow from the catalog."""

    def arguments(self) -> list[str] | None:
        return ["arg", "schema"]

    def code(self, coder: Coder, call: PragmaCall) -> None:
        context = PragmaContext(coder.catalog, coder.functions, coder.settings.collations)
        for schema in self.depends_on(context.catalog, call):
            coder.use(schema.number)
        table = self.rows(context, call)
        width = len(self.columns)
        first = coder.registers(width)
        for row in table:
            for i in range(width):
                coder.emit(load(row[i], first + i))
            coder.emit(ResultRow(first, width))

    def depends_on(self, catalog: Catalog, call: PragmaCall) -> list[Schema]:
        """The schemas that the rows follow from: were they others, so might the rows be."""
        return schemas_of(catalog, call)

    @abstractmethod
    def rows(self, context: PragmaContext, call: PragmaCall) -> Rows:
        """The result."""


def schema_of(catalog: Catalog, call: PragmaCall, table: Table | View | None) -> list[Schema]:
    """The schema of what was found.  Where nothing was, other databases than main are not looked at, as in SQLite."""
    return [catalog.main] if table is None else catalog.present(table.schema)


def find_table(catalog: Catalog, call: PragmaCall) -> Table | View | None:
    """The table or view that the argument names."""
    if call.argument is None:
        return None
    return catalog.find_relation(call.argument, call.schema.name if call.qualified else None)


def find_index(catalog: Catalog, call: PragmaCall) -> Index | None:
    """The index that the argument names; the primary key of a WITHOUT ROWID table by the table's name."""
    if call.argument is None:
        return None
    schema = call.schema.name if call.qualified else None
    index = catalog.find_index(call.argument, schema)
    if index is not None:
        return index
    table = catalog.find_table(call.argument, schema)
    return None if table is None else table.clustered_index()


# -- tables and columns ---------------------------------------------------------------------------------------------


@final
class TableInfo(CatalogPragma):
    """table_info and table_xinfo; ``extended``: with hidden columns, and one column more that tells."""

    def __init__(self, name: str, extended: bool, doc: str) -> None:
        columns = ("cid", "name", "type", "notnull", "dflt_value", "pk")
        super().__init__(name, (*columns, "hidden") if extended else columns, doc)
        self.extended: Final = extended

    def rows(self, context: PragmaContext, call: PragmaCall) -> Rows:
        found = find_table(context.catalog, call)
        if found is None:
            virtual = None if call.argument is None else context.functions.modules.table(call.argument)
            return [] if virtual is None else self._virtual_rows(virtual)
        if isinstance(found, View):
            out: Rows = []
            for i, column in enumerate(view_columns(found, context.catalog, context.functions)):
                out.append(self._row(i, column.name, column_type(column), 0, None, 0, 0))
            return out
        return self._table_rows(found)

    def _table_rows(self, table: Table) -> Rows:
        out: Rows = []
        for i, column in enumerate(table.columns):
            hidden = 0
            if column.generated is not None:
                hidden = 3 if column.stored else 2
            elif column.hidden:
                hidden = 1
            if hidden and not self.extended:
                continue
            cid = i if self.extended else len(out)
            not_null = 1 if column.not_null else 0
            key = column.primary_key
            default = column.default_text if column.generated is None else None
            out.append(self._row(cid, column.name, column.declared_type, not_null, default, key, hidden))
        return out

    def _virtual_rows(self, table: VirtualTable) -> Rows:
        """The columns of a virtual table; the arguments of a call are hidden ones."""
        out: Rows = []
        for i, column in enumerate(table.columns):
            if self.extended or not column.hidden:
                cid = i if self.extended else len(out)
                hidden = 1 if column.hidden else 0
                out.append(self._row(cid, column.name, column.declared_type, 0, None, 0, hidden))
        return out

    def _row(
        self, cid: int, name: str, declared: str, not_null: int, default: str | None, key: int, hidden: int
    ) -> tuple[Value, ...]:
        row: tuple[Value, ...] = (cid, name, declared, not_null, default, key)
        return (*row, hidden) if self.extended else row


_TYPE_NAMES: Final = {"A": "BLOB", "B": "TEXT", "C": "NUM", "D": "INT", "E": "REAL", "F": "NUM", "": ""}


def column_type(column: OutputColumn) -> str:
    """The type of a view's column: the declared one where it fits, else a word for the affinity."""
    if column.declared_type and type_affinity(column.declared_type) == column.affinity:
        return column.declared_type
    return _TYPE_NAMES[column.affinity]


@final
class TableList(CatalogPragma):
    """table_list."""

    def arguments(self) -> list[str] | None:
        return ["arg"]

    def rows(self, context: PragmaContext, call: PragmaCall) -> Rows:
        out: Rows = []
        for schema in context.catalog.schemas:
            if call.qualified and schema is not call.schema:
                continue
            found: list[Table | View] = [*schema.tables.values(), *schema.views.values()]
            found.reverse()
            for relation in [*found, schema.schema_table]:
                if call.argument is None or relation.name.lower() == call.argument.lower():
                    out.append(self._row(relation, schema.name, context))
        return out

    def _row(self, relation: Table | View, schema: str, context: PragmaContext) -> tuple[Value, ...]:
        if isinstance(relation, View):
            try:
                width = len(view_columns(relation, context.catalog, context.functions))
            except Error:
                width = 0
            return (schema, relation.name, "view", width, 0, 0)
        name = relation.name
        if relation.system and name in ("sqlite_master", "sqlite_temp_master"):
            name = name.replace("master", "schema")
        kind = "virtual" if relation.virtual_module else "table"
        return (schema, name, kind, len(relation.columns), int(relation.without_rowid), int(relation.strict))


# -- indexes --------------------------------------------------------------------------------------------------------


@final
class IndexList(CatalogPragma):
    """index_list."""

    def depends_on(self, catalog: Catalog, call: PragmaCall) -> list[Schema]:
        return schema_of(catalog, call, find_table(catalog, call))

    def rows(self, context: PragmaContext, call: PragmaCall) -> Rows:
        table = find_table(context.catalog, call)
        if not isinstance(table, Table):
            return []
        out: Rows = []
        for i, index in enumerate(table.indexes):
            out.append((i, index.name, int(index.unique), index.origin, int(index.where is not None)))
        return out


@final
class IndexInfo(CatalogPragma):
    """index_info and index_xinfo."""

    def __init__(self, name: str, extended: bool, doc: str) -> None:
        columns = ("seqno", "cid", "name")
        super().__init__(name, (*columns, "desc", "coll", "key") if extended else columns, doc)
        self.extended: Final = extended

    def depends_on(self, catalog: Catalog, call: PragmaCall) -> list[Schema]:
        index = find_index(catalog, call)
        return schema_of(catalog, call, None if index is None else index.table)

    def rows(self, context: PragmaContext, call: PragmaCall) -> Rows:
        index = find_index(context.catalog, call)
        if index is None:
            return []
        columns = index.stored_columns() if self.extended else index.columns
        return [self._row(index, i, column) for i, column in enumerate(columns)]

    def _row(self, index: Index, i: int, column: IndexColumn) -> tuple[Value, ...]:
        cid = -2 if column.column == EXPRESSION else column.column
        name = index.table.columns[column.column].name if column.column >= 0 else None
        row: tuple[Value, ...] = (i, cid, name)
        if not self.extended:
            return row
        return (*row, int(column.descending), column.collation, int(i < len(index.columns)))


@final
class ForeignKeyList(CatalogPragma):
    """foreign_key_list."""

    def depends_on(self, catalog: Catalog, call: PragmaCall) -> list[Schema]:
        return schema_of(catalog, call, find_table(catalog, call))

    def rows(self, context: PragmaContext, call: PragmaCall) -> Rows:
        table = find_table(context.catalog, call)
        if not isinstance(table, Table):
            return []
        out: Rows = []
        for i, key in enumerate(reversed(table.foreign_keys)):
            reference = key.reference
            for j, column in enumerate(key.columns):
                target = reference.columns[j].text if reference.columns else None
                out.append(
                    (
                        i,
                        j,
                        reference.table.text,
                        table.columns[column].name,
                        target,
                        reference.on_update or "NO ACTION",
                        reference.on_delete or "NO ACTION",
                        "NONE",
                    )
                )
        return out


# -- the connection's own ----------------------------------------------------------------------------------------------


class ConnectionPragma(CatalogPragma):
    """A PRAGMA about what the connection knows, whatever its databases hold: it takes no arguments."""

    def arguments(self) -> list[str] | None:
        return []

    def depends_on(self, catalog: Catalog, call: PragmaCall) -> list[Schema]:
        return []


@final
class CollationList(ConnectionPragma):
    """collation_list."""

    def rows(self, context: PragmaContext, call: PragmaCall) -> Rows:
        out: Rows = []
        for i, name in enumerate(reversed(list(context.collations))):
            out.append((i, name))
        return out


@final
class FunctionList(ConnectionPragma):
    """function_list."""

    def rows(self, context: PragmaContext, call: PragmaCall) -> Rows:
        out: Rows = []
        listed = [function for function in context.functions.all() if not function.flags & HIDDEN]
        gathering = {function.name for function in listed if function.aggregate}
        for function in listed:
            own = context.functions.is_own(function)
            kind = "w" if function.window or function.aggregate else "s"
            # To SQLite its own aggregates but those of JSON are not deterministic.
            steady = function.flags & DETERMINISTIC and (kind == "s" or function.flags & RETURNS_SUBTYPE)
            flags = 0x800 if steady else 0
            innocuous = 0 if function.of_user else 0x200000
            flags |= 0x80000 if function.flags & DIRECT_ONLY else innocuous
            flags |= 0x100000 if function.flags & TAKES_SUBTYPE else 0
            counts = [_at_least(1 if function.name in gathering else function.min_args)]
            if 0 <= function.max_args <= function.min_args + 3:
                counts = list(range(function.min_args, function.max_args + 1))
            for count in counts:
                out.append((function.name, int(own), kind, "utf8", count, flags))
        return out


def _at_least(count: int) -> int:
    """The number by which SQLite says that a function takes so many arguments or more."""
    return -2 - count if count > 0 else -1


@final
class PragmaList(ConnectionPragma):
    """pragma_list."""

    def rows(self, context: PragmaContext, call: PragmaCall) -> Rows:
        return [(pragma.name,) for pragma in all_pragmas()]


@final
class ModuleList(ConnectionPragma):
    """module_list."""

    def rows(self, context: PragmaContext, call: PragmaCall) -> Rows:
        out: Rows = []
        for module in context.functions.modules.all():
            out.append((module.name,))
        return out


@final
class CompileOptions(ConnectionPragma):
    """compile_options: what of SQLite's build options describes this engine."""

    def rows(self, context: PragmaContext, call: PragmaCall) -> Rows:
        return [(option,) for option in COMPILE_OPTIONS]


CATALOG_PRAGMAS: Final[list[CatalogPragma]] = [
    TableInfo("table_info", False, "The columns of a table or view."),
    TableInfo("table_xinfo", True, "The columns of a table or view, generated and hidden ones included."),
    TableList(
        "table_list",
        ("schema", "name", "type", "ncol", "wr", "strict"),
        "The tables and views of all databases.",
    ),
    IndexList("index_list", ("seq", "name", "unique", "origin", "partial"), "The indexes of a table."),
    IndexInfo("index_info", False, "The key columns of an index."),
    IndexInfo("index_xinfo", True, "All columns of an index's entries."),
    ForeignKeyList(
        "foreign_key_list",
        ("id", "seq", "table", "from", "to", "on_update", "on_delete", "match"),
        "The foreign keys of a table.",
    ),
    CollationList("collation_list", ("seq", "name"), "The collating sequences."),
    FunctionList("function_list", ("name", "builtin", "type", "enc", "narg", "flags"), "The SQL functions."),
    PragmaList("pragma_list", ("name",), "The PRAGMAs."),
    ModuleList("module_list", ("name",), "The modules of virtual tables."),
    CompileOptions("compile_options", ("compile_options",), "What this engine was built with."),
]
