"""Subqueries in expressions: as a value, and as EXISTS.

One that refers to no enclosing query is evaluated at most once a statement, when its value is first needed; a
correlated one each time.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.expressions import values_into
from foundrydb.compiler.codegen.produce import produce
from foundrydb.compiler.codegen.usage import output_source
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.resolve.bound import ColumnRef, Exists, Expr, Source, Subquery
from foundrydb.vm.ops import control, registers


@final
class FirstRow(Consumer):
    """Keeps columns of the first row and leaves the loop."""

    def __init__(self, source: Source, columns: list[int], first: int, done: int) -> None:
        self.source: Final = source
        self.columns: Final = columns
        self.first: Final = first
        self.done: Final = done

    def row(self, coder: Coder, next: int) -> None:
        exprs: list[Expr] = [ColumnRef(self.source, i) for i in self.columns]
        values_into(coder, exprs, self.first)
        coder.emit(control.Goto(self.done))


@final
class Leave(Consumer):
    """Leaves the loop at the first row."""

    def __init__(self, target: int) -> None:
        self.target: Final = target

    def row(self, coder: Coder, next: int) -> None:
        coder.emit(control.Goto(self.target))


def plan_of(query: Subquery) -> nodes.Node:
    """The subquery's plan."""
    plan = query.plan
    assert isinstance(plan, nodes.Node)
    return plan


def begin_once(coder: Coder, query: Subquery) -> int:
    """Begin code that runs once if the query is not correlated; what ``end_once`` needs to know."""
    if query.outer or coder.repeats == 0 or coder.queries_vary:
        return 0
    label = coder.label()
    coder.emit(control.Once(label))
    return label


def end_once(coder: Coder, label: int) -> None:
    """End what ``begin_once`` began."""
    if label != 0:
        coder.place(label)


def produce_query(coder: Coder, plan: nodes.Node, consumer: Consumer) -> None:
    """Emit the code that yields the rows of a subquery of an expression."""
    coder.within += 1
    produce(coder, plan, consumer)
    coder.within -= 1


def scalar_columns(coder: Coder, query: Subquery, columns: list[int]) -> int:
    """Emit code for columns of the query's first row (NULL without a row); their first register."""
    first = coder.registers(len(columns))
    once = begin_once(coder, query)
    coder.emit(registers.Null(first, len(columns)))
    done = coder.label()
    plan = plan_of(query)
    produce_query(coder, plan, FirstRow(output_source(plan), columns, first, done))
    coder.place(done)
    end_once(coder, once)
    return first


def exists_into(coder: Coder, expr: Exists, dest: int) -> None:
    """Emit code for the value of EXISTS: 1 or 0."""
    held = coder.register()
    once = begin_once(coder, expr.query)
    found = coder.label()
    end = coder.label()
    produce_query(coder, plan_of(expr.query), Leave(found))
    coder.emit(registers.Integer(0, held))
    coder.emit(control.Goto(end))
    coder.place(found)
    coder.emit(registers.Integer(1, held))
    coder.place(end)
    end_once(coder, once)
    coder.emit(registers.SCopy(held, dest))


def exists_jump(coder: Coder, expr: Exists, target: int, when: bool) -> None:
    """Emit code that goes to ``target`` if EXISTS is ``when``."""
    if not expr.query.outer and coder.repeats > 0 and not coder.queries_vary:
        held = coder.register()
        exists_into(coder, expr, held)
        if when:
            coder.emit(control.If(held, target))
        else:
            coder.emit(control.IfNot(held, target))
    elif when:
        produce_query(coder, plan_of(expr.query), Leave(target))
    else:
        found = coder.label()
        produce_query(coder, plan_of(expr.query), Leave(found))
        coder.emit(control.Goto(target))
        coder.place(found)
