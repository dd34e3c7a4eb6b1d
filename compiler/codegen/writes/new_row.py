"""A row that is about to be written: its registers, and the way from the values that are given to those stored.

INSERT and UPDATE take the steps in turn: ``locate``, ``convert``, ``generate``, a STRICT table's types, ``pack``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb import errors
from foundrydb.compiler.bind.bound import BLOB, NONE, ROWID, ColumnRef, Expr, Literal, ScalarQuery, Source
from foundrydb.compiler.bind.properties import carries_subtype, walk
from foundrydb.compiler.bind.writes.kept_subtypes import asks, kept
from foundrydb.compiler.codegen.coder import Coder, Location
from foundrydb.compiler.codegen.expressions.locations import RegisterColumns, StoredRegisters
from foundrydb.compiler.codegen.expressions.values import resolve, value_into
from foundrydb.vm.ops import registers, rows
from foundrydb.vm.ops.calls import TakeSubtype

if TYPE_CHECKING:
    from foundrydb.compiler.plan.nodes import RowExpressions
    from foundrydb.compiler.schema.objects import Table


@final
class NewRow:
    """The registers of a row that is about to be written.

    row: the table's own expressions, which are evaluated over it.
    rowid: its rowid (0 for WITHOUT ROWID).  first, count: the record's fields in the order in which they are stored.
    columns: the register of each column of the table; the rowid's for an INTEGER PRIMARY KEY.
    told: somebody sees the row beside the table's own expressions.  shows: subtypes of its values are seen.
    subtypes: the registers with their numbers, of columns that may have some.
    given: its values are converted when the first index is looked at: until then they are as they were given.
    """

    def __init__(self, coder: Coder, table: Table, row: RowExpressions, told: bool = False) -> None:
        self.table: Final = table
        self.row: Final = row
        self.count: Final = len(table.record)
        self.rowid: Final = 0 if table.without_rowid else coder.register()
        self.first: Final = coder.registers(max(self.count, 1))
        self.columns: Final[list[int]] = []
        self.subtypes: Final[dict[int, int]] = {}
        self.told: Final = told
        self.shows: Final = told or asks(row)
        self.given = False
        for i, position in enumerate(table.positions):
            if i == table.rowid_alias:
                coder.hoist(Literal(None), self.first + position)
                self.columns.append(self.rowid)
            else:
                self.columns.append(coder.register() if position < 0 else self.first + position)

    def location(self) -> Location:
        """Where expressions over the row find its columns."""
        return RegisterColumns(self.columns, self.rowid, self.subtypes)

    def locate_stored(self, coder: Coder, exprs: list[Expr | None]) -> None:
        """Let an index's expressions read this row as it will be read when it is stored: no value has a subtype then.

        exprs: those that are not plain columns.
        """
        virtual = virtual_columns(self.table, self.row)
        asked = any([expr is not None and carries_subtype(expr) for expr in exprs])
        if virtual and (self.subtypes or asked):
            coder.locations[self.row.source] = StoredRegisters(self.columns, self.rowid, virtual, self.table)

    def take_subtypes(self, coder: Coder, given: dict[int, Expr]) -> None:
        """Emit the removal of the values' subtypes, which are kept apart.  given: by column, what gave its value."""
        taken_subtypes(coder, given, self.columns, self.subtypes)

    def locate(self, coder: Coder) -> None:
        """Let the table's own expressions read this row."""
        coder.locations[self.row.source] = self.location()

    def convert(self, coder: Coder, looked_at: set[int] | None = None) -> None:
        """Emit the conversion of the row's values to what the columns take.

        looked_at: the columns of which somebody sees more than the record, which converts them too; None for all.
        """
        if self.count == 0:
            return
        self.repeat(coder)
        if self._generates():
            self._check_columns(coder, False)
        affinity = record_affinity(self.table)
        if looked_at is not None:
            letters = [
                affinity[i] if column in looked_at else BLOB for i, column in enumerate(self.table.record)
            ]
            affinity = "".join(letters)
        if affinity.strip(BLOB):
            coder.emit(rows.Affinity(self.first, self.count, affinity))

    def repeat(self, coder: Coder) -> None:
        """Emit the copies of what the record holds twice."""
        for place, i in enumerate(self.table.record):
            if self.table.positions[i] != place:
                coder.emit(registers.SCopy(self.columns[i], self.first + place))

    def check_types(self, coder: Coder) -> None:
        """Emit the check of a STRICT table's types, unless it has been made before CHECK constraints."""
        if self.given:
            self.convert(coder)
        if not self.row.checks:
            self.check_all_types(coder)

    def check_all_types(self, coder: Coder) -> None:
        """All columns' types; of the columns that ``convert`` has not checked, where there are generated ones."""
        table = self.table
        if not table.strict:
            return
        if self._generates():
            self._check_columns(coder, True)
            return
        if table.without_rowid:
            # The record begins with the primary key, but the first column of the table is checked first.
            self._check_columns(coder, False)
            return
        types = [""] * self.count
        names = [""] * self.count
        for i, position in enumerate(table.positions):
            if position >= 0:
                types[position] = table.columns[i].declared_type.upper()
                names[position] = table.columns[i].name
        if table.rowid_alias >= 0:
            types[table.positions[table.rowid_alias]] = "ANY"
        coder.emit(rows.TypeCheck(self.first, self.count, tuple(types), tuple(names), table.name))

    def _check_columns(self, coder: Coder, generated: bool) -> None:
        """One by one, the types of the columns that are generated, or of those that are not."""
        table = self.table
        if not table.strict:
            return
        for i, column in enumerate(table.columns):
            if i != table.rowid_alias and (column.generated is not None) == generated:
                types = (column.declared_type.upper(),)
                coder.emit(rows.TypeCheck(self.columns[i], 1, types, (column.name,), table.name))

    def _generates(self) -> bool:
        return any(expr is not None for expr in self.row.generated)

    def generate(self, coder: Coder) -> None:
        """Emit the generated columns' values, each after those that it refers to."""
        waiting = [i for i, expr in enumerate(self.row.generated) if expr is not None]
        while waiting:
            ready = [i for i in waiting if not self._refers_to_any(i, waiting)]
            if not ready:
                name = self.table.columns[waiting[0]].name
                raise errors.error(f'generated column loop on "{name}"')
            for i in ready:
                expr = self.row.generated[i]
                assert expr is not None
                seen = self.told or (self.shows and self._is_read(i))
                if seen:
                    expr = kept(expr)
                value_into(coder, expr, self.columns[i])
                if seen:
                    self.take_subtypes(coder, {i: expr})
                affinity = self.table.columns[i].affinity
                if affinity not in (NONE, BLOB):
                    coder.emit(rows.Affinity(self.columns[i], 1, affinity))
            waiting = [i for i in waiting if i not in ready]

    def _is_read(self, i: int) -> bool:
        """Whether another generated column or a CHECK reads a column."""
        exprs = self.row.generated + [predicate for _, predicate in self.row.checks]
        return any([expr is not None and refers_to(expr, self.row.source, {i}) for expr in exprs])

    def _refers_to_any(self, i: int, columns: list[int]) -> bool:
        expr = self.row.generated[i]
        return expr is not None and refers_to(expr, self.row.source, set(columns) - {i})

    def pack(self, coder: Coder, cursor: int) -> int:
        """Emit the record for the table that a cursor is on; its register."""
        record = coder.register()
        affinity = record_affinity(self.table)
        coder.emit(
            rows.PackRecord(self.first, self.count, record, affinity, cursor), f"for {self.table.name}"
        )
        return record


