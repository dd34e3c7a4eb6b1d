"""Setting off the triggers that follow what becomes of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import Source
from foundrydb.compiler.codegen.coder import Coder, Location
from foundrydb.compiler.codegen.expressions.locations import copied_row
from foundrydb.compiler.codegen.usage import use

if TYPE_CHECKING:
    from foundrydb.compiler.codegen.coder import TriggerCode
    from foundrydb.compiler.plan.nodes import RowEvents


@final
class Followers:
    """The triggers that one event of a statement's rows sets off; where there are none, all of this emits nothing.

    Making one compiles their programs, and notes which columns of the row as it was they read.

    names: those of the columns in SET, where the event is UPDATE.
    conflict: the OR clause that their programs are to go by, "" for their own.
    """

    def __init__(
        self, coder: Coder, events: RowEvents | None, event: str, names: list[str], conflict: str
    ) -> None:
        self.events: Final = events
        self.before: Final[list[TriggerCode]] = []
        self.after: Final[list[TriggerCode]] = []
        if events is None:
            return
        for trigger in events.triggers:
            if trigger.follows(event, names):
                code = coder.trigger(trigger, conflict)
                (self.after if trigger.time == "AFTER" else self.before).append(code)
                for column in code.old_columns(len(events.old.columns)):
                    use(coder, events.old, column)

    def __bool__(self) -> bool:
        return bool(self.before or self.after)

    def begin(self, coder: Coder, source: Source | None) -> Telling:
        """Begin to tell of a row: emit the copy of it as it is, where somebody is told.

        source: where to read it, None for a new row.
        """
        old: Location | None = None
        if source is not None and self.events is not None and (self.before or self.after):
            old = copied_row(coder, self.events.old, source)
        return Telling(self, old)


@final
class Telling:
    """What becomes of one row, told to those who follow it.  old: where it is as it was, None for a new one."""

    def __init__(self, followers: Followers, old: Location | None) -> None:
        self.followers: Final = followers
        self.old: Final = old

    def before(self, coder: Coder, new: Location | None, ignored: int) -> None:
        """Emit what is done before the change.

        new: where the row is as it becomes, None for one that goes.  ignored: where RAISE(IGNORE) leads.
        """
        self._tell(coder, self.followers.before, new, ignored)

    def after(self, coder: Coder, new: Location | None, ignored: int) -> None:
        """Emit what is done after the change."""
        self._tell(coder, self.followers.after, new, ignored)

    def _tell(self, coder: Coder, codes: list[TriggerCode], new: Location | None, ignored: int) -> None:
        events = self.followers.events
        if events is None:
            return
        for code in codes:
            code.fire(coder, len(events.old.columns), self.old, new, ignored)
