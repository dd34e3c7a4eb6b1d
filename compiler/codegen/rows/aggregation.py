"""GROUP BY and aggregate functions.

One accumulator register for each aggregate.  Without keys there is one group, which exists over no rows too.  Rows that
arrive grouped are compared with the group's keys; others go into a hash table (``hash_aggregation``), or through a
sorter first, which keeps the keys and what the aggregates and bare columns need.

Bare columns, and keys that are columns, follow SQLite: with min() or max() they come from the row that
gave the minimum or maximum; else from the group's first row.  (https://sqlite.org/lang_select.html#bareagg)
"""

from __future__ import annotations

from typing import Final, final

from foundrydb import errors
from foundrydb.compiler.bind.bound import (
    Call,
    Case,
    CaseBase,
    ColumnRef,
    Expr,
    InQuery,
    OrderTerm,
    OutputColumn,
    RowValue,
    Source,
)
from foundrydb.compiler.bind.properties import carries_subtype, needs_subtype, walk
from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.dispatch import PRODUCERS
from foundrydb.compiler.codegen.expressions.conditions import jump_if_false
from foundrydb.compiler.codegen.expressions.formulas import general_end, step_formula
from foundrydb.compiler.codegen.expressions.locations import RecordColumns, RegisterColumns
from foundrydb.compiler.codegen.expressions.values import (
    PLAIN,
    constancy,
    range_of,
    value,
    value_into,
    values_into,
)
from foundrydb.compiler.codegen.producing import produce
from foundrydb.compiler.codegen.rows.hash_aggregation import produce_hashed, varying_keys
from foundrydb.compiler.codegen.rows.simple import Routine
from foundrydb.compiler.codegen.rows.sorted_rows import each_sorted
from foundrydb.compiler.plan import nodes
from foundrydb.vm.functions.accumulator import AggregateFunction
from foundrydb.vm.functions.scalar import INLINE, TAKES_SUBTYPE
from foundrydb.vm.ops import aggregates, calls, control, cursors, ephemeral, registers, rows, sorter
from foundrydb.vm.ops import compare as compare_ops


@final
class AggregateSlot:
    """One aggregate at run time.

    accumulator: its register.  distinct: the cursor of the ephemeral index of values met, -1 for none.  sorter: the
    cursor of the sorter that holds the rows for an ORDER BY inside the call, -1 for none.  subtyped: the arguments
    whose subtypes go through that sorter, too, in fields of their own.
    """

    def __init__(self, spec: nodes.AggregateSpec, accumulator: int, distinct: int, sorter: int) -> None:
        function = spec.function
        if not isinstance(function, AggregateFunction):
            raise errors.error(f"misuse of aggregate: {function.name}()")
        self.spec: Final = spec
        self.function: Final[AggregateFunction] = function
        self.accumulator: Final = accumulator
        self.distinct: Final = distinct
        self.sorter: Final = sorter
        asks = sorter >= 0 and function.flags & TAKES_SUBTYPE
        self.subtyped: Final = [i for i, arg in enumerate(spec.args) if asks and carries_subtype(arg)]


