"""Uniqueness: the rowid, UNIQUE and PRIMARY KEY, and what to do about a row that is in the way."""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.writes.new_row import NewRow
from foundrydb.compiler.codegen.writes.writer import IndexEntry, Writer
from foundrydb.compiler.schema.names import EXPRESSION
from foundrydb.compiler.schema.objects import Index, Table
from foundrydb.vm.ops import compare, control, cursors, registers, rows, seek

ROWID_CONSTRAINT: Final = -1
"""The number of the rowid's uniqueness among a table's constraints; indexes have their place."""


class OnConflict:
    """What else may be done about a conflict (upsert)."""

    def order(self) -> list[int]:
        """The constraints that come first, in order."""
        return []

    def handles(self, constraint: int) -> bool:
        """Whether this constraint's conflicts are handled here."""
        return False

    def shows(self, constraint: int) -> bool:
        """Whether the clause for a constraint may read the row that is in conflict with it."""
        return False

    def handle(self, coder: Coder, constraint: int, next: int) -> None:
        """Emit the code for a conflict, with the writer's cursor on the row that is in the way; it ends at ``next``."""


@final
class OldKey:
    """The key of the row that an UPDATE changes: its rowid's register, or those of its primary key.

    rowid_changes: the new row may have another rowid (or primary key).
    """

    def __init__(self, first: int, count: int, rowid_changes: bool) -> None:
        self.first: Final = first
        self.count: Final = count
        self.rowid_changes: Final = rowid_changes


def check_unique(
    coder: Coder,
    writer: Writer,
    new: NewRow,
    next: int,
    rowid_given: bool,
    old: OldKey | None,
    handler: OnConflict,
    only: set[int] | None = None,
) -> dict[int, IndexEntry]:
    """Emit the checks of uniqueness and make the new index entries.

    Args:
        next: where to go when the row is dropped.
        rowid_given: the rowid was not chosen by NewRowid.
        old: the row that is changed, None for a new one.
        only: the places of the indexes whose entries may change, None for all.

    Returns:
        the entries by the index's place, of the indexes that are open.
    """
    made: dict[int, IndexEntry] = {}
    entries: dict[int, IndexEntry] = {}
    typed = False
    replaced = coder.register() if writer.replaces and writer.deletion else 0
    if replaced:
        coder.emit(registers.Integer(0, replaced))
    for constraint in _order(writer, handler):
        if constraint != ROWID_CONSTRAINT and not typed:
            new.check_types(coder)
            typed = True
        if constraint == ROWID_CONSTRAINT:
            if rowid_given and (old is None or old.rowid_changes):
                _check_rowid(coder, writer, new, next, old, handler, replaced)
            continue
        if only is not None and constraint not in only:
            continue
        index = writer.table.indexes[constraint]
        new.locate_stored(coder, [*writer.row.index_keys[constraint], writer.row.index_filters[constraint]])
        entry = writer.make_entry(coder, constraint)
        new.locate(coder)
        if not index.clustered:
            made[constraint] = entry
        if index.unique and not (index.clustered and old is not None and not old.rowid_changes):
            entries[constraint] = entry
            _check_index(coder, writer, constraint, entry, next, old, handler, replaced)
    if not typed:
        new.check_types(coder)
    if replaced:
        _check_again(coder, writer, new, next, old, entries, replaced)
    return made


def _check_again(
    coder: Coder,
    writer: Writer,
    new: NewRow,
    next: int,
    old: OldKey | None,
    entries: dict[int, IndexEntry],
    replaced: int,
) -> None:
    """Emit the checks once more for a row that has replaced others, whose triggers may have put new ones there."""
    fine = coder.label()
    coder.emit(control.IfNot(replaced, fine))
    aborting = writer.aborting(coder)
    if new.rowid and (old is None or old.rowid_changes):
        _check_rowid(coder, aborting, new, next, old, OnConflict(), 0)
    for constraint, entry in entries.items():
        _check_index(coder, aborting, constraint, entry, next, old, OnConflict(), 0)
    coder.place(fine)


def _order(writer: Writer, handler: OnConflict) -> list[int]:
    """The constraints in the order of their checks."""
    table = writer.table
    first = handler.order()
    rest = [i for i in range(len(table.indexes)) if writer.cursors[i] >= 0 and i not in first]
    plain = [i for i in rest if not _replaces(writer, table.indexes[i])]
    replacing = [i for i in rest if _replaces(writer, table.indexes[i])]
    if table.without_rowid or ROWID_CONSTRAINT in first:
        return first + plain + replacing
    if writer.action(table.rowid_conflict) == "REPLACE":
        return first + plain + [ROWID_CONSTRAINT] + replacing
    return first + [ROWID_CONSTRAINT] + plain + replacing


def shows_first(writer: Writer, handler: OnConflict) -> bool:
    """Whether a clause reads rows that are refused for their rowid, which is looked for before any index's entry."""
    return handler.shows(ROWID_CONSTRAINT) and _order(writer, handler)[0] == ROWID_CONSTRAINT


def _replaces(writer: Writer, index: Index) -> bool:
    return index.unique and writer.action(index.conflict) == "REPLACE"


