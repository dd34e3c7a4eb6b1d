"""Telling observers what becomes of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import Expr, Source
from foundrydb.compiler.codegen.coder import Coder, Location
from foundrydb.compiler.codegen.expressions.locations import copied_row
from foundrydb.compiler.codegen.expressions.values import value_into
from foundrydb.compiler.schema.observers import mentions

if TYPE_CHECKING:
    from foundrydb.compiler.plan.nodes import RowEvents, RowObserver


@final
class Observers:
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

    def __bool__(self) -> bool:
        return bool(self.observers)

    def are_told_before(self) -> bool:
        """Whether somebody is told before the change."""
        return any([one.time == "BEFORE" for one in self.observers])

    def begin(self, coder: Coder, source: Source | None) -> Telling:
        """Begin to tell of a row: emit the copy of it as it is, where somebody is told.

        source: where to read it, None for a new row.
        """
        old: Location | None = None
        if source is not None and self.events is not None and self.observers:
            old = copied_row(coder, self.events.old, source)
        return Telling(self, old)


@final
class Telling:
    """What becomes of one row, told to its observers.  old: where it is as it was, None for a new one."""

    def __init__(self, observers: Observers, old: Location | None) -> None:
        self.observers: Final = observers
        self.old: Final = old

    def before(self, coder: Coder, new: Location | None) -> None:
        """Emit what is done before the change.  new: where the row is as it becomes, None for one that goes."""
        self._tell(coder, "BEFORE", new)

    def after(self, coder: Coder, new: Location | None) -> None:
        """Emit what is done after the change."""
        self._tell(coder, "AFTER", new)

    def _tell(self, coder: Coder, time: str, new: Location | None) -> None:
        events = self.observers.events
        if events is None:
            return
        if self.old is not None:
            coder.locations[events.old] = self.old
        if new is not None:
            coder.locations[events.new] = new
        for one in self.observers.observers:
            if one.time == time:
                coder.queries_vary = True
                value_into(coder, one.action, coder.register())
                coder.queries_vary = False


def observing_expressions(events: RowEvents | None) -> list[Expr]:
    """Every expression of a statement's observers."""
    return [] if events is None else [one.action for one in events.observers]
