"""ORDER BY, DISTINCT, LIMIT and OFFSET."""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import ColumnRef, Expr, OrderTerm, Source
from foundrydb.compiler.bind.properties import reads_only, sources_in
from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.dispatch import PRODUCERS
from foundrydb.compiler.codegen.expressions.formulas import first_formula, rest_cannot_fail
from foundrydb.compiler.codegen.expressions.locations import RecordColumns, RegisterColumns
from foundrydb.compiler.codegen.expressions.values import (
    existing_range,
    range_of,
    resolve,
    value_into,
    values_into,
)
from foundrydb.compiler.codegen.producing import produce
from foundrydb.compiler.codegen.rows.aggregation import open_sorter
from foundrydb.compiler.codegen.rows.simple import Routine
from foundrydb.compiler.codegen.rows.sorted_rows import each_sorted
from foundrydb.compiler.codegen.usage import used_columns
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.plan.walk import output_source
from foundrydb.vm.ops import compare as compare_ops
from foundrydb.vm.ops import control, ephemeral, registers, sorter

# -- ORDER BY -------------------------------------------------------------------------------------------------------


@final
class SortFill(Consumer):
    """Puts rows into the sorter: the terms, then the columns that no term holds.

    top: only some of the first rows are wanted.
    """

    def __init__(self, cursor: int, exprs: list[Expr], top: bool) -> None:
        self.cursor: Final = cursor
        self.exprs: Final = exprs
        self.top: Final = top
        self._skips = False

    def row(self, coder: Coder, next: int) -> None:
        self._skip(coder, next)
        if self.top and self._has_more(coder):
            first = self._first_looked_at(coder, next)
        else:
            first = range_of(coder, self.exprs)
        coder.emit(sorter.SorterPut(self.cursor, first, len(self.exprs)))

    def early(self, coder: Coder, next: int, known: list[Source]) -> None:
        first = resolve(coder, self.exprs[0])
        if sources_in(first) and reads_only(first, known):
            self._skip(coder, next)

    def _skip(self, coder: Coder, next: int) -> None:
        """Emit code, once, that passes over a row whose first term says that it comes too late."""
        formula = first_formula(coder, self.exprs) if self.top and not self._skips else None
        if formula is not None:
            self._skips = True
            coder.emit(sorter.SorterSkip(self.cursor, formula, next))

    def _has_more(self, coder: Coder) -> bool:
        """Whether there is more to be read than the first value, which may sort the row out."""
        more = len(self.exprs) > 1 and rest_cannot_fail(coder, self.exprs)
        return more and existing_range(coder, self.exprs) == 0

    def _first_looked_at(self, coder: Coder, next: int) -> int:
        """Emit code that reads the first value, and the others if the row may be wanted; their first register."""
        first = coder.registers(len(self.exprs))
        value_into(coder, self.exprs[0], first)
        coder.emit(sorter.SorterPast(self.cursor, first, next))
        values_into(coder, self.exprs[1:], first + 1, owned=True)
        return first


@final
class BlockFill(Consumer):
    """Puts rows into the sorter, which a subroutine empties before the first row of another block.

    terms: what rows of one block have in common, kept in registers from ``kept`` on.
    full: a register that is 1 when there is a row in the sorter.
    """

    def __init__(
        self, fill: SortFill, terms: list[OrderTerm], kept: int, full: int, routine: Routine
    ) -> None:
        self.fill: Final = fill
        self.terms: Final = terms
        self.kept: Final = kept
        self.full: Final = full
        self.routine: Final = routine

    def row(self, coder: Coder, next: int) -> None:
        count = len(self.terms)
        first = range_of(coder, [term.expr for term in self.terms])
        begin = coder.label()
        changed = coder.label()
        same = coder.label()
        coder.emit(control.IfNot(self.full, begin))
        keys = coder.key_info([term.collation for term in self.terms])
        coder.emit(compare_ops.Compare(first, self.kept, count, keys))
        coder.emit(control.Jump(changed, same, changed))
        coder.place(changed)
        self.routine.call(coder)
        coder.place(begin)
        coder.emit(registers.Copy(first, self.kept, count))
        coder.emit(registers.Integer(1, self.full))
        coder.place(same)
        self.fill.row(coder, next)


