"""Reading tables: whole scans, rowid seeks, index scans and unions of them.

Cursors are opened before the statement's first loop, in the order of the plan, so that no loop opens one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb import errors
from foundrydb.compiler.bind.bound import (
    BLOB,
    INTEGER,
    NONE,
    NUMERIC,
    Exists,
    Expr,
    InList,
    InQuery,
    IsNull,
    ScalarQuery,
)
from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.expressions.locations import registers_from, table_columns
from foundrydb.compiler.codegen.expressions.membership import list_members, query_members
from foundrydb.compiler.codegen.expressions.values import value, value_into
from foundrydb.compiler.codegen.rows.produce import Routine, produce
from foundrydb.compiler.plan import nodes
from foundrydb.vm.ops import compare as compare_ops
from foundrydb.vm.ops import control, cursors, registers, rows, seek

if TYPE_CHECKING:
    from foundrydb.compiler.schema.objects import Index, Table
    from foundrydb.storage.format.values import KeyInfo


# -- opening -----------------------------------------------------------------------------------------------------


def open_plan(coder: Coder, node: nodes.Node) -> None:
    """Open the cursors of a plan's leaves, those of its subqueries included."""
    if isinstance(node, (nodes.Scan, nodes.RowidSeek, nodes.IndexScan, nodes.SeekUnion, nodes.CountRows)):
        leaf_cursors(coder, node)
    for expr in node.expressions():
        open_expression(coder, expr)
    if not isinstance(node, nodes.SeekUnion):
        for child in node.children():
            open_plan(coder, child)


def open_expression(coder: Coder, expr: Expr) -> None:
    """Open the cursors of the subqueries in an expression."""
    if isinstance(expr, (ScalarQuery, Exists, InQuery)):
        plan = expr.query.plan
        assert isinstance(plan, nodes.Node)
        open_plan(coder, plan)
    for child in expr.children():
        open_expression(coder, child)


def leaf_cursors(coder: Coder, node: nodes.Node) -> tuple[int, int]:
    """The cursors of a leaf on its table and on its index (-1: none), opened now if they were not yet."""
    found = coder.opened.get(id(node))
    if found is not None:
        return found
    table_cursor = -1
    index_cursor = -1
    if isinstance(node, (nodes.Scan, nodes.RowidSeek, nodes.SeekUnion)):
        table_cursor = open_table(coder, node.table)
    elif isinstance(node, nodes.IndexScan):
        if not node.covering and not node.index.clustered:
            table_cursor = open_table(coder, node.table)
        index_cursor = open_index(coder, node.index)
    elif isinstance(node, nodes.CountRows):
        if node.index is None:
            table_cursor = open_table(coder, node.table)
        else:
            table_cursor = open_index(coder, node.index)
    coder.opened[id(node)] = (table_cursor, index_cursor)
    if isinstance(node, nodes.SeekUnion):
        _open_union(coder, node, table_cursor)
    return table_cursor, index_cursor


def _open_union(coder: Coder, node: nodes.SeekUnion, table_cursor: int) -> None:
    for child in node.seeks:
        leaf = child
        while isinstance(leaf, nodes.Filter):
            for expr in leaf.expressions():
                open_expression(coder, expr)
            leaf = leaf.child
        for expr in leaf.expressions():
            open_expression(coder, expr)
        index_cursor = open_index(coder, leaf.index) if isinstance(leaf, nodes.IndexScan) else -1
        coder.opened[id(leaf)] = (table_cursor, index_cursor)


def open_table(coder: Coder, table: Table, write: bool = False) -> int:
    """Open a cursor on a table (on the primary key's index, for WITHOUT ROWID)."""
    if table.virtual_module:
        raise errors.no_such_module(table.virtual_module)
    cursor = coder.cursor()
    database = coder.schema_number(table.schema)
    coder.use(database, write)
    clustered = table.clustered_index() if table.without_rowid else None
    keys = None if clustered is None else index_keys(coder, clustered)
    count = len(table.columns)
    if write:
        coder.emit(cursors.OpenWrite(cursor, table.root_page, database, keys, count, table.name))
    else:
        coder.emit(cursors.OpenRead(cursor, table.root_page, database, keys, count, table.name))
    return cursor


def open_index(coder: Coder, index: Index, write: bool = False) -> int:
    """Open a cursor on an index."""
    cursor = coder.cursor()
    database = coder.schema_number(index.table.schema)
    coder.use(database, write)
    keys = index_keys(coder, index)
    count = len(index.columns) + len(index.suffix)
    if write:
        coder.emit(cursors.OpenWrite(cursor, index.root_page, database, keys, count, index.name))
    else:
        coder.emit(cursors.OpenRead(cursor, index.root_page, database, keys, count, index.name))
    return cursor


def index_keys(coder: Coder, index: Index) -> KeyInfo:
    """How the entries of an index compare."""
    stored = index.stored_columns()
    return coder.key_info([c.collation for c in stored], [c.descending for c in stored])


# -- the loops ----------------------------------------------------------------------------------------------------


