"""Subqueries in FROM, views, common table expressions.

A derived table streams: its query's loop is the loop, with the columns under another name.  One that must be held is
kept in an ephemeral table.  The uses of a common table expression share one table and the subroutine that fills it.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import Call, ColumnRef, Expr, Source
from foundrydb.compiler.codegen.coder import Coder, Consumer, SharedRows
from foundrydb.compiler.codegen.dispatch import PRODUCERS
from foundrydb.compiler.codegen.expressions.locations import ExpressionColumns, RecordColumns, RegisterColumns
from foundrydb.compiler.codegen.expressions.subqueries import end_once
from foundrydb.compiler.codegen.expressions.values import PLAIN, constancy, resolve, value_into
from foundrydb.compiler.codegen.producing import produce
from foundrydb.compiler.codegen.rows.keeping import Materializing, begin_keeping, keep_rows, walk_rows
from foundrydb.compiler.codegen.usage import used_columns
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.plan.walk import output_source
from foundrydb.vm.ops import control, cursors, ephemeral
from foundrydb.vm.ops.subroutines import Gosub, Return


@PRODUCERS.entry(nodes.Derived)
def produce_derived(coder: Coder, node: nodes.Derived, consumer: Consumer) -> None:
    """Emit the code for a derived table."""
    if node.shared:
        _produce_shared(coder, node, consumer)
    elif node.materialized:
        _produce_materialized(coder, node, consumer)
    else:
        produce(coder, node.child, Renaming(node, consumer))


# -- streaming ----------------------------------------------------------------------------------------------------


@final
class Renaming(Consumer):
    """The child's output columns under the derived table's name.

    What is asked for more than once is computed here, once; columns of cursors and registers are only passed on.
    """

    def __init__(self, node: nodes.Derived, consumer: Consumer) -> None:
        self.node: Final = node
        self.consumer: Final = consumer

    def row(self, coder: Coder, next: int) -> None:
        inner = output_source(self.node.child)
        uses = coder.used.get(self.node.source, {})
        exprs: list[Expr] = []
        computed: list[int] = []
        for i in range(len(self.node.source.columns)):
            expr: Expr = ColumnRef(inner, i)
            count = uses.get(i, 0)
            if count > 0 and (count > 1 or volatile(coder, expr)) and not _is_stored(coder, expr):
                computed.append(i)
            exprs.append(expr)
        if computed:
            held = Source(-1, self.node.source.name, self.node.source.columns)
            columns = [0] * len(exprs)
            for i in computed:
                columns[i] = coder.register()
                value_into(coder, exprs[i], columns[i])
                exprs[i] = ColumnRef(held, i)
            coder.locations[held] = RegisterColumns(columns)
        coder.locations[self.node.source] = ExpressionColumns(exprs)
        self.consumer.row(coder, next)


def volatile(coder: Coder, expr: Expr) -> bool:
    """Whether evaluating the expression twice may give two answers."""
    expr = resolve(coder, expr)
    if isinstance(expr, Call) and not expr.function.deterministic:
        return True
    return any(volatile(coder, child) for child in expr.children())


def _is_stored(coder: Coder, expr: Expr) -> bool:
    expr = resolve(coder, expr)
    return isinstance(expr, ColumnRef) or constancy(expr) == PLAIN


def _held_outputs(coder: Coder, node: nodes.Derived, columns: list[int]) -> list[Expr]:
    inner = output_source(node.child)
    return [ColumnRef(inner, i) for i in columns]


def _produce_materialized(coder: Coder, node: nodes.Derived, consumer: Consumer) -> None:
    columns = used_columns(coder, node.source)
    once = begin_keeping(coder, node, node)
    cursor = keep_rows(coder, node.child, _held_outputs(coder, node, columns), node.source.name)
    end_once(coder, once)
    coder.locations[node.source] = RecordColumns(cursor, {column: i for i, column in enumerate(columns)})
    walk_rows(coder, cursor, consumer)


def _produce_shared(coder: Coder, node: nodes.Derived, consumer: Consumer) -> None:
    columns = list(range(len(node.source.columns)))
    known = coder.shared.get(node.shared)
    if known is None:
        shared = SharedRows(coder.cursor(), coder.label(), coder.register())
        coder.shared[node.shared] = shared
        around = coder.label()
        coder.emit(Gosub(shared.back, shared.routine))
        coder.emit(control.Goto(around))
        coder.place(shared.routine)
        end = coder.label()
        coder.emit(control.Once(end))
        coder.emit(ephemeral.OpenEphemeral(shared.cursor, len(columns), None, node.source.name))
        produce(coder, node.child, Materializing(shared.cursor, _held_outputs(coder, node, columns)))
        coder.place(end)
        coder.emit(Return(shared.back))
        coder.place(around)
        known = shared
    else:
        coder.emit(Gosub(known.back, known.routine))
    cursor = coder.cursor()
    coder.emit(cursors.OpenDup(cursor, known.cursor))
    coder.locations[node.source] = RecordColumns(cursor, {i: i for i in columns})
    walk_rows(coder, cursor, consumer)
