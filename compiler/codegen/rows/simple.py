"""The plan nodes that need no loop over stored rows, and a consumer's code as a subroutine."""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import Expr, Literal, Source
from foundrydb.compiler.bind.properties import (
    conjunction,
    conjuncts,
    is_constant,
    is_deterministic,
    may_fail,
    sources_in,
)
from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.dispatch import PRODUCERS
from foundrydb.compiler.codegen.expressions.conditions import jump_if_false
from foundrydb.compiler.codegen.expressions.locations import (
    ExpressionColumns,
    RegisterColumns,
    registers_from,
)
from foundrydb.compiler.codegen.expressions.values import values_into
from foundrydb.compiler.codegen.producing import produce
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.plan.walk import made_sources
from foundrydb.storage.format.values import Value
from foundrydb.vm.ops.control import Goto
from foundrydb.vm.ops.registers import ConstantRow, Integer
from foundrydb.vm.ops.subroutines import Gosub, Return


@PRODUCERS.entry(nodes.Project)
def _produce_project(coder: Coder, node: nodes.Project, consumer: Consumer) -> None:
    produce(coder, node.child, Projecting(node, consumer))


@PRODUCERS.entry(nodes.Filter)
def _produce_filter(coder: Coder, node: nodes.Filter, consumer: Consumer) -> None:
    """What no row decides is tested once, before any is read, and before rows are kept to be read."""
    terms = conjuncts(node.predicate)
    made = made_sources(node.child)
    decided: list[Expr] = []
    others: list[Expr] = []
    for term in terms:
        (decided if _is_decided(term, made) else others).append(term)
    if not decided:
        produce(coder, node.child, Filtering(node.predicate, consumer))
        return
    end = coder.label()
    for term in decided:
        jump_if_false(coder, term, end, True)
    rest = conjunction(others)
    produce(coder, node.child, consumer if rest is None else Filtering(rest, consumer))
    coder.place(end)


def _is_decided(term: Expr, made: list[Source]) -> bool:
    """Whether a condition is about none of the rows that are made: a constant, or one on an enclosing query's row."""
    if is_constant(term):
        return True
    read = sources_in(term)
    enclosing = len(read) > 0 and all([source not in made for source in read])
    return enclosing and is_deterministic(term) and not may_fail(term)


@PRODUCERS.entry(nodes.SingleRow)
def _produce_single_row(coder: Coder, node: nodes.SingleRow, consumer: Consumer) -> None:
    end = coder.label()
    consumer.row(coder, end)
    coder.place(end)


@final
class Projecting(Consumer):
    """A projection: its columns are evaluated where they are asked for."""

    def __init__(self, node: nodes.Project, consumer: Consumer) -> None:
        self.node: Final = node
        self.consumer: Final = consumer

    def row(self, coder: Coder, next: int) -> None:
        coder.locations[self.node.source] = ExpressionColumns(self.node.exprs)
        self.consumer.row(coder, next)

    def early(self, coder: Coder, next: int, known: list[Source]) -> None:
        coder.locations[self.node.source] = ExpressionColumns(self.node.exprs)
        self.consumer.early(coder, next, known)


@final
class Filtering(Consumer):
    """A filter: a jump to the next row."""

    def __init__(self, predicate: Expr, consumer: Consumer) -> None:
        self.predicate: Final = predicate
        self.consumer: Final = consumer

    def row(self, coder: Coder, next: int) -> None:
        jump_if_false(coder, self.predicate, next, True)
        self.consumer.row(coder, next)


@final
class Routine:
    """A consumer's code as a subroutine, for nodes that have a row at more than one place of their code.

    ``call`` at each of those places; then ``define`` once, where the code does not run into it.
    """

    def __init__(self, coder: Coder) -> None:
        self.entry: Final = coder.label()
        self.back: Final = coder.register()

    def call(self, coder: Coder) -> None:
        """Emit a call."""
        coder.emit(Gosub(self.back, self.entry))

    def define(self, coder: Coder, consumer: Consumer) -> None:
        """Emit the subroutine, and the jump around it."""
        around = coder.label()
        coder.emit(Goto(around))
        self.define_here(coder, consumer)
        coder.place(around)

    def define_here(self, coder: Coder, consumer: Consumer) -> None:
        """Emit the subroutine where nothing falls into it."""
        coder.place(self.entry)
        end = coder.label()
        coder.repeats += 1
        consumer.row(coder, end)
        coder.repeats -= 1
        coder.place(end)
        coder.emit(Return(self.back))


@PRODUCERS.entry(nodes.Values)
def _produce_values(coder: Coder, node: nodes.Values, consumer: Consumer) -> None:
    if len(node.tuples) == 1:
        coder.locations[node.source] = ExpressionColumns(node.tuples[0])
        end = coder.label()
        consumer.row(coder, end)
        coder.place(end)
        return
    width = len(node.source.columns)
    first = coder.registers(width)
    if node.constant:
        coder.locations[node.source] = registers_from(first, width)
        _produce_constant_rows(coder, node, first, consumer)
        return
    routine = Routine(coder)
    for row in node.tuples:
        values_into(coder, row, first)
        routine.call(coder)
    coder.locations[node.source] = registers_from(first, width)
    routine.define(coder, consumer)


def _produce_constant_rows(coder: Coder, node: nodes.Values, first: int, consumer: Consumer) -> None:
    """A loop over rows that the program holds as they are."""
    rows: list[tuple[Value, ...]] = []
    for row in node.tuples:
        rows.append(tuple([expr.value for expr in row if isinstance(expr, Literal)]))
    index = coder.register()
    loop, following, end = coder.label(), coder.label(), coder.label()
    coder.emit(Integer(0, index))
    coder.place(loop)
    coder.emit(ConstantRow(index, end, first, tuple(rows), len(node.source.columns)))
    coder.repeats += 1
    consumer.row(coder, following)
    coder.repeats -= 1
    coder.place(following)
    coder.emit(Goto(loop))
    coder.place(end)


@PRODUCERS.entry(nodes.Empty)
def _produce_nothing(coder: Coder, node: nodes.Empty, consumer: Consumer) -> None:
    end = coder.label()
    for schema in node.schemas:
        coder.use(coder.schema_number(schema))
    for source in node.sources:
        null = coder.constant(None)
        coder.locations[source] = RegisterColumns([null] * len(source.columns), null)
    coder.emit(Goto(end))
    consumer.row(coder, end)
    coder.place(end)
