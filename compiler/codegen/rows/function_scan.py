"""Table-valued functions in FROM."""

from __future__ import annotations

from foundrydb import errors
from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.dispatch import PRODUCERS
from foundrydb.compiler.codegen.expressions.locations import FunctionColumns
from foundrydb.compiler.codegen.expressions.values import range_of
from foundrydb.compiler.codegen.rows.access import each
from foundrydb.compiler.plan import nodes
from foundrydb.vm.ops import calls


@PRODUCERS.entry(nodes.FunctionScan)
def produce_function(coder: Coder, node: nodes.FunctionScan, consumer: Consumer) -> None:
    """Emit the loop over a function's rows."""
    function = coder.functions.table(node.function)
    if function is None:
        raise errors.error(f"no such table: {node.function}")
    width = len(function.columns)
    if any(width + i not in node.given for i in range(function.required)):
        raise errors.error(f'first argument to "{node.function}()" missing or unusable')
    given = 0
    for column in node.given:
        given |= 1 << (column - width)
    cursor = coder.cursor()
    coder.emit(calls.VOpen(cursor, function))
    first = range_of(coder, node.args) if node.args else coder.constant(None)
    end = coder.label()
    following = coder.label()
    coder.emit(calls.VFilter(cursor, end, first, len(node.args), given))
    coder.locations[node.source] = FunctionColumns(cursor)
    loop = coder.here()
    each(coder, consumer, following)
    coder.place(following)
    coder.emit(calls.VNext(cursor, loop))
    coder.place(end)
