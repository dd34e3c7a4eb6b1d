"""Recursive queries: a queue of rows, and a loop that takes one after the other from it.

Each row is handed on, and then the step runs for it, whose rows go into the queue.  Under UNION an index of all rows
that ever were in the queue keeps out those that equal one of them.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import ColumnRef, Expr
from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.dispatch import PRODUCERS
from foundrydb.compiler.codegen.expressions.locations import ExpressionColumns, registers_from
from foundrydb.compiler.codegen.expressions.values import range_of
from foundrydb.compiler.codegen.producing import produce
from foundrydb.compiler.codegen.rows.access import each
from foundrydb.compiler.codegen.usage import output_columns
from foundrydb.compiler.plan import nodes
from foundrydb.vm.ops import control, ephemeral


@PRODUCERS.entry(nodes.Recursion)
def produce_recursion(coder: Coder, node: nodes.Recursion, consumer: Consumer) -> None:
    """Emit the code for a recursive query."""
    width = len(node.source.columns)
    queue = coder.cursor()
    seen = -1
    _open_queue(coder, node, queue)
    if node.op == "UNION":
        seen = coder.cursor()
        coder.emit(ephemeral.OpenMet(seen, width, coder.key_info(node.sequences), node.op))
    produce(coder, node.initial, Queueing(queue, seen, output_columns(node.initial, width)))
    first = coder.registers(width)
    take, following = coder.label(), coder.label()
    coder.emit(control.Goto(take))
    loop = coder.here()
    coder.locations[node.source] = registers_from(first, width)
    each(coder, consumer, following)
    coder.place(following)
    coder.repeats += 1
    produce(coder, node.step, Queueing(queue, seen, output_columns(node.step, width)))
    coder.repeats -= 1
    coder.place(take)
    coder.emit(ephemeral.Dequeue(queue, loop, first, width))


def _open_queue(coder: Coder, node: nodes.Recursion, queue: int) -> None:
    width = len(node.source.columns)
    if not node.order:
        coder.emit(ephemeral.OpenQueue(queue, width, name=node.source.name))
        return
    places: list[int] = []
    for term in node.order:
        assert isinstance(term.expr, ColumnRef)
        places.append(term.expr.index)
    # After the terms comes a number that counts the rows.
    keys = coder.key_info(
        [term.collation for term in node.order] + ["BINARY"],
        [term.descending for term in node.order] + [False],
        [term.nulls_first == term.descending for term in node.order] + [False],
    )
    coder.emit(ephemeral.OpenQueue(queue, width, tuple(places), keys, node.source.name))


@PRODUCERS.entry(nodes.QueueRow)
def _produce_queue_row(coder: Coder, node: nodes.QueueRow, consumer: Consumer) -> None:
    coder.locations[node.source] = ExpressionColumns(node.row)
    end = coder.label()
    consumer.row(coder, end)
    coder.place(end)


@final
class Queueing(Consumer):
    """Adds rows to the queue.  seen: the index of those that have been in it, -1 where a row may come again."""

    def __init__(self, queue: int, seen: int, exprs: list[Expr]) -> None:
        self.queue: Final = queue
        self.seen: Final = seen
        self.exprs: Final = exprs

    def row(self, coder: Coder, next: int) -> None:
        count = len(self.exprs)
        first = range_of(coder, self.exprs)
        if self.seen >= 0:
            coder.emit(ephemeral.FoundOrInsert(self.seen, next, first, count))
        coder.emit(ephemeral.Enqueue(self.queue, first, count))
