"""NOT NULL, CHECK and types: what a row has to be, whatever other rows there are (of these, ``uniqueness`` knows)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.compiler.bind.bound import BLOB, NONE, TEXT, Expr
from foundrydb.compiler.bind.properties import carries_subtype
from foundrydb.compiler.bind.writes.kept_subtypes import kept
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.expressions.conditions import jump_if_true
from foundrydb.compiler.codegen.expressions.values import value_into
from foundrydb.compiler.codegen.writes.new_row import NewRow, refers_to
from foundrydb.compiler.codegen.writes.writer import Writer
from foundrydb.storage.format.values import ANY_TYPE, BLOB_TYPE, INTEGER_TYPE, NULL_TYPE, REAL_TYPE, TEXT_TYPE
from foundrydb.vm.ops import control, registers, rows

if TYPE_CHECKING:
    from foundrydb.compiler.schema.objects import Table


def check_not_null(coder: Coder, writer: Writer, new: NewRow, next: int, changed: set[int] | None) -> None:
    """Emit the NOT NULL constraints.

    Where REPLACE puts a default instead, and of generated columns, which follow from the others, they come last.
    """
    table = new.table
    last: list[int] = []
    replaces = False
    for i, column in enumerate(table.columns):
        if not column.not_null or i == table.rowid_alias:
            continue
        if changed is not None and i not in changed and column.generated is None:
            continue
        default = new.row.defaults[i]
        if column.generated is not None:
            last.append(i)
        elif default is not None and writer.action(column.not_null_conflict) == "REPLACE":
            _put_default(coder, new, i, default)
            replaces = True
            last.append(i)
        else:
            _not_null(coder, writer, new, i, next)
    if replaces:
        new.repeat(coder)
        new.generate(coder)
    for i in last:
        _not_null(coder, writer, new, i, next)


def _put_default(coder: Coder, new: NewRow, i: int, default: Expr) -> None:
    register = new.columns[i]
    fine = coder.label()
    if new.shows:
        default = kept(default)
        if carries_subtype(default) and i not in new.subtypes:
            new.subtypes[i] = coder.register()
            coder.emit(registers.Integer(0, new.subtypes[i]))
    coder.emit(control.NotNull(register, fine))
    value_into(coder, default, register)
    new.take_subtypes(coder, {i: default})
    affinity = new.table.columns[i].affinity
    if affinity not in (NONE, BLOB):
        coder.emit(rows.Affinity(register, 1, affinity))
    coder.place(fine)


def _not_null(coder: Coder, writer: Writer, new: NewRow, i: int, next: int) -> None:
    register = new.columns[i]
    column = new.table.columns[i]
    action = writer.action(column.not_null_conflict)
    if action == "IGNORE":
        coder.emit(control.IsNull(register, next))
        return
    if action == "REPLACE":
        action = "ABORT"
    message = f"NOT NULL constraint failed: {new.table.name}.{column.name}"
    coder.emit(control.HaltIfNull("SQLITE_CONSTRAINT_NOTNULL", action.lower(), register, message))


def check_checks(coder: Coder, writer: Writer, new: NewRow, next: int, changed: set[int] | None) -> None:
    """Emit the CHECK constraints, before which a STRICT table's types are checked."""
    if new.row.checks:
        new.check_all_types(coder)
    if coder.settings.on("ignore_check_constraints"):
        return
    for name, predicate in new.row.checks:
        if changed is not None and not refers_to(predicate, new.row.source, changed):
            continue
        fine = coder.label()
        jump_if_true(coder, predicate, fine, True)
        action = writer.action("")
        if action == "IGNORE":
            coder.emit(control.Goto(next))
        else:
            if action == "REPLACE":
                action = "ABORT"
            message = f"CHECK constraint failed: {name}"
            coder.emit(control.Halt("SQLITE_CONSTRAINT_CHECK", action.lower(), message))
        coder.place(fine)


_STRICT_TYPES: Final[dict[str, int]] = {
    "INT": INTEGER_TYPE,
    "INTEGER": INTEGER_TYPE,
    "REAL": INTEGER_TYPE | REAL_TYPE,
    "TEXT": TEXT_TYPE,
    "BLOB": BLOB_TYPE,
}
"""What a column of a STRICT table may hold beside NULL, by its declared type.  (Whole reals are stored as integers.)"""


def allowed_types(table: Table, i: int) -> int:
    """The types that a column's values are plainly right to have."""
    column = table.columns[i]
    if i == table.rowid_alias:
        return ANY_TYPE
    if table.strict:
        allowed = _STRICT_TYPES.get(column.declared_type.upper(), ANY_TYPE) | NULL_TYPE
    elif column.affinity == BLOB:
        allowed = ANY_TYPE
    elif column.affinity == TEXT:
        allowed = TEXT_TYPE | BLOB_TYPE | NULL_TYPE
    else:
        allowed = ANY_TYPE & ~TEXT_TYPE
    return allowed & ~NULL_TYPE if column.not_null else allowed
