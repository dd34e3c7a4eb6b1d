"""Rows that are inserted as they stand in another table: no value of theirs is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import BLOB, ROWID, ColumnRef, Source
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.expressions.locations import TableColumns
from foundrydb.compiler.codegen.expressions.values import column_field, resolve
from foundrydb.compiler.codegen.writes.new_row import record_affinity
from foundrydb.vm.ops.rows import NOTHING

if TYPE_CHECKING:
    from foundrydb.compiler.plan import nodes


@final
class CopiedRecord:
    """A record of fields of the row that another cursor stands on: the operands of the instruction CopyRow."""

    def __init__(self, cursor: int, fields: tuple[int, ...], affinity: str) -> None:
        self.cursor: Final = cursor
        self.fields: Final = fields
        self.affinity: Final = affinity


def copied_record(coder: Coder, node: nodes.Insert, source: Source) -> CopiedRecord | None:
    """The record of a new row, if it is made of fields of one table's row that have the form already, and nobody looks.

    source: where the values are that are to be inserted.
    """
    if not coder.settings.formulas or _is_looked_at(node):
        return None
    table = node.table
    affinity = record_affinity(table)
    cursor = -1
    fields: list[int] = []
    for place, i in enumerate(table.record):
        if i == table.rowid_alias:
            fields.append(NOTHING)
            continue
        if node.columns[i] < 0:
            return None
        read = resolve(coder, ColumnRef(source, node.columns[i]))
        field = column_field(coder, read)
        if field is None or cursor not in (-1, field.cursor) or not _has_form(coder, read, affinity[place]):
            return None
        cursor = field.cursor
        fields.append(field.position)
    return CopiedRecord(cursor, tuple(fields), affinity) if cursor >= 0 else None


def _is_looked_at(node: nodes.Insert) -> bool:
    """Whether something besides the record depends on the values of a new row."""
    table = node.table
    row = node.row
    checked = any([column.not_null for column in table.columns]) or row.checks or table.strict
    computed = any([expr is not None for expr in row.generated])
    told = node.events is not None or node.returning or node.upserts or table.replaces(node.conflict)
    return bool(table.without_rowid or table.indexes or checked or computed or told)


def _has_form(coder: Coder, read: object, affinity: str) -> bool:
    """Whether a column of a table, or its rowid, is stored as a column of that affinity stores the same values."""
    if not isinstance(read, ColumnRef):
        return False
    location = coder.locations[read.source]
    if not isinstance(location, TableColumns) or location.clustered:
        return False
    if read.index == ROWID or read.index == location.table.rowid_alias:
        return affinity in "ACD"
    return (location.table.columns[read.index].affinity or BLOB) == affinity
