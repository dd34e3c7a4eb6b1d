"""Subqueries in expressions: as a value, and as EXISTS.

One that refers to no enclosing query is evaluated at most once a statement, when its value is first needed; a
correlated one at most once for each row of the tables that it refers to, in a join where those stay while other
tables' rows change, and else each time.  RETURNING asks those anew that read the table which is changed.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import ColumnRef, Exists, Expr, ScalarQuery, Source, Subquery
from foundrydb.compiler.codegen.coder import Coder, Consumer, Remembered
from foundrydb.compiler.codegen.dispatch import JUMPS, VALUES
from foundrydb.compiler.codegen.expressions.values import jump_by_value, values_into
from foundrydb.compiler.codegen.producing import produce
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.plan.walk import output_source, reads
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
class LeaveLoop(Consumer):
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


def _runs_once(coder: Coder, query: Subquery) -> bool:
    """Whether the query has the same rows each time, and may be asked for more than once."""
    if query.outer or coder.repeats == 0:
        return False
    changed = coder.changed
    return not coder.queries_vary or (changed is not None and not reads(plan_of(query), changed))


def begin_once(coder: Coder, query: Subquery) -> int:
    """Begin code that runs once if that is enough; what ``end_once`` needs to know."""
    if not _runs_once(coder, query):
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


def remember(coder: Coder, sources: list[Source]) -> list[Subquery]:
    """Begin the loops over other tables, for a row of ``sources``; what ``forget`` needs to know.

    Correlated subqueries that refer to these sources alone keep their value until the next such row.
    """
    begun: list[Subquery] = []
    for query in coder.correlated:
        if id(query) not in coder.remembered and all(source in sources for source in query.outer):
            width = 1 + max(len(query.columns), 1)
            kept = Remembered(coder.registers(width))
            coder.remembered[id(query)] = kept
            coder.emit(registers.Null(kept.known, width), "subquery not evaluated yet")
            begun.append(query)
    return begun


def forget(coder: Coder, begun: list[Subquery]) -> None:
    """End the loops: code emitted from here on runs for other rows."""
    for query in begun:
        del coder.remembered[id(query)]


def _kept_value(coder: Coder, query: Subquery, columns: list[int]) -> Remembered | None:
    """Where the value of a subquery is kept; None where it is not."""
    kept = coder.remembered.get(id(query))
    if kept is None:
        return None
    if not kept.coded:
        kept.coded = True
        kept.columns = columns
    return kept if kept.columns == columns else None


def scalar_columns(coder: Coder, query: Subquery, columns: list[int]) -> int:
    """Emit code for columns of the query's first row (NULL without a row); their first register."""
    kept = _kept_value(coder, query, columns)
    if kept is None:
        first = coder.registers(len(columns))
        once = begin_once(coder, query)
    else:
        first = kept.first
        once = begin_unless_known(coder, kept.known)
    coder.emit(registers.Null(first, len(columns)))
    done = coder.label()
    plan = plan_of(query)
    produce_query(coder, plan, FirstRow(output_source(plan), columns, first, done))
    coder.place(done)
    end_once(coder, once)
    return first


def begin_unless_known(coder: Coder, known: int) -> int:
    """Begin code that runs where a register is NULL, and is not then; what ``end_once`` needs to know."""
    label = coder.label()
    coder.emit(control.OnceEach(known, label))
    return label


@VALUES.entry(ScalarQuery)
def _scalar_into(coder: Coder, expr: ScalarQuery, dest: int) -> None:
    first = scalar_columns(coder, expr.query, [expr.index])
    coder.emit(registers.SCopy(first, dest))


@VALUES.entry(Exists)
def exists_into(coder: Coder, expr: Exists, dest: int) -> None:
    """Emit code for the value of EXISTS: 1 or 0."""
    kept = _kept_value(coder, expr.query, [])
    if kept is None:
        held = coder.register()
        once = begin_once(coder, expr.query)
    else:
        held = kept.first
        once = begin_unless_known(coder, kept.known)
    found = coder.label()
    end = coder.label()
    produce_query(coder, plan_of(expr.query), LeaveLoop(found))
    coder.emit(registers.Integer(0, held))
    coder.emit(control.Goto(end))
    coder.place(found)
    coder.emit(registers.Integer(1, held))
    coder.place(end)
    end_once(coder, once)
    coder.emit(registers.SCopy(held, dest))


@JUMPS.entry(Exists)
def exists_jump(coder: Coder, expr: Exists, target: int, when: bool, null: bool) -> None:
    """Emit code that goes to ``target`` if EXISTS, which is never NULL, is ``when``."""
    once = _runs_once(coder, expr.query)
    if once or id(expr.query) in coder.remembered:
        held = coder.register()
        exists_into(coder, expr, held)
        jump_by_value(coder, held, target, when, False)
    elif when:
        produce_query(coder, plan_of(expr.query), LeaveLoop(target))
    else:
        found = coder.label()
        produce_query(coder, plan_of(expr.query), LeaveLoop(found))
        coder.emit(control.Goto(target))
        coder.place(found)