def produce_access(coder: Coder, node: nodes.Node, consumer: Consumer) -> None:
    """Emit the loop over a table's rows."""
    if isinstance(node, nodes.Scan):
        _produce_scan(coder, node, consumer)
    elif isinstance(node, nodes.RowidSeek):
        _produce_rowid(coder, node, consumer)
    elif isinstance(node, nodes.IndexScan):
        from foundrydb.compiler.codegen.rows.index_access import produce_index

        produce_index(coder, node, consumer)
    elif isinstance(node, nodes.SeekUnion):
        _produce_union(coder, node, consumer)
    elif isinstance(node, nodes.CountRows):
        cursor, _ = leaf_cursors(coder, node)
        register = coder.register()
        coder.emit(cursors.Count(cursor, register))
        coder.locations[node.source] = registers_from(register, 1)
        end = coder.label()
        consumer.row(coder, end)
        coder.place(end)


def _produce_scan(coder: Coder, node: nodes.Scan, consumer: Consumer) -> None:
    cursor, _ = leaf_cursors(coder, node)
    coder.locations[node.source] = table_columns(coder, node.source, cursor, node.table)
    end = coder.label()
    following = coder.label()
    if node.descending:
        coder.emit(cursors.Last(cursor, end))
    else:
        coder.emit(cursors.Rewind(cursor, end))
    loop = coder.here()
    each(coder, consumer, following)
    coder.place(following)
    step(coder, cursor, loop, node.descending)
    coder.place(end)


def each(coder: Coder, consumer: Consumer, following: int) -> None:
    """Emit the consumer's code inside one more loop."""
    coder.repeats += 1
    consumer.row(coder, following)
    coder.repeats -= 1


def step(coder: Coder, cursor: int, loop: int, descending: bool) -> None:
    """Emit the end of a loop over a cursor."""
    if descending:
        coder.emit(cursors.Prev(cursor, loop))
    else:
        coder.emit(cursors.Next(cursor, loop))


@final
class KeyLoop:
    """A loop over the members of an IN that supplies keys: the innermost is closed first."""

    def __init__(self, cursor: int, loop: int, following: int, descending: bool) -> None:
        self.cursor: Final = cursor
        self.loop: Final = loop
        self.following: Final = following
        self.descending: Final = descending


def open_key_loop(coder: Coder, expr: InList | InQuery, dest: int, miss: int, descending: bool) -> KeyLoop:
    """Begin a loop that puts each distinct member that is not NULL into ``dest``; ``miss``: there are none left."""
    if isinstance(expr, InList):
        members = list_members(coder, expr.items, expr.comparison, expr.sequence)
    else:
        members = query_members(coder, expr)
    if descending:
        coder.emit(cursors.Last(members.cursor, miss))
    else:
        coder.emit(cursors.Rewind(members.cursor, miss))
    loop = coder.here()
    following = coder.label()
    coder.emit(rows.Column(members.cursor, 0, dest))
    coder.emit(control.IsNull(dest, following))
    coder.repeats += 1
    return KeyLoop(members.cursor, loop, following, descending)


def close_key_loop(coder: Coder, loop: KeyLoop) -> None:
    """End what ``open_key_loop`` began."""
    coder.repeats -= 1
    coder.place(loop.following)
    step(coder, loop.cursor, loop.loop, loop.descending)


def _produce_rowid(coder: Coder, node: nodes.RowidSeek, consumer: Consumer) -> None:
    cursor, _ = leaf_cursors(coder, node)
    coder.locations[node.source] = table_columns(coder, node.source, cursor, node.table)
    if node.equal is None:
        _produce_rowid_range(coder, node, cursor, consumer)
        return
    end = coder.label()
    if isinstance(node.equal, (InList, InQuery)):
        key = coder.register()
        loop = open_key_loop(coder, node.equal, key, end, node.descending)
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
        coder.emit(rows.RowSetTest(self.seen, next, rowid))
        self.routine.call(coder)


def _produce_union(coder: Coder, node: nodes.SeekUnion, consumer: Consumer) -> None:
    if node.table.without_rowid:
        raise errors.not_supported("OR over indexes of a WITHOUT ROWID table")
    cursor, _ = leaf_cursors(coder, node)
    seen = coder.register()
    coder.emit(registers.Null(seen))
    routine = Routine(coder)
    for child in node.seeks:
        produce(coder, child, EachOnce(cursor, seen, routine))
    coder.locations[node.source] = table_columns(coder, node.source, cursor, node.table)
    routine.define(coder, consumer)


# -- keys ----------------------------------------------------------------------------------------------------------


def key_into(coder: Coder, expr: Expr, affinity: str, dest: int, miss: int) -> None:
    """Emit code for a key's value with the column's affinity; a NULL key finds nothing and goes to ``miss``."""
    if isinstance(expr, IsNull):
        coder.emit(registers.Null(dest))
        return
    value_into(coder, expr, dest)
    coder.emit(control.IsNull(dest, miss))
    apply_key_affinity(coder, expr, affinity, dest)


def apply_key_affinity(coder: Coder, expr: Expr, affinity: str, dest: int) -> None:
    """Emit the conversion that comparing a column of ``affinity`` with ``expr`` asks for, if any."""
    if affinity in (NONE, BLOB):
        return
    if expr.affinity != NONE and expr.affinity < NUMERIC and affinity < NUMERIC:
        return
    if expr.affinity == affinity or (expr.affinity == INTEGER and affinity >= NUMERIC):
        return
    # Comparisons know one numeric affinity; REAL would round integers past 2^53.
    coder.emit(rows.Affinity(dest, 1, NUMERIC if affinity > NUMERIC else affinity))
