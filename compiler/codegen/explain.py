"""EXPLAIN and EXPLAIN QUERY PLAN: a program whose rows describe the statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.compiler.codegen.coder import Coder, load
from foundrydb.compiler.codegen.query_plan import query_plan_rows
from foundrydb.vm.listing import COLUMNS, explain
from foundrydb.vm.ops.control import ResultRow
from foundrydb.vm.program import ResultColumn

if TYPE_CHECKING:
    from foundrydb.compiler.plan.nodes import Node
    from foundrydb.storage.format.values import Value
    from foundrydb.vm.program import Program

PLAN_COLUMNS = ("id", "parent", "notused", "detail")


def explain_program(query_plan: bool, inner: Program, plan: Node | None, coder: Coder) -> Program:
    """The program that lists ``inner``, or the lines of EXPLAIN QUERY PLAN.

    plan: the plan that ``inner`` was made from, None for a statement without one.
    """
    coder.builder.parameters = inner.parameters
    if query_plan:
        plans = [] if plan is None else [plan]
        if coder.settings.triggers is not None:
            plans.extend(coder.settings.triggers.plans())
        lines = query_plan_rows(plans)
        table: list[tuple[Value, ...]] = [(row.id, row.parent, 0, row.detail) for row in lines]
        return rows_program(coder, PLAN_COLUMNS, table, 2)
    return rows_program(coder, COLUMNS, list(explain(inner)), 1)


def rows_program(
    coder: Coder, columns: tuple[str, ...], table: list[tuple[Value, ...]], explained: int = 0
) -> Program:
    """The program whose rows are those of ``table``."""
    coder.builder.columns = [ResultColumn(name) for name in columns]
    emit_rows(coder, table, len(columns))
    return coder.finish(explain=explained)


def emit_rows(coder: Coder, table: list[tuple[Value, ...]], width: int) -> None:
    """Emit code that hands out rows of constants."""
    first = coder.registers(width)
    for row in table:
        for i in range(width):
            coder.emit(load(row[i], first + i))
        coder.emit(ResultRow(first, width))
