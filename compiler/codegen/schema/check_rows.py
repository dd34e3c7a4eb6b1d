"""Rows that do not fit their table as ALTER TABLE makes it: the first of them ends the statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.expressions.conditions import jump_if_true
from foundrydb.compiler.codegen.expressions.values import value_into
from foundrydb.compiler.codegen.opening import open_plan
from foundrydb.compiler.codegen.producing import begin_node, begin_row, end_node, end_row, produce
from foundrydb.compiler.codegen.writes.constraints import allowed_types
from foundrydb.vm.ops import control, rows
from foundrydb.vm.ops.compare import IsType

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import Expr
    from foundrydb.compiler.plan.nodes import CheckRows
    from foundrydb.compiler.schema.objects import Table


def check_rows(coder: Coder, node: CheckRows) -> None:
    """Emit the checks of all rows."""
    begin_node(coder, node)
    open_plan(coder, node)
    produce(coder, node.child, _Checks(node))
    end_node(coder)


@final
class _Checks(Consumer):
    """Holds each row against what is demanded of it."""

    def __init__(self, node: CheckRows) -> None:
        self.node: Final = node

    def row(self, coder: Coder, next: int) -> None:
        node = self.node
        begin_row(coder, node)
        if node.refusal:
            coder.emit(control.Halt("SQLITE_ERROR", "abort", node.refusal))
        for test in node.tests:
            fine = coder.label()
            if test.column is None:
                jump_if_true(coder, test.expr, fine, True)
            else:
                _jump_if_typed(coder, test.expr, node.table, test.column, fine)
            coder.emit(control.Halt(test.code, "abort", test.message))
            coder.place(fine)
        end_row(coder)


def _jump_if_typed(coder: Coder, expr: Expr, table: Table, column: int, fine: int) -> None:
    """Emit a jump for a value of a type that a column of a STRICT table takes."""
    held = coder.register()
    value_into(coder, expr, held)
    coder.emit(rows.Affinity(held, 1, table.columns[column].affinity))
    coder.emit(IsType(held, fine, allowed_types(table, column)))