@PRODUCERS.entry(nodes.Sort)
def _produce_sort(coder: Coder, node: nodes.Sort, consumer: Consumer) -> None:
    source = output_source(node)
    terms = node.terms[node.ordered :]
    stored: list[Expr] = [term.expr for term in terms]
    positions: dict[int, int] = {}
    for i in range(len(stored)):
        expr = stored[i]
        if isinstance(expr, ColumnRef) and expr.source is source and expr.index not in positions:
            positions[expr.index] = i
    for column in used_columns(coder, source):
        if column not in positions:
            positions[column] = len(stored)
            stored.append(ColumnRef(source, column))
    cursor = coder.cursor()
    limit = 0
    if node.top is not None:
        limit = coder.register()
        value_into(coder, node.top, limit)
    opening = open_sorter(coder, cursor, terms, len(stored) - len(terms), limit)
    coder.emit(opening, "ORDER BY")
    fill = SortFill(cursor, stored, node.top is not None)
    if not node.ordered:
        tops = 1 if fill.top else 0
        coder.tops += tops
        produce(coder, node.child, fill)
        coder.tops -= tops
        coder.locations[source] = RecordColumns(cursor, positions)
        each_sorted(coder, cursor, consumer)
        return
    kept = coder.registers(node.ordered)
    coder.emit(registers.Null(kept, node.ordered))
    full = coder.register()
    coder.emit(registers.Integer(0, full))
    routine = Routine(coder)
    produce(coder, node.child, BlockFill(fill, node.terms[: node.ordered], kept, full, routine))
    coder.locations[source] = RecordColumns(cursor, positions)
    routine.call(coder)
    routine.define(coder, Emptying(cursor, opening, consumer))


@final
class Emptying(Consumer):
    """A block of rows: the loop over the sorter, which is opened anew for the next block."""

    def __init__(self, cursor: int, opening: sorter.SorterOpen, consumer: Consumer) -> None:
        self.cursor: Final = cursor
        self.opening: Final = opening
        self.consumer: Final = consumer

    def row(self, coder: Coder, next: int) -> None:
        each_sorted(coder, self.cursor, self.consumer)
        coder.emit(self.opening)


# -- DISTINCT -------------------------------------------------------------------------------------------------------


@final
class Distinguishing(Consumer):
    """Drops a row whose leading columns were met before: in an index of them, or in the row before."""

    def __init__(
        self, node: nodes.Distinct, cursor: int, previous: int, started: int, consumer: Consumer
    ) -> None:
        self.node: Final = node
        self.cursor: Final = cursor
        self.previous: Final = previous
        self.started: Final = started
        self.consumer: Final = consumer

    def row(self, coder: Coder, next: int) -> None:
        node = self.node
        source = output_source(node)
        columns = used_columns(coder, source)
        extra = [column for column in columns if column >= node.width]
        exprs: list[Expr] = [ColumnRef(source, i) for i in range(node.width)]
        exprs.extend([ColumnRef(source, i) for i in extra])
        first = range_of(coder, exprs)
        if self.cursor >= 0:
            coder.emit(ephemeral.FoundOrInsert(self.cursor, next, first, node.width))
        else:
            fresh = coder.label()
            coder.emit(control.IfNot(self.started, fresh))
            keys = coder.key_info(node.sequences)
            coder.emit(compare_ops.Compare(first, self.previous, node.width, keys))
            coder.emit(control.Jump(fresh, next, fresh))
            coder.place(fresh)
            coder.emit(registers.Integer(1, self.started))
            coder.emit(registers.Copy(first, self.previous, node.width))
        places = [0] * len(source.columns)
        for i in range(node.width):
            places[i] = first + i
        for i, column in enumerate(extra):
            places[column] = first + node.width + i
        coder.locations[source] = RegisterColumns(places)
        self.consumer.row(coder, next)


@PRODUCERS.entry(nodes.Distinct)
def _produce_distinct(coder: Coder, node: nodes.Distinct, consumer: Consumer) -> None:
    cursor = -1
    previous = 0
    started = 0
    if node.sorted:
        previous = coder.registers(node.width)
        coder.emit(registers.Null(previous, node.width))
        started = coder.register()
        coder.emit(registers.Integer(0, started))
    else:
        cursor = coder.cursor()
        keys = coder.key_info(node.sequences)
        coder.emit(ephemeral.OpenMet(cursor, node.width, keys, "DISTINCT"))
    produce(coder, node.child, Distinguishing(node, cursor, previous, started, consumer))


# -- LIMIT ----------------------------------------------------------------------------------------------------------


@final
class Limiting(Consumer):
    """Skips rows for the OFFSET, and leaves the loop after the LIMIT's last one."""

    def __init__(self, limit: int, offset: int, done: int, consumer: Consumer) -> None:
        self.limit: Final = limit
        self.offset: Final = offset
        self.done: Final = done
        self.consumer: Final = consumer

    def row(self, coder: Coder, next: int) -> None:
        if self.offset > 0:
            coder.emit(control.IfPos(self.offset, next, 1))
        counted = coder.label()
        self.consumer.row(coder, counted)
        coder.place(counted)
        coder.emit(control.DecrJumpZero(self.limit, self.done))


@PRODUCERS.entry(nodes.Limit)
def _produce_limit(coder: Coder, node: nodes.Limit, consumer: Consumer) -> None:
    done = coder.label()
    limit = coder.register()
    value_into(coder, node.limit, limit)
    coder.emit(control.MustBeInt(limit), "LIMIT")
    coder.emit(control.IfNot(limit, done))
    offset = 0
    if node.offset is not None:
        offset = coder.register()
        value_into(coder, node.offset, offset)
        coder.emit(control.MustBeInt(offset), "OFFSET")
    produce(coder, node.child, Limiting(limit, offset, done, consumer))
    coder.place(done)