@final
class Groups:
    """What the code for one Aggregate node shares.

    keys: the registers of the group's keys; bare: those of the bare columns.
    started: a register that is 1 once the group has a row (0: not needed).
    chosen: the bare columns, and the keys ``varying``, are those of the row that min() or max() chose.
    """

    def __init__(self, coder: Coder, node: nodes.Aggregate, varying: list[int]) -> None:
        self.node: Final = node
        self.varying: Final = varying
        first = coder.registers(len(node.keys) + len(node.aggregates) + len(node.bare))
        self.keys: Final = first
        self.accumulators: Final = first + len(node.keys)
        self.bare: Final = self.accumulators + len(node.aggregates)
        self.slots: Final[list[AggregateSlot]] = []
        for i, spec in enumerate(node.aggregates):
            distinct = coder.cursor() if spec.distinct and spec.args else -1
            ordering = coder.cursor() if spec.order_by else -1
            self.slots.append(AggregateSlot(spec, self.accumulators + i, distinct, ordering))
        self.started = 0
        choosing = [slot for slot in self.slots if slot.spec.function.chooses_row]
        self.chosen: Final = len(choosing) > 0 and (len(node.bare) > 0 or len(varying) > 0)
        if (node.bare or self.chosen) and all(slot.spec.filter is not None for slot in choosing):
            self.started = coder.register()

    def open(self, coder: Coder) -> None:
        """Open what the aggregates need beside registers."""
        for slot in self.slots:
            spec = slot.spec
            if slot.distinct >= 0:
                keys = coder.key_info([spec.sequence] * len(spec.args))
                coder.emit(ephemeral.OpenMet(slot.distinct, len(spec.args), keys, "DISTINCT"))
            if slot.sorter >= 0:
                extra = len(spec.args) + len(slot.subtyped)
                coder.emit(open_sorter(coder, slot.sorter, spec.order_by, extra))

    def clear(self, coder: Coder) -> None:
        """Give every register a value before the first group: the verifier does not know that there is one."""
        count = len(self.node.keys) + len(self.slots) + len(self.node.bare)
        if count > 0:
            coder.emit(registers.Null(self.keys, count))
        if self.started > 0:
            coder.emit(registers.Integer(0, self.started))

    def begin(self, coder: Coder) -> None:
        """Emit the beginning of a group: fresh accumulators."""
        count = len(self.slots) + len(self.node.bare)
        if count > 0:
            coder.emit(registers.Null(self.accumulators, count))
        if self.started > 0:
            coder.emit(registers.Integer(0, self.started))
        for slot in self.slots:
            if slot.distinct >= 0:
                coder.emit(cursors.ResetSorter(slot.distinct))
            if slot.sorter >= 0:
                coder.emit(cursors.ResetSorter(slot.sorter))

    def locate(self, coder: Coder) -> None:
        """Let the node's columns be found in the group's registers."""
        count = len(self.node.keys) + len(self.slots) + len(self.node.bare)
        coder.locations[self.node.source] = RegisterColumns(list(range(self.keys, self.keys + count)))

    def finish(self, coder: Coder) -> None:
        """Emit the end of a group: accumulators become results."""
        for slot in self.slots:
            if slot.sorter >= 0:
                _step_sorted(coder, slot)
            collation = coder.comparison_collation(slot.spec.sequence)
            count = len(slot.spec.args)
            coder.emit(aggregates.AggFinal(slot.function, count, slot.accumulator, collation))


def open_sorter(
    coder: Coder, cursor: int, terms: list[OrderTerm], extra: int, limit: int = 0
) -> sorter.SorterOpen:
    """The instruction that opens a sorter on the terms, for rows with ``extra`` more fields.

    Args:
        limit: a register that says how many rows will be taken out at most; 0 for all.
    """
    keys = coder.key_info(
        [term.collation for term in terms],
        [term.descending for term in terms],
        [term.nulls_first == term.descending for term in terms],
    )
    return sorter.SorterOpen(cursor, len(terms) + extra, keys, len(terms), limit)


# -- steps ----------------------------------------------------------------------------------------------------------


def step(coder: Coder, groups: Groups, keys: list[Expr], bare: list[Expr]) -> None:
    """Emit the code that takes one row, with those keys and bare columns, into the group."""
    hit = 0
    for slot in groups.slots:
        following = coder.label()
        spec = slot.spec
        if groups.chosen and slot.spec.function.chooses_row and hit == 0:
            hit = coder.register()
            if groups.started > 0:
                # A group's first row is taken even where every min() and max() leaves it out.
                coder.emit(compare_ops.Not(groups.started, hit))
            else:
                coder.emit(registers.Integer(0, hit))
        if spec.filter is not None:
            jump_if_false(coder, spec.filter, following, True)
        _step_slot(coder, slot, hit if slot.spec.function.chooses_row else 0, following)
        coder.place(following)
    if not groups.chosen and not bare:
        return
    end = coder.label()
    if hit > 0:
        coder.emit(control.IfNot(hit, end))
    elif groups.started > 0:
        coder.emit(control.If(groups.started, end))
    if groups.chosen:
        for i in groups.varying:
            value_into(coder, keys[i], groups.keys + i)
    values_into(coder, bare, groups.bare)
    if groups.started > 0:
        coder.emit(registers.Integer(1, groups.started))
    coder.place(end)


