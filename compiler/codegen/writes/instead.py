"""INSERT, UPDATE and DELETE on a view: its INSTEAD OF triggers are set off for each row, and nothing else is done."""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import BLOB, ColumnRef, Expr, Source
from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.dispatch import ROOTS
from foundrydb.compiler.codegen.expressions.locations import RegisterColumns, registers_from
from foundrydb.compiler.codegen.expressions.values import value_into
from foundrydb.compiler.codegen.opening import open_expression, open_plan
from foundrydb.compiler.codegen.producing import produce
from foundrydb.compiler.codegen.usage import collect, collect_expressions
from foundrydb.compiler.codegen.writes.events import Followers, RowEvent
from foundrydb.compiler.codegen.writes.new_row import taken_subtypes
from foundrydb.compiler.codegen.writes.returning import Returning
from foundrydb.compiler.late import named
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.plan.walk import is_one_row, output_source
from foundrydb.vm.ops import registers, rows


@ROOTS.entry(nodes.Instead)
def code_instead(coder: Coder, node: nodes.Instead) -> None:
    """Emit the code of a statement that changes rows of a view."""
    coder.builder.counts_changes = True
    coder.builder.statement_journal = True
    coder.use(coder.schema_number(node.schema))
    followers = Followers(coder, None, node.events, RowEvent(node.event, node.conflict, node.names))
    empty = isinstance(node.child, nodes.SingleRow)
    collect(coder, node)
    collect_expressions(coder, node.clause_expressions())
    returning = Returning(coder, None, node.returning, node.returning_columns)
    open_plan(coder, node.child)
    for expr in node.clause_expressions():
        open_expression(coder, expr)
    returning.open(coder)
    coder.repeats += 1
    telling = TellingInstead(node, followers, returning, None if empty else output_source(node.child))
    if is_one_row(node.child) or empty:
        produce(coder, node.child, telling)
    else:
        named("produce_kept")(coder, node.child, node.event, telling)
    coder.repeats -= 1
    returning.hand_out(coder)


@final
class TellingInstead(Consumer):
    """A row of which the triggers are told."""

    def __init__(
        self, node: nodes.Instead, followers: Followers, returning: Returning, source: Source | None
    ) -> None:
        self.node: Final = node
        self.followers: Final = followers
        self.returning: Final = returning
        self.source: Final = source

    def row(self, coder: Coder, next: int) -> None:
        node = self.node
        events = node.events
        if node.old:
            coder.locations[events.old] = registers_from(self._values(coder, node.old), len(node.old))
        if node.new:
            first = self._values(coder, node.new)
            for column, value in node.sets:
                value_into(coder, value, first + column)
            columns = list(range(first, first + len(node.new)))
            subtypes: dict[int, int] = {}
            taken_subtypes(coder, self._given(), columns, subtypes)
            coder.locations[events.new] = RegisterColumns(columns, 0, subtypes)
            if node.event == "UPDATE" and self.followers:
                letters = "".join([column.affinity or BLOB for column in events.new.columns])
                coder.emit(rows.Affinity(first, len(node.new), letters))
        telling = self.followers.begin(coder, events.old if node.old else None)
        telling.before(coder, coder.locations[events.new] if node.new else None, next)
        self.returning.keep(coder)

    def _given(self) -> dict[int, Expr]:
        """What gives the columns of the new row their values."""
        given: dict[int, Expr] = {}
        if self.source is not None:
            for column, place in enumerate(self.node.new):
                if place >= 0:
                    given[column] = ColumnRef(self.source, place)
        given.update(self.node.sets)
        return given

    def _values(self, coder: Coder, places: list[int]) -> int:
        """Emit the values of the child's columns at ``places``; the first of their registers."""
        first = coder.registers(len(places))
        for i, place in enumerate(places):
            if place < 0 or self.source is None:
                coder.emit(registers.Null(first + i))
            else:
                value_into(coder, ColumnRef(self.source, place), first + i)
        return first
