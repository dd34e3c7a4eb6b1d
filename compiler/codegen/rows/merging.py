"""Compounds whose sides come in one order: the two are coroutines, read in turn.

Each side puts a row into registers and yields.  The smaller row goes on, or is dropped, as UNION, INTERSECT or EXCEPT
have it, and its side is asked for the next one; of equal rows the left one is smaller.  Equal rows come one after the
other, so that comparing with the row before tells which are new.  Nothing is kept, and a LIMIT above stops both sides.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import ColumnRef, Expr
from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.expressions.locations import registers_from
from foundrydb.compiler.codegen.expressions.values import values_into
from foundrydb.compiler.codegen.producing import produce
from foundrydb.compiler.codegen.rows.simple import Routine
from foundrydb.compiler.codegen.usage import output_columns
from foundrydb.compiler.plan import nodes
from foundrydb.vm.ops import compare as compare_ops
from foundrydb.vm.ops import control, registers
from foundrydb.vm.ops.subroutines import EndCoroutine, InitCoroutine, Yield


@final
class Side:
    """One side of a merge.

    first: the registers of its current row.  state: the coroutine's register.
    """

    def __init__(self, first: int, state: int) -> None:
        self.first: Final = first
        self.state: Final = state


@final
class Handing(Consumer):
    """Puts a row into registers, and hands it over."""

    def __init__(self, side: Side, exprs: list[Expr]) -> None:
        self.side: Final = side
        self.exprs: Final = exprs

    def row(self, coder: Coder, next: int) -> None:
        values_into(coder, self.exprs, self.side.first)
        coder.emit(Yield(self.side.state))


@final
class New(Consumer):
    """Drops a row that equals the one before it."""

    def __init__(self, node: nodes.Compound, row: int, consumer: Consumer) -> None:
        self.node: Final = node
        self.given: Final = row
        self.consumer: Final = consumer
        self.before = 0
        self.started = 0

    def prepare(self, coder: Coder) -> None:
        """Emit what must be done before the first row."""
        width = len(self.node.source.columns)
        self.before = coder.registers(width)
        self.started = coder.register()
        coder.emit(registers.Null(self.before, width))
        coder.emit(registers.Integer(0, self.started))

    def row(self, coder: Coder, next: int) -> None:
        width = len(self.node.source.columns)
        fresh = coder.label()
        coder.emit(control.IfNot(self.started, fresh))
        coder.emit(compare_ops.Compare(self.given, self.before, width, coder.key_info(self.node.sequences)))
        coder.emit(control.Jump(fresh, next, fresh))
        coder.place(fresh)
        coder.emit(registers.Integer(1, self.started))
        coder.emit(registers.Copy(self.given, self.before, width))
        self.consumer.row(coder, next)


def produce_merge(coder: Coder, node: nodes.Compound, consumer: Consumer) -> None:
    """Emit the code of a merge."""
    width = len(node.source.columns)
    left = _begin(coder, node.left, width)
    right = _begin(coder, node.right, width)
    given = coder.registers(width)
    routine = Routine(coder)
    if node.op != "UNION ALL":
        fresh = New(node, given, consumer)
        fresh.prepare(coder)
        consumer = fresh
    end = coder.label()
    _Merge(coder, node, left, right, given, routine, end).emit()
    coder.locations[node.source] = registers_from(given, width)
    routine.define_here(coder, consumer)
    coder.place(end)


def _begin(coder: Coder, node: nodes.Node, width: int) -> Side:
    """Emit a side as a coroutine that has not begun."""
    side = Side(coder.registers(width), coder.register())
    start = coder.label()
    around = coder.label()
    coder.emit(registers.Null(side.first, width))
    coder.emit(InitCoroutine(side.state, around, start))
    coder.place(start)
    produce(coder, node, Handing(side, output_columns(node, width)))
    coder.emit(EndCoroutine(side.state))
    coder.place(around)
    return side


@final
class _Merge:
    """Emits the loops that read two sides in turn."""

    def __init__(
        self,
        coder: Coder,
        node: nodes.Compound,
        left: Side,
        right: Side,
        given: int,
        routine: Routine,
        end: int,
    ) -> None:
        self.coder: Final = coder
        self.node: Final = node
        self.left: Final = left
        self.right: Final = right
        self.given: Final = given
        self.routine: Final = routine
        self.end: Final = end

    def emit(self) -> None:
        """Emit everything but the routine that takes the rows."""
        coder, op = self.coder, self.node.op
        united = op.startswith("UNION")
        compare = coder.label()
        no_left = coder.label() if united else self.end
        no_right = self.end if op == "INTERSECT" else coder.label()
        less, equal, greater = coder.label(), coder.label(), coder.label()
        nothing = coder.label() if united else self.end
        coder.emit(Yield(self.left.state, nothing))
        coder.emit(Yield(self.right.state, no_right))
        coder.place(compare)
        self._compare()
        coder.emit(control.Jump(less, equal, greater))
        coder.place(equal)
        if op in ("UNION ALL", "INTERSECT"):
            self._give(self.left)
        self._next(self.left, no_left, compare)
        coder.place(less)
        if op != "INTERSECT":
            self._give(self.left)
        self._next(self.left, no_left, compare)
        coder.place(greater)
        if united:
            self._give(self.right)
        self._next(self.right, no_right, compare)
        if united:
            coder.place(nothing)
            coder.emit(Yield(self.right.state, self.end))
            coder.place(no_left)
            self._rest(self.right)
        if op != "INTERSECT":
            coder.place(no_right)
            self._rest(self.left)

    def _compare(self) -> None:
        terms = self.node.merged
        places: list[int] = []
        for term in terms:
            assert isinstance(term.expr, ColumnRef)
            places.append(term.expr.index)
        keys = self.coder.key_info(
            [term.collation for term in terms],
            [term.descending for term in terms],
            [term.nulls_first == term.descending for term in terms],
        )
        self.coder.emit(
            compare_ops.Compare(self.left.first, self.right.first, len(terms), keys, tuple(places))
        )

    def _next(self, side: Side, none: int, compare: int) -> None:
        """Ask a side for its next row; ``none``: where to go when it has ended."""
        self.coder.emit(Yield(side.state, none))
        self.coder.emit(control.Goto(compare))

    def _give(self, side: Side) -> None:
        """Let a side's row go on."""
        self.coder.emit(registers.Copy(side.first, self.given, len(self.node.source.columns)))
        self.routine.call(self.coder)

    def _rest(self, side: Side) -> None:
        """The other side has ended: the current row and all that follow go on."""
        loop = self.coder.here()
        self._give(side)
        self.coder.emit(Yield(side.state, self.end))
        self.coder.emit(control.Goto(loop))
