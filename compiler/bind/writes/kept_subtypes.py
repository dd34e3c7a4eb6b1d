"""JSON that is written: triggers and RETURNING still see that a value is JSON, as in C SQLite.

So it is with what the one row of VALUES gives, with SET without FROM, DEFAULT and generated columns.  What comes of
SELECT, of several rows of VALUES, or from a table, is text; and to CHECK, to the functions in generated columns and to
indexes everything is, for what they say must not depend on how a row came to be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.compiler.bind.bound import AggregateCall, Call, ColumnRef, Expr, OutputColumn, Source
from foundrydb.compiler.bind.properties import walk
from foundrydb.compiler.bind.statements import Bound, BoundValues
from foundrydb.compiler.late import named
from foundrydb.vm.functions.scalar import RETURNS_SUBTYPE

if TYPE_CHECKING:
    from foundrydb.compiler.bind.statements import RowEvents


def are_seen(events: RowEvents | None, returning: tuple[object, ...]) -> bool:
    """Whether somebody sees the values that a statement writes, beside the table."""
    return bool(returning) or (events is not None and bool(events.triggers))


def kept(expr: Expr) -> Expr:
    """A value that is written, with its subtype where it may have one."""
    if not any([_may_give_subtype(part) for part in walk(expr)]):
        return expr
    found: Expr = named("subtyped")(expr)
    return found


def kept_in_row(values: Bound | None) -> Bound | None:
    """The values of INSERT, with their subtypes if they are one row of VALUES."""
    if not isinstance(values, BoundValues) or len(values.tuples) != 1:
        return values
    made = BoundValues(values.source, [[kept(expr) for expr in values.tuples[0]]])
    made.origin = values.origin
    return made


def kept_in_sets(sets: list[tuple[int, Expr]]) -> list[tuple[int, Expr]]:
    """The new values of SET with their subtypes."""
    return [(column, kept(expr)) for column, expr in sets]


def show_subtypes(row: Source) -> None:
    """Let functions ask for the subtypes of a written row's columns from now on."""
    row.columns[:] = [_with_subtype(column) for column in row.columns]


def _with_subtype(column: OutputColumn) -> OutputColumn:
    return OutputColumn(
        column.name,
        column.affinity,
        column.collation,
        column.declared_type,
        column.hidden,
        column.not_null,
        column.explicit,
        True,
    )


def _may_give_subtype(expr: Expr) -> bool:
    if isinstance(expr, ColumnRef):
        return expr.index >= 0 and expr.source.columns[expr.index].subtyped
    return isinstance(expr, (Call, AggregateCall)) and expr.function.flags & RETURNS_SUBTYPE != 0
