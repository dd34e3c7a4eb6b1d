"""UNION ALL, UNION, INTERSECT and EXCEPT.

UNION ALL streams both sides into one subroutine; sides that come in one order are merged (``merging``).  The others
hold rows in ephemeral indexes, whose order is the order in which the rows come out, as in SQLite.

Rows can be equal and differ (1 and 1.0, ``a`` and ``A`` under NOCASE).  The first of a side's equal rows stands for
them, and under UNION the right side's stands for the left's too, which is why the right side is gathered first.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import Expr
from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.dispatch import PRODUCERS
from foundrydb.compiler.codegen.expressions.locations import RecordColumns, registers_from
from foundrydb.compiler.codegen.expressions.values import range_of, values_into
from foundrydb.compiler.codegen.producing import produce
from foundrydb.compiler.codegen.rows.access import each, step
from foundrydb.compiler.codegen.rows.merging import produce_merge
from foundrydb.compiler.codegen.rows.simple import Routine
from foundrydb.compiler.codegen.usage import output_columns
from foundrydb.compiler.plan import nodes
from foundrydb.vm.ops import cursors, ephemeral, rows, seek


@PRODUCERS.entry(nodes.Compound)
def produce_compound(coder: Coder, node: nodes.Compound, consumer: Consumer) -> None:
    """Emit the code for a compound query."""
    if node.merged:
        produce_merge(coder, node, consumer)
        return
    if node.op == "UNION ALL":
        _produce_union_all(coder, node, consumer)
        return
    width = len(node.source.columns)
    cursor = coder.cursor()
    keys = coder.key_info(node.sequences)
    coder.emit(ephemeral.OpenEphemeral(cursor, width, keys, node.op))
    other = -1
    for side in _united(node) if node.op == "UNION" else [node.left]:
        produce(coder, side, Gathering(cursor, output_columns(side, width)))
    end = coder.label()
    if node.op != "UNION":
        coder.emit(cursors.Rewind(cursor, end))  # without rows on the left, the right side is not asked
    if node.op == "EXCEPT":
        produce(coder, node.right, Removing(cursor, output_columns(node.right, width)))
    elif node.op == "INTERSECT":
        other = coder.cursor()
        coder.emit(ephemeral.OpenEphemeral(other, width, keys, node.op))
        produce(coder, node.right, Gathering(other, output_columns(node.right, width)))
    following = coder.label()
    coder.emit(cursors.Rewind(cursor, end))
    loop = coder.here()
    coder.locations[node.source] = RecordColumns(cursor, {i: i for i in range(width)})
    if other >= 0:
        first = coder.registers(width)
        coder.emit(rows.Columns(cursor, tuple(range(width)), first))
        coder.emit(seek.NotFound(other, following, first, width))
        coder.locations[node.source] = registers_from(first, width)
    each(coder, consumer, following)
    coder.place(following)
    step(coder, cursor, loop, False)
    coder.place(end)


@final
class Gathering(Consumer):
    """Adds rows to an ephemeral index, where the first of equal rows stays."""

    def __init__(self, cursor: int, exprs: list[Expr]) -> None:
        self.cursor: Final = cursor
        self.exprs: Final = exprs

    def row(self, coder: Coder, next: int) -> None:
        first = range_of(coder, self.exprs)
        coder.emit(ephemeral.FoundOrInsert(self.cursor, next, first, len(self.exprs)))


@final
class Removing(Consumer):
    """Takes rows out of an ephemeral index."""

    def __init__(self, cursor: int, exprs: list[Expr]) -> None:
        self.cursor: Final = cursor
        self.exprs: Final = exprs

    def row(self, coder: Coder, next: int) -> None:
        first = range_of(coder, self.exprs)
        coder.emit(rows.IdxDelete(self.cursor, first, len(self.exprs)))


@final
class Calling(Consumer):
    """Puts a row into the registers of the subroutine, and calls it."""

    def __init__(self, exprs: list[Expr], first: int, routine: Routine) -> None:
        self.exprs: Final = exprs
        self.first: Final = first
        self.routine: Final = routine

    def row(self, coder: Coder, next: int) -> None:
        values_into(coder, self.exprs, self.first)
        self.routine.call(coder)


def _produce_union_all(coder: Coder, node: nodes.Compound, consumer: Consumer) -> None:
    width = len(node.source.columns)
    first = coder.registers(width)
    routine = Routine(coder)
    for side in _arms(node):
        produce(coder, side, Calling(output_columns(side, width), first, routine))
    coder.locations[node.source] = registers_from(first, width)
    routine.define(coder, consumer)


def _united(node: nodes.Compound) -> list[nodes.Node]:
    """The queries of a chain of UNION, which leans to the left, in the order in which their rows are gathered.

    All that tell rows apart by the same collations need no set but the last one's.
    """
    sides: list[nodes.Node] = [node.right]
    left = node.left
    while (
        isinstance(left, nodes.Compound)
        and left.op == "UNION"
        and not left.merged
        and left.sequences == node.sequences
    ):
        sides.append(left.right)
        left = left.left
    if isinstance(left, nodes.Compound) and left.op == "UNION ALL" and not left.merged:
        return sides + _arms(left)
    return [*sides, left]


def _arms(node: nodes.Compound) -> list[nodes.Node]:
    """The queries of a chain of UNION ALL, which leans to the left."""
    arms: list[nodes.Node] = [node.right]
    left = node.left
    while isinstance(left, nodes.Compound) and left.op == "UNION ALL" and not left.merged:
        arms.append(left.right)
        left = left.left
    arms.append(left)
    arms.reverse()
    return arms