def _check_rowid(
    coder: Coder,
    writer: Writer,
    new: NewRow,
    next: int,
    old: OldKey | None,
    handler: OnConflict,
    replaced: int,
) -> None:
    """The check of the rowid.  replaced: the register that says whether a row has been replaced, 0 for none."""
    table = writer.table
    fine = coder.label()
    if old is not None:
        coder.emit(compare.Eq(new.rowid, old.first, fine))
    action = writer.action(table.rowid_conflict)
    if not handler.handles(ROWID_CONSTRAINT) and _overwrites(writer, action, old):
        coder.place(fine)
        return
    coder.emit(seek.NotExists(writer.data, fine, new.rowid))
    if handler.handles(ROWID_CONSTRAINT):
        handler.handle(coder, ROWID_CONSTRAINT, next)
    elif action == "REPLACE":
        _replace(coder, writer, replaced)
    elif action == "IGNORE":
        coder.emit(control.Goto(next))
    else:
        alias = table.rowid_alias
        name = "rowid" if alias < 0 else table.columns[alias].name
        code = "SQLITE_CONSTRAINT_ROWID" if alias < 0 else "SQLITE_CONSTRAINT_PRIMARYKEY"
        message = f"UNIQUE constraint failed: {table.name}.{name}"
        coder.emit(control.Halt(code, action.lower(), message))
    coder.place(fine)


def _overwrites(writer: Writer, action: str, old: OldKey | None) -> bool:
    """Whether a row with the same rowid need not be sought: nothing of it is left once the new one is written."""
    return action == "REPLACE" and not writer.table.indexes and old is None and not writer.deletion


def _check_index(
    coder: Coder,
    writer: Writer,
    i: int,
    entry: IndexEntry,
    next: int,
    old: OldKey | None,
    handler: OnConflict,
    replaced: int,
) -> None:
    """The check of an index.

    As in C SQLite, the triggers of a row that an UPDATE deletes for an index may not change the table.
    """
    index = writer.table.indexes[i]
    fine = coder.label()
    if writer.row.index_filters[i] is not None:
        coder.emit(control.IsNull(entry.record, fine))
    coder.emit(seek.NoConflict(writer.cursors[i], fine, entry.first, len(index.columns)))
    if old is not None:
        _allow_itself(coder, writer, i, old, fine)
    action = writer.action(index.conflict)
    if handler.handles(i):
        _find_row(coder, writer, i, fine)
        handler.handle(coder, i, next)
    elif action == "REPLACE":
        _find_row(coder, writer, i, fine)
        locked = old is not None and writer.deletion.shows()
        if locked:
            coder.emit(cursors.CursorLock(writer.data))
        _replace(coder, writer, replaced)
        if locked:
            coder.emit(cursors.CursorUnlock(writer.data))
    elif action == "IGNORE":
        coder.emit(control.Goto(next))
    else:
        code = "SQLITE_CONSTRAINT_PRIMARYKEY" if index.origin == "pk" else "SQLITE_CONSTRAINT_UNIQUE"
        coder.emit(control.Halt(code, action.lower(), unique_message(index)))
    coder.place(fine)


def _replace(coder: Coder, writer: Writer, replaced: int) -> None:
    """Emit the deletion of the row that is in the way."""
    writer.replace_row(coder)
    if replaced:
        coder.emit(registers.Integer(1, replaced))


def unique_message(index: Index) -> str:
    """The message about two equal keys of a unique index."""
    table = index.table
    if any(item.column == EXPRESSION for item in index.columns):
        return f"UNIQUE constraint failed: index '{index.name}'"
    names = [f"{table.name}.{column_name(table, item.column)}" for item in index.columns]
    return "UNIQUE constraint failed: " + ", ".join(names)


def column_name(table: Table, column: int) -> str:
    """A column's name; ``rowid`` for ROWID."""
    return "rowid" if column < 0 else table.columns[column].name


def _allow_itself(coder: Coder, writer: Writer, i: int, old: OldKey, fine: int) -> None:
    """Emit the jump over an entry that belongs to the very row that is changed."""
    key = _conflicting_key(coder, writer, i, old.count)
    if old.count == 1:
        coder.emit(compare.Eq(key, old.first, fine))
        return
    differs = coder.label()
    for place in range(old.count):
        coder.emit(compare.Ne(key + place, old.first + place, differs, "", None, True))
    coder.emit(control.Goto(fine))
    coder.place(differs)


def _conflicting_key(coder: Coder, writer: Writer, i: int, count: int) -> int:
    """Emit code that reads the rowid, or the primary key, of the entry that was found; its first register."""
    table = writer.table
    index = table.indexes[i]
    key = coder.registers(count)
    if not table.without_rowid:
        coder.emit(rows.IdxRowid(writer.cursors[i], key))
        return key
    positions = [
        table.positions[column] if index.clustered else index.position(column) for column in table.row_key
    ]
    coder.emit(rows.Columns(writer.cursors[i], tuple(positions), key))
    return key


def _find_row(coder: Coder, writer: Writer, i: int, absent: int) -> None:
    """Emit the move of the table's cursor to the row that an index's entry belongs to."""
    table = writer.table
    if table.indexes[i].clustered:
        return
    count = len(table.row_key) if table.without_rowid else 1
    key = _conflicting_key(coder, writer, i, count)
    if table.without_rowid:
        coder.emit(seek.NotFound(writer.data, absent, key, count))
    else:
        coder.emit(seek.NotExists(writer.data, absent, key))
