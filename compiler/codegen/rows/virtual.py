"""Virtual tables in FROM."""

from __future__ import annotations

from foundrydb.compiler.bind.bound import Expr, InList, InQuery, Literal
from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.dispatch import PRODUCERS
from foundrydb.compiler.codegen.expressions.locations import VirtualColumns
from foundrydb.compiler.codegen.expressions.values import range_of, value_into
from foundrydb.compiler.codegen.producing import produce
from foundrydb.compiler.codegen.rows.access import each
from foundrydb.compiler.codegen.rows.seeks import KeyLoop, close_key_loop, open_key_loop
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.plan.costs.module_search import plain_search, virtual_table
from foundrydb.vm.modules.strategy import OFFSET
from foundrydb.vm.ops import calls, control


@PRODUCERS.entry(nodes.ModuleScan)
def produce_module_scan(coder: Coder, node: nodes.ModuleScan, consumer: Consumer) -> None:
    """Emit the loop over the rows that the arguments alone find: the table was not asked for anything better."""
    produce(coder, plain_search(node, coder.functions), consumer)


@PRODUCERS.entry(nodes.ModuleSearch)
def produce_module_search(coder: Coder, node: nodes.ModuleSearch, consumer: Consumer) -> None:
    """Emit the loop over the rows that a virtual table finds, within loops over the items of each IN."""
    cursor = coder.cursor()
    coder.emit(calls.VOpen(cursor, virtual_table(node.module, coder.functions)))
    end = coder.label()
    loops: list[KeyLoop] = []
    first = _values(coder, node, end, loops)
    miss = loops[-1].following if loops else end
    following = coder.label()
    coder.emit(calls.VFilter(cursor, miss, first, len(node.keys), node.text, node.number))
    coder.locations[node.source] = VirtualColumns(cursor)
    loop = coder.here()
    each(coder, consumer, following)
    coder.place(following)
    coder.emit(calls.VNext(cursor, loop))
    for i in range(len(loops) - 1, -1, -1):
        close_key_loop(coder, loops[i])
    coder.place(end)


def _values(coder: Coder, node: nodes.ModuleSearch, end: int, loops: list[KeyLoop]) -> int:
    """Emit the values that the table is given; the first register.  An IN begins a loop, added to ``loops``."""
    if not node.keys:
        return coder.constant(None)
    if all([_is_plain(key, op) for key, op in zip(node.keys, node.ops)]):
        return range_of(coder, node.keys)
    first = coder.registers(len(node.keys))
    for i, key in enumerate(node.keys):
        if isinstance(key, (InList, InQuery)):
            miss = loops[-1].following if loops else end
            loops.append(open_key_loop(coder, key, first + i, miss, False, [0]))
        else:
            value_into(coder, key, first + i)
            if node.ops[i] == OFFSET:
                coder.emit(control.MustBeInt(first + i), "OFFSET")
    return first


def _is_plain(key: Expr, op: str) -> bool:
    """Whether a key is a value that needs no look: no set of values, and no OFFSET that may be no integer."""
    if op == OFFSET:
        return isinstance(key, Literal) and isinstance(key.value, int)
    return not isinstance(key, (InList, InQuery))
