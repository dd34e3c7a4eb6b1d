"""Rows that are kept: in an ephemeral table, to be read again and again, or in an index that is made for the statement.

They are made when the first of them is asked for, and stay: for the statement, where no enclosing row changes them; for
one run of the join on whose right side they stand, where rows of an enclosing query do.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import ColumnRef, Expr, Source
from foundrydb.compiler.bind.properties import same
from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.dispatch import PRODUCERS
from foundrydb.compiler.codegen.expressions.locations import RecordColumns
from foundrydb.compiler.codegen.expressions.membership import convert, letters
from foundrydb.compiler.codegen.expressions.subqueries import begin_unless_known, end_once
from foundrydb.compiler.codegen.expressions.values import existing_range, values_into
from foundrydb.compiler.codegen.producing import produce
from foundrydb.compiler.codegen.rows.access import each, step
from foundrydb.compiler.codegen.usage import output_columns, uses_within
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.plan.walk import free_sources, output_source, visible_sources
from foundrydb.vm.ops import control, cursors, ephemeral, registers, rows, seek

# -- when they are made -------------------------------------------------------------------------------------------


def begin_run(coder: Coder, node: nodes.Join) -> list[nodes.Node]:
    """Begin a run of a join; what ``end_run`` needs to know.

    What is kept of the right side and depends on rows of enclosing queries, but on none of the left side, is made anew
    in each run.
    """
    begun: list[nodes.Node] = []
    if coder.within == 0 and not coder.queries_vary:
        return begun  # there is no enclosing query
    for keeper in _keepers(node.right):
        child = _kept_by(keeper)
        if child is None or id(keeper) in coder.runs:
            continue
        free = free_sources(child)
        if not free and not coder.queries_vary:
            continue
        left = visible_sources(node.left)
        if not any(source in left for source in free):
            made = coder.register()
            coder.runs[id(keeper)] = made
            coder.emit(registers.Null(made), "rows not made yet")
            begun.append(keeper)
    return begun


def end_run(coder: Coder, begun: list[nodes.Node]) -> None:
    """End the code of a join."""
    for keeper in begun:
        del coder.runs[id(keeper)]


def _keepers(node: nodes.Node) -> list[nodes.Node]:
    """The nodes of a plan that keep rows, but for those within a common table that others use too."""
    found: list[nodes.Node] = []
    waiting = [node]
    for item in waiting:
        if _kept_by(item) is not None:
            found.append(item)
        if not isinstance(item, nodes.Derived) or not item.shared:
            waiting.extend(item.children())
    return found


def _kept_by(node: nodes.Node) -> nodes.Node | None:
    """What a node keeps the rows of, None where it keeps none."""
    if isinstance(node, (nodes.TransientIndex, nodes.Spool)):
        return node.child
    if isinstance(node, nodes.Derived) and node.materialized and not node.shared:
        return node.child
    if isinstance(node, nodes.Join) and node.kind in ("right", "full"):
        return node.right
    return None


def begin_keeping(coder: Coder, keeper: nodes.Node, child: nodes.Node) -> int:
    """Begin code that makes rows of ``child`` unless they are there; what ``end_once`` needs to know."""
    if coder.repeats == 0:
        return 0
    made = coder.runs.get(id(keeper), 0)
    if made > 0:
        return begin_unless_known(coder, made)
    if coder.queries_vary or free_sources(child):
        return 0
    label = coder.label()
    coder.emit(control.Once(label))
    return label


# -- tables -------------------------------------------------------------------------------------------------------


@final
class Held:
    """Which columns of which sources a stored row of a plan holds, in the order of its fields.

    They are those to which something beside the plan refers.

    key: what an index of the rows has before these fields; the columns in it come last.

    Attributes:
        leading: how many of the fields are no columns of the key.
    """

    def __init__(self, coder: Coder, node: nodes.Node, key: list[Expr]) -> None:
        self.exprs: Final[list[Expr]] = []
        self.positions: Final[dict[Source, dict[int, int]]] = {}
        behind: list[ColumnRef] = []
        within = uses_within(node, key)
        for source in visible_sources(node):
            self.positions[source] = {}
            used = coder.used.get(source, {})
            below = within.get(source, {})
            for column in sorted(used):
                if used[column] > below.get(column, 0):
                    ref = ColumnRef(source, column)
                    (behind if any([same(ref, expr) for expr in key]) else self.exprs).append(ref)
        self.leading: Final = len(self.exprs)
        self.exprs.extend(behind)
        for i, expr in enumerate(self.exprs):
            assert isinstance(expr, ColumnRef)
            self.positions[expr.source][expr.index] = i

    def locate(self, coder: Coder, cursor: int, offset: int = 0, gap: int = -1) -> None:
        """Let the sources' columns be read from a cursor whose records hold the row from field ``offset`` on.

        gap: the place among the fields that something else takes, -1 where nothing does.
        """
        for source, places in self.positions.items():
            moved = {
                column: position + offset + (1 if 0 <= gap <= position else 0)
                for column, position in places.items()
            }
            coder.locations[source] = RecordColumns(cursor, moved)


@final
class Materializing(Consumer):
    """Appends rows to an ephemeral table, and their numbers to an index, where there is one."""

    def __init__(self, cursor: int, exprs: list[Expr], numbers: RowNumbers | None = None) -> None:
        self.cursor: Final = cursor
        self.exprs: Final = exprs
        self.numbers: Final = numbers

    def row(self, coder: Coder, next: int) -> None:
        count = len(self.exprs)
        first = existing_range(coder, self.exprs)
        if first == 0:
            first = coder.registers(max(count, 1))
            if count == 0:
                count = 1
                coder.emit(registers.Null(first))
            else:
                values_into(coder, self.exprs, first, owned=True)
        record = coder.register()
        rowid = coder.register()
        coder.emit(rows.MakeRecord(first, count, record))
        coder.emit(rows.NewRowid(self.cursor, rowid))
        coder.emit(rows.Insert(self.cursor, record, rowid, append=True))
        if self.numbers is not None:
            self.numbers.add(coder, rowid, next)


def open_rows(coder: Coder, cursor: int, width: int, name: str, once: bool) -> None:
    """Emit the opening of a new ephemeral table, to be read once or more often."""
    coder.emit(ephemeral.OpenEphemeral(cursor, width, None, name, once))


def keep_rows(
    coder: Coder,
    node: nodes.Node,
    exprs: list[Expr],
    name: str = "",
    once: bool = False,
    numbers: RowNumbers | None = None,
) -> int:
    """Emit code that puts a node's rows into a new ephemeral table, to be read once or more often; its cursor."""
    cursor = coder.cursor()
    open_rows(coder, cursor, max(len(exprs), 1), name, once)
    if numbers is not None:
        numbers.open(coder)
    produce(coder, node, Materializing(cursor, exprs, numbers))
    return cursor


