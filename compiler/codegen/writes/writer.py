"""Writing rows of one table: constraints, the entries of its indexes, and the row itself.

The order is SQLite's, because it decides which error is reported: NOT NULL, CHECK, then uniqueness (the rowid, then
index by index; those that REPLACE last, so that nothing is deleted for a row that is refused after all), and only
then is anything written.  (https://sqlite.org/lang_conflict.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb import errors
from foundrydb.compiler.bind.bound import BLOB, NONE, ROWID, ColumnRef, Expr, Literal, Source
from foundrydb.compiler.codegen.coder import Coder, Location
from foundrydb.compiler.codegen.expressions.conditions import jump_if_false, jump_if_true
from foundrydb.compiler.codegen.expressions.locations import RegisterColumns, TableColumns
from foundrydb.compiler.codegen.expressions.values import value_into, values_into
from foundrydb.compiler.codegen.opening import open_index, open_table
from foundrydb.compiler.codegen.writes.observing import Telling, copied_row
from foundrydb.compiler.codegen.writes.returning import Returning
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.schema.names import EXPRESSION
from foundrydb.vm.ops import control, registers, rows

if TYPE_CHECKING:
    from foundrydb.compiler.schema.objects import Index, IndexColumn, Table


@final
class RowRegisters:
    """The registers of a row that is about to be written.

    rowid: its rowid (0 for WITHOUT ROWID).  first, count: the record's fields in the order in which they are stored.
    columns: the register of each column of the table; the rowid's for an INTEGER PRIMARY KEY.
    """

    def __init__(self, coder: Coder, table: Table) -> None:
        self.table: Final = table
        self.count: Final = len(table.record)
        self.rowid: Final = 0 if table.without_rowid else coder.register()
        self.first: Final = coder.registers(max(self.count, 1))
        self.columns: Final[list[int]] = []
        for i, position in enumerate(table.positions):
            if i == table.rowid_alias:
                coder.hoist(Literal(None), self.first + position)
                self.columns.append(self.rowid)
            else:
                self.columns.append(coder.register() if position < 0 else self.first + position)

    def location(self) -> Location:
        """Where expressions over the row find its columns."""
        return RegisterColumns(self.columns, self.rowid)


def record_affinity(table: Table) -> str:
    """The affinity of each stored field of a table's record."""
    return "".join([table.columns[i].affinity or BLOB for i in table.record])


@final
class IndexEntry:
    """An index's new entry at run time: its key's first register, and the record's (NULL: the index leaves it out)."""

    def __init__(self, first: int, record: int) -> None:
        self.first: Final = first
        self.record: Final = record


