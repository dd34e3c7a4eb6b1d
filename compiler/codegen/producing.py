"""The entry to the code of plan nodes that yield rows."""

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