def walk_rows(coder: Coder, cursor: int, consumer: Consumer) -> None:
    """Emit the loop over the rows of an ephemeral table."""
    end = coder.label()
    following = coder.label()
    coder.emit(cursors.Rewind(cursor, end))
    loop = coder.here()
    each(coder, consumer, following)
    coder.place(following)
    step(coder, cursor, loop, False)
    coder.place(end)


def produce_kept(coder: Coder, node: nodes.Node, name: str, consumer: Consumer) -> None:
    """Emit the reading of all of a node's rows, and then the loop over them.  name: what EXPLAIN calls the table."""
    source = output_source(node)
    width = len(source.columns)
    cursor = keep_rows(coder, node, output_columns(node, width), name, True)
    coder.locations[source] = RecordColumns(cursor, {i: i for i in range(width)})
    walk_rows(coder, cursor, consumer)


@PRODUCERS.entry(nodes.Spool)
def _produce_spool(coder: Coder, node: nodes.Spool, consumer: Consumer) -> None:
    held = Held(coder, node.child, [])
    once = begin_keeping(coder, node, node.child)
    cursor = keep_rows(coder, node.child, held.exprs, "right side")
    end_once(coder, once)
    held.locate(coder, cursor)
    walk_rows(coder, cursor, consumer)


# -- indexes ------------------------------------------------------------------------------------------------------


def look_up(coder: Coder, node: nodes.TransientIndex, cursor: int, consumer: Consumer) -> None:
    """Emit the loop over the entries that have the key of this moment."""
    end = coder.label()
    width = len(node.keys)
    first = coder.registers(width)
    values_into(coder, node.keys, first)
    convert(coder, node.keys, first, letters(node.comparisons))
    _unless_null(coder, node, first, end)
    coder.emit(seek.NotFound(cursor, end, first, width))
    loop = coder.here()
    following = coder.label()
    each(coder, consumer, following)
    coder.place(following)
    step(coder, cursor, loop, False)
    coder.place(end)