@final
class Writer:
    """What the code that writes one table shares.

    Attributes:
        conflict: the statement's OR clause, "" for none.
        data: the cursor on the table (on the primary key's index, for WITHOUT ROWID).
        cursors: by the index's place in ``table.indexes``: its cursor, -1 where it is not needed.
        events: what is observed of the rows, None for nothing.
        insertion, deletion: who is told of new rows, and of rows that go.
        replaces: a conflict may delete other rows.
        checks_keys: the statement looks for equal keys in unique indexes.
    """

    def __init__(
        self,
        coder: Coder,
        table: Table,
        row: nodes.RowExpressions,
        conflict: str,
        events: nodes.RowEvents | None = None,
    ) -> None:
        self.table: Final = table
        self.row: Final = row
        self.conflict: Final = conflict
        self.database: Final = coder.schema_number(table.schema)
        self.data = -1
        self.cursors: Final[list[int]] = [-1] * len(table.indexes)
        self.events: Final = events
        self.insertion: Final = Telling(events, "INSERT", [])
        self.deletion: Final = Telling(events, "DELETE", [])
        self.replaces: Final = table.replaces(conflict)
        self.checks_keys = True

    def aborting(self, coder: Coder) -> Writer:
        """The same cursors for a change whose failed constraints abort, whatever their clauses say."""
        other = Writer(coder, self.table, self.row, "ABORT", self.events)
        other.data = self.data
        for i, cursor in enumerate(self.cursors):
            other.cursors[i] = cursor
        return other

    def action(self, clause: str) -> str:
        """What a failed constraint with an ON CONFLICT clause of its own does."""
        return self.conflict or clause or "ABORT"

    # opening ------------------------------------------------------------------------------------------------

    def open(self, coder: Coder, changed: set[int] | None = None) -> None:
        """Open the table and its indexes (those that a change of the ``changed`` columns concerns)."""
        if self.data < 0:
            self.data = open_table(coder, self.table, True)
        for i, index in enumerate(self.table.indexes):
            if index.clustered:
                self.cursors[i] = self.data
            elif changed is None or self.replaces or self.concerned(i, changed):
                self.cursors[i] = open_index(coder, index, True)

    def concerned(self, i: int, changed: set[int]) -> bool:
        """Whether a change of columns (ROWID among them) changes an index's entries."""
        index = self.table.indexes[i]
        if index.clustered:
            return True
        for item in index.stored_columns():
            if item.column in changed or (item.column == ROWID and self.table.rowid_alias in changed):
                return True
        exprs: list[Expr] = [expr for expr in self.row.index_keys[i] if expr is not None]
        where = self.row.index_filters[i]
        if where is not None:
            exprs.append(where)
        return any(refers_to(expr, self.row.source, changed) for expr in exprs)

    # values -------------------------------------------------------------------------------------------------

    def locate(self, coder: Coder, new: RowRegisters) -> None:
        """Let expressions over the row read the new row."""
        coder.locations[self.row.source] = new.location()

    def convert(self, coder: Coder, new: RowRegisters) -> None:
        """Emit the conversion of the new row's values to what the columns take."""
        if new.count == 0:
            return
        self._repeat(coder, new)
        if self._generates():
            self._check_columns(coder, new, False)
        affinity = record_affinity(self.table)
        if affinity.strip(BLOB):
            coder.emit(rows.Affinity(new.first, new.count, affinity))

    def _repeat(self, coder: Coder, new: RowRegisters) -> None:
        """Emit the copies of what the record holds twice."""
        for place, i in enumerate(self.table.record):
            if self.table.positions[i] != place:
                coder.emit(registers.SCopy(new.columns[i], new.first + place))

    def check_types(self, coder: Coder, new: RowRegisters) -> None:
        """Emit the check of a STRICT table's types, unless it has been made before CHECK constraints."""
        if not self.row.checks:
            self.check_all_types(coder, new)

    def check_all_types(self, coder: Coder, new: RowRegisters) -> None:
        """All columns' types; of the columns that ``convert`` has not checked, where there are generated ones."""
        table = self.table
        if not table.strict:
            return
        if self._generates():
            self._check_columns(coder, new, True)
            return
        if table.without_rowid:
            # The record begins with the primary key, but the first column of the table is checked first.
            self._check_columns(coder, new, False)
            return
        types = [""] * new.count
        names = [""] * new.count
        for i, position in enumerate(table.positions):
            if position >= 0:
                types[position] = table.columns[i].declared_type.upper()
                names[position] = table.columns[i].name
        if table.rowid_alias >= 0:
            types[table.positions[table.rowid_alias]] = "ANY"
        coder.emit(rows.TypeCheck(new.first, new.count, tuple(types), tuple(names), table.name))

    def _check_columns(self, coder: Coder, new: RowRegisters, generated: bool) -> None:
        """One by one, the types of the columns that are generated, or of those that are not."""
        table = self.table
        if not table.strict:
            return
        for i, column in enumerate(table.columns):
            if i != table.rowid_alias and (column.generated is not None) == generated:
                types = (column.declared_type.upper(),)
                coder.emit(rows.TypeCheck(new.columns[i], 1, types, (column.name,), table.name))

    def _generates(self) -> bool:
        return any(expr is not None for expr in self.row.generated)

    def generate(self, coder: Coder, new: RowRegisters) -> None:
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
                value_into(coder, expr, new.columns[i])
                affinity = self.table.columns[i].affinity
                if affinity not in (NONE, BLOB):
                    coder.emit(rows.Affinity(new.columns[i], 1, affinity))
            waiting = [i for i in waiting if i not in ready]

    def _refers_to_any(self, i: int, columns: list[int]) -> bool:
        expr = self.row.generated[i]
        return expr is not None and refers_to(expr, self.row.source, set(columns) - {i})

    # constraints --------------------------------------------------------------------------------------------

    def check_not_null(self, coder: Coder, new: RowRegisters, next: int, changed: set[int] | None) -> None:
        """Emit the NOT NULL constraints.

        Where REPLACE puts a default instead, and of generated columns, which follow from the others, they come last.
        """
        table = self.table
        last: list[int] = []
        replaces = False
        for i, column in enumerate(table.columns):
            if not column.not_null or i == table.rowid_alias:
                continue
            if changed is not None and i not in changed and column.generated is None:
                continue
            default = self.row.defaults[i]
            if column.generated is not None:
                last.append(i)
            elif default is not None and self.action(column.not_null_conflict) == "REPLACE":
                self._put_default(coder, new.columns[i], i, default)
                replaces = True
                last.append(i)
            else:
                self._not_null(coder, new.columns[i], i, next)
        if replaces:
            self._repeat(coder, new)
            self.generate(coder, new)
        for i in last:
            self._not_null(coder, new.columns[i], i, next)

    def _put_default(self, coder: Coder, register: int, i: int, default: Expr) -> None:
        fine = coder.label()
        coder.emit(control.NotNull(register, fine))
        value_into(coder, default, register)
        affinity = self.table.columns[i].affinity
        if affinity not in (NONE, BLOB):
            coder.emit(rows.Affinity(register, 1, affinity))
        coder.place(fine)

    def _not_null(self, coder: Coder, register: int, i: int, next: int) -> None:
        column = self.table.columns[i]
        action = self.action(column.not_null_conflict)
        if action == "IGNORE":
            coder.emit(control.IsNull(register, next))
            return
        if action == "REPLACE":
            action = "ABORT"
        message = f"NOT NULL constraint failed: {self.table.name}.{column.name}"
        coder.emit(control.HaltIfNull("SQLITE_CONSTRAINT_NOTNULL", action.lower(), register, message))

    def check_checks(self, coder: Coder, new: RowRegisters, next: int, changed: set[int] | None) -> None:
        """Emit the CHECK constraints, before which a STRICT table's types are checked."""
        if self.row.checks:
            self.check_all_types(coder, new)
        if coder.settings.on("ignore_check_constraints"):
            return
        for name, predicate in self.row.checks:
            if changed is not None and not refers_to(predicate, self.row.source, changed):
                continue
            fine = coder.label()
            jump_if_true(coder, predicate, fine, True)
            action = self.action("")
            if action == "IGNORE":
                coder.emit(control.Goto(next))
            else:
                if action == "REPLACE":
                    action = "ABORT"
                message = f"CHECK constraint failed: {name}"
                coder.emit(control.Halt("SQLITE_CONSTRAINT_CHECK", action.lower(), message))
            coder.place(fine)

    def entries(self, coder: Coder, index: Index, i: int) -> list[Expr]:
        """The expressions of an index's entry, over the row."""
        out: list[Expr] = []
        keys = self.row.index_keys[i]
        stored = index.stored_columns()
        for place in range(len(stored)):
            out.append(self._entry_field(stored[place], keys[place] if place < len(keys) else None))
        return out

    def _entry_field(self, item: IndexColumn, key: Expr | None) -> Expr:
        if item.column == EXPRESSION:
            assert key is not None, "an index on an expression without its expression"
            return key
        return ColumnRef(self.row.source, item.column)

    def entry_affinity(self, index: Index) -> str:
        """The affinity of each field of an index's entry."""
        letters = ""
        for item in index.stored_columns():
            letter = BLOB if item.column < 0 else self.table.columns[item.column].affinity
            letters += letter or BLOB
        return letters

    def pack_row(self, coder: Coder, new: RowRegisters) -> int:
        """Emit the record of the new row; its register."""
        record = coder.register()
        affinity = record_affinity(self.table)
        coder.emit(
            rows.PackRecord(new.first, new.count, record, affinity, self.data), f"for {self.table.name}"
        )
        return record

    def make_entry(self, coder: Coder, i: int) -> IndexEntry:
        """Emit the new entry of an index; its record is NULL where a partial index leaves the row out."""
        index = self.table.indexes[i]
        exprs = self.entries(coder, index, i)
        first = coder.registers(len(exprs) + 1)
        entry = IndexEntry(first, first + len(exprs))
        where = self.row.index_filters[i]
        left_out = coder.label()
        if where is not None:
            coder.emit(registers.Null(first, len(exprs) + 1))
            jump_if_false(coder, where, left_out, True)
        values_into(coder, exprs, entry.first)
        affinity = self.entry_affinity(index)
        cursor = self.cursors[i]
        coder.emit(
            rows.PackRecord(entry.first, len(exprs), entry.record, affinity, cursor), f"for {index.name}"
        )
        coder.place(left_out)
        return entry

    def insert_entries(self, coder: Coder, made: dict[int, IndexEntry]) -> None:
        """Emit the writing of the entries."""
        for i, entry in made.items():
            skip = coder.label()
            if self.row.index_filters[i] is not None:
                coder.emit(control.IsNull(entry.record, skip))
            later = not self.table.indexes[i].unique  # the entries of others have been looked at
            coder.emit(rows.IdxInsert(self.cursors[i], entry.record, later=later))
            coder.place(skip)

    # deleting -----------------------------------------------------------------------------------------------

    def delete_entries(self, coder: Coder, only: set[int] | None = None) -> None:
        """Emit the deletion of the index entries of the row that ``data`` stands on."""
        kept = coder.locations.get(self.row.source)
        coder.locations[self.row.source] = self.stored_row()
        for i, index in enumerate(self.table.indexes):
            if index.clustered or self.cursors[i] < 0 or (only is not None and i not in only):
                continue
            exprs = self.entries(coder, index, i)
            first = coder.registers(len(exprs))
            skip = coder.label()
            where = self.row.index_filters[i]
            if where is not None:
                jump_if_false(coder, where, skip, True)
            values_into(coder, exprs, first)
            later = not (index.unique and self.checks_keys)
            coder.emit(rows.IdxDelete(self.cursors[i], first, len(exprs), later=later), f"from {index.name}")
            coder.place(skip)
        if kept is not None:
            coder.locations[self.row.source] = kept

    def stored_row(self) -> Location:
        """Where expressions over the row find the columns of the row that ``data`` stands on."""
        virtual: dict[int, Expr] = {}
        for i, expr in enumerate(self.row.generated):
            if expr is not None and self.table.positions[i] < 0:
                virtual[i] = expr
        return TableColumns(self.data, self.table, virtual)

    # the door -----------------------------------------------------------------------------------------------

    def insert_row(
        self, coder: Coder, new: RowRegisters, record: int, made: dict[int, IndexEntry], returning: Returning
    ) -> None:
        """Emit the writing of a new row, with its index entries."""
        if self.table.without_rowid:
            coder.emit(rows.IdxInsert(self.data, record, False, True))
        else:
            coder.emit(rows.Insert(self.data, record, new.rowid, self.table.name, True, True))
        self.insert_entries(coder, made)
        returning.keep(coder)
        self.insertion.after(coder, None, new.location())

    def update_row(
        self,
        coder: Coder,
        new: RowRegisters,
        made: dict[int, IndexEntry],
        touched: set[int],
        moves: bool,
        returning: Returning,
    ) -> None:
        """Emit the writing of ``new`` over the row that ``data`` stands on.

        made, touched: the new index entries, and the indexes that lose one.  moves: it may have another key.
        """
        record = self.pack_row(coder, new)
        self.delete_entries(coder, touched)
        if self.table.without_rowid or moves:
            coder.emit(rows.Delete(self.data, False, self.table.name))
        if self.table.without_rowid:
            coder.emit(rows.IdxInsert(self.data, record, False, True))
        else:
            coder.emit(rows.Insert(self.data, record, new.rowid, self.table.name, True))
        self.insert_entries(coder, made)
        returning.keep(coder)

    def replace_row(self, coder: Coder) -> None:
        """Emit the deletion of a row that is in the way of another; ``data`` stands on it."""
        kept = coder.locations[self.row.source]
        old = self._announce_deletion(coder)
        coder.locations[self.row.source] = kept
        self._delete(coder, False)
        self.deletion.after(coder, old, None)

    def delete_row(self, coder: Coder, returning: Returning) -> None:
        """Emit the deletion of the row that ``data`` stands on, with its index entries.

        What RETURNING and observers show is computed when the row is gone already, from a copy of it.
        """
        source = self.row.source
        old = self._announce_deletion(coder)
        shown = copied_row(coder, source, source) if returning.exprs else None
        self._delete(coder, True)
        if shown is not None:
            coder.locations[source] = shown
            returning.keep(coder)
        self.deletion.after(coder, old, None)

    def _announce_deletion(self, coder: Coder) -> Location | None:
        """Emit what is done before the row that ``data`` stands on goes; where a copy of it lies, if anybody asks."""
        coder.locations[self.row.source] = self.stored_row()
        old = self.deletion.kept(coder, self.row.source)
        self.deletion.before(coder, old, None)
        return old

    def _delete(self, coder: Coder, count: bool) -> None:
        self.delete_entries(coder)
        coder.emit(rows.Delete(self.data, count, self.table.name))


def refers_to(expr: Expr, source: Source, columns: set[int]) -> bool:
    """Whether an expression refers to one of the columns of a source."""
    if isinstance(expr, ColumnRef):
        if expr.source is not source:
            return False
        table = source.table
        alias = table.rowid_alias if table is not None else -1
        return expr.index in columns or (expr.index == ROWID and alias in columns and alias >= 0)
    return any(refers_to(child, source, columns) for child in expr.children())
