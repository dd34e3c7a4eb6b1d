"""Where columns are: the kinds of ``Location``.

What reading a column of a table takes is SQLite's: the INTEGER PRIMARY KEY column is the rowid; a REAL column
may hold whole numbers as integers, which are made reals again; a record that is older than ALTER TABLE ADD
COLUMN is short, and the column then has its default.  (https://sqlite.org/fileformat2.html, 2.3 and
https://sqlite.org/lang_altertable.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import BLOB, NONE, REAL, ROWID, ColumnRef, Expr
from foundrydb.compiler.bind.queries.query_binding import QueryBinding
from foundrydb.compiler.bind.schema.row_expressions import schema_expression
from foundrydb.compiler.codegen.coder import Coder, Field, Location
from foundrydb.compiler.codegen.expressions.values import value_into
from foundrydb.compiler.codegen.usage import used_columns
from foundrydb.compiler.late import named
from foundrydb.compiler.schema.defaults import stored_default
from foundrydb.vm.ops.calls import SetSubtype, VColumn
from foundrydb.vm.ops.cursors import IfNullRow, NullRow
from foundrydb.vm.ops.registers import Null, SCopy
from foundrydb.vm.ops.rows import Affinity, Column, IdxRowid, RealAffinity, Rowid

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import Source
    from foundrydb.compiler.schema.objects import Index, Table


@final
class TableColumns(Location):
    """The current row of a cursor on a table (on the primary key's index, for WITHOUT ROWID).

    generated: the expressions of virtual generated columns by the column's index, bound to the source.
    """

    def __init__(self, cursor: int, table: Table, generated: dict[int, Expr] | None = None) -> None:
        self.cursor: Final = cursor
        self.table: Final = table
        self.generated: Final[dict[int, Expr]] = {} if generated is None else generated
        clustered = table.clustered_index() if table.without_rowid else None
        self.positions: Final = table.positions
        self.clustered: Final = clustered is not None

    def read(self, coder: Coder, index: int, dest: int) -> None:
        table = self.table
        if self.positions[index] < 0 <= index:
            self._generate(coder, index, dest)
            return
        if not self.clustered and (index == ROWID or index == table.rowid_alias):
            coder.emit(Rowid(self.cursor, dest), f"{table.name}.rowid")
            return
        column = table.columns[index]
        comment = f"{table.name}.{column.name}"
        default = stored_default(table, index)
        coder.emit(Column(self.cursor, self.positions[index], dest, default), comment)
        if column.affinity == REAL:
            coder.emit(RealAffinity(dest))

    def field(self, coder: Coder, index: int) -> Field | None:
        table = self.table
        if not self.clustered and (index == ROWID or index == table.rowid_alias):
            return Field(self.cursor, ROWID, False)
        if self.positions[index] < 0 or stored_default(table, index) is not None:
            return None
        return Field(self.cursor, self.positions[index], table.columns[index].affinity == REAL)

    def read_marked(self, coder: Coder, index: int, dest: int) -> None:
        if self.positions[index] < 0 <= index:
            self._generate(coder, index, dest, True)
        else:
            self.read(coder, index, dest)

    def _generate(self, coder: Coder, index: int, dest: int, marked: bool = False) -> None:
        """Emit the computation of a virtual generated column, which is NULL on the null row."""
        expr = self.generated.get(index)
        column = self.table.columns[index]
        assert expr is not None, f"the expression of {self.table.name}.{column.name} is missing"
        end = coder.label()
        coder.emit(IfNullRow(self.cursor, end, dest))
        value_into(coder, named("subtyped")(expr) if marked else expr, dest)
        if column.affinity not in (NONE, BLOB):
            coder.emit(Affinity(dest, 1, column.affinity))
        coder.place(end)

    def set_null(self, coder: Coder) -> None:
        coder.emit(NullRow(self.cursor))


@final
class IndexColumns(Location):
    """The current row of a table, reached through an index: what the index holds is read from it.

    index_cursor: on the index.  table_cursor: on the table, moved by a DeferredSeek; -1 when the index covers all
    that is needed.
    """

    def __init__(self, index_cursor: int, index: Index, table_cursor: int, rest: TableColumns | None) -> None:
        self.index_cursor: Final = index_cursor
        self.index: Final = index
        self.table_cursor: Final = table_cursor
        self.rest: Final = rest

    def read(self, coder: Coder, index: int, dest: int) -> None:
        field = self._index_field(index)
        table = self.index.table
        if field is None:
            assert self.rest is not None, f"{self.index.name} does not hold column {index} of {table.name}"
            self.rest.read(coder, index, dest)
        elif field.position == ROWID:
            coder.emit(IdxRowid(self.index_cursor, dest), f"{table.name}.rowid")
        else:
            kept = index < len(table.columns)
            comment = f"{table.name}.{table.columns[index].name}" if kept else f"<expr> of {self.index.name}"
            coder.emit(Column(self.index_cursor, field.position, dest), comment)
            if field.real:
                coder.emit(RealAffinity(dest))

    def field(self, coder: Coder, index: int) -> Field | None:
        field = self._index_field(index)
        if field is None:
            return None if self.rest is None else self.rest.field(coder, index)
        return field

    def _index_field(self, index: int) -> Field | None:
        table = self.index.table
        if not table.without_rowid and (index == ROWID or index == table.rowid_alias):
            return Field(self.index_cursor, ROWID, False)
        if index >= len(table.columns):
            return Field(self.index_cursor, index - self.index.first_key(), False)
        position = self.index.position(index)
        if position < 0:
            return None
        return Field(self.index_cursor, position, table.columns[index].affinity == REAL)

    def set_null(self, coder: Coder) -> None:
        coder.emit(NullRow(self.index_cursor))
        if self.table_cursor >= 0:
            coder.emit(NullRow(self.table_cursor))


@final
class RecordColumns(Location):
    """The current row of a sorter or an ephemeral table or index: fields that hold finished values.

    positions: the field of each column; a column that is not there is never asked for.
    """

    def __init__(self, cursor: int, positions: dict[int, int]) -> None:
        self.cursor: Final = cursor
        self.positions: Final = positions

    def read(self, coder: Coder, index: int, dest: int) -> None:
        coder.emit(Column(self.cursor, self.positions[index], dest))

    def field(self, coder: Coder, index: int) -> Field | None:
        return Field(self.cursor, self.positions[index], False)

    def set_null(self, coder: Coder) -> None:
        coder.emit(NullRow(self.cursor))


@final
class VirtualColumns(Location):
    """The current row of a virtual table."""

    def __init__(self, cursor: int) -> None:
        self.cursor: Final = cursor

    def read(self, coder: Coder, index: int, dest: int) -> None:
        if index == ROWID:
            coder.emit(Rowid(self.cursor, dest))
        else:
            coder.emit(VColumn(self.cursor, index, dest))

    def read_marked(self, coder: Coder, index: int, dest: int) -> None:
        coder.emit(VColumn(self.cursor, index, dest, True))

    def set_null(self, coder: Coder) -> None:
        coder.emit(NullRow(self.cursor))


@final
class RegisterColumns(Location):
    """Registers: the register of each column (0: it has none and is never asked for).

    subtypes: the registers with the numbers of subtypes, of the columns that may have some.
    """

    def __init__(self, columns: list[int], rowid: int = 0, subtypes: dict[int, int] | None = None) -> None:
        self.columns: Final = columns
        self.rowid: Final = rowid
        self.subtypes: Final[dict[int, int]] = {} if subtypes is None else subtypes

    def read(self, coder: Coder, index: int, dest: int) -> None:
        coder.emit(SCopy(self.register(coder, index), dest))

    def read_marked(self, coder: Coder, index: int, dest: int) -> None:
        self.read(coder, index, dest)
        subtype = self.subtype(index)
        if subtype > 0:
            coder.emit(SetSubtype(subtype, dest))

    def register(self, coder: Coder, index: int) -> int:
        return self.rowid if index == ROWID else self.columns[index]

    def subtype(self, index: int) -> int:
        return self.subtypes.get(index, 0)

    def set_null(self, coder: Coder) -> None:
        for register in self.columns:
            if register > 0:
                coder.emit(Null(register))
        if self.rowid > 0 and self.rowid not in self.columns:
            coder.emit(Null(self.rowid))


@final
class StoredRegisters(Location):
    """Registers with the row that is about to be stored, of which virtual columns are computed as when it is read.

    The registers of these may hold what was made of values with subtypes, which are not stored.
    """

    def __init__(self, columns: list[int], rowid: int, virtual: dict[int, Expr], table: Table) -> None:
        self.columns: Final = columns
        self.rowid: Final = rowid
        self.virtual: Final = virtual
        self.table: Final = table

    def read(self, coder: Coder, index: int, dest: int) -> None:
        if index in self.virtual:
            self._generate(coder, index, dest, self.virtual[index])
        else:
            coder.emit(SCopy(self.register(coder, index), dest))

    def read_marked(self, coder: Coder, index: int, dest: int) -> None:
        if index in self.virtual:
            self._generate(coder, index, dest, named("subtyped")(self.virtual[index]))
        else:
            self.read(coder, index, dest)

    def _generate(self, coder: Coder, index: int, dest: int, expr: Expr) -> None:
        value_into(coder, expr, dest)
        column = self.table.columns[index]
        if column.affinity not in (NONE, BLOB):
            coder.emit(Affinity(dest, 1, column.affinity))

    def register(self, coder: Coder, index: int) -> int:
        if index in self.virtual:
            return 0
        return self.rowid if index == ROWID else self.columns[index]

    def set_null(self, coder: Coder) -> None:
        raise AssertionError("the row that is about to be stored is there")

    def nullable(self) -> bool:
        return False


@final
class ExpressionColumns(Location):
    """Expressions, evaluated where a column is asked for: what a projection computes."""

    def __init__(self, exprs: list[Expr]) -> None:
        self.exprs: Final = exprs

    def read(self, coder: Coder, index: int, dest: int) -> None:
        value_into(coder, self.exprs[index], dest)

    def expression(self, index: int) -> Expr | None:
        return self.exprs[index]

    def set_null(self, coder: Coder) -> None:
        raise AssertionError("expressions have no place that could be NULL")

    def nullable(self) -> bool:
        return False


def table_columns(coder: Coder, source: Source, cursor: int, table: Table) -> TableColumns:
    """The columns of a table's current row, its virtual generated columns bound to ``source``."""
    generated: dict[int, Expr] = {}
    for i, column in enumerate(table.columns):
        if column.generated is not None and not column.stored:
            binding = QueryBinding(coder.catalog, coder.functions, table.sql)
            generated[i] = schema_expression(
                binding, column.generated, source, "generated columns", table.sql
            )
    return TableColumns(cursor, table, generated)


def registers_from(first: int, count: int) -> RegisterColumns:
    """Columns in ``count`` registers in a row."""
    return RegisterColumns(list(range(first, first + count)))


def copied_row(coder: Coder, wanted: Source, source: Source) -> Location:
    """Emit copies of the columns that somebody reads of ``wanted``, from where ``source`` is."""
    columns = [0] * len(wanted.columns)
    rowid = 0
    for column in used_columns(coder, wanted):
        register = coder.register()
        value_into(coder, ColumnRef(source, column), register)
        if column == ROWID:
            rowid = register
        else:
            columns[column] = register
    return RegisterColumns(columns, rowid)
