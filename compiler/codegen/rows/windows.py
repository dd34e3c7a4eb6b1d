"""Functions over windows: rows that are kept by partition, and handed out with what functions make of them."""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import ColumnRef, Expr, Extent, IsTruth, Literal, Source
from foundrydb.compiler.bind.expr_index import ExprIndex
from foundrydb.compiler.bind.properties import carries_subtype, is_deterministic, makes_subtype
from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.dispatch import PRODUCERS
from foundrydb.compiler.codegen.expressions.locations import RecordColumns
from foundrydb.compiler.codegen.expressions.values import value_into, values_into
from foundrydb.compiler.codegen.producing import produce
from foundrydb.compiler.codegen.rows.simple import Routine
from foundrydb.compiler.codegen.rows.sorted_rows import each_sorted
from foundrydb.compiler.codegen.usage import uses_within
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.plan.walk import nodes_of, visible_sources
from foundrydb.vm.functions.scalar import TAKES_SUBTYPE
from foundrydb.vm.ops import calls, windows


@final
class Input:
    """Which fields of a row a function takes; see ``Inputs`` in vm/windows."""

    def __init__(self, args: list[int], filter: int, subtypes: list[int]) -> None:
        self.args: Final = args
        self.filter: Final = filter
        self.subtypes: Final = subtypes


@final
class WindowRow:
    """What stands in which field of a row that is kept.

    exprs: what stands in the first fields: the keys, what functions take, and the columns that are asked for above.
    marked: the fields whose subtypes follow, in fields of their own.
    made: the fields of what nodes below may have made with a subtype, which is lost as the row is kept.
    inputs: what each function takes.
    positions: where the columns of the child's sources are.
    """

    def __init__(self, coder: Coder, node: nodes.Window) -> None:
        self.exprs: Final[list[Expr]] = [*node.partition, *[term.expr for term in node.order]]
        self._known: Final = ExprIndex()
        for i, expr in enumerate(self.exprs):
            if self._known.find(expr) < 0:
                self._known.add(expr, i)
        args = [[self._field(arg) for arg in spec.args] for spec in node.functions]
        filters = [self._filter(spec.filter) for spec in node.functions]
        self.positions: Final[dict[Source, dict[int, int]]] = {}
        within = uses_within(node.child, node.expressions())
        for source in visible_sources(node.child):
            used = coder.used.get(source, {})
            below = within.get(source, {})
            places: dict[int, int] = {}
            for column in sorted(used):
                if used[column] > below.get(column, 0):
                    places[column] = self._field(ColumnRef(source, column))
            self.positions[source] = places
        self.made: Final = self._made_below(node)
        self.marked: Final[list[int]] = []
        self.inputs: Final[list[Input]] = []
        for i, spec in enumerate(node.functions):
            asks = spec.function.flags & TAKES_SUBTYPE != 0
            subtypes = [
                self._subtype(args[i][n]) if asks and carries_subtype(arg) else -1
                for n, arg in enumerate(spec.args)
            ]
            self.inputs.append(Input(args[i], filters[i], subtypes if asks else []))
        if not self.exprs:
            self.exprs.append(Literal(None))
        self.width: Final = len(self.exprs) + len(self.marked)

    def _field(self, expr: Expr) -> int:
        place = self._known.find(expr) if is_deterministic(expr) else -1
        if place < 0:
            place = len(self.exprs)
            self._known.add(expr, place)
            self.exprs.append(expr)
        return place

    def _filter(self, condition: Expr | None) -> int:
        """The field that says whether a FILTER holds, -1 without one."""
        return -1 if condition is None else self._field(IsTruth(condition, True, False))

    def _made_below(self, node: nodes.Window) -> list[int]:
        """The fields of aggregates, and of functions over other windows, whose values may have a subtype."""
        fields: list[int] = []
        for below in nodes_of(node.child):
            made: list[int] = []
            if isinstance(below, nodes.Aggregate):
                first = len(below.keys)
                made = [
                    first + i for i, a in enumerate(below.aggregates) if makes_subtype(a.function, a.args)
                ]
            elif isinstance(below, nodes.Window):
                made = [
                    i for i, spec in enumerate(below.functions) if makes_subtype(spec.function, spec.args)
                ]
            for source in below.made_sources():
                places = self.positions.get(source, {})
                fields.extend([places[column] for column in made if column in places])
        return fields

    def _subtype(self, field: int) -> int:
        """The field of an argument's subtype."""
        if field not in self.marked:
            self.marked.append(field)
        return len(self.exprs) + self.marked.index(field)

    def locate(self, coder: Coder, node: nodes.Window, cursor: int) -> None:
        """Let the columns of the node and of what is below it be found."""
        for source, places in self.positions.items():
            coder.locations[source] = RecordColumns(cursor, places)
        made = {i: self.width + i for i in range(len(node.functions))}
        coder.locations[node.source] = RecordColumns(cursor, made)


