"""The one door through which rows of a table change: ``insert_row``, ``update_row``, ``patch_row``, ``replace_row``,
``delete_row``.

They write the row and the entries of its indexes, keep it for RETURNING, and set off the triggers that follow it, in
SQLite's order: before the change, the change, RETURNING, after the change.  Two ways lead past the door, and each is
closed to what is followed: a table that is cleared whole (``delete``), and a row that REPLACE writes over another with
the same rowid (``uniqueness``).

By then the row fulfils its constraints.  Their order is SQLite's, because it decides which error is reported: NOT NULL,
CHECK, then uniqueness (the rowid, then index by index; those that REPLACE last, so that nothing is deleted for a row
that is refused after all).  (https://sqlite.org/lang_conflict.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import BLOB, ROWID, ColumnRef, Expr
from foundrydb.compiler.codegen.coder import Coder, Location
from foundrydb.compiler.codegen.expressions.conditions import jump_if_false
from foundrydb.compiler.codegen.expressions.locations import TableColumns, copied_row
from foundrydb.compiler.codegen.expressions.values import values_into
from foundrydb.compiler.codegen.opening import open_index, open_table
from foundrydb.compiler.codegen.writes.events import Followers, RowEvent, Telling
from foundrydb.compiler.codegen.writes.new_row import (
    NewRow,
    record_affinity,
    refers_to,
    varying_columns,
    virtual_columns,
)
from foundrydb.compiler.codegen.writes.returning import Returning
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.schema.names import EXPRESSION
from foundrydb.vm.ops import control, registers, rows, seek
from foundrydb.vm.ops.calls import UpdateHook
from foundrydb.vm.transactions.hooks import DELETED, INSERTED, UPDATED

if TYPE_CHECKING:
    from foundrydb.compiler.schema.objects import Index, IndexColumn, Table


@final
class IndexEntry:
    """An index's new entry at run time: its key's first register, and the record's (NULL: the index leaves it out)."""

    def __init__(self, first: int, record: int) -> None:
        self.first: Final = first
        self.record: Final = record


