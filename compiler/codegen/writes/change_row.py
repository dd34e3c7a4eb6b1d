"""Changing one row in place: what UPDATE and ON CONFLICT DO UPDATE have in common."""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import (
    BLOB,
    ROWID,
    ColumnRef,
    Expr,
    Literal,
    ScalarQuery,
    Source,
    Subquery,
)
from foundrydb.compiler.codegen.coder import Coder, Location
from foundrydb.compiler.codegen.expressions.locations import RegisterColumns, registers_from
from foundrydb.compiler.codegen.expressions.subqueries import scalar_columns
from foundrydb.compiler.codegen.expressions.values import value_into, values_into
from foundrydb.compiler.codegen.writes.constraints import check_checks, check_not_null
from foundrydb.compiler.codegen.writes.events import Followers, Telling
from foundrydb.compiler.codegen.writes.new_row import NewRow, changed_columns
from foundrydb.compiler.codegen.writes.returning import Returning
from foundrydb.compiler.codegen.writes.uniqueness import OldKey, OnConflict, check_unique
from foundrydb.compiler.codegen.writes.writer import Writer
from foundrydb.compiler.schema.defaults import stored_default
from foundrydb.vm.ops import control, registers, rows


@final
class RowChange:
    """The change of the row that the writer's cursor stands on.

    followers: the triggers that it sets off.  returns: RETURNING shows the row.
    """

    def __init__(
        self,
        coder: Coder,
        writer: Writer,
        sets: list[tuple[int, Expr]],
        followers: Followers,
        returns: bool,
    ) -> None:
        self.writer: Final = writer
        self.followers: Final = followers
        self.sets: Final[dict[int, Expr]] = dict(sets)
        self.changed: Final = changed_columns(writer.table, writer.row, sets)
        self.new: Final = NewRow(coder, writer.table, writer.row, returns or followers.shows())
        table = writer.table
        self.key: Final = writer.key_registers(coder)
        if table.without_rowid:
            self.key_changes = any(column in self.changed for column in table.row_key)
        else:
            self.key_changes = ROWID in self.changed

    def remember_key(self, coder: Coder) -> None:
        """Emit code that reads the key of the row that the cursor stands on."""
        self.writer.read_key(coder, self.key)

    def find(self, coder: Coder, absent: int) -> None:
        """Emit the move of the cursor to the row with the key."""
        self.writer.find_row(coder, self.key, absent)

    def code(self, coder: Coder, next: int, returning: Returning) -> None:
        """Emit the change; the sources of the new values' expressions are located, the key is remembered."""
        writer = self.writer
        new = self.new
        if self.changes_fields_only(returning):
            self._patch(coder, next)
            return
        coder.locations[writer.row.source] = writer.stored_row()
        telling = self.followers.begin(coder, writer.row.source)
        self._values(coder)
        new.locate(coder)
        new.convert(coder)
        new.generate(coder)
        if self.followers.before:
            new.check_all_types(coder)
            telling.before(coder, new.location(), next)
            self._read_again(coder, next)
        check_not_null(coder, writer, new, next, self.changed)
        check_checks(coder, writer, new, next, self.changed)
        old = OldKey(self.key, writer.key_count(), self.key_changes)
        touched = self._touched()
        made = check_unique(coder, writer, new, next, True, old, OnConflict(), touched)
        if writer.replaces or self.key_changes:
            self.find(coder, next)
        writer.update_row(coder, new, made, touched, self.key_changes, returning, telling, next)

    def _touched(self) -> set[int]:
        """The places of the indexes that lose an entry."""
        writer = self.writer
        keys = self.followers.keys
        whole = keys is not None and keys.replaces_whole
        places = [i for i in range(len(writer.cursors)) if writer.cursors[i] >= 0]
        return {i for i in places if whole or writer.concerned(i, self.changed)}

    def _read_again(self, coder: Coder, next: int) -> None:
        """Emit the search for the row, which a trigger may have changed: what SET does not name is as it is now."""
        writer = self.writer
        table = writer.table
        new = self.new
        self.find(coder, next)
        now = writer.stored_row()
        for i, position in enumerate(table.positions):
            if position >= 0 and i not in self.changed and i != table.rowid_alias:
                now.read(coder, i, new.columns[i])
        new.locate(coder)
        new.repeat(coder)
        new.generate(coder)

    def changes_fields_only(self, returning: Returning) -> bool:
        """Whether nothing but some fields of the record change, and entries of indexes that any row may have."""
        writer = self.writer
        table = writer.table
        if table.without_rowid or table.strict or self.key_changes or writer.replaces or writer.observed:
            return False
        keys = self.followers.keys
        if returning.exprs or self.followers.before or (keys is not None and keys.replaces_whole):
            return False
        if writer.row.checks or any(expr is not None for expr in writer.row.generated):
            return False
        if any(stored_default(table, i) is not None for i in range(len(table.columns))):
            return False
        for i, index in enumerate(table.indexes):
            if writer.concerned(i, self.changed) and (index.unique or not writer.is_plain(i)):
                return False
        return True

    def _patch(self, coder: Coder, next: int) -> None:
        """Emit the change of a record's fields; the others are copied as they are."""
        writer = self.writer
        table = writer.table
        coder.locations[writer.row.source] = writer.stored_row()
        telling = self.followers.begin(coder, writer.row.source)
        sets = self._together(coder)
        places = {table.positions[column]: column for column in sets}
        fields = sorted(places)
        first = coder.registers(len(fields))
        values_into(coder, [sets[places[field]] for field in fields], first)
        affinity = ""
        for i, field in enumerate(fields):
            self.new.columns[places[field]] = first + i
            affinity += table.columns[places[field]].affinity or BLOB
        self.new.take_subtypes(coder, {column: sets[column] for column in places.values()})
        touched = self._touched()
        if self.followers and affinity.strip(BLOB):
            coder.emit(rows.Affinity(first, len(fields), affinity))
        check_not_null(coder, writer, self.new, next, self.changed)
        new = self._seen(coder, telling, touched)
        coder.locations[writer.row.source] = new
        made = {i: writer.make_entry(coder, i) for i in sorted(touched)}
        patch = rows.PatchRow(writer.data, first, tuple(fields), affinity, True)
        writer.patch_row(coder, patch, new, made, touched, telling, next)

    def _seen(self, coder: Coder, telling: Telling, touched: set[int]) -> Location:
        """Emit what is seen of the row as it becomes, of which the changed columns are in their registers.

        Followers see it, and indexes, whose places are ``touched``.
        """
        source = self.writer.row.source
        count = len(source.columns)
        columns = [0] * (count + 1)  # the last is ROWID
        wanted = set(self.followers.new_columns(count))
        for i in touched:
            wanted.update([item.column for item in self.writer.table.indexes[i].stored_columns()])
        for column in sorted(wanted):
            if column in self.changed:
                columns[column] = self.new.columns[column]
                continue
            columns[column] = 0 if telling.old is None else telling.old.register(coder, column)
            if columns[column] == 0:
                columns[column] = coder.register()
                value_into(coder, ColumnRef(source, column), columns[column])
        return RegisterColumns(columns[:count], columns[ROWID], self.new.subtypes)

    def _values(self, coder: Coder) -> None:
        """Emit the new row: a new rowid, the other values that are set, and the rest from the row as it is."""
        writer = self.writer
        table = writer.table
        sets = self._together(coder)
        rowid = sets.get(ROWID, sets.get(table.rowid_alias))
        if not table.without_rowid and rowid is not None:
            value_into(coder, rowid, self.new.rowid)
            coder.emit(control.MustBeInt(self.new.rowid))
        before = Source(-1, "old", writer.row.source.columns, table, table.schema)
        coder.locations[before] = writer.stored_row()
        exprs: list[Expr] = []
        first = self.new.first
        for place, i in enumerate(table.record):
            if i == table.rowid_alias or writer.row.generated[i] is not None:
                values_into(coder, exprs, first)
                exprs = []
                first = self.new.first + place + 1
                if i != table.rowid_alias:
                    coder.emit(registers.Null(first - 1))
            elif table.positions[i] != place:
                exprs.append(Literal(None))
            else:
                exprs.append(sets[i] if i in sets else ColumnRef(before, i))
        values_into(coder, exprs, first)
        self.new.take_subtypes(
            coder, {i: sets[i] for i in table.record if i in sets and i != table.rowid_alias}
        )
        if not table.without_rowid and rowid is None:
            coder.emit(registers.SCopy(self.key, self.new.rowid))

    def _together(self, coder: Coder) -> dict[int, Expr]:
        """The values that are set; columns of one row-valued subquery are evaluated together first."""
        sets = dict(self.sets)
        groups: dict[Subquery, list[int]] = {}
        for column, expr in sets.items():
            if isinstance(expr, ScalarQuery):
                groups.setdefault(expr.query, []).append(column)
        for query, columns in groups.items():
            if len(columns) < 2:
                continue
            indexes: list[int] = []
            for column in columns:
                item = sets[column]
                assert isinstance(item, ScalarQuery)
                indexes.append(item.index)
            first = scalar_columns(coder, query, indexes)
            held = Source(-1, "row", [query.columns[i] for i in indexes])
            coder.locations[held] = registers_from(first, len(indexes))
            for place, column in enumerate(columns):
                sets[column] = ColumnRef(held, place)
        return sets
