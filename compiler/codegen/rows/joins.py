"""Joins: loops in loops.

An inner join needs no code of its own, but for a look whether a table that is read anew for each row of the left side
is empty: then no loop need begin.  In an outer join the rows with and without a match must reach the same code,
which therefore becomes a subroutine; on the missing side cursors stand on their null row, and columns that live nowhere
(expressions) are first put into registers.

A right or full join keeps the right side's rows in an ephemeral table, beside which an index of their numbers may
stand, remembers which of them found a match, and walks over the others at the end.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import Expr, Source
from foundrydb.compiler.bind.properties import is_safe
from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.dispatch import PRODUCERS
from foundrydb.compiler.codegen.expressions.conditions import jump_if_false
from foundrydb.compiler.codegen.expressions.locations import copied_row
from foundrydb.compiler.codegen.expressions.subqueries import end_once, forget, remember
from foundrydb.compiler.codegen.opening import leaf_cursors
from foundrydb.compiler.codegen.producing import produce
from foundrydb.compiler.codegen.rows.access import step
from foundrydb.compiler.codegen.rows.keeping import (
    Held,
    RowNumbers,
    begin_keeping,
    begin_run,
    end_run,
    keep_rows,
    walk_rows,
)
from foundrydb.compiler.codegen.rows.simple import Routine
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.plan.walk import nodes_of, visible_sources
from foundrydb.vm.ops import control, cursors, ephemeral, registers, rows


@PRODUCERS.entry(nodes.Join)
def produce_join(coder: Coder, node: nodes.Join, consumer: Consumer) -> None:
    """Emit the loops of a join."""
    begun = begin_run(coder, node)
    if node.kind == "inner":
        end = coder.label()
        _stop_if_empty(coder, node, end)
        produce(coder, node.left, InnerLoop(node, consumer))
        coder.place(end)
    elif node.kind == "left":
        produce(coder, node.left, LeftOuter(node, consumer))
    else:
        _produce_right(coder, node, consumer)
    end_run(coder, begun)


def _stop_if_empty(coder: Coder, node: nodes.Join, end: int) -> None:
    """Emit the jump over an inner join whose right side has no rows at all."""
    right = node.right
    while isinstance(right, (nodes.Filter, nodes.TransientIndex)):
        right = right.child
    whole = isinstance(right, nodes.Scan) or (isinstance(right, nodes.IndexScan) and not right.expressions())
    if not whole or isinstance(node.left, nodes.SingleRow):
        return
    table_cursor, index_cursor = leaf_cursors(coder, right)
    coder.emit(cursors.Rewind(table_cursor if index_cursor < 0 else index_cursor, end), "none at all")


def _is_safe(node: nodes.Join) -> bool:
    """Whether a row of the left side may be passed over: joining it cannot fail."""
    if node.on is not None and not is_safe(node.on):
        return False
    for item in nodes_of(node.right):
        if isinstance(item, nodes.OfModule) or not all([is_safe(expr) for expr in item.expressions()]):
            return False
    return True


@final
class InnerLoop(Consumer):
    """A row of the left side: the loop over the right side."""

    def __init__(self, node: nodes.Join, consumer: Consumer) -> None:
        self.node: Final = node
        self.consumer: Final = consumer

    def row(self, coder: Coder, next: int) -> None:
        sources = visible_sources(self.node.left)
        if coder.tops:
            self.early(coder, next, sources)
        begun = remember(coder, sources) if coder.correlated else []
        produce(coder, self.node.right, JoinMatch(self.node.on, self.consumer))
        forget(coder, begun)

    def early(self, coder: Coder, next: int, known: list[Source]) -> None:
        if _is_safe(self.node):
            self.consumer.early(coder, next, known)


@final
class JoinMatch(Consumer):
    """A pair of rows: the join condition."""

    def __init__(self, on: Expr | None, consumer: Consumer) -> None:
        self.on: Final = on
        self.consumer: Final = consumer

    def row(self, coder: Coder, next: int) -> None:
        if self.on is not None:
            jump_if_false(coder, self.on, next, True)
        self.consumer.row(coder, next)


# -- left joins -----------------------------------------------------------------------------------------------------


@final
class LeftOuter(Consumer):
    """A row of the left side of a left join."""

    def __init__(self, node: nodes.Join, consumer: Consumer) -> None:
        self.node: Final = node
        self.consumer: Final = consumer

    def row(self, coder: Coder, next: int) -> None:
        node = self.node
        sources = visible_sources(node.left)
        if coder.tops:
            self.early(coder, next, sources)
        matched = coder.register()
        routine = Routine(coder)
        begun = remember(coder, sources) if coder.correlated else []
        coder.emit(registers.Integer(0, matched), "no match yet")
        produce(coder, node.right, LeftPair(node, matched, routine))
        coder.emit(control.If(matched, next))
        for source in visible_sources(node.right):
            coder.locations[source].set_null(coder)
        routine.call(coder)
        coder.emit(control.Goto(next))
        routine.define_here(coder, self.consumer)
        forget(coder, begun)

    def early(self, coder: Coder, next: int, known: list[Source]) -> None:
        if _is_safe(self.node):
            self.consumer.early(coder, next, known)


@final
class LeftPair(Consumer):
    """A pair of rows in a left join."""

    def __init__(self, node: nodes.Join, matched: int, routine: Routine) -> None:
        self.node: Final = node
        self.matched: Final = matched
        self.routine: Final = routine

    def row(self, coder: Coder, next: int) -> None:
        if self.node.on is not None:
            jump_if_false(coder, self.node.on, next, True)
        coder.emit(registers.Integer(1, self.matched), "a match")
        give_places(coder, visible_sources(self.node.right))
        self.routine.call(coder)


def give_places(coder: Coder, sources: list[Source]) -> None:
    """Put the columns of sources that are expressions into registers, so that they can be made NULL."""
    for source in sources:
        if coder.locations[source].nullable():
            continue
        coder.locations[source] = copied_row(coder, source, source)


# -- right and full joins ---------------------------------------------------------------------------------------------


def _produce_right(coder: Coder, node: nodes.Join, consumer: Consumer) -> None:
    right = node.right
    numbers = RowNumbers(coder, right) if isinstance(right, nodes.TransientIndex) else None
    child = right.child if isinstance(right, nodes.TransientIndex) else right
    held = Held(coder, child, [])
    once = begin_keeping(coder, node, child)
    cursor = keep_rows(coder, child, held.exprs, "right side", numbers=numbers)
    end_once(coder, once)
    seen = coder.register()
    coder.emit(registers.Null(seen), "right rows with a match")
    held.locate(coder, cursor)
    routine = Routine(coder)
    produce(coder, node.left, RightLoop(node, cursor, numbers, seen, routine))
    for source in visible_sources(node.left):
        coder.locations[source].set_null(coder)
    _unmatched(coder, cursor, seen, routine)
    routine.define(coder, consumer)


@final
class RightLoop(Consumer):
    """A row of the left side of a right or full join: the loop over the rows that are kept."""

    def __init__(
        self, node: nodes.Join, cursor: int, numbers: RowNumbers | None, seen: int, routine: Routine
    ) -> None:
        self.node: Final = node
        self.cursor: Final = cursor
        self.numbers: Final = numbers
        self.seen: Final = seen
        self.routine: Final = routine

    def row(self, coder: Coder, next: int) -> None:
        full = self.node.kind == "full"
        give_places(coder, visible_sources(self.node.left))
        matched = coder.register()
        if full:
            coder.emit(registers.Integer(0, matched), "no match yet")
        pair = RightPair(self.node.on, self.cursor, self.seen, matched if full else 0, self.routine)
        if self.numbers is None:
            walk_rows(coder, self.cursor, pair)
        else:
            self.numbers.look_up(coder, self.cursor, pair)
        if full:
            coder.emit(control.If(matched, next))
            coder.emit(cursors.NullRow(self.cursor))
            self.routine.call(coder)


@final
class RightPair(Consumer):
    """A pair of rows in a right or full join."""

    def __init__(self, on: Expr | None, cursor: int, seen: int, matched: int, routine: Routine) -> None:
        self.on: Final = on
        self.cursor: Final = cursor
        self.seen: Final = seen
        self.matched: Final = matched
        self.routine: Final = routine

    def row(self, coder: Coder, next: int) -> None:
        if self.on is not None:
            jump_if_false(coder, self.on, next, True)
        if self.matched > 0:
            coder.emit(registers.Integer(1, self.matched), "a match")
        rowid = coder.register()
        known = coder.label()
        coder.emit(rows.Rowid(self.cursor, rowid))
        coder.emit(ephemeral.RowSetTest(self.seen, known, rowid))
        coder.place(known)
        self.routine.call(coder)


def _unmatched(coder: Coder, cursor: int, seen: int, routine: Routine) -> None:
    end = coder.label()
    following = coder.label()
    coder.emit(cursors.Rewind(cursor, end))
    loop = coder.here()
    rowid = coder.register()
    coder.emit(rows.Rowid(cursor, rowid))
    coder.emit(ephemeral.RowSetTest(seen, following, rowid))
    routine.call(coder)
    coder.place(following)
    step(coder, cursor, loop, False)
    coder.place(end)