def _step_slot(coder: Coder, slot: AggregateSlot, hit: int, following: int) -> None:
    spec = slot.spec
    count = len(spec.args)
    if slot.sorter >= 0:
        exprs = [term.expr for term in spec.order_by] + spec.args
        width = len(exprs) + len(slot.subtyped)
        first = coder.registers(width)
        values_into(coder, exprs, first, owned=True)
        args = first + len(spec.order_by)
        if slot.distinct >= 0:
            _once_only(coder, slot, args, following)
        for i, arg in enumerate(slot.subtyped):
            coder.emit(calls.GetSubtype(args + arg, first + len(exprs) + i))
        coder.emit(sorter.SorterPut(slot.sorter, first, width))
        return
    first = slot.accumulator
    done = 0
    if count == 1 and slot.distinct < 0 and hit == 0:
        done = step_formula(coder, slot.function, spec.args[0], spec.sequence, slot.accumulator)
    if count == 1:
        first = value(coder, spec.args[0])
    elif count > 1:
        first = range_of(coder, spec.args)
    if slot.distinct >= 0:
        _once_only(coder, slot, first, following)
    collation = coder.comparison_collation(spec.sequence)
    coder.emit(aggregates.AggStep(slot.function, first, count, slot.accumulator, collation, hit))
    general_end(coder, done)


def _once_only(coder: Coder, slot: AggregateSlot, first: int, following: int) -> None:
    """Emit the jump over values that DISTINCT has met already."""
    coder.emit(ephemeral.FoundOrInsert(slot.distinct, following, first, len(slot.spec.args)))


def _step_sorted(coder: Coder, slot: AggregateSlot) -> None:
    """Emit the steps of an aggregate with an ORDER BY of its own, at the group's end."""
    spec = slot.spec
    count = len(spec.args)
    width = count + len(slot.subtyped)
    first = coder.registers(width)
    end = coder.label()
    coder.emit(sorter.SorterSort(slot.sorter, end))
    loop = coder.here()
    offset = len(spec.order_by)
    coder.emit(rows.Columns(slot.sorter, tuple(range(offset, offset + width)), first))
    for i, arg in enumerate(slot.subtyped):
        coder.emit(calls.SetSubtype(first + count + i, first + arg))
    collation = coder.comparison_collation(spec.sequence)
    coder.emit(aggregates.AggStep(slot.function, first, count, slot.accumulator, collation))
    coder.emit(sorter.SorterNext(slot.sorter, loop))
    coder.place(end)


# -- the four forms ---------------------------------------------------------------------------------------------------


@PRODUCERS.entry(nodes.Aggregate)
def produce_aggregate(coder: Coder, node: nodes.Aggregate, consumer: Consumer) -> None:
    """Emit the code for an Aggregate node."""
    if not node.keys:
        _produce_single(coder, node, consumer)
    elif node.sorted:
        groups = Groups(coder, node, varying_keys(node))
        _produce_grouped(coder, groups, consumer, ChildRows(node))
    elif node.hashed:
        produce_hashed(coder, node, consumer)
    else:
        _produce_sorting(coder, node, consumer)


@final
class Stepping(Consumer):
    """A row of the only group."""

    def __init__(self, groups: Groups) -> None:
        self.groups: Final = groups

    def row(self, coder: Coder, next: int) -> None:
        step(coder, self.groups, [], self.groups.node.bare)