def _own_key(coder: Coder, node: nodes.TransientIndex, first: int, skip: int) -> None:
    """Emit the key of a row that goes into the index, and the jump over one that nothing equals."""
    values_into(coder, node.own, first)
    convert(coder, node.own, first, letters(node.comparisons))
    _unless_null(coder, node, first, skip)


def _unless_null(coder: Coder, node: nodes.TransientIndex, first: int, target: int) -> None:
    """Emit the jump over a key with a NULL that nothing equals."""
    count = len(node.keys) - node.nulls
    if count > 0:
        coder.emit(control.AnyNull(first, target, count))


@final
class Indexing(Consumer):
    """Adds rows to a transient index: the key, the columns that are asked for, a number that tells equal rows apart.

    place: where the number stands among the columns.
    """

    def __init__(self, node: nodes.TransientIndex, cursor: int, exprs: list[Expr], place: int) -> None:
        self.node: Final = node
        self.cursor: Final = cursor
        self.exprs: Final = exprs
        self.place: Final = place

    def row(self, coder: Coder, next: int) -> None:
        width = len(self.node.own)
        count = width + 1 + len(self.exprs)
        first = coder.registers(count)
        _own_key(coder, self.node, first, next)
        number = first + width + self.place
        values_into(coder, self.exprs[: self.place], first + width)
        coder.emit(cursors.Sequence(self.cursor, number))
        values_into(coder, self.exprs[self.place :], number + 1)
        record = coder.register()
        coder.emit(rows.MakeRecord(first, count, record))
        coder.emit(rows.IdxInsert(self.cursor, record))


@PRODUCERS.entry(nodes.TransientIndex)
def _produce_transient(coder: Coder, node: nodes.TransientIndex, consumer: Consumer) -> None:
    """Emit the code of an index that holds the rows.

    In SQLite rows with one key come in the order of the other columns from such an index, and then in the table's;
    within a subquery of an expression, where SQLite makes none, in the table's.
    """
    held = Held(coder, node.child, node.own)
    place = 0 if coder.within > 0 else held.leading
    cursor = coder.cursor()
    width = len(node.own)
    once = begin_keeping(coder, node, node.child)
    keys = coder.key_info([*node.sequences] + ["BINARY"] * (place + 1))
    name = visible_sources(node.child)[0].name
    coder.emit(ephemeral.OpenAutoindex(cursor, width + 1 + len(held.exprs), width, keys, name))
    produce(coder, node.child, Indexing(node, cursor, held.exprs, place))
    end_once(coder, once)
    held.locate(coder, cursor, width, place)
    look_up(coder, node, cursor, consumer)


@final
class RowNumbers:
    """A transient index of the numbers of rows that are kept in an ephemeral table beside it."""

    def __init__(self, coder: Coder, node: nodes.TransientIndex) -> None:
        self.node: Final = node
        self.cursor: Final = coder.cursor()

    def open(self, coder: Coder) -> None:
        """Emit the opening of an empty one."""
        width = len(self.node.own)
        keys = coder.key_info([*self.node.sequences, "BINARY"])
        coder.emit(ephemeral.OpenAutoindex(self.cursor, width + 1, width, keys, "right side"))

    def add(self, coder: Coder, rowid: int, next: int) -> None:
        """Emit the entry for a row whose number is in a register."""
        width = len(self.node.own)
        first = coder.registers(width + 1)
        _own_key(coder, self.node, first, next)
        coder.emit(registers.SCopy(rowid, first + width))
        record = coder.register()
        coder.emit(rows.MakeRecord(first, width + 1, record))
        coder.emit(rows.IdxInsert(self.cursor, record))

    def look_up(self, coder: Coder, table: int, consumer: Consumer) -> None:
        """Emit the loop over the rows of the table that have the key of this moment."""
        look_up(coder, self.node, self.cursor, _Numbered(self, table, consumer))


@final
class _Numbered(Consumer):
    """An entry of ``RowNumbers``: goes to its row."""

    def __init__(self, numbers: RowNumbers, table: int, consumer: Consumer) -> None:
        self.numbers: Final = numbers
        self.table: Final = table
        self.consumer: Final = consumer

    def row(self, coder: Coder, next: int) -> None:
        rowid = coder.register()
        coder.emit(rows.Column(self.numbers.cursor, len(self.numbers.node.own), rowid))
        coder.emit(seek.NotExists(self.table, next, rowid))
        self.consumer.row(coder, next)