def taken_subtypes(
    coder: Coder, given: dict[int, Expr], columns: list[int], subtypes: dict[int, int]
) -> None:
    """Emit that values lose their subtypes, which go to the registers of ``subtypes``.

    given: what gave the columns their values.  columns: the registers of all.
    """
    for column, expr in given.items():
        if column >= 0 and _may_be_marked(resolve(coder, expr)):
            if column not in subtypes:
                subtypes[column] = coder.register()
            coder.emit(TakeSubtype(columns[column], subtypes[column]))


def _may_be_marked(value: Expr) -> bool:
    """Whether a value may come with a subtype: made so, or of a query whose rows bring theirs."""
    if isinstance(value, ColumnRef) and value.index >= 0:
        return value.source.columns[value.index].subtyped
    queries = [part for part in walk(value) if isinstance(part, ScalarQuery)]
    return carries_subtype(value) or any([part.query.columns[part.index].subtyped for part in queries])


def record_affinity(table: Table) -> str:
    """The affinity of each stored field of a table's record."""
    return "".join([table.columns[i].affinity or BLOB for i in table.record])


def refers_to(expr: Expr, source: Source, columns: set[int]) -> bool:
    """Whether an expression refers to one of the columns of a source."""
    if isinstance(expr, ColumnRef):
        if expr.source is not source:
            return False
        table = source.table
        alias = table.rowid_alias if table is not None else -1
        return expr.index in columns or (expr.index == ROWID and alias in columns and alias >= 0)
    return any(refers_to(child, source, columns) for child in expr.children())


def virtual_columns(table: Table, row: RowExpressions) -> dict[int, Expr]:
    """The expressions of the generated columns that are not stored."""
    virtual: dict[int, Expr] = {}
    for i, expr in enumerate(row.generated):
        if expr is not None and table.positions[i] < 0:
            virtual[i] = expr
    return virtual


def varying_columns(table: Table, row: RowExpressions) -> set[int]:
    """The generated columns that may get another value though nothing changes that they refer to.

    What was stored when a value had a subtype is computed again without it.
    """
    asking = {i for i, expr in enumerate(row.generated) if expr is not None and carries_subtype(expr)}
    stored = {i for i in _with_dependents(row, asking) if table.positions[i] >= 0}
    return _with_dependents(row, stored)


def _with_dependents(row: RowExpressions, columns: set[int]) -> set[int]:
    """Columns, and the generated columns that depend on them."""
    found = set(columns)
    grown = bool(found)
    while grown:
        grown = False
        for i, expr in enumerate(row.generated):
            if expr is not None and i not in found and refers_to(expr, row.source, found):
                found.add(i)
                grown = True
    return found


def changed_columns(table: Table, row: RowExpressions, sets: list[tuple[int, Expr]]) -> set[int]:
    """The columns that may get another value, ROWID among them, generated columns included."""
    changed = {column for column, _ in sets}
    if ROWID in changed and table.rowid_alias >= 0:
        changed.add(table.rowid_alias)
    if table.rowid_alias in changed and table.rowid_alias >= 0:
        changed.add(ROWID)
    return _with_dependents(row, changed)