def _produce_single(coder: Coder, node: nodes.Aggregate, consumer: Consumer) -> None:
    groups = Groups(coder, node, varying_keys(node))
    groups.open(coder)
    groups.begin(coder)
    produce(coder, node.child, Stepping(groups))
    groups.finish(coder)
    groups.locate(coder)
    end = coder.label()
    consumer.row(coder, end)
    coder.place(end)


class GroupedRows:
    """Where rows that arrive grouped come from."""

    def produce(self, coder: Coder, consumer: Consumer) -> None:
        """Emit the loop over them."""
        raise NotImplementedError

    def keys(self) -> list[Expr]:
        """The keys of the current row."""
        raise NotImplementedError

    def bare(self) -> list[Expr]:
        """The bare columns of the current row."""
        raise NotImplementedError


@final
class ChildRows(GroupedRows):
    """The child's own order."""

    def __init__(self, node: nodes.Aggregate) -> None:
        self.node: Final = node

    def produce(self, coder: Coder, consumer: Consumer) -> None:
        produce(coder, self.node.child, consumer)

    def keys(self) -> list[Expr]:
        return self.node.keys

    def bare(self) -> list[Expr]:
        return self.node.bare


@final
class GroupInput(Consumer):
    """A row of grouped input: a new group begins where the keys change."""

    def __init__(self, groups: Groups, origin: GroupedRows, started: int, routine: Routine) -> None:
        self.groups: Final = groups
        self.origin: Final = origin
        self.started: Final = started
        self.routine: Final = routine

    def row(self, coder: Coder, next: int) -> None:
        groups = self.groups
        keys = self.origin.keys()
        count = len(keys)
        current = coder.registers(count)
        values_into(coder, keys, current)
        fresh = coder.label()
        begin = coder.label()
        same = coder.label()
        coder.emit(control.IfNot(self.started, begin))
        compared = coder.key_info(groups.node.sequences)
        coder.emit(compare_ops.Compare(current, groups.keys, count, compared))
        coder.emit(control.Jump(fresh, same, fresh))
        coder.place(fresh)
        self.routine.call(coder)
        coder.place(begin)
        coder.emit(registers.Copy(current, groups.keys, count))
        coder.emit(registers.Integer(1, self.started))
        groups.begin(coder)
        coder.place(same)
        step(coder, groups, keys, self.origin.bare())


@final
class GroupEnd(Consumer):
    """The end of a group: results, then the consumer."""

    def __init__(self, groups: Groups, consumer: Consumer) -> None:
        self.groups: Final = groups
        self.consumer: Final = consumer

    def row(self, coder: Coder, next: int) -> None:
        self.groups.finish(coder)
        self.groups.locate(coder)
        self.consumer.row(coder, next)


def _produce_grouped(coder: Coder, groups: Groups, consumer: Consumer, origin: GroupedRows) -> None:
    groups.open(coder)
    started = coder.register()
    coder.emit(registers.Integer(0, started), "no group yet")
    groups.clear(coder)
    routine = Routine(coder)
    origin.produce(coder, GroupInput(groups, origin, started, routine))
    done = coder.label()
    coder.emit(control.IfNot(started, done))
    routine.call(coder)
    coder.emit(control.Goto(done))
    routine.define_here(coder, GroupEnd(groups, consumer))
    coder.place(done)


# -- sorting first ----------------------------------------------------------------------------------------------------


