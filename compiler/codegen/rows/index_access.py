"""Reading a table through an index: equal keys, then at most one range, walked in either direction.

Where only different values of leading columns count, a seek past them takes the place of the step to the next entry.
A skip-scan does so behind each set of values that its leading columns have: from one to the next goes a seek past them.

NULLs are an index's smallest keys.  A comparison with NULL is never true, so a range without a lower end starts after
them (or, walked towards them, stops before them), and a key that is NULL finds nothing; only IS NULL looks for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import BLOB, INTEGER, ROWID, Expr, InList, InQuery
from foundrydb.compiler.bind.properties import finds_null
from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.dispatch import PRODUCERS
from foundrydb.compiler.codegen.expressions.locations import IndexColumns, table_columns
from foundrydb.compiler.codegen.expressions.values import value_into
from foundrydb.compiler.codegen.opening import leaf_cursors
from foundrydb.compiler.codegen.rows.access import each, step
from foundrydb.compiler.codegen.rows.seeks import (
    KeyLoop,
    apply_key_affinity,
    close_key_loop,
    key_into,
    open_key_loop,
    seek_to,
)
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.plan.costs.members import places_of_rows
from foundrydb.compiler.schema.affinity import named_affinity
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.source import without_collate
from foundrydb.vm.ops import control, cursors, registers, rows, seek

if TYPE_CHECKING:
    from foundrydb.compiler.schema.objects import Index


@final
class RangeEnd:
    """One end of the walk.

    exprs: the keys' expressions (none: NULL, which never belongs to the range); the first one decides whether there is
    anything at all.
    """

    def __init__(self, exprs: list[Expr], inclusive: bool) -> None:
        self.exprs: Final = exprs
        self.inclusive: Final = inclusive
        self.width: Final = max(len(exprs), 1)


@PRODUCERS.entry(nodes.IndexScan)
def produce_index(coder: Coder, node: nodes.IndexScan, consumer: Consumer) -> None:
    """Emit the loop over the rows that an index gives."""
    table_cursor, cursor = leaf_cursors(coder, node)
    index = node.index
    count = node.skip + len(node.equal)
    start, stop = _ends(node, count)
    longest = max(1 if end is None else end.width for end in (start, stop))
    first = coder.registers(count + longest)
    end = coder.label()
    skipped = _open_skip(coder, node, cursor, first, end) if node.skip else None
    miss = end if skipped is None else skipped.following
    loops: list[KeyLoop] = []
    behind = 0  # the columns of rows
    for i in range(node.skip, count):
        expr = node.equal[i - node.skip]
        if i < behind:
            continue
        if isinstance(expr, (InList, InQuery)):
            backwards = index.stored_column(i).descending != node.descending
            places = places_of_rows(node, i)
            behind = i + len(places)
            loop = open_key_loop(coder, expr, first + i, miss, backwards, places or [0])
            loops.append(loop)
            miss = loop.following
        else:
            key_into(coder, expr, column_affinity(index, i), first + i, miss)
    _walk(coder, node, consumer, table_cursor, cursor, first, start, stop, miss, loops)
    for i in range(len(loops) - 1, -1, -1):
        close_key_loop(coder, loops[i])
    if skipped is not None:
        _close_skip(coder, skipped)
    coder.place(end)


@final
class SkipLoop:
    """A loop over the different values of an index's leading columns.

    Attributes:
        again: where the next values are searched for.
        following: the label of the loop's end, where it goes back.
    """

    def __init__(self, again: int, following: int) -> None:
        self.again: Final = again
        self.following: Final = following


def _open_skip(coder: Coder, node: nodes.IndexScan, cursor: int, first: int, end: int) -> SkipLoop:
    """Begin a loop that puts each set of values of the skipped columns, NULLs included, into ``first`` and behind."""
    entered = coder.label()
    following = coder.label()
    if node.descending:
        coder.emit(cursors.Last(cursor, end))
    else:
        coder.emit(cursors.Rewind(cursor, end))
    coder.emit(control.Goto(entered))
    again = coder.here()
    seek_to(coder, cursor, end, first, node.skip, node.descending, False)
    coder.place(entered)
    coder.emit(rows.Columns(cursor, tuple(range(node.skip)), first))
    coder.repeats += 1
    return SkipLoop(again, following)


def _close_skip(coder: Coder, loop: SkipLoop) -> None:
    """End what ``_open_skip`` began."""
    coder.repeats -= 1
    coder.place(loop.following)
    coder.emit(control.Goto(loop.again))


def column_affinity(index: Index, position: int) -> str:
    """The affinity of an index's key: its column's, or that of a CAST; other expressions have none."""
    item = index.stored_column(position)
    if item.column == ROWID:
        return INTEGER
    if item.column >= 0:
        return index.table.columns[item.column].affinity
    assert item.expression is not None
    expression = without_collate(item.expression)
    return named_affinity(expression.type) if isinstance(expression, ast.Cast) else BLOB


def _ends(node: nodes.IndexScan, position: int) -> tuple[RangeEnd | None, RangeEnd | None]:
    """Where the walk over the range starts and stops."""
    if node.low is None and node.high is None:
        return None, None
    low = None if node.low is None else RangeEnd(node.low.expressions(), node.low.inclusive)
    high = None if node.high is None else RangeEnd(node.high.expressions(), node.high.inclusive)
    upwards = node.index.stored_column(position).descending == node.descending
    if low is None:
        low = RangeEnd([], False)
    return (low, high) if upwards else (high, low)


def _walk(
    coder: Coder,
    node: nodes.IndexScan,
    consumer: Consumer,
    table_cursor: int,
    cursor: int,
    first: int,
    start: RangeEnd | None,
    stop: RangeEnd | None,
    miss: int,
    loops: list[KeyLoop],
) -> None:
    count = node.skip + len(node.equal)
    descending = node.descending
    finished = coder.label()
    if start is not None:
        _end_key(coder, node, start, first + count, finished)
        seek_to(coder, cursor, finished, first, count + start.width, descending, start.inclusive)
    elif count > 0:
        seek_to(coder, cursor, finished, first, count, descending, True)
    elif descending:
        coder.emit(cursors.Last(cursor, finished))
    else:
        coder.emit(cursors.Rewind(cursor, finished))
    if stop is not None:
        _end_key(coder, node, stop, first + count, finished)
    loop = coder.here()
    following = coder.label()
    if stop is not None:
        _stop(coder, cursor, finished, first, count + stop.width, descending, stop.inclusive)
    elif count > 0:
        _stop(coder, cursor, finished, first, count, descending, True)
    _locate(coder, node, table_cursor, cursor, following)
    each(coder, consumer, following)
    coder.place(following)
    if node.once:
        key = coder.registers(node.once)
        coder.emit(rows.Columns(cursor, tuple(range(node.once)), key))
        seek_to(coder, cursor, finished, key, node.once, descending, False)
        coder.emit(control.Goto(loop))
    elif not _finds_one(node):
        step(coder, cursor, loop, descending)
    coder.place(finished)


def _finds_one(node: nodes.IndexScan) -> bool:
    """Whether one lookup finds at most one entry."""
    if not node.index.unique or len(node.equal) != len(node.index.columns):
        return False
    return not any([finds_null(expr) for expr in node.equal])


def _end_key(coder: Coder, node: nodes.IndexScan, end: RangeEnd, dest: int, miss: int) -> None:
    place = node.skip + len(node.equal)
    if not end.exprs:
        coder.emit(registers.Null(dest))
    else:
        key_into(coder, end.exprs[0], column_affinity(node.index, place), dest, miss)
    for i in range(1, len(end.exprs)):
        # A NULL here leaves it open how rows with the same first key compare; that is tested row by row.
        value_into(coder, end.exprs[i], dest + i)
        apply_key_affinity(coder, end.exprs[i], column_affinity(node.index, place + i), dest + i)


def _stop(
    coder: Coder, cursor: int, target: int, first: int, count: int, descending: bool, inclusive: bool
) -> None:
    """Emit the test whether the walk has passed its last key."""
    if descending:
        if inclusive:
            coder.emit(seek.IdxLT(cursor, target, first, count))
        else:
            coder.emit(seek.IdxLE(cursor, target, first, count))
    elif inclusive:
        coder.emit(seek.IdxGT(cursor, target, first, count))
    else:
        coder.emit(seek.IdxGE(cursor, target, first, count))


def _locate(coder: Coder, node: nodes.IndexScan, table_cursor: int, cursor: int, following: int) -> None:
    """Let the source's columns be found, in the index entry or in the row that it belongs to."""
    table = node.table
    if node.index.clustered:
        coder.locations[node.source] = table_columns(coder, node.source, cursor, table)
        return
    if table_cursor < 0:
        coder.locations[node.source] = IndexColumns(cursor, node.index, -1, None)
        return
    if table.without_rowid:
        key = coder.registers(len(table.row_key))
        positions = tuple([node.index.position(column) for column in table.row_key])
        coder.emit(rows.Columns(cursor, positions, key))
        coder.emit(seek.NotFound(table_cursor, following, key, len(positions)))
    else:
        coder.emit(seek.DeferredSeek(cursor, table_cursor))
    rest = table_columns(coder, node.source, table_cursor, table)
    coder.locations[node.source] = IndexColumns(cursor, node.index, table_cursor, rest)
