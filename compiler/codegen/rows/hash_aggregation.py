"""GROUP BY through a hash table: one instruction takes a row into its group.

What a group needs of a row stands in a run of registers: the keys, the bare columns (among them once more the keys that
min() or max() choose), what the aggregates take, and for each FILTER whether it holds.  The groups are then read like
the rows of a sorter.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb import errors
from foundrydb.compiler.bind.bound import BLOB, NONE, REAL, ColumnRef, Expr
from foundrydb.compiler.bind.expr_index import ExprIndex
from foundrydb.compiler.bind.properties import is_deterministic
from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.expressions.conditions import jump_if_false
from foundrydb.compiler.codegen.expressions.locations import RecordColumns
from foundrydb.compiler.codegen.expressions.values import range_of, value_into, values_into
from foundrydb.compiler.codegen.producing import produce
from foundrydb.compiler.codegen.rows.sorted_rows import each_sorted
from foundrydb.compiler.plan import nodes
from foundrydb.vm.functions.accumulator import AggregateFunction
from foundrydb.vm.ops import aggregates, registers


def varying_keys(node: nodes.Aggregate) -> list[int]:
    """The keys that are columns in which equal values can look different: texts under a collation, 1 and 1.0.

    Where min() or max() choose a row, they come from it; other expressions come from the group's first row.
    """
    return [
        i
        for i, key in enumerate(node.keys)
        if isinstance(key, ColumnRef)
        and (node.sequences[i] != "BINARY" or key.affinity in (NONE, BLOB, REAL))
    ]


@final
class Filtered:
    """An aggregate with a FILTER: its condition, its argument, and the fields where the two go (-1: no argument)."""

    def __init__(self, condition: Expr, arg: Expr | None, filter: int, field: int) -> None:
        self.condition: Final = condition
        self.arg: Final = arg
        self.filter: Final = filter
        self.field: Final = field


@final
class GroupRow:
    """The fields of a row on its way into a group.

    exprs: what stands in the first fields.  filtered: the aggregates with a FILTER, whose fields follow.
    places: for each aggregate, the field that it takes and the field of its FILTER, -1 for none.
    bare: how many bare columns; shown: for each output column, its field in a group's row.
    """

    def __init__(self, node: nodes.Aggregate) -> None:
        self.exprs: Final[list[Expr]] = [*node.keys, *node.bare]
        count = len(self.exprs) + len(node.aggregates)
        self.shown: Final = {i: i for i in range(count)}
        if any(spec.function.chooses_row for spec in node.aggregates):
            for i in varying_keys(node):
                self.shown[i] = len(self.exprs) + len(node.aggregates)
                self.exprs.append(node.keys[i])
        self.bare: Final = len(self.exprs) - len(node.keys)
        self.filtered: Final[list[Filtered]] = []
        self.places: Final[list[tuple[int, int]]] = [(-1, -1)] * len(node.aggregates)
        known = ExprIndex()
        for i, expr in enumerate(self.exprs):
            if known.find(expr) < 0:
                known.add(expr, i)
        for i, spec in enumerate(node.aggregates):
            if spec.filter is None and spec.args:
                self.places[i] = (self._field(spec.args[0], known), -1)
        self.width = len(self.exprs)
        for i, spec in enumerate(node.aggregates):
            if spec.filter is not None:
                self.places[i] = self._filtered(spec, spec.filter)

    def _field(self, expr: Expr, known: ExprIndex) -> int:
        place = known.find(expr) if is_deterministic(expr) else -1
        if place < 0:
            place = len(self.exprs)
            known.add(expr, place)
            self.exprs.append(expr)
        return place

    def _filtered(self, spec: nodes.AggregateSpec, condition: Expr) -> tuple[int, int]:
        filter = self.width
        field = filter + 1 if spec.args else -1
        self.width += 1 + len(spec.args)
        self.filtered.append(Filtered(condition, spec.args[0] if spec.args else None, filter, field))
        return field, filter


@final
class GroupFill(Consumer):
    """Takes rows into their groups."""

    def __init__(self, cursor: int, fields: GroupRow) -> None:
        self.cursor: Final = cursor
        self.fields: Final = fields

    def row(self, coder: Coder, next: int) -> None:
        fields = self.fields
        if not fields.filtered:
            first = range_of(coder, fields.exprs)
        else:
            first = coder.registers(fields.width)
            values_into(coder, fields.exprs, first, owned=True)
            for item in fields.filtered:
                _filter_into(coder, item, first)
        coder.emit(aggregates.GroupStep(self.cursor, first, fields.width))


def _filter_into(coder: Coder, item: Filtered, first: int) -> None:
    """Emit whether a FILTER holds and, only where it does, the aggregate's argument."""
    end = coder.label()
    coder.emit(registers.Integer(0, first + item.filter))
    if item.arg is not None:
        coder.emit(registers.Null(first + item.field))
    jump_if_false(coder, item.condition, end, True)
    coder.emit(registers.Integer(1, first + item.filter))
    if item.arg is not None:
        value_into(coder, item.arg, first + item.field)
    coder.place(end)


def produce_hashed(coder: Coder, node: nodes.Aggregate, consumer: Consumer) -> None:
    """Emit the code for an Aggregate node that keeps its groups in a hash table."""
    cursor = coder.cursor()
    fields = GroupRow(node)
    keys = coder.key_info(node.sequences)
    coder.emit(aggregates.GroupOpen(cursor, fields.width, fields.bare, keys), "GROUP BY")
    for spec, (field, filter) in zip(node.aggregates, fields.places):
        function = spec.function
        if not isinstance(function, AggregateFunction):
            raise errors.error(f"misuse of aggregate: {function.name}()")
        collation = coder.comparison_collation(spec.sequence)
        coder.emit(aggregates.GroupAdd(cursor, field, filter, function, spec.function.chooses_row, collation))
    produce(coder, node.child, GroupFill(cursor, fields))
    coder.locations[node.source] = RecordColumns(cursor, fields.shown)
    each_sorted(coder, cursor, consumer)
