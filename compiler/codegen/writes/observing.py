"""Telling observers what becomes of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import ROWID, ColumnRef, Expr, Source
from foundrydb.compiler.codegen.coder import Coder, Location
from foundrydb.compiler.codegen.expressions.locations import RegisterColumns
from foundrydb.compiler.codegen.expressions.values import value_into
from foundrydb.compiler.codegen.usage import used_columns
from foundrydb.compiler.schema.observers import mentions

if TYPE_CHECKING:
    from foundrydb.compiler.plan.nodes import RowEvents, RowObserver


@final
class Telling:
    """Those who are told of one event of a statement's rows; where there are none, all of this emits nothing.

    names: those of the columns in SET, where the event is UPDATE.
    """

    def __init__(self, events: RowEvents | None, event: str, names: list[str]) -> None:
        self.events: Final = events
        self.observers: Final[list[RowObserver]] = []
        if events is not None:
            for one in events.observers:
                if one.event == event and mentions(names, one.columns):
                    self.observers.append(one)

    def is_before(self) -> bool:
        """Whether somebody is told before the change."""
        return any([one.time == "BEFORE" for one in self.observers])

    def kept(self, coder: Coder, source: Source) -> Location | None:
        """Emit the copy of the row as it is, which is read from ``source``; where it lies, None if nobody asks."""
        if self.events is None or not self.observers:
            return None
        return copied_row(coder, self.events.old, source)

    def before(self, coder: Coder, old: Location | None, new: Location | None) -> None:
        """Emit what is done before the change.

        old: where the row is as it was, None for an insertion.  new: as it becomes, None for a deletion.
        """
        self._tell(coder, "BEFORE", old, new)

    def after(self, coder: Coder, old: Location | None, new: Location | None) -> None:
        """Emit what is done after the change."""
        self._tell(coder, "AFTER", old, new)

    def _tell(self, coder: Coder, time: str, old: Location | None, new: Location | None) -> None:
        if self.events is None:
            return
        if old is not None:
            coder.locations[self.events.old] = old
        if new is not None:
            coder.locations[self.events.new] = new
        for one in self.observers:
            if one.time == time:
                coder.queries_vary = True
                value_into(coder, one.action, coder.register())
                coder.queries_vary = False


def observing_expressions(events: RowEvents | None) -> list[Expr]:
    """Every expression of a statement's observers."""
    return [] if events is None else [one.action for one in events.observers]


def copied_row(coder: Coder, wanted: Source, source: Source) -> Location:
    """Emit copies of the columns that somebody reads of ``wanted``, from where ``source`` is."""
    columns = [0] * len(wanted.columns)
    rowid = 0
    for column in used_columns(coder, wanted):
        register = coder.register()
        value_into(coder, ColumnRef(source, column), register)
        if column == ROWID:
            rowid = register
        else:
            columns[column] = register
    return RegisterColumns(columns, rowid)