@final
class WindowFill(Consumer):
    """Takes rows in.

    routine: goes through a partition that is complete; None where rows are sorted first.
    """

    def __init__(self, cursor: int, fields: WindowRow, routine: Routine | None) -> None:
        self.cursor: Final = cursor
        self.fields: Final = fields
        self.routine: Final = routine

    def row(self, coder: Coder, next: int) -> None:
        fields = self.fields
        first = coder.registers(fields.width)
        values_into(coder, fields.exprs, first, owned=True)
        for i, field in enumerate(fields.marked):
            coder.emit(calls.GetSubtype(first + field, first + len(fields.exprs) + i))
        for field in fields.made:
            coder.emit(calls.TakeSubtype(first + field, coder.register()))
        coder.emit(windows.WindowPut(self.cursor, first, fields.width, next))
        if self.routine is not None:
            self.routine.call(coder)


@final
class PartitionLoop(Consumer):
    """A partition that is complete: the loop over its rows."""

    def __init__(self, cursor: int, consumer: Consumer) -> None:
        self.cursor: Final = cursor
        self.consumer: Final = consumer

    def row(self, coder: Coder, next: int) -> None:
        each_sorted(coder, self.cursor, self.consumer)


@PRODUCERS.entry(nodes.Window)
def _produce_window(coder: Coder, node: nodes.Window, consumer: Consumer) -> None:
    cursor = coder.cursor()
    fields = WindowRow(coder, node)
    _open(coder, node, cursor, fields)
    if not node.sorted or not node.partition:
        produce(coder, node.child, WindowFill(cursor, fields, None))
        fields.locate(coder, node, cursor)
        each_sorted(coder, cursor, consumer)
        return
    routine = Routine(coder)
    produce(coder, node.child, WindowFill(cursor, fields, routine))
    fields.locate(coder, node, cursor)
    routine.call(coder)
    routine.define(coder, PartitionLoop(cursor, consumer))


def _open(coder: Coder, node: nodes.Window, cursor: int, fields: WindowRow) -> None:
    """Emit the opening, and what is declared before the first row."""
    count = len(node.partition)
    keys = coder.key_info(
        [*node.sequences, *[term.collation for term in node.order]],
        [False] * count + [term.descending for term in node.order],
        [False] * count + [term.nulls_first == term.descending for term in node.order],
    )
    coder.emit(windows.WindowOpen(cursor, fields.width, count, keys, node.sorted), "window")
    frames: list[Extent] = []
    for spec, taken in zip(node.functions, fields.inputs):
        if spec.frame not in frames:
            frames.append(spec.frame)
            _declare(coder, cursor, spec.frame)
        collation = coder.comparison_collation(spec.sequence)
        args, subtypes = tuple(taken.args), tuple(taken.subtypes)
        number = frames.index(spec.frame)
        coder.emit(windows.WindowCall(cursor, spec.function, args, taken.filter, subtypes, number, collation))


def _declare(coder: Coder, cursor: int, frame: Extent) -> None:
    offsets: list[int] = []
    for offset in (frame.lower_offset, frame.upper_offset):
        register = 0
        if offset is not None:
            register = coder.register()
            value_into(coder, offset, register)
        offsets.append(register)
    coder.emit(
        windows.WindowFrame(
            cursor, frame.mode, frame.lower, offsets[0], frame.upper, offsets[1], frame.exclude
        )
    )
