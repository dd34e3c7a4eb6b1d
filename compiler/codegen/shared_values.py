"""Expressions that are evaluated at most once for a row, however often they occur: where their values are kept.

A register keeps the value.  It is NULL when the row begins, and an occurrence evaluates the expression only if it is
still NULL: so nothing is evaluated that would not be without sharing, whichever way conditions go, and a value that
is NULL is merely found out again.  Code that is emitted elsewhere, for rows that come out of a sorter say, evaluates
the expression as if it occurred once.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import Shared
from foundrydb.compiler.bind.properties import reads_only, sources_in
from foundrydb.compiler.codegen.coder import Coder, Consumer, Kept
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.plan.walk import visible_sources
from foundrydb.vm.ops import registers


@final
class KeepingShared(Consumer):
    """A row whose shared expressions have not been evaluated yet."""

    def __init__(self, numbers: list[int], consumer: Consumer) -> None:
        self.numbers: Final = numbers
        self.consumer: Final = consumer

    def row(self, coder: Coder, next: int) -> None:
        count = len(self.numbers)
        first = coder.registers(count)
        coder.emit(registers.Null(first, count), "not evaluated yet")
        around = [coder.kept.get(number) for number in self.numbers]
        for i, number in enumerate(self.numbers):
            coder.kept[number] = Kept(first + i, coder.repeats)
        self.consumer.row(coder, next)
        for number, before in zip(self.numbers, around):
            if before is None:
                del coder.kept[number]
            else:
                coder.kept[number] = before


def keeping_shared(coder: Coder, node: nodes.Node, consumer: Consumer) -> Consumer:
    """The consumer of a node's rows, which keeps the values of the expressions that are about these rows."""
    numbers = [number for number, shared in coder.sharing.items() if is_about(shared, node)]
    return KeepingShared(numbers, consumer) if numbers else consumer


def is_about(shared: Shared, node: nodes.Node) -> bool:
    """Whether a node is the lowest that knows all that an expression reads."""
    if isinstance(node, nodes.Join):
        return reads_only(shared, visible_sources(node)) and not any(
            reads_only(shared, visible_sources(side)) for side in node.children()
        )
    own = node.made_source()
    return own is not None and sources_in(shared) == [own]
