"""The entry to the code of plan nodes that yield rows, and the notes of what the code of others is for."""

from __future__ import annotations

from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.dispatch import PRODUCERS
from foundrydb.compiler.codegen.shared_values import keeping_shared
from foundrydb.compiler.plan.nodes import Node


def produce(coder: Coder, node: Node, consumer: Consumer) -> None:
    """Emit the code that yields the node's rows, with the consumer's code for each of them."""
    coder.catalog.watch.look()
    if coder.sharing:
        consumer = keeping_shared(coder, node, consumer)
    attribution = coder.settings.attribution
    if attribution is None:
        PRODUCERS.of(node)(coder, node, consumer)
        return
    PRODUCERS.of(node)(coder, node, attribution.enter(coder, node, consumer))
    attribution.leave(coder)


def begin_node(coder: Coder, node: Node) -> None:
    """What follows is code for a node that has no consumer, until ``end_node``."""
    attribution = coder.settings.attribution
    if attribution is not None:
        attribution.begin(coder, node)


def end_node(coder: Coder) -> None:
    """The code for the node that began last is complete."""
    attribution = coder.settings.attribution
    if attribution is not None:
        attribution.leave(coder)


def begin_row(coder: Coder, node: Node) -> None:
    """What follows deals with a row that counts as one of such a node, until ``end_row``."""
    attribution = coder.settings.attribution
    if attribution is not None:
        attribution.begin_row(coder, node)


def end_row(coder: Coder) -> None:
    """The row that began last is dealt with."""
    attribution = coder.settings.attribution
    if attribution is not None:
        attribution.end_row(coder)
