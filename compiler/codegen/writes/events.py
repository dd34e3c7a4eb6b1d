"""Following what becomes of a row: the triggers that it sets off, the foreign keys that it concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import Source
from foundrydb.compiler.codegen.coder import Coder, Location
from foundrydb.compiler.codegen.expressions.locations import copied_row
from foundrydb.compiler.codegen.usage import use
from foundrydb.compiler.late import named

if TYPE_CHECKING:
    from foundrydb.compiler.codegen.coder import TriggerCode
    from foundrydb.compiler.codegen.writes.foreign_keys import RowKeys
    from foundrydb.compiler.plan.nodes import RowEvents
    from foundrydb.compiler.schema.objects import Table, Trigger


@final
class RowEvent:
    """What becomes of a statement's rows.

    Attributes:
        name: INSERT, UPDATE or DELETE.
        conflict: the OR clause that programs are to go by, "" for their own.
        names: those of the columns in SET.
        changed: the columns that an UPDATE may change (ROWID too), None for all.
        single: the statement inserts one row, and does nothing else.
    """

    def __init__(
        self,
        name: str,
        conflict: str,
        names: list[str] | None = None,
        changed: set[int] | None = None,
        single: bool = False,
    ) -> None:
        self.name: Final = name
        self.conflict: Final = conflict
        self.names: Final[list[str]] = [] if names is None else names
        self.changed: Final = changed
        self.single: Final = single


@final
class Followers:
    """Who follows one event of a statement's rows; where nobody does, all of this emits nothing.

    Making one compiles the programs of triggers, and notes which columns of the row as it was are read.

    table: None for a view.

    Attributes:
        keys: the foreign keys that are concerned.
        before, after: the programs of triggers.
        temporary: those that run after the change and before RETURNING: of temporary triggers on a table that stays.
    """

    def __init__(self, coder: Coder, table: Table | None, events: RowEvents | None, event: RowEvent) -> None:
        self.events: Final = events
        self.keys: RowKeys | None = None
        self.before: Final[list[TriggerCode]] = []
        self.temporary: Final[list[TriggerCode]] = []
        self.after: Final[list[TriggerCode]] = []
        if events is None:
            return
        if events.keys and table is not None and named("has_links")(coder.catalog, table, event.changed):
            keys: RowKeys = named("RowKeys")(coder, table, events, event)
            self.keys = keys if keys else None
        for trigger in _in_turn(events.triggers, event.name):
            if trigger.follows(event.name, event.names):
                code = coder.trigger(trigger, event.conflict)
                self._in_time(trigger, table).append(code)
                for column in code.old_columns(len(events.old.columns)):
                    use(coder, events.old, column)

    def _in_time(self, trigger: Trigger, table: Table | None) -> list[TriggerCode]:
        if trigger.time != "AFTER" or table is None:
            return self.before
        return self.temporary if trigger.schema == "temp" != table.schema else self.after

    def __bool__(self) -> bool:
        return self.shows() or self.keys is not None

    def shows(self) -> bool:
        """Whether triggers see the row as it becomes."""
        return bool(self.before or self.temporary or self.after)

    def only_look_up(self) -> bool:
        """Whether all that is done about a row is to look up what it refers to, which fails before it is changed."""
        return not self.shows() and (self.keys is None or self.keys.only_look_up())

    def look_at(self, table: Table) -> bool:
        """Whether what they do about a row may read the table that it is in."""
        return self.shows() or (self.keys is not None and self.keys.look_at(table))

    def new_columns(self, count: int) -> list[int]:
        """The columns (ROWID: the rowid) of a row as it becomes that they read.  count: how many there are."""
        found: set[int] = set()
        for code in self.before + self.temporary + self.after:
            found.update(code.new_columns(count))
        if self.keys is not None:
            found.update(self.keys.new_columns())
        return sorted(found)

    def open(self, coder: Coder) -> None:
        """Open what foreign keys are looked up in."""
        if self.keys is not None:
            self.keys.open(coder)

    def begin(self, coder: Coder, source: Source | None) -> Telling:
        """Begin to tell of a row: emit the copy of it as it is, where somebody is told.

        source: where to read it, None for a new row.
        """
        old: Location | None = None
        if source is not None and self.events is not None and self:
            old = copied_row(coder, self.events.old, source)
        return Telling(self, old)


def _in_turn(triggers: list[Trigger], event: str) -> list[Trigger]:
    """Triggers in the order in which C SQLite compiles them, so that of several mistakes the same is told.

    An INSERT needs the programs one by one; other changes ask all of them first which columns they read.
    """
    if event != "INSERT":
        return triggers
    first = [trigger for trigger in triggers if trigger.time != "AFTER"]
    return first + [trigger for trigger in triggers if trigger.time == "AFTER"]


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

    def check_old(self, coder: Coder) -> None:
        """Emit what foreign keys ask before a row goes."""
        if self.followers.keys is not None and self.old is not None:
            self.followers.keys.check_old(coder, self.old)

    def check_new(self, coder: Coder, new: Location) -> None:
        """Emit what foreign keys ask before a row comes."""
        if self.followers.keys is not None:
            self.followers.keys.check_new(coder, new)

    def act(self, coder: Coder, new: Location | None, ignored: int) -> None:
        """Emit what comes first after the change, and before RETURNING: foreign keys, and temporary triggers."""
        if self.followers.keys is not None and self.old is not None:
            self.followers.keys.act(coder, self.old, new, ignored)
        self._tell(coder, self.followers.temporary, new, ignored)

    def after(self, coder: Coder, new: Location | None, ignored: int) -> None:
        """Emit what triggers do after the change."""
        self._tell(coder, self.followers.after, new, ignored)

    def _tell(self, coder: Coder, codes: list[TriggerCode], new: Location | None, ignored: int) -> None:
        events = self.followers.events
        if events is None:
            return
        for code in codes:
            code.fire(coder, len(events.old.columns), self.old, new, ignored)
