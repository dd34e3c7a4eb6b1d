"""VACUUM: one instruction, which does all the work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.compiler.codegen.dispatch import ROOTS
from foundrydb.compiler.codegen.expressions.values import value
from foundrydb.compiler.codegen.opening import open_plan
from foundrydb.compiler.codegen.usage import collect
from foundrydb.compiler.plan import nodes
from foundrydb.vm.ops.transactions import Vacuum

if TYPE_CHECKING:
    from foundrydb.compiler.codegen.coder import Coder


@ROOTS.entry(nodes.Vacuum)
def code_vacuum(coder: Coder, node: nodes.Vacuum) -> None:
    """Emit the code of VACUUM; there is none for temp, as in SQLite."""
    schema = coder.catalog.schemas[coder.schema_number(node.schema)]
    if schema is coder.catalog.temp:
        return
    collect(coder, node)
    open_plan(coder, node)
    file = 0 if node.file is None else value(coder, node.file)
    coder.emit(Vacuum(schema.number, file))
