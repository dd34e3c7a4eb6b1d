"""Reading whole tables, and what all loops over cursors share."""

from __future__ import annotations

from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.dispatch import PRODUCERS
from foundrydb.compiler.codegen.expressions.locations import registers_from, table_columns
from foundrydb.compiler.codegen.opening import leaf_cursors
from foundrydb.compiler.plan import nodes
from foundrydb.vm.ops import cursors


@PRODUCERS.entry(nodes.CountRows)
def _produce_count(coder: Coder, node: nodes.CountRows, consumer: Consumer) -> None:
    cursor, _ = leaf_cursors(coder, node)
    register = coder.register()
    coder.emit(cursors.Count(cursor, register))
    coder.locations[node.source] = registers_from(register, 1)
    end = coder.label()
    consumer.row(coder, end)
    coder.place(end)


@PRODUCERS.entry(nodes.Scan)
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
