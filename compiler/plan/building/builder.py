"""The entry of planning: a bound statement to its plan in the logical form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.compiler.bind.depth import DeepRecursion
from foundrydb.compiler.bind.statements import BoundNothing, BoundOutput, BoundStatement
from foundrydb.compiler.plan.building import from_clause, queries
from foundrydb.compiler.plan.building.planner import PLANS, Planner
from foundrydb.compiler.plan.nodes import Node, Nothing, Output

if TYPE_CHECKING:
    from foundrydb.vm.functions.registry import FunctionRegistry


def build(statement: BoundStatement, functions: FunctionRegistry) -> Node:
    """The logical plan of a bound statement.

    A statement is planned once: the sources that it makes get the columns that its plan adds to them.

    Raises:
        OperationalError: a virtual table's arguments come from where they are not known.
    """
    room = DeepRecursion()
    room.enter()
    try:
        return Planner(functions, statement).relation(statement)
    finally:
        room.leave()


@PLANS.entry(BoundOutput)
def _output(p: Planner, bound: BoundOutput) -> Node:
    return Output(p.relation(bound.query), bound.columns, bound.declared)


@PLANS.entry(BoundNothing)
def _nothing(p: Planner, bound: BoundNothing) -> Node:
    return Nothing(bound.schema)
