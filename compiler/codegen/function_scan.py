"""Table-valued functions in FROM."""

from __future__ import annotations

from foundrydb import errors
from foundrydb.compiler.codegen.access import each
from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.expressions import range_of
from foundrydb.compiler.codegen.locations import FunctionColumns
from foundrydb.compiler.codegen.usage import used_columns
from foundrydb.compiler.plan import nodes
from foundrydb.vm.ops import calls


def produce_function(coder: Coder, node: nodes.FunctionScan, consumer: Consumer) -> None:
    """Emit the loop over a function's rows."""
    function = coder.functions.table(node.function)
    if function is None:
        raise errors.error(f"no such table: {node.function}")
    if len(node.args) < function.required:
        raise errors.error(f"too few arguments on {node.function}()")
    if len(node.args) > len(function.hidden):
        raise errors.error(f"too many arguments on {node.function}() - max {len(function.hidden)}")
    for column in used_columns(coder, node.source):
        if column >= len(function.columns) + len(node.args):
            raise errors.not_supported(f"arguments of {node.function}() that WHERE gives")
    cursor = coder.cursor()
    coder.emit(calls.VOpen(cursor, function))
    first = range_of(coder, node.args) if node.args else coder.constant(None)
    end = coder.label()
    following = coder.label()
    coder.emit(calls.VFilter(cursor, end, first, len(node.args), (1 << len(node.args)) - 1))
    coder.locations[node.source] = FunctionColumns(cursor)
    loop = coder.here()
    each(coder, consumer, following)
    coder.place(following)
    coder.emit(calls.VNext(cursor, loop))
    coder.place(end)