@final
class Writer:
    """What the code that writes one table shares.

    event: what the statement does, INSERT or DELETE, where that is told by the writer.
    single: it inserts one row, and does nothing else.
    deletes: rows that are in the way of others may be deleted, as far as the columns tell that are written.

    Attributes:
        conflict: the statement's OR clause, "" for none.
        data: the cursor on the table (on the primary key's index, for WITHOUT ROWID).
        cursors: by the index's place in ``table.indexes``: its cursor, -1 where it is not needed.
        events: what is followed of the rows, None for nothing.
        insertion, deletion: the triggers that new rows set off, and rows that go.
        replaces: some conflict deletes other rows.
        checks_keys: the statement looks for equal keys in unique indexes.
        varying: the generated columns that any UPDATE may change.
        observed: a user wants to be told of each row that is changed.
    """

    def __init__(
        self,
        coder: Coder,
        table: Table,
        row: nodes.RowExpressions,
        conflict: str,
        events: nodes.RowEvents | None = None,
        event: str = "",
        single: bool = False,
        deletes: bool = False,
    ) -> None:
        self.table: Final = table
        self.row: Final = row
        self.conflict: Final = conflict
        self.database: Final = coder.schema_number(table.schema)
        self.data = -1
        self.cursors: Final[list[int]] = [-1] * len(table.indexes)
        self.events: Final = events
        self.replaces: Final = table.replaces(conflict)
        self.varying: Final = varying_columns(table, row)
        comes = events if event == "INSERT" else None
        self.insertion: Final = Followers(coder, table, comes, RowEvent("INSERT", conflict, single=single))
        goes = events if event == "DELETE" or deletes else None
        orders = "" if event == "DELETE" else "REPLACE"
        self.deletion: Final = Followers(coder, table, goes, RowEvent("DELETE", orders))
        self.checks_keys = True
        self.observed: Final = coder.settings.observed and not table.without_rowid

    def aborting(self, coder: Coder) -> Writer:
        """The same cursors for a change whose failed constraints abort, whatever their clauses say."""
        other = Writer(coder, self.table, self.row, "ABORT")
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
        self.insertion.open(coder)
        self.deletion.open(coder)

    def concerned(self, i: int, changed: set[int]) -> bool:
        """Whether a change of columns (ROWID among them) changes an index's entries."""
        index = self.table.indexes[i]
        if index.clustered:
            return True
        changed = changed | self.varying
        for item in index.stored_columns():
            if item.column in changed or (item.column == ROWID and self.table.rowid_alias in changed):
                return True
        exprs: list[Expr] = [expr for expr in self.row.index_keys[i] if expr is not None]
        where = self.row.index_filters[i]
        if where is not None:
            exprs.append(where)
        return any(refers_to(expr, self.row.source, changed) for expr in exprs)

    def is_plain(self, i: int) -> bool:
        """Whether an index has an entry of columns alone for every row."""
        return self.row.index_filters[i] is None and all([expr is None for expr in self.row.index_keys[i]])

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

    def _insert_entries(self, coder: Coder, made: dict[int, IndexEntry]) -> None:
        """Emit the writing of the entries."""
        for i, entry in made.items():
            skip = coder.label()
            if self.row.index_filters[i] is not None:
                coder.emit(control.IsNull(entry.record, skip))
            later = not self.table.indexes[i].unique  # the entries of others have been looked at
            coder.emit(rows.IdxInsert(self.cursors[i], entry.record, later=later))
            coder.place(skip)

    # deleting -----------------------------------------------------------------------------------------------

    def _delete_entries(self, coder: Coder, only: set[int] | None = None) -> None:
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
        return TableColumns(self.data, self.table, virtual_columns(self.table, self.row))

    def key_registers(self, coder: Coder) -> int:
        """The first of new registers for the key of a row: its rowid, or its primary key WITHOUT ROWID."""
        return coder.registers(self.key_count())

    def key_count(self) -> int:
        """How many registers the key of a row takes."""
        return len(self.table.row_key) if self.table.without_rowid else 1

    def read_key(self, coder: Coder, key: int) -> None:
        """Emit code that reads the key of the row that ``data`` stands on."""
        table = self.table
        if table.without_rowid:
            positions = tuple([table.positions[column] for column in table.row_key])
            coder.emit(rows.Columns(self.data, positions, key))
        else:
            coder.emit(rows.Rowid(self.data, key))

    def find_row(self, coder: Coder, key: int, absent: int) -> None:
        """Emit the move of ``data`` to the row with a key; to the label ``absent`` where there is none."""
        if self.table.without_rowid:
            coder.emit(seek.NotFound(self.data, absent, key, self.key_count()))
        else:
            coder.emit(seek.NotExists(self.data, absent, key))

    # the door -----------------------------------------------------------------------------------------------

    def insert_row(
        self,
        coder: Coder,
        new: NewRow,
        record: int,
        made: dict[int, IndexEntry],
        returning: Returning,
        next: int,
    ) -> None:
        """Emit the writing of a new row.

        record: the register of its record, 0 where it is yet to be made.  made: its index entries.
        next: the label for the next row.
        """
        telling = self.insertion.begin(coder, None)
        telling.check_new(coder, new.location())
        if self.table.without_rowid:
            coder.emit(rows.IdxInsert(self.data, record, False, True))
        else:
            table = self.table.name
            if record == 0:
                affinity = record_affinity(self.table)
                coder.emit(rows.InsertRow(self.data, new.first, new.count, new.rowid, affinity, table))
            else:
                coder.emit(rows.Insert(self.data, record, new.rowid, table, True, True))
            self._tell(coder, INSERTED, new.rowid)
        self._insert_entries(coder, made)
        telling.act(coder, new.location(), next)
        returning.keep(coder)
        telling.after(coder, new.location(), next)

    def update_row(
        self,
        coder: Coder,
        new: NewRow,
        made: dict[int, IndexEntry],
        touched: set[int],
        moves: bool,
        returning: Returning,
        telling: Telling,
        next: int,
    ) -> None:
        """Emit the writing of ``new`` over the row that ``data`` stands on.

        made, touched: the new index entries, and the indexes that lose one.  moves: it may have another key.
        telling: to those who have been told before of this change.  next: the label for the next row.
        """
        record = new.pack(coder, self.data)
        telling.check_old(coder)
        self._delete_entries(coder, touched)
        keys = telling.followers.keys
        if self.table.without_rowid or moves or (keys is not None and keys.replaces_whole):
            coder.emit(rows.Delete(self.data, False, self.table.name))
        telling.check_new(coder, new.location())
        if self.table.without_rowid:
            coder.emit(rows.IdxInsert(self.data, record, False, True))
        else:
            coder.emit(rows.Insert(self.data, record, new.rowid, self.table.name, True))
            self._tell(coder, UPDATED, new.rowid)
        self._insert_entries(coder, made)
        telling.act(coder, new.location(), next)
        returning.keep(coder)
        telling.after(coder, new.location(), next)

    def patch_row(
        self,
        coder: Coder,
        patch: rows.PatchRow,
        new: Location,
        made: dict[int, IndexEntry],
        touched: set[int],
        telling: Telling,
        next: int,
    ) -> None:
        """Emit the change of some fields of the row that ``data`` stands on.

        patch: does that.  new: where the row is as it becomes, as far as somebody sees it.  The others: as of
        ``update_row``.
        """
        telling.check_old(coder)
        self._delete_entries(coder, touched)
        telling.check_new(coder, new)
        coder.emit(patch, self.table.name)
        self._insert_entries(coder, made)
        telling.act(coder, new, next)
        telling.after(coder, new, next)

    def replace_row(self, coder: Coder) -> None:
        """Emit the deletion of a row that is in the way of another; ``data`` stands on it."""
        source = self.row.source
        kept = coder.locations[source]
        coder.locations[source] = self.stored_row()
        telling = self.deletion.begin(coder, source)
        coder.locations[source] = kept
        end = coder.label()
        self._delete(coder, False, telling, end)
        telling.act(coder, None, end)
        telling.after(coder, None, end)
        coder.place(end)

    def delete_row(self, coder: Coder, returning: Returning) -> None:
        """Emit the deletion of the row that ``data`` stands on.

        What RETURNING and observers show is computed when the row is gone already, from a copy of it.
        """
        source = self.row.source
        coder.locations[source] = self.stored_row()
        telling = self.deletion.begin(coder, source)
        shown = copied_row(coder, source, source) if returning.exprs else None
        end = coder.label()
        self._delete(coder, True, telling, end)
        telling.act(coder, None, end)
        if shown is not None:
            coder.locations[source] = shown
            returning.keep(coder)
        telling.after(coder, None, end)
        coder.place(end)

    def _delete(self, coder: Coder, count: bool, telling: Telling, absent: int) -> None:
        """Emit the deletion; ``absent`` is where to go when a trigger has done away with the row before."""
        if telling.followers.before:
            key = self.key_registers(coder)
            self.read_key(coder, key)
            telling.before(coder, None, absent)
            self.find_row(coder, key, absent)
        telling.check_old(coder)
        self._delete_entries(coder)
        rowid = coder.register() if count and self.observed else 0
        if rowid > 0:
            coder.emit(rows.Rowid(self.data, rowid))
        coder.emit(rows.Delete(self.data, count, self.table.name))
        if rowid > 0:
            self._tell(coder, DELETED, rowid)

    def _tell(self, coder: Coder, kind: int, rowid: int) -> None:
        """Emit that a user is told of a row."""
        if self.observed:
            coder.emit(UpdateHook(kind, rowid, self.database, self.table.name))