@final
class SorterRows(GroupedRows):
    """The child's rows, sorted by the keys; everything that is needed of them is in the sorter.

    The aggregates' and bare columns' expressions are evaluated before the sort; afterwards they are columns of
    ``source``.
    """

    def __init__(self, coder: Coder, node: nodes.Aggregate) -> None:
        self.node: Final = node
        self.cursor: Final = coder.cursor()
        self.stored: Final[list[Expr]] = list(node.keys)
        self.source: Final = Source(-1, "sorter", [])
        self.key_exprs: Final[list[Expr]] = [self._place(i, node.keys[i]) for i in range(len(node.keys))]
        self.specs: Final = [self._spec(spec) for spec in node.aggregates]
        self.bare_exprs: Final[list[Expr]] = [self._keep(expr) for expr in node.bare]

    def _spec(self, spec: nodes.AggregateSpec) -> nodes.AggregateSpec:
        return spec.with_expressions([self._argument(expr) for expr in spec.expressions()])

    def _argument(self, expr: Expr) -> Expr:
        """An argument over the sorter's columns; one whose value may have a subtype is evaluated after the sort."""
        if isinstance(expr, CaseBase):
            return expr
        if isinstance(expr, InQuery):
            return self._keep(expr)  # its query may read the row that there is before the sort
        whole = not isinstance(expr, RowValue) and not _asks_base(expr)
        if whole and not any([needs_subtype(part) for part in walk(expr)]):
            return self._keep(expr)
        if isinstance(expr, Call) and needs_subtype(expr) and expr.function.flags & INLINE:
            return self._keep(expr.args[0])
        return expr.with_children([self._argument(child) for child in expr.children()])

    def _keep(self, expr: Expr) -> Expr:
        """The expression over the sorter's columns."""
        if constancy(expr) == PLAIN:
            return expr
        if isinstance(expr, ColumnRef):
            for i in range(len(self.stored)):
                known = self.stored[i]
                if isinstance(known, ColumnRef) and known.source is expr.source and known.index == expr.index:
                    return self._place(i, expr)
        self.stored.append(expr)
        return self._place(len(self.stored) - 1, expr)

    def _place(self, position: int, expr: Expr) -> Expr:
        while len(self.source.columns) <= position:
            self.source.columns.append(OutputColumn("", expr.affinity, expr.collation))
        return ColumnRef(self.source, position, expr.start, expr.end)

    def fill(self, coder: Coder) -> None:
        """Emit the loop that fills the sorter."""
        count = len(self.node.keys)
        keys = coder.key_info(self.node.sequences)
        coder.emit(sorter.SorterOpen(self.cursor, len(self.stored), keys, count), "GROUP BY")
        produce(coder, self.node.child, SorterFill(self.cursor, self.stored))

    def produce(self, coder: Coder, consumer: Consumer) -> None:
        coder.locations[self.source] = RecordColumns(self.cursor, {i: i for i in range(len(self.stored))})
        each_sorted(coder, self.cursor, consumer)

    def keys(self) -> list[Expr]:
        return self.key_exprs

    def bare(self) -> list[Expr]:
        return self.bare_exprs


def _asks_base(expr: Expr) -> bool:
    """Whether a part of an expression stands for the base of a CASE that is around it."""
    rest = [expr]
    while rest:
        part = rest.pop()
        if isinstance(part, CaseBase):
            return True
        if not (isinstance(part, Case) and part.base is not None):
            rest.extend(part.children())
    return False


@final
class SorterFill(Consumer):
    """Puts rows into a sorter."""

    def __init__(self, cursor: int, exprs: list[Expr]) -> None:
        self.cursor: Final = cursor
        self.exprs: Final = exprs

    def row(self, coder: Coder, next: int) -> None:
        first = range_of(coder, self.exprs)
        coder.emit(sorter.SorterPut(self.cursor, first, len(self.exprs)))


def _produce_sorting(coder: Coder, node: nodes.Aggregate, consumer: Consumer) -> None:
    origin = SorterRows(coder, node)
    origin.fill(coder)
    sorted_node = nodes.Aggregate(
        node.source, node.child, origin.key_exprs, node.sequences, origin.specs, origin.bare_exprs, True
    )
    _produce_grouped(coder, Groups(coder, sorted_node, varying_keys(node)), consumer, origin)
