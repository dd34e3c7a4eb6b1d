"""Reading tables where keys are known: rowid seeks, ranges of rowids, loops over the members of IN, unions of these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import (
    BLOB,
    NONE,
    NUMERIC,
    Compare,
    Expr,
    InList,
    InQuery,
    IsNull,
)
from foundrydb.compiler.bind.properties import finds_null
from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.dispatch import PRODUCERS
from foundrydb.compiler.codegen.expressions.locations import table_columns
from foundrydb.compiler.codegen.expressions.values import holds_affinity, value, value_into
from foundrydb.compiler.codegen.opening import leaf_cursors
from foundrydb.compiler.codegen.producing import produce
from foundrydb.compiler.codegen.rows.access import each, step
from foundrydb.compiler.codegen.rows.simple import Routine
from foundrydb.compiler.late import named
from foundrydb.compiler.plan import nodes
from foundrydb.vm.ops import compare as compare_ops
from foundrydb.vm.ops import control, cursors, ephemeral, registers, rows, seek

if TYPE_CHECKING:
    from foundrydb.compiler.codegen.expressions.membership import Members


@final
class KeyLoop:
    """A loop over the members of an IN that supplies keys: the innermost is closed first."""

    def __init__(self, cursor: int, loop: int, following: int, descending: bool) -> None:
        self.cursor: Final = cursor
        self.loop: Final = loop
        self.following: Final = following
        self.descending: Final = descending


def open_key_loop(
    coder: Coder, expr: InList | InQuery, dest: int, miss: int, descending: bool, places: list[int]
) -> KeyLoop:
    """Begin a loop that puts each distinct member without a NULL into ``dest``; ``miss``: there are none left.

    places: which columns of the members go there and behind.
    """
    if isinstance(expr, InList):
        members: Members = named("list_members")(coder, expr.items, expr.comparison, expr.sequence)
    else:
        members = named("query_members")(coder, expr)
    if descending:
        coder.emit(cursors.Last(members.cursor, miss))
    else:
        coder.emit(cursors.Rewind(members.cursor, miss))
    loop = coder.here()
    following = coder.label()
    if len(places) == 1:
        coder.emit(rows.Column(members.cursor, places[0], dest))
        coder.emit(control.IsNull(dest, following))
    else:
        coder.emit(rows.Columns(members.cursor, tuple(places), dest))
        coder.emit(control.AnyNull(dest, following, len(places)))
    coder.repeats += 1
    return KeyLoop(members.cursor, loop, following, descending)


def close_key_loop(coder: Coder, loop: KeyLoop) -> None:
    """End what ``open_key_loop`` began."""
    coder.repeats -= 1
    coder.place(loop.following)
    step(coder, loop.cursor, loop.loop, loop.descending)


@PRODUCERS.entry(nodes.RowidSeek)
def _produce_rowid(coder: Coder, node: nodes.RowidSeek, consumer: Consumer) -> None:
    cursor, _ = leaf_cursors(coder, node)
    coder.locations[node.source] = table_columns(coder, node.source, cursor, node.table)
    if node.equal is None:
        _produce_rowid_range(coder, node, cursor, consumer)
        return
    end = coder.label()
    if isinstance(node.equal, (InList, InQuery)):
        key = coder.register()
        loop = open_key_loop(coder, node.equal, key, end, node.descending, [0])
        coder.emit(seek.SeekRowid(cursor, loop.following, key))
        consumer.row(coder, loop.following)
        close_key_loop(coder, loop)
    else:
        coder.emit(seek.SeekRowid(cursor, end, value(coder, node.equal)))
        consumer.row(coder, end)
    coder.place(end)


def _produce_rowid_range(coder: Coder, node: nodes.RowidSeek, cursor: int, consumer: Consumer) -> None:
    end = coder.label()
    start = node.high if node.descending else node.low
    stop = node.low if node.descending else node.high
    limit = 0
    if stop is not None:
        limit = value(coder, stop.expr)
        coder.emit(control.IsNull(limit, end))
    if start is None:
        if node.descending:
            coder.emit(cursors.Last(cursor, end))
        else:
            coder.emit(cursors.Rewind(cursor, end))
    else:
        key = value(coder, start.expr)
        coder.emit(control.IsNull(key, end))
        seek_to(coder, cursor, end, key, 1, node.descending, start.inclusive)
    loop = coder.here()
    following = coder.label()
    if stop is not None:
        rowid = coder.register()
        coder.emit(rows.Rowid(cursor, rowid))
        if node.descending:
            if stop.inclusive:
                coder.emit(compare_ops.Lt(rowid, limit, end, NUMERIC))
            else:
                coder.emit(compare_ops.Le(rowid, limit, end, NUMERIC))
        elif stop.inclusive:
            coder.emit(compare_ops.Gt(rowid, limit, end, NUMERIC))
        else:
            coder.emit(compare_ops.Ge(rowid, limit, end, NUMERIC))
    each(coder, consumer, following)
    coder.place(following)
    step(coder, cursor, loop, node.descending)
    coder.place(end)


def seek_to(
    coder: Coder, cursor: int, miss: int, first: int, count: int, descending: bool, inclusive: bool
) -> None:
    """Emit the seek to the first entry of a range, in the direction of the walk."""
    if descending:
        if inclusive:
            coder.emit(seek.SeekLE(cursor, miss, first, count))
        else:
            coder.emit(seek.SeekLT(cursor, miss, first, count))
    elif inclusive:
        coder.emit(seek.SeekGE(cursor, miss, first, count))
    else:
        coder.emit(seek.SeekGT(cursor, miss, first, count))


@final
class EachOnce(Consumer):
    """Rows of a union of seeks: those whose rowid was met already are dropped, the others go to the routine."""

    def __init__(self, cursor: int, seen: int, routine: Routine) -> None:
        self.cursor: Final = cursor
        self.seen: Final = seen
        self.routine: Final = routine

    def row(self, coder: Coder, next: int) -> None:
        rowid = coder.register()
        coder.emit(rows.Rowid(self.cursor, rowid))
        coder.emit(ephemeral.RowSetTest(self.seen, next, rowid))
        self.routine.call(coder)


@final
class EachKeyOnce(Consumer):
    """The same for a table without rowids: rows whose primary key was met already are dropped.

    seen: the cursor on the keys.  width: how many columns they have, which are the first of a row.
    """

    def __init__(self, cursor: int, seen: int, width: int, routine: Routine) -> None:
        self.cursor: Final = cursor
        self.seen: Final = seen
        self.width: Final = width
        self.routine: Final = routine

    def row(self, coder: Coder, next: int) -> None:
        key = coder.registers(self.width)
        coder.emit(rows.Columns(self.cursor, tuple(range(self.width)), key))
        coder.emit(ephemeral.FoundOrInsert(self.seen, next, key, self.width))
        self.routine.call(coder)


@PRODUCERS.entry(nodes.SeekUnion)
def _produce_union(coder: Coder, node: nodes.SeekUnion, consumer: Consumer) -> None:
    cursor, _ = leaf_cursors(coder, node)
    routine = Routine(coder)
    once: Consumer
    clustered = node.table.clustered_index() if node.table.without_rowid else None
    if clustered is None:
        seen = coder.register()
        coder.emit(registers.Null(seen))
        once = EachOnce(cursor, seen, routine)
    else:
        keys = coder.cursor()
        collations = [column.collation for column in clustered.columns]
        opening = ephemeral.OpenEphemeral(keys, len(collations), coder.key_info(collations), "OR")
        coder.emit(opening)
        once = EachKeyOnce(cursor, keys, len(collations), routine)
    for child in node.seeks:
        produce(coder, child, once)
    coder.locations[node.source] = table_columns(coder, node.source, cursor, node.table)
    routine.define(coder, consumer)


# -- keys ----------------------------------------------------------------------------------------------------------


def key_into(coder: Coder, expr: Expr, affinity: str, dest: int, miss: int) -> None:
    """Emit code for a key's value with the column's affinity.

    A NULL finds nothing and goes to ``miss``, but for a key that is compared by IS.
    """
    if isinstance(expr, IsNull):
        coder.emit(registers.Null(dest))
        return
    if isinstance(expr, Compare) and finds_null(expr):
        expr = expr.right
        value_into(coder, expr, dest)
    else:
        value_into(coder, expr, dest)
        coder.emit(control.IsNull(dest, miss))
    apply_key_affinity(coder, expr, affinity, dest)


def apply_key_affinity(coder: Coder, expr: Expr, affinity: str, dest: int) -> None:
    """Emit the conversion that comparing a column of ``affinity`` with ``expr`` asks for, if any."""
    if affinity in (NONE, BLOB):
        return
    if expr.affinity != NONE and expr.affinity < NUMERIC and affinity < NUMERIC:
        return
    if holds_affinity(expr, affinity):
        return
    # Comparisons know one numeric affinity; REAL would round integers past 2^53.
    coder.emit(rows.Affinity(dest, 1, NUMERIC if affinity > NUMERIC else affinity))
