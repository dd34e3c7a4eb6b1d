"""ATTACH and DETACH: the values of their expressions go to one instruction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.dispatch import ROOTS
from foundrydb.compiler.codegen.expressions.values import range_of
from foundrydb.compiler.codegen.opening import open_plan
from foundrydb.compiler.codegen.producing import produce
from foundrydb.compiler.codegen.usage import collect, output_columns
from foundrydb.compiler.plan import nodes
from foundrydb.vm.ops.transactions import Attach, Detach

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import Expr


@ROOTS.entry(nodes.Attach)
def code_attach(coder: Coder, node: nodes.Attach) -> None:
    """Emit the code of ATTACH."""
    _code(coder, node.child)


@ROOTS.entry(nodes.Detach)
def code_detach(coder: Coder, node: nodes.Detach) -> None:
    """Emit the code of DETACH."""
    _code(coder, node.child)


def _code(coder: Coder, query: nodes.Node) -> None:
    assert isinstance(query, nodes.Output)
    collect(coder, query)
    open_plan(coder, query)
    produce(coder, query.child, Naming(output_columns(query.child, len(query.columns))))


@final
class Naming(Consumer):
    """Hands the names to the instruction: the file and the name, or the name alone."""

    def __init__(self, exprs: list[Expr]) -> None:
        self.exprs: Final = exprs

    def row(self, coder: Coder, next: int) -> None:
        first = range_of(coder, self.exprs)
        coder.emit(Detach(first) if len(self.exprs) == 1 else Attach(first, first + 1))
